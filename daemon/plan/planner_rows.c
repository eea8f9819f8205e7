/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * What comes of a plan: the rows of its deadlines and of its subject, the hour at which it wakes,
 * and the steps that go off on the way.
 */
#include <string.h>

#include "daemon/plan/planner_own.h"
#include "daemon/store/deadline.h"
#include "daemon/store/notice.h"
#include "daemon/store/put_off.h"
#include "daemon/store/said.h"

static instant instant_of(const struct core *core, civil at)
{
	return at == STEPS_NEVER ? INSTANT_NEVER : clock_from_civil(core->clock, at);
}

/* --- rows ------------------------------------------------------------------------------------- */

static void put_overdue(struct planner *planner, const struct entry *entry,
			const struct deadline *deadline)
{
	if (entry->type == SUBJECT_CASE)
		overdue_put(planner->core, entry->subject, deadline, planner->look_again, planner);
}

/* What is due of one deadline goes off; its row says what comes next. */
static instant put_deadline(struct planner *planner, struct entry *entry, const char *programme,
			    const struct deadline *deadline, bool held, struct arena *arena)
{
	const struct core *core = planner->core;
	const struct calendar *calendar = core->office->calendar;
	civil now = clock_now_civil(core->clock);
	struct telling telling;
	struct planned_step next;
	held = held || deadline->put_off != NULL;
	if (held && deadline->dirty && !planner->only_looking && deadline->state != DEADLINE_ASLEEP)
		store_put_off_waiting(core, entry->subject, deadline, arena);
	struct said *said =
	    store_said_read(core, entry->subject, deadline, held, INSTANT_NEVER, arena);
	telling_judge(deadline, calendar, now, said, arena, &telling);
	if (telling_says(&telling) && !planner->only_looking)
		planner->fire(planner->arg, entry->subject, programme, deadline, &telling, arena);
	bool any = telling_next(deadline, calendar, now, said, arena, &next);
	store_deadline_put(core, entry->subject, deadline, any ? next.step->name : NULL,
			   any ? instant_of(core, next.at) : INSTANT_NEVER);
	put_overdue(planner, entry, deadline);
	instant wake = instant_of(core, telling.wake);
	if (wake == INSTANT_NEVER && deadline_ended_by_last_step(deadline))
		plan_let_go(entry->plan, deadline);
	plan_keep_next(entry->plan, deadline, wake);
	return wake;
}

static bool is_protected(const struct entry *entry)
{
	int number = facts_find(entry->type, "protected");
	return number >= 0 && facts_get(plan_facts(entry->plan), number, 0).number != 0;
}

static const char *stage_since(const struct entry *entry, char text[DATE_TEXT_SIZE])
{
	int number = facts_find(entry->type, "stage_since");
	if (number < 0)
		return NULL;
	struct value value = facts_get(plan_facts(entry->plan), number, 0);
	return value.type == VALUE_DATE ? date_format((date)value.number, text) : NULL;
}

void planner_put_subject(struct planner *planner, const struct entry *entry, instant wake)
{
	char since[DATE_TEXT_SIZE];
	const struct facts *facts = plan_facts(entry->plan);
	struct query *q = db_query(
	    planner->core->db, "UPDATE subject SET programme = ?2, open = ?3, stage = ?4,"
			       " wake_at = ?5, protected = ?6, since = ?7, behind = 0 WHERE id = ?1"
			       " AND (programme, open, stage, wake_at, protected, since, behind)"
			       " IS NOT (?2, ?3, ?4, ?5, ?6, ?7, 0)");
	db_bind(q, DB_TEXT(entry->subject),
		DB_TEXT(entry->type == SUBJECT_CASE ? facts_programme(facts) : NULL),
		DB_INT(facts_is_open(facts)),
		DB_TEXT(entry->type == SUBJECT_CASE ? facts_stage(facts) : NULL));
	if (wake == INSTANT_NEVER)
		db_bind_null(q, 5);
	else
		db_bind_int(q, 5, wake);
	db_bind_int(q, 6, is_protected(entry));
	db_bind_text(q, 7, stage_since(entry, since));
	db_run(q);
}

static const char *programme_of(const struct entry *entry)
{
	return entry->type == SUBJECT_PROGRAMME ? entry->subject
						: facts_programme(plan_facts(entry->plan));
}

instant planner_put_live(struct planner *planner, struct entry *entry, struct arena *arena)
{
	instant wake = INSTANT_NEVER;
	bool held = store_put_off_any(planner->core, entry->subject);
	for (size_t i = 0; i < plan_live_count(entry->plan); i++) {
		const struct deadline *deadline = plan_live_at(entry->plan, i);
		instant at =
		    deadline_is_kept(deadline, clock_now(planner->core->clock))
			? deadline->next_at
			: put_deadline(planner, entry, programme_of(entry), deadline, held, arena);
		wake = at < wake ? at : wake;
	}
	date change = plan_next_change(entry->plan);
	if (change != DATE_NONE) {
		instant at = clock_from_civil(planner->core->clock, civil_at(change, 0));
		wake = at < wake ? at : wake;
	}
	return wake;
}

/* Ended, and nothing comes of it any more: what has its last step still to say is among the live.
 */
static bool is_over(const struct deadline *deadline)
{
	switch (deadline->state) {
	case DEADLINE_OPEN:
	case DEADLINE_ASLEEP:
		return false;
	case DEADLINE_DONE:
	case DEADLINE_CANCELLED:
		break;
	}
	return !deadline_ended_by_last_step(deadline) || deadline->silent;
}

void planner_put_ended(struct planner *planner, struct entry *entry)
{
	for (size_t i = 0; i < plan_count(entry->plan); i++) {
		const struct deadline *deadline = plan_at(entry->plan, i);
		if (!is_over(deadline) || !(deadline->dirty || entry->folded_anew))
			continue;
		store_deadline_put(planner->core, entry->subject, deadline, NULL, INSTANT_NEVER);
		put_overdue(planner, entry, deadline);
		if (!deadline_ended_by_last_step(deadline))
			notice_overtake(planner->core, entry->subject, deadline,
					deadline->ended_reason);
	}
}
