/* SPDX-License-Identifier: EUPL-1.2 */
/* Days and times: against a naive count of every day, and at the ends of what an int can hold. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "rules/time/date.h"

#define SOME(array) (sizeof(array) / sizeof((array)[0]))

/* A calendar that knows nothing but how long months are, and goes on by one day. */
struct walker {
	int year, month, day, weekday;
};

static int naive_length(int year, int month)
{
	if (month == 2)
		return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0 ? 29 : 28;
	return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

static void step(struct walker *walker)
{
	walker->weekday = walker->weekday % 7 + 1;
	if (walker->day++ < naive_length(walker->year, walker->month))
		return;
	walker->day = 1;
	if (walker->month++ < 12)
		return;
	walker->month = 1;
	walker->year++;
}

static void naive_add_month(int *year, int *month, int by)
{
	*month += by;
	if (*month > 12) {
		*month = 1;
		++*year;
	} else if (*month < 1) {
		*month = 12;
		--*year;
	}
}

static void every_day_of_all_years(void **state)
{
	(void)state;
	struct walker walker = { 1, 1, 1, 1 }; /* 0001-01-01 was a Monday */
	char text[DATE_TEXT_SIZE], wanted[32];
	date day = date_from_ymd(1, 1, 1);
	for (; walker.year < 10000; day++, step(&walker)) {
		int year, month, day_of_month;
		date_to_ymd(day, &year, &month, &day_of_month);
		assert_int_equal(year, walker.year);
		assert_int_equal(month, walker.month);
		assert_int_equal(day_of_month, walker.day);
		assert_int_equal(date_from_ymd(year, month, day_of_month), day);
		assert_int_equal(date_weekday(day), walker.weekday);
		if (day % 97 != 0)
			continue;
		date again;
		snprintf(wanted, sizeof(wanted), "%04d-%02d-%02d", walker.year, walker.month,
			 walker.day);
		assert_string_equal(date_format(day, text), wanted);
		assert_int_equal(date_parse(text, &again), 0);
		assert_int_equal(again, day);
	}
	assert_string_equal(date_format(day - 1, text), "9999-12-31");
	assert_string_equal(date_format(day, text), "");
}

static void known_days(void **state)
{
	(void)state;
	assert_int_equal(date_from_ymd(1970, 1, 1), 0);
	assert_int_equal(date_from_ymd(2000, 3, 1), 11017);
	assert_int_equal(date_weekday(date_from_ymd(2026, 11, 30)), 1);
	assert_int_equal(date_weekday(date_from_ymd(2027, 2, 28)), 7);
}

/* All days of a century, up to five years either way, month by month. */
static void months_of_a_century(void **state)
{
	(void)state;
	date last = date_from_ymd(2100, 12, 31);
	for (date day = date_from_ymd(2000, 1, 1); day <= last; day++) {
		int year, month, day_of_month;
		date_to_ymd(day, &year, &month, &day_of_month);
		for (int by = -1; by <= 1; by += 2) {
			int there_year = year, there_month = month;
			for (int months = by; months >= -60 && months <= 60; months += by) {
				naive_add_month(&there_year, &there_month, by);
				int length = naive_length(there_year, there_month);
				int there = day_of_month < length ? day_of_month : length;
				assert_int_equal(date_add_months(day, months),
						 date_from_ymd(there_year, there_month, there));
			}
		}
		assert_int_equal(date_add_months(day, 0), day);
	}
}

static void days_that_there_are_not(void **state)
{
	(void)state;
	static const int none[][3] = {
		{ 2027, 2, 29 },      { 2026, 2, 31 },      { 1900, 2, 29 },
		{ 2026, 13, 1 },      { 2026, 0, 1 },       { 2026, 4, 31 },
		{ 2026, 1, 0 },       { 2026, 1, 32 },      { 0, 1, 1 },
		{ 10000, 1, 1 },      { -1, 1, 1 },         { 2026, 1, -1 },
		{ INT_MAX, 1, 1 },    { INT_MIN, 1, 1 },    { 2026, INT_MAX, 1 },
		{ 2026, INT_MIN, 1 }, { 2026, 1, INT_MAX }, { 2026, 1, INT_MIN },
	};
	for (size_t i = 0; i < SOME(none); i++)
		assert_int_equal(date_from_ymd(none[i][0], none[i][1], none[i][2]), DATE_NONE);
	assert_int_equal(date_days_in_month(2026, 13), 0);
	assert_int_equal(date_days_in_month(2028, 2), 29);
}

static void the_ends_of_the_numbers(void **state)
{
	(void)state;
	static const date ends[] = { INT32_MIN, INT32_MIN + 1, -719163, 2932897, INT32_MAX };
	char text[CIVIL_TEXT_SIZE], day_text[DATE_TEXT_SIZE];
	for (size_t i = 0; i < SOME(ends); i++) {
		int year = 1, month = 1, day = 1;
		date_to_ymd(ends[i], &year, &month, &day);
		assert_int_equal(year + month + day, 0);
		assert_string_equal(date_format(ends[i], day_text), "");
		assert_int_equal(date_add_months(ends[i], 1), DATE_NONE);
		assert_int_equal(date_add_days(ends[i], -1), DATE_NONE);
		assert_in_range(date_weekday(ends[i]), 1, 7);
	}
	date some = date_from_ymd(2026, 11, 30);
	assert_int_equal(date_add_months(some, INT_MAX), DATE_NONE);
	assert_int_equal(date_add_months(some, INT_MIN), DATE_NONE);
	assert_int_equal(date_add_months(date_from_ymd(9999, 12, 31), 1), DATE_NONE);
	assert_int_equal(date_add_months(date_from_ymd(9999, 11, 30), 1),
			 date_from_ymd(9999, 12, 30));
	assert_int_equal(date_add_months(date_from_ymd(1, 2, 28), -1), date_from_ymd(1, 1, 28));
	assert_int_equal(date_add_months(date_from_ymd(1, 1, 1), -1), DATE_NONE);
	assert_int_equal(date_add_days(some, INT64_MAX), DATE_NONE);
	assert_int_equal(date_add_days(some, INT64_MIN), DATE_NONE);
	assert_int_equal(date_add_days(date_from_ymd(1, 1, 1), 3652058),
			 date_from_ymd(9999, 12, 31));
	assert_int_equal(date_add_days(date_from_ymd(9999, 12, 31), -3652058),
			 date_from_ymd(1, 1, 1));
	assert_int_equal(date_add_days(date_from_ymd(9999, 12, 31), 1), DATE_NONE);
	assert_true(civil_at(DATE_NONE, 5) == CIVIL_NONE);
	static const civil times[] = { CIVIL_NONE, INT64_MIN + 1, INT64_MAX };
	for (size_t i = 0; i < SOME(times); i++) {
		assert_int_equal(civil_date(times[i]), DATE_NONE);
		assert_in_range(civil_second(times[i]), 0, CIVIL_DAY - 1);
		assert_string_equal(civil_format(times[i], text), "");
	}
}

static void texts_that_are_no_dates(void **state)
{
	(void)state;
	static const char *const texts[] = {
		"",
		"2026",
		"2026-11",
		"2026-11-3",
		"2026-11-30 ",
		" 2026-11-30",
		"2026-11-300",
		"2026/11/30",
		"20261130",
		"26-11-30",
		"2026-02-29",
		"2026-1-30",
		"2026-11-30T1",
		"+026-11-30",
		"2026-11-\xC3\xA5",
		"-026-11-30",
		"0000-01-01",
		"2026-11-3O",
		"2026-00-10",
		"12026-11-30",
	};
	for (size_t i = 0; i < SOME(texts); i++) {
		date day = 4711;
		struct moment moment = { 4711, 42 };
		assert_int_equal(date_parse(texts[i], &day), -1);
		assert_int_equal(moment_parse(texts[i], &moment), -1);
		assert_int_equal(day, 4711);
		assert_int_equal(moment.second, 42);
	}
}

static void months(void **state)
{
	(void)state;
	static const char *const none[] = {
		"",        "2026",   "2026-1",  "2026-13",    "2026-00",
		"0000-01", "202612", "2026/12", "2026-12-01", "2026-12 "
	};
	date first = DATE_NONE;
	assert_int_equal(date_parse_month("2026-12", &first), 0);
	assert_int_equal(first, date_from_ymd(2026, 12, 1));
	for (size_t i = 0; i < SOME(none); i++)
		assert_int_equal(date_parse_month(none[i], &first), -1);
	assert_int_equal(first, date_from_ymd(2026, 12, 1));
	assert_int_equal(DATE_FIRST, date_from_ymd(1, 1, 1));
	assert_int_equal(DATE_LAST, date_from_ymd(9999, 12, 31));
}

static void times(void **state)
{
	(void)state;
	char text[CIVIL_TEXT_SIZE];
	civil time = 4711;
	assert_int_equal(civil_parse("2026-11-30T10:15", &time), 0);
	assert_true(time == civil_at(date_from_ymd(2026, 11, 30), 36900));
	assert_int_equal(civil_parse("2026-11-30 10:15:59", &time), 0);
	assert_string_equal(civil_format(time, text), "2026-11-30T10:15:59");
	assert_int_equal(civil_date(time), date_from_ymd(2026, 11, 30));
	assert_int_equal(civil_second(time), 36959);
	assert_int_equal(civil_date(-1), -1);
	assert_int_equal(civil_second(-1), 86399);
	assert_int_equal(civil_date(-86400), -1);
	assert_int_equal(civil_second(-86400), 0);
	static const char *const bad[] = { "2026-11-30",          "2026-11-30T24:00",
					   "2026-11-30T10",       "2026-11-30T10:60",
					   "2026-11-30T10:15:60", "2026-11-30T10:15:",
					   "2026-11-30t10:15",    "2026-11-30T10:15+01:00",
					   "2026-11-30T10:15Z",   "2026-11-30T10:15:00.5",
					   "2026-11-30  10:15",   "2026-02-30T10:15" };
	for (size_t i = 0; i < SOME(bad); i++) {
		assert_int_equal(civil_parse(bad[i], &time), -1);
		assert_string_equal(civil_format(time, text), "2026-11-30T10:15:59");
	}
	int second = 42;
	assert_int_equal(time_of_day_parse("00:00", &second), 0);
	assert_int_equal(second, 0);
	assert_int_equal(time_of_day_parse("23:59", &second), 0);
	assert_int_equal(second, 86340);
	static const char *const no_time[] = { "",         "24:00", "8:00",   "08:60",
					       "08:00:00", "0800",  "08:00 ", "-1:00" };
	for (size_t i = 0; i < SOME(no_time); i++)
		assert_int_equal(time_of_day_parse(no_time[i], &second), -1);
	assert_int_equal(second, 86340);
}

/* Moments, their texts and their instants sort alike; a bare day comes before its times. */
static void moments_sort_as_their_texts(void **state)
{
	(void)state;
	static const char *const sorted[] = {
		"0001-01-01",          "0999-12-31T23:59:59", "2026-11-29T23:59:59",
		"2026-11-30",          "2026-11-30T00:00:00", "2026-11-30T09:59:59",
		"2026-11-30T10:00:00", "2026-12-01",          "9999-12-31T23:59:59",
	};
	for (size_t i = 0; i < SOME(sorted); i++)
		for (size_t j = 0; j < SOME(sorted); j++) {
			struct moment a, b;
			char text[MOMENT_TEXT_SIZE];
			assert_int_equal(moment_parse(sorted[i], &a), 0);
			assert_int_equal(moment_parse(sorted[j], &b), 0);
			assert_string_equal(moment_format(a, text), sorted[i]);
			int by_place = (i > j) - (i < j);
			int by_moment = moment_compare(a, b);
			assert_int_equal((by_moment > 0) - (by_moment < 0), by_place);
			int by_text = strcmp(sorted[i], sorted[j]);
			assert_int_equal((by_text > 0) - (by_text < 0), by_place);
			if (by_place < 0)
				assert_true(moment_civil(a) <= moment_civil(b));
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_day_of_all_years),
		cmocka_unit_test(known_days),
		cmocka_unit_test(months_of_a_century),
		cmocka_unit_test(days_that_there_are_not),
		cmocka_unit_test(the_ends_of_the_numbers),
		cmocka_unit_test(texts_that_are_no_dates),
		cmocka_unit_test(months),
		cmocka_unit_test(times),
		cmocka_unit_test(moments_sort_as_their_texts),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
