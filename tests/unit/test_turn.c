/* SPDX-License-Identifier: EUPL-1.2 */
/* The turn: what is queued is released by the commit, and dropped when there is none. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "daemon/base/clock.h"
#include "daemon/store/turn.h"

static const struct migration steps[] = {
	{ "CREATE TABLE word (text TEXT NOT NULL UNIQUE) STRICT;" },
};

struct fixture {
	char folder[64];
	char path[96];
	struct db *db;
	struct turn *turn;
	char heard[256];
};

static int set_up(void **state)
{
	struct fixture *fixture = xcalloc(1, sizeof(*fixture));
	struct problems problems = PROBLEMS_NONE;
	snprintf(fixture->folder, sizeof(fixture->folder), "/tmp/test_turn.XXXXXX");
	assert_non_null(mkdtemp(fixture->folder));
	snprintf(fixture->path, sizeof(fixture->path), "%s/t.db", fixture->folder);
	fixture->db = db_create(fixture->path, steps, 1, &problems);
	assert_non_null(fixture->db);
	fixture->turn = turn_new(fixture->db);
	*state = fixture;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *fixture = *state;
	turn_free(fixture->turn);
	db_close(fixture->db);
	unlink(fixture->path);
	assert_int_equal(rmdir(fixture->folder), 0);
	free(fixture);
	return 0;
}

static void add(struct fixture *fixture, const char *text)
{
	struct query *query = db_query(fixture->db, "INSERT INTO word VALUES (?1)");
	db_bind_text(query, 1, text);
	db_run(query);
}

static int64_t count(struct fixture *fixture)
{
	struct query *query = db_query(fixture->db, "SELECT count(*) FROM word");
	int64_t number = db_next(query) ? db_int(query, 0) : -1;
	db_done(query);
	return number;
}

static void hear(struct fixture *fixture, const char *word)
{
	strcat(fixture->heard, word);
	strcat(fixture->heard, " ");
}

static void note_one(void *arg)
{
	hear(arg, "one");
}

static void note_two(void *arg)
{
	hear(arg, "two");
}

static void note_undone(void *arg, const char *reason)
{
	hear(arg, strstr(reason, "UNIQUE") != NULL ? "undone" : reason);
}

static void test_release_comes_after_the_commit_in_order(void **state)
{
	struct fixture *fixture = *state;
	assert_false(turn_is_begun(fixture->turn));
	assert_int_equal(turn_begin(fixture->turn), 0);
	assert_int_equal(turn_begin(fixture->turn), 0);
	assert_true(turn_is_begun(fixture->turn));
	turn_after(fixture->turn, note_one, note_undone, fixture);
	add(fixture, "a");
	turn_after(fixture->turn, note_two, NULL, fixture);
	assert_string_equal(fixture->heard, "");
	assert_int_equal(turn_end(fixture->turn), 0);
	assert_string_equal(fixture->heard, "one two ");
	assert_false(turn_is_begun(fixture->turn));
	assert_int_equal(count(fixture), 1);
}

static void test_failure_undoes_all(void **state)
{
	struct fixture *fixture = *state;
	assert_int_equal(turn_begin(fixture->turn), 0);
	turn_after(fixture->turn, note_one, note_undone, fixture);
	turn_after(fixture->turn, note_two, NULL, fixture);
	add(fixture, "a");
	add(fixture, "a");
	assert_int_equal(turn_end(fixture->turn), -1);
	assert_string_equal(fixture->heard, "undone ");
	assert_int_equal(count(fixture), 0);

	/* The next turn knows nothing of it. */
	assert_int_equal(turn_begin(fixture->turn), 0);
	add(fixture, "a");
	assert_int_equal(turn_end(fixture->turn), 0);
	assert_string_equal(fixture->heard, "undone ");
	assert_int_equal(count(fixture), 1);
}

static void test_turn_without_work_costs_nothing(void **state)
{
	struct fixture *fixture = *state;
	assert_int_equal(turn_end(fixture->turn), 0);
	turn_after(fixture->turn, note_one, note_undone, fixture);
	assert_false(db_in_transaction(fixture->db));
	assert_int_equal(turn_end(fixture->turn), 0);
	assert_string_equal(fixture->heard, "one ");
}

static void begin_again(void *arg)
{
	struct fixture *fixture = arg;
	hear(fixture, "again");
	assert_int_equal(turn_begin(fixture->turn), 0);
	turn_after(fixture->turn, note_two, NULL, fixture);
	add(fixture, "from the release");
}

static void test_release_may_begin_the_next_turn(void **state)
{
	struct fixture *fixture = *state;
	assert_int_equal(turn_begin(fixture->turn), 0);
	turn_after(fixture->turn, begin_again, NULL, fixture);
	assert_int_equal(turn_end(fixture->turn), 0);
	assert_true(turn_is_begun(fixture->turn));
	assert_string_equal(fixture->heard, "again ");
	assert_int_equal(turn_end(fixture->turn), 0);
	assert_string_equal(fixture->heard, "again two ");
	assert_int_equal(count(fixture), 1);
}

