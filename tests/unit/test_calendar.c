/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The calendar that ships, against the law's tables and against a second telling of the law for
 * every day of a century; and what is said of a calendar that is wrong.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "rules/time/calendar.h"
#include "tests/unit/shipped_fixture.h"
#include "tests/unit/tab.h"

#define SOME(array) (sizeof(array) / sizeof((array)[0]))

/* Easter by the other well-known way, the one of Meeus, Jones and Butcher. */
static date other_easter(int year)
{
	int a = year % 19, b = year / 100, c = year % 100;
	int d = b / 4, e = b % 4, f = (b + 8) / 25, g = (b - f + 1) / 3;
	int h = (19 * a + b - d - g + 15) % 30;
	int i = c / 4, k = c % 4;
	int l = (32 + 2 * e + 2 * i - h - k) % 7;
	int m = (a + 11 * h + 22 * l) / 451;
	int n = h + l - 7 * m + 114;
	return date_from_ymd(year, n / 31, n % 31 + 1);
}

static void easter(void **state)
{
	(void)state;
	for (int year = 1; year <= 9999; year++) {
		assert_int_equal(calendar_easter(year), other_easter(year));
		assert_int_equal(date_weekday(calendar_easter(year)), 7);
	}
	static const int no_year[] = { INT_MIN, -1, 0, 10000, INT_MAX };
	for (size_t i = 0; i < SOME(no_year); i++)
		assert_int_equal(calendar_easter(no_year[i]), DATE_NONE);
}

/* The name of the named day that is a date, or NULL: the law told day by day. */
static const char *named_holiday(date day, int year, int month, int of_month)
{
	int monthday = month * 100 + of_month;
	int from_easter = day - other_easter(year);
	bool saturday = date_weekday(day) == 6;
	if (monthday == 101)
		return "nyårsdagen";
	if (monthday == 106)
		return "trettondedag jul";
	if (from_easter == -2)
		return "långfredagen";
	if (from_easter == 0)
		return "påskdagen";
	if (from_easter == 1)
		return "annandag påsk";
	if (monthday == 501)
		return "första maj";
	if (from_easter == 39)
		return "Kristi himmelsfärdsdag";
	if (from_easter == 49)
		return "pingstdagen";
	if (from_easter == 50 && year < 2005)
		return "annandag pingst";
	if (monthday == 606 && year >= 2005)
		return "nationaldagen";
	if (saturday && monthday >= 620 && monthday <= 626)
		return "midsommardagen";
	if (saturday && (monthday == 1031 || (monthday >= 1101 && monthday <= 1106)))
		return "alla helgons dag";
	if (monthday == 1225)
		return "juldagen";
	return monthday == 1226 ? "annandag jul" : NULL;
}

static const char *named_eve(date day, int month, int of_month)
{
	if (date_weekday(day) == 5 && month == 6 && of_month >= 19 && of_month <= 25)
		return "midsommarafton";
	if (month == 12 && of_month == 24)
		return "julafton";
	return month == 12 && of_month == 31 ? "nyårsafton" : NULL;
}

static void compare_day(date day)
{
	int year, month, of_month;
	date_to_ymd(day, &year, &month, &of_month);
	const char *holiday = named_holiday(day, year, month, of_month);
	const char *eve = named_eve(day, month, of_month);
	int weekday = date_weekday(day);
	const char *name = "unset";
	enum day_kind kind = calendar_day(calendar, day, &name);
	if (holiday != NULL) {
		assert_int_equal(kind, DAY_HOLIDAY);
		assert_string_equal(name, holiday);
	} else if (eve != NULL) {
		assert_int_equal(kind, DAY_EQUATED);
		assert_string_equal(name, eve);
	} else if (weekday > 5) {
		assert_int_equal(kind, DAY_WEEKEND);
		assert_string_equal(name, weekday == 6 ? "lördag" : "söndag");
	} else {
		assert_int_equal(kind, DAY_WORKING);
		assert_null(name);
	}
	bool bank_day = holiday == NULL && eve == NULL && weekday < 6;
	assert_int_equal(calendar_is_bank_day(calendar, day), bank_day);
	assert_int_equal(calendar_is_workday(calendar, day), bank_day);
	assert_int_equal(calendar_is_open_day(calendar, day), bank_day);
	assert_int_equal(calendar_is_holiday(calendar, day), holiday != NULL || weekday == 7);
}

