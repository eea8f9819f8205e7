/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * An ear on an SMTP session. The library keeps to itself what the server answers to the greeting,
 * to STARTTLS and to AUTH, goes on without a login that was refused, and takes lines that came
 * ahead of a command, or were broken off, for answers to it. What is said in either direction
 * passes here before it has any effect, and watch_hears* say when the session must be cut.
 *
 * An answer is in turn when it begins after its command was written, and whole when its last line
 * has ended. Of a letter only the answer that is both, after the end of its data, says that it has
 * been taken: watch_data_ends -> watch->final.
 */
#ifndef KEDJA_MAILER_WATCH_H
#define KEDJA_MAILER_WATCH_H

#include <stdbool.h>
#include <stddef.h>

#include "daemon/mailer/report.h"
#include "rules/base/mem.h"

#define WATCH_LINE_MOST 300

enum watch_phase { PHASE_GREETING, PHASE_STARTTLS, PHASE_AUTH, PHASE_QUIT, PHASE_OTHER };

struct watch {
	bool want_tls, want_login; /* set by whoever begins */
	bool secure;               /* said by whoever began: the encryption stands */
	bool logged_in;
	enum watch_phase phase;
	bool challenged;            /* the server waits for the rest of a login */
	bool writing_line;          /* the last write ended within a line */
	size_t commands, replies;   /* those asked for, the greeting too, and those given */
	size_t unasked;             /* bytes read since the last write */
	char line[WATCH_LINE_MOST]; /* being read; what is longer is cut off */
	size_t length;
	size_t line_bytes; /* of it, with those that were cut off */
	int more;          /* the code of a reply of several lines that goes on; 0: none does */
	bool data_ended;   /* the next reply is the final one of a letter */
	int final;         /* its code; 0: none since the data ended last */
	int code;          /* of the last whole reply, but that to QUIT; 0: none yet */
	char reply[WATCH_LINE_MOST];
	char refusal[WATCH_LINE_MOST]; /* what the server said to the login */
	enum fault_kind fault;         /* the first that was found */
	char fault_text[2 * WATCH_LINE_MOST];
	bool out_of_turn, flooded;
};

void watch_begin(struct watch *watch, bool want_tls, bool want_login);
/* True: cut the connection now, before what was heard is acted upon. Bytes of the server are heard
 * in the library's own memory: the offer of CHUNKING is made unreadable there, for with BDAT every
 * piece of a letter has an answer, and the library loses its way among them. */
MUST_CHECK bool watch_hears_server(struct watch *watch, char *bytes, size_t length);
MUST_CHECK bool watch_hears_us(struct watch *watch, const char *bytes, size_t length);
/* All of a letter's data but its end have been handed over, and nothing more was to be read. */
void watch_data_ends(struct watch *watch);
/* Something was to be read, and nobody had asked. */
void watch_note_early(struct watch *watch);
/* Was all that was heard said in turn, and is nothing broken off? */
bool watch_is_sound(const struct watch *watch);
void watch_note_fault(struct watch *watch, enum fault_kind kind, const char *format, ...)
    PRINTF_LIKE(3, 4);

#endif
