/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * What fits together in a condition. A text literal gets its meaning from what it stands against:
 * a date against a date, one of the list against a code. Something wrong that was told already
 * (NODE_BAD) fits everywhere, so that one mistake is one complaint.
 */
#include <string.h>

#include "rules/language/condition_own.h"

struct node *node_new(struct condition_text *reading, enum node_kind kind, int column)
{
	struct node *node = arena_alloc(reading->arena, sizeof(*node));
	node->kind = kind;
	node->type = VALUE_NULL;
	node->column = column;
	return node;
}

void node_add(struct node *parent, struct node *child)
{
	if (parent->first == NULL)
		parent->first = child;
	else
		parent->last->next = child;
	parent->last = child;
	child->next = NULL;
}

static const char *type_in_words(enum value_type type)
{
	switch (type) {
	case VALUE_NULL:
		return "nothing";
	case VALUE_NUMBER:
		return "a number";
	case VALUE_DATE:
		return "a date";
	case VALUE_FLAG:
		return "true or false";
	case VALUE_TEXT:
		return "a text";
	}
	return "nothing";
}

/* How a message calls a node. */
static const char *called(struct condition_text *reading, const struct node *node)
{
	char text[DATE_TEXT_SIZE];
	switch (node->kind) {
	case NODE_NAME:
		return node->text;
	case NODE_TEXT:
		return arena_printf(reading->arena, "'%s'", node->text);
	case NODE_DATE:
		return arena_printf(reading->arena, "'%s'", date_format((date)node->number, text));
	case NODE_NUMBER:
		return arena_printf(reading->arena, "%lld", (long long)node->number);
	case NODE_FLAG:
		return node->number != 0 ? "TRUE" : "FALSE";
	case NODE_NULL:
		return "NULL";
	case NODE_MINUS:
	case NODE_SUM:
		return "the sum";
	case NODE_BAD:
	case NODE_COMPARE:
	case NODE_IN:
	case NODE_BETWEEN:
	case NODE_IS_NULL:
	case NODE_NOT:
	case NODE_AND:
	case NODE_OR:
		break;
	}
	return "the comparison";
}

struct node *node_name(struct condition_text *reading, const char *name, int column)
{
	struct name_meaning meaning = { 0 };
	if (reading->names->resolve(reading->names->arg, name, &meaning) != 0) {
		const char *const *all =
		    reading->names->list == NULL ? NULL : reading->names->list(reading->names->arg);
		const char *nearest = all == NULL ? NULL : problem_nearest(name, all);
		if (nearest != NULL)
			condition_tell(reading, column, "unknown name \"%s\": did you mean \"%s\"?",
				       name, nearest);
		else
			condition_tell(
			    reading, column,
			    "unknown name \"%s\": it must be a fact, or 'text' in quotes", name);
		return node_new(reading, NODE_BAD, column);
	}
	struct node *node = node_new(reading, NODE_NAME, column);
	node->type = meaning.type;
	node->slot = meaning.slot;
	node->codes = meaning.codes;
	node->text = name;
	return node;
}

/* Makes a date of a text literal; tells if it is none. */
static bool becomes_date(struct condition_text *reading, struct node *node, const char *against)
{
	date day;
	if (date_parse(node->text, &day) != 0) {
		condition_tell(reading, node->column,
			       "'%s' is not a date, but %s: write 'YYYY-MM-DD'", node->text,
			       against);
		return false;
	}
	node->kind = NODE_DATE;
	node->type = VALUE_DATE;
	node->number = day;
	return true;
}

static bool can_be_added(struct condition_text *reading, struct node *node)
{
	if (node->kind == NODE_BAD)
		return false;
	if (node->kind == NODE_TEXT)
		return becomes_date(reading, node, "only numbers and dates can be added");
	if (node->type == VALUE_TEXT || node->type == VALUE_FLAG) {
		condition_tell(reading, node->column,
			       "%s is %s: only numbers and dates can be added",
			       called(reading, node), type_in_words(node->type));
		return false;
	}
	return true;
}

struct node *node_minus(struct condition_text *reading, struct node *operand, int column)
{
	if (!can_be_added(reading, operand))
		return node_new(reading, NODE_BAD, column);
	if (operand->type == VALUE_DATE) {
		condition_tell(reading, column, "%s is a date: only numbers can be negative",
			       called(reading, operand));
		return node_new(reading, NODE_BAD, column);
	}
	struct node *minus = node_new(reading, NODE_MINUS, column);
	minus->type = operand->type;
	node_add(minus, operand);
	return minus;
}

/* The type of a sum with one more part; false if they do not go together. */
static bool add_types(enum value_type *sum, const struct node *part)
{
	if (*sum == VALUE_NULL || part->type == VALUE_NULL) {
		*sum = VALUE_NULL;
		return true;
	}
	if (part->type == VALUE_NUMBER)
		return true;
	if (part->subtracted && *sum == VALUE_NUMBER)
		return false;
	if (!part->subtracted && *sum == VALUE_DATE)
		return false;
	*sum = part->subtracted ? VALUE_NUMBER : VALUE_DATE;
	return true;
}

