/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * From text to tree, by recursive descent: OR, AND, NOT, comparison, sum, term. After a mistake in
 * the grammar it goes on at the next AND, OR, comma or closing bracket, so that what is wrong
 * behind it is told too.
 */
#include <string.h>

#include "rules/language/condition_own.h"

struct parser {
	struct condition_text *reading;
	struct lexer lexer;
	struct token token; /* the one to be looked at */
	int depth;
	int *slots;
	size_t slot_count, slot_capacity;
};

static struct node *parse_or(struct parser *parser);
static struct node *parse_sum(struct parser *parser);

static void advance(struct parser *parser)
{
	parser->token = lexer_next(&parser->lexer);
}

static bool accept(struct parser *parser, enum token_kind kind)
{
	if (parser->token.kind != kind)
		return false;
	advance(parser);
	return true;
}

/* To where an expression may go on; brackets that open on the way are passed whole. */
static void skip(struct parser *parser)
{
	for (int open = 0;; advance(parser)) {
		enum token_kind kind = parser->token.kind;
		if (kind == TOKEN_END)
			return;
		if (open == 0 && (kind == TOKEN_AND || kind == TOKEN_OR || kind == TOKEN_COMMA ||
				  kind == TOKEN_RIGHT))
			return;
		open += kind == TOKEN_LEFT;
		open -= kind == TOKEN_RIGHT;
	}
}

static struct node *bad(struct parser *parser, int column)
{
	skip(parser);
	return node_new(parser->reading, NODE_BAD, column);
}

static bool goes_deeper(struct parser *parser)
{
	if (++parser->depth <= CONDITION_DEEPEST)
		return true;
	condition_tell(parser->reading, parser->token.column,
		       "too many brackets within each other: at most %d", CONDITION_DEEPEST);
	while (parser->token.kind != TOKEN_END)
		advance(parser);
	return false;
}

static void tell_missing_value(struct parser *parser)
{
	const struct token *token = &parser->token;
	if (token->kind == TOKEN_WRONG)
		return;
	if (token->kind == TOKEN_END)
		condition_tell(parser->reading, token->column,
			       "it ends too early: a value belongs here");
	else
		condition_tell(parser->reading, token->column,
			       "unexpected \"%s\": a name, a number or a 'text' belongs here",
			       token->text);
}

static struct node *parse_brackets(struct parser *parser)
{
	int column = parser->token.column;
	if (!goes_deeper(parser))
		return bad(parser, column);
	advance(parser);
	struct node *inner = parse_or(parser);
	parser->depth--;
	if (accept(parser, TOKEN_RIGHT))
		return inner;
	if (parser->token.kind != TOKEN_END && parser->token.kind != TOKEN_WRONG)
		condition_tell(parser->reading, parser->token.column,
			       "unexpected \"%s\": AND, OR or ) belongs here", parser->token.text);
	skip(parser);
	if (!accept(parser, TOKEN_RIGHT))
		condition_tell(parser->reading, column,
			       "the bracket that opens here is never closed");
	return node_new(parser->reading, NODE_BAD, column);
}

static struct node *parse_minus(struct parser *parser);

static void remember_slot(struct parser *parser, const struct node *node)
{
	if (node->kind != NODE_NAME)
		return;
	for (size_t i = 0; i < parser->slot_count; i++)
		if (parser->slots[i] == node->slot)
			return;
	if (parser->slot_count == parser->slot_capacity) {
		size_t capacity = parser->slot_capacity == 0 ? 4 : parser->slot_capacity * 2;
		int *slots = arena_alloc(parser->reading->arena, capacity * sizeof(*slots));
		if (parser->slot_count > 0)
			memcpy(slots, parser->slots, parser->slot_count * sizeof(*slots));
		parser->slots = slots;
		parser->slot_capacity = capacity;
	}
	parser->slots[parser->slot_count++] = node->slot;
}

