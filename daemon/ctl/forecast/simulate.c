/* SPDX-License-Identifier: EUPL-1.2 */
/* See simulate.h. */
#include "daemon/ctl/forecast/simulate.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/base/log.h"
#include "daemon/letters/moment.h"
#include "daemon/plan/due.h"
#include "daemon/plan/planner.h"
#include "daemon/store/event.h"
#include "daemon/store/message.h"
#include "daemon/store/notice.h"
#include "daemon/store/schema.h"

/* Of the plans in memory; beside it SQLite holds 64 MB of pages. */
#define PLANS_MOST (96 * 1024 * 1024)

struct simulation {
	struct core core;
	struct office office; /* the rules of one office, the settings perhaps of another */
	struct planner *planner;
	struct letters *letters;
	int64_t first_notice;  /* those up to it were there before */
	int64_t first_message; /* likewise; moves on as letters are made */
	int64_t letter_number;
	bool replays; /* events wait in the table `later` for their time */
};

/* --- the copy -------------------------------------------------------------------------------- */

static int64_t number_of(struct simulation *simulation, const char *literal_sql, int64_t otherwise)
{
	struct query *q = db_query(simulation->core.db, literal_sql);
	int64_t number = db_next(q) && !db_is_null(q, 0) ? db_int(q, 0) : otherwise;
	db_done(q);
	return number;
}

static void fire(void *arg, const char *subject, const char *programme,
		 const struct deadline *deadline, const struct telling *telling,
		 struct arena *arena)
{
	struct simulation *simulation = arg;
	due_fire(&simulation->core, subject, programme, deadline, telling, arena);
	letters_wake(simulation->letters);
}

static int64_t add_letter(void *arg, const struct new_message *message)
{
	struct simulation *simulation = arg;
	char id[48];
	snprintf(id, sizeof(id), "simulated-%" PRId64, ++simulation->letter_number);
	return message_insert(simulation->core.db, message, id, clock_now(simulation->core.clock));
}

/* The clock stands where the file's own does: at its virtual time, or now. */
static int settle_clock(struct simulation *simulation)
{
	struct clock *clock = simulation->core.clock;
	instant now = number_of(simulation,
				"SELECT CAST(value AS INTEGER) FROM meta WHERE name = 'virtual_now'"
				" AND EXISTS (SELECT 1 FROM meta WHERE name = 'clock'"
				" AND value = 'virtual')",
				clock_now(clock));
	return clock_set_virtual(clock, now);
}

/* Rules that are others than those of the rows in the file: everything is planned anew. */
static void compare_rules(struct simulation *simulation)
{
	struct query *q =
	    db_query(simulation->core.db, "SELECT 1 FROM meta WHERE name = 'rules' AND value = ?1");
	db_bind_text(q, 1, simulation->office.ruleset->version_text);
	bool same = db_next(q);
	db_done(q);
	if (!same)
		planner_note_rules(simulation->planner);
}

static int failed(struct simulation *simulation, struct problems *problems)
{
	problem_add(problems, simulation->office.settings->database, 0, "%s",
		    db_error(simulation->core.db));
	return -1;
}

static int end_turn(struct simulation *simulation, struct problems *problems)
{
	return turn_end(simulation->core.turn) == 0 ? 0 : failed(simulation, problems);
}

static int begin(struct simulation *simulation, struct problems *problems)
{
	struct core *core = &simulation->core;
	core->turn = turn_new(core->db);
	simulation->planner = planner_new(core, fire, simulation);
	planner_set_bound(simulation->planner, PLANS_MOST);
	simulation->letters = letters_new(core, add_letter, simulation, NULL);
	if (turn_begin(core->turn) != 0)
		return failed(simulation, problems);
	if (settle_clock(simulation) != 0)
		return -1;
	compare_rules(simulation);
	simulation->first_notice = notice_last(&simulation->core);
	simulation->first_message = number_of(simulation, "SELECT max(id) FROM message", 0);
	return end_turn(simulation, problems);
}

struct simulation *simulation_open(const struct office *office, const struct settings *settings,
				   struct problems *problems)
{
	struct simulation *simulation = xcalloc(1, sizeof(*simulation));
	struct core *core = &simulation->core;
	simulation->office = *office;
	if (office->settings == NULL)
		simulation->office.settings = (struct settings *)(uintptr_t)settings;
	core->office = &simulation->office;
	core->clock = clock_new(calendar_zone(office->calendar));
	if (core->clock == NULL)
		problem_add(problems, "calendar.conf", 0,
			    "zone: this machine does not know \"%s\": is the package tzdata there?",
			    calendar_zone(office->calendar));
	else
		core->db =
		    db_open_scratch(settings->database, schema_migrations, schema_count, problems);
	if (core->db != NULL && begin(simulation, problems) == 0)
		return simulation;
	simulation_free(simulation);
	return NULL;
}

