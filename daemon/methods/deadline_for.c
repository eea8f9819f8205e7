/* SPDX-License-Identifier: EUPL-1.2 */
/* See deadline_for.h. */
#include "daemon/methods/deadline_for.h"

#include <stdlib.h>
#include <string.h>

#include "daemon/people/people.h"
#include "daemon/store/event.h"
#include "rules/plan/audience.h"

/* A role that somebody holds. */
struct held {
	const char *subject;
	const char *programme; /* of the case that it is held on, while that is open; NULL */
	const struct role *role;
};

struct names {
	const char **list;
	size_t count;
};

struct concern {
	const struct kedjad *k;
	const char *person;
	struct arena *arena;
	struct held *held; /* by subject */
	size_t held_count;
	struct names above; /* programmes of cases on which they hold a role that is found there */
	struct names own;   /* what they hold a role on that is no case */
	const struct role **found; /* those of concern_about */
	size_t found_count;
};

static void add_name(struct names *names, const char *name)
{
	for (size_t i = 0; i < names->count; i++)
		if (strcmp(names->list[i], name) == 0)
			return;
	names->list[names->count++] = name;
}

/* Room for as many names as there are roles. */
static void sort_out(struct concern *concern, const bool *is_case)
{
	size_t room = (concern->held_count + 1) * sizeof(char *);
	concern->above.list = arena_alloc(concern->arena, room);
	concern->own.list = arena_alloc(concern->arena, room);
	concern->found = arena_alloc(concern->arena, room);
	for (size_t i = 0; i < concern->held_count; i++) {
		const struct held *held = &concern->held[i];
		if (!is_case[i])
			add_name(&concern->own, held->subject);
		else if (held->programme != NULL && held->role->on_case)
			add_name(&concern->above, held->programme);
	}
}

struct concern *concern_new(const struct kedjad *k, const char *person, struct arena *arena)
{
	struct concern *concern = arena_alloc(arena, sizeof(*concern));
	size_t count = 0, capacity = 0, case_capacity = 0;
	bool *is_case = NULL;
	*concern = (struct concern){ .k = k, .person = person, .arena = arena };
	struct query *q = db_query(
	    k->core.db, "SELECT r.subject, r.role, coalesce(s.type = 'case', 0),"
			" iif(s.open = 1, s.programme, NULL) FROM role r LEFT JOIN subject s"
			" ON s.id = r.subject WHERE r.staff = ?1 ORDER BY r.subject");
	db_bind_text(q, 1, person);
	while (db_next(q)) {
		const struct role *role = chain_role(k->core.office->chain, db_text(q, 1));
		if (role == NULL)
			continue;
		concern->held = array_grow(concern->held, count, &capacity, sizeof(*concern->held));
		is_case = array_grow(is_case, count, &case_capacity, sizeof(*is_case));
		is_case[count] = db_int(q, 2) != 0;
		concern->held[count++] = (struct held){ arena_strdup(arena, db_text(q, 0)),
							arena_strdup(arena, db_text(q, 3)), role };
	}
	db_done(q);
	concern->held_count = count;
	sort_out(concern, is_case);
	free(is_case);
	return concern;
}

void concern_free(struct concern *concern)
{
	free(concern->held);
}

