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

static json_t *do_later(void *arg, struct call *call)
{
	(void)arg;
	(void)call;
	return RPC_LATER;
}

static const struct parameter parameters[] = {
	{ "text", PARAMETER_TEXT, true, "" },    { "number", PARAMETER_NUMBER, false, "" },
	{ "flag", PARAMETER_FLAG, false, "" },   { "day", PARAMETER_DATE, false, "" },
	{ "moment", PARAMETER_TIME, false, "" }, { "any", PARAMETER_ANY, false, "" },
	{ NULL, PARAMETER_ANY, false, NULL },
};

static const struct method methods[] = {
	{ "echo", NULL, true, false, NULL, do_echo, "" },
	{ "put", parameters, false, true, NULL, do_put, "" },
	{ "later", parameters, false, false, NULL, do_later, "" },
	{ NULL, NULL, false, false, NULL, NULL, NULL },
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

static int64_t count_words(void)
{
	struct query *query = db_query(db, "SELECT count(*) FROM word");
	int64_t count = db_next(query) ? db_int(query, 0) : -1;
	db_done(query);
	return count;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (db == NULL)
		open_database();
	const char *line = (const char *)data;
	if (db_begin(db) != 0)
		abort();
	check_line(rpc_serve(methods, NULL, db, line, size, "fuzz", NULL));
	if (db_failed(db) || (count_words() > 0 && rpc_only_reads(methods, line, size)))
		abort();
	db_rollback(db);
	check_line(rpc_serve_without(methods, NULL, line, size, RPC_NO_SPACE, "full"));
	return 0;
}
