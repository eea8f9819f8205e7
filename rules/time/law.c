/* SPDX-License-Identifier: EUPL-1.2 */
/* See law.h. */
#include "rules/time/law.h"

#include <string.h>

#define DAYS_BEFORE_FORFEITURE  7  /* 42 par. first paragraph 1 */
#define DAYS_OF_RECOVERY        21 /* 44 par. first paragraph 1 */
#define DAYS_BEFORE_DECISION    2  /* 44 par. second paragraph, in weekdays */
#define MONTHS_OF_SHORT_TENANCY 9  /* 3 par. */
#define MONTHS_OF_NOTICE        3  /* 4 and 5 par. */

/* The last day before a month for which the question is true. */
typedef bool day_question(const struct calendar *calendar, date day);

static date last_before(const struct calendar *calendar, date day, day_question *is)
{
	do
		day = date_add_days(day, -1);
	while (day != DATE_NONE && !is(calendar, day));
	return day;
}

/* A weekday in the widest reading of 20 par.: Saturdays and the three eves count. */
static bool is_weekday(const struct calendar *calendar, date day)
{
	return !calendar_is_holiday(calendar, day);
}

static date later(date a, date b)
{
	return a > b ? a : b; /* DATE_NONE is before all dates */
}

/* jordabalken 12 kap. 20 par.; lag 1930:173, 2 par. */
int law_rent_days(const struct calendar *calendar, const char *month, date due_on, bool first,
		  struct rent_days *ret)
{
	date begins = DATE_NONE;
	if (date_parse_month(month, &begins) != 0 && due_on == DATE_NONE)
		return -1;
	date weekday = DATE_NONE;
	date bank_day = DATE_NONE;
	if (begins != DATE_NONE && !(first && due_on != DATE_NONE)) {
		weekday = last_before(calendar, begins, is_weekday);
		bank_day = last_before(calendar, begins, calendar_is_bank_day);
	}
	date early = due_on;
	if (due_on != DATE_NONE && !calendar_is_bank_day(calendar, due_on))
		early = last_before(calendar, due_on, calendar_is_bank_day);
	*ret = (struct rent_days){
		.due_on = due_on != DATE_NONE ? due_on : weekday,
		.due_early = later(bank_day, early),
		.due_latest = calendar_adjust(calendar, later(weekday, due_on), ADJUST_STATUTORY),
	};
	return 0;
}

struct law_late law_late_rent(const struct calendar *calendar, const struct rent_days *days)
{
	date week = date_add_days(days->due_latest, DAYS_BEFORE_FORFEITURE);
	date over = calendar_adjust(calendar, week, ADJUST_STATUTORY);
	return (struct law_late){
		.safe_until = date_add_days(days->due_early, DAYS_BEFORE_FORFEITURE),
		.notice_from = date_add_days(over, 1),
	};
}

/* What a weekday is when they are counted, the law does not say: days on which banks work give
 * the later date. */
struct law_recovery law_recovery(const struct calendar *calendar, date served, date told)
{
	date both = date_add_days(served > told ? served : told, DAYS_OF_RECOVERY);
	date last = calendar_adjust(calendar, both, ADJUST_STATUTORY);
	date passed = last;
	for (int left = DAYS_BEFORE_DECISION; left > 0 && passed != DATE_NONE; left--)
		do
			passed = date_add_days(passed, 1);
		while (passed != DATE_NONE && !calendar_is_bank_day(calendar, passed));
	return (struct law_recovery){ last, date_add_days(passed, 1) };
}

date law_open_ended_from(date ends_on)
{
	return date_add_months(ends_on, 1);
}

bool law_is_long_tenancy(date since, date last_day)
{
	date nine_months = date_add_months(since, MONTHS_OF_SHORT_TENANCY);
	return nine_months != DATE_NONE && last_day > nine_months;
}

date law_notice_ends(date given)
{
	int year, month, day;
	date after = date_add_months(given, MONTHS_OF_NOTICE + 1);
	if (after == DATE_NONE)
		return DATE_NONE;
	date_to_ymd(after, &year, &month, &day);
	return date_add_days(after, -day);
}
