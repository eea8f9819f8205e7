/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * A letter as it is built: blocks in the order of reading, from which both the text and the page
 * are made, so that they say the same.
 *
 *   document = document_new();
 *   document_section(document, "Försenat", "is_late");
 *   document_case(document, 1, "K-0417, skulle vara klart måndag 22 februari");
 *   ... document_as_text(document) ... mustache_render(page, document_values(document), true) ...
 *   document_free(document);
 */
#ifndef KEDJA_LETTERS_DOCUMENT_H
#define KEDJA_LETTERS_DOCUMENT_H

#include <jansson.h>
#include <stdbool.h>

#include "rules/base/mem.h"

#define DOCUMENT_COLUMNS 76

struct document;

struct document *document_new(size_t numbers); /* how many numbered lines it will have */
void document_free(struct document *document); /* takes NULL */

/* How far the text of numbered lines hangs: alike for 1 and for 10. */
size_t document_hang(const struct document *document);

void document_section(struct document *document, const char *text, const char *tone);
void document_heading(struct document *document, const char *text);
/* A matter of one case: its heading with its number. */
void document_single(struct document *document, size_t number, const char *text);
/* The line of a case; what stands beneath it belongs to it. */
void document_case(struct document *document, size_t number, const char *text);
void document_below(struct document *document, const char *text);
void document_say(struct document *document, const char *text);
/* Under the numbered lines, as part of the matter. */
void document_say_of_matter(struct document *document, const char *text);
/* The same, whose "text" is set later; a new reference. */
json_t *document_say_later(struct document *document);
void document_say_small(struct document *document, const char *text);
void document_point(struct document *document, const char *text);
/* Headings and rows of texts, all arrays; takes both over. */
void document_table(struct document *document, json_t *heads, json_t *rows);

/* UTF-8, lines of at most DOCUMENT_COLUMNS where words allow; the caller frees it. */
char *document_as_text(const struct document *document);
/* {"blocks": [...]}, for letter.html; a new reference. */
json_t *document_values(const struct document *document);

#endif
