/* SPDX-License-Identifier: EUPL-1.2 */
/* See walk_said.h. */
#include "rules/walk/walk_said.h"

#include <search.h>
#include <string.h>

struct past {
	const struct rule *rule;
	const char *key;
	date anchor;
	int occurrence;
	struct said *said;
};

static int compare(const void *a, const void *b)
{
	const struct past *x = a, *y = b;
	if (x->rule != y->rule)
		return x->rule->index < y->rule->index ? -1 : 1;
	if (x->anchor != y->anchor)
		return x->anchor < y->anchor ? -1 : 1;
	if (x->occurrence != y->occurrence)
		return x->occurrence < y->occurrence ? -1 : 1;
	return strcmp(x->key, y->key);
}

struct said *walk_said_find(void **tree, const struct deadline *deadline, struct arena *arena)
{
	struct past wanted = { .rule = deadline->rule,
			       .key = deadline->key,
			       .anchor = deadline->anchor,
			       .occurrence = deadline->occurrence };
	struct past **found = tfind(&wanted, tree, compare);
	if (found != NULL)
		return (*found)->said;
	struct past *past = arena_alloc(arena, sizeof(*past));
	*past = wanted;
	past->key = arena_strdup(arena, deadline->key);
	past->said = said_new(deadline->rule, arena);
	tsearch(past, tree, compare);
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
