/* SPDX-License-Identifier: EUPL-1.2 */
/* See source.h. */
#include "daemon/ctl/source.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rules/base/mem.h"

struct seen {
	hash_wide hash;
	uint64_t count; /* 0: a free place */
};

/* Open addressing, at most half full; the size is a power of two. */
struct sources_seen {
	struct seen *places;
	size_t size;
	size_t used;
};

#define FIRST_SIZE 1024

struct sources_seen *sources_new(void)
{
	struct sources_seen *seen = xcalloc(1, sizeof(*seen));
	seen->size = FIRST_SIZE;
	seen->places = xcalloc(seen->size, sizeof(*seen->places));
	return seen;
}

void sources_free(struct sources_seen *seen)
{
	if (seen == NULL)
		return;
	free(seen->places);
	free(seen);
}

static struct seen *find_place(struct seen *places, size_t size, hash_wide hash)
{
	size_t i = (size_t)hash & (size - 1);
	while (places[i].count != 0 && places[i].hash != hash)
		i = (i + 1) & (size - 1);
	return &places[i];
}

static void grow(struct sources_seen *seen)
{
	size_t size = seen->size * 2;
	struct seen *places = xcalloc(size, sizeof(*places));
	for (size_t i = 0; i < seen->size; i++)
		if (seen->places[i].count != 0)
			*find_place(places, size, seen->places[i].hash) = seen->places[i];
	free(seen->places);
	seen->places = places;
	seen->size = size;
}

/* 17 and "17" are the same to whoever reads the row, so they are the same here. */
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
	if (seen->used * 2 >= seen->size)
		grow(seen);
	struct seen *place = find_place(seen->places, seen->size, hash);
	seen->used += place->count == 0;
	place->hash = hash;
	return write_name(hash, place->count++, text);
}
