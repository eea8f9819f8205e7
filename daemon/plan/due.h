/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * What happens when the hour of a step has come: it goes off once and for ever (I3), and fans
 * out into notices to persons. Nothing disappears: a step overtaken by a later one, a role that
 * reaches nobody, each leaves a notice that says so (I4).
 */
#ifndef KEDJA_PLAN_DUE_H
#define KEDJA_PLAN_DUE_H

#include "daemon/store/core.h"
#include "rules/plan/telling.h"

/* Carries out what the engine says: a planner_fire; `arg` is the struct core. */
void due_fire(void *arg, const char *subject, const char *programme,
	      const struct deadline *deadline, const struct telling *telling, struct arena *arena);

#endif
