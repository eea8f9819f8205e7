/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * CSV as spreadsheets and other systems write it: a header, then rows; separated by ";", "," or
 * tabs; cells in quotation marks may hold them, line ends and doubled quotation marks. Lines end
 * with LF or CRLF; letters are as encoding.h has them. Before the header there may be "sep=;" and
 * lines of a report's heading; behind the last column, cells in which nothing stands.
 */
#ifndef KEDJA_CTL_CSV_H
#define KEDJA_CTL_CSV_H

#include <stdbool.h>

#include "rules/base/problem.h"

struct csv;

/*
 * Finds and reads the header: the line among the first hundred, and the separator, by which most of
 * the names in `wanted` (ended by NULL) are columns; where none is, the first line in which
 * something stands, and the separator that comes first in it. The text is borrowed until
 * csv_close. NULL with problems if there is no header, or a column without a name, or one that
 * stands twice, or the letters cannot be read.
 */
struct csv *csv_open(const char *text, size_t length, const char *file, const char *const *wanted,
		     struct problems *problems);
/* Would it find any of them? */
bool csv_has_header(const char *text, size_t length, const char *const *wanted);
void csv_close(struct csv *csv); /* takes NULL */

size_t csv_columns(const struct csv *csv);
const char *csv_column(const struct csv *csv, size_t i);
int csv_header_line(const struct csv *csv);

struct csv_record {
	int line;     /* on which it begins */
	char **cells; /* as many as there are columns; until the next csv_next. NULL: the record
			 is wrong, and was added to problems */
};

/* The next record in which something stands; false at the end. */
bool csv_next(struct csv *csv, struct csv_record *ret, struct problems *problems);

#endif
