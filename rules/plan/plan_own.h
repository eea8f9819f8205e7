/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The inside of a plan, for the files of this module and for why.c, which looks into it. From
 * below: plan_track.c (deadlines in their tracks), plan_known.c (since when), plan_due.c (due
 * dates), plan_overdue.c (when it was overdue), plan_again.c (what comes again), plan_start.c (what
 * starts), plan_heard.c (rules that go by others), plan_time.c (what time brings), plan_put_off.c,
 * and the fold on top, plan.c.
 */
#ifndef KEDJA_PLAN_OWN_H
#define KEDJA_PLAN_OWN_H

#include "rules/plan/plan.h"

struct link {
	struct deadline *deadline;
	struct link *next; /* older */
};

/* The deadlines of one rule and key on this subject. */
struct track {
	const char *key;
	struct link *links; /* newest first */
	date *seen;   /* on which day each kind in starts has happened: of the matter that is open,
		       * or of one that waits for the others (starts_all) */
	date *past;   /* the same of the matter that was done last */
	date settled; /* in time, by a final rule, on that day; DATE_NONE: there is none */
	int64_t settled_event; /* by this event */
	const struct kind
	    *twice;    /* of what would have fulfilled the last one as well: the earliest */
	date twice_on; /* day of that; DATE_NONE: nothing would */
	int64_t twice_event;
	struct track *next;
};

/* Days on which the subject's clock stood still: from, up to but not including, to. */
struct pause {
	date from, to; /* to is DATE_NONE while it lasts */
};

/* An event that the facts gave out, and whether it is the first of its kind. */
struct news {
	struct event event;
	bool is_first;
};

/* A deadline that other rules hear of has been fulfilled, or cancelled. */
struct ended {
	struct deadline *deadline;
	struct event by;
};

/* Since that day it was known to belong to this programme; NULL: to none. */
struct tenure {
	date since;
	const char *programme;
};

struct plan {
	const struct ruleset *ruleset;
	enum subject_type type;
	const char *subject;
	struct arena *arena;
	struct facts *facts;
	struct track **tracks; /* by rule->index */
	struct deadline **all, **live;
	size_t all_count, all_capacity, live_count, live_capacity;
	struct pause *pauses;
	size_t pause_count, pause_capacity;
	struct tenure *tenures; /* of a case, as it was known on each day */
	size_t tenure_count, tenure_capacity;
	struct news *news; /* virtual events that wait to be met */
	size_t news_count, news_capacity;
	struct ended *ended; /* that other rules have still to hear of */
	size_t ended_count, ended_capacity;
	bool hears;              /* what they hear is being met, and not what happened itself */
	bool event_is_first;     /* the one that is being met, of its kind on its subject */
	struct event last;       /* the last one folded: its place in history */
	bool has_begun;          /* something of its own has happened */
	civil *known;            /* by rule->index: plan_known.c, with what follows */
	uint64_t *reads;         /* by rule->index: the facts that its conditions read */
	struct watched *watched; /* those facts */
	size_t watched_count;
	date today;           /* the day judged last */
	date changed_by_time; /* the last day on which time alone changed something */
	plan_overdue *ask_overdue;
	void *ask_arg;
	int overdue_slot; /* the fact that ask_overdue answers */
	int today_slot;   /* the fact that is the day itself */
	uint64_t changes; /* counts what has changed, by events and by time */
	plan_met *met;    /* is told of starting events, or NULL */
	void *met_arg;
};

static inline void deadline_touch(struct plan *plan, struct deadline *deadline)
{
	deadline->dirty = true;
	deadline->kept = false;
	plan->changes++;
}

/* Nobody knows of it before it has happened. */
static inline civil event_known(const struct event *event)
{
	civil at = moment_civil(event->at);
	return event->recorded > at ? event->recorded : at;
}

static inline bool is_live(const struct deadline *deadline)
{
	return deadline->state == DEADLINE_OPEN || deadline->state == DEADLINE_ASLEEP;
}

/* plan_track.c */

struct track *track_of(struct plan *plan, const struct rule *rule, const char *key);
struct deadline *track_newest(const struct track *track); /* live; NULL if none */
struct deadline *track_oldest(const struct track *track); /* likewise */
/* The identity must be new in its track: an obligation that starts again on the day of one that
 * has ended is the next occurrence of that day. */
int track_free_occurrence(const struct track *track, date anchor);
struct deadline *deadline_add(struct plan *plan, struct track *track, const struct rule *rule,
			      date anchor, int occurrence);
/* `reason` is kept as it is, not copied. `by` is NULL where time itself ends it. Rules that hear it
 * are told when the event has been met. */
void deadline_end(struct plan *plan, struct deadline *deadline, enum deadline_state state,
		  const char *reason, const struct event *by);
/* A deadline whose last step has gone has nothing left to wait for. */
void deadline_end_by_last_step(struct plan *plan, struct deadline *deadline);
/* It was missed, and the newer one says so; one that slept was nobody's to do. */
void deadline_collapse_into(struct plan *plan, struct deadline *older, struct deadline *newer,
			    const struct event *by);
/* It ended by its last step and has nothing to say any more, if it had. */
void deadline_hush(struct plan *plan, struct deadline *deadline);
/* The same of all of this rule and key. */
void plan_hush(struct plan *plan, const struct rule *rule, const char *key);
/* With restart = false the earliest date of each kind counts, whatever was written down first; of
 * what comes again by having been done, the next one counts from that. */
