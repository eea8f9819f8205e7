/* SPDX-License-Identifier: EUPL-1.2 */
/* See events.h. */
#include "daemon/ctl/events.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/ctl/ask.h"
#include "rules/base/kronor.h"

#define BYTES_MOST (512 * 1024) /* with one more event still below the daemon's line of 1 MiB */

bool events_has_room(const struct events *batch, size_t length)
{
	return batch->count < EVENTS_MOST && batch->text.length + length <= BYTES_MOST;
}

bool events_fit(size_t count, size_t length)
{
	return count <= EVENTS_MOST && length <= BYTES_MOST;
}

void events_add(struct events *batch, const char *text, size_t length, int line)
{
	if (batch->count > 0)
		buffer_add_byte(&batch->text, ',');
	buffer_add(&batch->text, text, length);
	batch->lines[batch->count++] = line;
}

void events_send(const struct events *batch, struct client *client, const char *method,
		 const struct events_beside *beside)
{
	json_t *with = json_object();
	if (beside->ahead)
		json_object_set_new(with, "ahead", json_true());
	if (beside->part)
		json_object_set_new(with, "part", json_true());
	if (beside->from_bank)
		json_object_set_new(with, "from_bank", json_true());
	if (beside->history != NULL)
		json_object_set_new(with, "history", json_string(beside->history));
	if (json_array_size(beside->stands) > 0)
		json_object_set(with, "stands", (json_t *)(uintptr_t)beside->stands);
	char *rest = json_dumps(with, JSON_COMPACT); /* {...}, or {} for nothing */
	char *parameters = xasprintf("{\"events\":[%s]%s%s", batch->text.bytes,
				     json_object_size(with) > 0 ? "," : "", rest + 1);
	client_send(client, method, parameters);
	free(parameters);
	free(rest);
	json_decref(with);
}

static void add_problem(const struct events *batch, const json_t *entry, struct problems *problems)
{
	const char *field = show_text_of(entry, "field");
	json_int_t place = show_number_of(entry, "event");
	bool inside = place >= 0 && (size_t)place < batch->count;
	problem_add(problems, batch->file, inside ? batch->lines[place] : 0, "%s%s%s", field,
		    *field == '\0' ? "" : ": ", show_text_of(entry, "text"));
}

/* An error of the daemon about the batch, at the lines of the file that it means. */
static void add_error(const struct events *batch, const json_t *error, struct problems *problems)
{
	const json_t *list = json_object_get(json_object_get(error, "data"), "problems");
	for (size_t i = 0; i < json_array_size(list); i++)
		add_problem(batch, json_array_get(list, i), problems);
	if (json_array_size(list) == 0)
		problem_add(problems, batch->file, 0, "%s", show_text_of(error, "message"));
}

/* The sum of this name; a new one where there is none yet. */
static struct recorded_sum *find_sum(struct recorded *recorded, const char *kind, const char *field)
{
	char *name = xasprintf("%s %s", kind, field);
	size_t i = 0;
	while (i < recorded->sum_count && strcmp(recorded->sums[i].name, name) != 0)
		i++;
	if (i < recorded->sum_count) {
		free(name);
		return &recorded->sums[i];
	}
	recorded->sums =
	    array_grow(recorded->sums, i, &recorded->sum_capacity, sizeof(recorded->sums[0]));
	recorded->sums[recorded->sum_count++] = (struct recorded_sum){ .name = name };
	return &recorded->sums[i];
}

/* Cannot overflow: a file of 1 GiB has no 9 million events of the largest amount. */
static void sum_up(const json_t *result, struct recorded *recorded)
{
	const char *field, *reason;
	json_t *value, *amounts = json_object_get(result, "kronor");
	json_object_foreach(amounts, field, value)
	{
		int64_t ore = 0;
		const char *text = json_string_value(value);
		if (text == NULL || kronor_parse(text, &ore, &reason) != 0)
			continue;
		struct recorded_sum *sum = find_sum(recorded, show_text_of(result, "kind"), field);
		sum->sum += ore;
		sum->count++;
	}
}

