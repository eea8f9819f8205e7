/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * A notice has one owner: what may become of it, that nothing else can, and that each change leaves
 * a row of history. A file from before there was a history comes up as it was.
 */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "daemon/store/notice.h"
#include "tests/unit/world.h"

#define STATES (NOTICE_SHADOW + 1)

/* How a notice may begin (x), and what it may become. */
static const char *const arrows[STATES + 1][STATES + 2] = {
	/*                begin  held queued sent overt. put off unreach. shadow */
	{ "held", "-", "-", "x", "-", "x", "x", "-", "-" },
	{ "queued", "x", "x", "-", "x", "x", "x", "x", "-" },
	{ "sent", "-", "-", "-", "-", "-", "-", "-", "-" },
	{ "overtaken", "x", "-", "-", "-", "-", "-", "-", "-" },
	{ "put_off", "x", "-", "-", "-", "-", "-", "-", "-" },
	{ "unreachable", "x", "-", "x", "-", "-", "-", "-", "-" },
	{ "shadow", "x", "-", "-", "-", "-", "-", "-", "-" },
};

static bool is_marked(int row, int column)
{
	return strcmp(arrows[row][column], "x") == 0;
}

static void run(struct world *world, const char *literal_sql)
{
	assert_int_equal(turn_begin(world->core.turn), 0);
	db_run(db_query(world->core.db, literal_sql));
	assert_int_equal(turn_end(world->core.turn), 0);
}

static const char *text_of(struct world *world, const char *literal_sql)
{
	struct query *q = db_query(world->core.db, literal_sql);
	const char *text = db_next(q) ? arena_strdup(world->arena, db_text(q, 0)) : NULL;
	db_done(q);
	return text;
}

/* "queued held too many; held queued released" of all, in the order in which it was. */
static const char *history(struct world *world)
{
	return text_of(world, "SELECT coalesce(group_concat(was || ' ' || state || ' ' || reason,"
			      " '; '), '') FROM (SELECT * FROM notice_history ORDER BY rowid)");
}

static bool change(struct world *world, int64_t notice, int was, int state)
{
	assert_int_equal(turn_begin(world->core.turn), 0);
	bool changed =
	    notice_change(&world->core, &(struct notice_change){ .notice = notice,
								 .was = (enum notice_state)was,
								 .state = (enum notice_state)state,
								 .reason = "test" });
	assert_int_equal(turn_end(world->core.turn), 0);
	return changed;
}

/* The first step of the plan review: one notice for Anna, one for Bo. */
static void two_wait(struct world *world)
{
	world_jump(world, "2026-03-24T08:00:00");
	run(world, "DELETE FROM notice WHERE rule <> 'plan-review'");
	assert_string_equal(
	    "anna queued, bo queued",
	    text_of(world, "SELECT group_concat(person || ' ' || state, ', ') FROM notice"));
}

static int64_t notice_of(struct world *world, const char *person)
{
	struct query *q =
	    db_query(world->core.db, "SELECT id FROM notice WHERE person = ?1 ORDER BY id");
	db_bind_text(q, 1, person);
	return db_number(q);
}

/* --- arrows ---------------------------------------------------------------------------------- */

static void states_have_names(void **state)
{
	(void)state;
	enum notice_state found;
	for (int i = 0; i < STATES; i++) {
		assert_string_equal(notice_state_name((enum notice_state)i), arrows[i][0]);
		assert_int_equal(notice_state_parse(arrows[i][0], &found), 0);
		assert_int_equal(found, i);
	}
	assert_int_equal(notice_state_parse("gone", &found), -1);
}

static void set_state(struct world *world, int64_t notice, int state)
{
	assert_int_equal(turn_begin(world->core.turn), 0);
	struct query *q = db_query(world->core.db, "UPDATE notice SET state = ?2 WHERE id = ?1");
	db_bind(q, DB_INT(notice), DB_TEXT(arrows[state][0]));
	db_run(q);
	assert_int_equal(turn_end(world->core.turn), 0);
}

static void aborts(struct world *world, int64_t notice, int was, int state)
{
	assert_int_equal(turn_begin(world->core.turn), 0);
	pid_t child = fork();
	if (child == 0) {
		signal(SIGABRT, SIG_DFL);
		(void)!freopen("/dev/null", "w", stderr);
		(void)!notice_change(&world->core,
				     &(struct notice_change){ .notice = notice,
							      .was = (enum notice_state)was,
							      .state = (enum notice_state)state,
							      .reason = "test" });
		_exit(0);
	}
	int status;
	assert_int_equal(waitpid(child, &status, 0), child);
	if (!WIFSIGNALED(status) || WTERMSIG(status) != SIGABRT)
		fail_msg("%s became %s", arrows[was][0], arrows[state][0]);
	assert_int_equal(turn_end(world->core.turn), 0);
}

