/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The templates of letters, read and checked together with the rules that they serve:
 * conf/templates/{sv,en}/<rule>.txt, each in parts (heading, day, line, advice, law, else, days);
 * words.conf beside them, what belongs to no single rule (words.h); and letter.html, how the page
 * looks, without a word of its own.
 *
 *   templates = templates_load(dir, ruleset, problems);       NULL: see the problems
 *   ... templates_part(templates, "sv", "rent-late", PART_ADVICE) ...
 *   templates_free(templates);
 *
 * A part may use the names that letter.h fills in, and of the event that a deadline rests on
 * the open fields, as event_<field>. A field of any other class is refused by file and line: so
 * nothing but what is open can come into a letter (I6). So is a template that repeats a list within
 * itself, so that a long letter would never end.
 */
#ifndef KEDJA_LETTERS_TEMPLATES_H
#define KEDJA_LETTERS_TEMPLATES_H

#include "daemon/letters/words.h"
#include "rules/language/ruleset.h"

struct templates;

/* How long the lists of a letter get: its templates must come to an end with these. More reminders
 * go into further letters; more rows of a section are only counted, the reminders of each follow
 * anyway. */
#define LETTER_ITEMS_MOST ((size_t)1500)
#define LETTER_ROWS_MOST  100

/* Without rules (NULL) no template may use a field of an event. NULL if any problem was added. */
struct templates *templates_load(const char *dir, const struct ruleset *ruleset,
				 struct problems *problems);
void templates_free(struct templates *templates); /* takes NULL */

/* Is it one of their files? */
bool templates_has_file(const struct templates *templates, const char *file);

size_t templates_count(const struct templates *templates); /* of all languages together */

/* What a rule's file says, in the order of reading. */
enum part {
	PART_HEADING, /* what to do; of a matter of one case or several, and no case is in it */
	PART_DAY,     /* on the line of a case: by when */
	PART_LINE,    /* and what else differs */
	PART_ADVICE,  /* once, beneath the cases */
	PART_LAW,
	PART_ELSE, /* what comes of it if nothing is done */
	PART_DAYS, /* further days, each line one: beneath, or where they differ with the case */
	PARTS
};

/* Of the rule or step of that name, or of item.txt; NULL if the part is left out. */
const struct mustache *templates_part(const struct templates *templates, const char *language,
				      const char *name, enum part part);
/* NULL: the language is unknown. */
const struct words *templates_words(const struct templates *templates, const char *language);
const struct mustache *templates_page(const struct templates *templates);

/* Tells each file that is "changed", "added" or "removed" in `to`, as "sv/rent-late.txt". */
typedef void templates_change(void *arg, const char *file, const char *change);
void templates_compare(const struct templates *from, const struct templates *to,
		       templates_change *change, void *arg);

/* What works, but is not meant: a template that serves no rule, one that another language lacks. */
void templates_review(const struct templates *templates, const struct ruleset *ruleset,
		      struct problems *problems);

/* May the field of an event stand in a letter? Open ones that are dates, ids or texts. */
bool template_may_show(const struct field *field);

#endif
