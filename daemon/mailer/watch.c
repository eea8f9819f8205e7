/* SPDX-License-Identifier: EUPL-1.2 */
/* See watch.h. */
#include "daemon/mailer/watch.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

static bool is_last_line(const char *line)
{
	return isdigit((unsigned char)line[0]) && isdigit((unsigned char)line[1]) &&
	       isdigit((unsigned char)line[2]) && line[3] != '-';
}

static void hear_line(struct watch *watch)
{
	watch->line[watch->length] = '\0';
	watch->length = 0;
	if (!is_last_line(watch->line))
		return;
	watch->replies++;
	if (watch->phase == PHASE_QUIT)
		return;
	watch->code = (int)strtol(watch->line, NULL, 10);
	memcpy(watch->reply, watch->line, sizeof(watch->reply));
	if (watch->phase == PHASE_AUTH)
		hear_login_reply(watch);
	if (watch->phase == PHASE_STARTTLS && watch->code >= 400)
		watch_note_fault(watch, FAULT_TLS, "the server refuses to encrypt: %s",
				 watch->reply);
}

/* Whatever is there before the encryption stands and was not asked for was put there by somebody
 * who wants it to be taken for an answer afterwards. Asked whenever a line begins. */
static void note_turn(struct watch *watch)
{
	if (!watch->want_tls || watch->secure || watch->replies < watch->commands)
		return;
	watch->out_of_turn = true;
	if (watch->phase == PHASE_STARTTLS)
		watch_note_fault(watch, FAULT_TLS,
				 "somebody slips in answers before the encryption begins");
}

bool watch_hears_server(struct watch *watch, const char *bytes, size_t length)
{
	watch->unasked += length;
	for (size_t i = 0; i < length; i++) {
		if (watch->length == 0)
			note_turn(watch);
		if (bytes[i] == '\n')
			hear_line(watch);
		else if (bytes[i] != '\r' && watch->length < sizeof(watch->line) - 1)
			watch->line[watch->length++] = bytes[i] == '\0' ? '?' : bytes[i];
	}
	watch->flooded = watch->flooded || watch->unasked > UNASKED_MOST;
	return watch->flooded || watch->out_of_turn || watch->fault != FAULT_NONE;
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
