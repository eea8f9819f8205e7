/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * See walk.h. Every subject is a walker; a heap has them by the hour at which they wake. At each
 * hour the walkers that wake are settled, then events that have become known are handed to
 * whoever sees them, and these are settled in their turn.
 */
#include "rules/walk/walk.h"

#include <search.h>
#include <stdlib.h>
#include <string.h>

#include "rules/language/sees.h"
#include "rules/walk/walk_said.h"

#define NEVER INT64_MAX

struct walker;

struct list {
	const struct event **at;
	size_t count, capacity;
};

struct walkers {
	struct walker **at;
	size_t count, capacity;
};

struct walker {
	struct walk *walk;
	const char *name;
	enum subject_type type; /* SUBJECT_ANY until an event tells */
	struct plan *plan;      /* NULL: to be folded anew */
	struct plan *was;       /* of a case that is: what its days were held for until now */
	struct list own;        /* not voided */
	struct list fresh;      /* come since the last fold */
	struct walkers
	    partners; /* programmes that a case ever named; cases that named a programme */
	void *said;   /* what has been said of its deadlines: walk_said.h */
	bool behind;
	civil wake;
	size_t place; /* in the heap */
};

struct walk {
	const struct ruleset *ruleset;
	walk_on_notice *on_notice;
	void *arg;
	struct arena *arena;
	civil now;
	const struct event **events; /* to come, from `next` on by the time they become known */
	size_t event_count, event_capacity, next;
	bool sorted;
	walk_on_breach *on_breach;        /* NULL: nobody wants to know */
	bool asks_overdue;                /* a rule of programmes looks at their cases' deadlines */
	void *names;                      /* tree of walkers */
	struct walkers all;               /* in the order in which they came */
	struct walkers heap;              /* by wake */
	struct walkers cases, programmes; /* that are behind */
};

struct walk *walk_new(const struct ruleset *ruleset, walk_on_notice *on_notice, void *arg)
{
	struct walk *walk = xcalloc(1, sizeof(*walk));
	walk->ruleset = ruleset;
	walk->on_notice = on_notice;
	walk->arg = arg;
	walk->arena = arena_new();
	walk->now = CIVIL_NONE;
	walk->asks_overdue = plan_rules_ask_overdue(ruleset);
	return walk;
}

void walk_set_check(struct walk *walk, walk_on_breach *on_breach)
{
	walk->on_breach = on_breach;
}

static void keep(void *node)
{
	(void)node; /* it lives in the arena */
}

void walk_free(struct walk *walk)
{
	if (walk == NULL)
		return;
	for (size_t i = 0; i < walk->all.count; i++) {
		struct walker *walker = walk->all.at[i];
		plan_free(walker->plan);
		plan_free(walker->was);
		walk_said_free(walker->said);
		free(walker->own.at);
		free(walker->fresh.at);
		free(walker->partners.at);
	}
	tdestroy(walk->names, keep);
	free(walk->all.at);
	free(walk->heap.at);
	free(walk->cases.at);
	free(walk->programmes.at);
	free(walk->events);
	arena_free(walk->arena);
	free(walk);
}

static void list_add(struct list *list, const struct event *event)
{
	list->at = array_grow(list->at, list->count, &list->capacity, sizeof(*list->at));
	list->at[list->count++] = event;
}

static void list_remove(struct list *list, const struct event *event)
{
	for (size_t i = 0; i < list->count; i++) {
		if (list->at[i] != event)
			continue;
		memmove(&list->at[i], &list->at[i + 1], (list->count - i - 1) * sizeof(*list->at));
		list->count--;
		return;
	}
}

static void walkers_add(struct walkers *walkers, struct walker *walker)
{
	walkers->at =
	    array_grow(walkers->at, walkers->count, &walkers->capacity, sizeof(*walkers->at));
	walkers->at[walkers->count++] = walker;
}

static void walkers_remove(struct walkers *walkers, const struct walker *walker)
{
	for (size_t i = 0; i < walkers->count; i++)
		if (walkers->at[i] == walker)
			walkers->at[i--] = walkers->at[--walkers->count];
}

static bool walkers_have(const struct walkers *walkers, const struct walker *walker)
{
	for (size_t i = 0; i < walkers->count; i++)
		if (walkers->at[i] == walker)
			return true;
	return false;
}

/* --- the heap ------------------------------------------------------------------------------- */

static void heap_put(struct walkers *heap, size_t place, struct walker *walker)
{
	heap->at[place] = walker;
	walker->place = place;
}

