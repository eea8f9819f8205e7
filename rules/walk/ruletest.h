/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Rule tests: what happens on which day, and which reminders must come of it; kedja-rules-test(5)
 * says how they are written. Each test walks alone through its own time (walk.h).
 *
 *   tests = ruletest_load(files, n, ruleset, &problems);      NULL: see the problems
 *   for (i = 0; i < ruletest_count(tests); i++) {
 *           ruletest_run(tests, i, &result);
 *           ... result.passed, result.timeline ...
 *           ruletest_result_clear(&result);
 *   }
 *   ruletest_free(tests);
 */
#ifndef KEDJA_RULETEST_H
#define KEDJA_RULETEST_H

#include "rules/language/load.h"

struct ruletest;

/* Every mistake in every file is told with its file and line. The tests borrow the ruleset. */
struct ruletest *ruletest_load(const struct source *files, size_t count,
			       const struct ruleset *ruleset, struct problems *problems);
void ruletest_free(struct ruletest *tests); /* takes NULL */
size_t ruletest_count(const struct ruletest *tests);

struct ruletest_result {
	const char *file; /* these three live as long as the tests */
	int line;
	const char *name;
	bool passed;
	char *timeline; /* of a failure: lines of text that say where it went another way */
};

void ruletest_run(const struct ruletest *tests, size_t i, struct ruletest_result *ret);
void ruletest_result_clear(struct ruletest_result *result);

#endif
