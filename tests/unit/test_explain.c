/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Rules in sentences, against tests/golden/explain-sv.txt and explain-en.txt: rules that between
 * them use every key, on one sample day. After a change that is meant:
 *
 *   KEDJA_GOLDEN=write build/tests/test_explain
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "rules/check/explain.h"
#include "rules/language/load.h"
#include "tests/unit/office_fixture.h"

static const char rules[] =
    "rules = (\n"
    "{ name = \"full\"; title = \"Allt på en gång\"; subject = \"case\";\n"
    "  starts = [ \"plan.adopted\", \"plan.amended\" ]; restart = false;\n"
    "  if = \"stage = 'trial_flat'\"; while = \"open AND NOT protected\";\n"
    "  due = \"P3M\"; adjust = \"preceding\"; agreed = [ \"review_on\", \"plan.amended.review_on\" "
    "];\n"
    "  done = [ \"plan.reviewed\" ]; repeat = \"rolling\"; pausable = true; throttle = \"P1M\";\n"
    "  hidden_by = [ \"dated\" ]; cancels = [ \"case.transferred\", \"lease.ended\" ];\n"
    "  steps = (\n"
    "    { name = \"soon\"; at = \"-P14D\"; to = [ \"social_worker\", \"support_worker\" ]; },\n"
    "    { name = \"start\"; after = \"P0D\"; time = \"now\"; urgent = true; to = [ "
    "\"planning_officer\" ]; },\n"
    "    { name = \"today\"; at = \"P0D\"; time = \"14:00\"; urgent = \"always\"; to = [ "
    "\"social_worker\" ]; },\n"
    "    { name = \"late\"; at = \"P7D\"; every = \"P1M\"; to = [ \"social_worker\" ]; cc = [ "
    "\"unit_manager\" ]; }\n"
    "  ); },\n"
    "{ name = \"dated\"; title = \"Per uppdrag\"; subject = \"case\"; mode = \"shadow\";\n"
    "  starts = [ \"task.agreed\" ]; from = \"due_on\"; per_key = true; after_close = true;\n"
    "  done = [ \"task.done\" ]; adjust = \"statutory\";\n"
    "  steps = ( { name = \"soon\"; at = \"-2 workdays\"; to = [ \"field:role\" ]; } ); },\n"
    "{ name = \"yearly\"; title = \"Årlig\"; subject = \"programme\";\n"
    "  yearly = [ \"04-30\", \"12-31\" ]; early = \"P30D\"; done = [ \"report.delivered[annual]\" "
    "];\n"
    "  steps = ( { name = \"soon\"; at = \"-P1Y1M5D\"; to = [ \"unit_manager\" ]; } ); },\n"
    "{ name = \"weekly\"; title = \"Varje vecka\"; subject = \"programme\";\n"
    "  weekly = [ \"mon\", \"fri\" ]; adjust = \"following\"; after_close = true;\n"
    "  steps = ( { name = \"list\"; at = \"P0D\"; every = \"P1D\"; times = 2; to = [ "
    "\"steering_group\" ]; } ); },\n"
    "{ name = \"fixed\"; title = \"Halvår\"; subject = \"programme\";\n"
    "  starts = [ \"programme.started\" ]; due = \"P6M\"; repeat = \"fixed\"; done = [ "
    "\"evaluation.done\" ];\n"
    "  steps = ( { name = \"soon\"; at = \"-P1M\"; to = [ \"unit_manager\" ]; } ); },\n"
    "{ name = \"grid\"; title = \"Rutnät\"; subject = \"case\";\n"
    "  starts_all = [ \"forfeiture.notice_served\", \"board.notified\" ];\n"
    "  due = \"P1W\"; repeat = \"grid\"; every = \"P1Y\"; done = [ \"rent.cleared\" ];\n"
    "  steps = ( { name = \"soon\"; at = \"-1 workday\"; to = [ \"social_worker\" ]; } ); }\n"
    ");\n";

static int set_up(void **state)
{
	(void)state;
	const struct source source = { "own.conf", rules, sizeof(rules) - 1 };
	chain = story_chain();
	calendar = shipped_calendar();
	ruleset = story_load(&source, 1, chain, calendar);
	return 0;
}

static char *explain_all(enum explain_language language)
{
	char *all = xstrdup("");
	for (size_t i = 0; i < ruleset->count; i++) {
		char *before = all, *one = explain_rule(ruleset, &ruleset->rules[i],
							date_from_ymd(2026, 11, 30), language);
		all = xasprintf("%s%s%s", before, i == 0 ? "" : "\n----\n\n", one);
		free(before);
		free(one);
	}
	return all;
}

static void compare_with(const char *path, enum explain_language language)
{
	char *text = explain_all(language);
	const char *mode = getenv("KEDJA_GOLDEN");
	if (mode != NULL && strcmp(mode, "write") == 0) {
		FILE *file = fopen(path, "w");
		assert_non_null(file);
		assert_true(fputs(text, file) >= 0 && fclose(file) == 0);
	}
	char *golden = shipped_text(path);
	assert_string_equal(text, golden);
	free(golden);
	free(text);
}

static void test_in_swedish(void **state)
{
	(void)state;
	compare_with("tests/golden/explain-sv.txt", EXPLAIN_SWEDISH);
}

static void test_in_english(void **state)
{
	(void)state;
	compare_with("tests/golden/explain-en.txt", EXPLAIN_ENGLISH);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_in_swedish),
		cmocka_unit_test(test_in_english),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
