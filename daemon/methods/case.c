/* SPDX-License-Identifier: EUPL-1.2 */
/* Cases: the list, and everything about one. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/methods/gate.h"
#include "daemon/methods/method.h"
#include "daemon/store/event.h"

static json_t *case_row(struct query *q)
{
	return json_pack("{s:o, s:o, s:b, s:b, s:o, s:o, s:b, s:I, s:I}", "case",
			 answer_text(db_text(q, 0)), "programme", answer_text(db_text(q, 1)),
			 "open", db_int(q, 2) != 0, "opened", db_int(q, 8) != 0, "stage",
			 answer_text(db_text(q, 3)), "since", answer_text(db_text(q, 7)),
			 "protected", db_int(q, 4) != 0, "deadlines_open", (json_int_t)db_int(q, 5),
			 "overdue", (json_int_t)db_int(q, 6));
}

/* A debt or a notice may come before a case is opened, and may be all that ever comes. */
#define OPENED_ONCE                                                                                \
	"SELECT 1 FROM event e WHERE e.kind = 'case.opened' AND NOT EXISTS (SELECT 1 FROM void v"  \
	" WHERE v.event = e.id) AND e.subject = "

json_t *method_case_list(void *arg, struct call *call)
{
	struct kedjad *k = arg;
	const char *after = call_text(call, "after");
	struct query *q = db_query(
	    k->core.db, "SELECT s.id, s.programme, s.open, s.stage, s.protected,"
			" (SELECT count(*) FROM deadline d WHERE d.subject = s.id"
			"   AND d.state = 'open'),"
			" (SELECT count(*) FROM deadline d WHERE d.subject = s.id"
			"   AND d.state = 'open' AND d.due < ?3), s.since,"
			" s.open OR EXISTS (" OPENED_ONCE "s.id)"
			" FROM subject s WHERE s.type = 'case' AND s.id > ?1 AND seen(s.id)"
			" ORDER BY s.id LIMIT ?2");
	db_bind(q, DB_TEXT(after == NULL ? "" : after), DB_INT(PAGE_ROWS),
		DB_DATE(clock_today(k->core.clock)));
	json_t *rows = json_array(), *last = NULL;
	while (db_next(q)) {
		json_array_append_new(rows, case_row(q));
		if (json_array_size(rows) == PAGE_ROWS)
			last = json_string(db_text(q, 0));
	}
	db_done(q);
	return answer_page(rows, last);
}

static json_t *value_json(struct value value)
{
	switch (value.type) {
	case VALUE_NULL:
		return json_null();
	case VALUE_NUMBER:
		return json_integer(value.number);
	case VALUE_DATE:
		return answer_day((date)value.number);
	case VALUE_FLAG:
		return json_boolean(value.number != 0);
	case VALUE_TEXT:
		return answer_text(value.text);
	}
	return json_null();
}

static json_t *facts_json(const struct kedjad *k, const struct plan *plan, enum subject_type type)
{
	json_t *facts = json_object();
	date today = clock_today(k->core.clock);
	const struct fact *fact;
	for (int i = 0; (fact = facts_at(i)) != NULL; i++)
		if (fact->subject == type)
			json_object_set_new(facts, fact->name,
					    value_json(plan_fact(plan, i, today)));
	return facts;
}

static const char *charge_state(const struct charge *charge)
{
	if (charge->waived)
		return "waived";
	return charge->covered_on != DATE_NONE ? "settled" : charge->paid > 0 ? "partly" : "open";
}

static json_t *ledger_json(const struct plan *plan)
{
	const struct ledger *ledger = facts_ledger(plan_facts(plan));
	json_t *rows = json_array();
	for (size_t i = 0; ledger != NULL && i < ledger_count(ledger); i++) {
		const struct charge *charge = ledger_at(ledger, i);
		json_array_append_new(
		    rows,
		    json_pack("{s:s, s:I, s:I, s:o, s:o, s:s, s:o}", "month", charge->key, "amount",
			      (json_int_t)charge->amount, "paid", (json_int_t)charge->paid,
			      "due_on", answer_day(charge->due_on), "due_latest",
			      answer_day(charge->due_latest), "state", charge_state(charge),
			      "covered_on", answer_day(charge->covered_on)));
	}
	return rows;
}

/* Is it an event of the account? A payment that was assigned is the programme's. */
static const char *account_month(const struct event *event)
{
	return event->kind->subject == SUBJECT_CASE ? event->key : "";
}

/* What changed the account, and how it stood afterwards: the history folded once more, event by
 * event, so that what was taken back or written down late stands where it belongs. */
static json_t *account_json(const struct kedjad *k, const char *subject)
{
	const struct office *office = k->core.office;
	struct facts *facts = facts_new(office->chain, office->calendar, SUBJECT_CASE);
	struct arena *arena = arena_new();
	struct event **events;
	json_t *rows = json_array();
	int64_t before = 0;
	size_t count = store_event_history(&k->core, SUBJECT_CASE, subject, arena, &events);
	for (size_t i = 0; i < count; i++) {
		char at[MOMENT_TEXT_SIZE];
		facts_apply(facts, events[i], NULL, NULL);
		int64_t balance = ledger_balance(facts_ledger(facts));
		if (balance == before)
			continue;
		json_array_append_new(
		    rows,
		    json_pack("{s:I, s:s, s:s, s:s, s:I, s:I}", "event", (json_int_t)events[i]->id,
			      "at", moment_format(events[i]->at, at), "kind", events[i]->kind->name,
			      "month", account_month(events[i]), "change",
			      (json_int_t)(balance - before), "balance", (json_int_t)balance));
		before = balance;
	}
	facts_free(facts);
	arena_free(arena);
	return rows;
}

