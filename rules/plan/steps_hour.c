/* SPDX-License-Identifier: EUPL-1.2 */
/* See steps_hour.h. */
#include "rules/plan/steps_hour.h"

date steps_day(const struct deadline *deadline, const struct calendar *calendar,
	       const struct step *step, int repetition)
{
	date base = step->from_anchor ? deadline->anchor : deadline->due;
	date day = offset_apply_repeated(&step->at, &step->every, repetition - 1, base, calendar);
	if (day != DATE_NONE)
		return day;
	return offset_is_negative(&step->at) ? DATE_FIRST : DATE_LAST;
}

/* A step that became due before anybody knew: on to the next opportunity. */
static civil hour_after_known(const struct deadline *deadline, const struct calendar *calendar,
			      const struct step *step)
{
	civil known = deadline->known;
	switch (step->urgent) {
	case URGENT_NO:
		return calendar_slot_at_or_after(calendar, known);
	case URGENT_YES:
		return step->patient && deadline->entered_late
			   ? calendar_slot_at_or_after(calendar, known)
			   : calendar_open_at_or_after(calendar, known);
	case URGENT_ALWAYS:
		return known;
	}
	return known;
}

/* I10: back for a step at or before the due date, on for a later one. */
static civil hour_in_opening(const struct deadline *deadline, const struct calendar *calendar,
			     date day, civil at)
{
	if (calendar_is_open_at(calendar, at))
		return at;
	return day <= deadline->due ? calendar_slot_at_or_before(calendar, at)
				    : calendar_slot_at_or_after(calendar, at);
}

civil steps_hour_meant(const struct deadline *deadline, const struct calendar *calendar,
		       const struct step *step, date day)
{
	if (step->time == STEP_NOW)
		return hour_after_known(deadline, calendar, step);
	int second = step->time == STEP_AT_SLOT ? calendar_slot(calendar) : step->time;
	civil at = civil_at(day, second);
	if (step->urgent != URGENT_ALWAYS) {
		civil moved = hour_in_opening(deadline, calendar, day, at);
		at = moved == CIVIL_NONE ? at : moved; /* at the ends of the calendar */
	}
	return at;
}

civil steps_hour_on(const struct deadline *deadline, const struct calendar *calendar,
		    const struct step *step, date day)
{
	civil at = steps_hour_meant(deadline, calendar, step, day);
	return at < deadline->known ? hour_after_known(deadline, calendar, step) : at;
}

civil steps_hour(const struct deadline *deadline, const struct calendar *calendar,
		 const struct step *step, int repetition)
{
	return steps_hour_on(deadline, calendar, step,
			     steps_day(deadline, calendar, step, repetition));
}

civil steps_hour_open(const struct calendar *calendar, civil now)
{
	civil at = calendar_open_at_or_after(calendar, now);
	return at == CIVIL_NONE ? STEPS_NEVER : at;
}

civil steps_hour_now(const struct calendar *calendar, const struct planned_step *planned, civil now)
{
	if (planned->at > now || planned->step->urgent == URGENT_ALWAYS)
		return planned->at;
	return steps_hour_open(calendar, now);
}
