/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Ids and texts that people write, and the one thing that must never stand in them: a personal
 * number. Promised in kind.h.
 *
 * Ids may hold the letters of the alphabets that Swedish names are written with. Letters that
 * are put together from two characters (a, then a ring) are refused, so that one id has one
 * spelling (NFC): within the allowed ranges every character stands for itself.
 */
#include <ctype.h>
#include <string.h>

#include "rules/base/utf8.h"
#include "rules/kinds/kind.h"

#define LONGEST_ID   40
#define LONGEST_TEXT 500

struct range {
	uint32_t first, last;
};

static bool is_in(uint32_t letter, const struct range *ranges)
{
	for (; ranges->last != 0; ranges++)
		if (letter >= ranges->first && letter <= ranges->last)
			return true;
	return false;
}

static bool is_id_letter(uint32_t letter)
{
	static const struct range letters[] = {
		{ '0', '9' },     { 'A', 'Z' },       { 'a', 'z' },     { '-', '.' },
		{ '_', '_' },     { 0xC0, 0xD6 }, /* Latin-1 without the signs for times and divided
						     by */
		{ 0xD8, 0xF6 },   { 0xF8, 0x24F }, /* Latin Extended-A and -B */
		{ 0x370, 0x373 },                  /* Greek, with its accents inside the letters */
		{ 0x376, 0x377 }, { 0x37B, 0x37D },   { 0x37F, 0x37F }, { 0x386, 0x386 },
		{ 0x388, 0x38A }, { 0x38C, 0x38C },   { 0x38E, 0x3A1 }, { 0x3A3, 0x3F5 },
		{ 0x3F7, 0x3FF }, { 0x400, 0x481 }, /* Cyrillic without its thousands sign and marks
						     */
		{ 0x48A, 0x52F }, { 0x1E00, 0x1EFF }, /* Latin Extended Additional */
		{ 0, 0 },
	};
	return is_in(letter, letters);
}

static bool is_combining(uint32_t letter)
{
	static const struct range marks[] = {
		{ 0x300, 0x36F },   { 0x483, 0x489 },   { 0x1AB0, 0x1AFF }, { 0x1DC0, 0x1DFF },
		{ 0x20D0, 0x20FF }, { 0xFE20, 0xFE2F }, { 0, 0 },
	};
	return is_in(letter, marks);
}

/* Also what would reorder or break a line on a screen without being seen. */
static bool is_control(uint32_t letter)
{
	static const struct range controls[] = {
		{ 0x0, 0x1F },      { 0x7F, 0x9F },     { 0x2028, 0x202E },
		{ 0x2066, 0x2069 }, { 0xFEFF, 0xFEFF }, { 0, 0 },
	};
	return is_in(letter, controls);
}

static int digits_at(const char *text)
{
	int count = 0;
	while (isdigit((unsigned char)text[count]))
		count++;
	return count;
}

static int two_digits(const char *text)
{
	return (text[0] - '0') * 10 + (text[1] - '0');
}

/* Two digits in a row, of a month or a day; moves on behind them. */
static bool take_two(const char **text, int *ret)
{
	if (digits_at(*text) < 2)
		return false;
	*ret = two_digits(*text);
	*text += 2;
	return true;
}

/* The last four digits, with or without something before them, and no digit behind. */
static bool ends_with_number(const char *text)
{
	static const char *const between[] = { "-", "+", " ", ".", "_", "\u2013", "\u00a0" };
	for (size_t i = 0; i < sizeof(between) / sizeof(between[0]); i++) {
		size_t length = strlen(between[i]);
		if (strncmp(text, between[i], length) == 0) {
			text += length;
			break;
		}
	}
	return digits_at(text) == 4;
}

/* Behind a year: month, day and number, with the same sign around the month or none. */
static bool is_number_after_year(const char *text)
{
	char separator = '\0';
	int month = 0, day = 0;
	if (*text != '\0' && strchr("-/. ", *text) != NULL)
		separator = *text++;
	if (!take_two(&text, &month))
		return false;
	if (separator != '\0' && *text++ != separator)
		return false;
	if (!take_two(&text, &day) || month < 1 || month > 12)
		return false;
	/* A samordningsnummer has sixty added to the day. */
	if (!((day >= 1 && day <= 31) || (day >= 61 && day <= 91)))
		return false;
	return ends_with_number(text);
}

bool text_has_personal_number(const char *text)
{
	for (const char *here = text; *here != '\0'; here++) {
		int digits = digits_at(here);
		if (digits == 0)
			continue;
		if (digits >= 2 && is_number_after_year(here + 2))
			return true;
		bool has_century = digits >= 4 && two_digits(here) >= 18 && two_digits(here) <= 20;
		if (has_century && is_number_after_year(here + 4))
			return true;
		here += digits - 1;
	}
	return false;
}

static bool refuse_personal_number(const char *text, const char *place, struct problems *problems)
{
	if (!text_has_personal_number(text))
		return false;
	/* The number itself is not repeated: problems end in logs. */
	problem_add(problems, place, 0,
		    "looks like a personal number: write the case reference or leave it out");
	return true;
}

static bool refuse_letter(const char *place, uint32_t letter, const char *bytes, size_t size,
			  struct problems *problems)
{
	if (is_combining(letter))
		problem_add(problems, place, 0,
			    "has a letter put together from two characters: write \u00e5 as one "
			    "character (NFC)");
	else if (is_control(letter))
		problem_add(problems, place, 0,
			    "has a control character: an id is letters, digits, - . _");
	else
		problem_add(problems, place, 0,
			    "has \"%.*s\" in it: an id is letters, digits, - . _", (int)size,
			    bytes);
	return false;
}

bool id_check(const char *id, const char *place, struct problems *problems)
{
	size_t left = strlen(id);
	int count = 0;
	if (left == 0) {
		problem_add(problems, place, 0, "is empty: an id has 1 to %d characters",
			    LONGEST_ID);
		return false;
	}
	for (const char *here = id; left > 0; count++) {
		uint32_t letter = 0;
		size_t size = utf8_read(here, left, &letter);
		if (size == 0) {
			problem_add(problems, place, 0, "is not UTF-8: write it as UTF-8");
			return false;
		}
		if (!is_id_letter(letter))
			return refuse_letter(place, letter, here, size, problems);
		here += size;
		left -= size;
	}
	if (count > LONGEST_ID) {
		problem_add(problems, place, 0, "is too long (%d characters): an id has at most %d",
			    count, LONGEST_ID);
		return false;
	}
	return !refuse_personal_number(id, place, problems);
}

static bool has_control(const char *text)
{
	size_t left = strlen(text);
	while (left > 0) {
		uint32_t letter = 0;
		size_t size = utf8_read(text, left, &letter);
		if (size == 0 || is_control(letter))
			return true;
		text += size;
		left -= size;
	}
	return false;
}

bool text_check(const char *text, const char *place, struct problems *problems)
{
	long length = utf8_length(text);
	size_t before = problems->count;
	if (length < 0) {
		problem_add(problems, place, 0, "is not UTF-8: write it as UTF-8");
		return false;
	}
	if (length == 0)
		problem_add(problems, place, 0, "is empty: leave it out or write something");
	if (length > LONGEST_TEXT)
		problem_add(problems, place, 0, "is too long (%ld characters): at most %d", length,
			    LONGEST_TEXT);
	if (has_control(text))
		problem_add(problems, place, 0,
			    "has a control character: write it in one line, without tabs");
	refuse_personal_number(text, place, problems);
	return problems->count == before;
}
