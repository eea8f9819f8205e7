/* SPDX-License-Identifier: EUPL-1.2 */
/* See walk_said.h. */
#include "rules/walk/walk_said.h"

#include <search.h>
#include <string.h>

struct past {
	const char *rule, *key;
	date anchor;
	int occurrence;
	struct said *said;
};

static int compare(const void *a, const void *b)
{
	const struct past *x = a, *y = b;
	int order = strcmp(x->rule, y->rule);
	if (order != 0)
		return order;
	if (x->anchor != y->anchor)
		return x->anchor < y->anchor ? -1 : 1;
	if (x->occurrence != y->occurrence)
		return x->occurrence < y->occurrence ? -1 : 1;
	return strcmp(x->key, y->key);
}

static struct past *find(void *tree, const struct past *wanted)
{
	struct past **found = tfind(wanted, &tree, compare);
	return found == NULL ? NULL : *found;
}

/* Under the rule's older name, too. */
static const struct said *find_before(void *tree, const struct rule *rule, struct past wanted)
{
	wanted.rule = rule->was;
	const struct past *older = rule->was == NULL ? NULL : find(tree, &wanted);
	return older == NULL ? NULL : older->said;
}

static struct past *add(void **tree, const struct past *wanted, const struct rule *rule,
			struct arena *arena)
{
	const struct said *before = find_before(*tree, rule, *wanted);
	struct past *past = arena_alloc(arena, sizeof(*past));
	*past = *wanted;
	past->rule = arena_strdup(arena, wanted->rule);
	past->key = arena_strdup(arena, wanted->key);
	past->said = before == NULL ? said_new(rule, arena) : said_follow(before, rule);
	tsearch(past, tree, compare);
	return past;
}

struct said *walk_said_find(void **tree, const struct deadline *deadline, struct arena *arena)
{
	const struct rule *rule = deadline->rule;
	struct past wanted = { .rule = rule->name,
			       .key = deadline->key,
			       .anchor = deadline->anchor,
			       .occurrence = deadline->occurrence };
	struct past *past = find(*tree, &wanted);
	if (past == NULL)
		past = add(tree, &wanted, rule, arena);
	if (past->said->rule != rule)
		past->said = said_follow(past->said, rule);
	return past->said;
}

static void keep(void *past)
{
	(void)past; /* it lives in the arena */
}

void walk_said_free(void *tree)
{
	tdestroy(tree, keep);
}
