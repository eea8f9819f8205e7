/* SPDX-License-Identifier: EUPL-1.2 */
/* See rpc.h. How answers are written is rpc_answer.c. */
#include "daemon/control/rpc.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/base/clock.h"
#include "daemon/control/rpc_own.h"

static json_t later;
json_t *const RPC_LATER = &later;

/* What serving needs to know of where it is. */
struct serving {
	const struct method *methods;
	void *arg;
	struct db *db; /* NULL: it has failed, and all that needs it is refused */
	const char *actor;
	void *client;
	enum rpc_code code; /* and how */
	const char *message;
};

/* --- the envelope ------------------------------------------------------------------------- */

/* A request taken apart; everything is borrowed from the JSON. */
struct request {
	const json_t *id; /* NULL: a notification */
	const char *method;
	const json_t *parameters; /* NULL: none */
};

static bool is_id(const json_t *id)
{
	return json_is_string(id) || json_is_number(id) || json_is_null(id);
}

/* The id for an answer to something that may be no request at all. */
static const json_t *id_of(const json_t *asked)
{
	const json_t *id = json_object_get(asked, "id");
	return is_id(id) ? id : NULL;
}

static void check_members(const json_t *asked, struct problems *problems)
{
	static const char *const members[] = { "jsonrpc", "method", "params", "id", NULL };
	const char *name;
	json_t *value;
	json_object_foreach((json_t *)asked, name, value)
	{
		size_t i = 0;
		while (members[i] != NULL && strcmp(members[i], name) != 0)
			i++;
		if (members[i] != NULL)
			continue;
		problem_add(problems, name, 0, "a request has no such member");
		problem_hint(problems, name, members, NULL);
	}
}

static int take_apart(const json_t *asked, struct request *ret, struct problems *problems)
{
	const json_t *id = json_object_get(asked, "id");
	const json_t *method = json_object_get(asked, "method");
	const json_t *parameters = json_object_get(asked, "params");
	const char *version = json_string_value(json_object_get(asked, "jsonrpc"));
	if (version == NULL || strcmp(version, "2.0") != 0)
		problem_add(problems, "jsonrpc", 0, "must be \"2.0\"");
	if (!json_is_string(method))
		problem_add(problems, "method", 0, "must be the name of a method, as text");
	if (parameters != NULL && !json_is_object(parameters) && !json_is_array(parameters))
		problem_add(problems, "params", 0, "must be an object");
	if (id != NULL && !is_id(id))
		problem_add(problems, "id", 0, "must be text, a number or null");
	check_members(asked, problems);
	if (problems->count > 0)
		return -1;
	*ret = (struct request){ id, json_string_value(method), parameters };
	return 0;
}

static bool writes(const struct method *method)
{
	return method->file == FILE_WRITTEN || method->file == FILE_SWAPS;
}

static const struct method *find(const struct method *methods, const char *name)
{
	for (; methods->name != NULL; methods++)
		if (strcmp(methods->name, name) == 0)
			return methods;
	return NULL;
}

/* --- parameters --------------------------------------------------------------------------- */

static const char *type_in_words(const json_t *value)
{
	switch (json_typeof(value)) {
	case JSON_OBJECT:
		return "an object";
	case JSON_ARRAY:
		return "an array";
	case JSON_STRING:
		return "text";
	case JSON_INTEGER:
		return "a number";
	case JSON_REAL:
		return "a number with decimals";
	case JSON_TRUE:
	case JSON_FALSE:
		return "true or false";
	case JSON_NULL:
		return "null";
	}
	return "something else";
}

/* NULL when the value is of the type; else what it must be. */
static const char *type_fault(enum parameter_type type, const json_t *value)
{
	const char *text = json_string_value(value);
	date day;
	switch (type) {
	case PARAMETER_TEXT:
		return text != NULL ? NULL : "text";
	case PARAMETER_NUMBER:
		return json_is_integer(value) ? NULL : "a whole number";
	case PARAMETER_FLAG:
		return json_is_boolean(value) ? NULL : "true or false";
	case PARAMETER_DATE:
		return text != NULL && date_parse(text, &day) == 0 ? NULL
								   : "a date, as \"2026-11-30\"";
	case PARAMETER_TIME:
		return text != NULL && clock_is_time(text) ? NULL
							   : "a time, as \"2026-11-30T08:00\"";
	case PARAMETER_ANY:
		return NULL;
	}
	return NULL;
}

