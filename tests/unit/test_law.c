/* SPDX-License-Identifier: EUPL-1.2 */
/* The days of the law against tables that a lawyer can read. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "rules/time/law.h"
#include "tests/unit/shipped_fixture.h"
#include "tests/unit/tab.h"

static void rent_and_its_week(void **state)
{
	(void)state;
	struct tab tab;
	for (tab_open(&tab, "tests/tables/rent-days.tab", 9); tab_next(&tab);) {
		char text[DATE_TEXT_SIZE];
		struct rent_days days;
		bool first = strcmp(tab.field[2], "yes") == 0;
		assert_int_equal(
		    law_rent_days(calendar, tab.field[0], shipped_date(tab.field[1]), first, &days),
		    0);
		TAB_SAME(&tab, date_format(days.due_on, text), tab.field[3]);
		TAB_SAME(&tab, date_format(days.due_early, text), tab.field[4]);
		TAB_SAME(&tab, date_format(days.due_latest, text), tab.field[5]);
		date latest = calendar_adjust(calendar, days.due_latest + 7, ADJUST_STATUTORY);
		TAB_SAME(&tab, date_format(latest, text), tab.field[7]);
		struct law_late late = law_late_rent(calendar, &days);
		TAB_SAME(&tab, date_format(late.safe_until, text), tab.field[6]);
		TAB_SAME(&tab, date_format(late.notice_from, text), tab.field[8]);
	}
}

/* The latest reading is the latest of all three ways to count, whatever the month. */
static void no_reading_is_later(void **state)
{
	(void)state;
	for (int year = 2000; year <= 2100; year++)
		for (int month = 1; month <= 12; month++) {
			char key[32];
			struct rent_days days;
			date before = date_from_ymd(year, month, 1) - 1, bank_day = before;
			snprintf(key, sizeof(key), "%04d-%02d", year, month);
			assert_int_equal(law_rent_days(calendar, key, DATE_NONE, false, &days), 0);
			while (calendar_is_holiday(calendar, before))
				before--;
			while (!calendar_is_workday(calendar, bank_day))
				bank_day--;
			assert_int_equal(days.due_on, before);
			assert_int_equal(days.due_early, bank_day);
			date moved = calendar_adjust(calendar, before, ADJUST_STATUTORY);
			date latest = calendar_adjust(calendar, moved + 7, ADJUST_STATUTORY);
			assert_int_equal(days.due_latest, moved);
			assert_true(latest >=
				    calendar_adjust(calendar, before + 7, ADJUST_STATUTORY));
			assert_true(latest >=
				    calendar_adjust(calendar, bank_day + 7, ADJUST_STATUTORY));
		}
}

static void recovery(void **state)
{
	(void)state;
	struct tab tab;
	for (tab_open(&tab, "tests/tables/recovery.tab", 6); tab_next(&tab);) {
		char text[DATE_TEXT_SIZE];
		struct law_recovery recovery =
		    law_recovery(calendar, shipped_date(tab.field[0]), shipped_date(tab.field[1]));
		TAB_SAME(&tab, date_format(recovery.last, text), tab.field[3]);
		TAB_SAME(&tab, date_format(recovery.decision_from, text), tab.field[5]);
	}
}

static void notice(void **state)
{
	(void)state;
	struct tab tab;
	for (tab_open(&tab, "tests/tables/notice.tab", 2); tab_next(&tab);) {
		char text[DATE_TEXT_SIZE];
		TAB_SAME(&tab, date_format(law_notice_ends(shipped_date(tab.field[0])), text),
			 tab.field[1]);
	}
}

static void days_that_there_are_not(void **state)
{
	(void)state;
	struct rent_days never = { DATE_NONE, DATE_NONE, DATE_NONE };
	struct law_late late = law_late_rent(calendar, &never);
	assert_int_equal(late.safe_until, DATE_NONE);
	assert_int_equal(late.notice_from, DATE_NONE);
	date last_of_all = date_from_ymd(9999, 12, 20);
	struct law_recovery recovery = law_recovery(calendar, last_of_all, last_of_all);
	assert_int_equal(recovery.last, DATE_NONE);
	assert_int_equal(recovery.decision_from, DATE_NONE);
	assert_int_equal(law_open_ended_from(DATE_NONE), DATE_NONE);
	assert_int_equal(law_notice_ends(last_of_all), DATE_NONE);
	assert_int_equal(law_notice_ends(DATE_NONE), DATE_NONE);
	assert_false(law_is_long_tenancy(last_of_all, last_of_all));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rent_and_its_week),
		cmocka_unit_test(no_reading_is_later),
		cmocka_unit_test(recovery),
		cmocka_unit_test(notice),
		cmocka_unit_test(days_that_there_are_not),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
