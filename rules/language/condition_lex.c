/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The words of a condition. What people bring along from other languages (&&, ||, "text", ==) is
 * understood, and told where it is wrong, so that the reading goes on behind it.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "rules/language/condition_own.h"

void condition_tell(struct condition_text *reading, int column, const char *format, ...)
{
	if (reading->mistakes++ == CONDITION_MISTAKES)
		problem_add_at(reading->problems, reading->file, reading->line, column,
			       "from here on there are more mistakes: mend these first");
	if (reading->mistakes > CONDITION_MISTAKES)
		return;
	char *text = NULL;
	va_list args;
	va_start(args, format);
	int length = vasprintf(&text, format, args);
	va_end(args);
	problem_add_at(reading->problems, reading->file, reading->line, column, "%s",
		       length < 0 ? "a mistake" : text);
	if (length >= 0)
		free(text);
}

const char *comparison_sign(enum comparison op)
{
	static const char *const signs[] = { "=", "<>", "<", "<=", ">", ">=" };
	return signs[op];
}

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Letters beyond ASCII belong to a name too, so that the whole of a wrong word is told. */
static bool is_of_name(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || is_digit(c) ||
	       (unsigned char)c >= 0x80;
}

/* Moves on by bytes; columns count characters. */
static void advance(struct lexer *lexer, size_t bytes)
{
	for (; bytes > 0; bytes--, lexer->at++)
		if (((unsigned char)*lexer->at & 0xC0) != 0x80)
			lexer->column++;
}

static struct token token_of(struct lexer *lexer, enum token_kind kind, size_t length)
{
	struct token token = { .kind = kind, .column = lexer->column };
	token.text = arena_strndup(lexer->reading->arena, lexer->at, length);
	advance(lexer, length);
	return token;
}

