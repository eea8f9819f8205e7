/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * What stands once in a letter (letter_own.h). A unit is a sentence, with the numbers of the cases
 * that it is about. Where these are not all of its matter, it says so; where another matter says
 * the same, they are added there.
 */
#include <stdlib.h>
#include <string.h>

#include "daemon/base/wrap.h"
#include "daemon/letters/letter_own.h"

/* No sentence of more than 40 characters stands twice, with the words before it that say of which
 * cases it is. */
#define REPEATABLE 30

static const char *text_of(const json_t *unit)
{
	return json_string_value(json_object_get(unit, "text"));
}

static size_t number_at(const json_t *numbers, size_t i)
{
	return (size_t)json_integer_value(json_array_get(numbers, i));
}

static size_t place_of(const json_t *units, const char *text)
{
	size_t i = 0;
	while (i < json_array_size(units) && strcmp(text_of(json_array_get(units, i)), text) != 0)
		i++;
	return i;
}

/* Behind the one that was said before it of the same case. Returns the place behind it. */
static size_t add_unit(json_t *units, size_t after, const char *text, size_t number)
{
	size_t place = place_of(units, text);
	if (place == json_array_size(units)) {
		place = after;
		json_array_insert_new(units, place,
				      json_pack("{s:s, s:[]}", "text", text, "numbers"));
	}
	json_t *numbers = json_object_get(json_array_get(units, place), "numbers");
	size_t count = json_array_size(numbers);
	if (count == 0 || number_at(numbers, count - 1) != number)
		json_array_append_new(numbers, json_integer((json_int_t)number));
	return place + 1;
}

void units_add(json_t *units, const char *text, size_t number)
{
	(void)add_unit(units, json_array_size(units), text, number);
}

/* "12 kap. 42 §", "kl. 14": a full stop that ends nothing. */
static bool is_abbreviated(const char *text, const char *stop)
{
	static const char *const words[] = { "kap", "kl", "nr", "no", "t.ex", "bl.a", "dvs" };
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		size_t length = strlen(words[i]);
		if ((size_t)(stop - text) >= length &&
		    strncmp(stop - length, words[i], length) == 0 &&
		    (stop == text + length || stop[-(ptrdiff_t)length - 1] == ' ' ||
		     stop[-(ptrdiff_t)length - 1] == '('))
			return true;
	}
	return false;
}

/* Bytes of the first sentence. */
static size_t sentence_length(const char *text)
{
	for (const char *c = text; *c != '\0'; c++)
		if (strchr(".?!", *c) != NULL && c[1] == ' ' && !is_abbreviated(text, c))
			return (size_t)(c - text) + 1;
	return strlen(text);
}

static size_t add_sentences(json_t *units, size_t after, const char *text, size_t number)
{
	for (text += strspn(text, " \t\r"); *text != '\0'; text += strspn(text, " \t\r")) {
		size_t length = sentence_length(text);
		char *sentence = xasprintf("%.*s", (int)length, text);
		after = add_unit(units, after, sentence, number);
		free(sentence);
		text += length;
	}
	return after;
}

size_t units_add_lines(json_t *units, size_t after, char *text, size_t number)
{
	char *rest = text;
	for (char *line; text != NULL && (line = strsep(&rest, "\n")) != NULL;)
		after = add_sentences(units, after, line, number);
	free(text);
	return after;
}

void units_add_sentences(json_t *units, const char *text, size_t number)
{
	(void)add_sentences(units, json_array_size(units), text, number);
}

/* ---- what was said already, and of whom ---- */

static bool is_long(const json_t *unit)
{
	return wrap_width(text_of(unit), strlen(text_of(unit))) > REPEATABLE;
}

static json_t *said_before(const struct making *making, const json_t *unit)
{
	return is_long(unit) ? json_object_get(making->said, text_of(unit)) : NULL;
}

/* The matter (its first number) in which all long sentences stand already; 0: there is none. */
size_t units_said_in(const struct making *making, const json_t *units)
{
	size_t matter = 0;
	for (size_t i = 0; i < json_array_size(units); i++) {
		const json_t *unit = json_array_get(units, i), *before = said_before(making, unit);
		size_t in = (size_t)json_integer_value(json_object_get(before, "matter"));
		if (is_long(unit) && (before == NULL || (matter != 0 && in != matter)))
			return 0;
		matter = before == NULL ? matter : in;
	}
	return matter;
}

/* A question without its answer says nothing. */
static bool asks_for(const json_t *question, const json_t *unit)
{
	const char *text = text_of(question);
	size_t length = text == NULL ? 0 : strlen(text);
	return length > 0 && text[length - 1] == '?' && !is_long(question) &&
	       json_equal(json_object_get(question, "numbers"), json_object_get(unit, "numbers"));
}

