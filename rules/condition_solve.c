/*
 * Can a condition be true? A search for one way to make it so: an AND asks for all its parts, an
 * OR for one of them, and at the end of each way stands a list of small demands on the values
 * (atoms), which either go together or do not. Differences of numbers and dates go together if
 * the shortest paths between them have no circle below zero.
 *
 * A demand that does not fit these forms is left out, and a search that grows too long is given
 * up: both mean "it can".
 */
#include "rules/condition_solve.h"

#include <stdlib.h>
#include <string.h>

#include "rules/condition_node.h"

enum {
	NAMES_MOST = 24,
	ATOMS_MOST = 400,
	WAYS_MOST = 5000,   /* ends of ways that are looked at */
	STEPS_MOST = 200000 /* and parts on the ways */
};

#define FAR (INT64_C(1) << 50)

/* What is asked of a part. NULL is neither true nor false. */
enum want { WANT_TRUE, WANT_FALSE, WANT_NOT_TRUE, WANT_NOT_FALSE };

struct goal {
	const struct node *node;
	enum want want;
	const struct goal *next;
};

enum atom_kind {
	ATOM_NULL,    /* a has no value */
	ATOM_SET,     /* a has one */
	ATOM_FLAG,    /* a is number (0 or 1) */
	ATOM_TEXT,    /* a is text */
	ATOM_NO_TEXT, /* a is not text */
	ATOM_MOST,    /* a - b is number or less */
	ATOM_APART    /* a - b is not number */
};

struct atom {
	enum atom_kind kind;
	int a, b; /* places of names; b of NOBODY counts as 0 */
	int64_t number;
	const char *text;
};

#define NOBODY (-1)

struct search {
	const struct condition_ranges *ranges;
	int slots[NAMES_MOST];
	int name_count;
	struct atom atoms[ATOMS_MOST];
	int atom_count;
	int ways, steps;
	bool given_up;
};

static bool solve(struct search *search, const struct goal *goals);

/* --- do the atoms go together? -------------------------------------------------------------- */

static struct condition_range range_of(const struct search *search, int place)
{
	struct condition_range range = { .may_be_null = true };
	search->ranges->of(search->ranges->arg, search->slots[place], &range);
	return range;
}

static bool has_atom(const struct search *search, enum atom_kind kind, int a)
{
	for (int i = 0; i < search->atom_count; i++)
		if (search->atoms[i].kind == kind && search->atoms[i].a == a)
			return true;
	return false;
}

static bool null_is_possible(const struct search *search, int place)
{
	struct condition_range range = range_of(search, place);
	if (!has_atom(search, ATOM_NULL, place))
		return true;
	return range.may_be_null && !has_atom(search, ATOM_SET, place);
}

static bool flags_agree(const struct search *search, int place)
{
	bool asked[2] = { false, false };
	for (int i = 0; i < search->atom_count; i++)
		if (search->atoms[i].kind == ATOM_FLAG && search->atoms[i].a == place)
			asked[search->atoms[i].number != 0] = true;
	return !asked[0] || !asked[1];
}

/* Is this text not ruled out by any of the atoms on the name? */
static bool text_fits(const struct search *search, int place, const char *text)
{
	for (int i = 0; i < search->atom_count; i++) {
		const struct atom *atom = &search->atoms[i];
		if (atom->a != place)
			continue;
		if (atom->kind == ATOM_TEXT && strcmp(atom->text, text) != 0)
			return false;
		if (atom->kind == ATOM_NO_TEXT && strcmp(atom->text, text) == 0)
			return false;
	}
	return true;
}

static bool some_text_fits(const struct search *search, int place)
{
	struct condition_range range = range_of(search, place);
	if (range.codes != NULL && !search->ranges->open_codes) {
		if (!has_atom(search, ATOM_SET, place))
			return true;
		for (size_t i = 0; range.codes[i] != NULL; i++)
			if (text_fits(search, place, range.codes[i]))
				return true;
		return false;
	}
	for (int i = 0; i < search->atom_count; i++)
		if (search->atoms[i].kind == ATOM_TEXT && search->atoms[i].a == place)
			return text_fits(search, place, search->atoms[i].text);
	return true;
}

/* Differences: most[i][j] is the most that name i can be above name j; the last row is 0. */
struct differences {
	int64_t most[NAMES_MOST + 1][NAMES_MOST + 1];
	int zero;
};

static void bound(struct differences *differences, int a, int b, int64_t number)
{
	int64_t *most = &differences->most[a][b];
	*most = number < *most ? number : *most;
}

static void collect_differences(const struct search *search, struct differences *ret)
{
	ret->zero = search->name_count;
	for (int i = 0; i <= ret->zero; i++)
		for (int j = 0; j <= ret->zero; j++)
			ret->most[i][j] = i == j ? 0 : FAR;
	for (int i = 0; i < search->name_count; i++) {
		struct condition_range range = range_of(search, i);
		if (range.has_most)
			bound(ret, i, ret->zero, range.most);
		if (range.has_least)
			bound(ret, ret->zero, i, -range.least);
	}
	for (int i = 0; i < search->atom_count; i++) {
		const struct atom *atom = &search->atoms[i];
		if (atom->kind == ATOM_MOST)
			bound(ret, atom->a == NOBODY ? ret->zero : atom->a,
			      atom->b == NOBODY ? ret->zero : atom->b, atom->number);
	}
}

