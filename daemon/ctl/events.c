/* SPDX-License-Identifier: EUPL-1.2 */
/* See events.h. */
#include "daemon/ctl/events.h"

#include <stdlib.h>

#include "daemon/ctl/ask.h"

#define BYTES_MOST (512 * 1024) /* with one more event still below the daemon's line of 1 MiB */

bool events_has_room(const struct events *batch, size_t length)
{
	return batch->count < EVENTS_MOST && batch->text.length + length <= BYTES_MOST;
}

void events_add(struct events *batch, const char *text, size_t length, int line)
{
	if (batch->count > 0)
		buffer_add_byte(&batch->text, ',');
	buffer_add(&batch->text, text, length);
	batch->lines[batch->count++] = line;
}

void events_send(const struct events *batch, struct client *client, const char *method, bool ahead)
{
	char *parameters =
	    xasprintf("{\"events\":[%s]%s}", batch->text.bytes, ahead ? ",\"ahead\":true" : "");
	client_send(client, method, parameters);
	free(parameters);
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

static void count_recorded(const json_t *answer, struct recorded *recorded)
{
	for (size_t i = 0; i < json_array_size(answer); i++) {
		bool known = json_is_true(json_object_get(json_array_get(answer, i), "known"));
		recorded->known += known;
		recorded->fresh += !known;
	}
}

int events_hear(struct events *batch, struct client *client, const char *method,
		struct recorded *recorded, struct problems *problems)
{
	json_t *answer = NULL;
	char *reason = NULL;
	int code = CTL_DONE;
	switch (client_hear(client, method, &answer, &reason)) {
	case ANSWER_RESULT:
		if (recorded != NULL)
			count_recorded(answer, recorded);
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

int events_record(struct client *client, const json_t *events, size_t *ret_count)
{
	int code = CTL_DONE;
	size_t count = json_array_size(events);
	for (size_t i = 0; i < count && code == CTL_DONE;) {
		json_t *some = json_array(), *answer = NULL;
		for (; i < count && json_array_size(some) < EVENTS_MOST; i++)
			json_array_append(some, json_array_get(events, i));
		size_t sent = json_array_size(some);
		code = ask(client, "event.record", json_pack("{s:o}", "events", some), &answer);
		json_decref(answer);
		*ret_count += code == CTL_DONE ? sent : 0;
	}
	return code;
}
