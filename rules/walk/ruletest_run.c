/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Lets the time of a test pass, compares what came with what was expected, and writes down where
 * the two go apart: a timeline of what happened, what was sent, what is missing and what nobody
 * expected, by date.
 */
#include <stdlib.h>
#include <string.h>

#include "rules/walk/ruletest_own.h"

/* Rows of the timeline on either side of a difference, and in all; deadlines told of at its end. */
#define ROWS_AROUND    6
#define ROWS_MOST      80
#define DEADLINES_MOST 12

struct run {
	const struct test *test;
	const struct ruleset *ruleset;
	struct arena *arena;
	struct notice *came;
	size_t count, capacity;
};

static bool is_compared(const struct test *test, const struct rule *rule)
{
	for (size_t i = 0; i < test->rule_count; i++)
		if (test->rules[i] == rule)
			return true;
	return false;
}

static bool is_same_step(const struct told *a, const struct told *b)
{
	return a->planned->step == b->planned->step &&
	       a->planned->repetition == b->planned->repetition;
}

/* One step of what went off together, with those who were told of it, or are not yet. */
static void note_step(struct run *run, const struct walk_notice *walked, const struct told *first)
{
	const struct deadline *deadline = walked->deadline;
	struct notice notice = { .day = civil_date(walked->at),
				 .second = civil_second(walked->at),
				 .rule = deadline->rule,
				 .step = first->planned->step->name,
				 .due = deadline->due,
				 .missed = deadline->missed };
	for (size_t i = 0; i < walked->told_count; i++) {
		const struct told *told = &walked->told[i];
		if (!is_same_step(told, first) || told->overtaken)
			continue;
		roles_add(told->held != NULL ? &notice.held
			  : told->copy       ? &notice.copy
					     : &notice.to,
			  told->role, run->arena);
	}
	if (notice.to.count + notice.copy.count + notice.held.count == 0)
		return;
	if (notice.second == calendar_slot(run->ruleset->calendar))
		notice.second = AT_SLOT;
	notice.subject = arena_strdup(run->arena, walked->subject);
	notice.key = arena_strdup(run->arena, deadline->key);
	run->came = array_grow(run->came, run->count, &run->capacity, sizeof(*run->came));
	run->came[run->count++] = notice;
}

static void on_notice(void *arg, const struct walk_notice *walked)
{
	struct run *run = arg;
	if (!is_compared(run->test, walked->deadline->rule))
		return;
	for (size_t i = 0; i < walked->told_count; i++) {
		size_t before = 0;
		while (!is_same_step(&walked->told[before], &walked->told[i]))
			before++;
		if (before == i)
			note_step(run, walked, &walked->told[i]);
	}
}

/* --- comparing ------------------------------------------------------------------------------- */

static bool has_role(const struct roles *roles, const struct role *role)
{
	for (size_t i = 0; i < roles->count; i++)
		if (roles->list[i] == role)
			return true;
	return false;
}

static bool same_roles(const struct roles *a, const struct roles *b)
{
	for (size_t i = 0; i < a->count; i++)
		if (!has_role(b, a->list[i]))
			return false;
	return a->count == b->count;
}

static bool is_as_expected(const struct notice *came, const struct notice *expected)
{
	return came->day == expected->day && came->second == expected->second &&
	       came->rule == expected->rule && strcmp(came->step, expected->step) == 0 &&
	       strcmp(came->subject, expected->subject) == 0 &&
	       (expected->key == NULL || strcmp(came->key, expected->key) == 0) &&
	       (expected->due == DATE_NONE || came->due == expected->due) &&
	       (expected->missed < 0 || came->missed == expected->missed) &&
	       same_roles(&came->to, &expected->to) && same_roles(&came->copy, &expected->copy) &&
	       same_roles(&came->held, &expected->held);
}

