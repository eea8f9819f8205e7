/* SPDX-License-Identifier: EUPL-1.2 */
/* See event_key.h. */
#include "daemon/plan/event_key.h"

#include <stdlib.h>
#include <string.h>

/* The keys of the matters that are open, each once. */
struct open_keys {
	const char **list;
	size_t count;
};

static bool starts_per_key(const struct core *core, const struct event *event)
{
	const struct ruleset *ruleset = core->office->ruleset;
	for (size_t i = 0; i < ruleset->count; i++)
		if (ruleset->rules[i].per_key &&
		    kind_ref_matches(ruleset->rules[i].starts, ruleset->rules[i].starts_count,
				     event))
			return true;
	return false;
}

static bool is_about(const struct rule *rule, const struct event *event)
{
	return rule->per_key && (kind_ref_matches(rule->starts, rule->starts_count, event) ||
				 kind_ref_matches(rule->done, rule->done_count, event) ||
				 kind_ref_matches(rule->cancels, rule->cancels_count, event));
}

static bool has_key(const struct open_keys *keys, const char *key)
{
	for (size_t i = 0; i < keys->count; i++)
		if (strcmp(keys->list[i], key) == 0)
			return true;
	return false;
}

static struct open_keys open_keys(struct planner *planner, const struct event *event,
				  struct arena *arena)
{
	const struct plan *plan = planner_get(planner, event->subject);
	size_t count = plan == NULL ? 0 : plan_live_count(plan);
	struct open_keys keys = { arena_alloc(arena, (count + 1) * sizeof(*keys.list)), 0 };
	for (size_t i = 0; i < count; i++) {
		const struct deadline *deadline = plan_live_at(plan, i);
		bool is_open =
		    deadline->state == DEADLINE_OPEN || deadline->state == DEADLINE_ASLEEP;
		if (is_open && is_about(deadline->rule, event) && !has_key(&keys, deadline->key))
			keys.list[keys.count++] = arena_strdup(arena, deadline->key);
	}
	return keys;
}

/* Which of DATE (1), DATE.2 (2), ... a key is; 0: none of them. */
static size_t number_of(const char *key, const char *day)
{
	size_t length = strlen(day);
	if (strncmp(key, day, length) != 0)
		return 0;
	if (key[length] == '\0')
		return 1;
	char *end;
	unsigned long number = strtoul(key + length + 1, &end, 10);
	return key[length] == '.' && *end == '\0' && number > 1 ? number : 0;
}

static const char *day_key(const char *day, size_t number, struct arena *arena)
{
	return number == 1 ? arena_strdup(arena, day) : arena_printf(arena, "%s.%zu", day, number);
}

/* By an index that goes from DATE to DATE.9999, once for a day of a subject. */
static size_t first_free(const struct core *core, const struct event *event, const char *day)
{
	size_t *taken = NULL, count = 0, capacity = 0, number = 1;
	struct query *q =
	    db_query(core->db, "SELECT e.key FROM event e WHERE e.subject = ?1 AND e.kind = ?2"
			       " AND e.key >= ?3 AND e.key < ?3 || '/' AND NOT EXISTS"
			       " (SELECT 1 FROM void v WHERE v.event = e.id)");
	db_bind(q, DB_TEXT(event->subject), DB_TEXT(event->kind->name), DB_TEXT(day));
	while (db_next(q)) {
		taken = array_grow(taken, count, &capacity, sizeof(*taken));
		taken[count++] = number_of(db_text(q, 0), day);
	}
	db_done(q);
	/* So many have at most so many numbers: the one behind is free. */
	bool *has = xcalloc(count + 2, sizeof(*has));
	for (size_t i = 0; i < count; i++)
		if (taken[i] <= count)
			has[taken[i]] = true;
	while (has[number])
		number++;
	free(taken);
	free(has);
	return number;
}

static bool is_taken(const struct core *core, const struct event *event, const char *key)
{
	struct query *q =
	    db_query(core->db, "SELECT 1 FROM event e WHERE e.subject = ?1 AND e.kind = ?2"
			       " AND e.key = ?3 AND NOT EXISTS"
			       " (SELECT 1 FROM void v WHERE v.event = e.id)");
	db_bind(q, DB_TEXT(event->subject), DB_TEXT(event->kind->name), DB_TEXT(key));
	return db_found(q);
}

/* A thousand may come on one day, in one request or in as many: below the last one given all are
 * taken, until something is taken back or rolled back. */
static void give_day(const struct core *core, struct planner *planner, struct event *event,
		     struct arena *arena)
{
	char day[DATE_TEXT_SIZE];
	date_format(event->at.day, day);
	char *place = xasprintf("%s %s %s", event->subject, event->kind->name, day);
	size_t number = planner_last_number(planner, place) + 1;
	if (number == 1)
		number = first_free(core, event, day);
	while (is_taken(core, event, day_key(day, number, arena)))
		number++;
	event->key = day_key(day, number, arena);
	planner_note_number(planner, place, number);
	free(place);
}

/* "2026-02, 2026-03"; what has no name is the lone one. */
static const char *named(const struct open_keys *keys, const struct kind *kind, struct arena *arena)
{
	const char *list = "";
	for (size_t i = 0; i < keys->count; i++)
		list = arena_printf(arena, "%s%s%s", list, i == 0 ? "" : ", ",
				    keys->list[i][0] == '\0' ? kind->lone_key : keys->list[i]);
	return list;
}

/* Somebody names a month while one without a month is open: two that may be one. */
static const char *note_on_another(const struct open_keys *keys, const struct event *event,
				   struct arena *arena)
{
	if (has_key(keys, event->key) ||
	    !(has_key(keys, "") || has_key(keys, event->kind->lone_key)))
		return NULL;
	return arena_printf(arena,
			    "another one, recorded without its %s, is open: if they are the same, "
			    "take this one back and record it with the key %s",
			    event->kind->key_means, event->kind->lone_key);
}

static const char *note_on_the_same(const struct open_keys *keys, const struct event *event,
				    struct arena *arena)
{
	const char *key = named(keys, event->kind, arena);
	bool lone = strcmp(key, event->kind->lone_key) == 0;
	return arena_printf(arena,
			    "no %s was given: it was taken as the one that is open%s%s; if it is "
			    "another one, take it back and record it with its key",
			    event->kind->key_means, lone ? "" : ", ", lone ? "" : key);
}

static bool settle_lone(const struct core *core, struct planner *planner, struct event *event,
			struct arena *arena, const char **ret_note, const char **ret_problem)
{
	struct open_keys keys = open_keys(planner, event, arena);
	if (event->key[0] != '\0') {
		*ret_note = note_on_another(&keys, event, arena);
		return true;
	}
	if (keys.count > 1) {
		*ret_problem =
		    arena_printf(arena, "several are open: say which one it is about: %s",
				 named(&keys, event->kind, arena));
		return false;
	}
	if (keys.count == 1) {
		event->key = keys.list[0];
		*ret_note = note_on_the_same(&keys, event, arena);
	} else if (starts_per_key(core, event)) {
		event->key = event->kind->lone_key;
	}
	return true;
}

bool event_key_settle(const struct core *core, struct planner *planner, struct event *event,
		      struct arena *arena, const char **ret_note, const char **ret_problem)
{
	*ret_note = *ret_problem = NULL;
	if (event->kind->lone_key != NULL)
		return settle_lone(core, planner, event, arena, ret_note, ret_problem);
	if (event->key[0] == '\0' && event->kind->key != KEY_NONE && starts_per_key(core, event))
		give_day(core, planner, event, arena);
	return true;
}