struct node *node_sum_done(struct condition_text *reading, struct node *sum)
{
	bool fine = true;
	for (struct node *part = sum->first; part != NULL; part = part->next)
		fine = can_be_added(reading, part) && fine;
	if (!fine)
		return node_new(reading, NODE_BAD, sum->column);
	sum->type = sum->first->type;
	for (struct node *part = sum->first->next; part != NULL; part = part->next) {
		if (add_types(&sum->type, part))
			continue;
		condition_tell(reading, part->column,
			       part->subtracted
				   ? "%s is a date: it cannot be taken from a number"
				   : "%s is a date: it cannot be added to a date, only days can",
			       called(reading, part));
		return node_new(reading, NODE_BAD, sum->column);
	}
	return sum;
}

/* The type that all operands must have: that of a date, else of the first that is not a literal. */
static enum value_type type_of_group(const struct node *comparison)
{
	enum value_type type = VALUE_NULL;
	bool literal = true;
	for (const struct node *node = comparison->first; node != NULL; node = node->next) {
		if (node->type == VALUE_DATE)
			return VALUE_DATE;
		if (node->type == VALUE_NULL || !literal)
			continue;
		if (type == VALUE_NULL || (node->kind != NODE_TEXT && node->kind != NODE_NUMBER)) {
			type = node->type;
			literal = node->kind == NODE_TEXT || node->kind == NODE_NUMBER;
		}
	}
	return type;
}

/* The operand from which the others got their type, for messages. */
static const struct node *example_of(const struct node *comparison, enum value_type type)
{
	const struct node *found = NULL;
	for (const struct node *node = comparison->first; node != NULL; node = node->next)
		if (node->type == type && (found == NULL || found->kind != NODE_NAME))
			found = node;
	return found;
}

static void tell_mismatch(struct condition_text *reading, const struct node *node,
			  const struct node *example)
{
	static const char *const advice[] = {
		[VALUE_NULL] = "compare like with like",
		[VALUE_NUMBER] = "compare it with a number",
		[VALUE_DATE] = "compare it with a date, 'YYYY-MM-DD'",
		[VALUE_FLAG] = "write it alone, or NOT before it",
		[VALUE_TEXT] = "compare it with a text in quotes",
	};
	condition_tell(reading, node->column, "%s is %s and %s is %s: %s", called(reading, example),
		       type_in_words(example->type), called(reading, node),
		       type_in_words(node->type), advice[example->type]);
}

static bool all_of_one_type(struct condition_text *reading, struct node *comparison)
{
	enum value_type type = type_of_group(comparison);
	const struct node *example = example_of(comparison, type);
	bool fine = true;
	for (struct node *node = comparison->first; node != NULL; node = node->next) {
		if (node->type == VALUE_NULL || node->type == type)
			continue;
		if (node->kind == NODE_TEXT && type == VALUE_DATE) {
			const char *against =
			    arena_printf(reading->arena, "%s is one", called(reading, example));
			fine = becomes_date(reading, node, against) && fine;
			continue;
		}
		tell_mismatch(reading, node, example);
		fine = false;
	}
	return fine;
}

static const char *allowed(struct condition_text *reading, const char *const *codes)
{
	const char *text = "";
	for (size_t i = 0; codes[i] != NULL; i++) {
		if (strlen(text) > 200)
			return arena_printf(reading->arena, "%s ...", text);
		text = arena_printf(reading->arena, "%s%s'%s'", text, i == 0 ? "" : ", ", codes[i]);
	}
	return text;
}

static void must_be_code(struct condition_text *reading, const struct node *literal,
			 const struct node *name)
{
	for (size_t i = 0; name->codes[i] != NULL; i++)
		if (strcmp(name->codes[i], literal->text) == 0)
			return;
	const char *nearest = problem_nearest(literal->text, name->codes);
	if (nearest != NULL)
		condition_tell(reading, literal->column, "%s is never '%s': did you mean '%s'?",
			       name->text, literal->text, nearest);
	else
		condition_tell(reading, literal->column, "%s is never '%s': it may be %s",
			       name->text, literal->text, allowed(reading, name->codes));
}

static void check_codes(struct condition_text *reading, const struct node *comparison)
{
	const struct node *name = comparison->first;
	while (name != NULL && name->codes == NULL)
		name = name->next;
	for (const struct node *node = comparison->first; name != NULL && node != NULL;
	     node = node->next)
		if (node->kind == NODE_TEXT)
			must_be_code(reading, node, name);
}

/* Flags have no order, and that of the letters in 'own_lease' means nothing. */
static void check_order(struct condition_text *reading, const struct node *comparison)
{
	for (const struct node *node = comparison->first; node != NULL; node = node->next) {
		if (node->type != VALUE_FLAG && node->codes == NULL)
			continue;
		condition_tell(reading, node->column, "%s has no order: %s", called(reading, node),
			       node->codes != NULL ? "list the values that are meant, with IN"
						   : "write it alone, or NOT before it");
		return;
	}
}

void node_comparison_done(struct condition_text *reading, struct node *comparison)
{
	comparison->type = VALUE_FLAG;
	if (!all_of_one_type(reading, comparison))
		return;
	check_codes(reading, comparison);
	bool ordered = comparison->kind == NODE_BETWEEN ||
		       (comparison->kind == NODE_COMPARE && comparison->op != COMPARE_EQ &&
			comparison->op != COMPARE_NE);
	if (ordered)
		check_order(reading, comparison);
}

void node_must_be_flag(struct condition_text *reading, const struct node *node)
{
	if (node->type == VALUE_FLAG || node->kind == NODE_BAD)
		return;
	condition_tell(reading, node->column,
		       "%s is %s, not true or false: compare it with something",
		       called(reading, node), type_in_words(node->type));
}