static struct node *literal(struct parser *parser, enum node_kind kind, enum value_type type)
{
	struct node *node = node_new(parser->reading, kind, parser->token.column);
	node->type = type;
	node->number = kind == NODE_FLAG ? parser->token.kind == TOKEN_TRUE : parser->token.number;
	node->text = kind == NODE_TEXT ? parser->token.text : NULL;
	advance(parser);
	return node;
}

static struct node *parse_name(struct parser *parser)
{
	struct node *node = node_name(parser->reading, parser->token.text, parser->token.column);
	remember_slot(parser, node);
	advance(parser);
	return node;
}

static struct node *parse_term(struct parser *parser)
{
	switch (parser->token.kind) {
	case TOKEN_NAME:
		return parse_name(parser);
	case TOKEN_NUMBER:
		return literal(parser, NODE_NUMBER, VALUE_NUMBER);
	case TOKEN_TEXT:
		return literal(parser, NODE_TEXT, VALUE_TEXT);
	case TOKEN_NULL:
		return literal(parser, NODE_NULL, VALUE_NULL);
	case TOKEN_TRUE:
	case TOKEN_FALSE:
		return literal(parser, NODE_FLAG, VALUE_FLAG);
	case TOKEN_LEFT:
		return parse_brackets(parser);
	case TOKEN_MINUS:
		return parse_minus(parser);
	case TOKEN_END:
	case TOKEN_WRONG:
	case TOKEN_PLUS:
	case TOKEN_RIGHT:
	case TOKEN_COMMA:
	case TOKEN_COMPARE:
	case TOKEN_AND:
	case TOKEN_OR:
	case TOKEN_NOT:
	case TOKEN_IN:
	case TOKEN_BETWEEN:
	case TOKEN_IS:
		break;
	}
	tell_missing_value(parser);
	return bad(parser, parser->token.column);
}

static struct node *parse_minus(struct parser *parser)
{
	int column = parser->token.column;
	if (!goes_deeper(parser))
		return bad(parser, column);
	advance(parser);
	struct node *operand = parse_term(parser);
	parser->depth--;
	return node_minus(parser->reading, operand, column);
}

/* Into `parent`; a part that is of the same kind gives its own parts, which is the same. */
static void add_flat(struct node *parent, struct node *part)
{
	if (part->kind != parent->kind) {
		node_add(parent, part);
		return;
	}
	for (struct node *child = part->first; child != NULL;) {
		struct node *next = child->next;
		node_add(parent, child);
		child = next;
	}
}

static struct node *parse_sum(struct parser *parser)
{
	struct node *first = parse_term(parser);
	if (parser->token.kind != TOKEN_PLUS && parser->token.kind != TOKEN_MINUS)
		return first;
	struct node *sum = node_new(parser->reading, NODE_SUM, first->column);
	add_flat(sum, first);
	while (parser->token.kind == TOKEN_PLUS || parser->token.kind == TOKEN_MINUS) {
		bool subtracted = parser->token.kind == TOKEN_MINUS;
		advance(parser);
		struct node *part = parse_term(parser);
		part->subtracted = subtracted;
		node_add(sum, part);
	}
	return node_sum_done(parser->reading, sum);
}

static struct node *parse_compare(struct parser *parser, struct node *left)
{
	struct node *node = node_new(parser->reading, NODE_COMPARE, parser->token.column);
	node->op = parser->token.op;
	advance(parser);
	node_add(node, left);
	node_add(node, parse_sum(parser));
	node_comparison_done(parser->reading, node);
	return node;
}

static struct node *parse_is(struct parser *parser, struct node *left)
{
	struct node *node = node_new(parser->reading, NODE_IS_NULL, parser->token.column);
	node->type = VALUE_FLAG;
	advance(parser);
	node->negated = accept(parser, TOKEN_NOT);
	node_add(node, left);
	if (accept(parser, TOKEN_NULL))
		return node;
	condition_tell(parser->reading, parser->token.column,
		       "IS stands before NULL or NOT NULL: write = to compare with a value");
	return bad(parser, node->column);
}

