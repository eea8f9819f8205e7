/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * What a condition can come to, against trying it all: random conditions over a few names whose
 * values are few, judged with each of them. What is true once must be told to be possible; and
 * what is never true should nearly always be found out.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rules/language/condition_solve.h"

#define CONDITIONS 20000

enum { NAME_A, NAME_B, NAME_STAGE, NAME_FLAG, NAME_SURE, NAME_COUNT };

static const char *const names[] = { "a", "b", "stage", "flag", "sure", NULL };
static const char *const stages[] = { "x", "y", "z", NULL };

/* --- the little world ------------------------------------------------------------------------ */

static int resolve(const void *arg, const char *name, struct name_meaning *ret)
{
	(void)arg;
	static const enum value_type types[] = { VALUE_NUMBER, VALUE_NUMBER, VALUE_TEXT, VALUE_FLAG,
						 VALUE_FLAG };
	for (int i = 0; i < NAME_COUNT; i++)
		if (strcmp(names[i], name) == 0) {
			*ret =
			    (struct name_meaning){ i, types[i], i == NAME_STAGE ? stages : NULL };
			return 0;
		}
	return -1;
}

/* a and b are 0 to 3, b always known; stage, flag and a may be NULL; sure is true or false. */
static void range_of(const void *arg, int slot, struct condition_range *ret)
{
	(void)arg;
	ret->may_be_null = slot != NAME_SURE && slot != NAME_B;
	ret->has_least = ret->has_most = slot == NAME_A || slot == NAME_B;
	ret->most = 3;
	ret->codes = slot == NAME_STAGE ? stages : NULL;
}

static const struct condition_ranges ranges = { range_of, NULL, false };
static struct value now[NAME_COUNT];

static struct value value_of(const void *arg, int slot)
{
	(void)arg;
	return now[slot];
}

static date never(const void *arg, int slot)
{
	(void)arg;
	(void)slot;
	return DATE_NONE;
}

static struct value number(int value)
{
	return value < 0 ? (struct value){ VALUE_NULL, 0, NULL }
			 : (struct value){ VALUE_NUMBER, value, NULL };
}

static struct value flag(int value)
{
	return value < 0 ? (struct value){ VALUE_NULL, 0, NULL }
			 : (struct value){ VALUE_FLAG, value, NULL };
}

/* The world number i of 5 * 4 * 4 * 3 * 2. */
#define WORLDS 480
static void set_world(int i)
{
	now[NAME_A] = number(i % 5 - 1);
	now[NAME_B] = number(i / 5 % 4);
	int stage = i / 20 % 4;
	now[NAME_STAGE] = stage == 3 ? (struct value){ VALUE_NULL, 0, NULL }
				     : (struct value){ VALUE_TEXT, 0, stages[stage] };
	now[NAME_FLAG] = flag(i / 80 % 3 - 1);
	now[NAME_SURE] = flag(i / 240);
}

/* --- random conditions ----------------------------------------------------------------------- */

static uint64_t dice = 88172645463325252u;

static unsigned roll(unsigned sides)
{
	dice ^= dice << 13;
	dice ^= dice >> 7;
	dice ^= dice << 17;
	return (unsigned)(dice % sides);
}

static char *write_sum(struct arena *arena)
{
	switch (roll(5)) {
	case 0:
		return arena_printf(arena, "%u", roll(5));
	case 1:
		return arena_printf(arena, "%s + %u", names[roll(2)], roll(3));
	case 2:
		return arena_printf(arena, "a - b");
	default: /* the rest of the dice */
		return arena_strdup(arena, names[roll(2)]);
	}
}

