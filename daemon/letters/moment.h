/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * A moment of the virtual clock: what belongs to it is done before the clock moves on, and it moves
 * on to whatever comes next. The daemon and the looking ahead share this; the daemon waits for its
 * outbox too, looking ahead for what was recorded.
 */
#ifndef KEDJA_LETTERS_MOMENT_H
#define KEDJA_LETTERS_MOMENT_H

#include "daemon/letters/letters.h"
#include "daemon/plan/planner.h"

/* Nobody is behind and nothing is due: now letters may be made. */
bool moment_is_planned(struct planner *planner);
/* And none is left that could be made now. */
bool moment_is_over(struct planner *planner, struct letters *letters, instant now);
/* The next hour of a step or a letter; INSTANT_NEVER: none. */
instant moment_next(struct planner *planner, struct letters *letters);

/* Where the clock moves when the moment is over: to `next`, but not past `goal`, and by a second at
 * least. */
instant moment_after(instant now, instant next, instant goal);

#endif
