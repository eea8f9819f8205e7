/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The templates of letters: conf/templates/{sv,en}/<name>.txt and letter.html, read and checked
 * together with the rules that they serve.
 *
 *   templates = templates_load(dir, ruleset, problems);       NULL: see the problems
 *   ... templates_find(templates, "sv", "rent-late.when") ...
 *   templates_free(templates);
 *
 * A template may use the names that letter.h fills in, and of the event that a deadline rests on
 * the open fields, as event_<field>. A field of any other class is refused by file and line: so
 * nothing but what is open can come into a letter (I6). So is a template that repeats a list within
 * itself, so that a long letter would never end.
 */
#ifndef KEDJA_LETTERS_TEMPLATES_H
#define KEDJA_LETTERS_TEMPLATES_H

#include "daemon/base/mustache.h"
#include "rules/language/ruleset.h"

struct templates;

/* How long the lists of a letter get: its templates must come to an end with these. More reminders
 * go into further letters; more rows of a section are only counted, the reminders of each follow
 * anyway. */
#define LETTER_ITEMS_MOST ((size_t)1500)
#define LETTER_FULL_MOST  ((size_t)100) /* items: the others get a line each */
#define LETTER_ROWS_MOST  100

/* Without rules (NULL) no template may use a field of an event. NULL if any problem was added. */
struct templates *templates_load(const char *dir, const struct ruleset *ruleset,
				 struct problems *problems);
void templates_free(struct templates *templates); /* takes NULL */

/* Is it one of their files? */
bool templates_has_file(const struct templates *templates, const char *file);

size_t templates_count(const struct templates *templates); /* of all languages together */

/* NULL if there is none. `name` is that of the file without its ending: "rent-late.when"; the
 * whole letter as HTML is "letter.html". */
const struct mustache *templates_find(const struct templates *templates, const char *language,
				      const char *name);

/* Tells each file that is "changed", "added" or "removed" in `to`, as "sv/letter.txt". */
typedef void templates_change(void *arg, const char *file, const char *change);
void templates_compare(const struct templates *from, const struct templates *to,
		       templates_change *change, void *arg);

/* What works, but is not meant: a template that serves no rule, one that another language lacks. */
void templates_review(const struct templates *templates, const struct ruleset *ruleset,
		      struct problems *problems);

/* May the field of an event stand in a letter? Open ones that are dates, ids or texts. */
bool template_may_show(const struct field *field);

#endif
