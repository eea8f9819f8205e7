/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The database as a file, beside what SQLite makes of it: is its folder there, is it ours at all,
 * does another daemon have it, and is it still the file that lies under its name? A refusal leaves
 * everything as it was.
 *
 *   file = dbfile_claim(path, KDJA, problems);
 *   ... open it with SQLite, close it ...
 *   dbfile_release(file, false);
 *
 * The lock is an flock on the file itself, so that no second name of it, by a symbolic or a hard
 * link, leads around it. Its descriptor is opened before SQLite opens the file and closed after
 * SQLite has closed it: as POSIX has it, any close in the process drops all locks of SQLite's on
 * the file (libraries.md 7.2), after which any other program that opens and closes the file
 * deletes the log with what was committed. So nobody else in the process opens the file; who wants
 * to know where it is asks here.
 */
#ifndef KEDJA_STORE_DBFILE_H
#define KEDJA_STORE_DBFILE_H

#include <stdbool.h>
#include <stdint.h>

#include "rules/base/problem.h"

struct dbfile;

/* Opens the file that is there, takes its lock and looks it over. One that is missing or empty is
 * refused: who would go on with it would forget everything in silence. */
struct dbfile *dbfile_claim(const char *path, uint32_t application_id, struct problems *problems);
/* Makes it (mode 0600; of the folder's owner, if root does it), empty, and takes its lock. One that
 * is there already is refused, unless it is empty. */
struct dbfile *dbfile_create(const char *path, struct problems *problems);

const char *dbfile_path(const struct dbfile *file);

/* Is what lies under its name the file that was claimed, and can it be written? By stat alone. */
enum dbfile_place {
	DBFILE_IN_PLACE,
	DBFILE_READ_ONLY, /* its file system is */
	DBFILE_GONE,      /* nothing is there, or nobody can tell: it may come back */
	DBFILE_REPLACED   /* another one has been there, and may have used its log: for good */
};
enum dbfile_place dbfile_look(struct dbfile *file);

/* While SQLite does not have it open: lets go of it and claims it anew, as the disk may have been
 * unmounted, mended and mounted again. 0, or -1 with a problem. */
MUST_CHECK int dbfile_claim_again(struct dbfile *file, uint32_t application_id,
				  struct problems *problems);

/* Its name is taken away: it is in place wherever it is. */
void dbfile_forget_name(struct dbfile *file);

/* Lets go of the lock. `forget`: the opening failed; a file that was created for it goes too. */
void dbfile_release(struct dbfile *file, bool forget);

#endif
