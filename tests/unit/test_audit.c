/* SPDX-License-Identifier: EUPL-1.2 */
/* The audit log: its rows, its chain and what breaks it; and whom a case is shown to. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "daemon/base/log.h"
#include "daemon/store/audit.h"
#include "daemon/store/viewer.h"
#include "tests/unit/world.h"

static struct world *world;
static struct audit *audit;

static int set_up(void **state)
{
	world_set_up(state);
	world = *state;
	audit = audit_new(&world->core);
	return 0;
}

static int tear_down(void **state)
{
	audit_free(audit);
	return world_tear_down(state);
}

static void begin(void)
{
	assert_int_equal(turn_begin(world->core.turn), 0);
}

static void end(void)
{
	assert_int_equal(turn_end(world->core.turn), 0);
}

static void run(const char *literal_sql)
{
	begin();
	assert_true(db_run(db_query(world->core.db, literal_sql)) > 0);
	end();
}

static const struct audit_act eva = { 1005, "eva", "anna", "case.show", AUDIT_DONE };

static void note(const struct audit_act *act, const char *subject)
{
	const char *subjects[] = { subject };
	begin();
	audit_note(audit, act, subjects, subject == NULL ? 0 : 1);
	end();
}

struct faults {
	int count;
	int64_t id;
	const char *what;
};

static void note_fault(void *arg, int64_t id, const char *what)
{
	struct faults *faults = arg;
	faults->count++;
	faults->id = id;
	faults->what = what;
}

static struct audit_checked check(struct faults *ret)
{
	*ret = (struct faults){ .count = 0 };
	return audit_check(world->core.db, 0, 1000, NULL, note_fault, ret);
}

static void three_rows(void)
{
	note(&eva, "K-1");
	note(&eva, "K-2");
	note(&eva, NULL);
}

static void expect_fault(int64_t id, const char *what)
{
	struct faults faults;
	check(&faults);
	assert_int_equal(faults.count, 1);
	assert_int_equal(faults.id, id);
	assert_string_equal(faults.what, what);
}

/* --- rows ----------------------------------------------------------------------------------- */

static void a_row_a_subject(void **state)
{
	(void)state;
	const char *subjects[] = { "K-1", "K-2" };
	begin();
	audit_note(audit, &eva, subjects, 2);
	end();
	assert_int_equal(
	    world_number(world, "SELECT count(*) FROM audit WHERE uid = 1005 AND user = 'eva'"
				" AND staff = 'anna' AND method = 'case.show' AND outcome = 'done'"
				" AND count = 0 AND subject IN ('K-1', 'K-2')"),
	    2);
}

static void a_long_list_is_one_row(void **state)
{
	(void)state;
	begin();
	audit_note_list(audit, &eva, "{\"after\":\"K-500\"}", 1200);
	end();
	assert_int_equal(world_number(world, "SELECT count FROM audit"), 1200);
}

/* A turn that comes to nothing leaves no row, and the chain goes on from the last that is kept. */
static void a_lost_turn_leaves_no_row(void **state)
{
	(void)state;
	struct faults faults;
	note(&eva, "K-1");
	begin();
	audit_note(audit, &eva, (const char *[]){ "K-2" }, 1);
	db_run(db_query(world->core.db, "INSERT INTO meta VALUES (NULL, '')")); /* fails */
	assert_int_equal(turn_end(world->core.turn), -1);
	note(&eva, "K-3");
	assert_int_equal(check(&faults).rows, 2);
	assert_int_equal(faults.count, 0);
}

/* --- the chain ------------------------------------------------------------------------------ */

static void an_untouched_chain_holds(void **state)
{
	(void)state;
	struct faults faults;
	three_rows();
	struct audit_checked checked = check(&faults);
	assert_int_equal(faults.count, 0);
	assert_int_equal(checked.rows, 3);
	assert_int_equal(checked.emptied, 0);
	assert_int_equal(checked.last, 3);
	assert_true(checked.is_end);
}

