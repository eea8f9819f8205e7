/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Conditions: the `if` and `while` of the rules. A small subset of SQL's expressions over named,
 * typed values, with NULL as in SQL:
 *
 *   expr   = expr OR expr | expr AND expr | NOT expr | ( expr ) | name of a flag | TRUE | FALSE
 *          | sum (= | == | <> | != | < | <= | > | >=) sum | sum IS [NOT] NULL
 *          | sum [NOT] IN ( sum, ... ) | sum [NOT] BETWEEN sum AND sum
 *   sum    = term { (+ | -) term }
 *   term   = name | 123 | 'text' | '2026-11-30' | NULL | ( sum ) | - term
 *
 * Date + number and date - number are dates, date - date is a number of days. A text literal
 * that stands against a date must be a date; one against a code must be in its list.
 * Parsed once, so that it can be analysed: unknown names and values, wrong types, which names it
 * reads, and the first day on which its verdict can change by itself.
 * AND and OR are judged from the left, and no further than until they are decided. Codes and
 * flags know = <> IN IS, but have no order. At most 4,000 bytes, 50 brackets within each other.
 */
#ifndef KEDJA_CONDITION_H
#define KEDJA_CONDITION_H

#include "rules/kinds/kind.h"

/* What a name means, as the caller's resolver says. */
struct name_meaning {
	int slot; /* the caller's number for it, handed back at evaluation */
	enum value_type type;
	const char *const *codes; /* allowed values of a text, ended by NULL; NULL: any */
};

/* The world in which conditions are read and judged. */
struct condition_names {
	/* Fills in *ret and returns 0, or -1 for an unknown name. */
	int (*resolve)(const void *arg, const char *name, struct name_meaning *ret);
	/* All names, ended by NULL, for "did you mean"; may be NULL. */
	const char *const *(*list)(const void *arg);
	const void *arg;
};

struct condition;

/*
 * NULL if it is wrong; then each mistake was added to problems with file, line and column (from
 * 1, in characters of `text`). The condition lives in `arena`, and keeps no pointer to `text`.
 */
struct condition *condition_parse(const char *text, const struct condition_names *names,
				  struct arena *arena, const char *file, int line,
				  struct problems *problems);

/* Values at the moment of judging. `today` of the caller is one of the names. */
struct condition_world {
	struct value (*value)(const void *arg, int slot);
	/* The first day after today on which this value can change by itself; DATE_NONE: never.
	 * For the slot of `today` itself that is tomorrow. */
	date (*next_change)(const void *arg, int slot);
	int today_slot; /* the slot whose value is the day of judging, -1 if there is none */
	const void *arg;
	/* Is this a number that grows by one each day, as `stage_days`, and changes in no other
	 * way? Then comparisons with it are solved as those with today are. May be NULL. */
	bool (*grows_daily)(const void *arg, int slot);
};

enum verdict { VERDICT_FALSE, VERDICT_TRUE, VERDICT_NULL, VERDICT_FAILED };
/* FAILED: arithmetic out of range. The caller counts that as true and raises an alarm. */
enum verdict condition_judge(const struct condition *condition,
			     const struct condition_world *world);

/*
 * The first day after today on which the verdict can change although nothing happens: never a
 * day too late, perhaps one too early. Solved for comparisons that are linear in `today`;
 * otherwise the next change of any value read. DATE_NONE: never.
 */
date condition_next_change(const struct condition *condition, const struct condition_world *world);

/* The slots it reads, each once; the count. Both live as long as the condition. */
size_t condition_slots(const struct condition *condition, const int **ret_slots);
/* A canonical form (for versions of rules and for `explain`); the caller frees it. */
char *condition_format(const struct condition *condition);

#endif
