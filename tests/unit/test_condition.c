/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Conditions by tables: what they come to, what is wrong with them and where, on which day they
 * change, and how they are written. test_condition_random.c asks SQLite about thousands more.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rules/language/condition.h"

static const char *const stages[] = { "supported_housing", "training_flat", "trial_flat",
				      "own_lease", NULL };

static const struct {
	const char *name;
	enum value_type type;
	const char *const *codes;
} names[] = {
	{ "today", VALUE_DATE, NULL },        { "stage", VALUE_TEXT, stages },
	{ "stage_days", VALUE_NUMBER, NULL }, { "open", VALUE_FLAG, NULL },
	{ "paused", VALUE_FLAG, NULL },       { "arrears", VALUE_NUMBER, NULL },
	{ "visits_7d", VALUE_NUMBER, NULL },  { "remarks_6m", VALUE_NUMBER, NULL },
	{ "due", VALUE_DATE, NULL },          { "anchor", VALUE_DATE, NULL },
	{ "known", VALUE_DATE, NULL },        { "key", VALUE_TEXT, NULL },
	{ "word", VALUE_TEXT, NULL },
};

#define NAME_COUNT (sizeof(names) / sizeof(names[0]))
#define SLOT(i)    ((int)(i) + 40) /* slots are the caller's numbers, not places */

static const char *const *list_names(const void *arg)
{
	static const char *all[NAME_COUNT + 1];
	(void)arg;
	for (size_t i = 0; i < NAME_COUNT; i++)
		all[i] = names[i].name;
	return all;
}

static int resolve(const void *arg, const char *name, struct name_meaning *ret)
{
	(void)arg;
	for (size_t i = 0; i < NAME_COUNT; i++) {
		if (strcmp(names[i].name, name) != 0)
			continue;
		*ret = (struct name_meaning){ SLOT(i), names[i].type, names[i].codes };
		return 0;
	}
	return -1;
}

static const struct condition_names all_names = { resolve, list_names, NULL };

/* A world written as "stage=trial_flat arrears=100 visits_7d=3@2026-12-05": the day behind @ is
 * that of the next change. What is not named is NULL. */
struct world {
	struct value values[NAME_COUNT];
	date changes[NAME_COUNT];
	char text[512];
};

static date day_of(const char *text)
{
	date day = DATE_NONE;
	if (strcmp(text, "never") != 0 && date_parse(text, &day) != 0)
		fail_msg("the test says \"%s\", which is no date", text);
	return day;
}

static struct value value_of(enum value_type type, const char *text)
{
	if (type == VALUE_TEXT)
		return (struct value){ VALUE_TEXT, 0, text };
	if (type == VALUE_DATE)
		return (struct value){ VALUE_DATE, day_of(text), NULL };
	if (type == VALUE_FLAG)
		return (struct value){ VALUE_FLAG, strcmp(text, "true") == 0, NULL };
	return (struct value){ VALUE_NUMBER, strtoll(text, NULL, 10), NULL };
}

static void read_world(struct world *world, const char *text)
{
	memset(world, 0, sizeof(*world));
	for (size_t i = 0; i < NAME_COUNT; i++)
		world->changes[i] = DATE_NONE;
	snprintf(world->text, sizeof(world->text), "%s", text);
	char *rest = world->text;
	for (char *word; (word = strsep(&rest, " ")) != NULL;) {
		char *name = strsep(&word, "=");
		char *value = strsep(&word, "@");
		struct name_meaning meaning = { 0 };
		if (value == NULL || resolve(NULL, name, &meaning) != 0)
			fail_msg("the test says \"%s\"", text);
		world->values[meaning.slot - SLOT(0)] = value_of(meaning.type, value);
		if (word != NULL)
			world->changes[meaning.slot - SLOT(0)] = day_of(word);
	}
}

static struct value get_value(const void *arg, int slot)
{
	return ((const struct world *)arg)->values[slot - SLOT(0)];
}

static date get_change(const void *arg, int slot)
{
	const struct world *world = arg;
	if (slot == SLOT(0))
		return (date)world->values[0].number + 1;
	return world->changes[slot - SLOT(0)];
}