static struct node *parse_in(struct parser *parser, struct node *left, bool negated)
{
	struct node *node = node_new(parser->reading, NODE_IN, parser->token.column);
	node->negated = negated;
	advance(parser);
	node_add(node, left);
	int column = parser->token.column;
	if (!accept(parser, TOKEN_LEFT)) {
		condition_tell(parser->reading, column,
			       "IN needs a list in brackets: IN ('a', 'b')");
		return bad(parser, column);
	}
	do {
		node_add(node, parse_sum(parser));
	} while (accept(parser, TOKEN_COMMA));
	node_comparison_done(parser->reading, node);
	if (accept(parser, TOKEN_RIGHT))
		return node;
	if (parser->token.kind != TOKEN_END && parser->token.kind != TOKEN_WRONG)
		condition_tell(parser->reading, parser->token.column,
			       "unexpected \"%s\": , or ) belongs here", parser->token.text);
	skip(parser);
	if (!accept(parser, TOKEN_RIGHT))
		condition_tell(parser->reading, column, "the list that opens here is never closed");
	return node_new(parser->reading, NODE_BAD, column);
}

static struct node *parse_between(struct parser *parser, struct node *left, bool negated)
{
	struct node *node = node_new(parser->reading, NODE_BETWEEN, parser->token.column);
	node->negated = negated;
	advance(parser);
	node_add(node, left);
	node_add(node, parse_sum(parser));
	if (!accept(parser, TOKEN_AND)) {
		condition_tell(parser->reading, parser->token.column,
			       "BETWEEN needs two values: BETWEEN 1 AND 3");
		accept(parser, TOKEN_COMMA);
		return bad(parser, node->column);
	}
	node_add(node, parse_sum(parser));
	node_comparison_done(parser->reading, node);
	return node;
}

static struct node *parse_not_in_or_between(struct parser *parser, struct node *left)
{
	advance(parser);
	if (parser->token.kind == TOKEN_IN)
		return parse_in(parser, left, true);
	if (parser->token.kind == TOKEN_BETWEEN)
		return parse_between(parser, left, true);
	condition_tell(parser->reading, parser->token.column,
		       "after a value NOT stands before IN or BETWEEN: write NOT before the whole");
	return bad(parser, left->column);
}

/* One comparison behind a sum, if one stands there; NULL if none does. */
static struct node *parse_tail(struct parser *parser, struct node *left)
{
	switch (parser->token.kind) {
	case TOKEN_COMPARE:
		return parse_compare(parser, left);
	case TOKEN_IS:
		return parse_is(parser, left);
	case TOKEN_IN:
		return parse_in(parser, left, false);
	case TOKEN_BETWEEN:
		return parse_between(parser, left, false);
	case TOKEN_NOT:
		return parse_not_in_or_between(parser, left);
	case TOKEN_END:
	case TOKEN_WRONG:
	case TOKEN_NAME:
	case TOKEN_NUMBER:
	case TOKEN_TEXT:
	case TOKEN_PLUS:
	case TOKEN_MINUS:
	case TOKEN_LEFT:
	case TOKEN_RIGHT:
	case TOKEN_COMMA:
	case TOKEN_AND:
	case TOKEN_OR:
	case TOKEN_NULL:
	case TOKEN_TRUE:
	case TOKEN_FALSE:
		break;
	}
	return NULL;
}

static bool is_at_end_of_comparison(const struct parser *parser)
{
	enum token_kind kind = parser->token.kind;
	return kind == TOKEN_END || kind == TOKEN_AND || kind == TOKEN_OR || kind == TOKEN_COMMA ||
	       kind == TOKEN_RIGHT;
}

