/* SPDX-License-Identifier: EUPL-1.2 */
/* See dbfile.h. */
#include "daemon/store/dbfile.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

/* Of the 100 bytes that every SQLite file begins with (sqlite.org/fileformat2.html, 1.3). */
#define HEADER_SIZE        100
#define HEADER_MAGIC       "SQLite format 3"
#define HEADER_APPLICATION 68

struct dbfile {
	char *path;
	char *lock_path;
	int lock;
	bool created;
};

static void complain_errno(struct problems *problems, const char *path, const char *doing)
{
	if (errno == EACCES || errno == EPERM)
		problem_add(problems, path, 0, "%s: the user that kedjad runs as (uid %u) may not",
			    doing, (unsigned)geteuid());
	else if (errno == EROFS)
		problem_add(problems, path, 0, "%s: the file system is read-only", doing);
	else if (errno == ENOSPC || errno == EDQUOT)
		problem_add(problems, path, 0, "%s: there is no space left on the disk", doing);
	else
		problem_add(problems, path, 0, "%s: %s", doing, strerror(errno));
}

static bool folder_is_there(const char *path, struct problems *problems)
{
	char *copy = xstrdup(path);
	const char *folder = dirname(copy);
	struct stat about;
	bool there = stat(folder, &about) == 0;
	if (!there && errno == ENOENT)
		problem_add(problems, path, 0,
			    "the folder %s does not exist: create it, owned by the user that "
			    "kedjad runs as",
			    folder);
	else if (!there)
		complain_errno(problems, folder, "cannot look into this folder");
	else if (!S_ISDIR(about.st_mode)) {
		problem_add(problems, path, 0, "%s is not a folder", folder);
		there = false;
	}
	free(copy);
	return there;
}

static void complain_in_use(const struct dbfile *file, int lock, struct problems *problems)
{
	char text[32] = "";
	ssize_t length = pread(lock, text, sizeof(text) - 1, 0);
	long pid = length > 0 ? strtol(text, NULL, 10) : 0;
	if (pid > 0)
		problem_add(problems, file->path, 0, "is in use by another kedjad (pid %ld)", pid);
	else
		problem_add(problems, file->path, 0, "is in use by another kedjad");
}

/* A daemon that ends removes its lock file. Whoever opened it just before then has the lock of
 * a file that is no longer there, and must try again. */
static bool lock_is_current(int lock, const char *path)
{
	struct stat held, now;
	return fstat(lock, &held) == 0 && stat(path, &now) == 0 && held.st_ino == now.st_ino &&
	       held.st_dev == now.st_dev;
}

/* The lock's descriptor; -1 with a problem; -2: try again. */
static int lock_once(const struct dbfile *file, struct problems *problems)
{
	int lock = open(file->lock_path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (lock < 0) {
		complain_errno(problems, file->lock_path, "cannot write this lock file");
		return -1;
	}
	if (flock(lock, LOCK_EX | LOCK_NB) == 0) {
		if (lock_is_current(lock, file->lock_path))
			return lock;
		close(lock);
		return -2;
	}
	complain_in_use(file, lock, problems);
	close(lock);
	return -1;
}

static int take_lock(struct dbfile *file, struct problems *problems)
{
	do
		file->lock = lock_once(file, problems);
	while (file->lock == -2);
	if (file->lock < 0)
		return -1;
	char text[32];
	int length = snprintf(text, sizeof(text), "%ld\n", (long)getpid());
	/* The number is for the sentence above alone; on a full disk it is missing, no more. */
	if (ftruncate(file->lock, 0) != 0 || pwrite(file->lock, text, (size_t)length, 0) < 0)
		errno = 0;
	return 0;
}

static uint32_t big_endian(const unsigned char *bytes)
{
	return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 |
	       bytes[3];
}

/*
 * An empty file is a new one: a daemon was killed before its first commit. The application_id
 * stands in the file itself from the first commit on, before there is a write-ahead log.
 */
static int check_header(const struct dbfile *file, int descriptor, uint32_t application_id,
			struct problems *problems)
{
	unsigned char header[HEADER_SIZE];
	ssize_t length = pread(descriptor, header, sizeof(header), 0);
	if (length == 0)
		return 0;
	if (length < 0) {
		complain_errno(problems, file->path, "cannot be read");
		return -1;
	}
	if (length < HEADER_SIZE || memcmp(header, HEADER_MAGIC, sizeof(HEADER_MAGIC)) != 0) {
		problem_add(problems, file->path, 0,
			    "is not a database: give the path of kedja's own file, or of one that "
			    "does not exist yet");
		return -1;
	}
	if (big_endian(header + HEADER_APPLICATION) != application_id) {
		problem_add(problems, file->path, 0,
			    "is a database of another program: give the path of kedja's own file, "
			    "or of one that does not exist yet");
		return -1;
	}
	return 0;
}

static int look_over(const struct dbfile *file, uint32_t application_id, struct problems *problems)
{
	struct stat about;
	if (stat(file->path, &about) == 0 && !S_ISREG(about.st_mode)) {
		problem_add(problems, file->path, 0, "is not a file");
		return -1;
	}
	int descriptor = open(file->path, O_RDWR | O_CLOEXEC);
	if (descriptor < 0) {
		complain_errno(problems, file->path, "cannot be opened for writing");
		return -1;
	}
	int result = check_header(file, descriptor, application_id, problems);
	close(descriptor);
	return result;
}

static int create(struct dbfile *file, struct problems *problems)
{
	int descriptor = open(file->path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (descriptor < 0) {
		complain_errno(problems, file->path, "cannot be created");
		return -1;
	}
	close(descriptor);
	file->created = true;
	return 0;
}

const char *dbfile_path(const struct dbfile *file)
{
	return file->path;
}

struct dbfile *dbfile_claim(const char *path, uint32_t application_id, struct problems *problems)
{
	if (!folder_is_there(path, problems))
		return NULL;
	struct dbfile *file = xcalloc(1, sizeof(*file));
	file->path = xstrdup(path);
	file->lock_path = xasprintf("%s.lock", path);
	struct stat about;
	int result = take_lock(file, problems);
	if (result == 0 && lstat(path, &about) != 0 && errno == ENOENT)
		result = create(file, problems);
	else if (result == 0)
		result = look_over(file, application_id, problems);
	if (result == 0)
		return file;
	dbfile_release(file, true);
	return NULL;
}

static void remove_beside(const char *path, const char *ending)
{
	char *beside = xasprintf("%s%s", path, ending);
	unlink(beside);
	free(beside);
}

void dbfile_release(struct dbfile *file, bool forget)
{
	if (file == NULL)
		return;
	if (forget && file->created) {
		remove_beside(file->path, "-journal");
		remove_beside(file->path, "-wal");
		remove_beside(file->path, "-shm");
		unlink(file->path);
	}
	if (file->lock >= 0) {
		unlink(file->lock_path);
		close(file->lock);
	}
	free(file->lock_path);
	free(file->path);
	free(file);
}
