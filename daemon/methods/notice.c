/* SPDX-License-Identifier: EUPL-1.2 */
/* The list of notices. */
#include <string.h>

#include "daemon/methods/method.h"
#include "daemon/store/notice.h"

static json_t *notice_row(const struct kedjad *k, struct query *q)
{
	static const struct answer_column columns[] = {
		{ "id", ANSWER_NUMBER },
		{ "deadline", ANSWER_TEXT },
		{ "rule", ANSWER_TEXT },
		{ "subject", ANSWER_TEXT },
		{ "key", ANSWER_KEY },
		{ "step", ANSWER_TEXT },
		{ "repetition", ANSWER_NUMBER },
		{ "person", ANSWER_PERSON },
		{ "role", ANSWER_TEXT },
		{ "cc", ANSWER_FLAG },
		{ "due", ANSWER_TEXT },
		{ "at", ANSWER_INSTANT },
		{ "state", ANSWER_TEXT },
		{ "message", ANSWER_NUMBER },
		{ "why", ANSWER_TEXT },
		{ "item", ANSWER_NUMBER }, /* its number in the letter */
		{ NULL, ANSWER_TEXT },
	};
	return answer_row(k, q, columns);
}

static bool is_state_of_notices(struct call *call)
{
	const char *state = call_text(call, "state");
	enum notice_state known;
	if (state == NULL || notice_state_parse(state, &known) == 0)
		return true;
	problem_add(&call->problems, "state", 0,
		    "\"%s\" is not a state: write held, queued, sent, overtaken, put_off,"
		    " shadow or unreachable",
		    state);
	return false;
}

#define NOTICES                                                                                    \
	"SELECT id, deadline, rule, subject, key, step, repetition, person, role, cc, due, at,"    \
	" state, message, why, item FROM notice WHERE "

/* What is held or reached nobody is rare, and has an index of its own; else they are looked at by
 * when they were made. Of those of one second the rest comes first: as a pair (at, id) SQLite
 * would begin with the first of them each time. */
static struct query *query_after(const struct kedjad *k, const char *state)
{
	if (state != NULL && strcmp(state, "held") == 0)
		return db_query(k->core.db,
				NOTICES "state = 'held' AND id > ?1 AND at >= ?2 AND seen(subject)"
					" ORDER BY id LIMIT ?3");
	if (state != NULL && strcmp(state, "unreachable") == 0)
		return db_query(k->core.db, NOTICES
				"state = 'unreachable' AND id > ?1 AND at >= ?2 AND seen(subject)"
				" ORDER BY id LIMIT ?3");
	return db_query(k->core.db,
			NOTICES "at = ?2 AND id > ?1 AND seen(subject) UNION ALL " NOTICES
				"at > ?2 AND seen(subject) ORDER BY 12, 1 LIMIT ?3");
}

static instant made_at(const struct kedjad *k, int64_t notice)
{
	struct query *q = db_query(k->core.db, "SELECT at FROM notice WHERE id = ?1");
	db_bind_int(q, 1, notice);
	return db_number(q);
}

/* The next ones to be looked at, a page of them. */
static struct query *notices_after(const struct kedjad *k, struct call *call, instant since)
{
	const char *state = call_text(call, "state");
	int64_t after = call_number(call, "after", 0);
	bool by_id =
	    state != NULL && (strcmp(state, "held") == 0 || strcmp(state, "unreachable") == 0);
	instant at = by_id || after == 0 ? 0 : made_at(k, after);
	struct query *q = query_after(k, state);
	db_bind(q, DB_INT(by_id || at >= since ? after : 0), DB_INT(at >= since ? at : since),
		DB_INT(PAGE_ROWS));
	return q;
}

static bool is_wanted(const struct call *call, struct query *q)
{
	const char *state = call_text(call, "state");
	return state == NULL || strcmp(state, db_text(q, 12)) == 0;
}

json_t *method_notice_list(void *arg, struct call *call)
{
	struct kedjad *k = arg;
	instant since = 0;
	const char *from = call_text(call, "since");
	if (from != NULL && clock_parse(k->core.clock, from, &since) != 0) {
		problem_add(&call->problems, "since", 0,
			    "\"%s\" is not a time: write 2026-11-30T08:00", from);
		return NULL;
	}
	if (!is_state_of_notices(call))
		return NULL;
	struct query *q = notices_after(k, call, since);
	json_t *rows = json_array(), *last = NULL;
	int looked_at = 0;
	while (db_next(q)) {
		if (is_wanted(call, q))
			json_array_append_new(rows, notice_row(k, q));
		if (++looked_at == PAGE_ROWS)
			last = json_integer(db_int(q, 0));
	}
	db_done(q);
	return answer_page(rows, last);
}
