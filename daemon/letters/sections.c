/* SPDX-License-Identifier: EUPL-1.2 */
/* See sections.h. */
#include "daemon/letters/sections.h"

#include <stdlib.h>
#include <string.h>

#include "daemon/letters/entries.h"
#include "daemon/store/event.h"
#include "daemon/store/notice.h"
#include "rules/plan/audience.h"

struct draft {
	const struct core *core;
	const struct person *person;
	struct arena *arena;
	struct letter_section *section;
	struct letter_item *rows;
};

/* Columns: subject, rule, key, anchor, due, is case, protected, programme. */
static void add_row(struct draft *draft, struct query *q, const char *others, bool done)
{
	const struct core *core = draft->core;
	struct letter_section *section = draft->section;
	struct arena *arena = draft->arena;
	const struct rule *rule = ruleset_find(core->office->ruleset, db_text(q, 1));
	const char *subject = arena_strdup(arena, db_text(q, 0));
	const char *programme = arena_strdup(arena, db_text(q, 7));
	bool is_case = db_int(q, 5) != 0;
	/* Cases with protected identity stand in letters of their own only. */
	if (db_int(q, 6) != 0 ||
	    (is_case && !people_may_be_told(core, subject, programme, draft->person->board))) {
		section->hidden = true;
		return;
	}
	if (section->count == LETTER_ROWS_MOST) {
		section->more++;
		return;
	}
	draft->rows[section->count++] = (struct letter_item){
		.subject = subject,
		.is_case = is_case,
		.called = is_case ? NULL : store_event_title(core, subject, arena),
		.rule = arena_strdup(arena, db_text(q, 1)),
		.title = rule == NULL ? arena_strdup(arena, db_text(q, 1))
				      : rule_title(rule, draft->person->language),
		.key = arena_strdup(arena, db_text(q, 2)),
		.step = "",
		.anchor = db_date(q, 3),
		.due = db_date(q, 4),
		.next = DATE_NONE,
		.others = others,
		.done = done,
	};
}

/* --- return ---------------------------------------------------------------------------------- */

#define WENT_ELSEWHERE                                                                             \
	" FROM notice n LEFT JOIN staff p ON p.id = n.person"                                      \
	" LEFT JOIN subject s ON s.id = n.subject"                                                 \
	" LEFT JOIN deadline d ON d.subject = n.subject AND d.rule = n.rule AND d.key = n.key"     \
	"  AND d.anchor = n.anchor AND d.occurrence = n.occurrence"                                \
	" WHERE n.instead_of = ?1 AND n.summed_up IS NULL AND n.state IN ('queued', 'sent')"

/* "a,b" as SQLite joins it: "a, b". */
static const char *with_blanks(const char *list, struct arena *arena)
{
	char *spaced = arena_alloc(arena, 2 * strlen(list) + 1), *end = spaced;
	for (; *list != '\0'; list++) {
		*end++ = *list;
		if (*list == ',')
			*end++ = ' ';
	}
	*end = '\0';
	return spaced;
}

static bool read_return(struct draft *draft, const struct enclosure *enclosure)
{
	const struct core *core = draft->core;
	struct query *q = db_query(core->db, "SELECT first, last FROM absence WHERE event = ?1");
	db_bind_int(q, 1, strtoll(enclosure->ref, NULL, 10));
	bool found = db_next(q);
	draft->section->from = found ? db_date(q, 0) : DATE_NONE;
	draft->section->to = found ? db_date(q, 1) : DATE_NONE;
	db_done(q);
	q = db_query(core->db, "SELECT n.subject, n.rule, n.key, n.anchor, n.due, s.type = 'case',"
			       " coalesce(s.protected, 0), s.programme,"
			       " group_concat(DISTINCT coalesce(p.name, ?2)),"
			       " coalesce(d.state NOT IN ('open', 'asleep'), 1)" WENT_ELSEWHERE
			       " GROUP BY n.subject, n.rule, n.key, n.anchor, n.occurrence"
			       " ORDER BY n.due, n.subject, n.rule, n.key, n.anchor, n.occurrence");
	db_bind(q, DB_TEXT(draft->person->id), DB_TEXT(core->office->settings->administrator_name));
	while (db_next(q))
		add_row(draft, q, with_blanks(db_text(q, 8), draft->arena), db_int(q, 9) != 0);
	db_done(q);
	return draft->section->count > 0 || draft->section->hidden;
}

/* The last day of the leave that the person is on today; DATE_NONE: at work. */
static date away_until(const struct core *core, const char *person)
{
	struct query *q = db_query(core->db, "SELECT max(last) FROM absence WHERE staff = ?1"
					     " AND first <= ?2 AND last >= ?2");
	db_bind(q, DB_TEXT(person), DB_DATE(clock_today(core->clock)));
	date last = db_next(q) ? db_date(q, 0) : DATE_NONE;
	db_done(q);
	return last;
}

/* --- handover -------------------------------------------------------------------------------- */

static bool is_told_to(const struct draft *draft, const struct rule *rule, const char *subject,
		       const char *role)
{
	const struct care *care = rule == NULL ? NULL : people_care(draft->core, subject);
	for (size_t i = 0; rule != NULL && i < rule->step_count; i++) {
		struct named *named;
		size_t count = audience_of_step(&rule->steps[i], care, draft->arena, &named);
		for (size_t j = 0; j < count; j++)
			if (named[j].role == NULL || strcmp(named[j].role->name, role) == 0)
				return true;
	}
	return false;
}

