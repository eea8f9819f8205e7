/* SPDX-License-Identifier: EUPL-1.2 */
/* See csv.h. */
#include "daemon/ctl/csv.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "daemon/ctl/buffer.h"
#include "daemon/ctl/encoding.h"
#include "daemon/ctl/rows.h"

struct csv {
	const char *at, *end;
	char *made; /* the text, where it had to be made UTF-8 */
	int line;   /* on which `at` stands */
	char separator;
	const char *file;
	char **header;
	size_t column_count;
	int header_line;
	/* The record in hand. */
	struct arena *arena;
	char **cells;
	size_t cell_count, cell_capacity;
	bool wrong;
	bool filled; /* something stands in it */
};

static bool at_end_of_line(const struct csv *csv)
{
	return csv->at == csv->end || *csv->at == '\n' ||
	       (*csv->at == '\r' && (csv->at + 1 == csv->end || csv->at[1] == '\n'));
}

static bool at_end_of_cell(const struct csv *csv)
{
	return at_end_of_line(csv) || *csv->at == csv->separator;
}

static void complain(struct csv *csv, int line, struct problems *problems, const char *text)
{
	problem_add(problems, csv->file, line, "%s", text);
	csv->wrong = true;
}

static void skip_blanks(struct csv *csv)
{
	while (csv->at < csv->end && *csv->at != csv->separator &&
	       (*csv->at == ' ' || *csv->at == '\t'))
		csv->at++;
}

static void read_plain(struct csv *csv, struct buffer *cell)
{
	const char *start = csv->at;
	while (!at_end_of_cell(csv))
		csv->at++;
	const char *stop = csv->at;
	while (stop > start && (stop[-1] == ' ' || stop[-1] == '\t'))
		stop--;
	buffer_add(cell, start, (size_t)(stop - start));
}

/* From after the opening quotation mark to after the closing one. false: there is none. */
static bool read_inside_quotes(struct csv *csv, struct buffer *cell)
{
	for (; csv->at < csv->end; csv->at++) {
		if (*csv->at == '"') {
			csv->at++;
			if (csv->at == csv->end || *csv->at != '"')
				return true;
		}
		csv->line += *csv->at == '\n';
		buffer_add_byte(cell, *csv->at);
	}
	return false;
}

static void read_quoted(struct csv *csv, struct buffer *cell, struct problems *problems)
{
	int line = csv->line;
	csv->at++;
	if (!read_inside_quotes(csv, cell)) {
		complain(csv, line, problems, "a quotation mark is opened here and never closed");
		return;
	}
	skip_blanks(csv);
	if (at_end_of_cell(csv))
		return;
	complain(csv, csv->line, problems,
		 "text after a closing quotation mark: double a mark that belongs to the text");
	while (!at_end_of_cell(csv))
		csv->at++;
}

static void check_cell(struct csv *csv, const struct buffer *cell, int line,
		       struct problems *problems)
{
	if (memchr(cell->bytes, '\0', cell->length) != NULL)
		complain(csv, line, problems, "a NUL byte: this is not a text file");
	else if (cell->length > ROW_MOST)
		complain(csv, line, problems, "a cell of over 512 KiB");
}

static void read_cell(struct csv *csv, struct problems *problems)
{
	struct buffer cell = BUFFER_NONE;
	int line = csv->line;
	buffer_add(&cell, "", 0);
	skip_blanks(csv);
	if (csv->at < csv->end && *csv->at == '"')
		read_quoted(csv, &cell, problems);
	else
		read_plain(csv, &cell);
	check_cell(csv, &cell, line, problems);
	csv->filled = csv->filled || cell.length > 0;
	csv->cells =
	    array_grow(csv->cells, csv->cell_count, &csv->cell_capacity, sizeof(*csv->cells));
	csv->cells[csv->cell_count++] = arena_strndup(csv->arena, cell.bytes, cell.length);
	buffer_clear(&cell);
}

static void skip_line_end(struct csv *csv)
{
	if (csv->at < csv->end && *csv->at == '\r')
		csv->at++;
	if (csv->at < csv->end && *csv->at == '\n')
		csv->at++;
	csv->line++;
}

