/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * What is held back on a walk, for each deadline of a subject: steps that wait for the day until
 * which somebody has put them off, and what was told last, which after an acknowledgement may go
 * again.
 */
#ifndef KEDJA_WALK_HELD_H
#define KEDJA_WALK_HELD_H

#include "rules/plan/steps_held.h"
#include "rules/walk/walk_gone.h"

/* Takes note of what steps_choose said: who was told of what, and what is held back. */
void walk_held_note(struct walk_gone *gone, const struct told *told, size_t count,
		    struct arena *arena);
/* What comes back now, beside what is told now, and takes note of it. The rows live in `arena`,
 * what is remembered of them in `keep`. */
size_t walk_held_come(struct walk_gone *gone, const struct deadline *deadline,
		      const struct calendar *calendar, civil now, const struct told *told,
		      size_t count, struct arena *keep, struct arena *arena, struct told **ret);
/* When the next of it comes back; STEPS_NEVER. */
civil walk_held_next(struct walk_gone *gone, const struct deadline *deadline,
		     const struct calendar *calendar, civil now);

#endif
