/* SPDX-License-Identifier: EUPL-1.2 */
/* The tables of show.h: cells are kept until a flush, so that columns can be as wide as needed. */
#include <stdlib.h>

#include "daemon/ctl/show.h"

#define GAP 2 /* blanks between columns */

struct table {
	FILE *out;
	const struct column *columns;
	size_t column_count;
	size_t *widths;
	char **cells; /* of the rows that wait, row by row */
	size_t cell_count, cell_capacity;
	size_t rows;
	bool headed; /* the headings are out */
};

struct table *table_new(FILE *out, const struct column *columns)
{
	struct table *table = xcalloc(1, sizeof(*table));
	table->out = out;
	table->columns = columns;
	while (columns[table->column_count].heading != NULL)
		table->column_count++;
	table->widths = xcalloc(table->column_count, sizeof(*table->widths));
	for (size_t i = 0; i < table->column_count; i++)
		table->widths[i] = show_width(columns[i].heading);
	return table;
}

static void drop_cells(struct table *table)
{
	for (size_t i = 0; i < table->cell_count; i++)
		free(table->cells[i]);
	table->cell_count = 0;
}

void table_free(struct table *table)
{
	if (table == NULL)
		return;
	drop_cells(table);
	free(table->cells);
	free(table->widths);
	free(table);
}

static char *cell_text(const struct column *column, const json_t *row)
{
	const json_t *value = json_object_get(row, column->key);
	char *raw = column->form == NULL ? show_value(value) : column->form(row, value);
	char *text = show_escape(raw, false);
	free(raw);
	return text;
}

void table_add(struct table *table, const json_t *row)
{
	for (size_t i = 0; i < table->column_count; i++) {
		char *text = cell_text(&table->columns[i], row);
		size_t width = show_width(text);
		if (width > table->widths[i])
			table->widths[i] = width;
		table->cells = array_grow(table->cells, table->cell_count, &table->cell_capacity,
					  sizeof(*table->cells));
		table->cells[table->cell_count++] = text;
	}
	table->rows++;
}

/* Blanks are owed until something follows them, so that no line ends in any. */
static size_t write_cell(const struct table *table, size_t i, const char *text, size_t owed)
{
	size_t width = show_width(text);
	size_t padding = table->widths[i] > width ? table->widths[i] - width : 0;
	bool right = table->columns[i].right;
	owed += right ? padding : 0;
	if (*text != '\0') {
		fprintf(table->out, "%*s%s", (int)owed, "", text);
		owed = 0;
	}
	return owed + (right ? 0 : padding) + GAP;
}

static void write_headings(struct table *table)
{
	bool bold = show_may_colour(table->out);
	size_t owed = 0;
	fputs(bold ? "\033[1m" : "", table->out);
	for (size_t i = 0; i < table->column_count; i++)
		owed = write_cell(table, i, table->columns[i].heading, owed);
	fputs(bold ? "\033[0m\n" : "\n", table->out);
	table->headed = true;
}

void table_flush(struct table *table)
{
	size_t owed = 0;
	if (!table->headed && table->cell_count > 0)
		write_headings(table);
	for (size_t i = 0; i < table->cell_count; i++) {
		size_t column = i % table->column_count;
		owed = write_cell(table, column, table->cells[i], column == 0 ? 0 : owed);
		if (column + 1 == table->column_count)
			fputc('\n', table->out);
	}
	drop_cells(table);
	fflush(table->out);
}

size_t table_count(const struct table *table)
{
	return table->rows;
}

void show_rows(FILE *out, const char *title, const struct column *columns, const json_t *rows)
{
	if (json_array_size(rows) == 0)
		return;
	struct table *table = table_new(out, columns);
	for (size_t i = 0; i < json_array_size(rows); i++)
		table_add(table, json_array_get(rows, i));
	if (title != NULL)
		fprintf(out, "\n%s\n", title);
	table_flush(table);
	table_free(table);
}