/* Reads one record, empty or not; the line on which it began. */
static int read_record(struct csv *csv, struct problems *problems)
{
	int line = csv->line;
	arena_free(csv->arena);
	csv->arena = arena_new();
	csv->cell_count = 0;
	csv->wrong = csv->filled = false;
	read_cell(csv, problems);
	while (!at_end_of_line(csv)) {
		csv->at++; /* the separator */
		read_cell(csv, problems);
	}
	skip_line_end(csv);
	return line;
}

#define SEPARATORS ";,\t"

/* Whichever stands first in the header, outside quotation marks. */
static char first_separator(const char *text, size_t length)
{
	bool quoted = false, begun = false;
	for (size_t i = 0; i < length && (quoted || !begun || text[i] != '\n'); i++) {
		begun = begun || strchr(" \t\r\n", text[i]) == NULL;
		if (text[i] == '"')
			quoted = !quoted;
		else if (!quoted && begun && text[i] != '\0' && strchr(SEPARATORS, text[i]) != NULL)
			return text[i];
	}
	return ';';
}

static void check_column(struct csv *csv, size_t i, struct problems *problems)
{
	const char *name = csv->header[i];
	if (*name == '\0') {
		problem_add(problems, csv->file, csv->header_line, "column %zu has no name", i + 1);
		csv->wrong = true;
	}
	for (size_t j = 0; j < i && *name != '\0'; j++) {
		if (strcmp(csv->header[j], name) != 0)
			continue;
		problem_add(problems, csv->file, csv->header_line, "column \"%s\" stands twice",
			    name);
		csv->wrong = true;
		return;
	}
}

/* --- where the header is ---------------------------------------------------------------------- */

#define HEADING_LINES 100
#define HEADING_MOST  65536 /* bytes */

static bool is_wanted(const char *start, const char *stop, const char *const *wanted)
{
	while (start < stop && strchr(" \t\r\"", *start) != NULL)
		start++;
	while (stop > start && strchr(" \t\r\"", stop[-1]) != NULL)
		stop--;
	for (; *wanted != NULL; wanted++)
		if (strlen(*wanted) == (size_t)(stop - start) && start != stop &&
		    memcmp(*wanted, start, (size_t)(stop - start)) == 0)
			return true;
	return false;
}

/* How many cells of a line are wanted names? */
static int count_wanted(const char *line, const char *stop, char separator,
			const char *const *wanted)
{
	int count = 0;
	bool quoted = false;
	const char *cell = line;
	for (const char *at = line; at <= stop; at++) {
		if (at < stop && *at == '"')
			quoted = !quoted;
		if (at < stop && (quoted || *at != separator))
			continue;
		count += is_wanted(cell, at, wanted);
		cell = at + 1;
	}
	return count;
}

/* "sep=;", as some programs write it into the first line; 0 if it is not that. */
static char told_separator(const char *line, const char *stop)
{
	while (line < stop && strchr(" \"", *line) != NULL)
		line++;
	if (stop - line < 5 || strncasecmp(line, "sep=", 4) != 0)
		return 0;
	for (const char *rest = line + 5; rest < stop; rest++)
		if (strchr(" \"\r", *rest) == NULL)
			return 0;
	return line[4];
}

struct header_place {
	const char *at;
	int line, count;
	char separator;
};

static void look_at_line(struct header_place *best, const char *line, const char *stop, int number,
			 const char *separators, const char *const *wanted)
{
	for (; *separators != '\0'; separators++) {
		int count = count_wanted(line, stop, *separators, wanted);
		if (count > best->count)
			*best = (struct header_place){ line, number, count, *separators };
	}
}

/* With count 0 where no line has a wanted name. */
static struct header_place find_header(const char *text, const char *end, const char *const *wanted)
{
	struct header_place best = { text, 1, 0, 0 };
	char told[2] = "";
	const char *line = text;
	for (int number = 1; number <= HEADING_LINES && line < end; number++) {
		const char *stop = memchr(line, '\n', (size_t)(end - line));
		const char *next = stop == NULL ? end : stop + 1;
		stop = stop == NULL ? end : stop;
		if (*told == '\0' && (*told = told_separator(line, stop)) != '\0')
			best = (struct header_place){ next, number + 1, best.count, *told };
		else
			look_at_line(&best, line, stop, number, *told == '\0' ? SEPARATORS : told,
				     wanted);
		line = next;
	}
	return best;
}

