/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * See planner.h. cache.c holds the plans in memory, planner_rows.c writes what comes of
 * them; this file decides what is planned when.
 */
#include "daemon/plan/planner.h"

#include <stdlib.h>
#include <string.h>

#include "daemon/base/log.h"
#include "daemon/people/enclosure.h"
#include "daemon/people/people.h"
#include "daemon/plan/planner_own.h"
#include "daemon/store/deadline.h"
#include "daemon/store/event.h"
#include "daemon/store/payment.h"
#include "rules/language/sees.h"

/* Subjects that one step of a sweep marks. */
#define SWEEP_STEP 200

static void mark_behind(struct planner *planner, const char *subject)
{
	struct query *q = db_query(planner->core->db,
				   "UPDATE subject SET behind = 1 WHERE id = ?1 AND behind = 0");
	db_bind_text(q, 1, subject);
	db_run(q);
	planner->may_be_behind = true;
}

static void fold_programme_anew(struct planner *planner, const char *programme)
{
	cache_drop(planner->cache, programme);
	mark_behind(planner, programme);
}

/* An overdue_changed. */
static void look_again(void *arg, const char *programme)
{
	struct planner *planner = arg;
	if (plan_rules_ask_overdue(planner->core->office->ruleset))
		fold_programme_anew(planner, programme);
}

struct planner *planner_new(const struct core *core, planner_fire *fire, void *arg)
{
	struct planner *planner = xcalloc(1, sizeof(*planner));
	planner->core = core;
	planner->fire = fire;
	planner->arg = arg;
	planner->cache = cache_new();
	planner->look_again = look_again;
	planner->may_be_behind = true;
	return planner;
}

void planner_free(struct planner *planner)
{
	if (planner == NULL)
		return;
	cache_free(planner->cache);
	free(planner->place);
	free(planner);
}

void planner_set_bound(struct planner *planner, size_t bytes)
{
	cache_set_bound(planner->cache, bytes);
}

void planner_set_check(struct planner *planner)
{
	planner->checks = true;
}

size_t planner_last_number(const struct planner *planner, const char *place)
{
	bool known = planner->place != NULL && strcmp(planner->place, place) == 0;
	return known ? planner->last_number : 0;
}

void planner_note_number(struct planner *planner, const char *place, size_t number)
{
	if (planner->place == NULL || strcmp(planner->place, place) != 0) {
		free(planner->place);
		planner->place = xstrdup(place);
	}
	planner->last_number = number;
}

static void forget_number(struct planner *planner)
{
	free(planner->place);
	planner->place = NULL;
}

void planner_forget(struct planner *planner)
{
	forget_number(planner);
	cache_clear(planner->cache);
	planner->may_be_behind = true;
}

static char *take_text(struct query *q)
{
	char *text = db_next(q) ? xstrdup(db_text(q, 0)) : NULL;
	db_done(q);
	return text;
}

/* What the table of subjects says of one; the texts live in `arena`. */
struct row {
	enum subject_type type;
	const char *programme;
};

static enum subject_type type_named(const char *name)
{
	for (int type = SUBJECT_STAFF; type < SUBJECT_ANY; type++)
		if (strcmp(subject_type_name((enum subject_type)type), name) == 0)
			return (enum subject_type)type;
	return SUBJECT_ANY;
}

static bool row_get(const struct core *core, const char *subject, struct arena *arena,
		    struct row *ret)
{
	struct query *q = db_query(core->db, "SELECT type, programme FROM subject WHERE id = ?1");
	db_bind_text(q, 1, subject);
	bool found = db_next(q);
	if (found) {
		ret->type = type_named(db_text(q, 0));
		ret->programme = arena_strdup(arena, db_text(q, 1));
	}
	db_done(q);
	return found;
}

