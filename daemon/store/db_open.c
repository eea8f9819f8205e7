/* SPDX-License-Identifier: EUPL-1.2 */
/* Opening and closing the file of db.h: its identity, its log, its migrations. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "daemon/store/db_own.h"

static int pragma_number(struct db *db, const char *sql, int64_t *ret)
{
	sqlite3_stmt *statement = NULL;
	errno = 0;
	int code = sqlite3_prepare_v2(db->sqlite, sql, -1, &statement, NULL);
	if (code == SQLITE_OK)
		code = sqlite3_step(statement);
	if (code == SQLITE_ROW)
		*ret = sqlite3_column_int64(statement, 0);
	sqlite3_finalize(statement);
	if (code == SQLITE_ROW)
		return 0;
	db_fail(db, code);
	return -1;
}

static void complain(struct db *db, struct problems *problems)
{
	problem_add(problems, dbfile_path(db->file), 0, "cannot be opened: %s", db_error(db));
}

/* The file's own word on what it is. After a kill a newer daemon's version may stand in the
 * write-ahead log alone, so only SQLite can tell. */
static int check_identity(struct db *db, size_t count, int64_t *ret_version,
			  struct problems *problems)
{
	int64_t application = 0, version = 0, tables = 0;
	if (pragma_number(db, "PRAGMA application_id", &application) != 0 ||
	    pragma_number(db, "PRAGMA user_version", &version) != 0 ||
	    pragma_number(db, "SELECT count(*) FROM sqlite_schema", &tables) != 0) {
		complain(db, problems);
		return -1;
	}
	if (application != APPLICATION_ID && (application != 0 || tables > 0 || version != 0)) {
		problem_add(problems, dbfile_path(db->file), 0, "is a database of another program");
		return -1;
	}
	if (version < 0 || version > (int64_t)count) {
		problem_add(problems, dbfile_path(db->file), 0,
			    "was written by a newer kedjad (version %lld of the tables, this one "
			    "knows %zu): install that one, or restore a backup from before it",
			    (long long)version, count);
		return -1;
	}
	*ret_version = version;
	return 0;
}

static int run_migrations(struct db *db, const struct migration *migrations, size_t from,
			  size_t count)
{
	for (size_t i = from; i < count; i++)
		if (db_execute(db, migrations[i].sql) != 0)
			return -1;
	int64_t dangling = 0;
	if (pragma_number(db, "SELECT count(*) FROM pragma_foreign_key_check", &dangling) != 0)
		return -1;
	if (dangling != 0) {
		db_fail(db, SQLITE_CONSTRAINT_FOREIGNKEY);
		return -1;
	}
	char *marks = xasprintf("PRAGMA user_version = %zu; PRAGMA application_id = %d", count,
				APPLICATION_ID);
	int result = db_execute(db, marks);
	free(marks);
	return result;
}

/* All steps or none. A new file gets its application_id before it gets a write-ahead log, so
 * that its first bytes always say whose it is. */
static int migrate(struct db *db, const struct migration *migrations, size_t from, size_t count)
{
	if (db_execute(db, "PRAGMA foreign_keys = OFF") != 0 || db_begin(db) != 0)
		return -1;
	/* a step may change how a table is described, where its rows stay as they are */
	sqlite3_db_config(db->sqlite, SQLITE_DBCONFIG_DEFENSIVE, 0, NULL);
	int result = run_migrations(db, migrations, from, count);
	sqlite3_db_config(db->sqlite, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	if (result != 0) {
		db_rollback(db);
		return -1;
	}
	if (db_commit(db) != 0)
		return -1;
	return db_execute(db, "PRAGMA foreign_keys = ON");
}

int db_update(struct db *db, const struct migration *migrations, size_t count,
	      struct problems *problems)
{
	int64_t version = 0;
	if (check_identity(db, count, &version, problems) != 0)
		return -1;
	/* A file that is refused stays as it is, see bring_up. */
	sqlite3_db_config(db->sqlite, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 0, NULL);
	if (version < (int64_t)count && migrate(db, migrations, (size_t)version, count) != 0) {
		complain(db, problems);
		return -1;
	}
	db->was_older = version > 0 && version < (int64_t)count;
	return 0;
}

bool db_was_older(const struct db *db)
{
	return db->was_older;
}

static int use_log(struct db *db, struct problems *problems)
{
	sqlite3_stmt *statement = NULL;
	errno = 0;
	int code =
	    sqlite3_prepare_v2(db->sqlite, "PRAGMA journal_mode = WAL", -1, &statement, NULL);
	if (code == SQLITE_OK)
		code = sqlite3_step(statement);
	bool in_use = code == SQLITE_ROW &&
		      strcmp((const char *)sqlite3_column_text(statement, 0), "wal") == 0;
	if (code != SQLITE_ROW) {
		db_fail(db, code);
		complain(db, problems);
	} else if (!in_use) {
		problem_add(problems, dbfile_path(db->file), 0,
			    "this file system cannot hold a write-ahead log: use a local disk");
	}
	sqlite3_finalize(statement);
	if (!in_use)
		return -1;
	db->log_path = xstrdup(sqlite3_filename_wal(sqlite3_db_filename(db->sqlite, "main")));
	return 0;
}

/* Is there anything in its write-ahead log? After a kill there is. */
static bool has_log(const struct db *db)
{
	char *path = xasprintf("%s-wal", dbfile_path(db->file));
	struct stat about;
	bool has = stat(path, &about) == 0 && about.st_size > 0;
	free(path);
	return has;
}

static int bring_up(struct db *db, const struct migration *migrations, size_t count,
		    struct problems *problems)
{
	/* A file that is refused stays as it is: its log is not worked into it on closing. */
	sqlite3_db_config(db->sqlite, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, has_log(db), NULL);
	if (db_update(db, migrations, count, problems) != 0 || use_log(db, problems) != 0)
		return -1;
	/* The first read sets up the log's index; later there may be no room for it. */
	int64_t tables;
	if (pragma_number(db, "SELECT count(*) FROM sqlite_schema", &tables) == 0)
		return 0;
	complain(db, problems);
	return -1;
}

static struct db *open_claimed(struct dbfile *file, const struct migration *migrations,
			       size_t count, struct problems *problems)
{
	if (file == NULL)
		return NULL;
	struct db *db = db_new(file);
	int result = db_connect(db);
	if (result != 0)
		complain(db, problems);
	else
		result = bring_up(db, migrations, count, problems);
	if (result == 0) {
		/* what an earlier life deleted may stand in its log */
		(void)!db_empty_log(db);
		return db;
	}
	db_queries_free(db->queries);
	db_disconnect(db);
	dbfile_release(db->file, true);
	free(db->log_path);
	free(db->error);
	free(db);
	return NULL;
}

struct db *db_open(const char *path, const struct migration *migrations, size_t count,
		   struct problems *problems)
{
	return open_claimed(dbfile_claim(path, APPLICATION_ID, problems), migrations, count,
			    problems);
}

struct db *db_create(const char *path, const struct migration *migrations, size_t count,
		     struct problems *problems)
{
	return open_claimed(dbfile_create(path, problems), migrations, count, problems);
}

void db_close(struct db *db)
{
	if (db == NULL)
		return;
	db_rollback(db);
	db_leave_whole(db);
	db_queries_free(db->queries);
	db_disconnect(db);
	dbfile_release(db->file, false);
	free(db->log_path);
	free(db->error);
	free(db);
}