/* The first that is held on this subject or on one behind it. */
static size_t first_held(const struct concern *concern, const char *subject)
{
	size_t low = 0, high = concern->held_count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (strcmp(concern->held[middle].subject, subject) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* --- subjects, one after the other ------------------------------------------------------------ */

static const char *next_case(const struct concern *concern, const char *programme,
			     const char *after)
{
	struct query *q =
	    db_query(concern->k->core.db, "SELECT id FROM subject WHERE programme = ?1"
					  " AND id > ?2 ORDER BY id LIMIT 1");
	db_bind(q, DB_TEXT(programme), DB_TEXT(after));
	const char *found = db_next(q) ? arena_strdup(concern->arena, db_text(q, 0)) : NULL;
	db_done(q);
	return found;
}

static void take_least(const char **least, const char *subject, const char *after)
{
	if (subject != NULL && strcmp(subject, after) > 0 &&
	    (*least == NULL || strcmp(subject, *least) < 0))
		*least = subject;
}

const char *concern_next(struct concern *concern, const char *after)
{
	const char *least = NULL;
	size_t i = first_held(concern, after);
	while (i < concern->held_count && strcmp(concern->held[i].subject, after) == 0)
		i++;
	if (i < concern->held_count)
		least = concern->held[i].subject;
	for (i = 0; i < concern->above.count; i++)
		take_least(&least, concern->above.list[i], after);
	for (i = 0; i < concern->own.count; i++)
		take_least(&least, next_case(concern, concern->own.list[i], after), after);
	return least;
}

/* --- the roles that a subject finds ------------------------------------------------------------
 */

static void add_found(struct concern *concern, const struct role *role)
{
	for (size_t i = 0; i < concern->found_count; i++)
		if (concern->found[i] == role)
			return;
	concern->found[concern->found_count++] = role;
}

/* Does somebody who works here hold it on the subject itself? Then nobody else is looked for. */
static bool is_held_on(const struct concern *concern, const char *subject, const struct role *role)
{
	struct query *q =
	    db_query(concern->k->core.db, "SELECT 1 FROM role r JOIN staff s ON s.id = r.staff"
					  " WHERE r.subject = ?1 AND r.role = ?2 AND s.gone = 0");
	db_bind(q, DB_TEXT(subject), DB_TEXT(role->name));
	return db_found(q);
}

static const char *programme_of(const struct concern *concern, const char *subject)
{
	struct query *q =
	    db_query(concern->k->core.db, "SELECT programme FROM subject WHERE id = ?1");
	db_bind_text(q, 1, subject);
	const char *programme = db_next(q) ? arena_strdup(concern->arena, db_text(q, 0)) : NULL;
	db_done(q);
	return programme;
}

/* Those that they hold on `place`: on the subject itself, or where it looks when nobody holds them
 * there. */
static void add_held_on(struct concern *concern, const char *place, const char *subject)
{
	for (size_t i = first_held(concern, place);
	     i < concern->held_count && strcmp(concern->held[i].subject, place) == 0; i++)
		if (place == subject || !is_held_on(concern, subject, concern->held[i].role))
			add_found(concern, concern->held[i].role);
}

/* A programme looks among its open cases. */
static void add_held_below(struct concern *concern, const char *programme)
{
	for (size_t i = 0; i < concern->held_count; i++) {
		const struct held *held = &concern->held[i];
		if (held->programme != NULL && held->role->on_case &&
		    strcmp(held->programme, programme) == 0 &&
		    !is_held_on(concern, programme, held->role))
			add_found(concern, held->role);
	}
}

bool concern_about(struct concern *concern, const char *subject)
{
	const char *programme = programme_of(concern, subject);
	concern->found_count = 0;
	add_held_on(concern, subject, subject);
	if (programme != NULL)
		add_held_on(concern, programme, subject);
	for (size_t i = 0; i < concern->above.count; i++)
		if (strcmp(concern->above.list[i], subject) == 0)
			add_held_below(concern, subject);
	return concern->found_count > 0;
}

/* --- a deadline ------------------------------------------------------------------------------- */

/* The deadline of the row as the plan has it, for its `also` and the roles that its event names. */
static struct deadline deadline_of(const struct kedjad *k, struct query *row,
				   const struct rule *rule, struct arena *arena)
{
	const char *subject = db_text(row, 2);
	struct deadline deadline = { .rule = rule,
				     .key = db_text(row, 3),
				     .care = people_care(&k->core, subject) };
	if (rule->role_field_count > 0)
		deadline.field_roles =
		    audience_field_roles(rule, store_event_load(&k->core, db_int(row, 4), arena),
					 k->core.office->chain, arena);
	const struct plan *plan = rule->also_count == 0 ? NULL : planner_get(k->planner, subject);
	for (size_t i = 0; plan != NULL && i < plan_live_count(plan); i++) {
		const struct deadline *live = plan_live_at(plan, i);
		if (live->rule == rule && strcmp(live->key, deadline.key) == 0)
			deadline.also = deadline.also || live->also;
	}
	return deadline;
}

/* On a case that is not open somebody may stand in for who is named (struct care). */
static bool cares_as(const struct kedjad *k, const struct deadline *deadline, struct query *row,
		     const struct role *role, struct arena *arena)
{
	const struct care *care = deadline->care;
	if (care == NULL || !audience_names(deadline, care->roles[0]))
		return false;
	const char *subject = db_text(row, 2);
	struct query *q = db_query(k->core.db, "SELECT programme FROM subject WHERE id = ?1");
	db_bind(q, DB_TEXT(subject));
	const char *programme = db_next(q) ? arena_strdup(arena, db_text(q, 0)) : NULL;
	db_done(q);
	return people_holders(&k->core, subject, programme, care->roles[0], care, arena).role ==
	       role;
}

bool concern_has(const struct concern *concern, struct query *row)
{
	const struct kedjad *k = concern->k;
	const struct rule *rule = ruleset_find(k->core.office->ruleset, db_text(row, 1));
	if (rule == NULL)
		return false;
	bool found = false;
	struct arena *arena = arena_new();
	struct deadline deadline = deadline_of(k, row, rule, arena);
	for (size_t i = 0; i < concern->found_count && !found; i++)
		found = audience_names(&deadline, concern->found[i]) ||
			cares_as(k, &deadline, row, concern->found[i], arena);
	arena_free(arena);
	return found;
}