/* A subject has a row from its first event; its type shows with the first kind that tells it. */
static void ensure_row(struct planner *planner, const struct event *event)
{
	struct query *q = db_query(
	    planner->core->db, "INSERT INTO subject (id, type, open, behind) VALUES (?1, ?2, 0, 1)"
			       " ON CONFLICT DO UPDATE SET type = ?2"
			       " WHERE type = 'any' AND ?2 <> 'any'");
	db_bind(q, DB_TEXT(event->subject), DB_TEXT(subject_type_name(event->kind->subject)));
	if (db_run(q) > 0)
		cache_drop(planner->cache, event->subject);
}

/* A programme is one from when a case names it, whether or not it was ever started: its cases are
 * somebody's to watch. */
static void ensure_programme(struct planner *planner, const struct event *event)
{
	const char *programme = event_programme(event);
	if (programme == NULL)
		return;
	struct query *q =
	    db_query(planner->core->db, "INSERT INTO subject (id, type, open, behind)"
					" VALUES (?1, 'programme', 0, 1)"
					" ON CONFLICT DO UPDATE SET type = 'programme', behind = 1"
					" WHERE type = 'any'");
	db_bind_text(q, 1, programme);
	if (db_run(q) > 0)
		cache_drop(planner->cache, programme);
}

/* Every case that ever named a programme, or (NULL) every subject, is behind from here on. */
static void sweep_start(struct planner *planner, const char *programme)
{
	struct query *q =
	    db_query(planner->core->db, "INSERT INTO sweep (programme, reached) VALUES (?1, '')");
	db_bind_text(q, 1, programme);
	db_run(q);
	planner->may_be_behind = true;
}

/* A case that comes to a programme sees the past of it, and the programme that of the case. */
static void come_together(struct planner *planner, const struct event *event)
{
	if (!store_event_names_new(planner->core, event))
		return;
	cache_drop(planner->cache, event->subject);
	if (store_event_has_seen(planner->core, event))
		cache_drop(planner->cache, event_programme(event));
}

/* To the programmes that its case has named; to the cases that have named its programme. */
static void show_to_others(struct planner *planner, const struct event *event)
{
	const struct ruleset *ruleset = planner->core->office->ruleset;
	struct arena *arena = arena_new();
	const char **programmes;
	size_t count = 0;
	come_together(planner, event);
	if (sees_kind(ruleset, SUBJECT_PROGRAMME, event->kind))
		count = store_event_programmes(planner->core, event->subject, arena, &programmes);
	for (size_t i = 0; i < count; i++) {
		cache_queue(planner->cache, programmes[i], event);
		mark_behind(planner, programmes[i]);
	}
	if (sees_kind(ruleset, SUBJECT_CASE, event->kind)) {
		cache_queue_cases_of(planner->cache, event);
		sweep_start(planner, event->subject);
	}
	arena_free(arena);
}

void planner_note_event(struct planner *planner, const struct event *event)
{
	ensure_row(planner, event);
	people_refresh(planner->core, event->kind, event->subject);
	people_note_event(planner->core, event);
	if (event->kind->subject == SUBJECT_STAFF)
		return;
	store_event_note_naming(planner->core, event);
	store_payment_note(planner->core, event);
	ensure_programme(planner, event);
	show_to_others(planner, event);
	cache_queue(planner->cache, event->subject, event);
	mark_behind(planner, event->subject);
}

/* Those who saw it see it no more. */
static void hide_from_others(struct planner *planner, const struct event *voided)
{
	const struct ruleset *ruleset = planner->core->office->ruleset;
	struct arena *arena = arena_new();
	const char **programmes;
	size_t count = 0;
	if (sees_kind(ruleset, SUBJECT_PROGRAMME, voided->kind))
		count = store_event_programmes(planner->core, voided->subject, arena, &programmes);
	for (size_t i = 0; i < count; i++)
		fold_programme_anew(planner, programmes[i]);
	if (event_programme(voided) != NULL)
		fold_programme_anew(planner, event_programme(voided));
	if (sees_kind(ruleset, SUBJECT_CASE, voided->kind)) {
		cache_drop_cases_of(planner->cache, voided->subject);
		sweep_start(planner, voided->subject);
	}
	arena_free(arena);
}

