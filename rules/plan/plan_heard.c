/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Rules that go by how other rules end ("fulfilled:NAME", ends_with): what ended is noted when it
 * does, and met by those that hear of it after all rules have met the event that ended it.
 */
#include <string.h>

#include "rules/plan/plan_own.h"

date rule_done_on(const struct rule *rule, const struct event *event)
{
	return rule->final ? event_counts_on(event) : event->at.day;
}

struct event plan_fulfilment(struct plan *plan, const struct ended *ended)
{
	const struct rule *rule = ended->deadline->rule;
	struct event event = ended->by;
	struct value *values = arena_alloc(plan->arena, sizeof(*values));
	values[0] = (struct value){ VALUE_DATE, rule_done_on(rule, &ended->by), NULL };
	event.kind = rule->fulfilled;
	event.subject = plan->subject;
	event.key = ended->deadline->key;
	event.values = values;
	return event;
}

static bool is_of_key(const struct rule *rule, const struct rule *other, const char *key,
		      const char *other_key)
{
	return !rule->per_key || !other->per_key || strcmp(key, other_key) == 0;
}

bool track_ends_with_another(const struct plan *plan, const struct rule *rule,
			     const struct track *track)
{
	const struct rule *other = rule->ends_with;
	if (other == NULL)
		return false;
	for (const struct track *each = plan->tracks[other->index]; each != NULL; each = each->next)
		if (is_of_key(rule, other, track->key, each->key) && track_newest(each) != NULL)
			return true;
	return false;
}

bool deadline_is_new_by(const struct plan *plan, const struct deadline *deadline,
			const struct event *event)
{
	return plan->hears && deadline->anchor_event == event->id;
}

static void end_track(struct plan *plan, const struct rule *rule, struct track *track,
		      const struct ended *ended)
{
	const struct deadline *other = ended->deadline;
	for (struct link *link = track->links; link != NULL; link = link->next)
		if (is_live(link->deadline) &&
		    !deadline_is_new_by(plan, link->deadline, &ended->by))
			deadline_end(plan, link->deadline, other->state, other->ended_reason,
				     &ended->by);
	if (other->state == DEADLINE_CANCELLED)
		plan_hush(plan, rule, track->key);
}

void plan_end_with(struct plan *plan, const struct ended *ended)
{
	const struct rule *other = ended->deadline->rule;
	for (size_t i = 0; i < plan->ruleset->count; i++) {
		const struct rule *rule = &plan->ruleset->rules[i];
		for (struct track *track = plan->tracks[i];
		     rule->ends_with == other && track != NULL; track = track->next)
			if (is_of_key(rule, other, track->key, ended->deadline->key) &&
			    !track_ends_with_another(plan, rule, track))
				end_track(plan, rule, track, ended);
	}
}
