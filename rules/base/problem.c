/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * See problem.h. What people wrote is quoted in problems and ends in logs and on terminals, so a
 * text is made harmless here, once: one line, UTF-8, no control characters, not endless.
 */
#include "rules/base/problem.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rules/base/utf8.h"

#define LONGEST_TEXT 1000 /* bytes */
#define LONGEST_NAME 64   /* bytes; longer ones are near to nothing */

/* Turns each byte that would break the line, the terminal or the encoding into a '?'. */
static void make_harmless(char *text)
{
	size_t left = strlen(text);
	if (left > LONGEST_TEXT) {
		left = LONGEST_TEXT;
		while (left > 0 && ((unsigned char)text[left] & 0xC0) == 0x80)
			left--;
		memcpy(text + left - 3, "...", 4);
	}
	while (left > 0) {
		uint32_t letter = 0;
		size_t size = utf8_read(text, left, &letter);
		if (size == 0 || letter < 0x20 || (letter >= 0x7F && letter < 0xA0)) {
			for (size_t i = 0; i < (size == 0 ? 1 : size); i++)
				text[i] = '?';
			size = size == 0 ? 1 : size;
		}
		text += size;
		left -= size;
	}
}

static void PRINTF_LIKE(5, 0) add(struct problems *problems, const char *place, int line,
				  int column, const char *format, va_list args)
{
	char *text = NULL;
	if (vasprintf(&text, format, args) < 0)
		text = xstrdup("out of memory while telling of a problem");
	make_harmless(text);
	problems->list = array_grow(problems->list, problems->count, &problems->capacity,
				    sizeof(*problems->list));
	struct problem *problem = &problems->list[problems->count++];
	problem->place = xstrdup(place == NULL ? "" : place);
	make_harmless(problem->place);
	problem->line = line;
	problem->column = column;
	problem->text = text;
}

void problem_add(struct problems *problems, const char *place, int line, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	add(problems, place, line, 0, format, args);
	va_end(args);
}

void problem_add_at(struct problems *problems, const char *place, int line, int column,
		    const char *format, ...)
{
	va_list args;
	va_start(args, format);
	add(problems, place, line, column, format, args);
	va_end(args);
}

char *problem_format(const struct problem *problem)
{
	if (problem->place[0] == '\0')
		return xstrdup(problem->text);
	if (problem->line == 0)
		return xasprintf("%s: %s", problem->place, problem->text);
	if (problem->column == 0)
		return xasprintf("%s:%d: %s", problem->place, problem->line, problem->text);
	return xasprintf("%s:%d:%d: %s", problem->place, problem->line, problem->column,
			 problem->text);
}

static int compare(const struct problem *a, const struct problem *b)
{
	int by_place = strcmp(a->place, b->place);
	if (by_place != 0)
		return by_place;
	if (a->line != b->line)
		return a->line < b->line ? -1 : 1;
	return (a->column > b->column) - (a->column < b->column);
}

/* By insertion, so that what was found first on a line stays first; the lists are short. */
void problems_sort(struct problems *problems)
{
	for (size_t i = 1; i < problems->count; i++) {
		struct problem moving = problems->list[i];
		size_t to = i;
		while (to > 0 && compare(&problems->list[to - 1], &moving) > 0) {
			problems->list[to] = problems->list[to - 1];
			to--;
		}
		problems->list[to] = moving;
	}
}

void problems_drop(struct problems *problems, size_t i)
{
	free(problems->list[i].place);
	free(problems->list[i].text);
	problems->count--;
	for (; i < problems->count; i++)
		problems->list[i] = problems->list[i + 1];
}

void problems_clear(struct problems *problems)
{
	for (size_t i = 0; i < problems->count; i++) {
		free(problems->list[i].place);
		free(problems->list[i].text);
	}
	free(problems->list);
	*problems = (struct problems)PROBLEMS_NONE;
}

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/*
 * Letters to add, drop, change or swap with their neighbour to get from one name to the other.
 * Three rows of the usual table are enough: the one being filled and the two before it.
 */
static size_t distance(const char *a, size_t a_length, const char *b, size_t b_length)
{
	size_t rows[3][LONGEST_NAME + 1];
	for (size_t j = 0; j <= b_length; j++)
		rows[0][j] = j;
	for (size_t i = 1; i <= a_length; i++) {
		size_t *row = rows[i % 3];
		const size_t *above = rows[(i - 1) % 3];
		row[0] = i;
		for (size_t j = 1; j <= b_length; j++) {
			row[j] = least(above[j], row[j - 1]) + 1;
			row[j] = least(row[j], above[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1));
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
				row[j] = least(row[j], rows[(i - 2) % 3][j - 2] + 1);
		}
	}
	return rows[a_length % 3][b_length];
}

const char *problem_nearest(const char *written, const char *const *names)
{
	const char *nearest = NULL;
	size_t nearest_distance = SIZE_MAX;
	size_t length = strnlen(written, LONGEST_NAME + 1);
	if (length > LONGEST_NAME || names == NULL)
		return NULL;
	for (; *names != NULL; names++) {
		size_t name_length = strnlen(*names, LONGEST_NAME + 1);
		if (name_length > LONGEST_NAME)
			continue;
		size_t wrong = distance(written, length, *names, name_length);
		size_t longer = length > name_length ? length : name_length;
		if (wrong * 3 <= longer && wrong < nearest_distance) {
			nearest = *names;
			nearest_distance = wrong;
		}
	}
	return nearest;
}

void problem_hint(struct problems *problems, const char *written, const char *const *names,
		  const char *otherwise)
{
	struct problem *problem = &problems->list[problems->count - 1];
	const char *nearest = problem_nearest(written, names);
	if (nearest == NULL && otherwise == NULL)
		return;
	char *longer = nearest != NULL
			   ? xasprintf("%s: did you mean \"%s\"?", problem->text, nearest)
			   : xasprintf("%s: %s", problem->text, otherwise);
	free(problem->text);
	problem->text = longer;
	make_harmless(longer);
}
