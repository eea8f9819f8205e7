/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Any bytes as an event: lines of kind, subject, key, time and source, then one field a line as
 * "name=text", "name#number", "name?flag", "name!" (something else) or "name" (nothing). What is
 * accepted must hold what the types promise; what is refused must say why.
 */

#include "rules/base/utf8.h"
#include "rules/kinds/chain.h"
#include "rules/kinds/kind.h"
#include "tests/fuzz/fuzz.h"

#define MOST_FIELDS 40

static struct chain *chain;
static civil now;

static void read_chain(void)
{
	struct problems problems = PROBLEMS_NONE;
	char *text = fuzz_file("conf/chain.conf");
	chain = chain_parse(text, "conf/chain.conf", &problems);
	free(text);
	require(chain != NULL && civil_parse("2026-11-30T10:15:00", &now) == 0);
}

static char *next_line(char **rest)
{
	char *line = *rest;
	if (line == NULL)
		return NULL;
	char *end = strchr(line, '\n');
	*rest = end == NULL ? NULL : end + 1;
	if (end != NULL)
		*end = '\0';
	return line[0] == '\x01' ? NULL : line; /* a way to say "not given" */
}

static void read_field(char *line, struct raw_field *ret)
{
	char *sign = line + strcspn(line, "=#?!");
	char said = *sign;
	*ret = (struct raw_field){ .name = line };
	if (said == '\0')
		return;
	*sign = '\0';
	ret->is_other = said == '!';
	if (said == '=')
		ret->value = (struct value){ VALUE_TEXT, 0, sign + 1 };
	else if (said == '#')
		ret->value = (struct value){ VALUE_NUMBER, strtoll(sign + 1, NULL, 10), NULL };
	else if (said == '?')
		ret->value = (struct value){ VALUE_FLAG, sign[1] == 't', NULL };
}

static void check_value(const struct field *field, const struct value *value)
{
	if (value->type == VALUE_NULL) {
		require(field->optional);
		return;
	}
	switch (field->type) {
	case FIELD_DATE:
		require(value->type == VALUE_DATE && value->number != DATE_NONE);
		break;
	case FIELD_AMOUNT:
	case FIELD_COUNT:
	case FIELD_NUMBER:
		require(value->type == VALUE_NUMBER && value->number >= 0);
		break;
	case FIELD_FLAG:
		require(value->type == VALUE_FLAG && value->number / 2 == 0);
		break;
	case FIELD_CODE:
	case FIELD_ID:
	case FIELD_TEXT:
		require(value->type == VALUE_TEXT && utf8_length(value->text) > 0 &&
			utf8_length(value->text) <= 500 && !text_has_personal_number(value->text));
		break;
	}
}

static void check_event(const struct event *event)
{
	require(!event->kind->is_virtual);
	require(utf8_length(event->subject) >= 1 && utf8_length(event->subject) <= 40);
	require(!text_has_personal_number(event->subject) && !text_has_personal_number(event->key));
	require(event->kind->key != KEY_REQUIRED || event->key[0] != '\0');
	require(event->kind->key != KEY_NONE || event->key[0] == '\0');
	require(event->kind->may_lie_ahead || moment_civil(event->at) <= now);
	for (size_t i = 0; i < event->kind->field_count; i++)
		check_value(&event->kind->fields[i], &event->values[i]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (chain == NULL)
		read_chain();
	char *text = fuzz_text(data, size), *rest = text, *line;
	struct raw_field fields[MOST_FIELDS];
	struct raw_event raw = { .kind = next_line(&rest) };
	raw.subject = next_line(&rest);
	raw.key = next_line(&rest);
	raw.at = next_line(&rest);
	raw.source = next_line(&rest);
	raw.fields = fields;
	while (raw.field_count < MOST_FIELDS && (line = next_line(&rest)) != NULL)
		read_field(line, &fields[raw.field_count++]);

	struct problems problems = PROBLEMS_NONE;
	struct arena *arena = arena_new();
	const struct event *event = event_check(&raw, chain, now, arena, &problems);
	require((event == NULL) == (problems.count > 0));
	if (event != NULL)
		check_event(event);
	for (size_t i = 0; i < problems.count; i++)
		require(utf8_length(problems.list[i].text) > 0);
	problems_clear(&problems);
	arena_free(arena);
	free(text);
	return 0;
}
