/* SPDX-License-Identifier: EUPL-1.2 */
/* See telling.h. */
#include "rules/plan/telling.h"

#define JUST_NOW 300 /* seconds */

static bool speaks(const struct deadline *deadline)
{
	return deadline->state == DEADLINE_OPEN || deadline_ended_by_last_step(deadline);
}

/* --- steps whose hour has come --------------------------------------------------------------- */

/* Does it go out after its own hour, or for a day that was past when it became known? An hour
 * that has just come is no past. */
static bool catches_up(const struct deadline *deadline, const struct planned_step *planned,
		       civil now)
{
	if (planned->step->time == STEP_NOW && deadline->anchor < civil_date(deadline->known))
		return true;
	return planned->late || planned->at + JUST_NOW < now;
}

/* It goes off: late also if nobody was here on its day. */
static void go_off(const struct deadline *deadline, struct planned_step *planned, civil now)
{
	planned->late = planned->late || civil_date(planned->at) < civil_date(now);
	planned->catches_up = catches_up(deadline, planned, now);
}

/* Those that go off come first in the list; the result is how many. */
static size_t take_due(const struct deadline *deadline, const struct calendar *calendar,
		       struct planned_step *planned, size_t count, civil now, civil *wake)
{
	size_t due = 0;
	for (size_t i = 0; i < count; i++) {
		civil at = steps_hour_now(calendar, &planned[i], now);
		if (at > now) {
			*wake = at < *wake ? at : *wake;
			continue;
		}
		planned[due] = planned[i];
		go_off(deadline, &planned[due++], now);
	}
	return due;
}

static bool is_sent(const struct told *told)
{
	return !told->overtaken && told->held == NULL;
}

static void note_row(struct said *said, const struct told *told)
{
	struct held_step row = { .planned = *told->planned,
				 .role = told->role,
				 .copy = told->copy };
	if (told->held != NULL)
		said_note_held(said, &row);
	else if (is_sent(told))
		said_note_told(said, &row);
}

/* What comes back leaves what else is held: that may be further, and goes at its own hour. */
static void note_back(struct said *said, const struct told *told)
{
	struct held_step row = { .planned = *told->planned,
				 .role = told->role,
				 .copy = told->copy };
	if (told->held != NULL)
		said_note_held(said, &row);
	else
		said_note_last(said, &row);
}

static void judge_due(const struct deadline *deadline, const struct calendar *calendar, civil now,
		      struct said *said, struct arena *arena, struct telling *ret)
{
	struct planned_step *planned;
	struct told *told;
	size_t count = steps_planned(deadline, calendar, now, said, arena, &planned);
	ret->gone = planned;
	ret->gone_count = take_due(deadline, calendar, planned, count, now, &ret->wake);
	ret->told_count =
	    steps_choose(deadline, calendar, planned, ret->gone_count, now, said, arena, &told);
	ret->told = told;
	for (size_t i = 0; i < ret->gone_count; i++)
		said_note_gone(said, planned[i].step, planned[i].repetition);
	for (size_t i = 0; i < ret->told_count; i++)
		note_row(said, &told[i]);
}

/* --- what was put off ------------------------------------------------------------------------ */

struct coming {
	const struct deadline *deadline;
	const struct calendar *calendar;
	civil now;
	struct said *said;
	struct arena *arena;
	struct told *list;
	size_t count;
};

static void add_back(struct coming *coming, const struct held_step *held, const struct role *role,
		     const struct put_off *again)
{
	struct planned_step *planned = arena_alloc(coming->arena, sizeof(*planned));
	*planned = held->planned;
	planned->at = coming->now;
	planned->late = false;
	planned->catches_up = catches_up(coming->deadline, planned, coming->now);
	struct named named = audience_role(coming->deadline, planned->step, role, coming->arena);
	struct told *row = &coming->list[coming->count++];
	*row =
	    (struct told){ .planned = planned, .role = role, .copy = held->copy, .again = again };
	row->quiet = named.quiet;
	row->care = named.care;
	row->back = again == NULL ? civil_date(coming->now) : again->until;
	row->held =
	    steps_held_back(coming->deadline, coming->calendar, planned->step, role, coming->now);
}

