/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The days that the law makes matter for a rent, once it is late, and once notice has been given
 * (jordabalken 12 kap. 3, 20 and 42 to 44 par.; lag 1930:173, 2 par.). The law can be read in
 * several ways around weekends: the day to warn by is the earliest reading, what may follow is said
 * only on the latest one. Who pays, and who decides what, is not known here.
 */
#ifndef KEDJA_LAW_H
#define KEDJA_LAW_H

#include "rules/time/calendar.h"

/* When a month's rent is due (20 par.). `month` is "YYYY-MM"; due_on DATE_NONE means no day stands
 * on the slip; `first` is the lease's first month, where due_on alone counts. -1 if month is not
 * a month and due_on is missing. */
struct rent_days {
	date due_on;     /* as on the slip, else the last weekday before the month */
	date due_early;  /* the earliest reading: warn by this */
	date due_latest; /* the latest reading: claim by this */
};
MUST_CHECK int law_rent_days(const struct calendar *calendar, const char *month, date due_on,
			     bool first, struct rent_days *ret);

/* A month's rent that is not paid, from its days. */
struct law_late {
	date safe_until;  /* the last day to pay before the lease may be forfeited: earliest reading
			   */
	date notice_from; /* the first day on which notice may be given, on every reading */
};
struct law_late law_late_rent(const struct calendar *calendar, const struct rent_days *days);

/* After notice: the tenant was served on one day, the social board was told on another. */
struct law_recovery {
	date last;          /* the last day to pay, or to undertake to pay */
	date decision_from; /* the first day on which an eviction may be decided */
};
struct law_recovery law_recovery(const struct calendar *calendar, date served, date told);

/* Whoever stays so long after the last day of a lease, and was not asked to leave, has a lease
 * without end (3 par.). */
date law_open_ended_from(date ends_on);

/* A tenancy that has lasted for more than nine months in a row goes on unless notice is given; one
 * of exactly nine months is none (3 par.). */
bool law_is_long_tenancy(date since, date last_day);

/* A lease without end, or a tenant's: notice that is given on a day ends it with the month, after
 * three months (4 and 5 par.). DATE_NONE past the end of the calendar. */
date law_notice_ends(date given);

#endif
