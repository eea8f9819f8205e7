/* SPDX-License-Identifier: EUPL-1.2 */
/* The outbox as it is seen, and changed by hand. */
#include "daemon/letters/admin.h"
#include "daemon/methods/method.h"

/* A letter that tells of a case which whoever asks may not see is not there for them. */
#define TELLS_OF_NO_OTHER                                                                          \
	" AND NOT EXISTS (SELECT 1 FROM notice n WHERE n.message = m.id AND NOT seen(n.subject))"

#define MESSAGE_COLUMNS                                                                            \
	"m.id, m.address, m.person, m.subject, m.created_at, m.state, m.attempts, m.next_attempt," \
	" m.message_id, m.code, m.answer"

static json_t *outcome_json(struct query *q)
{
	if (db_is_null(q, 9) && db_is_null(q, 10))
		return json_null();
	return json_pack("{s:o, s:o}", "code", answer_number_column(q, 9), "text",
			 answer_text(db_text(q, 10)));
}

static json_t *message_row(const struct kedjad *k, struct query *q)
{
	static const struct answer_column columns[] = {
		{ "id", ANSWER_NUMBER },          { "to", ANSWER_TEXT },
		{ "person", ANSWER_PERSON },      { "subject", ANSWER_TEXT },
		{ "created_at", ANSWER_INSTANT }, { "state", ANSWER_TEXT },
		{ "attempts", ANSWER_NUMBER },    { "next_attempt", ANSWER_INSTANT },
		{ "message_id", ANSWER_TEXT },    { NULL, ANSWER_TEXT },
	};
	json_t *row = answer_row(k, q, columns);
	json_object_set_new(row, "outcome", outcome_json(q));
	return row;
}

/* The numbers of the reminders in it, and of the last if there are more of them. How many rows. */
static size_t add_notices(const struct kedjad *k, json_t *row)
{
	json_t *ids = json_array(), *last = json_null();
	struct query *q =
	    db_query(k->core.db, "SELECT id FROM notice WHERE message = ?1 ORDER BY id LIMIT ?2");
	db_bind(q, DB_INT(json_integer_value(json_object_get(row, "id"))), DB_INT(PAGE_ROWS));
	while (db_next(q)) {
		json_array_append_new(ids, json_integer(db_int(q, 0)));
		if (json_array_size(ids) == PAGE_ROWS)
			last = json_integer(db_int(q, 0));
	}
	db_done(q);
	json_object_set_new(row, "notices", ids);
	json_object_set_new(row, "notices_next", last);
	return json_array_size(ids);
}

/* A page may end before its last row, when the letters before it hold many reminders. */
static json_t *end_page(const struct kedjad *k, json_t *rows, json_t *last)
{
	size_t looked_at = json_array_size(rows), i = 0;
	for (; i < json_array_size(rows) && looked_at <= 2 * PAGE_ROWS; i++)
		looked_at += add_notices(k, json_array_get(rows, i));
	if (i == json_array_size(rows))
		return answer_page(rows, last);
	while (json_array_size(rows) > i)
		json_array_remove(rows, json_array_size(rows) - 1);
	json_decref(last);
	last = json_incref(json_object_get(json_array_get(rows, i - 1), "id"));
	return answer_page(rows, last);
}

json_t *method_outbox_list(void *arg, struct call *call)
{
	struct kedjad *k = arg;
	const char *state = call_text(call, "state");
	enum message_state known;
	if (state != NULL && message_state_parse(state, &known) != 0) {
		problem_add(&call->problems, "state", 0,
			    "\"%s\" is not a state: write queued, handed, sent, deferred, refused, "
			    "unclear, cancelled or superseded",
			    state);
		return NULL;
	}
	struct query *q =
	    state == NULL
		? db_query(k->core.db,
			   "SELECT " MESSAGE_COLUMNS " FROM message m"
			   " WHERE m.id > ?1" TELLS_OF_NO_OTHER " ORDER BY m.id LIMIT ?2")
		: db_query(k->core.db, "SELECT " MESSAGE_COLUMNS " FROM message m"
				       " WHERE m.id > ?1 AND m.state = ?3" TELLS_OF_NO_OTHER
				       " ORDER BY m.id LIMIT ?2");
	db_bind(q, DB_INT(call_number(call, "after", 0)), DB_INT(PAGE_ROWS));
	if (state != NULL)
		db_bind_text(q, 3, state);
	json_t *rows = json_array(), *last = NULL;
	while (db_next(q)) {
		json_array_append_new(rows, message_row(k, q));
		if (json_array_size(rows) == PAGE_ROWS)
			last = json_integer(db_int(q, 0));
	}
	db_done(q);
	return end_page(k, rows, last);
}

static json_t *history_json(const struct kedjad *k, int64_t message)
{
	json_t *rows = json_array();
	struct query *q = db_query(k->core.db, "SELECT at, was, state, reason FROM message_history"
					       " WHERE message = ?1 ORDER BY rowid");
	db_bind_int(q, 1, message);
	while (db_next(q))
		json_array_append_new(rows, json_pack("{s:o, s:o, s:o, s:o}", "at",
						      answer_instant_column(k, q, 0), "was",
						      answer_text(db_text(q, 1)), "state",
						      answer_text(db_text(q, 2)), "reason",
						      answer_text(db_text(q, 3))));
	db_done(q);
	return rows;
}

json_t *method_outbox_show(void *arg, struct call *call)
{
	struct kedjad *k = arg;
	int64_t id = call_number(call, "id", 0);
	struct query *q = db_query(k->core.db, "SELECT " MESSAGE_COLUMNS ", m.body FROM message m"
					       " WHERE m.id = ?1" TELLS_OF_NO_OTHER);
	db_bind_int(q, 1, id);
	json_t *row = db_next(q) ? message_row(k, q) : NULL;
	if (row != NULL)
		json_object_set_new(row, "text", answer_text(db_text(q, 11)));
	db_done(q);
	if (row == NULL) {
		call_refuse(call, RPC_REFUSED, "there is no message %lld", (long long)id);
		return NULL;
	}
	add_notices(k, row);
	json_object_set_new(row, "history", history_json(k, id));
	return row;
}

json_t *method_outbox_retry(void *arg, struct call *call)
{
	struct kedjad *k = arg;
	int64_t id = call_number(call, "id", 0);
	bool retried = call_flag(call, "refused")
			   ? outbox_retry_refused(k->outbox, id, &call->problems)
			   : outbox_retry(k->outbox, id, &call->problems);
	return retried ? json_pack("{s:b}", "retried", 1) : NULL;
}

json_t *method_outbox_cancel(void *arg, struct call *call)
{
	struct kedjad *k = arg;
	int64_t id = call_number(call, "id", 0);
	return outbox_cancel(k->outbox, id, call_text(call, "reason"), &call->problems)
		   ? json_pack("{s:I}", "cancelled", (json_int_t)id)
		   : NULL;
}

json_t *method_drill(void *arg, struct call *call)
{
	struct kedjad *k = arg;
	int64_t id = letters_admin_drill(&k->core, k->letters, &call->problems);
	if (id == 0)
		return NULL;
	struct query *q =
	    db_query(k->core.db, "SELECT " MESSAGE_COLUMNS " FROM message m WHERE m.id = ?1");
	db_bind_int(q, 1, id);
	json_t *row = db_next(q) ? message_row(k, q) : NULL;
	db_done(q);
	return row;
}