static bool grows_daily(const void *arg, int slot)
{
	(void)arg;
	return strcmp(names[slot - SLOT(0)].name, "stage_days") == 0;
}

static struct condition_world world_of(const struct world *world)
{
	return (struct condition_world){ get_value, get_change, SLOT(0), world, grows_daily };
}

static struct condition *parse(const char *text, struct arena *arena)
{
	struct problems problems = PROBLEMS_NONE;
	struct condition *condition =
	    condition_parse(text, &all_names, arena, "rule.conf", 12, &problems);
	if (condition == NULL)
		fail_msg("%s: column %d: %s", text, problems.list[0].column, problems.list[0].text);
	assert_int_equal(problems.count, 0);
	problems_clear(&problems);
	return condition;
}

static const char *const verdicts[] = { "false", "true", "null", "failed" };

static const struct {
	const char *condition, *world, *verdict;
} judged[] = {
	{ "stage = 'trial_flat'", "stage=trial_flat", "true" },
	{ "stage == 'trial_flat'", "stage=own_lease", "false" },
	{ "stage <> 'trial_flat'", "stage=own_lease", "true" },
	{ "stage != 'own_lease'", "stage=own_lease", "false" },
	{ "stage = 'trial_flat'", "open=true", "null" },
	{ "stage IN ('supported_housing', 'training_flat', 'trial_flat')", "stage=training_flat",
	  "true" },
	{ "stage IN ('supported_housing', 'training_flat')", "stage=own_lease", "false" },
	{ "stage NOT IN ('supported_housing')", "stage=own_lease", "true" },
	{ "stage not in ('supported_housing')", "open=true", "null" },
	{ "stage IN ('own_lease', NULL)", "stage=own_lease", "true" },
	{ "stage IN ('own_lease', NULL)", "stage=trial_flat", "null" },
	{ "stage IS NULL", "open=true", "true" },
	{ "stage IS NOT NULL", "open=true", "false" },
	{ "stage IS NULL OR stage <> 'own_lease'", "open=true", "true" },
	{ "stage = NULL", "stage=own_lease", "null" },
	{ "arrears > 0 OR arrears IS NULL", "open=true", "true" },
	{ "arrears > 0 AND open", "open=false", "false" },
	{ "arrears > 0 AND open", "open=true", "null" },
	{ "arrears > 0 OR open", "open=true", "true" },
	{ "arrears > 0 OR open", "open=false", "null" },
	{ "NOT arrears > 0", "open=true", "null" },
	{ "NOT (open AND paused)", "open=true paused=false", "true" },
	{ "NOT open AND paused", "open=false paused=true", "true" },
	{ "open AND paused OR TRUE", "open=false paused=false", "true" },
	{ "open AND (paused OR TRUE)", "open=false paused=false", "false" },
	{ "paused = TRUE", "paused=true", "true" },
	{ "paused = open", "paused=true open=false", "false" },
	{ "(arrears > 3) = open", "arrears=4 open=true", "true" },
	{ "open IS NULL", "paused=true", "true" },
	{ "TRUE", "", "true" },
	{ "NOT TRUE", "", "false" },
	{ "arrears BETWEEN 1 AND 3", "arrears=3", "true" },
	{ "arrears BETWEEN 1 AND 3", "arrears=4", "false" },
	{ "arrears NOT BETWEEN 1 AND 3", "arrears=4", "true" },
	{ "arrears BETWEEN 5 AND visits_7d", "arrears=4", "false" },
	{ "arrears BETWEEN 3 AND visits_7d", "arrears=4", "null" },
	{ "arrears BETWEEN 1 AND 3 AND open", "arrears=2 open=false", "false" },
	{ "remarks_6m + visits_7d >= 3", "remarks_6m=1 visits_7d=2", "true" },
	{ "remarks_6m - visits_7d - 1 = -2", "remarks_6m=1 visits_7d=2", "true" },
	{ "remarks_6m - (visits_7d - 1) = 0", "remarks_6m=1 visits_7d=2", "true" },
	{ "-remarks_6m < - -1", "remarks_6m=1", "true" },
	{ "remarks_6m + NULL = 1", "remarks_6m=1", "null" },
	{ "today <= due", "today=2026-11-30 due=2026-11-30", "true" },
	{ "today > '2026-11-29'", "today=2026-11-30", "true" },
	{ "'2026-11-29' < today", "today=2026-11-30", "true" },
	{ "today = due + 3", "today=2026-12-02 due=2026-11-29", "true" },
	{ "today - due = 3", "today=2026-12-02 due=2026-11-29", "true" },
	{ "3 + due = today", "today=2026-12-02 due=2026-11-29", "true" },
	{ "today - '2026-11-29' = 3", "today=2026-12-02", "true" },
	{ "today IN ('2026-12-01', '2026-12-02')", "today=2026-12-02", "true" },
	{ "today BETWEEN '2026-12-01' AND due", "today=2026-12-02 due=2026-12-02", "true" },
	{ "'2026-12-03' BETWEEN today AND due", "today=2026-12-02 due=2026-12-04", "true" },
	{ "known >= anchor", "anchor=2026-12-02", "null" },
	{ "key = 'it''s'", "key=it's", "true" },
	{ "key >= '2026-05'", "key=2026-11", "true" },
	{ "key = ''", "key=", "true" },
	{ "key BETWEEN '2026-01' AND '2026-10'", "key=2026-11", "false" },
	{ "key <> word", "key=a word=b", "true" },
	{ "'a' < 'b'", "", "true" },
	{ "'å' > 'z'", "", "true" },
	{ "  open\n\tAND\r paused ", "open=true paused=true", "true" },
	{ "9223372036854775807 > arrears", "arrears=1", "true" },
	{ "arrears + 9223372036854775807 > 0", "arrears=1", "failed" },
	{ "-9223372036854775807 - arrears < 0", "arrears=2", "failed" },
	{ "- (arrears - 9223372036854775807) > 0", "arrears=-1", "failed" },
	{ "due + 9223372036854775807 > today", "today=2026-01-01 due=2026-01-01", "failed" },
	{ "open AND arrears + 9223372036854775807 > 0", "open=false arrears=1", "false" },
	{ "arrears + 9223372036854775807 > 0 AND open", "open=false arrears=1", "failed" },
	{ "open OR arrears + 9223372036854775807 > 0", "open=true arrears=1", "true" },
	{ "NOT arrears + 9223372036854775807 > 0", "arrears=1", "failed" },
	{ "arrears + 9223372036854775807 IS NULL", "arrears=1", "failed" },
};

