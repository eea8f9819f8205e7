/* SPDX-License-Identifier: EUPL-1.2 */
/* The audit log as it is read, checked and drawn from. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "daemon/methods/method.h"
#include "daemon/store/audit.h"

#define CHECKED_AT_ONCE 4000 /* rows: some ten milliseconds */
#define LOOKED_AT_MOST  20000

/* That something was done shows; a case that whoever asks may not see does not. */
#define AUDIT_COLUMNS                                                                              \
	"id, at, uid, user, staff, method, iif(seen(subject), subject, NULL), outcome, count, "    \
	"hash"

static json_t *audit_row(const struct kedjad *k, struct query *q)
{
	static const struct answer_column columns[] = {
		{ "id", ANSWER_NUMBER },   { "at", ANSWER_INSTANT },   { "uid", ANSWER_NUMBER },
		{ "user", ANSWER_TEXT },   { "staff", ANSWER_TEXT },   { "method", ANSWER_TEXT },
		{ "subject", ANSWER_KEY }, { "outcome", ANSWER_TEXT }, { "count", ANSWER_NUMBER },
		{ "hash", ANSWER_TEXT },   { NULL, ANSWER_TEXT },
	};
	return answer_row(k, q, columns);
}

static bool read_since(const struct kedjad *k, struct call *call, instant *ret)
{
	const char *since = call_text(call, "since");
	*ret = 0;
	if (since == NULL || clock_parse(k->core.clock, since, ret) == 0)
		return true;
	problem_add(&call->problems, "since", 0, "\"%s\" is not a time: write 2026-11-30T08:00",
		    since);
	return false;
}

/* The first row of this time or later: rows stand in the order of time, but for clocks that were
 * set back. 0: there is none. */
static int64_t first_since(const struct kedjad *k, instant since)
{
	int64_t low = 1, high = db_number(db_query(k->core.db, "SELECT max(id) FROM audit"));
	int64_t found = 0;
	while (low <= high) {
		int64_t middle = low + (high - low) / 2, id = 0;
		struct query *q = db_query(
		    k->core.db, "SELECT id, at FROM audit WHERE id >= ?1 ORDER BY id LIMIT 1");
		db_bind_int(q, 1, middle);
		bool late = db_next(q) && (id = db_int(q, 0)) > 0 && db_int(q, 1) >= since;
		db_done(q);
		if (late)
			found = id;
		if (late)
			high = middle - 1;
		else
			low = middle + 1;
	}
	return found;
}

static struct query *audit_query(struct kedjad *k, struct call *call, int64_t after)
{
	const char *subject = call_text(call, "subject");
	struct query *q =
	    subject != NULL
		? db_query(
		      k->core.db,
		      "SELECT " AUDIT_COLUMNS " FROM audit WHERE id > ?1"
		      " AND subject = ?2 AND seen(subject) AND subject <> '' ORDER BY id LIMIT ?3")
		: db_query(k->core.db, "SELECT " AUDIT_COLUMNS " FROM audit WHERE id > ?1"
				       " AND ?2 IS NULL ORDER BY id LIMIT ?3");
	db_bind(q, DB_INT(after), DB_TEXT(subject), DB_INT(LOOKED_AT_MOST));
	return q;
}

static bool is_of(struct query *q, const char *user)
{
	const char *name = db_text(q, 3), *staff = db_text(q, 4);
	return user == NULL || (name != NULL && strcmp(name, user) == 0) ||
	       (staff != NULL && strcmp(staff, user) == 0);
}

