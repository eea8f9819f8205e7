/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The plan, by the stories of tests/tables/plan*.tab and final.tab, which say at their heads how
 * they are written. Every story is folded at once for each of its questions, and besides by a plan
 * that goes on from question to question; both must tell the same.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/story.h"
#include "tests/unit/tab.h"

#define LINES       200
#define REPETITIONS 60 /* of a step, that a story may say were sent */

/* What the table has said so far of the story being told. */
struct story_told {
	const char *path;
	int line;
	int stories, questions;
	char name[300];
	struct arena *arena;
	struct chain *chain;
	struct calendar *calendar;
	struct ruleset *ruleset;
	struct story story;
	enum subject_type type;
	const char *only; /* names of the rules that answers tell of; NULL: all */
	const char *rules;
	const char *closed;
	struct plan *going; /* the plan that goes on */
	size_t taken;
	char *sent[LINES];
	size_t sent_count;
	char *wanted[LINES];
	size_t wanted_count;
	civil asked; /* CIVIL_NONE: no question is open */
	bool asks_steps, asks_overdue;
	char question[100];
};

static void begin(struct story_told *t, const char *name)
{
	snprintf(t->name, sizeof(t->name), "%.*s", (int)sizeof(t->name) - 1, name);
	t->arena = arena_new();
	t->chain = story_chain();
	t->story = (struct story){ .arena = t->arena,
				   .chain = t->chain,
				   .own_case = "K-1",
				   .own_programme = "ostermalm" };
	t->type = SUBJECT_CASE;
	t->asked = CIVIL_NONE;
	t->stories++;
}

static void end(struct story_told *t)
{
	plan_free(t->going);
	ruleset_free(t->ruleset);
	calendar_free(t->calendar);
	chain_free(t->chain);
	arena_free(t->arena);
	*t = (struct story_told){ .path = t->path,
				  .line = t->line,
				  .stories = t->stories,
				  .questions = t->questions,
				  .asked = CIVIL_NONE };
}

/* A rule of a story leaves out what does not matter to it. */
static void add_rule(struct story_told *t, const char *text)
{
	static const char steps[] = "steps = ( { name = \"today\"; at = \"P0D\"; "
				    "to = [ \"social_worker\" ]; } );";
	bool named = strncmp(text, "name =", 6) == 0;
	char *rule = arena_printf(t->arena, "{ title = \"t\"; %s %s %s %s }",
				  strstr(text, "subject =") == NULL ? "subject = \"case\";" : "",
				  named ? "" : "name = \"own\";", text,
				  strstr(text, "steps =") == NULL ? steps : "");
	t->rules = t->rules == NULL ? rule : arena_printf(t->arena, "%s, %s", t->rules, rule);
}

static void load(struct story_told *t)
{
	if (t->ruleset != NULL)
		return;
	t->calendar = story_calendar(t->closed);
	if (t->rules != NULL) {
		char *text = arena_printf(t->arena, "rules = ( %s );", t->rules);
		struct source source = { t->path, text, strlen(text) };
		t->ruleset = story_load(&source, 1, t->chain, t->calendar);
		return;
	}
	struct source files[STORY_FILES];
	size_t count = story_shipped(files);
	t->ruleset = story_load(files, count, t->chain, t->calendar);
	story_sources_free(files, count);
}

static bool is_told(const struct story_told *t, const struct rule *rule)
{
	if (t->only == NULL)
		return true;
	const char *at = strstr(t->only, rule->name);
	size_t length = strlen(rule->name);
	for (; at != NULL; at = strstr(at + 1, rule->name))
		if ((at == t->only || at[-1] == ' ') && (at[length] == ' ' || at[length] == '\0'))
			return true;
	return false;
}

static char *tell_deadlines(struct story_told *t, const struct plan *plan)
{
	char *lines[LINES];
	size_t count = 0;
	for (size_t i = 0; i < plan_count(plan) && count < LINES; i++)
		if (is_told(t, plan_at(plan, i)->rule))
			lines[count++] = story_deadline(t->arena, plan_at(plan, i));
	return story_join(t->arena, lines, count);
}

static char *step_name(struct arena *arena, const struct deadline *deadline,
		       const struct step *step, int repetition)
{
	bool keyed = deadline->key[0] != '\0';
	char *name = arena_printf(arena, "%s%s%s%s %s", deadline->rule->name, keyed ? "[" : "",
				  deadline->key, keyed ? "]" : "", step->name);
	return repetition == 1 ? name : arena_printf(arena, "%s.%d", name, repetition);
}

/* "plan-review late.2": what the story says has been sent, of this deadline. */
static struct said *said_before(struct story_told *t, const struct deadline *deadline)
{
	struct said *said = said_new(deadline->rule, t->arena);
	for (size_t i = 0; i < deadline->rule->step_count; i++) {
		const struct step *step = &deadline->rule->steps[i];
		for (int repetition = 1; repetition <= REPETITIONS; repetition++) {
			char *name = step_name(t->arena, deadline, step, repetition);
			for (size_t j = 0; j < t->sent_count; j++)
				if (strcmp(t->sent[j], name) == 0)
					said_note_gone(said, step, repetition);
		}
	}
	return said;
}

