/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * One history told twice: by the daemon's own planner over a database, with a clock of its own,
 * and by the walk. Each side is a list of lines, one for each role and what became of each step for
 * it, that can be held beside those of the other.
 *
 *   sides_open(&sides);
 *   sides_run(&sides, &trial, arena);      then sides.daemon, sides.walk, sides.complaint
 *   sides_close(&sides);
 */
#ifndef KEDJA_EQUAL_SIDES_H
#define KEDJA_EQUAL_SIDES_H

#include <unistd.h>

#include "daemon/people/people.h"
#include "daemon/plan/due.h"
#include "daemon/plan/planner.h"
#include "daemon/store/event.h"
#include "daemon/store/schema.h"
#include "rules/walk/walk.h"
#include "tests/unit/random_history.h"
#include "tests/unit/story.h"

/* What happens, and the rules by which: those half-way may go by another calendar. */
struct trial {
	struct rules_lines rules[2];
	struct ruleset *sets[2];
	struct history history;
	bool forgetful; /* the planner keeps as few plans in memory as it can */
};

struct said_lines {
	char **list;
	size_t count, capacity;
};

struct sides {
	char folder[64], path[96];
	struct office *office; /* as it ships */
	struct office own;     /* with the rules of the trial */
	struct core core;
	struct planner *planner;
	char *clearing[60]; /* what empties the tables */
	size_t table_count;
	int64_t last_notice;
	struct arena *arena; /* of the run */
	struct said_lines daemon, walk;
	const char *complaint; /* what else is wrong; NULL */
};

static inline void lines_clear(struct said_lines *lines)
{
	free(lines->list);
	*lines = (struct said_lines){ NULL, 0, 0 };
}

static inline void add_line(struct said_lines *lines, char *line)
{
	lines->list = array_grow(lines->list, lines->count, &lines->capacity, sizeof(char *));
	lines->list[lines->count++] = line;
}

/* --- the daemon ------------------------------------------------------------------------------ */

static inline int64_t sides_number(struct sides *sides, const char *literal_sql)
{
	return db_number(db_query(sides->core.db, literal_sql));
}

/*
 * On a case that is not open two roles may come to one person (struct care), who hears of a step
 * once, by the first of them: that the other one is told, too, is true all the same.
 */
static inline void note_told_already(struct sides *sides, const struct told *told,
				     const struct person *person)
{
	char at[CIVIL_TEXT_SIZE];
	struct query *q = db_query(
	    sides->core.db,
	    "SELECT at, subject || ' ' || rule || '[' || key || '] ' || anchor || ' #' ||"
	    " occurrence || ' due ' || due || ' missed ' || missed || ': ' || step || '.' ||"
	    " repetition || ' ' FROM notice WHERE id > ?1 AND person = ?2 AND step = ?3"
	    " AND repetition = ?4 AND role <> ?5 AND state IN ('queued', 'shadow')");
	db_bind(q, DB_INT(sides->last_notice), DB_TEXT(person->id),
		DB_TEXT(told->planned->step->name), DB_INT(told->planned->repetition),
		DB_TEXT(told->role->name));
	while (db_next(q)) {
		civil_format(clock_to_civil(sides->core.clock, db_int(q, 0)), at);
		add_line(&sides->daemon,
			 arena_printf(sides->arena, "%s %s%s%s%s told", at, db_text(q, 1),
				      told->role->name, told->copy ? " copy" : "",
				      told->quiet ? " quiet" : ""));
	}
	db_done(q);
}

static inline void note_one_person(struct sides *sides, const char *subject, const char *programme,
				   const struct telling *telling, struct arena *arena)
{
	for (size_t i = 0; i < telling->told_count; i++) {
		const struct told *told = &telling->told[i];
		if (told->role == NULL || told->overtaken || told->held != NULL)
			continue;
		struct holders holders =
		    people_holders(&sides->core, subject, programme, told->role,
				   told->copy ? NULL : told->care, arena);
		for (size_t j = 0; j < holders.count; j++)
			note_told_already(sides, told, &holders.list[j]);
	}
}

