/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Is a payment of a bank's file booked already? The one place that decides it. A bank's own
 * reference tells (payment.h of kedjactl says what goes into a source); without one, a payment
 * that is alike in another file may be the same or another, and the answer says so: a person
 * decides. A rent that is dropped because it looks like another one is a person chased for
 * nothing; one that is booked twice hides the next that is missed.
 */
#include <stdlib.h>
#include <string.h>

#include "daemon/methods/gate.h"
#include "daemon/methods/method.h"

#define PAYMENTS_MOST 100
/* Banks use a reference again after some time; the same one so far apart, or of another amount,
 * need not be the same payment. */
#define SAME_DAYS 14

#define NOT_VOID " AND NOT EXISTS (SELECT 1 FROM void v WHERE v.event = e.id)"

/* A payment as kedjactl has read it; texts are "" where there is nothing. */
struct asked {
	const char *source, *was, *like, *shared, *file, *of_case, *reference, *name;
	bool name_is_cut, reversal, nameless;
	int64_t amount;
	date paid_on;
};

/* An event that it may be. */
struct found {
	char source[100], name[60];
	char of_case[100]; /* whose it is; "" while nobody's */
	int64_t amount;
	date paid_on;
	bool agrees; /* in amount and day */
};

enum standing { STANDS_NEW, STANDS_KNOWN, STANDS_ALIKE };

static const char *text_of(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));
	return text == NULL ? "" : text;
}

static bool read_asked(const json_t *object, struct asked *ret)
{
	*ret = (struct asked){ .source = text_of(object, "source"),
			       .was = text_of(object, "was"),
			       .like = text_of(object, "like"),
			       .shared = text_of(object, "shared"),
			       .file = text_of(object, "file"),
			       .of_case = text_of(object, "case"),
			       .reference = text_of(object, "reference"),
			       .name = text_of(object, "name"),
			       .name_is_cut = json_is_true(json_object_get(object, "name_is_cut")),
			       .reversal = json_is_true(json_object_get(object, "reversal")),
			       .nameless = json_is_true(json_object_get(object, "nameless")),
			       .amount = json_integer_value(json_object_get(object, "amount")) };
	return *ret->source != '\0' && *ret->like != '\0' &&
	       date_parse(text_of(object, "paid_on"), &ret->paid_on) == 0;
}

/* --- events that it may be -------------------------------------------------------------------- */

#define FOUND_COLUMNS                                                                              \
	" e.source, coalesce(e.data ->> 'bank_reference', nullif(e.key, ''), 'event-' || e.id),"   \
	" e.data ->> 'amount',"                                                                    \
	" e.data ->> 'paid_on', CASE WHEN e.kind = 'payment.unmatched'"                            \
	" THEN e.data ->> 'perhaps_of' ELSE e.subject END"

static void copy(char *to, size_t size, const char *text)
{
	snprintf(to, size, "%s", text == NULL ? "" : text);
}

static bool next_found(struct query *q, const struct asked *asked, struct found *ret)
{
	if (!db_next(q))
		return false;
	copy(ret->source, sizeof(ret->source), db_text(q, 0));
	copy(ret->name, sizeof(ret->name), db_text(q, 1));
	ret->amount = db_int(q, 2);
	ret->paid_on = db_date(q, 3);
	copy(ret->of_case, sizeof(ret->of_case), db_text(q, 4));
	ret->agrees = ret->amount == asked->amount && ret->paid_on == asked->paid_on;
	return true;
}

/* Taken back or not: what was booked and taken back is not booked again. */
static bool find_source(struct kedjad *k, const struct asked *asked, const char *source,
			struct found *ret)
{
	struct query *q =
	    db_query(k->core.db, "SELECT" FOUND_COLUMNS " FROM event e WHERE e.source = ?1");
	db_bind_text(q, 1, source);
	bool found = *source != '\0' && next_found(q, asked, ret);
	db_done(q);
	return found;
}

