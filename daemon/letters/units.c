/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * What stands once in a letter (letter_own.h). A unit is a line of a template's part, or a sentence
 * about how something came to its reader, with the numbers of the cases that it is about. Where
 * these are not all of its matter, it says so; where another matter says the same, they are added
 * there.
 */
#include <stdlib.h>
#include <string.h>

#include "daemon/letters/letter_own.h"

#define REPEATABLE 40 /* characters: no longer sentence stands twice */

size_t units_characters(const char *text)
{
	size_t count = 0;
	for (; *text != '\0'; text++)
		count += ((unsigned char)*text & 0xc0) != 0x80;
	return count;
}

static json_t *unit_of(json_t *units, const char *text)
{
	json_t *unit;
	size_t i;
	json_array_foreach(units, i,
			   unit) if (strcmp(json_string_value(json_object_get(unit, "text")),
					    text) == 0) return unit;
	return NULL;
}

static size_t place_of(const json_t *units, const json_t *unit)
{
	size_t i = 0;
	while (i < json_array_size(units) && json_array_get(units, i) != unit)
		i++;
	return i;
}

/* Behind the one that was said before it of the same case. Returns the place behind it. */
static size_t add_unit(json_t *units, size_t after, const char *text, size_t number)
{
	json_t *unit = unit_of(units, text);
	if (unit == NULL) {
		unit = json_pack("{s:s, s:[]}", "text", text, "numbers");
		json_array_insert_new(units, after, unit);
	}
	json_array_append_new(json_object_get(unit, "numbers"), json_integer((json_int_t)number));
	return place_of(units, unit) + 1;
}

void units_add(json_t *units, const char *text, size_t number)
{
	(void)add_unit(units, json_array_size(units), text, number);
}

size_t units_add_lines(json_t *units, size_t after, char *text, size_t number)
{
	char *rest = text;
	for (char *line; text != NULL && (line = strsep(&rest, "\n")) != NULL;)
		if (line[strspn(line, " \t\r")] != '\0')
			after = add_unit(units, after, line + strspn(line, " \t"), number);
	free(text);
	return after;
}

/* Each sentence of it by itself: a name in one of them makes the others no different. */
void units_add_sentences(json_t *units, const char *text, size_t number)
{
	size_t after = json_array_size(units);
	while (text != NULL && *text != '\0') {
		const char *end = strstr(text, ". ");
		size_t length = end == NULL ? strlen(text) : (size_t)(end - text) + 1;
		char *sentence = xasprintf("%.*s", (int)length, text);
		after = add_unit(units, after, sentence, number);
		free(sentence);
		text += length + strspn(text + length, " ");
	}
}

/* ---- what was said already, and of whom ---- */

static bool is_long(const json_t *unit)
{
	return units_characters(json_string_value(json_object_get(unit, "text"))) > REPEATABLE;
}

static json_t *said_before(const struct making *making, const json_t *unit)
{
	return is_long(unit)
		   ? json_object_get(making->said, json_string_value(json_object_get(unit, "text")))
		   : NULL;
}

/* The matter (its first number) in which all of it stands already; 0: there is none. */
size_t units_said_in(const struct making *making, const json_t *units)
{
	size_t matter = 0, i;
	const json_t *unit;
	json_array_foreach(units, i, unit)
	{
		const json_t *before = said_before(making, unit);
		size_t in = (size_t)json_integer_value(json_object_get(before, "matter"));
		if (before == NULL || (matter != 0 && in != matter))
			return 0;
		matter = in;
	}
	return matter;
}

static void take_said(struct making *making, const struct matter *matter, json_t *units)
{
	size_t i = 0;
	while (i < json_array_size(units)) {
		json_t *unit = json_array_get(units, i), *before = said_before(making, unit);
		if (before != NULL) {
			json_array_extend(json_object_get(before, "numbers"),
					  json_object_get(unit, "numbers"));
			json_array_remove(units, i);
			continue;
		}
		json_object_set_new(unit, "matter",
				    json_integer((json_int_t)making->numbers[matter->items[0]]));
		json_object_set_new(unit, "of", json_integer((json_int_t)matter->count));
		if (is_long(unit))
			json_object_set(making->said,
					json_string_value(json_object_get(unit, "text")), unit);
		i++;
	}
}

/* A paragraph of these; takes them over. */
void units_say(struct making *making, const struct matter *matter, json_t *units)
{
	take_said(making, matter, units);
	if (json_array_size(units) > 0) {
		json_t *block = document_say_later(making->document);
		json_array_append_new(making->paragraphs,
				      json_pack("{s:o, s:O}", "block", block, "units", units));
	}
	json_decref(units);
}

/* "(Gäller 3.)", "(Gäller också 7–9.)", or nothing where it is just all of its matter. */
static char *note_of(struct making *making, const json_t *unit)
{
	const json_t *numbers = json_object_get(unit, "numbers");
	size_t count = json_array_size(numbers), own = 0;
	size_t first = (size_t)json_integer_value(json_object_get(unit, "matter"));
	size_t of = (size_t)json_integer_value(json_object_get(unit, "of"));
	size_t *others = xcalloc(count + 1, sizeof(*others)), other_count = 0;
	for (size_t i = 0; i < count; i++) {
		size_t number = (size_t)json_integer_value(json_array_get(numbers, i));
		if (number >= first && number < first + of)
			own++;
		else
			others[other_count++] = number;
	}
	char *note = NULL;
	if (own < of || other_count > 0) {
		json_t *values = json_object();
		for (size_t i = 0; own < of && i < count; i++)
			others[i] = (size_t)json_integer_value(json_array_get(numbers, i));
		values_set_made(values, "numbers",
				making_numbers(others, own < of ? count : other_count));
		note = making_word(making, own < of ? WORD_ONLY_FOR : WORD_ALSO_FOR, values);
	}
	free(others);
	return note;
}

void units_finish(struct making *making)
{
	size_t i, j;
	json_t *paragraph, *unit;
	json_array_foreach(making->paragraphs, i, paragraph)
	{
		char *text = xstrdup("");
		json_array_foreach(json_object_get(paragraph, "units"), j, unit)
		{
			char *note = note_of(making, unit), *longer;
			longer = xasprintf("%s%s%s%s%s", text, *text == '\0' ? "" : " ",
					   json_string_value(json_object_get(unit, "text")),
					   note == NULL ? "" : " ", note == NULL ? "" : note);
			free(note);
			free(text);
			text = longer;
		}
		json_object_set_new(json_object_get(paragraph, "block"), "text", json_string(text));
		free(text);
	}
}
