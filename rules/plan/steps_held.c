/* See steps_held.h. */
#include "rules/plan/steps_held.h"

civil put_off_ends(const struct put_off *put_off, const struct calendar *calendar)
{
	return calendar_slot_at_or_after(calendar, civil_at(put_off->until, 0));
}

static civil open_hour(const struct calendar *calendar, civil now)
{
	civil at = calendar_open_at_or_after(calendar, now);
	return at == CIVIL_NONE ? STEPS_NEVER : at;
}

civil put_off_comes(const struct put_off *put_off, const struct calendar *calendar, civil now)
{
	civil ends = put_off_ends(put_off, calendar);
	return ends > now ? ends : open_hour(calendar, now);
}

static bool keeps_back(const struct put_off *put_off, const struct step *step,
		       const struct role *role)
{
	if (put_off->role == role)
		return true;
	return step->urgent != URGENT_ALWAYS && role_covers(put_off->role, role);
}

const struct put_off *steps_held_back(const struct deadline *deadline,
				      const struct calendar *calendar, const struct step *step,
				      const struct role *role, civil now)
{
	const struct put_off *longest = NULL;
	civil end = now;
	for (const struct put_off *p = deadline->put_off; role != NULL && p != NULL; p = p->older) {
		civil ends = put_off_ends(p, calendar);
		if (ends <= end || !keeps_back(p, step, role))
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
		if (keeps_back(p, held->planned.step, held->role))
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
		civil at = by != NULL                      ? put_off_ends(by, calendar)
			   : step->urgent == URGENT_ALWAYS ? now
							   : open_hour(calendar, now);
		list[i].out = at <= now;
		next = !list[i].out && at < next ? at : next;
	}
	for (size_t i = 0; i < count; i++)
		list[i].goes = list[i].out && goes_out(deadline, list, count, i);
	return next;
}

/* --- what comes next ------------------------------------------------------------------------- */

/* The earlier one; of two at the same time the one that comes later in the list. */
static void take_earlier(struct planned_step *ret, bool *any, const struct planned_step *planned,
			 civil at)
{
	if (at == STEPS_NEVER || (*any && at > ret->at))
		return;
	*ret = *planned;
	ret->at = at;
	*any = true;
}

static civil hour_from_now(const struct calendar *calendar, const struct planned_step *planned,
			   civil now)
{
	if (planned->at > now || planned->step->urgent == URGENT_ALWAYS)
		return planned->at;
	return open_hour(calendar, now);
}

static civil last_end(const struct deadline *deadline, const struct calendar *calendar, civil now)
{
	civil last = now;
	for (const struct put_off *p = deadline->put_off; p != NULL; p = p->older)
		last = put_off_ends(p, calendar) > last ? put_off_ends(p, calendar) : last;
	return last;
}

static void take_steps(const struct deadline *deadline, const struct calendar *calendar,
		       const struct planned_step *planned, civil at, struct arena *arena,
		       struct planned_step *ret, bool *any)
{
	struct told *told;
	size_t count = steps_choose(deadline, calendar, planned, 1, at, arena, &told);
	for (size_t i = 0; i < count; i++)
		take_earlier(ret, any, planned,
			     told[i].held == NULL ? at : put_off_ends(told[i].held, calendar));
}

bool steps_next_told(const struct deadline *deadline, const struct calendar *calendar, civil now,
		     steps_fired *fired, void *arg, const struct next_telling *state,
		     struct arena *arena, struct planned_step *ret)
{
	bool any = false;
	struct planned_step *planned;
	civil until = last_end(deadline, calendar, now);
	size_t count = steps_planned(deadline, calendar, until, fired, arg, arena, &planned);
	if (state->again != NULL && state->last != NULL) {
		struct planned_step last = { .step = state->last, .repetition = 1 };
		take_earlier(ret, &any, &last, put_off_comes(state->again, calendar, now));
	}
	for (size_t i = 0; i < state->held_count; i++) {
		const struct held_step *held = &state->held[i];
		const struct put_off *by =
		    steps_held_back(deadline, calendar, held->planned.step, held->role, now);
		take_earlier(ret, &any, &held->planned,
			     by == NULL ? open_hour(calendar, now) : put_off_ends(by, calendar));
	}
	for (size_t i = 0; i < count; i++)
		take_steps(deadline, calendar, &planned[i],
			   hour_from_now(calendar, &planned[i], now), arena, ret, &any);
	return any;
}
