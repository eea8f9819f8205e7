/* SPDX-License-Identifier: EUPL-1.2 */
/* See backup.h. */
#include "daemon/store/backup.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/store/db_own.h"

#define PAGES_A_STEP 2000

struct making {
	const char *database, *target;
	char *part; /* where it is written */
	sqlite3 *from, *to;
	struct problems *problems;
};

static int complain(const struct making *making, const char *path, const char *what)
{
	problem_add(making->problems, path, 0, "%s: %s", what, strerror(errno));
	return -1;
}

static int complain_sqlite(const struct making *making, sqlite3 *sqlite)
{
	bool own = sqlite == making->from;
	problem_add(making->problems, own ? making->database : making->target, 0, "%s: %s",
		    own ? "cannot be read" : "cannot be written", sqlite3_errmsg(sqlite));
	return -1;
}

static int execute(const struct making *making, sqlite3 *sqlite, const char *sql)
{
	return sqlite3_exec(sqlite, sql, NULL, NULL, NULL) == SQLITE_OK
		   ? 0
		   : complain_sqlite(making, sqlite);
}

/* The first column of the first row as text, which the caller frees; NULL: none, or it failed. */
static char *ask(sqlite3 *sqlite, const char *sql)
{
	sqlite3_stmt *statement = NULL;
	char *text = NULL;
	if (sqlite3_prepare_v2(sqlite, sql, -1, &statement, NULL) == SQLITE_OK &&
	    sqlite3_step(statement) == SQLITE_ROW)
		text = xasprintf("%s", sqlite3_column_text(statement, 0) == NULL
					   ? ""
					   : (const char *)sqlite3_column_text(statement, 0));
	sqlite3_finalize(statement);
	return text;
}

static int64_t ask_number(sqlite3 *sqlite, const char *sql)
{
	char *text = ask(sqlite, sql);
	int64_t number = text == NULL ? -1 : strtoll(text, NULL, 10);
	free(text);
	return number;
}

/* --- what lies under the name already -------------------------------------------------------- */

/* By the first bytes of the file; never of the database itself, whose locks a close would drop. */
static bool is_copy(const char *path)
{
	unsigned char header[72] = { 0 };
	int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	bool whole = descriptor >= 0 && read(descriptor, header, sizeof(header)) == sizeof(header);
	if (descriptor >= 0)
		close(descriptor);
	return whole && memcmp(header, "SQLite format 3", 16) == 0 &&
	       memcmp(header + 68, "KDJA", 4) == 0;
}

static int look_at_target(const struct making *making, int64_t keep)
{
	struct stat about, own;
	if (stat(making->database, &own) != 0)
		return complain(making, making->database, "cannot be looked at");
	if (lstat(making->target, &about) != 0)
		return errno == ENOENT ? 0
				       : complain(making, making->target, "cannot be looked at");
	const char *wrong = NULL;
	if (stat(making->target, &about) == 0 && about.st_dev == own.st_dev &&
	    about.st_ino == own.st_ino)
		wrong = "is the database itself: name another file";
	else if (keep == 0)
		wrong = "is there already: name another file, or say with --keep how many older "
			"ones shall be kept";
	else if (!S_ISREG(about.st_mode) || !is_copy(making->target))
		wrong = "is there already, and no copy of kedja's database: name another file";
	if (wrong != NULL)
		problem_add(making->problems, making->target, 0, "%s", wrong);
	return wrong == NULL ? 0 : -1;
}

/* --- the copy -------------------------------------------------------------------------------- */

static int open_database(struct making *making)
{
	if (sqlite3_open_v2(making->database, &making->from, SQLITE_OPEN_READONLY, NULL) !=
	    SQLITE_OK)
		return complain_sqlite(making, making->from);
	sqlite3_busy_timeout(making->from, 10000);
	if (execute(making, making->from, "BEGIN; SELECT count(*) FROM sqlite_schema") != 0)
		return -1;
	if (ask_number(making->from, "PRAGMA application_id") == APPLICATION_ID)
		return 0;
	problem_add(making->problems, making->database, 0,
		    "is no database of kedja: name its file in kedja.conf");
	return -1;
}

