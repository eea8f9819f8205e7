/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The plan: from the history of one subject to its deadlines and the steps of each.
 *
 *   plan = plan_new(ruleset, SUBJECT_CASE, "ÖST-2026-014");
 *   plan_apply(plan, event) ...           in the order of (at, id)
 *   plan_judge(plan, now);                what time alone brings: occurrences, sleep, ends
 *   for (i < plan_count(plan)) deadline = plan_at(plan, i);
 *   plan_clean(plan);                     all of them are stored
 *   plan_free(plan);
 *
 * When the steps of a deadline go out is in steps.h, why a rule said nothing in why.h.
 *
 * A pure function of the events, the rules, the calendar and `now`, and one that can go on: an
 * event after the last one costs no more on a case with 2,000 events than on one with 20. A
 * plan that cannot take an event in its place says so; its owner then folds anew.
 */
#ifndef KEDJA_PLAN_H
#define KEDJA_PLAN_H

#include "rules/facts/facts.h"
#include "rules/language/ruleset.h"

enum deadline_state { DEADLINE_OPEN, DEADLINE_ASLEEP, DEADLINE_DONE, DEADLINE_CANCELLED };
const char *deadline_state_name(enum deadline_state state);
MUST_CHECK int deadline_state_parse(const char *name, enum deadline_state *ret);

/*
 * Somebody has put the reminders of a deadline off until a day: those to the role itself and to
 * the roles that it covers (chain.h) are held back. The deadline stays as it is.
 */
struct put_off {
	int64_t event;     /* that says so */
	bool acknowledged; /* seen, and not only put off: on the day something goes out anyway */
	const struct role *role;
	const char *by; /* member of staff; NULL where nobody is named */
	date until;
	const struct put_off *older; /* by another role; a later one of the same role replaces it */
};

/* Days on which a deadline was overdue in the programme that its case belonged to then: from
 * `first` up to, not including, `over`; DATE_NONE: it goes on. As it was known as each of them
 * began. */
struct overdue_span {
	const char *programme;
	date first, over;
};

/* clang-format off */
/*
 * One obligation. Its identity is (rule, subject, key, anchor, occurrence); what it rests on may
 * change without making it another one.
 *
 *              starts              done, early or late; its last step
 *   (nothing) --------> OPEN ----------------------------------------> DONE
 *                       ^  |
 *                 while |  | while       cancels, a newer start, the case closes,
 *                       |  v             collapsed into a later occurrence
 *                       ASLEEP ----------------------------------------> CANCELLED
 *
 * Both ends are reached from both: one that sleeps may be done, an open one cancelled.
 */
/* clang-format on */
struct deadline {
	const struct rule *rule;
	const char *key; /* "" where the rule is not per key */
	date anchor;
	int occurrence;       /* from 1 */
	int series;           /* the occurrence that its count of `every` began with */
	int64_t anchor_event; /* id of the event it rests on */
	date due;             /* adjusted */
	enum deadline_state state;
	bool paused;        /* asleep because the subject's clock stands still */
	int missed;         /* earlier occurrences that were never fulfilled and are in this one */
	civil known;        /* since when it can be known, by all that it rests on: reminders before
			     * this are late, not missed */
	bool entered_late;  /* what it rests on was written down after the day of the anchor */
	civil series_known; /* when all that come again of it were written down, or it woke */
	struct moment ended;           /* of DONE and CANCELLED */
	int64_t ended_by;              /* event; 0: time itself */
	const struct kind *ended_kind; /* of that event, or of what it brought about; NULL: none */
	const char
	    *ended_reason; /* "done" "cancelled" "restarted" "collapsed" "closed" "last step" */
	const struct role **field_roles; /* named by the starting event, as rule->role_fields */
	date grid;              /* due date of a `grid` occurrence before adjusting, or DATE_NONE */
	bool unjudged;          /* its `if` waits for the day of its first step (yearly, weekly) */
	date agreed;            /* the day that the plan itself names, or DATE_NONE */
	date too_late;          /* of a last day by law: when it was done after it, or DATE_NONE */
	int64_t too_late_event; /* that says so: it is open all the same */
	const struct put_off *put_off; /* the latest one, or NULL */
	const struct care *care;       /* its case is not open: who is told instead; NULL: it is */
	bool also;                     /* the rule's `also` are told, too: audience.h */
	date recheck;                  /* day on which time alone may change it; DATE_NONE: never */
	bool silent;                   /* ended by its last step, and all of its steps have gone */
	struct overdue_span
	    *overdue; /* of a case's: by time, the last one goes on while it is open */
	size_t overdue_count;
	date overdue_due; /* the due date that it was counted by last */
	bool dirty;       /* changed since plan_clean() */
	bool kept;        /* next_at is known, and holds until the deadline changes */
	int64_t next_at; /* of whoever keeps the plan: the hour of its next step (plan_keep_next) */
};

