/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * What is put off, as the daemon keeps it: jumps of the clock over the day, rules that are read
 * again, rows derived anew, reminders that wait for their letter, roles that change hands. Each
 * test has a file and a clock of its own.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests/unit/world.h"

static int64_t put_off(struct world *world, const char *kind, const char *role, const char *until)
{
	return world_record(world, kind, "K-1",
			    (const struct world_said[6]){ { "rule", "plan-review" },
							  { "until", until },
							  { "reason", "text" },
							  { "role", role },
							  { "by", "anna" },
							  { NULL, NULL } });
}

/* "soon social_worker anna queued; ..." of the plan review, without what is overtaken. */
static const char *notices(struct world *world)
{
	const char *list = "";
	struct query *q = db_query(world->core.db,
				   "SELECT step || CASE WHEN repetition > 1 THEN '.' || repetition"
				   "  ELSE '' END, role, coalesce(person, '-'), state FROM notice"
				   " WHERE rule = 'plan-review' AND state <> 'overtaken'"
				   " ORDER BY id");
	while (db_next(q))
		list = arena_printf(world->arena, "%s%s %s %s %s; ", list, db_text(q, 0),
				    db_text(q, 1), db_text(q, 2), db_text(q, 3));
	db_done(q);
	return list;
}

/* Letters of what waits go out. */
static void send(struct world *world)
{
	assert_int_equal(turn_begin(world->core.turn), 0);
	db_run(db_query(world->core.db, "UPDATE notice SET state = 'sent' WHERE state = 'queued'"));
	assert_int_equal(turn_end(world->core.turn), 0);
}

static void rebuild(struct world *world)
{
	assert_int_equal(turn_begin(world->core.turn), 0);
	planner_rebuild(world->planner);
	world_settle(world);
}

#define SOON "soon social_worker anna sent; soon support_worker bo sent; "

static void a_stop_over_the_day(void **state)
{
	struct world *world = *state;
	world_jump(world, "2026-03-24T08:00:00");
	send(world);
	put_off(world, "deadline.acknowledged", "social_worker", "2026-03-30");
	world_jump(world,
		   "2026-04-15T10:00:00"); /* nobody was here on the day, nor for two steps */
	assert_string_equal(notices(world), SOON "today support_worker bo queued; "
						 "late social_worker anna queued; "
						 "late unit_manager ulla queued; ");
	world_jump(world, "2026-04-15T12:00:00");
	rebuild(world);
	assert_int_equal(world_number(world, "SELECT count(*) FROM notice WHERE back IS NOT NULL"),
			 0);
}

static void a_stop_over_the_day_by_night(void **state)
{
	struct world *world = *state;
	world_jump(world, "2026-03-24T08:00:00");
	send(world);
	put_off(world, "deadline.acknowledged", "social_worker", "2026-03-26");
	world_jump(world, "2026-03-26T22:00:00");
	assert_string_equal(notices(world), SOON);
	world_jump(world, "2026-03-27T08:00:00");
	assert_string_equal(notices(world), SOON "soon social_worker anna queued; ");
}

static void held_back_over_a_stop(void **state)
{
	struct world *world = *state;
	world_jump(world, "2026-03-24T08:00:00");
	send(world);
	put_off(world, "deadline.snoozed", "social_worker", "2026-04-09");
	world_jump(world, "2026-04-07T08:00:00");
	world_jump(world, "2026-04-10T10:00:00");
	const char *after =
	    SOON "today social_worker - put_off; today support_worker - put_off; "
		 "today social_worker anna queued; today support_worker bo queued; ";
	assert_string_equal(notices(world), after);
	rebuild(world);
	assert_int_equal(turn_begin(world->core.turn), 0);
	planner_note_rules(world->planner);
	world_settle(world);
	assert_string_equal(notices(world), after);
	assert_int_equal(turn_begin(world->core.turn), 0);
	assert_false(planner_differs(world->planner, "K-1"));
	assert_int_equal(turn_end(world->core.turn), 0);
}

/* A role stays a role until the day: whoever holds it then is told. */
static void another_holder_on_the_day(void **state)
{
	struct world *world = *state;
	world_jump(world, "2026-03-24T08:00:00");
	send(world);
	put_off(world, "deadline.snoozed", "social_worker", "2026-04-09");
	world_jump(world, "2026-04-07T08:00:00");
	world_record(world, "role.released", "norr",
		     (const struct world_said[6]){
			 { "role", "social_worker" }, { "staff", "anna" }, { NULL, NULL } });
	world_assign(world, "social_worker", "ulla");
	world_jump(world, "2026-04-09T08:00:00");
	assert_string_equal(notices(world), SOON
			    "today social_worker - put_off; today support_worker - put_off; "
			    "today social_worker ulla queued; today support_worker bo queued; ");
}

