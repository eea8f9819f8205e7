/* SPDX-License-Identifier: EUPL-1.2 */
/* See walk_gone.h. */
#include "rules/walk/walk_gone.h"

#include <search.h>
#include <string.h>

struct walk_bits {
	unsigned char *bytes;
	size_t count;
};

static int compare(const void *a, const void *b)
{
	const struct walk_gone *x = a, *y = b;
	if (x->rule != y->rule)
		return x->rule->index < y->rule->index ? -1 : 1;
	if (x->anchor != y->anchor)
		return x->anchor < y->anchor ? -1 : 1;
	if (x->occurrence != y->occurrence)
		return x->occurrence < y->occurrence ? -1 : 1;
	return strcmp(x->key, y->key);
}

struct walk_gone *walk_gone_find(void **tree, const struct deadline *deadline, struct arena *arena)
{
	struct walk_gone wanted = { .rule = deadline->rule,
				    .key = deadline->key,
				    .anchor = deadline->anchor,
				    .occurrence = deadline->occurrence };
	struct walk_gone **found = tfind(&wanted, tree, compare);
	if (found != NULL)
		return *found;
	struct walk_gone *gone = arena_alloc(arena, sizeof(*gone));
	*gone = wanted;
	gone->key = arena_strdup(arena, deadline->key);
	gone->steps = arena_alloc(arena, (deadline->rule->step_count + 1) * sizeof(*gone->steps));
	tsearch(gone, tree, compare);
	return gone;
}

static void keep(void *gone)
{
	(void)gone; /* it lives in the arena */
}

void walk_gone_free(void *tree)
{
	tdestroy(tree, keep);
}

bool walk_gone_has(void *arg, const struct step *step, int repetition)
{
	const struct walk_gone *gone = arg;
	const struct walk_bits *bits = &gone->steps[step->index];
	size_t byte = (size_t)repetition / 8;
	return byte < bits->count && (bits->bytes[byte] >> (repetition % 8) & 1) != 0;
}

void walk_gone_note(struct walk_gone *gone, const struct planned_step *planned, struct arena *arena)
{
	struct walk_bits *bits = &gone->steps[planned->step->index];
	size_t byte = (size_t)planned->repetition / 8;
	if (byte >= bits->count) {
		unsigned char *longer = arena_alloc(arena, 2 * byte + 2);
		if (bits->count > 0)
			memcpy(longer, bits->bytes, bits->count);
		*bits = (struct walk_bits){ longer, 2 * byte + 2 };
	}
	bits->bytes[byte] |= (unsigned char)(1U << (planned->repetition % 8));
}
