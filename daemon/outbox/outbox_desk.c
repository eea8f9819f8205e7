/* SPDX-License-Identifier: EUPL-1.2 */
/* See outbox.h: letters that come in, what a person changes by hand, and the figures. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/base/opaque.h"
#include "daemon/outbox/outbox_own.h"

/* ---- letters in, and changes by hand ---- */

int64_t outbox_add(struct outbox *outbox, const struct new_message *message)
{
	char *message_id = opaque_id(outbox->message_id_domain);
	outbox_touch(outbox);
	int64_t id = message_insert(outbox->db, message, message_id, clock_now(outbox->clock));
	free(message_id);
	return id;
}

static bool find_waiting(struct outbox *outbox, int64_t message, struct message_row *ret,
			 struct problems *problems)
{
	if (!message_find(outbox->db, message, ret)) {
		problem_add(problems, "id", 0, "there is no letter %lld", (long long)message);
		return false;
	}
	if (message_state_waits(ret->state))
		return true;
	if (ret->state == MESSAGE_HANDED)
		problem_add(problems, "id", 0,
			    "letter %lld is in the mailer's hands: ask again in a moment",
			    (long long)message);
	else
		problem_add(problems, "id", 0,
			    "letter %lld is %s: only one that waits can be changed",
			    (long long)message, message_state_name(ret->state));
	return false;
}

bool outbox_retry(struct outbox *outbox, int64_t message, struct problems *problems)
{
	struct message_row row;
	if (message != 0) {
		if (!find_waiting(outbox, message, &row, problems))
			return false;
		outbox_touch(outbox);
		message_hurry(outbox->db, &row, clock_now(outbox->clock));
	} else {
		outbox_touch(outbox);
		outbox->reviving = true;
		outbox_keep(outbox);
	}
	outbox_try_now(outbox);
	return true;
}

static bool find_refused(struct outbox *outbox, int64_t message, struct problems *problems)
{
	struct message_row row;
	if (!message_find(outbox->db, message, &row))
		problem_add(problems, "id", 0, "there is no letter %lld", (long long)message);
	else if (row.state != MESSAGE_REFUSED)
		problem_add(problems, "id", 0, "letter %lld is %s, and not refused",
			    (long long)message, message_state_name(row.state));
	else if (!message_has_text(outbox->db, message))
		problem_add(problems, "id", 0,
			    "the text of letter %lld is no longer kept: keep_bodies says how long",
			    (long long)message);
	else
		return true;
	return false;
}

bool outbox_retry_refused(struct outbox *outbox, int64_t message, struct problems *problems)
{
	if (message != 0 && !find_refused(outbox, message, problems))
		return false;
	outbox_touch(outbox);
	if (message != 0)
		outbox_recall(outbox, message);
	else {
		outbox->recalled = 0;
		outbox_keep(outbox);
	}
	outbox_try_now(outbox);
	return true;
}

bool outbox_cancel(struct outbox *outbox, int64_t message, const char *reason,
		   struct problems *problems)
{
	struct message_row row;
	bool reasoned = reason != NULL && reason[0] != '\0';
	if (!reasoned)
		problem_add(problems, "reason", 0, "a reason is missing: say why in a few words");
	if (!find_waiting(outbox, message, &row, problems) || !reasoned)
		return false;
	struct message_change what = { .message = message,
				       .was = row.state,
				       .state = MESSAGE_CANCELLED,
				       .now = clock_now(outbox->clock),
				       .next_attempt = INSTANT_NEVER,
				       .reason = reason };
	bool changed = outbox_change(outbox, &what);
	outbox->counted = false; /* the request may yet be taken back */
	return changed;
}

/* ---- figures ---- */

/* Ended messages are many and never change: they are counted once, and then as they end. */
static void count_ended(struct outbox *outbox)
{
	enum message_state state;
	if (outbox->counted)
		return;
	memset(outbox->ended_counts, 0, sizeof(outbox->ended_counts));
	struct query *q =
	    db_query(outbox->db, "SELECT state, COUNT(*) FROM message GROUP BY state");
	while (db_next(q)) {
		if (message_state_parse(db_text(q, 0), &state) == 0)
			outbox->ended_counts[state] = db_int(q, 1);
	}
	db_done(q);
	outbox->counted = db_reads_good(outbox->db);
}

