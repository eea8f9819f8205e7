/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * See outbox.h: the turn. One batch is on its way at a time, and it is handed over by the commit
 * that wrote so.
 *
 * Two kinds of time: letters wait by the office's clock, which may be virtual; after a turn that
 * failed the outbox rests for a real second.
 */
#include "daemon/outbox/outbox.h"

#include "daemon/base/log.h"
#include "daemon/outbox/outbox_own.h"

#define STOP_LIMIT  5.0 /* seconds for the letter in hand when the daemon stops */
#define ROWS_A_TURN 100 /* of bodies dropped, and of letters revived */
#define LETTER_MOST (MAIL_LINE_MOST - 1024) /* the frame of a batch goes around it */

/* ---- what an earlier daemon, or another clock, has left ---- */

static bool is_in_hand(const struct outbox *outbox, int64_t message)
{
	for (size_t i = 0; i < outbox->in_hand; i++) {
		if (outbox->batch[i] == message)
			return true;
	}
	for (size_t i = outbox->applied; i < outbox->count; i++) {
		if (outbox->notes[i].message == message)
			return true;
	}
	return false;
}

/* The first may have gone out, and goes out again at once, the same bytes under the same
 * Message-ID. The data of the others waited for its outcome. */
static void recover_one(struct outbox *outbox, int64_t message, bool first)
{
	instant now = clock_now(outbox->clock);
	struct message_change what = { .message = message,
				       .was = MESSAGE_HANDED,
				       .state = first ? MESSAGE_UNCLEAR : MESSAGE_QUEUED,
				       .now = now,
				       .next_attempt = now,
				       .attempt = first,
				       .answer = first ? "" : NULL,
				       .reason = first ? "the daemon ended with it in hand"
						       : "not tried" };
	if (first)
		log_notice("letter %lld: unclear: the daemon ended with it in hand",
			   (long long)message);
	outbox_change(outbox, &what);
}

/* Handed over, and nobody knows of it: an earlier daemon died. */
static void recover(struct outbox *outbox)
{
	int64_t ids[BATCH_MOST];
	outbox_touch(outbox);
	size_t count = message_handed(outbox->db, ids, BATCH_MOST);
	bool first = true;
	for (size_t i = 0; i < count; i++) {
		if (is_in_hand(outbox, ids[i]))
			continue;
		recover_one(outbox, ids[i], first);
		first = false;
	}
	outbox->recover = false;
}

/* No letter has reason to wait longer than retry_most: if one does, the clock was set back. */
static void rewind_hours(struct outbox *outbox)
{
	instant now = clock_now(outbox->clock);
	outbox_touch(outbox);
	outbox->rewind =
	    message_rewind(outbox->db, now, outbox->patience.most, ROWS_A_TURN) == ROWS_A_TURN;
}

static void revive(struct outbox *outbox)
{
	int64_t ids[ROWS_A_TURN];
	struct message_row row;
	instant now = clock_now(outbox->clock);
	outbox_touch(outbox);
	size_t count = message_postponed(outbox->db, now, ids, ROWS_A_TURN);
	for (size_t i = 0; i < count; i++) {
		if (message_find(outbox->db, ids[i], &row))
			message_hurry(outbox->db, &row, now);
	}
	outbox->reviving = count == ROWS_A_TURN;
	outbox->unkept = true;
}

static void recall(struct outbox *outbox)
{
	int64_t ids[ROWS_A_TURN];
	outbox_touch(outbox);
	size_t count = message_refused(outbox->db, outbox->recalled, ids, ROWS_A_TURN);
	for (size_t i = 0; i < count; i++)
		outbox_recall(outbox, ids[i]);
	outbox->recalled = count < ROWS_A_TURN ? NOT_RECALLING : ids[count - 1];
	outbox->unkept = true;
}

static void drop_bodies(struct outbox *outbox)
{
	outbox_touch(outbox);
	outbox->stale_bodies = true;
	outbox->dropped = message_drop_bodies(
	    outbox->db, clock_now(outbox->clock) - outbox->keep_bodies, ROWS_A_TURN);
}

/* ---- handing over ---- */

static void hand_over(void *arg)
{
	struct outbox *outbox = arg;
	json_t *letters = outbox->pending;
	outbox->pending = NULL;
	mailproc_send(outbox->mailproc, letters, outbox->fault.of_relay);
}

static void take_back(void *arg, const char *reason)
{
	struct outbox *outbox = arg;
	(void)reason;
	json_decref(outbox->pending);
	outbox->pending = NULL;
	outbox->in_hand = 0;
}

