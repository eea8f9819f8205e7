/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Subjects walking through time together: what would be sent, hour by hour, by the thinking that
 * the daemon goes by (plan.h, telling.h), without the daemon.
 *
 *   walk = walk_new(ruleset, on_notice, arg);
 *   walk_add(walk, event) ...      each becomes known at event->recorded
 *   walk_to(walk, until);          on_notice() for all that goes off, in the order of time
 *   walk_free(walk);
 *
 * As in the daemon: cases and programmes see of each other's events what sees.h says; an event of
 * the past folds its subject anew; a
 * step of a deadline goes off once; what comes due while the office is closed waits until it
 * opens; cases are planned before programmes. Steps of an hour go off before what is recorded in
 * the same second.
 */
#ifndef KEDJA_WALK_H
#define KEDJA_WALK_H

#include "rules/plan/plan.h"
#include "rules/plan/telling.h"

/* Steps of one deadline that go off together, or come back (steps_held.h), and who is told. All of
 * it is good for the call. */
struct walk_notice {
	civil at;
	const char *subject;
	const struct deadline *deadline;
	const struct told *told; /* by step; those with `overtaken` or `held` set are not sent */
	size_t told_count;
};
typedef void walk_on_notice(void *arg, const struct walk_notice *notice);

struct walk;

/* The walk borrows the ruleset and the events; they must outlive it. */
struct walk *walk_new(const struct ruleset *ruleset, walk_on_notice *on_notice, void *arg);
void walk_free(struct walk *walk); /* takes NULL */

/* For tests: is told after each step when a plan does not hold together (plan_check); `arg` is that
 * of walk_new. */
typedef void walk_on_breach(void *arg, const char *subject, const struct deadline *deadline,
			    const char *wrong);
void walk_set_check(struct walk *walk, walk_on_breach *on_breach);

/* An event to come; ids tell them apart. What is recorded before the walk has come to is known at
 * its next step. Events of staff are passed over: the walk ends at roles. */
void walk_add(struct walk *walk, const struct event *event);

/* Up to and with this moment. Never goes back. */
void walk_to(struct walk *walk, civil until);

/* From now on by these rules, of the same chain: every subject is folded anew. Both sets must
 * outlive the walk. What was said is not said again. */
void walk_change_rules(struct walk *walk, const struct ruleset *ruleset);

/* How a case or a programme stands now; NULL if nothing was said of it yet. */
const struct plan *walk_plan(const struct walk *walk, const char *subject);

#endif
