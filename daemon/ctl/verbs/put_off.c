/* SPDX-License-Identifier: EUPL-1.2 */
/* Putting off the reminders of a deadline: seen (ack), or not now (snooze). */
#include <stdlib.h>
#include <string.h>

#include "daemon/ctl/ask.h"
#include "daemon/ctl/verbs/verbs.h"
#include "rules/time/offset.h"

/* "7 dagar", "7 days" */
static bool days_parse(const char *text, struct offset *ret)
{
	static const char *const units[] = { "dagar", "dag", "days", "day" };
	char *unit;
	long days = strtol(text, &unit, 10);
	while (*unit == ' ')
		unit++;
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		if (strcmp(unit, units[i]) != 0 || days < 1 || days > 9999)
			continue;
		*ret = (struct offset){ .days = (int)days };
		return true;
	}
	return false;
}

static bool duration_parse(const char *text, struct offset *ret)
{
	if (days_parse(text, ret))
		return true;
	return offset_parse(text, ret) == 0 && !ret->in_workdays && !offset_is_negative(ret) &&
	       !offset_is_zero(ret);
}

/* So long from today, which the daemon's clock tells. */
static int until_after(struct client *client, const struct offset *length, char until[])
{
	json_t *answer = NULL;
	date today;
	char day[DATE_TEXT_SIZE];
	int code = ask(client, "clock.show", NULL, &answer);
	if (code != CTL_DONE)
		return code;
	snprintf(day, sizeof(day), "%.10s", show_text_of(answer, "now"));
	json_decref(answer);
	if (date_parse(day, &today) != 0)
		return CTL_REFUSED;
	date_format(offset_apply(length, today, NULL), until);
	return CTL_DONE;
}

static json_t *event_of(const struct invocation *call, const char *kind, const char *until)
{
	static const char *const fields[][2] = { { "reason", "reason" },
						 { "as", "by" },
						 { "role", "role" } };
	json_t *event = json_object(), *data = json_object();
	json_object_set_new(event, "kind", json_string(kind));
	json_object_set_new(event, "subject", json_string(call->arguments[0]));
	if (invocation_argument(call, 2) != NULL)
		json_object_set_new(event, "key", json_string(call->arguments[2]));
	json_object_set_new(data, "rule", json_string(call->arguments[1]));
	json_object_set_new(data, "until", json_string(until));
	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
		if (invocation_option(call, fields[i][0]) != NULL)
			json_object_set_new(data, fields[i][1],
					    json_string(invocation_option(call, fields[i][0])));
	json_object_set_new(event, "data", data);
	return event;
}

static int record(const struct invocation *call, struct client *client, const char *kind,
		  const char *until)
{
	json_t *answer = NULL;
	int code = ask(client, "event.record", event_of(call, kind, until), &answer);
	if (code == CTL_DONE && call->json)
		show_json(stdout, answer);
	else if (code == CTL_DONE)
		show_printf(stdout, "event %lld recorded: %s until %s\n",
			    (long long)show_number_of(answer, "id"),
			    strcmp(kind, "deadline.snoozed") == 0 ? "reminders are put off"
								  : "acknowledged",
			    until);
	json_decref(answer);
	return code;
}

int verb_ack(const struct invocation *call)
{
	struct client *client;
	int code = ask_open(call, &client);
	if (code != CTL_DONE)
		return code;
	code = record(call, client, "deadline.acknowledged", invocation_option(call, "until"));
	client_close(client);
	return code;
}

/* Until a day, or for so long: one of the two. */
static bool length_of(const char *until, const char *length, struct offset *ret)
{
	if ((until == NULL) == (length == NULL))
		fputs("kedjactl: say how long, with either --until or --for\n", stderr);
	else if (length != NULL && !duration_parse(length, ret))
		show_printf(
		    stderr,
		    "kedjactl: --for: \"%s\" is no length of time: write \"7 days\" or P2W\n",
		    length);
	else
		return true;
	return false;
}

int verb_snooze(const struct invocation *call)
{
	struct client *client;
	struct offset length;
	char day[DATE_TEXT_SIZE];
	const char *until = invocation_option(call, "until");
	if (!length_of(until, invocation_option(call, "for"), &length))
		return CTL_USAGE;
	int code = ask_open(call, &client);
	if (code != CTL_DONE)
		return code;
	if (until == NULL) {
		code = until_after(client, &length, day);
		until = day;
	}
	if (code == CTL_DONE)
		code = record(call, client, "deadline.snoozed", until);
	client_close(client);
	return code;
}
