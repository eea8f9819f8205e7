/* SPDX-License-Identifier: EUPL-1.2 */
/* See walk_held.h. */
#include "rules/walk/walk_held.h"

#include <string.h>

/* That a role was told of a step; the newest first. */
struct walk_told {
	struct held_step step;
	const struct walk_told *older;
};

/* An acknowledgement of a role until a day has come back. */
struct walk_back {
	const struct role *role;
	date until;
	const struct walk_back *older;
};

static void hold(struct walk_gone *gone, const struct told *told, struct arena *arena)
{
	if (gone->held_count == gone->held_capacity) {
		size_t more = gone->held_capacity == 0 ? 8 : 2 * gone->held_capacity;
		struct held_step *longer = arena_alloc(arena, more * sizeof(*longer));
		if (gone->held_count > 0)
			memcpy(longer, gone->held, gone->held_count * sizeof(*longer));
		gone->held = longer;
		gone->held_capacity = more;
	}
	gone->held[gone->held_count++] =
	    (struct held_step){ .planned = *told->planned, .role = told->role, .copy = told->copy };
}

/* A role that is told of a further step waits for no earlier one. */
static void forget_held(struct walk_gone *gone, const struct role *role)
{
	size_t kept = 0;
	for (size_t i = 0; i < gone->held_count; i++)
		if (gone->held[i].role != role)
			gone->held[kept++] = gone->held[i];
	gone->held_count = kept;
}

static void remember_told(struct walk_gone *gone, const struct told *told, struct arena *arena)
{
	struct walk_told *last = arena_alloc(arena, sizeof(*last));
	last->step =
	    (struct held_step){ .planned = *told->planned, .role = told->role, .copy = told->copy };
	last->older = gone->told;
	gone->told = last;
}

static bool is_sent(const struct told *told)
{
	return !told->overtaken && told->held == NULL;
}

void walk_held_note(struct walk_gone *gone, const struct told *told, size_t count,
		    struct arena *arena)
{
	for (size_t i = 0; i < count; i++) {
		if (told[i].held != NULL) {
			hold(gone, &told[i], arena);
		} else if (is_sent(&told[i])) {
			forget_held(gone, told[i].role);
			remember_told(gone, &told[i], arena);
		}
	}
}

static bool is_told(const struct told *told, size_t count, const struct role *role)
{
	for (size_t i = 0; i < count; i++)
		if (is_sent(&told[i]) && told[i].role == role)
			return true;
	return false;
}

/* The last step that the role was told of, or else one that its putting off would have kept back.
 */
static const struct held_step *last_told(const struct walk_gone *gone, const struct role *role)
{
	const struct held_step *covered = NULL;
	for (const struct walk_told *t = gone->told; t != NULL; t = t->older) {
		if (t->step.role == role)
			return &t->step;
		if (covered == NULL && t->step.role != NULL && role_covers(role, t->step.role))
			covered = &t->step;
	}
	return covered;
}

static bool is_back(const struct walk_gone *gone, const struct put_off *put_off)
{
	for (const struct walk_back *b = gone->back; b != NULL; b = b->older)
		if (b->role == put_off->role && b->until == put_off->until)
			return true;
	return false;
}

static void note_back(struct walk_gone *gone, const struct put_off *put_off, struct arena *arena)
{
	struct walk_back *back = arena_alloc(arena, sizeof(*back));
	*back = (struct walk_back){ put_off->role, put_off->until, gone->back };
	gone->back = back;
}

static struct told told_of(const struct held_step *held, const struct role *role,
			   struct arena *arena)
{
	struct planned_step *planned = arena_alloc(arena, sizeof(*planned));
	*planned = held->planned;
	return (struct told){ .planned = planned, .role = role, .copy = held->copy };
}

/* What was held back; the list of what still is gets shorter. */
static size_t come_out(struct walk_gone *gone, const struct deadline *deadline,
		       const struct calendar *calendar, civil now, struct arena *arena,
		       struct told *list)
{
	size_t count = 0, kept = 0;
	steps_release(deadline, calendar, gone->held, gone->held_count, now);
	for (size_t i = 0; i < gone->held_count; i++) {
		if (gone->held[i].goes)
			list[count++] = told_of(&gone->held[i], gone->held[i].role, arena);
		if (!gone->held[i].out)
			gone->held[kept++] = gone->held[i];
	}
	gone->held_count = kept;
	return count;
}

static size_t count_put_offs(const struct deadline *deadline)
{
	size_t count = 0;
	for (const struct put_off *p = deadline->put_off; p != NULL; p = p->older)
		count++;
	return count;
}

size_t walk_held_come(struct walk_gone *gone, const struct deadline *deadline,
		      const struct calendar *calendar, civil now, const struct told *told,
		      size_t count, struct arena *keep, struct arena *arena, struct told **ret)
{
	size_t room = gone->held_count + count_put_offs(deadline);
	struct told *list = arena_alloc(arena, (room + 1) * sizeof(*list));
	size_t used = come_out(gone, deadline, calendar, now, arena, list);
	walk_held_note(gone, list, used, keep);
	for (const struct put_off *p = deadline->put_off; p != NULL; p = p->older) {
		if (!p->acknowledged || is_back(gone, p) || put_off_comes(p, calendar, now) > now)
			continue;
		note_back(gone, p, keep);
		const struct held_step *last = last_told(gone, p->role);
		if (last == NULL || is_told(told, count, p->role) || is_told(list, used, p->role))
			continue;
		list[used] = told_of(last, p->role, arena);
		list[used].held =
		    steps_held_back(deadline, calendar, last->planned.step, p->role, now);
		walk_held_note(gone, &list[used++], 1, keep);
	}
	*ret = list;
	return used;
}

civil walk_held_next(struct walk_gone *gone, const struct deadline *deadline,
		     const struct calendar *calendar, civil now)
{
	civil next = steps_release(deadline, calendar, gone->held, gone->held_count, now);
	for (const struct put_off *p = deadline->put_off; p != NULL; p = p->older) {
		civil at = put_off_comes(p, calendar, now);
		if (p->acknowledged && !is_back(gone, p) && at < next)
			next = at;
	}
	return next;
}
