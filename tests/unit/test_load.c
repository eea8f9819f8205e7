/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The loader of rules: each mistake of tests/tables/rule-mistakes.tab at its line and all of a
 * file at once; what a rule says when it is right; and versions, which change with the meaning of
 * the rules and with nothing else.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/story.h"
#include "tests/unit/tab.h"

static struct chain *chain;
static struct calendar *calendar;

static int set_up(void **state)
{
	(void)state;
	chain = story_chain();
	calendar = shipped_calendar();
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	chain_free(chain);
	calendar_free(calendar);
	return 0;
}

static struct ruleset *load_text(const char *text, struct problems *problems)
{
	struct source source = { "x.conf", text, strlen(text) };
	return load_rules(&source, 1, chain, calendar, problems);
}

/* A sound rule with one line of the table in it. */
static char *rule_with(const struct tab *tab)
{
	const char *place = tab->field[0], *text = tab->field[1];
	bool names = strcmp(place, "names") == 0, starts = strcmp(place, "starts") == 0;
	bool rule = strcmp(place, "rule") == 0, step = strcmp(place, "step") == 0;
	bool steps = strcmp(place, "steps") == 0, file = strcmp(place, "file") == 0;
	if (!names && !starts && !rule && !step && !steps && !file)
		fail_msg("%s:%d: unknown place \"%s\"", tab->path, tab->line, place);
	if (file)
		return xasprintf("%s\n", text);
	return xasprintf(
	    "rules = ( {\n%s\n%s\n%s\n%s\n} );\n",
	    names ? text : "name = \"own\"; title = \"t\"; subject = \"case\";",
	    starts ? text : "starts = [ \"plan.adopted\" ];", rule ? text : "",
	    steps ? text : "steps = ( { name = \"s\"; at = \"P0D\"; to = \"social_worker\"; } );");
}

/* A step is sound up to where the table goes on. */
static char *step_with(const struct tab *tab)
{
	return xasprintf("rules = ( {\nname = \"own\"; title = \"t\"; subject = \"case\";\n"
			 "starts = [ \"plan.adopted\", \"plan.amended\" ];\n\n"
			 "steps = ( { name = \"s\";\n%s\n} );\n} );\n",
			 tab->field[1]);
}

static char *said(const struct problems *problems, size_t i)
{
	const struct problem *problem = &problems->list[i];
	assert_string_equal(problem->place, "x.conf");
	if (problem->column == 0)
		return xasprintf("%d: %s", problem->line, problem->text);
	return xasprintf("%d:%d: %s", problem->line, problem->column, problem->text);
}

/* "4:9: *": the words are another module's (conditions), or will grow with the language. */
static void judge_one(const struct tab *tab, const char *got, const char *wanted)
{
	size_t length = strlen(wanted);
	if (length > 0 && wanted[length - 1] == '*' && strncmp(got, wanted, length - 1) == 0)
		return;
	TAB_SAME(tab, got, wanted);
}

static void judge_row(const struct tab *tab)
{
	struct problems problems = PROBLEMS_NONE;
	char *text = strcmp(tab->field[0], "step") == 0 ? step_with(tab) : rule_with(tab);
	struct ruleset *ruleset = load_text(text, &problems);
	problems_sort(&problems);
	bool sound = strcmp(tab->field[2], "-") == 0;
	for (size_t i = 0; i < problems.count; i++) {
		char *one = said(&problems, i);
		judge_one(tab, one, i + 2 < TAB_FIELDS ? tab->field[i + 2] : "");
		free(one);
	}
	if (!sound && problems.count + 2 < (size_t)tab->count)
		fail_msg("%s:%d: nobody said: %s", tab->path, tab->line,
			 tab->field[problems.count + 2]);
	assert_true((ruleset != NULL) == sound);
	ruleset_free(ruleset);
	problems_clear(&problems);
	free(text);
}

static void test_each_mistake_at_its_line(void **state)
{
	(void)state;
	struct tab tab;
	for (tab_open(&tab, "tests/tables/rule-mistakes.tab", 3); tab_next(&tab);)
		judge_row(&tab);
}

static void test_all_mistakes_of_a_file_are_told(void **state)
{
	(void)state;
	static const char text[] =
	    "rulez = 1;\n" /* 1 */
	    "rules = ( {\n"
	    "name = \"Own\"; title = 7;\n"        /* 3, 3 */
	    "subject = \"kase\";\n"               /* 4 */
	    "starts = [ \"plan.adoptd\" ];\n"     /* 5 */
	    "if = \"stge = 'x'\";\n"              /* 6 */
	    "while = \"stage = 'trail_flat'\";\n" /* 7 */
	    "due = \"3 months\";\n"               /* 8 */
	    "steps = ( {\n"
	    "name = \"s\"; at = \"P0D\"; to = [ \"socialworker\" ];\n" /* 10 */
	    "urgent = \"sometimes\"; } ); },\n"                        /* 11 */
	    "{ name = \"own\"; title = \"t\"; subject = \"case\";\n"
	    "starts = \"plan.adopted\"; durr = 1;\n" /* 13 */
	    "steps = ( ); } );\n";                   /* 14 */
	static const int lines[] = { 1, 3, 3, 4, 5, 6, 7, 8, 10, 11, 13, 14 };
	struct problems problems = PROBLEMS_NONE;
	assert_null(load_text(text, &problems));
	problems_sort(&problems);
	assert_int_equal(problems.count, sizeof(lines) / sizeof(lines[0]));
	for (size_t i = 0; i < problems.count; i++)
		assert_int_equal(problems.list[i].line, lines[i]);
	problems_clear(&problems);
}

