/* SPDX-License-Identifier: EUPL-1.2 */
/* The due date of a deadline, and the pauses of its subject that move it. */
#include "rules/plan/plan_own.h"

/* Paused days that begin on or before the due date move it; each moved day may reach the next
 * pause. While a pause lasts the date stands: nobody knows yet by how much it will move. */
static date after_pauses(const struct plan *plan, date anchor, date due)
{
	for (size_t i = 0; i < plan->pause_count; i++) {
		const struct pause *pause = &plan->pauses[i];
		date from = pause->from < anchor ? anchor : pause->from;
		if (pause->to != DATE_NONE && pause->to > from && from <= due)
			due = date_add_days(due, pause->to - from);
	}
	return due;
}

/* A day past the ends of the calendar is the last (the first) that there is: a due date stands,
 * however far away somebody's slip of the pen has put it. */
static date within_years(date day, const struct offset *offset)
{
	if (day != DATE_NONE)
		return day;
	return offset_is_negative(offset) ? DATE_FIRST : DATE_LAST;
}

date deadline_due(const struct plan *plan, const struct deadline *deadline)
{
	const struct rule *rule = deadline->rule;
	int times = rule->repeat == REPEAT_FIXED ? deadline->occurrence - deadline->series : 0;
	date due = deadline->grid != DATE_NONE
		       ? deadline->grid
		       : rule_due(rule, times, deadline->anchor, plan->ruleset->calendar);
	due = within_years(due, &rule->due);
	if (rule->pausable)
		due = within_years(after_pauses(plan, deadline->anchor, due), &rule->due);
	if (deadline->agreed != DATE_NONE && deadline->agreed < due)
		due = deadline->agreed;
	return within_years(calendar_adjust(plan->ruleset->calendar, due, rule->adjust),
			    &rule->due);
}

void deadline_set_due(struct plan *plan, struct deadline *deadline, civil known)
{
	date due = deadline_due(plan, deadline);
	if (due == deadline->due)
		return;
	deadline->due = due;
	known = plan_known(plan, deadline->rule, known);
	if (known > deadline->known)
		deadline->known = known;
	deadline_touch(plan, deadline);
}

bool deadline_is_late(const struct plan *plan, const struct deadline *deadline)
{
	if (deadline->due >= plan->today)
		return false;
	if (!deadline->rule->pausable || !facts_is_paused(plan->facts))
		return true;
	return plan->pause_count > 0 && plan->pauses[plan->pause_count - 1].from > deadline->due;
}

void plan_note_pause(struct plan *plan, const struct event *event)
{
	if (facts_is_paused(plan->facts)) {
		plan->pauses = array_grow(plan->pauses, plan->pause_count, &plan->pause_capacity,
					  sizeof(*plan->pauses));
		plan->pauses[plan->pause_count++] = (struct pause){ event->at.day, DATE_NONE };
		return;
	}
	if (plan->pause_count > 0)
		plan->pauses[plan->pause_count - 1].to = event->at.day;
	for (size_t i = 0; i < plan->live_count; i++)
		if (plan->live[i]->rule->pausable && is_live(plan->live[i]))
			deadline_set_due(plan, plan->live[i], event->recorded);
}
