/* SPDX-License-Identifier: EUPL-1.2 */
/* See rows.h: what both kinds of file have in common, and NDJSON. CSV itself is in csv.c. */
#include "daemon/ctl/rows.h"

#include <stdlib.h>
#include <string.h>

#include "daemon/ctl/csv.h"
#include "daemon/ctl/encoding.h"
#include "daemon/ctl/headings.h"
#include "daemon/ctl/show.h"
#include "daemon/ctl/source.h"
#include "daemon/ctl/terminal.h"

struct rows {
	const char *file;
	const char *at, *end; /* what is left of an NDJSON text */
	char *made;           /* that text, where it was in other letters */
	int line;             /* on which `at` stands */
	const char *kind;     /* NULL: NDJSON */
	bool is_begun;        /* a line of NDJSON was read */
	const json_t *sheet;  /* what is known of the kind; NULL: names are as they stand */
	struct csv *csv;
	char **names; /* of its columns */
	struct sources_seen *seen;
};

/* What an event says of itself; all else in a row is a field of its kind. */
static const char *const own_names[] = { "kind", "subject", "key", "at", "source", "force", NULL };

static bool is_own(const char *name)
{
	for (size_t i = 0; own_names[i] != NULL; i++)
		if (strcmp(own_names[i], name) == 0)
			return true;
	return false;
}

static int column_of(const struct rows *rows, const char *name)
{
	for (size_t i = 0; i < csv_columns(rows->csv); i++)
		if (strcmp(rows->names[i], name) == 0)
			return (int)i;
	return -1;
}

/* A heading and the name behind it are one column: it may stand there once. */
static bool names_are_right(const struct rows *rows, struct problems *problems)
{
	bool right = true;
	for (size_t i = 0; i < csv_columns(rows->csv); i++) {
		size_t first = (size_t)column_of(rows, rows->names[i]);
		if (first == i)
			continue;
		problem_add(problems, rows->file, csv_header_line(rows->csv),
			    "columns \"%s\" and \"%s\" are both %s: take one out",
			    csv_column(rows->csv, first), csv_column(rows->csv, i), rows->names[i]);
		right = false;
	}
	return right;
}

/* The header of a CSV must say whose row it is, and must not say what --kind says. */
static bool header_is_right(struct rows *rows, struct problems *problems)
{
	const struct csv *csv = rows->csv;
	int line = csv_header_line(csv);
	rows->names = xcalloc(csv_columns(csv) + 1, sizeof(*rows->names));
	for (size_t i = 0; i < csv_columns(csv); i++)
		rows->names[i] = rows->sheet == NULL
				     ? xstrdup(csv_column(csv, i))
				     : headings_name(rows->sheet, csv_column(csv, i));
	bool right = names_are_right(rows, problems);
	if (column_of(rows, "kind") >= 0) {
		problem_add(problems, rows->file, line,
			    "column \"kind\": --kind says it already, take the column out");
		right = false;
	}
	if (column_of(rows, "subject") >= 0)
		return right;
	char *heading = rows->sheet == NULL ? NULL : headings_written(rows->sheet, "subject");
	problem_add(problems, rows->file, line, "the header has no column \"%s\"%s%s%s",
		    heading == NULL ? "subject" : heading,
		    heading == NULL ? ""
				    : ": kedjactl "
				      "import --template ",
		    heading == NULL ? "" : rows->kind,
		    heading == NULL ? "" : " shows what a file has");
	free(heading);
	return false;
}

/* Lines that are not UTF-8 are told as they come; without a byte order mark. */
static const char *utf8_of_json(const char *text, size_t length, const char *file,
				size_t *ret_length, char **ret_made, struct problems *problems)
{
	if (encoding_is_utf16(text, length))
		return encoding_to_utf8(text, length, file, ret_length, ret_made, problems);
	size_t mark = length >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
	*ret_length = length - mark;
	return text + mark;
}

