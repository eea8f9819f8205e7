/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * What time brings to a plan: occurrences that open and collapse, conditions that turn,
 * ends.
 */
#include <string.h>

#include "rules/plan/plan_own.h"
#include "rules/plan/steps_hour.h"

/* The world in which the conditions of one deadline, or of one starting event, are judged. */
struct world {
	const struct plan *plan;
	const struct deadline *deadline;
	const struct rule *rule;
	const struct event *event;
};

static struct value date_value(date day)
{
	return (struct value){ day == DATE_NONE ? VALUE_NULL : VALUE_DATE, day, NULL };
}

static struct value text_value(const char *text)
{
	return (struct value){ VALUE_TEXT, 0, text };
}

struct value plan_fact(const struct plan *plan, int number, date day)
{
	if (number == plan->overdue_slot && plan->ask_overdue != NULL)
		return (struct value){ VALUE_NUMBER, plan->ask_overdue(plan->ask_arg, day), NULL };
	return facts_get(plan->facts, number, day);
}

static struct value world_value(const void *arg, int slot)
{
	const struct world *world = arg;
	const struct plan *plan = world->plan;
	if (slot < SLOT_ANCHOR)
		return plan_fact(plan, slot, plan->today);
	if (slot >= SLOT_EVENT_FIELD)
		return event_value(world->event,
				   world->rule->event_fields[slot - SLOT_EVENT_FIELD]);
	switch ((enum condition_slot)slot) {
	case SLOT_ANCHOR:
		return date_value(world->deadline->anchor);
	case SLOT_DUE:
		return date_value(world->deadline->due);
	case SLOT_KEY:
		return text_value(world->deadline->key);
	case SLOT_EVENT_KIND:
		return text_value(world->event->kind->name);
	case SLOT_EVENT_KEY:
		return text_value(world->event->key);
	case SLOT_EVENT_FIRST:
		return (struct value){ VALUE_FLAG, world->plan->event_is_first, NULL };
	case SLOT_EVENT_FIELD:
		break;
	}
	return (struct value){ VALUE_NULL, 0, NULL };
}

static date world_next_change(const void *arg, int slot)
{
	const struct world *world = arg;
	if (slot >= SLOT_ANCHOR)
		return DATE_NONE;
	return facts_next_change(world->plan->facts, slot, world->plan->today);
}

static bool world_grows_daily(const void *arg, int slot)
{
	(void)arg;
	return slot < SLOT_ANCHOR && facts_grows_daily(slot);
}

static struct condition_world condition_world(const struct world *world)
{
	return (struct condition_world){ .value = world_value,
					 .next_change = world_next_change,
					 .grows_daily = world_grows_daily,
					 .today_slot = world->plan->today_slot,
					 .arg = world };
}

/* A condition that cannot be computed counts as true: rather a reminder too many (design.md 4). */
static bool holds(enum verdict verdict)
{
	return verdict == VERDICT_TRUE || verdict == VERDICT_FAILED;
}

struct value plan_value(const struct plan *plan, const struct rule *rule,
			const struct deadline *deadline, const struct event *event, int slot)
{
	struct world world = { plan, deadline, rule, event };
	return world_value(&world, slot);
}

bool condition_of_start_holds(const struct plan *plan, const struct rule *rule,
			      const struct event *event)
{
	struct world world = { plan, NULL, rule, event };
	struct condition_world names = condition_world(&world);
	return holds(condition_judge(rule->if_, &names));
}

static date earlier(date a, date b)
{
	if (a == DATE_NONE || b == DATE_NONE)
		return a == DATE_NONE ? b : a;
	return a < b ? a : b;
}

/* An open deadline of a weightier rule makes this one sleep (hidden_by). */
static bool is_hidden(const struct plan *plan, const struct deadline *deadline)
{
	const struct rule *rule = deadline->rule;
	for (size_t i = 0; rule->hidden_count > 0 && i < plan->live_count; i++)
		for (size_t j = 0; plan->live[i]->state == DEADLINE_OPEN && j < rule->hidden_count;
		     j++)
			if (plan->live[i]->rule == rule->hidden_by[j])
				return true;
	return false;
}

