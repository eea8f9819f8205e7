/* What the two files of the plan share: the fold (plan.c) and the passing of time (plan_time.c). */
#ifndef KEDJA_PLAN_PARTS_H
#define KEDJA_PLAN_PARTS_H

#include "rules/plan/plan.h"

struct link {
	struct deadline *deadline;
	struct link *next; /* older */
};

/* The deadlines of one rule and key on this subject. */
struct track {
	const char *key;
	struct link *links; /* newest first */
	date *seen;         /* of a starts_all rule: the day on which each kind has happened */
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
	struct news *news; /* virtual events that wait to be met */
	size_t news_count, news_capacity;
	bool event_is_first;  /* the one that is being met, of its kind on its subject */
	struct event last;    /* the last one folded: its place in history */
	date today;           /* the day judged last */
	date changed_by_time; /* the last day on which time alone changed something */
	plan_overdue *ask_overdue;
	void *ask_arg;
	int overdue_slot; /* the fact that ask_overdue answers */
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

static inline bool is_live(const struct deadline *deadline)
{
	return deadline->state == DEADLINE_OPEN || deadline->state == DEADLINE_ASLEEP;
}

/* plan.c */
date event_date(const struct plan *plan, const struct event *event, const char *field);
struct track *track_of(struct plan *plan, const struct rule *rule, const char *key);
struct deadline *track_newest(const struct track *track); /* live; NULL if none */
struct deadline *track_oldest(const struct track *track); /* likewise */
void deadline_end(struct plan *plan, struct deadline *deadline, enum deadline_state state,
		  const char *why, const struct event *by);
void deadline_end_by_last_step(struct plan *plan, struct deadline *deadline);

struct deadline *deadline_add(struct plan *plan, struct track *track, const struct rule *rule,
			      date anchor, int occurrence);
int free_occurrence(const struct track *track, date anchor);

/* plan_again.c: deadlines that come again by the calendar or by counting */
bool rule_comes_again(const struct rule *rule); /* fixed, yearly, weekly: by time alone */
bool rule_is_dated(const struct rule *rule);    /* yearly, weekly */
struct deadline *deadline_next_occurrence(struct plan *plan, const struct deadline *deadline,
					  civil known);
void plan_begin_dated(struct plan *plan, const struct event *event);
void deadline_ensure_next(struct plan *plan, const struct deadline *deadline, civil known);
void deadline_next_on_grid(struct plan *plan, struct track *track, const struct deadline *deadline,
			   const struct event *event);
bool deadline_may_be_fulfilled(const struct plan *plan, const struct deadline *deadline, date day);
date track_note_start(struct plan *plan, struct track *track, const struct rule *rule,
		      const struct event *event, date day);
void track_forget_starts(struct track *track, const struct rule *rule);
bool rule_is_throttled(const struct plan *plan, const struct rule *rule, date anchor);

/* plan_put_off.c */
void plan_note_put_off(struct plan *plan, const struct event *event);

/* plan_time.c */
void plan_pass_to(struct plan *plan, date day);
void plan_judge_all(struct plan *plan, civil known);
void plan_note_pause(struct plan *plan, const struct event *event);
date deadline_due(const struct plan *plan, const struct deadline *deadline);
bool is_late(const struct plan *plan, const struct deadline *deadline);
void deadline_set_due(struct plan *plan, struct deadline *deadline, civil known);
struct value plan_value(const struct plan *plan, const struct rule *rule,
			const struct deadline *deadline, const struct event *event, int slot);
bool condition_of_start_holds(const struct plan *plan, const struct rule *rule,
			      const struct event *event);

#endif
