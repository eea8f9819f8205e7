/* SPDX-License-Identifier: EUPL-1.2 */
/* See steps.h. */
#include "rules/plan/steps.h"

#include <stdlib.h>
#include <string.h>

#include "rules/plan/steps_held.h"

/* More repetitions than anybody lives to see; it stops a loop, not a rule. */
#define REPETITIONS_MOST 20000

/* By hour, then by the rule's day, then by place in the rule: the later one is the further. */
static int compare_planned(const void *a, const void *b)
{
	const struct planned_step *x = a, *y = b;
	if (x->at != y->at)
		return x->at < y->at ? -1 : 1;
	if (x->day != y->day)
		return x->day < y->day ? -1 : 1;
	if (x->step->index != y->step->index)
		return x->step->index < y->step->index ? -1 : 1;
	return (x->repetition > y->repetition) - (x->repetition < y->repetition);
}

struct gathering {
	const struct deadline *deadline;
	const struct calendar *calendar;
	civil until;
	steps_fired *fired;
	void *arg;
	struct arena *arena;
	struct planned_step *list;
	size_t count, capacity;
};

static void gather(struct gathering *g, struct planned_step planned)
{
	if (g->count == g->capacity) {
		g->capacity = g->capacity == 0 ? 16 : g->capacity * 2;
		struct planned_step *longer = arena_alloc(g->arena, g->capacity * sizeof(*longer));
		if (g->count > 0)
			memcpy(longer, g->list, g->count * sizeof(*longer));
		g->list = longer;
	}
	g->list[g->count++] = planned;
}

/* All repetitions up to `until`, and the first one after it. */
static void gather_step(struct gathering *g, const struct step *step)
{
	int most = step->times == 0 ? REPETITIONS_MOST : step->times;
	for (int repetition = 1; repetition <= most; repetition++) {
		struct planned_step planned = { .step = step, .repetition = repetition };
		planned.day = steps_day(g->deadline, g->calendar, step, repetition);
		planned.at = steps_hour_on(g->deadline, g->calendar, step, planned.day);
		planned.late = steps_hour_meant(g->deadline, g->calendar, step, planned.day) <
			       g->deadline->known;
		/* one that went out although it now lies ahead (the due date moved) is no end */
		if (g->fired != NULL && g->fired(g->arg, step, repetition))
			continue;
		gather(g, planned);
		if (planned.at > g->until)
			return;
	}
}

static bool has_steps_before_it(const struct deadline *deadline)
{
	return deadline->state == DEADLINE_OPEN || deadline_ended_by_last_step(deadline);
}

size_t steps_planned(const struct deadline *deadline, const struct calendar *calendar, civil until,
		     steps_fired *fired, void *arg, struct arena *arena, struct planned_step **ret)
{
	struct gathering g = { deadline, calendar, until, fired, arg, arena, NULL, 0, 0 };
	if (has_steps_before_it(deadline))
		for (size_t i = 0; i < deadline->rule->step_count; i++)
			gather_step(&g, &deadline->rule->steps[i]);
	if (g.count > 0)
		qsort(g.list, g.count, sizeof(*g.list), compare_planned);
	size_t count = 0;
	while (count < g.count && g.list[count].at <= until)
		count++;
	*ret = g.list;
	return count < g.count ? count + 1 : count;
}

static const struct role *role_of(const struct deadline *deadline,
				  const struct addressee *addressee)
{
	if (addressee->role != NULL)
		return addressee->role;
	return deadline->field_roles == NULL ? NULL : deadline->field_roles[addressee->field];
}

static bool step_names(const struct deadline *deadline, const struct step *step,
		       const struct role *role)
{
	for (size_t i = 0; i < step->to_count; i++)
		if (role_of(deadline, &step->to[i]) == role)
			return true;
	for (size_t i = 0; i < step->cc_count; i++)
		if (role_of(deadline, &step->cc[i]) == role)
			return true;
	return false;
}

/* The further of two is the later by the rule's day, then by hour, then by place in the rule. */
static bool is_further(const struct planned_step *a, const struct planned_step *b)
{
	if (a->day != b->day)
		return a->day > b->day;
	return compare_planned(a, b) > 0;
}

static bool further_names(const struct deadline *deadline, const struct planned_step *due,
			  size_t count, const struct planned_step *than, const struct role *role)
{
	for (size_t i = 0; i < count; i++)
		if (is_further(&due[i], than) && step_names(deadline, due[i].step, role))
			return true;
	return false;
}

static bool is_overtaken(const struct deadline *deadline, const struct planned_step *due,
			 size_t count, const struct planned_step *planned, const struct role *role)
{
	switch (deadline->rule->catch_up) {
	case CATCH_UP_ALL:
		return false;
	case CATCH_UP_SKIP:
		if (planned->late)
			return true;
		break;
	case CATCH_UP_LATEST:
		break;
	}
	return role != NULL && further_names(deadline, due, count, planned, role);
}

static bool is_told_already(const struct told *list, size_t count, const struct told *row)
{
	for (size_t i = 0; i < count; i++)
		if (list[i].planned == row->planned && list[i].role == row->role)
			return true;
	return false;
}

size_t steps_choose(const struct deadline *deadline, const struct calendar *calendar,
		    const struct planned_step *due, size_t count, civil now, struct arena *arena,
		    struct told **ret)
{
	size_t room = 0, used = 0;
	for (size_t i = 0; i < count; i++)
		room += due[i].step->to_count + due[i].step->cc_count;
	struct told *list = arena_alloc(arena, (room + 1) * sizeof(*list));
	for (size_t i = 0; i < count; i++) {
		const struct step *step = due[i].step;
		for (size_t j = 0; j < step->to_count + step->cc_count; j++) {
			bool copy = j >= step->to_count;
			const struct addressee *addressee =
			    copy ? &step->cc[j - step->to_count] : &step->to[j];
			struct told row = { .planned = &due[i],
					    .role = role_of(deadline, addressee),
					    .copy = copy };
			row.overtaken = is_overtaken(deadline, due, count, &due[i], row.role);
			if (!row.overtaken)
				row.held = steps_held_back(deadline, calendar, step, row.role, now);
			if (!is_told_already(list, used, &row))
				list[used++] = row;
		}
	}
	*ret = list;
	return used;
}
