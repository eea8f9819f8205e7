/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The transport "smtp", by libesmtp, which may report success where nothing was delivered. What
 * counts as what is decided here, per letter, in this order:
 *
 *   sent      the recipient complete, accepted with 2xx, and the letter answered with 2xx in turn:
 *             whole, and after the end of its data (watch.h)
 *   refused   the recipient answered with 5xx; or the letter; and that is about them (answer.h)
 *   deferred  the recipient answered with 4xx; or the letter; or its data had not begun
 *   unclear   all else: the data had begun and no answer came, it may have been delivered
 *
 * When something came out of turn or was broken off, nothing counts but an answer in turn to a
 * letter's data.
 *
 * That the sender or whatever comes from us is refused, that encryption or login fail, is the
 * installation's fault: the session ends there and the letters that were not tried, and the one
 * that met it, keep no mark of it.
 */
#ifndef KEDJA_MAILER_SMTP_H
#define KEDJA_MAILER_SMTP_H

#include "daemon/mailer/batch.h"
#include "daemon/mailer/pattern.h"
#include "daemon/mailer/report.h"
#include "daemon/mailer/tls.h"

struct smtp {
	const struct mailer_settings *settings;
	struct tls tls;
	struct pattern pattern; /* over all batches since smtp_init */
	int patience;           /* milliseconds that the server may be silent */
};

/* Looks at the settings and reads the certificates; settings are borrowed. Not FAULT_NONE: a
 * sentence that the caller frees. */
enum fault_kind smtp_init(struct smtp *smtp, const struct mailer_settings *settings, int patience,
			  char **ret_text);
void smtp_clear(struct smtp *smtp); /* a zeroed one too */

/* Sends what has no outcome yet, in one session, or in another one when the server ends the first
 * after some letters. */
enum fault_kind smtp_deliver(struct smtp *smtp, struct batch *batch, char **ret_text);

#endif
