/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Since when a rule can have known what it goes by: for each rule the latest hour at which
 * something that it looks at was written down, of what has been folded so far. A deadline that a
 * late entry lets an older event start is known from the entry, not from that event.
 */
#include <string.h>

#include "rules/plan/plan_own.h"

static bool names_virtual(const struct kind_ref *refs, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (refs[i].kind->is_virtual)
			return true;
	return false;
}

/* What the facts are brings the deadlines of this rule about, or puts them to sleep. */
static bool reads_facts(const struct rule *rule)
{
	return rule->if_ != NULL || rule->while_ != NULL || rule->hidden_count > 0 ||
	       names_virtual(rule->starts, rule->starts_count) ||
	       names_virtual(rule->done, rule->done_count) ||
	       names_virtual(rule->cancels, rule->cancels_count);
}

static bool names_kind(const struct rule *rule, const struct event *event)
{
	for (size_t i = 0; i < rule->agreed_count; i++)
		if (rule->agreed[i].kind == event->kind)
			return true;
	return kind_ref_matches(rule->starts, rule->starts_count, event) ||
	       kind_ref_matches(rule->done, rule->done_count, event) ||
	       kind_ref_matches(rule->cancels, rule->cancels_count, event);
}

/* Nobody knows any more what an event that was taken back had done: its own taking back counts. */
static bool takes_back(const struct plan *plan, const struct event *event)
{
	return strcmp(event->kind->name, "event.voided") == 0 &&
	       strcmp(event->subject, plan->subject) == 0;
}

/* What was ended, or moved, by an event that is taken back stands there again: since now. */
static void know_live_anew(struct plan *plan, civil recorded)
{
	for (size_t i = 0; i < plan->live_count; i++) {
		struct deadline *deadline = plan->live[i];
		if (recorded <= deadline->known)
			continue;
		deadline->known = recorded;
		deadline_overdue_since(deadline, recorded);
		deadline_touch(plan, deadline);
	}
}

void plan_note_known(struct plan *plan, const struct event *event, bool comes_or_goes,
		     bool stops_or_runs)
{
	bool all = comes_or_goes || takes_back(plan, event);
	bool folded = facts_take_kind(plan->type, event->kind);
	for (size_t i = 0; i < plan->ruleset->count; i++) {
		const struct rule *rule = &plan->ruleset->rules[i];
		if (rule->subject != plan->type || event->recorded <= plan->known[i])
			continue;
		if (all || (stops_or_runs && rule->pausable) || names_kind(rule, event) ||
		    (folded && reads_facts(rule)))
			plan->known[i] = event->recorded;
	}
	if (takes_back(plan, event))
		know_live_anew(plan, event->recorded);
}

civil plan_known(const struct plan *plan, const struct rule *rule, civil moment)
{
	civil known = plan->known[rule->index];
	return known > moment ? known : moment;
}
