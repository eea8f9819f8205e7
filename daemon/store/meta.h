/* SPDX-License-Identifier: EUPL-1.2 */
/* Small facts about the file itself, a text under a name each: the table meta. In the turn. */
#ifndef KEDJA_STORE_META_H
#define KEDJA_STORE_META_H

#include "daemon/store/db.h"

char *store_meta_get(struct db *db, const char *name); /* yours to free; NULL: none */
/* False: it said so already. */
bool store_meta_set(struct db *db, const char *name, const char *value);
void store_meta_forget(struct db *db, const char *name);

#endif
