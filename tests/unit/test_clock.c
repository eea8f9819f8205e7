/* SPDX-License-Identifier: EUPL-1.2 */
/* Instants and the office's wall clock, on the nights when they disagree too. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "daemon/base/clock.h"

static struct clock *stockholm;

static int set_up(void **state)
{
	(void)state;
	/* A daemon may be started from anywhere, by anybody. */
	setenv("TZ", "America/New_York", 1);
	setlocale(LC_ALL, "sv_SE.UTF-8");
	stockholm = clock_new("Europe/Stockholm");
	return stockholm == NULL ? -1 : 0;
}

static int tear_down(void **state)
{
	(void)state;
	clock_free(stockholm);
	return 0;
}

static civil civil_of(const char *text)
{
	civil time = CIVIL_NONE;
	assert_int_equal(civil_parse(text, &time), 0);
	return time;
}

static void expect_instant(const char *wall, const char *expected)
{
	char text[INSTANT_TEXT_SIZE];
	instant at = clock_from_civil(stockholm, civil_of(wall));
	assert_string_equal(clock_format(stockholm, at, text), expected);
}

static void test_ordinary_days(void **state)
{
	(void)state;
	expect_instant("2026-11-30T08:00", "2026-11-30T08:00:00+01:00");
	expect_instant("2026-06-21T23:59:59", "2026-06-21T23:59:59+02:00");
	expect_instant("2026-03-28T12:00", "2026-03-28T12:00:00+01:00");
	expect_instant("2026-03-30T12:00", "2026-03-30T12:00:00+02:00");
	expect_instant("2099-07-01T08:00", "2099-07-01T08:00:00+02:00");
	assert_int_equal(clock_from_civil(stockholm, civil_of("1970-01-01T01:00")), 0);
}

static void test_hour_left_out_means_the_change(void **state)
{
	(void)state;
	/* 29 March 2026, 02:00 -> 03:00 */
	expect_instant("2026-03-29T01:59:59", "2026-03-29T01:59:59+01:00");
	expect_instant("2026-03-29T02:00", "2026-03-29T03:00:00+02:00");
	expect_instant("2026-03-29T02:30", "2026-03-29T03:00:00+02:00");
	expect_instant("2026-03-29T02:59:59", "2026-03-29T03:00:00+02:00");
	expect_instant("2026-03-29T03:00", "2026-03-29T03:00:00+02:00");
	expect_instant("2026-03-29T03:00:01", "2026-03-29T03:00:01+02:00");
}

static void test_hour_that_comes_twice_means_the_first(void **state)
{
	(void)state;
	/* 25 October 2026, 03:00 -> 02:00 */
	expect_instant("2026-10-25T01:59:59", "2026-10-25T01:59:59+02:00");
	expect_instant("2026-10-25T02:00", "2026-10-25T02:00:00+02:00");
	expect_instant("2026-10-25T02:30", "2026-10-25T02:30:00+02:00");
	expect_instant("2026-10-25T02:59:59", "2026-10-25T02:59:59+02:00");
	expect_instant("2026-10-25T03:00", "2026-10-25T03:00:00+01:00");

	instant first = clock_from_civil(stockholm, civil_of("2026-10-25T02:30"));
	char text[INSTANT_TEXT_SIZE];
	assert_string_equal(clock_format(stockholm, first + 3600, text),
			    "2026-10-25T02:30:00+01:00");
	assert_int_equal(clock_to_civil(stockholm, first), civil_of("2026-10-25T02:30"));
	assert_int_equal(clock_to_civil(stockholm, first + 3600), civil_of("2026-10-25T02:30"));
}

/* Every half hour of twenty years: there and back is the same, save in the hour left out. */
static void test_there_and_back(void **state)
{
	(void)state;
	int moved = 0;
	instant before = INT64_MIN;
	for (civil at = civil_of("2020-01-01T00:00"); at < civil_of("2040-01-01T00:00");
	     at += 1800) {
		instant there = clock_from_civil(stockholm, at);
		assert_true(there >= before);
		before = there;
		civil back = clock_to_civil(stockholm, there);
		if (back != at) {
			assert_int_equal(civil_second(back), 3 * 3600);
			moved++;
		}
	}
	assert_int_equal(moved, 20 * 2); /* 02:00 and 02:30 of twenty nights in March */
}

static void test_zone_of_the_process_has_no_say(void **state)
{
	(void)state;
	setenv("TZ", "Asia/Tokyo", 1);
	expect_instant("2026-11-30T08:00", "2026-11-30T08:00:00+01:00");
	struct clock *utc = clock_new("UTC");
	assert_non_null(utc);
	char text[INSTANT_TEXT_SIZE];
	assert_string_equal(clock_format(utc, 0, text), "1970-01-01T00:00:00+00:00");
	clock_free(utc);
	assert_int_equal(clock_set_zone(stockholm, "America/St_Johns"), 0);
	assert_string_equal(clock_format(stockholm, 0, text), "1969-12-31T20:30:00-03:30");
	assert_int_equal(clock_set_zone(stockholm, "Europe/Stockholm"), 0);
}

