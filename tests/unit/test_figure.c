/* SPDX-License-Identifier: EUPL-1.2 */
/* Figures that are kept: they go with their rows, back with a rollback, and a wrong one is found.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/figures.h"
#include "tests/unit/world.h"

static void change(struct world *world, const char *literal_sql)
{
	assert_int_equal(db_begin(world->core.db), 0);
	db_run(db_query(world->core.db, literal_sql));
	assert_int_equal(db_commit(world->core.db), 0);
}

static int64_t of(struct world *world, const char *name, const char *of)
{
	return figure_of(world->core.db, name, of);
}

static void they_go_with_their_rows(void **state)
{
	struct world *world = *state;
	assert_int_equal(of(world, "subjects", "case"), 1);
	assert_int_equal(of(world, "subjects", "programme"), 1);
	assert_int_equal(of(world, "staff", ""), 3);
	assert_int_equal(of(world, "behind", ""), 0);
	assert_int_equal(of(world, "deadline.open", "plan-review"), 1);
	assert_int_equal(figure_all(world->core.db, "events"),
			 world_number(world, "SELECT count(*) FROM event"));
	int64_t open = figure_all(world->core.db, "deadline.open");
	assert_int_equal(open,
			 world_number(world, "SELECT count(*) FROM deadline WHERE state = 'open'"));
	assert_int_equal(figure_before(world->core.db, "due", world_day("2026-01-08")), 0);
	world_jump(world, "2026-04-08T12:00:00");
	assert_int_equal(figure_before(world->core.db, "due", world_day("2026-04-08")),
			 world_number(world, "SELECT count(*) FROM deadline WHERE state = 'open'"
					     " AND due < '2026-04-08'"));
	assert_true(of(world, "notice.queued", "") > 1);
	int64_t review = world_record(world, "plan.reviewed", "K-1", NULL);
	assert_int_equal(of(world, "deadline.done", "plan-review"), 1);
	assert_int_equal(figures_wrong(world->core.db), 0);
	world_take_back(world, review);
	assert_int_equal(of(world, "deadline.done", "plan-review"), 0);
}

static void those_taken_back_are_as_before(void **state)
{
	struct world *world = *state;
	struct db *db = world->core.db;
	int64_t events = figure_all(world->core.db, "events"),
		open = figure_all(db, "deadline.open");
	assert_int_equal(db_begin(db), 0);
	db_savepoint(db);
	db_run(db_query(db, "DELETE FROM deadline"));
	db_run(db_query(db, "INSERT INTO event (kind, subject, key, at, recorded_at, actor, data)"
			    " VALUES ('x', 'K-1', '', '2026-01-01', 1, 'x', '{}')"));
	assert_int_equal(figure_all(db, "deadline.open"), 0);
	assert_int_equal(figure_all(world->core.db, "events"), events + 1);
	db_savepoint_rollback(db);
	assert_int_equal(figure_all(db, "deadline.open"), open);
	assert_int_equal(figure_all(world->core.db, "events"), events);
	db_rollback(db);
	assert_int_equal(figures_wrong(db), 0);
}

static void collect(void *arg, const char *text)
{
	char *all = arg;
	snprintf(all + strlen(all), 400 - strlen(all), "%s; ", text);
}

static void wrong_ones_are_named_and_counted_anew(void **state)
{
	struct world *world = *state;
	char text[400] = "";
	change(world, "UPDATE figure SET number = number + 1 WHERE name = 'deadline.open'"
		      " AND of = 'plan-review'");
	change(world, "DELETE FROM figure WHERE name = 'staff'");
	change(world, "INSERT INTO figure (name, of, number) VALUES ('message.sent', '', 7)");
	figure_check(world->core.db, collect, text);
	assert_string_equal(text, "deadline.open of plan-review is 2, and 1 when counted; "
				  "message.sent is 7, and 0 when counted; "
				  "staff is 0, and 3 when counted; ");
	assert_int_equal(db_begin(world->core.db), 0);
	figure_recount(world->core.db);
	assert_int_equal(db_commit(world->core.db), 0);
	assert_int_equal(figures_wrong(world->core.db), 0);
	assert_int_equal(of(world, "staff", ""), 3);
}

/* The figure of what reached nobody follows each of the things that it depends on. */
static void of_notices_that_reached_nobody(void **state)
{
	struct world *world = *state;
	struct db *db = world->core.db;
	world_jump(world, "2026-04-08T12:00:00");
	change(world, "DELETE FROM notice WHERE state = 'unreachable'");
	change(world,
	       "UPDATE notice SET state = 'unreachable' WHERE id = (SELECT min(id) FROM notice"
	       " WHERE rule = 'plan-review' AND step = 'today')");
	assert_int_equal(of(world, "unreached", ""), 1);
	change(world, "UPDATE deadline SET state = 'done', ended_why = 'last step'"
		      " WHERE rule = 'plan-review'");
	assert_int_equal(of(world, "unreached", ""), 0);
	assert_int_equal(figure_after(db, "unreached", world_day("2026-05-07")), 1);
	assert_int_equal(figure_after(db, "unreached", world_day("2026-05-08")), 0);
	change(world, "UPDATE deadline SET ended_why = 'plan.reviewed' WHERE rule = 'plan-review'");
	assert_int_equal(figure_after(db, "unreached", 0), 0);
	change(world, "UPDATE deadline SET state = 'open' WHERE rule = 'plan-review'");
	assert_int_equal(of(world, "unreached", ""), 1);
	change(world, "UPDATE notice SET state = 'queued' WHERE state = 'unreachable'"
		      " AND rule = 'plan-review'");
	assert_int_equal(of(world, "unreached", ""), 0);
	change(world, "UPDATE notice SET state = 'unreachable' WHERE rule = 'plan-review'"
		      " AND step = 'soon'");
	change(world, "DELETE FROM deadline WHERE rule = 'plan-review'");
	assert_int_equal(of(world, "unreached", ""), 0);
	assert_int_equal(figures_wrong(db), 0);
}

