/* SPDX-License-Identifier: EUPL-1.2 */
/* See db.h: transactions and statements. The connection is db_connection.c, the opening of a file
 * db_open.c. */
#include "daemon/store/db.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uthash.h>

#include "daemon/base/log.h"
#include "daemon/store/db_own.h"

#define BY_POINTER 256

/* A statement and the text it was prepared from. */
struct query {
	struct db *db;
	char *sql;
	sqlite3_stmt *statement; /* NULL until it is first used, and after a reopening */
	bool in_use;
	bool ended; /* stepping on would begin it anew */
	UT_hash_handle hh;
};

/* Texts are literals, so nearly always the pointer finds the query; the text itself decides. */
struct queries {
	struct query *by_text;
	struct query *by_pointer[BY_POINTER];
};

static _Noreturn void bug(const char *what, const char *sql)
{
	log_error("a mistake in the program: %s: %s", what, sql);
	abort();
}

/* --- transactions ----------------------------------------------------------------------- */

bool db_in_transaction(const struct db *db)
{
	return db->begun;
}

bool db_failed(const struct db *db)
{
	return db->begun && db->failed;
}

void db_reads_begin(struct db *db)
{
	if (!db->begun)
		db->failed = false;
}

bool db_reads_good(const struct db *db)
{
	return db->sqlite != NULL && !db->failed;
}

const char *db_error(const struct db *db)
{
	return db->error == NULL ? "nothing is wrong" : db->error;
}

bool db_error_is_full(const struct db *db)
{
	return db->full;
}

/* They are prepared anew when next wanted. */
static void forget_statements(struct db *db)
{
	for (struct query *query = db->queries->by_text; query != NULL; query = query->hh.next) {
		if (query->in_use)
			bug("this query is in use while the file is closed", query->sql);
		sqlite3_finalize(query->statement);
		query->statement = NULL;
	}
}

static bool reopen_if_needed(struct db *db)
{
	if (!db->reopen)
		return true;
	forget_statements(db);
	return db_reconnect(db) == 0;
}

/* What is written to a file that nobody finds again is lost, whatever the commit says. */
static bool is_in_place(struct db *db)
{
	const char *path = dbfile_path(db->file);
	switch (dbfile_look(db->file)) {
	case DBFILE_IN_PLACE:
		return true;
	case DBFILE_READ_ONLY:
		db_refuse(db, xasprintf("the file system of %s is read-only", path));
		return false;
	case DBFILE_GONE:
		db_refuse(db, xasprintf("%s is gone: put that file back while kedjad runs, and all "
					"goes on",
					path));
		return false;
	case DBFILE_REPLACED:
		db_refuse(db, xasprintf("another file lies in the place of %s: put the right one "
					"there and start kedjad again",
					path));
		return false;
	}
	return false;
}

int db_begin(struct db *db)
{
	if (db->begun)
		bug("a transaction in a transaction", "BEGIN");
	db->failed = db->full = false;
	if (!is_in_place(db)) {
		db_leave_whole(db);
		return -1;
	}
	if (!reopen_if_needed(db) || db_execute(db, "BEGIN IMMEDIATE") != 0)
		return -1;
	db->begun = true;
	return 0;
}

void db_rollback(struct db *db)
{
	/* SQLite has rolled back by itself after some errors; then there is nothing to undo. */
	if (db->begun && db->sqlite != NULL && !sqlite3_get_autocommit(db->sqlite) &&
	    sqlite3_exec(db->sqlite, "ROLLBACK", NULL, NULL, NULL) != SQLITE_OK)
		db->reopen = true;
	db->begun = db->marked = false;
}

int db_commit(struct db *db)
{
	if (!db->begun)
		bug("nothing to commit", "COMMIT");
	if (!db->failed && sqlite3_get_autocommit(db->sqlite))
		db_fail(db, SQLITE_ABORT);
	bool tried = !db->failed && is_in_place(db);
	bool good = tried && db_execute(db, "COMMIT") == 0;
	if (!good)
		db_rollback(db);
	if (tried && !good)
		db_cut_log(db);
	db->begun = db->marked = false;
	return good ? 0 : -1;
}

