/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * See ruletest.h. The outer shape of the files: which tests, which keys of a test. ruletest_line.c
 * reads the lines, ruletest_run.c lets time pass and compares.
 */
#include "rules/walk/ruletest.h"

#include <stdlib.h>
#include <string.h>

#include "rules/conf/confread.h"
#include "rules/walk/ruletest_own.h"

/* More than anybody tests; a slip of the pen must not walk for a thousand years. */
#define YEARS_MOST 20

static const struct conf_key root_keys[] = {
	{ "tests", CONF_GROUPS, true },  { "short", CONF_GROUP, false },
	{ "subject", CONF_TEXT, false }, { "programme", CONF_TEXT, false },
	{ "events", CONF_TEXTS, false }, { NULL, CONF_TEXT, false },
};

static const struct conf_key test_keys[] = {
	{ "name", CONF_TEXT, true },     { "rule", CONF_TEXT_OR_TEXTS, false },
	{ "subject", CONF_TEXT, false }, { "programme", CONF_TEXT, false },
	{ "events", CONF_TEXTS, false }, { "until", CONF_TEXT, true },
	{ "expect", CONF_TEXTS, true },  { NULL, CONF_TEXT, false },
};

static config_setting_t *element(const config_setting_t *list, size_t i)
{
	return config_setting_get_elem((config_setting_t *)list, (unsigned)i);
}

static size_t length_of(const config_setting_t *list)
{
	return list == NULL ? 0 : (size_t)config_setting_length(list);
}

static const struct rule *find_rule(const struct test_file *reading, const char *name, int line)
{
	const struct ruleset *ruleset = reading->tests->ruleset;
	const struct rule *rule = ruleset_find(ruleset, name);
	const char **names = arena_alloc(reading->arena, (ruleset->count + 1) * sizeof(*names));
	for (size_t i = 0; i < ruleset->count; i++)
		names[i] = ruleset->rules[i].name;
	if (rule != NULL)
		return rule;
	problem_add(reading->problems, reading->file, line, "there is no rule \"%s\"", name);
	problem_hint(reading->problems, name, names, "see the files beside this one");
	return NULL;
}

/* Without a name all rules are compared. */
static void read_rules(const struct test_file *reading, const config_setting_t *group,
		       struct test *test)
{
	const struct ruleset *ruleset = reading->tests->ruleset;
	size_t named = confread_text_count(group, "rule");
	size_t room = named > 0 ? named : ruleset->count;
	test->rules = arena_alloc(reading->arena, (room + 1) * sizeof(struct rule *));
	for (size_t i = 0; named == 0 && i < ruleset->count; i++)
		test->rules[test->rule_count++] = &ruleset->rules[i];
	for (size_t i = 0; i < named; i++) {
		const struct rule *rule = find_rule(reading, confread_text_at(group, "rule", i),
						    confread_line(group, "rule"));
		if (rule != NULL)
			test->rules[test->rule_count++] = rule;
	}
}

static void check_id(const struct test_file *reading, const config_setting_t *group,
		     const char *key)
{
	const char *text = confread_text(group, key);
	struct problems found = PROBLEMS_NONE;
	if (text != NULL && !id_check(text, key, &found))
		problem_add(reading->problems, reading->file, confread_line(group, key), "%s: %s",
			    key, found.list[0].text);
	problems_clear(&found);
}

/* Of the test, or of all tests of the file. */
static const char *read_id(const struct test_file *reading, const config_setting_t *group,
			   const char *key)
{
	const char *own = confread_text(group, key);
	check_id(reading, group, key);
	return arena_strdup(reading->arena, own != NULL ? own : confread_text(reading->root, key));
}

static void read_events(const struct test_file *reading, const config_setting_t *list,
			struct test *test)
{
	for (size_t i = 0; i < length_of(list); i++) {
		const config_setting_t *line = element(list, i);
		const char *text = config_setting_get_string(line);
		struct happening *happening = &test->events[test->event_count];
		if (text == NULL ||
		    !ruletest_read_event(reading, test, text, (int)config_setting_source_line(line),
					 happening))
			continue;
		struct event *event = (struct event *)(uintptr_t)happening->event;
		event->id = (int64_t)++test->event_count;
	}
}

static void read_all_events(const struct test_file *reading, const config_setting_t *group,
			    struct test *test)
{
	const config_setting_t *first = config_setting_get_member(reading->root, "events");
	const config_setting_t *then = config_setting_get_member(group, "events");
	size_t before = reading->problems->count;
	test->events = arena_alloc(reading->arena, (length_of(first) + length_of(then) + 1) *
						       sizeof(*test->events));
	read_events(reading, first, test);
	read_events(reading, then, test);
	if (test->event_count == 0 && reading->problems->count == before)
		problem_add(reading->problems, reading->file, test->line,
			    "nothing happens in this test: give it events");
}