static void test_room_ends_with_rows(void **state)
{
	struct fixture *fixture = *state;
	assert_true(turn_has_room(fixture->turn));
	assert_int_equal(turn_begin(fixture->turn), 0);
	struct query *query =
	    db_query(fixture->db, "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 "
				  "FROM n WHERE i < ?1) INSERT INTO word SELECT 'w' || i "
				  "FROM n");
	db_bind_int(query, 1, 500);
	assert_int_equal(db_run(query), 500);
	assert_false(turn_has_room(fixture->turn));
	assert_int_equal(turn_end(fixture->turn), 0);
	/* A busy machine may have us sleep for a turn's time just here: then the next one. */
	for (bool has_room = false; !has_room;) {
		assert_int_equal(turn_begin(fixture->turn), 0);
		has_room = turn_has_room(fixture->turn);
		assert_int_equal(turn_end(fixture->turn), 0);
	}
}

static void test_room_ends_with_time(void **state)
{
	struct fixture *fixture = *state;
	assert_int_equal(turn_begin(fixture->turn), 0);
	usleep(25000);
	assert_false(turn_has_room(fixture->turn));
	assert_int_equal(turn_end(fixture->turn), 0);
	usleep(25000); /* waiting between turns is no work */
	assert_true(turn_has_room(fixture->turn));
}

/* What hangs on its commit makes even a turn that wrote nothing uncertain. */
static void test_closed_turn_has_no_room(void **state)
{
	struct fixture *fixture = *state;
	assert_int_equal(turn_begin(fixture->turn), 0);
	assert_false(turn_has_written(fixture->turn));
	turn_after(fixture->turn, NULL, note_undone, fixture);
	turn_close(fixture->turn);
	assert_false(turn_has_room(fixture->turn));
	assert_true(turn_has_written(fixture->turn));
	assert_int_equal(turn_end(fixture->turn), 0);
	assert_true(turn_has_room(fixture->turn));
	assert_string_equal(fixture->heard, "");
	assert_int_equal(turn_begin(fixture->turn), 0);
	assert_false(turn_has_written(fixture->turn));
	assert_int_equal(turn_end(fixture->turn), 0);
}

static void test_stop_undoes_what_is_open(void **state)
{
	struct fixture *fixture = *state;
	assert_int_equal(turn_begin(fixture->turn), 0);
	add(fixture, "a");
	turn_after(fixture->turn, note_one, note_undone, fixture);
	turn_free(fixture->turn);
	assert_string_equal(fixture->heard, "the daemon is stopping ");
	assert_int_equal(count(fixture), 0);
	turn_free(NULL);
	fixture->turn = turn_new(fixture->db);
}

/* The file goes away: nobody asks for it twice in a turn, and only a write says that all is well.
 */
static void test_trouble_lasts_until_something_is_written(void **state)
{
	struct fixture *fixture = *state;
	char *away = xasprintf("%s.away", fixture->path);
	assert_null(turn_trouble(fixture->turn));
	assert_int_equal(rename(fixture->path, away), 0);
	assert_int_equal(turn_begin(fixture->turn), -1);
	assert_non_null(strstr(turn_trouble(fixture->turn), "is gone"));
	assert_int_equal(rename(away, fixture->path), 0);
	assert_int_equal(turn_begin(fixture->turn), -1);
	assert_int_equal(turn_end(fixture->turn), -1);

	assert_int_equal(turn_begin(fixture->turn), 0);
	assert_int_equal(count(fixture), 0);
	assert_int_equal(turn_end(fixture->turn), 0);
	assert_non_null(turn_trouble(fixture->turn));
	assert_int_equal(turn_begin(fixture->turn), 0);
	add(fixture, "a");
	assert_int_equal(turn_end(fixture->turn), 0);
	assert_null(turn_trouble(fixture->turn));
	free(away);
}

/* What was written into a file that has gone since the turn began is not committed. */
static void test_file_goes_during_a_turn(void **state)
{
	struct fixture *fixture = *state;
	char *away = xasprintf("%s.away", fixture->path);
	assert_int_equal(turn_begin(fixture->turn), 0);
	turn_after(fixture->turn, note_one, note_undone, fixture);
	add(fixture, "a");
	assert_int_equal(rename(fixture->path, away), 0);
	assert_int_equal(turn_end(fixture->turn), -1);
	assert_non_null(strstr(fixture->heard, "is gone"));
	assert_non_null(strstr(turn_trouble(fixture->turn), "is gone"));
	assert_int_equal(rename(away, fixture->path), 0);
	assert_int_equal(count(fixture), 0);
	free(away);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_release_comes_after_the_commit_in_order,
						set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_failure_undoes_all, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_trouble_lasts_until_something_is_written,
						set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_file_goes_during_a_turn, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_turn_without_work_costs_nothing, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(test_release_may_begin_the_next_turn, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(test_room_ends_with_rows, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_room_ends_with_time, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_closed_turn_has_no_room, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_stop_undoes_what_is_open, set_up, tear_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
