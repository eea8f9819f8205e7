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
#include <sys/sysmacros.h>
#include <unistd.h>

/* Of the 100 bytes that every SQLite file begins with (sqlite.org/fileformat2.html, 1.3). */
#define HEADER_SIZE        100
#define HEADER_MAGIC       "SQLite format 3"
#define HEADER_APPLICATION 68

/* By these no descriptor is opened twice in a process: closing one would drop SQLite's locks. */
static struct dbfile *claimed;

struct dbfile {
	char *path;
	int descriptor;
	dev_t device;
	ino_t inode;
	pid_t pid; /* who claimed it: after a fork the child has the list, too */
	bool created, nameless, replaced;
	struct dbfile *next;
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

/* Who holds an flock on this file, as far as the system tells; 0: it does not. */
static long holder_of(const struct stat *about)
{
	char line[256];
	long holder = 0;
	FILE *locks = fopen("/proc/locks", "re");
	while (locks != NULL && fgets(line, sizeof(line), locks) != NULL) {
		long pid;
		unsigned device_major, device_minor;
		unsigned long long inode;
		if (sscanf(line, "%*d: FLOCK %*s %*s %ld %x:%x:%llu", &pid, &device_major,
			   &device_minor, &inode) == 4 &&
		    inode == about->st_ino && makedev(device_major, device_minor) == about->st_dev)
			holder = pid;
	}
	if (locks != NULL)
		fclose(locks);
	return holder;
}

static void complain_in_use(const char *path, long pid, struct problems *problems)
{
	if (pid > 0)
		problem_add(problems, path, 0, "is in use by another kedjad (pid %ld)", pid);
	else
		problem_add(problems, path, 0, "is in use by another kedjad");
}

static const struct dbfile *claimed_here(const struct stat *about)
{
	const struct dbfile *file = claimed;
	while (file != NULL && (file->device != about->st_dev || file->inode != about->st_ino))
		file = file->next;
	return file;
}

/* Notes which file it is that the name led to, and locks it. 0; -1 with a problem; -2: another one
 * lies there by now. */
static int take_lock(struct dbfile *file, struct problems *problems)
{
	struct stat held, now;
	if (fstat(file->descriptor, &held) != 0) {
		complain_errno(problems, file->path, "cannot be looked at");
		return -1;
	}
	if (flock(file->descriptor, LOCK_EX | LOCK_NB) != 0) {
		complain_in_use(file->path, holder_of(&held), problems);
		return -1;
	}
	file->device = held.st_dev;
	file->inode = held.st_ino;
	return stat(file->path, &now) == 0 && now.st_ino == held.st_ino && now.st_dev == held.st_dev
		   ? 0
		   : -2;
}

static uint32_t big_endian(const unsigned char *bytes)
{
	return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 |
	       bytes[3];
}

/* The application_id stands in the file itself from its first commit on, before there is a
 * write-ahead log. */
static int check_header(const struct dbfile *file, uint32_t application_id,
			struct problems *problems)
{
	unsigned char header[HEADER_SIZE];
	ssize_t length = pread(file->descriptor, header, sizeof(header), 0);
	if (length == 0) {
		problem_add(problems, file->path, 0,
			    "is empty, all that was recorded is not in it: restore it from a "
			    "backup, or, the very first time, make a new one with kedjad --create");
		return -1;
	}
	if (length < 0) {
		complain_errno(problems, file->path, "cannot be read");
		return -1;
	}
	if (length < HEADER_SIZE || memcmp(header, HEADER_MAGIC, sizeof(HEADER_MAGIC)) != 0) {
		problem_add(problems, file->path, 0,
			    "is not a database: give the path of kedja's own file");
		return -1;
	}
	if (big_endian(header + HEADER_APPLICATION) != application_id) {
		problem_add(problems, file->path, 0,
			    "is a database of another program: give the path of kedja's own file");
		return -1;
	}
	return 0;
}

static int complain_missing(const char *path, struct problems *problems)
{
	problem_add(
	    problems, path, 0,
	    "there is no database: is its disk mounted, has somebody moved it? Put it back. "
	    "Only the very first time, make an empty one with kedjad --create");
	return -1;
}

/* By its name, before it is opened: not a folder or a pipe, and not our own. */
static int look_at_name(const char *path, struct problems *problems)
{
	struct stat about;
	if (stat(path, &about) != 0 && errno == ENOENT)
		return complain_missing(path, problems);
	if (stat(path, &about) != 0) {
		complain_errno(problems, path, "cannot be looked at");
		return -1;
	}
	if (!S_ISREG(about.st_mode)) {
		problem_add(problems, path, 0, "is not a file");
		return -1;
	}
	const struct dbfile *own = claimed_here(&about);
	if (own != NULL)
		complain_in_use(path, own->pid, problems);
	return own == NULL ? 0 : -1;
}

static void close_descriptor(struct dbfile *file)
{
	if (file->descriptor >= 0)
		close(file->descriptor);
	file->descriptor = -1;
}

/* Opens and locks what lies under the name now. */
static int open_and_lock(struct dbfile *file, struct problems *problems)
{
	int result = -2;
	while (result == -2) {
		if (look_at_name(file->path, problems) != 0)
			return -1;
		int descriptor = open(file->path, O_RDWR | O_CLOEXEC | O_NOCTTY);
		if (descriptor < 0) {
			complain_errno(problems, file->path, "cannot be opened for writing");
			return -1;
		}
		close_descriptor(file);
		file->descriptor = descriptor;
		result = take_lock(file, problems);
	}
	return result;
}

/* What root makes is for the user that kedjad runs as, whose folder it lies in. */
static void give_to_owner(const struct dbfile *file)
{
	char *copy = xstrdup(file->path);
	struct stat folder;
	if (geteuid() == 0 && stat(dirname(copy), &folder) == 0 &&
	    fchown(file->descriptor, folder.st_uid, folder.st_gid) != 0)
		errno = 0; /* whoever cannot open it is told so */
	free(copy);
}

static int create(struct dbfile *file, struct problems *problems)
{
	file->descriptor = open(file->path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (file->descriptor < 0) {
		complain_errno(problems, file->path, "cannot be created");
		return -1;
	}
	file->created = true;
	give_to_owner(file);
	if (take_lock(file, problems) == 0)
		return 0;
	if (problems->count == 0)
		problem_add(problems, file->path, 0, "somebody else is making it");
	return -1;
}

/* An empty one was begun by somebody who came no further: it holds nothing. */
static int create_over(struct dbfile *file, struct problems *problems)
{
	struct stat about;
	if (stat(file->path, &about) == 0 && (about.st_size > 0 || !S_ISREG(about.st_mode))) {
		problem_add(problems, file->path, 0,
			    "is there already: nothing was touched; --create makes the first one");
		return -1;
	}
	return open_and_lock(file, problems);
}

static struct dbfile *new_file(const char *path)
{
	struct dbfile *file = xcalloc(1, sizeof(*file));
	file->path = xstrdup(path);
	file->descriptor = -1;
	file->pid = getpid();
	return file;
}

/* What was claimed, or nothing. */
static struct dbfile *settle(struct dbfile *file, int result)
{
	if (result != 0) {
		dbfile_release(file, true);
		return NULL;
	}
	file->next = claimed;
	claimed = file;
	return file;
}

const char *dbfile_path(const struct dbfile *file)
{
	return file->path;
}

struct dbfile *dbfile_claim(const char *path, uint32_t application_id, struct problems *problems)
{
	if (!folder_is_there(path, problems))
		return NULL;
	struct dbfile *file = new_file(path);
	int result = open_and_lock(file, problems);
	if (result == 0)
		result = check_header(file, application_id, problems);
	return settle(file, result);
}

struct dbfile *dbfile_create(const char *path, struct problems *problems)
{
	struct stat about;
	if (!folder_is_there(path, problems))
		return NULL;
	struct dbfile *file = new_file(path);
	bool missing = lstat(path, &about) != 0 && errno == ENOENT;
	return settle(file, missing ? create(file, problems) : create_over(file, problems));
}

enum dbfile_place dbfile_look(struct dbfile *file)
{
	struct stat about;
	if (file->nameless)
		return DBFILE_IN_PLACE;
	if (file->replaced)
		return DBFILE_REPLACED;
	if (stat(file->path, &about) != 0)
		return DBFILE_GONE;
	file->replaced = about.st_dev != file->device || about.st_ino != file->inode;
	if (file->replaced)
		return DBFILE_REPLACED;
	return access(file->path, W_OK) != 0 && errno == EROFS ? DBFILE_READ_ONLY : DBFILE_IN_PLACE;
}

static void unlist(const struct dbfile *file)
{
	struct dbfile **link = &claimed;
	while (*link != NULL && *link != file)
		link = &(*link)->next;
	if (*link != NULL)
		*link = file->next;
}

int dbfile_claim_again(struct dbfile *file, uint32_t application_id, struct problems *problems)
{
	dev_t device = file->device;
	ino_t inode = file->inode;
	if (file->nameless) {
		problem_add(problems, file->path, 0, "cannot be opened again: it has no name");
		return -1;
	}
	unlist(file);           /* or its own name would be in use */
	close_descriptor(file); /* or a disk that failed could not be unmounted and mended */
	int result = open_and_lock(file, problems);
	file->replaced =
	    file->replaced || (result == 0 && (file->device != device || file->inode != inode));
	file->device = device;
	file->inode = inode;
	if (result == 0 && file->replaced)
		problem_add(problems, file->path, 0, "another file lies in its place");
	else if (result == 0)
		result = check_header(file, application_id, problems);
	file->next = claimed;
	claimed = file;
	return file->replaced ? -1 : result;
}

void dbfile_forget_name(struct dbfile *file)
{
	file->nameless = true;
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
	unlist(file);
	if (forget && file->created) {
		remove_beside(file->path, "-journal");
		remove_beside(file->path, "-wal");
		remove_beside(file->path, "-shm");
		unlink(file->path);
	}
	close_descriptor(file);
	free(file->path);
	free(file);
}
