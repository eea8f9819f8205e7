/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * CSV as spreadsheets write it: a header, then rows; separated by ";" or "," (what comes first in
 * the header); cells in quotation marks may hold both, line ends and doubled quotation marks.
 * Lines end with LF or CRLF. UTF-8 only: anything else is told, never guessed.
 */
#ifndef KEDJA_CTL_CSV_H
#define KEDJA_CTL_CSV_H

#include <stdbool.h>

#include "rules/base/problem.h"

struct csv;

/* Reads the header. The text is borrowed until csv_close. NULL with problems if there is no
 * header, or a column without a name, or one that stands twice. */
struct csv *csv_open(const char *text, size_t length, const char *file, struct problems *problems);
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