bool csv_has_header(const char *text, size_t length, const char *const *wanted)
{
	struct problems problems = PROBLEMS_NONE;
	char *made = NULL;
	size_t size = length < HEADING_MOST ? length : HEADING_MOST;
	const char *utf8 = encoding_to_utf8(text, length, "", &length, &made, &problems);
	bool has = utf8 != NULL && find_header(utf8, utf8 + length, wanted).count > 0;
	/* What is wrong with its letters is told when it is opened. */
	for (size_t i = 0; utf8 == NULL && wanted[i] != NULL; i++)
		has = has || memmem(text, size, wanted[i], strlen(wanted[i])) != NULL;
	free(made);
	problems_clear(&problems);
	return has;
}

/* Nothing stands behind the last column. */
static void drop_empty_cells(struct csv *csv, size_t least)
{
	while (csv->cell_count > least && *csv->cells[csv->cell_count - 1] == '\0')
		csv->cell_count--;
}

static void read_header(struct csv *csv, const char *const *wanted, struct problems *problems)
{
	struct header_place place = find_header(csv->at, csv->end, wanted);
	csv->at = place.at;
	csv->line = place.line;
	csv->separator = place.separator != '\0'
			     ? place.separator
			     : first_separator(csv->at, (size_t)(csv->end - csv->at));
	do
		csv->header_line = read_record(csv, problems);
	while (!csv->filled && !csv->wrong && csv->at < csv->end);
	if (!csv->filled && !csv->wrong)
		complain(csv, 1, problems, "the file is empty: it needs a header");
	drop_empty_cells(csv, 1);
	csv->column_count = csv->cell_count;
	csv->header = xcalloc(csv->column_count, sizeof(*csv->header));
	for (size_t i = 0; i < csv->column_count; i++)
		csv->header[i] = xstrdup(csv->cells[i]);
	for (size_t i = 0; i < csv->column_count && csv->filled; i++)
		check_column(csv, i, problems);
}

struct csv *csv_open(const char *text, size_t length, const char *file, const char *const *wanted,
		     struct problems *problems)
{
	struct csv *csv = xcalloc(1, sizeof(*csv));
	csv->at = encoding_to_utf8(text, length, file, &length, &csv->made, problems);
	csv->line = 1;
	csv->file = file;
	csv->wrong = csv->at == NULL;
	if (csv->at != NULL) {
		csv->end = csv->at + length;
		read_header(csv, wanted, problems);
	}
	if (!csv->wrong)
		return csv;
	csv_close(csv);
	return NULL;
}

void csv_close(struct csv *csv)
{
	if (csv == NULL)
		return;
	for (size_t i = 0; i < csv->column_count; i++)
		free(csv->header[i]);
	free(csv->header);
	free(csv->made);
	free(csv->cells);
	arena_free(csv->arena);
	free(csv);
}

size_t csv_columns(const struct csv *csv)
{
	return csv->column_count;
}

const char *csv_column(const struct csv *csv, size_t i)
{
	return csv->header[i];
}

int csv_header_line(const struct csv *csv)
{
	return csv->header_line;
}

bool csv_next(struct csv *csv, struct csv_record *ret, struct problems *problems)
{
	do {
		if (csv->at == csv->end)
			return false;
		ret->line = read_record(csv, problems);
	} while (!csv->filled && !csv->wrong);
	drop_empty_cells(csv, csv->column_count);
	if (!csv->wrong && csv->cell_count != csv->column_count) {
		problem_add(problems, csv->file, ret->line, "%zu cells, but the header has %zu",
			    csv->cell_count, csv->column_count);
		csv->wrong = true;
	}
	ret->cells = csv->wrong ? NULL : csv->cells;
	return true;
}
