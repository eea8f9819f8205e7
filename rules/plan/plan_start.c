/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * What starts a deadline, and from which day it counts. Of a rule with restart = false the earliest
 * date of each kind does, in whatever order they were written down: a message that is sent again
 * moves nothing, one that turns out to be earlier moves the deadline back, which is another one
 * then, and told. And what opens one again that was done: an event that takes back the one that had
 * fulfilled it.
 */
#include "rules/plan/audience.h"
#include "rules/plan/plan_own.h"

date event_date(const struct plan *plan, const struct event *event, const char *field)
{
	return facts_date_in(plan->facts, event, field);
}

date event_agreed(const struct plan *plan, const struct rule *rule, const struct event *event,
		  bool starts_or_renews)
{
	for (size_t i = 0; i < rule->agreed_count; i++) {
		const struct agreed_ref *ref = &rule->agreed[i];
		if (ref->kind != event->kind && !(ref->kind == NULL && starts_or_renews))
			continue;
		date agreed = event_date(plan, event, ref->field);
		if (agreed != DATE_NONE)
			return agreed;
	}
	return DATE_NONE;
}

void deadline_rest_on(struct plan *plan, struct deadline *deadline, const struct event *event)
{
	deadline->anchor_event = event->id;
	deadline->known = plan_known(plan, deadline->rule, event->recorded);
	deadline->series_known = deadline->known;
	deadline->entered_late = civil_date(event->recorded) > deadline->anchor;
	deadline->agreed = event_agreed(plan, deadline->rule, event, true);
	deadline->due = deadline_due(plan, deadline);
	deadline_touch(plan, deadline);
}

static date event_anchor(const struct plan *plan, const struct rule *rule,
			 const struct event *event)
{
	return rule->from == NULL ? event->at.day : event_date(plan, event, rule->from);
}

bool rule_is_started_by(const struct plan *plan, const struct rule *rule, const struct event *event)
{
	return kind_ref_matches(rule->starts, rule->starts_count, event) &&
	       event_anchor(plan, rule, event) != DATE_NONE &&
	       (facts_is_open(plan->facts) || rule->after_close) &&
	       (rule->if_ == NULL || condition_of_start_holds(plan, rule, event));
}

static void rest_track_on(struct plan *plan, const struct rule *rule, struct track *track,
			  const struct event *event)
{
	for (const struct link *link = track->links; link != NULL; link = link->next) {
		if (!is_live(link->deadline))
			continue;
		link->deadline->field_roles =
		    audience_field_roles(rule, event, plan->ruleset->chain, plan->arena);
		deadline_rest_on(plan, link->deadline, event);
	}
}

static struct deadline *begin(struct plan *plan, const struct rule *rule, struct track *track,
			      date anchor)
{
	return deadline_add(plan, track, rule, anchor, track_free_occurrence(track, anchor));
}

/* What came too late for the one that has moved back comes too late for this one. */
static void move_back(struct plan *plan, const struct rule *rule, struct track *track, date anchor,
		      const struct event *event)
{
	const struct deadline before = *track_newest(track);
	track_cancel(plan, track, "restarted", event, anchor);
	struct deadline *moved = begin(plan, rule, track, anchor);
	moved->too_late = before.too_late;
	moved->too_late_event = before.too_late_event;
	rest_track_on(plan, rule, track, event);
}

static date due_from(const struct plan *plan, const struct rule *rule, date anchor)
{
	struct deadline as_if = { .rule = rule,
				  .key = "",
				  .anchor = anchor,
				  .occurrence = 1,
				  .series = 1,
				  .grid = DATE_NONE,
				  .agreed = DATE_NONE };
	return deadline_due(plan, &as_if);
}

static struct deadline *last_of(const struct track *track)
{
	return track->links == NULL ? NULL : track->links->deadline;
}

/* It was done by something else as well, and in time. */
static bool is_done_all_the_same(const struct plan *plan, const struct rule *rule,
				 const struct track *track, const struct deadline *last)
{
	return track->twice_on != DATE_NONE && !track_ends_with_another(plan, rule, track) &&
	       (!rule->final || track->twice_on <= last->due);
}

