/* SPDX-License-Identifier: EUPL-1.2 */
/* See watch.h. */
#include "daemon/mailer/watch.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* A reply's line is 512 bytes at most (RFC 5321 4.5.3.1.5); the library reads 1,023 bytes, and
 * takes the rest of a longer one for the next answer. */
#define LINE_BYTES_MOST 1000

/* Far more than any server has to say to one command; the library itself has no limit. */
#define UNASKED_MOST (64 * 1024)

void watch_begin(struct watch *watch, bool want_tls, bool want_login)
{
	*watch = (struct watch){ .want_tls = want_tls, .want_login = want_login };
	watch->commands = 1; /* connecting asks for the greeting */
}

void watch_note_fault(struct watch *watch, enum fault_kind kind, const char *format, ...)
{
	if (watch->fault != FAULT_NONE)
		return;
	watch->fault = kind;
	va_list args;
	va_start(args, format);
	vsnprintf(watch->fault_text, sizeof(watch->fault_text), format, args);
	va_end(args);
}

static void fault_login(struct watch *watch)
{
	if (watch->refusal[0] != '\0')
		watch_note_fault(watch, FAULT_LOGIN, "the server refuses the login: %s",
				 watch->refusal);
	else
		watch_note_fault(
		    watch, FAULT_LOGIN,
		    "the server offers no login with a password (AUTH PLAIN or LOGIN)");
}

/* 535 is a wrong name or password, and trying the next mechanism would only count against the
 * account once more. What else is refused may be this mechanism alone. */
static void hear_login_reply(struct watch *watch)
{
	watch->challenged = watch->code / 100 == 3;
	if (watch->code / 100 == 2)
		watch->logged_in = true;
	if (watch->code >= 400)
		memcpy(watch->refusal, watch->reply, sizeof(watch->refusal));
	if (watch->code == 535)
		fault_login(watch);
}

/* RFC 5321 4.2: three digits, of which the first is 2 to 5, then a blank, a hyphen or the end. */
static bool is_reply(const char *line)
{
	return line[0] >= '2' && line[0] <= '5' && isdigit((unsigned char)line[1]) &&
	       isdigit((unsigned char)line[2]) &&
	       (line[3] == ' ' || line[3] == '-' || line[3] == '\0');
}

static void hear_reply(struct watch *watch)
{
	watch->replies++;
	if (watch->phase == PHASE_QUIT)
		return;
	watch->code = (int)strtol(watch->line, NULL, 10);
	memcpy(watch->reply, watch->line, sizeof(watch->reply));
	if (watch->data_ended)
		watch->final = watch->code;
	watch->data_ended = false;
	if (watch->phase == PHASE_AUTH)
		hear_login_reply(watch);
	if (watch->phase == PHASE_STARTTLS && watch->code >= 400)
		watch_note_fault(watch, FAULT_TLS, "the server refuses to encrypt: %s",
				 watch->reply);
}

static void hear_line(struct watch *watch)
{
	watch->line[watch->length] = '\0';
	int code = (int)strtol(watch->line, NULL, 10);
	watch->length = watch->line_bytes = 0;
	if (!is_reply(watch->line) || (watch->more != 0 && watch->more != code)) {
		watch->out_of_turn = true;
		return;
	}
	watch->more = watch->line[3] == '-' ? code : 0;
	if (watch->more == 0 && !watch->out_of_turn)
		hear_reply(watch);
}

/* What is there and was not asked for would be taken for the answer to what is asked next; before
 * the encryption stands somebody else may have put it there for that. Asked whenever a line
 * begins. */
static void note_turn(struct watch *watch)
{
	if (watch->replies < watch->commands)
		return;
	watch->out_of_turn = true;
	if (watch->want_tls && !watch->secure && watch->phase == PHASE_STARTTLS)
		watch_note_fault(watch, FAULT_TLS,
				 "somebody slips in answers before the encryption begins");
}

static void hear_byte(struct watch *watch, char *byte)
{
	if (watch->line_bytes++ == 0)
		note_turn(watch);
	if (watch->line_bytes > LINE_BYTES_MOST)
		watch->out_of_turn = true;
	if (*byte == '\n')
		hear_line(watch);
	else if (*byte != '\r' && watch->length < sizeof(watch->line) - 1)
		watch->line[watch->length++] = *byte == '\0' ? '?' : *byte;
	if (toupper((unsigned char)*byte) == 'G' && watch->length == strlen("250-CHUNKING") &&
	    strncasecmp(watch->line + strlen("250-"), "CHUNKING", strlen("CHUNKING")) == 0)
		*byte = 'X';
}

bool watch_hears_server(struct watch *watch, char *bytes, size_t length)
{
	watch->unasked += length;
	for (size_t i = 0; i < length; i++)
		hear_byte(watch, bytes + i);
	watch->flooded = watch->flooded || watch->unasked > UNASKED_MOST;
	return watch->flooded || watch->out_of_turn || watch->fault != FAULT_NONE;
}

void watch_data_ends(struct watch *watch)
{
	watch->unasked = 0;
	watch->commands++;
	watch->data_ended = true;
	watch->final = 0;
}

void watch_note_early(struct watch *watch)
{
	watch->out_of_turn = true;
}

bool watch_is_sound(const struct watch *watch)
{
	return !watch->flooded && !watch->out_of_turn && watch->line_bytes == 0 && watch->more == 0;
}

static bool is_command(const char *line, size_t length, const char *command)
{
	return length >= strlen(command) && memcmp(line, command, strlen(command)) == 0;
}

static void hear_command(struct watch *watch, const char *line, size_t length)
{
	watch->commands++;
	if (watch->challenged || is_command(line, length, "AUTH ")) {
		watch->challenged = false;
		watch->phase = PHASE_AUTH;
		if (!watch->secure)
			watch_note_fault(watch, FAULT_TLS, "the password would go out unencrypted");
		return;
	}
	if (is_command(line, length, "QUIT") && watch->phase == PHASE_AUTH && !watch->logged_in)
		fault_login(watch);
	if (is_command(line, length, "QUIT") && watch->phase == PHASE_STARTTLS && !watch->secure)
		watch_note_fault(watch, FAULT_TLS, "the server does not answer to STARTTLS");
	if (is_command(line, length, "MAIL ")) {
		if (watch->want_tls && !watch->secure)
			watch_note_fault(watch, FAULT_TLS, "the letter would go out unencrypted");
		if (watch->want_login && !watch->logged_in)
			fault_login(watch);
	}
	watch->phase = is_command(line, length, "STARTTLS") ? PHASE_STARTTLS
		       : is_command(line, length, "QUIT")   ? PHASE_QUIT
							    : PHASE_OTHER;
}

bool watch_hears_us(struct watch *watch, const char *bytes, size_t length)
{
	watch->unasked = 0;
	while (length > 0) {
		const char *end = memchr(bytes, '\n', length);
		size_t line = end == NULL ? length : (size_t)(end - bytes) + 1;
		if (!watch->writing_line)
			hear_command(watch, bytes, line);
		watch->writing_line = end == NULL;
		bytes += line;
		length -= line;
	}
	return watch->fault != FAULT_NONE;
}
