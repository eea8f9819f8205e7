/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * What people and programs see: aligned tables, times as the office reads them, and JSON.
 *
 * All text that came from outside goes through here, so that no client's name and no error text
 * can move the cursor or forge a line: control characters are escaped.
 *
 *   static const struct column columns[] = { { "DUE", "due", NULL, false }, ..., COLUMNS_END };
 *   table = table_new(stdout, columns);
 *   table_add(table, row);  ...  table_flush(table);  table_free(table);
 */
#ifndef KEDJA_CTL_SHOW_H
#define KEDJA_CTL_SHOW_H

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

#include "rules/base/problem.h"

/* With control characters as \n, \x1b, \u{202e}, and bytes that are not UTF-8 as \xNN; with
 * `lines` line ends stay (tabs too). The caller frees it. */
char *show_escape(const char *text, bool lines);
size_t show_width(const char *text); /* columns of a text that is escaped already */
/* printf with every line of the outcome escaped; the line ends of the format stay. */
void show_printf(FILE *out, const char *format, ...) PRINTF_LIKE(2, 3);

/* Every problem in the order of the list, a line each with nothing that could break it; `before`
 * stands first on each line. */
void show_problems(FILE *out, const char *before, const struct problems *problems);

/* On a terminal: how far a long work has come, in one line of standard error that each call writes
 * anew. show_end_progress takes that line away, before anything else is said there. */
void show_progress(const char *format, ...) PRINTF_LIKE(1, 2);
void show_end_progress(void);

/* Values for people; the caller frees what comes back. */
char *show_value(const json_t *value); /* "" for NULL and null, yes and no, lists with commas */
char *show_time(const char *time);     /* "2026-11-30T08:00:00+01:00" -> "2026-11-30 08:00" */
char *show_kronor(int64_t ore);        /* 540050 -> "5400.50" */

/* A cell of a CSV, escaped, and in quotation marks where a spreadsheet could misread it. */
void show_csv_cell(FILE *out, const char *text);

/* A text of an object; "" where there is none or it is no text. */
const char *show_text_of(const json_t *object, const char *key);
json_int_t show_number_of(const json_t *object, const char *key); /* 0 where there is none */

/* A column shows the value under `key` of each row, by its form (NULL: show_value). */
typedef char *column_form(const json_t *row, const json_t *value);
struct column {
	const char *heading; /* NULL ends the list */
	const char *key;
	column_form *form;
	bool right; /* aligned to the right */
};
/* What a notice is about and whom it goes to, in whatever list it stands. */
#define COLUMNS_OF_NOTICE                                                                          \
	{ "SUBJECT", "subject", NULL, false }, { "KEY", "key", NULL, false },                      \
	    { "RULE", "rule", NULL, false }, { "STEP", "step", NULL, false },                      \
	    { "NO", "repetition", NULL, true }, { "DUE", "due", NULL, false },                     \
	    { "PERSON", "person", NULL, false },                                                   \
	{                                                                                          \
		"ROLE", "role", NULL, false                                                        \
	}
#define COLUMNS_END                                                                                \
	{                                                                                          \
		NULL, NULL, NULL, false                                                            \
	}

column_form form_time, form_kronor;

struct table;

struct table *table_new(FILE *out, const struct column *columns);
void table_free(struct table *table); /* takes NULL; what was not flushed is lost */
void table_add(struct table *table, const json_t *row);
/* Writes what was added. Columns are as wide as the rows so far need: in a list that comes page
 * by page they may grow, but nothing waits for the end. */
void table_flush(struct table *table);
size_t table_count(const struct table *table); /* rows added since table_new */

/* A whole table at once, with `title` (NULL: none) above it; nothing when there are no rows. */
void show_rows(FILE *out, const char *title, const struct column *columns, const json_t *rows);

/* JSON on its own lines, safe for a terminal (DEL and C1 as \u007f, which JSON allows). */
void show_json(FILE *out, const json_t *value);
void show_json_line(FILE *out, const json_t *value); /* compact, without line end */

/* May a little colour be used on this stream (a terminal that wants it)? */
bool show_may_colour(FILE *out);

#endif
