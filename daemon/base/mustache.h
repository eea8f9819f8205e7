/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Mustache, the subset of interpolation, sections, inverted sections and comments (the
 * specification's own tests prove it). Values are JSON. `{{x}}` escapes HTML when `html` is set,
 * `{{{x}}}` and `{{&x}}` never do. No partials, no lambdas, no set delimiters: an error. False are
 * a missing value, null, false, "" and []. A text that is not UTF-8, or begins with a byte order
 * mark, is refused.
 */
#ifndef KEDJA_BASE_MUSTACHE_H
#define KEDJA_BASE_MUSTACHE_H

#include <jansson.h>
#include <stdbool.h>

#include "rules/base/problem.h"

struct mustache;

/* NULL if it is wrong; each mistake with file and line. `names` (ended by NULL; may be NULL) are
 * the names that may stand in it: others are mistakes too, with the nearest known one. */
struct mustache *mustache_parse(const char *text, size_t length, const char *file,
				const char *const *names, struct problems *problems);
/* The same, with a word of the caller's on a name that may not stand in it: a sentence to be freed,
 * "" where it may after all, or NULL for the usual one. */
typedef char *mustache_refuse(void *arg, const char *name);
struct mustache *mustache_parse_with(const char *text, size_t length, const char *file,
				     const char *const *names, mustache_refuse *refuse, void *arg,
				     struct problems *problems);
void mustache_free(struct mustache *mustache); /* takes NULL */

const char *mustache_file(const struct mustache *mustache);

/* More than any text for people needs: sections over one list within each other never end. */
#define MUSTACHE_STEPS_MOST 1000000
#define MUSTACHE_BYTES_MOST (700 * 1024)

/* How long a list can be; one whose name is NULL ends them. */
struct mustache_list {
	const char *name;
	size_t most;
};
/* The steps that it takes at the most, with lists as long as these and everything else there once;
 * and the line of the section that is gone through most often (0: there is none). */
double mustache_steps(const struct mustache *mustache, const struct mustache_list *lists,
		      int *ret_line);

/* The text; the caller frees it. Missing values are empty. NULL: it takes too long, or gets too
 * long.
 */
MUST_CHECK char *mustache_render(const struct mustache *mustache, const json_t *values, bool html);

#endif