static void each_arrow_and_no_other(void **state)
{
	struct world *world = *state;
	two_wait(world);
	int64_t anna = notice_of(world, "anna");
	int changes = 0;
	for (int was = 0; was < STATES; was++) {
		assert_int_equal(notice_state_may_begin((enum notice_state)was), is_marked(was, 1));
		for (int to = 0; to < STATES; to++) {
			set_state(world, anna, was);
			if (!is_marked(was, to + 2)) {
				aborts(world, anna, was, to);
				continue;
			}
			assert_true(change(world, anna, was, to));
			changes++;
		}
	}
	assert_int_equal(changes, 9);
	assert_int_equal(world_number(world, "SELECT count(*) FROM notice_history"), changes);
}

static void one_that_is_in_another_state_stays(void **state)
{
	struct world *world = *state;
	two_wait(world);
	int64_t anna = notice_of(world, "anna");
	assert_true(change(world, anna, NOTICE_QUEUED, NOTICE_SENT));
	assert_false(change(world, anna, NOTICE_QUEUED, NOTICE_OVERTAKEN));
	assert_string_equal(history(world), "queued sent test");
	assert_int_equal(notice_count(&world->core, NOTICE_SENT), 1);
	assert_int_equal(notice_count(&world->core, NOTICE_QUEUED), 1);
	assert_int_equal(notice_count(&world->core, NOTICE_OVERTAKEN), 0);
}

/* --- what leaves a row of history, and what not ------------------------------------------------
 */

static void making_one_is_no_change(void **state)
{
	struct world *world = *state;
	two_wait(world);
	assert_string_equal(history(world), "");
}

static void hand_over(struct world *world, const char *role, const char *from, const char *to)
{
	assert_int_equal(turn_begin(world->core.turn), 0);
	notice_hand_over(&world->core, "norr", role, from, to);
	assert_int_equal(turn_end(world->core.turn), 0);
}

static void what_waits_goes_to_the_next_holder(void **state)
{
	struct world *world = *state;
	two_wait(world);
	assert_true(change(world, notice_of(world, "anna"), NOTICE_QUEUED, NOTICE_HELD));
	hand_over(world, "social_worker", "anna", "ulla");
	hand_over(world, "support_worker", "anna", "ulla"); /* not hers */
	assert_string_equal(history(world), "queued held test; held held handed over by anna");
	hand_over(world, "support_worker", "bo", "anna");
	assert_string_equal("ulla held, anna queued",
			    text_of(world, "SELECT group_concat(person || ' ' || state, ', ')"
					   " FROM notice"));
}

static const struct deadline *review_of(struct world *world, struct deadline *deadline)
{
	*deadline = (struct deadline){ .rule = ruleset_find(world->office->ruleset, "plan-review"),
				       .key = "",
				       .anchor = world_day("2026-01-07"),
				       .occurrence = 1 };
	return deadline;
}

static void the_end_of_its_deadline(void **state)
{
	struct world *world = *state;
	struct deadline deadline;
	two_wait(world);
	assert_int_equal(world_number(world, "SELECT occurrence FROM notice"), 1);
	assert_int_equal(turn_begin(world->core.turn), 0);
	notice_overtake(&world->core, "K-2", review_of(world, &deadline), "done");
	assert_string_equal(history(world), "");
	notice_overtake(&world->core, "K-1", &deadline, "done");
	assert_int_equal(turn_end(world->core.turn), 0);
	assert_string_equal(history(world), "queued overtaken its deadline ended; "
					    "queued overtaken its deadline ended");
	assert_string_equal(text_of(world, "SELECT group_concat(why) FROM notice"), "done,done");
}

