/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Memory for the thinking: an arena for what lives and dies together (a ruleset, a parsed
 * event), and allocation that does not fail.
 *
 * Out of memory ends the process with a message: every fact that matters is in the database, the
 * service manager starts us again, and no code path has to be written that nobody can test.
 *
 *   a = arena_new();  p = arena_alloc(a, n);  s = arena_printf(a, ...);  arena_free(a);
 */
#ifndef KEDJA_MEM_H
#define KEDJA_MEM_H

#include <stdarg.h>
#include <stddef.h>

#define MUST_CHECK             __attribute__((warn_unused_result))
#define PRINTF_LIKE(fmt, args) __attribute__((format(printf, fmt, args)))

struct arena;

struct arena *arena_new(void);
void arena_free(struct arena *arena);         /* takes NULL */
size_t arena_size(const struct arena *arena); /* bytes held, for bounding caches */

/* Zeroed memory that lives as long as the arena; never NULL. */
void *arena_alloc(struct arena *arena, size_t size);
char *arena_strdup(struct arena *arena, const char *text); /* NULL gives NULL */
char *arena_strndup(struct arena *arena, const char *text, size_t length);
char *arena_printf(struct arena *arena, const char *format, ...) PRINTF_LIKE(2, 3);

/* As malloc and friends, zeroed where new; they end the process instead of returning NULL. */
void *xcalloc(size_t count, size_t size);
void *xrealloc(void *old, size_t size);
char *xstrdup(const char *text);
char *xasprintf(const char *format, ...) PRINTF_LIKE(1, 2);
char *xvasprintf(const char *format, va_list args) PRINTF_LIKE(1, 0);

/* Makes room for one more element in a growing array; doubles the capacity. */
void *array_grow(void *array, size_t count, size_t *capacity, size_t element_size);
/* The same in an arena, where the shorter ones stay behind. */
void *arena_grow(struct arena *arena, void *array, size_t count, size_t *capacity,
		 size_t element_size);

#endif
