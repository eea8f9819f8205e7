/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Any text as a file of rule tests, over the rules that ship. What is read runs to its end, and
 * fails with a timeline or passes without one; what is refused says why, with a line of the file.
 */

#include "daemon/conf/office.h"
#include "rules/walk/ruletest.h"
#include "tests/fuzz/fuzz.h"

static struct office *office;

static void read_office(void)
{
	struct problems problems = PROBLEMS_NONE;
	office = office_load_shipped("conf", &problems);
	if (office == NULL) {
		fputs("run this from the root of the tree\n", stderr);
		exit(1);
	}
}

static int lines_of(const uint8_t *data, size_t size)
{
	int lines = 1;
	for (size_t i = 0; i < size; i++)
		lines += data[i] == '\n';
	return lines;
}

static void run_all(const struct ruletest *tests)
{
	for (size_t i = 0; i < ruletest_count(tests); i++) {
		struct ruletest_result result;
		ruletest_run(tests, i, &result);
		require(result.passed == (result.timeline == NULL));
		ruletest_result_clear(&result);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct problems problems = PROBLEMS_NONE;
	if (office == NULL)
		read_office();
	char *text = fuzz_text(data, size);
	struct source source = { "fuzz.test.conf", text, size };
	struct ruletest *tests = ruletest_load(&source, 1, office->ruleset, &problems);
	require((tests == NULL) == (problems.count > 0));
	for (size_t i = 0; i < problems.count; i++)
		require(problems.list[i].line >= 0 &&
			problems.list[i].line <= lines_of(data, size) + 1);
	if (tests != NULL)
		run_all(tests);
	ruletest_free(tests);
	problems_clear(&problems);
	free(text);
	return 0;
}