/* Of the century that matters, and beyond both ends of the table that is worked out once. */
static void every_day_by_the_law(void **state)
{
	(void)state;
	for (date day = date_from_ymd(1960, 1, 1); day <= date_from_ymd(2160, 12, 31); day++)
		compare_day(day);
	for (date day = date_from_ymd(9990, 1, 1); day <= date_from_ymd(9999, 12, 31); day++)
		compare_day(day);
}

static const char *weekday_short(date day)
{
	static const char *const names[] = { "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun" };
	return names[date_weekday(day) - 1];
}

static void holidays_of_years(void **state)
{
	(void)state;
	static const char *const columns[] = { "långfredagen",   "påskdagen",
					       "annandag påsk",  "Kristi himmelsfärdsdag",
					       "pingstdagen",    "midsommarafton",
					       "midsommardagen", "alla helgons dag" };
	struct tab tab;
	for (tab_open(&tab, "tests/tables/holidays.tab", 11); tab_next(&tab);) {
		int year = atoi(tab.field[0]);
		for (size_t i = 0; i < SOME(columns); i++) {
			char text[32];
			const char *name;
			snprintf(text, sizeof(text), "%s-%s", tab.field[0], tab.field[1 + i]);
			calendar_day(calendar, shipped_date(text), &name);
			/* Of two names on one day the first in the file stands. */
			if (strcmp(text, "2008-05-01") == 0)
				TAB_SAME(&tab, name, "första maj");
			else
				TAB_SAME(&tab, name == NULL ? "-" : name, columns[i]);
		}
		TAB_SAME(&tab, weekday_short(date_from_ymd(year, 6, 6)), tab.field[9]);
		TAB_SAME(&tab, weekday_short(date_from_ymd(year, 12, 24)), tab.field[10]);
	}
}

static void single_days(void **state)
{
	(void)state;
	struct tab tab;
	for (tab_open(&tab, "tests/tables/days.tab", 5); tab_next(&tab);) {
		date day = shipped_date(tab.field[0]);
		const char *name;
		enum day_kind kind = calendar_day(calendar, day, &name);
		TAB_SAME(&tab, day_kind_name(kind), tab.field[1]);
		TAB_SAME(&tab, calendar_is_bank_day(calendar, day) ? "yes" : "no", tab.field[2]);
		TAB_SAME(&tab, name == NULL ? "-" : name, tab.field[3]);
	}
}

/* A time as the tables write it, without seconds. */
static const char *short_time(civil time, char text[CIVIL_TEXT_SIZE])
{
	civil_format(time, text);
	if (strlen(text) > strlen("2026-11-30T10:15"))
		text[strlen("2026-11-30T10:15")] = '\0';
	return text;
}

static void hours(void **state)
{
	(void)state;
	struct tab tab;
	for (tab_open(&tab, "tests/tables/hours.tab", 5); tab_next(&tab);) {
		char text[CIVIL_TEXT_SIZE];
		civil time = CIVIL_NONE;
		assert_int_equal(civil_parse(tab.field[0], &time), 0);
		civil last_slot = calendar_slot_at_or_before(calendar, time);
		civil next_slot = calendar_slot_at_or_after(calendar, time);
		civil next_open = calendar_open_at_or_after(calendar, time);
		TAB_SAME(&tab, short_time(last_slot, text), tab.field[1]);
		TAB_SAME(&tab, short_time(next_slot, text), tab.field[2]);
		TAB_SAME(&tab, calendar_is_open_at(calendar, time) ? "yes" : "no", tab.field[3]);
		TAB_SAME(&tab, short_time(next_open, text), tab.field[4]);
	}
}

static const char good_text[] =
    "zone = \"Europe/Stockholm\";\n"
    "opens = \"08:00\";\n"
    "closes = \"16:30\";\n"
    "slot = \"08:15\";\n"
    "workdays = [ \"mon\", \"tue\", \"wed\", \"thu\", \"fri\" ];\n"
    "holidays = (\n"
    "  { name = \"juldagen\"; date = \"12-25\"; },\n"
    "  { name = \"annandag påsk\"; easter = 1; until = 2090; },\n"
    "  { name = \"midsommardagen\"; weekday = \"sat\"; between = [ \"06-20\", \"06-26\" ]; }\n"
    ");\n"
    "equated = ( { name = \"julafton\"; date = \"12-24\"; } );\n"
    "closed = ( { date = \"2026-12-23\"; }, { date = \"12-27\"; name = \"mellandag\"; },\n"
    "  { from = \"2027-07-12\"; to = \"2027-07-23\"; name = \"sommarstängt\"; } );\n";

