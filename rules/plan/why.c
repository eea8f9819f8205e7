/* SPDX-License-Identifier: EUPL-1.2 */
/* See why.h. The fold tells of each event that could have started something; what it was that
 * kept it from doing so is looked up then and there, while the facts are those of that moment. */
#include "rules/plan/why.h"

#include <stdlib.h>
#include <string.h>

#include "rules/plan/plan_own.h"
#include "rules/plan/steps_held.h"

/* The last event of a starting kind that started nothing, of one rule. */
struct refusal {
	enum why_reason reason; /* WHY_PLAIN: there is none */
	int64_t event;
	struct moment at;
	const struct why_value *values;
	size_t value_count;
	const char *missing;
};

struct why {
	struct plan *plan;
	struct arena *arena;
	struct refusal *refusals; /* by rule->index */
};

const char *why_verdict_name(enum why_verdict verdict)
{
	static const char *const names[] = {
		[WHY_WAITING] = "waiting",     [WHY_PUT_OFF] = "put off",
		[WHY_ASLEEP] = "asleep",       [WHY_NOT_STARTED] = "not started",
		[WHY_DONE] = "done",           [WHY_CANCELLED] = "cancelled",
		[WHY_OVERTAKEN] = "overtaken",
	};
	return names[verdict];
}

const char *why_reason_name(enum why_reason reason)
{
	static const char *const names[] = {
		[WHY_PLAIN] = "plain",           [WHY_PAUSED] = "paused",
		[WHY_HIDDEN] = "hidden",         [WHY_WHILE] = "while",
		[WHY_NO_EVENT] = "no event",     [WHY_NO_DATE] = "no date",
		[WHY_CLOSED] = "closed",         [WHY_IF] = "if",
		[WHY_INCOMPLETE] = "incomplete", [WHY_THROTTLED] = "throttled",
		[WHY_LAST_STEP] = "last step",
	};
	return names[reason];
}

/* --- what a condition read ------------------------------------------------------------------- */

static const char *slot_name(const struct rule *rule, int slot, struct arena *arena)
{
	if (slot < SLOT_ANCHOR)
		return facts_at(slot)->name;
	if (slot >= SLOT_EVENT_FIELD)
		return arena_printf(arena, "event_%s", rule->event_fields[slot - SLOT_EVENT_FIELD]);
	switch ((enum condition_slot)slot) {
	case SLOT_ANCHOR:
		return "anchor";
	case SLOT_DUE:
		return "due";
	case SLOT_KEY:
		return "key";
	case SLOT_EVENT_KIND:
		return "event_kind";
	case SLOT_EVENT_KEY:
		return "event_key";
	case SLOT_EVENT_FIRST:
		return "event_first";
	case SLOT_EVENT_FIELD:
		break;
	}
	return "?";
}

static const struct why_value *values_of(const struct condition *condition, const struct plan *plan,
					 const struct rule *rule, const struct deadline *deadline,
					 const struct event *event, struct arena *arena,
					 size_t *ret_count)
{
	const int *slots;
	size_t count = condition_slots(condition, &slots);
	struct why_value *values = arena_alloc(arena, (count + 1) * sizeof(*values));
	for (size_t i = 0; i < count; i++) {
		values[i].name = slot_name(rule, slots[i], arena);
		values[i].value = plan_value(plan, rule, deadline, event, slots[i]);
		values[i].value.text = arena_strdup(arena, values[i].value.text);
	}
	*ret_count = count;
	return values;
}

static const char *text_of(const struct condition *condition, struct arena *arena)
{
	char *text = condition_format(condition);
	const char *kept = arena_strdup(arena, text);
	free(text);
	return kept;
}

/* --- watching the fold ----------------------------------------------------------------------- */

static bool has_started(const struct plan *plan, const struct rule *rule, const struct event *event)
{
	for (const struct track *track = plan->tracks[rule->index]; track != NULL;
	     track = track->next)
		for (const struct link *link = track->links; link != NULL; link = link->next)
			if (link->deadline->anchor_event == event->id && is_live(link->deadline))
				return true;
	return false;
}

static const struct track *track_for(const struct plan *plan, const struct rule *rule,
				     const struct event *event)
{
	const struct track *track = plan->tracks[rule->index];
	while (track != NULL && rule->per_key && strcmp(track->key, event->key) != 0)
		track = track->next;
	return track;
}