static void of_letters_by_why_they_wait(void **state)
{
	struct world *world = *state;
	change(world, "INSERT INTO message (person, name, address, language, subject, message_id,"
		      " created_at, state, attempts, next_attempt)"
		      " VALUES ('a', 'A', 'a@b.se', 'sv', 'x', 'x', 1, 'queued', 0, 1)");
	assert_int_equal(of(world, "message.queued", ""), 1);
	change(world, "UPDATE message SET state = 'deferred', code = 0");
	assert_int_equal(of(world, "letters_unreached", ""), 1);
	change(world, "UPDATE message SET code = 451");
	assert_int_equal(of(world, "letters_unreached", ""), 0);
	assert_int_equal(of(world, "letters_put_off", ""), 1);
	change(world, "UPDATE message SET next_attempt = NULL");
	assert_int_equal(of(world, "letters_put_off", ""), 0);
	assert_int_equal(of(world, "letters_given_up", ""), 1);
	assert_int_equal(figures_wrong(world->core.db), 0);
	change(world, "UPDATE message SET state = 'sent'");
	assert_int_equal(of(world, "letters_given_up", ""), 0);
	assert_int_equal(of(world, "message.sent", ""), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(they_go_with_their_rows, world_set_up,
						world_tear_down),
		cmocka_unit_test_setup_teardown(those_taken_back_are_as_before, world_set_up,
						world_tear_down),
		cmocka_unit_test_setup_teardown(wrong_ones_are_named_and_counted_anew, world_set_up,
						world_tear_down),
		cmocka_unit_test_setup_teardown(of_notices_that_reached_nobody, world_set_up,
						world_tear_down),
		cmocka_unit_test_setup_teardown(of_letters_by_why_they_wait, world_set_up,
						world_tear_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
