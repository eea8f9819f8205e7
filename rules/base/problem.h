/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Problems: the only way the thinking speaks of errors. A list of "where: what is wrong: what
 * would be right", collected so that a person sees all mistakes at once and never only the first.
 *
 *   struct problems problems = PROBLEMS_NONE;
 *   problem_add(&problems, "10-plan.conf", 12, "unknown key \"%s\"", "du");
 *   problem_hint(&problems, "du", keys, "leave it out");     ... : did you mean "due"?
 *   ... problems.count, problems.list[i].text ...
 *   problems_clear(&problems);
 */
#ifndef KEDJA_PROBLEM_H
#define KEDJA_PROBLEM_H

#include "rules/base/mem.h"

struct problem {
	char *place; /* a file, the name of a field, or "" */
	int line;    /* from 1; 0 where there is none */
	int column;  /* from 1; 0 where there is none; only conditions give one */
	char *text;  /* UTF-8, one line, without place and line */
};

struct problems {
	struct problem *list;
	size_t count;
	size_t capacity;
};

#define PROBLEMS_NONE                                                                              \
	{                                                                                          \
		NULL, 0, 0                                                                         \
	}

void problem_add(struct problems *problems, const char *place, int line, const char *format, ...)
    PRINTF_LIKE(4, 5);
void problem_add_at(struct problems *problems, const char *place, int line, int column,
		    const char *format, ...) PRINTF_LIKE(5, 6);

/* "file:12: text", "file:12:7: text", "field: text" or "text"; the caller frees it. */
char *problem_format(const struct problem *problem);

/* By place, line and column, so that a file's complaints come from its top to its end. */
void problems_sort(struct problems *problems);
void problems_drop(struct problems *problems, size_t i); /* that one was told already */
void problems_clear(struct problems *problems);          /* frees all, leaves PROBLEMS_NONE */

/*
 * The nearest of `names` (ended by NULL) to what somebody wrote, for "did you mean"; NULL when
 * none is near (more than a third of its letters wrong).
 */
const char *problem_nearest(const char *written, const char *const *names);
/*
 * Goes on with the problem that was added last: `: did you mean "due"?` where one of `names` is
 * near to what was written, otherwise ": " and `otherwise` (NULL: nothing).
 */
void problem_hint(struct problems *problems, const char *written, const char *const *names,
		  const char *otherwise);

#endif