void db_savepoint(struct db *db)
{
	if (db->marked || !db->begun)
		bug(db->marked ? "a savepoint in a savepoint" : "no transaction", "SAVEPOINT");
	db->marked = true;
	db->mark_failed = db->failed || db_execute(db, "SAVEPOINT request") != 0;
}

void db_savepoint_release(struct db *db)
{
	db->marked = false;
	if (!db->failed)
		db_execute(db, "RELEASE request");
}

/* A failure of one statement alone, after which SQLite carries the transaction on. */
static bool is_of_the_statement(int code)
{
	switch (code & 0xff) {
	case SQLITE_CONSTRAINT:
	case SQLITE_MISMATCH:
	case SQLITE_TOOBIG:
	case SQLITE_RANGE:
	case SQLITE_ERROR:
		return true;
	default: /* the codes are numbers, no enum */
		return false;
	}
}

void db_savepoint_rollback(struct db *db)
{
	db->marked = false;
	bool healable = !db->failed || is_of_the_statement(db->code);
	if (db->mark_failed || !healable || sqlite3_get_autocommit(db->sqlite))
		return;
	db->failed = false;
	db_execute(db, "ROLLBACK TO request; RELEASE request");
}

/* --- statements ------------------------------------------------------------------------- */

static struct query *find_by_text(struct db *db, const char *sql)
{
	struct query *query;
	HASH_FIND_STR(db->queries->by_text, sql, query);
	if (query != NULL)
		return query;
	query = xcalloc(1, sizeof(*query));
	query->db = db;
	query->sql = xstrdup(sql);
	HASH_ADD_KEYPTR(hh, db->queries->by_text, query->sql, strlen(sql), query);
	return query;
}

static struct query *find(struct db *db, const char *sql)
{
	struct query **known = &db->queries->by_pointer[((uintptr_t)sql >> 3) % BY_POINTER];
	if (*known == NULL || strcmp((*known)->sql, sql) != 0)
		*known = find_by_text(db, sql);
	return *known;
}

/* In a transaction that has failed nothing is done any more; outside of one each statement
 * stands for itself. */
static bool is_dead(const struct db *db)
{
	return db->begun && db->failed;
}

static void prepare(struct query *query)
{
	struct db *db = query->db;
	if (db->sqlite == NULL) {
		db_fail(db, SQLITE_CANTOPEN);
		return;
	}
	const char *tail = NULL;
	int code = sqlite3_prepare_v3(db->sqlite, query->sql, -1, SQLITE_PREPARE_PERSISTENT,
				      &query->statement, &tail);
	if (code != SQLITE_OK)
		db_fail(db, code);
	else if (query->statement == NULL || tail[strspn(tail, " \n\t;")] != '\0')
		bug("not exactly one statement", query->sql);
}

struct query *db_query(struct db *db, const char *literal_sql)
{
	struct query *query = find(db, literal_sql);
	if (query->in_use)
		bug("this query is in use already", query->sql);
	query->in_use = true;
	query->ended = false;
	if (query->statement == NULL && !is_dead(db))
		prepare(query);
	return query;
}

static void check_bound(struct query *query, int code)
{
	if (code == SQLITE_RANGE)
		bug("there is no such parameter", query->sql);
	if (code != SQLITE_OK)
		db_fail(query->db, code);
}

void db_bind_int(struct query *query, int parameter, int64_t value)
{
	if (query->statement != NULL)
		check_bound(query, sqlite3_bind_int64(query->statement, parameter, value));
}

void db_bind_text(struct query *query, int parameter, const char *text)
{
	if (query->statement != NULL)
		check_bound(query, sqlite3_bind_text(query->statement, parameter, text, -1,
						     SQLITE_TRANSIENT));
}

void db_bind_date(struct query *query, int parameter, date day)
{
	char text[DATE_TEXT_SIZE];
	db_bind_text(query, parameter, date_format(day, text));
}

void db_bind_null(struct query *query, int parameter)
{
	if (query->statement != NULL)
		check_bound(query, sqlite3_bind_null(query->statement, parameter));
}

