/* SPDX-License-Identifier: EUPL-1.2 */
/* What all files that make a letter need (letter_own.h): templates rendered, and numbers said. */
#include <stdlib.h>
#include <string.h>

#include "daemon/base/wrap.h"
#include "daemon/letters/letter_own.h"

/* ---- templates that cannot be built from ---- */

void unbuilt_clear(struct unbuilt *unbuilt)
{
	for (size_t i = 0; i < unbuilt->count; i++)
		free(unbuilt->files[i]);
	free(unbuilt->files);
	*unbuilt = (struct unbuilt){ NULL, 0, 0, false };
}

static size_t unbuilt_find(const struct unbuilt *unbuilt, const char *file)
{
	size_t i = 0;
	while (i < unbuilt->count && strcmp(unbuilt->files[i], file) != 0)
		i++;
	return i;
}

void unbuilt_add(struct unbuilt *unbuilt, const char *file)
{
	if (unbuilt_find(unbuilt, file) < unbuilt->count)
		return;
	unbuilt->files = array_grow(unbuilt->files, unbuilt->count, &unbuilt->capacity,
				    sizeof(unbuilt->files[0]));
	unbuilt->files[unbuilt->count++] = xstrdup(file);
	unbuilt->changed = true;
}

static void remove_at(struct unbuilt *unbuilt, size_t i)
{
	free(unbuilt->files[i]);
	unbuilt->files[i] = unbuilt->files[--unbuilt->count];
	unbuilt->changed = true;
}

static void unbuilt_remove(struct unbuilt *unbuilt, const char *file)
{
	size_t i = unbuilt_find(unbuilt, file);
	if (i < unbuilt->count)
		remove_at(unbuilt, i);
}

void unbuilt_forget_others(struct unbuilt *unbuilt, const struct templates *templates)
{
	for (size_t i = unbuilt->count; i-- > 0;)
		if (!templates_has_file(templates, unbuilt->files[i]))
			remove_at(unbuilt, i);
}

/* ---- rendered ---- */

void making_fail(struct making *making, const struct mustache *mustache)
{
	making->failed = true;
	unbuilt_add(making->unbuilt, mustache_file(mustache));
}

char *making_render_as(struct making *making, const struct mustache *mustache, const json_t *values,
		       bool html)
{
	char *text = mustache_render(mustache, values, html);
	if (text != NULL) {
		unbuilt_remove(making->unbuilt, mustache_file(mustache));
		return text;
	}
	making_fail(making, mustache);
	return xstrdup("");
}

char *making_render(struct making *making, const struct mustache *mustache, const json_t *values)
{
	char *text = making_render_as(making, mustache, values, false);
	char *joined = wrap_join(text);
	free(text);
	return joined;
}

char *making_word(struct making *making, enum word word, json_t *values)
{
	json_t *given = values == NULL ? json_object() : values;
	char *text = making_render(making, words_find(making->words, word), given);
	json_decref(given);
	return text;
}

void making_say(struct making *making, enum word word, json_t *values)
{
	char *text = making_word(making, word, values);
	if (*text != '\0')
		document_say(making->document, text);
	free(text);
}

void making_append(struct making *making, json_t *list, enum word word, json_t *values)
{
	char *text = making_word(making, word, values);
	if (*text != '\0')
		json_array_append_new(list, json_string(text));
	free(text);
}

static int by_size(const void *a, const void *b)
{
	const size_t *one = a, *other = b;
	return (*one > *other) - (*one < *other);
}

char *making_numbers(const size_t *numbers, size_t count)
{
	size_t *sorted = xcalloc(count + 1, sizeof(*sorted));
	char *text = xstrdup("");
	for (size_t i = 0; i < count; i++)
		sorted[i] = numbers[i];
	qsort(sorted, count, sizeof(*sorted), by_size);
	for (size_t i = 0; i < count;) {
		size_t last = i;
		while (last + 1 < count && sorted[last + 1] <= sorted[last] + 1)
			last++;
		const char *comma = *text == '\0' ? "" : ", ";
		char *longer =
		    sorted[last] == sorted[i]
			? xasprintf("%s%s%zu", text, comma, sorted[i])
			: xasprintf("%s%s%zu%s%zu", text, comma, sorted[i],
				    sorted[last] == sorted[i] + 1 ? ", " : "–", sorted[last]);
		free(text);
		text = longer;
		i = last + 1;
	}
	free(sorted);
	return text;
}

char *making_numbers_of(const struct making *making, const struct matter *matter)
{
	size_t *numbers = xcalloc(matter->count + 1, sizeof(*numbers));
	for (size_t i = 0; i < matter->count; i++)
		numbers[i] = making->numbers[matter->items[i]];
	char *text = making_numbers(numbers, matter->count);
	free(numbers);
	return text;
}

const struct letter_item *making_item(const struct making *making, size_t place)
{
	return &making->letter->items[place];
}

bool making_is_minimal(const struct making *making, const struct letter_item *item)
{
	return making->letter->minimal || item->is_protected;
}
