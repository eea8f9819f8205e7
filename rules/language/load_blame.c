/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Whose mistake it is. What an office's own keys make of a shipped rule is told at those keys, and
 * not at a shipped file in which nothing is wrong. A role that is not in chain.conf is told once,
 * however many steps name it.
 */
#include <stdlib.h>
#include <string.h>

#include "rules/conf/confread.h"
#include "rules/language/load_own.h"

/* --- an override accuses only itself --------------------------------------------------------- */

static bool is_among_from(const struct problems *problems, size_t from,
			  const struct problem *wanted)
{
	for (size_t i = from; i < problems->count; i++)
		if (problems->list[i].line == wanted->line &&
		    strcmp(problems->list[i].place, wanted->place) == 0 &&
		    strcmp(problems->list[i].text, wanted->text) == 0)
			return true;
	return false;
}

static bool any_at(const struct problems *problems, size_t from, const char *file)
{
	for (size_t i = from; i < problems->count; i++)
		if (strcmp(problems->list[i].place, file) == 0)
			return true;
	return false;
}

/* Told at the override: what it makes of a key that stands in the shipped file. */
static void move_here(const struct loading *loading, struct problem *problem)
{
	char *text =
	    xasprintf("with these keys: %s (%s:%d)", problem->text, problem->place, problem->line);
	free(problem->text);
	free(problem->place);
	problem->text = text;
	problem->place = xstrdup(loading->own_file);
	problem->line = confread_line(loading->own, "override");
	problem->column = 0;
}

void load_blame_own(const struct loading *loading, size_t before, const struct problems *shipped)
{
	struct problems *problems = loading->problems;
	bool told = any_at(problems, before, loading->own_file);
	for (size_t i = problems->count; i-- > before;) {
		struct problem *problem = &problems->list[i];
		if (strcmp(problem->place, loading->file) != 0 ||
		    is_among_from(shipped, 0, problem))
			continue;
		if (!told)
			move_here(loading, problem);
		if (told || is_among_from(problems, i + 1, problem))
			problems_drop(problems, i);
	}
}

/* --- roles that are not there ---------------------------------------------------------------- */

void load_unknown_role(const struct loading *loading, const char *key, const char *name)
{
	struct unknown_roles *roles = loading->unknown_roles;
	for (size_t i = 0; i < roles->count; i++)
		if (strcmp(roles->list[i].name, name) == 0) {
			roles->list[i].times++;
			return;
		}
	roles->list = array_grow(roles->list, roles->count, &roles->capacity, sizeof(*roles->list));
	roles->list[roles->count++] =
	    (struct unknown_role){ arena_strdup(loading->arena, name),
				   arena_strdup(loading->arena, key), load_file_of(loading, key),
				   confread_line(load_group(loading, key), key), 1 };
}

static bool names(const struct addressee *list, size_t count, const struct role *role)
{
	for (size_t i = 0; i < count; i++)
		if (list[i].role == role)
			return true;
	return false;
}

static bool is_named(const struct ruleset *ruleset, const struct role *role)
{
	for (size_t i = 0; i < ruleset->count; i++)
		for (size_t j = 0; j < ruleset->rules[i].step_count; j++) {
			const struct step *step = &ruleset->rules[i].steps[j];
			if (names(step->to, step->to_count, role) ||
			    names(step->cc, step->cc_count, role))
				return true;
		}
	return false;
}

/* What chain.conf calls it now: a role that no rule names must be the one that was given another
 * name. If there are several, the one that is written most alike. */
static const char *guess(const struct ruleset *ruleset, const char *name)
{
	const char *const *all = chain_codes(ruleset->chain, "role");
	const char *unnamed[64] = { NULL };
	size_t count = 0;
	const struct role *role;
	for (size_t i = 0; (role = chain_role_at(ruleset->chain, i)) != NULL && count < 63; i++)
		if (!is_named(ruleset, role))
			unnamed[count++] = role->name;
	const char *near = problem_nearest(name, unnamed);
	if (near != NULL)
		return near;
	near = problem_nearest(name, all);
	return near != NULL ? near : count == 1 ? unnamed[0] : NULL;
}

void load_tell_unknown_roles(const struct ruleset *ruleset, struct unknown_roles *roles,
			     struct problems *problems)
{
	for (size_t i = 0; i < roles->count; i++) {
		const struct unknown_role *role = &roles->list[i];
		const char *near = guess(ruleset, role->name);
		char *times = role->times == 1
				  ? xstrdup("")
				  : xasprintf(", and in %d more places", role->times - 1);
		problem_add(problems, role->file, role->line, "%s: unknown role \"%s\"%s%s%s%s",
			    role->key, role->name, times, near == NULL ? "" : ": did you mean \"",
			    near == NULL ? "" : near, near == NULL ? "" : "\"?");
		free(times);
	}
	free(roles->list);
}