bool rule_takes_earliest(const struct rule *rule);
/* Notes one of several starts; the anchor that they give, or DATE_NONE: others are missing. */
date track_note_start(struct plan *plan, struct track *track, const struct rule *rule,
		      const struct event *event, date day);
void track_forget_starts(struct track *track, const struct rule *rule);
/* It is done already, and would be by this, too. */
void track_note_twice(struct track *track, const struct event *event, date day);
/* It was done on that day: what has happened lies behind us. A final rule that takes the earliest
 * dates remembers it, for one of them may turn out to be earlier. */
void track_settle(struct track *track, const struct rule *rule, const struct event *event,
		  date day);
void track_forget_settled(struct track *track, const struct rule *rule);
/* Notes a date among those of a matter that was settled; the anchor that they give now, or
 * DATE_NONE: it is of no such matter. */
date track_note_past(struct track *track, const struct rule *rule, const struct event *event,
		     date day);
/* They are those of the matter that is open again. */
void track_take_up_past(struct track *track, const struct rule *rule);
void track_cancel(struct plan *plan, struct track *track, const char *reason,
		  const struct event *by, date but);

/* plan_known.c */

void plan_known_begin(struct plan *plan);
/* Before the facts take it in. */
void plan_before_entry(struct plan *plan, const struct event *event);
/* Before the event is met: what it was that the facts say of it now, and did not before. All rules
 * look at whether the subject opens or closes, and whether a case comes to it or leaves. */
void plan_note_known(struct plan *plan, const struct event *event, bool comes_or_goes,
		     bool stops_or_runs);
/* When a rule can have known of what happens to its deadlines at that moment. */
civil plan_known(const struct plan *plan, const struct rule *rule, civil moment);

/* plan_due.c */

date deadline_due(const struct plan *plan, const struct deadline *deadline);
void deadline_set_due(struct plan *plan, struct deadline *deadline, civil known);
/* Past its due date; while the clock stands still only if it was so before. */
bool deadline_is_late(const struct plan *plan, const struct deadline *deadline);
/* The clock of the subject has stopped, or runs again. */
void plan_note_pause(struct plan *plan, const struct event *event);

/* plan_overdue.c */

/* It has changed by something that was written down then, or by time. */
void deadline_note_overdue(struct plan *plan, struct deadline *deadline, civil known);

/* plan_again.c */

/* The occurrence after one, counted from the same anchor, or on the next day of the rule; NULL
 * after the last one of a list. */
struct deadline *deadline_next_occurrence(struct plan *plan, const struct deadline *deadline,
					  civil known);
/* One that comes again is followed by the next as soon as nothing is before us. */
void deadline_ensure_next(struct plan *plan, const struct deadline *deadline, civil known);
/* From the day it was done, moved on to the next day of the grid that began at the anchor. */
void deadline_next_on_grid(struct plan *plan, struct track *track, const struct deadline *deadline,
			   const struct event *event);
/* Days of the year and of the week count from the day after the subject began. */
void plan_begin_dated(struct plan *plan, const struct event *event);
/* From the day after the occurrence before was due, or `early` before its own (design.md 4). */
bool deadline_may_be_fulfilled(const struct plan *plan, const struct deadline *deadline, date day);
bool rule_is_throttled(const struct plan *plan, const struct rule *rule, date anchor);

/* plan_start.c */

/* A date field of the event met last, or one that the fold adds to it (facts_date_in). */
date event_date(const struct plan *plan, const struct event *event, const char *field);
/* The day that it names for a deadline of this rule (agreed), or DATE_NONE. */
date event_agreed(const struct plan *plan, const struct rule *rule, const struct event *event,
		  bool starts_or_renews);
/* The deadline counts from this event. */
void deadline_rest_on(struct plan *plan, struct deadline *deadline, const struct event *event);
/* It is open again, if it was an event of this kind that had fulfilled the last one; and what other
 * rules had heard of that, likewise. */
void track_undo(struct plan *plan, const struct rule *rule, struct track *track,
		const struct kind *kind, const struct event *event);
bool rule_is_started_by(const struct plan *plan, const struct rule *rule,
			const struct event *event);
/* It does: a deadline begins, begins anew or goes on. */
void rule_start(struct plan *plan, const struct rule *rule, const struct event *event);

/* plan_heard.c */

/* The event by which they hear that it was fulfilled. */
struct event plan_fulfilment(struct plan *plan, const struct ended *ended);
/* What ends with it does so now. */
void plan_end_with(struct plan *plan, const struct ended *ended);
/* Does it end with one that is open: is it for that one to be fulfilled? */
bool track_ends_with_another(const struct plan *plan, const struct rule *rule,
			     const struct track *track);
/* It counts from this very event: what the event brought about does not end it. */
bool deadline_is_new_by(const struct plan *plan, const struct deadline *deadline,
			const struct event *event);
/* The day on which the rule takes something as done: by law it is that of the deed, not the one on
 * which somebody heard of it. */
date rule_done_on(const struct rule *rule, const struct event *event);

/* plan_time.c */

void plan_pass_to(struct plan *plan, date day);
void plan_judge_all(struct plan *plan, civil known);
/* What a name stands for when a condition of this deadline, or of this start, is judged. */
struct value plan_value(const struct plan *plan, const struct rule *rule,
			const struct deadline *deadline, const struct event *event, int slot);
bool condition_of_start_holds(const struct plan *plan, const struct rule *rule,
			      const struct event *event);

/* plan_put_off.c */

void plan_note_put_off(struct plan *plan, const struct event *event);

#endif
