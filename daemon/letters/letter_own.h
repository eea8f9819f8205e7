/* SPDX-License-Identifier: EUPL-1.2 */
/* For the files that make a letter, from the ground up: making.c renders, values.c gives templates
 * their names, order.c puts items into matters, parts.c says the parts of a template, units.c keeps
 * what stands once, tables.c says what stands in tables, matter.c a matter, letter.c the whole. */
#ifndef KEDJA_LETTERS_LETTER_OWN_H
#define KEDJA_LETTERS_LETTER_OWN_H

#include "daemon/letters/document.h"
#include "daemon/letters/letter.h"

/* Items with the same words. */
struct matter {
	enum letter_group group;
	const char *template;    /* NULL: a table, or minimal */
	const char *responsible; /* of a table of copies; NULL: not known */
	bool minimal;
	size_t *items; /* places in the letter */
	size_t count;
};

struct order {
	struct matter *list;
	size_t count, capacity;
};

void order_read(struct order *order, const struct letter *letter);
void order_free(struct order *order);
/* Rows of a table, without advice? */
bool order_is_table(const struct matter *matter);

/* A letter that is being made. */
struct making {
	const struct templates *templates;
	const struct words *words;
	const struct letter *letter;
	struct unbuilt *unbuilt;
	struct document *document;
	struct order *order;
	size_t *numbers;    /* by place in the letter */
	bool same_role;     /* all of it comes to the reader by one role: said at the end */
	json_t *days;       /* names of values that are days */
	json_t *differing;  /* by template: the names whose values differ from case to case */
	json_t *skeletons;  /* sentences that name a day, without it, each with its template */
	json_t *said;       /* long sentences that stand in it, each with its unit */
	json_t *paragraphs; /* to be put together when all is said */
	bool failed;
};

const struct letter_item *making_item(const struct making *making, size_t place);
bool making_is_minimal(const struct making *making, const struct letter_item *item);

/* Rendered, on one line; "" when it cannot be built. The caller frees it. */
char *making_render(struct making *making, const struct mustache *mustache, const json_t *values);
/* With its line breaks, as text or HTML. */
char *making_render_as(struct making *making, const struct mustache *mustache, const json_t *values,
		       bool html);
/* No letter can be built from it. */
void making_fail(struct making *making, const struct mustache *mustache);
/* A word of the language; takes the values over (NULL: none). */
char *making_word(struct making *making, enum word word, json_t *values);
/* The same as a paragraph, or as one more of a list of texts; nothing where it says nothing. */
void making_say(struct making *making, enum word word, json_t *values);
void making_append(struct making *making, json_t *list, enum word word, json_t *values);
/* "1–3, 5" */
char *making_numbers(const size_t *numbers, size_t count);
char *making_numbers_of(const struct making *making, const struct matter *matter);

/* ---- values.c ---- */

void values_set_text(json_t *values, const char *name, const char *text);
/* The role by which the reader gets it, as why_you and why_letter say it. */
void values_set_why(json_t *values, const struct letter_item *item);
void values_set_made(json_t *values, const char *name, char *text); /* takes it over */
void values_set_list(struct making *making, json_t *values, const char *name, const char *list);
void values_set_flag(json_t *values, const char *name, bool flag);
/* Brief: as on the line of a case. */
void values_set_day(struct making *making, json_t *values, const char *name, date day, bool brief);
/* "case" or "programme": how a letter calls what it is about. */
void values_set_reference(json_t *values, const struct letter_item *item);

/* What the parts of a rule may use. */
json_t *values_of_item(struct making *making, const struct letter_item *item, bool brief);

const char *template_name(const struct letter_item *item);

/* ---- parts.c ---- */

/* The names whose values differ between the items with these words; borrowed. */
json_t *parts_differing(struct making *making, const char *template);
/* Two templates that say one sentence of other days say it without the day: it stands on the lines
 * of the cases. Before anything is said, of one matter after the other. */
void parts_note_skeletons(struct making *making, const struct matter *matter);
/* As they may stand in a sentence about several: a day of its own is on the line of the case. */
json_t *parts_shared_values(struct making *making, const struct matter *matter,
			    const struct letter_item *item);
/* With its line breaks; NULL: the template has no such part. */
char *parts_say(struct making *making, const struct matter *matter, enum part part,
		const json_t *values);
/* What to do, of the first of its items. */
char *parts_heading(struct making *making, const struct matter *matter);
/* The heading of an item in a table, with what tells it apart. */
char *parts_of_item(struct making *making, const struct letter_item *item);

/* ---- units.c ---- */

/* One more sentence about the item of that number. */
void units_add(json_t *units, const char *text, size_t number);
/* Each line, behind that place; takes the text over (or NULL). Returns the place behind them. */
size_t units_add_lines(json_t *units, size_t after, char *text, size_t number);
/* Each sentence by itself: a name in one of them makes the others no different. */
void units_add_sentences(json_t *units, const char *text, size_t number);
/* The first number of the matter in which all of it stands already; 0: there is none. */
size_t units_said_in(const struct making *making, const json_t *units);
/* A paragraph of these; takes them over. */
void units_say(struct making *making, const struct matter *matter, json_t *units);
/* When all is said, and the numbers are complete: the texts of the paragraphs. */
void units_finish(struct making *making);

/* ---- tables.c, matter.c ---- */

void matter_say(struct making *making, const struct matter *matter);
void tables_say_overview(struct making *making, const struct letter_overview *overview);
void tables_say(struct making *making, const struct matter *matter);
void tables_say_section(struct making *making, const struct letter_section *section);
/* When reminders come again: of all matters, or (add) of the only one. */
void tables_say_next(struct making *making);
void tables_add_next(struct making *making, json_t *units);

#endif
