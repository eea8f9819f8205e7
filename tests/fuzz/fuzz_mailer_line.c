/* SPDX-License-Identifier: EUPL-1.2 */
/* Any bytes as a line from kedjad: a request or a sentence, never a crash. A request holds only
 * what the table of keys promises. */

#include "daemon/mailer/line.h"
#include "tests/fuzz/fuzz.h"

static void need(const char *text)
{
	if (text == NULL || strlen(text) > 1024 * 1024)
		abort();
}

static void look_at(const struct request *request)
{
	if (request->kind == REQUEST_CONFIGURE) {
		const struct mailer_settings *settings = &request->settings;
		need(settings->transport);
		need(settings->maildir);
		need(settings->smtp_host);
		need(settings->smtp_ca_file);
		need(settings->smtp_user);
		need(settings->smtp_password_file);
		need(settings->sender);
		need(settings->sender_name);
	}
	for (size_t i = 0; i < request->count; i++) {
		const struct mailer_letter *letter = &request->letters[i];
		need(letter->message_id);
		need(letter->date);
		need(letter->to_name);
		need(letter->to_address);
		need(letter->subject);
		need(letter->text);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct request request;
	char *reason = NULL;
	if (request_parse((const char *)data, size, &request, &reason) != 0) {
		need(reason);
		free(reason);
		return 0;
	}
	look_at(&request);
	request_clear(&request);
	return 0;
}