static bool ends_with(const char *text, const char *end)
{
	size_t length = strlen(text), tail = strlen(end);
	return tail > 0 && length >= tail && strcmp(text + length - tail, end) == 0;
}

/* One that cannot be told from it, of another file. `like` ends with the sign before the file. */
static bool find_like(struct kedjad *k, const struct asked *asked, struct found *ret)
{
	struct query *q =
	    db_query(k->core.db, "SELECT" FOUND_COLUMNS " FROM event e WHERE e.source >= ?1"
				 " AND e.source < ?1 || 'z'" NOT_VOID " ORDER BY e.source");
	bool found = false;
	db_bind_text(q, 1, asked->like);
	while (!found && next_found(q, asked, ret))
		found = !ends_with(ret->source, asked->file);
	db_done(q);
	return found;
}

/* Made before sources told files apart, or by the bank's reference alone. */
static bool tells_no_file(const char *source)
{
	static const char of_payment[] = "payment-", by_reference[] = "transaction-";
	if (strncmp(source, by_reference, strlen(by_reference)) == 0)
		return strchr(source + strlen(by_reference), '-') == NULL;
	return strncmp(source, of_payment, strlen(of_payment)) == 0 &&
	       strchr(source + strlen(of_payment), '-') == NULL;
}

/* Does an event from before say what this one says? The bank's name of it stands before the last
 * six letters of its own, if it had one. */
static enum standing compare(const struct asked *asked, const struct found *found)
{
	size_t length = strlen(asked->name);
	if (!tells_no_file(found->source) || !found->agrees)
		return STANDS_NEW;
	bool is_old = strncmp(found->source, "payment-", strlen("payment-")) == 0;
	bool had_name = strchr(found->name, '-') != NULL;
	if (asked->nameless)
		return STANDS_ALIKE;
	if (!is_old)
		return STANDS_NEW; /* by another reference of the bank */
	if (length == 0 || !had_name)
		return STANDS_ALIKE;
	if (strncmp(found->name, asked->name, length) != 0 || found->name[length] != '-')
		return STANDS_NEW;
	return asked->name_is_cut ? STANDS_ALIKE : STANDS_KNOWN;
}

/* Of its day and amount, and as far as it can be told the same: what it refers to, or the name that
 * the bank gave it. It may be matched, or have fitted nothing when it came; then it may be of a
 * case that is known by now. What refers to nothing is looked for in its own case and programme. */
static const char of_the_day[] =
    "SELECT" FOUND_COLUMNS " FROM payment p JOIN event e ON e.id = p.event"
    " WHERE p.paid_on = ?1 AND p.amount = ?2 AND e.source IS NOT NULL"
    " AND CASE e.kind WHEN 'payment.unmatched' THEN"
    "  e.subject = ?3 AND coalesce(e.data ->> 'reversal', 0) = ?4"
    "  AND (e.data ->> 'reference' = ?5 OR (?6 <> '' AND e.key >= ?6 || '-' AND e.key < ?6 || '.'))"
    " ELSE e.kind = ?7 AND coalesce(e.data ->> 'reference', '') = ?5"
    "  AND (e.subject = ?8 OR ?5 <> '') END" NOT_VOID " ORDER BY p.event";

static enum standing look_at_the_day(struct kedjad *k, const struct asked *asked,
				     const char *programme, struct found *ret)
{
	enum standing standing = STANDS_NEW;
	struct found found;
	struct query *q = db_query(k->core.db, of_the_day);
	db_bind(q, DB_DATE(asked->paid_on), DB_INT(asked->amount), DB_TEXT(programme),
		DB_INT(asked->reversal), DB_TEXT(asked->reference), DB_TEXT(asked->name),
		DB_TEXT(asked->reversal ? "rent.reversed" : "rent.paid"), DB_TEXT(asked->of_case));
	while (standing != STANDS_KNOWN && next_found(q, asked, &found)) {
		enum standing now = compare(asked, &found);
		if (now == STANDS_NEW)
			continue;
		standing = now;
		*ret = found;
	}
	db_done(q);
	return standing;
}

