/* SPDX-License-Identifier: EUPL-1.2 */
/* What the files of the planner share; nobody else includes this. */
#ifndef KEDJA_PLAN_PLANNER_OWN_H
#define KEDJA_PLAN_PLANNER_OWN_H

#include "daemon/plan/cache.h"
#include "daemon/plan/planner.h"

struct planner {
	const struct core *core;
	planner_fire *fire;
	void *arg;
	struct cache *cache;
	bool may_be_behind;          /* false only when the file has been asked and said no */
	overdue_changed *look_again; /* at what was overdue; the planner is its argument */
	bool only_looking;           /* planner_differs: nothing goes off */
	bool checks;                 /* itself, after each step */
	char *place;                 /* planner_last_number; NULL: none */
	size_t last_number;
};

/* planner_rows.c. The live ones give the instant at which the subject wakes. */
instant planner_put_live(struct planner *planner, struct entry *entry, struct arena *arena);
void planner_put_ended(struct planner *planner, struct entry *entry);
void planner_put_subject(struct planner *planner, const struct entry *entry, instant wake);

/* planner_check.c. Once all is written, and before the plan forgets what has changed. */
void planner_check(const struct planner *planner, const struct entry *entry);

#endif