static void read_until(const struct test_file *reading, const config_setting_t *group,
		       struct test *test)
{
	const char *text = confread_text(group, "until");
	int line = confread_line(group, "until");
	struct moment moment;
	if (text == NULL)
		return;
	if (moment_parse(text, &moment) != 0) {
		problem_add(reading->problems, reading->file, line,
			    "until: \"%s\" is not a date: write it as in 2027-07-01", text);
		return;
	}
	test->until =
	    moment.second < 0 ? civil_at(moment.day, CIVIL_DAY - 1) : moment_civil(moment);
	for (size_t i = 0; i < test->event_count; i++) {
		const struct event *event = test->events[i].event;
		if (event->recorded > test->until)
			problem_add(reading->problems, reading->file, line,
				    "until: \"%s\" comes after %s", test->events[i].text, text);
		else if (civil_date(test->until) - event->at.day > YEARS_MOST * 366)
			problem_add(reading->problems, reading->file, line,
				    "until: a test lasts for at most %d years", YEARS_MOST);
		else
			continue;
		return;
	}
}

/* By date, so that it reads as it comes. */
static void read_expected(const struct test_file *reading, const config_setting_t *group,
			  struct test *test)
{
	const config_setting_t *list = config_setting_get_member(group, "expect");
	test->expected = arena_alloc(reading->arena, (length_of(list) + 1) * sizeof(struct notice));
	for (size_t i = 0; i < length_of(list); i++) {
		const config_setting_t *setting = element(list, i);
		const char *text = config_setting_get_string(setting);
		int line = (int)config_setting_source_line(setting);
		size_t count = test->expected_count;
		struct notice *notice = &test->expected[count];
		if (text == NULL || !ruletest_read_notice(reading, test, text, line, notice))
			continue;
		test->expected_count++;
		if (count > 0 && notice->day < notice[-1].day)
			problem_add(
			    reading->problems, reading->file, line,
			    "expect: the lines stand by date, and this one comes before the "
			    "one above it");
		if (test->until != CIVIL_NONE && notice->day > civil_date(test->until))
			problem_add(reading->problems, reading->file, line,
				    "expect: this day comes after until");
	}
}

static void read_name(const struct test_file *reading, const config_setting_t *group,
		      struct test *test)
{
	const char *name = confread_text(group, "name");
	test->line = confread_line(group, "name");
	test->name = arena_strdup(reading->arena, name == NULL ? "" : name);
	for (size_t i = 0; name != NULL && i < reading->tests->count; i++)
		if (reading->tests->tests[i].file == reading->file &&
		    strcmp(reading->tests->tests[i].name, name) == 0)
			problem_add(reading->problems, reading->file, test->line,
				    "there is a test \"%s\" already, at line %d", name,
				    reading->tests->tests[i].line);
}

static void read_test(const struct test_file *reading, const config_setting_t *group)
{
	struct test test = { .file = reading->file, .until = CIVIL_NONE };
	confread_keys(group, test_keys, reading->file, reading->problems);
	read_name(reading, group, &test);
	read_rules(reading, group, &test);
	test.subject = read_id(reading, group, "subject");
	test.programme = read_id(reading, group, "programme");
	read_all_events(reading, group, &test);
	read_until(reading, group, &test);
	read_expected(reading, group, &test);
	struct ruletest *tests = reading->tests;
	tests->tests =
	    array_grow(tests->tests, tests->count, &tests->capacity, sizeof(*tests->tests));
	tests->tests[tests->count++] = test;
}

static void check_short(const struct test_file *reading)
{
	const config_setting_t *group = config_setting_get_member(reading->root, "short");
	for (size_t i = 0; i < length_of(group); i++)
		if (config_setting_type(element(group, i)) != CONFIG_TYPE_STRING)
			problem_add(
			    reading->problems, reading->file,
			    (int)config_setting_source_line(element(group, i)),
			    "\"%s\" has the wrong form: it must be a text in quotation marks",
			    config_setting_name(element(group, i)));
}

static void read_file(struct ruletest *tests, const struct source *source,
		      struct problems *problems)
{
	struct config_t config;
	if (confread_open(&config, source->text, source->length, source->file, problems) != 0)
		return;
	struct test_file reading = { .tests = tests,
				     .arena = tests->arena,
				     .problems = problems,
				     .file = arena_strdup(tests->arena, source->file),
				     .root = config_root_setting(&config) };
	const config_setting_t *list = config_setting_get_member(reading.root, "tests");
	confread_keys(reading.root, root_keys, reading.file, problems);
	check_short(&reading);
	check_id(&reading, reading.root, "subject");
	check_id(&reading, reading.root, "programme");
	for (size_t i = 0; i < length_of(list); i++)
		if (config_setting_is_group(element(list, i)))
			read_test(&reading, element(list, i));
	config_destroy(&config);
}

struct ruletest *ruletest_load(const struct source *files, size_t count,
			       const struct ruleset *ruleset, struct problems *problems)
{
	struct ruletest *tests = xcalloc(1, sizeof(*tests));
	size_t before = problems->count;
	tests->arena = arena_new();
	tests->ruleset = ruleset;
	for (size_t i = 0; i < count; i++)
		read_file(tests, &files[i], problems);
	if (problems->count == before)
		return tests;
	ruletest_free(tests);
	return NULL;
}

void ruletest_free(struct ruletest *tests)
{
	if (tests == NULL)
		return;
	arena_free(tests->arena);
	free(tests->tests);
	free(tests);
}

size_t ruletest_count(const struct ruletest *tests)
{
	return tests->count;
}
