/* SPDX-License-Identifier: EUPL-1.2 */
/* See moment.h. */
#include "daemon/letters/moment.h"

bool moment_is_planned(struct planner *planner)
{
	return !planner_is_behind(planner) && !planner_has_due(planner);
}

bool moment_is_over(struct planner *planner, struct letters *letters, instant now)
{
	return moment_is_planned(planner) && letters_next(letters) > now;
}

instant moment_next(struct planner *planner, struct letters *letters)
{
	return instant_earlier(planner_next(planner), letters_next(letters));
}

instant moment_after(instant now, instant next, instant goal)
{
	instant to = instant_earlier(next, goal);
	return to > now ? to : now + 1;
}
