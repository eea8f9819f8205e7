/* SPDX-License-Identifier: EUPL-1.2 */
/* See report.h. */
#include "daemon/mailer/report.h"

#include <errno.h>
#include <jansson.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "rules/base/mem.h"

#define DAEMON_FD 0
#define TEXT_MOST 400

static bool hung_up;
static bool waiting; /* for kedjad to have noted this outcome */
static int64_t told;

static void write_all(const char *bytes, size_t length)
{
	while (length > 0 && !hung_up) {
		ssize_t written = write(DAEMON_FD, bytes, length);
		if (written < 0 && errno == EINTR)
			continue;
		if (written <= 0) {
			hung_up = true;
			return;
		}
		bytes += written;
		length -= (size_t)written;
	}
}

/* Takes the object over. */
static void say(json_t *object)
{
	char *text = json_dumps(object, JSON_COMPACT);
	if (text == NULL)
		abort(); /* out of memory: all texts in it are UTF-8 */
	char *line = xasprintf("%s\n", text);
	write_all(line, strlen(line));
	free(line);
	free(text);
	json_decref(object);
}

/* One line of UTF-8, not too long; what is not UTF-8 loses its letters outside ASCII. */
static json_t *text_clean(const char *text)
{
	char clean[TEXT_MOST + 1];
	size_t length = 0;
	for (; *text != '\0' && length < TEXT_MOST; text++) {
		unsigned char c = (unsigned char)*text;
		if (c > 32 && c != 127)
			clean[length++] = *text;
		else if (length > 0 && clean[length - 1] != ' ')
			clean[length++] = ' ';
	}
	while (length > 0 && clean[length - 1] == ' ')
		length--;
	clean[length] = '\0';
	json_t *string = json_string(clean);
	if (string != NULL)
		return string;
	for (size_t i = 0; i < length; i++) {
		if ((unsigned char)clean[i] > 127)
			clean[i] = '?';
	}
	return json_string(clean);
}

static const char *kind_name(enum fault_kind kind)
{
	switch (kind) {
	case FAULT_LOGIN:
		return "login";
	case FAULT_TLS:
		return "tls";
	case FAULT_SENDER:
		return "sender";
	case FAULT_RELAY:
		return "relay";
	case FAULT_FOLDER:
		return "folder";
	case FAULT_CONFIG:
	case FAULT_NONE:
		break;
	}
	return "config";
}

static const char *outcome_name(enum mail_outcome outcome)
{
	switch (outcome) {
	case MAIL_SENT:
		return "sent";
	case MAIL_DEFERRED:
		return "deferred";
	case MAIL_REFUSED:
		return "refused";
	case MAIL_UNCLEAR:
		break;
	}
	return "unclear";
}

void report_hello(void)
{
	say(json_pack("{s:s, s:i}", "hello", "kedja-mailer", "protocol", MAIL_PROTOCOL));
}

void report_ready(void)
{
	say(json_pack("{s:b}", "ready", 1));
}

void report_done(void)
{
	say(json_pack("{s:b}", "done", 1));
	waiting = false; /* before the next batch kedjad has noted all of this one */
}

void report_fault(enum fault_kind kind, const char *text)
{
	say(json_pack("{s:o, s:s}", "fault", text_clean(text), "kind", kind_name(kind)));
}

void report_fault_at(enum fault_kind kind, const char *text, int64_t id)
{
	if (id == 0)
		report_fault(kind, text);
	else
		say(json_pack("{s:o, s:s, s:I}", "fault", text_clean(text), "kind", kind_name(kind),
			      "id", (json_int_t)id));
}

void report_outcome(int64_t id, enum mail_outcome outcome, int code, const char *text)
{
	say(json_pack("{s:I, s:s, s:i, s:o}", "id", (json_int_t)id, "outcome",
		      outcome_name(outcome), "code", code, "text", text_clean(text)));
	waiting = true;
	told = id;
}

/* One line of what kedjad says within a batch: nothing but this. */
static void hear_noted(const char *line)
{
	json_int_t id = 0;
	json_t *said = json_loads(line, 0, NULL);
	if (json_unpack(said, "{s:I!}", "noted", &id) != 0)
		hung_up = true; /* it is no kedjad that we know */
	else
		waiting = id != told;
	json_decref(said);
}

/* Takes one line, and reads if there is none. What follows a note in the socket was said after the
 * next outcome: of what comes after the batch nothing can be here. */
static void read_noted(void)
{
	static char heard[256];
	static size_t length;
	char *end = memchr(heard, '\n', length);
	if (end != NULL) {
		*end++ = '\0';
		hear_noted(heard);
		length -= (size_t)(end - heard);
		memmove(heard, end, length);
		return;
	}
	ssize_t got = read(DAEMON_FD, heard + length, sizeof(heard) - length);
	if (got > 0)
		length += (size_t)got;
	else if (got == 0 || errno != EINTR)
		hung_up = true;
}

bool report_wait_noted(void)
{
	while (waiting && !report_is_alone())
		read_noted();
	return !waiting;
}

bool report_is_alone(void)
{
	struct pollfd daemon = { .fd = DAEMON_FD, .events = POLLRDHUP };
	if (!hung_up && poll(&daemon, 1, 0) > 0)
		hung_up = (daemon.revents & (POLLRDHUP | POLLHUP | POLLERR)) != 0;
	return hung_up;
}
