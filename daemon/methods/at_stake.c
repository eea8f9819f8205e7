/* SPDX-License-Identifier: EUPL-1.2 */
/* See at_stake.h. */
#include "daemon/methods/at_stake.h"

#include <string.h>

#include "daemon/people/people.h"
#include "rules/plan/audience.h"

struct asking {
	struct kedjad *k;
	const char *subject;
	const struct plan *plan;
	struct arena *arena;
};

static const char *join(struct arena *arena, const char *list, const char *more)
{
	return list == NULL ? more : arena_printf(arena, "%s, %s", list, more);
}

static bool is_open_by_law(const struct deadline *deadline)
{
	return deadline->rule->final && deadline->state == DEADLINE_OPEN;
}

/* "forfeiture-last-day 2026-02, last day 2026-05-04" */
static const char *deadline_words(const struct deadline *deadline, struct arena *arena)
{
	char due[DATE_TEXT_SIZE];
	return arena_printf(arena, "%s%s%s, last day %s", deadline->rule->name,
			    *deadline->key == '\0' ? "" : " ", deadline->key,
			    date_format(deadline->due, due));
}

/* --- a case closes ---------------------------------------------------------------------------- */

void method_close_check(struct kedjad *k, const struct event *event, bool force,
			struct problems *problems)
{
	struct arena *arena = arena_new();
	const struct plan *plan = planner_get(k->planner, event->subject);
	bool any = false, reasoned = event_value(event, "reason").type != VALUE_NULL;
	for (size_t i = 0; plan != NULL && i < plan_live_count(plan); i++) {
		const struct deadline *deadline = plan_live_at(plan, i);
		if (!is_open_by_law(deadline))
			continue;
		any = true;
		if (!force)
			problem_add(problems, "subject", 0, "%s is open by law: %s", event->subject,
				    deadline_words(deadline, arena));
	}
	if (any && !force)
		problem_add(problems, "force", 0,
			    "to close it all the same, use force and give a reason");
	else if (any && !reasoned)
		problem_add(problems, "reason", 0,
			    "is missing: what is open by law is left so for a reason");
	arena_free(arena);
}

static const char *closed_note(const struct asking *asking)
{
	const char *list = NULL;
	for (size_t i = 0; i < plan_live_count(asking->plan); i++) {
		const struct deadline *deadline = plan_live_at(asking->plan, i);
		if (is_open_by_law(deadline))
			list = join(asking->arena, list, deadline_words(deadline, asking->arena));
	}
	return list == NULL
		   ? NULL
		   : arena_printf(asking->arena, "still open by law, and watched on: %s", list);
}

/* --- a case goes over ------------------------------------------------------------------------- */

struct roles {
	const struct role **list;
	size_t count, capacity;
};

static void roles_add(struct roles *roles, const struct role *role, struct arena *arena)
{
	for (size_t i = 0; i < roles->count; i++)
		if (roles->list[i] == role)
			return;
	roles->list =
	    arena_grow(arena, roles->list, roles->count, &roles->capacity, sizeof(*roles->list));
	roles->list[roles->count++] = role;
}

static void roles_of(const struct asking *asking, const struct deadline *deadline,
		     struct roles *roles)
{
	for (size_t i = 0; i < deadline->rule->step_count; i++) {
		struct named *named;
		size_t count =
		    audience_of(deadline, &deadline->rule->steps[i], asking->arena, &named);
		for (size_t j = 0; j < count; j++)
			if (named[j].role != NULL)
				roles_add(roles, named[j].role, asking->arena);
	}
}

static const char *vacant(const struct asking *asking, const struct roles *roles)
{
	const char *list = NULL, *programme = facts_programme(plan_facts(asking->plan));
	for (size_t i = 0; i < roles->count; i++) {
		struct holders holders =
		    people_holders(&asking->k->core, asking->subject, programme, roles->list[i],
				   NULL, asking->arena);
		if (holders.count == 0)
			list = join(asking->arena, list, roles->list[i]->name);
	}
	return list;
}