/* What is out leaves the list of what is held. */
static void come_out(struct coming *coming, struct telling *ret)
{
	struct said *said = coming->said;
	size_t kept = 0;
	struct held_step *out = arena_alloc(coming->arena, (said->held_count + 1) * sizeof(*out));
	civil next = steps_release(coming->deadline, coming->calendar, said->held, said->held_count,
				   coming->now);
	for (size_t i = 0; i < said->held_count; i++) {
		if (said->held[i].out)
			out[ret->out_count++] = said->held[i];
		else
			said->held[kept++] = said->held[i];
	}
	said->held_count = kept;
	ret->out = out;
	ret->wake = next < ret->wake ? next : ret->wake;
	for (size_t i = 0; i < ret->out_count; i++)
		if (out[i].goes)
			add_back(coming, &out[i], out[i].role, NULL);
	for (size_t i = 0; i < coming->count; i++)
		note_back(said, &coming->list[i]);
}

static bool is_told(const struct told *told, size_t count, const struct role *role)
{
	for (size_t i = 0; i < count; i++)
		if (is_sent(&told[i]) && told[i].role == role)
			return true;
	return false;
}

/* Whoever is told of something now is not told of the last thing again. */
static void come_again(struct coming *coming, const struct put_off *again,
		       const struct telling *telling)
{
	said_note_back(coming->said, again->role, again->until);
	const struct held_step *last = said_last_told(coming->said, again->role);
	if (last == NULL || is_told(telling->told, telling->told_count, again->role) ||
	    is_told(coming->list, coming->count, again->role))
		return;
	add_back(coming, last, again->role, again);
	note_back(coming->said, &coming->list[coming->count - 1]);
}

/* What came back and is held by somebody else waits for that one's day. */
static void wake_for_held(const struct coming *coming, struct telling *ret)
{
	for (size_t i = 0; i < coming->count; i++) {
		const struct put_off *held = coming->list[i].held;
		civil ends = held == NULL ? STEPS_NEVER : put_off_ends(held, coming->calendar);
		ret->wake = ends < ret->wake ? ends : ret->wake;
	}
}

static size_t count_put_offs(const struct deadline *deadline)
{
	size_t count = 0;
	for (const struct put_off *p = deadline->put_off; p != NULL; p = p->older)
		count++;
	return count;
}

static void judge_put_off(const struct deadline *deadline, const struct calendar *calendar,
			  civil now, struct said *said, struct arena *arena, struct telling *ret)
{
	const struct put_off *again;
	size_t acknowledged = count_put_offs(deadline);
	struct coming coming = { deadline, calendar, now, said, arena, NULL, 0 };
	if (said->held_count + acknowledged == 0)
		return;
	coming.list = arena_alloc(arena, (said->held_count + acknowledged) * sizeof(*coming.list));
	ret->come = arena_alloc(arena, (acknowledged + 1) * sizeof(const struct put_off *));
	come_out(&coming, ret);
	while ((again = said_first_to_come(said, deadline)) != NULL) {
		civil comes = put_off_comes(again, calendar, now);
		if (comes > now) {
			ret->wake = comes < ret->wake ? comes : ret->wake;
			break;
		}
		ret->come[ret->come_count++] = again;
		come_again(&coming, again, ret);
	}
	ret->back = coming.list;
	ret->back_count = coming.count;
	wake_for_held(&coming, ret);
}

void telling_judge(const struct deadline *deadline, const struct calendar *calendar, civil now,
		   struct said *said, struct arena *arena, struct telling *ret)
{
	*ret = (struct telling){ .wake = STEPS_NEVER };
	if (!speaks(deadline))
		return;
	judge_due(deadline, calendar, now, said, arena, ret);
	judge_put_off(deadline, calendar, now, said, arena, ret);
}

