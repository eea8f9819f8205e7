/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The steps of a deadline in time: when each one goes out, and who is told when several have
 * come due together.
 *
 *   count = steps_planned(deadline, calendar, now, fired, arg, arena, &planned);
 *   steps_choose(deadline, calendar, planned, n_due, now, arena, &told);
 */
#ifndef KEDJA_STEPS_H
#define KEDJA_STEPS_H

#include "rules/plan/steps_hour.h"

/*
 * The steps that are still before a deadline, by their hour: all up to `until`, and the first
 * one after it. Those that `fired` says are behind us are left out. The list lives in `arena`;
 * the result is its length. None for a deadline that is asleep or has ended, save by its last
 * step.
 */
typedef bool steps_fired(void *arg, const struct step *step, int repetition);
size_t steps_planned(const struct deadline *deadline, const struct calendar *calendar, civil until,
		     steps_fired *fired, void *arg, struct arena *arena, struct planned_step **ret);

/*
 * Who is told of what, when `count` steps (by their hour) are due together: each role gets the
 * furthest step that names it, once (catch_up = latest), or every step (all), or only those that
 * are not late (skip). For every step and role that the step
 * names there is one row; those with `overtaken` or `held` set are not sent.
 */
struct told {
	const struct planned_step *planned;
	const struct role *role;
	bool copy;
	bool overtaken;
	const struct put_off *held; /* it waits until this one ends: steps_held.h */
};
size_t steps_choose(const struct deadline *deadline, const struct calendar *calendar,
		    const struct planned_step *due, size_t count, civil now, struct arena *arena,
		    struct told **ret);

#endif
