/* SPDX-License-Identifier: EUPL-1.2 */
/* Lists of deadlines and notices. */
#include <string.h>

#include "daemon/methods/method.h"
#include "daemon/people/people.h"
#include "daemon/store/event.h"
#include "daemon/store/notice.h"
#include "rules/plan/audience.h"

/* The roles of a person that a deadline of this subject finds, as people_find does: those on it;
 * on its programme, where nobody holds them on the case; on its open cases, where nobody holds
 * them on the programme. Columns: role, is it held on a case of the programme. */
static struct query *roles_found(const struct kedjad *k, const char *person, const char *subject)
{
	struct query *q =
	    db_query(k->core.db,
		     "SELECT r.role, r.subject <> ?2 AND r.subject IS NOT p.programme FROM role r"
		     " LEFT JOIN subject p ON p.id = ?2 WHERE r.staff = ?1 AND (r.subject = ?2"
		     "  OR ((r.subject = p.programme OR r.subject IN"
		     "    (SELECT c.id FROM subject c WHERE c.programme = ?2 AND c.open = 1))"
		     "   AND NOT EXISTS (SELECT 1 FROM role o JOIN staff s ON s.id = o.staff"
		     "    WHERE o.subject = ?2 AND o.role = r.role AND s.gone = 0)))");
	db_bind(q, DB_TEXT(person), DB_TEXT(subject));
	return q;
}

/* The deadline of the row as the plan has it, for its `also` and the roles that its event names. */
static struct deadline deadline_of(const struct kedjad *k, struct query *row,
				   const struct rule *rule, struct arena *arena)
{
	const char *subject = db_text(row, 2);
	struct deadline deadline = { .rule = rule,
				     .key = db_text(row, 3),
				     .care = people_care(&k->core, subject) };
	if (rule->role_field_count > 0)
		deadline.field_roles =
		    audience_field_roles(rule, store_event_load(&k->core, db_int(row, 4), arena),
					 k->core.office->chain, arena);
	const struct plan *plan = rule->also_count == 0 ? NULL : planner_get(k->planner, subject);
	for (size_t i = 0; plan != NULL && i < plan_live_count(plan); i++) {
		const struct deadline *live = plan_live_at(plan, i);
		if (live->rule == rule && strcmp(live->key, deadline.key) == 0)
			deadline.also = deadline.also || live->also;
	}
	return deadline;
}

/* On a case that is not open somebody may stand in for who is named (struct care). */
static bool cares_as(const struct kedjad *k, const struct deadline *deadline, struct query *row,
		     const struct role *role, struct arena *arena)
{
	const struct care *care = deadline->care;
	if (care == NULL || !audience_names(deadline, care->roles[0]))
		return false;
	const char *subject = db_text(row, 2);
	struct query *q = db_query(k->core.db, "SELECT programme FROM subject WHERE id = ?1");
	db_bind(q, DB_TEXT(subject));
	const char *programme = db_next(q) ? arena_strdup(arena, db_text(q, 0)) : NULL;
	db_done(q);
	return people_holders(&k->core, subject, programme, care->roles[0], care, arena).role ==
	       role;
}

/* A person's deadlines: those with a step that reaches a role of this person, copies included.
 * `row` is of DEADLINE_COLUMNS. */
static bool concerns(const struct kedjad *k, const char *person, struct query *row)
{
	const struct rule *rule = ruleset_find(k->core.office->ruleset, db_text(row, 1));
	if (rule == NULL)
		return false;
	struct arena *arena = arena_new();
	struct deadline deadline = deadline_of(k, row, rule, arena);
	struct query *q = roles_found(k, person, db_text(row, 2));
	bool found = false;
	while (!found && db_next(q)) {
		const struct role *role = chain_role(k->core.office->chain, db_text(q, 0));
		if (role == NULL || (db_int(q, 1) != 0 && !role->on_case))
			continue;
		found = audience_names(&deadline, role) || cares_as(k, &deadline, row, role, arena);
	}
	db_done(q);
	arena_free(arena);
	return found;
}

/* What is open or asleep lies in an index of its own, a subject's in the key; only a look at
 * everything that ever was goes through the whole table. */
static struct query *deadline_query(struct kedjad *k, struct call *call)
{
#define DEADLINES_WHERE(which)                                                                     \
	"SELECT " DEADLINE_COLUMNS " FROM deadline d WHERE " which                                 \
	" AND (?1 IS NULL OR d.subject = ?1) AND (?2 IS NULL OR d.due <= ?2)"                      \
	" AND (?3 = 0 OR (d.due < ?4 AND d.state = 'open'))"                                       \
	" AND (?5 IS NULL OR ?5 = 'all' OR d.state = ?5)"                                          \
	" AND (?6 IS NULL OR (d.due || ' ' || d.id) > ?6) AND seen(d.subject) ORDER BY d.due, "    \
	"d.id"
	if (call_text(call, "subject") != NULL && call_text(call, "state") != NULL)
		return db_query(k->core.db, DEADLINES_WHERE("d.subject = ?1"));
	if (call_text(call, "subject") != NULL)
		return db_query(k->core.db, DEADLINES_WHERE("d.subject = ?1 AND d.state IN"
							    " ('open', 'asleep')"));
	if (call_text(call, "state") != NULL)
		return db_query(k->core.db, DEADLINES_WHERE("1"));
	return db_query(k->core.db, DEADLINES_WHERE("d.state IN ('open', 'asleep')"));
}

static json_t *list_deadlines(struct kedjad *k, struct call *call)
{
	const char *person = call_text(call, "for"), *state = call_text(call, "state");
	struct query *q = deadline_query(k, call);
	db_bind(q, DB_TEXT(call_text(call, "subject")), DB_TEXT(call_text(call, "until")),
		DB_INT(call_flag(call, "overdue")), DB_DATE(clock_today(k->core.clock)),
		DB_TEXT(state), DB_TEXT(call_text(call, "after")));
	json_t *rows = json_array();
	while (json_array_size(rows) < PAGE_ROWS && db_next(q))
		if (person == NULL || concerns(k, person, q))
			json_array_append_new(rows, answer_deadline_row(k, q));
	db_done(q);
	return answer_page(rows, answer_deadline_cursor(rows));
}

json_t *method_deadline_list(void *arg, struct call *call)
{
	struct kedjad *k = arg;
	const char *state = call_text(call, "state");
	enum deadline_state known;
	if (state != NULL && strcmp(state, "all") != 0 &&
	    deadline_state_parse(state, &known) != 0) {
		problem_add(&call->problems, "state", 0,
			    "\"%s\" is not a state: write open, asleep, done, cancelled or all",
			    state);
		return NULL;
	}
	if (call_text(call, "for") != NULL && !method_knows_staff(k, call, "for"))
		return NULL;
	return list_deadlines(k, call);
}

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
	struct query *q = db_query(
	    k->core.db, "SELECT id, deadline, rule, subject, key, step, repetition, person,"
			" role, cc, due, at, state, message, why, item FROM notice"
			" WHERE id > ?1 AND at >= ?2 AND (?4 IS NULL OR state = ?4)"
			" AND seen(subject) ORDER BY id LIMIT ?3");
	db_bind_text(q, 4, call_text(call, "state"));
	db_bind(q, DB_INT(call_number(call, "after", 0)), DB_INT(since), DB_INT(PAGE_ROWS));
	json_t *rows = json_array(), *last = NULL;
	while (db_next(q)) {
		json_array_append_new(rows, notice_row(k, q));
		if (json_array_size(rows) == PAGE_ROWS)
			last = json_integer(db_int(q, 0));
	}
	db_done(q);
	return answer_page(rows, last);
}