/* Of the same hour cases come before programmes: a programme may ask how its cases stand. */
static bool wakes_before(const struct walker *a, const struct walker *b)
{
	if (a->wake != b->wake)
		return a->wake < b->wake;
	return a->type == SUBJECT_CASE && b->type != SUBJECT_CASE;
}

static void heap_rise(struct walkers *heap, struct walker *walker)
{
	size_t place = walker->place;
	while (place > 0 && wakes_before(walker, heap->at[(place - 1) / 2])) {
		heap_put(heap, place, heap->at[(place - 1) / 2]);
		place = (place - 1) / 2;
	}
	heap_put(heap, place, walker);
}

static void heap_sink(struct walkers *heap, struct walker *walker)
{
	size_t place = walker->place;
	for (size_t below = 2 * place + 1; below < heap->count; below = 2 * place + 1) {
		if (below + 1 < heap->count && wakes_before(heap->at[below + 1], heap->at[below]))
			below++;
		if (!wakes_before(heap->at[below], walker))
			break;
		heap_put(heap, place, heap->at[below]);
		place = below;
	}
	heap_put(heap, place, walker);
}

static void set_wake(struct walk *walk, struct walker *walker, civil wake)
{
	walker->wake = wake;
	heap_rise(&walk->heap, walker);
	heap_sink(&walk->heap, walker);
}

/* --- who there is --------------------------------------------------------------------------- */

static int compare_names(const void *a, const void *b)
{
	const struct walker *x = a, *y = b;
	return strcmp(x->name, y->name);
}

static struct walker *walker_find(const struct walk *walk, const char *name)
{
	struct walker wanted = { .name = name };
	struct walker **found = tfind(&wanted, &walk->names, compare_names);
	return found == NULL ? NULL : *found;
}

static struct walker *walker_for(struct walk *walk, const char *name)
{
	struct walker *walker = walker_find(walk, name);
	if (walker != NULL)
		return walker;
	walker = arena_alloc(walk->arena, sizeof(*walker));
	walker->walk = walk;
	walker->name = arena_strdup(walk->arena, name);
	walker->type = SUBJECT_ANY;
	walker->wake = NEVER;
	tsearch(walker, &walk->names, compare_names);
	walkers_add(&walk->all, walker);
	walkers_add(&walk->heap, walker);
	walker->place = walk->heap.count - 1;
	return walker;
}

static void mark_behind(struct walk *walk, struct walker *walker)
{
	if (walker->behind || walker->type == SUBJECT_ANY)
		return;
	walker->behind = true;
	walkers_add(walker->type == SUBJECT_CASE ? &walk->cases : &walk->programmes, walker);
}

/* A case that is folded anew may find other days overdue than it did. */
static void note_days(const struct walk *walk, struct walker *walker)
{
	if (walker->type == SUBJECT_CASE && walk->asks_overdue && walker->plan != NULL &&
	    walker->was == NULL) {
		walker->was = walker->plan;
		walker->plan = NULL;
	}
}

static void drop_plan(struct walk *walk, struct walker *walker)
{
	note_days(walk, walker);
	plan_free(walker->plan);
	walker->plan = NULL;
	mark_behind(walk, walker);
}

/* --- what becomes known ---------------------------------------------------------------------- */

static bool sees(const struct walker *walker, const struct event *event)
{
	return sees_kind(walker->walk->ruleset, walker->type, event->kind);
}

/* A case that comes to a programme sees the past of it, and the programme that of the case. It is
 * a programme by being named, whether or not it was ever started. */
static void note_naming(struct walk *walk, struct walker *walker, const struct event *event)
{
	const char *name = event_programme(event);
	struct walker *programme = name == NULL ? NULL : walker_for(walk, name);
	if (programme == NULL || walkers_have(&walker->partners, programme))
		return;
	if (programme->type == SUBJECT_ANY) {
		programme->type = SUBJECT_PROGRAMME;
		mark_behind(walk, programme);
	}
	walkers_add(&walker->partners, programme);
	walkers_add(&programme->partners, walker);
	drop_plan(walk, walker);
	if (walker->own.count > 1)
		drop_plan(walk, programme);
}

/* Nothing else of the case names the programme that one which is taken back did. */
static void forget_naming(struct walker *walker, const struct event *voided)
{
	const char *name = event_programme(voided);
	for (size_t i = 0; name != NULL && i < walker->own.count; i++) {
		const char *other = event_programme(walker->own.at[i]);
		if (other != NULL && strcmp(other, name) == 0)
			return;
	}
	struct walker *programme = name == NULL ? NULL : walker_find(walker->walk, name);
	if (programme == NULL)
		return;
	walkers_remove(&walker->partners, programme);
	walkers_remove(&programme->partners, walker);
}