/* What the notices say that have come since: a role that was told, whoever held it. */
static inline void note_notices(struct sides *sides)
{
	char at[CIVIL_TEXT_SIZE];
	struct query *q = db_query(
	    sides->core.db,
	    "SELECT id, at, subject || ' ' || rule || '[' || key || '] ' || anchor || ' #' ||"
	    " occurrence || ' due ' || due || ' missed ' || missed || ': ' || step || '.' ||"
	    " repetition || ' ' || role || CASE WHEN cc THEN ' copy' ELSE '' END ||"
	    " CASE WHEN quiet THEN ' quiet' ELSE '' END ||"
	    " CASE state WHEN 'put_off' THEN ' held' WHEN 'overtaken' THEN ' overtaken'"
	    " ELSE ' told' END FROM notice WHERE id > ?1 ORDER BY id");
	db_bind_int(q, 1, sides->last_notice);
	while (db_next(q)) {
		sides->last_notice = db_int(q, 0);
		civil_format(clock_to_civil(sides->core.clock, db_int(q, 1)), at);
		add_line(&sides->daemon, arena_printf(sides->arena, "%s %s", at, db_text(q, 2)));
	}
	db_done(q);
}

/* A letter goes at once: what waits for one can be overtaken, of which a walk knows nothing. */
static inline void send_letters(struct sides *sides)
{
	db_run(db_query(sides->core.db, "UPDATE notice SET state = 'sent' WHERE state = 'queued'"));
}

static inline void on_fire(void *arg, const char *subject, const char *programme,
			   const struct deadline *deadline, const struct telling *telling,
			   struct arena *arena)
{
	struct sides *sides = arg;
	due_fire(&sides->core, subject, programme, deadline, telling, arena);
	note_one_person(sides, subject, programme, telling, arena);
	note_notices(sides);
	send_letters(sides);
}

static inline void settle_daemon(struct sides *sides)
{
	int turns = 0;
	do {
		while (planner_work(sides->planner))
			assert_int_equal(turn_end(sides->core.turn), 0);
		assert_int_equal(turn_end(sides->core.turn), 0);
		if (turns++ > 1000)
			fail_msg("the planner comes to no end");
	} while (planner_is_behind(sides->planner) || planner_has_due(sides->planner));
}

static inline void daemon_begin(struct sides *sides, const struct trial *trial)
{
	planner_free(sides->planner);
	sides->planner = planner_new(&sides->core, on_fire, sides);
	planner_set_check(sides->planner);
	if (trial->forgetful)
		planner_set_bound(sides->planner, 1);
}

/* Every table there is; the texts live as long as the database, which keeps them. */
static inline void list_tables(struct sides *sides)
{
	struct query *q = db_query(sides->core.db, "SELECT name FROM sqlite_schema WHERE type = "
						   "'table' AND name <> 'meta'");
	while (db_next(q)) {
		assert_true(sides->table_count < COUNT_OF(sides->clearing));
		sides->clearing[sides->table_count++] = xasprintf("DELETE FROM %s", db_text(q, 0));
	}
	db_done(q);
}

static inline void daemon_clear(struct sides *sides)
{
	assert_int_equal(turn_begin(sides->core.turn), 0);
	for (size_t i = 0; i < sides->table_count; i++)
		db_run(db_query(sides->core.db, sides->clearing[i]));
	if (turn_end(sides->core.turn) != 0)
		fail_msg("the tables cannot be emptied: %s", db_error(sides->core.db));
	sides->last_notice = 0;
}

/* The clock moves on, and all that is due on the way goes off in its order. */
static inline void daemon_to(struct sides *sides, civil until)
{
	struct clock *clock = sides->core.clock;
	instant goal = clock_from_civil(clock, until);
	for (instant next; (next = planner_next(sides->planner)) <= goal;) {
		next = next > clock_now(clock) ? next : clock_now(clock);
		assert_int_equal(clock_set_virtual(clock, next), 0);
		settle_daemon(sides);
	}
	assert_int_equal(clock_set_virtual(clock, goal), 0);
}

