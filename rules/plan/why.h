/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Why a rule did, or did not, say something about a subject: one verdict for each rule, from the
 * plan itself.
 *
 *   why = why_new(plan);           before the first event: it watches the fold
 *   plan_apply(plan, event) ... plan_judge(plan, now);
 *   why_judge(why, rule, arena, &judgement);
 *   why_free(why);                 before the plan
 *
 * What was sent is not in the plan: whoever keeps the notices says "sent" first.
 */
#ifndef KEDJA_WHY_H
#define KEDJA_WHY_H

#include "rules/plan/plan.h"

enum why_verdict {
	WHY_WAITING,     /* open: for its next step, or for what fulfils it */
	WHY_PUT_OFF,     /* open, and somebody has put its reminders off: see put_off */
	WHY_ASLEEP,      /* see why_reason */
	WHY_NOT_STARTED, /* see why_reason */
	WHY_DONE,        /* by an event, or because it had said all it had to say */
	WHY_CANCELLED,   /* by an event; the subject closed */
	WHY_OVERTAKEN    /* a later occurrence stands for it */
};
const char *why_verdict_name(enum why_verdict verdict); /* "waiting" "not started" ... */

enum why_reason {
	WHY_PLAIN,      /* the verdict says it all */
	WHY_PAUSED,     /* asleep: the subject's clock stands still */
	WHY_HIDDEN,     /* asleep: behind an open deadline of why_judgement.other */
	WHY_WHILE,      /* asleep: `while` is not true */
	WHY_NO_EVENT,   /* not started: nothing has happened that starts it */
	WHY_NO_DATE,    /* not started: the event has no day in the field that `from` names */
	WHY_CLOSED,     /* not started: the subject was closed, or not opened yet */
	WHY_IF,         /* not started: `if` was not true */
	WHY_INCOMPLETE, /* not started: not all of starts_all has happened */
	WHY_THROTTLED,  /* not started: too soon after the last one */
	WHY_LAST_STEP   /* done: its last step has gone */
};
const char *why_reason_name(enum why_reason reason); /* "while" "if" "no event" ... */

/* A fact that a condition read, and what it was. */
struct why_value {
	const char *name;
	struct value value;
};

struct why_judgement {
	const struct rule *rule;
	enum why_verdict verdict;
	enum why_reason reason;
	const struct deadline *deadline; /* NULL if none ever started */
	const struct put_off *put_off;   /* that holds reminders back; NULL */
	const struct rule *other;        /* that hides this one */
	int64_t event;                   /* that did not start it, or that ended it; 0: none */
	const char *condition;           /* that was not true, in one form; NULL: none */
	const struct why_value *values;  /* that it read */
	size_t value_count;
	const char *missing; /* kinds that have not happened, or the field without a day */
	date due_by_rule;    /* of the deadline: before pauses and adjusting moved it */
	int paused_days;     /* that moved it; the rest is weekends and holidays */
};

struct why;

struct why *why_new(struct plan *plan);
void why_free(struct why *why); /* takes NULL */

/* Texts and lists live in `arena`. The rule must be of the plan's ruleset and subject type. */
void why_judge(const struct why *why, const struct rule *rule, struct arena *arena,
	       struct why_judgement *ret);

/* Of what waits, or has said all: is it put off at that time? Of several who do, the longest. */
void why_judge_put_off(const struct why *why, civil now, struct why_judgement *judgement);

/* The same about another one of the rule's deadlines. */
void why_judge_as(const struct why *why, const struct deadline *deadline,
		  struct why_judgement *judgement);

#endif
