/* SPDX-License-Identifier: EUPL-1.2 */
/* See figure.h. */
#include "daemon/store/figure.h"

#include <inttypes.h>
#include <stdlib.h>

#include "daemon/store/figure_sql.h"

int64_t figure_all(struct db *db, const char *name)
{
	struct query *q = db_query(db, "SELECT sum(number) FROM figure WHERE name = ?1");
	db_bind_text(q, 1, name);
	return db_number(q);
}

int64_t figure_of(struct db *db, const char *name, const char *of)
{
	struct query *q = db_query(db, "SELECT number FROM figure WHERE name = ?1 AND of = ?2");
	db_bind(q, DB_TEXT(name), DB_TEXT(of));
	return db_number(q);
}

int64_t figure_before(struct db *db, const char *name, date day)
{
	struct query *q =
	    db_query(db, "SELECT sum(number) FROM figure WHERE name = ?1 AND of < ?2");
	db_bind(q, DB_TEXT(name), DB_DATE(day));
	return db_number(q);
}

int64_t figure_after(struct db *db, const char *name, date day)
{
	struct query *q =
	    db_query(db, "SELECT sum(number) FROM figure WHERE name = ?1 AND of > ?2");
	db_bind(q, DB_TEXT(name), DB_DATE(day));
	return db_number(q);
}

void figure_check(struct db *db, figure_wrong *wrong, void *arg)
{
	struct query *q = db_query(
	    db, "SELECT name, of, sum(number), sum(counted) FROM (SELECT name, of, number,"
		" 0 AS counted FROM figure UNION ALL SELECT name, of, 0, number FROM"
		" (" FIGURES_COUNTED ")) GROUP BY name, of HAVING sum(number) <> sum(counted)");
	while (db_next(q)) {
		const char *of = db_text(q, 1);
		char *text =
		    xasprintf("%s%s%s is %" PRId64 ", and %" PRId64 " when counted", db_text(q, 0),
			      of[0] == '\0' ? "" : " of ", of, db_int(q, 2), db_int(q, 3));
		wrong(arg, text);
		free(text);
	}
	db_done(q);
}

void figure_recount(struct db *db)
{
	db_run(db_query(db, "DELETE FROM unreached"));
	db_run(db_query(db, "INSERT INTO unreached " FIGURE_UNREACHED("true")));
	db_run(db_query(db, "DELETE FROM figure"));
	db_run(db_query(db, "INSERT INTO figure (name, of, number) SELECT name, of, number"
			    " FROM (" FIGURES_COUNTED ") WHERE number > 0"));
}