static enum token_kind kind_of_word(const char *word)
{
	static const struct {
		const char *word;
		enum token_kind kind;
	} rows[] = {
		{ "AND", TOKEN_AND },   { "OR", TOKEN_OR },           { "NOT", TOKEN_NOT },
		{ "IN", TOKEN_IN },     { "BETWEEN", TOKEN_BETWEEN }, { "IS", TOKEN_IS },
		{ "NULL", TOKEN_NULL }, { "TRUE", TOKEN_TRUE },       { "FALSE", TOKEN_FALSE },
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (strcasecmp(rows[i].word, word) == 0)
			return rows[i].kind;
	return TOKEN_NAME;
}

static size_t length_of_name(const char *at)
{
	size_t length = 0;
	while (is_of_name(at[length]))
		length++;
	return length;
}

static struct token read_word(struct lexer *lexer)
{
	struct token token = token_of(lexer, TOKEN_NAME, length_of_name(lexer->at));
	token.kind = kind_of_word(token.text);
	return token;
}

/* 12; but 3.5, 3M and numbers past 2^63 are told whole. */
static struct token read_number(struct lexer *lexer)
{
	int64_t number = 0;
	bool fits = true;
	size_t length = 0;
	for (; is_digit(lexer->at[length]); length++)
		fits = fits && !__builtin_mul_overflow(number, 10, &number) &&
		       !__builtin_add_overflow(number, lexer->at[length] - '0', &number);
	size_t digits = length;
	while (is_of_name(lexer->at[length]) || (lexer->at[length] == '.' && length > 0))
		length++;
	struct token token = token_of(lexer, TOKEN_NUMBER, length);
	token.number = number;
	if (length > digits) {
		condition_tell(
		    lexer->reading, token.column,
		    "%s is not a whole number: names start with a letter, dates stand in quotes",
		    token.text);
		token.kind = TOKEN_WRONG;
	} else if (!fits) {
		condition_tell(lexer->reading, token.column,
			       "%s is too large a number: at most %lld", token.text,
			       (long long)INT64_MAX);
		token.kind = TOKEN_WRONG;
	}
	return token;
}

/* The length of 'it''s' with both quotes; 0 where the last one is missing. */
static size_t length_of_text(const char *at)
{
	char quote = at[0];
	for (size_t i = 1; at[i] != '\0'; i++) {
		if (at[i] != quote)
			continue;
		if (at[i + 1] != quote)
			return i + 1;
		i++;
	}
	return 0;
}

static struct token read_text(struct lexer *lexer)
{
	char quote = lexer->at[0];
	size_t length = length_of_text(lexer->at);
	if (length == 0) {
		struct token open = token_of(lexer, TOKEN_WRONG, strlen(lexer->at));
		condition_tell(lexer->reading, open.column,
			       "the text that starts here has no end: %c is missing", quote);
		return open;
	}
	struct token token = token_of(lexer, TOKEN_TEXT, length);
	char *text = arena_alloc(lexer->reading->arena, length);
	size_t used = 0;
	for (size_t i = 1; i < length - 1; i++) {
		text[used++] = token.text[i];
		if (token.text[i] == quote)
			i++;
	}
	if (quote == '"')
		condition_tell(lexer->reading, token.column,
			       "%s stands in double quotes: write '%s'", token.text, text);
	token.text = text;
	return token;
}

struct sign {
	const char *text;
	enum token_kind kind;
	enum comparison op;
	const char *instead; /* what to write instead; NULL if it is right */
};

/* Longer ones first. */
static const struct sign signs[] = {
	{ "==", TOKEN_COMPARE, COMPARE_EQ, NULL }, { "<>", TOKEN_COMPARE, COMPARE_NE, NULL },
	{ "!=", TOKEN_COMPARE, COMPARE_NE, NULL }, { "<=", TOKEN_COMPARE, COMPARE_LE, NULL },
	{ ">=", TOKEN_COMPARE, COMPARE_GE, NULL }, { "=<", TOKEN_COMPARE, COMPARE_LE, "<=" },
	{ "=>", TOKEN_COMPARE, COMPARE_GE, ">=" }, { "&&", TOKEN_AND, COMPARE_EQ, "AND" },
	{ "||", TOKEN_OR, COMPARE_EQ, "OR" },      { "=", TOKEN_COMPARE, COMPARE_EQ, NULL },
	{ "<", TOKEN_COMPARE, COMPARE_LT, NULL },  { ">", TOKEN_COMPARE, COMPARE_GT, NULL },
	{ "+", TOKEN_PLUS, COMPARE_EQ, NULL },     { "-", TOKEN_MINUS, COMPARE_EQ, NULL },
	{ "(", TOKEN_LEFT, COMPARE_EQ, NULL },     { ")", TOKEN_RIGHT, COMPARE_EQ, NULL },
	{ ",", TOKEN_COMMA, COMPARE_EQ, NULL },    { "!", TOKEN_NOT, COMPARE_EQ, "NOT" },
	{ "&", TOKEN_AND, COMPARE_EQ, "AND" },     { "|", TOKEN_OR, COMPARE_EQ, "OR" },
};

static struct token read_sign(struct lexer *lexer)
{
	for (size_t i = 0; i < sizeof(signs) / sizeof(signs[0]); i++) {
		const struct sign *sign = &signs[i];
		if (strncmp(lexer->at, sign->text, strlen(sign->text)) != 0)
			continue;
		struct token token = token_of(lexer, sign->kind, strlen(sign->text));
		token.op = sign->op;
		if (sign->instead != NULL)
			condition_tell(lexer->reading, token.column,
				       "unknown sign \"%s\": write %s", sign->text, sign->instead);
		return token;
	}
	struct token token = token_of(lexer, TOKEN_WRONG, 1);
	condition_tell(lexer->reading, token.column,
		       "unknown sign \"%s\": there are = <> < <= > >= + - and brackets",
		       token.text);
	return token;
}

struct token lexer_next(struct lexer *lexer)
{
	while (is_space(*lexer->at))
		advance(lexer, 1);
	if (*lexer->at == '\0')
		return (struct token){ .kind = TOKEN_END, .column = lexer->column, .text = "" };
	if (is_digit(*lexer->at))
		return read_number(lexer);
	if (is_of_name(*lexer->at))
		return read_word(lexer);
	if (*lexer->at == '\'' || *lexer->at == '"')
		return read_text(lexer);
	return read_sign(lexer);
}
