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

#include "daemon/plan/due.h"
#include "daemon/plan/planner.h"
#include "daemon/store/event.h"
#include "daemon/store/schema.h"

struct world {
	char folder[64], path[96];
	struct office *office;
	struct core core;
	struct planner *planner;
	struct arena *arena;
};

static date on(const char *text)
{
	date day;
	assert_int_equal(date_parse(text, &day), 0);
	return day;
}

static int64_t number_of(struct world *world, const char *literal_sql)
{
	struct query *q = db_query(world->core.db, literal_sql);
	int64_t number = db_next(q) ? db_int(q, 0) : -1;
	db_done(q);
	return number;
}

static void settle(struct world *world)
{
	do {
		while (planner_work(world->planner))
			assert_int_equal(turn_end(world->core.turn), 0);
		assert_int_equal(turn_end(world->core.turn), 0);
	} while (planner_is_behind(world->planner) || planner_has_due(world->planner));
}

/* The clock jumps there; nothing happened on the way. */
static void jump_to(struct world *world, const char *time)
{
	civil at;
	assert_int_equal(civil_parse(time, &at), 0);
	assert_int_equal(
	    clock_set_virtual(world->core.clock, clock_from_civil(world->core.clock, at)), 0);
	settle(world);
}

struct said {
	const char *field, *text;
};

static int64_t record(struct world *world, const char *kind, const char *subject,
		      const struct said said[6])
{
	struct value values[16] = { { VALUE_NULL, 0, NULL } };
	civil now = clock_now_civil(world->core.clock);
	struct event event = { .kind = chain_kind(world->office->chain, kind),
			       .subject = subject,
			       .key = "",
			       .at = { civil_date(now), civil_second(now) },
			       .recorded = now,
			       .actor = "test",
			       .values = values };
	assert_non_null(event.kind);
	for (; said != NULL && said->field != NULL; said++) {
		int place = kind_field(event.kind, said->field);
		assert_true(place >= 0);
		values[place] = event.kind->fields[place].type == FIELD_DATE
				    ? (struct value){ VALUE_DATE, on(said->text), NULL }
				    : (struct value){ VALUE_TEXT, 0, said->text };
	}
	assert_int_equal(turn_begin(world->core.turn), 0);
	event.id = store_event_add(&world->core, &event);
	planner_note_event(world->planner, &event);
	settle(world);
	return event.id;
}

static void take_back(struct world *world, int64_t id)
{
	assert_int_equal(turn_begin(world->core.turn), 0);
	struct event *voided = store_event_load(&world->core, id, world->arena);
	store_event_void(&world->core, id, id);
	planner_note_void(world->planner, voided);
	settle(world);
}

static int64_t put_off(struct world *world, const char *kind, const char *role, const char *until)
{
	return record(world, kind, "K-1",
		      (const struct said[6]){ { "rule", "plan-review" },
					      { "until", until },
					      { "reason", "text" },
					      { "role", role },
					      { "by", "anna" },
					      { NULL, NULL } });
}

static void assign(struct world *world, const char *role, const char *staff)
{
	record(world, "role.assigned", "norr",
	       (const struct said[6]){ { "role", role }, { "staff", staff }, { NULL, NULL } });
}

static void cast(struct world *world)
{
	static const char *const staff[] = { "anna", "bo", "ulla" };
	for (size_t i = 0; i < 3; i++)
		record(world, "staff.joined", staff[i],
		       (const struct said[6]){
			   { "name", staff[i] }, { "email", "a@example.org" }, { NULL, NULL } });
	record(world, "programme.started", "norr",
	       (const struct said[6]){ { "title", "Norr" }, { NULL, NULL } });
	assign(world, "social_worker", "anna");
	assign(world, "support_worker", "bo");
	assign(world, "unit_manager", "ulla");
	record(world, "case.opened", "K-1",
	       (const struct said[6]){ { "programme", "norr" }, { NULL, NULL } });
	record(world, "plan.adopted", "K-1", NULL);
}

