/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Rent and payments of a programme: what `kedjactl payments` and `kedjactl rent` are told. All of
 * it is read-only; payments and charges come in as events, like everything else.
 */
#include <string.h>

#include "daemon/methods/method.h"
#include "daemon/store/event.h"

#define CASES_A_PAGE 50 /* whose ledgers may have to be folded first */

#define PROGRAMME_PAYMENTS                                                                         \
	" FROM event e WHERE e.subject = ?1 AND e.kind = 'payments.imported'"                      \
	" AND NOT EXISTS (SELECT 1 FROM void v WHERE v.event = e.id)"

/* The programme that is meant: the one named, or the only open one. NULL after a refusal. */
static const char *programme_of(struct kedjad *k, struct call *call, struct arena *arena)
{
	const char *named = call_text(call, "programme"), *found = NULL;
	int count = 0;
	struct query *q =
	    named != NULL
		? db_query(
		      k->core.db,
		      "SELECT id FROM subject WHERE type = 'programme' AND id = ?1 AND seen(id)")
		: db_query(
		      k->core.db,
		      "SELECT id FROM subject WHERE type = 'programme' AND open = 1 AND seen(id)"
		      " ORDER BY id LIMIT 2");
	if (named != NULL)
		db_bind_text(q, 1, named);
	while (db_next(q)) {
		found = arena_strdup(arena, db_text(q, 0));
		count++;
	}
	db_done(q);
	if (count == 1)
		return found;
	if (named != NULL)
		problem_add(&call->problems, "programme", 0, "there is no programme %s", named);
	else
		problem_add(&call->problems, "programme", 0, "is missing: %s",
			    count == 0 ? "there is no open programme" : "there is more than one");
	return NULL;
}

static json_t *last_file(struct kedjad *k, const char *programme)
{
	struct query *q =
	    db_query(k->core.db, "SELECT e.id, e.recorded_at, e.data" PROGRAMME_PAYMENTS
				 " ORDER BY e.id DESC LIMIT 1");
	json_t *file = NULL;
	db_bind_text(q, 1, programme);
	if (db_next(q)) {
		file = json_loads(db_text(q, 2), 0, NULL);
		json_object_set_new(file, "event", json_integer(db_int(q, 0)));
		json_object_set_new(file, "recorded_at", answer_instant_column(k, q, 1));
	}
	db_done(q);
	return file == NULL ? json_null() : file;
}

json_t *method_payment_coverage(void *arg, struct call *call)
{
	struct kedjad *k = arg;
	struct arena *arena = arena_new();
	const char *programme = programme_of(k, call, arena);
	json_t *answer = NULL;
	if (programme != NULL) {
		const struct plan *plan = planner_get(k->planner, programme);
		int fact = facts_find(SUBJECT_PROGRAMME, "unmatched_payments");
		date today = clock_today(k->core.clock);
		int64_t unmatched =
		    plan == NULL ? 0 : facts_get(plan_facts(plan), fact, today).number;
		answer =
		    json_pack("{s:s, s:o, s:o, s:I, s:o}", "programme", programme, "covers_through",
			      answer_day(store_event_covers_through(&k->core, programme)),
			      "last_file", last_file(k, programme), "unmatched",
			      (json_int_t)unmatched, "today", answer_day(today));
	}
	arena_free(arena);
	return answer;
}

/* --- the cases of a programme, page by page ----------------------------------------------------
 */

struct page {
	struct kedjad *k;
	struct call *call;
	struct arena *arena;
	const char *programme;
	const char **cases;
	size_t count;
	json_t *rows;
};

/* Collected first: what is asked of each may write to the table that they come from. */
static void find_cases(struct page *page)
{
	const char *after = call_text(page->call, "after");
	struct query *q = db_query(
	    page->k->core.db, "SELECT id FROM subject WHERE programme = ?1 AND id > ?2 AND seen(id)"
			      " ORDER BY id LIMIT ?3");
	db_bind(q, DB_TEXT(page->programme), DB_TEXT(after == NULL ? "" : after),
		DB_INT(CASES_A_PAGE));
	page->cases = arena_alloc(page->arena, CASES_A_PAGE * sizeof(*page->cases));
	while (page->count < CASES_A_PAGE && db_next(q))
		page->cases[page->count++] = arena_strdup(page->arena, db_text(q, 0));
	db_done(q);
}

typedef void add_case(struct page *page, const char *name);

static json_t *page_of_cases(struct kedjad *k, struct call *call, add_case *add)
{
	struct page page = { .k = k, .call = call, .arena = arena_new(), .rows = json_array() };
	json_t *answer = NULL;
	page.programme = programme_of(k, call, page.arena);
	if (page.programme != NULL) {
		find_cases(&page);
		size_t done = 0;
		while (done < page.count && (done == 0 || turn_has_room_to_serve(k->core.turn)))
			add(&page, page.cases[done++]);
		bool is_last = done == page.count && page.count < CASES_A_PAGE;
		answer = answer_page(json_incref(page.rows),
				     is_last ? NULL : json_string(page.cases[done - 1]));
	}
	json_decref(page.rows);
	arena_free(page.arena);
	return answer;
}

