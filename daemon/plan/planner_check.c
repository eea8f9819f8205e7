/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * What must hold of a subject once it is settled, looked at after every step where tests ask for
 * it (planner_set_check): the plan itself, every row beside the plan, and that each step that has
 * just gone off says in a notice what became of it (I4). A breach ends the process: it is a
 * mistake in this program, and the nearer to it the better.
 */
#include <stdlib.h>

#include "daemon/base/log.h"
#include "daemon/plan/planner_own.h"
#include "daemon/store/deadline.h"
#include "daemon/store/said.h"

/* In a turn that the database has failed nothing is found, whatever is asked. */
static void breach(const struct planner *planner, const struct entry *entry, const char *rule,
		   const char *key, const char *what)
{
	if (db_failed(planner->core->db))
		return;
	log_error("check: %s %s[%s]: %s", entry->subject, rule, key, what);
	abort();
}

static bool is_live(const struct plan *plan, const struct deadline *deadline)
{
	for (size_t i = 0; i < plan_live_count(plan); i++)
		if (plan_live_at(plan, i) == deadline)
			return !deadline->silent;
	return false;
}

/* Writing a row once more must change nothing. */
static void put_again(const struct core *core, const struct entry *entry,
		      const struct deadline *deadline, struct arena *arena)
{
	struct planned_step next;
	bool any = is_live(entry->plan, deadline) &&
		   telling_next(
		       deadline, core->office->calendar, clock_now_civil(core->clock),
		       store_said_read(core, entry->subject, deadline, true, INSTANT_NEVER, arena),
		       arena, &next);
	instant at =
	    !any || next.at == STEPS_NEVER ? INSTANT_NEVER : clock_from_civil(core->clock, next.at);
	store_deadline_put(core, entry->subject, deadline, any ? next.step->name : NULL, at);
}

static void check_rows(const struct planner *planner, const struct entry *entry,
		       struct arena *arena)
{
	const struct core *core = planner->core;
	int64_t before = db_changes_total(core->db);
	for (size_t i = 0; i < plan_count(entry->plan); i++) {
		const struct deadline *deadline = plan_at(entry->plan, i);
		if (!deadline->dirty && !is_live(entry->plan, deadline))
			continue;
		put_again(core, entry, deadline, arena);
		if (db_changes_total(core->db) != before)
			breach(planner, entry, deadline->rule->name, deadline->key,
			       "its row is not what the plan says");
	}
	struct query *q = db_query(core->db, "SELECT count(*) FROM deadline WHERE subject = ?1");
	db_bind_text(q, 1, entry->subject);
	if (db_number(q) != (int64_t)plan_count(entry->plan))
		breach(planner, entry, "", "", "rows that the plan does not have");
}

static void check_firings(const struct planner *planner, const struct entry *entry,
			  struct arena *arena)
{
	const char *key, *rule = store_said_silently(planner->core, entry->subject, arena, &key);
	if (rule != NULL)
		breach(planner, entry, rule, key, "a step has gone off without a notice");
}

void planner_check(const struct planner *planner, const struct entry *entry)
{
	const struct deadline *deadline = NULL;
	struct arena *arena = arena_new();
	const char *wrong = plan_check(entry->plan, &deadline);
	if (wrong != NULL)
		breach(planner, entry, deadline->rule->name, deadline->key, wrong);
	check_rows(planner, entry, arena);
	check_firings(planner, entry, arena);
	arena_free(arena);
}
