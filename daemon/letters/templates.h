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
 * nothing but what is open can come into a letter (I6).
 */
#ifndef KEDJA_LETTERS_TEMPLATES_H
#define KEDJA_LETTERS_TEMPLATES_H

#include "daemon/base/mustache.h"
#include "rules/language/ruleset.h"

struct templates;

/* Without rules (NULL) no template may use a field of an event. NULL if any problem was added. */
struct templates *templates_load(const char *dir, const struct ruleset *ruleset,
				 struct problems *problems);
void templates_free(struct templates *templates); /* takes NULL */

size_t templates_count(const struct templates *templates); /* of all languages together */

/* NULL if there is none. `name` is that of the file without its ending: "rent-late.when"; the
 * whole letter as HTML is "letter.html". */
const struct mustache *templates_find(const struct templates *templates, const char *language,
				      const char *name);

/* What works, but is not meant: a template that serves no rule, one that another language lacks. */
void templates_review(const struct templates *templates, const struct ruleset *ruleset,
		      struct problems *problems);

/* May the field of an event stand in a letter? Open ones that are dates, ids or texts. */
bool template_may_show(const struct field *field);

#endif
