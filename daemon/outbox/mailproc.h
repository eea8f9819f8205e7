/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The mailer as seen from the loop: spawned (posix_spawn, nothing inherited but descriptor 0),
 * given batches, watched, killed when a letter takes longer than the limit, restarted with a
 * growing pause when it dies. Never blocks.
 *
 *   DOWN --spawned--> STARTING --ready--> READY --batch--> BUSY --done--> READY
 *     ^                   `-----fault-----> FAULTY <---fault, done--'
 *     `---- end of file, nonsense, too long without a word: from each of them
 *
 * FAULTY and READY go to STARTING when it is configured anew.
 */
#ifndef KEDJA_OUTBOX_MAILPROC_H
#define KEDJA_OUTBOX_MAILPROC_H

#include <jansson.h>

#include "daemon/base/loop.h"
#include "daemon/conf/settings.h"
#include "daemon/outbox/mailproto.h"

enum mailer_state { MAILER_DOWN, MAILER_STARTING, MAILER_READY, MAILER_BUSY, MAILER_FAULTY };
const char *mailer_state_name(enum mailer_state state);

/* What it hears; called from the loop, outside a turn: note it, act in the turn. */
struct mailproc_events {
	void (*outcome)(void *arg, int64_t message, enum mail_outcome outcome, int code,
			const char *text);
	/* Untried letters come back. The mailer's kinds, and "start": it does not come up. The
	 * letter of the batch at which it was met; 0: none in particular. */
	void (*fault)(void *arg, const char *kind, const char *text, int64_t message);
	/* Letters without outcome were not tried; but `died`: the first of them was in hand, and
	 * may have been taken. */
	void (*batch_over)(void *arg, bool died);
	void (*ready)(void *arg);
};

struct mailproc;

struct mailproc *mailproc_new(struct loop *loop, const struct settings *settings,
			      const char *program, const struct mailproc_events *events, void *arg);
void mailproc_free(struct mailproc *mailproc); /* takes NULL; kills and reaps what still runs */
/* The end of the daemon: nothing more to do for the mailer after the letter in hand. Waits for
 * that, `seconds` at most, and tells the last outcomes and batch_over. The one that blocks. */
void mailproc_stop(struct mailproc *mailproc, double seconds);
/* After a reload; in the middle of a batch it takes effect after it. */
void mailproc_configure(struct mailproc *mailproc, const struct settings *settings);
/* After a fault: does it work now? Asks the mailer anew; `ready` or `fault` is the answer. */
void mailproc_try_again(struct mailproc *mailproc);
enum mailer_state mailproc_state(const struct mailproc *mailproc);
int mailproc_restarts(const struct mailproc *mailproc);
int mailproc_pid(const struct mailproc *mailproc); /* 0 when down */
/* Hands over a batch (a JSON array of letters; takes it over). Only when MAILER_READY: else it is
 * over at once, untried. Its line must not exceed MAIL_LINE_MOST. In doubt: mailproto.h. */
void mailproc_send(struct mailproc *mailproc, json_t *letters, bool doubt);
/* The outcomes up to that of this letter are safe: the next one's data may go. */
void mailproc_noted(struct mailproc *mailproc, int64_t message);

#endif
