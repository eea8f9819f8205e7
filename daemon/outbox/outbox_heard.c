/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * See outbox.h: what the mailer says. It comes outside a turn: it is noted in a list, and put
 * into the database in the next turn. The list loses its entries only when that turn has been
 * committed, so a full disk forgets nothing.
 */
#include <string.h>

#include "daemon/base/log.h"
#include "daemon/outbox/outbox_own.h"

#define ANSWER_MOST 500 /* bytes kept of what a server said */
#define FAULT_PAUSE                                                                                \
	900 /* seconds: a queue that stands still tries one letter each quarter of an hour */

/* ---- what the mailer says, outside a turn ---- */

static void note(struct outbox *outbox, const struct note *what)
{
	outbox->notes =
	    array_grow(outbox->notes, outbox->count, &outbox->capacity, sizeof(outbox->notes[0]));
	outbox->notes[outbox->count++] = *what;
}

/* Cut between characters, on one line. */
static char *bounded(const char *text)
{
	size_t length = strlen(text);
	if (length > ANSWER_MOST) {
		length = ANSWER_MOST;
		while (length > 0 && ((unsigned char)text[length] & 0xc0) == 0x80)
			length--;
	}
	char *copy = xasprintf("%.*s", (int)length, text);
	for (char *c = copy; *c != '\0'; c++) {
		if ((unsigned char)*c < ' ' || *c == 0x7f)
			*c = ' ';
	}
	return copy;
}

static bool is_odd(const struct outbox *outbox, int64_t message)
{
	for (size_t i = 0; i < outbox->count; i++) {
		if (outbox->notes[i].kind == NOTE_ODD && outbox->notes[i].message == message)
			return true;
	}
	return message_is_odd(outbox->db, message);
}

/* Another letter was taken while the queue stood still at this one. */
static void note_odd(struct outbox *outbox, int64_t sent)
{
	const struct fault *fault = &outbox->fault;
	if (!fault->of_relay || fault->message == 0 || fault->message == sent ||
	    is_odd(outbox, fault->message))
		return;
	note(outbox, &(struct note){ NOTE_ODD, fault->message, MAIL_UNCLEAR, 0, NULL });
}

static void clear_fault(struct outbox *outbox)
{
	if (outbox->fault.text != NULL)
		log_notice("mail: the queue moves again");
	outbox->unkept = outbox->unkept || outbox->fault.text != NULL;
	free(outbox->fault.text);
	outbox->fault = (struct fault){ 0 };
}

/* A letter that is put off without a code has met no server that took it. Said once. */
static void log_reach(struct outbox *outbox, const struct note *what)
{
	bool unreached = what->outcome == MAIL_DEFERRED && what->code == 0;
	if (unreached == outbox->unreached || what->outcome == MAIL_UNCLEAR)
		return;
	outbox->unreached = unreached;
	if (unreached)
		log_warning("mail: letters wait: %s", what->answer);
	else
		log_notice("mail: letters are taken again");
}

static void take_from_batch(struct outbox *outbox, int64_t message)
{
	for (size_t i = 0; i < outbox->in_hand; i++) {
		if (outbox->batch[i] == message) {
			outbox->in_hand--;
			memmove(outbox->batch + i, outbox->batch + i + 1,
				(outbox->in_hand - i) * sizeof(outbox->batch[0]));
			break;
		}
	}
}

static void on_outcome(void *arg, int64_t message, enum mail_outcome outcome, int code,
		       const char *text)
{
	struct outbox *outbox = arg;
	take_from_batch(outbox, message);
	struct note what = { NOTE_OUTCOME, message, outcome, code, bounded(text) };
	note(outbox, &what);
	if (outcome == MAIL_SENT)
		note_odd(outbox, message);
	clear_fault(outbox);
	log_reach(outbox, &what);
}

/* Takes the sentence over. */
static void set_fault(struct outbox *outbox, const char *kind, char *sentence, int64_t message)
{
	struct fault *fault = &outbox->fault;
	if (fault->text == NULL || strcmp(fault->text, sentence) != 0)
		log_error("mail: the queue stands still: %s", sentence);
	free(fault->text);
	fault->text = sentence;
	fault->in_batch = outbox->in_hand > 0;
	fault->of_relay = strcmp(kind, "relay") == 0;
	fault->message = message;
	outbox->unkept = true;
	fault->until =
	    strcmp(kind, "start") == 0 ? INSTANT_NEVER : clock_now(outbox->clock) + FAULT_PAUSE;
}

/* What is said of one letter again, after others went, is about that letter. */
static void on_fault(void *arg, const char *kind, const char *text, int64_t message)
{
	struct outbox *outbox = arg;
	if (strcmp(kind, "relay") == 0 && is_odd(outbox, message)) {
		take_from_batch(outbox, message);
		note(outbox,
		     &(struct note){ NOTE_OUTCOME, message, MAIL_REFUSED, 0, bounded(text) });
		return;
	}
	char *what = xasprintf("%s: %s", kind, text);
	set_fault(outbox, kind, bounded(what), message);
	free(what);
}