static void a_letter_and_its_fate(void **state)
{
	struct world *world = *state;
	two_wait(world);
	run(world, "INSERT INTO message (id, person, name, address, language, subject, message_id,"
		   " created_at, state, attempts) VALUES (7, 'anna', 'a', 'a', 'sv', 's', 'm', 0,"
		   " 'queued', 0)");
	assert_int_equal(turn_begin(world->core.turn), 0);
	notice_attach(&world->core, notice_of(world, "anna"), 7, 3);
	assert_string_equal(history(world), "");
	notice_settle_letter(&world->core, 7, NOTICE_SENT, "the letter arrived");
	notice_settle_letter(&world->core, 7, NOTICE_OVERTAKEN, "too late for that");
	assert_int_equal(turn_end(world->core.turn), 0);
	assert_string_equal(history(world), "queued sent the letter arrived");
	assert_string_equal(text_of(world, "SELECT group_concat(person || ' ' || state || ' '"
					   " || ifnull(message || '.' || item, '-'), ', ')"
					   " FROM notice"),
			    "anna sent 7.3, bo queued -");
}

static void put_off_and_out_again_once(void **state)
{
	struct world *world = *state;
	two_wait(world);
	int64_t bo = notice_of(world, "bo");
	assert_true(change(world, bo, NOTICE_QUEUED, NOTICE_PUT_OFF));
	assert_int_equal(turn_begin(world->core.turn), 0);
	for (int i = 0; i < 2; i++)
		notice_come_out(&world->core, bo);
	notice_come_out(&world->core, notice_of(world, "anna")); /* was not held back */
	assert_int_equal(turn_end(world->core.turn), 0);
	assert_string_equal(history(world),
			    "queued put_off test; put_off put_off held back no more");
	assert_int_equal(world_number(world, "SELECT count(released) FROM notice"), 1);
}

static void back_in_time_history_goes_too(void **state)
{
	struct world *world = *state;
	two_wait(world);
	assert_true(change(world, notice_of(world, "bo"), NOTICE_QUEUED, NOTICE_HELD));
	instant then = clock_now(world->core.clock) + 1;
	assert_int_equal(turn_begin(world->core.turn), 0);
	notice_take_back(&world->core, then);
	assert_string_equal(history(world), "queued held test");
	notice_take_back(&world->core, then - 1);
	assert_int_equal(turn_end(world->core.turn), 0);
	assert_string_equal(history(world), "");
	assert_int_equal(notice_last(&world->core), 0);
}

/* --- a file from before ------------------------------------------------------------------------
 */

static size_t migrations_before_history(void)
{
	size_t count = 0;
	while (strstr(schema_migrations[count].sql, "CREATE TABLE notice_history") == NULL)
		count++;
	return count;
}

static void what_is_there_keeps_its_state(void **state)
{
	struct problems problems = PROBLEMS_NONE;
	struct world *world = *state;
	turn_free(world->core.turn);
	db_close(world->core.db);
	world->core.turn = NULL;
	assert_int_equal(unlink(world->path), 0);
	struct db *old =
	    db_create(world->path, schema_migrations, migrations_before_history(), &problems);
	assert_non_null(old);
	assert_int_equal(db_begin(old), 0);
	db_run(db_query(
	    old, "INSERT INTO notice (deadline, subject, rule, key, anchor, occurrence, step,"
		 " repetition, due, missed, role, cc, urgent, at, state, anchor_event, rules)"
		 " SELECT 'd', 'K-1', 'r', '', '2026-01-07', 1, value, 1, '2026-04-07', 0,"
		 " '', 0, 0, 0, value, 1, 'v'"
		 " FROM json_each('[\"queued\", \"held\", \"sent\"]')"));
	assert_int_equal(db_commit(old), 0);
	db_close(old);
	world->core.db = db_open(world->path, schema_migrations, schema_count, &problems);
	assert_non_null(world->core.db);
	world->core.turn = turn_new(world->core.db);
	assert_string_equal("queued,held,sent",
			    text_of(world, "SELECT group_concat(state) FROM notice"));
	assert_string_equal(history(world), "");
	assert_true(change(world, 2, NOTICE_HELD, NOTICE_QUEUED));
	assert_string_equal(history(world), "held queued test");
}

int main(void)
{
#define WORLD(test) cmocka_unit_test_setup_teardown(test, world_set_up, world_tear_down)
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(states_have_names),
		WORLD(each_arrow_and_no_other),
		WORLD(one_that_is_in_another_state_stays),
		WORLD(making_one_is_no_change),
		WORLD(what_waits_goes_to_the_next_holder),
		WORLD(the_end_of_its_deadline),
		WORLD(a_letter_and_its_fate),
		WORLD(put_off_and_out_again_once),
		WORLD(back_in_time_history_goes_too),
		WORLD(what_is_there_keeps_its_state),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