/* --- what payments may state -------------------------------------------------------------------
 */

static void add_awaited(struct page *page, const char *name, const char *what,
			const char *reference, const char *month)
{
	if (reference != NULL)
		json_array_append_new(page->rows, json_pack("{s:s, s:s, s:s, s:o}", "case", name,
							    "what", what, "reference", reference,
							    "month", answer_text(month)));
}

static void add_references(struct page *page, const char *name)
{
	struct event **events;
	size_t count =
	    store_event_of_kinds(&page->k->core, name, "lease.started", page->arena, &events);
	add_awaited(page, name, "case", name, NULL);
	for (size_t i = 0; i < count; i++)
		add_awaited(page, name, "lease", event_value(events[i], "ocr").text, NULL);
	count = store_event_of_kinds(&page->k->core, name, "rent.charged", page->arena, &events);
	for (size_t i = 0; i < count; i++)
		add_awaited(page, name, "charge", event_value(events[i], "reference").text,
			    events[i]->key);
}

json_t *method_payment_awaited(void *arg, struct call *call)
{
	struct kedjad *k = arg;
	return page_of_cases(k, call, add_references);
}

/* --- what fitted nothing -----------------------------------------------------------------------
 */

static json_t *unmatched_row(const struct kedjad *k, struct query *q)
{
	static const struct answer_column columns[] = {
		{ "event", ANSWER_NUMBER },   { "programme", ANSWER_TEXT },
		{ "key", ANSWER_TEXT },       { "at", ANSWER_TEXT },
		{ "amount", ANSWER_NUMBER },  { "paid_on", ANSWER_TEXT },
		{ "reference", ANSWER_TEXT }, { "reversal", ANSWER_FLAG },
		{ "assigned", ANSWER_JSON },  { "left", ANSWER_NUMBER },
		{ "same_as", ANSWER_TEXT },   { "perhaps_of", ANSWER_TEXT },
		{ "same", ANSWER_FLAG }, /* taken back since it was no payment of its own */
		{ NULL, ANSWER_TEXT },
	};
	return answer_row(k, q, columns);
}

/* What it was assigned to, as far as that holds. */
#define ASSIGNED(what)                                                                             \
	"(SELECT " what " FROM event a WHERE a.kind = 'payment.assigned'"                          \
	" AND a.subject = e.subject AND a.key = e.key"                                             \
	" AND NOT EXISTS (SELECT 1 FROM void v WHERE v.event = a.id))"

#define PARTS                                                                                      \
	"json_group_array(json_object('case', iif(seen(a.data ->> 'case'), a.data ->> 'case', "    \
	"NULL),"                                                                                   \
	" 'amount', a.data ->> 'amount'))"
#define AMOUNT "coalesce(sum(coalesce(a.data ->> 'amount', 9e15)), 0)"

/* Those that are asked about next, a page of them, whatever has become of them. */
static struct query *unmatched_after(struct kedjad *k, struct call *call)
{
	struct query *q = db_query(
	    k->core.db,
	    "SELECT id, subject, key, at, amount, data ->> 'paid_on', data ->> 'reference',"
	    " data ->> 'reversal', parts, CAST(max(0, amount - assigned) AS INTEGER),"
	    " data ->> 'same_as', data ->> 'perhaps_of', is_void, amount > assigned"
	    " FROM (SELECT e.id, e.subject, e.key, e.at, e.data, e.data ->> 'amount' AS amount,"
	    "  EXISTS (SELECT 1 FROM void v WHERE v.event = e.id) AS is_void,"
	    "  " ASSIGNED(PARTS) " AS parts, " ASSIGNED(
		AMOUNT) " AS assigned"
			"  FROM event e WHERE e.kind = 'payment.unmatched' AND e.id > ?1 AND "
			"seen(e.subject)"
			"  ORDER BY e.id LIMIT ?2)");
	db_bind(q, DB_INT(call_number(call, "after", 0)), DB_INT(PAGE_ROWS));
	return q;
}

static bool is_unmatched(const struct call *call, struct query *q)
{
	const char *programme = call_text(call, "programme");
	bool all = call_flag(call, "all"), is_void = db_int(q, 12) != 0;
	return (programme == NULL || strcmp(programme, db_text(q, 1)) == 0) &&
	       (all || db_int(q, 13) != 0) && (!is_void || (all && !db_is_null(q, 10)));
}