static void refuse(struct outbox *outbox, int64_t message)
{
	log_error("letter %lld cannot be handed over: not UTF-8, or too large", (long long)message);
	outbox_change(outbox, &(struct message_change){
				  .message = message,
				  .was = MESSAGE_HANDED,
				  .state = MESSAGE_REFUSED,
				  .now = clock_now(outbox->clock),
				  .next_attempt = INSTANT_NEVER,
				  .answer = "cannot be handed over: not UTF-8, or too large",
				  .reason = "cannot be handed over: not UTF-8, or too large" });
}

/* True: there may be room for another. */
static bool add_to_batch(struct outbox *outbox, int64_t message, size_t *bytes)
{
	enum message_state was = MESSAGE_QUEUED;
	json_t *letter = message_letter(outbox->db, message, outbox->clock, &was);
	size_t size = letter == NULL ? 0 : json_dumpb(letter, NULL, 0, JSON_COMPACT) + 1;
	if (size <= LETTER_MOST && *bytes + size > LETTER_MOST) {
		json_decref(letter);
		return false;
	}
	struct message_change what = { .message = message,
				       .was = was,
				       .state = MESSAGE_HANDED,
				       .now = clock_now(outbox->clock),
				       .next_attempt = INSTANT_NEVER,
				       .reason = "given to the mailer" };
	bool handed = outbox_change(outbox, &what);
	if (handed && (letter == NULL || size > LETTER_MOST))
		refuse(outbox, message);
	if (!handed || letter == NULL || size > LETTER_MOST) {
		json_decref(letter);
		return true;
	}
	*bytes += size;
	outbox->batch[outbox->in_hand++] = message;
	json_array_append_new(outbox->pending, letter);
	return true;
}

static void make_batch(struct outbox *outbox)
{
	int64_t ids[BATCH_MOST];
	size_t bytes = 0;
	size_t most = outbox->fault.text == NULL ? outbox->batch_most : 1;
	size_t count = message_due(outbox->db, clock_now(outbox->clock), ids, most);
	outbox->stale = true; /* what was thought to be due may not be */
	if (count == 0)
		return;
	outbox->pending = json_array();
	for (size_t i = 0; i < count && (i == 0 || turn_has_room(outbox->turn)); i++) {
		if (!add_to_batch(outbox, ids[i], &bytes))
			break;
	}
	if (outbox->in_hand > 0)
		turn_after(outbox->turn, hand_over, take_back, outbox);
	else
		take_back(outbox, "");
}

/* ---- what there is to do ---- */

static bool is_standing(const struct outbox *outbox)
{
	return outbox->fault.text != NULL && outbox->fault.until > clock_now(outbox->clock);
}

static bool is_due(const struct outbox *outbox)
{
	return outbox->next_attempt <= clock_now(outbox->clock);
}

static bool can_hand(const struct outbox *outbox)
{
	return outbox->in_hand == 0 && outbox->applied == outbox->count && !is_standing(outbox) &&
	       mailproc_state(outbox->mailproc) == MAILER_READY;
}

static bool must_try_again(const struct outbox *outbox)
{
	return !is_standing(outbox) && mailproc_state(outbox->mailproc) == MAILER_FAULTY;
}

bool outbox_has_work(const struct outbox *outbox)
{
	if (outbox->resting)
		return false;
	return outbox->stale || outbox->stale_bodies || outbox->unkept || outbox->recover ||
	       outbox->rewind || outbox->reviving || outbox->recalled != NOT_RECALLING ||
	       outbox->applied < outbox->count || outbox->next_body <= clock_now(outbox->clock) ||
	       (is_due(outbox) && (can_hand(outbox) || must_try_again(outbox)));
}

/* Outside a transaction, or in one that has failed, an error would look like "nothing". */
static void refresh(struct outbox *outbox)
{
	bool sure = db_in_transaction(outbox->db) && !db_failed(outbox->db);
	if (outbox->stale)
		outbox->next_attempt = message_next_attempt(outbox->db);
	if (outbox->stale_bodies)
		outbox->next_body = outbox_body_hour(outbox, message_oldest_body(outbox->db));
	outbox->stale = outbox->stale && !sure;
	outbox->stale_bodies = outbox->stale_bodies && !sure;
}

bool outbox_work(struct outbox *outbox, struct turn *turn)
{
	if (!outbox_has_work(outbox))
		return false;
	if (turn_begin(turn) != 0) {
		outbox_rest(outbox);
		return false;
	}
	if (outbox->recover)
		recover(outbox);
	if (outbox->rewind)
		rewind_hours(outbox);
	outbox_apply_notes(outbox, false);
	if (outbox->reviving && turn_has_room(turn))
		revive(outbox);
	if (outbox->recalled != NOT_RECALLING && turn_has_room(turn))
		recall(outbox);
	refresh(outbox);
	if (outbox->next_body <= clock_now(outbox->clock) && turn_has_room(turn))
		drop_bodies(outbox);
	if (is_due(outbox) && must_try_again(outbox))
		mailproc_try_again(outbox->mailproc);
	if (is_due(outbox) && can_hand(outbox) && turn_has_room(turn))
		make_batch(outbox);
	if (outbox->unkept)
		outbox_keep(outbox);
	refresh(outbox);
	return outbox_has_work(outbox);
}