static char *add_told(struct arena *arena, char *line, const struct told *told, size_t count,
		      const struct planned_step *planned, const char *word, bool copy,
		      bool overtaken)
{
	for (size_t i = 0; i < count; i++) {
		const struct told *row = &told[i];
		if (row->planned != planned || row->copy != copy || row->overtaken != overtaken)
			continue;
		const char *role = row->role == NULL ? "nobody" : row->role->name;
		bool follows = strstr(line, word) != NULL;
		line = arena_printf(arena, "%s%s%s", line, follows ? "," : word, role);
	}
	return line;
}

/* "plan-review soon 2027-02-12T08:00 to social_worker,support_worker", or "next 2027-02-12T08:00".
 */
static size_t tell_steps_of(struct story_told *t, const struct deadline *deadline, char **lines)
{
	struct planned_step *planned;
	struct told *told;
	struct said *said = said_before(t, deadline);
	size_t count = steps_planned(deadline, t->calendar, t->asked, said, t->arena, &planned);
	size_t due = count;
	while (due > 0 && planned[due - 1].at > t->asked)
		due--;
	size_t rows =
	    steps_choose(deadline, t->calendar, planned, due, t->asked, said, t->arena, &told);
	for (size_t i = 0; i < count; i++) {
		char at[CIVIL_TEXT_SIZE];
		civil_format(planned[i].at, at);
		at[16] = '\0';
		char *line = arena_printf(
		    t->arena, "%s %s%s",
		    step_name(t->arena, deadline, planned[i].step, planned[i].repetition),
		    i < due ? "" : "next ", at);
		line = add_told(t->arena, line, told, rows, &planned[i], " to ", false, false);
		line = add_told(t->arena, line, told, rows, &planned[i], " cc ", true, false);
		line =
		    add_told(t->arena, line, told, rows, &planned[i], " overtaken ", false, true);
		line =
		    add_told(t->arena, line, told, rows, &planned[i], " overtaken-cc ", true, true);
		lines[i] = line;
	}
	return count;
}

static char *tell_steps(struct story_told *t, const struct plan *plan)
{
	char *lines[LINES];
	size_t count = 0;
	for (size_t i = 0; i < plan_live_count(plan); i++)
		if (is_told(t, plan_live_at(plan, i)->rule))
			count += tell_steps_of(t, plan_live_at(plan, i), &lines[count]);
	return story_join(t->arena, lines, count);
}

/* "own 2026-02-13 to 2026-03-05", or to "-" where it goes on. */
/* What is asked of a day is what the spans say: not the day before, nor the one on which it ended.
 */
static void check_days(const struct deadline *deadline, const struct overdue_span *span)
{
	assert_false(deadline_is_overdue(deadline, span->programme, span->first - 1));
	assert_true(deadline_is_overdue(deadline, span->programme, span->first));
	assert_false(deadline_is_overdue(deadline, "another", span->first));
	if (span->over == DATE_NONE) {
		assert_true(deadline_is_overdue(deadline, span->programme, span->first + 4000));
		return;
	}
	assert_true(deadline_is_overdue(deadline, span->programme, span->over - 1));
	assert_false(deadline_is_overdue(deadline, span->programme, span->over));
}

static char *tell_overdue(struct story_told *t, const struct plan *plan)
{
	char *lines[LINES], first[DATE_TEXT_SIZE], last[DATE_TEXT_SIZE];
	size_t count = 0;
	for (size_t i = 0; i < plan_count(plan); i++) {
		const struct deadline *deadline = plan_at(plan, i);
		for (size_t j = 0; is_told(t, deadline->rule) && j < deadline->overdue_count; j++) {
			const struct overdue_span *span = &deadline->overdue[j];
			bool other = strcmp(span->programme, "ostermalm") != 0;
			check_days(deadline, span);
			if (span->first > civil_date(t->asked))
				continue; /* that day has still to come */
			lines[count++] = arena_printf(
			    t->arena, "%s %s to %s%s%s", deadline->rule->name,
			    date_format(span->first, first),
			    span->over == DATE_NONE ? "-" : date_format(span->over - 1, last),
			    other ? " in " : "", other ? span->programme : "");
		}
	}
	return story_join(t->arena, lines, count);
}

static char *tell(struct story_told *t, const struct plan *plan)
{
	if (t->asks_overdue)
		return tell_overdue(t, plan);
	return t->asks_steps ? tell_steps(t, plan) : tell_deadlines(t, plan);
}

static void judge_answer(struct story_told *t, const char *how, const char *got)
{
	char *wanted = story_join(t->arena, t->wanted, t->wanted_count);
	if (strcmp(got, wanted) != 0)
		fail_msg("%s:%d: %s, %s (%s)\n got:\n%s the table says:\n%s", t->path, t->line,
			 t->name, t->question, how, got, wanted);
}

