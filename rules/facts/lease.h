/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The lease of one case: how long it has lasted, and when it ends (12 kap. 3 to 5 par.
 * jordabalken). Folded from the events that tell of it, in their order.
 *
 *   struct lease lease = LEASE_NONE;
 *   lease_note(&lease, event) ...                  others than those of leases change nothing
 *   lease_length(&lease, lease.ends_on)
 */
#ifndef KEDJA_LEASE_H
#define KEDJA_LEASE_H

#include "rules/kinds/kind.h"

struct lease {
	date since_first; /* the first lease since the one before it was over; DATE_NONE: unknown */
	date since_last;  /* the latest one: the same, unless one was recorded beside another */
	date ends_on;     /* its last day; after a notice the day that counts from then on */
};

#define LEASE_NONE                                                                                 \
	{                                                                                          \
		DATE_NONE, DATE_NONE, DATE_NONE                                                    \
	}

/*
 * Takes in an event. A lease lasts from its start (the day of lease.started, also where that lies
 * before the case) through all prolongations, until it is over or taken over. A notice that names
 * no day ends it on the earliest one that the law allows: on the last day of the lease where the
 * landlord or the office gave it; else at the end of the month after three months, or on the last
 * day of the lease if that comes before.
 */
void lease_note(struct lease *lease, const struct event *event);

/* How long it has lasted on its last day: more than nine months in a row, or not. Where nobody
 * said when it began, or one lease was recorded after another that was never said to be over, it
 * may be either. */
enum lease_length { LEASE_LENGTH_UNKNOWN, LEASE_LENGTH_SHORT, LEASE_LENGTH_LONG };
enum lease_length lease_length(const struct lease *lease, date last_day);

#endif