static void test_unknown_zones_change_nothing(void **state)
{
	(void)state;
	static const char *const names[] = { "",
					     "Europe",
					     "Europe/Stokholm",
					     "../../../etc/passwd",
					     "../zoneinfo/UTC",
					     "/usr/share/zoneinfo/UTC",
					     "zone.tab",
					     "UTC/",
					     "Europe//Stockholm",
					     "UTC\n",
					     "CET-1CEST" };
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		assert_int_equal(clock_set_zone(stockholm, names[i]), -1);
		assert_null(clock_new(names[i]));
	}
	expect_instant("2026-11-30T08:00", "2026-11-30T08:00:00+01:00");
	clock_free(NULL);
}

static void test_formats_follow_no_locale(void **state)
{
	(void)state;
	char text[INSTANT_TEXT_SIZE + 8];
	instant at = clock_from_civil(stockholm, civil_of("2026-11-30T08:00"));
	assert_string_equal(clock_format_mail(stockholm, at, text),
			    "Mon, 30 Nov 2026 08:00:00 +0100");
	at = clock_from_civil(stockholm, civil_of("2027-05-01T07:05:09"));
	assert_string_equal(clock_format_mail(stockholm, at, text),
			    "Sat, 01 May 2027 07:05:09 +0200");
	assert_string_equal(clock_format_mail(stockholm, INSTANT_NEVER, text), "");
	assert_string_equal(clock_format(stockholm, INSTANT_NEVER, text), "");
	/* Nothing overflows, whatever a row might hold. */
	assert_string_equal(clock_format(stockholm, INT64_MIN, text), "0001-01-02T01:12:12+01:12");
	assert_int_equal(strlen(clock_format(stockholm, INSTANT_NEVER - 1, text)), 25);
}

static void expect_parsed(const char *text, const char *expected)
{
	instant at = 42;
	char formatted[INSTANT_TEXT_SIZE];
	assert_true(clock_is_time(text));
	assert_int_equal(clock_parse(stockholm, text, &at), 0);
	assert_string_equal(clock_format(stockholm, at, formatted), expected);
}

static void test_parse(void **state)
{
	(void)state;
	expect_parsed("2026-11-30", "2026-11-30T00:00:00+01:00");
	expect_parsed("2026-11-30T08:00", "2026-11-30T08:00:00+01:00");
	expect_parsed("2026-11-30T08:00:30", "2026-11-30T08:00:30+01:00");
	expect_parsed("2026-11-30T07:00:00Z", "2026-11-30T08:00:00+01:00");
	expect_parsed("2026-11-30T02:00-05:00", "2026-11-30T08:00:00+01:00");
	expect_parsed("2026-10-25T02:30:00+02:00", "2026-10-25T02:30:00+02:00");
	expect_parsed("2026-10-25T02:30:00+01:00", "2026-10-25T02:30:00+01:00");
}

static void test_parse_refuses(void **state)
{
	(void)state;
	static const char *const texts[] = { "",
					     "2026",
					     "2026-02-31",
					     "2026-11-30Z",
					     "2026-11-30T",
					     "2026-11-30T24:00",
					     "2026-11-30T08",
					     "2026-11-30T08:00:00.5",
					     "2026-11-30T08:00+1",
					     "2026-11-30T08:00+0100",
					     "2026-11-30T08:00+01:60",
					     "2026-11-30T08:00+99:00",
					     "2026-11-30T08:00Z ",
					     "2026-11-30T08:00:00+01:00:00",
					     "2026-11-30T08:00:00                    Z",
					     " 2026-11-30",
					     "nu" };
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		instant at = 42;
		assert_false(clock_is_time(texts[i]));
		assert_int_equal(clock_parse(stockholm, texts[i], &at), -1);
		assert_int_equal(at, 42);
	}
}

static void test_virtual_clock_never_goes_back(void **state)
{
	(void)state;
	struct clock *clock = clock_new("Europe/Stockholm");
	assert_false(clock_is_virtual(clock));
	instant real = clock_now(clock);
	assert_true(real > INT64_C(1700000000));
	assert_int_equal(clock_set_virtual(clock, 1000), 0);
	assert_true(clock_is_virtual(clock));
	assert_int_equal(clock_now(clock), 1000);
	assert_int_equal(clock_set_virtual(clock, 999), -1);
	assert_int_equal(clock_now(clock), 1000);
	assert_int_equal(clock_set_virtual(clock, 1000), 0);
	assert_int_equal(clock_set_virtual(clock, 5000), 0);
	assert_int_equal(clock_now(clock), 5000);
	assert_int_equal(clock_now_civil(clock), 5000 + 3600);
	clock_free(clock);
}

static void test_monotonic_runs(void **state)
{
	(void)state;
	int64_t before = clock_monotonic_us();
	nanosleep(&(struct timespec){ 0, 2000000 }, NULL);
	assert_true(clock_monotonic_us() - before >= 2000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ordinary_days),
		cmocka_unit_test(test_hour_left_out_means_the_change),
		cmocka_unit_test(test_hour_that_comes_twice_means_the_first),
		cmocka_unit_test(test_there_and_back),
		cmocka_unit_test(test_zone_of_the_process_has_no_say),
		cmocka_unit_test(test_unknown_zones_change_nothing),
		cmocka_unit_test(test_formats_follow_no_locale),
		cmocka_unit_test(test_parse),
		cmocka_unit_test(test_parse_refuses),
		cmocka_unit_test(test_virtual_clock_never_goes_back),
		cmocka_unit_test(test_monotonic_runs),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