static void test_verdicts(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(judged) / sizeof(judged[0]); i++) {
		struct arena *arena = arena_new();
		struct world world;
		read_world(&world, judged[i].world[0] == '\0' ? "open=false" : judged[i].world);
		struct condition_world as_seen = world_of(&world);
		enum verdict verdict = condition_judge(parse(judged[i].condition, arena), &as_seen);
		if (strcmp(verdicts[verdict], judged[i].verdict) != 0)
			fail_msg("%s with %s: %s instead of %s", judged[i].condition,
				 judged[i].world, verdicts[verdict], judged[i].verdict);
		arena_free(arena);
	}
}

/* Each mistake as "column: text"; the text need only begin so. */
static const struct {
	const char *condition;
	const char *mistakes[5];
} wrong[] = {
	{ "", { "1: the condition is empty" } },
	{ " \n", { "1: the condition is empty" } },
	{ "stge = 'own_lease'", { "1: unknown name \"stge\": did you mean \"stage\"?" } },
	{ "open AND xyzzy", { "10: unknown name \"xyzzy\": it must be a fact" } },
	{ "stage = 'trail_flat'",
	  { "9: stage is never 'trail_flat': did you mean 'trial_flat'?" } },
	{ "'trail_flat' = stage",
	  { "1: stage is never 'trail_flat': did you mean 'trial_flat'?" } },
	{ "stage IN ('own_lease', 'palace')",
	  { "24: stage is never 'palace': it may be 'supported_housing', 'training_flat', "
	    "'trial_flat', 'own_lease'" } },
	{ "stage = 'own_leese' AND stge = 1 OR arrears > 'x'",
	  { "9: stage is never 'own_leese': did you mean 'own_lease'?", "25: unknown name \"stge\"",
	    "47: arrears is a number and 'x' is a text" } },
	{ "stage", { "1: stage is a text, not true or false: compare it" } },
	{ "arrears", { "1: arrears is a number, not true or false" } },
	{ "open AND today", { "10: today is a date, not true or false" } },
	{ "NOT arrears + 1", { "5: the sum is a number, not true or false" } },
	{ "NULL", { "1: NULL is nothing, not true or false" } },
	{ "'text'", { "1: 'text' is a text, not true or false" } },
	{ "arrears = '3'",
	  { "11: arrears is a number and '3' is a text: compare it with a number" } },
	{ "'3' = arrears", { "1: arrears is a number and '3' is a text" } },
	{ "stage = 3", { "9: stage is a text and 3 is a number: compare it with a text" } },
	{ "today > 3", { "9: today is a date and 3 is a number: compare it with a date" } },
	{ "today - 3 > 3", { "13: the sum is a date and 3 is a number" } },
	{ "today - due > '2026-01-01'", { "15: the sum is a number and '2026-01-01' is a text" } },
	{ "open = 1", { "8: open is true or false and 1 is a number: write it alone" } },
	{ "open > paused", { "1: open has no order: write it alone" } },
	{ "stage < 'own_lease'", { "1: stage has no order: list the values" } },
	{ "stage BETWEEN 'own_lease' AND 'trial_flat'", { "1: stage has no order" } },
	{ "today = '2026-02-30'", { "9: '2026-02-30' is not a date, but today is one" } },
	{ "today = 'tomorrow'", { "9: 'tomorrow' is not a date" } },
	{ "today IN ('2026-02-30', '2026-2-1')", { "11: '2026-02-30'", "25: '2026-2-1'" } },
	{ "stage + 1 = 2", { "1: stage is a text: only numbers and dates can be added" } },
	{ "open - 1 = 2", { "1: open is true or false: only numbers" } },
	{ "'x' + 1 = 2", { "1: 'x' is not a date, but only numbers and dates can be added" } },
	{ "today + due > today", { "9: due is a date: it cannot be added to a date" } },
	{ "3 - due = 2", { "5: due is a date: it cannot be taken from a number" } },
	{ "-due = 2", { "1: due is a date: only numbers can be negative" } },
	{ "(open AND paused) + 1 = 2", { "2: the comparison is true or false: only numbers" } },
	{ "arrears >", { "10: it ends too early: a value belongs here" } },
	{ "arrears > AND stge", { "11: unexpected \"AND\": a name", "15: unknown name \"stge\"" } },
	{ "arrears > ) OR stge = 1",
	  { "11: unexpected \")\": a name", "11: this bracket closes nothing",
	    "16: unknown name" } },
	{ "(open", { "1: the bracket that opens here is never closed" } },
	{ "((open) AND stge", { "1: the bracket", "13: unknown name \"stge\"" } },
	{ "open)", { "5: this bracket closes nothing" } },
	{ "open) AND stge", { "5: this bracket closes nothing", "11: unknown name \"stge\"" } },
	{ "open paused", { "6: unexpected \"paused\": a comparison, AND or OR belongs here" } },
	{ "stage LIKE 'own%' AND stge = 2", { "7: unexpected \"LIKE\"", "23: unknown name" } },
	{ "(arrears = 3 4) AND stge", { "14: unexpected \"4\": AND or OR", "21: unknown name" } },
	{ "1 < arrears < 3", { "13: comparisons do not form a chain: join them with AND" } },
	{ "stage IN 'own_lease' AND stge", { "10: IN needs a list in brackets", "26: unknown" } },
	{ "stage IN ()", { "11: unexpected \")\"" } },
	{ "stage IN ('own_lease' 'trial_flat')", { "23: unexpected \"trial_flat\": , or )" } },
	{ "stage IN ('own_lease',",
	  { "10: the list that opens here is never", "23: it ends too" } },
	{ "arrears BETWEEN 1, 3", { "18: BETWEEN needs two values" } },
	{ "arrears IS 3", { "12: IS stands before NULL or NOT NULL" } },
	{ "arrears NOT 3", { "13: after a value NOT stands before IN or BETWEEN" } },
	{ "stage = \"own_lease\"",
	  { "9: \"own_lease\" stands in double quotes: write 'own_lease'" } },
	{ "stage = 'own_lease", { "9: the text that starts here has no end: ' is missing" } },
	{ "open && paused || open",
	  { "6: unknown sign \"&&\": write AND", "16: unknown sign \"||\"" } },
	{ "!open", { "1: unknown sign \"!\": write NOT" } },
	{ "arrears => 3", { "9: unknown sign \"=>\": write >=" } },
	{ "arrears * 3 > 4 AND stge", { "9: unknown sign \"*\": there are", "21: unknown name" } },
	{ "open;", { "5: unknown sign \";\"" } },
	{ "arrears > 3.5 OR due < 3M",
	  { "11: 3.5 is not a whole number", "24: 3M is not a whole number" } },
	{ "arrears > 9223372036854775808", { "11: 9223372036854775808 is too large a number" } },
	{ "key = 'åäö' AND stge", { "17: unknown name \"stge\"" } },
	{ "läge = 3", { "1: unknown name \"läge\"" } },
};