static void check_value(const struct parameter *parameter, const json_t *value,
			struct problems *problems)
{
	const char *wanted = type_fault(parameter->type, value);
	if (wanted == NULL)
		return;
	if (json_is_string(value))
		problem_add(problems, parameter->name, 0, "\"%s\" is not right: must be %s",
			    json_string_value(value), wanted);
	else
		problem_add(problems, parameter->name, 0, "is %s: must be %s", type_in_words(value),
			    wanted);
}

static const struct parameter *find_parameter(const struct method *method, const char *name)
{
	const struct parameter *parameter = method->parameters;
	for (; parameter != NULL && parameter->name != NULL; parameter++)
		if (strcmp(parameter->name, name) == 0)
			return parameter;
	return NULL;
}

static void complain_unknown(const struct method *method, const char *name,
			     struct problems *problems)
{
	const struct parameter *parameters = method->parameters;
	size_t count = 0;
	while (parameters != NULL && parameters[count].name != NULL)
		count++;
	const char **names = xcalloc(count + 1, sizeof(*names));
	for (size_t i = 0; i < count; i++)
		names[i] = parameters[i].name;
	problem_add(problems, name, 0, "%s has no such parameter", method->name);
	problem_hint(problems, name, names, NULL);
	free(names);
}

/* A parameter that is null is one that was not given: so a list's last "next" can be sent back. */
static void check_parameters(const struct method *method, const json_t *parameters,
			     struct problems *problems)
{
	const char *name;
	json_t *value;
	json_object_foreach((json_t *)parameters, name, value)
	{
		const struct parameter *parameter = find_parameter(method, name);
		if (parameter == NULL)
			complain_unknown(method, name, problems);
		else if (!json_is_null(value))
			check_value(parameter, value, problems);
	}
	const struct parameter *parameter = method->parameters;
	for (; parameter != NULL && parameter->name != NULL; parameter++) {
		value = json_object_get(parameters, parameter->name);
		if (parameter->required && (value == NULL || json_is_null(value)))
			problem_add(problems, parameter->name, 0, "is missing");
	}
}

static const json_t *given(const struct call *call, const char *name)
{
	return json_object_get(call->parameters, name);
}

const char *call_text(const struct call *call, const char *name)
{
	return json_string_value(given(call, name));
}

int64_t call_number(const struct call *call, const char *name, int64_t otherwise)
{
	const json_t *value = given(call, name);
	return json_is_integer(value) ? json_integer_value(value) : otherwise;
}

bool call_flag(const struct call *call, const char *name)
{
	return json_is_true(given(call, name));
}

void call_refuse(struct call *call, enum rpc_code code, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	char *message = NULL;
	if (vasprintf(&message, format, args) < 0)
		message = xstrdup("refused");
	va_end(args);
	free(call->message);
	call->message = message;
	call->code = code;
}

/* --- serving ------------------------------------------------------------------------------ */

static json_t *unknown_method(const struct serving *serving, const struct request *request)
{
	size_t count = 0;
	while (serving->methods[count].name != NULL)
		count++;
	const char **names = xcalloc(count + 1, sizeof(*names));
	for (size_t i = 0; i < count; i++)
		names[i] = serving->methods[i].name;
	struct problems problems = PROBLEMS_NONE;
	problem_add(&problems, "method", 0, "there is no method \"%s\"", request->method);
	problem_hint(&problems, request->method, names, NULL);
	free(names);
	json_t *refusal =
	    rpc_refusal_object(request->id, RPC_METHOD, problems.list[0].text, &problems);
	problems_clear(&problems);
	return refusal;
}

