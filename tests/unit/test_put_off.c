/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Reminders that somebody puts off, by the stories of tests/tables/put-off.tab, which says at its
 * head how they are written. Each story walks alone through its own time, by the rules that ship
 * or by rules of its own.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "rules/plan/steps_held.h"
#include "rules/walk/walk.h"
#include "tests/unit/story.h"
#include "tests/unit/tab.h"

#define LINES 100
#define PATH  "tests/tables/put-off.tab"

struct story_told {
	int stories, wrong;
	char name[200];
	struct arena *arena;
	struct chain *chain;
	struct calendar *calendar;
	struct ruleset *ruleset;
	struct story story;
	const char *rule, *only;
	civil until; /* CIVIL_NONE: not asked yet */
	char *wanted[LINES], *came[LINES];
	size_t wanted_count, came_count;
};

static void begin(struct story_told *t, const char *name)
{
	*t = (struct story_told){ .stories = t->stories + 1,
				  .wrong = t->wrong,
				  .until = CIVIL_NONE };
	snprintf(t->name, sizeof(t->name), "%.*s", (int)sizeof(t->name) - 1, name);
	t->arena = arena_new();
	t->chain = story_chain();
	t->calendar = story_calendar(NULL);
	t->story = (struct story){ .arena = t->arena,
				   .chain = t->chain,
				   .own_case = "K-1",
				   .own_programme = "ostermalm" };
}

static void load(struct story_told *t)
{
	struct source files[STORY_FILES];
	if (t->rule != NULL) {
		char *text = arena_printf(
		    t->arena,
		    "rules = ( { name = \"own\"; title = \"t\"; subject = \"case\"; %s } );",
		    t->rule);
		struct source source = { PATH, text, strlen(text) };
		t->ruleset = story_load(&source, 1, t->chain, t->calendar);
		return;
	}
	size_t count = story_shipped(files);
	t->ruleset = story_load(files, count, t->chain, t->calendar);
	story_sources_free(files, count);
}

static char *add_roles(struct story_told *t, char *line, const struct walk_notice *walked,
		       const struct told *first, const char *word)
{
	bool any = false;
	for (size_t i = 0; i < walked->told_count; i++) {
		const struct told *told = &walked->told[i];
		const char *as = told->overtaken      ? "overtaken"
				 : told->held != NULL ? "held"
				 : told->copy         ? "cc"
						      : "to";
		if (told->planned->step != first->planned->step ||
		    told->planned->repetition != first->planned->repetition ||
		    strcmp(as, word) != 0)
			continue;
		line = arena_printf(t->arena, "%s%s%s%s", line, any ? "," : " ", any ? "" : word,
				    arena_printf(t->arena, "%s%s", any ? "" : " ",
						 told->role == NULL ? "nobody" : told->role->name));
		any = true;
	}
	return line;
}

static bool is_first(const struct walk_notice *walked, size_t i)
{
	for (size_t before = 0; before < i; before++)
		if (walked->told[before].planned->step == walked->told[i].planned->step &&
		    walked->told[before].planned->repetition == walked->told[i].planned->repetition)
			return false;
	return true;
}

/* "2027-02-12T08:00 late.2 to social_worker cc unit_manager held support_worker" */
static void on_notice(void *arg, const struct walk_notice *walked)
{
	static const char *const words[] = { "to", "cc", "held", "overtaken" };
	struct story_told *t = arg;
	char at[CIVIL_TEXT_SIZE];
	const struct deadline *deadline = walked->deadline;
	if (t->only != NULL && strcmp(t->only, deadline->rule->name) != 0)
		return;
	for (size_t i = 0; i < walked->told_count; i++) {
		const struct told *told = &walked->told[i];
		if (!is_first(walked, i) || t->came_count == LINES)
			continue;
		civil_format(walked->at, at);
		at[16] = '\0';
		char *line = arena_printf(t->arena, "%s %s", at, told->planned->step->name);
		if (told->planned->repetition > 1)
			line = arena_printf(t->arena, "%s.%d", line, told->planned->repetition);
		if (deadline->key[0] != '\0')
			line = arena_printf(t->arena, "%s[%s]", line, deadline->key);
		for (size_t j = 0; j < sizeof(words) / sizeof(words[0]); j++)
			line = add_roles(t, line, walked, told, words[j]);
		t->came[t->came_count++] = line;
	}
}