/* Each expected line takes one notice; true if nothing is left over on either side. */
static bool compare(const struct run *run, bool *came_right, bool *expected_right)
{
	size_t right = 0;
	for (size_t i = 0; i < run->test->expected_count; i++) {
		for (size_t j = 0; j < run->count && !expected_right[i]; j++) {
			if (came_right[j] ||
			    !is_as_expected(&run->came[j], &run->test->expected[i]))
				continue;
			came_right[j] = expected_right[i] = true;
			right++;
		}
	}
	return right == run->count && right == run->test->expected_count;
}

/* --- the timeline ---------------------------------------------------------------------------- */

enum row_kind { ROW_EVENT, ROW_MISSING, ROW_UNEXPECTED, ROW_SENT };

struct row {
	date day;
	int second; /* -1: none is told */
	int order;  /* of the seconds of a day */
	enum row_kind kind;
	const char *text;
	size_t place;
};

struct rows {
	struct row *list;
	size_t count;
};

static int compare_rows(const void *a, const void *b)
{
	const struct row *x = a, *y = b;
	if (x->day != y->day)
		return x->day < y->day ? -1 : 1;
	if (x->order != y->order)
		return x->order < y->order ? -1 : 1;
	if (x->kind != y->kind)
		return x->kind < y->kind ? -1 : 1;
	return (x->place > y->place) - (x->place < y->place);
}

static void add_row(struct rows *rows, struct row row)
{
	row.place = rows->count;
	rows->list[rows->count++] = row;
}

static void add_notice(struct rows *rows, const struct run *run, const struct notice *notice,
		       enum row_kind kind)
{
	int slot = calendar_slot(run->ruleset->calendar);
	add_row(rows, (struct row){ .day = notice->day,
				    .second = notice->second,
				    .kind = kind,
				    .order = notice->second == AT_SLOT ? slot : notice->second,
				    .text = ruletest_write_notice(run->test, notice, run->arena) });
}

static void gather_rows(struct rows *rows, const struct run *run, const bool *came_right,
			const bool *expected_right)
{
	const struct test *test = run->test;
	size_t most = test->event_count + test->expected_count + run->count;
	rows->list = arena_alloc(run->arena, (most + 1) * sizeof(*rows->list));
	for (size_t i = 0; i < test->event_count; i++) {
		struct moment at = test->events[i].event->at;
		add_row(rows, (struct row){ .day = at.day,
					    .second = at.second,
					    .order = at.second,
					    .kind = ROW_EVENT,
					    .text = test->events[i].text });
	}
	for (size_t i = 0; i < test->expected_count; i++)
		if (!expected_right[i])
			add_notice(rows, run, &test->expected[i], ROW_MISSING);
	for (size_t i = 0; i < run->count; i++)
		add_notice(rows, run, &run->came[i], came_right[i] ? ROW_SENT : ROW_UNEXPECTED);
	qsort(rows->list, rows->count, sizeof(*rows->list), compare_rows);
}

static bool is_difference(const struct row *row)
{
	return row->kind == ROW_MISSING || row->kind == ROW_UNEXPECTED;
}

static bool is_near_difference(const struct rows *rows, size_t at)
{
	size_t first = at > ROWS_AROUND ? at - ROWS_AROUND : 0;
	for (size_t i = first; i < rows->count && i <= at + ROWS_AROUND; i++)
		if (is_difference(&rows->list[i]))
			return true;
	return false;
}

static char *write_row(char *text, const struct row *row, struct arena *arena)
{
	static const char *const weekdays[] = {
		"", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"
	};
	static const char *const kinds[] = { "  happened", "- missing", "+ unexpected", "  sent" };
	char day[DATE_TEXT_SIZE], hour[CIVIL_TEXT_SIZE] = "";
	const char *kind = kinds[row->kind];
	if (row->second >= 0)
		civil_format(civil_at(row->day, row->second), hour);
	return arena_printf(arena, "%s  %c %s %s %5.5s  %-10s  %s\n", text, kind[0],
			    weekdays[date_weekday(row->day)], date_format(row->day, day),
			    hour[0] == '\0' ? "" : hour + strlen("YYYY-MM-DDT"), kind + 2,
			    row->text);
}

