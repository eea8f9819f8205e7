/* SPDX-License-Identifier: EUPL-1.2 */
/* What people wrote comes back whole, harmless and in order; names are guessed with care. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "rules/base/problem.h"
#include "rules/base/utf8.h"

static void assert_formatted(const struct problem *problem, const char *expected)
{
	char *text = problem_format(problem);
	assert_string_equal(text, expected);
	free(text);
}

static void formats_what_there_is(void **state)
{
	(void)state;
	struct problems problems = PROBLEMS_NONE;
	problem_add(&problems, "10-plan.conf", 12, "unknown key \"%s\"", "du");
	problem_add_at(&problems, "10-plan.conf", 12, 7, "unknown fact");
	problem_add(&problems, "due_on", 0, "is missing");
	problem_add(&problems, "", 0, "nothing at all");
	assert_int_equal(problems.count, 4);
	assert_formatted(&problems.list[0], "10-plan.conf:12: unknown key \"du\"");
	assert_formatted(&problems.list[1], "10-plan.conf:12:7: unknown fact");
	assert_formatted(&problems.list[2], "due_on: is missing");
	assert_formatted(&problems.list[3], "nothing at all");
	problems_clear(&problems);
	assert_int_equal(problems.count, 0);
	assert_null(problems.list);
}

static void hints(void **state)
{
	(void)state;
	static const char *const keys[] = { "due", "title", NULL };
	struct problems problems = PROBLEMS_NONE;
	problem_add(&problems, "a", 1, "unknown key \"du\"");
	problem_hint(&problems, "du", keys, "leave it out");
	problem_add(&problems, "a", 2, "unknown key \"xyz\"");
	problem_hint(&problems, "xyz", keys, "leave it out");
	problem_add(&problems, "a", 3, "unknown key \"xyz\"");
	problem_hint(&problems, "xyz", keys, NULL);
	assert_formatted(&problems.list[0], "a:1: unknown key \"du\": did you mean \"due\"?");
	assert_formatted(&problems.list[1], "a:2: unknown key \"xyz\": leave it out");
	assert_formatted(&problems.list[2], "a:3: unknown key \"xyz\"");
	problems_clear(&problems);
}

static void sorts_from_top_to_end(void **state)
{
	(void)state;
	struct problems problems = PROBLEMS_NONE;
	problem_add(&problems, "b", 1, "last");
	problem_add_at(&problems, "a", 9, 4, "third");
	problem_add(&problems, "a", 9, "second");
	problem_add_at(&problems, "a", 9, 4, "fourth");
	problem_add(&problems, "a", 2, "first");
	problems_sort(&problems);
	assert_string_equal(problems.list[0].text, "first");
	assert_string_equal(problems.list[1].text, "second");
	assert_string_equal(problems.list[2].text, "third");
	assert_string_equal(problems.list[3].text, "fourth");
	assert_string_equal(problems.list[4].text, "last");
	problems_clear(&problems);
}

static void makes_harmless(void **state)
{
	(void)state;
	struct problems problems = PROBLEMS_NONE;
	problem_add(&problems, "two\nlines", 0,
		    "bell \a, escape \x1b[1m, bad \xe5, good å, \xc2\x85");
	assert_string_equal(problems.list[0].place, "two?lines");
	assert_string_equal(problems.list[0].text, "bell ?, escape ?[1m, bad ?, good å, ??");
	char *endless = xcalloc(1, 100001);
	for (int i = 0; i < 100000; i += 2)
		memcpy(endless + i, "å", 2);
	problem_add(&problems, "", 0, "x%s", endless);
	free(endless);
	assert_true(strlen(problems.list[1].text) <= 1000);
	assert_true(utf8_length(problems.list[1].text) > 400);
	assert_string_equal(problems.list[1].text + strlen(problems.list[1].text) - 3, "...");
	problems_clear(&problems);
}

static void guesses_with_care(void **state)
{
	(void)state;
	static const char *const names[] = { "due",           "title", "trial_flat",
					     "training_flat", "stage", NULL };
	assert_string_equal(problem_nearest("du", names), "due");
	assert_string_equal(problem_nearest("titel", names), "title");
	assert_string_equal(problem_nearest("trail_flat", names), "trial_flat");
	assert_string_equal(problem_nearest("trainingflat", names), "training_flat");
	assert_string_equal(problem_nearest("stage", names), "stage");
	assert_null(problem_nearest("xyz", names));
	assert_null(problem_nearest("tixye", names)); /* two of five letters */
	assert_null(problem_nearest("", names));
	char long_name[500];
	memset(long_name, 'a', sizeof(long_name) - 1);
	long_name[sizeof(long_name) - 1] = '\0';
	assert_null(problem_nearest(long_name, names));
	assert_null(problem_nearest("due", NULL));
}

static void reads_utf8_strictly(void **state)
{
	(void)state;
	static const struct {
		const char *bytes;
		size_t size;
		uint32_t letter;
	} rows[] = {
		{ "a", 1, 'a' },
		{ "å", 2, 0xE5 },
		{ "€", 3, 0x20AC },
		{ "\xf0\x9f\x8f\xa0", 4, 0x1F3E0 },
		{ "\xc0\xaf", 0, 0 }, /* a slash made too long */
		{ "\xe0\x80\xaf", 0, 0 },
		{ "\xed\xa0\x80", 0, 0 }, /* half of a pair */
		{ "\xf4\x90\x80\x80", 0, 0 },
		{ "\xe5", 0, 0 },
		{ "\x80", 0, 0 },
		{ "\xff", 0, 0 },
		{ "\xe2\x82", 0, 0 },
		{ "", 0, 0 },
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		uint32_t letter = 0;
		assert_int_equal(utf8_read(rows[i].bytes, strlen(rows[i].bytes), &letter),
				 rows[i].size);
		assert_int_equal(letter, rows[i].letter);
	}
	assert_int_equal(utf8_length("ÖST-2006"), 8);
	assert_int_equal(utf8_length("\xd6ST"), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(formats_what_there_is), cmocka_unit_test(sorts_from_top_to_end),
		cmocka_unit_test(makes_harmless),        cmocka_unit_test(guesses_with_care),
		cmocka_unit_test(reads_utf8_strictly),   cmocka_unit_test(hints),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
