/* SPDX-License-Identifier: EUPL-1.2 */
/* What the files of db.h share, and nobody else sees; lowest first:
 * db_failure.c, db_judge.c, db_log.c, db_connection.c, db.c, db_open.c and db_scratch.c. */
#ifndef KEDJA_STORE_DB_OWN_H
#define KEDJA_STORE_DB_OWN_H

#include <sqlite3.h>

#include "daemon/store/db.h"
#include "daemon/store/dbfile.h"

#define APPLICATION_ID 0x4b444a41 /* "KDJA" */

/* How long another program (a backup, a person with sqlite3) may hold us up. */
#define DB_BUSY_MS 2000

struct queries;

struct db {
	struct dbfile *file;
	sqlite3 *sqlite; /* NULL while it could not be opened again after a failure */
	struct queries *queries;
	bool begun;
	bool marked;      /* a savepoint is set */
	bool mark_failed; /* and it could not be, or the transaction had failed before it */
	bool failed;
	bool full;
	bool reopen; /* before the next transaction */
	bool was_older;
	int code; /* SQLite's, of the failure */
	char *error;
	db_judge *judge; /* of seen(), in SQL; NULL: all is seen */
	const void *judge_arg;
	char *log_path;  /* NULL: it has none */
	int64_t cut_to;  /* where the log ends that is to be cut off, if */
	bool must_cut;   /* before it is opened again */
	int64_t changes; /* rows, by all statements; not those that triggers changed */
	int64_t rows_read;
};

/* Notes a failure; in a transaction only the first one counts. */
void db_fail(struct db *db, int code);
/* The same with a sentence of one's own, which it takes over: the file is not where it was. */
void db_refuse(struct db *db, char *text);
/* Statements without rows. 0; or -1, noted by db_fail. */
int db_execute(struct db *db, const char *sql);

/* To a connection that was just made. 0; or -1, noted by db_fail. */
MUST_CHECK int db_add_judge(struct db *db);

/* Makes the connection; the second one closes it before, and claims the file anew. 0; or -1, noted
 * by db_fail or db_refuse. */
struct db *db_new(struct dbfile *file); /* not connected yet; takes the file over */
MUST_CHECK int db_connect(struct db *db);
MUST_CHECK int db_reconnect(struct db *db);
void db_disconnect(struct db *db);

/*
 * After a commit that failed: its frames may stand in the log, whole, with nobody to say that they
 * do not count, and who opens the file next would find them committed. They are cut off, or if the
 * disk does not take that now, before it is opened again: 0, or -1, noted by db_refuse.
 */
void db_cut_log(struct db *db);
MUST_CHECK int db_cut_log_again(struct db *db);
/* Between transactions. A file that lies elsewhere now leaves its log behind: what stands there is
 * worked into the file, so that it is whole without, and so that the log fits no other file. */
void db_leave_whole(struct db *db);

void db_queries_free(struct queries *queries);

/* Is this file ours, and of no newer daemon? Then brings an older one up. */
MUST_CHECK int db_update(struct db *db, const struct migration *migrations, size_t count,
			 struct problems *problems);

#endif
