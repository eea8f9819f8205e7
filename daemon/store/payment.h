/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Payments by day and amount: the derived table payment names the events that tell of them, matched
 * or not, taken back or not. It answers whether a payment that comes in again may be a known one.
 */
#ifndef KEDJA_STORE_PAYMENT_H
#define KEDJA_STORE_PAYMENT_H

#include "daemon/store/core.h"
#include "rules/kinds/kind.h"

#define PAYMENTS_OF_EVENTS                                                                         \
	"SELECT data ->> 'paid_on', data ->> 'amount', id FROM event"                              \
	" WHERE kind IN ('rent.paid', 'rent.reversed', 'payment.unmatched')"

/* Notes an event, once it is added; all of them anew, from the log. In the turn. */
void store_payment_note(const struct core *core, const struct event *event);
void store_payment_rebuild(const struct core *core);

#endif
