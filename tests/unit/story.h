/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Histories for the tests of the plan: the office that ships, rules from a text, events as a line
 * says them, and a plan written out as lines that can be read and compared.
 */
#ifndef KEDJA_STORY_H
#define KEDJA_STORY_H

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rules/language/load.h"
#include "rules/plan/plan.h"
#include "rules/plan/steps.h"
#include "tests/unit/values.h"

#define STORY_EVENTS 400

static inline struct chain *story_chain(void)
{
	struct problems problems = PROBLEMS_NONE;
	char *text = shipped_text("conf/chain.conf");
	struct chain *chain = chain_parse(text, "chain.conf", &problems);
	free(text);
	if (chain == NULL)
		fail_msg("conf/chain.conf:%d: %s", problems.list[0].line, problems.list[0].text);
	return chain;
}

/* The shipped calendar, with `closed` in the place of its closing days unless that is NULL. */
static inline struct calendar *story_calendar(const char *closed)
{
	static const char none[] = "\nclosed = ( );";
	if (closed == NULL)
		return shipped_calendar();
	struct problems problems = PROBLEMS_NONE;
	char *text = shipped_text("conf/calendar.conf");
	char *at = strstr(text, none);
	if (at == NULL)
		fail_msg("conf/calendar.conf has no line \"closed = ( );\"");
	char *whole = xasprintf("%.*s\nclosed = ( %s );%s", (int)(at - text), text, closed,
				at + strlen(none));
	struct calendar *calendar = calendar_parse(whole, "calendar.conf", &problems);
	if (calendar == NULL)
		fail_msg("calendar: %s", problems.list[0].text);
	free(whole);
	free(text);
	return calendar;
}

static inline struct ruleset *story_load(const struct source *files, size_t count,
					 const struct chain *chain, const struct calendar *calendar)
{
	struct problems problems = PROBLEMS_NONE;
	struct ruleset *ruleset = load_rules(files, count, chain, calendar, &problems);
	if (problems.count > 0) {
		char *said = problem_format(&problems.list[0]);
		fail_msg("%s\n%s", said, files[0].text);
	}
	assert_non_null(ruleset);
	return ruleset;
}

#define STORY_FILES 6
static inline size_t story_shipped(struct source files[STORY_FILES])
{
	static const char *const names[STORY_FILES] = { "10-plan.conf",    "20-chain.conf",
							"30-rent.conf",    "40-home.conf",
							"50-support.conf", "60-programme.conf" };
	for (size_t i = 0; i < STORY_FILES; i++) {
		char *path = xasprintf("conf/rules.d/%s", names[i]);
		char *text = shipped_text(path);
		files[i] = (struct source){ names[i], text, strlen(text) };
		free(path);
	}
	return STORY_FILES;
}

static inline void story_sources_free(struct source *files, size_t count)
{
	for (size_t i = 0; i < count; i++)
		free((char *)(uintptr_t)files[i].text);
}

/* Events of one story; all live in `arena`. */
struct story {
	struct arena *arena;
	const struct chain *chain;
	const char *own_case, *own_programme;
	struct event *list[STORY_EVENTS];
	size_t count;
};

/* "[subject:]kind[key]" */
static inline void story_what(struct story *story, struct event *event, char *what)
{
	char *colon = strchr(what, ':'), *bracket = strchr(what, '[');
	char *kind = colon == NULL ? what : colon + 1;
	event->key = "";
	if (bracket != NULL) {
		*bracket = '\0';
		event->key = arena_strndup(story->arena, bracket + 1, strlen(bracket + 1) - 1);
	}
	if (colon != NULL)
		*colon = '\0';
	event->kind = chain_kind(story->chain, kind);
	if (event->kind == NULL)
		fail_msg("unknown kind \"%s\"", kind);
	event->subject = colon != NULL ? arena_strdup(story->arena, what)
			 : event->kind->subject == SUBJECT_PROGRAMME ? story->own_programme
								     : story->own_case;
}

/* "2026-11-30 plan.adopted review_on=2027-02-01 recorded=2026-12-05T10:00"; written down at 10:00
 * of its day, or at its hour, unless the line says otherwise. */
