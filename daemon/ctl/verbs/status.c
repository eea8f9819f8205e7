/* SPDX-License-Identifier: EUPL-1.2 */
/* The daemon itself: how it is, its clock, and deriving everything once more. */
#include <stdlib.h>
#include <string.h>

#include "daemon/ctl/ask.h"
#include "daemon/ctl/buffer.h"
#include "daemon/ctl/verbs/verbs.h"

static void say(const char *label, const char *text)
{
	show_printf(stdout, "%-10s %s\n", label, text);
}

static void say_and_free(const char *label, char *text)
{
	say(label, text);
	free(text);
}

static long long number(const json_t *object, const char *key)
{
	return (long long)show_number_of(object, key);
}

static void say_clock(const json_t *clock)
{
	char *now = show_time(show_text_of(clock, "now"));
	bool is_virtual = json_is_true(json_object_get(clock, "virtual"));
	say_and_free("clock", xasprintf("%s %s%s", now, show_text_of(clock, "zone"),
					is_virtual ? ", virtual" : ""));
	free(now);
}

static void say_rules(const json_t *rules)
{
	char *loaded = show_time(show_text_of(rules, "loaded_at"));
	char *version = show_value(json_object_get(rules, "version"));
	say_and_free("rules", xasprintf("%lld, version %s, read %s", number(rules, "count"),
					version, loaded));
	free(version);
	free(loaded);
}

static void say_counts(const json_t *counts)
{
	say_and_free("records", xasprintf("%lld events, %lld cases, %lld programmes, %lld staff",
					  number(counts, "events"), number(counts, "cases"),
					  number(counts, "programmes"), number(counts, "staff")));
	say_and_free("deadlines",
		     xasprintf("%lld open, %lld asleep, %lld overdue",
			       number(counts, "deadlines_open"), number(counts, "deadlines_asleep"),
			       number(counts, "deadlines_overdue")));
	say_and_free("notices",
		     xasprintf("%lld waiting, %lld held, %lld unreachable",
			       number(counts, "notices_queued"), number(counts, "notices_held"),
			       number(counts, "notices_unreachable")));
}

static void say_outbox(const json_t *outbox)
{
	static const char *const states[] = { "queued",  "handed", "deferred",  "unclear",
					      "refused", "sent",   "cancelled", "superseded" };
	struct buffer text = BUFFER_NONE;
	for (size_t i = 0; i < sizeof(states) / sizeof(states[0]); i++)
		if (number(outbox, states[i]) != 0)
			buffer_printf(&text, "%s%lld %s", text.length == 0 ? "" : ", ",
				      number(outbox, states[i]), states[i]);
	if (text.length == 0)
		buffer_add_text(&text, "empty");
	char *oldest = show_time(show_text_of(outbox, "oldest_waiting"));
	if (*oldest != '\0')
		buffer_printf(&text, "; the oldest waits since %s", oldest);
	free(oldest);
	say_and_free("outbox", buffer_take(&text));
	if (*show_text_of(outbox, "fault") != '\0')
		say_and_free("", xasprintf("stands still: %s", show_text_of(outbox, "fault")));
}

static void say_mailer(const json_t *mailer)
{
	struct buffer text = BUFFER_NONE;
	buffer_add_text(&text, show_text_of(mailer, "state"));
	if (number(mailer, "pid") != 0)
		buffer_printf(&text, ", process %lld", number(mailer, "pid"));
	if (number(mailer, "restarts") != 0)
		buffer_printf(&text, ", started again %lld times", number(mailer, "restarts"));
	say_and_free("mailer", buffer_take(&text));
}

static void say_seen(const json_t *alarm)
{
	const char *by = show_text_of(alarm, "seen_by");
	char *at = show_time(show_text_of(alarm, "seen_at"));
	if (*by != '\0')
		say_and_free("", xasprintf("seen by %s %s%s", by, at,
					   json_is_true(json_object_get(alarm, "grown"))
					       ? "; more has come to it since"
					       : ""));
	free(at);
}

static void say_alarms(const json_t *alarms)
{
	bool colour = show_may_colour(stdout);
	for (size_t i = 0; i < json_array_size(alarms); i++) {
		const json_t *alarm = json_array_get(alarms, i);
		fputs(colour ? "\033[31m" : "", stdout);
		char *text = show_escape(show_text_of(alarm, "text"), false);
		say_and_free("alarm", xasprintf("%s: %s", show_text_of(alarm, "name"), text));
		free(text);
		fputs(colour ? "\033[0m" : "", stdout);
		say_and_free("", xasprintf("to do: %s", show_text_of(alarm, "do")));
		say_seen(alarm);
	}
}

