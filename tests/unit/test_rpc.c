/* SPDX-License-Identifier: EUPL-1.2 */
/* JSON-RPC: request lines and their answers, and what stands behind an answer. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "daemon/control/rpc.h"
#include "daemon/methods/method.h"

static const struct migration steps[] = {
	{ "CREATE TABLE word (text TEXT NOT NULL UNIQUE) STRICT;" },
};

static char folder[64], path[96];
static struct db *db;
static struct turn *turn;

/* --- methods ---------------------------------------------------------------------------- */

static json_t *echo(void *arg, struct call *call)
{
	assert_string_equal(arg, "arg");
	assert_false(call->changes);
	return json_pack("{s:s, s:O}", "actor", call->actor, "params", call->parameters);
}

static json_t *typed(void *arg, struct call *call)
{
	(void)arg;
	return json_pack("[s, I, b, s?, s?]", call_text(call, "text"),
			 (json_int_t)call_number(call, "number", -7), call_flag(call, "flag"),
			 call_text(call, "day"), call_text(call, "time"));
}

static void add(const char *text)
{
	struct query *query = db_query(db, "INSERT INTO word VALUES (?1)");
	db_bind_text(query, 1, text);
	db_run(query);
}

/* "!" in front: written, and then refused. */
static json_t *put(void *arg, struct call *call)
{
	(void)arg;
	assert_true(call->changes);
	const char *text = call_text(call, "text");
	add(text);
	if (text[0] == '!') {
		problem_add(&call->problems, "text", 0, "begins with a mark");
		problem_add(&call->problems, "[3].amount", 0, "is too much");
		problem_add(&call->problems, "[12]", 0, "is no event");
		problem_add_at(&call->problems, "rules.d/a.conf", 7, 5, "is wrong");
		problem_add(&call->problems, "chain.conf", 0, "is missing");
		return NULL;
	}
	return json_string(text);
}

static json_t *refuse(void *arg, struct call *call)
{
	(void)arg;
	call_refuse(call, RPC_INTERNAL, "first");
	call_refuse(call, RPC_NO_SPACE, "no %s left", "room");
	return NULL;
}

static json_t *say_nothing(void *arg, struct call *call)
{
	(void)arg;
	(void)call;
	return NULL;
}

static bool busy;
static int asked;

static bool until_free(void *arg, const struct call *call)
{
	assert_string_equal(arg, "arg");
	assert_non_null(call);
	asked++;
	return busy;
}

/* Takes so many turns as "number" says, and writes a word in each. */
static size_t states;

static void forget_state(void *state)
{
	states--;
	free(state);
}

static json_t *in_steps(void *arg, struct call *call)
{
	(void)arg;
	int64_t *reached = call->state;
	if (reached == NULL) {
		call->state = reached = xcalloc(1, sizeof(*reached));
		call->forget = forget_state;
		states++;
	}
	call->leaves_nothing = call_flag(call, "flag");
	char *text = xasprintf("%s-%d", call_text(call, "text"), (int)*reached);
	add(text);
	free(text);
	return ++*reached < call_number(call, "number", 0) ? RPC_GOES_ON : json_integer(*reached);
}

/* Waits in the middle. */
static json_t *then_wait(void *arg, struct call *call)
{
	(void)arg;
	call->handler = typed;
	call->wait = until_free;
	return RPC_WAITS;
}

static const struct parameter typed_parameters[] = {
	{ "text", PARAMETER_TEXT, true, "a text" }, { "number", PARAMETER_NUMBER, false, "" },
	{ "flag", PARAMETER_FLAG, false, "" },      { "day", PARAMETER_DATE, false, "" },
	{ "time", PARAMETER_TIME, false, "" },      { "any", PARAMETER_ANY, false, "" },
	{ NULL, PARAMETER_ANY, false, NULL },
};

static const struct parameter none[] = { { NULL, PARAMETER_ANY, false, NULL } };

static int64_t count_like(const char *like)
{
	struct query *query = db_query(db, "SELECT count(*) FROM word WHERE text LIKE ?1");
	db_bind_text(query, 1, like);
	int64_t count = db_next(query) ? db_int(query, 0) : -1;
	db_done(query);
	return count;
}

/* Reads, and has something to say when it cannot. */
static json_t *always(void *arg, struct call *call)
{
	(void)arg;
	if (!call->without_file && count_like("%") < 0)
		return NULL;
	return json_string(call->without_file ? "without the file" : "with the file");
}

