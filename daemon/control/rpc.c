/* SPDX-License-Identifier: EUPL-1.2 */
/* See rpc.h: one request. Lines and batches are rpc_work.c, how answers are written rpc_answer.c.
 */
#include "daemon/control/rpc.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/base/clock.h"
#include "daemon/control/rpc_own.h"

static json_t goes_on, waits;
json_t *const RPC_GOES_ON = &goes_on;
json_t *const RPC_WAITS = &waits;

/* --- the envelope ------------------------------------------------------------------------- */

/* A request taken apart; everything is borrowed from the JSON. */
struct request {
	const json_t *id; /* NULL: a notification */
	const char *method;
	const json_t *parameters; /* NULL: none */
	const char *as;           /* NULL: nobody else */
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
	static const char *const members[] = { "jsonrpc", "method", "params", "id", "as", NULL };
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
	const json_t *as = json_object_get(asked, "as");
	const char *version = json_string_value(json_object_get(asked, "jsonrpc"));
	if (version == NULL || strcmp(version, "2.0") != 0)
		problem_add(problems, "jsonrpc", 0, "must be \"2.0\"");
	if (!json_is_string(method))
		problem_add(problems, "method", 0, "must be the name of a method, as text");
	if (parameters != NULL && !json_is_object(parameters) && !json_is_array(parameters))
		problem_add(problems, "params", 0, "must be an object");
	if (as != NULL && !json_is_string(as))
		problem_add(problems, "as", 0, "must be the name of a member of staff, as text");
	if (id != NULL && !is_id(id))
		problem_add(problems, "id", 0, "must be text, a number or null");
	check_members(asked, problems);
	if (problems->count > 0)
		return -1;
	*ret = (struct request){ id, json_string_value(method), parameters, json_string_value(as) };
	return 0;
}

