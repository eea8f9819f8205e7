/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * What happens when the hour of a step has come: it goes off once and for ever (I3), and fans
 * out into notices to persons. Nothing disappears: a step overtaken by a later one, a role that
 * reaches nobody, each leaves a notice that says so (I4).
 */
#ifndef KEDJA_PLAN_DUE_H
#define KEDJA_PLAN_DUE_H

#include "daemon/store/core.h"
#include "rules/plan/steps.h"

/* A planner_fire; `arg` is the struct core. Without steps: what somebody had put off comes back. */
void due_fire(void *arg, const char *subject, const char *programme,
	      const struct deadline *deadline, const struct planned_step *due, size_t count,
	      struct arena *arena);

/* The letter of a notice was refused for good: it goes to whoever is next (design.md 6). */
void due_letter_refused(const struct core *core, int64_t message);
/* Or nobody tries to deliver it any longer. */
void due_letter_given_up(const struct core *core, int64_t message);
/* So does what waits for a person who has left meanwhile. */
void due_person_gone(const struct core *core, const char *person);
/* Or may not be told of a case any more: another board's, and the consent has ended. */
void due_person_barred(const struct core *core, const char *person, const char *subject);

#endif
