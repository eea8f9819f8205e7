/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * How many deadlines of a programme's cases were overdue on a day: the one fact about it that none
 * of its events tells (plan_ask_overdue). The days of each deadline are rows, as its plan has them
 * (deadline_is_overdue), for the programme that the case belonged to then. A programme that is
 * folded anew asks that of every day of the past on which a rule of its own looks at it: the rows
 * are then read once, not once a day.
 *
 *   overdue_put(core, subject, deadline, changed, arg);    when a deadline of a case is stored
 *   overdue_prune(core, subject, changed, arg);            when those that are gone are
 *
 *   overdue = overdue_new(core, "ostermalm");
 *   count = overdue_count(overdue, day) ...
 *   overdue_free(overdue);
 *
 * As the rows stand: true until a deadline of one of the cases changes.
 */
#ifndef KEDJA_PLAN_OVERDUE_H
#define KEDJA_PLAN_OVERDUE_H

#include "daemon/store/core.h"
#include "rules/plan/plan.h"

struct overdue;

/* Told of each programme for which other days are overdue than was stored, today or before: what it
 * judged by them it must judge anew. It may be told of one more than once. */
typedef void overdue_changed(void *arg, const char *programme);
void overdue_put(const struct core *core, const char *subject, const struct deadline *deadline,
		 overdue_changed *changed, void *arg);
void overdue_prune(const struct core *core, const char *subject, overdue_changed *changed,
		   void *arg);

struct overdue *overdue_new(const struct core *core, const char *programme);
/* A plan_overdue; `overdue` is the argument. */
int64_t overdue_count(void *overdue, date day);
void overdue_free(struct overdue *overdue); /* takes NULL */

#endif
