/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * What a deadline says next, when some of it may be put off: steps that are planned (steps.h),
 * and what is held back and comes out (steps_held.h), in one.
 *
 *   struct next_telling state = { held, held_count, again, last };
 *   if (steps_next_told(deadline, calendar, now, fired, arg, &state, arena, &planned)) ...
 */
#ifndef KEDJA_STEPS_NEXT_H
#define KEDJA_STEPS_NEXT_H

#include "rules/plan/steps.h"
#include "rules/plan/steps_held.h"

/*
 * What a deadline that is put off tells next, and when: a step that is kept from nobody, one that
 * comes out on the day, or `last` (may be NULL) again when `again` (may be NULL) comes back. False
 * if nothing lies before it. `held`: what is held back already.
 */
struct next_telling {
	const struct held_step *held;
	size_t held_count;
	const struct put_off *again;
	const struct step *last;
};
MUST_CHECK bool steps_next_told(const struct deadline *deadline, const struct calendar *calendar,
				civil now, steps_fired *fired, void *arg,
				const struct next_telling *state, struct arena *arena,
				struct planned_step *ret);

#endif
