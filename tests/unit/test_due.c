/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * What goes off in the daemon: by its own tables, with a clock and a rule of the test's own. Each
 * test has a file of its own.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "daemon/plan/hold.h"
#include "daemon/plan/verdict.h"
#include "daemon/store/notice.h"
#include "tests/unit/story.h"
#include "tests/unit/world.h"

static instant at(struct world *world, const char *time)
{
	civil local;
	assert_int_equal(civil_parse(time, &local), 0);
	return clock_from_civil(world->core.clock, local);
}

/* As the daemon does it, by an event that says so. */
static void take_back(struct world *world, int64_t id)
{
	assert_int_equal(turn_begin(world->core.turn), 0);
	struct value values[2] = { { VALUE_NUMBER, id, NULL }, { VALUE_TEXT, 0, "a slip" } };
	civil now = clock_now_civil(world->core.clock);
	struct event event = { .kind = chain_kind(world->office->chain, "event.voided"),
			       .subject = "K-1",
			       .key = "",
			       .at = { civil_date(now), civil_second(now) },
			       .recorded = now,
			       .actor = "test",
			       .values = values };
	event.id = store_event_add(&world->core, &event);
	struct event *voided = store_event_load(&world->core, id, world->arena);
	store_event_void(&world->core, id, event.id);
	planner_note_void(world->planner, voided);
	planner_note_event(world->planner, &event);
	world_settle(world);
}

/* The case K-1 of norr, its plan adopted on 7 January 2026 at 07:00, with that one rule. */
static void live_by(struct world *world, const char *rule)
{
	char *text = xasprintf("rules = ( { name = \"own\"; title = \"t\"; subject = \"case\";"
			       " starts = [ \"plan.adopted\" ]; done = [ \"plan.reviewed\" ];"
			       " %s } );",
			       rule);
	struct source source = { "own.conf", text, strlen(text) };
	assert_int_equal(turn_begin(world->core.turn), 0);
	planner_note_rules(world->planner);
	ruleset_free(world->office->ruleset);
	world->office->ruleset =
	    story_load(&source, 1, world->office->chain, world->office->calendar);
	free(text);
	world_settle(world);
}

/* "01-08 08:00 soon queued; ...", of the last so many. */
static const char *notices(struct world *world, int count)
{
	const char *list = "";
	struct query *q =
	    db_query(world->core.db, "SELECT id, at, step || CASE WHEN repetition > 1 THEN"
				     " '.' || repetition ELSE '' END, state FROM notice ORDER BY id"
				     " LIMIT -1 OFFSET max(0, (SELECT count(*) FROM notice) - ?1)");
	db_bind_int(q, 1, count);
	while (db_next(q)) {
		char time[CIVIL_TEXT_SIZE];
		civil_format(clock_to_civil(world->core.clock, db_int(q, 1)), time);
		list = arena_printf(world->arena, "%s%.5s %.5s %s %s; ", list, time + 5, time + 11,
				    db_text(q, 2), db_text(q, 3));
	}
	db_done(q);
	return list;
}

static const char *next_of_row(struct world *world)
{
	struct query *q = db_query(world->core.db, "SELECT next_step, next_at FROM deadline"
						   " WHERE rule = 'own' AND state = 'open'");
	char time[CIVIL_TEXT_SIZE];
	assert_true(db_next(q));
	civil_format(clock_to_civil(world->core.clock, db_int(q, 1)), time);
	const char *text = arena_printf(world->arena, "%s %.16s", db_text(q, 0), time);
	db_done(q);
	return text;
}

/* So many days have been told of, as in a file of two years. */
static void say_daily(struct world *world, int first, int last)
{
	assert_int_equal(turn_begin(world->core.turn), 0);
	struct query *q = db_query(
	    world->core.db,
	    "WITH RECURSIVE n (i) AS (SELECT ?1 UNION ALL SELECT i + 1 FROM n WHERE i < ?2)"
	    " INSERT INTO firing SELECT 'K-1', 'own', '', '2026-01-07', 1, 'daily', i, 1,"
	    " 'x' FROM n");
	db_bind(q, DB_INT(first), DB_INT(last));
	db_run(q);
	assert_int_equal(turn_end(world->core.turn), 0);
}

#define DAILY                                                                                      \
	"due = \"P1D\"; steps = ( { name = \"daily\"; at = \"P0D\"; every = \"P1D\";"              \
	" to = [ \"social_worker\" ]; } );"

/* Day 601 is 31 August 2027, a Tuesday. */
static void a_reminder_a_day_for_years(void **state)
{
	struct world *world = *state;
	live_by(world, DAILY);
	say_daily(world, 1, 600);
	world_jump(world, "2027-08-31T08:00:00");
	assert_string_equal(notices(world, 5), "08-31 08:00 daily.601 queued; ");
	assert_string_equal(next_of_row(world), "daily 2027-09-01T08:00");
	world_jump(world, "2027-09-01T08:00:00");
	assert_string_equal(notices(world, 1), "09-01 08:00 daily.602 queued; ");
}

