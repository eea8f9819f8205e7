/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The fold of one subject's history into its deadlines.
 *
 * Events come in the order of history. Before each one, time is let pass up to its day; every
 * day on which something can change by itself is visited (recheck), so that folding the whole
 * history at once, or one event a day for years, arrives at the same rows (I2).
 *
 * A rule's deadlines on this subject live in tracks, one for each key. Most tracks have one
 * deadline before them; a `fixed` one may have two: the one that is late, and the coming one.
 */
#include "rules/plan/plan.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "rules/plan/plan_own.h"

static const char *const state_names[] = {
	[DEADLINE_OPEN] = "open",
	[DEADLINE_ASLEEP] = "asleep",
	[DEADLINE_DONE] = "done",
	[DEADLINE_CANCELLED] = "cancelled",
};

const char *deadline_state_name(enum deadline_state state)
{
	return state_names[state];
}

int deadline_state_parse(const char *name, enum deadline_state *ret)
{
	for (int i = 0; i <= DEADLINE_CANCELLED; i++) {
		if (strcmp(state_names[i], name) == 0) {
			*ret = (enum deadline_state)i;
			return 0;
		}
	}
	return -1;
}

static bool opens(const struct event *event)
{
	return strcmp(event->kind->name, "case.opened") == 0 ||
	       strcmp(event->kind->name, "programme.started") == 0;
}

/* An opening counts from the start of its day, before all else of that day. */
static struct moment moment_of(const struct event *event)
{
	return opens(event) ? (struct moment){ event->at.day, -2 } : event->at;
}

int event_compare(const struct event *a, const struct event *b)
{
	int order = moment_compare(moment_of(a), moment_of(b));
	return order != 0 ? order : (a->id > b->id) - (a->id < b->id);
}

struct plan *plan_new(const struct ruleset *ruleset, enum subject_type type, const char *subject)
{
	struct plan *plan = xcalloc(1, sizeof(*plan));
	plan->ruleset = ruleset;
	plan->type = type;
	plan->arena = arena_new();
	plan->subject = arena_strdup(plan->arena, subject);
	plan->facts = facts_new(ruleset->chain, ruleset->calendar, type);
	plan->tracks = xcalloc(ruleset->count, sizeof(*plan->tracks));
	plan_known_begin(plan);
	plan->overdue_slot = facts_find(type, "overdue_deadlines");
	plan->today_slot = facts_find(type, "today");
	plan->today = DATE_NONE;
	plan->changed_by_time = DATE_NONE;
	plan->last.at.day = DATE_NONE;
	return plan;
}

void plan_free(struct plan *plan)
{
	if (plan == NULL)
		return;
	facts_free(plan->facts);
	arena_free(plan->arena);
	free(plan->tracks);
	free(plan->all);
	free(plan->live);
	free(plan->pauses);
	free(plan->tenures);
	free(plan->news);
	free(plan->ended);
	free(plan);
}

size_t plan_size(const struct plan *plan)
{
	return sizeof(*plan) + arena_size(plan->arena) + facts_size(plan->facts) +
	       (plan->ruleset->count + plan->all_capacity + plan->live_capacity) * sizeof(void *) +
	       plan->pause_capacity * sizeof(*plan->pauses) +
	       plan->tenure_capacity * sizeof(*plan->tenures) +
	       plan->news_capacity * sizeof(*plan->news) +
	       plan->ended_capacity * sizeof(*plan->ended);
}

static void drop_ended(struct plan *plan)
{
	size_t kept = 0;
	for (size_t i = 0; i < plan->live_count; i++) {
		struct deadline *deadline = plan->live[i];
		if (is_live(deadline) ||
		    (deadline_ended_by_last_step(deadline) && !deadline->silent))
			plan->live[kept++] = deadline;
	}
	plan->live_count = kept;
}

/* After a last day by law nothing fulfils any more. */
static bool is_too_late(const struct deadline *deadline, date day)
{
	return deadline->rule->final && day > deadline->due;
}

/* What is done counts for the occurrence that it is nearest to: of those that it may fulfil the one
 * whose due date is, the earlier on a tie. */