bool telling_says(const struct telling *telling)
{
	return telling->gone_count + telling->out_count + telling->come_count > 0;
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

static civil last_end(const struct deadline *deadline, const struct calendar *calendar, civil now)
{
	civil last = now;
	for (const struct put_off *p = deadline->put_off; p != NULL; p = p->older)
		last = put_off_ends(p, calendar) > last ? put_off_ends(p, calendar) : last;
	return last;
}

static void take_put_off(const struct deadline *deadline, const struct calendar *calendar,
			 civil now, const struct said *said, struct planned_step *ret, bool *any)
{
	const struct put_off *again = said_first_to_come(said, deadline);
	const struct held_step *last = again == NULL ? NULL : said_last_told(said, again->role);
	if (last != NULL)
		take_earlier(ret, any, &last->planned, put_off_comes(again, calendar, now));
	for (size_t i = 0; i < said->held_count; i++) {
		const struct held_step *held = &said->held[i];
		const struct put_off *by =
		    steps_held_back(deadline, calendar, held->planned.step, held->role, now);
		take_earlier(ret, any, &held->planned,
			     by == NULL ? steps_hour_now(calendar, &held->planned, now)
					: put_off_ends(by, calendar));
	}
}

/* Steps that lie ahead, as of now: who is told of one alone, at its hour. */
struct ahead {
	const struct deadline *deadline;
	const struct calendar *calendar;
	civil now;
	const struct said *said;
	struct arena *arena;
	struct planned_step *list;
	size_t count;
	civil first; /* the hour at which the first of them tells anybody; STEPS_NEVER */
};

static void take_ahead(struct ahead *ahead, const struct planned_step *planned,
		       struct planned_step *ret, bool *any)
{
	struct told *told;
	civil at = steps_hour_now(ahead->calendar, planned, ahead->now);
	size_t count = steps_choose(ahead->deadline, ahead->calendar, planned, 1, at, ahead->said,
				    ahead->arena, &told);
	for (size_t i = 0; i < count; i++) {
		if (told[i].overtaken || told[i].quiet)
			continue;
		if (told[i].held != NULL)
			take_earlier(ret, any, planned,
				     put_off_ends(told[i].held, ahead->calendar));
		else
			ahead->first = at < ahead->first ? at : ahead->first;
	}
}

/* Of those that go at the first hour, together, the first one of which somebody is told. */
static void take_first(const struct ahead *ahead, struct planned_step *ret)
{
	struct told *told;
	size_t together = 0, i = 0;
	struct planned_step *list = arena_alloc(ahead->arena, (ahead->count + 1) * sizeof(*list));
	for (size_t j = 0; j < ahead->count; j++)
		if (steps_hour_now(ahead->calendar, &ahead->list[j], ahead->now) == ahead->first)
			list[together++] = ahead->list[j];
	size_t count = steps_choose(ahead->deadline, ahead->calendar, list, together, ahead->first,
				    ahead->said, ahead->arena, &told);
	while (i < count && (!is_sent(&told[i]) || told[i].quiet))
		i++;
	*ret = i < count ? *told[i].planned : list[0];
	ret->at = ahead->first;
}

bool telling_next(const struct deadline *deadline, const struct calendar *calendar, civil now,
		  const struct said *said, struct arena *arena, struct planned_step *ret)
{
	bool any = false;
	struct ahead ahead = { deadline, calendar, now, said, arena, NULL, 0, STEPS_NEVER };
	if (!speaks(deadline))
		return false;
	take_put_off(deadline, calendar, now, said, ret, &any);
	ahead.count = steps_ahead(deadline, calendar, last_end(deadline, calendar, now), said,
				  arena, &ahead.list);
	for (size_t i = 0; i < ahead.count; i++)
		take_ahead(&ahead, &ahead.list[i], ret, &any);
	if (ahead.first == STEPS_NEVER || (any && ret->at < ahead.first))
		return any;
	take_first(&ahead, ret);
	return true;
}
