/*
 * The days that the law makes matter once rent is late or notice has been given (jordabalken
 * 12 kap. 3 and 42 to 44 par.; lag 1930:173, 2 par.). The law can be read in several ways around
 * weekends: the day to warn by is the earliest reading, what may follow is said only on the
 * latest one. Who pays, and who decides what, is not known here.
 */
#ifndef KEDJA_LAW_H
#define KEDJA_LAW_H

#include "rules/calendar.h"
#include "rules/ledger.h"

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

#endif