static struct deadline *nearest(const struct plan *plan, const struct track *track,
				const struct event *event, date day)
{
	struct deadline *best = NULL;
	for (const struct link *link = track->links; link != NULL; link = link->next) {
		struct deadline *deadline = link->deadline;
		if (!is_live(deadline) || is_too_late(deadline, day) ||
		    deadline_is_new_by(plan, deadline, event) ||
		    !deadline_may_be_fulfilled(plan, deadline, day))
			continue;
		int off = abs(deadline->due - day);
		int least = best == NULL ? INT_MAX : abs(best->due - day);
		if (off < least || (off == least && deadline->due < best->due))
			best = deadline;
	}
	return best;
}

/* It stays open, and can say so: of several deeds the first counts. */
static void note_too_late(struct plan *plan, const struct track *track, const struct event *event,
			  date day)
{
	for (const struct link *link = track->links; link != NULL; link = link->next) {
		struct deadline *deadline = link->deadline;
		if (!is_live(deadline) || !is_too_late(deadline, day) ||
		    (deadline->too_late != DATE_NONE && deadline->too_late <= day))
			continue;
		deadline->too_late = day;
		deadline->too_late_event = event->id;
		deadline_touch(plan, deadline);
	}
}

/* What comes after one that was done on that day by this event. */
static void follow(struct plan *plan, struct track *track, const struct deadline *done,
		   const struct event *event, bool starts_too)
{
	switch (done->rule->repeat) {
	case REPEAT_NONE:
	case REPEAT_FIXED:
		deadline_ensure_next(plan, done, event->recorded);
		break;
	case REPEAT_GRID:
		if (!starts_too)
			deadline_next_on_grid(plan, track, done, event);
		break;
	case REPEAT_ROLLING:
		if (!starts_too) {
			struct deadline *next =
			    deadline_add(plan, track, done->rule, event->at.day,
					 track_free_occurrence(track, event->at.day));
			next->field_roles = done->field_roles;
			deadline_rest_on(plan, next, event);
		}
		break;
	}
}

/* Those that were missed before it are in it. */
static void fulfil_one(struct plan *plan, const struct rule *rule, struct track *track,
		       const struct event *event, bool starts_too)
{
	date day = rule_done_on(rule, event);
	struct deadline *done;
	if (track_ends_with_another(plan, rule, track))
		return;
	done = nearest(plan, track, event, day);
	bool goes_on = done == NULL && track_newest(track) != NULL && rule_takes_earliest(rule);
	if (!goes_on)
		track_settle(track, rule, event, day);
	if (done == NULL && track_newest(track) == NULL)
		track_note_twice(track, event, day);
	else if (done == NULL)
		note_too_late(plan, track, event, day);
	if (done == NULL)
		return;
	for (const struct link *link = track->links; link != NULL; link = link->next)
		if (is_live(link->deadline) && link->deadline->due < done->due)
			deadline_collapse_into(plan, link->deadline, done, event);
	deadline_end(plan, done, DEADLINE_DONE, "done", event);
	follow(plan, track, done, event, starts_too);
}

typedef void act_on_track(struct plan *plan, const struct rule *rule, struct track *track,
			  const struct event *event, bool flag);

/* Of a rule per key, an event with a key means that one; without, all that are open. */
static void for_tracks(struct plan *plan, const struct rule *rule, const struct event *event,
		       act_on_track *act, bool flag)
{
	for (struct track *track = plan->tracks[rule->index]; track != NULL; track = track->next)
		if (!rule->per_key || event->key[0] == '\0' || strcmp(track->key, event->key) == 0)
			act(plan, rule, track, event, flag);
}

/* What ended by its last step and has still to say it, for it was written down late or nobody was
 * here, is not said any more. */
static void cancel_one(struct plan *plan, const struct rule *rule, struct track *track,
		       const struct event *event, bool unused)
{
	(void)unused;
	track_forget_starts(track, rule);
	track_forget_settled(track, rule);
	for (const struct link *link = track->links; link != NULL; link = link->next)
		if (is_live(link->deadline) && !deadline_is_new_by(plan, link->deadline, event))
			deadline_end(plan, link->deadline, DEADLINE_CANCELLED, "cancelled", event);
	plan_hush(plan, rule, track->key);
}