/* No gate stands here. */
#define ANYBODY ACCESS_FIGURES, NULL, NULL

static const struct method methods[] = {
	{ "echo", ANYBODY, none, true, false, NULL, echo, "" },
	{ "typed", ANYBODY, typed_parameters, false, false, NULL, typed, "" },
	{ "word.put", ANYBODY, typed_parameters, false, true, NULL, put, "" },
	{ "refuse", ANYBODY, none, false, true, NULL, refuse, "" },
	{ "nothing", ANYBODY, NULL, false, true, NULL, say_nothing, "" },
	{ "steps", ANYBODY, typed_parameters, false, FILE_READ, NULL, in_steps, "" },
	{ "steps.write", ANYBODY, typed_parameters, false, FILE_WRITTEN, NULL, in_steps, "" },
	{ "wait.then", ANYBODY, typed_parameters, false, false, NULL, then_wait, "" },
	{ "when.free", ANYBODY, typed_parameters, false, false, until_free, typed, "" },
	{ "always", ANYBODY, none, false, FILE_NOT_NEEDED, NULL, always, "" },
	{ NULL, ANYBODY, NULL, false, false, NULL, NULL, NULL },
};

/* --- set-up ------------------------------------------------------------------------------- */

static int set_up(void **state)
{
	(void)state;
	struct problems problems = PROBLEMS_NONE;
	snprintf(folder, sizeof(folder), "/tmp/test_rpc.XXXXXX");
	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/t.db", folder);
	db = db_create(path, steps, 1, &problems);
	turn = turn_new(db);
	return db == NULL ? -1 : 0;
}

static int tear_down(void **state)
{
	(void)state;
	turn_free(turn);
	db_close(db);
	unlink(path);
	return rmdir(folder);
}

static struct rpc_work *begin(const char *line, size_t length)
{
	char *own = xcalloc(1, length + 1);
	memcpy(own, line, length);
	return rpc_begin(methods, "arg", own, length, "asa");
}

/* What has been said, without the end of the line, if it is one. */
static char *take_said(struct rpc_work *work)
{
	char *said = rpc_take_said(work);
	size_t length = said == NULL ? 0 : strlen(said);
	if (length > 0 && said[length - 1] == '\n')
		said[length - 1] = '\0';
	return said;
}

/* To its end, or until it waits, in a turn of its own. */
static void work_on(struct rpc_work *work)
{
	assert_int_equal(turn_begin(turn), 0);
	while (rpc_step(work, turn) == RPC_MORE)
		;
	assert_int_equal(turn_end(turn), 0);
}

static char *serve(const char *line, size_t length)
{
	struct rpc_work *work = begin(line, length);
	work_on(work);
	assert_int_equal(rpc_progress(work), RPC_OVER);
	char *answer = take_said(work);
	rpc_free(work);
	return answer;
}

static char *served(const char *line)
{
	return serve(line, strlen(line));
}

static void expect(const char *line, const char *expected)
{
	char *answer = serve(line, strlen(line));
	if (expected == NULL) {
		assert_null(answer);
		return;
	}
	assert_non_null(answer);
	assert_string_equal(answer, expected);
	free(answer);
}

#define HEAD      "{\"jsonrpc\":\"2.0\",\"id\":"
#define ASK(rest) "{\"jsonrpc\":\"2.0\",\"id\":1," rest "}"
#define ERROR(code, message, problems)                                                             \
	HEAD "1,\"error\":{\"code\":" code ",\"message\":\"" message                               \
	     "\",\"data\":{\"problems\":[" problems "]}}}"
#define FIELD(field, text) "{\"field\":\"" field "\",\"text\":\"" text "\"}"

/* --- tests -------------------------------------------------------------------------------- */

static void test_answers(void **state)
{
	(void)state;
	expect(ASK("\"method\":\"echo\""), HEAD "1,\"result\":{\"actor\":\"asa\",\"params\":{}}}");
	expect(ASK("\"method\":\"echo\",\"params\":[1,{\"a\":\"Åke\"}]") "\r",
	       HEAD "1,\"result\":{\"actor\":\"asa\",\"params\":[1,{\"a\":\"Åke\"}]}}");
	expect(
	    "{\"jsonrpc\":\"2.0\",\"id\":\"x-1\",\"method\":\"typed\",\"params\":{\"text\":\"t\","
	    "\"number\":9007199254740993,\"flag\":true,\"day\":\"2026-11-30\","
	    "\"time\":\"2026-11-30T08:00+01:00\"}}",
	    HEAD "\"x-1\",\"result\":[\"t\",9007199254740993,true,\"2026-11-30\","
		 "\"2026-11-30T08:00+01:00\"]}");
	expect("{\"jsonrpc\":\"2.0\",\"id\":null,\"method\":\"typed\",\"params\":{\"text\":\"t\","
	       "\"day\":null}}",
	       HEAD "null,\"result\":[\"t\",-7,false,null,null]}");
}

