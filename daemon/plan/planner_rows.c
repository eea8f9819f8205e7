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
#include "rules/plan/steps_next.h"

/* Which steps of one deadline have gone off before: read once for each deadline. */
struct fired {
	struct {
		const char *step;
		int64_t repetition;
	} list[512];
	size_t count;
};

static void fired_read(const struct core *core, const char *subject,
		       const struct deadline *deadline, struct arena *arena, struct fired *fired)
{
	struct query *q = db_query(
	    core->db, "SELECT step, repetition FROM firing WHERE subject = ?1 AND rule IN (?2, ?6)"
		      " AND key = ?3 AND anchor = ?4 AND occurrence = ?5"
		      " ORDER BY repetition DESC LIMIT 512");
	fired->count = 0;
	store_deadline_bind(q, subject, deadline);
	db_bind_text(q, 6, deadline->rule->was);
	while (fired->count < 512 && db_next(q)) {
		fired->list[fired->count].step = arena_strdup(arena, db_text(q, 0));
		fired->list[fired->count++].repetition = db_int(q, 1);
	}
	db_done(q);
}

static bool has_fired(void *arg, const struct step *step, int repetition)
{
	const struct fired *fired = arg;
	for (size_t i = 0; i < fired->count; i++)
		if (fired->list[i].repetition == repetition &&
		    strcmp(fired->list[i].step, step->name) == 0)
			return true;
	return false;
}

/* A step whose hour has passed while nobody was here goes when the office is open. */
static civil hour_now(const struct core *core, const struct planned_step *planned, civil now)
{
	if (planned->at > now || planned->step->urgent == URGENT_ALWAYS)
		return planned->at;
	return calendar_open_at_or_after(core->office->calendar, now);
}

/* Nothing has changed since its row was stored, and its next hour has not come. */
static bool is_settled(const struct core *core, const struct deadline *deadline)
{
	return deadline->kept && deadline->next_at > clock_now(core->clock);
}

/* --- what somebody has put off ---------------------------------------------------------------- */

/* When the next of it comes out; now, if some of it is to. */
static civil next_back(const struct core *core, const char *subject,
		       const struct deadline *deadline, civil now, struct arena *arena)
{
	struct held_step *held;
	const struct calendar *calendar = core->office->calendar;
	size_t count = store_put_off_read(core, subject, deadline, INSTANT_NEVER, arena, &held);
	const struct put_off *again = store_put_off_again(core, subject, deadline, INSTANT_NEVER);
	civil next = steps_release(deadline, calendar, held, count, now);
	for (size_t i = 0; i < count; i++)
		next = held[i].out ? now : next;
	civil comes = again == NULL ? STEPS_NEVER : put_off_comes(again, calendar, now);
	return comes < next ? comes : next;
}

/* What its row says of the next step: who is told, and not who would have been. */
static bool next_told(const struct core *core, const char *subject, const struct deadline *deadline,
		      civil now, struct arena *arena, struct planned_step *ret)
{
	struct fired fired;
	struct held_step *held, last;
	struct next_telling state = { NULL, 0, NULL, NULL };
	fired_read(core, subject, deadline, arena, &fired);
	state.held_count = store_put_off_read(core, subject, deadline, INSTANT_NEVER, arena, &held);
	state.held = held;
	state.again = store_put_off_again(core, subject, deadline, INSTANT_NEVER);
	if (state.again != NULL &&
	    store_put_off_last(core, subject, deadline, state.again->role, INSTANT_NEVER, &last))
		state.last = last.planned.step;
	return steps_next_told(deadline, core->office->calendar, now, has_fired, &fired, &state,
			       arena, ret);
}

static bool speaks(const struct deadline *deadline)
{
	return deadline->state == DEADLINE_OPEN || deadline_ended_by_last_step(deadline);
}

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

/* What comes next of one deadline; what is due goes off on the way. */
static instant put_deadline(struct planner *planner, struct entry *entry, const char *programme,
			    const struct deadline *deadline, bool held, struct arena *arena)
{
	const struct core *core = planner->core;
	struct fired fired;
	struct planned_step *planned;
	civil now = clock_now_civil(core->clock);
	fired_read(core, entry->subject, deadline, arena, &fired);
	size_t count = steps_planned(deadline, core->office->calendar, now, has_fired, &fired,
				     arena, &planned);
	size_t due = 0, i = 0;
	struct planned_step first_waiting, *next = NULL; /* due, but the office is closed */
	for (; i < count && planned[i].at <= now; i++) {
		if (hour_now(core, &planned[i], now) <= now) {
			planned[i].late = planned[i].late || /* nobody was here on its day */
					  civil_date(planned[i].at) < civil_date(now);
			planned[due++] = planned[i];
		} else if (next == NULL) {
			first_waiting = planned[i];
			next = &first_waiting;
		}
	}
	if (i < count &&
	    (next == NULL || hour_now(core, &planned[i], now) < hour_now(core, next, now)))
		next = &planned[i];
	instant at =
	    next == NULL ? INSTANT_NEVER : clock_from_civil(core->clock, hour_now(core, next, now));
	held = speaks(deadline) && (held || deadline->put_off != NULL);
	if (held && deadline->dirty && !planner->only_looking)
		store_put_off_waiting(core, entry->subject, deadline, arena);
	civil back = held ? next_back(core, entry->subject, deadline, now, arena) : STEPS_NEVER;
	if ((due > 0 || back <= now) && !planner->only_looking) {
		planner->fire(planner->arg, entry->subject, programme, deadline, planned, due,
			      arena);
		if (held)
			back = next_back(core, entry->subject, deadline, now, arena);
	}
	instant wake = instant_of(core, back) < at ? instant_of(core, back) : at;
	struct planned_step told;
	if (held) {
		next = next_told(core, entry->subject, deadline, now, arena, &told) ? &told : NULL;
		at = next == NULL ? INSTANT_NEVER : instant_of(core, next->at);
	}
	store_deadline_put(core, entry->subject, deadline, next == NULL ? NULL : next->step->name,
			   at);
	put_overdue(planner, entry, deadline);
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
	db_bind_text(q, 1, entry->subject);
	db_bind_text(q, 2, entry->type == SUBJECT_CASE ? facts_programme(facts) : NULL);
	db_bind_int(q, 3, facts_is_open(facts));
	db_bind_text(q, 4, entry->type == SUBJECT_CASE ? facts_stage(facts) : NULL);
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
		    is_settled(planner->core, deadline)
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