static void undo_one(struct plan *plan, const struct rule *rule, struct track *track,
		     const struct event *event, bool unused)
{
	(void)unused;
	track_undo(plan, rule, track, chain_kind(plan->ruleset->chain, event->kind->undoes), event);
}

/* An event of another kind that carries an agreed day brings it to what is before us. */
static void agree(struct plan *plan, const struct rule *rule, const struct event *event)
{
	date agreed = event_agreed(plan, rule, event, false);
	if (agreed == DATE_NONE)
		return;
	for (size_t i = 0; i < plan->live_count; i++) {
		struct deadline *deadline = plan->live[i];
		if (deadline->rule != rule || !is_live(deadline))
			continue;
		deadline->agreed = agreed;
		deadline_set_due(plan, deadline, event->recorded);
	}
}

/* An event first fulfils and ends what was open before it, then starts anew. */
static void meet_rule(struct plan *plan, const struct rule *rule, const struct event *event)
{
	bool starts = rule_is_started_by(plan, rule, event);
	if (kind_ref_matches(rule->done, rule->done_count, event))
		for_tracks(plan, rule, event, fulfil_one, starts);
	if (kind_ref_matches(rule->cancels, rule->cancels_count, event))
		for_tracks(plan, rule, event, cancel_one, false);
	agree(plan, rule, event);
	if (event->kind->undoes != NULL && !starts)
		for_tracks(plan, rule, event, undo_one, false);
	if (starts)
		rule_start(plan, rule, event);
	if (plan->met != NULL && kind_ref_matches(rule->starts, rule->starts_count, event))
		plan->met(plan->met_arg, rule, event);
}

static void meet_each(struct plan *plan, const struct event *event)
{
	for (size_t i = 0; i < plan->ruleset->order_count; i++)
		if (plan->ruleset->order[i]->subject == plan->type)
			meet_rule(plan, plan->ruleset->order[i], event);
}

/* What the event ended is heard of by other rules, and what that ends by others again. */
static void meet_rules(struct plan *plan, const struct event *event)
{
	meet_each(plan, event);
	plan->hears = true;
	for (size_t i = 0; i < plan->ended_count; i++) {
		struct ended ended = plan->ended[i];
		struct event fulfilment = plan_fulfilment(plan, &ended);
		plan_end_with(plan, &ended);
		if (ended.deadline->state == DEADLINE_DONE && fulfilment.kind != NULL)
			meet_each(plan, &fulfilment);
	}
	plan->ended_count = 0;
	plan->hears = false;
}

/* A subject that closes ends everything of its own, and what has still to be said of it. */
static void close_all(struct plan *plan, const struct event *event)
{
	for (size_t i = 0; i < plan->live_count; i++) {
		struct deadline *deadline = plan->live[i];
		if (deadline->rule->after_close)
			continue;
		if (is_live(deadline))
			deadline_end(plan, deadline, DEADLINE_CANCELLED, "closed", event);
		else
			deadline_hush(plan, deadline);
	}
}

/* What the fold of the facts gives out is met after the event that brought it about. */
static void note_virtual(void *arg, const struct event *event)
{
	struct plan *plan = arg;
	plan->news =
	    array_grow(plan->news, plan->news_count, &plan->news_capacity, sizeof(*plan->news));
	plan->news[plan->news_count++] =
	    (struct news){ event_copy(event, plan->arena), facts_event_is_first(plan->facts) };
}

static void meet_news(struct plan *plan, const struct event *cause)
{
	for (size_t i = 0; i < plan->news_count; i++) {
		struct event news = plan->news[i].event;
		plan->event_is_first = plan->news[i].is_first;
		news.id = cause->id;
		news.at = cause->at;
		news.recorded = cause->recorded;
		meet_rules(plan, &news);
	}
	plan->news_count = 0;
}

/* Does the case of this event belong to the programme, as far as is known? */
static bool is_of_its_case(const struct plan *plan, const struct event *event)
{
	if (plan->type != SUBJECT_PROGRAMME || event->kind->subject == SUBJECT_PROGRAMME)
		return false;
	const char *home = facts_home_of(plan->facts, event->subject);
	return home != NULL && strcmp(home, plan->subject) == 0;
}

/* The facts of the subject as of the event. Is it the subject's own, or of a case that comes to the
 * programme by it, or belonged there before it? */