/* The kinds of a starts_all rule that have not happened since its last deadline ended. */
static const char *kinds_missing(const struct track *track, const struct rule *rule,
				 struct arena *arena)
{
	const char *list = NULL;
	for (size_t i = 0; i < rule->starts_count; i++) {
		if (track != NULL && track->seen != NULL && track->seen[i] != DATE_NONE)
			continue;
		const char *name = rule->starts[i].kind->name;
		list = list == NULL ? name : arena_printf(arena, "%s, %s", list, name);
	}
	return list;
}

/* In the order in which the plan itself asks. */
static void find_reason(struct why *why, const struct rule *rule, const struct event *event,
			struct refusal *refusal)
{
	const struct plan *plan = why->plan;
	date anchor = rule->from == NULL ? event->at.day : event_date(plan, event, rule->from);
	const struct track *track = track_for(plan, rule, event);
	if (anchor == DATE_NONE) {
		refusal->reason = WHY_NO_DATE;
		refusal->missing = rule->from;
	} else if (!facts_is_open(plan->facts) && !rule->after_close) {
		refusal->reason = WHY_CLOSED;
	} else if (rule->if_ != NULL && !condition_of_start_holds(plan, rule, event)) {
		refusal->reason = WHY_IF;
		refusal->values = values_of(rule->if_, plan, rule, NULL, event, why->arena,
					    &refusal->value_count);
	} else if (rule->starts_all &&
		   (refusal->missing = kinds_missing(track, rule, why->arena)) != NULL) {
		refusal->reason = WHY_INCOMPLETE;
	} else if (rule_is_throttled(plan, rule, anchor)) {
		refusal->reason = WHY_THROTTLED;
	}
}

static void note_met(void *arg, const struct rule *rule, const struct event *event)
{
	struct why *why = arg;
	struct refusal *refusal = &why->refusals[rule->index];
	*refusal = (struct refusal){ .reason = WHY_PLAIN };
	if (has_started(why->plan, rule, event))
		return;
	refusal->event = event->id;
	refusal->at = event->at;
	find_reason(why, rule, event, refusal);
}

struct why *why_new(struct plan *plan)
{
	struct why *why = xcalloc(1, sizeof(*why));
	why->plan = plan;
	why->arena = arena_new();
	why->refusals = xcalloc(plan->ruleset->count, sizeof(*why->refusals));
	plan_on_met(plan, note_met, why);
	return why;
}

void why_free(struct why *why)
{
	if (why == NULL)
		return;
	plan_on_met(why->plan, NULL, NULL);
	arena_free(why->arena);
	free(why->refusals);
	free(why);
}

/* --- the verdict ----------------------------------------------------------------------------- */

/* The one that matters most: open before asleep, then the one that is due first. */
static const struct deadline *live_of(const struct plan *plan, const struct rule *rule)
{
	const struct deadline *best = NULL;
	for (size_t i = 0; i < plan->live_count; i++) {
		const struct deadline *deadline = plan->live[i];
		if (deadline->rule != rule || !is_live(deadline))
			continue;
		if (best == NULL || deadline->state < best->state ||
		    (deadline->state == best->state && deadline->due < best->due))
			best = deadline;
	}
	return best;
}

static const struct deadline *last_ended_of(const struct plan *plan, const struct rule *rule)
{
	const struct deadline *last = NULL;
	for (size_t i = 0; i < plan->all_count; i++) {
		const struct deadline *deadline = plan->all[i];
		if (deadline->rule == rule && !is_live(deadline) &&
		    (last == NULL || moment_compare(deadline->ended, last->ended) >= 0))
			last = deadline;
	}
	return last;
}

static const struct rule *hiding(const struct plan *plan, const struct rule *rule)
{
	for (size_t i = 0; i < plan->live_count; i++)
		for (size_t j = 0; j < rule->hidden_count; j++)
			if (plan->live[i]->state == DEADLINE_OPEN &&
			    plan->live[i]->rule == rule->hidden_by[j])
				return rule->hidden_by[j];
	return NULL;
}

static void judge_asleep(const struct plan *plan, struct arena *arena, struct why_judgement *ret)
{
	const struct rule *rule = ret->rule;
	ret->verdict = WHY_ASLEEP;
	ret->other = hiding(plan, rule);
	if (ret->deadline->paused) {
		ret->reason = WHY_PAUSED;
	} else if (ret->other != NULL) {
		ret->reason = WHY_HIDDEN;
	} else if (rule->while_ != NULL) {
		ret->reason = WHY_WHILE;
		ret->condition = text_of(rule->while_, arena);
		ret->values = values_of(rule->while_, plan, rule, ret->deadline, NULL, arena,
					&ret->value_count);
	}
}

