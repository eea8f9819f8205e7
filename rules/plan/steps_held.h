/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * What is held back because somebody has put it off (struct put_off), and when it comes out.
 *
 *   latest = put_off_latest(deadline, calendar, today);   may it be put off at all?
 *   told[i].held (steps.h)                         a step that is due is kept from a role
 *   next = steps_release(deadline, calendar, held, count, now);
 *   ... held[i].goes ...                           what comes out now, and goes to its role
 *   comes = put_off_comes(put_off, calendar, now)  an acknowledged one comes back
 *
 * On the day the furthest step that was held back from a role goes to it, the others do not.
 * After deadline.acknowledged something goes to whoever said it even if nothing was held back: the
 * last step that went out, again. What is held back no more because the event was voided comes out
 * by the rule's catch_up.
 */
#ifndef KEDJA_STEPS_HELD_H
#define KEDJA_STEPS_HELD_H

#include "rules/plan/steps_hour.h"

/*
 * When what was put off comes back: with the letters of the day that was named, or of the next
 * open one. CIVIL_NONE past the end of the calendar.
 */
civil put_off_ends(const struct put_off *put_off, const struct calendar *calendar);
/* The same; if that is past, when the office is open. */
civil put_off_comes(const struct put_off *put_off, const struct calendar *calendar, civil now);

/*
 * The last day until which the reminders of a deadline may be put off when somebody says so on that
 * day; that day itself, or one before it: not at all. DATE_NONE: by its rule it may be any. Of a
 * last day by law it is the last day before it on which letters go out; on the day nothing; after
 * it two weeks from when it is said (a policy decision). A rule may say of itself how long
 * (put_off).
 */
date put_off_latest(const struct deadline *deadline, const struct calendar *calendar, date said);

/*
 * Does what this role puts off hold for that one, too? For itself and lower ones (chain.h:
 * role_covers). Of a last day by law, and where the rule says how long (put_off), for itself alone:
 * what a colleague or a manager knows of already is still told to all others.
 */
bool put_off_covers(const struct rule *rule, const struct role *by, const struct role *role);

/*
 * Who keeps a step from a role now, NULL: nobody; of several who do, the one for the longest. A
 * step that is urgent always is kept back only by the role itself.
 */
const struct put_off *steps_held_back(const struct deadline *deadline,
				      const struct calendar *calendar, const struct step *step,
				      const struct role *role, civil now);

/* A step that has gone off and is kept from a role. */
struct held_step {
	struct planned_step planned;
	const struct role *role;
	bool copy;
	int64_t notice; /* the row that says so, for whoever keeps rows */
	bool out;       /* it is held no more */
	bool goes;      /* and goes to its role; otherwise a further one stands for it */
};

/*
 * Marks what comes out now, of a list in the order in which it was held back. The result is when
 * the next one of the others does; STEPS_NEVER if there is none.
 */
civil steps_release(const struct deadline *deadline, const struct calendar *calendar,
		    struct held_step *list, size_t count, civil now);

#endif
