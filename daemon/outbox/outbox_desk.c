/* SPDX-License-Identifier: EUPL-1.2 */
/* See outbox.h: letters that come in, what a person changes by hand, and the figures. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/base/opaque.h"
#include "daemon/outbox/outbox_own.h"
#include "daemon/store/figure.h"

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
	return outbox_change(outbox, &what);
}

/* ---- figures ---- */

/* Those that were made first have the lowest ids. */
static void count_states(struct outbox *outbox, struct outbox_figures *figures)
{
	for (int i = 0; i <= MESSAGE_SUPERSEDED; i++) {
		enum message_state state = (enum message_state)i;
		char *figure = xasprintf("message.%s", message_state_name(state));
		figures->by_state[i] = figure_of(outbox->db, figure, "");
		free(figure);
		if (!message_state_waits(state) || figures->by_state[i] == 0)
			continue;
		struct query *q =
		    db_query(outbox->db, "SELECT created_at FROM message WHERE state = ?1"
					 " ORDER BY id LIMIT 1");
		db_bind_text(q, 1, message_state_name(state));
		if (db_next(q) && db_int(q, 0) < figures->oldest_waiting)
			figures->oldest_waiting = db_int(q, 0);
		db_done(q);
	}
	figures->given_up = figure_of(outbox->db, "letters_given_up", "");
}

/* No code: it did not come to an answer about this letter, but ended before. */
#define UNREACHED(index)                                                                           \
	" FROM message INDEXED BY " index                                                          \
	" WHERE state = 'deferred' AND code = 0 AND next_attempt IS NOT NULL"

static void count_unreached(struct outbox *outbox, struct outbox_figures *figures)
{
	figures->unreached = figure_of(outbox->db, "letters_unreached", "");
	if (figures->unreached == 0)
		return;
	figures->unreached_since =
	    db_number(db_query(outbox->db, "SELECT created_at" UNREACHED(
					       "message_unreached_first") " ORDER BY id LIMIT 1"));
	struct query *q = db_query(
	    outbox->db,
	    "SELECT answer" UNREACHED("message_unreached") " ORDER BY next_attempt DESC LIMIT 1");
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
	figures->late = figure_of(outbox->db, "letters_put_off", "");
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
	count_states(outbox, &figures);
	count_unreached(outbox, &figures);
	count_late(outbox, &figures);
	return figures;
}
