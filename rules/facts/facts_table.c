/* SPDX-License-Identifier: EUPL-1.2 */
/* See facts_table.h. Open addressing; an entry stands as near behind its own place as it can. */
#include "rules/facts/facts_table.h"

#include <stdlib.h>
#include <string.h>

#include "rules/base/hash.h"
#include "rules/base/mem.h"

static const char *name_of(const void *entry)
{
	const char *name;
	memcpy(&name, entry, sizeof(name));
	return name;
}

static size_t place_of(const char *name, size_t capacity)
{
	uint64_t hash = hash_bytes(HASH_START, name, strlen(name));
	return (size_t)(hash ^ (hash >> 32)) & (capacity - 1);
}

/* Where a name is, or the empty place where it would be. */
static size_t search(const struct facts_table *table, const char *name)
{
	size_t place = place_of(name, table->capacity);
	while (table->slots[place] != NULL && strcmp(name_of(table->slots[place]), name) != 0)
		place = (place + 1) & (table->capacity - 1);
	return place;
}

void *facts_table_find(const struct facts_table *table, const char *name)
{
	return table->count == 0 ? NULL : table->slots[search(table, name)];
}

/* Half of the places stay empty. */
static void grow(struct facts_table *table)
{
	struct facts_table larger = { .capacity = table->capacity == 0 ? 8 : table->capacity * 2 };
	larger.slots = xcalloc(larger.capacity, sizeof(*larger.slots));
	larger.count = table->count;
	for (size_t i = 0; i < table->capacity; i++)
		if (table->slots[i] != NULL)
			larger.slots[search(&larger, name_of(table->slots[i]))] = table->slots[i];
	free(table->slots);
	*table = larger;
}

void *facts_table_get(struct facts_table *table, const char *name, size_t entry_size)
{
	void *found = facts_table_find(table, name);
	if (found != NULL)
		return found;
	if (table->count * 2 >= table->capacity)
		grow(table);
	void *entry = xcalloc(1, entry_size);
	char *copy = xstrdup(name);
	memcpy(entry, &copy, sizeof(copy));
	table->slots[search(table, name)] = entry;
	table->count++;
	return entry;
}

void facts_table_remove(struct facts_table *table, const void *entry)
{
	size_t mask = table->capacity - 1;
	size_t gap = search(table, name_of(entry));
	table->slots[gap] = NULL;
	table->count--;
	/* Those behind it that were pushed past the gap move up. */
	for (size_t i = (gap + 1) & mask; table->slots[i] != NULL; i = (i + 1) & mask) {
		void *moving = table->slots[i];
		table->slots[i] = NULL;
		table->slots[search(table, name_of(moving))] = moving;
	}
}

void *facts_table_at(const struct facts_table *table, size_t place)
{
	return table->slots[place];
}
