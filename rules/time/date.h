/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Days and times of the civil calendar, as pure arithmetic: no zone, no clock, no struct tm.
 * A date is a day number, so dates compare and subtract as numbers. Gregorian, years 1 to 9999.
 *
 *   date d;  if (date_parse("2026-11-30", &d) == 0)  date_add_months(d, 3)  -> 2027-02-28
 */
#ifndef KEDJA_DATE_H
#define KEDJA_DATE_H

#include <stdbool.h>
#include <stdint.h>

#include "rules/base/mem.h"

typedef int32_t date; /* days since 1970-01-01 */
#define DATE_NONE  INT32_MIN
#define DATE_FIRST (-719162) /* 0001-01-01 */
#define DATE_LAST  2932896   /* 9999-12-31 */

/* DATE_NONE where there is no such day (31 February, month 13, year 0 or 10000). */
date date_from_ymd(int year, int month, int day);
/* 0, 0, 0 for DATE_NONE and all days outside the years 1 to 9999. */
void date_to_ymd(date day, int *ret_year, int *ret_month, int *ret_day);
int date_days_in_month(int year, int month);

/* Exactly "YYYY-MM-DD" and nothing after it. 0, or -1 with *ret untouched. */
MUST_CHECK int date_parse(const char *text, date *ret);
#define DATE_TEXT_SIZE 12
const char *date_format(date day, char text[DATE_TEXT_SIZE]); /* returns text; "" for no date */
/* Exactly "YYYY-MM": the first day of that month. 0, or -1 with *ret untouched. */
MUST_CHECK int date_parse_month(const char *text, date *ret);

int date_weekday(date day); /* 1 Monday .. 7 Sunday, as ISO 8601 */

/* The same day of the month, clamped to its last day: 31 January + 1 = last of February.
 * Always count from the anchor, never from an earlier result, or month ends drift. */
date date_add_months(date day, int months);
/* As day + days, but DATE_NONE where that leaves the years 1 to 9999 (date_add_months too). */
date date_add_days(date day, int64_t days);

/*
 * A time on the office's wall clock: seconds since 1970-01-01T00:00 as if all days had 24 hours.
 * Which instant that is, only daemon/clock knows.
 */
typedef int64_t civil;
#define CIVIL_NONE INT64_MIN
#define CIVIL_DAY  86400

civil civil_at(date day, int second); /* second of the day, 0 .. 86399 */
date civil_date(civil time);          /* DATE_NONE for CIVIL_NONE and outside those years */
int civil_second(civil time);
/* "YYYY-MM-DDTHH:MM" or with ":SS"; a space may stand for the T. 0 or -1. */
MUST_CHECK int civil_parse(const char *text, civil *ret);
#define CIVIL_TEXT_SIZE 24
const char *civil_format(civil time, char text[CIVIL_TEXT_SIZE]); /* with seconds; "" for none */

/* "HH:MM", 00:00 .. 23:59, as a second of the day. 0 or -1. */
MUST_CHECK int time_of_day_parse(const char *text, int *ret);

/*
 * When something happened: a day, or a day and a time of it. A bare day sorts before the times
 * of that day. Its text ("2026-11-30", "2026-11-30T10:15:00") sorts the same way, byte by byte.
 */
struct moment {
	date day;
	int32_t second; /* of the day; -1 for a bare day */
};

MUST_CHECK int moment_parse(const char *text, struct moment *ret);
#define MOMENT_TEXT_SIZE CIVIL_TEXT_SIZE
const char *moment_format(struct moment moment, char text[MOMENT_TEXT_SIZE]);
int moment_compare(struct moment a, struct moment b); /* <0, 0, >0 */
civil moment_civil(struct moment moment);             /* a bare day counts as its first second */

#endif
