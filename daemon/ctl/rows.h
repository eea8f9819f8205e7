/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The rows of an import file as events: NDJSON, an object a line, or CSV with a header. Pure: a
 * text in memory in, events and problems out; it can be read twice and gives the same twice.
 *
 *   rows = rows_open(text, length, "rent.csv", "rent.charged", &problems);
 *   while (rows_next(rows, &row, &problems)) ... row.line, row.event ...
 *   rows_close(rows);
 */
#ifndef KEDJA_CTL_ROWS_H
#define KEDJA_CTL_ROWS_H

#include <jansson.h>
#include <stdbool.h>

#include "rules/base/problem.h"

#define ROW_MOST (512 * 1024) /* bytes of one row */

struct rows;

/*
 * `kind` NULL: NDJSON; else CSV, whose rows are all of this kind. The text, which for
 * NDJSON is UTF-8 or UTF-16, for CSV as in encoding.h, is borrowed until rows_close. NULL only if
 * these or the header of a CSV are wrong: then the problems say how.
 */
struct rows *rows_open(const char *text, size_t length, const char *file, const char *kind,
		       struct problems *problems);
/* CSV whose header may have Swedish headings, and whose cells what people type there (headings.h).
 * `kind` is a row of kind.list, borrowed like the text. */
struct rows *rows_open_sheet(const char *text, size_t length, const char *file, const json_t *kind,
			     struct problems *problems);
/* The heading of the column that a name stands in, as the file has it; NULL: in none. */
const char *rows_heading(const struct rows *rows, const char *name);
void rows_close(struct rows *rows); /* takes NULL */

struct row {
	int line;      /* on which it begins, from 1 */
	json_t *event; /* {kind, subject, key, at, source, data:{}}; NULL if the row is no event,
			  which was then added to problems. The caller's reference. */
};

/* The next row that is not empty; false at the end. Every event has a source (source.h). */
bool rows_next(struct rows *rows, struct row *ret, struct problems *problems);

#endif