static char *write_leaf(struct arena *arena)
{
	static const char *const signs[] = { "=", "<>", "<", "<=", ">", ">=" };
	switch (roll(9)) {
	case 0:
		return arena_strdup(arena, names[NAME_FLAG + (int)roll(2)]);
	case 1:
		return arena_printf(arena, "stage %s '%s'", signs[roll(2)], stages[roll(3)]);
	case 2:
		return arena_printf(arena, "stage %sIN ('%s', '%s')", roll(2) ? "NOT " : "",
				    stages[roll(3)], stages[roll(3)]);
	case 3:
		return arena_printf(arena, "%s IS %sNULL", names[roll(5)], roll(2) ? "NOT " : "");
	case 4:
		return arena_printf(arena, "%s %sBETWEEN %u AND %s", names[roll(2)],
				    roll(2) ? "NOT " : "", roll(4), write_sum(arena));
	case 5:
		return arena_printf(arena, "%s %sIN (%u, %s)", names[roll(2)],
				    roll(2) ? "NOT " : "", roll(5),
				    roll(4) == 0 ? "NULL" : write_sum(arena));
	case 6:
		return arena_printf(arena, "flag %s %s", signs[roll(2)],
				    roll(2) ? "TRUE" : "FALSE");
	default: /* the rest of the dice */
		return arena_printf(arena, "%s %s %s", write_sum(arena), signs[roll(6)],
				    write_sum(arena));
	}
}

static char *write_condition(struct arena *arena, int depth)
{
	if (depth == 0 || roll(4) == 0)
		return write_leaf(arena);
	if (roll(5) == 0)
		return arena_printf(arena, "NOT (%s)", write_condition(arena, depth - 1));
	return arena_printf(arena, "(%s) %s (%s)", write_condition(arena, depth - 1),
			    roll(3) ? "AND" : "OR", write_condition(arena, depth - 1));
}

/* --- the comparison -------------------------------------------------------------------------- */

struct tally {
	int never, found; /* never true, and found out to be */
	int always, told; /* always true, and told to be */
};

static void judge_one(const char *text, const struct condition *condition, struct tally *tally)
{
	const struct condition_world world = { value_of, never, -1, NULL, NULL };
	bool holds = false, fails = false;
	for (int i = 0; i < WORLDS; i++) {
		set_world(i);
		bool yes = condition_judge(condition, &world) == VERDICT_TRUE;
		holds = holds || yes;
		fails = fails || !yes;
	}
	bool can_hold = condition_can_hold(condition, &ranges);
	bool can_fail = condition_can_fail(condition, &ranges);
	if ((holds && !can_hold) || (fails && !can_fail))
		fail_msg("%s: it %s", text,
			 holds && !can_hold ? "can be true" : "can be other than true");
	tally->never += !holds;
	tally->found += !can_hold;
	tally->always += !fails;
	tally->told += !can_fail;
}

static void test_against_trying_it_all(void **state)
{
	(void)state;
	struct tally tally = { 0, 0, 0, 0 };
	const struct condition_names resolver = { resolve, NULL, NULL };
	for (int i = 0; i < CONDITIONS; i++) {
		struct problems problems = PROBLEMS_NONE;
		struct arena *arena = arena_new();
		char *text = write_condition(arena, 3);
		struct condition *condition =
		    condition_parse(text, &resolver, arena, "x", 1, &problems);
		if (condition == NULL)
			fail_msg("%s: %s", text, problems.list[0].text);
		judge_one(text, condition, &tally);
		problems_clear(&problems);
		arena_free(arena);
	}
	assert_true(tally.never > CONDITIONS / 50 && tally.always > CONDITIONS / 200);
	assert_true(tally.found * 100 >= tally.never * 95);
	assert_true(tally.told * 100 >= tally.always * 95);
}

/* A search that would take too long is given up: then all is possible. */
static void test_a_long_one_is_given_up(void **state)
{
	(void)state;
	struct problems problems = PROBLEMS_NONE;
	struct arena *arena = arena_new();
	const struct condition_names resolver = { resolve, NULL, NULL };
	const char *text = "(a = 1 OR b = 1)";
	for (int i = 0; i < 60; i++)
		text = arena_printf(arena, "%s AND (a = 1 OR b = %d)", text, i % 4);
	const char *const ends[] = { "stage = 'x' AND stage = 'y'", "1 = 2" };
	for (int i = 0; i < 2; i++) {
		const char *whole = arena_printf(arena, "%s AND %s", ends[i], text);
		struct condition *condition =
		    condition_parse(whole, &resolver, arena, "x", 1, &problems);
		assert_non_null(condition);
		assert_true(condition_can_hold(condition, &ranges));
	}
	arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_against_trying_it_all),
		cmocka_unit_test(test_a_long_one_is_given_up),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