static void each_thing_that_is_changed_shows(void **state)
{
	static const char *const changes[] = {
		"UPDATE audit SET at = at + 1 WHERE id = 2",
		"UPDATE audit SET uid = 0 WHERE id = 2",
		"UPDATE audit SET method = 'status' WHERE id = 2",
		"UPDATE audit SET outcome = 'denied' WHERE id = 2",
	};
	static const char *const behind[] = {
		"UPDATE audit SET subject = 'K-9' WHERE id = 2",
		"UPDATE audit SET user = 'bo' WHERE id = 2",
		"UPDATE audit SET staff = NULL WHERE id = 2",
		"UPDATE audit SET salt = '00' WHERE id = 2",
	};
	(void)state;
	for (size_t i = 0; i < 4; i++) {
		three_rows();
		run(changes[i]);
		expect_fault(2, "it was changed, or a row before it is gone");
		run("DELETE FROM audit");
		run("UPDATE sqlite_sequence SET seq = 0 WHERE name = 'audit'");
		three_rows();
		run(behind[i]);
		expect_fault(2, "its subject or its person was changed");
		run("DELETE FROM audit");
		run("UPDATE sqlite_sequence SET seq = 0 WHERE name = 'audit'");
	}
}

static void a_row_that_is_gone_shows(void **state)
{
	(void)state;
	three_rows();
	run("DELETE FROM audit WHERE id = 2");
	expect_fault(3, "it was changed, or a row before it is gone");
}

/* The first row has nothing before it, and that is held fast too. */
static void the_first_row_that_is_gone_shows(void **state)
{
	(void)state;
	three_rows();
	run("DELETE FROM audit WHERE id = 1");
	expect_fault(2, "it was changed, or a row before it is gone");
}

/* What was removed for good is counted, and the chain holds. */
static void an_emptied_row_still_verifies(void **state)
{
	(void)state;
	struct faults faults;
	three_rows();
	run("UPDATE audit SET salt = NULL, subject = NULL, user = NULL, staff = NULL WHERE id = 2");
	struct audit_checked checked = check(&faults);
	assert_int_equal(faults.count, 0);
	assert_int_equal(checked.emptied, 1);
}

/* But half of it is not emptied: it is changed. */
static void a_half_emptied_row_does_not(void **state)
{
	(void)state;
	three_rows();
	run("UPDATE audit SET subject = NULL, user = NULL WHERE id = 2");
	expect_fault(2, "its subject or its person was changed");
}

static void pages_go_on_from_each_other(void **state)
{
	(void)state;
	struct faults faults = { .count = 0 };
	three_rows();
	struct audit_checked checked = audit_check(world->core.db, 0, 2, NULL, note_fault, &faults);
	assert_false(checked.is_end);
	assert_int_equal(checked.last, 2);
	checked = audit_check(world->core.db, checked.last, 2, NULL, note_fault, &faults);
	assert_true(checked.is_end);
	assert_int_equal(checked.rows, 1);
	assert_int_equal(faults.count, 0);
}

/* A chain that was cut, or made anew, lacks the hash that was kept elsewhere. */
static void a_head_kept_elsewhere_is_missed(void **state)
{
	(void)state;
	struct faults faults = { .count = 0 };
	char head[AUDIT_HASH_SIZE];
	three_rows();
	assert_int_equal(audit_head(world->core.db, head), 3);
	assert_true(audit_check(world->core.db, 0, 9, head, note_fault, &faults).has_found);
	run("DELETE FROM audit WHERE id = 3");
	assert_false(audit_check(world->core.db, 0, 9, head, note_fault, &faults).has_found);
	assert_int_equal(faults.count, 0);
}

/* --- refusals ------------------------------------------------------------------------------- */

static void refuse(unsigned uid, int times)
{
	const struct audit_act act = { uid, "bo", NULL, "case.show", AUDIT_DENIED };
	for (int i = 0; i < times; i++)
		note(&act, "K-1");
}

static void many_refusals_are_one_row(void **state)
{
	(void)state;
	struct faults faults;
	refuse(7, 110);
	assert_int_equal(world_number(world, "SELECT count(*) FROM audit"), 11);
	assert_int_equal(world_number(world, "SELECT count FROM audit WHERE id = 11"), 100);
	refuse(8, 1); /* somebody else */
	assert_int_equal(world_number(world, "SELECT count(*) FROM audit"), 12);
	refuse(7, 1);
	assert_int_equal(world_number(world, "SELECT count FROM audit WHERE id = 11"), 101);
	check(&faults);
	assert_int_equal(faults.count, 0);
}