static void add_roles(const struct kedjad *k, const char *subject, json_t *rows)
{
	struct query *q =
	    db_query(k->core.db, "SELECT r.role, r.subject, r.staff, s.name FROM role r"
				 " LEFT JOIN staff s ON s.id = r.staff WHERE r.subject = ?1"
				 " ORDER BY r.role, r.staff");
	db_bind_text(q, 1, subject);
	while (db_next(q))
		json_array_append_new(rows, json_pack("{s:s, s:s, s:s, s:o}", "role", db_text(q, 0),
						      "on", db_text(q, 1), "person", db_text(q, 2),
						      "name", answer_text(db_text(q, 3))));
	db_done(q);
}

/* Its own before those of its programme. */
static json_t *roles_json(const struct kedjad *k, const char *subject, const char *programme)
{
	json_t *rows = json_array();
	add_roles(k, subject, rows);
	if (programme != NULL)
		add_roles(k, programme, rows);
	return rows;
}

static json_t *event_row(const struct kedjad *k, struct query *q)
{
	static const struct answer_column columns[] = {
		{ "id", ANSWER_NUMBER },
		{ "kind", ANSWER_TEXT },
		{ "key", ANSWER_KEY },
		{ "at", ANSWER_TEXT },
		{ "recorded_at", ANSWER_INSTANT },
		{ "actor", ANSWER_TEXT },
		{ "data", ANSWER_JSON },
		{ "voided_by", ANSWER_NUMBER },
		{ "forced", ANSWER_TEXT },
		{ NULL, ANSWER_TEXT },
	};
	return answer_row(k, q, columns);
}

#define EVENTS                                                                                     \
	"SELECT e.id, e.kind, e.key, e.at, e.recorded_at, e.actor, e.data, v.by, e.forced"         \
	" FROM event e"                                                                            \
	" LEFT JOIN void v ON v.event = e.id WHERE e.subject = ?1 AND seen(e.data ->> 'case') "    \
	"AND "

/* It goes on after "2026-01-07T10:00:00 00000000000000000041": when, and which event. */
static json_t *events_json(const struct kedjad *k, const char *subject, const char *after)
{
	char at[MOMENT_TEXT_SIZE] = "";
	json_t *rows = json_array(), *last = NULL;
	const char *space = after == NULL ? NULL : strrchr(after, ' ');
	if (space != NULL)
		snprintf(at, sizeof(at), "%.*s", (int)(space - after), after);
	struct query *q = db_query(k->core.db, EVENTS "e.at = ?2 AND e.id > ?3 UNION ALL " EVENTS
						      "e.at > ?2 ORDER BY 4, 1 LIMIT ?4");
	db_bind(q, DB_TEXT(subject), DB_TEXT(at),
		DB_INT(space == NULL ? 0 : strtoll(space + 1, NULL, 10)), DB_INT(PAGE_ROWS));
	while (db_next(q)) {
		json_array_append_new(rows, event_row(k, q));
		if (json_array_size(rows) == PAGE_ROWS)
			last = json_sprintf("%s %020lld", db_text(q, 3), (long long)db_int(q, 0));
	}
	db_done(q);
	return answer_page(rows, last);
}

static bool was_opened(const struct kedjad *k, const char *subject)
{
	struct query *q = db_query(k->core.db, OPENED_ONCE "?1");
	db_bind(q, DB_TEXT(subject));
	return db_found(q);
}

json_t *method_case_show(void *arg, struct call *call)
{
	struct kedjad *k = arg;
	const char *subject = call_text(call, "case");
	const struct plan *plan = method_sees(k, subject) ? planner_get(k->planner, subject) : NULL;
	if (plan == NULL) {
		call_refuse(call, RPC_REFUSED, "there is no case %s", subject);
		return NULL;
	}
	const struct facts *facts = plan_facts(plan);
	bool is_case = facts_ledger(facts) != NULL;
	enum subject_type type = is_case ? SUBJECT_CASE : SUBJECT_PROGRAMME;
	const char *programme = is_case ? facts_programme(facts) : NULL;
	json_t *answer = json_object();
	json_t *known = facts_json(k, plan, type);
	json_object_set_new(answer, "case", json_string(subject));
	json_object_set_new(answer, "type", json_string(subject_type_name(type)));
	json_object_set_new(answer, "programme", answer_text(programme));
	json_object_set_new(answer, "open", json_boolean(facts_is_open(facts)));
	json_object_set_new(
	    answer, "opened",
	    !is_case ? json_null() : json_boolean(facts_is_open(facts) || was_opened(k, subject)));
	json_object_set_new(answer, "stage", answer_text(is_case ? facts_stage(facts) : NULL));
	json_object_set(answer, "since",
			is_case ? json_object_get(known, "stage_since") : json_null());
	json_object_set_new(answer, "paused", json_boolean(facts_is_paused(facts)));
	json_object_set_new(answer, "roles", roles_json(k, subject, programme));
	json_object_set_new(answer, "facts", known);
	json_object_set_new(answer, "ledger", ledger_json(plan));
	json_object_set_new(answer, "account",
			    is_case && call_text(call, "after") == NULL ? account_json(k, subject)
									: json_array());
	answer_deadlines_of(k, subject, answer);
	json_object_set_new(answer, "events", events_json(k, subject, call_text(call, "after")));
	return answer;
}