static void judge_sleep(struct plan *plan, struct deadline *deadline, civil known)
{
	bool awake = !is_hidden(plan, deadline);
	bool paused = deadline->rule->pausable && facts_is_paused(plan->facts);
	if (deadline->rule->while_ != NULL) {
		struct world world = { plan, deadline, deadline->rule, NULL };
		struct condition_world names = condition_world(&world);
		awake = holds(condition_judge(deadline->rule->while_, &names)) && awake;
		deadline->recheck = earlier(deadline->recheck,
					    condition_next_change(deadline->rule->while_, &names));
	}
	enum deadline_state state = awake && !paused ? DEADLINE_OPEN : DEADLINE_ASLEEP;
	if (state == deadline->state && paused == deadline->paused)
		return;
	if (state == DEADLINE_OPEN && known > deadline->series_known)
		deadline->series_known = known;
	known = plan_known(plan, deadline->rule, known);
	if (state == DEADLINE_OPEN && known > deadline->known)
		deadline->known = known;
	deadline->state = state;
	deadline->paused = paused;
	deadline_touch(plan, deadline);
}

/* The day after which a deadline that nothing fulfils has said all it had to say. Of one that comes
 * again, not put off by a late entry that has nothing to do with it: it said so in its time. */
static date last_step_day(const struct plan *plan, const struct deadline *deadline)
{
	date last = deadline->due;
	struct deadline told = *deadline;
	if (rule_comes_again(deadline->rule))
		told.known = deadline->series_known;
	for (size_t i = 0; i < deadline->rule->step_count; i++) {
		const struct step *step = &deadline->rule->steps[i];
		date day =
		    civil_date(steps_hour(&told, plan->ruleset->calendar, step, step->times));
		last = day > last ? day : last;
	}
	return last;
}

static void judge_end(struct plan *plan, struct deadline *deadline)
{
	if (deadline->rule->done_count > 0 || deadline->state != DEADLINE_OPEN)
		return; /* one that sleeps has not said what it had to say */
	date last = last_step_day(plan, deadline);
	if (plan->today > last) {
		deadline_end_by_last_step(plan, deadline);
		deadline_ensure_next(plan, deadline, civil_at(plan->today, 0));
	} else
		deadline->recheck = earlier(deadline->recheck, last + 1);
}

static date first_step_day(const struct plan *plan, const struct deadline *deadline)
{
	date first = DATE_NONE;
	for (size_t i = 0; i < deadline->rule->step_count; i++) {
		const struct step *step = &deadline->rule->steps[i];
		date day = steps_day(deadline, plan->ruleset->calendar, step, 1);
		first = earlier(first, civil_date(steps_hour_meant(
					   deadline, plan->ruleset->calendar, step, day)));
	}
	return first;
}

/* Of the occurrences that are late only the last one stands, with the count of the others; one
 * whose `if` has still to be judged may not stand. */
static void collapse_late(struct plan *plan, const struct rule *rule, const struct track *track)
{
	struct deadline *latest = NULL;
	if (rule->done_count == 0 && rule->catch_up == CATCH_UP_ALL)
		return; /* each of them has its say */
	for (struct link *link = track->links; link != NULL; link = link->next)
		if (is_live(link->deadline) && !link->deadline->unjudged &&
		    deadline_is_late(plan, link->deadline) &&
		    (latest == NULL || link->deadline->due > latest->due))
			latest = link->deadline;
	for (struct link *link = track->links; latest != NULL && link != NULL; link = link->next) {
		struct deadline *older = link->deadline;
		if (!is_live(older) || older == latest || older->due > latest->due ||
		    !deadline_is_late(plan, older))
			continue;
		deadline_collapse_into(plan, older, latest, NULL);
	}
}

/* The `if` of a yearly or weekly rule is judged on the day of its first step, also where that day
 * had gone by when somebody wrote down what it rests on. */
static void judge_if(struct plan *plan, struct deadline *deadline)
{
	date first = first_step_day(plan, deadline);
	if (plan->today < first) {
		deadline->recheck = earlier(deadline->recheck, first);
		return;
	}
	deadline->unjudged = false;
	deadline_touch(plan, deadline);
	if (condition_of_start_holds(plan, deadline->rule, NULL)) {
		if (deadline_is_late(plan, deadline))
			collapse_late(plan, deadline->rule,
				      track_of(plan, deadline->rule, deadline->key));
		return;
	}
	deadline_end(plan, deadline, DEADLINE_CANCELLED, "if", NULL);
	deadline_ensure_next(plan, deadline, civil_at(plan->today, 0));
}

/* What somebody has put off comes out on its day all the same. */
static void hush_track(struct plan *plan, const struct deadline *newer)
{
	for (size_t i = 0; i < plan->live_count; i++) {
		struct deadline *older = plan->live[i];
		if (older->rule == newer->rule && older->due < newer->due &&
		    older->put_off == NULL && deadline_ended_by_last_step(older) &&
		    strcmp(older->key, newer->key) == 0)
			deadline_hush(plan, older);
	}
}

/* One that nothing fulfils has its say until the next one has: nobody is told of the same matter
 * once for each week in which no letter went out. */
