/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * When a home is at stake: who is told what on which day by the rules, the calendar and the words
 * that ship, from home.tab, which says how its cases are written. Each case has an office and a
 * file of its own; planner, steps, people and letters are the daemon's, with a virtual clock that
 * passes every hour at which something goes off. Only the mail is missing: every letter arrives.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests/unit/shipped_office.h"
#include "tests/unit/tab.h"

#define TABLE "tests/tables/home.tab"

struct telling_case {
	struct shipped_office office;
	char *title, *about, *wanted;
	int line, first_line, count, failed;
	bool is_open, has_case, is_opened;
	const char *only; /* KEDJA_ONLY: a part of a title; NULL: all */
};

/* --- who was told ------------------------------------------------------------------------------
 */

static bool is_about(const struct telling_case *c, const char *rule)
{
	char *list = arena_strdup(c->office.arena, c->about), *word;
	while ((word = strsep(&list, " ,")) != NULL) {
		size_t length = strlen(word);
		if (length > 0 &&
		    (strcmp(word, rule) == 0 ||
		     (word[length - 1] == '*' && strncmp(word, rule, length - 1) == 0)))
			return true;
	}
	return false;
}

#define TOLD                                                                                       \
	"SELECT at, subject, rule, key, step || iif(repetition > 1, '.' || repetition, ''), due,"  \
	" group_concat(iif(cc, 'copy ', '') || CASE WHEN person = '' THEN 'administrator'"         \
	" ELSE coalesce(person, 'nobody') END, ', ') FROM (SELECT * FROM notice WHERE state IN"    \
	" ('queued', 'held', 'sent') ORDER BY at, rule, key, step, cc, id)"                        \
	" GROUP BY at, rule, subject, key, anchor, occurrence, step, repetition"                   \
	" ORDER BY at, min(id)"

/* "2026-04-10 09:00 forfeiture-tenant[2026-03] start by 2026-05-01: SW, HC, copy UM" */
static char *told(struct telling_case *c)
{
	char time[INSTANT_TEXT_SIZE];
	char *list = arena_strdup(c->office.arena, "");
	struct query *q = db_query(c->office.world->core.db, TOLD);
	while (db_next(q)) {
		if (!is_about(c, db_text(q, 2)))
			continue;
		clock_format(c->office.world->core.clock, db_int(q, 0), time);
		bool other = strcmp(db_text(q, 1), "K-1") != 0, keyed = db_text(q, 3)[0] != '\0';
		list = arena_printf(c->office.arena, "%s-> %.10s %.5s %s%s%s%s%s%s %s", list, time,
				    time + 11, other ? db_text(q, 1) : "", other ? " " : "",
				    db_text(q, 2), keyed ? "[" : "", db_text(q, 3),
				    keyed ? "]" : "", db_text(q, 4));
		list = arena_printf(c->office.arena, "%s by %s: %s\n", list, db_text(q, 5),
				    db_text(q, 6));
	}
	db_done(q);
	return list;
}

/* Does a letter that went out say this? Lines are broken where they are too long. */
static bool is_said(struct telling_case *c, const char *words)
{
	bool found = false;
	struct query *q =
	    db_query(c->office.world->core.db,
		     "SELECT subject || ' ' || replace(body, char(10), ' ') FROM message");
	while (db_next(q)) {
		char *text = arena_strdup(c->office.arena, db_text(q, 0)), *to = text;
		for (const char *from = text; *from != '\0'; from++)
			if (*from != ' ' || (to > text && to[-1] != ' '))
				*to++ = *from;
		*to = '\0';
		found = found || strstr(text, words) != NULL;
	}
	db_done(q);
	return found;
}

/* KEDJA_LETTERS=1 shows them, to whoever writes a case. */
static void show_letters(struct telling_case *c)
{
	if (getenv("KEDJA_LETTERS") == NULL)
		return;
	struct query *q = db_query(c->office.world->core.db,
				   "SELECT person, subject, body FROM message ORDER BY id");
	while (db_next(q))
		print_message("---- %s: %s\n%s\n", db_text(q, 0), db_text(q, 1), db_text(q, 2));
	db_done(q);
}

/* What an arrow says has come about before what letters say is looked at. */
static void pass_to_last_arrow(struct telling_case *c)
{
	char last[] = "2026-04-10T10:00:00";
	civil at;
	size_t length = strlen(c->wanted), start = length;
	while (start > 0 && (start == length || c->wanted[start - 1] != '\n'))
		start--;
	if (length == 0)
		return;
	memcpy(last, c->wanted + start + strlen("-> "), strlen("2026-04-10"));
	memcpy(last + strlen("2026-04-10T"), c->wanted + start + strlen("-> 2026-04-10 "),
	       strlen("10:00"));
	if (civil_parse(last, &at) != 0)
		fail_msg(TABLE ":%d: the arrow above has no day and hour", c->line);
	struct clock *clock = c->office.world->core.clock;
	if (clock_from_civil(clock, at) > clock_now(clock))
		office_pass_to(&c->office, last);
}

