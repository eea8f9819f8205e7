/* SPDX-License-Identifier: EUPL-1.2 */
/* See document.h. A block is the object that letter.html is given for it. */
#include "daemon/letters/document.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/base/wrap.h"

#define COLUMNS_MOST 6
#define GAP          2 /* between the columns of a table */
#define BELOW        2 /* how much further what belongs to a case is set in */
#define CELL_LEAST   10

struct document {
	json_t *blocks;
	size_t hang;
};

struct document *document_new(size_t numbers)
{
	struct document *document = xcalloc(1, sizeof(*document));
	document->blocks = json_array();
	document->hang = 3;
	for (; numbers >= 10; numbers /= 10)
		document->hang++;
	return document;
}

void document_free(struct document *document)
{
	if (document == NULL)
		return;
	json_decref(document->blocks);
	free(document);
}

size_t document_hang(const struct document *document)
{
	return document->hang;
}

/* ---- what is added ---- */

static json_t *add(struct document *document, const char *kind, const char *text)
{
	json_t *block = json_pack("{s:b, s:s}", kind, 1, "text", text);
	json_array_append_new(document->blocks, block);
	return block;
}

void document_section(struct document *document, const char *text, const char *tone)
{
	json_t *block = add(document, "is_section", text);
	if (tone != NULL)
		json_object_set_new(block, tone, json_true());
}

void document_heading(struct document *document, const char *text)
{
	(void)add(document, "is_heading", text);
}

void document_single(struct document *document, size_t number, const char *text)
{
	json_t *block = add(document, "is_single", text);
	json_object_set_new(block, "number", json_integer((json_int_t)number));
}

void document_case(struct document *document, size_t number, const char *text)
{
	json_t *block = add(document, "is_case", text);
	json_object_set_new(block, "number", json_integer((json_int_t)number));
	json_object_set_new(block, "below", json_array());
}

void document_below(struct document *document, const char *text)
{
	json_t *last = json_array_get(document->blocks, json_array_size(document->blocks) - 1);
	json_array_append_new(json_object_get(last, "below"), json_pack("{s:s}", "text", text));
}

void document_say(struct document *document, const char *text)
{
	(void)add(document, "is_text", text);
}

json_t *document_say_later(struct document *document)
{
	json_t *block = add(document, "is_text", "");
	json_object_set_new(block, "below", json_true());
	return json_incref(block);
}

void document_say_of_matter(struct document *document, const char *text)
{
	json_t *block = document_say_later(document);
	json_object_set_new(block, "text", json_string(text));
	json_decref(block);
}

void document_say_small(struct document *document, const char *text)
{
	(void)add(document, "is_small", text);
}

void document_point(struct document *document, const char *text)
{
	(void)add(document, "is_point", text);
}

static json_t *cells_of(const json_t *texts)
{
	json_t *cells = json_array(), *text;
	size_t i;
	json_array_foreach(texts, i, text)
	    json_array_append_new(cells, json_pack("{s:O}", "text", text));
	return cells;
}

void document_table(struct document *document, json_t *heads, json_t *rows)
{
	json_t *block = add(document, "is_table", ""), *all = json_array(), *row;
	size_t i;
	json_array_foreach(rows, i, row)
	    json_array_append_new(all, json_pack("{s:o}", "cells", cells_of(row)));
	json_object_set_new(block, "heads", cells_of(heads));
	json_object_set_new(block, "rows", all);
	json_decref(heads);
	json_decref(rows);
}

json_t *document_values(const struct document *document)
{
	return json_pack("{s:O}", "blocks", document->blocks);
}

/* ---- as text ---- */

static bool is(const json_t *block, const char *kind)
{
	return json_is_true(json_object_get(block, kind));
}

static const char *text_of(const json_t *block)
{
	return json_string_value(json_object_get(block, "text"));
}

static size_t width_of(const char *text)
{
	return wrap_width(text, strlen(text));
}

static void put_wrapped(FILE *out, char *line)
{
	char *wrapped = wrap_text(line, DOCUMENT_COLUMNS);
	fputs(wrapped, out);
	free(wrapped);
	free(line);
}

