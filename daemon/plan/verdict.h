/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Why something was, or was not, sent: for every rule of a subject's type one verdict, as of a
 * day: from the notices of that day, else from the plan as it was known then (rules/plan/why.h).
 *
 *   verdicts = verdicts_read(core, "K-1", clock_now(core->clock));   NULL: no such subject
 *   ... verdicts->list[i] ...
 *   verdicts_free(verdicts);
 */
#ifndef KEDJA_PLAN_VERDICT_H
#define KEDJA_PLAN_VERDICT_H

#include "daemon/store/core.h"
#include "rules/plan/steps.h"
#include "rules/plan/why.h"

struct verdict_notice {
	instant at;
	const char *step, *person, *role, *state, *reason;
	bool copy;
};

/* Days that are not working days, between where a date would be and where it is. */
struct verdict_move {
	date from, to;
	const date *days;
	size_t count;
};

struct rule_verdict {
	/* "sent" "held" "unreachable" "shadow" "put off" "overtaken", or one of why_verdict_name */
	const char *name;
	struct why_judgement judged;
	const struct verdict_notice *notices; /* of that day */
	size_t notice_count;
	const struct verdict_notice *last; /* the last one before that day, or NULL */
	const struct planned_step *next;   /* what it waits for, or NULL */
	instant until;                     /* INSTANT_NEVER: no step is before it */
	struct verdict_move due_moved, step_moved;
};

struct verdicts {
	enum subject_type type;
	date day;
	struct rule_verdict *list; /* in the order of the rules */
	size_t count;
	struct arena *arena;
	struct plan *plan;
	struct why *why;
};

/* As of an instant: with what was recorded until then, and nothing else. */
struct verdicts *verdicts_read(const struct core *core, const char *subject, instant then);
void verdicts_free(struct verdicts *verdicts); /* takes NULL */

/* The sentence of a verdict, and further ones about its dates, in "sv" or "en"; in the arena. */
const char *verdict_text(const struct core *core, const struct rule_verdict *verdict,
			 const char *language, struct arena *arena);
size_t verdict_details(const struct core *core, const struct rule_verdict *verdict,
		       const char *language, struct arena *arena, const char ***ret);

#endif