/* What is not there has not gone off, whatever went after it. */
static void a_reminder_a_day_with_a_gap(void **state)
{
	struct world *world = *state;
	live_by(world, DAILY);
	say_daily(world, 1, 598);
	say_daily(world, 600, 600);
	world_jump(world, "2027-08-31T08:00:00");
	assert_string_equal(notices(world, 5), "08-31 08:00 daily.599 overtaken; "
					       "08-31 08:00 daily.601 queued; ");
}

/* As it stood then: `why` of a day on which the past was shorter. */
static void why_of_a_day_among_them(void **state)
{
	struct world *world = *state;
	live_by(world, DAILY);
	world_jump(world, "2026-01-08T08:00:00");
	world_jump(world, "2026-01-09T08:00:00");
	world_jump(world, "2026-01-12T08:00:00");
	struct verdicts *verdicts =
	    verdicts_read(&world->core, "K-1", at(world, "2026-01-08T12:00:00"));
	assert_int_equal(verdicts->count, 1);
	assert_int_equal(verdicts->list[0].next->repetition, 2);
	assert_true(verdicts->list[0].until == at(world, "2026-01-09T08:00:00"));
	verdicts_free(verdicts);
}

#define TWO                                                                                        \
	"due = \"P5D\"; steps = ( { name = \"soon\"; at = \"-P3D\"; to = [ \"social_worker\" ]; "  \
	"},"                                                                                       \
	" { name = \"today\"; at = \"P0D\"; to = [ \"social_worker\" ]; } );"

/* One that has gone off is not told again, and keeps none of the others back. */
static void one_of_them_has_gone(void **state)
{
	struct world *world = *state;
	live_by(world, TWO);
	assert_int_equal(turn_begin(world->core.turn), 0);
	const struct plan *plan = planner_get(world->planner, "K-1");
	const struct deadline *deadline = plan_live_at(plan, 0);
	const struct step *steps = deadline->rule->steps;
	struct planned_step gone[] = { { .step = &steps[0], .repetition = 1 },
				       { .step = &steps[1], .repetition = 1 } };
	const struct role *role = chain_role(world->office->chain, "social_worker");
	struct told told[] = { { .planned = &gone[0], .role = role, .overtaken = true },
			       { .planned = &gone[1], .role = role } };
	struct telling first = { .gone = gone, .gone_count = 1, .told = told, .told_count = 1 };
	struct telling both = { .gone = gone, .gone_count = 2, .told = told, .told_count = 2 };
	due_fire(&world->core, "K-1", "norr", deadline, &first, world->arena);
	due_fire(&world->core, "K-1", "norr", deadline, &both, world->arena);
	due_fire(&world->core, "K-1", "norr", deadline, &both, world->arena);
	assert_int_equal(turn_end(world->core.turn), 0);
	assert_string_equal(notices(world, 5),
			    "01-07 07:00 soon overtaken; 01-07 07:00 today queued; ");
}

/* The case was closed by mistake; its reminder of the days between goes with the letters. */
static void what_comes_back_when_something_is_taken_back(void **state)
{
	struct world *world = *state;
	live_by(world, TWO);
	int64_t closed = world_record(
	    world, "case.closed", "K-1",
	    (const struct world_said[6]){ { "outcome", "own_lease" }, { NULL, NULL } });
	world_jump(world, "2026-01-12T14:00:00");
	assert_string_equal(notices(world, 5), "");
	take_back(world, closed);
	assert_string_equal(notices(world, 5), "");
	assert_string_equal(next_of_row(world), "today 2026-01-13T08:00");
	world_jump(world, "2026-01-13T08:00:00");
	assert_string_equal(notices(world, 5),
			    "01-13 08:00 soon overtaken; 01-13 08:00 today queued; ");
}

/* Nobody held the role on the day. Whoever has it now, and has seen the matter, hears of it again.
 */
static void told_to_nobody_and_acknowledged(void **state)
{
	struct world *world = *state;
	live_by(world, "due = \"P5D\"; steps = ( { name = \"today\"; at = \"P0D\";"
		       " to = [ \"area_manager\", \"outreach_worker\" ]; } );");
	world_jump(world, "2026-01-12T08:00:00");
	assert_string_equal(notices(world, 5), "01-12 08:00 today unreachable; 01-12 08:00 today "
					       "queued; 01-12 08:00 today unreachable; ");
	world_assign(world, "outreach_worker", "bo");
	world_record(world, "deadline.acknowledged", "K-1",
		     (const struct world_said[6]){ { "rule", "own" },
						   { "until", "2026-01-19" },
						   { "reason", "text" },
						   { "role", "outreach_worker" },
						   { "by", "bo" },
						   { NULL, NULL } });
	world_jump(world, "2026-01-19T08:00:00");
	assert_string_equal(notices(world, 1), "01-19 08:00 today queued; ");
}