static void put_numbered(FILE *out, const struct document *document, const json_t *block)
{
	long long number = json_integer_value(json_object_get(block, "number"));
	const json_t *below = json_object_get(block, "below"), *line;
	size_t i;
	put_wrapped(out, xasprintf("%*lld. %s", (int)document->hang - 2, number, text_of(block)));
	json_array_foreach(below, i, line)
	    put_wrapped(out, xasprintf("%*s%s", (int)document->hang + BELOW, "", text_of(line)));
}

/* The lines of a cell, each at most `width` wide where words allow. */
static char *cell_lines(const json_t *cell, size_t width)
{
	return wrap_text(text_of(cell), width);
}

static void put_row(FILE *out, const json_t *cells, const size_t *widths)
{
	size_t count = json_array_size(cells);
	char *texts[COLUMNS_MOST] = { NULL }, *rest[COLUMNS_MOST];
	bool any = true;
	for (size_t i = 0; i < count; i++)
		rest[i] = texts[i] = cell_lines(json_array_get(cells, i), widths[i]);
	while (any) {
		size_t owed = 0;
		any = false;
		for (size_t i = 0; i < count; i++) {
			const char *line = rest[i] == NULL ? "" : strsep(&rest[i], "\n");
			if (line[0] != '\0')
				fprintf(out, "%*s%s", (int)owed, "", line);
			owed = line[0] != '\0' ? widths[i] + GAP - width_of(line)
					       : owed + widths[i] + GAP;
			any = any || (rest[i] != NULL && rest[i][0] != '\0');
		}
		putc('\n', out);
	}
	for (size_t i = 0; i < count; i++)
		free(texts[i]);
}

static void measure(const json_t *cells, size_t *widths)
{
	const json_t *cell;
	size_t i;
	json_array_foreach(cells, i, cell)
	{
		size_t width = width_of(text_of(cell));
		widths[i] = width > widths[i] ? width : widths[i];
	}
}

/* The widest columns give way until the row fits. */
static void narrow(size_t *widths, size_t count)
{
	for (;;) {
		size_t total = GAP * (count - 1), widest = 0;
		for (size_t i = 0; i < count; i++) {
			total += widths[i];
			widest = widths[i] > widths[widest] ? i : widest;
		}
		if (total <= DOCUMENT_COLUMNS || widths[widest] <= CELL_LEAST)
			return;
		widths[widest]--;
	}
}

static void put_table(FILE *out, const json_t *block)
{
	const json_t *heads = json_object_get(block, "heads"), *row;
	const json_t *rows = json_object_get(block, "rows");
	size_t widths[COLUMNS_MOST] = { 0 }, i;
	measure(heads, widths);
	json_array_foreach(rows, i, row) measure(json_object_get(row, "cells"), widths);
	narrow(widths, json_array_size(heads));
	put_row(out, heads, widths);
	json_array_foreach(rows, i, row) put_row(out, json_object_get(row, "cells"), widths);
}

/* Is there an empty line between them? */
static bool is_apart(const json_t *before, const json_t *block)
{
	bool listed = is(block, "is_case") || is(block, "is_point");
	if (before == NULL)
		return false;
	if (is(block, "is_case"))
		return !is(before, "is_case") && !is(before, "is_heading");
	if (listed)
		return is(before, "is_section");
	if (is(block, "is_text") && is(block, "below"))
		return is(before, "is_section");
	return true;
}

static void put_block(FILE *out, const struct document *document, const json_t *block)
{
	bool under = is(block, "below");
	if (is(block, "is_table"))
		put_table(out, block);
	else if (is(block, "is_single") || is(block, "is_case"))
		put_numbered(out, document, block);
	else if (is(block, "is_point"))
		put_wrapped(out, xasprintf("- %s", text_of(block)));
	else
		put_wrapped(
		    out, xasprintf("%*s%s", under ? (int)document->hang : 0, "", text_of(block)));
}

char *document_as_text(const struct document *document)
{
	char *text = NULL;
	size_t length = 0, i;
	const json_t *before = NULL, *block;
	FILE *out = open_memstream(&text, &length);
	if (out == NULL)
		abort(); /* out of memory */
	json_array_foreach(document->blocks, i, block)
	{
		if (is_apart(before, block))
			putc('\n', out);
		put_block(out, document, block);
		before = block;
	}
	if (fclose(out) != 0)
		abort();
	return text;
}
