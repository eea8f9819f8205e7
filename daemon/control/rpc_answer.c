/* SPDX-License-Identifier: EUPL-1.2 */
/* How answers and refusals of rpc.h are written. */
#include <stdlib.h>
#include <string.h>

#include "daemon/control/rpc_own.h"

/* A text of ours or of a peer's; what is not UTF-8 does not get this far, but nobody's answer
 * should be lost by it. */
static json_t *text(const char *bytes)
{
	json_t *string = json_string(bytes);
	return string != NULL ? string : json_string("(not UTF-8)");
}

static json_t *envelope(const json_t *id)
{
	json_t *object = json_object();
	json_object_set_new(object, "jsonrpc", json_string("2.0"));
	json_object_set_new(object, "id", id == NULL ? json_null() : json_incref((json_t *)id));
	return object;
}

json_t *rpc_answer_object(const json_t *id, json_t *result)
{
	json_t *object = envelope(id);
	json_object_set_new(object, "result", result);
	return object;
}

/* "[3].amount" is the field amount of event 3, "[3]" the whole of it. Returns the field, and
 * the number, or -1 where there is none. */
static const char *split_place(const char *place, json_int_t *ret_event)
{
	char *end;
	*ret_event = -1;
	if (place[0] != '[' || place[1] < '0' || place[1] > '9')
		return place;
	long event = strtol(place + 1, &end, 10);
	if (*end != ']' || (end[1] != '.' && end[1] != '\0'))
		return place;
	*ret_event = event;
	return end[1] == '.' ? end + 2 : end + 1;
}

static bool is_file(const struct problem *problem)
{
	size_t length = strlen(problem->place);
	return problem->line > 0 ||
	       (length > 5 && strcmp(problem->place + length - 5, ".conf") == 0);
}

static json_t *problem_object(const struct problem *problem)
{
	json_t *object = json_object();
	json_int_t event = -1;
	if (is_file(problem)) {
		json_object_set_new(object, "file", text(problem->place));
		if (problem->line > 0)
			json_object_set_new(object, "line", json_integer(problem->line));
		if (problem->column > 0)
			json_object_set_new(object, "column", json_integer(problem->column));
	} else {
		json_object_set_new(object, "field", text(split_place(problem->place, &event)));
		if (event >= 0)
			json_object_set_new(object, "event", json_integer(event));
	}
	json_object_set_new(object, "text", text(problem->text));
	return object;
}

static json_t *problems_array(const char *message, const struct problems *problems)
{
	json_t *array = json_array();
	for (size_t i = 0; problems != NULL && i < problems->count; i++)
		json_array_append_new(array, problem_object(&problems->list[i]));
	if (json_array_size(array) == 0)
		json_array_append_new(array,
				      json_pack("{s:s, s:o}", "field", "", "text", text(message)));
	return array;
}

json_t *rpc_refusal_object(const json_t *id, enum rpc_code code, const char *message,
			   const struct problems *problems)
{
	json_t *object = envelope(id);
	json_object_set_new(object, "error",
			    json_pack("{s:i, s:o, s:{s:o}}", "code", (int)code, "message",
				      text(message), "data", "problems",
				      problems_array(message, problems)));
	return object;
}

char *rpc_line(json_t *answer)
{
	if (answer == NULL)
		return NULL;
	char *line = json_dumps(answer, JSON_COMPACT);
	json_decref(answer);
	return line != NULL ? line
			    : xstrdup("{\"jsonrpc\":\"2.0\",\"id\":null,\"error\":{\"code\":"
				      "-32603,\"message\":\"the answer cannot be written\","
				      "\"data\":{\"problems\":[]}}}");
}

char *rpc_refusal(const json_t *id, enum rpc_code code, const char *message,
		  const struct problems *problems)
{
	return rpc_line(rpc_refusal_object(id, code, message, problems));
}