static int open_part(struct making *making)
{
	int descriptor = open(making->part, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (descriptor < 0)
		return complain(making, making->target, "cannot be written");
	close(descriptor);
	if (sqlite3_open_v2(making->part, &making->to, SQLITE_OPEN_READWRITE, NULL) != SQLITE_OK)
		return complain_sqlite(making, making->to);
	return execute(making, making->to,
		       "PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = MEMORY;"
		       " PRAGMA synchronous = OFF; PRAGMA temp_store = MEMORY");
}

static int copy(struct making *making, backup_progress *progress, void *arg)
{
	sqlite3_backup *backup = sqlite3_backup_init(making->to, "main", making->from, "main");
	if (backup == NULL)
		return complain_sqlite(making, making->to);
	int code = SQLITE_OK;
	while (code == SQLITE_OK) {
		code = sqlite3_backup_step(backup, PAGES_A_STEP);
		int64_t all = sqlite3_backup_pagecount(backup);
		progress(arg, all - sqlite3_backup_remaining(backup), all);
	}
	int ended = sqlite3_backup_finish(backup);
	if (code == SQLITE_DONE && ended == SQLITE_OK)
		return 0;
	problem_add(making->problems, making->target, 0, "cannot be written: %s",
		    sqlite3_errstr(code == SQLITE_DONE ? ended : code));
	return -1;
}

/* It stands alone, without a log, and is what it should be. */
static int check(const struct making *making, struct backup *ret)
{
	if (execute(making, making->to, "PRAGMA journal_mode = DELETE") != 0)
		return -1;
	char *verdict = ask(making->to, "PRAGMA integrity_check(1)");
	int64_t dangling = ask_number(making->to, "SELECT count(*) FROM pragma_foreign_key_check");
	bool good = verdict != NULL && strcmp(verdict, "ok") == 0 && dangling == 0;
	if (!good)
		problem_add(making->problems, making->database, 0,
			    "its copy is damaged, and so perhaps is the file: %s",
			    verdict == NULL              ? sqlite3_errmsg(making->to)
			    : strcmp(verdict, "ok") == 0 ? "rows name others that are not there"
							 : verdict);
	free(verdict);
	ret->events = ask_number(making->to, "SELECT count(*) FROM event");
	return good ? 0 : -1;
}

static int sync_path(const struct making *making, const char *path, int flags)
{
	int descriptor = open(path, flags | O_CLOEXEC);
	int result = descriptor < 0 ? -1 : fsync(descriptor);
	if (result != 0)
		complain(making, making->target, "cannot be brought to the disk");
	if (descriptor >= 0)
		close(descriptor);
	return result;
}

/* --- its name -------------------------------------------------------------------------------- */

/* Older ones move up by one. What lies under the name itself stays until the new one takes it. */
static int move_up(const struct making *making, int64_t keep)
{
	int result = 0;
	for (int64_t i = keep; i >= 1 && result == 0; i--) {
		char *older = xasprintf("%s.%" PRId64, making->target, i);
		char *newer = i == 1 ? xstrdup(making->target)
				     : xasprintf("%s.%" PRId64, making->target, i - 1);
		if (i == 1 && access(newer, F_OK) == 0 && unlink(older) != 0 && errno != ENOENT)
			result = complain(making, older, "cannot be replaced");
		else if ((i == 1 ? link(newer, older) : rename(newer, older)) != 0 &&
			 errno != ENOENT)
			result = complain(making, older, "cannot be kept");
		free(older);
		free(newer);
	}
	return result;
}

static int name_it(const struct making *making, int64_t keep)
{
	char *path = xstrdup(making->target);
	int result = move_up(making, keep);
	if (result == 0 && rename(making->part, making->target) != 0)
		result = complain(making, making->target, "cannot be given its name");
	if (result == 0)
		result = sync_path(making, dirname(path), O_RDONLY | O_DIRECTORY);
	free(path);
	return result;
}

int backup_make(const char *database, const char *target, int64_t keep, backup_progress *progress,
		void *arg, struct backup *ret, struct problems *problems)
{
	struct making making = { .database = database, .target = target, .problems = problems };
	struct backup backup = { 0, 0 };
	struct stat about;
	if (look_at_target(&making, keep) != 0)
		return -1;
	making.part = xasprintf("%s.part-%ld", target, (long)getpid());
	int result = -1;
	if (open_database(&making) == 0 && open_part(&making) == 0 &&
	    copy(&making, progress, arg) == 0 && check(&making, &backup) == 0)
		result = 0;
	sqlite3_close(making.to);
	sqlite3_close(making.from);
	if (result == 0)
		result = sync_path(&making, making.part, O_RDONLY);
	if (result == 0 && stat(making.part, &about) == 0)
		backup.bytes = about.st_size;
	if (result == 0)
		result = name_it(&making, keep);
	if (result != 0)
		unlink(making.part);
	else
		*ret = backup;
	free(making.part);
	return result;
}
