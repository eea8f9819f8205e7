/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The tracks of a plan and the deadlines in them: how one is found, added and ended, and the
 * starts that wait for each other (starts_all). The lowest
 * piece of the plan; why and when that happens is decided above.
 */
#include <string.h>

#include "rules/plan/plan_own.h"

static const char ended_by_last_step[] = "last step";

bool deadline_ended_by_last_step(const struct deadline *deadline)
{
	return deadline->state == DEADLINE_DONE && deadline->ended_reason == ended_by_last_step;
}

struct track *track_of(struct plan *plan, const struct rule *rule, const char *key)
{
	struct track **link = &plan->tracks[rule->index];
	while (*link != NULL && strcmp((*link)->key, key) != 0)
		link = &(*link)->next;
	if (*link == NULL) {
		*link = arena_alloc(plan->arena, sizeof(**link));
		(*link)->key = arena_strdup(plan->arena, key);
		(*link)->settled = (*link)->twice_on = DATE_NONE;
	}
	return *link;
}

struct deadline *track_newest(const struct track *track)
{
	struct deadline *newest = NULL;
	for (const struct link *link = track->links; link != NULL; link = link->next)
		if (is_live(link->deadline) &&
		    (newest == NULL || link->deadline->due > newest->due ||
		     (link->deadline->due == newest->due &&
		      link->deadline->occurrence > newest->occurrence)))
			newest = link->deadline;
	return newest;
}

struct deadline *track_oldest(const struct track *track)
{
	struct deadline *oldest = NULL;
	for (const struct link *link = track->links; link != NULL; link = link->next)
		if (is_live(link->deadline) &&
		    (oldest == NULL || link->deadline->due < oldest->due))
			oldest = link->deadline;
	return oldest;
}

int track_free_occurrence(const struct track *track, date anchor)
{
	int occurrence = 1;
	for (const struct link *link = track->links; link != NULL; link = link->next)
		if (link->deadline->anchor == anchor && link->deadline->occurrence >= occurrence)
			occurrence = link->deadline->occurrence + 1;
	return occurrence;
}

struct deadline *deadline_add(struct plan *plan, struct track *track, const struct rule *rule,
			      date anchor, int occurrence)
{
	struct deadline *deadline = arena_alloc(plan->arena, sizeof(*deadline));
	struct link *link = arena_alloc(plan->arena, sizeof(*link));
	*deadline = (struct deadline){ .rule = rule,
				       .key = track->key,
				       .anchor = anchor,
				       .occurrence = occurrence,
				       .series = occurrence,
				       .state = DEADLINE_OPEN,
				       .grid = DATE_NONE,
				       .agreed = DATE_NONE,
				       .too_late = DATE_NONE,
				       .recheck = DATE_NONE,
				       .dirty = true };
	deadline->ended.day = DATE_NONE;
	link->deadline = deadline;
	link->next = track->links;
	track->links = link;
	track->twice_on = DATE_NONE;
	plan->all = array_grow(plan->all, plan->all_count, &plan->all_capacity, sizeof(*plan->all));
	plan->all[plan->all_count++] = deadline;
	plan->live =
	    array_grow(plan->live, plan->live_count, &plan->live_capacity, sizeof(*plan->live));
	plan->live[plan->live_count++] = deadline;
	return deadline;
}

bool rule_takes_earliest(const struct rule *rule)
{
	return !rule->restart && rule->repeat == REPEAT_NONE && rule->starts_count > 0;
}

static date earlier(date a, date b)
{
	return a != DATE_NONE && (b == DATE_NONE || a < b) ? a : b;
}

static void forget(date *days, const struct rule *rule)
{
	for (size_t i = 0; days != NULL && i < rule->starts_count; i++)
		days[i] = DATE_NONE;
}

static void note(date *days, const struct rule *rule, const struct event *event, date day)
{
	for (size_t i = 0; i < rule->starts_count; i++)
		if (kind_ref_matches(&rule->starts[i], 1, event))
			days[i] = rule_takes_earliest(rule) ? earlier(days[i], day) : day;
}

/* Of all kinds the latest, when none is missing; of any of them the earliest. */
static date anchor_of(const date *days, const struct rule *rule)
{
	date first = DATE_NONE, last = DATE_NONE;
	bool complete = true;
	for (size_t i = 0; i < rule->starts_count; i++) {
		complete = complete && days[i] != DATE_NONE;
		last = days[i] > last ? days[i] : last;
		first = earlier(first, days[i]);
	}
	if (!rule->starts_all)
		return first;
	return complete ? last : DATE_NONE;
}

date track_note_start(struct plan *plan, struct track *track, const struct rule *rule,
		      const struct event *event, date day)
{
	if (track->seen == NULL) {
		size_t size = rule->starts_count * sizeof(*track->seen);
		track->seen = arena_alloc(plan->arena, size);
		track->past = arena_alloc(plan->arena, size);
		forget(track->seen, rule);
		forget(track->past, rule);
	}
	note(track->seen, rule, event, day);
	return anchor_of(track->seen, rule);
}