static void shorten(struct differences *differences)
{
	int count = differences->zero + 1;
	for (int k = 0; k < count; k++)
		for (int i = 0; i < count; i++)
			for (int j = 0; j < count; j++) {
				int64_t way = differences->most[i][k] + differences->most[k][j];
				if (differences->most[i][k] < FAR && differences->most[k][j] < FAR)
					bound(differences, i, j, way < -FAR ? -FAR : way);
			}
}

static bool numbers_agree(const struct search *search)
{
	struct differences differences;
	collect_differences(search, &differences);
	shorten(&differences);
	for (int i = 0; i <= differences.zero; i++)
		if (differences.most[i][i] < 0)
			return false;
	for (int i = 0; i < search->atom_count; i++) {
		const struct atom *atom = &search->atoms[i];
		int a = atom->a == NOBODY ? differences.zero : atom->a;
		int b = atom->b == NOBODY ? differences.zero : atom->b;
		if (atom->kind == ATOM_APART && differences.most[a][b] == atom->number &&
		    differences.most[b][a] == -atom->number)
			return false;
	}
	return true;
}

static bool atoms_agree(struct search *search)
{
	if (++search->ways > WAYS_MOST)
		search->given_up = true;
	if (search->given_up)
		return true;
	for (int i = 0; i < search->name_count; i++)
		if (!null_is_possible(search, i) || !flags_agree(search, i) ||
		    !some_text_fits(search, i))
			return false;
	return numbers_agree(search);
}

/* --- atoms ---------------------------------------------------------------------------------- */

static int place_of(struct search *search, int slot)
{
	for (int i = 0; i < search->name_count; i++)
		if (search->slots[i] == slot)
			return i;
	if (search->name_count == NAMES_MOST) {
		search->given_up = true;
		return 0;
	}
	search->slots[search->name_count] = slot;
	return search->name_count++;
}

static void demand(struct search *search, struct atom atom)
{
	if (search->atom_count == ATOMS_MOST)
		search->given_up = true;
	else
		search->atoms[search->atom_count++] = atom;
}

static void demand_kind(struct search *search, enum atom_kind kind, int slot)
{
	demand(search, (struct atom){ .kind = kind, .a = place_of(search, slot), .b = NOBODY });
}

/* A comparison is only true or false if all that it reads has a value. */
static bool demand_values(struct search *search, const struct node *node)
{
	if (node->kind == NODE_NULL)
		return false;
	if (node->kind == NODE_NAME)
		demand_kind(search, ATOM_SET, node->slot);
	for (const struct node *part = node->first; part != NULL; part = part->next)
		if (!demand_values(search, part))
			return false;
	return true;
}

/* A sum as so many times each name, and a number. */
struct line {
	int times[NAMES_MOST];
	int64_t number;
	bool is_known;
};

static void add_to_line(struct search *search, const struct node *node, int times,
			struct line *line)
{
	switch (node->kind) {
	case NODE_NUMBER:
	case NODE_DATE:
		if (node->number > FAR / 1024 || node->number < -(FAR / 1024))
			line->is_known = false;
		else
			line->number += times * node->number;
		break;
	case NODE_NAME:
		line->times[place_of(search, node->slot)] += times;
		break;
	case NODE_MINUS:
		add_to_line(search, node->first, -times, line);
		break;
	case NODE_SUM:
		for (const struct node *part = node->first; part != NULL; part = part->next)
			add_to_line(search, part, part->subtracted ? -times : times, line);
		break;
	case NODE_BAD:
	case NODE_NULL:
	case NODE_TEXT:
	case NODE_FLAG:
	case NODE_COMPARE:
	case NODE_IN:
	case NODE_BETWEEN:
	case NODE_IS_NULL:
	case NODE_NOT:
	case NODE_AND:
	case NODE_OR:
		line->is_known = false;
		break;
	}
}

/* a - b + number, with at most one name on each side; other lines say nothing. */
static bool line_is_difference(const struct line *line, int *ret_a, int *ret_b)
{
	*ret_a = *ret_b = NOBODY;
	for (int i = 0; i < NAMES_MOST; i++) {
		if (line->times[i] == 1 && *ret_a == NOBODY)
			*ret_a = i;
		else if (line->times[i] == -1 && *ret_b == NOBODY)
			*ret_b = i;
		else if (line->times[i] != 0)
			return false;
	}
	return line->is_known;
}

static void demand_most(struct search *search, int a, int b, int64_t number)
{
	demand(search, (struct atom){ ATOM_MOST, a, b, number, NULL });
}