/* The good text with the first place of one text replaced by another; the caller frees it. */
static char *good_but(const char *from, const char *to)
{
	const char *at = strstr(good_text, from);
	if (at == NULL)
		fail_msg("the good text does not hold \"%s\"", from);
	return xasprintf("%.*s%s%s", (int)(at - good_text), good_text, to, at + strlen(from));
}

static void mistakes(void **state)
{
	(void)state;
	struct tab tab;
	for (tab_open(&tab, "tests/tables/calendar-mistakes.tab", 3); tab_next(&tab);) {
		bool removed = strcmp(tab.field[1], "#") == 0;
		char *text = good_but(tab.field[0], removed ? "" : tab.field[1]);
		struct problems problems = PROBLEMS_NONE;
		if (calendar_parse(text, "calendar.conf", &problems) != NULL)
			fail_msg("%s:%d: this was taken for good", tab.path, tab.line);
		problems_sort(&problems);
		char *told = xstrdup("nothing");
		for (size_t i = 0; i < problems.count; i++) {
			free(told);
			told = problem_format(&problems.list[i]);
			if (strncmp(told, tab.field[2], strlen(tab.field[2])) == 0)
				told[strlen(tab.field[2])] = '\0';
			if (strcmp(told, tab.field[2]) == 0)
				break;
		}
		TAB_SAME(&tab, told, tab.field[2]);
		free(told);
		free(text);
		problems_clear(&problems);
	}
}

/* Ten mistakes, ten complaints, each with its line. */
static void all_mistakes_at_once(void **state)
{
	(void)state;
	static const char bad[] =
	    "opens = \"17:00\";\n"
	    "closes = \"16:30\";\n"
	    "slot = \"half past\";\n"
	    "workdays = [ \"mon\", \"tusday\", \"sun\" ];\n"
	    "holidays = (\n"
	    "  { name = \"a\"; date = \"02-31\"; },\n"
	    "  { name = \"b\"; easter = 1; date = \"01-01\"; },\n"
	    "  { date = \"01-01\"; nmae = \"c\"; }\n"
	    ");\n"
	    "equated = ( { name = \"d\"; weekday = \"fri\"; between = [ \"06-19\" ]; } );\n"
	    "closed = ( { date = \"2026-13-01\"; } );\n"
	    "colour = \"red\";\n";
	static const struct {
		int line;
		const char *word;
	} wanted[] = {
		{ -1, "\"zone\" is missing" },
		{ 1, "opens 17:00" },
		{ 3, "half past" },
		{ 4, "tusday" },
		{ 4, "\"sun\"" },
		{ 6, "02-31" },
		{ 7, "several ways" },
		{ 8, "\"nmae\"" },
		{ 8, "\"name\" is missing" },
		{ 10, "two days" },
		{ 11, "2026-13-01" },
		{ 12, "colour" },
	};
	struct problems problems = PROBLEMS_NONE;
	assert_null(calendar_parse(bad, "x.conf", &problems));
	assert_int_equal(problems.count, SOME(wanted));
	for (size_t i = 0; i < SOME(wanted); i++) {
		bool found = false;
		for (size_t j = 0; j < problems.count; j++)
			found |= strstr(problems.list[j].text, wanted[i].word) != NULL &&
				 (wanted[i].line < 0 || problems.list[j].line == wanted[i].line);
		if (!found)
			fail_msg("nobody said \"%s\" of line %d", wanted[i].word, wanted[i].line);
	}
	problems_clear(&problems);
}

static struct calendar *good_calendar(const char *from, const char *to)
{
	struct problems problems = PROBLEMS_NONE;
	char *text = good_but(from, to);
	struct calendar *made = calendar_parse(text, "x.conf", &problems);
	if (made == NULL)
		fail_msg("%s", problems.list[0].text);
	free(text);
	return made;
}

