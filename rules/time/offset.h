/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Offsets between dates, as the rule files write them: ISO 8601 date durations ("P3M", "-P14D",
 * "P1Y2M", "P6W") or working days ("5 workdays", "-2 workdays", "1 workday").
 *
 * Months, days and working days are different things and never turn into each other. In a mixed
 * duration the months come first. Working days are counted by law and weekday (calendar.h).
 */
#ifndef KEDJA_OFFSET_H
#define KEDJA_OFFSET_H

#include "rules/time/calendar.h"
#include "rules/time/date.h"

struct offset {
	int months; /* years are twelve months; weeks are seven days */
	int days;
	int workdays;
	bool in_workdays; /* then months and days are 0 */
};

/* 0, or -1 (with *ret untouched) for anything else than the forms above, at most 9999 each. */
MUST_CHECK int offset_parse(const char *text, struct offset *ret);

bool offset_is_zero(const struct offset *offset);
bool offset_is_negative(const struct offset *offset); /* before the date it counts from */

/* DATE_NONE for DATE_NONE, and where the result leaves the years 1 to 9999. */
date offset_apply(const struct offset *offset, date from, const struct calendar *calendar);

/* `every` taken `times` times after `offset`, all counted from the same date, so that month
 * ends do not drift: P6M, then 1 x P6M more = P12M from the anchor. Months first, then days,
 * then working days. */
date offset_apply_repeated(const struct offset *offset, const struct offset *every, int times,
			   date from, const struct calendar *calendar);

#endif
