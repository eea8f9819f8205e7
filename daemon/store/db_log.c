/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * See db_own.h: the write-ahead log, where it must be looked after: what a commit that failed has
 * left in it, what was deleted, and what a file leaves behind that lies elsewhere by now.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/store/db_own.h"

/* Of sqlite.org/walformat.html: the log is a header and frames, each a header and a page. The index
 * of the log begins with two copies of its own header, in the byte order of the machine. */
#define LOG_HEADER   32
#define FRAME_HEADER 24
#define INDEX_REGION 32768

struct index_header {
	uint32_t version, unused, changes;
	uint8_t is_set, big_endian;
	uint16_t page_size; /* 1 stands for 65536 */
	uint32_t frames;    /* valid and committed ones */
	uint32_t rest[7];
};

static sqlite3_file *file_of(const struct db *db, int which)
{
	sqlite3_file *file = NULL;
	bool found = sqlite3_file_control(db->sqlite, "main", which, &file) == SQLITE_OK;
	return found && file != NULL && file->pMethods != NULL ? file : NULL;
}

/* How long the log is up to its last commit; -1: nobody can tell. */
static int64_t committed_length(const struct db *db)
{
	sqlite3_file *file = file_of(db, SQLITE_FCNTL_FILE_POINTER);
	void volatile *region = NULL;
	struct index_header headers[2];
	if (file == NULL || file->pMethods->iVersion < 2 ||
	    file->pMethods->xShmMap(file, 0, INDEX_REGION, 0, &region) != SQLITE_OK ||
	    region == NULL)
		return -1;
	memcpy(headers, (const void *)(uintptr_t)region, sizeof(headers));
	const struct index_header *header = &headers[0];
	if (memcmp(&headers[0], &headers[1], sizeof(headers[0])) != 0 || header->is_set == 0)
		return -1;
	int64_t page = header->page_size == 1 ? 65536 : header->page_size;
	return LOG_HEADER + header->frames * (FRAME_HEADER + page);
}

void db_cut_log(struct db *db)
{
	int64_t length = db->log_path == NULL || db->sqlite == NULL ? -1 : committed_length(db);
	sqlite3_int64 size = 0;
	if (length < 0)
		return;
	sqlite3_file *log = file_of(db, SQLITE_FCNTL_JOURNAL_POINTER);
	if (log != NULL && log->pMethods->xFileSize(log, &size) == SQLITE_OK &&
	    (size <= length || log->pMethods->xTruncate(log, length) == SQLITE_OK))
		length = -1;
	db->cut_to = length;
	db->must_cut = length >= 0;
}

int db_cut_log_again(struct db *db)
{
	struct stat about;
	if (!db->must_cut)
		return 0;
	if (stat(db->log_path, &about) == 0 && about.st_size > db->cut_to &&
	    truncate(db->log_path, db->cut_to) != 0) {
		db_refuse(db, xasprintf("%s cannot be cut to what was committed: %s", db->log_path,
					strerror(errno)));
		return -1;
	}
	db->must_cut = false;
	return 0;
}

void db_leave_whole(struct db *db)
{
	enum dbfile_place place = dbfile_look(db->file);
	char *error = db->error == NULL ? NULL : xstrdup(db->error);
	if (place == DBFILE_GONE || place == DBFILE_REPLACED)
		(void)!db_empty_log(db);
	if (error != NULL)
		db_refuse(db, error);
}

int db_empty_log(struct db *db)
{
	if (db->begun || db->sqlite == NULL || db->reopen)
		return -1;
	errno = 0;
	sqlite3_busy_timeout(db->sqlite, 0); /* whoever reads in it just now is not waited for */
	int code =
	    sqlite3_wal_checkpoint_v2(db->sqlite, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
	sqlite3_busy_timeout(db->sqlite, DB_BUSY_MS);
	if (code == SQLITE_OK)
		return 0;
	if ((code & 0xff) != SQLITE_BUSY && (code & 0xff) != SQLITE_LOCKED)
		db_fail(db, code);
	return -1;
}
