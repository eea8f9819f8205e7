/* SPDX-License-Identifier: EUPL-1.2 */
/* See source.h. */
#include "daemon/ctl/source.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uthash.h>

#include "rules/base/mem.h"

struct seen {
	hash_wide hash;
	uint64_t count;
	UT_hash_handle hh;
};

struct sources_seen {
	struct arena *arena;
	struct seen *by_hash;
};

struct sources_seen *sources_new(void)
{
	struct sources_seen *seen = xcalloc(1, sizeof(*seen));
	seen->arena = arena_new();
	return seen;
}

void sources_free(struct sources_seen *seen)
{
	if (seen == NULL)
		return;
	HASH_CLEAR(hh, seen->by_hash);
	arena_free(seen->arena);
	free(seen);
}

static hash_wide add_value(hash_wide hash, const json_t *value)
{
	if (json_is_string(value))
		return hash_wide_text(hash, json_string_value(value));
	char *text = json_dumps(value, JSON_COMPACT | JSON_SORT_KEYS | JSON_ENCODE_ANY);
	hash = hash_wide_text(hash, text == NULL ? "" : text);
	free(text);
	return hash;
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static hash_wide add_fields(hash_wide hash, const json_t *data)
{
	size_t count = 0;
	const char **names = xcalloc(json_object_size(data), sizeof(*names));
	const char *name;
	json_t *value;
	json_object_foreach((json_t *)data, name, value) names[count++] = name;
	qsort(names, count, sizeof(*names), by_text);
	for (size_t i = 0; i < count; i++) {
		hash = hash_wide_text(hash, names[i]);
		hash = add_value(hash, json_object_get(data, names[i]));
	}
	free(names);
	return hash;
}

hash_wide source_hash_event(const json_t *event)
{
	static const char *const own[] = { "kind", "subject", "key", "at" };
	hash_wide hash = HASH_WIDE_START;
	for (size_t i = 0; i < sizeof(own) / sizeof(own[0]); i++) {
		const json_t *value = json_object_get(event, own[i]);
		hash = value == NULL ? hash_wide_text(hash, "") : add_value(hash, value);
	}
	return add_fields(hash, json_object_get(event, "data"));
}

static const char *write_name(hash_wide hash, uint64_t before, char text[SOURCE_TEXT_SIZE])
{
	hash_wide_letters(hash, text);
	snprintf(text + 32, SOURCE_TEXT_SIZE - 32, "-%llu", (unsigned long long)before);
	return text;
}

const char *sources_name(struct sources_seen *seen, const json_t *event,
			 char text[SOURCE_TEXT_SIZE])
{
	hash_wide hash = source_hash_event(event);
	struct seen *row;
	HASH_FIND(hh, seen->by_hash, &hash, sizeof(hash), row);
	if (row == NULL) {
		row = arena_alloc(seen->arena, sizeof(*row));
		row->hash = hash;
		HASH_ADD(hh, seen->by_hash, hash, sizeof(hash), row);
	}
	return write_name(hash, row->count++, text);
}