static void take_up(struct plan *plan, const struct rule *rule, struct track *track,
		    const struct deadline *last, const struct event *event)
{
	date twice_on = track->twice_on;
	if (track->past != NULL)
		track_take_up_past(track, rule);
	struct deadline *deadline = begin(plan, rule, track, last->anchor);
	deadline->field_roles = last->field_roles;
	deadline_rest_on(plan, deadline, event);
	deadline->agreed = last->agreed;
	deadline->due = deadline_due(plan, deadline);
	if (rule->final && twice_on != DATE_NONE && twice_on > deadline->due) {
		deadline->too_late = twice_on;
		deadline->too_late_event = track->twice_event;
	}
}

static bool was_ended_by(const struct deadline *last, const struct kind *kind)
{
	return last != NULL && last->state == DEADLINE_DONE && last->ended_kind == kind;
}

/* What other rules heard of its fulfilment was not so either. */
static void unhear(struct plan *plan, const struct deadline *undone, const struct event *event)
{
	const struct kind *fulfilled = undone->rule->fulfilled;
	for (size_t i = 0; fulfilled != NULL && i < plan->ruleset->count; i++)
		for (struct track *track = plan->tracks[i]; track != NULL; track = track->next) {
			const struct deadline *last = last_of(track);
			if (was_ended_by(last, fulfilled) && last->ended_by == undone->ended_by)
				track_undo(plan, &plan->ruleset->rules[i], track, fulfilled, event);
		}
}

void track_undo(struct plan *plan, const struct rule *rule, struct track *track,
		const struct kind *kind, const struct event *event)
{
	struct deadline *last = last_of(track);
	if (!was_ended_by(last, kind) || (!facts_is_open(plan->facts) && !rule->after_close))
		return;
	if (is_done_all_the_same(plan, rule, track, last)) {
		last->ended_kind = track->twice;
		return;
	}
	take_up(plan, rule, track, last, event);
	unhear(plan, last, event);
}

/* A matter was settled in time, as far as anybody knew; now one of its dates is earlier, and it was
 * not. True if it is open again. */
static bool take_up_again(struct plan *plan, const struct rule *rule, struct track *track,
			  const struct event *event)
{
	date settled = track->settled;
	int64_t settled_event = track->settled_event;
	date anchor = track_note_past(track, rule, event, event_anchor(plan, rule, event));
	if (anchor == DATE_NONE || due_from(plan, rule, anchor) >= settled)
		return false;
	track_take_up_past(track, rule);
	const struct deadline *last = last_of(track);
	struct deadline *deadline = begin(plan, rule, track, anchor);
	deadline->too_late = settled;
	deadline->too_late_event = settled_event;
	rest_track_on(plan, rule, track, event);
	if (last != NULL && last->state == DEADLINE_DONE)
		unhear(plan, last, event);
	return true;
}

static void start_earliest(struct plan *plan, const struct rule *rule, struct track *track,
			   const struct event *event)
{
	date anchor = event_anchor(plan, rule, event);
	const struct deadline *live = track_newest(track);
	anchor = track_note_start(plan, track, rule, event, anchor);
	if (live != NULL && anchor != DATE_NONE && anchor < live->anchor)
		move_back(plan, rule, track, anchor, event);
	if (live != NULL || take_up_again(plan, rule, track, event) || anchor == DATE_NONE)
		return;
	if (rule_is_throttled(plan, rule, anchor)) {
		track_forget_starts(track, rule);
		return;
	}
	begin(plan, rule, track, anchor);
	rest_track_on(plan, rule, track, event);
}

/* A deadline that starts anew on its own anchor goes on; on another day it is another one. */
static void start_latest(struct plan *plan, const struct rule *rule, struct track *track,
			 const struct event *event)
{
	date anchor = event_anchor(plan, rule, event);
	if (rule->starts_all)
		anchor = track_note_start(plan, track, rule, event, anchor);
	if (anchor == DATE_NONE || rule_is_throttled(plan, rule, anchor) ||
	    (track_newest(track) != NULL && !rule->restart))
		return;
	track_cancel(plan, track, "restarted", event, anchor);
	if (track_newest(track) == NULL)
		begin(plan, rule, track, anchor);
	rest_track_on(plan, rule, track, event);
}

void rule_start(struct plan *plan, const struct rule *rule, const struct event *event)
{
	struct track *track = track_of(plan, rule, rule->per_key ? event->key : "");
	if (rule_takes_earliest(rule))
		start_earliest(plan, rule, track, event);
	else
		start_latest(plan, rule, track, event);
}