static void test_notifications_are_not_answered(void **state)
{
	(void)state;
	expect("{\"jsonrpc\":\"2.0\",\"method\":\"word.put\",\"params\":{\"text\":\"quiet\"}}",
	       NULL);
	expect("{\"jsonrpc\":\"2.0\",\"method\":\"word.put\",\"params\":{\"tex\":\"quiet\"}}",
	       NULL);
	expect("{\"jsonrpc\":\"2.0\",\"method\":\"no.such\"}", NULL);
	struct query *query = db_query(db, "SELECT count(*) FROM word WHERE text = 'quiet'");
	assert_true(db_next(query));
	assert_int_equal(db_int(query, 0), 1);
	db_done(query);
}

static void expect_code(const char *line, size_t length, int code, const char *words)
{
	char *answer = serve(line, length);
	assert_non_null(answer);
	json_t *json = json_loads(answer, JSON_REJECT_DUPLICATES, NULL);
	assert_non_null(json);
	json_t *error = json_object_get(json, "error");
	assert_int_equal(json_integer_value(json_object_get(error, "code")), code);
	json_t *problems = json_object_get(json_object_get(error, "data"), "problems");
	assert_true(json_array_size(problems) > 0);
	if (strstr(answer, words) == NULL)
		fail_msg("%s does not say \"%s\"", answer, words);
	json_decref(json);
	free(answer);
}

static void test_what_is_no_json(void **state)
{
	(void)state;
	static const char *const lines[] = { "",
					     " ",
					     "{",
					     "hello",
					     "[1,",
					     "{\"a\":1,\"a\":2}",
					     "{\"a\":01}",
					     "{\"a\":'b'}",
					     "{\"a\":NaN}",
					     "{\"a\":\"\xff\xfe\"}",
					     "{\"a\":\"\\u0000\"}",
					     "{\"a\":\"\\ud800\"}",
					     "{\"a\":99999999999999999999}",
					     "{\"a\":1e999}",
					     "\x80\x81\x82\x01\x02",
					     "{} {}",
					     "\"text\"",
					     "17" };
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		expect_code(lines[i], strlen(lines[i]), RPC_PARSE, "not a JSON text");
	expect_code("{\"a\":\0\"b\"}", 10, RPC_PARSE, "not a JSON text");
	expect_code(ASK("\"method\":\"echo\"") "\0", strlen(ASK("\"method\":\"echo\"")) + 1,
		    RPC_PARSE, "not a JSON text");
	char deep[20000];
	memset(deep, '[', sizeof(deep));
	expect_code(deep, sizeof(deep), RPC_PARSE, "not a JSON text");
}

