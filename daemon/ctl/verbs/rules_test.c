/* SPDX-License-Identifier: EUPL-1.2 */
/* The tests that lie beside the rules, run from their files without a daemon. */
#include <stdlib.h>
#include <sys/stat.h>

#include "daemon/conf/office.h"
#include "daemon/ctl/complaint.h"
#include "daemon/ctl/ctl.h"
#include "daemon/ctl/show.h"
#include "daemon/ctl/verbs/verbs.h"
#include "rules/walk/ruletest.h"

/* What the words of the command line name. */
struct asked {
	const char *dir;
	struct source *files;
	size_t count;
	size_t shipped; /* the first of them lie beside the rules that ship */
};

/* What has come of the tests so far. */
struct tally {
	json_t *rows; /* NULL: for people */
	size_t passed, failed;
};

static bool is_folder(const char *path)
{
	struct stat about;
	return stat(path, &about) == 0 && S_ISDIR(about.st_mode);
}

static void read_named(const struct invocation *call, size_t first, struct arena *arena,
		       struct asked *asked, struct problems *problems)
{
	asked->files = arena_alloc(arena, (call->argument_count + 1) * sizeof(*asked->files));
	for (size_t i = first; i < call->argument_count; i++) {
		const char *path = call->arguments[i];
		size_t length = 0;
		char *text = office_read_file(path, arena, &length, problems);
		if (text != NULL)
			asked->files[asked->count++] = (struct source){ path, text, length };
	}
}

/* The first word may be the folder of the rules; all others are files of tests. */
static struct asked read_tests(const struct invocation *call, struct arena *arena,
			       struct problems *problems)
{
	struct asked asked = { call->conf, NULL, 0, 0 };
	const char *word = invocation_argument(call, 0);
	size_t first = word != NULL && is_folder(word) ? 1 : 0;
	if (first == 1)
		asked.dir = word;
	if (call->argument_count > first)
		read_named(call, first, arena, &asked, problems);
	else
		asked.files =
		    office_read_tests(asked.dir, arena, &asked.count, &asked.shipped, problems);
	if (asked.count == 0 && problems->count == 0)
		problem_add(problems, asked.dir, 0,
			    "there are no tests here: write some as rules.d/*.test.conf");
	return asked;
}

static json_t *result_row(const struct ruletest_result *result)
{
	json_t *row = json_object();
	json_object_set_new(row, "file", json_string(result->file));
	json_object_set_new(row, "line", json_integer(result->line));
	json_object_set_new(row, "name", json_string(result->name));
	json_object_set_new(row, "passed", json_boolean(result->passed));
	json_object_set_new(row, "timeline",
			    result->timeline == NULL ? json_null() : json_string(result->timeline));
	return row;
}

static void show_failure(const struct ruletest_result *result)
{
	char *name = show_escape(result->name, false),
	     *timeline = show_escape(result->timeline, true);
	show_printf(stdout, "%s:%d: FAILED: %s\n", result->file, result->line, name);
	fputs(timeline, stdout);
	fputc('\n', stdout);
	free(timeline);
	free(name);
}

static void run_all(const struct ruletest *tests, struct tally *tally)
{
	for (size_t i = 0; i < ruletest_count(tests); i++) {
		struct ruletest_result result;
		ruletest_run(tests, i, &result);
		if (result.passed)
			tally->passed++;
		else
			tally->failed++;
		if (tally->rows != NULL)
			json_array_append_new(tally->rows, result_row(&result));
		else if (!result.passed)
			show_failure(&result);
		ruletest_result_clear(&result);
	}
}

/* Tests of the rules that ship are about these alone: an office that has its own way of one of
 * them (rules.d/local/) says so in tests of its own. */
static void run_asked(const struct asked *asked, struct tally *tally, struct problems *problems)
{
	struct office *whole = office_load(asked->dir, problems);
	struct office *shipped = whole == NULL ? NULL : office_load_shipped(asked->dir, problems);
	struct ruletest *first = NULL, *then = NULL;
	if (shipped != NULL) {
		first = ruletest_load(asked->files, asked->shipped, shipped->ruleset, problems);
		then = ruletest_load(asked->files + asked->shipped, asked->count - asked->shipped,
				     whole->ruleset, problems);
	}
	if (first != NULL && then != NULL) {
		run_all(first, tally);
		run_all(then, tally);
	}
	ruletest_free(first);
	ruletest_free(then);
	office_free(shipped);
	office_free(whole);
}

static int report(const struct tally *tally)
{
	if (tally->rows != NULL) {
		json_t *answer = json_object();
		json_object_set_new(answer, "passed", json_integer((json_int_t)tally->passed));
		json_object_set_new(answer, "failed", json_integer((json_int_t)tally->failed));
		json_object_set(answer, "tests", tally->rows);
		show_json(stdout, answer);
		json_decref(answer);
	} else {
		printf("%zu passed, %zu failed\n", tally->passed, tally->failed);
	}
	return tally->failed == 0 && tally->passed > 0 ? CTL_DONE : CTL_REFUSED;
}

int verb_rules_test(const struct invocation *call)
{
	struct problems problems = PROBLEMS_NONE;
	struct arena *arena = arena_new();
	struct tally tally = { call->json ? json_array() : NULL, 0, 0 };
	struct asked asked = read_tests(call, arena, &problems);
	if (problems.count == 0)
		run_asked(&asked, &tally, &problems);
	int code = problems.count > 0 ? complaint_tell(&problems) : report(&tally);
	json_decref(tally.rows);
	arena_free(arena);
	problems_clear(&problems);
	return code;
}
