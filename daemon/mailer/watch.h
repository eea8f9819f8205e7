/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * An ear on an SMTP session. The library keeps to itself what the server answers to the greeting,
 * to STARTTLS and to AUTH, goes on without a login that was refused, and takes lines that came
 * before the encryption for answers that came within. What is said in either direction passes
 * here before it has any effect, and watch_hears* say when the session must be cut.
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
	int code; /* of the last whole reply, but that to QUIT; 0: none yet */
	char reply[WATCH_LINE_MOST];
	char refusal[WATCH_LINE_MOST]; /* what the server said to the login */
	enum fault_kind fault;         /* the first that was found */
	char fault_text[2 * WATCH_LINE_MOST];
	bool out_of_turn, flooded;
};

void watch_begin(struct watch *watch, bool want_tls, bool want_login);
/* True: cut the connection now, before what was heard is acted upon. */
MUST_CHECK bool watch_hears_server(struct watch *watch, const char *bytes, size_t length);
MUST_CHECK bool watch_hears_us(struct watch *watch, const char *bytes, size_t length);
void watch_note_fault(struct watch *watch, enum fault_kind kind, const char *format, ...)
    PRINTF_LIKE(3, 4);

#endif