/* All who saw it fold anew, without it. */
static void take_back(struct walk *walk, struct walker *walker, int64_t id)
{
	const struct event *voided = NULL;
	for (size_t i = 0; i < walker->own.count; i++)
		if (walker->own.at[i]->id == id)
			voided = walker->own.at[i];
	if (voided == NULL)
		return;
	list_remove(&walker->own, voided);
	drop_plan(walk, walker);
	for (size_t i = 0; i < walker->partners.count; i++)
		if (sees(walker->partners.at[i], voided))
			drop_plan(walk, walker->partners.at[i]);
	forget_naming(walker, voided);
}

static void take_note(struct walk *walk, const struct event *event)
{
	if (event->kind->subject == SUBJECT_STAFF)
		return;
	struct walker *walker = walker_for(walk, event->subject);
	if (walker->type == SUBJECT_ANY)
		walker->type = event->kind->subject;
	list_add(&walker->own, event);
	list_add(&walker->fresh, event);
	mark_behind(walk, walker);
	note_naming(walk, walker, event);
	for (size_t i = 0; i < walker->partners.count; i++) {
		if (!sees(walker->partners.at[i], event))
			continue;
		list_add(&walker->partners.at[i]->fresh, event);
		mark_behind(walk, walker->partners.at[i]);
	}
	if (kind_takes_back(event->kind))
		take_back(walk, walker, event_takes_back(event));
}

/* --- folding --------------------------------------------------------------------------------- */

static int compare_events(const void *a, const void *b)
{
	const struct event *const *x = a, *const *y = b;
	return event_compare(*x, *y);
}

static void list_sort(struct list *list)
{
	if (list->count > 1)
		qsort(list->at, list->count, sizeof(*list->at), compare_events);
}

/* All that a subject sees: its own events, and what it sees of others (sees.h). */
static void list_history(const struct walker *walker, struct list *ret)
{
	for (size_t i = 0; i < walker->own.count; i++)
		list_add(ret, walker->own.at[i]);
	for (size_t i = 0; i < walker->partners.count; i++) {
		const struct list *others = &walker->partners.at[i]->own;
		for (size_t j = 0; j < others->count; j++)
			if (sees(walker, others->at[j]))
				list_add(ret, others->at[j]);
	}
	list_sort(ret);
}

/* Deadlines of the cases that a programme has or had. */
static int64_t count_overdue(void *arg, date day)
{
	const struct walker *programme = arg;
	int64_t count = 0;
	for (size_t i = 0; i < programme->partners.count; i++) {
		const struct walker *walker = programme->partners.at[i];
		if (walker->type != SUBJECT_CASE || walker->plan == NULL)
			continue;
		for (size_t j = 0; j < plan_count(walker->plan); j++)
			count +=
			    deadline_is_overdue(plan_at(walker->plan, j), programme->name, day);
	}
	return count;
}

static void fold_anew(struct walk *walk, struct walker *walker)
{
	struct list history = { NULL, 0, 0 };
	note_days(walk, walker);
	plan_free(walker->plan);
	walker->plan = plan_new(walk->ruleset, walker->type, walker->name);
	if (walker->type == SUBJECT_PROGRAMME)
		plan_ask_overdue(walker->plan, count_overdue, walker);
	list_history(walker, &history);
	for (size_t i = 0; i < history.count; i++)
		(void)!plan_apply(walker->plan, history.at[i]); /* they are in order */
	free(history.at);
}

static void bring_in(struct walk *walk, struct walker *walker)
{
	bool anew = walker->plan == NULL;
	list_sort(&walker->fresh);
	for (size_t i = 0; !anew && i < walker->fresh.count; i++)
		anew = plan_apply(walker->plan, walker->fresh.at[i]) != 0;
	if (anew)
		fold_anew(walk, walker);
	walker->fresh.count = 0;
}

/* The programmes of a case whose days of the past are others now look at them again. */
static void tell_programmes(struct walk *walk, struct walker *walker)
{
	date today = civil_date(walk->now);
	for (size_t i = 0; walker->was != NULL && i < walker->partners.count; i++) {
		struct walker *programme = walker->partners.at[i];
		if (!plan_same_overdue(walker->was, walker->plan, programme->name, today))
			drop_plan(walk, programme);
	}
	plan_free(walker->was);
	walker->was = NULL;
}

/* --- going off ------------------------------------------------------------------------------- */

