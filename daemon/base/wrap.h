/* SPDX-License-Identifier: EUPL-1.2 */
/* Wrapping text for a letter: UTF-8, one line is one paragraph, lists hang. */
#ifndef KEDJA_BASE_WRAP_H
#define KEDJA_BASE_WRAP_H

#include "rules/base/mem.h"

/* All of it on one line, blanks run together, none at the ends. The caller frees it. */
char *wrap_join(const char *text);

/*
 * Lines of at most `columns` characters where words allow. Lines that go on hang under the text
 * of "1. ..." and "- ..." and keep the indentation. One empty line at most between paragraphs,
 * none at the top; ends with one line feed. The caller frees it.
 */
char *wrap_text(const char *text, size_t columns);

/* The columns that a text takes: its characters, not its bytes. */
size_t wrap_width(const char *text, size_t length);

#endif
