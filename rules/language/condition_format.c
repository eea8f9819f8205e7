/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * A condition written in one way only: words in capitals, one space, no bracket that is not
 * needed. Read again it gives the same tree, so two conditions that mean the same word for word
 * have the same form, and a version of a rule does not change with its white space.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rules/language/condition_own.h"

struct writing {
	char *text;
	size_t length, capacity;
};

/* How tightly a node holds together; it needs brackets where more is wanted. */
enum level { LEVEL_OR, LEVEL_AND, LEVEL_NOT, LEVEL_COMPARISON, LEVEL_SUM, LEVEL_TERM };

static void put(struct writing *writing, const char *text)
{
	for (; *text != '\0'; text++) {
		writing->text =
		    array_grow(writing->text, writing->length + 1, &writing->capacity, 1);
		writing->text[writing->length++] = *text;
	}
	writing->text[writing->length] = '\0';
}

static void put_quoted(struct writing *writing, const char *text)
{
	put(writing, "'");
	for (; *text != '\0'; text++) {
		const char letter[3] = { *text, *text == '\'' ? '\'' : '\0', '\0' };
		put(writing, letter);
	}
	put(writing, "'");
}

static void put_node(struct writing *writing, const struct node *node, enum level wanted);

static void put_joined(struct writing *writing, const struct node *first, const char *between,
		       enum level wanted)
{
	for (const struct node *node = first; node != NULL; node = node->next) {
		if (node != first)
			put(writing, between);
		put_node(writing, node, wanted);
	}
}

static void put_sum(struct writing *writing, const struct node *sum)
{
	for (const struct node *part = sum->first; part != NULL; part = part->next) {
		if (part != sum->first)
			put(writing, part->subtracted ? " - " : " + ");
		put_node(writing, part, LEVEL_TERM);
	}
}

/* Two of them stand apart: "--" begins a comment where SQL is read. */
static void put_minus(struct writing *writing, const struct node *node)
{
	put(writing, node->first->kind == NODE_MINUS ? "- " : "-");
	put_node(writing, node->first, LEVEL_TERM);
}

static void put_comparison(struct writing *writing, const struct node *node)
{
	put_node(writing, node->first, LEVEL_SUM);
	if (node->kind == NODE_IS_NULL) {
		put(writing, node->negated ? " IS NOT NULL" : " IS NULL");
	} else if (node->kind == NODE_IN) {
		put(writing, node->negated ? " NOT IN (" : " IN (");
		put_joined(writing, node->first->next, ", ", LEVEL_SUM);
		put(writing, ")");
	} else if (node->kind == NODE_BETWEEN) {
		put(writing, node->negated ? " NOT BETWEEN " : " BETWEEN ");
		put_joined(writing, node->first->next, " AND ", LEVEL_SUM);
	} else {
		put(writing, " ");
		put(writing, comparison_sign(node->op));
		put(writing, " ");
		put_node(writing, node->first->next, LEVEL_SUM);
	}
}

static void put_literal(struct writing *writing, const struct node *node)
{
	char text[32];
	if (node->kind == NODE_NUMBER) {
		snprintf(text, sizeof(text), "%" PRId64, node->number);
		put(writing, text);
	} else if (node->kind == NODE_DATE) {
		put_quoted(writing, date_format((date)node->number, text));
	} else if (node->kind == NODE_TEXT) {
		put_quoted(writing, node->text);
	} else {
		put(writing, node->kind == NODE_NULL ? "NULL"
			     : node->number != 0     ? "TRUE"
						     : "FALSE");
	}
}

static enum level level_of(const struct node *node)
{
	switch (node->kind) {
	case NODE_OR:
		return LEVEL_OR;
	case NODE_AND:
		return LEVEL_AND;
	case NODE_NOT:
		return LEVEL_NOT;
	case NODE_COMPARE:
	case NODE_IN:
	case NODE_BETWEEN:
	case NODE_IS_NULL:
		return LEVEL_COMPARISON;
	case NODE_SUM:
		return LEVEL_SUM;
	case NODE_BAD:
	case NODE_NULL:
	case NODE_NUMBER:
	case NODE_DATE:
	case NODE_TEXT:
	case NODE_FLAG:
	case NODE_NAME:
	case NODE_MINUS:
		break;
	}
	return LEVEL_TERM;
}

static void put_bare(struct writing *writing, const struct node *node)
{
	switch (node->kind) {
	case NODE_OR:
		put_joined(writing, node->first, " OR ", LEVEL_AND);
		break;
	case NODE_AND:
		put_joined(writing, node->first, " AND ", LEVEL_NOT);
		break;
	case NODE_NOT:
		put(writing, "NOT ");
		put_node(writing, node->first, LEVEL_NOT);
		break;
	case NODE_COMPARE:
	case NODE_IN:
	case NODE_BETWEEN:
	case NODE_IS_NULL:
		put_comparison(writing, node);
		break;
	case NODE_SUM:
		put_sum(writing, node);
		break;
	case NODE_MINUS:
		put_minus(writing, node);
		break;
	case NODE_NAME:
		put(writing, node->text);
		break;
	case NODE_BAD:
	case NODE_NULL:
	case NODE_NUMBER:
	case NODE_DATE:
	case NODE_TEXT:
	case NODE_FLAG:
		put_literal(writing, node);
		break;
	}
}

static void put_node(struct writing *writing, const struct node *node, enum level wanted)
{
	bool brackets = level_of(node) < wanted;
	put(writing, brackets ? "(" : "");
	put_bare(writing, node);
	put(writing, brackets ? ")" : "");
}

char *condition_format(const struct condition *condition)
{
	struct writing writing = { xstrdup(""), 0, 1 };
	put_node(&writing, condition->root, LEVEL_OR);
	return writing.text;
}
