/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * SQLite with typed columns and one way to fail: an error inside a transaction is remembered,
 * every later call of that transaction does nothing, and db_commit says what happened. So code
 * between begin and commit reads straight through; a full disk rolls the whole turn back.
 *
 *   db_begin(db);
 *   q = db_query(db, "SELECT due FROM deadline WHERE subject = ?1");
 *   db_bind_text(q, 1, subject);
 *   while (db_next(q)) ... db_int(q, 0) ...
 *   db_done(q);
 *   if (db_commit(db) != 0) ... db_error(db) ...
 */
#ifndef KEDJA_STORE_DB_H
#define KEDJA_STORE_DB_H

#include <stdbool.h>
#include <stdint.h>

#include "daemon/base/clock.h"
#include "rules/base/problem.h"
#include "rules/time/date.h"

struct db;
struct query;

/* A step of the schema; the version of a file is the number of steps it has been through. */
struct migration {
	const char *sql;
};

/*
 * Opens the file, takes its lock (one daemon per file, whatever names lead to it), refuses missing,
 * empty, foreign and newer files, and brings older ones up in one transaction: WAL, synchronous
 * FULL, foreign keys, application_id. NULL with a problem that a sysadmin can act on; nothing was
 * touched.
 */
struct db *db_open(const char *path, const struct migration *migrations, size_t count,
		   struct problems *problems);
/* The same for a file that does not exist yet (mode 0600). The only way to an empty database: who
 * made one because the file was not found would forget everything in silence. */
struct db *db_create(const char *path, const struct migration *migrations, size_t count,
		     struct problems *problems);
void db_close(struct db *db); /* takes NULL; lets go of the lock */
/* Did opening it bring it up from an older version? */
bool db_was_older(const struct db *db);

/* A copy of a file as it is now, brought up as by db_open, to try things out in: without a name,
 * gone when it is closed or the program ends. The original is only read. */
struct db *db_open_scratch(const char *original, const struct migration *migrations, size_t count,
			   struct problems *problems);

/*
 * Transactions. db_begin is BEGIN IMMEDIATE. db_commit rolls back and returns -1 if anything in
 * the transaction failed; then db_error is one sentence, db_error_is_full tells a full disk. Both
 * look whether the file is still the one that was opened: while it is gone, or its file system
 * read-only, nothing is begun or committed, and once another one lies in its place nothing ever
 * again. After an I/O error, or a page that is damaged, the next db_begin closes the file and opens
 * it anew: so all heals without a restart.
 */
MUST_CHECK int db_begin(struct db *db);
MUST_CHECK int db_commit(struct db *db);
void db_rollback(struct db *db);
/* Between transactions: works the write-ahead log into the file and cuts it off, so that nothing of
 * what was deleted stands in it any more. 0; -1: not now, as somebody reads in it. */
MUST_CHECK int db_empty_log(struct db *db);
bool db_in_transaction(const struct db *db);
bool db_failed(const struct db *db); /* has this transaction failed already? */
const char *db_error(const struct db *db);
bool db_error_is_full(const struct db *db);
/* Outside of a transaction each statement stands for itself. Was all that was read since the first
 * of these, or since db_begin, read well? If not it looks as if nothing were there. */
void db_reads_begin(struct db *db);
bool db_reads_good(const struct db *db);
/* Marks within a transaction; depth 1 (a request of its own). */
void db_savepoint(struct db *db);
void db_savepoint_release(struct db *db);
void db_savepoint_rollback(struct db *db);

/* A statement for a literal SQL text, prepared once and kept; it must not be in use already
 * (nested use of the same text is a bug and aborts). Columns count from 0, parameters from 1. */
struct query *db_query(struct db *db, const char *literal_sql);
void db_bind_int(struct query *query, int parameter, int64_t value);
/* Copied; NULL binds NULL. */
void db_bind_text(struct query *query, int parameter, const char *text);
void db_bind_date(struct query *query, int parameter, date day); /* DATE_NONE binds '' */
void db_bind_null(struct query *query, int parameter);

/* The first parameters at once, in their order: db_bind(q, DB_TEXT(subject), DB_INT(now)). */
struct db_value {
	enum { DB_IS_INT, DB_IS_TEXT, DB_IS_DATE, DB_IS_NULL } type;
	int64_t number;
	const char *text;
};
#define DB_INT(value)  ((struct db_value){ DB_IS_INT, (value), NULL })
#define DB_TEXT(value) ((struct db_value){ DB_IS_TEXT, 0, (value) })
#define DB_DATE(value) ((struct db_value){ DB_IS_DATE, (value), NULL })
#define DB_NULL        ((struct db_value){ DB_IS_NULL, 0, NULL })
#define db_bind(query, ...)                                                                        \
	db_bind_values((query), (const struct db_value[]){ __VA_ARGS__ },                          \
		       sizeof((const struct db_value[]){ __VA_ARGS__ }) / sizeof(struct db_value))
void db_bind_values(struct query *query, const struct db_value *values, size_t count);

bool db_next(struct query *query);               /* a row? false at the end and after a failure */
int64_t db_int(struct query *query, int column); /* 0 for NULL */
const char *db_text(struct query *query, int column); /* NULL for NULL; until the next db_next */
/* A day, or of a moment its day; DATE_NONE for NULL and for what is none. */
date db_date(struct query *query, int column);
bool db_is_null(struct query *query, int column);
void db_done(struct query *query); /* resets; always call it */
/* db_next once and db_done, for statements without rows; the number of rows changed. */
int64_t db_run(struct query *query);
/* The same for a question with one row at most: is there one; its first column, 0 without one. */
bool db_found(struct query *query);
int64_t db_number(struct query *query);
instant db_instant(struct query *query); /* INSTANT_NEVER without one */
/* In SQL seen(text) is 1 where the judge says so, and without one always: what somebody may not see
 * is left out by it. NULL takes it away. */
typedef bool db_judge(const void *arg, const char *text);
void db_set_judge(struct db *db, db_judge *judge, const void *arg);
int64_t db_last_id(struct db *db);
/* Rows changed since the file was opened, for budgets; those that triggers changed do not count. */
int64_t db_changes_total(struct db *db);
/* The same, and those that were given out, or gone through where no index led. */
int64_t db_rows_total(struct db *db);

#endif