static void nobody_holds_it_on_the_day(void **state)
{
	struct world *world = *state;
	world_jump(world, "2026-03-24T08:00:00");
	send(world);
	put_off(world, "deadline.acknowledged", "social_worker", "2026-03-30");
	world_record(world, "role.released", "norr",
		     (const struct world_said[6]){
			 { "role", "social_worker" }, { "staff", "anna" }, { NULL, NULL } });
	world_jump(world, "2026-03-30T08:00:00");
	assert_string_equal(notices(world), SOON "soon social_worker - unreachable; "
						 "soon social_worker ulla queued; ");
}

/* What waits for its letter when somebody puts it off waits on; so does what is held as a flood. */
static void what_waits_for_its_letter(void **state)
{
	struct world *world = *state;
	world_jump(world, "2026-04-14T08:00:00");
	assert_string_equal(notices(world), "today support_worker bo queued; "
					    "late social_worker anna queued; "
					    "late unit_manager ulla queued; ");
	int64_t id = put_off(world, "deadline.snoozed", "social_worker", "2026-04-20");
	const char *held = "today support_worker bo put_off; late social_worker anna put_off; "
			   "late unit_manager ulla queued; ";
	assert_string_equal(notices(world), held);
	world_take_back(world, id);
	assert_string_equal(notices(world), arena_printf(world->arena, "%s%s", held,
							 "today support_worker bo queued; "
							 "late social_worker anna queued; "));
	send(world);
	put_off(world, "deadline.snoozed", "social_worker", "2026-04-20");
	assert_int_equal(world_number(world, "SELECT count(*) FROM notice WHERE state = 'sent'"
					     " AND rule = 'plan-review'"),
			 3);
	assert_int_equal(world_number(world, "SELECT count(*) FROM notice WHERE state = 'put_off'"
					     " AND released IS NULL"),
			 0);
}

/* What went last to the role itself, though others have been told of more since. */
static void the_last_one_of_the_own_role(void **state)
{
	struct world *world = *state;
	world_jump(world, "2026-03-24T08:00:00");
	send(world);
	world_jump(world, "2026-04-14T08:00:00");
	send(world);
	put_off(world, "deadline.acknowledged", "support_worker", "2026-04-17");
	world_jump(world, "2026-04-17T08:00:00");
	assert_string_equal(notices(world), SOON "today support_worker bo sent; "
						 "late social_worker anna sent; "
						 "late unit_manager ulla sent; "
						 "today support_worker bo queued; ");
}

/* The first letter is still on its way on the day: it goes again all the same. */
static void the_first_letter_is_still_on_its_way(void **state)
{
	struct world *world = *state;
	world_jump(world, "2026-03-24T08:00:00");
	assert_int_equal(turn_begin(world->core.turn), 0);
	db_run(db_query(world->core.db,
			"INSERT INTO message (id, person, name, address, language, subject,"
			" message_id, created_at, state, attempts)"
			" VALUES (1, 'anna', 'anna', 'a', 'sv', 's', 'm', 0, 'deferred', 1)"));
	db_run(db_query(world->core.db, "UPDATE notice SET message = 1"));
	put_off(world, "deadline.acknowledged", "social_worker", "2026-03-30");
	world_jump(world, "2026-03-30T08:00:00");
	assert_string_equal(notices(world),
			    "soon social_worker anna queued; soon support_worker bo queued; "
			    "soon social_worker anna queued; ");
}

/* It comes back once for each role and day, whatever is voided and recorded again. */
static void once_for_each_day(void **state)
{
	struct world *world = *state;
	world_jump(world, "2026-03-24T08:00:00");
	send(world);
	int64_t id = put_off(world, "deadline.acknowledged", "social_worker", "2026-03-30");
	world_take_back(world, id);
	put_off(world, "deadline.acknowledged", "social_worker", "2026-03-30");
	world_jump(world, "2026-03-30T08:00:00");
	const char *after = SOON "soon social_worker anna queued; ";
	assert_string_equal(notices(world), after);
	rebuild(world);
	assert_string_equal(notices(world), after);
	world_jump(world, "2026-03-31T09:00:00");
	rebuild(world);
	assert_string_equal(notices(world), after);
	assert_int_equal(world_number(world, "SELECT count(*) FROM firing WHERE step LIKE '@%'"),
			 1);
}

