/* See enclosure.h. */
#include "daemon/enclosure.h"

#include <stdlib.h>

static const char *day_text(date day, char text[DATE_TEXT_SIZE])
{
	return date_format(day, text);
}

static date today_of(const struct core *core)
{
	return civil_date(clock_now_civil(core->clock));
}

int64_t enclosure_add(const struct core *core, const char *person, const char *kind,
		      const char *ref, date day)
{
	char text[DATE_TEXT_SIZE];
	struct query *q =
	    db_query(core->db, "INSERT INTO enclosure (person, kind, ref, day)"
			       " VALUES (?1, ?2, ?3, ?4) ON CONFLICT (person, kind, ref)"
			       " WHERE message IS NULL DO UPDATE SET day = ?4 RETURNING id");
	db_bind_text(q, 1, person);
	db_bind_text(q, 2, kind);
	db_bind_text(q, 3, ref);
	db_bind_text(q, 4, day_text(day, text));
	int64_t id = db_next(q) ? db_int(q, 0) : 0;
	db_done(q);
	return id;
}

void enclosure_add_subject(const struct core *core, int64_t enclosure, const char *subject,
			   const char *role)
{
	struct query *q =
	    db_query(core->db, "INSERT OR IGNORE INTO enclosure_subject (enclosure, subject, role)"
			       " VALUES (?1, ?2, ?3)");
	db_bind_int(q, 1, enclosure);
	db_bind_text(q, 2, subject);
	db_bind_text(q, 3, role);
	db_run(q);
}

void enclosure_set_day(const struct core *core, const char *person, const char *kind, date day)
{
	char text[DATE_TEXT_SIZE];
	struct query *q = db_query(core->db, "UPDATE enclosure SET day = ?3 WHERE person = ?1"
					     " AND kind = ?2 AND message IS NULL");
	db_bind_text(q, 1, person);
	db_bind_text(q, 2, kind);
	db_bind_text(q, 3, day_text(day, text));
	db_run(q);
}

size_t enclosure_waiting(const struct core *core, const char *person, struct arena *arena,
			 struct enclosure **ret)
{
	char text[DATE_TEXT_SIZE];
	struct enclosure *list = NULL;
	size_t count = 0, capacity = 0;
	struct query *q = db_query(core->db, "SELECT id, kind, ref FROM enclosure WHERE person = ?1"
					     " AND message IS NULL AND day <= ?2 ORDER BY id");
	db_bind_text(q, 1, person);
	db_bind_text(q, 2, day_text(today_of(core), text));
	while (db_next(q)) {
		list = array_grow(list, count, &capacity, sizeof(*list));
		list[count++] =
		    (struct enclosure){ db_int(q, 0), arena_strdup(arena, db_text(q, 1)),
					arena_strdup(arena, db_text(q, 2)) };
	}
	db_done(q);
	*ret = arena_alloc(arena, (count + 1) * sizeof(*list));
	for (size_t i = 0; i < count; i++)
		(*ret)[i] = list[i];
	free(list);
	return count;
}

bool enclosure_waits(const struct core *core, const char *person)
{
	struct arena *arena = arena_new();
	struct enclosure *list;
	bool waits = enclosure_waiting(core, person, arena, &list) > 0;
	arena_free(arena);
	return waits;
}

void enclosure_told(const struct core *core, int64_t enclosure, int64_t message)
{
	struct query *q = db_query(core->db, "UPDATE enclosure SET message = ?2 WHERE id = ?1");
	db_bind_int(q, 1, enclosure);
	db_bind_int(q, 2, message);
	db_run(q);
}

void enclosure_drop(const struct core *core, int64_t enclosure)
{
	struct query *q = db_query(core->db, "DELETE FROM enclosure_subject WHERE enclosure = ?1");
	db_bind_int(q, 1, enclosure);
	db_run(q);
	q = db_query(core->db, "DELETE FROM enclosure WHERE id = ?1");
	db_bind_int(q, 1, enclosure);
	db_run(q);
}

date enclosure_next_day(const struct core *core)
{
	char text[DATE_TEXT_SIZE];
	date day = DATE_NONE;
	struct query *q =
	    db_query(core->db, "SELECT day FROM enclosure WHERE message IS NULL AND day > ?1"
			       " ORDER BY day LIMIT 1");
	db_bind_text(q, 1, day_text(today_of(core), text));
	if (db_next(q) && date_parse(db_text(q, 0), &day) != 0)
		day = DATE_NONE;
	db_done(q);
	return day;
}
