/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * What a condition can come to, whatever happens: the part of the analysis that looks into
 * conditions. Every answer errs on the side of "it can": what is not understood is possible.
 *
 *   struct condition_ranges ranges = { range_of, arg, false };
 *   if (!condition_can_hold(condition, &ranges)) ... it starts nothing ...
 */
#ifndef KEDJA_CONDITION_SOLVE_H
#define KEDJA_CONDITION_SOLVE_H

#include "rules/language/condition.h"

/* The values that a name can ever have. */
struct condition_range {
	bool may_be_null;
	bool has_least, has_most; /* of numbers and dates */
	int64_t least, most;
	const char *const *codes; /* of texts, ended by NULL; NULL: any */
};

struct condition_ranges {
	/* Fills in *ret, which comes as "anything, or NULL". */
	void (*of)(const void *arg, int slot, struct condition_range *ret);
	const void *arg;
	bool open_codes; /* take codes that are not listed as possible too */
};

/* Can it be true? Can it be anything else than true? */
bool condition_can_hold(const struct condition *condition, const struct condition_ranges *ranges);
bool condition_can_fail(const struct condition *condition, const struct condition_ranges *ranges);

/*
 * Where a condition that cannot hold goes wrong: the part, or the two parts, that rule it out. The
 * column at which it stands; *ret_text is what is written there, in the arena.
 */
int condition_culprit(const struct condition *condition, const struct condition_ranges *ranges,
		      struct arena *arena, const char **ret_text);

/* A part of an OR that can never be true, while the whole can: its column, or 0. */
int condition_dead_part(const struct condition *condition, const struct condition_ranges *ranges,
			struct arena *arena, const char **ret_text);

#endif
