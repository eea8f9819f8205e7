/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Which rules a template serves, and so which names may stand in it: those of every item, and the
 * open fields of the events that a deadline of these rules can rest on.
 *
 *   struct serving serving = { .ruleset = ruleset, .name = "rent-late", .arena = arena };
 *   serving_find_names(&serving);
 *   mustache_parse_with(text, length, path, serving.names, serving_refuse, &serving, problems);
 */
#ifndef KEDJA_LETTERS_SERVING_H
#define KEDJA_LETTERS_SERVING_H

#include "rules/language/ruleset.h"

struct serving {
	const struct ruleset *ruleset; /* or NULL */
	const char *name;              /* of the template */
	struct arena *arena;
	const char **names; /* item_names and those of events, ended by NULL */
	size_t count, capacity;
};

void serving_find_names(struct serving *serving);
/* A mustache_refuse. */
char *serving_refuse(void *arg, const char *name);

/* Is the template that of the rule, or of one of its steps? */
bool template_serves(const struct rule *rule, const char *name);

#endif