static char *mistakes_in(const char *text)
{
	struct problems problems = PROBLEMS_NONE;
	struct arena *arena = arena_new();
	assert_null(condition_parse(text, &all_names, arena, "rule.conf", 12, &problems));
	problems_sort(&problems);
	char *all = xstrdup("");
	for (size_t i = 0; i < problems.count; i++) {
		assert_string_equal(problems.list[i].place, "rule.conf");
		assert_int_equal(problems.list[i].line, 12);
		char *longer =
		    xasprintf("%s%d: %s\n", all, problems.list[i].column, problems.list[i].text);
		free(all);
		all = longer;
	}
	problems_clear(&problems);
	arena_free(arena);
	return all;
}

static void test_mistakes(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		char *got = mistakes_in(wrong[i].condition);
		const char *line = got;
		for (size_t m = 0; m < 5 && wrong[i].mistakes[m] != NULL; m++) {
			const char *wanted = wrong[i].mistakes[m];
			if (strncmp(line, wanted, strlen(wanted)) != 0)
				fail_msg("%s: wanted \"%s\" in\n%s", wrong[i].condition, wanted,
					 got);
			line = strchr(line, '\n') + 1;
		}
		if (*line != '\0')
			fail_msg("%s: too much in\n%s", wrong[i].condition, got);
		free(got);
	}
}