static void notify(struct walk *walk, const struct walker *walker, const struct deadline *deadline,
		   const struct told *told, size_t count)
{
	struct walk_notice notice = { .at = walk->now,
				      .subject = walker->name,
				      .deadline = deadline,
				      .told = told,
				      .told_count = count };
	if (count > 0)
		walk->on_notice(walk->arg, &notice);
}

/* What is due of one deadline goes off, and what was put off comes back; the hour of what comes
 * next. */
static civil go_off(struct walk *walk, struct walker *walker, const struct deadline *deadline,
		    struct arena *arena)
{
	struct telling telling;
	struct said *said = walk_said_find(&walker->said, deadline, walk->arena);
	telling_judge(deadline, walk->ruleset->calendar, walk->now, said, arena, &telling);
	notify(walk, walker, deadline, telling.told, telling.told_count);
	notify(walk, walker, deadline, telling.back, telling.back_count);
	if (telling.wake == STEPS_NEVER && deadline_ended_by_last_step(deadline))
		plan_let_go(walker->plan, deadline);
	return telling.wake;
}

static void check(const struct walk *walk, const struct walker *walker)
{
	const struct deadline *deadline = NULL;
	const char *wrong = walk->on_breach == NULL ? NULL : plan_check(walker->plan, &deadline);
	if (wrong != NULL)
		walk->on_breach(walk->arg, walker->name, deadline, wrong);
}

/* Folds, judges and sends: afterwards the walker stands as of this moment. */
static void settle(struct walk *walk, struct walker *walker)
{
	struct arena *arena = arena_new();
	civil wake = NEVER;
	walker->behind = false;
	bring_in(walk, walker);
	plan_judge(walker->plan, walk->now);
	tell_programmes(walk, walker);
	for (size_t i = 0; i < plan_live_count(walker->plan); i++) {
		civil at = go_off(walk, walker, plan_live_at(walker->plan, i), arena);
		wake = at < wake ? at : wake;
	}
	date change = plan_next_change(walker->plan);
	if (change != DATE_NONE && civil_at(change, 0) < wake)
		wake = civil_at(change, 0);
	set_wake(walk, walker, wake <= walk->now ? walk->now + 1 : wake);
	check(walk, walker);
	plan_clean(walker->plan);
	arena_free(arena);
}

static void settle_behind(struct walk *walk)
{
	while (walk->cases.count > 0 || walk->programmes.count > 0) {
		struct walkers *from = walk->cases.count > 0 ? &walk->cases : &walk->programmes;
		settle(walk, from->at[--from->count]);
	}
}

/* --- time ------------------------------------------------------------------------------------ */

void walk_add(struct walk *walk, const struct event *event)
{
	walk->events = array_grow(walk->events, walk->event_count, &walk->event_capacity,
				  sizeof(*walk->events));
	walk->events[walk->event_count++] = event;
	walk->sorted = false;
}

static int compare_recorded(const void *a, const void *b)
{
	const struct event *const *x = a, *const *y = b;
	if ((*x)->recorded != (*y)->recorded)
		return (*x)->recorded < (*y)->recorded ? -1 : 1;
	return ((*x)->id > (*y)->id) - ((*x)->id < (*y)->id);
}

static civil next_recorded(struct walk *walk)
{
	if (!walk->sorted && walk->event_count > walk->next)
		qsort(walk->events + walk->next, walk->event_count - walk->next,
		      sizeof(*walk->events), compare_recorded);
	walk->sorted = true;
	return walk->next < walk->event_count ? walk->events[walk->next]->recorded : NEVER;
}

static civil next_wake(const struct walk *walk)
{
	return walk->heap.count > 0 ? walk->heap.at[0]->wake : NEVER;
}

void walk_to(struct walk *walk, civil until)
{
	for (;;) {
		civil recorded = next_recorded(walk), wake = next_wake(walk);
		civil first = recorded < wake ? recorded : wake;
		if (first > until || first == NEVER)
			break;
		walk->now = first > walk->now ? first : walk->now;
		while (next_wake(walk) <= walk->now)
			settle(walk, walk->heap.at[0]);
		while (next_recorded(walk) <= walk->now)
			take_note(walk, walk->events[walk->next++]);
		settle_behind(walk);
	}
	walk->now = until > walk->now ? until : walk->now;
}

void walk_change_rules(struct walk *walk, const struct ruleset *ruleset)
{
	walk->ruleset = ruleset;
	for (size_t i = 0; i < walk->all.count; i++)
		drop_plan(walk, walk->all.at[i]);
	settle_behind(walk);
}

const struct plan *walk_plan(const struct walk *walk, const char *subject)
{
	const struct walker *walker = walker_find(walk, subject);
	return walker == NULL ? NULL : walker->plan;
}
