/* SPDX-License-Identifier: EUPL-1.2 */
/* See steps_held.h. */
#include "rules/plan/steps_held.h"

civil put_off_ends(const struct put_off *put_off, const struct calendar *calendar)
{
	return calendar_slot_at_or_after(calendar, civil_at(put_off->until, 0));
}

civil put_off_comes(const struct put_off *put_off, const struct calendar *calendar, civil now)
{
	civil ends = put_off_ends(put_off, calendar);
	return ends > now ? ends : steps_hour_open(calendar, now);
}

#define DAYS_MOST_AFTER 14

/* By its due date, of a last day by law. */
static date latest_by_law(date due, const struct calendar *calendar, date said)
{
	if (said > due)
		return date_add_days(said, DAYS_MOST_AFTER);
	if (said == due)
		return said;
	return civil_date(calendar_slot_at_or_before(calendar, civil_at(due, 0) - 1));
}

date put_off_latest(const struct deadline *deadline, const struct calendar *calendar, date said)
{
	const struct rule *rule = deadline->rule;
	date by_rule = DATE_NONE, by_law = DATE_NONE;
	if (rule->has_put_off)
		by_rule = offset_apply(&rule->put_off, said, calendar);
	if (rule->final)
		by_law = latest_by_law(deadline->due, calendar, said);
	if (by_rule == DATE_NONE || by_law == DATE_NONE)
		return by_rule == DATE_NONE ? by_law : by_rule;
	return by_rule < by_law ? by_rule : by_law;
}

bool put_off_covers(const struct rule *rule, const struct role *by, const struct role *role)
{
	if (by == role)
		return true;
	return !rule->final && !rule->has_put_off && role_covers(by, role);
}

static bool keeps_back(const struct deadline *deadline, const struct put_off *put_off,
		       const struct step *step, const struct role *role)
{
	if (put_off->role == role)
		return true;
	return step->urgent != URGENT_ALWAYS && put_off_covers(deadline->rule, put_off->role, role);
}

const struct put_off *steps_held_back(const struct deadline *deadline,
				      const struct calendar *calendar, const struct step *step,
				      const struct role *role, civil now)
{
	const struct put_off *longest = NULL;
	civil end = now;
	for (const struct put_off *p = deadline->put_off; role != NULL && p != NULL; p = p->older) {
		civil ends = put_off_ends(p, calendar);
		if (ends <= end || !keeps_back(deadline, p, step, role))
			continue;
		longest = p;
		end = ends;
	}
	return longest;
}

/* Has the day come that somebody named, or has the event been taken back? */
static bool has_come_back(const struct deadline *deadline, const struct held_step *held)
{
	for (const struct put_off *p = deadline->put_off; p != NULL; p = p->older)
		if (keeps_back(deadline, p, held->planned.step, held->role))
			return true;
	return false;
}

static bool further_is_out(const struct held_step *list, size_t count, size_t than)
{
	for (size_t i = than + 1; i < count; i++)
		if (list[i].out && list[i].role == list[than].role)
			return true;
	return false;
}

static bool goes_out(const struct deadline *deadline, const struct held_step *list, size_t count,
		     size_t i)
{
	if (has_come_back(deadline, &list[i]))
		return !further_is_out(list, count, i);
	switch (deadline->rule->catch_up) {
	case CATCH_UP_ALL:
		return true;
	case CATCH_UP_SKIP:
		return false;
	case CATCH_UP_LATEST:
		break;
	}
	return !further_is_out(list, count, i);
}

civil steps_release(const struct deadline *deadline, const struct calendar *calendar,
		    struct held_step *list, size_t count, civil now)
{
	civil next = STEPS_NEVER;
	for (size_t i = 0; i < count; i++) {
		const struct step *step = list[i].planned.step;
		const struct put_off *by =
		    steps_held_back(deadline, calendar, step, list[i].role, now);
		civil at = by != NULL ? put_off_ends(by, calendar)
				      : steps_hour_now(calendar, &list[i].planned, now);
		list[i].out = at <= now;
		next = !list[i].out && at < next ? at : next;
	}
	for (size_t i = 0; i < count; i++)
		list[i].goes = list[i].out && goes_out(deadline, list, count, i);
	return next;
}
