/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The calendar of one office: which days are working days by law, which days the office is
 * closed, its opening hours and the hour at which the day's letters go out.
 *
 * Two questions must not be mixed up. *Working day* is the law's word and decides legal dates:
 * not a Sunday or other holiday (lag 1989:253), not a Saturday, midsommarafton, julafton or
 * nyarsafton (lag 1930:173, 2 par.), and a weekday on which people work. *Open day* is a working
 * day on which the office is not closed; it only moves reminders.
 *
 *   calendar = calendar_parse(text, "calendar.conf", &problems);   NULL: see the problems
 *   calendar_is_workday(calendar, d);  calendar_slot_at_or_after(calendar, t);
 *   calendar_free(calendar);
 */
#ifndef KEDJA_CALENDAR_H
#define KEDJA_CALENDAR_H

#include "rules/base/problem.h"
#include "rules/time/date.h"

struct calendar;

/* From libconfig text. `file` is the name that problems carry. NULL if it added any problem.
 * The zone must be named; whether the machine knows it is for daemon/clock to say. */
struct calendar *calendar_parse(const char *text, const char *file, struct problems *problems);
void calendar_free(struct calendar *calendar); /* takes NULL */

const char *calendar_zone(const struct calendar *calendar); /* "Europe/Stockholm" */
int calendar_opens(const struct calendar *calendar);        /* second of the day */
int calendar_slot(const struct calendar *calendar);         /* when the day's letters go out */
/* A number that is the same for the same meaning, whatever the comments and white space. */
uint64_t calendar_version(const struct calendar *calendar);

enum day_kind { DAY_WORKING, DAY_WEEKEND, DAY_HOLIDAY, DAY_EQUATED, DAY_CLOSED };
const char *day_kind_name(enum day_kind kind); /* "working" "weekend" "holiday" ... */

/* What a day is, and its name ("långfredagen", "lördag"; NULL on working days), which lives as
 * long as the calendar. A named holiday that falls on a Sunday is a holiday. */
enum day_kind calendar_day(const struct calendar *calendar, date day, const char **ret_name);

bool calendar_is_workday(const struct calendar *calendar, date day);  /* by law and weekday */
bool calendar_is_open_day(const struct calendar *calendar, date day); /* workday, not closed */
/* By law alone, whatever days the office works: a Sunday or other public holiday (lag 1989:253);
 * a day on which banks work (no holiday, no Saturday, none of the three eves). */
bool calendar_is_holiday(const struct calendar *calendar, date day);
bool calendar_is_bank_day(const struct calendar *calendar, date day);

/* The n-th working day after (before, if negative) a day; 0 gives the day itself. Here and below
 * DATE_NONE and CIVIL_NONE stand for days that there are not: outside the years 1 to 9999. */
date calendar_add_workdays(const struct calendar *calendar, date day, int workdays);

enum adjust { ADJUST_NONE, ADJUST_FOLLOWING, ADJUST_PRECEDING, ADJUST_STATUTORY };
/* Moves a day that is not a working day: to the next, to the one before, or as lag 1930:173
 * 2 par. extends a term (Saturdays, Sundays, holidays and the three eves, whatever days the
 * office works). */
date calendar_adjust(const struct calendar *calendar, date day, enum adjust adjust);

date calendar_easter(int year); /* Gregorian Easter Sunday */

/* Is the office open at this time (an open day, from opening up to and including closing)? */
bool calendar_is_open_at(const struct calendar *calendar, civil time);
/* Letter slots of open days (the slot is within the opening hours): the last one at or before a
 * time, the first one at or after it. */
civil calendar_slot_at_or_before(const struct calendar *calendar, civil time);
civil calendar_slot_at_or_after(const struct calendar *calendar, civil time);
/* The first moment at or after a time at which the office is open (it may be `time` itself). */
civil calendar_open_at_or_after(const struct calendar *calendar, civil time);

#endif
