/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The days that an event tells, against the day on which somebody records it: a message that came
 * in next year was never sent, and what is told of a day long past is most often a slip in the
 * year. Events that stand in the log already are never judged by this. Pure: today is given.
 */
#ifndef KEDJA_EVENT_DAYS_H
#define KEDJA_EVENT_DAYS_H

#include "rules/kinds/kind.h"

/* A bank tells of payments that it will book within these days (banks book on working days). */
#define PAID_AHEAD_MOST 5

struct recorded_on {
	date today;
	bool from_bank; /* read from a file of the bank's, which knows its days: old ones too */
};

/*
 * Each wrong day under its field. `never`: a day that lies ahead of what can have happened.
 * `forced`: taken by force and with a reason: a day more than a year back, an eviction on a day
 * that is past.
 */
void event_days_check(const struct event *event, const struct recorded_on *recorded,
		      struct problems *never, struct problems *forced);

#endif
