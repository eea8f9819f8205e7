/* SPDX-License-Identifier: EUPL-1.2 */
/* See stands.h. */
#include "daemon/ctl/stands.h"

#include <stdlib.h>
#include <string.h>

#include "daemon/ctl/show.h"
#include "rules/base/mem.h"
#include "rules/kinds/kind.h"

struct begun {
	const char *subject, *kind; /* in the arena */
	bool is_named;              /* goes with the batch in hand */
};

struct stands {
	struct arena *arena;
	struct begun *list;
	size_t count, capacity;
	bool is_sorted;
	json_t *batch;
	size_t *named; /* those with the mark, to take it off again */
	size_t named_count, named_capacity;
};

struct stands *stands_new(void)
{
	struct stands *stands = xcalloc(1, sizeof(*stands));
	stands->arena = arena_new();
	stands->batch = json_array();
	return stands;
}

void stands_free(struct stands *stands)
{
	if (stands == NULL)
		return;
	json_decref(stands->batch);
	free(stands->list);
	free(stands->named);
	arena_free(stands->arena);
	free(stands);
}

static bool may_begin(const char *kind)
{
	size_t count;
	const struct kind *table = kind_core_table(&count);
	for (size_t i = 0; i < count; i++)
		if (strcmp(table[i].name, kind) == 0)
			return table[i].may_begin;
	return true;
}

void stands_add(struct stands *stands, const json_t *event)
{
	const char *kind = show_text_of(event, "kind"), *subject = show_text_of(event, "subject");
	if (*subject == '\0' || !may_begin(kind))
		return;
	stands->list =
	    array_grow(stands->list, stands->count, &stands->capacity, sizeof(*stands->list));
	stands->list[stands->count++] = (struct begun){ arena_strdup(stands->arena, subject),
							arena_strdup(stands->arena, kind), false };
	stands->is_sorted = false;
}

static int by_subject(const void *a, const void *b)
{
	const struct begun *one = a, *other = b;
	int order = strcmp(one->subject, other->subject);
	return order != 0 ? order : strcmp(one->kind, other->kind);
}

static void mark(struct stands *stands, size_t i)
{
	struct begun *begun = &stands->list[i];
	if (begun->is_named)
		return;
	begun->is_named = true;
	stands->named = array_grow(stands->named, stands->named_count, &stands->named_capacity,
				   sizeof(*stands->named));
	stands->named[stands->named_count++] = i;
	json_array_append_new(
	    stands->batch, json_pack("{s:s, s:s}", "kind", begun->kind, "subject", begun->subject));
}

/* The first of the list that is not before it. */
static size_t find(const struct stands *stands, const char *subject)
{
	size_t low = 0, high = stands->count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (strcmp(stands->list[middle].subject, subject) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static void name(struct stands *stands, const char *subject)
{
	const char *kind = ""; /* the same again says no more */
	for (size_t i = find(stands, subject);
	     i < stands->count && strcmp(stands->list[i].subject, subject) == 0; i++) {
		if (strcmp(kind, stands->list[i].kind) != 0)
			mark(stands, i);
		kind = stands->list[i].kind;
	}
}

void stands_name(struct stands *stands, const json_t *event)
{
	const char *field;
	json_t *value;
	if (!stands->is_sorted && stands->count > 0)
		qsort(stands->list, stands->count, sizeof(*stands->list), by_subject);
	stands->is_sorted = true;
	name(stands, show_text_of(event, "subject"));
	json_object_foreach(json_object_get(event, "data"), field, value)
	{
		if (json_is_string(value))
			name(stands, json_string_value(value));
	}
}

json_t *stands_take(struct stands *stands)
{
	json_t *batch = stands->batch;
	for (size_t i = 0; i < stands->named_count; i++)
		stands->list[stands->named[i]].is_named = false;
	stands->named_count = 0;
	stands->batch = json_array();
	return batch;
}