/* All of these are read off an index: with the mail server down for days many letters wait. Those
 * that were made first have the lowest ids. */
static void count_waiting(struct outbox *outbox, struct outbox_figures *figures)
{
	static const enum message_state states[] = { MESSAGE_QUEUED, MESSAGE_DEFERRED,
						     MESSAGE_UNCLEAR, MESSAGE_HANDED };
	for (size_t i = 0; i < sizeof(states) / sizeof(states[0]); i++) {
		const char *name = message_state_name(states[i]);
		struct query *q =
		    db_query(outbox->db, "SELECT COUNT(*) FROM message WHERE state = ?1");
		db_bind_text(q, 1, name);
		figures->by_state[states[i]] = db_number(q);
		q = db_query(outbox->db, "SELECT created_at FROM message WHERE state = ?1"
					 " ORDER BY id LIMIT 1");
		db_bind_text(q, 1, name);
		if (message_state_waits(states[i]) && db_next(q) &&
		    db_int(q, 0) < figures->oldest_waiting)
			figures->oldest_waiting = db_int(q, 0);
		db_done(q);
	}
	figures->given_up = db_number(
	    db_query(outbox->db, "SELECT COUNT(*) FROM message INDEXED BY message_waiting WHERE"
				 " state IN ('queued','deferred','unclear')"
				 " AND next_attempt IS NULL"));
}

/* No code: it did not come to an answer about this letter, but ended before. */
#define UNREACHED                                                                                  \
	" FROM message INDEXED BY message_unreached"                                               \
	" WHERE state = 'deferred' AND code = 0 AND next_attempt IS NOT NULL"

static void count_unreached(struct outbox *outbox, struct outbox_figures *figures)
{
	figures->unreached = db_number(db_query(outbox->db, "SELECT COUNT(*)" UNREACHED));
	if (figures->unreached == 0)
		return;
	figures->unreached_since =
	    db_number(db_query(outbox->db, "SELECT created_at FROM message WHERE id ="
					   " (SELECT MIN(id)" UNREACHED ")"));
	struct query *q =
	    db_query(outbox->db, "SELECT answer" UNREACHED " ORDER BY next_attempt DESC LIMIT 1");
	free(outbox->unreached_reason);
	outbox->unreached_reason = xstrdup(db_next(q) ? db_text(q, 0) : "");
	figures->unreached_reason = outbox->unreached_reason;
	db_done(q);
}

#define PUT_OFF                                                                                    \
	" FROM message INDEXED BY message_put_off"                                                 \
	" WHERE (state = 'unclear' OR (state = 'deferred' AND code <> 0))"                         \
	" AND next_attempt IS NOT NULL"
#define LATE 3600 /* seconds; a letter that is put off once or twice is nothing unusual */

static void count_late(struct outbox *outbox, struct outbox_figures *figures)
{
	figures->late = db_number(db_query(outbox->db, "SELECT COUNT(*)" PUT_OFF));
	if (figures->late == 0)
		return;
	figures->late_since =
	    db_number(db_query(outbox->db, "SELECT created_at" PUT_OFF " ORDER BY id LIMIT 1"));
	if (figures->late_since > clock_now(outbox->clock) - LATE)
		figures->late = 0;
}

struct outbox_figures outbox_count(struct outbox *outbox)
{
	struct outbox_figures figures = { .oldest_waiting = INSTANT_NEVER,
					  .fault = outbox->fault.text,
					  .mailer = mailproc_state(outbox->mailproc),
					  .mailer_pid = mailproc_pid(outbox->mailproc),
					  .mailer_restarts = mailproc_restarts(outbox->mailproc) };
	count_ended(outbox);
	for (int state = 0; state <= MESSAGE_SUPERSEDED; state++) {
		bool ended = state != MESSAGE_HANDED && !message_state_waits(state);
		figures.by_state[state] = ended ? outbox->ended_counts[state] : 0;
	}
	count_waiting(outbox, &figures);
	count_unreached(outbox, &figures);
	count_late(outbox, &figures);
	return figures;
}
