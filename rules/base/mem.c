/* SPDX-License-Identifier: EUPL-1.2 */
/* See mem.h. Arena blocks are doubled in size, so a large ruleset costs a dozen mallocs. */
#include "rules/base/mem.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_BLOCK   1024
#define LARGEST_BLOCK (256 * 1024)
#define ALIGNMENT     16

struct block {
	struct block *older;
	size_t used;
	size_t size;
	_Alignas(ALIGNMENT) unsigned char bytes[];
};

struct arena {
	struct block *newest;
	size_t total;
};

static void *or_die(void *memory)
{
	if (memory == NULL) {
		fputs("kedja: out of memory\n", stderr);
		abort();
	}
	return memory;
}

void *xcalloc(size_t count, size_t size)
{
	return or_die(calloc(count == 0 ? 1 : count, size == 0 ? 1 : size));
}

void *xrealloc(void *old, size_t size)
{
	return or_die(realloc(old, size == 0 ? 1 : size));
}

char *xstrdup(const char *text)
{
	return or_die(strdup(text));
}

char *xasprintf(const char *format, ...)
{
	va_list args;
	va_start(args, format);
	char *text = xvasprintf(format, args);
	va_end(args);
	return text;
}

char *xvasprintf(const char *format, va_list args)
{
	char *text = NULL;
	int length = vasprintf(&text, format, args);
	return or_die(length < 0 ? NULL : text);
}

void *array_grow(void *array, size_t count, size_t *capacity, size_t element_size)
{
	if (count < *capacity)
		return array;
	size_t wanted = *capacity == 0 ? 8 : *capacity * 2;
	if (wanted > SIZE_MAX / element_size)
		return or_die(NULL);
	*capacity = wanted;
	return xrealloc(array, wanted * element_size);
}

struct arena *arena_new(void)
{
	return xcalloc(1, sizeof(struct arena));
}

void arena_free(struct arena *arena)
{
	if (arena == NULL)
		return;
	for (struct block *block = arena->newest; block != NULL;) {
		struct block *older = block->older;
		free(block);
		block = older;
	}
	free(arena);
}

size_t arena_size(const struct arena *arena)
{
	return arena->total;
}

static void arena_add_block(struct arena *arena, size_t least)
{
	size_t size = arena->newest == NULL ? FIRST_BLOCK : arena->newest->size * 2;
	if (size > LARGEST_BLOCK)
		size = LARGEST_BLOCK;
	if (size < least)
		size = least;
	struct block *block = xcalloc(1, sizeof(*block) + size);
	block->size = size;
	block->older = arena->newest;
	arena->newest = block;
	arena->total += size;
}

void *arena_alloc(struct arena *arena, size_t size)
{
	size = (size + ALIGNMENT - 1) & ~(size_t)(ALIGNMENT - 1);
	if (arena->newest == NULL || arena->newest->size - arena->newest->used < size)
		arena_add_block(arena, size);
	void *memory = arena->newest->bytes + arena->newest->used;
	arena->newest->used += size;
	return memory;
}

char *arena_strndup(struct arena *arena, const char *text, size_t length)
{
	char *copy = arena_alloc(arena, length + 1);
	memcpy(copy, text, length);
	return copy;
}

void *arena_grow(struct arena *arena, void *array, size_t count, size_t *capacity,
		 size_t element_size)
{
	if (count < *capacity)
		return array;
	size_t wanted = *capacity == 0 ? 8 : *capacity * 2;
	if (wanted > SIZE_MAX / element_size)
		return or_die(NULL);
	void *longer = arena_alloc(arena, wanted * element_size);
	if (count > 0)
		memcpy(longer, array, count * element_size);
	*capacity = wanted;
	return longer;
}

char *arena_strdup(struct arena *arena, const char *text)
{
	return text == NULL ? NULL : arena_strndup(arena, text, strlen(text));
}

char *arena_printf(struct arena *arena, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	int length = vsnprintf(NULL, 0, format, args);
	va_end(args);
	if (length < 0)
		return or_die(NULL);
	char *text = arena_alloc(arena, (size_t)length + 1);
	va_start(args, format);
	vsnprintf(text, (size_t)length + 1, format, args);
	va_end(args);
	return text;
}
