/* SPDX-License-Identifier: EUPL-1.2 */
/* See said.h. */
#include "daemon/store/said.h"

#include <stdlib.h>
#include <string.h>

#include "daemon/store/deadline.h"
#include "daemon/store/put_off.h"

/* Of one deadline, also under an older name of its rule; ?1 to ?6. */
#define OF_DEADLINE                                                                                \
	" subject = ?1 AND rule IN (?2, ?6) AND key = ?3 AND anchor = ?4 AND occurrence = ?5"

struct question {
	const struct core *core;
	const char *subject;
	const struct deadline *deadline;
	instant then;
};

static struct query *ask(const struct question *question, const char *literal_sql)
{
	struct query *q = db_query(question->core->db, literal_sql);
	store_deadline_bind(q, question->subject, question->deadline);
	db_bind_text(q, 6, question->deadline->rule->was);
	db_bind_int(q, 7, question->then);
	return q;
}

/* --- firings --------------------------------------------------------------------------------- */

static void read_each(const struct question *question, const struct step *step, struct said *said)
{
	struct query *q = ask(question, "SELECT repetition FROM firing WHERE" OF_DEADLINE
					" AND at <= ?7 AND step = ?8");
	db_bind_text(q, 8, step->name);
	while (db_next(q))
		said_note_gone(said, step, (int)db_int(q, 0));
	db_done(q);
}

static void read_backs(const struct question *question, struct said *said)
{
	struct query *q = ask(question, "SELECT step, repetition FROM firing WHERE" OF_DEADLINE
					" AND at <= ?7 AND step >= '@' AND step < 'A'");
	while (db_next(q)) {
		const struct role *role =
		    chain_role(question->core->office->chain, db_text(q, 0) + 1);
		if (role != NULL)
			said_note_back(said, role, (date)db_int(q, 1));
	}
	db_done(q);
}

#define GONE "SELECT step, count(*), max(repetition) FROM firing WHERE"

/* Repetitions go off in order: as many as the last one's number, they are all up to it. What comes
 * again each day for fifty years is one row here. */
static void read_gone(const struct question *question, struct said *said, struct arena *arena)
{
	const struct rule *rule = question->deadline->rule;
	const struct step **gaps = arena_alloc(arena, (rule->step_count + 1) * sizeof(*gaps));
	size_t count = 0;
	/* of one name the key has the steps in order, and nothing is sorted */
	struct query *q =
	    rule->was == NULL
		? ask(question, GONE " subject = ?1 AND rule = ?2 AND key = ?3 AND anchor = ?4"
				     " AND occurrence = ?5 AND at <= ?7 GROUP BY step")
		: ask(question, GONE OF_DEADLINE " AND at <= ?7 GROUP BY step");
	while (db_next(q)) {
		const struct step *step = rule_step(rule, db_text(q, 0));
		if (step == NULL)
			continue;
		if (db_int(q, 1) == db_int(q, 2))
			said_note_gone_through(said, step, (int)db_int(q, 2));
		else
			gaps[count++] = step;
	}
	db_done(q);
	for (size_t i = 0; i < count; i++)
		read_each(question, gaps[i], said);
}

static bool add_firing(const struct core *core, const char *subject,
		       const struct deadline *deadline, const char *step, int64_t repetition)
{
	struct query *q = db_query(core->db, "INSERT OR IGNORE INTO firing (subject, rule, key,"
					     " anchor, occurrence, step, repetition, at, rules)"
					     " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)");
	store_deadline_bind(q, subject, deadline);
	db_bind_text(q, 6, step);
	db_bind_int(q, 7, repetition);
	db_bind_int(q, 8, clock_now(core->clock));
	db_bind_text(q, 9, core->office->ruleset->version_text);
	return db_run(q) > 0;
}

/* The promise of I3: the primary key lets it happen once. */
bool store_said_gone(const struct core *core, const char *subject, const struct deadline *deadline,
		     const struct planned_step *planned)
{
	return add_firing(core, subject, deadline, planned->step->name, planned->repetition);
}

bool store_said_back(const struct core *core, const char *subject, const struct deadline *deadline,
		     const struct put_off *put_off)
{
	char *name = xasprintf("@%s", put_off->role->name);
	bool first = add_firing(core, subject, deadline, name, put_off->until);
	free(name);
	return first;
}

/* --- who was told ---------------------------------------------------------------------------- */

/* The last of each role and step, the newest last: each replaces the one before of its role. */
static void read_told(const struct question *question, struct said *said)
{
	const struct core *core = question->core;
	struct query *q = ask(question, "SELECT step, repetition, role, cc, at, max(id) FROM notice"
					" WHERE" OF_DEADLINE " AND at <= ?7"
					" AND state IN ('queued', 'sent', 'shadow', 'unreachable')"
					" GROUP BY role, step ORDER BY max(id)");
	while (db_next(q)) {
		const struct step *step = rule_step(said->rule, db_text(q, 0));
		const struct role *role = chain_role(core->office->chain, db_text(q, 2));
		if (step == NULL || role == NULL)
			continue;
		struct held_step told = { .planned = { .step = step,
						       .repetition = (int)db_int(q, 1) },
					  .role = role,
					  .copy = db_int(q, 3) != 0 };
		told.planned.at = clock_to_civil(core->clock, db_int(q, 4));
		told.planned.day = civil_date(told.planned.at);
		said_note_last(said, &told);
	}
	db_done(q);
}

struct said *store_said_read(const struct core *core, const char *subject,
			     const struct deadline *deadline, bool held, instant then,
			     struct arena *arena)
{
	struct question question = { core, subject, deadline, then };
	struct said *said = said_new(deadline->rule, arena);
	struct held_step *list;
	read_gone(&question, said, arena);
	if (!held)
		return said;
	read_backs(&question, said);
	if (said_first_to_come(said, deadline) != NULL)
		read_told(&question, said);
	size_t count = store_put_off_read(core, subject, deadline, then, arena, &list);
	for (size_t i = 0; i < count; i++)
		said_note_held(said, &list[i]);
	return said;
}

/* What comes back of a role ("@role") is a note, and no step. */
const char *store_said_silently(const struct core *core, const char *subject, struct arena *arena,
				const char **ret_key)
{
	const char *rule = NULL;
	struct query *q =
	    db_query(core->db, "SELECT f.rule, f.key FROM firing f WHERE f.subject = ?1"
			       " AND f.at = ?2 AND substr(f.step, 1, 1) <> '@'"
			       " AND NOT EXISTS (SELECT 1 FROM notice n WHERE n.subject = f.subject"
			       "  AND n.rule = f.rule AND n.key = f.key AND n.anchor = f.anchor"
			       "  AND n.occurrence = f.occurrence AND n.step = f.step"
			       "  AND n.repetition = f.repetition) LIMIT 1");
	db_bind(q, DB_TEXT(subject), DB_INT(clock_now(core->clock)));
	if (db_next(q)) {
		rule = arena_strdup(arena, db_text(q, 0));
		*ret_key = arena_strdup(arena, db_text(q, 1));
	}
	db_done(q);
	return rule;
}