/* The plan review of K-1: soon on 24 March 2026, today on 7 April, late from 14 April. */
static int set_up(void **state)
{
	struct problems problems = PROBLEMS_NONE;
	struct world *world = xcalloc(1, sizeof(*world));
	world->arena = arena_new();
	world->office = office_load("conf", &problems);
	assert_non_null(world->office);
	snprintf(world->folder, sizeof(world->folder), "/tmp/kedja-put-off.XXXXXX");
	assert_non_null(mkdtemp(world->folder));
	snprintf(world->path, sizeof(world->path), "%s/kedja.db", world->folder);
	world->core.office = world->office;
	world->core.db = db_open(world->path, schema_migrations, schema_count, &problems);
	assert_non_null(world->core.db);
	world->core.clock = clock_new("Europe/Stockholm");
	world->core.turn = turn_new(world->core.db);
	world->planner = planner_new(&world->core, due_fire, &world->core);
	jump_to(world, "2026-01-07T07:00:00");
	cast(world);
	*state = world;
	return 0;
}

static int tear_down(void **state)
{
	static const char *const ends[] = { "", "-wal", "-shm" };
	struct world *world = *state;
	planner_free(world->planner);
	turn_free(world->core.turn);
	db_close(world->core.db);
	clock_free(world->core.clock);
	office_free(world->office);
	arena_free(world->arena);
	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		char *file = xasprintf("%s%s", world->path, ends[i]);
		(void)unlink(file);
		free(file);
	}
	assert_int_equal(rmdir(world->folder), 0);
	free(world);
	return 0;
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
	settle(world);
}

#define SOON "soon social_worker anna sent; soon support_worker bo sent; "

static void a_stop_over_the_day(void **state)
{
	struct world *world = *state;
	jump_to(world, "2026-03-24T08:00:00");
	send(world);
	put_off(world, "deadline.acknowledged", "social_worker", "2026-03-30");
	jump_to(world, "2026-04-15T10:00:00"); /* nobody was here on the day, nor for two steps */
	assert_string_equal(notices(world), SOON "today support_worker bo queued; "
						 "late social_worker anna queued; "
						 "late unit_manager ulla queued; ");
	jump_to(world, "2026-04-15T12:00:00");
	rebuild(world);
	assert_int_equal(number_of(world, "SELECT count(*) FROM notice WHERE back IS NOT NULL"), 0);
}

static void a_stop_over_the_day_by_night(void **state)
{
	struct world *world = *state;
	jump_to(world, "2026-03-24T08:00:00");
	send(world);
	put_off(world, "deadline.acknowledged", "social_worker", "2026-03-26");
	jump_to(world, "2026-03-26T22:00:00");
	assert_string_equal(notices(world), SOON);
	jump_to(world, "2026-03-27T08:00:00");
	assert_string_equal(notices(world), SOON "soon social_worker anna queued; ");
}

static void held_back_over_a_stop(void **state)
{
	struct world *world = *state;
	jump_to(world, "2026-03-24T08:00:00");
	send(world);
	put_off(world, "deadline.snoozed", "social_worker", "2026-04-09");
	jump_to(world, "2026-04-07T08:00:00");
	jump_to(world, "2026-04-10T10:00:00");
	const char *after =
	    SOON "today social_worker - put_off; today support_worker - put_off; "
		 "today social_worker anna queued; today support_worker bo queued; ";
	assert_string_equal(notices(world), after);
	rebuild(world);
	assert_int_equal(turn_begin(world->core.turn), 0);
	planner_note_rules(world->planner);
	settle(world);
	assert_string_equal(notices(world), after);
	assert_int_equal(turn_begin(world->core.turn), 0);
	assert_false(planner_differs(world->planner, "K-1"));
	assert_int_equal(turn_end(world->core.turn), 0);
}

/* A role stays a role until the day: whoever holds it then is told. */
static void another_holder_on_the_day(void **state)
{
	struct world *world = *state;
	jump_to(world, "2026-03-24T08:00:00");
	send(world);
	put_off(world, "deadline.snoozed", "social_worker", "2026-04-09");
	jump_to(world, "2026-04-07T08:00:00");
	record(world, "role.released", "norr",
	       (const struct said[6]){
		   { "role", "social_worker" }, { "staff", "anna" }, { NULL, NULL } });
	assign(world, "social_worker", "ulla");
	jump_to(world, "2026-04-09T08:00:00");
	assert_string_equal(notices(world), SOON
			    "today social_worker - put_off; today support_worker - put_off; "
			    "today social_worker ulla queued; today support_worker bo queued; ");
}

