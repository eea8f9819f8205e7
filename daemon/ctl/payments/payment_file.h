/* SPDX-License-Identifier: EUPL-1.2 */
/* A payment file from the disk: read within bounds, its form found out, parsed whole. */
#ifndef KEDJA_CTL_PAYMENTS_PAYMENT_FILE_H
#define KEDJA_CTL_PAYMENTS_PAYMENT_FILE_H

#include "daemon/ctl/payments/payment.h"

#define PAYMENT_FILE_MOST (64L * 1024 * 1024)

struct payment_file {
	const char *path;
	char
	    *name; /* for the event: the path's last part, or the form where that may not be told */
	struct payment_list payments;
};

/*
 * `format`: "camt054", "bgmax", "csv" or "auto"; `conf` is the folder of kedja.conf, which says
 * what the columns of a CSV mean. 0, or -1 with problems and nothing to clear.
 */
MUST_CHECK int payment_file_read(const char *path, const char *format, const char *conf,
				 payment_awaited *awaited, void *arg, struct payment_file *ret,
				 struct problems *problems);
/* Says on standard error what is right, but should be looked at. */
void payment_file_warn(const struct payment_file *file, date today);
void payment_file_clear(struct payment_file *file);

#endif