void db_bind_values(struct query *query, const struct db_value *values, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		int parameter = (int)i + 1;
		switch (values[i].type) {
		case DB_IS_INT:
			db_bind_int(query, parameter, values[i].number);
			break;
		case DB_IS_TEXT:
			db_bind_text(query, parameter, values[i].text);
			break;
		case DB_IS_DATE:
			db_bind_date(query, parameter, (date)values[i].number);
			break;
		case DB_IS_NULL:
			db_bind_null(query, parameter);
			break;
		}
	}
}

bool db_next(struct query *query)
{
	if (query->statement == NULL || query->ended || is_dead(query->db))
		return false;
	if (!query->db->begun && !sqlite3_stmt_readonly(query->statement))
		bug("a change outside a transaction", query->sql);
	errno = 0;
	int code = sqlite3_step(query->statement);
	if (code == SQLITE_ROW) {
		query->db->rows_read++;
		return true;
	}
	query->ended = true;
	if (code != SQLITE_DONE)
		db_fail(query->db, code);
	else if (!sqlite3_stmt_readonly(query->statement))
		query->db->changes += sqlite3_changes64(query->db->sqlite);
	return false;
}

int64_t db_int(struct query *query, int column)
{
	return query->statement == NULL ? 0 : sqlite3_column_int64(query->statement, column);
}

const char *db_text(struct query *query, int column)
{
	return query->statement == NULL
		   ? NULL
		   : (const char *)sqlite3_column_text(query->statement, column);
}

date db_date(struct query *query, int column)
{
	const char *text = db_text(query, column);
	char day_text[DATE_TEXT_SIZE];
	date day = DATE_NONE;
	snprintf(day_text, sizeof(day_text), "%.10s", text == NULL ? "" : text);
	return date_parse(day_text, &day) == 0 ? day : DATE_NONE;
}

bool db_is_null(struct query *query, int column)
{
	return query->statement == NULL ||
	       sqlite3_column_type(query->statement, column) == SQLITE_NULL;
}

void db_done(struct query *query)
{
	if (!query->in_use)
		bug("this query is not in use", query->sql);
	if (query->statement != NULL) {
		/* what it went through without giving it out was work, too */
		query->db->rows_read +=
		    sqlite3_stmt_status(query->statement, SQLITE_STMTSTATUS_FULLSCAN_STEP, 1);
		sqlite3_reset(query->statement); /* says again what db_next has said */
		sqlite3_clear_bindings(query->statement);
	}
	query->in_use = false;
}

int64_t db_run(struct query *query)
{
	struct db *db = query->db;
	int64_t before = db->changes;
	db_next(query);
	db_done(query);
	return is_dead(db) ? 0 : db->changes - before;
}

bool db_found(struct query *query)
{
	bool found = db_next(query);
	db_done(query);
	return found;
}

int64_t db_number(struct query *query)
{
	int64_t number = db_next(query) ? db_int(query, 0) : 0;
	db_done(query);
	return number;
}

instant db_instant(struct query *query)
{
	instant at = db_next(query) && !db_is_null(query, 0) ? db_int(query, 0) : INSTANT_NEVER;
	db_done(query);
	return at;
}

int64_t db_last_id(struct db *db)
{
	return db->sqlite == NULL ? 0 : sqlite3_last_insert_rowid(db->sqlite);
}

int64_t db_changes_total(struct db *db)
{
	return db->changes;
}

int64_t db_rows_total(struct db *db)
{
	return db->rows_read + db->changes;
}

struct db *db_new(struct dbfile *file)
{
	struct db *db = xcalloc(1, sizeof(*db));
	db->file = file;
	db->queries = xcalloc(1, sizeof(*db->queries));
	return db;
}

void db_queries_free(struct queries *queries)
{
	struct query *query, *next;
	HASH_ITER(hh, queries->by_text, query, next)
	{
		HASH_DEL(queries->by_text, query);
		sqlite3_finalize(query->statement);
		free(query->sql);
		free(query);
	}
	free(queries);
}