static void take_said(struct making *making, const struct matter *matter, json_t *units)
{
	size_t i = 0;
	while (i < json_array_size(units)) {
		json_t *unit = json_array_get(units, i), *before = said_before(making, unit);
		if (before != NULL) {
			json_array_extend(json_object_get(before, "numbers"),
					  json_object_get(unit, "numbers"));
			if (i > 0 && asks_for(json_array_get(units, i - 1), unit))
				json_array_remove(units, --i);
			json_array_remove(units, i);
			continue;
		}
		json_object_set_new(unit, "matter",
				    json_integer((json_int_t)making->numbers[matter->items[0]]));
		json_object_set_new(unit, "of", json_integer((json_int_t)matter->count));
		json_object_set_new(unit, "own", json_copy(json_object_get(unit, "numbers")));
		if (is_long(unit))
			json_object_set(making->said, text_of(unit), unit);
		i++;
	}
}

/* Is it said of all cases of its matter? */
static bool is_of_all(const json_t *unit)
{
	return json_array_size(json_object_get(unit, "own")) ==
	       (size_t)json_integer_value(json_object_get(unit, "of"));
}

/* What is about the same cases is a paragraph. */
static void say_paragraph(struct making *making, json_t *units)
{
	json_t *block = document_say_later(making->document);
	json_array_append_new(making->paragraphs,
			      json_pack("{s:o, s:o}", "block", block, "units", units));
}

void units_say(struct making *making, const struct matter *matter, json_t *units)
{
	json_t *paragraph = NULL;
	const json_t *own = NULL;
	take_said(making, matter, units);
	for (size_t i = 0; i < json_array_size(units); i++) {
		json_t *unit = json_array_get(units, i);
		if (paragraph == NULL || !json_equal(own, json_object_get(unit, "own"))) {
			own = json_object_get(unit, "own");
			paragraph = json_array();
			say_paragraph(making, paragraph);
		}
		json_array_append(paragraph, unit);
	}
	json_decref(units);
}

/* ---- the numbers ---- */

static bool is_among(const json_t *numbers, size_t number)
{
	for (size_t i = 0; i < json_array_size(numbers); i++)
		if (number_at(numbers, i) == number)
			return true;
	return false;
}

/* "3, 5" of those that are not among `but`; NULL: there are none. */
static char *numbers_but(const json_t *numbers, const json_t *but)
{
	size_t *list = xcalloc(json_array_size(numbers) + 1, sizeof(*list)), count = 0;
	for (size_t i = 0; i < json_array_size(numbers); i++)
		if (!is_among(but, number_at(numbers, i)))
			list[count++] = number_at(numbers, i);
	char *text = count == 0 ? NULL : making_numbers(list, count);
	free(list);
	return text;
}

/* "För 3, 5:" before what is not of all its matter, "(Gäller också 7–9.)" behind what is of another
 * one, too. */
static char *note_of(struct making *making, enum word word, char *numbers)
{
	if (numbers == NULL)
		return xstrdup("");
	json_t *values = json_object();
	values_set_made(values, "numbers", numbers);
	return making_word(making, word, values);
}

static char *append(char *text, char *more)
{
	char *longer = xasprintf("%s%s%s", text, *text == '\0' || *more == '\0' ? "" : " ", more);
	free(text);
	free(more);
	return longer;
}

static void finish_paragraph(struct making *making, const json_t *units, json_t *block)
{
	const json_t *first = json_array_get(units, 0);
	char *text = is_of_all(first) ? xstrdup("")
				      : note_of(making, WORD_ONLY_FOR,
						numbers_but(json_object_get(first, "own"), NULL));
	for (size_t i = 0; i < json_array_size(units); i++) {
		const json_t *unit = json_array_get(units, i);
		const json_t *next = json_array_get(units, i + 1);
		text = append(text, xstrdup(text_of(unit)));
		/* once behind several that are of the same further cases */
		if (next == NULL ||
		    !json_equal(json_object_get(unit, "numbers"), json_object_get(next, "numbers")))
			text = append(text, note_of(making, WORD_ALSO_FOR,
						    numbers_but(json_object_get(unit, "numbers"),
								json_object_get(unit, "own"))));
	}
	json_object_set_new(block, "text", json_string(text));
	free(text);
}

void units_finish(struct making *making)
{
	for (size_t i = 0; i < json_array_size(making->paragraphs); i++) {
		const json_t *paragraph = json_array_get(making->paragraphs, i);
		finish_paragraph(making, json_object_get(paragraph, "units"),
				 json_object_get(paragraph, "block"));
	}
}