static void test_what_is_no_request(void **state)
{
	(void)state;
	expect("{}",
	       HEAD "null,\"error\":{\"code\":-32600,\"message\":\"this is not a JSON-RPC 2.0 "
		    "request\",\"data\":{\"problems\":[" FIELD(
			"jsonrpc", "must be \\\"2.0\\\"") "," FIELD("method", "must be the "
									      "name of a "
									      "method, as "
									      "text") "]}}}");
	static const struct {
		const char *line, *words;
	} cases[] = {
		{ "{\"jsonrpc\":\"1.0\",\"id\":1,\"method\":\"echo\"}", "must be \\\"2.0\\\"" },
		{ "{\"jsonrpc\":2.0,\"id\":1,\"method\":\"echo\"}", "must be \\\"2.0\\\"" },
		{ ASK("\"method\":17"), "must be the name of a method" },
		{ ASK("\"method\":\"echo\",\"params\":\"all\""), "\"field\":\"params\"" },
		{ ASK("\"method\":\"echo\",\"params\":null"), "\"field\":\"params\"" },
		{ ASK("\"method\":\"echo\",\"parms\":{}"), "did you mean \\\"params\\\"?" },
		{ "{\"jsonrpc\":\"2.0\",\"id\":{},\"method\":\"echo\"}", "\"field\":\"id\"" },
		{ "{\"jsonrpc\":\"2.0\",\"id\":true,\"method\":\"echo\"}", "\"field\":\"id\"" },
		{ "[]", "from 1 to 100 requests" },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		expect_code(cases[i].line, strlen(cases[i].line), RPC_REQUEST, cases[i].words);
}

static void test_unknown_method(void **state)
{
	(void)state;
	expect(ASK("\"method\":\"word.putt\""),
	       ERROR("-32601",
		     "there is no method \\\"word.putt\\\": did you mean \\\"word.put\\\"?",
		     FIELD("method", "there is no method \\\"word.putt\\\": did you mean "
				     "\\\"word.put\\\"?")));
	expect_code(ASK("\"method\":\"zzzzzzzzz\""), strlen(ASK("\"method\":\"zzzzzzzzz\"")),
		    RPC_METHOD, "there is no method");
}

static void test_all_parameters_are_checked(void **state)
{
	(void)state;
	expect(
	    ASK("\"method\":\"typed\",\"params\":{\"number\":\"7\",\"flag\":0,\"day\":\"2026-02-"
		"31\","
		"\"time\":\"25:00\",\"txt\":\"a\",\"qqqqq\":1}"),
	    ERROR(
		"-32602", "the parameters are not right",
		FIELD("number", "\\\"7\\\" is not right: must be a whole number") "," FIELD("flag", "is a number: must be true or false") "," FIELD(
		    "day",
		    "\\\"2026-02-"
		    "31\\\" is not "
		    "right: must be "
		    "a date, as "
		    "\\\"2026-11-"
		    "30\\\"") "," FIELD("time",
					"\\\"25:00\\\" is not right: must be a time, as "
					"\\\"2026-11-30T08:00\\\"") "," FIELD("txt",
									      "typed has no "
									      "such "
									      "parameter: "
									      "did you "
									      "mean "
									      "\\\"text\\\""
									      "?") "," FIELD("qqqq"
											     "q",
											     "typed"
											     " has "
											     "no "
											     "such "
											     "param"
											     "eter") "," FIELD("text",
													       "is missing")));
	expect(ASK("\"method\":\"typed\",\"params\":{\"text\":[],\"number\":1.5}"),
	       ERROR("-32602", "the parameters are not right",
		     FIELD("text", "is an array: must be text") "," FIELD(
			 "number", "is a number with decimals: must be a whole number")));
	expect(ASK("\"method\":\"typed\",\"params\":[\"a\"]"),
	       ERROR("-32602", "the parameters are not right",
		     FIELD("params", "must be given by name, in an object")));
	expect(ASK("\"method\":\"nothing\",\"params\":{\"a\":1}"),
	       ERROR("-32602", "the parameters are not right",
		     FIELD("a", "nothing has no such parameter")));
}

static void test_refusals(void **state)
{
	(void)state;
	expect(ASK("\"method\":\"refuse\""), ERROR("2", "no room left", FIELD("", "no room left")));
	expect(ASK("\"method\":\"nothing\""), ERROR("1", "refused", FIELD("", "refused")));
	expect(
	    ASK("\"method\":\"word.put\",\"params\":{\"text\":\"!\"}"),
	    ERROR("1", "refused",
		  FIELD("text", "begins with a mark") ",{\"field\":\"amount\",\"event\":3,\"text\":"
						      "\"is too much\"},{\"field\":\"\",\"event\":"
						      "12,\"text\":\"is no event\"},{\"file\":"
						      "\"rules.d/a.conf\",\"line\":7,\"column\":5,"
						      "\"text\":\"is wrong\"},{\"file\":\"chain."
						      "conf\",\"text\":\"is missing\"}"));
}

#define PUT(id, text)                                                                              \
	"{\"jsonrpc\":\"2.0\",\"id\":" id ",\"method\":\"word.put\",\"params\":{\"text\":\"" text  \
	"\"}}"

static void test_batch(void **state)
{
	(void)state;
	const char *line = "[" PUT("1", "b1") "," PUT("2", "!b2") ",5," PUT("3", "b1") "," PUT(
	    "4",
	    "b3") ",{\"jsonrpc\":\"2.0\",\"method\":\"word.put\",\"params\":{\"text\":\"b4\"}}]";
	char *answer = serve(line, strlen(line));
	json_t *json = json_loads(answer, 0, NULL);
	static const int codes[] = { 0, RPC_REFUSED, RPC_REQUEST, RPC_INTERNAL, 0 };
	assert_int_equal(json_array_size(json), 5);
	for (size_t i = 0; i < 5; i++) {
		json_t *error = json_object_get(json_array_get(json, i), "error");
		assert_int_equal(json_integer_value(json_object_get(error, "code")), codes[i]);
	}
	assert_non_null(strstr(answer, "UNIQUE constraint failed"));
	json_decref(json);
	free(answer);
	/* One that the database refused spoils no other; the notification was done, too. */
	assert_int_equal(count_like("b1"), 1);
	assert_int_equal(count_like("!b2"), 0);
	assert_int_equal(count_like("b3"), 1);
	assert_int_equal(count_like("b4"), 1);
}

static void test_batch_without_answers(void **state)
{
	(void)state;
	expect("[{\"jsonrpc\":\"2.0\",\"method\":\"echo\"},{\"jsonrpc\":\"2.0\",\"method\":\"x\"}]",
	       NULL);
}

static void test_batch_is_bounded(void **state)
{
	(void)state;
	char line[500] = "[1";
	for (size_t i = 0; i < 100; i++)
		memcpy(line + 2 + 2 * i, ",1", 2);
	line[202] = ']';
	expect_code(line, 203, RPC_REQUEST, "from 1 to 100 requests");
	memcpy(line + 200, "]", 2); /* a hundred */
	char *answer = serve(line, 201);
	json_t *json = json_loads(answer, 0, NULL);
	assert_int_equal(json_array_size(json), 100);
	json_decref(json);
	free(answer);
}

static char *serve_in_turn(const char *line)
{
	struct rpc_work *work = begin(line, strlen(line));
	assert_int_equal(rpc_step(work, turn), RPC_OVER);
	char *answer = take_said(work);
	rpc_free(work);
	return answer;
}

static void test_failed_turn_answers_for_itself(void **state)
{
	(void)state;
	assert_int_equal(turn_begin(turn), 0);
	add("twice");
	add("twice"); /* somebody else's failure */
	char *answer = serve_in_turn(ASK("\"method\":\"echo\""));
	assert_non_null(strstr(answer, "\"code\":-32603"));
	free(answer);
	const char *line = ASK("\"method\":\"always\"");
	answer = serve_in_turn(line);
	assert_string_equal(answer, HEAD "1,\"result\":\"without the file\"}");
	assert_int_equal(turn_end(turn), -1);
	free(answer);
	expect(line, HEAD "1,\"result\":\"with the file\"}");
}

/* --- over more than one turn ---------------------------------------------------------------- */

#define STEPS(id, method, text, number)                                                            \
	"{\"jsonrpc\":\"2.0\",\"id\":" id ",\"method\":\"" method                                  \
	"\",\"params\":{\"text\":\"" text "\",\"number\":" number "}}"

static enum rpc_progress step(struct rpc_work *work)
{
	assert_int_equal(turn_begin(turn), 0);
	return rpc_step(work, turn);
}

static void expect_said(struct rpc_work *work, const char *expected)
{
	assert_int_equal(turn_end(turn), 0);
	char *said = rpc_take_said(work);
	if (expected == NULL)
		assert_null(said);
	else
		assert_string_equal(said, expected);
	free(said);
}

static void test_request_of_some_turns(void **state)
{
	(void)state;
	const char *line = STEPS("1", "steps", "t", "3");
	struct rpc_work *work = begin(line, strlen(line));
	for (int i = 0; i < 2; i++) {
		assert_int_equal(step(work), RPC_MORE);
		expect_said(work, NULL);
		assert_int_equal(count_like("t-%"), i + 1); /* of each turn what it has written */
	}
	assert_int_equal(step(work), RPC_OVER);
	expect_said(work, HEAD "1,\"result\":3}\n");
	rpc_free(work);
	assert_int_equal(states, 0);
	/* one that leaves nothing writes nothing, in none of its turns */
	char *answer = served(ASK("\"method\":\"steps\",\"params\":{\"text\":\"gone\","
				  "\"number\":2,\"flag\":true}"));
	assert_string_equal(answer, HEAD "1,\"result\":2}");
	assert_int_equal(count_like("gone%"), 0);
	free(answer);
	/* its peer goes in the middle */
	work = begin(line, strlen(line));
	assert_int_equal(step(work), RPC_OVER); /* the words are there already */
	assert_int_equal(turn_end(turn), 0);
	rpc_free(work);
	line = STEPS("1", "steps", "u", "3");
	work = begin(line, strlen(line));
	assert_int_equal(step(work), RPC_MORE);
	assert_int_equal(states, 1);
	rpc_free(work);
	assert_int_equal(states, 0);
	assert_int_equal(turn_end(turn), 0);
}

/* A batch is one array; what a commit has made certain is let out. */
static void test_batch_of_some_turns(void **state)
{
	(void)state;
	const char *line =
	    " [" STEPS("1", "steps", "v]},{\\\"", "2") " , {\"jsonrpc\":\"2.0\","
						       "\"method\":\"echo\"},[[\"]\"],{}]," STEPS(
							   "2", "steps", "w", "1") "]\r";
	struct rpc_work *work = begin(line, strlen(line));
	assert_int_equal(step(work), RPC_MORE);
	expect_said(work, NULL);
	assert_int_equal(step(work), RPC_MORE);
	expect_said(work, "[" HEAD "1,\"result\":2}");
	assert_int_equal(step(work), RPC_MORE);
	expect_said(work, NULL); /* of a notification */
	assert_int_equal(step(work), RPC_MORE);
	char *said = rpc_take_said(work);
	assert_int_equal(strncmp(said, "," HEAD "null,\"error\"", 30), 0);
	free(said);
	assert_int_equal(step(work), RPC_OVER);
	expect_said(work, "," HEAD "2,\"result\":1}]\n");
	rpc_free(work);
}

static void lose_turn(struct rpc_work *work, bool refused)
{
	db_rollback(db);
	turn_free(turn);
	turn = turn_new(db);
	assert_int_equal(rpc_undo(work, RPC_NO_SPACE, "full"), refused);
}

/* Of a batch what was committed stands; what only reads is read again, once. */
static void test_turn_that_is_lost(void **state)
{
	(void)state;
	const char *line =
	    "[" PUT("1", "l1") "," STEPS("2", "steps", "l", "3") "," PUT("3", "l3") "]";
	struct rpc_work *work = begin(line, strlen(line));
	assert_int_equal(step(work), RPC_MORE);
	expect_said(work, "[" HEAD "1,\"result\":\"l1\"}");
	assert_int_equal(step(work), RPC_MORE);
	assert_int_equal(step(work), RPC_MORE);
	lose_turn(work, false);
	assert_int_equal(states, 0);
	assert_int_equal(count_like("l-%"), 0);
	for (int i = 0; i < 3; i++)
		assert_int_equal(step(work), RPC_MORE); /* from its beginning */
	expect_said(work, "," HEAD "2,\"result\":3}");
	assert_int_equal(step(work), RPC_OVER);
	lose_turn(work, true); /* it writes: nobody knows whether it was meant twice */
	assert_int_equal(step(work), RPC_OVER);
	assert_int_equal(turn_end(turn), 0);
	char *said = rpc_take_said(work);
	assert_non_null(strstr(said, "\"id\":3,\"error\":{\"code\":2,\"message\":\"full\""));
	free(said);
	rpc_free(work);
	assert_int_equal(count_like("l3"), 0);
	/* read again a second time it is refused, and what stands behind it is served */
	line = "[" STEPS("1", "steps", "m", "1") "," STEPS("2", "steps", "n", "1") "]";
	work = begin(line, strlen(line));
	for (int i = 0; i < 2; i++) {
		assert_int_equal(step(work), RPC_MORE);
		lose_turn(work, i == 1);
	}
	assert_int_equal(step(work), RPC_MORE);
	assert_int_equal(step(work), RPC_OVER);
	assert_int_equal(turn_end(turn), 0);
	said = rpc_take_said(work);
	assert_non_null(strstr(said, "\"id\":1,\"error\":"));
	assert_non_null(strstr(said, "\"id\":2,\"result\":1"));
	free(said);
	rpc_free(work);
}

static char *refused(const char *line)
{
	struct rpc_work *work = begin(line, strlen(line));
	rpc_refuse_rest(work, RPC_NO_SPACE, "full");
	assert_int_equal(rpc_progress(work), RPC_OVER);
	char *answer = take_said(work);
	rpc_free(work);
	return answer;
}

static void test_lines_that_are_not_served(void **state)
{
	(void)state;
	static const struct {
		const char *line, *answer;
	} cases[] = {
		{ ASK("\"method\":\"echo\""), ERROR("2", "full", FIELD("", "full")) },
		{ "{\"jsonrpc\":\"2.0\",\"method\":\"echo\"}", NULL },
		{ "[{\"jsonrpc\":\"2.0\",\"method\":\"echo\"}," ASK("\"method\":\"echo\"") "]",
		  "[" ERROR("2", "full", FIELD("", "full")) "]" },
		{ "[{\"jsonrpc\":\"2.0\",\"method\":\"echo\"}]", NULL },
		{ ASK("\"method\":\"always\""), HEAD "1,\"result\":\"without the file\"}" },
		{ "[" ASK("\"method\":\"always\"") "," ASK("\"method\":\"echo\"") "]",
		  "[" HEAD
		  "1,\"result\":\"without the file\"}," ERROR("2", "full", FIELD("", "full")) "]" },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char *answer = refused(cases[i].line);
		if (cases[i].answer == NULL)
			assert_null(answer);
		else
			assert_string_equal(answer, cases[i].answer);
		free(answer);
	}
	char *answer = refused("{");
	assert_non_null(strstr(answer, "-32700"));
	free(answer);
}

/* A method that rests on something waits before its handler sees the request; what is not right is
 * refused at once. */
static void test_waiting_before_the_handler(void **state)
{
	(void)state;
	const char *line = ASK("\"method\":\"when.free\",\"params\":{\"text\":\"a\"}");
	struct rpc_work *work = begin(line, strlen(line));
	busy = true;
	assert_false(rpc_must_wait(work)); /* it has not been asked yet */
	assert_int_equal(step(work), RPC_WAITING);
	expect_said(work, NULL);
	assert_true(rpc_must_wait(work));
	busy = false;
	assert_false(rpc_must_wait(work));
	assert_int_equal(step(work), RPC_OVER);
	expect_said(work, HEAD "1,\"result\":[\"a\",-7,false,null,null]}\n");
	rpc_free(work);
	busy = true;
	asked = 0;
	char *answer = served(ASK("\"method\":\"when.free\""));
	assert_non_null(strstr(answer, "is missing"));
	assert_int_equal(asked, 0);
	free(answer);
}

/* And so may the handler itself, in the middle. */
static void test_waiting_in_the_middle(void **state)
{
	(void)state;
	const char *line = "[" ASK("\"method\":\"wait.then\",\"params\":{\"text\":\"a\"}") "]";
	struct rpc_work *work = begin(line, strlen(line));
	busy = true;
	for (int i = 0; i < 2; i++) {
		assert_int_equal(step(work), RPC_WAITING);
		assert_true(rpc_must_wait(work));
		expect_said(work, NULL);
	}
	busy = false;
	assert_int_equal(step(work), RPC_OVER);
	expect_said(work, "[" HEAD "1,\"result\":[\"a\",-7,false,null,null]}]\n");
	rpc_free(work);
}

/* Of what is only asked, these answer while somebody is behind: they tell nothing of the plan. */
static void test_what_rests_on_the_plan_waits_for_it(void **state)
{
	(void)state;
	static const char *const at_once[] = { "status",        "event.check",    "kind.list",
					       "staff.list",    "staff.roles",    "outbox.show",
					       "payment.known", "calendar.year",  "clock.show",
					       "access.show",   "access.explain", "audit.list",
					       "audit.verify",  "audit.sample",   "help" };
	size_t found = 0;
	for (const struct method *method = method_table; method->name != NULL; method++) {
		bool waits_not = false;
		for (size_t i = 0; i < sizeof(at_once) / sizeof(at_once[0]); i++)
			waits_not = waits_not || strcmp(method->name, at_once[i]) == 0;
		found += waits_not;
		if (method->file != FILE_WRITTEN && (method->wait == NULL) != waits_not)
			fail_msg("%s %s", method->name, waits_not ? "waits" : "does not wait");
	}
	assert_int_equal(found, sizeof(at_once) / sizeof(at_once[0]));
}

static void test_answers_by_hand(void **state)
{
	(void)state;
	json_t *id = json_string("later");
	char *line = rpc_refusal(id, RPC_REFUSED, "not \xff UTF-8", NULL);
	assert_non_null(strstr(line, "(not UTF-8)"));
	free(line);
	json_decref(id);
}

/* --- the gate ----------------------------------------------------------------------------- */

static char gate_saw[200];
static bool record_fails;

static bool enter(void *arg, const struct method *method, struct call *call)
{
	assert_string_equal(arg, "arg");
	assert_int_equal(call->who->uid, 1005);
	assert_string_equal(call->as == NULL ? "" : call->as, "eva");
	if (strcmp(method->name, "refuse") != 0)
		return true;
	call->is_denied = true;
	call_refuse(call, RPC_REFUSED, "not for you");
	return false;
}

/* Its row stands in the same turn, and outside of the savepoint of what was refused. */
static void leave(void *arg, const struct method *method, struct call *call, const json_t *result)
{
	(void)arg;
	char *text = xasprintf("%s %s", method->name,
			       call->is_denied         ? "denied"
			       : result == NULL        ? "refused"
			       : result == RPC_GOES_ON ? "goes on"
						       : "done");
	snprintf(gate_saw + strlen(gate_saw), sizeof(gate_saw) - strlen(gate_saw), "%s;", text);
	static int rows;
	char *row = xasprintf("%d %s", rows++, text); /* each once */
	add(row);
	free(row);
	if (record_fails)
		db_run(db_query(db, "INSERT INTO word VALUES (NULL)"));
	free(text);
}

static void expect_guarded(const char *rest, const char *answer, const char *saw)
{
	static const struct rpc_gate gate = { enter, leave };
	static const struct caller who = { "eva", 1005, NULL, 0 };
	char *line = xasprintf(HEAD "1,\"as\":\"eva\",%s}", rest);
	struct rpc_work *work = begin(line, strlen(line));
	gate_saw[0] = '\0';
	rpc_guard(work, &gate, &who);
	assert_int_equal(turn_begin(turn), 0);
	while (rpc_step(work, turn) == RPC_MORE)
		;
	assert_int_equal(turn_end(turn), record_fails ? -1 : 0);
	char *said = take_said(work);
	assert_non_null(strstr(said, answer));
	assert_string_equal(gate_saw, saw);
	free(said);
	rpc_free(work);
	free(line);
}

static void test_gate_stands_before_and_behind(void **state)
{
	(void)state;
	record_fails = false;
	expect_guarded("\"method\":\"echo\"", "\"result\":", "echo done;");
	expect_guarded("\"method\":\"refuse\"", "not for you", "refuse denied;");
	expect_guarded("\"method\":\"word.put\",\"params\":{\"text\":\"!x\"}", "begins with a mark",
		       "word.put refused;");
	expect_guarded("\"method\":\"word.put\",\"params\":{\"text\":7}", "must be text",
		       "word.put refused;");
	assert_int_equal(count_like("% refused") + count_like("% denied") + count_like("% done"),
			 4);
	assert_int_equal(count_like("!%"), 0);
}

/* What cannot be put on record is not told, nor done. */
static void test_nothing_is_told_that_is_not_on_record(void **state)
{
	(void)state;
	record_fails = true;
	expect_guarded("\"method\":\"echo\"", "\"error\":", "echo done;");
	expect_guarded("\"method\":\"word.put\",\"params\":{\"text\":\"kept\"}",
		       "\"error\":", "word.put done;");
	record_fails = false;
	assert_int_equal(count_like("kept"), 0);
}

/* Whom a request is made for is a text, if anything. */
static void test_as_is_a_text(void **state)
{
	(void)state;
	char *answer = served(ASK("\"method\":\"echo\",\"as\":7"));
	assert_non_null(strstr(answer, "must be the name of a member of staff"));
	free(answer);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_answers),
		cmocka_unit_test(test_notifications_are_not_answered),
		cmocka_unit_test(test_what_is_no_json),
		cmocka_unit_test(test_what_is_no_request),
		cmocka_unit_test(test_unknown_method),
		cmocka_unit_test(test_all_parameters_are_checked),
		cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_batch),
		cmocka_unit_test(test_batch_without_answers),
		cmocka_unit_test(test_batch_is_bounded),
		cmocka_unit_test(test_failed_turn_answers_for_itself),
		cmocka_unit_test(test_lines_that_are_not_served),
		cmocka_unit_test(test_request_of_some_turns),
		cmocka_unit_test(test_batch_of_some_turns),
		cmocka_unit_test(test_turn_that_is_lost),
		cmocka_unit_test(test_waiting_in_the_middle),
		cmocka_unit_test(test_answers_by_hand),
		cmocka_unit_test(test_waiting_before_the_handler),
		cmocka_unit_test(test_what_rests_on_the_plan_waits_for_it),
		cmocka_unit_test(test_gate_stands_before_and_behind),
		cmocka_unit_test(test_nothing_is_told_that_is_not_on_record),
		cmocka_unit_test(test_as_is_a_text),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