static bool take_into_facts(struct plan *plan, const struct event *event)
{
	bool was_open = facts_is_open(plan->facts), was_paused = facts_is_paused(plan->facts);
	bool was_its = is_of_its_case(plan, event);
	plan_before_entry(plan, event);
	facts_apply(plan->facts, event, note_virtual, plan);
	plan->event_is_first = facts_event_is_first(plan->facts);
	bool is_its = is_of_its_case(plan, event), is_open = facts_is_open(plan->facts);
	bool turned = facts_is_paused(plan->facts) != was_paused;
	plan_note_known(plan, event, is_open != was_open || is_its != was_its, turned);
	if (turned)
		plan_note_pause(plan, event);
	return was_its || is_its || strcmp(event->subject, plan->subject) == 0;
}

/* What the subject's own event, or one that changed its facts, brings about. */
static void meet(struct plan *plan, const struct event *event, bool ours, bool was_open)
{
	bool own = strcmp(event->subject, plan->subject) == 0;
	/* of its cases a programme meets what only cases have, not who holds a role there */
	if (own || (plan->type == SUBJECT_PROGRAMME && event->kind->subject != SUBJECT_ANY))
		meet_rules(plan, event);
	if (own)
		plan_note_put_off(plan, event);
	meet_news(plan, event);
	if (was_open && !facts_is_open(plan->facts))
		close_all(plan, event);
	if ((ours && !plan->has_begun) || (!was_open && facts_is_open(plan->facts)))
		plan_begin_dated(plan, event);
	plan->has_begun = plan->has_begun || ours;
	plan_judge_all(plan, event_known(event));
}

int plan_apply(struct plan *plan, const struct event *event)
{
	if (plan->last.at.day != DATE_NONE &&
	    (event_compare(event, &plan->last) < 0 || event->at.day < plan->changed_by_time))
		return -1;
	plan_pass_to(plan, event->at.day);
	plan->last = (struct event){ .id = event->id, .kind = event->kind, .at = event->at };
	plan->today = event->at.day;
	bool was_open = facts_is_open(plan->facts);
	bool ours = take_into_facts(plan, event);
	if (ours || plan->type == SUBJECT_CASE) /* else of a case that has left, or will come */
		meet(plan, event, ours, was_open);
	drop_ended(plan);
	return 0;
}

void plan_judge(struct plan *plan, civil now)
{
	if (plan->today == DATE_NONE || civil_date(now) <= plan->today)
		return;
	plan_pass_to(plan, civil_date(now));
	drop_ended(plan);
}

void plan_ask_overdue(struct plan *plan, plan_overdue *ask, void *arg)
{
	plan->ask_overdue = ask;
	plan->ask_arg = arg;
}

void plan_on_met(struct plan *plan, plan_met *met, void *arg)
{
	plan->met = met;
	plan->met_arg = arg;
}

size_t plan_count(const struct plan *plan)
{
	return plan->all_count;
}

const struct deadline *plan_at(const struct plan *plan, size_t i)
{
	return plan->all[i];
}

size_t plan_live_count(const struct plan *plan)
{
	return plan->live_count;
}

const struct deadline *plan_live_at(const struct plan *plan, size_t i)
{
	return plan->live[i];
}

void plan_keep_next(struct plan *plan, const struct deadline *deadline, int64_t at)
{
	for (size_t i = 0; i < plan->live_count; i++) {
		if (plan->live[i] == deadline) {
			plan->live[i]->kept = true;
			plan->live[i]->next_at = at;
		}
	}
}

bool deadline_is_kept(const struct deadline *deadline, int64_t now)
{
	return deadline->kept && deadline->next_at > now;
}

/* Dropped from the list when time next passes, for its owner walks through the list now. */
void plan_let_go(struct plan *plan, const struct deadline *deadline)
{
	for (size_t i = 0; i < plan->live_count; i++) {
		if (plan->live[i] != deadline)
			continue;
		plan->live[i]->silent = true;
		plan->live[i]->recheck = DATE_NONE; /* whom it would tell is all the same now */
	}
}

void plan_clean(struct plan *plan)
{
	for (size_t i = 0; i < plan->all_count; i++)
		plan->all[i]->dirty = false;
}

const struct facts *plan_facts(const struct plan *plan)
{
	return plan->facts;
}