static void another_minute_begins_anew(void **state)
{
	(void)state;
	refuse(7, 15);
	world_jump(world, "2026-01-12T09:01:00");
	refuse(7, 1);
	assert_int_equal(world_number(world, "SELECT count(*) FROM audit"), 12);
	note(&eva, "K-1");
	assert_int_equal(world_number(world, "SELECT count(*) FROM audit"), 13);
}

/* --- the last hash in the log ---------------------------------------------------------------- */

static char *logged(void (*act)(void))
{
	static char text[4096];
	int ends[2], kept = dup(STDERR_FILENO);
	assert_int_equal(pipe(ends), 0);
	dup2(ends[1], STDERR_FILENO);
	log_open("test", LOG_LEVEL_NOTICE);
	act();
	dup2(kept, STDERR_FILENO);
	close(kept);
	close(ends[1]);
	ssize_t length = read(ends[0], text, sizeof(text) - 1);
	text[length < 0 ? 0 : length] = '\0';
	close(ends[0]);
	return text;
}

static void note_once(void)
{
	note(&eva, "K-1");
}

static void log_at_end(void)
{
	audit_log_head(audit);
}

static void head_is_logged_daily_and_at_the_end(void **state)
{
	(void)state;
	char head[AUDIT_HASH_SIZE];
	assert_string_equal(logged(note_once), ""); /* there was nothing before it */
	audit_head(world->core.db, head);
	assert_non_null(strstr(logged(note_once), head));
	assert_string_equal(logged(note_once), "");
	audit_head(world->core.db, head);
	world_jump(world, "2026-01-13T09:00:00");
	char *text = logged(note_once);
	assert_non_null(strstr(text, "audit log: row 3, "));
	assert_non_null(strstr(text, head));
	audit_head(world->core.db, head);
	assert_non_null(strstr(logged(log_at_end), head));
}

/* --- who sees what --------------------------------------------------------------------------- */

static const char *p_norr[] = { "norr", NULL }, *p_other[] = { "syd", NULL };

static enum viewer_sight look(enum viewer_scope scope, const char **programmes, bool is_protected,
			      const char *staff, const char *subject)
{
	const struct access_row row = { .role = ACCESS_CLERK,
					.programmes = programmes,
					.sees_protected = is_protected };
	const struct viewer viewer = { scope, world->core.db, &row, world->office->chain, staff };
	enum viewer_sight sight = viewer_look(&viewer, subject);
	viewer_open(&viewer);
	struct query *q = db_query(world->core.db, "SELECT seen(?1)");
	db_bind_text(q, 1, subject);
	assert_int_equal(db_number(q), sight == SIGHT_FREE || sight == SIGHT_NONE);
	viewer_close(world->core.db);
	return sight;
}

static void a_clerk_sees_within_programmes(void **state)
{
	(void)state;
	assert_int_equal(look(VIEWER_BY_ROW, p_norr, false, NULL, "K-1"), SIGHT_FREE);
	assert_int_equal(look(VIEWER_BY_ROW, p_norr, false, NULL, "norr"), SIGHT_FREE);
	assert_int_equal(look(VIEWER_BY_ROW, NULL, false, NULL, "K-1"), SIGHT_FREE);
	assert_int_equal(look(VIEWER_BY_ROW, p_other, false, NULL, "K-1"), SIGHT_CLOSED);
	assert_int_equal(look(VIEWER_BY_ROW, p_other, false, NULL, "norr"), SIGHT_CLOSED);
	assert_int_equal(look(VIEWER_BY_ROW, p_other, false, NULL, "K-77"), SIGHT_NONE);
	assert_int_equal(look(VIEWER_BY_ROW, p_other, false, NULL, "anna"), SIGHT_FREE);
	assert_int_equal(look(VIEWER_NONE, NULL, false, NULL, "K-1"), SIGHT_CLOSED);
	assert_int_equal(look(VIEWER_ALL, NULL, false, NULL, "K-1"), SIGHT_FREE);
}

