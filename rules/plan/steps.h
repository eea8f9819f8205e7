/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The steps of a deadline in time: when each one goes out, and who is told when several have
 * come due together.
 *
 *   count = steps_planned(deadline, calendar, now, said, arena, &planned);
 *   steps_choose(deadline, calendar, planned, n_due, now, said, arena, &told);
 *
 * Parts of the engine: whoever wants to know what a deadline says asks telling.h.
 */
#ifndef KEDJA_STEPS_H
#define KEDJA_STEPS_H

#include "rules/plan/audience.h"
#include "rules/plan/said.h"

/*
 * The steps that are still before a deadline, by their hour: all up to `until`, and the first
 * one after it. Those that have gone off are left out (`said` may be NULL: none has). The list
 * lives in `arena`; the result is its length. None for a deadline that is asleep or has ended,
 * save by its last step.
 */
size_t steps_planned(const struct deadline *deadline, const struct calendar *calendar, civil until,
		     const struct said *said, struct arena *arena, struct planned_step **ret);
/* All up to `until`, and of each step the first repetition after it that still tells anybody. */
size_t steps_ahead(const struct deadline *deadline, const struct calendar *calendar, civil until,
		   const struct said *said, struct arena *arena, struct planned_step **ret);

/*
 * Who is told of what, when `count` steps (by their hour) are due together: each role gets the
 * furthest step that names it, once, and none that lies behind one that has gone before
 * (catch_up = latest); or every step (all); or as by latest, but only those that are not late
 * (skip). For every step and role that the step names there is one row; those with `overtaken` or
 * `held` set are not sent.
 */
struct told {
	const struct planned_step *planned;
	const struct role *role;
	bool copy;
	bool quiet;              /* nobody else hears that it is told: audience.h */
	const struct care *care; /* where it reaches nobody, who is told instead; NULL */
	bool overtaken;
	const struct put_off *held; /* it waits until this one ends: steps_held.h */
	date back; /* the day, of what had been put off until then; else DATE_NONE */
	const struct put_off *again; /* it was told before, and comes back after this one; NULL */
};
size_t steps_choose(const struct deadline *deadline, const struct calendar *calendar,
		    const struct planned_step *due, size_t count, civil now,
		    const struct said *said, struct arena *arena, struct told **ret);

#endif
