/* SPDX-License-Identifier: EUPL-1.2 */
/* See db_own.h: what a failure means, in words and for what comes next. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/store/db_own.h"

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