void simulation_free(struct simulation *simulation)
{
	if (simulation == NULL)
		return;
	letters_free(simulation->letters);
	planner_free(simulation->planner);
	turn_free(simulation->core.turn);
	db_close(simulation->core.db);
	clock_free(simulation->core.clock);
	free(simulation);
}

instant simulation_now(const struct simulation *simulation)
{
	return clock_now(simulation->core.clock);
}

const struct core *simulation_core(const struct simulation *simulation)
{
	return &simulation->core;
}

/* --- back ------------------------------------------------------------------------------------ */

static void run_from(struct simulation *simulation, const char *literal_sql, instant since)
{
	struct query *q = db_query(simulation->core.db, literal_sql);
	db_bind_int(q, 1, since);
	db_run(q);
}

/* What waited for its letter then waits again. */
static void take_back(struct simulation *simulation, instant since)
{
	notice_take_back(&simulation->core, since);
	run_from(simulation, "INSERT INTO later SELECT * FROM event WHERE recorded_at >= ?1",
		 since);
	run_from(simulation, "DELETE FROM event WHERE recorded_at >= ?1", since);
	run_from(simulation, "DELETE FROM firing WHERE at >= ?1", since);
	message_take_back(simulation->core.db, since);
}

/* A clock goes on only: so there is a new one, that stands there. */
static int clock_back(struct simulation *simulation, instant since)
{
	struct clock *then = clock_new(calendar_zone(simulation->office.calendar));
	if (then == NULL || clock_set_virtual(then, since) != 0)
		return -1;
	clock_free(simulation->core.clock);
	simulation->core.clock = then;
	return 0;
}

int simulation_rewind(struct simulation *simulation, instant since, struct problems *problems)
{
	struct db *db = simulation->core.db;
	if (clock_back(simulation, since) != 0)
		return -1;
	if (turn_begin(simulation->core.turn) != 0)
		return failed(simulation, problems);
	db_run(db_query(db, "CREATE TABLE later AS SELECT * FROM event WHERE 0"));
	db_run(db_query(db, "CREATE INDEX later_by_time ON later (recorded_at, id)"));
	take_back(simulation, since);
	planner_rebuild(simulation->planner);
	simulation->replays = true;
	simulation->first_notice = notice_last(&simulation->core);
	simulation->first_message = number_of(simulation, "SELECT max(id) FROM message", 0);
	letters_wake(simulation->letters);
	return end_turn(simulation, problems);
}

/* --- time ------------------------------------------------------------------------------------ */

static instant next_recorded(struct simulation *simulation)
{
	if (!simulation->replays)
		return INSTANT_NEVER;
	return number_of(simulation, "SELECT recorded_at FROM later ORDER BY recorded_at LIMIT 1",
			 INSTANT_NEVER);
}

/* What event.record and event.void do, once the event is checked. */
static void note_event(struct simulation *simulation, int64_t id)
{
	struct arena *arena = arena_new();
	struct event *event = store_event_load(&simulation->core, id, arena);
	if (event != NULL && kind_takes_back(event->kind)) {
		int64_t which = event_takes_back(event);
		struct event *voided = store_event_load(&simulation->core, which, arena);
		store_event_void(&simulation->core, which, id);
		if (voided != NULL)
			planner_note_void(simulation->planner, voided);
	} else if (event != NULL) {
		planner_note_event(simulation->planner, event);
		letters_note_event(simulation->letters, event);
	}
	arena_free(arena);
}

/* The next event whose time has come, as one that is recorded now; false if there is none. */
static bool record_next(struct simulation *simulation)
{
	struct db *db = simulation->core.db;
	struct query *q = db_query(db, "SELECT id, recorded_at FROM later WHERE recorded_at <= ?1"
				       " ORDER BY recorded_at, id LIMIT 1");
	db_bind_int(q, 1, simulation_now(simulation));
	bool found = db_next(q);
	int64_t id = found ? db_int(q, 0) : 0, recorded = found ? db_int(q, 1) : 0;
	db_done(q);
	if (!found)
		return false;
	q = db_query(db,
		     "INSERT INTO event SELECT * FROM later WHERE id = ?1 AND recorded_at = ?2");
	db_bind(q, DB_INT(id), DB_INT(recorded));
	db_run(q);
	q = db_query(db, "DELETE FROM later WHERE id = ?1 AND recorded_at = ?2");
	db_bind(q, DB_INT(id), DB_INT(recorded));
	db_run(q);
	note_event(simulation, id);
	return true;
}