static char *repeated(const char *before, const char *part, int times, const char *after)
{
	char *text = xcalloc(strlen(before) + strlen(part) * (size_t)times + strlen(after) + 1, 1);
	char *end = stpcpy(text, before);
	while (times-- > 0)
		end = stpcpy(end, part);
	stpcpy(end, after);
	return text;
}

static void must_be_refused(char *text, const char *why)
{
	char *got = mistakes_in(text);
	if (strstr(got, why) == NULL)
		fail_msg("wanted \"%s\" in\n%s", why, got);
	free(got);
	free(text);
}

/* Whatever somebody writes, it is bounded: in length, in depth, in what is said about it. */
static void test_bounds(void **state)
{
	(void)state;
	must_be_refused(repeated("open", " AND open", 500, ""), "has 4504 bytes: at most 4000");
	must_be_refused(repeated("", "(", 60, "open"), "too many brackets within each other");
	must_be_refused(repeated("", "NOT ", 60, "open"), "too many brackets within each other");
	must_be_refused(repeated("1 = ", "-", 60, "1"), "too many brackets within each other");
	char *deep = repeated("", "(", 50, "open");
	char *closed = repeated(deep, ")", 50, "");
	struct arena *arena = arena_new();
	parse(closed, arena);
	char *many = repeated("open", " AND open", 400, "");
	parse(many, arena);
	char *nonsense = repeated("", "x ", 1999, "x");
	char *got = mistakes_in(nonsense);
	assert_true(strlen(got) < 4000);
	free(deep);
	free(closed);
	free(many);
	free(nonsense);
	free(got);
	nonsense = repeated("open", " AND x", 200, "");
	got = mistakes_in(nonsense); /* twenty of them, and that there are more */
	char *more = strstr(got, "from here on there are more mistakes: mend these first");
	assert_non_null(more);
	assert_null(strstr(more + 1, "from here on"));
	assert_int_equal(strchr(more, '\n') - got, (ptrdiff_t)strlen(got) - 1);
	free(nonsense);
	free(got);
	arena_free(arena);
}

