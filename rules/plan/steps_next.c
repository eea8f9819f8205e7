/* SPDX-License-Identifier: EUPL-1.2 */
/* See steps_next.h. */
#include "rules/plan/steps_next.h"

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
	return steps_hour_open(calendar, now);
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
			     by == NULL ? steps_hour_open(calendar, now)
					: put_off_ends(by, calendar));
	}
	for (size_t i = 0; i < count; i++)
		take_steps(deadline, calendar, &planned[i],
			   hour_from_now(calendar, &planned[i], now), arena, ret, &any);
	return any;
}
