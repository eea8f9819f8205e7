/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Payments as CSV, as landlords' systems and spreadsheets write them: which column says what is
 * told by kedja.conf. Rows on which nothing was paid are passed over. Pure.
 */
#ifndef KEDJA_CTL_PAYMENTS_PAYMENTS_CSV_H
#define KEDJA_CTL_PAYMENTS_PAYMENTS_CSV_H

#include "daemon/ctl/payments/payment.h"

struct payment_columns {
	const char *reference; /* what the payment refers to */
	const char *month;     /* the rent month, or a day in it; "": there is none */
	const char *amount;    /* what was paid */
	const char *paid_on;
	const char *id; /* the bank's own id; "": there is none */
	bool in_kronor; /* amounts are kronor with decimals; else whole öre */
};

/* Adds the payments of the file to `ret`. A CSV does not tell through which day it reaches. */
void payments_csv_read(const struct payment_input *input, const struct payment_columns *columns,
		       struct payment_list *ret, struct problems *problems);
/* Has it a header with the column of what was paid? What cannot be read as a text may have one. */
bool payments_csv_is(const char *text, size_t length, const struct payment_columns *columns);

#endif
