/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Can a condition be true? A search for one way to make it so: an AND asks for all its parts, an
 * OR for one of them, and at the end of each way stands a list of small demands on the values
 * (atoms), which either go together or do not (condition_atoms.c).
 *
 * A demand that does not fit these forms is left out, and a search that grows too long is given
 * up: both mean "it can".
 */
#include <stdlib.h>

#include "rules/language/condition_solve_own.h"

/* What is asked of a part. NULL is neither true nor false. */
enum want { WANT_TRUE, WANT_FALSE, WANT_NOT_TRUE, WANT_NOT_FALSE };

struct goal {
	const struct node *node;
	enum want want;
	const struct goal *next;
};

static bool solve(struct search *search, const struct goal *goals);

/* --- the search ----------------------------------------------------------------------------- */

static bool solve_all(struct search *search, const struct node *part, enum want want,
		      const struct goal *rest)
{
	if (part == NULL)
		return solve(search, rest);
	struct goal goal = { part, want, rest };
	return solve_all(search, part->next, want, &goal);
}

static bool solve_any(struct search *search, const struct node *part, enum want want,
		      const struct goal *rest)
{
	for (; part != NULL; part = part->next) {
		struct goal goal = { part, want, rest };
		if (solve(search, &goal))
			return true;
	}
	return false;
}

/* One of the names in it has no value. */
static bool solve_unknown(struct search *search, const struct node *node, const struct goal *rest)
{
	if (node->kind == NODE_NULL)
		return solve(search, rest);
	if (node->kind == NODE_NAME) {
		int before = search->atom_count;
		search_demand_kind(search, ATOM_NULL, node->slot);
		bool found = solve(search, rest);
		search->atom_count = before;
		return found;
	}
	for (const struct node *part = node->first; part != NULL; part = part->next)
		if (solve_unknown(search, part, rest))
			return true;
	return false;
}

static bool solve_compared(struct search *search, enum comparison op, const struct node *left,
			   const struct node *right, const struct goal *rest)
{
	int before = search->atom_count;
	bool found = search_demand_compared(search, op, left, right) && solve(search, rest);
	search->atom_count = before;
	return found;
}

static bool solve_each_differs(struct search *search, const struct node *left,
			       const struct node *right, const struct goal *rest)
{
	int before = search->atom_count;
	bool found = true;
	for (; found && right != NULL; right = right->next)
		found = search_demand_compared(search, COMPARE_NE, left, right);
	found = found && solve(search, rest);
	search->atom_count = before;
	return found;
}

static bool solve_in(struct search *search, const struct node *node, bool wanted,
		     const struct goal *rest)
{
	const struct node *left = node->first;
	if (wanted == node->negated)
		return solve_each_differs(search, left, left->next, rest);
	for (const struct node *part = left->next; part != NULL; part = part->next)
		if (solve_compared(search, COMPARE_EQ, left, part, rest))
			return true;
	return false;
}

static bool solve_between(struct search *search, const struct node *node, bool wanted,
			  const struct goal *rest)
{
	const struct node *left = node->first, *low = left->next, *high = low->next;
	int before = search->atom_count;
	if (wanted == node->negated)
		return solve_compared(search, COMPARE_LT, left, low, rest) ||
		       solve_compared(search, COMPARE_GT, left, high, rest);
	bool found = search_demand_compared(search, COMPARE_GE, left, low) &&
		     search_demand_compared(search, COMPARE_LE, left, high) && solve(search, rest);
	search->atom_count = before;
	return found;
}

static enum comparison opposite(enum comparison op)
{
	static const enum comparison opposites[] = {
		[COMPARE_EQ] = COMPARE_NE, [COMPARE_NE] = COMPARE_EQ, [COMPARE_LT] = COMPARE_GE,
		[COMPARE_LE] = COMPARE_GT, [COMPARE_GT] = COMPARE_LE, [COMPARE_GE] = COMPARE_LT,
	};
	return opposites[op];
}

static bool solve_flag_name(struct search *search, const struct node *node, bool wanted,
			    const struct goal *rest)
{
	int before = search->atom_count;
	search_demand_kind(search, ATOM_SET, node->slot);
	search_demand(search, (struct atom){ ATOM_FLAG, search_place(search, node->slot), NOBODY,
					     wanted, NULL });
	bool found = solve(search, rest);
	search->atom_count = before;
	return found;
}

static bool solve_is_null(struct search *search, const struct node *node, bool wanted,
			  const struct goal *rest)
{
	if (wanted != node->negated)
		return solve_unknown(search, node->first, rest);
	int before = search->atom_count;
	bool found = search_demand_values(search, node->first) && solve(search, rest);
	search->atom_count = before;
	return found;
}