static void judge_refused(const struct refusal *refusal, struct arena *arena,
			  struct why_judgement *ret)
{
	ret->deadline = NULL; /* an older one has no part in it */
	ret->verdict = WHY_NOT_STARTED;
	ret->reason = refusal->reason;
	ret->event = refusal->event;
	ret->values = refusal->values;
	ret->value_count = refusal->value_count;
	ret->missing = refusal->missing;
	if (refusal->reason == WHY_IF)
		ret->condition = text_of(ret->rule->if_, arena);
}

static void judge_ended(struct why_judgement *ret)
{
	const struct deadline *deadline = ret->deadline;
	ret->event = deadline->ended_by;
	ret->verdict = deadline->state == DEADLINE_DONE ? WHY_DONE : WHY_CANCELLED;
	if (deadline_ended_by_last_step(deadline))
		ret->reason = WHY_LAST_STEP;
	else if (strcmp(deadline->ended_reason, "collapsed") == 0)
		ret->verdict = WHY_OVERTAKEN;
	else if (strcmp(deadline->ended_reason, "closed") == 0)
		ret->reason = WHY_CLOSED;
	else if (strcmp(deadline->ended_reason, "if") == 0)
		ret->reason = WHY_IF;
}

/* Nothing that it starts by has happened; one by the calendar begins with its subject. */
static void judge_nothing(const struct plan *plan, struct arena *arena, struct why_judgement *ret)
{
	const struct rule *rule = ret->rule;
	bool closed = !facts_is_open(plan->facts) && !rule->after_close;
	ret->verdict = WHY_NOT_STARTED;
	ret->reason = closed ? WHY_CLOSED : WHY_NO_EVENT;
	for (size_t i = 0; i < rule->starts_count; i++) {
		const char *name = rule->starts[i].kind->name;
		ret->missing =
		    ret->missing == NULL ? name : arena_printf(arena, "%s, %s", ret->missing, name);
	}
}

/* The same deadline as if its rule neither paused nor adjusted it. */
static void find_moves(const struct plan *plan, struct why_judgement *ret)
{
	struct rule plain = *ret->deadline->rule;
	struct deadline as_if = *ret->deadline;
	as_if.rule = &plain;
	plain.adjust = ADJUST_NONE;
	date paused = deadline_due(plan, &as_if);
	plain.pausable = false;
	ret->due_by_rule = deadline_due(plan, &as_if);
	ret->paused_days = paused - ret->due_by_rule;
}

void why_judge(const struct why *why, const struct rule *rule, struct arena *arena,
	       struct why_judgement *ret)
{
	const struct plan *plan = why->plan;
	const struct refusal *refusal = &why->refusals[rule->index];
	const struct deadline *live = live_of(plan, rule), *ended = last_ended_of(plan, rule);
	*ret = (struct why_judgement){ .rule = rule };
	ret->deadline = live != NULL ? live : ended;
	if (live != NULL && live->state == DEADLINE_ASLEEP)
		judge_asleep(plan, arena, ret);
	else if (live != NULL)
		ret->verdict = WHY_WAITING;
	else if (refusal->reason != WHY_PLAIN &&
		 (ended == NULL || moment_compare(refusal->at, ended->ended) > 0))
		judge_refused(refusal, arena, ret);
	else if (ended != NULL)
		judge_ended(ret);
	else
		judge_nothing(plan, arena, ret);
	ret->due_by_rule = DATE_NONE;
	if (ret->deadline != NULL)
		find_moves(plan, ret);
}

void why_judge_put_off(const struct why *why, civil now, struct why_judgement *judgement)
{
	civil latest = now;
	if (judgement->verdict != WHY_WAITING)
		return;
	for (const struct put_off *p = judgement->deadline->put_off; p != NULL; p = p->older) {
		civil ends = put_off_ends(p, why->plan->ruleset->calendar);
		if (ends <= latest)
			continue;
		latest = ends;
		judgement->put_off = p;
		judgement->verdict = WHY_PUT_OFF;
	}
}

void why_judge_as(const struct why *why, const struct deadline *deadline,
		  struct why_judgement *judgement)
{
	judgement->deadline = deadline;
	find_moves(why->plan, judgement);
}
