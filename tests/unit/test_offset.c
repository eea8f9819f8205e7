/* SPDX-License-Identifier: EUPL-1.2 */
/* Offsets: what is one and what is not, and the dated tables of periods. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "rules/time/offset.h"
#include "tests/unit/shipped_fixture.h"
#include "tests/unit/tab.h"

#define SOME(array) (sizeof(array) / sizeof((array)[0]))

static void forms(void **state)
{
	(void)state;
	static const struct {
		const char *written;
		int months, days, workdays;
	} good[] = {
		{ "P3M", 3, 0, 0 },          { "-P14D", 0, -14, 0 },     { "P1Y2M", 14, 0, 0 },
		{ "P12M", 12, 0, 0 },        { "P6W", 0, 42, 0 },        { "P0D", 0, 0, 0 },
		{ "-P0D", 0, 0, 0 },         { "-P1Y1M1D", -13, -1, 0 }, { "P1M1W1D", 1, 8, 0 },
		{ "P9999Y", 119988, 0, 0 },  { "P9999D", 0, 9999, 0 },   { "5 workdays", 0, 0, 5 },
		{ "-2 workdays", 0, 0, -2 }, { "1 workday", 0, 0, 1 },   { "-1 workday", 0, 0, -1 },
		{ "0 workdays", 0, 0, 0 },
	};
	for (size_t i = 0; i < SOME(good); i++) {
		struct offset offset;
		assert_int_equal(offset_parse(good[i].written, &offset), 0);
		assert_int_equal(offset.months, good[i].months);
		assert_int_equal(offset.days, good[i].days);
		assert_int_equal(offset.workdays, good[i].workdays);
		assert_int_equal(offset.in_workdays, strstr(good[i].written, "work") != NULL);
		int sum = offset.months + offset.days + offset.workdays;
		assert_int_equal(offset_is_zero(&offset), sum == 0);
		assert_int_equal(offset_is_negative(&offset), sum < 0);
	}
}

static void no_offsets(void **state)
{
	(void)state;
	static const char *const bad[] = {
		"",
		"P",
		"-",
		"-P",
		"3M",
		"P3",
		"PM",
		"p3m",
		"P3m",
		"+P3M",
		"--P3M",
		"P-3M",
		"P3M ",
		" P3M",
		"P1M1Y",
		"P1M1M",
		"P1D1W",
		"P10000D",
		"P00000D",
		"P1.5M",
		"PT5H",
		"P1DT1H",
		"P3MX",
		"14d",
		"5 days",
		"5workdays",
		"5  workdays",
		"workdays",
		"5 Workdays",
		"5 workdays ",
		"10000 workdays",
		"P5 workdays",
		"5 workdayss",
		"- 2 workdays",
		"P99999999999999999999D",
	};
	for (size_t i = 0; i < SOME(bad); i++) {
		struct offset offset = { 1, 2, 3, false };
		if (offset_parse(bad[i], &offset) == 0)
			fail_msg("\"%s\" was taken for an offset", bad[i]);
		assert_int_equal(offset.months + offset.days + offset.workdays, 6);
	}
}

static date month_end(date day)
{
	int year, month, day_of_month;
	date_to_ymd(day, &year, &month, &day_of_month);
	return date_from_ymd(year, month, date_days_in_month(year, month));
}

/* "P3M, month-end": one after the other. */
static date count(const struct tab *tab, date day, char *written)
{
	char *rest = NULL;
	for (char *one = strtok_r(written, ",", &rest); one; one = strtok_r(NULL, ",", &rest)) {
		struct offset offset;
		one += strspn(one, " ");
		if (strcmp(one, "month-end") == 0)
			day = month_end(day);
		else if (offset_parse(one, &offset) == 0)
			day = offset_apply(&offset, day, calendar);
		else
			fail_msg("%s:%d: \"%s\" is no offset", tab->path, tab->line, one);
	}
	return day;
}

static enum adjust adjust_named(const struct tab *tab, const char *name)
{
	static const char *const names[] = { "none", "following", "preceding", "statutory" };
	for (size_t i = 0; i < SOME(names); i++)
		if (strcmp(name, names[i]) == 0)
			return (enum adjust)i;
	fail_msg("%s:%d: unknown adjustment %s", tab->path, tab->line, name);
	return ADJUST_NONE;
}

static void periods(void **state)
{
	(void)state;
	struct tab tab;
	for (tab_open(&tab, "tests/tables/periods.tab", 5); tab_next(&tab);) {
		char day[DATE_TEXT_SIZE];
		date reached = count(&tab, shipped_date(tab.field[0]), tab.field[1]);
		reached = calendar_adjust(calendar, reached, adjust_named(&tab, tab.field[2]));
		TAB_SAME(&tab, date_format(reached, day), tab.field[3]);
	}
}

static void repeats(void **state)
{
	(void)state;
	struct tab tab;
	for (tab_open(&tab, "tests/tables/repeats.tab", 5); tab_next(&tab);) {
		struct offset offset, every;
		char day[DATE_TEXT_SIZE];
		assert_int_equal(offset_parse(tab.field[1], &offset), 0);
		assert_int_equal(offset_parse(tab.field[2], &every), 0);
		date reached = offset_apply_repeated(&offset, &every, atoi(tab.field[3]),
						     shipped_date(tab.field[0]), calendar);
		TAB_SAME(&tab, date_format(reached, day), tab.field[4]);
	}
}

/* What no rule can write may still be asked for: no number leads astray. */
static void ends_of_the_numbers(void **state)
{
	(void)state;
	static const int ends[] = { INT_MIN, INT_MIN + 1, -1, 0, 1, INT_MAX };
	date from = date_from_ymd(2026, 11, 30);
	struct offset none = { 0 };
	for (size_t i = 0; i < SOME(ends); i++)
		for (size_t j = 0; j < SOME(ends); j++) {
			struct offset odd = { .months = ends[i], .days = ends[j] };
			struct offset work = { .workdays = ends[i], .in_workdays = true };
			if (abs(ends[i] / 2) > 1 || abs(ends[j] / 2) > 1)
				assert_int_equal(offset_apply(&odd, from, calendar), DATE_NONE);
			if (abs(ends[i] / 2) > 1)
				assert_int_equal(offset_apply(&work, from, calendar), DATE_NONE);
			date there = offset_apply_repeated(&none, &odd, ends[j], from, calendar);
			if (ends[j] == 0)
				assert_int_equal(there, from);
			assert_int_equal(offset_apply(&odd, DATE_NONE, calendar), DATE_NONE);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(forms),
		cmocka_unit_test(no_offsets),
		cmocka_unit_test(periods),
		cmocka_unit_test(repeats),
		cmocka_unit_test(ends_of_the_numbers),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
