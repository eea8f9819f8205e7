/* SPDX-License-Identifier: EUPL-1.2 */
/* See cache.h. A hash table by subject, and a list by last use. */
#include "daemon/plan/cache.h"

#include <stdlib.h>
#include <string.h>

/* Bounds what the plans hold: small beside SQLite's own cache, enough for a busy morning. */
#define BYTES_MOST (4 * 1024 * 1024)
/* At most so many are passed over in one go: with nothing but programmes the bound holds too. */
#define PROGRAMMES_SPARED 16

struct cache {
	struct entry *by_subject;
	struct entry *newest, *oldest;
	size_t total, most; /* bytes */
};

struct cache *cache_new(void)
{
	struct cache *cache = xcalloc(1, sizeof(*cache));
	cache->most = BYTES_MOST;
	return cache;
}

void cache_set_bound(struct cache *cache, size_t bytes)
{
	cache->most = bytes;
}

void entry_clear_queue(struct entry *entry)
{
	entry->queued_count = 0;
	arena_free(entry->queue_arena);
	entry->queue_arena = NULL;
}

static void entry_free(struct entry *entry)
{
	entry_clear_queue(entry);
	plan_free(entry->plan);
	overdue_free(entry->overdue);
	free(entry->queued);
	free(entry->subject);
	free(entry);
}

void cache_clear(struct cache *cache)
{
	HASH_CLEAR(hh, cache->by_subject);
	for (struct entry *entry = cache->newest; entry != NULL;) {
		struct entry *older = entry->older;
		entry_free(entry);
		entry = older;
	}
	*cache = (struct cache){ .most = cache->most };
}

void cache_free(struct cache *cache)
{
	if (cache == NULL)
		return;
	cache_clear(cache);
	free(cache);
}

static void unlist(struct cache *cache, struct entry *entry)
{
	*(entry->newer == NULL ? &cache->newest : &entry->newer->older) = entry->older;
	*(entry->older == NULL ? &cache->oldest : &entry->older->newer) = entry->newer;
}

static void list_first(struct cache *cache, struct entry *entry)
{
	entry->newer = NULL;
	entry->older = cache->newest;
	*(cache->newest == NULL ? &cache->oldest : &cache->newest->newer) = entry;
	cache->newest = entry;
}

struct entry *cache_find(struct cache *cache, const char *subject)
{
	struct entry *entry;
	HASH_FIND_STR(cache->by_subject, subject, entry);
	if (entry == NULL)
		return NULL;
	unlist(cache, entry);
	list_first(cache, entry);
	return entry;
}

struct entry *cache_add(struct cache *cache, const char *subject, enum subject_type type)
{
	struct entry *entry = xcalloc(1, sizeof(*entry));
	entry->subject = xstrdup(subject);
	entry->type = type;
	HASH_ADD_KEYPTR(hh, cache->by_subject, entry->subject, strlen(subject), entry);
	list_first(cache, entry);
	return entry;
}

static void drop(struct cache *cache, struct entry *entry)
{
	HASH_DEL(cache->by_subject, entry);
	cache->total -= entry->size;
	unlist(cache, entry);
	entry_free(entry);
}

void cache_drop(struct cache *cache, const char *subject)
{
	struct entry *entry = cache_find(cache, subject);
	if (entry != NULL)
		drop(cache, entry);
}

/* An event that names another programme has its case folded anew: the plan knows them all. */
static bool has_named(const struct entry *entry, const char *programme)
{
	return entry->type == SUBJECT_CASE && entry->plan != NULL &&
	       facts_has_named(plan_facts(entry->plan), programme);
}

void cache_drop_cases_of(struct cache *cache, const char *programme)
{
	for (struct entry *entry = cache->newest, *older; entry != NULL; entry = older) {
		older = entry->older;
		if (has_named(entry, programme))
			drop(cache, entry);
	}
}

static void entry_queue(struct entry *entry, const struct event *event)
{
	if (entry->queue_arena == NULL)
		entry->queue_arena = arena_new();
	entry->queued = array_grow(entry->queued, entry->queued_count, &entry->queued_capacity,
				   sizeof(*entry->queued));
	struct event *copy = arena_alloc(entry->queue_arena, sizeof(*copy));
	*copy = event_copy(event, entry->queue_arena);
	entry->queued[entry->queued_count++] = copy;
}

void cache_queue(struct cache *cache, const char *subject, const struct event *event)
{
	struct entry *entry = cache_find(cache, subject);
	if (entry != NULL && entry->plan != NULL)
		entry_queue(entry, event);
}

void cache_queue_cases_of(struct cache *cache, const struct event *event)
{
	for (struct entry *entry = cache->newest; entry != NULL; entry = entry->older)
		if (has_named(entry, event->subject))
			entry_queue(entry, event);
}

static size_t entry_size(const struct entry *entry)
{
	size_t size = sizeof(*entry) + entry->queued_capacity * sizeof(void *);
	if (entry->plan != NULL)
		size += plan_size(entry->plan);
	return entry->queue_arena == NULL ? size : size + arena_size(entry->queue_arena);
}

static void spare(struct cache *cache, struct entry *entry)
{
	unlist(cache, entry);
	list_first(cache, entry);
}

void cache_trim(struct cache *cache)
{
	struct entry *used = cache->newest;
	int spared = 0;
	if (used == NULL)
		return;
	cache->total -= used->size;
	used->size = entry_size(used);
	cache->total += used->size;
	while (cache->total > cache->most && cache->oldest != cache->newest) {
		if (cache->oldest->type == SUBJECT_PROGRAMME && spared++ < PROGRAMMES_SPARED)
			spare(cache, cache->oldest);
		else
			drop(cache, cache->oldest);
	}
}