static inline void daemon_use(struct sides *sides, const struct ruleset *ruleset)
{
	sides->own.ruleset = (struct ruleset *)(uintptr_t)ruleset;
	sides->own.calendar = (struct calendar *)(uintptr_t)ruleset->calendar;
}

/* What event.record and event.void do once the event is checked. */
static inline void daemon_record(struct sides *sides, struct item *item)
{
	struct event *event = &item->event;
	if (item->voids != NULL)
		set_value(item, "event",
			  (struct value){ VALUE_NUMBER, item->voids->event.id, NULL });
	event->id = store_event_add(&sides->core, event);
	if (item->voids == NULL) {
		planner_note_event(sides->planner, event);
		return;
	}
	store_event_void(&sides->core, item->voids->event.id, event->id);
	planner_note_void(sides->planner, &item->voids->event);
}

static inline void daemon_rebuild(struct sides *sides)
{
	int64_t before = sides_number(sides, "SELECT count(*) FROM notice");
	planner_rebuild(sides->planner);
	settle_daemon(sides);
	if (sides_number(sides, "SELECT count(*) FROM notice") != before)
		sides->complaint = "rows that were derived anew have sent something\n";
}

static inline void daemon_do(struct sides *sides, const struct trial *trial, struct item *item)
{
	assert_int_equal(turn_begin(sides->core.turn), 0);
	switch (item->type) {
	case ITEM_EVENT:
		daemon_record(sides, item);
		break;
	case ITEM_RESTART:
		daemon_begin(sides, trial);
		break;
	case ITEM_REBUILD:
		daemon_rebuild(sides);
		break;
	case ITEM_RELOAD:
		daemon_use(sides, trial->sets[1]);
		planner_note_rules(sides->planner);
		break;
	}
}

static inline civil end_of_trials(void)
{
	return civil_at(HISTORY_FIRST + HISTORY_DAYS + 60, 12 * 3600);
}

static inline void run_daemon(struct sides *sides, const struct trial *trial)
{
	const struct history *history = &trial->history;
	struct clock *clock = clock_new("Europe/Stockholm");
	clock_free(sides->core.clock);
	sides->core.clock = clock;
	assert_int_equal(
	    clock_set_virtual(clock, clock_from_civil(clock, civil_at(HISTORY_FIRST, 0))), 0);
	daemon_clear(sides);
	daemon_use(sides, trial->sets[0]);
	daemon_begin(sides, trial);
	settle_daemon(sides);
	for (size_t i = 0; i < history->count;) {
		civil now = history->list[i]->event.recorded;
		daemon_to(sides, now);
		for (; i < history->count && history->list[i]->event.recorded == now; i++)
			daemon_do(sides, trial, history->list[i]);
		settle_daemon(sides);
	}
	daemon_to(sides, end_of_trials());
}

/* --- the walk -------------------------------------------------------------------------------- */

static inline void note_walked(void *arg, const struct walk_notice *notice)
{
	struct sides *sides = arg;
	char at[CIVIL_TEXT_SIZE], anchor[DATE_TEXT_SIZE], due[DATE_TEXT_SIZE];
	const struct deadline *deadline = notice->deadline;
	civil_format(notice->at, at);
	date_format(deadline->anchor, anchor);
	date_format(deadline->due, due);
	for (size_t i = 0; i < notice->told_count; i++) {
		const struct told *told = &notice->told[i];
		add_line(&sides->walk,
			 arena_printf(
			     sides->arena, "%s %s %s[%s] %s #%d due %s missed %d: %s.%d %s%s%s %s",
			     at, notice->subject, deadline->rule->name, deadline->key, anchor,
			     deadline->occurrence, due, deadline->missed, told->planned->step->name,
			     told->planned->repetition, told->role == NULL ? "" : told->role->name,
			     told->copy ? " copy" : "", told->quiet ? " quiet" : "",
			     told->overtaken      ? "overtaken"
			     : told->held != NULL ? "held"
						  : "told"));
	}
}

