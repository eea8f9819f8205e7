/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The engine: what a deadline says now, to whom, what it says next and when. One answer, for the
 * daemon, the walk and `why` alike; they differ in where they keep what has been said (said.h).
 *
 *   telling_judge(deadline, calendar, now, said, arena, &telling);    takes note in `said`
 *   if (telling_says(&telling)) ...                                   carry it out
 *   if (telling_next(deadline, calendar, now, said, arena, &planned)) ...
 *
 * A step whose hour has come goes off once and for ever (I3). What comes due while the office is
 * closed waits until it opens, save what is urgent always. Each role gets the furthest step that
 * names it (catch_up), and none that lies behind one that has gone before; what somebody has put
 * off is held back from a role, and comes out (steps_held.h).
 */
#ifndef KEDJA_TELLING_H
#define KEDJA_TELLING_H

#include "rules/plan/said.h"
#include "rules/plan/steps.h"

struct telling {
	const struct planned_step *gone; /* these steps go off, by their hour */
	size_t gone_count;
	const struct told *told; /* and tell, or do not; each is of one of `gone` */
	size_t told_count;
	const struct held_step *out; /* these are held back no more */
	size_t out_count;
	const struct put_off **come; /* these acknowledgements come back */
	size_t come_count;
	const struct told *back; /* and of both, what goes to its role: with `back` set */
	size_t back_count;
	civil wake; /* when to ask again; STEPS_NEVER */
};

/* Lists live in `arena`; `said` takes note of all that goes now. */
void telling_judge(const struct deadline *deadline, const struct calendar *calendar, civil now,
		   struct said *said, struct arena *arena, struct telling *ret);
/* Does anything go off, or come out, now? */
bool telling_says(const struct telling *telling);

/*
 * The next step of which somebody is told, and its hour; of several at that hour the first.
 * What is due already counts as of now: ask after telling_judge for what comes then. False if
 * nothing lies before it.
 */
MUST_CHECK bool telling_next(const struct deadline *deadline, const struct calendar *calendar,
			     civil now, const struct said *said, struct arena *arena,
			     struct planned_step *ret);

#endif
