/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Which payments of a file are booked already, and which may be? The daemon decides
 * (payment.known); here it is asked, and what it says is noted with each payment.
 */
#ifndef KEDJA_CTL_PAYMENTS_STANDING_H
#define KEDJA_CTL_PAYMENTS_STANDING_H

#include "daemon/ctl/client.h"
#include "daemon/ctl/payments/match.h"

/*
 * Fills in is_known and alike of those that more than their source tells of (payment.h); the others
 * are found out when they are recorded. Those that are known or alike are not asked about again: it
 * may be called anew when another file has come in. An exit code, after telling what went wrong.
 */
MUST_CHECK int standing_learn(struct client *client, const struct match *match,
			      const char *programme, struct payment_list *list);

#endif
