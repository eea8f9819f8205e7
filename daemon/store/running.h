/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * What runs, by the history: what an event would begin a second time, end a second time, or do to
 * what is over (the courses of rules/kinds/course.h). Each event is judged from where things stood
 * at its own time, and by what comes behind it, so that a late entry is no slip.
 */
#ifndef KEDJA_STORE_RUNNING_H
#define KEDJA_STORE_RUNNING_H

#include "daemon/store/core.h"
#include "rules/kinds/kind.h"

/*
 * Adds what would be doubled, or is over, under the field that it is about: to be recorded by force
 * and with a reason only. The event may have been added already. What came later than it is looked
 * at if it is no newer than `last`: the events behind that are judged themselves. `*ret_note`: a
 * sentence in `arena` on what is allowed and should be known, that it stands for another one, or
 * that there is nothing that it ends; else untouched.
 */
void running_check(const struct core *core, const struct event *event, int64_t last,
		   struct arena *arena, struct problems *problems, const char **ret_note);

/* Is the case, or whoever the event is about, over at its time? Then the event that says so, and
 * its day; else 0. */
int64_t running_over(const struct core *core, const struct course *course, const char *subject,
		     const struct event *event, date *ret_day);

#endif