static char *write_rows(char *text, const struct rows *rows, struct arena *arena)
{
	bool left_out = false;
	size_t written = 0;
	for (size_t i = 0; i < rows->count; i++) {
		if (written < ROWS_MOST && is_near_difference(rows, i)) {
			text = write_row(text, &rows->list[i], arena);
			left_out = false;
			written++;
		} else if (!left_out) {
			text = arena_printf(arena, "%s    ...\n", text);
			left_out = true;
		}
	}
	return text;
}

static char *write_deadline(char *text, const struct deadline *deadline, struct arena *arena)
{
	char anchor[DATE_TEXT_SIZE], due[DATE_TEXT_SIZE], ended[DATE_TEXT_SIZE];
	bool has_key = deadline->key[0] != '\0', has_ended = deadline->ended_reason != NULL;
	return arena_printf(arena, "%s    %s%s%s%s from %s, due %s: %s%s%s%s\n", text,
			    deadline->rule->name, has_key ? "[" : "", deadline->key,
			    has_key ? "]" : "", date_format(deadline->anchor, anchor),
			    date_format(deadline->due, due), deadline_state_name(deadline->state),
			    has_ended ? " on " : "",
			    has_ended ? date_format(deadline->ended.day, ended) : "",
			    has_ended && deadline->state == DEADLINE_CANCELLED
				? arena_printf(arena, " (%s)", deadline->ended_reason)
				: "");
}

/* What the rules have made of it: why something came, or did not. */
static char *write_deadlines(char *text, const struct run *run, const struct walk *walk,
			     const char *subject)
{
	const struct plan *plan = subject == NULL ? NULL : walk_plan(walk, subject);
	size_t told = 0;
	for (size_t i = 0; plan != NULL && i < plan_count(plan); i++) {
		if (!is_compared(run->test, plan_at(plan, i)->rule) || told++ >= DEADLINES_MOST)
			continue;
		if (told == 1)
			text = arena_printf(run->arena, "%s  deadlines of %s at the end:\n", text,
					    subject);
		text = write_deadline(text, plan_at(plan, i), run->arena);
	}
	return told <= DEADLINES_MOST
		   ? text
		   : arena_printf(run->arena, "%s    and %zu more\n", text, told - DEADLINES_MOST);
}

static char *write_timeline(const struct run *run, const struct walk *walk, const bool *came_right,
			    const bool *expected_right)
{
	struct rows rows = { NULL, 0 };
	gather_rows(&rows, run, came_right, expected_right);
	char *text = write_rows(arena_strdup(run->arena, ""), &rows, run->arena);
	text = write_deadlines(text, run, walk, run->test->subject);
	return write_deadlines(text, run, walk, run->test->programme);
}

void ruletest_run(const struct ruletest *tests, size_t i, struct ruletest_result *ret)
{
	const struct test *test = &tests->tests[i];
	struct run run = { .test = test, .ruleset = tests->ruleset, .arena = arena_new() };
	struct walk *walk = walk_new(tests->ruleset, on_notice, &run);
	for (size_t j = 0; j < test->event_count; j++)
		walk_add(walk, test->events[j].event);
	walk_to(walk, test->until);
	bool *came_right = arena_alloc(run.arena, run.count + 1);
	bool *expected_right = arena_alloc(run.arena, test->expected_count + 1);
	*ret = (struct ruletest_result){ test->file, test->line, test->name, false, NULL };
	ret->passed = compare(&run, came_right, expected_right);
	if (!ret->passed)
		ret->timeline = xstrdup(write_timeline(&run, walk, came_right, expected_right));
	walk_free(walk);
	arena_free(run.arena);
	free(run.came);
}

void ruletest_result_clear(struct ruletest_result *result)
{
	free(result->timeline);
	result->timeline = NULL;
}
