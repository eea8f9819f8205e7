/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * From the text of rule files to a ruleset. Every mistake in every file is collected with its
 * file and line; a ruleset comes out only when there are none.
 *
 *   struct source files[] = { { "10-plan.conf", text }, ... };
 *   ruleset = load_rules(files, n, chain, calendar, &problems);
 */
#ifndef KEDJA_LOAD_H
#define KEDJA_LOAD_H

#include "rules/language/ruleset.h"

struct source {
	const char *file; /* as problems shall name it */
	const char *text; /* the whole content, ended by NUL */
	size_t length;
};

/* The ruleset borrows chain and calendar; NULL if any problem was added. */
struct ruleset *load_rules(const struct source *files, size_t count, const struct chain *chain,
			   const struct calendar *calendar, struct problems *problems);

#endif
