/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The outbox: every message from the moment it is made until somebody else has it. Its states,
 * changed by one verb that names the state it expects, each change with a row of history:
 *
 *   queued --> handed --> sent
 *     ^          |------> deferred --(its hour comes)--> handed
 *     |          |------> refused                            (the notices go to somebody else)
 *     |          `------> unclear --(its hour comes)--> handed, same Message-ID, same bytes
 *     |-- untried after a fault of the installation or of the mailer before end-of-data
 *     `-- refused, and tried again by hand while its text is there
 *   queued, deferred, unclear --> cancelled (by hand)
 *
 * Retry times are computed from the first attempt that reached a server (before that, from the
 * creation) and the number of attempts since, so a restart changes nothing. A letter that has
 * waited for give_up_after at servers that were there (struct message_tries) stays in its state
 * with no hour of its own: it has been given up, counts as an alarm, and only outbox_retry tries it
 * again.
 *
 * A fault of the installation, or of a server that takes nothing from us, makes the queue stand
 * still: one letter is tried each quarter of an hour, each time another one, until one has an
 * outcome. A letter at which it stands still again, after others have gone, is refused. A restart
 * forgets nothing of this; it tries one letter at once.
 *
 * A batch is in the mailer's hands, but only one letter of it on the wire: the data of the next
 * waits until the outcome of the one before is committed (mailproto.h). So after a kill one letter
 * is unclear, and the others were not tried.
 */
#ifndef KEDJA_OUTBOX_OUTBOX_H
#define KEDJA_OUTBOX_OUTBOX_H

#include "daemon/base/clock.h"
#include "daemon/conf/settings.h"
#include "daemon/outbox/mailproc.h"
#include "daemon/store/message.h"
#include "daemon/store/turn.h"

struct outbox;

/* Of the messages that were in the mailer's hands when an earlier daemon died one becomes
 * unclear. The loop is for the mailer; the turn for the database. `ended` is told of ends, and of
 * a letter that is given up with the state that it stays in, and of a refused one that is queued
 * again, so that notices can follow. */
typedef void outbox_ended(void *arg, int64_t message, enum message_state state);
struct outbox *outbox_new(struct loop *loop, struct turn *turn, struct db *db,
			  const struct clock *clock, const struct settings *settings,
			  const char *mailer_program, outbox_ended *ended, void *arg);
/* Lets the mailer end the letter in hand, some seconds at most, and notes what came of it in a
 * turn of its own, with calls of `ended`: before what that uses, the loop, the turn and the
 * database go. Takes NULL. */
void outbox_free(struct outbox *outbox);
void outbox_configure(struct outbox *outbox, const struct settings *settings);

/* A new message, in the turn. Texts are copied. Its Message-ID is opaque and never changes. */
int64_t outbox_add(struct outbox *outbox, const struct new_message *message);

/* The clock of the machine was set: no letter and no fault waits for an hour that is now years
 * away. */
void outbox_clock_was_set(struct outbox *outbox);

/* In the turn: notes outcomes that came in, hands over what is due. True: more to do at once. */
bool outbox_work(struct outbox *outbox, struct turn *turn);
bool outbox_has_work(const struct outbox *outbox);
/* When something waits for its hour; INSTANT_NEVER if nothing does. */
instant outbox_next(struct outbox *outbox);
/* Is nothing on its way: no message queued or handed that could go now? (The virtual clock
 * waits for this.) */
bool outbox_is_quiet(struct outbox *outbox);

/* By hand, in the turn. false with a problem: not there, or in a state that does not allow it.
 * outbox_retry(0) is for all that wait, given up or not; it also tries a queue that a fault holds
 * up. */
MUST_CHECK bool outbox_retry(struct outbox *outbox, int64_t message, struct problems *problems);
/* Refused ones go out again: this one, or (0) all whose text is still there. */
MUST_CHECK bool outbox_retry_refused(struct outbox *outbox, int64_t message,
				     struct problems *problems);
MUST_CHECK bool outbox_cancel(struct outbox *outbox, int64_t message, const char *reason,
			      struct problems *problems);

struct outbox_figures {
	int64_t by_state[MESSAGE_SUPERSEDED + 1];
	int64_t given_up;       /* of those that wait: no longer tried by themselves (an alarm) */
	instant oldest_waiting; /* INSTANT_NEVER: none waits */
	/* Of those that wait: tried, and no server took the time to look at them; put off or
	 * unclear, if the first of these has been waiting for more than an hour. */
	int64_t unreached, late;
	instant unreached_since, late_since;
	const char *unreached_reason; /* the last time; until the next call */
	const char *fault;            /* why the queue stands still, or NULL */
	enum mailer_state mailer;
	int mailer_pid, mailer_restarts;
};
struct outbox_figures outbox_count(struct outbox *outbox);

#endif