void planner_note_void(struct planner *planner, const struct event *voided)
{
	forget_number(planner);
	cache_drop(planner->cache, voided->subject);
	people_refresh(planner->core, voided->kind, voided->subject);
	if (voided->kind->subject == SUBJECT_STAFF)
		return;
	mark_behind(planner, voided->subject);
	hide_from_others(planner, voided);
}

void planner_note_rules(struct planner *planner)
{
	cache_clear(planner->cache);
	sweep_start(planner, NULL);
}

/* Marks the next subjects of the oldest sweep; false when there is none. */
static bool sweep_step(struct planner *planner)
{
	struct arena *arena = arena_new();
	struct db *db = planner->core->db;
	struct query *q =
	    db_query(db, "SELECT id, programme, reached FROM sweep ORDER BY id LIMIT 1");
	bool found = db_next(q);
	int64_t id = found ? db_int(q, 0) : 0;
	const char *programme = found ? arena_strdup(arena, db_text(q, 1)) : NULL;
	const char *reached = found ? arena_strdup(arena, db_text(q, 2)) : NULL;
	db_done(q);
	if (!found)
		goto out;
	q = programme == NULL
		? db_query(db, "SELECT max(id) FROM (SELECT id FROM subject WHERE id > ?1"
			       " ORDER BY id LIMIT ?2)")
		: db_query(db, "SELECT max(subject) FROM (SELECT DISTINCT subject FROM naming"
			       " WHERE programme = ?3 AND subject > ?1 ORDER BY subject LIMIT ?2)");
	db_bind(q, DB_TEXT(reached), DB_INT(SWEEP_STEP));
	if (programme != NULL)
		db_bind_text(q, 3, programme);
	const char *last = db_next(q) ? arena_strdup(arena, db_text(q, 0)) : NULL;
	db_done(q);
	q = last == NULL ? db_query(db, "DELETE FROM sweep WHERE id = ?1")
			 : db_query(db, "UPDATE sweep SET reached = ?2 WHERE id = ?1");
	db_bind_int(q, 1, id);
	if (last != NULL)
		db_bind_text(q, 2, last);
	db_run(q);
	if (last != NULL) {
		q = db_query(db, "UPDATE subject SET behind = 1 WHERE id > ?1 AND id <= ?2"
				 " AND type IN ('case', 'programme')"
				 " AND (?3 IS NULL OR EXISTS (SELECT 1 FROM naming n"
				 "  WHERE n.programme = ?3 AND n.subject = subject.id))");
		db_bind(q, DB_TEXT(reached), DB_TEXT(last), DB_TEXT(programme));
		db_run(q);
	}
out:
	arena_free(arena);
	return found;
}

static void fold_anew(struct planner *planner, struct entry *entry)
{
	struct event **events;
	struct arena *arena = arena_new();
	plan_free(entry->plan);
	entry->plan = plan_new(planner->core->office->ruleset, entry->type, entry->subject);
	if (entry->type == SUBJECT_PROGRAMME)
		plan_ask_overdue(entry->plan, overdue_count, entry->overdue);
	size_t count =
	    store_event_history(planner->core, entry->type, entry->subject, arena, &events);
	for (size_t i = 0; i < count; i++) {
		if (plan_apply(entry->plan, events[i]) != 0)
			log_error("event %lld came out of order from the log",
				  (long long)events[i]->id);
	}
	entry->folded_anew = true;
	arena_free(arena);
}

static int compare_queued(const void *a, const void *b)
{
	return event_compare(*(struct event *const *)a, *(struct event *const *)b);
}

/* What a programme asks about its cases is asked as they stand when it is settled. */
static void ask_overdue(struct planner *planner, struct entry *entry)
{
	if (entry->type != SUBJECT_PROGRAMME)
		return;
	overdue_free(entry->overdue);
	entry->overdue = overdue_new(planner->core, entry->subject);
	if (entry->plan != NULL)
		plan_ask_overdue(entry->plan, overdue_count, entry->overdue);
}