/* All worlds are of 2026-11-30 unless they say otherwise. */
static const struct {
	const char *condition, *world, *day;
} changes[] = {
	{ "today > due", "due=2026-12-04", "2026-12-05" },
	{ "today >= due", "due=2026-12-04", "2026-12-04" },
	{ "today = due", "due=2026-12-04", "2026-12-04" },
	{ "today = due", "due=2026-11-30", "2026-12-01" },
	{ "today = due", "due=2026-11-29", "never" },
	{ "today > due", "due=2026-11-30", "2026-12-01" },
	{ "today > due", "due=2026-11-29", "never" },
	{ "today > due", "open=true", "never" },
	{ "today - due > 3", "due=2026-11-30", "2026-12-04" },
	{ "due - today < 14", "due=2027-02-28", "2027-02-15" },
	{ "due - 14 <= today", "due=2027-02-28", "2027-02-14" },
	{ "today BETWEEN due AND due + 7", "due=2026-12-04", "2026-12-04" },
	{ "today BETWEEN due AND due + 7", "due=2026-11-28", "2026-12-06" },
	{ "today NOT BETWEEN due AND due + 7", "due=2026-11-01", "never" },
	{ "due BETWEEN today - 7 AND today", "due=2026-11-28", "2026-12-06" },
	{ "today IN ('2026-12-24', '2026-12-31')", "open=true", "2026-12-24" },
	{ "today IN ('2026-12-24', '2026-11-30')", "open=true", "2026-12-01" },
	{ "today IN ('2026-12-01', '2026-11-30')", "open=true", "2026-12-02" },
	{ "stage_days > 60", "stage_days=50", "2026-12-11" },
	{ "stage_days - 10 > today - due", "stage_days=50 due=2026-11-30", "never" },
	{ "today - due + stage_days >= 9", "stage_days=0 due=2026-11-30", "2026-12-05" },
	{ "(today - due) + (today - anchor) = 5", "due=2026-11-30 anchor=2026-11-30", "never" },
	{ "-(today - due) = -4", "due=2026-11-30", "2026-12-04" },
	{ "today - today = 1", "open=true", "never" },
	{ "open AND today > due", "open=false due=2026-12-04", "never" },
	{ "open OR today > due", "open=false due=2026-12-04", "2026-12-05" },
	{ "NOT today > due", "due=2026-12-04", "2026-12-05" },
	{ "today > due AND today > anchor", "due=2026-12-04 anchor=2026-12-10", "2026-12-11" },
	{ "(today > due) = open", "due=2026-12-04 open=true", "2026-12-05" },
	{ "today > due OR today <= due", "due=2026-12-04", "never" },
	{ "today IS NULL", "open=true", "never" },
	{ "visits_7d >= 4", "visits_7d=4@2026-12-03", "2026-12-03" },
	{ "visits_7d >= 4 AND today > due", "visits_7d=4@2026-12-03 due=2026-12-01", "2026-12-02" },
	{ "visits_7d >= 4 AND today > due", "visits_7d=4@2026-12-03 due=2026-12-24", "2026-12-03" },
	{ "visits_7d > 0 OR arrears > 0", "visits_7d=4@2026-12-03 arrears=1@2026-12-02",
	  "2026-12-02" },
	{ "stage = 'own_lease'", "stage=trial_flat", "never" },
	{ "today > '9999-12-30'", "open=true", "9999-12-31" },
	{ "today > '9999-12-31'", "open=true", "never" },
	{ "today + 4611686018427387904 > due", "due=2026-12-04", "2026-12-01" },
	{ "arrears + 9223372036854775807 > 0", "arrears=1", "never" },
};

static void test_next_change(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
		char text[200], day[DATE_TEXT_SIZE];
		struct arena *arena = arena_new();
		struct world world;
		snprintf(text, sizeof(text), "today=2026-11-30 %s", changes[i].world);
		read_world(&world, text);
		struct condition_world as_seen = world_of(&world);
		date got = condition_next_change(parse(changes[i].condition, arena), &as_seen);
		if (got != day_of(changes[i].day))
			fail_msg("%s with %s: \"%s\" instead of %s", changes[i].condition, text,
				 date_format(got, day), changes[i].day);
		arena_free(arena);
	}
}