/* Its last step was its end: nothing fulfils it, and what it still has to say is said. */
bool deadline_ended_by_last_step(const struct deadline *deadline);

/* Was it overdue as that day began, in that programme? Of any day, past or to come, as things
 * stand; what is written down later does not change the days before it. */
bool deadline_is_overdue(const struct deadline *deadline, const char *programme, date day);
/* Does a rule of programmes look at how many deadlines of the cases are overdue? */
bool plan_rules_ask_overdue(const struct ruleset *ruleset);

struct plan;

struct plan *plan_new(const struct ruleset *ruleset, enum subject_type type, const char *subject);
void plan_free(struct plan *plan);         /* takes NULL */
size_t plan_size(const struct plan *plan); /* bytes, roughly, for bounding a cache */

/*
 * The order of history: by `at`, then by id. What opens a subject (case.opened,
 * programme.started) comes before all else of its day, so that a day's papers may be written
 * down in any order, some with their hour and some without.
 */
int event_compare(const struct event *a, const struct event *b);

/*
 * How many deadlines of a programme's cases are overdue on a day (deadline_is_overdue): the one
 * fact that no event of the programme tells. Asked whenever a condition reads it; without it the
 * number is 0.
 */
typedef int64_t plan_overdue(void *arg, date day);
void plan_ask_overdue(struct plan *plan, plan_overdue *ask, void *arg);
/* As facts_get of its facts, and that number too: what conditions see, and people are shown. */
struct value plan_fact(const struct plan *plan, int number, date day);

/* Told of every event of a kind that starts the rule, after the rule has met it (for why.h). */
typedef void plan_met(void *arg, const struct rule *rule, const struct event *event);
void plan_on_met(struct plan *plan, plan_met *met, void *arg);

/*
 * Takes in an event: the subject's own, or one of others that it sees (sees.h). The rules meet the
 * subject's own; those of a programme also what happens in its cases while they belong to it.
 * 0; or -1 if the event belongs before something that is already folded: fold anew. The event
 * is not kept.
 */
MUST_CHECK int plan_apply(struct plan *plan, const struct event *event);

/* Brings the plan up to now. Never goes back: a `now` before an earlier one changes nothing. */
void plan_judge(struct plan *plan, civil now);

/* The first day after the one judged on which time alone may change something, or DATE_NONE. */
date plan_next_change(const struct plan *plan);

size_t plan_count(const struct plan *plan);
const struct deadline *plan_at(const struct plan *plan, size_t i);
void plan_clean(struct plan *plan); /* all deadlines are stored as they are */
/* Its row is stored and its next step goes at that hour: nothing to look at before then. */
void plan_keep_next(struct plan *plan, const struct deadline *deadline, int64_t at);
bool deadline_is_kept(const struct deadline *deadline, int64_t now); /* that is so, and before it */
/* A deadline that ended by its last step has nothing left to say: no longer live. */
void plan_let_go(struct plan *plan, const struct deadline *deadline);
/* Were as many deadlines of this case overdue on each day up to that one, by both plans of it? */
bool plan_same_overdue(const struct plan *a, const struct plan *b, const char *programme,
		       date until);
const struct facts *plan_facts(const struct plan *plan);

/*
 * For debug and test builds, after each step: does the plan hold together? NULL if it does; else
 * what is wrong, and with which deadline.
 */
const char *plan_check(const struct plan *plan, const struct deadline **ret);

/* Those that still have something before them: open, asleep, or ended by their last step. */
size_t plan_live_count(const struct plan *plan);
const struct deadline *plan_live_at(const struct plan *plan, size_t i);

#endif