static void read_handover(struct draft *draft, const struct enclosure *enclosure)
{
	const struct core *core = draft->core;
	struct person from;
	bool known = people_get(core, enclosure->ref, draft->arena, &from);
	draft->section->who = known ? from.name : enclosure->ref;
	struct query *q = db_query(
	    core->db,
	    "SELECT DISTINCT d.subject, d.rule, d.key, d.anchor, d.due, s.type = 'case',"
	    " coalesce(s.protected, 0), s.programme, e.role FROM enclosure_subject e"
	    " JOIN subject s ON s.id = e.subject OR (s.programme = e.subject AND NOT EXISTS"
	    "  (SELECT 1 FROM role r WHERE r.subject = s.id AND r.role = e.role))"
	    " JOIN deadline d ON d.subject = s.id WHERE e.enclosure = ?1 AND d.state = 'open'"
	    " ORDER BY d.due, d.subject, d.rule, d.key, d.anchor, e.role");
	db_bind_int(q, 1, enclosure->id);
	const struct letter_item *last = NULL;
	while (db_next(q)) {
		const struct rule *rule = ruleset_find(core->office->ruleset, db_text(q, 1));
		bool again = last != NULL && strcmp(last->subject, db_text(q, 0)) == 0 &&
			     strcmp(last->rule, db_text(q, 1)) == 0 &&
			     strcmp(last->key, db_text(q, 2)) == 0 && last->anchor == db_date(q, 3);
		if (again || !is_told_to(draft, rule, db_text(q, 0), db_text(q, 8)))
			continue;
		add_row(draft, q, NULL, false);
		last = draft->section->count == 0 ? NULL : &draft->rows[draft->section->count - 1];
	}
	db_done(q);
}

/* --- calendar -------------------------------------------------------------------------------- */

static bool read_calendar(struct draft *draft, const struct enclosure *enclosure)
{
	struct entry_change change;
	struct letter_section *section = draft->section;
	if (!entries_read(draft->core, enclosure->ref, draft->arena, &change))
		return false;
	const struct letter_item *row = &change.item;
	if (change.hidden ||
	    (row->is_case && !people_may_be_told(draft->core, row->subject, change.programme,
						 draft->person->board)))
		section->hidden = true;
	else if (section->count == LETTER_ROWS_MOST)
		section->more++;
	else
		draft->rows[section->count++] = *row;
	return true;
}

/* --- all ------------------------------------------------------------------------------------- */

static void begin_section(struct draft *draft, struct enclosed *enclosed, const char *kind)
{
	draft->rows = arena_alloc(draft->arena, LETTER_ROWS_MOST * sizeof(*draft->rows));
	draft->section = &enclosed->sections[enclosed->section_count];
	*draft->section = (struct letter_section){
		.kind = kind, .from = DATE_NONE, .to = DATE_NONE, .rows = draft->rows
	};
}

/* Those of one kind that make one section: summaries of leaves, or entries in the calendar. */
static bool read_together(struct draft *draft, struct enclosed *enclosed, const char *kind,
			  const struct enclosure *waiting, size_t count)
{
	bool any = false;
	begin_section(draft, enclosed, kind);
	for (size_t i = 0; i < count; i++) {
		if (strcmp(waiting[i].kind, kind) != 0)
			continue;
		bool is_return = strcmp(kind, ENCLOSURE_RETURN) == 0;
		bool tells = !is_return ? read_calendar(draft, &waiting[i])
					: !any && read_return(draft, &waiting[i]);
		if (tells)
			enclosed->enclosures[enclosed->enclosure_count++] = waiting[i];
		else
			enclosure_drop(draft->core, waiting[i].id);
		any = any || tells;
	}
	return any;
}

struct enclosed sections_read(const struct core *core, const struct person *person,
			      struct arena *arena)
{
	struct enclosure *waiting;
	date until = away_until(core, person->id);
	if (until != DATE_NONE) {
		date back = date_add_days(until, 1); /* of a leave without end there is none */
		enclosure_set_day(core, person->id, ENCLOSURE_RETURN,
				  back == DATE_NONE ? until : back);
	}
	size_t count = enclosure_waiting(core, person->id, arena, &waiting);
	struct draft draft = { core, person, arena, NULL, NULL };
	struct enclosed enclosed = {
		.sections = arena_alloc(arena, (count + 2) * sizeof(*enclosed.sections)),
		.enclosures = arena_alloc(arena, (count + 1) * sizeof(*enclosed.enclosures)),
	};
	if (read_together(&draft, &enclosed, ENCLOSURE_RETURN, waiting, count))
		enclosed.section_count++;
	for (size_t i = 0; i < count; i++) {
		if (strcmp(waiting[i].kind, ENCLOSURE_HANDOVER) != 0)
			continue;
		begin_section(&draft, &enclosed, ENCLOSURE_HANDOVER);
		read_handover(&draft, &waiting[i]);
		enclosed.section_count++;
		enclosed.enclosures[enclosed.enclosure_count++] = waiting[i];
	}
	if (read_together(&draft, &enclosed, ENCLOSURE_CALENDAR, waiting, count))
		enclosed.section_count++;
	return enclosed;
}

void sections_withdraw(const struct core *core, const struct person *person,
		       const struct enclosed *enclosed, json_t *entries)
{
	for (size_t i = 0; i < enclosed->enclosure_count; i++)
		if (strcmp(enclosed->enclosures[i].kind, ENCLOSURE_CALENDAR) == 0)
			entries_turn(core, person, enclosed->enclosures[i].ref, entries);
}

void sections_told(const struct core *core, const struct person *person,
		   const struct enclosed *enclosed, int64_t message)
{
	for (size_t i = 0; i < enclosed->enclosure_count; i++) {
		const struct enclosure *enclosure = &enclosed->enclosures[i];
		enclosure_told(core, enclosure->id, message);
		if (strcmp(enclosure->kind, ENCLOSURE_RETURN) == 0)
			notice_sum_up(core, person->id, message);
	}
}