static void take_notes(const struct events *batch, const json_t *list, json_int_t place)
{
	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *note = json_array_get(list, i);
		json_int_t at = place >= 0 ? place : show_number_of(note, "event");
		bool inside = at >= 0 && (size_t)at < batch->count;
		notes_add(batch->notes, show_text_of(note, "sort"), show_text_of(note, "text"),
			  inside ? batch->lines[at] : 0);
	}
}

/* Of event.record each result has its own, of event.check there is one list of all. */
static void note_all(const struct events *batch, const json_t *answer)
{
	if (batch->notes == NULL)
		return;
	take_notes(batch, json_object_get(answer, "notes"), -1);
	for (size_t i = 0; i < json_array_size(answer); i++)
		take_notes(batch, json_object_get(json_array_get(answer, i), "notes"),
			   (json_int_t)i);
}

void recorded_add(struct recorded *recorded, const json_t *answer)
{
	for (size_t i = 0; i < json_array_size(answer); i++) {
		const json_t *result = json_array_get(answer, i);
		bool known = json_is_true(json_object_get(result, "known"));
		recorded->known += known;
		recorded->fresh += !known;
		sum_up(result, recorded);
	}
}

void recorded_clear(struct recorded *recorded)
{
	for (size_t i = 0; i < recorded->sum_count; i++)
		free(recorded->sums[i].name);
	free(recorded->sums);
	*recorded = (struct recorded){ .fresh = 0 };
}

void recorded_say(const struct recorded *recorded)
{
	char text[KRONOR_TEXT_SIZE];
	for (size_t i = 0; i < recorded->sum_count; i++)
		show_printf(stdout, "%s: %lld events, %s kronor\n", recorded->sums[i].name,
			    recorded->sums[i].count, kronor_format(recorded->sums[i].sum, text));
}

json_t *recorded_kronor(const struct recorded *recorded)
{
	char text[KRONOR_TEXT_SIZE];
	json_t *sums = json_object();
	for (size_t i = 0; i < recorded->sum_count; i++)
		json_object_set_new(sums, recorded->sums[i].name,
				    json_string(kronor_format(recorded->sums[i].sum, text)));
	return sums;
}

int events_hear(struct events *batch, struct client *client, const char *method,
		struct recorded *recorded, struct problems *problems)
{
	json_t *answer = NULL;
	char *reason = NULL;
	int code = CTL_DONE;
	switch (client_hear(client, method, &answer, &reason)) {
	case ANSWER_RESULT:
		note_all(batch, answer);
		if (recorded != NULL)
			recorded_add(recorded, answer);
		break;
	case ANSWER_ERROR:
		add_error(batch, answer, problems);
		code = CTL_REFUSED;
		break;
	case ANSWER_NONE:
		code = ask_unanswered(reason);
		break;
	}
	json_decref(answer);
	events_empty(batch);
	return code;
}

void events_empty(struct events *batch)
{
	buffer_empty(&batch->text);
	batch->count = 0;
}

void events_clear(struct events *batch)
{
	buffer_clear(&batch->text);
	batch->count = 0;
}

int events_record(struct client *client, const json_t *events, struct recorded *recorded)
{
	int code = CTL_DONE;
	size_t count = json_array_size(events);
	for (size_t i = 0; i < count && code == CTL_DONE;) {
		json_t *some = json_array(), *answer = NULL;
		for (; i < count && json_array_size(some) < EVENTS_MOST; i++)
			json_array_append(some, json_array_get(events, i));
		code = ask(client, "event.record", json_pack("{s:o}", "events", some), &answer);
		if (code == CTL_DONE)
			recorded_add(recorded, answer);
		json_decref(answer);
	}
	return code;
}