static inline void run_walk(const struct trial *trial, struct walk *walk)
{
	const struct history *history = &trial->history;
	for (size_t i = 0; i < history->count; i++)
		if (history->list[i]->type == ITEM_EVENT)
			walk_add(walk, &history->list[i]->event);
	for (size_t i = 0; i < history->count; i++) {
		if (history->list[i]->type != ITEM_RELOAD)
			continue;
		walk_to(walk, history->list[i]->event.recorded);
		walk_change_rules(walk, trial->sets[1]);
	}
	walk_to(walk, end_of_trials());
}

/* --- both ------------------------------------------------------------------------------------ */

/* How a subject stands in the end, as lines like those of the reminders. */
static inline void tell_plan(struct sides *sides, struct said_lines *lines, const char *subject,
			     const struct plan *plan)
{
	for (size_t i = 0; plan != NULL && i < plan_count(plan); i++)
		add_line(lines, arena_printf(sides->arena, "in the end %s %s", subject,
					     story_deadline(sides->arena, plan_at(plan, i))));
}

/* Plans of both, as they stand in the end; and every row is what its events give. */
static inline void compare_subject(struct sides *sides, const struct walk *walk,
				   const char *subject)
{
	tell_plan(sides, &sides->walk, subject, walk_plan(walk, subject));
	tell_plan(sides, &sides->daemon, subject, planner_get(sides->planner, subject));
	if (planner_differs(sides->planner, subject) || people_differ(&sides->core, subject))
		sides->complaint =
		    arena_printf(sides->arena, "rebuild --check: %s differs\n", subject);
}

static inline void compare_end(struct sides *sides, const struct walk *walk)
{
	static const char *const subjects[] = { "K-1", "K-2", "K-3", "norr", "syd" };
	assert_int_equal(turn_begin(sides->core.turn), 0);
	for (size_t i = 0; i < COUNT_OF(subjects); i++)
		compare_subject(sides, walk, subjects[i]);
	if (sides->complaint == NULL)
		daemon_rebuild(sides);
	assert_int_equal(turn_end(sides->core.turn), 0);
}

static inline void on_breach(void *arg, const char *subject, const struct deadline *deadline,
			     const char *wrong)
{
	(void)arg;
	fail_msg("the walk's plan of %s, %s[%s]: %s", subject, deadline->rule->name, deadline->key,
		 wrong);
}

static inline void sides_run(struct sides *sides, const struct trial *trial, struct arena *arena)
{
	struct walk *walk = walk_new(trial->sets[0], note_walked, sides);
	sides->arena = arena;
	sides->complaint = NULL;
	walk_set_check(walk, on_breach);
	lines_clear(&sides->daemon);
	lines_clear(&sides->walk);
	run_daemon(sides, trial);
	run_walk(trial, walk);
	compare_end(sides, walk);
	walk_free(walk);
}

static inline void sides_open(struct sides *sides)
{
	struct problems problems = PROBLEMS_NONE;
	sides->office = office_load_shipped("conf", &problems);
	assert_non_null(sides->office);
	sides->own = *sides->office;
	snprintf(sides->folder, sizeof(sides->folder), "/tmp/kedja-equal.XXXXXX");
	assert_non_null(mkdtemp(sides->folder));
	snprintf(sides->path, sizeof(sides->path), "%s/kedja.db", sides->folder);
	db_close(db_create(sides->path, schema_migrations, schema_count, &problems));
	sides->core.db = db_open_scratch(sides->path, schema_migrations, schema_count, &problems);
	assert_non_null(sides->core.db);
	sides->core.office = &sides->own;
	sides->core.turn = turn_new(sides->core.db);
	list_tables(sides);
}

static inline void sides_close(struct sides *sides)
{
	planner_free(sides->planner);
	turn_free(sides->core.turn);
	db_close(sides->core.db);
	for (size_t i = 0; i < sides->table_count; i++)
		free(sides->clearing[i]);
	clock_free(sides->core.clock);
	office_free(sides->office);
	lines_clear(&sides->daemon);
	lines_clear(&sides->walk);
	static const char *const ends[] = { "", "-wal", "-shm" };
	for (size_t i = 0; i < COUNT_OF(ends); i++) {
		char *file = xasprintf("%s%s", sides->path, ends[i]);
		(void)unlink(file);
		free(file);
	}
	assert_int_equal(rmdir(sides->folder), 0);
}

#endif