instant outbox_next(struct outbox *outbox)
{
	refresh(outbox);
	instant now = clock_now(outbox->clock);
	instant attempt = outbox->next_attempt;
	if (is_standing(outbox) && attempt < outbox->fault.until)
		attempt = outbox->fault.until;
	if (attempt <= now) /* it waits for the mailer, not for an hour */
		attempt = INSTANT_NEVER;
	return attempt < outbox->next_body ? attempt : outbox->next_body;
}

bool outbox_is_quiet(struct outbox *outbox)
{
	refresh(outbox);
	return !outbox->unkept && !outbox->recover && !outbox->rewind && !outbox->reviving &&
	       outbox->recalled == NOT_RECALLING && outbox->count == 0 && outbox->in_hand == 0 &&
	       (!is_due(outbox) || is_standing(outbox));
}

void outbox_try_now(struct outbox *outbox)
{
	if (outbox->fault.until != INSTANT_NEVER)
		outbox->fault.until = 0;
}

/* ---- the life of an outbox ---- */

static void rested(void *arg)
{
	struct outbox *outbox = arg;
	outbox->resting = false;
}

static void wipe_again(void *arg)
{
	outbox_wipe(arg);
}

static void configure(struct outbox *outbox, const struct settings *settings)
{
	outbox->patience = (struct patience){ settings->retry_first, settings->retry_most,
					      settings->give_up_after };
	outbox->keep_bodies = settings->keep_bodies * CIVIL_DAY;
	outbox->batch_most = settings->batch < 1 ? 1 : (size_t)settings->batch;
	if (outbox->batch_most > BATCH_MOST)
		outbox->batch_most = BATCH_MOST;
	free(outbox->message_id_domain);
	outbox->message_id_domain = xstrdup(settings->message_id_domain);
	outbox->stale = outbox->stale_bodies = true;
	outbox->rewind = true; /* nobody waits longer than these settings let him */
}

struct outbox *outbox_new(struct loop *loop, struct turn *turn, struct db *db,
			  const struct clock *clock, const struct settings *settings,
			  const char *mailer_program, outbox_ended *ended, void *arg)
{
	struct outbox *outbox = xcalloc(1, sizeof(*outbox));
	outbox->turn = turn;
	outbox->db = db;
	outbox->clock = clock;
	outbox->ended = ended;
	outbox->arg = arg;
	outbox->recover = true;
	outbox->recalled = NOT_RECALLING;
	outbox->next_attempt = outbox->next_body = INSTANT_NEVER;
	configure(outbox, settings);
	outbox_remember(outbox);
	outbox->rest = loop_timer_new(loop, rested, outbox);
	outbox->wipe = loop_timer_new(loop, wipe_again, outbox);
	outbox->mailproc = mailproc_new(loop, settings, mailer_program, &outbox_hears, outbox);
	return outbox;
}

static void note_the_last(struct outbox *outbox)
{
	if (outbox->count == 0 && !outbox->unkept && !turn_is_begun(outbox->turn))
		return;
	if (turn_begin(outbox->turn) == 0) {
		outbox_apply_notes(outbox, true);
		outbox_keep(outbox);
	}
	if (turn_end(outbox->turn) != 0)
		log_error(
		    "mail: the last outcomes could not be written; these letters go out again");
}

void outbox_free(struct outbox *outbox)
{
	if (outbox == NULL)
		return;
	mailproc_stop(outbox->mailproc, STOP_LIMIT);
	note_the_last(outbox);
	outbox_drop_notes(outbox, outbox->count);
	mailproc_free(outbox->mailproc);
	loop_timer_free(outbox->rest);
	loop_timer_free(outbox->wipe);
	free(outbox->notes);
	free(outbox->fault.text);
	free(outbox->unreached_reason);
	free(outbox->message_id_domain);
	free(outbox);
}

void outbox_clock_was_set(struct outbox *outbox)
{
	outbox->rewind = true;
	outbox_try_now(outbox);
}

void outbox_configure(struct outbox *outbox, const struct settings *settings)
{
	configure(outbox, settings);
	outbox_try_now(outbox);
	mailproc_configure(outbox->mailproc, settings);
}
