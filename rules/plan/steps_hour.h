/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * When one repetition of one step goes out.
 *
 *   day = steps_day(deadline, calendar, step, repetition);   the day that the rule names
 *   at = steps_hour(deadline, calendar, step, repetition);   the hour at which it goes out (I10)
 *   late = steps_hour_meant(deadline, calendar, step, day) < deadline->known;
 *   at = steps_hour_now(calendar, planned, now);             as of now: what was missed waits
 */
#ifndef KEDJA_STEPS_HOUR_H
#define KEDJA_STEPS_HOUR_H

#include "rules/plan/plan.h"

#define STEPS_NEVER INT64_MAX

/* One repetition of one step. */
struct planned_step {
	const struct step *step;
	int repetition; /* from 1 */
	date day;       /* the day that the rule names */
	civil at;       /* when it goes out (I10) */
	bool late; /* its own hour had passed when the deadline became known; of one that goes off
		    * also: nobody was here on its day */
	bool catches_up; /* of one that goes off: after its own hour, or for a day that was past */
};

/* The day that the rule names; past the ends of the calendar the last (the first) that there is. */
date steps_day(const struct deadline *deadline, const struct calendar *calendar,
	       const struct step *step, int repetition);
/* The hour of one repetition: the rule's day and hour, moved as I10 says, and never before the
 * deadline was known. */
civil steps_hour(const struct deadline *deadline, const struct calendar *calendar,
		 const struct step *step, int repetition);
/* The same, for a day that is known already. */
civil steps_hour_on(const struct deadline *deadline, const struct calendar *calendar,
		    const struct step *step, date day);
/* The hour that the rule means, whether or not anybody knew of the deadline then. */
civil steps_hour_meant(const struct deadline *deadline, const struct calendar *calendar,
		       const struct step *step, date day);
/* When the office is open, from now on; STEPS_NEVER past the end of the calendar. */
civil steps_hour_open(const struct calendar *calendar, civil now);
/* The hour of a planned step as of now: one that has passed goes when the office is open, or at
 * once if it is urgent always. */
civil steps_hour_now(const struct calendar *calendar, const struct planned_step *planned,
		     civil now);

#endif