void track_forget_starts(struct track *track, const struct rule *rule)
{
	forget(track->seen, rule);
}

void track_note_twice(struct track *track, const struct event *event, date day)
{
	if (track->twice_on != DATE_NONE && track->twice_on <= day)
		return;
	track->twice = event->kind;
	track->twice_on = day;
	track->twice_event = event->id;
}

static bool has_seen_any(const struct track *track, const struct rule *rule)
{
	for (size_t i = 0; track->seen != NULL && i < rule->starts_count; i++)
		if (track->seen[i] != DATE_NONE)
			return true;
	return false;
}

static void track_keep_past(struct track *track, const struct rule *rule)
{
	if (has_seen_any(track, rule))
		memcpy(track->past, track->seen, rule->starts_count * sizeof(*track->past));
	track_forget_starts(track, rule);
}

/* What is done again, and earlier, was done then. */
void track_settle(struct track *track, const struct rule *rule, const struct event *event, date day)
{
	bool remembers = rule->final && rule_takes_earliest(rule);
	bool anew = has_seen_any(track, rule);
	if (remembers && (anew || (track->settled != DATE_NONE && day < track->settled))) {
		track->settled = day;
		track->settled_event = event->id;
	}
	track_keep_past(track, rule);
}

void track_forget_settled(struct track *track, const struct rule *rule)
{
	forget(track->past, rule);
	track->settled = DATE_NONE;
}

date track_note_past(struct track *track, const struct rule *rule, const struct event *event,
		     date day)
{
	if (track->settled == DATE_NONE || day > track->settled)
		return DATE_NONE;
	note(track->past, rule, event, day);
	return anchor_of(track->past, rule);
}

void track_take_up_past(struct track *track, const struct rule *rule)
{
	memcpy(track->seen, track->past, rule->starts_count * sizeof(*track->seen));
	track_forget_settled(track, rule);
}

void track_cancel(struct plan *plan, struct track *track, const char *reason,
		  const struct event *by, date but)
{
	for (const struct link *link = track->links; link != NULL; link = link->next)
		if (is_live(link->deadline) && link->deadline->anchor != but)
			deadline_end(plan, link->deadline, DEADLINE_CANCELLED, reason, by);
}

/* What time ends, what closes with its subject, and what goes on as another one, is not heard of.
 */
static void note_ended(struct plan *plan, struct deadline *deadline, const struct event *by)
{
	const char *reason = deadline->ended_reason;
	if (!deadline->rule->is_heard || by == NULL ||
	    (strcmp(reason, "done") != 0 && strcmp(reason, "cancelled") != 0))
		return;
	plan->ended =
	    array_grow(plan->ended, plan->ended_count, &plan->ended_capacity, sizeof(*plan->ended));
	plan->ended[plan->ended_count++] = (struct ended){ deadline, *by };
}

void deadline_end(struct plan *plan, struct deadline *deadline, enum deadline_state state,
		  const char *reason, const struct event *by)
{
	deadline->state = state;
	deadline->paused = false;
	deadline->ended_reason = reason;
	deadline->ended_by = by == NULL ? 0 : by->id;
	deadline->ended_kind = by == NULL ? NULL : by->kind;
	deadline->ended = by == NULL ? (struct moment){ plan->today, -1 } : by->at;
	deadline->recheck = DATE_NONE;
	deadline_touch(plan, deadline);
	deadline_note_overdue(plan, deadline,
			      by == NULL ? civil_at(plan->today, 0) : event_known(by));
	struct track *track = track_of(plan, deadline->rule, deadline->key);
	if (state == DEADLINE_DONE)
		track_keep_past(track, deadline->rule);
	else if (strcmp(reason, "restarted") != 0)
		track_forget_starts(track, deadline->rule);
	note_ended(plan, deadline, by);
}

void deadline_end_by_last_step(struct plan *plan, struct deadline *deadline)
{
	deadline_end(plan, deadline, DEADLINE_DONE, ended_by_last_step, NULL);
}

void deadline_collapse_into(struct plan *plan, struct deadline *older, struct deadline *newer,
			    const struct event *by)
{
	newer->missed += older->missed + (older->state == DEADLINE_OPEN ? 1 : 0);
	deadline_touch(plan, newer);
	deadline_end(plan, older, DEADLINE_CANCELLED, "collapsed", by);
}

/* Its row says so: what it waited for does not come. */
void deadline_hush(struct plan *plan, struct deadline *deadline)
{
	if (deadline->silent)
		return;
	deadline->silent = true;
	deadline->recheck = DATE_NONE;
	deadline_touch(plan, deadline);
}

void plan_hush(struct plan *plan, const struct rule *rule, const char *key)
{
	for (size_t i = 0; i < plan->live_count; i++) {
		struct deadline *deadline = plan->live[i];
		if (deadline->rule == rule && deadline_ended_by_last_step(deadline) &&
		    strcmp(key, deadline->key) == 0)
			deadline_hush(plan, deadline);
	}
}
