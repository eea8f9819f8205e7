/* SPDX-License-Identifier: EUPL-1.2 */
/* See db_own.h: the connection to the file, made and made anew. */
#include <errno.h>

#include "daemon/base/log.h"
#include "daemon/store/db_own.h"

void db_disconnect(struct db *db)
{
	if (db->sqlite == NULL)
		return;
	if (sqlite3_close(db->sqlite) != SQLITE_OK)
		log_error("%s could not be closed: %s", dbfile_path(db->file),
			  sqlite3_errmsg(db->sqlite));
	db->sqlite = NULL;
}

/* Nothing of ours depends on what a file's schema might call: views and triggers that somebody
 * put there run no function, and text in double quotes is never a value. */
static void be_strict(sqlite3 *sqlite)
{
	sqlite3_extended_result_codes(sqlite, 1);
	sqlite3_busy_timeout(sqlite, DB_BUSY_MS);
	sqlite3_db_config(sqlite, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	sqlite3_db_config(sqlite, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
	sqlite3_db_config(sqlite, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
	sqlite3_db_config(sqlite, SQLITE_DBCONFIG_DQS_DDL, 0, NULL);
}

/* These programs have one thread, and nobody asks SQLite how much memory it holds: its locks and
 * its counting cost a tenth of the time. Once it has begun it refuses to be told again, which is
 * fine. */
static void tell_library(void)
{
	sqlite3_config(SQLITE_CONFIG_SINGLETHREAD);
	sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}

static int open_file(struct db *db)
{
	errno = 0;
	int code = sqlite3_open_v2(dbfile_path(db->file), &db->sqlite, SQLITE_OPEN_READWRITE, NULL);
	/* Where it may not write SQLite opens a file for reading, in silence. */
	if (code == SQLITE_OK && sqlite3_db_readonly(db->sqlite, "main") != 0)
		code = SQLITE_READONLY;
	if (code == SQLITE_OK)
		return 0;
	db_fail(db, code);
	sqlite3_close(db->sqlite);
	db->sqlite = NULL;
	return -1;
}

int db_connect(struct db *db)
{
	tell_library();
	if (open_file(db) != 0)
		return -1;
	be_strict(db->sqlite);
	db->reopen = false;
	/* Sorting stays in memory: nothing of a case is ever written outside the file. What is
	 * overwritten or deleted leaves nothing behind in it. */
	if (db_execute(db, "PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;"
			   "PRAGMA temp_store = MEMORY; PRAGMA secure_delete = ON;") == 0 &&
	    db_add_judge(db) == 0)
		return 0;
	db->reopen = true;
	return -1;
}

int db_reconnect(struct db *db)
{
	struct problems problems = PROBLEMS_NONE;
	db_disconnect(db);
	int result = dbfile_claim_again(db->file, APPLICATION_ID, &problems);
	if (result != 0)
		db_refuse(db, problem_format(&problems.list[0]));
	problems_clear(&problems);
	return result == 0 && db_cut_log_again(db) == 0 ? db_connect(db) : -1;
}
