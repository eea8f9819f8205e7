/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The demands that a way through a condition makes on its values, and whether they go together:
 * flags and texts each by itself, differences of numbers and dates by the shortest paths between
 * them, which have no circle below zero.
 */
#include <string.h>

#include "rules/language/condition_solve_own.h"

#define FAR (INT64_C(1) << 50)

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

bool search_atoms_agree(struct search *search)
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

int search_place(struct search *search, int slot)
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

void search_demand(struct search *search, struct atom atom)
{
	if (search->atom_count == ATOMS_MOST)
		search->given_up = true;
	else
		search->atoms[search->atom_count++] = atom;
}

void search_demand_kind(struct search *search, enum atom_kind kind, int slot)
{
	search_demand(search,
		      (struct atom){ .kind = kind, .a = search_place(search, slot), .b = NOBODY });
}

/* A comparison is only true or false if all that it reads has a value. */
bool search_demand_values(struct search *search, const struct node *node)
{
	if (node->kind == NODE_NULL)
		return false;
	if (node->kind == NODE_NAME)
		search_demand_kind(search, ATOM_SET, node->slot);
	for (const struct node *part = node->first; part != NULL; part = part->next)
		if (!search_demand_values(search, part))
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
		line->times[search_place(search, node->slot)] += times;
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
	search_demand(search, (struct atom){ ATOM_MOST, a, b, number, NULL });
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
		search_demand(search, (struct atom){ ATOM_APART, a, b, -number, NULL });
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
	search_demand(search,
		      (struct atom){ op == COMPARE_EQ ? ATOM_TEXT : ATOM_NO_TEXT,
				     search_place(search, name->slot), NOBODY, 0, text->text });
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
	search_demand(search, (struct atom){ ATOM_FLAG, search_place(search, name->slot), NOBODY,
					     wanted, NULL });
	return true;
}

bool search_demand_compared(struct search *search, enum comparison op, const struct node *left,
			    const struct node *right)
{
	if (!search_demand_values(search, left) || !search_demand_values(search, right))
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
