/*
 * Deadlines that come again: by counting from one anchor (fixed, grid), or on days of the year or
 * the week (yearly, weekly). And starts that wait for each other (starts_all) or come too close
 * (throttle).
 */
#include <string.h>

#include "rules/plan/plan_own.h"

bool rule_is_dated(const struct rule *rule)
{
	return rule->yearly_count > 0 || rule->weekly != 0;
}

bool rule_comes_again(const struct rule *rule)
{
	return rule->repeat == REPEAT_FIXED || rule_is_dated(rule);
}

static bool is_day_of(const struct rule *rule, date day)
{
	int year, month, of_month;
	if ((rule->weekly & (1u << date_weekday(day))) != 0)
		return true;
	date_to_ymd(day, &year, &month, &of_month);
	for (size_t i = 0; i < rule->yearly_count; i++)
		if (rule->yearly[i].month == month && rule->yearly[i].day == of_month)
			return true;
	return false;
}

/* The nearest day of the rule after (or, step -1, before) a day: within a year and a day. */
static date day_of_rule(const struct rule *rule, date from, int step)
{
	date day = from + step;
	for (int i = 0; i < 367 && !is_day_of(rule, day); i++)
		day += step;
	return day;
}

/* The occurrence after one, counted from the same anchor, or on the next day of the rule. */
struct deadline *deadline_next_occurrence(struct plan *plan, const struct deadline *deadline,
					  civil known)
{
	const struct rule *rule = deadline->rule;
	struct track *track = track_of(plan, rule, deadline->key);
	bool dated = rule_is_dated(rule);
	date anchor = dated ? day_of_rule(rule, deadline->anchor, 1) : deadline->anchor;
	struct deadline *next =
	    deadline_add(plan, track, rule, anchor,
			 dated ? free_occurrence(track, anchor) : deadline->occurrence + 1);
	if (!dated)
		next->series = deadline->series;
	next->unjudged = dated && rule->if_ != NULL;
	next->anchor_event = deadline->anchor_event;
	next->field_roles = deadline->field_roles;
	next->known = known;
	next->due = deadline_due(plan, next);
	deadline_touch(plan, next);
	return next;
}

/* One that comes again is followed by the next as soon as nothing is before us. */
void deadline_ensure_next(struct plan *plan, const struct deadline *deadline, civil known)
{
	struct track *track = track_of(plan, deadline->rule, deadline->key);
	if (rule_comes_again(deadline->rule) && track_newest(track) == NULL)
		deadline_next_occurrence(plan, deadline, known);
}

static void begin_dated(struct plan *plan, const struct rule *rule, const struct event *event)
{
	struct track *track = track_of(plan, rule, "");
	date anchor = day_of_rule(rule, event->at.day, 1);
	if (track_newest(track) != NULL)
		return;
	struct deadline *first =
	    deadline_add(plan, track, rule, anchor, free_occurrence(track, anchor));
	first->unjudged = rule->if_ != NULL;
	first->anchor_event = event->id;
	first->known = event->recorded;
	first->due = deadline_due(plan, first);
	deadline_touch(plan, first);
}

/* Days of the year and of the week count from the day after the subject began. */
void plan_begin_dated(struct plan *plan, const struct event *event)
{
	for (size_t i = 0; i < plan->ruleset->count; i++) {
		const struct rule *rule = &plan->ruleset->rules[i];
		if (rule->subject == plan->type && rule_is_dated(rule) &&
		    (facts_is_open(plan->facts) || rule->after_close))
			begin_dated(plan, rule, event);
	}
}

/* From the day it was done, moved on to the next day of the grid that began at the anchor. */
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
	next->known = event->recorded;
	next->due = deadline_due(plan, next);
	deadline_touch(plan, next);
}

/* The due date of the occurrence before, or DATE_NONE for the first. */
static date due_before(const struct plan *plan, const struct deadline *deadline)
{
	struct deadline before = *deadline;
	before.agreed = DATE_NONE;
	if (rule_is_dated(deadline->rule)) {
		before.anchor = day_of_rule(deadline->rule, deadline->anchor, -1);
		return deadline_due(plan, &before);
	}
	if (deadline->rule->repeat != REPEAT_FIXED || deadline->occurrence == deadline->series)
		return DATE_NONE;
	before.occurrence--;
	return deadline_due(plan, &before);
}

/* From the day after the occurrence before was due, or `early` before its own (design.md 4). */
bool deadline_may_be_fulfilled(const struct plan *plan, const struct deadline *deadline, date day)
{
	const struct rule *rule = deadline->rule;
	if (rule->has_early)
		return day >= offset_apply(&rule->early, deadline->due, plan->ruleset->calendar);
	date before = due_before(plan, deadline);
	return before == DATE_NONE || day > before;
}

/* Notes one of several starts; the latest day when each has happened, else DATE_NONE. */
date track_note_start(struct plan *plan, struct track *track, const struct rule *rule,
		      const struct event *event, date day)
{
	date latest = DATE_NONE;
	bool complete = true;
	if (track->seen == NULL) {
		track->seen = arena_alloc(plan->arena, rule->starts_count * sizeof(*track->seen));
		track_forget_starts(track, rule);
	}
	for (size_t i = 0; i < rule->starts_count; i++) {
		if (kind_ref_matches(&rule->starts[i], 1, event))
			track->seen[i] = day;
		complete = complete && track->seen[i] != DATE_NONE;
		latest = track->seen[i] > latest ? track->seen[i] : latest;
	}
	return complete ? latest : DATE_NONE;
}

void track_forget_starts(struct track *track, const struct rule *rule)
{
	for (size_t i = 0; track->seen != NULL && i < rule->starts_count; i++)
		track->seen[i] = DATE_NONE;
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
