/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * camt.054, the notification of payments of ISO 20022, in the versions 02 and 08. A batch is read
 * as its transactions; what is not booked yet is left out. Pure: bytes in, payments out.
 */
#ifndef KEDJA_CTL_PAYMENTS_CAMT_H
#define KEDJA_CTL_PAYMENTS_CAMT_H

#include "daemon/ctl/payments/payment.h"

/* Adds the payments of the file to `ret` (which the caller has begun), and sets covers_through
 * and has_more_pages. Of a file with problems nothing may be used. */
void camt_read(const struct payment_input *input, struct payment_list *ret,
	       struct problems *problems);
/* Does it begin as XML? */
bool camt_is(const char *text, size_t length);

#endif
