/* SPDX-License-Identifier: EUPL-1.2 */
/* What the files of the conditions share: the tree, and the text being read. For
 * them alone, and for the search in that tree (condition_solve_own.h). */
#ifndef KEDJA_CONDITION_OWN_H
#define KEDJA_CONDITION_OWN_H

#include "rules/language/condition.h"

enum {
	CONDITION_LONGEST = 4000, /* bytes of text: a page, and a bound on the tree */
	CONDITION_DEEPEST = 50,   /* brackets, NOT and minus within each other */
	CONDITION_MISTAKES = 20   /* told; of more it is said that there are */
};

enum node_kind {
	NODE_BAD, /* something wrong that has been told: fits everywhere, so that it is told once */
	NODE_NULL,
	NODE_NUMBER,
	NODE_DATE,
	NODE_TEXT,
	NODE_FLAG,
	NODE_NAME,
	NODE_MINUS,
	NODE_SUM,
	NODE_COMPARE,
	NODE_IN,
	NODE_BETWEEN,
	NODE_IS_NULL,
	NODE_NOT,
	NODE_AND,
	NODE_OR
};

enum comparison { COMPARE_EQ, COMPARE_NE, COMPARE_LT, COMPARE_LE, COMPARE_GT, COMPARE_GE };
const char *comparison_sign(enum comparison op);

struct node {
	enum node_kind kind;
	enum value_type type; /* of its value; VALUE_NULL: fits all (NULL, or wrong already) */
	int column;
	enum comparison op;               /* of NODE_COMPARE */
	bool negated;                     /* NOT IN, NOT BETWEEN, IS NOT NULL */
	bool subtracted;                  /* as a part of a NODE_SUM */
	int64_t number;                   /* of a number, a date, a flag */
	const char *text;                 /* of a text; of a name the name itself */
	int slot;                         /* of a name */
	const char *const *codes;         /* of a name, while it is read */
	struct node *first, *last, *next; /* children in their order; the next of its parent */
};

struct condition {
	struct node *root;
	int *slots;
	size_t slot_count;
};

/* A text being read, and where its mistakes go. */
struct condition_text {
	const char *text;
	const struct condition_names *names;
	struct arena *arena;
	const char *file;
	int line;
	struct problems *problems;
	int mistakes;
};

void condition_tell(struct condition_text *reading, int column, const char *format, ...)
    PRINTF_LIKE(3, 4);

enum token_kind {
	TOKEN_END,
	TOKEN_WRONG, /* told already */
	TOKEN_NAME,
	TOKEN_NUMBER,
	TOKEN_TEXT,
	TOKEN_PLUS,
	TOKEN_MINUS,
	TOKEN_LEFT,
	TOKEN_RIGHT,
	TOKEN_COMMA,
	TOKEN_COMPARE,
	TOKEN_AND,
	TOKEN_OR,
	TOKEN_NOT,
	TOKEN_IN,
	TOKEN_BETWEEN,
	TOKEN_IS,
	TOKEN_NULL,
	TOKEN_TRUE,
	TOKEN_FALSE
};

struct token {
	enum token_kind kind;
	int column;
	int64_t number;
	enum comparison op;
	const char *text; /* as written; of TOKEN_TEXT what stands between the quotes */
};

/* Where the next token starts. */
struct lexer {
	struct condition_text *reading;
	const char *at;
	int column;
};

struct token lexer_next(struct lexer *lexer);

/* Nodes with their type; what does not fit is told. Each takes its operands into itself. */
struct node *node_new(struct condition_text *reading, enum node_kind kind, int column);
void node_add(struct node *parent, struct node *child);
struct node *node_name(struct condition_text *reading, const char *name, int column);
struct node *node_minus(struct condition_text *reading, struct node *operand, int column);
/* The types of a sum, once all its parts are in it; a NODE_BAD if they cannot be added. */
struct node *node_sum_done(struct condition_text *reading, struct node *sum);
/* All operands of a comparison, IN or BETWEEN must be of one type. */
void node_comparison_done(struct condition_text *reading, struct node *comparison);
/* Tells if something is not true, false or unknown by itself. */
void node_must_be_flag(struct condition_text *reading, const struct node *node);

#endif
