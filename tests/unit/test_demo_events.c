/* SPDX-License-Identifier: EUPL-1.2 */
/* The demonstration's two years: every event is one that could be typed, in order, and a move
 * that the chain allows. Needs python3, and is skipped with a word where there is none. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rules/base/hash.h"
#include "rules/kinds/chain.h"
#include "rules/kinds/kind.h"
#include "tests/unit/shipped.h"

#define MOST_FIELDS 20
#define MOST_CASES  500

struct replay {
	struct chain *chain;
	struct moment last;
	size_t events;
	uint64_t hash;
	/* the stage of each case, as far as the replay has come */
	char *cases[MOST_CASES];
	const char *stages[MOST_CASES];
	size_t case_count;
};

static bool has_python(void)
{
	return system("/usr/bin/env python3 -c '' > /dev/null 2>&1") == 0;
}

static struct value value_of(const json_t *value)
{
	if (json_is_string(value))
		return (struct value){ VALUE_TEXT, 0, json_string_value(value) };
	if (json_is_boolean(value))
		return (struct value){ VALUE_FLAG, json_is_true(value), NULL };
	assert_true(json_is_integer(value));
	return (struct value){ VALUE_NUMBER, json_integer_value(value), NULL };
}

static size_t fields_of(json_t *data, struct raw_field fields[MOST_FIELDS])
{
	size_t count = 0;
	const char *name;
	json_t *value;
	json_object_foreach(data, name, value)
	{
		assert_true(count < MOST_FIELDS);
		fields[count++] = (struct raw_field){ name, value_of(value), false };
	}
	return count;
}

static const char **stage_of(struct replay *replay, const char *subject)
{
	for (size_t i = 0; i < replay->case_count; i++)
		if (strcmp(replay->cases[i], subject) == 0)
			return &replay->stages[i];
	assert_true(replay->case_count < MOST_CASES);
	replay->cases[replay->case_count] = xstrdup(subject);
	return &replay->stages[replay->case_count++];
}

static void move(struct replay *replay, const struct event *event)
{
	struct problems problems = PROBLEMS_NONE;
	const char **stage = stage_of(replay, event->subject);
	const char *to = event_value(event, "stage").text;
	if (!chain_move_allowed(replay->chain, *stage, to, &problems))
		fail_msg("%s: %s", event->subject, problems.list[0].text);
	*stage = chain_stage(replay->chain, to)->name;
}

static void replay_line(struct replay *replay, const char *line)
{
	struct problems problems = PROBLEMS_NONE;
	struct raw_field fields[MOST_FIELDS];
	struct arena *arena = arena_new();
	civil end = 0;
	json_t *object = json_loads(line, JSON_REJECT_DUPLICATES, NULL);
	assert_non_null(object);
	struct raw_event raw = { .kind = json_string_value(json_object_get(object, "kind")),
				 .subject = json_string_value(json_object_get(object, "subject")),
				 .key = json_string_value(json_object_get(object, "key")),
				 .at = json_string_value(json_object_get(object, "at")),
				 .fields = fields };
	raw.field_count = fields_of(json_object_get(object, "data"), fields);
	assert_int_equal(civil_parse("2008-04-30T16:30", &end), 0);
	const struct event *event = event_check(&raw, replay->chain, end, arena, &problems);
	if (event == NULL)
		fail_msg("%s: %s: %s", line, problems.list[0].place, problems.list[0].text);
	assert_true(moment_compare(replay->last, event->at) <= 0);
	replay->last = event->at;
	if (strcmp(event->kind->name, "stage.entered") == 0)
		move(replay, event);
	replay->events++;
	replay->hash = hash_text(replay->hash, line);
	json_decref(object);
	arena_free(arena);
}

/* Generates and checks two years; returns a number for their text. */
static uint64_t replay_seed(int seed)
{
	struct replay replay = { .last = { .day = 0 }, .hash = HASH_START };
	struct problems problems = PROBLEMS_NONE;
	char *text = shipped_text("conf/chain.conf");
	replay.chain = chain_parse(text, "conf/chain.conf", &problems);
	free(text);
	assert_non_null(replay.chain);
	char *command = xasprintf("contrib/demo/generate.py --seed %d", seed);
	FILE *events = popen(command, "r");
	free(command);
	assert_non_null(events);
	char *line = NULL;
	size_t size = 0;
	while (getline(&line, &size, events) > 0)
		replay_line(&replay, line);
	free(line);
	assert_int_equal(pclose(events), 0);
	assert_true(replay.events > 3000);
	for (size_t i = 0; i < replay.case_count; i++)
		free(replay.cases[i]);
	chain_free(replay.chain);
	return replay.hash;
}

static void every_event_can_be_recorded(void **state)
{
	(void)state;
	if (!has_python()) {
		print_message("no python3 here: the demonstration's events are not checked\n");
		skip();
	}
	uint64_t first = replay_seed(1);
	assert_true(first == replay_seed(1));
	assert_true(first != replay_seed(2));
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(every_event_can_be_recorded) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
