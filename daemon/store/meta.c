/* SPDX-License-Identifier: EUPL-1.2 */
/* See meta.h. */
#include "daemon/store/meta.h"

char *store_meta_get(struct db *db, const char *name)
{
	struct query *q = db_query(db, "SELECT value FROM meta WHERE name = ?1");
	db_bind_text(q, 1, name);
	char *value = db_next(q) ? xstrdup(db_text(q, 0)) : NULL;
	db_done(q);
	return value;
}

bool store_meta_set(struct db *db, const char *name, const char *value)
{
	struct query *q = db_query(db, "INSERT INTO meta (name, value) VALUES (?1, ?2)"
				       " ON CONFLICT DO UPDATE SET value = ?2"
				       " WHERE value <> ?2");
	db_bind(q, DB_TEXT(name), DB_TEXT(value));
	return db_run(q) > 0;
}

void store_meta_forget(struct db *db, const char *name)
{
	struct query *q = db_query(db, "DELETE FROM meta WHERE name = ?1");
	db_bind(q, DB_TEXT(name));
	db_run(q);
}