static int record_due(struct simulation *simulation, struct problems *problems)
{
	while (next_recorded(simulation) <= simulation_now(simulation)) {
		if (turn_begin(simulation->core.turn) != 0)
			return failed(simulation, problems);
		while (turn_has_room(simulation->core.turn) && record_next(simulation))
			;
		if (end_turn(simulation, problems) != 0)
			return -1;
	}
	return 0;
}

/* Every letter arrives. */
static void deliver(struct simulation *simulation)
{
	int64_t last = number_of(simulation, "SELECT max(id) FROM message", 0);
	while (simulation->first_message < last)
		notice_settle_letter(&simulation->core, ++simulation->first_message, NOTICE_SENT,
				     "the letter arrived");
}

/* All that belongs to this moment, in the order of the daemon's turns. */
static int settle(struct simulation *simulation, struct problems *problems)
{
	struct planner *planner = simulation->planner;
	while (!moment_is_over(planner, simulation->letters, simulation_now(simulation))) {
		if (turn_begin(simulation->core.turn) != 0)
			return failed(simulation, problems);
		(void)planner_work(planner);
		if (moment_is_planned(planner)) {
			(void)letters_work(simulation->letters);
			deliver(simulation);
		}
		if (end_turn(simulation, problems) != 0)
			return -1;
	}
	return 0;
}

/* Steps of a moment go off before what is recorded in the same second. */
static int pass_moment(struct simulation *simulation, struct problems *problems)
{
	if (settle(simulation, problems) != 0)
		return -1;
	if (next_recorded(simulation) > simulation_now(simulation))
		return 0;
	if (record_due(simulation, problems) != 0)
		return -1;
	return settle(simulation, problems);
}

int simulation_run(struct simulation *simulation, instant until, simulation_progress *progress,
		   void *arg, struct problems *problems)
{
	for (;;) {
		if (pass_moment(simulation, problems) != 0)
			return -1;
		instant now = simulation_now(simulation);
		if (progress != NULL)
			progress(arg, now);
		if (now >= until)
			return 0;
		instant next =
		    instant_earlier(moment_next(simulation->planner, simulation->letters),
				    next_recorded(simulation));
		if (clock_set_virtual(simulation->core.clock, moment_after(now, next, until)) != 0)
			return -1;
	}
}

/* --- what came of it ------------------------------------------------------------------------- */

void simulation_rename(struct simulation *simulation, const char *rule, const char *name)
{
	if (turn_begin(simulation->core.turn) == 0)
		notice_rename_rule(&simulation->core, rule, name, simulation->first_notice);
	if (turn_end(simulation->core.turn) != 0)
		log_error("the notices of %s keep their name: %s", rule,
			  db_error(simulation->core.db));
}

struct simulated {
	struct query *query;
};

#define NOTICES                                                                                    \
	"SELECT at, subject, rule, key, anchor, step, due, person, role, state, why, occurrence,"  \
	" repetition, cc FROM notice WHERE id > ?1 ORDER BY "

struct simulated *simulated_open(struct simulation *simulation, enum simulated_order order)
{
	struct simulated *list = xcalloc(1, sizeof(*list));
	struct db *db = simulation->core.db;
	switch (order) {
	case SIMULATED_BY_TIME:
		list->query = db_query(db, NOTICES "id");
		break;
	case SIMULATED_BY_IDENTITY:
		list->query =
		    db_query(db, NOTICES "subject, rule, key, anchor, occurrence, step, repetition,"
					 " role, coalesce(person, ' '), cc, at, id");
		break;
	}
	db_bind_int(list->query, 1, simulation->first_notice);
	return list;
}

bool simulated_next(struct simulated *list, struct simulated_notice *ret)
{
	struct query *q = list->query;
	if (!db_next(q))
		return false;
	*ret = (struct simulated_notice){ .at = db_int(q, 0),
					  .subject = db_text(q, 1),
					  .rule = db_text(q, 2),
					  .key = db_text(q, 3),
					  .anchor = db_text(q, 4),
					  .step = db_text(q, 5),
					  .due = db_text(q, 6),
					  .person = db_text(q, 7),
					  .role = db_text(q, 8),
					  .state = db_text(q, 9),
					  .reason = db_text(q, 10),
					  .occurrence = db_int(q, 11),
					  .repetition = db_int(q, 12),
					  .copy = db_int(q, 13) != 0 };
	return true;
}

void simulated_close(struct simulated *list)
{
	if (list == NULL)
		return;
	db_done(list->query);
	free(list);
}