/* A leaf as true or as false. */
static bool solve_leaf(struct search *search, const struct node *node, bool wanted,
		       const struct goal *rest)
{
	switch (node->kind) {
	case NODE_FLAG:
		return (node->number != 0) == wanted && solve(search, rest);
	case NODE_NAME:
		return solve_flag_name(search, node, wanted, rest);
	case NODE_COMPARE:
		return solve_compared(search, wanted ? node->op : opposite(node->op), node->first,
				      node->first->next, rest);
	case NODE_IN:
		return solve_in(search, node, wanted, rest);
	case NODE_BETWEEN:
		return solve_between(search, node, wanted, rest);
	case NODE_IS_NULL:
		return solve_is_null(search, node, wanted, rest);
	case NODE_NULL:
		return false;
	case NODE_BAD:
	case NODE_NUMBER:
	case NODE_DATE:
	case NODE_TEXT:
	case NODE_MINUS:
	case NODE_SUM:
	case NODE_NOT:
	case NODE_AND:
	case NODE_OR:
		break;
	}
	return solve(search, rest);
}

static bool solve_not(struct search *search, const struct node *node, enum want want,
		      const struct goal *rest)
{
	static const enum want opposites[] = {
		[WANT_TRUE] = WANT_FALSE,
		[WANT_FALSE] = WANT_TRUE,
		[WANT_NOT_TRUE] = WANT_NOT_FALSE,
		[WANT_NOT_FALSE] = WANT_NOT_TRUE,
	};
	struct goal goal = { node->first, opposites[want], rest };
	return solve(search, &goal);
}

static bool solve(struct search *search, const struct goal *goals)
{
	if (++search->steps > STEPS_MOST)
		search->given_up = true;
	if (goals == NULL || search->given_up)
		return search_atoms_agree(search);
	const struct node *node = goals->node;
	enum want want = goals->want;
	if (node->kind == NODE_NOT)
		return solve_not(search, node, want, goals->next);
	if (node->kind == NODE_AND || node->kind == NODE_OR) {
		bool all_of_or = want == WANT_FALSE || want == WANT_NOT_TRUE;
		return (node->kind == NODE_OR) == all_of_or
			   ? solve_all(search, node->first, want, goals->next)
			   : solve_any(search, node->first, want, goals->next);
	}
	bool wanted = want == WANT_TRUE || want == WANT_NOT_FALSE;
	if (solve_leaf(search, node, wanted, goals->next))
		return true;
	if (want == WANT_TRUE || want == WANT_FALSE || node->kind == NODE_IS_NULL)
		return false;
	return solve_unknown(search, node, goals->next);
}

static bool can_be(const struct goal *goals, const struct condition_ranges *ranges)
{
	struct search *search = xcalloc(1, sizeof(*search));
	search->ranges = ranges;
	bool found = solve(search, goals) || search->given_up;
	free(search);
	return found;
}

bool condition_can_hold(const struct condition *condition, const struct condition_ranges *ranges)
{
	struct goal goal = { condition->root, WANT_TRUE, NULL };
	return can_be(&goal, ranges);
}

bool condition_can_fail(const struct condition *condition, const struct condition_ranges *ranges)
{
	struct goal goal = { condition->root, WANT_NOT_TRUE, NULL };
	return can_be(&goal, ranges);
}

/* --- who is to blame ------------------------------------------------------------------------- */

static const char *written(const struct node *node, struct arena *arena)
{
	struct condition part = { .root = (struct node *)(uintptr_t)node };
	char *text = condition_format(&part);
	const char *kept = arena_strdup(arena, text);
	free(text);
	return kept;
}

/* A part begins where the first of what is in it stands. */
static int begin_of(const struct node *node)
{
	int column = node->column;
	for (const struct node *part = node->first; part != NULL; part = part->next) {
		int first = begin_of(part);
		column = first < column || column == 0 ? first : column;
	}
	return column;
}

static bool can_both(const struct node *a, const struct node *b,
		     const struct condition_ranges *ranges)
{
	struct goal second = { b, WANT_TRUE, NULL }, first = { a, WANT_TRUE, &second };
	return can_be(&first, ranges);
}

int condition_culprit(const struct condition *condition, const struct condition_ranges *ranges,
		      struct arena *arena, const char **ret_text)
{
	const struct node *root = condition->root;
	const struct node *first = root->kind == NODE_AND ? root->first : root;
	const struct node *end = root->kind == NODE_AND ? NULL : root->next;
	for (const struct node *part = first; part != end; part = part->next) {
		struct goal goal = { part, WANT_TRUE, NULL };
		if (can_be(&goal, ranges))
			continue;
		*ret_text = written(part, arena);
		return begin_of(part);
	}
	for (const struct node *a = first; a != end; a = a->next)
		for (const struct node *b = a->next; b != end; b = b->next)
			if (!can_both(a, b, ranges)) {
				*ret_text = arena_printf(arena, "%s AND %s", written(a, arena),
							 written(b, arena));
				return begin_of(b);
			}
	*ret_text = written(root, arena);
	return begin_of(root);
}

int condition_dead_part(const struct condition *condition, const struct condition_ranges *ranges,
			struct arena *arena, const char **ret_text)
{
	const struct node *root = condition->root;
	if (root->kind != NODE_OR)
		return 0;
	for (const struct node *part = root->first; part != NULL; part = part->next) {
		struct goal goal = { part, WANT_TRUE, NULL };
		if (can_be(&goal, ranges))
			continue;
		*ret_text = written(part, arena);
		return begin_of(part);
	}
	return 0;
}