static void nobody_holds_it_on_the_day(void **state)
{
	struct world *world = *state;
	jump_to(world, "2026-03-24T08:00:00");
	send(world);
	put_off(world, "deadline.acknowledged", "social_worker", "2026-03-30");
	record(world, "role.released", "norr",
	       (const struct said[6]){
		   { "role", "social_worker" }, { "staff", "anna" }, { NULL, NULL } });
	jump_to(world, "2026-03-30T08:00:00");
	assert_string_equal(notices(world), SOON "soon social_worker - unreachable; "
						 "soon social_worker ulla queued; ");
}

/* What waits for its letter when somebody puts it off waits on; so does what is held as a flood. */
static void what_waits_for_its_letter(void **state)
{
	struct world *world = *state;
	jump_to(world, "2026-04-14T08:00:00");
	assert_string_equal(notices(world), "today support_worker bo queued; "
					    "late social_worker anna queued; "
					    "late unit_manager ulla queued; ");
	int64_t id = put_off(world, "deadline.snoozed", "social_worker", "2026-04-20");
	const char *held = "today support_worker bo put_off; late social_worker anna put_off; "
			   "late unit_manager ulla queued; ";
	assert_string_equal(notices(world), held);
	take_back(world, id);
	assert_string_equal(notices(world), arena_printf(world->arena, "%s%s", held,
							 "today support_worker bo queued; "
							 "late social_worker anna queued; "));
	send(world);
	put_off(world, "deadline.snoozed", "social_worker", "2026-04-20");
	assert_int_equal(number_of(world, "SELECT count(*) FROM notice WHERE state = 'sent'"
					  " AND rule = 'plan-review'"),
			 3);
	assert_int_equal(number_of(world, "SELECT count(*) FROM notice WHERE state = 'put_off'"
					  " AND released IS NULL"),
			 0);
}

/* What went last to the role itself, though others have been told of more since. */
static void the_last_one_of_the_own_role(void **state)
{
	struct world *world = *state;
	jump_to(world, "2026-03-24T08:00:00");
	send(world);
	jump_to(world, "2026-04-14T08:00:00");
	send(world);
	put_off(world, "deadline.acknowledged", "support_worker", "2026-04-17");
	jump_to(world, "2026-04-17T08:00:00");
	assert_string_equal(notices(world), SOON "today support_worker bo sent; "
						 "late social_worker anna sent; "
						 "late unit_manager ulla sent; "
						 "today support_worker bo queued; ");
}

/* The first letter is still on its way on the day: it goes again all the same. */
static void the_first_letter_is_still_on_its_way(void **state)
{
	struct world *world = *state;
	jump_to(world, "2026-03-24T08:00:00");
	assert_int_equal(turn_begin(world->core.turn), 0);
	db_run(db_query(world->core.db,
			"INSERT INTO message (id, person, name, address, language, subject,"
			" message_id, created_at, state, attempts)"
			" VALUES (1, 'anna', 'anna', 'a', 'sv', 's', 'm', 0, 'deferred', 1)"));
	db_run(db_query(world->core.db, "UPDATE notice SET message = 1"));
	put_off(world, "deadline.acknowledged", "social_worker", "2026-03-30");
	jump_to(world, "2026-03-30T08:00:00");
	assert_string_equal(notices(world),
			    "soon social_worker anna queued; soon support_worker bo queued; "
			    "soon social_worker anna queued; ");
}

/* It comes back once for each role and day, whatever is voided and recorded again. */
static void once_for_each_day(void **state)
{
	struct world *world = *state;
	jump_to(world, "2026-03-24T08:00:00");
	send(world);
	int64_t id = put_off(world, "deadline.acknowledged", "social_worker", "2026-03-30");
	take_back(world, id);
	put_off(world, "deadline.acknowledged", "social_worker", "2026-03-30");
	jump_to(world, "2026-03-30T08:00:00");
	const char *after = SOON "soon social_worker anna queued; ";
	assert_string_equal(notices(world), after);
	rebuild(world);
	assert_string_equal(notices(world), after);
	jump_to(world, "2026-03-31T09:00:00");
	rebuild(world);
	assert_string_equal(notices(world), after);
	assert_int_equal(number_of(world, "SELECT count(*) FROM firing WHERE step LIKE '@%'"), 1);
}