static struct csv *open_csv(const struct rows *rows, const char *text, size_t length,
			    struct problems *problems)
{
	static const char *const wanted[] = { "subject", NULL };
	const char **all = rows->sheet == NULL ? NULL : headings_all(rows->sheet);
	struct csv *csv = csv_open(text, length, rows->file, all == NULL ? wanted : all, problems);
	headings_free(all);
	return csv;
}

static struct rows *open_rows(struct rows *rows, const char *text, size_t length,
			      struct problems *problems)
{
	size_t before = problems->count;
	rows->line = 1;
	rows->seen = sources_new();
	if (rows->kind == NULL)
		rows->at = utf8_of_json(text, length, rows->file, &length, &rows->made, problems);
	else
		rows->csv = open_csv(rows, text, length, problems);
	rows->end = rows->at == NULL ? NULL : rows->at + length;
	if ((rows->kind == NULL && problems->count == before) ||
	    (rows->csv != NULL && header_is_right(rows, problems)))
		return rows;
	rows_close(rows);
	return NULL;
}

struct rows *rows_open(const char *text, size_t length, const char *file, const char *kind,
		       struct problems *problems)
{
	struct rows *rows = xcalloc(1, sizeof(*rows));
	rows->file = file;
	rows->kind = kind;
	return open_rows(rows, text, length, problems);
}

struct rows *rows_open_sheet(const char *text, size_t length, const char *file, const json_t *kind,
			     struct problems *problems)
{
	struct rows *rows = xcalloc(1, sizeof(*rows));
	rows->file = file;
	rows->kind = show_text_of(kind, "name");
	rows->sheet = kind;
	return open_rows(rows, text, length, problems);
}

const char *rows_heading(const struct rows *rows, const char *name)
{
	int column = rows->names == NULL ? -1 : column_of(rows, name);
	return column < 0 ? NULL : csv_column(rows->csv, (size_t)column);
}

void rows_close(struct rows *rows)
{
	if (rows == NULL)
		return;
	for (size_t i = 0; rows->names != NULL && rows->names[i] != NULL; i++)
		free(rows->names[i]);
	free(rows->names);
	csv_close(rows->csv);
	sources_free(rows->seen);
	free(rows->made);
	free(rows);
}

/* Puts a value in its place; a field that is named twice is a mistake. false after adding it. */
static bool put(struct rows *rows, json_t *event, const char *name, json_t *value, int line,
		struct problems *problems)
{
	json_t *place = is_own(name) ? event : json_object_get(event, "data");
	if (json_object_get(place, name) != NULL) {
		problem_add(problems, rows->file, line, "%s: stands beside data and in it", name);
		return false;
	}
	if (!json_is_null(value))
		json_object_set(place, name, value);
	return true;
}

static bool put_data(struct rows *rows, json_t *event, json_t *data, int line,
		     struct problems *problems)
{
	bool right = json_is_object(data);
	const char *name;
	json_t *value, *fields = json_object_get(event, "data");
	if (!right)
		problem_add(problems, rows->file, line, "data: must be an object of fields");
	json_object_foreach(data, name, value)
	{
		if (!json_is_null(value))
			json_object_set(fields, name, value);
	}
	return right;
}

/* The event that a JSON object stands for, with all its fields in data; NULL with problems. */
static json_t *event_of_object(struct rows *rows, json_t *object, int line,
			       struct problems *problems)
{
	json_t *event = json_object(), *data = json_object_get(object, "data");
	bool right = true;
	const char *name;
	json_t *value;
	json_object_set_new(event, "data", json_object());
	if (data != NULL)
		right = put_data(rows, event, data, line, problems);
	json_object_foreach(object, name, value)
	{
		if (strcmp(name, "data") != 0)
			right = put(rows, event, name, value, line, problems) && right;
	}
	if (right)
		return event;
	json_decref(event);
	return NULL;
}