/* What the daemon reads in its file. */
static void say_file(const json_t *status)
{
	say_counts(json_object_get(status, "counts"));
	say_outbox(json_object_get(status, "outbox"));
	say_mailer(json_object_get(status, "mailer"));
	char *behind = show_value(json_object_get(status, "behind"));
	if (*behind != '\0' && strcmp(behind, "0") != 0 && strcmp(behind, "no") != 0)
		say_and_free("behind", xasprintf("%s still to be planned anew", behind));
	free(behind);
	char *next = show_time(show_text_of(status, "next_at"));
	say_and_free("next", *next == '\0' ? xstrdup("nothing is due") : xstrdup(next));
	free(next);
}

static void say_status(const json_t *status)
{
	say_and_free("kedjad", xasprintf("%s, process %lld", show_text_of(status, "version"),
					 number(status, "pid")));
	say_clock(json_object_get(status, "clock"));
	say_rules(json_object_get(status, "rules"));
	if (json_is_object(json_object_get(status, "counts")))
		say_file(status);
	else
		say("records", "not known: the database cannot be used");
	say_alarms(json_object_get(status, "alarms"));
}

/* With --check an alarm is what the question was about: exit 1, whoever has seen it. */
int verb_status(const struct invocation *call)
{
	json_t *status = NULL;
	int code = ask_alone(call, "status", NULL, &status);
	if (status == NULL)
		return code;
	if (call->json)
		show_json(stdout, status);
	else
		say_status(status);
	bool alarmed = json_array_size(json_object_get(status, "alarms")) > 0;
	json_decref(status);
	return alarmed && invocation_flag(call, "check") ? CTL_REFUSED : CTL_DONE;
}

int verb_status_ack(const struct invocation *call)
{
	json_t *answer = NULL, *parameters = json_object();
	json_object_set_new(parameters, "alarm", json_string(call->arguments[0]));
	int code = ask_once(call, "status.ack", parameters, &answer);
	if (answer == NULL)
		return code;
	show_printf(stdout, "%s: seen by %s; it stays until it is over\n",
		    show_text_of(answer, "name"), show_text_of(answer, "seen_by"));
	json_decref(answer);
	return code;
}

int verb_clock(const struct invocation *call)
{
	json_t *clock = NULL;
	int code = ask_once(call, "clock.show", NULL, &clock);
	if (clock == NULL)
		return code;
	char *now = show_time(show_text_of(clock, "now"));
	bool is_virtual = json_is_true(json_object_get(clock, "virtual"));
	show_printf(stdout, "%s %s%s\n", now, show_text_of(clock, "zone"),
		    is_virtual ? ", virtual: it stands still until it is set" : "");
	free(now);
	json_decref(clock);
	return code;
}

int verb_clock_set(const struct invocation *call)
{
	json_t *answer = NULL, *parameters = json_object();
	json_object_set_new(parameters, "time", json_string(call->arguments[0]));
	int code = ask_once(call, "clock.set", parameters, &answer);
	if (answer == NULL)
		return code;
	char *now = show_time(show_text_of(answer, "now"));
	show_printf(stdout, "%s; on the way: %lld notices, %lld letters\n", now,
		    number(answer, "notices"), number(answer, "letters"));
	free(now);
	json_decref(answer);
	return code;
}

static void say_differences(const json_t *different)
{
	for (size_t i = 0; i < json_array_size(different); i++) {
		char *text = show_value(json_array_get(different, i));
		show_printf(stdout, "%s\n", text);
		free(text);
	}
}

/* With --check a difference is what the question was about: exit 1. */
int verb_rebuild(const struct invocation *call)
{
	struct client *client;
	json_t *answer = NULL, *parameters = json_object();
	int code = ask_open(call, &client);
	if (code == CTL_DONE) {
		ask_add_flag(parameters, call, "check");
		code = ask(client, "rebuild", json_incref(parameters), &answer);
		client_close(client);
	}
	json_decref(parameters);
	if (code != CTL_DONE)
		return code;
	const json_t *different = json_object_get(answer, "different");
	size_t count = json_array_size(different);
	if (call->json) {
		show_json(stdout, answer);
	} else {
		say_differences(different);
		printf("%lld subjects, %lld deadlines; %zu different\n", number(answer, "subjects"),
		       number(answer, "deadlines"), count);
	}
	json_decref(answer);
	return count > 0 && invocation_flag(call, "check") ? CTL_REFUSED : CTL_DONE;
}