/* a - b + number stands so to 0; false if it cannot. */
static bool demand_order(struct search *search, enum comparison op, int a, int b, int64_t number)
{
	bool plain = a == NOBODY && b == NOBODY;
	switch (op) {
	case COMPARE_EQ:
		demand_most(search, a, b, -number);
		demand_most(search, b, a, number);
		return !plain || number == 0;
	case COMPARE_NE:
		demand(search, (struct atom){ ATOM_APART, a, b, -number, NULL });
		return !plain || number != 0;
	case COMPARE_LT:
		demand_most(search, a, b, -number - 1);
		return !plain || number < 0;
	case COMPARE_LE:
		demand_most(search, a, b, -number);
		return !plain || number <= 0;
	case COMPARE_GT:
		demand_most(search, b, a, number - 1);
		return !plain || number > 0;
	case COMPARE_GE:
		demand_most(search, b, a, number);
		return !plain || number >= 0;
	}
	return true;
}

static bool demand_numbers(struct search *search, enum comparison op, const struct node *left,
			   const struct node *right)
{
	struct line line = { .is_known = true };
	int a, b;
	add_to_line(search, left, 1, &line);
	add_to_line(search, right, -1, &line);
	if (!line_is_difference(&line, &a, &b))
		return true;
	return demand_order(search, op, a, b, line.number);
}

static bool demand_texts(struct search *search, enum comparison op, const struct node *left,
			 const struct node *right)
{
	const struct node *name = left->kind == NODE_NAME ? left : right;
	const struct node *text = name == left ? right : left;
	if (left->kind == NODE_TEXT && right->kind == NODE_TEXT) {
		bool same = strcmp(left->text, right->text) == 0;
		return op == COMPARE_EQ ? same : op == COMPARE_NE ? !same : true;
	}
	if (name->kind != NODE_NAME || text->kind != NODE_TEXT ||
	    (op != COMPARE_EQ && op != COMPARE_NE))
		return true;
	demand(search, (struct atom){ op == COMPARE_EQ ? ATOM_TEXT : ATOM_NO_TEXT,
				      place_of(search, name->slot), NOBODY, 0, text->text });
	return true;
}

static bool demand_flags(struct search *search, enum comparison op, const struct node *left,
			 const struct node *right)
{
	const struct node *name = left->kind == NODE_NAME ? left : right;
	const struct node *flag = name == left ? right : left;
	if (left->kind == NODE_FLAG && right->kind == NODE_FLAG)
		return (left->number == right->number) == (op == COMPARE_EQ);
	if (name->kind != NODE_NAME || flag->kind != NODE_FLAG)
		return true;
	bool wanted = (flag->number != 0) == (op == COMPARE_EQ);
	demand(search,
	       (struct atom){ ATOM_FLAG, place_of(search, name->slot), NOBODY, wanted, NULL });
	return true;
}

static enum comparison opposite(enum comparison op)
{
	static const enum comparison opposites[] = {
		[COMPARE_EQ] = COMPARE_NE, [COMPARE_NE] = COMPARE_EQ, [COMPARE_LT] = COMPARE_GE,
		[COMPARE_LE] = COMPARE_GT, [COMPARE_GT] = COMPARE_LE, [COMPARE_GE] = COMPARE_LT,
	};
	return opposites[op];
}

static bool demand_compared(struct search *search, enum comparison op, const struct node *left,
			    const struct node *right)
{
	if (!demand_values(search, left) || !demand_values(search, right))
		return false;
	enum value_type type = left->type == VALUE_NULL ? right->type : left->type;
	switch (type) {
	case VALUE_NUMBER:
	case VALUE_DATE:
		return demand_numbers(search, op, left, right);
	case VALUE_TEXT:
		return demand_texts(search, op, left, right);
	case VALUE_FLAG:
		return demand_flags(search, op, left, right);
	case VALUE_NULL:
		break;
	}
	return true;
}

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
		demand_kind(search, ATOM_NULL, node->slot);
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
	bool found = demand_compared(search, op, left, right) && solve(search, rest);
	search->atom_count = before;
	return found;
}

static bool solve_each_differs(struct search *search, const struct node *left,
			       const struct node *right, const struct goal *rest)
{
	int before = search->atom_count;
	bool found = true;
	for (; found && right != NULL; right = right->next)
		found = demand_compared(search, COMPARE_NE, left, right);
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
	bool found = demand_compared(search, COMPARE_GE, left, low) &&
		     demand_compared(search, COMPARE_LE, left, high) && solve(search, rest);
	search->atom_count = before;
	return found;
}

static bool solve_flag_name(struct search *search, const struct node *node, bool wanted,
			    const struct goal *rest)
{
	int before = search->atom_count;
	demand_kind(search, ATOM_SET, node->slot);
	demand(search,
	       (struct atom){ ATOM_FLAG, place_of(search, node->slot), NOBODY, wanted, NULL });
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
	bool found = demand_values(search, node->first) && solve(search, rest);
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
		return atoms_agree(search);
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
