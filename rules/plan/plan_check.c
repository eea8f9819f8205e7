/* SPDX-License-Identifier: EUPL-1.2 */
/* What must hold of a plan after every step, whatever has happened: plan.h. */
#include "rules/plan/plan_own.h"

static bool is_listed_live(const struct plan *plan, const struct deadline *deadline)
{
	size_t times = 0;
	for (size_t i = 0; i < plan->live_count; i++)
		times += plan->live[i] == deadline;
	return times == 1;
}

static bool is_known(const struct plan *plan, const struct deadline *deadline)
{
	for (size_t i = 0; i < plan->all_count; i++)
		if (plan->all[i] == deadline)
			return true;
	return false;
}

/* Those that have something before them, and of those let go the ones not dropped yet. */
static const char *check_live(const struct plan *plan, const struct deadline *deadline)
{
	bool has_more =
	    is_live(deadline) || (deadline_ended_by_last_step(deadline) && !deadline->silent);
	return has_more && !is_listed_live(plan, deadline) ? "not among the live ones, or twice"
							   : NULL;
}

static const char *check_end(const struct deadline *deadline)
{
	bool ended = deadline->ended.day != DATE_NONE;
	if (ended == is_live(deadline) || ended != (deadline->ended_reason != NULL))
		return "the state and the end do not agree";
	if (deadline->paused && deadline->state != DEADLINE_ASLEEP)
		return "paused, and does not sleep";
	return NULL;
}

static const char *check_days(const struct plan *plan, const struct deadline *deadline)
{
	if (is_listed_live(plan, deadline) && deadline->recheck != DATE_NONE &&
	    deadline->recheck <= plan->today)
		return "time was to change it, and that day has been";
	for (const struct put_off *p = deadline->put_off; p != NULL && p->older != NULL;
	     p = p->older)
		if (p->role == p->older->role)
			return "one role has put it off twice";
	for (size_t i = 1; i < deadline->overdue_count; i++)
		if (deadline->overdue[i].first < deadline->overdue[i - 1].over)
			return "overdue twice on one day";
	return NULL;
}

static const char *check_track(const struct plan *plan, const struct deadline *deadline)
{
	size_t times = 0;
	const struct track *track = plan->tracks[deadline->rule->index];
	while (track->key != deadline->key)
		track = track->next;
	for (const struct link *link = track->links; link != NULL; link = link->next)
		times += link->deadline->anchor == deadline->anchor &&
			 link->deadline->occurrence == deadline->occurrence;
	return times == 1 ? NULL : "its identity is not its own";
}

static const char *check_one(const struct plan *plan, const struct deadline *deadline)
{
	const char *wrong = check_live(plan, deadline);
	if (wrong == NULL)
		wrong = check_end(deadline);
	if (wrong == NULL)
		wrong = check_days(plan, deadline);
	return wrong != NULL ? wrong : check_track(plan, deadline);
}

const char *plan_check(const struct plan *plan, const struct deadline **ret)
{
	for (size_t i = 0; i < plan->all_count; i++) {
		const char *wrong = check_one(plan, plan->all[i]);
		if (wrong == NULL)
			continue;
		*ret = plan->all[i];
		return wrong;
	}
	for (size_t i = 0; i < plan->live_count; i++) {
		if (is_known(plan, plan->live[i]))
			continue;
		*ret = plan->live[i];
		return "live, and not of the plan";
	}
	return NULL;
}