/* The database has failed: this request's doing, or the whole turn is lost. Either way what the
 * handler had to say of it does not count. */
static json_t *database_failed(const struct serving *serving, const struct call *call)
{
	enum rpc_code code = db_error_is_full(serving->db) ? RPC_NO_SPACE : RPC_INTERNAL;
	json_t *refusal = rpc_refusal_object(call->id, code, db_error(serving->db), NULL);
	db_savepoint_rollback(serving->db);
	return refusal;
}

static json_t *result_of(const struct serving *serving, const struct method *method,
			 struct call *call)
{
	if (method->wait != NULL && method->wait(serving->arg, call, method->handler) == RPC_LATER)
		return RPC_LATER;
	return method->handler(serving->arg, call);
}

static json_t *refusal_of(const struct call *call)
{
	return rpc_refusal_object(call->id, call->code,
				  call->message == NULL ? "refused" : call->message,
				  &call->problems);
}

static json_t *run_without_file(const struct serving *serving, const struct method *method,
				struct call *call)
{
	call->without_file = true;
	json_t *result = method->handler(serving->arg, call);
	return result == NULL ? refusal_of(call) : rpc_answer_object(call->id, result);
}

static json_t *run(const struct serving *serving, const struct method *method, struct call *call)
{
	db_savepoint(serving->db);
	json_t *result = result_of(serving, method, call);
	if (db_failed(serving->db)) {
		if (result != RPC_LATER)
			json_decref(result);
		json_t *refusal = database_failed(serving, call);
		if (method->file != FILE_NOT_NEEDED)
			return refusal;
		json_decref(refusal);
		return run_without_file(serving, method, call);
	}
	if (result != NULL) {
		db_savepoint_release(serving->db);
		return result == RPC_LATER ? NULL : rpc_answer_object(call->id, result);
	}
	db_savepoint_rollback(serving->db);
	return refusal_of(call);
}

static json_t *run_or_refuse(const struct serving *serving, const struct method *method,
			     struct call *call)
{
	if (serving->db != NULL)
		return run(serving, method, call);
	return method->file == FILE_NOT_NEEDED
		   ? run_without_file(serving, method, call)
		   : rpc_refusal_object(call->id, serving->code, serving->message, NULL);
}

static json_t *call_method(const struct serving *serving, const struct method *method,
			   const struct request *request)
{
	json_t *none = request->parameters == NULL ? json_object() : NULL;
	struct call call = { .actor = serving->actor,
			     .parameters = none != NULL ? none : request->parameters,
			     .id = request->id,
			     .code = RPC_REFUSED,
			     .changes = writes(method),
			     .client = serving->client };
	if (!method->takes_any_shape && json_is_array(call.parameters))
		problem_add(&call.problems, "params", 0, "must be given by name, in an object");
	else if (!method->takes_any_shape)
		check_parameters(method, call.parameters, &call.problems);
	json_t *answer = call.problems.count > 0
			     ? rpc_refusal_object(call.id, RPC_PARAMETERS,
						  "the parameters are not right", &call.problems)
			     : run_or_refuse(serving, method, &call);
	problems_clear(&call.problems);
	free(call.message);
	json_decref(none);
	return answer;
}

/* The answer to one request; NULL where there is none, or none yet. */
static json_t *serve(const struct serving *serving, const json_t *asked)
{
	struct problems problems = PROBLEMS_NONE;
	struct request request = { 0 };
	if (!json_is_object(asked))
		return rpc_refusal_object(NULL, RPC_REQUEST, "a request is a JSON object", NULL);
	if (take_apart(asked, &request, &problems) != 0) {
		json_t *refusal = rpc_refusal_object(
		    id_of(asked), RPC_REQUEST, "this is not a JSON-RPC 2.0 request", &problems);
		problems_clear(&problems);
		return refusal;
	}
	const struct method *method = find(serving->methods, request.method);
	json_t *answer = method == NULL ? unknown_method(serving, &request)
					: call_method(serving, method, &request);
	if (request.id == NULL) {
		json_decref(answer);
		return NULL;
	}
	return answer;
}