static void closing_days_are_working_days(void **state)
{
	(void)state;
	struct calendar *office = good_calendar("", "");
	static const struct {
		const char *day;
		enum day_kind kind;
		const char *name;
	} days[] = {
		{ "2026-12-22", DAY_WORKING, NULL },
		{ "2026-12-23", DAY_CLOSED, "stängt" },
		{ "2025-12-23", DAY_WORKING, NULL },
		{ "2027-12-27", DAY_CLOSED, "mellandag" },
		{ "2029-12-27", DAY_CLOSED, "mellandag" },
		{ "2026-12-27", DAY_WEEKEND, "söndag" },
		{ "2027-07-09", DAY_WORKING, NULL },
		{ "2027-07-12", DAY_CLOSED, "sommarstängt" },
		{ "2027-07-23", DAY_CLOSED, "sommarstängt" },
		{ "2027-07-17", DAY_WEEKEND, "lördag" },
		{ "2027-07-26", DAY_WORKING, NULL },
		{ "2090-04-17", DAY_HOLIDAY, "annandag påsk" },
		{ "2091-04-09", DAY_WORKING, NULL },
		{ "2200-12-26", DAY_WORKING, NULL },
		{ "2199-12-27", DAY_CLOSED, "mellandag" },
	};
	for (size_t i = 0; i < SOME(days); i++) {
		date day = shipped_date(days[i].day);
		const char *name;
		assert_int_equal(calendar_day(office, day, &name), days[i].kind);
		assert_string_equal(name == NULL ? "" : name, days[i].name ? days[i].name : "");
		bool working = days[i].kind == DAY_WORKING || days[i].kind == DAY_CLOSED;
		assert_int_equal(calendar_is_workday(office, day), working);
		assert_int_equal(calendar_is_open_day(office, day), days[i].kind == DAY_WORKING);
	}
	/* Legal dates stay; letters move. */
	date closed = shipped_date("2026-12-23");
	assert_int_equal(calendar_adjust(office, closed, ADJUST_STATUTORY), closed);
	assert_int_equal(calendar_adjust(office, closed, ADJUST_FOLLOWING), closed);
	assert_int_equal(calendar_add_workdays(office, closed - 1, 1), closed);
	int slot = 8 * 3600 + 15 * 60;
	assert_true(calendar_slot_at_or_before(office, civil_at(closed, 40000)) ==
		    civil_at(closed - 1, slot));
	assert_true(calendar_slot_at_or_after(office, civil_at(closed, 0)) ==
		    civil_at(shipped_date("2026-12-25") + 3, slot));
	assert_false(calendar_is_open_at(office, civil_at(closed, 40000)));
	calendar_free(office);
}

/* A week of four days: the fifth counts in terms of law, and in no number of working days. */
static void an_office_that_rests_on_fridays(void **state)
{
	(void)state;
	struct calendar *office = good_calendar(", \"fri\"", "");
	const char *name;
	date friday = shipped_date("2026-11-27");
	assert_int_equal(calendar_day(office, friday, &name), DAY_WEEKEND);
	assert_string_equal(name, "fredag");
	assert_false(calendar_is_workday(office, friday));
	assert_true(calendar_is_bank_day(office, friday));
	assert_int_equal(calendar_adjust(office, friday, ADJUST_STATUTORY), friday);
	assert_int_equal(calendar_adjust(office, friday, ADJUST_FOLLOWING), friday + 3);
	assert_int_equal(calendar_add_workdays(office, friday - 1, 1), friday + 3);
	calendar_free(office);
}

/* A span over the end of the year belongs to the year in which it begins. */
static void a_week_over_the_new_year(void **state)
{
	(void)state;
	struct calendar *office =
	    good_calendar("weekday = \"sat\"; between = [ \"06-20\", \"06-26\" ]",
			  "weekday = \"mon\"; between = [ \"12-29\", \"01-04\" ]; from = 2026");
	static const struct {
		const char *day;
		enum day_kind kind;
	} days[] = {
		{ "2025-12-29", DAY_WORKING }, { "2026-12-28", DAY_WORKING },
		{ "2027-01-04", DAY_HOLIDAY }, { "2028-01-03", DAY_HOLIDAY },
		{ "2029-01-01", DAY_HOLIDAY }, { "2029-12-31", DAY_HOLIDAY },
		{ "2151-01-04", DAY_HOLIDAY }, { "2150-12-28", DAY_WORKING },
	};
	for (size_t i = 0; i < SOME(days); i++)
		assert_int_equal(calendar_day(office, shipped_date(days[i].day), NULL),
				 days[i].kind);
	calendar_free(office);
}

/* The first days of the table may belong to a week of the year before it. */
static void the_first_new_year_of_the_table(void **state)
{
	(void)state;
	struct calendar *office =
	    good_calendar("weekday = \"sat\"; between = [ \"06-20\", \"06-26\" ]",
			  "weekday = \"fri\"; between = [ \"12-29\", \"01-04\" ]");
	assert_int_equal(calendar_day(office, shipped_date("1970-01-02"), NULL), DAY_HOLIDAY);
	assert_int_equal(calendar_day(office, shipped_date("1969-01-03"), NULL), DAY_HOLIDAY);
	calendar_free(office);
}