static void a_protected_case_is_hidden(void **state)
{
	(void)state;
	run("UPDATE subject SET protected = 1 WHERE id = 'K-1'");
	assert_int_equal(look(VIEWER_BY_ROW, NULL, false, NULL, "K-1"), SIGHT_HIDDEN);
	assert_int_equal(look(VIEWER_BY_ROW, NULL, false, "anna", "K-1"), SIGHT_HIDDEN);
	assert_int_equal(look(VIEWER_BY_ROW, NULL, true, NULL, "K-1"), SIGHT_FREE);
	assert_int_equal(look(VIEWER_BY_ROW, p_other, true, NULL, "K-1"), SIGHT_CLOSED);
	assert_int_equal(look(VIEWER_NONE, NULL, false, NULL, "K-1"), SIGHT_HIDDEN);
	assert_int_equal(look(VIEWER_ALL, NULL, false, NULL, "K-1"), SIGHT_FREE);
	/* a role on the programme does not open it, one on the case does */
	run("INSERT INTO role VALUES ('K-1', 'social_worker', 'eva')");
	assert_int_equal(look(VIEWER_BY_ROW, NULL, false, "eva", "K-1"), SIGHT_FREE);
	assert_int_equal(look(VIEWER_BY_ROLES, NULL, false, "eva", "K-1"), SIGHT_FREE);
	run("INSERT OR REPLACE INTO role VALUES ('norr', 'unit_manager', 'chef')");
	assert_int_equal(look(VIEWER_BY_ROLES, NULL, false, "chef", "K-1"), SIGHT_HIDDEN);
}

static void a_front_sees_by_roles(void **state)
{
	(void)state;
	run("INSERT OR REPLACE INTO role VALUES ('norr', 'unit_manager', 'chef'),"
	    " ('norr', 'steering_group', 'grupp'), ('norr', 'social_worker', 'ulf'),"
	    " ('K-1', 'social_worker', 'eva'), ('syd', 'unit_manager', 'syd-chef')");
	assert_int_equal(look(VIEWER_BY_ROLES, NULL, false, "chef", "K-1"), SIGHT_FREE);
	assert_int_equal(look(VIEWER_BY_ROLES, NULL, false, "chef", "norr"), SIGHT_FREE);
	assert_int_equal(look(VIEWER_BY_ROLES, NULL, false, "eva", "K-1"), SIGHT_FREE);
	assert_int_equal(look(VIEWER_BY_ROLES, NULL, false, "eva", "norr"), SIGHT_CLOSED);
	assert_int_equal(look(VIEWER_BY_ROLES, NULL, false, "grupp", "K-1"), SIGHT_CLOSED);
	assert_int_equal(look(VIEWER_BY_ROLES, NULL, false, "ulf", "K-1"), SIGHT_CLOSED);
	assert_int_equal(look(VIEWER_BY_ROLES, NULL, false, "syd-chef", "K-1"), SIGHT_CLOSED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_row_a_subject, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_long_list_is_one_row, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_lost_turn_leaves_no_row, set_up, tear_down),
		cmocka_unit_test_setup_teardown(an_untouched_chain_holds, set_up, tear_down),
		cmocka_unit_test_setup_teardown(each_thing_that_is_changed_shows, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(a_row_that_is_gone_shows, set_up, tear_down),
		cmocka_unit_test_setup_teardown(the_first_row_that_is_gone_shows, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(an_emptied_row_still_verifies, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_half_emptied_row_does_not, set_up, tear_down),
		cmocka_unit_test_setup_teardown(pages_go_on_from_each_other, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_head_kept_elsewhere_is_missed, set_up, tear_down),
		cmocka_unit_test_setup_teardown(many_refusals_are_one_row, set_up, tear_down),
		cmocka_unit_test_setup_teardown(another_minute_begins_anew, set_up, tear_down),
		cmocka_unit_test_setup_teardown(head_is_logged_daily_and_at_the_end, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(a_clerk_sees_within_programmes, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_protected_case_is_hidden, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_front_sees_by_roles, set_up, tear_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