static json_t *event_of_line(struct rows *rows, const char *text, size_t length, int line,
			     struct problems *problems)
{
	json_error_t error;
	if (length > ROW_MOST) {
		problem_add(problems, rows->file, line, "the line is longer than 512 KiB");
		return NULL;
	}
	json_t *object = json_loadb(text, length, JSON_REJECT_DUPLICATES, &error);
	json_t *event = NULL;
	if (object == NULL)
		problem_add_at(problems, rows->file, line, error.column > 0 ? error.column : 0,
			       "not JSON: %s%s", error.text,
			       text[0] != '{'                   ? " (a CSV file wants --kind)"
			       : terminal_is_utf8(text, length) ? ""
								: " (save the file as UTF-8)");
	else if (!json_is_object(object))
		problem_add(problems, rows->file, line, "not a JSON object: {\"kind\": ...}");
	else
		event = event_of_object(rows, object, line, problems);
	json_decref(object);
	return event;
}

/* The next line of the text, without its end. false when there is none. */
static bool next_line(struct rows *rows, const char **ret_text, size_t *ret_length, int *ret_line)
{
	if (rows->at == rows->end)
		return false;
	const char *newline = memchr(rows->at, '\n', (size_t)(rows->end - rows->at));
	const char *stop = newline == NULL ? rows->end : newline;
	*ret_text = rows->at;
	*ret_line = rows->line++;
	rows->at = newline == NULL ? rows->end : newline + 1;
	while (stop > *ret_text && (stop[-1] == '\r' || stop[-1] == ' ' || stop[-1] == '\t'))
		stop--;
	*ret_length = (size_t)(stop - *ret_text);
	return true;
}

static bool next_object(struct rows *rows, struct row *ret, struct problems *problems)
{
	const char *text;
	size_t length = 0;
	int line;
	while (length == 0)
		if (!next_line(rows, &text, &length, &line))
			return false;
	bool is_first = !rows->is_begun;
	rows->is_begun = true;
	ret->line = line;
	ret->event = event_of_line(rows, text, length, line, problems);
	/* a table whose kind nobody has named: the other lines would say the same */
	if (ret->event == NULL && is_first && text[0] != '{')
		rows->at = rows->end;
	return true;
}

/* What is no flag stays as it is, for whoever checks the event to refuse. */
static json_t *value_of_cell(const char *name, const char *cell)
{
	bool is_flag = strcmp(cell, "true") == 0 || strcmp(cell, "false") == 0;
	return is_flag && strcmp(name, "force") == 0 ? json_boolean(strcmp(cell, "true") == 0)
						     : json_string(cell);
}

/* Empty cells say nothing; all others are texts, as people type them. */
static json_t *event_of_cells(const struct rows *rows, char *const *cells)
{
	json_t *event = json_object(), *data = json_object();
	json_object_set_new(event, "kind", json_string(rows->kind));
	for (size_t i = 0; i < csv_columns(rows->csv); i++) {
		const char *name = rows->names[i];
		char *cell = rows->sheet == NULL ? xstrdup(cells[i])
						 : headings_value(rows->sheet, name, cells[i]);
		if (*cell != '\0')
			json_object_set_new(is_own(name) ? event : data, name,
					    value_of_cell(name, cell));
		free(cell);
	}
	json_object_set_new(event, "data", data);
	return event;
}

static bool is_help(const struct rows *rows, char *const *cells)
{
	return headings_is_help(cells[0], cells[column_of(rows, "subject")]);
}

static bool next_cells(struct rows *rows, struct row *ret, struct problems *problems)
{
	struct csv_record record;
	do {
		if (!csv_next(rows->csv, &record, problems))
			return false;
	} while (rows->sheet != NULL && record.cells != NULL && is_help(rows, record.cells));
	ret->line = record.line;
	ret->event = record.cells == NULL ? NULL : event_of_cells(rows, record.cells);
	return true;
}

bool rows_next(struct rows *rows, struct row *ret, struct problems *problems)
{
	char source[SOURCE_TEXT_SIZE];
	bool found =
	    rows->kind == NULL ? next_object(rows, ret, problems) : next_cells(rows, ret, problems);
	if (!found)
		return false;
	if (ret->event != NULL && json_object_get(ret->event, "source") == NULL)
		json_object_set_new(ret->event, "source",
				    json_string(sources_name(rows->seen, ret->event, source)));
	return true;
}