static void versions_follow_the_meaning(void **state)
{
	(void)state;
	static const char *const same[][2] = { { "zone", "\n# a word\n  zone" },
					       { "equated = (", "equated=(/* eve */" } };
	static const char *const other[][2] = {
		{ "16:30", "16:31" },           { "08:15", "08:16" },
		{ "Stockholm", "Helsinki" },    { "easter = 1;", "easter = 2;" },
		{ "2026-12-23", "2026-12-22" }, { "juldagen", "Juldagen" }
	};
	struct calendar *good = good_calendar("", "");
	for (size_t i = 0; i < SOME(same); i++) {
		struct calendar *also = good_calendar(same[i][0], same[i][1]);
		assert_true(calendar_version(also) == calendar_version(good));
		calendar_free(also);
	}
	for (size_t i = 0; i < SOME(other); i++) {
		struct calendar *differs = good_calendar(other[i][0], other[i][1]);
		assert_true(calendar_version(differs) != calendar_version(good));
		calendar_free(differs);
	}
	assert_string_equal(calendar_zone(good), "Europe/Stockholm");
	assert_int_equal(calendar_opens(good), 28800);
	assert_int_equal(calendar_slot(good), 29700);
	calendar_free(good);
	calendar_free(NULL);
}

/* n working days on are n counted one by one, and back again is where one began. */
static void counted_one_by_one(void **state)
{
	(void)state;
	for (date day = date_from_ymd(2026, 12, 1); day <= date_from_ymd(2028, 1, 31); day++) {
		int seen = 0;
		for (date there = day + 1; there <= day + 60; there++) {
			if (!calendar_is_workday(calendar, there))
				continue;
			seen++;
			assert_int_equal(calendar_add_workdays(calendar, day, seen), there);
			if (calendar_is_workday(calendar, day))
				assert_int_equal(calendar_add_workdays(calendar, there, -seen),
						 day);
		}
		assert_true(seen > 35);
	}
}

static void the_ends_of_the_numbers(void **state)
{
	(void)state;
	static const date ends[] = { INT32_MIN, INT32_MIN + 1, -719163, 2932897, INT32_MAX };
	for (size_t i = 0; i < SOME(ends); i++) {
		const char *name = "unset";
		calendar_day(calendar, ends[i], &name);
		assert_null(name);
		assert_false(calendar_is_workday(calendar, ends[i]));
		assert_int_equal(calendar_add_workdays(calendar, ends[i], 1), DATE_NONE);
		assert_int_equal(calendar_adjust(calendar, ends[i], ADJUST_STATUTORY), DATE_NONE);
	}
	date last = date_from_ymd(9999, 12, 31);
	assert_int_equal(calendar_add_workdays(calendar, last, 1), DATE_NONE);
	assert_int_equal(calendar_adjust(calendar, last, ADJUST_FOLLOWING), DATE_NONE);
	assert_int_equal(calendar_add_workdays(calendar, 0, INT_MIN), DATE_NONE);
	assert_int_equal(calendar_add_workdays(calendar, 0, INT_MAX), DATE_NONE);
	static const civil times[] = { CIVIL_NONE, INT64_MIN + 1, INT64_MAX };
	for (size_t i = 0; i < SOME(times); i++) {
		assert_false(calendar_is_open_at(calendar, times[i]));
		assert_true(calendar_slot_at_or_before(calendar, times[i]) == CIVIL_NONE);
		assert_true(calendar_slot_at_or_after(calendar, times[i]) == CIVIL_NONE);
		assert_true(calendar_open_at_or_after(calendar, times[i]) == CIVIL_NONE);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(easter),
		cmocka_unit_test(every_day_by_the_law),
		cmocka_unit_test(holidays_of_years),
		cmocka_unit_test(single_days),
		cmocka_unit_test(hours),
		cmocka_unit_test(mistakes),
		cmocka_unit_test(all_mistakes_at_once),
		cmocka_unit_test(closing_days_are_working_days),
		cmocka_unit_test(an_office_that_rests_on_fridays),
		cmocka_unit_test(a_week_over_the_new_year),
		cmocka_unit_test(the_first_new_year_of_the_table),
		cmocka_unit_test(versions_follow_the_meaning),
		cmocka_unit_test(counted_one_by_one),
		cmocka_unit_test(the_ends_of_the_numbers),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
