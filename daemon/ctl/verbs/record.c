/* SPDX-License-Identifier: EUPL-1.2 */
/* One event: recording it, and taking it back. */
#include <stdlib.h>
#include <string.h>

#include "daemon/ctl/ask.h"
#include "daemon/ctl/verbs/verbs.h"

/* The fields as people typed them: the daemon knows their types. NULL after a complaint. */
static json_t *typed_fields(const struct invocation *call)
{
	json_t *data = json_object();
	for (size_t i = 2; i < call->argument_count; i++) {
		const char *word = call->arguments[i], *equals = strchr(word, '=');
		char *name = xasprintf("%.*s", (int)(equals - word), word);
		bool twice = json_object_get(data, name) != NULL;
		if (twice)
			show_printf(stderr, "kedjactl: the field \"%s\" stands twice\n", name);
		else
			json_object_set_new(data, name, json_string(equals + 1));
		free(name);
		if (twice) {
			json_decref(data);
			return NULL;
		}
	}
	return data;
}

static json_t *typed_event(const struct invocation *call)
{
	json_t *data = typed_fields(call);
	if (data == NULL)
		return NULL;
	json_t *event = json_object();
	json_object_set_new(event, "kind", json_string(call->arguments[0]));
	json_object_set_new(event, "subject", json_string(call->arguments[1]));
	ask_add_text(event, call, "key");
	ask_add_text(event, call, "at");
	ask_add_text(event, call, "source");
	ask_add_flag(event, call, "force");
	ask_add_text(event, call, "reason");
	json_object_set_new(event, "data", data);
	if (invocation_option(call, "language") == NULL)
		return event;
	json_t *parameters = json_pack("{s:o}", "event", event);
	ask_add_text(parameters, call, "language");
	return parameters;
}

/* What should be known besides, a line each, and which days moved by it. */
static void say_rest(const json_t *answer)
{
	const json_t *notes = json_object_get(answer, "notes");
	const json_t *moved = json_object_get(answer, "moved");
	for (size_t i = 0; i < json_array_size(notes); i++)
		show_printf(stdout, "note: %s\n", show_text_of(json_array_get(notes, i), "text"));
	for (size_t i = 0; i < json_array_size(moved); i++)
		show_printf(stdout, "%s\n", json_string_value(json_array_get(moved, i)));
}

/* ": amount 5400.50 kronor", and the end of the line. */
static void say_kronor(json_t *amounts)
{
	const char *name, *before = ": ";
	json_t *value;
	json_object_foreach(amounts, name, value)
	{
		show_printf(stdout, "%s%s %s kronor", before, name, json_string_value(value));
		before = ", ";
	}
	puts("");
}

int verb_record(const struct invocation *call)
{
	json_t *answer = NULL, *event = typed_event(call);
	if (event == NULL)
		return CTL_USAGE;
	int code = ask_once(call, "event.record", event, &answer);
	if (answer == NULL)
		return code;
	bool known = json_is_true(json_object_get(answer, "known"));
	printf("event %lld %s", (long long)show_number_of(answer, "id"),
	       known ? "was there already, nothing changed" : "recorded");
	say_kronor(json_object_get(answer, "kronor"));
	say_rest(answer);
	json_decref(answer);
	return code;
}

int verb_void(const struct invocation *call)
{
	json_t *answer = NULL, *parameters = json_object();
	long long event = strtoll(call->arguments[0], NULL, 10);
	json_object_set_new(parameters, "event", json_integer(event));
	ask_add_text(parameters, call, "reason");
	ask_add_text(parameters, call, "language");
	int code = ask_once(call, "event.void", parameters, &answer);
	if (answer == NULL)
		return code;
	printf("event %lld taken back by event %lld\n", event,
	       (long long)show_number_of(answer, "id"));
	say_rest(answer);
	json_decref(answer);
	return code;
}