/* A mistake in how the text is written does not hide those in what it says. */
static void test_a_key_twice_hides_nothing(void **state)
{
	(void)state;
	struct problems problems = PROBLEMS_NONE;
	assert_null(
	    load_text("rules = ( { name = \"a\"; title = \"t\"; subject = \"case\";\n"
		      "starts = [ \"plan.adopted\" ]; due = \"P1D\"; due = \"P2D\";\n"
		      "steps = ( { name = \"s\"; at = \"P0D\"; to = \"nobody_here\"; } ); } );",
		      &problems));
	problems_sort(&problems);
	assert_int_equal(problems.count, 2);
	assert_int_equal(problems.list[0].line, 2);
	assert_int_equal(problems.list[1].line, 3);
	problems_clear(&problems);
}

static void test_a_name_is_taken_in_another_file(void **state)
{
	(void)state;
	static const char one[] =
	    "rules = (\n{ name = \"own\"; title = \"t\"; subject = \"case\"; "
	    "starts = \"plan.adopted\"; steps = ( { name = \"s\"; at = \"P0D\"; "
	    "to = \"social_worker\"; } ); } );";
	struct source files[] = { { "a.conf", one, strlen(one) }, { "b.conf", one, strlen(one) } };
	struct problems problems = PROBLEMS_NONE;
	assert_null(load_rules(files, 2, chain, calendar, &problems));
	assert_int_equal(problems.count, 1);
	assert_string_equal(problems.list[0].place, "b.conf");
	assert_int_equal(problems.list[0].line, 2);
	assert_string_equal(problems.list[0].text,
			    "name: there is a rule \"own\" already, at a.conf:2");
	problems_clear(&problems);
}

/* Problems that were there before are not its own; its own stand behind them. */
static void test_what_others_said_is_not_counted(void **state)
{
	(void)state;
	struct problems problems = PROBLEMS_NONE;
	problem_add(&problems, "kedja.conf", 1, "something else");
	struct ruleset *ruleset = load_text("rules = ( );", &problems);
	assert_non_null(ruleset);
	assert_int_equal(ruleset->count, 0);
	assert_int_equal(problems.count, 1);
	ruleset_free(ruleset);
	problems_clear(&problems);
}

static uint64_t version_of(const struct source *files, size_t count)
{
	struct ruleset *ruleset = story_load(files, count, chain, calendar);
	uint64_t version = ruleset->version;
	ruleset_free(ruleset);
	return version;
}

static void test_the_shipped_rules(void **state)
{
	(void)state;
	struct source files[STORY_FILES];
	size_t count = story_shipped(files);
	struct ruleset *ruleset = story_load(files, count, chain, calendar);
	assert_true(ruleset->count >= 6);
	assert_null(ruleset_find(ruleset, "plan"));
	const struct rule *rule = ruleset_find(ruleset, "plan-review");
	assert_non_null(rule);
	assert_string_equal(rule->title, "Uppföljning av handlingsplan");
	assert_string_equal(rule->file, "10-plan.conf");
	assert_int_equal(rule->subject, SUBJECT_CASE);
	assert_int_equal(rule->repeat, REPEAT_ROLLING);
	assert_int_equal(rule->due.months, 3);
	assert_int_equal(rule->agreed_count, 2);
	assert_null(rule->agreed[0].kind);
	assert_ptr_equal(rule->agreed[1].kind, chain_kind(chain, "plan.amended"));
	assert_true(rule->restart && !rule->per_key && !rule->pausable);
	assert_int_equal(rule->step_count, 4);
	const struct step *late = &rule->steps[2];
	assert_true(late->repeats && late->times == 4 && late->every.days == 7);
	assert_ptr_equal(late->cc[0].role, chain_role(chain, "unit_manager"));
	assert_int_equal(rule->steps[3].times, 1);
	for (size_t i = 0; i < ruleset->count; i++)
		assert_int_equal(ruleset->rules[i].index, i);
	ruleset_free(ruleset);
	story_sources_free(files, count);
}

/* The texts are not needed once they are read. */
static void test_nothing_points_into_the_text(void **state)
{
	(void)state;
	struct source files[STORY_FILES];
	size_t count = story_shipped(files);
	struct ruleset *ruleset = story_load(files, count, chain, calendar);
	for (size_t i = 0; i < count; i++)
		memset((char *)(uintptr_t)files[i].text, 'x', files[i].length);
	story_sources_free(files, count);
	assert_string_equal(ruleset_find(ruleset, "task")->role_fields[0], "role");
	assert_string_equal(ruleset_find(ruleset, "task")->from, "due_on");
	ruleset_free(ruleset);
}

