/* SPDX-License-Identifier: EUPL-1.2 */
/* See mailproto.h. */
#include "daemon/outbox/mailproto.h"

#include <jansson.h>
#include <stdlib.h>

#include "daemon/base/host.h"
#include "daemon/conf/settings.h"
#include "rules/base/mem.h"

static const char *or_empty(const char *text)
{
	return text == NULL ? "" : text;
}

/* A setting that is not UTF-8 cannot be said: the mailer then answers what it misses. */
char *mailproto_configure(const struct settings *settings)
{
	char *helo =
	    *or_empty(settings->helo_name) == '\0' ? host_name() : xstrdup(settings->helo_name);
	json_t *what =
	    json_pack("{s:{s:s, s:s, s:s, s:I, s:b, s:s, s:s, s:s, s:s, s:s, s:s}}", "configure",
		      "transport", or_empty(settings->transport), "maildir",
		      or_empty(settings->maildir), "smtp_host", or_empty(settings->smtp_host),
		      "smtp_port", (json_int_t)settings->smtp_port, "smtp_starttls",
		      settings->smtp_starttls, "smtp_ca_file", or_empty(settings->smtp_ca_file),
		      "smtp_user", or_empty(settings->smtp_user), "smtp_password_file",
		      or_empty(settings->smtp_password_file), "sender", or_empty(settings->sender),
		      "sender_name", or_empty(settings->sender_name), "helo_name", helo);
	free(helo);
	char *text = what == NULL ? NULL : json_dumps(what, JSON_COMPACT);
	char *line = xasprintf("%s\n", text == NULL ? "{\"configure\":{}}" : text);
	json_decref(what);
	free(text);
	return line;
}