static void on_batch_over(void *arg, bool died)
{
	struct outbox *outbox = arg;
	for (size_t i = 0; i < outbox->in_hand; i++) {
		bool met = outbox->fault.text != NULL && outbox->batch[i] == outbox->fault.message;
		enum note_kind kind = died && i == 0 ? NOTE_LOST : met ? NOTE_MET : NOTE_UNTRIED;
		note(outbox, &(struct note){ kind, outbox->batch[i], MAIL_UNCLEAR, 0, NULL });
	}
	outbox->in_hand = 0;
}

static void on_ready(void *arg)
{
	struct outbox *outbox = arg;
	if (!outbox->fault.in_batch)
		clear_fault(outbox);
}

const struct mailproc_events outbox_hears = {
	.outcome = on_outcome,
	.fault = on_fault,
	.batch_over = on_batch_over,
	.ready = on_ready,
};

/* ---- the same in the turn ---- */

/* Without a code no server came to an answer about it; but its data had begun. */
static bool has_reached(const struct message_change *what)
{
	return what->code != 0 || what->state == MESSAGE_UNCLEAR;
}

/* Back to wait for its next hour, or for a person. */
static void postpone(struct outbox *outbox, const struct message_row *row,
		     struct message_change *what)
{
	const struct patience *patience = &outbox->patience;
	struct message_tries tries = row->tries;
	message_tried(&tries, row->attempts, has_reached(what), what->now, patience->most);
	bool reached = tries.reached_at != INSTANT_NEVER;
	what->next_attempt =
	    message_retry_at(patience, reached ? tries.reached_at : row->created_at,
			     row->attempts + 1 - (reached ? tries.unreached : 0), what->now);
	if (tries.waited >= patience->give_up) {
		what->next_attempt = INSTANT_NEVER;
		log_error("letter %lld: given up after %lld attempts", (long long)row->id,
			  (long long)row->attempts + 1);
	}
	if (!outbox_change(outbox, what))
		return;
	message_keep_tries(outbox->db, row->id, &tries);
	if (what->next_attempt == INSTANT_NEVER)
		outbox->ended(outbox->arg, row->id, what->state);
}

static void apply_outcome(struct outbox *outbox, const struct note *note,
			  const struct message_row *row)
{
	struct message_change what = { .message = note->message,
				       .was = MESSAGE_HANDED,
				       .now = clock_now(outbox->clock),
				       .next_attempt = INSTANT_NEVER,
				       .attempt = true,
				       .code = note->code,
				       .answer = note->answer,
				       .reason = note->answer };
	switch (note->outcome) {
	case MAIL_SENT:
		what.state = MESSAGE_SENT;
		log_debug("letter %lld: sent", (long long)note->message);
		outbox_change(outbox, &what);
		break;
	case MAIL_REFUSED:
		what.state = MESSAGE_REFUSED;
		log_notice("letter %lld: refused, code %d", (long long)note->message, note->code);
		outbox_change(outbox, &what);
		break;
	case MAIL_DEFERRED:
		what.state = MESSAGE_DEFERRED;
		log_debug("letter %lld: deferred, code %d", (long long)note->message, note->code);
		postpone(outbox, row, &what);
		break;
	case MAIL_UNCLEAR:
		what.state = MESSAGE_UNCLEAR;
		log_notice("letter %lld: unclear, code %d", (long long)note->message, note->code);
		postpone(outbox, row, &what);
		break;
	}
}

static void apply_lost(struct outbox *outbox, const struct message_row *row)
{
	struct message_change what = { .message = row->id,
				       .was = MESSAGE_HANDED,
				       .state = MESSAGE_UNCLEAR,
				       .now = clock_now(outbox->clock),
				       .attempt = true,
				       .code = 0,
				       .answer = "",
				       .reason = "the mailer died with it in hand" };
	log_notice("letter %lld: unclear: the mailer died with it in hand", (long long)row->id);
	postpone(outbox, row, &what);
}

/* It keeps its place: those made earlier go first. But that at which the queue stands still goes
 * behind those that wait: they are tried in turn, so that it never stops for one letter. */
static void apply_untried(struct outbox *outbox, const struct message_row *row, bool met)
{
	instant now = clock_now(outbox->clock);
	bool keeps = !met && row->created_at < now;
	outbox_change(outbox, &(struct message_change){
				  .message = row->id,
				  .was = MESSAGE_HANDED,
				  .state = MESSAGE_QUEUED,
				  .now = now,
				  .next_attempt = keeps ? row->created_at : now + met,
				  .reason = met ? "the queue stands still" : "not tried" });
}

static void apply(struct outbox *outbox, const struct note *note)
{
	struct message_row row;
	if (!message_find(outbox->db, note->message, &row))
		return;
	switch (note->kind) {
	case NOTE_OUTCOME:
		apply_outcome(outbox, note, &row);
		break;
	case NOTE_LOST:
		apply_lost(outbox, &row);
		break;
	case NOTE_UNTRIED:
	case NOTE_MET:
		apply_untried(outbox, &row, note->kind == NOTE_MET);
		break;
	case NOTE_ODD:
		message_note_odd(outbox->db, row.id);
		break;
	}
}

void outbox_apply_notes(struct outbox *outbox, bool all)
{
	for (; outbox->applied < outbox->count; outbox->applied++) {
		if (!all && !turn_has_room(outbox->turn))
			return;
		outbox_touch(outbox);
		apply(outbox, &outbox->notes[outbox->applied]);
	}
}