static char *replaced(const char *text, const char *old, const char *new)
{
	const char *at = strstr(text, old);
	if (at == NULL)
		fail_msg("the shipped rules do not say: %s", old);
	return xasprintf("%.*s%s%s", (int)(at - text), text, new, at + strlen(old));
}

static void test_comments_and_blanks_are_no_edit(void **state)
{
	(void)state;
	static const char *const edits[][2] = {
		{ "# The plan of each case", "# Something else" },
		{ "rules = (", "\n\n# one more line\nrules=(" },
		{ "due     = \"P3M\";", "due = \"P3M\"; // three months" },
		{ "subject = \"case\";\n", "/* of the case */ subject = \"case\";\n" },
		{ "restart = false;", "restart = FALSE;" },
		{ "times = 4;", "times = 0x4;" },
	};
	struct source files[STORY_FILES];
	size_t count = story_shipped(files);
	uint64_t version = version_of(files, count);
	const struct source shipped = files[0];
	for (size_t i = 0; i < sizeof(edits) / sizeof(edits[0]); i++) {
		char *text = replaced(shipped.text, edits[i][0], edits[i][1]);
		files[0] = (struct source){ shipped.file, text, strlen(text) };
		assert_int_equal(version_of(files, count), version);
		free(text);
	}
	files[0] = shipped;
	story_sources_free(files, count);
}

static void test_every_real_edit_is_another_version(void **state)
{
	(void)state;
	static const char *const edits[][2] = {
		{ "\"plan-missing\"", "\"plan-lacking\"" },
		{ "Handlingsplan saknas", "Handlingsplanen saknas" },
		{ "restart = false;", "restart = true;" },
		{ "restart = false;", "" },
		{ "plan_adopted_on IS NULL", "plan_adopted_on IS NOT NULL" },
		{ "due     = \"P14D\"", "due     = \"P13D\"" },
		{ "[ \"plan.adopted\" ];\n    steps",
		  "[ \"plan.adopted\", \"plan.amended\" ];\n    steps" },
		{ "repeat  = \"rolling\"", "repeat  = \"fixed\"" },
		{ "every = \"P7D\"", "every = \"P8D\"" },
		{ "times = 4", "times = 5" },
		{ "to = [ \"area_manager\" ]", "to = [ \"unit_manager\" ]" },
		{ "to = [ \"support_worker\", \"social_worker\" ]",
		  "to = [ \"social_worker\", \"support_worker\" ]" },
		{ "cc = [ \"unit_manager\" ];", "" },
		{ "at = \"-P4D\"", "after = \"P4D\"" },
		{ "\"review_on\", \"plan.amended.review_on\"", "\"review_on\"" },
		{ "from    = \"due_on\";", "" },
		{ "per_key = true;", "per_key = false;" },
	};
	enum { EDITS = sizeof(edits) / sizeof(edits[0]) };
	uint64_t versions[EDITS + 1];
	struct source files[STORY_FILES];
	size_t count = story_shipped(files);
	const struct source shipped = files[0];
	versions[EDITS] = version_of(files, count);
	for (size_t i = 0; i < EDITS; i++) {
		char *text = replaced(shipped.text, edits[i][0], edits[i][1]);
		files[0] = (struct source){ shipped.file, text, strlen(text) };
		versions[i] = version_of(files, count);
		free(text);
	}
	for (size_t i = 0; i <= EDITS; i++)
		for (size_t j = 0; j < i; j++)
			if (versions[i] == versions[j])
				fail_msg("no other version: %s", edits[j][0]);
	files[0] = shipped;
	story_sources_free(files, count);
}

/* The calendar and the chain are part of what the rules mean. */
static void test_another_calendar_is_another_version(void **state)
{
	(void)state;
	struct source files[STORY_FILES];
	size_t count = story_shipped(files);
	struct calendar *other = story_calendar("{ date = \"2026-12-23\"; }");
	struct ruleset *ruleset = story_load(files, count, chain, other);
	assert_true(ruleset->version != version_of(files, count));
	ruleset_free(ruleset);
	calendar_free(other);
	story_sources_free(files, count);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each_mistake_at_its_line),
		cmocka_unit_test(test_all_mistakes_of_a_file_are_told),
		cmocka_unit_test(test_a_key_twice_hides_nothing),
		cmocka_unit_test(test_a_name_is_taken_in_another_file),
		cmocka_unit_test(test_what_others_said_is_not_counted),
		cmocka_unit_test(test_the_shipped_rules),
		cmocka_unit_test(test_nothing_points_into_the_text),
		cmocka_unit_test(test_comments_and_blanks_are_no_edit),
		cmocka_unit_test(test_every_real_edit_is_another_version),
		cmocka_unit_test(test_another_calendar_is_another_version),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
