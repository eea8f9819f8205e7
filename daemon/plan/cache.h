/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Plans in memory: those of the subjects used last, within a bound. Each entry has the events
 * that were recorded since its plan was folded and have still to be taken in.
 */
#ifndef KEDJA_PLAN_CACHE_H
#define KEDJA_PLAN_CACHE_H

#include <uthash.h>

#include "daemon/plan/overdue.h"
#include "rules/plan/plan.h"

struct entry {
	char *subject;
	enum subject_type type;
	struct plan *plan; /* NULL: to be folded from the log */
	struct overdue
	    *overdue; /* of a programme's cases, as they stood when it was settled last */
	struct event **queued;
	size_t queued_count, queued_capacity;
	struct arena *queue_arena;
	size_t size;      /* bytes, as they were counted last */
	bool folded_anew; /* rows of the file have to be held against the whole plan */
	struct entry *newer, *older;
	UT_hash_handle hh;
};

struct cache;

struct cache *cache_new(void);
/* Another bound than the daemon's own, for a program that does nothing else. */
void cache_set_bound(struct cache *cache, size_t bytes);
void cache_free(struct cache *cache); /* takes NULL */

struct entry *cache_find(struct cache *cache, const char *subject); /* NULL if not held */
struct entry *cache_add(struct cache *cache, const char *subject, enum subject_type type);
void cache_drop(struct cache *cache, const char *subject);
void cache_clear(struct cache *cache);
/* Queues a copy of an event where the subject is held; others will read it from the log. */
void cache_queue(struct cache *cache, const char *subject, const struct event *event);
/* The same for every case that ever named the programme that the event is about. */
void cache_queue_cases_of(struct cache *cache, const struct event *event);
void cache_drop_cases_of(struct cache *cache, const char *programme);
/* Counts the one used last, and lets go of those not used for longest until the bound holds;
 * programmes go last, for their history is all their cases'. Entries in hand are invalid. */
void cache_trim(struct cache *cache);

void entry_clear_queue(struct entry *entry);

#endif
