/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * A scratch copy of the file, for trying out what would happen. It lies beside the original, for
 * its disk may hold what the original holds, and has no name from its first moment on: however
 * the program ends, nothing of it stays behind. So it needs no log and no sync either.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "daemon/base/clock.h"
#include "daemon/store/db_own.h"

#define BUSY_MS 10000

static void complain(const char *path, sqlite3 *sqlite, int code, struct problems *problems)
{
	problem_add(problems, path, 0, "cannot be copied: %s",
		    sqlite == NULL ? sqlite3_errstr(code) : sqlite3_errmsg(sqlite));
}

/* The original is only read; a daemon that writes in it meanwhile is not held up. */
static int copy_from(struct db *db, const char *original, struct problems *problems)
{
	sqlite3 *from = NULL;
	int code = sqlite3_open_v2(original, &from, SQLITE_OPEN_READONLY, NULL);
	if (code == SQLITE_OK) {
		sqlite3_busy_timeout(from, BUSY_MS);
		sqlite3_backup *backup = sqlite3_backup_init(db->sqlite, "main", from, "main");
		if (backup != NULL) {
			sqlite3_backup_step(backup, -1);
			code = sqlite3_backup_finish(backup);
		} else {
			code = sqlite3_errcode(db->sqlite);
		}
	}
	if (code != SQLITE_OK)
		complain(original, code == sqlite3_errcode(from) ? from : NULL, code, problems);
	sqlite3_close(from);
	return code == SQLITE_OK ? 0 : -1;
}

static int execute(struct db *db, const char *sql, struct problems *problems)
{
	int code = sqlite3_exec(db->sqlite, sql, NULL, NULL, NULL);
	if (code == SQLITE_OK)
		return 0;
	complain(dbfile_path(db->file), db->sqlite, code, problems);
	return -1;
}

/*
 * From here on the file has no name, however this program ends. SQLite asks for the name once
 * more, for the mode of a log that it opens and closes again: so an empty file stands in its place
 * until the copy is made.
 */
static void take_name_away(struct dbfile *file)
{
	dbfile_forget_name(file);
	unlink(dbfile_path(file));
	int empty = open(dbfile_path(file), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (empty >= 0)
		close(empty);
}

static void remove_stand_in(const struct dbfile *file)
{
	unlink(dbfile_path(file));
}

static int fill(struct db *db, const char *original, const struct migration *migrations,
		size_t count, struct problems *problems)
{
	static const char alone[] = "PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = MEMORY;"
				    " PRAGMA synchronous = OFF; PRAGMA cache_size = -64000";
	/* the copy says of itself what the original does, that it has a write-ahead log: said again
	 */
	if (execute(db, alone, problems) != 0 || copy_from(db, original, problems) != 0 ||
	    execute(db, alone, problems) != 0 || db_update(db, migrations, count, problems) != 0)
		return -1;
	return execute(db, "PRAGMA foreign_keys = OFF", problems);
}

struct db *db_open_scratch(const char *original, const struct migration *migrations, size_t count,
			   struct problems *problems)
{
	char *path = xasprintf("%s.scratch-%ld-%lld", original, (long)getpid(),
			       (long long)clock_monotonic_us());
	struct dbfile *file = NULL;
	if (access(original, R_OK) != 0)
		problem_add(problems, original, 0, "cannot be read: %s", strerror(errno));
	else
		file = dbfile_create(path, problems);
	free(path);
	if (file == NULL)
		return NULL;
	struct db *db = db_new(file);
	int result = db_connect(db);
	take_name_away(file);
	if (result != 0)
		problem_add(problems, dbfile_path(file), 0, "cannot be opened: %s", db_error(db));
	else
		result = fill(db, original, migrations, count, problems);
	remove_stand_in(file);
	if (result == 0)
		return db;
	db_close(db);
	return NULL;
}