/* It comes into force with the commit, and all of a batch is served before that. */
static bool must_stand_last(const struct serving *serving, const json_t *asked)
{
	const char *name = json_string_value(json_object_get(asked, "method"));
	const struct method *method = name == NULL ? NULL : find(serving->methods, name);
	return method != NULL && method->file == FILE_SWAPS;
}

static json_t *refuse_to_lead(const json_t *asked)
{
	char *text = xasprintf("%s must stand last in a batch: what stands behind it would still go"
			       " by the old rules",
			       json_string_value(json_object_get(asked, "method")));
	json_t *refusal = json_object_get(asked, "id") == NULL
			      ? NULL
			      : rpc_refusal_object(id_of(asked), RPC_REFUSED, text, NULL);
	free(text);
	return refusal;
}

static json_t *serve_batch(const struct serving *serving, const json_t *batch)
{
	if (json_array_size(batch) == 0 || json_array_size(batch) > RPC_BATCH_MOST) {
		char *text = xasprintf("a batch has from 1 to %d requests", RPC_BATCH_MOST);
		json_t *refusal = rpc_refusal_object(NULL, RPC_REQUEST, text, NULL);
		free(text);
		return refusal;
	}
	json_t *answers = json_array();
	for (size_t i = 0; i < json_array_size(batch); i++) {
		const json_t *asked = json_array_get(batch, i);
		bool last = i + 1 == json_array_size(batch);
		json_t *answer = last || !must_stand_last(serving, asked) ? serve(serving, asked)
									  : refuse_to_lead(asked);
		if (answer != NULL)
			json_array_append_new(answers, answer);
	}
	if (json_array_size(answers) > 0)
		return answers;
	json_decref(answers);
	return NULL;
}

static json_t *parse(const char *line, size_t length, json_t **ret_refusal)
{
	json_error_t error;
	json_t *asked = json_loadb(line, length, JSON_REJECT_DUPLICATES, &error);
	if (asked != NULL)
		return asked;
	struct problems problems = PROBLEMS_NONE;
	problem_add(&problems, "", 0, "%s, at byte %d", error.text, error.position);
	*ret_refusal =
	    rpc_refusal_object(NULL, RPC_PARSE, "this line is not a JSON text", &problems);
	problems_clear(&problems);
	return NULL;
}

static char *serve_line(const struct serving *serving, const char *line, size_t length)
{
	json_t *answer = NULL;
	json_t *asked = parse(line, length, &answer);
	if (asked != NULL)
		answer = json_is_array(asked) ? serve_batch(serving, asked) : serve(serving, asked);
	json_decref(asked);
	return rpc_line(answer);
}

char *rpc_serve(const struct method *methods, void *arg, struct db *db, const char *line,
		size_t length, const char *actor, void *client)
{
	const struct serving serving = {
		.methods = methods, .arg = arg, .db = db, .actor = actor, .client = client
	};
	return serve_line(&serving, line, length);
}

char *rpc_serve_without(const struct method *methods, void *arg, const char *line, size_t length,
			enum rpc_code code, const char *message)
{
	const struct serving serving = {
		.methods = methods, .arg = arg, .actor = "", .code = code, .message = message
	};
	return serve_line(&serving, line, length);
}

static bool reads(const struct method *methods, const json_t *asked)
{
	const char *name = json_string_value(json_object_get(asked, "method"));
	const struct method *method = name == NULL ? NULL : find(methods, name);
	return method == NULL || !writes(method);
}

bool rpc_only_reads(const struct method *methods, const char *line, size_t length)
{
	json_t *refusal = NULL;
	json_t *asked = parse(line, length, &refusal);
	json_decref(refusal);
	bool only = true;
	if (json_is_array(asked))
		for (size_t i = 0; i < json_array_size(asked); i++)
			only = only && reads(methods, json_array_get(asked, i));
	else
		only = reads(methods, asked);
	json_decref(asked);
	return only;
}
