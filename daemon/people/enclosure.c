/* SPDX-License-Identifier: EUPL-1.2 */
/* See enclosure.h. */
#include "daemon/people/enclosure.h"

#include <stdlib.h>

static const char *day_text(date day, char text[DATE_TEXT_SIZE])
{
	return date_format(day, text);
}

int64_t enclosure_add(const struct core *core, const char *person, const char *kind,
		      const char *ref, date day)
{
	char text[DATE_TEXT_SIZE];
	struct query *q =
	    db_query(core->db, "INSERT INTO enclosure (person, kind, ref, day)"
			       " VALUES (?1, ?2, ?3, ?4) ON CONFLICT (person, kind, ref)"
			       " WHERE message IS NULL DO UPDATE SET day = ?4 RETURNING id");
	db_bind(q, DB_TEXT(person), DB_TEXT(kind), DB_TEXT(ref), DB_TEXT(day_text(day, text)));
	return db_number(q);
}

void enclosure_add_subject(const struct core *core, int64_t enclosure, const char *subject,
			   const char *role)
{
	struct query *q =
	    db_query(core->db, "INSERT OR IGNORE INTO enclosure_subject (enclosure, subject, role)"
			       " VALUES (?1, ?2, ?3)");
	db_bind(q, DB_INT(enclosure), DB_TEXT(subject), DB_TEXT(role));
	db_run(q);
}

void enclosure_set_day(const struct core *core, const char *person, const char *kind, date day)
{
	char text[DATE_TEXT_SIZE];
	struct query *q = db_query(core->db, "UPDATE enclosure SET day = ?3 WHERE person = ?1"
					     " AND kind = ?2 AND message IS NULL");
	db_bind(q, DB_TEXT(person), DB_TEXT(kind), DB_TEXT(day_text(day, text)));
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
	db_bind(q, DB_TEXT(person), DB_TEXT(day_text(clock_today(core->clock), text)));
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
	db_bind(q, DB_INT(enclosure), DB_INT(message));
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

void enclosure_person_gone(const struct core *core, const char *person)
{
	struct arena *arena = arena_new();
	struct enclosure *list;
	size_t count = enclosure_waiting(core, person, arena, &list);
	for (size_t i = 0; i < count; i++)
		enclosure_drop(core, list[i].id);
	arena_free(arena);
}

instant enclosure_next(const struct core *core, instant looked)
{
	struct query *q = db_query(core->db, "SELECT day FROM enclosure WHERE message IS NULL"
					     " ORDER BY day LIMIT 1");
	date day = db_next(q) ? db_date(q, 0) : DATE_NONE;
	db_done(q);
	if (day == DATE_NONE || day >= date_from_ymd(9999, 1, 1))
		return INSTANT_NEVER;
	civil from = civil_at(day, 0), after = clock_to_civil(core->clock, looked) + 1;
	return clock_from_civil(
	    core->clock,
	    calendar_slot_at_or_after(core->office->calendar, from > after ? from : after));
}

date enclosure_first_day(const struct core *core)
{
	return civil_date(
	    calendar_slot_at_or_after(core->office->calendar, clock_now_civil(core->clock)));
}

/* A rule may have a new name: its entries go by that. */
static void rename_rules(const struct core *core, const char *subject)
{
	const struct ruleset *ruleset = core->office->ruleset;
	for (size_t i = 0; i < ruleset->count; i++) {
		const struct rule *rule = &ruleset->rules[i];
		if (rule->was == NULL)
			continue;
		struct query *q = db_query(core->db, "UPDATE OR IGNORE calendar_entry SET rule = ?3"
						     " WHERE subject = ?1 AND rule = ?2");
		db_bind(q, DB_TEXT(subject), DB_TEXT(rule->was), DB_TEXT(rule->name));
		db_run(q);
	}
}

void enclosure_note_ended(const struct core *core, const char *subject)
{
	rename_rules(core, subject);
	struct arena *arena = arena_new();
	struct {
		const char *person, *uid;
	} *list = NULL;
	size_t count = 0, capacity = 0;
	struct query *q = db_query(
	    core->db, "SELECT person, uid FROM calendar_entry c WHERE subject = ?1"
		      " AND withdrawn = EXISTS (SELECT 1 FROM deadline d"
		      "  WHERE d.subject = c.subject AND d.rule = c.rule AND d.key = c.key"
		      "  AND d.anchor = c.anchor AND d.occurrence = c.occurrence"
		      "  AND d.state IN ('open', 'asleep'))"
		      " AND NOT EXISTS (SELECT 1 FROM enclosure e WHERE e.person = c.person"
		      "  AND e.kind = 'calendar' AND e.ref = c.uid AND e.message IS NULL)");
	db_bind_text(q, 1, subject);
	while (db_next(q)) {
		list = array_grow(list, count, &capacity, sizeof(*list));
		list[count].person = arena_strdup(arena, db_text(q, 0));
		list[count++].uid = arena_strdup(arena, db_text(q, 1));
	}
	db_done(q);
	for (size_t i = 0; i < count; i++)
		(void)!enclosure_add(core, list[i].person, ENCLOSURE_CALENDAR, list[i].uid,
				     enclosure_first_day(core));
	free(list);
	arena_free(arena);
}