/* Takes in what has come since; an event of the past means the whole history again. */
static void bring_in(struct planner *planner, struct entry *entry)
{
	bool anew = entry->plan == NULL;
	if (!anew && entry->queued_count > 1)
		qsort(entry->queued, entry->queued_count, sizeof(*entry->queued), compare_queued);
	for (size_t i = 0; !anew && i < entry->queued_count; i++)
		anew = plan_apply(entry->plan, entry->queued[i]) != 0;
	if (anew)
		fold_anew(planner, entry);
	entry_clear_queue(entry);
}

/* Folds, judges, fires and writes: afterwards the rows are those of this moment. */
static void settle(struct planner *planner, struct entry *entry)
{
	struct arena *arena = arena_new();
	ask_overdue(planner, entry);
	bring_in(planner, entry);
	plan_judge(entry->plan, clock_now_civil(planner->core->clock));
	planner_put_ended(planner, entry);
	instant wake = planner_put_live(planner, entry, arena);
	if (entry->folded_anew) {
		store_deadline_prune(planner->core, entry->subject, entry->plan);
		overdue_prune(planner->core, entry->subject, planner->look_again, planner);
	}
	planner_put_subject(planner, entry, wake);
	if (!planner->only_looking)
		enclosure_note_ended(planner->core, entry->subject);
	if (planner->checks && !planner->only_looking)
		planner_check(planner, entry);
	plan_clean(entry->plan);
	entry->folded_anew = false;
	arena_free(arena);
}

static struct entry *entry_for(struct planner *planner, const char *subject)
{
	struct arena *arena = arena_new();
	struct row row = { SUBJECT_ANY, NULL };
	struct entry *entry = cache_find(planner->cache, subject);
	if (entry == NULL && row_get(planner->core, subject, arena, &row) &&
	    (row.type == SUBJECT_CASE || row.type == SUBJECT_PROGRAMME))
		entry = cache_add(planner->cache, subject, row.type);
	arena_free(arena);
	return entry;
}

/* A subject whose type is not known yet has nothing to plan. */
static void settle_named(struct planner *planner, const char *subject)
{
	struct entry *entry = entry_for(planner, subject);
	if (entry != NULL) {
		settle(planner, entry);
		return;
	}
	struct query *q = db_query(planner->core->db,
				   "UPDATE subject SET behind = 0, wake_at = NULL WHERE id = ?1");
	db_bind_text(q, 1, subject);
	db_run(q);
}

/* A programme looks at the events of its cases, and counts their deadlines: whatever is to be done
 * about cases is done first, else it would be judged by half of what happened. */

static char *next_due_case(struct planner *planner)
{
	struct query *q =
	    db_query(planner->core->db, "SELECT id FROM subject WHERE wake_at <= ?1"
					" AND type <> 'programme' ORDER BY wake_at LIMIT 1");
	db_bind_int(q, 1, clock_now(planner->core->clock));
	return take_text(q);
}

static char *next_behind_case(struct planner *planner)
{
	struct db *db = planner->core->db;
	char *subject;
	if (!planner->may_be_behind)
		return NULL;
	do
		subject = take_text(db_query(db, "SELECT id FROM subject WHERE behind = 1"
						 " AND type <> 'programme'"
						 " ORDER BY wake_at, id LIMIT 1"));
	while (subject == NULL && sweep_step(planner));
	return subject;
}

/* Cases before programmes: a programme looks at how its cases stand. */
static char *next_due(struct planner *planner)
{
	struct query *q = db_query(planner->core->db, "SELECT id FROM subject WHERE wake_at <= ?1"
						      " ORDER BY wake_at, type LIMIT 1");
	db_bind_int(q, 1, clock_now(planner->core->clock));
	return take_text(q);
}

static char *next_behind(struct planner *planner)
{
	if (!planner->may_be_behind)
		return NULL;
	struct db *db = planner->core->db;
	char *subject = take_text(
	    db_query(db, "SELECT id FROM subject WHERE behind = 1 ORDER BY wake_at, id LIMIT 1"));
	if (subject == NULL && !db_failed(db))
		planner->may_be_behind = false;
	return subject;
}