static void hush_those_before(struct plan *plan, struct deadline *deadline)
{
	const struct rule *rule = deadline->rule;
	if (!rule_comes_again(rule) || rule->done_count > 0 || rule->catch_up == CATCH_UP_ALL ||
	    deadline->state != DEADLINE_OPEN || deadline->unjudged)
		return;
	date first = first_step_day(plan, deadline);
	if (plan->today < first)
		deadline->recheck = earlier(deadline->recheck, first);
	else
		hush_track(plan, deadline);
}

/* Who is told, beside or in place of those whom the steps name. */
static void judge_audience(struct plan *plan, struct deadline *deadline, const struct care *care)
{
	const struct rule *rule = deadline->rule;
	bool also = false;
	if (rule->also_if != NULL) {
		struct world world = { plan, deadline, rule, NULL };
		struct condition_world names = condition_world(&world);
		also = holds(condition_judge(rule->also_if, &names));
		deadline->recheck =
		    earlier(deadline->recheck, condition_next_change(rule->also_if, &names));
	}
	if (care == deadline->care && also == deadline->also)
		return;
	deadline->care = care;
	deadline->also = also;
	deadline_touch(plan, deadline);
}

static void judge(struct plan *plan, struct deadline *deadline, civil known)
{
	deadline->recheck = DATE_NONE;
	if (deadline->unjudged)
		judge_if(plan, deadline);
	if (!is_live(deadline))
		return;
	judge_sleep(plan, deadline, known);
	hush_those_before(plan, deadline);
	judge_end(plan, deadline);
	if (rule_comes_again(deadline->rule) && is_live(deadline) && deadline->due >= plan->today)
		deadline->recheck = earlier(deadline->recheck, deadline->due + 1);
}

/* From the day after a fixed occurrence was due the next one is open beside it. */
static void open_occurrences(struct plan *plan)
{
	for (size_t i = 0; i < plan->live_count; i++) {
		struct deadline *deadline = plan->live[i];
		if (!rule_comes_again(deadline->rule) || !is_live(deadline) ||
		    !deadline_is_late(plan, deadline))
			continue;
		struct track *track = track_of(plan, deadline->rule, deadline->key);
		struct deadline *newest = track_newest(track);
		if (deadline_is_late(plan, newest))
			deadline_next_occurrence(plan, newest, civil_at(newest->due + 1, 0));
		collapse_late(plan, deadline->rule, track);
	}
}

/* What hides or is hidden may itself have turned: again, until nothing turns any more. */
static void judge_hidden(struct plan *plan, civil known)
{
	uint64_t before;
	size_t rounds = 0;
	do {
		before = plan->changes;
		for (size_t i = 0; i < plan->live_count; i++)
			if (is_live(plan->live[i]) && plan->live[i]->rule->hidden_count > 0)
				judge(plan, plan->live[i], known);
	} while (plan->changes != before && ++rounds < plan->ruleset->count);
}

void plan_judge_all(struct plan *plan, civil known)
{
	const struct care *care = plan->type != SUBJECT_CASE
				      ? NULL
				      : ruleset_care(plan->ruleset, facts_is_open(plan->facts),
						     facts_was_opened(plan->facts));
	open_occurrences(plan);
	for (size_t i = 0; i < plan->live_count; i++)
		if (is_live(plan->live[i]))
			judge(plan, plan->live[i], known);
	judge_hidden(plan, known);
	for (size_t i = 0; i < plan->live_count; i++) {
		if (!is_live(plan->live[i]))
			plan->live[i]->recheck = DATE_NONE; /* it has ended, with steps to come */
		if (!plan->live[i]->silent)
			judge_audience(plan, plan->live[i], care);
	}
	for (size_t i = 0; i < plan->live_count; i++)
		if (is_live(plan->live[i]))
			deadline_note_overdue(plan, plan->live[i], known);
}

/* Visits every day up to `day` on which something can change by itself, and then `day`. */
void plan_pass_to(struct plan *plan, date day)
{
	if (plan->today == DATE_NONE)
		plan->today = day;
	for (;;) {
		date change = plan_next_change(plan);
		if (change == DATE_NONE || change > day)
			break;
		plan->today = change;
		uint64_t before = plan->changes;
		plan_judge_all(plan, civil_at(change, 0));
		if (plan->changes != before)
			plan->changed_by_time = change;
	}
	plan->today = day;
}

date plan_next_change(const struct plan *plan)
{
	date first = DATE_NONE;
	for (size_t i = 0; i < plan->live_count; i++) {
		date day = plan->live[i]->recheck;
		if (day != DATE_NONE && (first == DATE_NONE || day < first))
			first = day;
	}
	return first;
}
