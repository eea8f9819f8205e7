/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * What was overdue on a day of the past: read once, it is for every day what one question to the
 * rows for that day alone would answer.
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

#include "daemon/plan/overdue.h"
#include "daemon/store/schema.h"

#define ROWS 400

/* Spans of days of two programmes; some go on, some are over, some begin later. */
static void fill(struct db *db)
{
	for (int i = 0; i < ROWS; i++) {
		struct query *q = db_query(
		    db, "INSERT INTO overdue (subject, rule, key, anchor, occurrence, programme,"
			" first, over) VALUES ('K-' || (?1 % 3), 'r', '', '2026-01-01', ?1,"
			" CASE ?1 % 3 WHEN 0 THEN 'syd' ELSE 'norr' END,"
			" date('2026-01-01', ?2 || ' days'),"
			" CASE ?1 % 4 WHEN 0 THEN '' ELSE date('2026-01-01', ?3 || ' days') END)");
		db_bind(q, DB_INT(i), DB_INT(i * 7 % 61), DB_INT(i * 7 % 61 + 1 + i * 13 % 47));
		(void)db_run(q);
	}
}

static int64_t asked_alone(struct db *db, date day)
{
	char text[DATE_TEXT_SIZE];
	struct query *q = db_query(db, "SELECT count(*) FROM overdue WHERE programme = 'norr'"
				       " AND first <= ?1 AND (over = '' OR ?1 < over)");
	db_bind_text(q, 1, date_format(day, text));
	int64_t count = db_next(q) ? db_int(q, 0) : -1;
	db_done(q);
	return count;
}

static void remove_folder(const char *path)
{
	static const char *const ends[] = { "", "-wal", "-shm" };
	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		char *file = xasprintf("%s/kedja.db%s", path, ends[i]);
		(void)unlink(file);
		free(file);
	}
	assert_int_equal(0, rmdir(path));
}

static void test_past(void **state)
{
	(void)state;
	char path[] = "/tmp/overdue.XXXXXX";
	assert_non_null(mkdtemp(path));
	char *file = xasprintf("%s/kedja.db", path);
	struct problems problems = { 0 };
	struct db *db = db_create(file, schema_migrations, schema_count, &problems);
	assert_non_null(db);
	/* on 2026-02-01, in the middle of those days */
	struct clock *clock = clock_new("Europe/Stockholm");
	assert_int_equal(0, clock_set_virtual(clock, INT64_C(1769904000)));
	struct core core = { .db = db, .clock = clock };
	assert_int_equal(0, db_begin(db));
	fill(db);
	struct overdue *overdue = overdue_new(&core, "norr");
	int64_t most = 0;
	for (date day = date_from_ymd(2025, 12, 20); day < date_from_ymd(2026, 5, 1); day++) {
		int64_t count = overdue_count(overdue, day);
		assert_int_equal(asked_alone(db, day), count);
		most = count > most ? count : most;
	}
	assert_true(most > 50); /* there was something to count */
	overdue_free(overdue);
	db_rollback(db);
	db_close(db);
	clock_free(clock);
	problems_clear(&problems);
	remove_folder(path);
	free(file);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_past) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
