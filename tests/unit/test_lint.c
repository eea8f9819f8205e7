/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The corpus of broken rule files, tests/lint/: each gives exactly the complaints that stand at its
 * end, a line each:
 *
 *   #= 12: step "late": it never goes out          a line of the file itself
 *   #= chain.conf:45: no rule watches ...          of another file
 *
 * base.conf is read before each of them, and is sound; sound.conf is nearly wrong everywhere.
 */
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "rules/check/check.h"
#include "rules/language/load.h"
#include "tests/unit/shipped.h"

#define FOLDER    "tests/lint"
#define FILES_MIN 150

static struct chain *chain;
static struct calendar *calendar;
static char *base;

static int set_up(void **state)
{
	(void)state;
	struct problems problems = PROBLEMS_NONE;
	char *text = shipped_text("conf/chain.conf");
	chain = chain_parse(text, "chain.conf", &problems);
	free(text);
	calendar = shipped_calendar();
	base = shipped_text(FOLDER "/base.conf");
	return chain == NULL || calendar == NULL ? -1 : 0;
}

static int tear_down(void **state)
{
	(void)state;
	chain_free(chain);
	calendar_free(calendar);
	free(base);
	return 0;
}

/* What is said of a file, a line each, as the file has it at its end. */
static char *said_of(const char *name, const char *text)
{
	struct problems problems = PROBLEMS_NONE;
	struct source sources[] = { { "base.conf", base, strlen(base) },
				    { name, text, strlen(text) } };
	size_t length = strlen(name);
	struct ruleset *ruleset = load_rules(sources, 2, chain, calendar, &problems);
	if (ruleset != NULL)
		check_rules(ruleset, "chain.conf", &problems);
	problems_sort(&problems);
	char *all = xstrdup("");
	for (size_t i = 0; i < problems.count; i++) {
		char *one = problem_format(&problems.list[i]), *before = all;
		bool own = strncmp(one, name, length) == 0 && one[length] == ':';
		all = xasprintf("%s#= %s\n", before, own ? one + length + 1 : one);
		free(before);
		free(one);
	}
	ruleset_free(ruleset);
	problems_clear(&problems);
	return all;
}

/* The lines of a file that begin with "#=": at its end, save where its mistake would swallow them.
 */
static char *expected_of(const char *text)
{
	char *all = xstrdup("");
	for (const char *line = text; *line != '\0';) {
		size_t length = strcspn(line, "\n");
		if (strncmp(line, "#= ", 3) == 0) {
			char *before = all;
			all = xasprintf("%s%.*s\n", before, (int)length, line);
			free(before);
		}
		line += length + (line[length] == '\n' ? 1 : 0);
	}
	return all;
}

static void judge_file(const char *name)
{
	char *path = xasprintf(FOLDER "/%s", name);
	char *text = shipped_text(path), *said = said_of(name, text);
	char *expected = expected_of(text);
	if (*expected == '\0')
		fail_msg("%s says not what is wrong with it: \"#= 12: text\"; it is\n%s", path,
			 said);
	if (strcmp(said, expected) != 0)
		fail_msg("%s: expected\n%sbut this is said:\n%s", path, expected, said);
	free(expected);
	free(said);
	free(text);
	free(path);
}

static int is_broken_file(const struct dirent *entry)
{
	size_t length = strlen(entry->d_name);
	return length > 5 && strcmp(entry->d_name + length - 5, ".conf") == 0 &&
	       strcmp(entry->d_name, "base.conf") != 0 && strcmp(entry->d_name, "sound.conf") != 0;
}

static void test_each_file_gives_exactly_its_complaints(void **state)
{
	(void)state;
	struct dirent **entries;
	int count = scandir(FOLDER, &entries, is_broken_file, alphasort);
	assert_true(count >= FILES_MIN);
	for (int i = 0; i < count; i++) {
		judge_file(entries[i]->d_name);
		free(entries[i]);
	}
	free(entries);
}

static void test_the_base_is_sound(void **state)
{
	(void)state;
	char *said = said_of("none.conf", "");
	assert_string_equal(said, "");
	free(said);
}

static void test_of_what_is_near_nothing_is_said(void **state)
{
	(void)state;
	char *text = shipped_text(FOLDER "/sound.conf"), *said = said_of("sound.conf", text);
	assert_string_equal(said, "");
	free(said);
	free(text);
}

/* Kinds of an office's own: what any of the starting kinds may say is possible. */
static void test_limits_are_those_of_the_field(void **state)
{
	(void)state;
	static const struct {
		const char *starts, *condition;
		bool is_possible;
	} rows[] = {
		{ "\"bikes.counted\"", "event_count > 999", true },
		{ "\"bikes.counted\"", "event_count > 20000", false },
		{ "\"bikes.counted\"", "event_count < 5", false },
		{ "\"keys.counted\"", "event_count > 999", false },
		{ "\"keys.counted\"", "event_count < 5", true },
		{ "\"bikes.counted\", \"keys.counted\"", "event_count > 999", true },
		{ "\"keys.counted\", \"bikes.counted\"", "event_count < 5", true },
		{ "\"keys.counted\", \"bikes.counted\"", "event_count > 20000", false },
	};
	struct problems problems = PROBLEMS_NONE;
	char *shipped = shipped_text("conf/chain.conf"), *place = strstr(shipped, "\nkinds = ( );");
	struct chain *before = chain;
	assert_non_null(place);
	place[1] = '#';
	char *text = xasprintf(
	    "%s\nkinds = ("
	    " { name = \"bikes.counted\"; subject = \"case\"; help = \"h\"; label = \"l\"; fields "
	    "= ("
	    " { name = \"count\"; type = \"count\"; least = 5; most = 20000; help = \"h\"; } ); },"
	    " { name = \"keys.counted\"; subject = \"case\"; help = \"h\"; label = \"l\"; fields = "
	    "("
	    " { name = \"count\"; type = \"count\"; help = \"h\"; } ); } );\n",
	    shipped);
	chain = chain_parse(text, "chain.conf", &problems);
	assert_non_null(chain);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char *rule =
		    xasprintf("rules = ( { name = \"own\"; title = \"T\"; subject = \"case\";"
			      " starts = [ %s ]; if = \"%s\";"
			      " steps = ( { name = \"a\"; at = \"P0D\"; to = [ \"social_worker\" "
			      "]; } ); } );",
			      rows[i].starts, rows[i].condition);
		char *said = said_of("own.conf", rule);
		if ((strstr(said, "can never be true") == NULL) != rows[i].is_possible)
			fail_msg("%s on %s: %s", rows[i].condition, rows[i].starts, said);
		free(said);
		free(rule);
	}
	chain_free(chain);
	chain = before;
	free(text);
	free(shipped);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_base_is_sound),
		cmocka_unit_test(test_of_what_is_near_nothing_is_said),
		cmocka_unit_test(test_each_file_gives_exactly_its_complaints),
		cmocka_unit_test(test_limits_are_those_of_the_field),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
