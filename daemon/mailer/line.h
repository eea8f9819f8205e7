/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * What kedjad says to the mailer, line by line (daemon/outbox/mailproto.h), checked against tables
 * of keys: every key known, of its type, and there if it must be. A line that is not so is no
 * letter gone wrong but a program gone wrong, and is refused as a whole.
 *
 *   if (request_parse(line, length, &request, &reason) != 0) ... say the reason, end ...
 *   ... request.kind ...
 *   request_clear(&request);
 */
#ifndef KEDJA_MAILER_LINE_H
#define KEDJA_MAILER_LINE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "rules/base/mem.h"

/* Texts are borrowed from the request and live as long; what was not given is "". */
struct mailer_settings {
	const char *transport; /* "maildir" or "smtp" */
	const char *maildir;
	const char *smtp_host;
	int64_t smtp_port;
	bool smtp_starttls;
	const char *smtp_ca_file;
	const char *smtp_user;
	const char *smtp_password_file;
	const char *sender;
	const char *sender_name;
	const char *helo_name;
};

struct mailer_letter {
	int64_t id;
	const char *message_id;
	const char *date;
	const char *to_name;
	const char *to_address;
	const char *subject;
	const char *text;
	const char *html;       /* NULL: none */
	const char *references; /* NULL: none */
	json_t *calendar;       /* a list of entries (calendar.h); NULL: none */
	bool urgent;
};

enum request_kind {
	REQUEST_CONFIGURE,
	REQUEST_SEND,
	REQUEST_NOTED /* in the middle of a batch it matters, afterwards no more */
};

struct request {
	enum request_kind kind;
	struct mailer_settings settings; /* of REQUEST_CONFIGURE */
	struct mailer_letter *letters;   /* of REQUEST_SEND */
	bool doubt;
	size_t count;
	json_t *root; /* whose texts the others borrow */
};

/* -1 with a sentence that the caller frees. */
MUST_CHECK int request_parse(const char *line, size_t length, struct request *ret,
			     char **ret_reason);
void request_clear(struct request *request); /* a zeroed one too */

#endif