static void judge_words(struct telling_case *c, const char *words, bool wanted)
{
	pass_to_last_arrow(c);
	bool said = is_said(c, words);
	assert_false(db_failed(c->office.world->core.db));
	if (said == wanted)
		return;
	print_message(TABLE ":%d: %s: %s letter says \"%s\"\n", c->line, c->title,
		      wanted ? "no" : "a", words);
	c->failed++;
}

static void judge_answer(struct telling_case *c, const char *words)
{
	if (c->office.note != NULL && strstr(c->office.note, words) != NULL)
		return;
	print_message(TABLE ":%d: %s: the answer was: %s\n", c->line, c->title,
		      c->office.note == NULL ? "nothing" : c->office.note);
	c->failed++;
}

/* --- a table -----------------------------------------------------------------------------------
 */

static void start_case(struct telling_case *c, const char *title)
{
	office_open(&c->office, TABLE);
	c->office.line = c->line;
	c->title = arena_strdup(c->office.arena, title);
	c->about = c->wanted = arena_strdup(c->office.arena, "");
	c->first_line = c->line;
	c->is_open = c->has_case = true;
	c->is_opened = false;
	c->count++;
}

static void end_case(struct telling_case *c, const char *until)
{
	office_pass_to(&c->office, arena_printf(c->office.arena, "%sT23:59:59", until));
	char *got = told(c);
	assert_false(db_failed(c->office.world->core.db));
	if (strcmp(got, c->wanted) != 0) {
		/* longer than what print_message takes */
		printf(TABLE ":%d: %s\n  was told:\n%s  the table says:\n%s", c->first_line,
		       c->title, got, c->wanted);
		c->failed++;
	}
	show_letters(c);
	office_close(&c->office);
	c->is_open = false;
}

static void on_a_day(struct telling_case *c, char *text)
{
	char *what = text, *time = strsep(&what, " ");
	if (!c->is_opened)
		office_cast(&c->office, c->has_case);
	c->is_opened = true;
	if (strlen(time) == strlen("2026-04-10"))
		time = arena_printf(c->office.arena, "%sT09:00:00", time);
	else
		time = arena_printf(c->office.arena, "%s:00", time);
	office_pass_to(&c->office, time);
	while (what != NULL && what[0] == ' ')
		what++;
	if (what == NULL || what[0] == '\0')
		return;
	if (strcmp(what, "taken back") == 0)
		office_take_back(&c->office);
	else
		office_happens(&c->office, what);
}

static bool begins(const char *text, const char *with, const char **ret_rest)
{
	*ret_rest = text + strlen(with);
	return strncmp(text, with, strlen(with)) == 0;
}

static void read_line(struct telling_case *c, char *text)
{
	const char *rest;
	if (begins(text, "case ", &rest)) {
		if (c->is_open)
			fail_msg(TABLE ":%d: \"until DAY\" ends the case above", c->line);
		if (c->only == NULL || strstr(rest, c->only) != NULL)
			start_case(c, rest);
	} else if (!c->is_open && c->only != NULL) {
		return;
	} else if (!c->is_open) {
		fail_msg(TABLE ":%d: outside of any case", c->line);
	} else if (begins(text, "about ", &rest)) {
		c->about = arena_strdup(c->office.arena, rest);
	} else if (strcmp(text, "never opened") == 0) {
		c->has_case = false;
	} else if (begins(text, "says ", &rest)) {
		judge_words(c, rest, true);
	} else if (begins(text, "never says ", &rest)) {
		judge_words(c, rest, false);
	} else if (begins(text, "answer ", &rest)) {
		judge_answer(c, rest);
	} else if (begins(text, "-> ", &rest)) {
		c->wanted = arena_printf(c->office.arena, "%s%s\n", c->wanted, text);
	} else if (begins(text, "until ", &rest)) {
		end_case(c, rest);
	} else if (text[0] == '2') {
		on_a_day(c, text);
	} else {
		fail_msg(TABLE ":%d: \"%s\" is no line of this table", c->line, text);
	}
}

static void test_home(void **state)
{
	(void)state;
	struct tab tab;
	struct telling_case c = { .only = getenv("KEDJA_ONLY") };
	for (tab_open(&tab, TABLE, 0); tab_line(&tab);) {
		c.office.line = c.line = tab.line;
		read_line(&c, tab.text + strspn(tab.text, " \t"));
	}
	assert_false(c.is_open);
	assert_true(c.count > 0);
	if (c.failed > 0)
		fail_msg("%d differences in %d cases", c.failed, c.count);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_home) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