/* The plan that goes on takes what is new, and begins anew when it has to. */
static void go_on(struct story_told *t)
{
	const char *subject = t->type == SUBJECT_CASE ? t->story.own_case : t->story.own_programme;
	for (; t->going != NULL && t->taken < t->story.count; t->taken++) {
		struct event *event = t->story.list[t->taken];
		if (plan_apply(t->going, event) == 0)
			continue;
		plan_free(t->going);
		t->going = NULL;
	}
	if (t->going == NULL)
		t->going = story_fold(t->ruleset, t->type, subject, t->story.list, t->story.count,
				      t->asked);
	t->taken = t->story.count;
	plan_judge(t->going, t->asked);
}

static void answer(struct story_told *t)
{
	if (t->asked == CIVIL_NONE)
		return;
	const char *subject = t->type == SUBJECT_CASE ? t->story.own_case : t->story.own_programme;
	load(t);
	struct plan *plan =
	    story_fold(t->ruleset, t->type, subject, t->story.list, t->story.count, t->asked);
	judge_answer(t, "folded at once", tell(t, plan));
	plan_free(plan);
	go_on(t);
	judge_answer(t, "going on", tell(t, t->going));
	t->asked = CIVIL_NONE;
	t->wanted_count = 0;
	t->questions++;
}

/* "2027-03-01" (all day) or "2027-03-01T09:00". */
static void ask(struct story_told *t, const char *when, const char *what)
{
	struct moment moment;
	if (moment_parse(when, &moment) != 0)
		fail_msg("%s:%d: %s is no time", t->path, t->line, when);
	t->asked = moment.second < 0 ? civil_at(moment.day, 86399) : moment_civil(moment);
	t->asks_steps = strcmp(what, "steps") == 0;
	t->asks_overdue = strcmp(what, "overdue") == 0;
	snprintf(t->question, sizeof(t->question), "%s %s", what, when);
}

static const char *after_word(const char *line, const char *word)
{
	size_t length = strlen(word);
	return strncmp(line, word, length) == 0 && line[length] == ' ' ? line + length + 1 : NULL;
}

static void take_word(struct story_told *t, const char *line)
{
	const char *rest;
	if ((rest = after_word(line, "rule")) != NULL)
		add_rule(t, rest);
	else if ((rest = after_word(line, "only")) != NULL)
		t->only = arena_strdup(t->arena, rest);
	else if ((rest = after_word(line, "closed")) != NULL)
		t->closed = arena_strdup(t->arena, rest);
	else if ((rest = after_word(line, "sent")) != NULL)
		t->sent[t->sent_count++] = arena_strdup(t->arena, rest);
	else if (strcmp(line, "of the programme") == 0)
		t->type = SUBJECT_PROGRAMME;
	else if ((rest = after_word(line, "on")) != NULL)
		ask(t, rest, "on");
	else if ((rest = after_word(line, "steps")) != NULL)
		ask(t, rest, "steps");
	else if ((rest = after_word(line, "overdue")) != NULL)
		ask(t, rest, "overdue");
	else
		story_event(&t->story, line);
}

/* Lines that stand in by a tab are the answer to the question above them. */
static void take_line(struct story_told *t, char *line)
{
	const char *rest;
	if (line[0] == '\t') {
		if (t->asked == CIVIL_NONE || t->wanted_count == LINES)
			fail_msg("%s:%d: an answer without a question", t->path, t->line);
		t->wanted[t->wanted_count++] = arena_strdup(t->arena, line + 1);
		return;
	}
	answer(t);
	if ((rest = after_word(line, "scenario")) != NULL) {
		if (t->arena != NULL)
			end(t);
		begin(t, rest);
	} else {
		take_word(t, line);
	}
}

static void tell_table(const char *path)
{
	struct story_told t = { .path = path, .asked = CIVIL_NONE };
	struct tab tab;
	for (tab_open(&tab, path, 0); tab_line(&tab);) {
		t.line = tab.line;
		take_line(&t, tab.text);
	}
	answer(&t);
	if (t.stories == 0 || t.questions < t.stories)
		fail_msg("%s: %d stories, %d questions", path, t.stories, t.questions);
	end(&t);
}

static void test_when_deadlines_start_and_end(void **state)
{
	(void)state;
	tell_table("tests/tables/plan.tab");
}

static void test_how_deadlines_come_again(void **state)
{
	(void)state;
	tell_table("tests/tables/plan-repeats.tab");
}

static void test_when_deadlines_sleep(void **state)
{
	(void)state;
	tell_table("tests/tables/plan-sleep.tab");
}

static void test_when_it_was_overdue(void **state)
{
	(void)state;
	tell_table("tests/tables/plan-overdue.tab");
}

static void test_when_steps_go_out(void **state)
{
	(void)state;
	tell_table("tests/tables/plan-steps.tab");
}

static void test_last_days_by_law(void **state)
{
	(void)state;
	tell_table("tests/tables/final.tab");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_when_deadlines_start_and_end),
		cmocka_unit_test(test_how_deadlines_come_again),
		cmocka_unit_test(test_when_deadlines_sleep),
		cmocka_unit_test(test_when_it_was_overdue),
		cmocka_unit_test(test_when_steps_go_out),
		cmocka_unit_test(test_last_days_by_law),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