static void walk_through(struct story_told *t)
{
	load(t);
	struct walk *walk = walk_new(t->ruleset, on_notice, t);
	for (size_t i = 0; i < t->story.count; i++)
		walk_add(walk, t->story.list[i]);
	walk_to(walk, t->until);
	walk_free(walk);
}

static void end(struct story_told *t)
{
	if (t->arena == NULL)
		return;
	if (t->until == CIVIL_NONE)
		fail_msg(PATH ": \"%s\" asks nothing", t->name);
	walk_through(t);
	char *came = arena_strdup(t->arena, ""), *wanted = arena_strdup(t->arena, "");
	for (size_t i = 0; i < t->came_count; i++)
		came = arena_printf(t->arena, "%s\t%s\n", came, t->came[i]);
	for (size_t i = 0; i < t->wanted_count; i++)
		wanted = arena_printf(t->arena, "%s\t%s\n", wanted, t->wanted[i]);
	if (strcmp(came, wanted) != 0) {
		print_error(PATH ": \"%s\"\ncame:\n%sthe table says:\n%s", t->name, came, wanted);
		t->wrong++;
	}
	ruleset_free(t->ruleset);
	calendar_free(t->calendar);
	chain_free(t->chain);
	arena_free(t->arena);
	t->arena = NULL;
}

static const char *after(const char *line, const char *word)
{
	size_t length = strlen(word);
	return strncmp(line, word, length) == 0 ? line + length : NULL;
}

static void read_line(struct story_told *t, const char *line)
{
	const char *rest;
	date day;
	if ((rest = after(line, "scenario ")) != NULL) {
		end(t);
		begin(t, rest);
	} else if ((rest = after(line, "only ")) != NULL) {
		t->only = arena_strdup(t->arena, rest);
	} else if ((rest = after(line, "rule ")) != NULL) {
		t->rule = arena_strdup(t->arena, rest);
	} else if ((rest = after(line, "until ")) != NULL) {
		assert_int_equal(date_parse(rest, &day), 0);
		t->until = civil_at(day, CIVIL_DAY - 1);
	} else if (line[0] == '\t') {
		assert_true(t->wanted_count < LINES);
		t->wanted[t->wanted_count++] = arena_strdup(t->arena, line + 1);
	} else {
		story_event(&t->story, line);
	}
}

static void test_stories(void **state)
{
	(void)state;
	struct tab tab;
	struct story_told t = { .stories = 0 };
	for (tab_open(&tab, PATH, 0); tab_line(&tab);)
		read_line(&t, tab.text);
	end(&t);
	assert_int_equal(t.wrong, 0);
	assert_true(t.stories > 10);
}

/* How far somebody may put off, by the day on which it is said. */
static void test_last_days_by_law(void **state)
{
	(void)state;
	struct tab tab;
	struct calendar *calendar = story_calendar(NULL);
	for (tab_open(&tab, "tests/tables/put-off-final.tab", 3); tab_next(&tab);) {
		char text[DATE_TEXT_SIZE];
		date said;
		struct rule rule = { .name = "own", .final = strcmp(tab.field[0], "any") != 0 };
		struct deadline deadline = { .rule = &rule };
		assert_int_equal(
		    date_parse(rule.final ? tab.field[0] : tab.field[1], &deadline.due), 0);
		assert_int_equal(date_parse(tab.field[1], &said), 0);
		date latest = put_off_latest(&deadline, calendar, said);
		const char *got = latest == DATE_NONE ? "any"
				  : latest <= said    ? "no"
						      : date_format(latest, text);
		TAB_SAME(&tab, got, tab.field[2]);
	}
	calendar_free(calendar);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_stories),
		cmocka_unit_test(test_last_days_by_law),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
