/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The database as a file, before SQLite gets to see it: is its folder there and writable, is it
 * ours at all, and does another daemon have it? A refusal leaves everything as it was.
 *
 *   file = dbfile_claim(path, KDJA, problems);
 *   ... open it with SQLite ...
 *   dbfile_release(file, false);
 */
#ifndef KEDJA_STORE_DBFILE_H
#define KEDJA_STORE_DBFILE_H

#include <stdbool.h>
#include <stdint.h>

#include "rules/base/problem.h"

struct dbfile;

/*
 * Takes the lock and looks the file over; creates it empty (mode 0600) where there is none. The
 * lock is on a file of its own, PATH.lock: SQLite's own locks are dropped when anybody in the
 * process closes the database file, so nothing here may touch it once SQLite has it open.
 */
struct dbfile *dbfile_claim(const char *path, uint32_t application_id, struct problems *problems);

const char *dbfile_path(const struct dbfile *file);

/* Lets go of the lock. `forget`: the opening failed; a file that was created for it goes too. */
void dbfile_release(struct dbfile *file, bool forget);

#endif