/* --- the answer ------------------------------------------------------------------------------- */

static bool is_near(const struct asked *asked, const struct found *found)
{
	int days = abs((int)(found->paid_on - asked->paid_on));
	return found->amount == asked->amount && days <= SAME_DAYS;
}

/* By its own source. What was asked about before has its file's name behind it. */
static enum standing by_source(struct kedjad *k, const struct asked *asked, struct found *ret)
{
	struct found again;
	char other[200];
	if (!find_source(k, asked, asked->source, ret))
		return STANDS_NEW;
	if (asked->nameless || is_near(asked, ret))
		return STANDS_KNOWN;
	snprintf(other, sizeof(other), "%s%s", asked->source, asked->file);
	return find_source(k, asked, other, &again) ? STANDS_KNOWN : STANDS_ALIKE;
}

static enum standing stand(struct kedjad *k, const struct asked *asked, const char *programme,
			   struct found *ret)
{
	enum standing standing = by_source(k, asked, ret);
	if (standing != STANDS_NEW)
		return standing;
	if (find_source(k, asked, asked->was, ret) && ret->agrees)
		return STANDS_KNOWN;
	standing = look_at_the_day(k, asked, programme, ret);
	if (standing != STANDS_NEW)
		return standing;
	if (find_like(k, asked, ret))
		return STANDS_ALIKE;
	return asked->nameless && find_source(k, asked, asked->shared, ret) && ret->agrees
		   ? STANDS_ALIKE
		   : STANDS_NEW;
}

/* The case that somebody has given it to. */
static json_t *case_of(struct kedjad *k, const char *programme, const struct found *found)
{
	if (*found->of_case != '\0')
		return method_sees(k, found->of_case) ? json_string(found->of_case) : json_null();
	struct query *q =
	    db_query(k->core.db, "SELECT e.data ->> 'case' FROM event e WHERE e.subject = ?1"
				 " AND e.kind = 'payment.assigned' AND e.key = ?2" NOT_VOID
				 " ORDER BY e.id DESC LIMIT 1");
	db_bind(q, DB_TEXT(programme), DB_TEXT(found->name));
	const char *known = db_next(q) ? db_text(q, 0) : NULL;
	json_t *of_case = answer_text(known != NULL && method_sees(k, known) ? known : NULL);
	db_done(q);
	return of_case;
}

static json_t *row_of(struct kedjad *k, const char *programme, enum standing standing,
		      const struct found *found)
{
	switch (standing) {
	case STANDS_NEW:
		return json_pack("{s:s}", "state", "new");
	case STANDS_KNOWN:
		return json_pack("{s:s}", "state", "known");
	case STANDS_ALIKE:
		return json_pack("{s:s, s:s, s:o}", "state", "alike", "payment", found->name,
				 "case", case_of(k, programme, found));
	}
	return json_null();
}

json_t *method_payment_known(void *arg, struct call *call)
{
	struct kedjad *k = arg;
	const json_t *payments = json_object_get(call->parameters, "payments");
	const char *programme = call_text(call, "programme");
	json_t *rows = json_array();
	if (!json_is_array(payments) || json_array_size(payments) > PAYMENTS_MOST)
		problem_add(&call->problems, "payments", 0, "must be a list of up to %d",
			    PAYMENTS_MOST);
	for (size_t i = 0; call->problems.count == 0 && i < json_array_size(payments); i++) {
		struct asked asked;
		struct found found = { .name = "" };
		if (read_asked(json_array_get(payments, i), &asked))
			json_array_append_new(
			    rows,
			    row_of(k, programme, stand(k, &asked, programme, &found), &found));
		else
			problem_add(&call->problems, "payments", 0,
				    "number %zu needs source, like and paid_on", i);
	}
	if (call->problems.count == 0)
		return json_pack("{s:o}", "rows", rows);
	json_decref(rows);
	return NULL;
}