static char *next_subject(struct planner *planner)
{
	char *subject = next_due_case(planner);
	if (subject == NULL)
		subject = next_behind_case(planner);
	if (subject == NULL)
		subject = next_due(planner);
	return subject != NULL ? subject : next_behind(planner);
}

bool planner_work(struct planner *planner)
{
	const struct core *core = planner->core;
	if (!planner_is_behind(planner) && !planner_has_due(planner))
		return false;
	if (turn_begin(core->turn) != 0)
		return false;
	while (turn_has_room(core->turn) && !db_failed(core->db)) {
		char *subject = next_subject(planner);
		if (subject == NULL)
			return false;
		settle_named(planner, subject);
		free(subject);
		cache_trim(planner->cache);
	}
	return !db_failed(core->db);
}

bool planner_is_behind(struct planner *planner)
{
	return planner->may_be_behind;
}

bool planner_has_due(struct planner *planner)
{
	return planner_next(planner) <= clock_now(planner->core->clock);
}

instant planner_next(struct planner *planner)
{
	struct query *q =
	    db_query(planner->core->db, "SELECT wake_at FROM subject WHERE wake_at IS NOT NULL"
					" ORDER BY wake_at LIMIT 1");
	return db_instant(q);
}

const struct plan *planner_get(struct planner *planner, const char *subject)
{
	struct entry *entry = entry_for(planner, subject);
	if (entry == NULL)
		return NULL;
	settle(planner, entry);
	return entry->plan;
}

static void add_rows_of_subjects(struct planner *planner)
{
	const struct kind *kind;
	for (size_t i = 0; (kind = chain_kind_at(planner->core->office->chain, i)) != NULL; i++) {
		if (kind->is_virtual)
			continue;
		struct query *q =
		    db_query(planner->core->db,
			     "INSERT INTO subject (id, type, open, behind)"
			     " SELECT DISTINCT subject, ?2, 0, ?3 FROM event"
			     " WHERE kind = ?1 ON CONFLICT DO UPDATE SET"
			     " type = ?2, behind = ?3 WHERE type = 'any' AND ?2 <> 'any'");
		db_bind(q, DB_TEXT(kind->name), DB_TEXT(subject_type_name(kind->subject)),
			DB_INT(kind->subject != SUBJECT_STAFF));
		db_run(q);
	}
}

static void add_rows_of_programmes(struct planner *planner)
{
	db_run(db_query(planner->core->db,
			"INSERT INTO subject (id, type, open, behind)"
			" SELECT DISTINCT programme, 'programme', 0, 1 FROM naming WHERE true"
			" ON CONFLICT DO UPDATE SET type = 'programme', behind = 1"
			" WHERE type = 'any'"));
}

void planner_rebuild(struct planner *planner)
{
	static const char *const steps[] = {
		"DELETE FROM void",
		"DELETE FROM subject",
		"DELETE FROM deadline",
		"DELETE FROM overdue",
		"DELETE FROM sweep",
		"INSERT OR IGNORE INTO void (event, by) SELECT data ->> 'event', id FROM event"
		" WHERE kind = 'event.voided' ORDER BY id",
	};
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++)
		db_run(db_query(planner->core->db, steps[i]));
	planner_forget(planner);
	add_rows_of_subjects(planner);
	store_event_rebuild_namings(planner->core);
	store_payment_rebuild(planner->core);
	add_rows_of_programmes(planner);
	people_rebuild(planner->core);
}

bool planner_differs(struct planner *planner, const char *subject)
{
	struct db *db = planner->core->db;
	cache_drop(planner->cache, subject);
	struct entry *entry = entry_for(planner, subject);
	if (entry == NULL)
		return false;
	int64_t before = db_changes_total(db);
	planner->only_looking = true;
	settle(planner, entry);
	planner->only_looking = false;
	cache_drop(planner->cache, subject);
	return db_changes_total(db) != before;
}
