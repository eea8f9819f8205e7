/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * See outbox_own.h: every change of a row, and what a commit and a rollback mean to the outbox.
 */
#include <stdlib.h>
#include <string.h>

#include "daemon/base/log.h"
#include "daemon/outbox/outbox_own.h"

#define REST            1.0  /* seconds after a turn that could not be committed */
#define WIPE_AGAIN      60   /* seconds: while another program reads in the file */
#define BODIES_TOGETHER 3600 /* seconds: bodies are dropped by the hour */

void outbox_drop_notes(struct outbox *outbox, size_t count)
{
	if (count == 0)
		return;
	for (size_t i = 0; i < count; i++)
		free(outbox->notes[i].answer);
	outbox->count -= count;
	memmove(outbox->notes, outbox->notes + count, outbox->count * sizeof(outbox->notes[0]));
}

void outbox_rest(struct outbox *outbox)
{
	outbox->resting = true;
	loop_timer_set(outbox->rest, REST);
}

void outbox_wipe(struct outbox *outbox)
{
	if (db_empty_log(outbox->db) != 0)
		loop_timer_set(outbox->wipe, WIPE_AGAIN);
}

static void turn_is_kept(void *arg)
{
	struct outbox *outbox = arg;
	if (outbox->applied > 0)
		mailproc_noted(outbox->mailproc, outbox->notes[outbox->applied - 1].message);
	outbox_drop_notes(outbox, outbox->applied);
	outbox->applied = 0;
	outbox->touched = false;
	if (outbox->dropped)
		outbox_wipe(outbox);
	outbox->dropped = false;
}

static void turn_is_undone(void *arg, const char *reason)
{
	struct outbox *outbox = arg;
	(void)reason; /* whoever ended the turn says it */
	outbox->applied = 0;
	outbox->reviving = outbox->was_reviving;
	outbox->recalled = outbox->was_recalled;
	outbox->touched = outbox->dropped = false;
	outbox->stale = outbox->stale_bodies = outbox->unkept = true;
	outbox->recover = outbox->rewind = true; /* find nothing if it had been done */
	outbox_rest(outbox);
}

void outbox_touch(struct outbox *outbox)
{
	outbox->stale = true;
	if (outbox->touched)
		return;
	outbox->touched = true;
	outbox->was_reviving = outbox->reviving;
	outbox->was_recalled = outbox->recalled;
	turn_after(outbox->turn, turn_is_kept, turn_is_undone, outbox);
}

instant outbox_body_hour(const struct outbox *outbox, instant oldest)
{
	if (oldest == INSTANT_NEVER)
		return INSTANT_NEVER;
	instant at = oldest + outbox->keep_bodies;
	return at + (BODIES_TOGETHER - at % BODIES_TOGETHER) % BODIES_TOGETHER;
}

bool outbox_change(struct outbox *outbox, const struct message_change *what)
{
	outbox_touch(outbox);
	if (!message_change(outbox->db, what)) {
		if (!db_failed(outbox->db))
			log_error("letter %lld is not %s, so it cannot become %s",
				  (long long)what->message, message_state_name(what->was),
				  message_state_name(what->state));
		return false;
	}
	if (what->state != MESSAGE_HANDED && !message_state_waits(what->state)) {
		instant drop_at = outbox_body_hour(outbox, what->now);
		if (drop_at < outbox->next_body)
			outbox->next_body = drop_at;
		outbox->ended(outbox->arg, what->message, what->state);
	}
	return true;
}

void outbox_recall(struct outbox *outbox, int64_t message)
{
	instant now = clock_now(outbox->clock);
	struct message_change what = { .message = message,
				       .was = MESSAGE_REFUSED,
				       .state = MESSAGE_QUEUED,
				       .now = now,
				       .next_attempt = now,
				       .reason = "tried again by hand" };
	if (!outbox_change(outbox, &what))
		return;
	message_keep_tries(
	    outbox->db, message,
	    &(struct message_tries){ .reached_at = INSTANT_NEVER, .heard_at = INSTANT_NEVER });
	outbox->ended(outbox->arg, message, MESSAGE_QUEUED);
}