static void until_a_day_on_which_a_further_step_goes(void **state)
{
	struct world *world = *state;
	jump_to(world, "2026-03-24T08:00:00");
	send(world);
	put_off(world, "deadline.acknowledged", "social_worker", "2026-04-14");
	jump_to(world, "2026-04-07T08:00:00");
	jump_to(world, "2026-04-14T08:00:00");
	assert_string_equal(notices(world),
			    SOON "today social_worker - put_off; today support_worker - put_off; "
				 "late social_worker anna queued; late unit_manager ulla queued; "
				 "today support_worker bo queued; ");
	assert_int_equal(number_of(world, "SELECT count(*) FROM notice WHERE state = 'put_off'"
					  " AND released IS NULL"),
			 0);
}

static void acknowledged_and_something_held_back(void **state)
{
	struct world *world = *state;
	jump_to(world, "2026-03-24T08:00:00");
	send(world);
	put_off(world, "deadline.acknowledged", "social_worker", "2026-04-09");
	jump_to(world, "2026-04-07T08:00:00");
	jump_to(world, "2026-04-09T08:00:00");
	assert_string_equal(notices(world), SOON
			    "today social_worker - put_off; today support_worker - put_off; "
			    "today social_worker anna queued; today support_worker bo queued; ");
}

/* Of several who hold a step back the notice names the one who does for the longest. */
static void the_longest_is_named(void **state)
{
	struct world *world = *state;
	jump_to(world, "2026-03-24T08:00:00");
	send(world);
	put_off(world, "deadline.snoozed", "support_worker", "2026-04-09");
	int64_t longest = put_off(world, "deadline.snoozed", "unit_manager", "2026-04-20");
	put_off(world, "deadline.snoozed", "social_worker", "2026-04-15");
	jump_to(world, "2026-04-07T08:00:00");
	assert_int_equal(number_of(world, "SELECT count(*) FROM notice WHERE state = 'put_off'"),
			 2);
	assert_int_equal(
	    number_of(world, "SELECT min(put_off_event) FROM notice WHERE state = 'put_off'"),
	    longest);
	assert_int_equal(
	    number_of(world, "SELECT max(put_off_event) FROM notice WHERE state = 'put_off'"),
	    longest);
	assert_int_equal(number_of(world, "SELECT date(next_at, 'unixepoch') = '2026-04-20'"
					  " FROM deadline WHERE rule = 'plan-review'"),
			 1);
}

/* The row says who is told next, and the subject wakes for all of it. */
static void what_comes_next(void **state)
{
	struct world *world = *state;
	jump_to(world, "2026-03-24T08:00:00");
	send(world);
	put_off(world, "deadline.snoozed", "social_worker", "2026-04-17");
	assert_int_equal(number_of(world,
				   "SELECT next_step = 'late' AND date(next_at, 'unixepoch')"
				   " = '2026-04-14' FROM deadline WHERE rule = 'plan-review'"),
			 1);
	assert_int_equal(number_of(world, "SELECT date(wake_at, 'unixepoch') <= '2026-04-07'"
					  " FROM subject WHERE id = 'K-1'"),
			 1);
	jump_to(world, "2026-04-14T08:00:00");
	assert_int_equal(number_of(world, "SELECT date(next_at, 'unixepoch') = '2026-04-17'"
					  " FROM deadline WHERE rule = 'plan-review'"),
			 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_stop_over_the_day, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_stop_over_the_day_by_night, set_up, tear_down),
		cmocka_unit_test_setup_teardown(held_back_over_a_stop, set_up, tear_down),
		cmocka_unit_test_setup_teardown(another_holder_on_the_day, set_up, tear_down),
		cmocka_unit_test_setup_teardown(nobody_holds_it_on_the_day, set_up, tear_down),
		cmocka_unit_test_setup_teardown(what_waits_for_its_letter, set_up, tear_down),
		cmocka_unit_test_setup_teardown(the_first_letter_is_still_on_its_way, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(the_last_one_of_the_own_role, set_up, tear_down),
		cmocka_unit_test_setup_teardown(once_for_each_day, set_up, tear_down),
		cmocka_unit_test_setup_teardown(until_a_day_on_which_a_further_step_goes, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(acknowledged_and_something_held_back, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(the_longest_is_named, set_up, tear_down),
		cmocka_unit_test_setup_teardown(what_comes_next, set_up, tear_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