static void until_a_day_on_which_a_further_step_goes(void **state)
{
	struct world *world = *state;
	world_jump(world, "2026-03-24T08:00:00");
	send(world);
	put_off(world, "deadline.acknowledged", "social_worker", "2026-04-14");
	world_jump(world, "2026-04-07T08:00:00");
	world_jump(world, "2026-04-14T08:00:00");
	assert_string_equal(notices(world),
			    SOON "today social_worker - put_off; today support_worker - put_off; "
				 "late social_worker anna queued; late unit_manager ulla queued; "
				 "today support_worker bo queued; ");
	assert_int_equal(world_number(world, "SELECT count(*) FROM notice WHERE state = 'put_off'"
					     " AND released IS NULL"),
			 0);
}

static void acknowledged_and_something_held_back(void **state)
{
	struct world *world = *state;
	world_jump(world, "2026-03-24T08:00:00");
	send(world);
	put_off(world, "deadline.acknowledged", "social_worker", "2026-04-09");
	world_jump(world, "2026-04-07T08:00:00");
	world_jump(world, "2026-04-09T08:00:00");
	assert_string_equal(notices(world), SOON
			    "today social_worker - put_off; today support_worker - put_off; "
			    "today social_worker anna queued; today support_worker bo queued; ");
}

/* Of several who hold a step back the notice names the one who does for the longest. */
static void the_longest_is_named(void **state)
{
	struct world *world = *state;
	world_jump(world, "2026-03-24T08:00:00");
	send(world);
	put_off(world, "deadline.snoozed", "support_worker", "2026-04-09");
	int64_t longest = put_off(world, "deadline.snoozed", "unit_manager", "2026-04-20");
	put_off(world, "deadline.snoozed", "social_worker", "2026-04-15");
	world_jump(world, "2026-04-07T08:00:00");
	assert_int_equal(world_number(world, "SELECT count(*) FROM notice WHERE state = 'put_off'"),
			 2);
	assert_int_equal(
	    world_number(world, "SELECT min(put_off_event) FROM notice WHERE state = 'put_off'"),
	    longest);
	assert_int_equal(
	    world_number(world, "SELECT max(put_off_event) FROM notice WHERE state = 'put_off'"),
	    longest);
	assert_int_equal(world_number(world, "SELECT date(next_at, 'unixepoch') = '2026-04-20'"
					     " FROM deadline WHERE rule = 'plan-review'"),
			 1);
}

/* The row says who is told next, and the subject wakes for all of it. */
static void what_comes_next(void **state)
{
	struct world *world = *state;
	world_jump(world, "2026-03-24T08:00:00");
	send(world);
	put_off(world, "deadline.snoozed", "social_worker", "2026-04-17");
	assert_int_equal(world_number(world,
				      "SELECT next_step = 'late' AND date(next_at, 'unixepoch')"
				      " = '2026-04-14' FROM deadline WHERE rule = 'plan-review'"),
			 1);
	assert_int_equal(world_number(world, "SELECT date(wake_at, 'unixepoch') <= '2026-04-07'"
					     " FROM subject WHERE id = 'K-1'"),
			 1);
	world_jump(world, "2026-04-14T08:00:00");
	assert_int_equal(world_number(world, "SELECT date(next_at, 'unixepoch') = '2026-04-17'"
					     " FROM deadline WHERE rule = 'plan-review'"),
			 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_stop_over_the_day, world_set_up, world_tear_down),
		cmocka_unit_test_setup_teardown(a_stop_over_the_day_by_night, world_set_up,
						world_tear_down),
		cmocka_unit_test_setup_teardown(held_back_over_a_stop, world_set_up,
						world_tear_down),
		cmocka_unit_test_setup_teardown(another_holder_on_the_day, world_set_up,
						world_tear_down),
		cmocka_unit_test_setup_teardown(nobody_holds_it_on_the_day, world_set_up,
						world_tear_down),
		cmocka_unit_test_setup_teardown(what_waits_for_its_letter, world_set_up,
						world_tear_down),
		cmocka_unit_test_setup_teardown(the_first_letter_is_still_on_its_way, world_set_up,
						world_tear_down),
		cmocka_unit_test_setup_teardown(the_last_one_of_the_own_role, world_set_up,
						world_tear_down),
		cmocka_unit_test_setup_teardown(once_for_each_day, world_set_up, world_tear_down),
		cmocka_unit_test_setup_teardown(until_a_day_on_which_a_further_step_goes,
						world_set_up, world_tear_down),
		cmocka_unit_test_setup_teardown(acknowledged_and_something_held_back, world_set_up,
						world_tear_down),
		cmocka_unit_test_setup_teardown(the_longest_is_named, world_set_up,
						world_tear_down),
		cmocka_unit_test_setup_teardown(what_comes_next, world_set_up, world_tear_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
