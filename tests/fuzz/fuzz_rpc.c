/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Any line, as a peer could send it: the answer is always one JSON text with all that an answer
 * must have, a refused line leaves nothing behind, and what is said of a line that is not served
 * holds, too.
 */
#include <unistd.h>

#include "daemon/control/rpc.h"
#include "tests/fuzz/fuzz.h"

static struct db *db;
static struct turn *turn;

static const struct migration steps[] = { { "CREATE TABLE word (text TEXT UNIQUE) STRICT;" } };

static json_t *do_echo(void *arg, struct call *call)
{
	(void)arg;
	return json_incref((json_t *)(uintptr_t)call->parameters);
}

static json_t *do_put(void *arg, struct call *call)
{
	(void)arg;
	struct query *query = db_query(db, "INSERT INTO word VALUES (?1)");
	db_bind_text(query, 1, call_text(call, "text"));
	db_run(query);
	if (!call_flag(call, "flag"))
		return json_integer(call_number(call, "number", 0));
	problem_add(&call->problems, call_text(call, "text"), 0, "refused");
	return NULL;
}

/* Goes on for a few turns, or waits for a while. */
static json_t *do_slices(void *arg, struct call *call)
{
	(void)arg;
	if (call->state == NULL) {
		call->state = calloc(1, 1);
		call->forget = free;
	}
	char *reached = call->state;
	return ++*reached < 3 ? RPC_GOES_ON : json_true();
}

static bool one_more;

static bool must_wait(void *arg, const struct call *call)
{
	(void)arg;
	(void)call;
	one_more = !one_more;
	return one_more;
}

static const struct parameter parameters[] = {
	{ "text", PARAMETER_TEXT, true, "" },    { "number", PARAMETER_NUMBER, false, "" },
	{ "flag", PARAMETER_FLAG, false, "" },   { "day", PARAMETER_DATE, false, "" },
	{ "moment", PARAMETER_TIME, false, "" }, { "any", PARAMETER_ANY, false, "" },
	{ NULL, PARAMETER_ANY, false, NULL },
};

/* No gate stands here. */
#define ANYBODY ACCESS_FIGURES, NULL, NULL

static const struct method methods[] = {
	{ "echo", ANYBODY, NULL, true, false, NULL, do_echo, "" },
	{ "put", ANYBODY, parameters, false, true, NULL, do_put, "" },
	{ "later", ANYBODY, parameters, false, false, must_wait, do_slices, "" },
	{ NULL, ANYBODY, NULL, false, false, NULL, NULL, NULL },
};

/* The open files live on without their names: nothing is left in /tmp. */
static void forget_names(const char *folder, const char *path)
{
	static const char *const endings[] = { "", "-wal", "-shm" };
	for (size_t i = 0; i < sizeof(endings) / sizeof(endings[0]); i++) {
		char *name = xasprintf("%s%s", path, endings[i]);
		unlink(name);
		free(name);
	}
	if (rmdir(folder) != 0)
		abort();
}

static void open_database(void)
{
	struct problems problems = PROBLEMS_NONE;
	char folder[] = "/tmp/fuzz_rpc.XXXXXX";
	if (mkdtemp(folder) == NULL)
		abort();
	char *path = xasprintf("%s/t.db", folder);
	db_close(db_create(path, steps, 1, &problems));
	db = db_open_scratch(path, steps, 1, &problems); /* needs no name */
	if (db == NULL)
		abort();
	turn = turn_new(db);
	forget_names(folder, path);
	free(path);
}

static void check_answer(const json_t *answer)
{
	const json_t *error = json_object_get(answer, "error");
	const json_t *problems = json_object_get(json_object_get(error, "data"), "problems");
	const char *version = json_string_value(json_object_get(answer, "jsonrpc"));
	if (version == NULL || json_object_get(answer, "id") == NULL)
		abort();
	if ((error == NULL) == (json_object_get(answer, "result") == NULL))
		abort();
	if (error != NULL &&
	    (!json_is_integer(json_object_get(error, "code")) ||
	     !json_is_string(json_object_get(error, "message")) || json_array_size(problems) == 0))
		abort();
}

static void check_line(char *line)
{
	if (line == NULL)
		return;
	json_t *json = json_loads(line, JSON_REJECT_DUPLICATES, NULL);
	if (json == NULL || strchr(line, '\n') != NULL)
		abort();
	if (json_is_object(json))
		check_answer(json);
	else
		for (size_t i = 0; i < json_array_size(json); i++)
			check_answer(json_array_get(json, i));
	json_decref(json);
	free(line);
}

static struct rpc_work *begin(const char *line, size_t size)
{
	char *own = fuzz_block((const uint8_t *)line, size);
	return rpc_begin(methods, NULL, own, size, "fuzz");
}

/* All that is said of it until its end makes one line. */
static char *to_the_end(struct rpc_work *work)
{
	char *all = NULL;
	while (rpc_progress(work) != RPC_OVER) {
		if (rpc_progress(work) != RPC_WAITING || !rpc_must_wait(work))
			(void)rpc_step(work, turn);
		char *said = rpc_take_said(work);
		char *longer = all == NULL || said == NULL ? NULL : xasprintf("%s%s", all, said);
		if (longer != NULL)
			free(all);
		if (longer != NULL)
			free(said);
		all = longer != NULL ? longer : all != NULL ? all : said;
	}
	char *said = rpc_take_said(work);
	if (all == NULL)
		all = said;
	else
		free(said);
	if (all != NULL && (*all == '\0' || all[strlen(all) - 1] != '\n'))
		abort();
	if (all != NULL)
		all[strlen(all) - 1] = '\0';
	rpc_free(work);
	return all;
}

/* A turn that is lost in its middle: then it is answered all the same. */
static void lose(struct rpc_work *work)
{
	(void)rpc_step(work, turn);
	(void)rpc_undo(work, RPC_NO_SPACE, "full");
	check_line(to_the_end(work));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (db == NULL)
		open_database();
	const char *line = (const char *)data;
	if (turn_begin(turn) != 0)
		abort();
	check_line(to_the_end(begin(line, size)));
	if (db_failed(db))
		abort();
	lose(begin(line, size));
	struct rpc_work *work = begin(line, size);
	rpc_refuse_rest(work, RPC_NO_SPACE, "full");
	check_line(to_the_end(work));
	struct query *query = db_query(db, "DELETE FROM word");
	db_run(query);
	(void)turn_end(turn);
	return 0;
}