/* --- nobody was reached: said for as long as it is so ------------------------------------------
 */

static void role(struct world *world, const char *kind, const char *staff)
{
	(void)world_record(world, kind, "norr",
			   (const struct world_said[6]){
			       { "role", "social_worker" }, { "staff", staff }, { NULL, NULL } });
}

static void nobody_was_reached_until_a_later_step(void **state)
{
	struct world *world = *state;
	live_by(world, "due = \"P60D\"; steps = ("
		       " { name = \"a\"; at = \"-P30D\"; to = [ \"social_worker\" ]; },"
		       " { name = \"b\"; at = \"-P10D\"; to = [ \"social_worker\" ]; },"
		       " { name = \"c\"; at = \"P5D\"; to = [ \"social_worker\" ]; } );");
	role(world, "role.released", "anna");
	world_jump(world, "2026-02-06T08:00:00");
	assert_int_equal(notice_count(&world->core, NOTICE_UNREACHABLE), 1);
	role(world, "role.assigned", "bo");
	assert_int_equal(notice_count(&world->core, NOTICE_UNREACHABLE),
			 1); /* not told of it yet */
	world_jump(world, "2026-02-26T08:00:00");
	assert_int_equal(notice_count(&world->core, NOTICE_UNREACHABLE), 0);
	role(world, "role.released", "bo");
	world_jump(world, "2026-03-16T08:00:00");
	assert_int_equal(notice_count(&world->core, NOTICE_UNREACHABLE), 1);
	(void)world_record(world, "plan.reviewed", "K-1", NULL);
	assert_int_equal(notice_count(&world->core, NOTICE_UNREACHABLE), 0);
}

/* --- an upgrade ------------------------------------------------------------------------------ */

#define OLD_STEPS                                                                                  \
	"due = \"P60D\"; steps = ( { name = \"missed\"; at = \"-P24D\";"                           \
	" to = [ \"support_worker\" ]; }"
#define NEW_STEP(name, at, to) ", { name = \"" name "\"; at = \"" at "\"; to = [ \"" to "\" ]; }"

static void without_a_turn(struct world *world, const char *time)
{
	assert_int_equal(clock_set_virtual(world->core.clock, at(world, time)), 0);
}

#define IN_STATE(step, state)                                                                      \
	"SELECT count(*) FROM notice WHERE step = '" step "' AND state = '" state "'"

/* The older version said all that was due until 10 February; on 16 February the newer one starts.
 */
static void an_upgrade_by_itself_says_nothing(void **state)
{
	struct world *world = *state;
	live_by(world, OLD_STEPS ");");
	world_jump(world, "2026-02-10T10:00:00");
	(void)world_record(world, "visit.made", "K-1", NULL);
	without_a_turn(world, "2026-02-16T10:00:00");
	assert_int_equal(turn_begin(world->core.turn), 0);
	hold_note_upgrade(&world->core);
	live_by(world, OLD_STEPS NEW_STEP("new", "-P50D", "social_worker") ");");
	assert_int_equal(world_number(world, IN_STATE("missed", "queued")), 1);
	assert_int_equal(world_number(world, IN_STATE("new", "held")), 1);
	assert_int_equal(world_number(world, "SELECT count(*) FROM notice_history"), 1);
	/* a week later it is whoever changes the rules */
	without_a_turn(world, "2026-02-23T10:00:01");
	live_by(world, OLD_STEPS NEW_STEP("new", "-P50D", "social_worker")
			   NEW_STEP("newer", "-P45D", "unit_manager") ");");
	assert_int_equal(world_number(world, IN_STATE("newer", "queued")), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_reminder_a_day_for_years, world_set_up,
						world_tear_down),
		cmocka_unit_test_setup_teardown(a_reminder_a_day_with_a_gap, world_set_up,
						world_tear_down),
		cmocka_unit_test_setup_teardown(why_of_a_day_among_them, world_set_up,
						world_tear_down),
		cmocka_unit_test_setup_teardown(one_of_them_has_gone, world_set_up,
						world_tear_down),
		cmocka_unit_test_setup_teardown(what_comes_back_when_something_is_taken_back,
						world_set_up, world_tear_down),
		cmocka_unit_test_setup_teardown(nobody_was_reached_until_a_later_step, world_set_up,
						world_tear_down),
		cmocka_unit_test_setup_teardown(an_upgrade_by_itself_says_nothing, world_set_up,
						world_tear_down),
		cmocka_unit_test_setup_teardown(told_to_nobody_and_acknowledged, world_set_up,
						world_tear_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
