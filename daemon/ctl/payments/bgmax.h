/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * BgMax, the payment file of Bankgirot (technical manual of November 2019): records of 80
 * characters. All amounts, sums and counts must be right; about line ends, blanks at the end of
 * lines and unknown records it is not particular. Pure.
 */
#ifndef KEDJA_CTL_PAYMENTS_BGMAX_H
#define KEDJA_CTL_PAYMENTS_BGMAX_H

#include "daemon/ctl/payments/payment.h"

/* Adds the payments and deductions of the file to `ret` (which the caller has begun), and sets
 * covers_through. Of a file with problems nothing may be used. */
void bgmax_read(const struct payment_input *input, struct payment_list *ret,
		struct problems *problems);
/* Does it begin as one? */
bool bgmax_is(const char *text, size_t length);

#endif