static const char *transferred_note(const struct asking *asking)
{
	const char *days = NULL;
	struct roles roles = { NULL, 0, 0 };
	for (size_t i = 0; i < plan_live_count(asking->plan); i++) {
		const struct deadline *deadline = plan_live_at(asking->plan, i);
		if (!is_open_by_law(deadline))
			continue;
		days = join(asking->arena, days, deadline_words(deadline, asking->arena));
		roles_of(asking, deadline, &roles);
	}
	if (days == NULL)
		return NULL;
	const char *nobody = vacant(asking, &roles);
	return arena_printf(asking->arena, "open by law, and watched on: %s%s%s%s%s", days,
			    nobody == NULL ? "" : "; in ",
			    nobody == NULL ? "" : facts_programme(plan_facts(asking->plan)),
			    nobody == NULL ? "" : " nobody can be reached as ",
			    nobody == NULL ? "" : nobody);
}

/* --- a case that is not open ------------------------------------------------------------------ */

struct told_list {
	const char **ids;
	size_t count, capacity;
	const char *words;
};

static void told_add(const struct asking *asking, struct told_list *list, const char *id,
		     const char *name, const char *as)
{
	for (size_t i = 0; i < list->count; i++)
		if (strcmp(list->ids[i], id) == 0)
			return;
	list->ids =
	    arena_grow(asking->arena, list->ids, list->count, &list->capacity, sizeof(*list->ids));
	list->ids[list->count++] = id;
	list->words = join(asking->arena, list->words,
			   *id == '\0' ? "the administrator"
				       : arena_printf(asking->arena, "%s (%s)", name, as));
}

static void add_named(const struct asking *asking, const struct named *named,
		      struct told_list *list)
{
	const struct core *core = &asking->k->core;
	const char *programme = facts_programme(plan_facts(asking->plan));
	struct holders holders = people_holders(core, asking->subject, programme, named->role,
						named->copy ? NULL : named->care, asking->arena);
	struct person *others;
	for (size_t i = 0; i < holders.count; i++)
		told_add(asking, list, holders.list[i].id, holders.list[i].name,
			 holders.role->name);
	size_t count = holders.count > 0 && !holders.barred
			   ? 0
			   : people_fallback(core, asking->subject, programme,
					     named->role == NULL ? "" : named->role->name,
					     asking->arena, &others);
	for (size_t i = 0; i < count; i++)
		told_add(asking, list, others[i].id, others[i].name,
			 people_fallback_role(&others[i]));
}

static const char *care_note(const struct asking *asking, const struct event *event)
{
	const struct facts *facts = plan_facts(asking->plan);
	struct told_list list = { NULL, 0, 0, NULL };
	if (facts_is_open(facts))
		return NULL;
	for (size_t i = 0; i < plan_live_count(asking->plan); i++) {
		const struct deadline *deadline = plan_live_at(asking->plan, i);
		for (size_t j = 0;
		     deadline->anchor_event == event->id && j < deadline->rule->step_count; j++) {
			struct named *named;
			size_t count =
			    audience_of(deadline, &deadline->rule->steps[j], asking->arena, &named);
			for (size_t n = 0; n < count; n++)
				if (!named[n].quiet)
					add_named(asking, &named[n], &list);
		}
	}
	return list.words == NULL
		   ? NULL
		   : arena_printf(asking->arena, "%s is %s: this is told to %s", asking->subject,
				  facts_was_opened(facts) ? "closed" : "not opened", list.words);
}

const char *method_at_stake_note(struct kedjad *k, const struct event *event, struct arena *arena)
{
	struct asking asking = { k, event->subject, NULL, arena };
	if (event->kind->subject != SUBJECT_CASE)
		return NULL;
	asking.plan = planner_get(k->planner, event->subject);
	if (asking.plan == NULL)
		return NULL;
	if (strcmp(event->kind->name, "case.closed") == 0)
		return closed_note(&asking);
	if (strcmp(event->kind->name, "case.transferred") == 0)
		return transferred_note(&asking);
	return care_note(&asking, event);
}