static bool writes(const struct method *method)
{
	return method->file == FILE_WRITTEN;
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

static json_t *refusal_of(const struct call *call)
{
	return rpc_refusal_object(call->id, call->code,
				  call->message == NULL ? "refused" : call->message,
				  &call->problems);
}

/* The database has failed: this request's doing, or the whole turn is lost. Either way what the
 * handler had to say of it does not count. */
static json_t *refusal_of_database(struct db *db, const struct call *call)
{
	enum rpc_code code = db_error_is_full(db) ? RPC_NO_SPACE : RPC_INTERNAL;
	return rpc_refusal_object(call->id, code, db_error(db), NULL);
}

static bool enter(const struct serving *serving, struct asking *asking)
{
	return serving->gate == NULL ||
	       serving->gate->enter(serving->arg, asking->method, &asking->call);
}

static void leave(const struct serving *serving, struct asking *asking, const json_t *result)
{
	if (serving->gate != NULL)
		serving->gate->leave(serving->arg, asking->method, &asking->call, result);
}

static json_t *run_without_file(const struct serving *serving, struct asking *asking)
{
	struct call *call = &asking->call;
	call->without_file = true;
	json_t *result =
	    enter(serving, asking) ? asking->method->handler(serving->arg, call) : NULL;
	return result == NULL ? refusal_of(call) : rpc_answer_object(call->id, result);
}

static bool is_unfinished(const json_t *result)
{
	return result == RPC_GOES_ON || result == RPC_WAITS;
}

static void drop(json_t *result)
{
	if (!is_unfinished(result))
		json_decref(result);
}

static json_t *run_failed(const struct serving *serving, struct asking *asking, json_t *result)
{
	struct db *db = turn_db(serving->turn);
	drop(result);
	json_t *refusal = refusal_of_database(db, &asking->call);
	db_savepoint_rollback(db);
	leave(serving, asking, NULL);
	if (asking->method->file != FILE_NOT_NEEDED)
		return refusal;
	json_decref(refusal);
	return run_without_file(serving, asking);
}

/* The handler, in a savepoint. */
static enum rpc_progress run(const struct serving *serving, struct asking *asking,
			     json_t **ret_answer)
{
	struct call *call = &asking->call;
	struct db *db = turn_db(serving->turn);
	db_savepoint(db);
	call->leaves_nothing = false;
	json_t *result = enter(serving, asking) ? call->handler(serving->arg, call) : NULL;
	if (db_failed(db)) {
		*ret_answer = run_failed(serving, asking, result);
		return RPC_OVER;
	}
	if (result == NULL || call->leaves_nothing)
		db_savepoint_rollback(db);
	else
		db_savepoint_release(db);
	leave(serving, asking, result);
	if (db_failed(db)) { /* nothing is told that is not on record */
		drop(result);
		*ret_answer = refusal_of_database(db, call);
		return RPC_OVER;
	}
	if (is_unfinished(result))
		return result == RPC_WAITS ? RPC_WAITING : RPC_MORE;
	*ret_answer = result == NULL ? refusal_of(call) : rpc_answer_object(call->id, result);
	return RPC_OVER;
}

static enum rpc_progress run_or_refuse(const struct serving *serving, struct asking *asking,
				       json_t **ret_answer)
{
	struct call *call = &asking->call;
	if (serving->turn != NULL && rpc_asking_waits(serving, asking))
		return RPC_WAITING;
	if (serving->turn != NULL)
		return run(serving, asking, ret_answer);
	*ret_answer = asking->method->file == FILE_NOT_NEEDED
			  ? run_without_file(serving, asking)
			  : rpc_refusal_object(call->id, serving->code, serving->reason, NULL);
	return RPC_OVER;
}

/* Sets the call up; what is wrong with its parameters lies in its problems. */
static void call_begin(const struct serving *serving, struct asking *asking,
		       const struct request *request)
{
	const struct method *method = asking->method;
	asking->none = request->parameters == NULL ? json_object() : NULL;
	asking->call =
	    (struct call){ .actor = serving->actor,
			   .who = serving->who,
			   .as = request->as,
			   .parameters = asking->none != NULL ? asking->none : request->parameters,
			   .id = request->id,
			   .code = RPC_REFUSED,
			   .changes = writes(method),
			   .handler = method->handler,
			   .wait = method->wait };
	struct call *call = &asking->call;
	if (!method->takes_any_shape && json_is_array(call->parameters))
		problem_add(&call->problems, "params", 0, "must be given by name, in an object");
	else if (!method->takes_any_shape)
		check_parameters(method, call->parameters, &call->problems);
}

/* Whatever can be said of a request before its method is called: NULL when all is right. */
static json_t *begin(const struct serving *serving, struct asking *asking)
{
	struct problems problems = PROBLEMS_NONE;
	struct request request = { 0 };
	if (!json_is_object(asking->asked)) {
		asking->wants_answer = true;
		return rpc_refusal_object(NULL, RPC_REQUEST, "a request is a JSON object", NULL);
	}
	if (take_apart(asking->asked, &request, &problems) != 0) {
		json_t *refusal =
		    rpc_refusal_object(id_of(asking->asked), RPC_REQUEST,
				       "this is not a JSON-RPC 2.0 request", &problems);
		asking->wants_answer = true;
		problems_clear(&problems);
		return refusal;
	}
	asking->wants_answer = request.id != NULL;
	asking->method = find(serving->methods, request.method);
	if (asking->method == NULL)
		return unknown_method(serving, &request);
	call_begin(serving, asking, &request);
	if (asking->call.problems.count == 0)
		return NULL;
	if (serving->turn != NULL)
		leave(serving, asking, NULL);
	return rpc_refusal_object(request.id, RPC_PARAMETERS, "the parameters are not right",
				  &asking->call.problems);
}

enum rpc_progress rpc_asking_step(const struct serving *serving, struct asking *asking,
				  json_t **ret_answer)
{
	enum rpc_progress progress = RPC_OVER;
	json_t *answer = asking->method == NULL ? begin(serving, asking) : NULL;
	if (answer == NULL)
		progress = run_or_refuse(serving, asking, &answer);
	if (progress != RPC_OVER)
		return progress;
	if (!asking->wants_answer) {
		json_decref(answer);
		answer = NULL;
	}
	*ret_answer = answer;
	return RPC_OVER;
}

bool rpc_asking_writes(const struct asking *asking)
{
	return asking->method != NULL && writes(asking->method);
}

bool rpc_asking_waits(const struct serving *serving, const struct asking *asking)
{
	const struct call *call = &asking->call;
	return call->wait != NULL && call->wait(serving->arg, call);
}

void rpc_asking_clear(struct asking *asking)
{
	struct call *call = &asking->call;
	if (call->forget != NULL && call->state != NULL)
		call->forget(call->state);
	problems_clear(&call->problems);
	free(call->message);
	json_decref(asking->none);
	json_decref(asking->asked);
	*asking = (struct asking){ .asked = NULL };
}
