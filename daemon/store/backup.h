/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * A copy of the database for keeping, made while a daemon writes in it: by a read-only connection
 * and one read transaction, so that it is the file of one moment, and nobody is held up. It is
 * written beside its name, checked (integrity, foreign keys), synced, and only then given its name:
 * whatever happens on the way, what lies under the name is whole, or what was there before. The
 * copy has mode 0600 and needs no log beside it.
 */
#ifndef KEDJA_STORE_BACKUP_H
#define KEDJA_STORE_BACKUP_H

#include <stdint.h>

#include "rules/base/problem.h"

#define BACKUP_KEPT_MOST 1000

struct backup {
	int64_t bytes, events; /* of the copy */
};

/* How far it is, in pages. */
typedef void backup_progress(void *arg, int64_t done, int64_t all);

/*
 * Copies the file `database` to `target`. What is there already is refused with `keep` 0; else it
 * must be a copy like this, and becomes TARGET.1, that one TARGET.2, and so on up to TARGET.keep.
 * 0; -1 with a problem, and then nothing under those names has changed, but that older copies may
 * have moved up by one.
 */
MUST_CHECK int backup_make(const char *database, const char *target, int64_t keep,
			   backup_progress *progress, void *arg, struct backup *ret,
			   struct problems *problems);

#endif
