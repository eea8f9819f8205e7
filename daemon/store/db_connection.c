/* SPDX-License-Identifier: EUPL-1.2 */
/* See db_own.h: the connection to the file, made and made anew, and what its failures mean. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/base/log.h"
#include "daemon/store/db_own.h"

/* --- failure ---------------------------------------------------------------------------- */

/* Why the system refused: SQLite keeps its errno for some failures alone, so each call begins
 * with errno at 0. */
static int system_error(const struct db *db)
{
	int now = errno;
	int kept = db->sqlite == NULL ? 0 : sqlite3_system_errno(db->sqlite);
	return kept != 0 ? kept : now;
}

/* A quota and a limit on the size of files are disks that are full, too. */
static bool is_full(int code, int number)
{
	return (code & 0xff) == SQLITE_FULL ||
	       ((code & 0xff) == SQLITE_IOERR &&
		(number == ENOSPC || number == EDQUOT || number == EFBIG));
}

static char *describe(const struct db *db, int code, int number)
{
	const char *path = dbfile_path(db->file);
	if (is_full(code, number))
		return xasprintf("there is no space left on the disk for %s", path);
	switch (code & 0xff) {
	case SQLITE_IOERR:
		return xasprintf("the disk does not read or write %s: %s", path,
				 number != 0 ? strerror(number) : sqlite3_errstr(code));
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return xasprintf("another program is writing in %s", path);
	case SQLITE_READONLY:
		return xasprintf("%s has become read-only", path);
	case SQLITE_CANTOPEN:
		return xasprintf("%s cannot be opened: %s", path,
				 number != 0 ? strerror(number) : sqlite3_errstr(code));
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
		return xasprintf("%s is damaged: restore it from a backup", path);
	default: /* the codes are numbers, no enum */
		/* SQLite's own words are more exact, if they are about this failure. */
		return xasprintf("%s: %s", path,
				 db->sqlite != NULL && sqlite3_extended_errcode(db->sqlite) == code
				     ? sqlite3_errmsg(db->sqlite)
				     : sqlite3_errstr(code));
	}
}

/*
 * What a failed sync leaves in the system's cache is not to be trusted, nor is a page that read as
 * nonsense; a connection that fell back to reading never writes again. The file is closed and
 * opened again before anything more is done: so all of it heals as soon as the disk does.
 */
static bool must_reopen(const struct db *db, int code)
{
	switch (code & 0xff) {
	case SQLITE_IOERR:
		return !db->full;
	case SQLITE_CANTOPEN:
	case SQLITE_READONLY:
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
		return true;
	default: /* the codes are numbers, no enum */
		return false;
	}
}

void db_fail(struct db *db, int code)
{
	if (db->begun && db->failed)
		return; /* the first one is the cause */
	int number = system_error(db);
	free(db->error);
	db->error = describe(db, code, number);
	db->full = is_full(code, number);
	db->code = code;
	db->failed = true;
	db->reopen = db->reopen || must_reopen(db, code);
}

void db_refuse(struct db *db, char *text)
{
	if (!db->begun || !db->failed) {
		free(db->error);
		db->error = xstrdup(text);
		db->full = false;
		db->code = SQLITE_CANTOPEN;
		db->failed = true;
	}
	free(text);
}

int db_execute(struct db *db, const char *sql)
{
	errno = 0;
	int code =
	    db->sqlite == NULL ? SQLITE_CANTOPEN : sqlite3_exec(db->sqlite, sql, NULL, NULL, NULL);
	if (code == SQLITE_OK)
		return 0;
	db_fail(db, code);
	return -1;
}

/* --- the connection --------------------------------------------------------------------- */

void db_disconnect(struct db *db)
{
	if (db->sqlite == NULL)
		return;
	db->changes_before += sqlite3_total_changes64(db->sqlite);
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
			   "PRAGMA temp_store = MEMORY; PRAGMA secure_delete = ON;") == 0)
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
