/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * A spreadsheet for people: Swedish headings in the place of the names of fields, a row of help,
 * the codes that may stand in it; and what people type in such cells, as events have it. Pure.
 *
 *   headings_template(stdout, kind)             kind: a row of kind.list
 *   name = headings_name(kind, "Gäller till")   "valid_until"; the caller frees it
 *   text = headings_value(kind, name, "28/11/2026")
 */
#ifndef KEDJA_CTL_HEADINGS_H
#define KEDJA_CTL_HEADINGS_H

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

/* The heading under which a name of an event ("subject", "at", "key") or of a field is written;
 * amounts are in kronor ("amount_kr"). The caller frees it. */
char *headings_written(const json_t *kind, const char *name);
/* The name that a heading stands for, in capitals or not; what is no such heading is a name itself.
 * The caller frees it. */
char *headings_name(const json_t *kind, const char *written);
/* The headings of a kind, ended by NULL: for finding the header of a file. The caller frees the
 * list by headings_free. */
const char **headings_all(const json_t *kind);
void headings_free(const char **headings);

/* A cell as the field has it: a day as 2026-11-28, yes and no as true and false, without blanks
 * around. What it cannot read it leaves as it is, for whoever checks the event. The caller frees
 * it.
 */
char *headings_value(const json_t *kind, const char *name, const char *cell);
/* Is this a row of help, as a template has them? `subject` is its cell of that column. */
bool headings_is_help(const char *first, const char *subject);

/* CSV for spreadsheets: UTF-8 with a byte order mark, separated by semicolons. */
void headings_template(FILE *out, const json_t *kind);

#endif
