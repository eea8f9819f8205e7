/* SPDX-License-Identifier: EUPL-1.2 */
/* See kind.h. The rows are in kind_table.c, the checking of events in kind_check.c. */
#include "rules/kinds/kind.h"

#include <string.h>

const char *subject_type_name(enum subject_type type)
{
	switch (type) {
	case SUBJECT_STAFF:
		return "staff";
	case SUBJECT_PROGRAMME:
		return "programme";
	case SUBJECT_CASE:
		return "case";
	case SUBJECT_ANY:
		return "any";
	}
	return "";
}

enum value_type field_type_value(enum field_type type)
{
	switch (type) {
	case FIELD_DATE:
		return VALUE_DATE;
	case FIELD_AMOUNT:
	case FIELD_COUNT:
	case FIELD_NUMBER:
		return VALUE_NUMBER;
	case FIELD_FLAG:
		return VALUE_FLAG;
	case FIELD_CODE:
	case FIELD_ID:
	case FIELD_TEXT:
		return VALUE_TEXT;
	}
	return VALUE_NULL;
}

const char *field_type_name(enum field_type type)
{
	switch (type) {
	case FIELD_DATE:
		return "date";
	case FIELD_AMOUNT:
		return "amount";
	case FIELD_COUNT:
		return "count";
	case FIELD_FLAG:
		return "flag";
	case FIELD_CODE:
		return "code";
	case FIELD_ID:
		return "id";
	case FIELD_TEXT:
		return "text";
	case FIELD_NUMBER:
		return "number";
	}
	return "";
}

bool field_limits(const struct field *field, int64_t *ret_least, int64_t *ret_most)
{
	static const struct {
		int64_t least, most; /* both 0: not a number */
	} of_type[] = {
		[FIELD_AMOUNT] = { 1, AMOUNT_MOST },
		[FIELD_COUNT] = { 0, 999 },
		[FIELD_NUMBER] = { 1, FIELD_MOST },
	};
	if (of_type[field->type].most == 0)
		return false;
	bool is_own = field->least != 0 || field->most != 0;
	*ret_least = is_own ? field->least : of_type[field->type].least;
	*ret_most = is_own ? field->most : of_type[field->type].most;
	return true;
}

const char *field_class_name(enum field_class class)
{
	switch (class) {
	case CLASS_OPEN:
		return "open";
	case CLASS_CASE:
		return "case";
	case CLASS_SECRET:
		return "secret";
	case CLASS_STAFF:
		return "staff";
	}
	return "";
}

const char *kind_label(const struct kind *kind, const char *language)
{
	bool english = strcmp(language, "en") == 0 && kind->label_en != NULL;
	return english ? kind->label_en : kind->label;
}

bool kind_puts_off(const struct kind *kind)
{
	return strcmp(kind->name, "deadline.acknowledged") == 0 ||
	       strcmp(kind->name, "deadline.snoozed") == 0;
}

int kind_field(const struct kind *kind, const char *field)
{
	for (size_t i = 0; i < kind->field_count; i++)
		if (strcmp(kind->fields[i].name, field) == 0)
			return (int)i;
	return -1;
}

bool kind_names_programme(const struct kind *kind)
{
	return (kind->subject == SUBJECT_CASE || kind->subject == SUBJECT_ANY) &&
	       kind_field(kind, "programme") >= 0;
}

struct value event_value(const struct event *event, const char *field)
{
	int place = kind_field(event->kind, field);
	if (place < 0 || event->values == NULL)
		return (struct value){ .type = VALUE_NULL };
	return event->values[place];
}

date event_counts_on(const struct event *event)
{
	struct value day = { .type = VALUE_NULL };
	if (event->kind->counts_on != NULL)
		day = event_value(event, event->kind->counts_on);
	return day.type == VALUE_DATE ? (date)day.number : event->at.day;
}

struct event event_copy(const struct event *event, struct arena *arena)
{
	size_t count = event->kind->field_count;
	struct value *values = arena_alloc(arena, (count + 1) * sizeof(*values));
	struct event copy = *event;
	for (size_t i = 0; i < count; i++) {
		values[i] = event->values[i];
		values[i].text = arena_strdup(arena, event->values[i].text);
	}
	copy.values = values;
	copy.subject = arena_strdup(arena, event->subject);
	copy.key = arena_strdup(arena, event->key);
	copy.actor = arena_strdup(arena, event->actor);
	copy.source = arena_strdup(arena, event->source);
	copy.forced = arena_strdup(arena, event->forced);
	return copy;
}

const char *event_programme(const struct event *event)
{
	return kind_names_programme(event->kind) ? event_value(event, "programme").text : NULL;
}

bool kind_takes_back(const struct kind *kind)
{
	return strcmp(kind->name, "event.voided") == 0;
}

int64_t event_takes_back(const struct event *event)
{
	return kind_takes_back(event->kind) ? event_value(event, "event").number : 0;
}
