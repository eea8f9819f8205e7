/* SPDX-License-Identifier: EUPL-1.2 */
/* What the files of the rule tests share; nobody else includes this. */
#ifndef KEDJA_RULETEST_OWN_H
#define KEDJA_RULETEST_OWN_H

#include <libconfig.h>

#include "rules/walk/ruletest.h"
#include "rules/walk/walk.h"

#define AT_SLOT (-1) /* the hour of a notice that goes with the letters of the day */

/* A set of roles; one that nobody knows (a field that names none) is NULL. */
struct roles {
	const struct role **list;
	size_t count, capacity;
};

/* The list lives in `arena`. */
static inline void roles_add(struct roles *roles, const struct role *role, struct arena *arena)
{
	roles->list =
	    arena_grow(arena, roles->list, roles->count, &roles->capacity, sizeof(*roles->list));
	roles->list[roles->count++] = role;
}

/* A notice, as a test expects it or as it came. */
struct notice {
	date day;
	int second; /* of the day, or AT_SLOT */
	const char *subject;
	const struct rule *rule;
	const char *step;
	const char *key; /* NULL: not said */
	struct roles to, copy;
	struct roles held; /* who would have been told, had nobody put it off */
	date due;          /* DATE_NONE: not said */
	int missed;        /* -1: not said */
	int line;          /* of the test's file */
};

struct happening {
	const struct event *event;
	const char *text; /* as it stands in the file, without its date */
};

struct test {
	const char *file, *name;
	int line;
	const struct rule **rules; /* whose notices are compared */
	size_t rule_count;
	const char *subject, *programme;
	struct happening *events;
	size_t event_count;
	civil until;
	struct notice *expected;
	size_t expected_count;
};

struct ruletest {
	struct arena *arena;
	const struct ruleset *ruleset;
	struct test *tests;
	size_t count, capacity;
};

/* The file, or the test, that is being read. */
struct test_file {
	struct ruletest *tests;
	struct arena *arena;
	struct problems *problems;
	const char *file;
	const config_setting_t *root; /* of the file: short words, and what holds for all tests */
};

/* ruletest_line.c: one line of `events`, one of `expect`. False after adding every problem. */
bool ruletest_read_event(const struct test_file *reading, const struct test *test, const char *text,
			 int line, struct happening *ret);
bool ruletest_read_notice(const struct test_file *reading, const struct test *test,
			  const char *text, int line, struct notice *ret);
/* The same the other way round, without the date: "plan-review late to social_worker". */
char *ruletest_write_notice(const struct test *test, const struct notice *notice,
			    struct arena *arena);

#endif