static struct node *parse_comparison(struct parser *parser)
{
	struct node *left = parse_sum(parser);
	struct node *found = parse_tail(parser, left);
	if (is_at_end_of_comparison(parser))
		return found == NULL ? left : found;
	int column = parser->token.column;
	enum token_kind kind = parser->token.kind;
	if (found != NULL &&
	    parse_tail(parser, node_new(parser->reading, NODE_BAD, column)) != NULL)
		condition_tell(parser->reading, column,
			       "comparisons do not form a chain: join them with AND");
	else if (kind != TOKEN_WRONG)
		condition_tell(parser->reading, column,
			       "unexpected \"%s\": %sAND or OR belongs here", parser->token.text,
			       found == NULL ? "a comparison, " : "");
	return bad(parser, column);
}

static struct node *parse_not(struct parser *parser)
{
	int column = parser->token.column;
	if (parser->token.kind != TOKEN_NOT)
		return parse_comparison(parser);
	if (!goes_deeper(parser))
		return bad(parser, column);
	advance(parser);
	struct node *operand = parse_not(parser);
	parser->depth--;
	node_must_be_flag(parser->reading, operand);
	struct node *node = node_new(parser->reading, NODE_NOT, column);
	node->type = VALUE_FLAG;
	node_add(node, operand);
	return node;
}

/* What AND and OR have in common: operands that are true or false, as many as there are. */
static struct node *parse_junction(struct parser *parser, enum token_kind word, enum node_kind kind,
				   struct node *(*operand)(struct parser *))
{
	struct node *first = operand(parser);
	if (parser->token.kind != word)
		return first;
	struct node *node = node_new(parser->reading, kind, first->column);
	node->type = VALUE_FLAG;
	node_must_be_flag(parser->reading, first);
	add_flat(node, first);
	while (accept(parser, word)) {
		struct node *part = operand(parser);
		node_must_be_flag(parser->reading, part);
		add_flat(node, part);
	}
	return node;
}

static struct node *parse_and(struct parser *parser)
{
	return parse_junction(parser, TOKEN_AND, NODE_AND, parse_not);
}

static struct node *parse_or(struct parser *parser)
{
	return parse_junction(parser, TOKEN_OR, NODE_OR, parse_and);
}

/* What stands behind the end of a whole expression, and what may be read after it. */
static void parse_rest(struct parser *parser)
{
	while (parser->token.kind != TOKEN_END) {
		const struct token *token = &parser->token;
		if (token->kind == TOKEN_RIGHT)
			condition_tell(parser->reading, token->column,
				       "this bracket closes nothing: a ( is missing before it");
		else if (token->kind != TOKEN_WRONG)
			condition_tell(parser->reading, token->column,
				       "unexpected \"%s\": AND, OR or the end belongs here",
				       token->text);
		advance(parser);
		skip(parser);
		if (accept(parser, TOKEN_AND) || accept(parser, TOKEN_OR))
			node_must_be_flag(parser->reading, parse_or(parser));
	}
}

static bool is_readable(struct condition_text *reading)
{
	size_t length = strlen(reading->text);
	if (length > CONDITION_LONGEST) {
		condition_tell(reading, 1, "the condition has %zu bytes: at most %d are read",
			       length, CONDITION_LONGEST);
		return false;
	}
	if (reading->text[strspn(reading->text, " \t\r\n")] == '\0') {
		condition_tell(reading, 1, "the condition is empty: leave it out, or write TRUE");
		return false;
	}
	return true;
}

struct condition *condition_parse(const char *text, const struct condition_names *names,
				  struct arena *arena, const char *file, int line,
				  struct problems *problems)
{
	struct condition_text reading = { text, names, arena, file, line, problems, 0 };
	if (!is_readable(&reading))
		return NULL;
	struct parser parser = { .reading = &reading, .lexer = { &reading, text, 1 } };
	advance(&parser);
	struct node *root = parse_or(&parser);
	node_must_be_flag(&reading, root);
	parse_rest(&parser);
	if (reading.mistakes > 0)
		return NULL;
	struct condition *condition = arena_alloc(arena, sizeof(*condition));
	condition->root = root;
	condition->slots = parser.slots;
	condition->slot_count = parser.slot_count;
	return condition;
}
