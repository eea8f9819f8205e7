/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Deadlines that come again: by counting from one anchor (fixed, grid), or on days of the year or
 * the week (yearly, weekly). And whether one may be fulfilled already, or starts too soon
 * (throttle).
 */
#include <string.h>

#include "rules/plan/plan_own.h"

struct deadline *deadline_next_occurrence(struct plan *plan, const struct deadline *deadline,
					  civil known)
{
	const struct rule *rule = deadline->rule;
	struct track *track = track_of(plan, rule, deadline->key);
	bool dated = rule_is_dated(rule);
	if (!rule_has_due(rule, deadline->occurrence + 1 - deadline->series))
		return NULL;
	date anchor = dated ? rule_day_beside(rule, deadline->anchor, 1) : deadline->anchor;
	struct deadline *next =
	    deadline_add(plan, track, rule, anchor,
			 dated ? track_free_occurrence(track, anchor) : deadline->occurrence + 1);
	if (!dated)
		next->series = deadline->series;
	next->unjudged = dated && rule->if_ != NULL;
	next->anchor_event = deadline->anchor_event;
	next->field_roles = deadline->field_roles;
	/* what was written down long after it began: nobody knew of the next one sooner */
	next->series_known = deadline->series_known;
	next->known =
	    plan_known(plan, rule, known > next->series_known ? known : next->series_known);
	next->due = deadline_due(plan, next);
	deadline_touch(plan, next);
	return next;
}

/* Days of the year and of the week follow each other whatever came of the ones before. */
static bool has_next_day(const struct track *track, const struct deadline *deadline)
{
	const struct link *link = track->links;
	for (; link->deadline != deadline; link = link->next)
		if (link->deadline->anchor > deadline->anchor)
			return true;
	return false;
}

void deadline_ensure_next(struct plan *plan, const struct deadline *deadline, civil known)
{
	const struct rule *rule = deadline->rule;
	struct track *track = track_of(plan, rule, deadline->key);
	if (!rule_comes_again(rule) ||
	    (rule_is_dated(rule) ? has_next_day(track, deadline) : track_newest(track) != NULL))
		return;
	deadline_next_occurrence(plan, deadline, known);
}

static void begin_dated(struct plan *plan, const struct rule *rule, const struct event *event)
{
	struct track *track = track_of(plan, rule, "");
	date anchor = rule_day_beside(rule, event->at.day, 1);
	if (track_newest(track) != NULL)
		return;
	struct deadline *first =
	    deadline_add(plan, track, rule, anchor, track_free_occurrence(track, anchor));
	first->unjudged = rule->if_ != NULL;
	first->anchor_event = event->id;
	first->known = plan_known(plan, rule, event->recorded);
	first->series_known = event->recorded;
	first->due = deadline_due(plan, first);
	deadline_touch(plan, first);
}

void plan_begin_dated(struct plan *plan, const struct event *event)
{
	for (size_t i = 0; i < plan->ruleset->count; i++) {
		const struct rule *rule = &plan->ruleset->rules[i];
		if (rule->subject == plan->type && rule_is_dated(rule) &&
		    (facts_is_open(plan->facts) || rule->after_close))
			begin_dated(plan, rule, event);
	}
}

void deadline_next_on_grid(struct plan *plan, struct track *track, const struct deadline *deadline,
			   const struct event *event)
{
	static const struct offset none;
	const struct rule *rule = deadline->rule;
	const struct calendar *calendar = plan->ruleset->calendar;
	date wanted = offset_apply(&rule->due, event->at.day, calendar);
	int n = 1;
	date day = offset_apply_repeated(&none, &rule->every, n, deadline->anchor, calendar);
	while (day != DATE_NONE && day < wanted)
		day = offset_apply_repeated(&none, &rule->every, ++n, deadline->anchor, calendar);
	int occurrence = n > deadline->occurrence ? n : deadline->occurrence + 1;
	struct deadline *next = deadline_add(plan, track, rule, deadline->anchor, occurrence);
	next->grid = day;
	next->anchor_event = event->id;
	next->field_roles = deadline->field_roles;
	next->known = plan_known(plan, rule, event->recorded);
	next->series_known = next->known;
	next->due = deadline_due(plan, next);
	deadline_touch(plan, next);
}

/* The due date of the occurrence before, or DATE_NONE for the first. */
static date due_before(const struct plan *plan, const struct deadline *deadline)
{
	struct deadline before = *deadline;
	before.agreed = DATE_NONE;
	if (rule_is_dated(deadline->rule)) {
		before.anchor = rule_day_beside(deadline->rule, deadline->anchor, -1);
		return deadline_due(plan, &before);
	}
	if (deadline->rule->repeat != REPEAT_FIXED || deadline->occurrence == deadline->series)
		return DATE_NONE;
	before.occurrence--;
	return deadline_due(plan, &before);
}

bool deadline_may_be_fulfilled(const struct plan *plan, const struct deadline *deadline, date day)
{
	const struct rule *rule = deadline->rule;
	if (rule->has_early)
		return day >= offset_apply(&rule->early, deadline->due, plan->ruleset->calendar);
	date before = due_before(plan, deadline);
	return before == DATE_NONE || day > before;
}

bool rule_is_throttled(const struct plan *plan, const struct rule *rule, date anchor)
{
	date last = DATE_NONE;
	if (!rule->has_throttle)
		return false;
	for (const struct track *track = plan->tracks[rule->index]; track != NULL;
	     track = track->next)
		for (const struct link *link = track->links; link != NULL; link = link->next)
			if (link->deadline->anchor > last)
				last = link->deadline->anchor;
	return last != DATE_NONE &&
	       anchor < offset_apply(&rule->throttle, last, plan->ruleset->calendar);
}