static inline void story_event(struct story *story, const char *line)
{
	if (story->count == STORY_EVENTS)
		fail_msg("more than %d events", STORY_EVENTS);
	struct event *event = arena_alloc(story->arena, sizeof(*event));
	char *rest = arena_strdup(story->arena, line), *word = strsep(&rest, " ");
	if (moment_parse(word, &event->at) != 0)
		fail_msg("no date at the head of: %s", line);
	event->recorded =
	    event->at.second < 0 ? civil_at(event->at.day, 36000) : moment_civil(event->at);
	event->id = (int64_t)story->count + 1;
	event->actor = "test";
	word = strsep(&rest, " ");
	if (word == NULL)
		fail_msg("no kind in: %s", line);
	story_what(story, event, word);
	struct value *values =
	    arena_alloc(story->arena, (event->kind->field_count + 1) * sizeof(*values));
	while ((word = strsep(&rest, " ")) != NULL) {
		if (*word == '\0')
			continue;
		char *name = strsep(&word, "=");
		int place = kind_field(event->kind, name);
		if (word == NULL || (place < 0 && strcmp(name, "recorded") != 0))
			fail_msg("\"%s\" is no field, in: %s", name, line);
		if (place >= 0)
			values[place] = value_of(event->kind->fields[place].type,
						 arena_strdup(story->arena, word));
		else if (civil_parse(word, &event->recorded) != 0)
			fail_msg("recorded: no time, in: %s", line);
	}
	event->values = values;
	story->list[story->count++] = event;
}

static inline int story_by_place(const void *a, const void *b)
{
	return event_compare(*(struct event *const *)a, *(struct event *const *)b);
}

/* Folds what happened up to `now` at once, in the order of history. */
static inline struct plan *story_fold(const struct ruleset *ruleset, enum subject_type type,
				      const char *subject, struct event *const *list, size_t count,
				      civil now)
{
	struct event *sorted[STORY_EVENTS];
	if (count > 0)
		memcpy(sorted, list, count * sizeof(struct event *));
	qsort(sorted, count, sizeof(struct event *), story_by_place);
	struct plan *plan = plan_new(ruleset, type, subject);
	for (size_t i = 0; i < count; i++)
		if (moment_civil(sorted[i]->at) <= now && plan_apply(plan, sorted[i]) != 0)
			fail_msg("the plan refuses event %" PRId64 ", which is in its place",
				 sorted[i]->id);
	plan_judge(plan, now);
	return plan;
}

/* One line: "plan-review[key] anchor 2026-11-30 #1 due 2027-02-28 open". */
static inline char *story_deadline(struct arena *arena, const struct deadline *deadline)
{
	char anchor[DATE_TEXT_SIZE], due[DATE_TEXT_SIZE];
	bool keyed = deadline->key[0] != '\0', ended = deadline->ended_reason != NULL;
	char *line =
	    arena_printf(arena, "%s%s%s%s anchor %s #%d due %s %s", deadline->rule->name,
			 keyed ? "[" : "", deadline->key, keyed ? "]" : "",
			 date_format(deadline->anchor, anchor), deadline->occurrence,
			 date_format(deadline->due, due), deadline_state_name(deadline->state));
	if (deadline->paused)
		line = arena_printf(arena, "%s paused", line);
	if (deadline->missed > 0)
		line = arena_printf(arena, "%s missed %d", line, deadline->missed);
	if (deadline->too_late != DATE_NONE)
		line = arena_printf(arena, "%s too late %s", line,
				    date_format(deadline->too_late, anchor));
	if (ended && strcmp(deadline->ended_reason, deadline_state_name(deadline->state)) != 0)
		line = arena_printf(arena, "%s: %s", line, deadline->ended_reason);
	return line;
}

static inline int story_by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static inline char *story_join(struct arena *arena, char **lines, size_t count)
{
	char *text = arena_strdup(arena, "");
	qsort(lines, count, sizeof(*lines), story_by_text);
	for (size_t i = 0; i < count; i++)
		text = arena_printf(arena, "%s  %s\n", text, lines[i]);
	return text;
}

#endif
