/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * How many deadlines of a programme's cases were overdue on a day: the one fact about it that none
 * of its events tells (plan_ask_overdue). A programme that is folded anew asks that of every day of
 * the past on which a rule of its own looks at it: the rows are then read once, not once a day.
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

struct overdue;

struct overdue *overdue_new(const struct core *core, const char *programme);
/* Of a day of the past also those that ended later. A plan_overdue; `overdue` is the argument. */
int64_t overdue_count(void *overdue, date day);
void overdue_free(struct overdue *overdue); /* takes NULL */

#endif