json_t *method_payment_unmatched(void *arg, struct call *call)
{
	struct kedjad *k = arg;
	struct query *q = unmatched_after(k, call);
	json_t *rows = json_array(), *last = NULL;
	int looked_at = 0;
	while (db_next(q)) {
		if (is_unmatched(call, q))
			json_array_append_new(rows, unmatched_row(k, q));
		if (++looked_at == PAGE_ROWS)
			last = json_integer(db_int(q, 0));
	}
	db_done(q);
	return answer_page(rows, last);
}

/* --- rents that are open -----------------------------------------------------------------------
 */

static void add_open_charges(struct page *page, const char *name)
{
	const struct plan *plan = planner_get(page->k->planner, name);
	const struct ledger *ledger = plan == NULL ? NULL : facts_ledger(plan_facts(plan));
	for (size_t i = 0; ledger != NULL && i < ledger_count(ledger); i++) {
		const struct charge *charge = ledger_at(ledger, i);
		if (charge->waived || charge->paid >= charge->amount)
			continue;
		json_array_append_new(
		    page->rows, json_pack("{s:s, s:s, s:I, s:I, s:o, s:o}", "case", name, "month",
					  charge->key, "amount", (json_int_t)charge->amount, "open",
					  (json_int_t)(charge->amount - charge->paid), "due_on",
					  answer_day(charge->due_on), "due_latest",
					  answer_day(charge->due_latest)));
	}
}

json_t *method_rent_open(void *arg, struct call *call)
{
	struct kedjad *k = arg;
	return page_of_cases(k, call, add_open_charges);
}

/* --- leases ------------------------------------------------------------------------------------
 */

struct own_lease {
	const struct event *started; /* NULL while there is none */
	date ended;                  /* its last day; DATE_NONE while it runs */
};

static bool runs_in(const struct own_lease *lease, date first, date last)
{
	return lease->started != NULL && lease->started->at.day <= last &&
	       (lease->ended == DATE_NONE || lease->ended >= first);
}

/* The last lease that runs on any day from `first` to `last`. */
static struct own_lease find_lease(struct page *page, const char *name, date first, date last)
{
	struct event **events;
	struct own_lease found = { NULL, DATE_NONE }, lease = { NULL, DATE_NONE };
	size_t count = store_event_of_kinds(&page->k->core, name, "lease.", page->arena, &events);
	for (size_t i = 0; i < count; i++) {
		const char *kind = events[i]->kind->name;
		struct value ends_on = event_value(events[i], "ends_on");
		if (strcmp(kind, "lease.started") == 0) {
			if (runs_in(&lease, first, last))
				found = lease;
			lease = (struct own_lease){ events[i], DATE_NONE };
		} else if (strcmp(kind, "lease.ended") == 0 ||
			   strcmp(kind, "lease.taken_over") == 0) {
			lease.ended =
			    ends_on.type == VALUE_DATE ? (date)ends_on.number : events[i]->at.day;
		}
	}
	return runs_in(&lease, first, last) ? lease : found;
}

static bool is_charged(struct page *page, const char *name, const char *month)
{
	struct event **events;
	bool charged = false;
	size_t count =
	    store_event_of_kinds(&page->k->core, name, "rent.charged", page->arena, &events);
	for (size_t i = 0; i < count && !charged; i++)
		charged = strcmp(events[i]->key, month) == 0;
	return charged;
}

static bool case_is_open(struct page *page, const char *name)
{
	struct query *q =
	    db_query(page->k->core.db, "SELECT 1 FROM subject WHERE id = ?1 AND open = 1");
	db_bind_text(q, 1, name);
	return db_found(q);
}

static int month_days(const char *month, date *ret_first, date *ret_last)
{
	if (date_parse_month(month, ret_first) != 0)
		return -1;
	*ret_last = date_add_days(date_add_months(*ret_first, 1), -1);
	return 0;
}

static void add_lease(struct page *page, const char *name)
{
	date first, last;
	const char *month = call_text(page->call, "month");
	if (!case_is_open(page, name) || month_days(month, &first, &last) != 0)
		return;
	struct own_lease lease = find_lease(page, name, first, last);
	if (lease.started == NULL)
		return;
	struct value rent = event_value(lease.started, "rent");
	json_array_append_new(
	    page->rows,
	    json_pack("{s:s, s:o, s:o, s:o, s:o, s:b, s:b}", "case", name, "rent",
		      rent.type == VALUE_NUMBER ? json_integer(rent.number) : json_null(), "ocr",
		      answer_text(event_value(lease.started, "ocr").text), "started",
		      answer_day(lease.started->at.day), "ended", answer_day(lease.ended), "first",
		      lease.started->at.day >= first, "charged", is_charged(page, name, month)));
}

json_t *method_rent_leases(void *arg, struct call *call)
{
	struct kedjad *k = arg;
	date first, last;
	if (month_days(call_text(call, "month"), &first, &last) != 0) {
		problem_add(&call->problems, "month", 0,
			    "\"%s\" is not a month: write it as in 2026-12",
			    call_text(call, "month"));
		return NULL;
	}
	return page_of_cases(k, call, add_lease);
}
