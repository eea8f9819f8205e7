/* SPDX-License-Identifier: EUPL-1.2 */
/* See kedjad.h: the turn. */
#include "daemon/kedjad/kedjad.h"

#include <stdlib.h>
#include <string.h>

#include "daemon/base/log.h"
#include "daemon/base/notify.h"
#include "daemon/kedjad/kedjad_own.h"
#include "daemon/letters/admin.h"
#include "daemon/letters/entries.h"
#include "daemon/letters/moment.h"
#include "daemon/plan/due.h"
#include "daemon/plan/hold.h"
#include "daemon/plan/pass_on.h"
#include "daemon/store/meta.h"
#include "daemon/store/notice.h"

/* --- the turn ----------------------------------------------------------------------------- */

void kedjad_fire(void *arg, const char *subject, const char *programme,
		 const struct deadline *deadline, const struct telling *telling,
		 struct arena *arena)
{
	struct kedjad *k = arg;
	due_fire(&k->core, subject, programme, deadline, telling, arena);
	letters_wake(k->letters);
}

/* The notices of a letter share its fate. */
void kedjad_letter_ended(void *arg, int64_t message, enum message_state state)
{
	struct kedjad *k = arg;
	if (state == MESSAGE_QUEUED) { /* refused, and tried again by hand */
		notice_call_back(&k->core, message);
		return;
	}
	if (state == MESSAGE_REFUSED || state == MESSAGE_CANCELLED)
		entries_lost(&k->core, message);
	if (state == MESSAGE_REFUSED) {
		pass_on_letter(&k->core, message, &pass_on_refused);
		letters_wake(k->letters);
		return;
	}
	if (state == MESSAGE_DEFERRED || state == MESSAGE_UNCLEAR) { /* given up */
		pass_on_letter(&k->core, message, &pass_on_given_up);
		letters_admin_given_up(&k->core, k->letters, message);
		letters_wake(k->letters);
		return;
	}
	if (state == MESSAGE_SENT)
		notice_settle_letter(&k->core, message, NOTICE_SENT, "the letter arrived");
	else
		notice_settle_letter(&k->core, message, NOTICE_OVERTAKEN,
				     "the letter was cancelled");
}

/* How long to wait after the disk refused a turn, before it is tried again. */
#define RETRY_SECONDS 2.0

/* That something was written so long ago says that the disk takes what is written. */
#define PROOF_HOLDS_SECONDS 20.0

/* So many turns in a row are lost before those who wait for one are told that it is in vain. */
#define LOST_TURNS_MOST 3

/* Said once when it begins, when it becomes another one, and when it is over. */
static void tell_trouble(struct kedjad *k)
{
	const char *trouble = turn_trouble(k->core.turn);
	if (k->trouble == NULL && trouble != NULL)
		k->trouble_since = clock_now(k->core.clock);
	if (trouble != NULL && (k->trouble == NULL || strcmp(k->trouble, trouble) != 0))
		log_error("nothing can be written, which is tried again: %s", trouble);
	else if (trouble == NULL && k->trouble != NULL)
		log_notice("the database takes what is written again");
	free(k->trouble);
	k->trouble = trouble == NULL ? NULL : xstrdup(trouble);
}

bool kedjad_end_turn(struct kedjad *k)
{
	bool kept = turn_end(k->core.turn) == 0;
	tell_trouble(k);
	if (k->trouble != NULL)
		loop_timer_set(k->retry, RETRY_SECONDS);
	if (kept) {
		k->lost_turns = 0;
		return true;
	}
	planner_forget(k->planner);
	letters_wake(k->letters);
	if (++k->lost_turns >= LOST_TURNS_MOST) {
		control_refuse_waiting(k->control, k->trouble);
		kedjad_forget_goals(k);
	}
	return false;
}

bool kedjad_until_planned(void *arg, const struct call *call)
{
	const struct kedjad *k = arg;
	(void)call;
	return planner_is_behind(k->planner);
}

json_t *kedjad_wait_for_plan(struct call *call, method_handler *handler)
{
	call->handler = handler;
	call->wait = kedjad_until_planned;
	return RPC_WAITS;
}

static void write_something(struct kedjad *k)
{
	char *text = xasprintf("%lld", (long long)clock_monotonic_us());
	store_meta_set(k->core.db, "disk_tried", text);
	free(text);
}

/* Whether the disk takes anything again only a write can tell. */
static void try_disk(struct kedjad *k)
{
	if (turn_trouble(k->core.turn) != NULL && turn_begin(k->core.turn) == 0)
		write_something(k);
}

void kedjad_prove_disk(struct kedjad *k)
{
	if (turn_trouble(k->core.turn) == NULL &&
	    turn_since_written(k->core.turn) > PROOF_HOLDS_SECONDS)
		write_something(k);
}

void kedjad_on_retry(void *arg)
{
	(void)arg; /* the timer has woken the loop: its pass does the work */
}

/* The timer only asks for a sign of life: it comes from here, where the work is done. */
static void give_sign(struct kedjad *k)
{
	if (!k->sign_wanted)
		return;
	k->sign_wanted = false;
	notify_watchdog(k->notify);
	loop_timer_set(k->watchdog, notify_watchdog_interval(k->notify));
}

/* One pass of the loop. What is done first is seen by what comes after it, in one commit. */
bool kedjad_work(void *arg)
{
	struct kedjad *k = arg;
	bool more = control_work(k->control, k->core.turn);
	if (outbox_has_work(k->outbox) && turn_begin(k->core.turn) != 0)
		log_debug("no turn can be begun"); /* who needs one finds out */
	more = planner_work(k->planner) || more;
	more = control_ask_again(k->control, k->core.turn) || more;
	bool settled = moment_is_planned(k->planner);
	if (settled && hold_work(&k->core))
		more = true;
	else if (settled)
		more = letters_work(k->letters) || more;
	more = outbox_work(k->outbox, k->core.turn) || more;
	more = kedjad_advance_clock(k) || more;
	/* what the commit releases may be what the virtual clock waits for */
	more = (k->goals != NULL && turn_is_begun(k->core.turn)) || more;
	/* what comes into force with the commit may give work at once */
	more = k->swap != NULL || more;
	try_disk(k);
	/* When to wake up by itself: asked in the turn, where what cannot be read is noticed. */
	instant next = INSTANT_NEVER;
	if (!clock_is_virtual(k->core.clock) && turn_begin(k->core.turn) == 0)
		next = kedjad_next_event(k);
	bool committed = kedjad_end_turn(k);
	if (loop_set_alarm(k->loop, committed ? next : INSTANT_NEVER) != 0)
		log_error("the alarm could not be set");
	give_sign(k);
	/* The commit lets answers out: who has read theirs at once has room for more by now. */
	return (committed && more) || control_has_work(k->control);
}