/* A page may be short, and there is more all the same: rows of others were passed over. */
json_t *method_audit_list(void *arg, struct call *call)
{
	struct kedjad *k = arg;
	instant since;
	int64_t seen = 0, last = 0, after = call_number(call, "after", 0);
	if (!read_since(k, call, &since))
		return NULL;
	json_t *rows = json_array();
	int64_t first = since > 0 ? first_since(k, since) : 1;
	if (first == 0)
		return answer_page(rows, NULL);
	struct query *q = audit_query(k, call, after >= first ? after : first - 1);
	while (json_array_size(rows) < PAGE_ROWS && db_next(q)) {
		seen++;
		last = db_int(q, 0);
		if (is_of(q, call_text(call, "user")) && db_int(q, 1) >= since)
			json_array_append_new(rows, audit_row(k, q));
	}
	db_done(q);
	bool more = json_array_size(rows) == PAGE_ROWS || seen == LOOKED_AT_MOST;
	return answer_page(rows, more ? json_integer(last) : NULL);
}

static void add_fault(void *arg, int64_t id, const char *what)
{
	json_array_append_new(arg, json_pack("{s:I, s:s}", "id", (json_int_t)id, "text", what));
}

json_t *method_audit_verify(void *arg, struct call *call)
{
	struct kedjad *k = arg;
	char head[AUDIT_HASH_SIZE];
	json_t *faults = json_array();
	const char *wanted = call_text(call, "head");
	struct audit_checked checked = audit_check(k->core.db, call_number(call, "after", 0),
						   CHECKED_AT_ONCE, wanted, add_fault, faults);
	int64_t last = audit_head(k->core.db, head);
	return json_pack("{s:I, s:I, s:o, s:b, s:I, s:s, s:o}", "checked", (json_int_t)checked.rows,
			 "emptied", (json_int_t)checked.emptied, "faults", faults, "found",
			 checked.has_found, "last", (json_int_t)last, "head", head, "next",
			 checked.is_end ? json_null() : json_integer(checked.last));
}

/* --- a sample ----------------------------------------------------------------------------- */

/* SplitMix64 (Steele, Lea, Flood 2014): whoever has the seed can draw the same rows again. */
static uint64_t draw(uint64_t *state)
{
	uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);
	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

static int64_t make_seed(void)
{
	uint32_t seed = 0;
	if (getrandom(&seed, sizeof(seed), 0) != sizeof(seed))
		abort(); /* no less than 256 bytes are ever given at once */
	return seed;
}

static void add_drawn(const struct kedjad *k, int64_t id, json_t *rows, json_t *drawn)
{
	char key[24];
	snprintf(key, sizeof(key), "%lld", (long long)id);
	if (json_object_get(drawn, key) != NULL)
		return;
	json_object_set_new(drawn, key, json_null());
	struct query *q = db_query(k->core.db, "SELECT " AUDIT_COLUMNS " FROM audit WHERE id = ?1");
	db_bind_int(q, 1, id);
	if (db_next(q))
		json_array_append_new(rows, audit_row(k, q));
	db_done(q);
}

json_t *method_audit_sample(void *arg, struct call *call)
{
	struct kedjad *k = arg;
	int64_t count = call_number(call, "count", 0), seed = call_number(call, "seed", -1);
	instant since;
	if (count < 1 || count > PAGE_ROWS)
		problem_add(&call->problems, "count", 0, "must be from 1 to %d", PAGE_ROWS);
	if (!read_since(k, call, &since) || call->problems.count > 0)
		return NULL;
	seed = seed < 0 ? make_seed() : seed;
	uint64_t state = (uint64_t)seed;
	int64_t first = first_since(k, since);
	int64_t last = db_number(db_query(k->core.db, "SELECT max(id) FROM audit"));
	json_t *rows = json_array(), *drawn = json_object();
	uint64_t span = first == 0 ? 0 : (uint64_t)(last - first + 1);
	while (json_array_size(rows) < (size_t)count && json_object_size(drawn) < span)
		add_drawn(k, first + (int64_t)(draw(&state) % span), rows, drawn);
	json_decref(drawn);
	return json_pack("{s:o, s:I, s:I, s:I}", "rows", rows, "seed", (json_int_t)seed, "first",
			 (json_int_t)first, "last", (json_int_t)last);
}
