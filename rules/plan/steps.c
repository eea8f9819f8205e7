/* SPDX-License-Identifier: EUPL-1.2 */
/* See steps.h. */
#include "rules/plan/steps.h"

#include <stdlib.h>
#include <string.h>

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

static struct planned_step planned_at(const struct deadline *deadline,
				      const struct calendar *calendar, const struct step *step,
				      int repetition)
{
	struct planned_step planned = { .step = step, .repetition = repetition };
	planned.day = steps_day(deadline, calendar, step, repetition);
	planned.at = steps_hour_on(deadline, calendar, step, planned.day);
	planned.late = steps_hour_meant(deadline, calendar, step, planned.day) < deadline->known;
	return planned;
}

/* The further of two is the later by the rule's day, then by hour, then by place in the rule. */
static bool is_further(const struct planned_step *a, const struct planned_step *b)
{
	if (a->day != b->day)
		return a->day > b->day;
	return compare_planned(a, b) > 0;
}

/* The furthest step that names a role, of those that go off and those that have. */
struct furthest {
	const struct role *role;
	struct planned_step step;
};

static const struct furthest *furthest_of(const struct furthest *list, size_t count,
					  const struct role *role)
{
	for (size_t i = 0; i < count; i++)
		if (list[i].role == role)
			return &list[i];
	return NULL;
}

static size_t take_furthest(const struct deadline *deadline, const struct planned_step *planned,
			    struct furthest *list, size_t count, struct arena *arena)
{
	struct named *named;
	size_t named_count = audience_of(deadline, planned->step, arena, &named);
	for (size_t i = 0; i < named_count; i++) {
		const struct role *role = named[i].role;
		size_t place = 0;
		while (place < count && list[place].role != role)
			place++;
		if (place == count)
			list[count++] = (struct furthest){ role, *planned };
		else if (is_further(planned, &list[place].step))
			list[place].step = *planned;
	}
	return count;
}

static size_t roles_named(const struct rule *rule)
{
	size_t most = 0;
	for (size_t i = 0; i < rule->step_count; i++)
		most += audience_most(rule, &rule->steps[i]);
	return most;
}

/* Of each role the furthest step that has gone off. One that lies ahead again, for the due date
 * has moved since, has told nobody what is to come now. */
static size_t list_gone(const struct deadline *deadline, const struct calendar *calendar, civil now,
			const struct said *said, struct arena *arena, struct furthest **ret)
{
	size_t count = 0;
	*ret = arena_alloc(arena, (roles_named(deadline->rule) + 1) * sizeof(**ret));
	for (size_t i = 0; i < deadline->rule->step_count; i++) {
		const struct step *step = &deadline->rule->steps[i];
		int repetition = said_last_gone(said, step);
		if (repetition == 0)
			continue;
		struct planned_step gone = planned_at(deadline, calendar, step, repetition);
		if (gone.at <= now)
			count = take_furthest(deadline, &gone, *ret, count, arena);
	}
	return count;
}

static bool is_overtaken(const struct deadline *deadline, const struct furthest *list, size_t count,
			 const struct planned_step *planned, const struct role *role)
{
	const struct furthest *furthest = furthest_of(list, count, role);
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
	return role != NULL && furthest != NULL && is_further(&furthest->step, planned);
}

/* --- who is told ------------------------------------------------------------------------------ */

static struct told *choose_step(const struct deadline *deadline, const struct calendar *calendar,
				const struct planned_step *planned, civil now,
				const struct furthest *furthest, size_t furthest_count,
				struct told *list, struct arena *arena)
{
	const struct step *step = planned->step;
	struct told *end = list;
	struct named *named;
	size_t count = audience_of(deadline, step, arena, &named);
	for (size_t i = 0; i < count; i++) {
		struct told row = { .planned = planned,
				    .role = named[i].role,
				    .copy = named[i].copy,
				    .quiet = named[i].quiet,
				    .care = named[i].care,
				    .back = DATE_NONE };
		const struct told *same = list;
		while (same < end && same->role != row.role)
			same++;
		if (same < end)
			continue;
		row.overtaken = is_overtaken(deadline, furthest, furthest_count, planned, row.role);
		if (!row.overtaken)
			row.held = steps_held_back(deadline, calendar, step, row.role, now);
		*end++ = row;
	}
	return end;
}