/* Where no slot is today, or it is not known, nothing is solved. */
static void test_next_change_without_today(void **state)
{
	(void)state;
	struct arena *arena = arena_new();
	struct world world;
	read_world(&world, "due=2026-12-04@2026-12-24 stage_days=3@2026-12-01");
	struct condition_world as_seen = world_of(&world);
	as_seen.today_slot = -1;
	struct condition *condition = parse("due > '2026-01-01' AND stage_days > 90", arena);
	assert_int_equal(condition_next_change(condition, &as_seen), day_of("2026-12-01"));
	as_seen.today_slot = SLOT(0);
	as_seen.grows_daily = NULL;
	assert_int_equal(condition_next_change(condition, &as_seen), day_of("2026-12-01"));
	arena_free(arena);
}

static const char *const written[][2] = {
	{ "( (open) )", "open" },
	{ "open and(paused or not open)", "open AND (paused OR NOT open)" },
	{ "(open AND paused) AND open", "open AND paused AND open" },
	{ "open OR (paused OR open)", "open OR paused OR open" },
	{ "(open AND paused) OR open", "open AND paused OR open" },
	{ "NOT(NOT(open))", "NOT NOT open" },
	{ "NOT (open = paused)", "NOT open = paused" },
	{ "(NOT open) = paused", "(NOT open) = paused" },
	{ "stage in('own_lease','trial_flat')", "stage IN ('own_lease', 'trial_flat')" },
	{ "stage not  IN ('own_lease')", "stage NOT IN ('own_lease')" },
	{ "arrears<>3", "arrears <> 3" },
	{ "arrears!=3 or arrears==4", "arrears <> 3 OR arrears = 4" },
	{ "(arrears+1)-(2-3)=- -4", "arrears + 1 - (2 - 3) = - -4" },
	{ "arrears is  not null", "arrears IS NOT NULL" },
	{ "today between '2026-01-01' and due+3", "today BETWEEN '2026-01-01' AND due + 3" },
	{ "today not between due and due", "today NOT BETWEEN due AND due" },
	{ "key = 'it''s'", "key = 'it''s'" },
	{ "true and FALSE", "TRUE AND FALSE" },
	{ "(arrears > 3) IS NULL", "(arrears > 3) IS NULL" },
};

static void test_format(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(written) / sizeof(written[0]); i++) {
		struct arena *arena = arena_new();
		char *once = condition_format(parse(written[i][0], arena));
		char *twice = condition_format(parse(once, arena));
		assert_string_equal(once, written[i][1]);
		assert_string_equal(twice, once);
		free(once);
		free(twice);
		arena_free(arena);
	}
}

static void test_slots(void **state)
{
	(void)state;
	struct arena *arena = arena_new();
	const int *slots = NULL;
	char text[] =
	    "open AND arrears > 3 AND NOT open AND today < due + arrears AND stage IS NULL "
	    "AND visits_7d = remarks_6m";
	struct condition *condition = parse(text, arena);
	memset(text, 'x', sizeof(text) - 1); /* nothing points into the text any more */
	assert_int_equal(condition_slots(condition, &slots), 7);
	static const char *const wanted[] = { "open",  "arrears",   "today",     "due",
					      "stage", "visits_7d", "remarks_6m" };
	for (size_t i = 0; i < 7; i++)
		assert_string_equal(names[slots[i] - SLOT(0)].name, wanted[i]);
	char *form = condition_format(condition);
	assert_int_equal(strncmp(form, "open AND arrears > 3", 20), 0);
	free(form);
	assert_int_equal(condition_slots(parse("TRUE", arena), &slots), 0);
	arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_verdicts),
		cmocka_unit_test(test_mistakes),
		cmocka_unit_test(test_bounds),
		cmocka_unit_test(test_next_change),
		cmocka_unit_test(test_next_change_without_today),
		cmocka_unit_test(test_format),
		cmocka_unit_test(test_slots),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
