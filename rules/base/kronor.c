/* SPDX-License-Identifier: EUPL-1.2 */
/* See kronor.h. */
#include "rules/base/kronor.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "rules/base/utf8.h"

#define DIGITS "0123456789"

/* The bytes of one blank at the start of the text, as keyboards and spreadsheets make them. */
static size_t blank_at(const char *text)
{
	uint32_t letter = 0;
	size_t size = utf8_read(text, strlen(text), &letter);
	bool is_blank = letter == ' ' || letter == '\t' || letter == 0xA0 || letter == 0x2009 ||
			letter == 0x202F;
	return size > 0 && is_blank ? size : 0;
}

static const char *behind_blanks(const char *text)
{
	size_t size;
	while ((size = blank_at(text)) > 0)
		text += size;
	return text;
}

static bool take_minus(const char **text)
{
	static const char minus[] = "\u2212";
	size_t size = **text == '-' ? 1 : 0;
	if (strncmp(*text, minus, strlen(minus)) == 0)
		size = strlen(minus);
	*text = behind_blanks(*text + size);
	return size > 0;
}

/* Adds digits to the number; -1 when it is more than anybody means. */
static int add_digits(const char *text, size_t count, int64_t *number)
{
	for (size_t i = 0; i < count; i++) {
		*number = *number * 10 + (text[i] - '0');
		if (*number > KRONOR_MOST)
			return -1;
	}
	return 0;
}

/* Digits in one piece, or the last ones in threes with one blank before each. */
static int take_whole(const char **text, int64_t *number)
{
	size_t count = strspn(*text, DIGITS), blank;
	int failed = add_digits(*text, count, number);
	bool may_go_on = count >= 1 && count <= 3;
	*text += count;
	while (may_go_on && (blank = blank_at(*text)) > 0 && strspn(*text + blank, DIGITS) == 3) {
		failed |= add_digits(*text + blank, 3, number);
		*text += blank + 3;
	}
	return failed;
}

/* "", "kr", "kr.", "kronor", "SEK", in any letters; ":-" is written after the number. */
static bool is_unit(const char *text)
{
	static const char *const units[] = { "kr", "kr.", "kronor", "sek" };
	char word[8];
	size_t length = strcspn(text, " \t\u00a0\u202f\u2009");
	if (*text == '\0' || strcmp(text, ":-") == 0)
		return true;
	if (length >= sizeof(word) || *behind_blanks(text + length) != '\0')
		return false;
	for (size_t i = 0; i <= length; i++)
		word[i] = i < length ? (char)tolower((unsigned char)text[i]) : '\0';
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if (strcmp(word, units[i]) == 0)
			return true;
	return false;
}

int kronor_parse(const char *text, int64_t *ret, const char **ret_reason)
{
	int64_t ore = 0;
	text = behind_blanks(text);
	bool below = take_minus(&text);
	*ret_reason = "is not an amount in kronor: write it as in 5400,50";
	if (strspn(text, DIGITS) == 0)
		return -1;
	int failed = take_whole(&text, &ore);
	bool has_parts = *text == ',' || *text == '.';
	size_t parts = has_parts ? strspn(text + 1, DIGITS) : 0;
	if (parts > 2)
		*ret_reason =
		    "has more than two decimals: blanks go between thousands, as in 5 400,50";
	if (parts > 2 || (has_parts && parts == 0))
		return -1;
	failed |= add_digits(text + 1, parts, &ore);
	for (size_t i = parts; i < 2; i++)
		failed |= add_digits("0", 1, &ore);
	text = behind_blanks(text + (has_parts ? parts + 1 : 0));
	if (!is_unit(text))
		return -1;
	*ret_reason = "is more than 10,000,000,000 kronor";
	if (failed != 0)
		return -1;
	*ret = below ? -ore : ore;
	return 0;
}

char *kronor_format(int64_t ore, char ret[KRONOR_TEXT_SIZE])
{
	uint64_t size = ore < 0 ? -(uint64_t)ore : (uint64_t)ore;
	snprintf(ret, KRONOR_TEXT_SIZE, "%s%llu.%02llu", ore < 0 ? "-" : "",
		 (unsigned long long)(size / 100), (unsigned long long)(size % 100));
	return ret;
}