size_t steps_choose(const struct deadline *deadline, const struct calendar *calendar,
		    const struct planned_step *due, size_t count, civil now,
		    const struct said *said, struct arena *arena, struct told **ret)
{
	size_t room = 0;
	struct furthest *furthest;
	size_t roles = list_gone(deadline, calendar, now, said, arena, &furthest);
	for (size_t i = 0; i < count; i++) {
		roles = take_furthest(deadline, &due[i], furthest, roles, arena);
		room += audience_most(deadline->rule, due[i].step);
	}
	*ret = arena_alloc(arena, (room + 1) * sizeof(**ret));
	struct told *end = *ret;
	for (size_t i = 0; i < count; i++)
		end = choose_step(deadline, calendar, &due[i], now, furthest, roles, end, arena);
	return (size_t)(end - *ret);
}

/* --- what lies ahead ------------------------------------------------------------------------- */

struct gathering {
	const struct deadline *deadline;
	const struct calendar *calendar;
	civil until;
	const struct said *said;
	bool told_only; /* after `until`: the first one of which somebody is told */
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

enum heard { HEARD, NOT_NOW, NEVER_HEARD };

/* Is anybody told of it aloud? Of one that lies behind a further step that has gone nobody is, but
 * of a later repetition; of one that names only who is told quietly, never. */
static enum heard heard_by_anybody(const struct gathering *g, const struct planned_step *planned)
{
	struct told *told;
	enum heard heard = NEVER_HEARD;
	size_t count = steps_choose(g->deadline, g->calendar, planned, 1, planned->at, g->said,
				    g->arena, &told);
	for (size_t i = 0; i < count && heard != HEARD; i++)
		if (!told[i].quiet)
			heard = told[i].overtaken ? NOT_NOW : HEARD;
	return heard;
}

/* Where the calendar ends no day follows. Elsewhere two may fall on one: days counted in workdays
 * from a Saturday and from the Friday before it. */
static bool is_at_the_end(date day, date before)
{
	return day == before && (day == DATE_FIRST || day == DATE_LAST);
}

/* All repetitions up to `until`, and the first one after it. One that went out although it now
 * lies ahead (the due date moved) is no end. */
static void gather_step(struct gathering *g, const struct step *step)
{
	date before = DATE_NONE;
	for (int repetition = said_first_left(g->said, step);
	     step->times == 0 || repetition <= step->times; repetition++) {
		if (said_has_gone(g->said, step, repetition))
			continue;
		struct planned_step planned =
		    planned_at(g->deadline, g->calendar, step, repetition);
		bool ahead = planned.at > g->until;
		enum heard heard = ahead && g->told_only ? heard_by_anybody(g, &planned) : HEARD;
		if (heard == HEARD)
			gather(g, planned);
		if ((ahead && heard != NOT_NOW) || is_at_the_end(planned.day, before))
			return;
		before = planned.day;
	}
}

static bool has_steps_before_it(const struct deadline *deadline)
{
	return deadline->state == DEADLINE_OPEN || deadline_ended_by_last_step(deadline);
}

static void gather_steps(struct gathering *g)
{
	if (has_steps_before_it(g->deadline))
		for (size_t i = 0; i < g->deadline->rule->step_count; i++)
			gather_step(g, &g->deadline->rule->steps[i]);
	if (g->count > 0)
		qsort(g->list, g->count, sizeof(*g->list), compare_planned);
}

size_t steps_planned(const struct deadline *deadline, const struct calendar *calendar, civil until,
		     const struct said *said, struct arena *arena, struct planned_step **ret)
{
	struct gathering g = { deadline, calendar, until, said, false, arena, NULL, 0, 0 };
	gather_steps(&g);
	size_t count = 0;
	while (count < g.count && g.list[count].at <= until)
		count++;
	*ret = g.list;
	return count < g.count ? count + 1 : count;
}

size_t steps_ahead(const struct deadline *deadline, const struct calendar *calendar, civil until,
		   const struct said *said, struct arena *arena, struct planned_step **ret)
{
	struct gathering g = { deadline, calendar, until, said, true, arena, NULL, 0, 0 };
	gather_steps(&g);
	*ret = g.list;
	return g.count;
}
