/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Reminders that somebody puts off (deadline.acknowledged, deadline.snoozed). It is the deadline
 * before us that is meant, of several the one that is due first. So the next one of a rule that
 * comes again is not quiet, nor is one that starts anew on another day.
 */
#include <string.h>

#include "rules/plan/plan_own.h"
#include "rules/plan/steps_held.h"

static bool is_meant(const struct rule *rule, const char *name)
{
	return strcmp(rule->name, name) == 0 || (rule->was != NULL && strcmp(rule->was, name) == 0);
}

/* Without the one of the same role that was there before. */
static const struct put_off *others(struct arena *arena, const struct put_off *list,
				    const struct role *role)
{
	if (list == NULL)
		return NULL;
	if (list->role == role)
		return others(arena, list->older, role);
	struct put_off *kept = arena_alloc(arena, sizeof(*kept));
	*kept = *list;
	kept->older = others(arena, list->older, role);
	return kept;
}

/* What was recorded before its rule said how long is cut to what may be (put_off_latest).
 * DATE_NONE: nothing is put off. */
static date until_of(const struct plan *plan, const struct deadline *deadline,
		     const struct event *event)
{
	date until = (date)event_value(event, "until").number;
	date latest = put_off_latest(deadline, plan->ruleset->calendar, event->at.day);
	if (latest == DATE_NONE)
		return until;
	if (latest <= event->at.day)
		return DATE_NONE;
	return until < latest ? until : latest;
}

static void put_off(struct plan *plan, struct deadline *deadline, const struct event *event)
{
	date until = until_of(plan, deadline, event);
	if (until == DATE_NONE)
		return;
	const struct role *role = chain_role(plan->ruleset->chain, event_value(event, "role").text);
	struct put_off *latest = arena_alloc(plan->arena, sizeof(*latest));
	*latest = (struct put_off){ .event = event->id,
				    .acknowledged =
					strcmp(event->kind->name, "deadline.acknowledged") == 0,
				    .role = role,
				    .by = arena_strdup(plan->arena, event_value(event, "by").text),
				    .until = until,
				    .older = others(plan->arena, deadline->put_off, role) };
	deadline->put_off = latest;
	deadline_touch(plan, deadline);
}

static bool says_enough(const struct plan *plan, const struct event *event)
{
	struct value role = event_value(event, "role");
	return event_value(event, "rule").type == VALUE_TEXT &&
	       event_value(event, "until").type == VALUE_DATE && role.type == VALUE_TEXT &&
	       chain_role(plan->ruleset->chain, role.text) != NULL;
}

void plan_note_put_off(struct plan *plan, const struct event *event)
{
	if (!kind_puts_off(event->kind) || !says_enough(plan, event))
		return;
	const char *name = event_value(event, "rule").text;
	for (size_t i = 0; i < plan->ruleset->count; i++) {
		const struct rule *rule = &plan->ruleset->rules[i];
		if (rule->subject != plan->type || !is_meant(rule, name))
			continue;
		for (struct track *track = plan->tracks[i]; track != NULL; track = track->next) {
			struct deadline *oldest = track_oldest(track);
			if (oldest != NULL &&
			    (event->key[0] == '\0' || strcmp(track->key, event->key) == 0))
				put_off(plan, oldest, event);
		}
	}
}
