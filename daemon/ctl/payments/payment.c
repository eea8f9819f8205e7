/* SPDX-License-Identifier: EUPL-1.2 */
/* See payment.h. */
#include "daemon/ctl/payments/payment.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rules/base/utf8.h"
#include "rules/kinds/kind.h"

#define WORD_MOST     40
#define READABLE_MOST 26 /* 6 letters and a number come behind it */

const char *payment_format_name(enum payment_format format)
{
	switch (format) {
	case PAYMENT_CAMT054:
		return "camt054";
	case PAYMENT_BGMAX:
		return "bgmax";
	case PAYMENT_CSV:
		return "csv";
	}
	return "";
}

void payment_list_init(struct payment_list *list, enum payment_format format)
{
	*list = (struct payment_list){ .format = format,
				       .covers_through = DATE_NONE,
				       .arena = arena_new() };
}

void payment_list_clear(struct payment_list *list)
{
	free(list->list);
	arena_free(list->arena);
	*list = (struct payment_list){ .covers_through = DATE_NONE };
}

/* --- words ---------------------------------------------------------------------------------- */

/* Letters beyond ASCII: those of Latin-1 and the two blocks after it, but no signs. */
static bool is_word_letter(uint32_t letter)
{
	if (letter < 0x80)
		return isalnum((int)letter) || letter == '-' || letter == '.' || letter == '_';
	return letter >= 0xC0 && letter <= 0x24F && letter != 0xD7 && letter != 0xF7;
}

static bool has_digit(const char *word)
{
	return strpbrk(word, "0123456789") != NULL;
}

static bool is_there(const struct payment_words *words, const char *word)
{
	size_t length = strlen(word);
	for (const char *at = words->text; (at = strstr(at, word)) != NULL; at++)
		if ((at == words->text || at[-1] == ' ') &&
		    (at[length] == '\0' || at[length] == ' '))
			return true;
	return false;
}

/* A word that would make a personal number together with the one before it goes too. */
static void keep_word(struct payment_words *words, const char *word)
{
	size_t length = strlen(word), before = words->length;
	if (length + 1 + words->length > PAYMENT_TOKENS_MOST || is_there(words, word))
		return;
	snprintf(words->text + words->length, sizeof(words->text) - words->length, "%s%s",
		 words->length > 0 ? " " : "", word);
	words->length += length + (words->length > 0);
	if (!text_has_personal_number(words->text))
		return;
	words->length = before;
	words->text[before] = '\0';
}

static void take_word(struct payment_words *words, const char *start, size_t length, bool free_text,
		      const struct payment_input *input)
{
	char word[WORD_MOST + 1];
	while (length > 0 && strchr("-._", *start) != NULL) {
		start++;
		length--;
	}
	while (length > 0 && strchr("-._", start[length - 1]) != NULL)
		length--;
	if (length == 0 || length > WORD_MOST)
		return;
	memcpy(word, start, length);
	word[length] = '\0';
	if (text_has_personal_number(word))
		return;
	bool awaited = input->awaited != NULL && input->awaited(input->arg, word);
	if (awaited || (!free_text && has_digit(word)))
		keep_word(words, word);
}

void payment_join_words(struct payment_words *words, const struct payment_words *more)
{
	char word[WORD_MOST + 1];
	for (const char *at = more->text; *at != '\0'; at += strspn(at, " ")) {
		size_t length = strcspn(at, " ");
		snprintf(word, sizeof(word), "%.*s", (int)length, at);
		keep_word(words, word);
		at += length;
	}
	words->raw = (words->raw ^ more->raw) * HASH_PRIME;
}

void payment_add_words(struct payment_words *words, const char *text, bool free_text,
		       const struct payment_input *input)
{
	if (!free_text)
		words->raw = hash_text(words->raw, text);
	size_t left = strlen(text);
	const char *start = text;
	while (left > 0) {
		uint32_t letter = 0;
		size_t size = utf8_read(text, left, &letter);
		if (size == 0 || !is_word_letter(letter)) {
			take_word(words, start, (size_t)(text - start), free_text, input);
			start = text + (size == 0 ? 1 : size);
		}
		text += size == 0 ? 1 : size;
		left -= size == 0 ? 1 : size;
	}
	take_word(words, start, (size_t)(text - start), free_text, input);
}

/* --- amounts and days ------------------------------------------------------------------------ */

static int add_digits(const char *text, size_t count, int64_t *number)
{
	for (size_t i = 0; i < count; i++) {
		*number = *number * 10 + (text[i] - '0');
		if (*number > PAYMENT_AMOUNT_MOST)
			return -1;
	}
	return 0;
}

int payment_parse_ore(const char *text, int64_t *ret, const char **ret_reason)
{
	int64_t number = 0;
	size_t length = strspn(text, "0123456789");
	*ret_reason = "is not a number of whole öre";
	if (length == 0 || text[length] != '\0')
		return -1;
	*ret_reason = "is more than 10,000,000,000 kronor";
	if (add_digits(text, length, &number) != 0)
		return -1;
	*ret = number;
	return 0;
}

int payment_parse_kronor(const char *text, int64_t *ret, const char **ret_reason)
{
	int64_t number = 0;
	size_t whole = strspn(text, "0123456789");
	const char *rest = text + whole;
	size_t parts = 0;
	*ret_reason = "is not an amount: write it as in 5400.50";
	if (*rest == '.') {
		parts = strspn(++rest, "0123456789");
		if (parts == 0)
			return -1;
	}
	if (whole == 0 || rest[parts] != '\0')
		return -1;
	if (parts > 2 && strspn(rest + 2, "0") != parts - 2) {
		*ret_reason = "has parts of an öre";
		return -1;
	}
	*ret_reason = "is more than 10,000,000,000 kronor";
	if (add_digits(text, whole, &number) != 0 ||
	    add_digits(rest, parts > 2 ? 2 : parts, &number))
		return -1;
	for (size_t i = parts; i < 2; i++)
		number *= 10;
	if (number > PAYMENT_AMOUNT_MOST)
		return -1;
	*ret = number;
	return 0;
}

int payment_parse_day(const char *text, date *ret)
{
	char day[11];
	size_t length = strlen(text);
	if (length < 10 || (length > 10 && strchr("TZ+-", text[10]) == NULL))
		return -1;
	memcpy(day, text, 10);
	day[10] = '\0';
	return date_parse(day, ret);
}

int payment_parse_reach(const char *text, date *ret)
{
	date day;
	if (payment_parse_day(text, &day) != 0)
		return -1;
	if (text[10] != 'T') {
		*ret = day;
		return 0;
	}
	if (!isdigit((unsigned char)text[11]) || !isdigit((unsigned char)text[12]))
		return -1;
	int hour = (text[11] - '0') * 10 + (text[12] - '0');
	*ret = hour >= 18 ? day : date_add_days(day, -1);
	return 0;
}

/* --- the list -------------------------------------------------------------------------------- */

void payment_hash(const char *text, char ret[HASH_LETTERS_SIZE])
{
	/* after all else, so that the last letters change the first ones too */
	static const char nothing[16];
	hash_wide hash = hash_wide_bytes(HASH_WIDE_START, text, strlen(text));
	hash_wide_letters(hash_wide_bytes(hash, nothing, sizeof(nothing)), ret);
}

/*
 * An id for people: as the bank writes it as far as ids allow, digits in groups of four (ten in
 * a row could look like a personal number), and letters that make it one of its kind.
 */
static void name_payment(struct payment *payment, const char *readable, const char *hash)
{
	char text[PAYMENT_BANK_ID_SIZE];
	size_t length = 0;
	int digits = 0;
	for (; *readable != '\0' && length < READABLE_MOST; readable++) {
		bool digit = isdigit((unsigned char)*readable);
		if (!isalnum((unsigned char)*readable))
			continue;
		if (digit && digits == 4) {
			text[length++] = '.';
			digits = 0;
		}
		digits = digit ? digits + 1 : 0;
		text[length++] = *readable;
	}
	snprintf(payment->bank_reference, sizeof(payment->bank_reference), "%.*s%s%.6s",
		 (int)length, text, length > 0 ? "-" : "", hash);
}

void payment_add(struct payment_list *list, const struct payment_draft *draft)
{
	char hash[HASH_LETTERS_SIZE];
	struct payment payment = { .amount = draft->amount,
				   .reversal = draft->reversal,
				   .outgoing = draft->outgoing,
				   .is_nameless = draft->is_nameless,
				   .paid_on = draft->paid_on,
				   .booked_on = draft->booked_on,
				   .line = draft->line };
	if (draft->amount == 0) {
		list->left_out++;
		return;
	}
	if (list->count == PAYMENT_COUNT_MOST) {
		list->has_too_many = true;
		return;
	}
	payment.references = arena_strndup(list->arena, draft->words->text, draft->words->length);
	char *whole = xasprintf("%s\n%d", draft->identity, draft->part);
	payment_hash(whole, hash);
	free(whole);
	snprintf(payment.source, sizeof(payment.source), "payment-%s", hash);
	name_payment(&payment, draft->readable, hash);
	list->list = array_grow(list->list, list->count, &list->capacity, sizeof(*list->list));
	list->list[list->count++] = payment;
}

static int by_source(const void *a, const void *b)
{
	const struct payment *one = *(const struct payment *const *)a,
			     *other = *(const struct payment *const *)b;
	int order = strcmp(one->source, other->source);
	return order != 0 ? order : (one->line > other->line) - (one->line < other->line);
}

static void number_payment(struct payment *payment, int number)
{
	size_t length = strlen(payment->source), named = strlen(payment->bank_reference);
	snprintf(payment->source + length, sizeof(payment->source) - length, ".%d", number);
	snprintf(payment->bank_reference + named, sizeof(payment->bank_reference) - named, ".%d",
		 number);
}

void payment_list_finish(struct payment_list *list, const char *file, struct problems *problems)
{
	struct payment **sorted = xcalloc(list->count + 1, sizeof(struct payment *));
	if (list->has_too_many)
		problem_add(problems, file, 0, "has more than %d payments: no bank sends that",
			    PAYMENT_COUNT_MOST);
	for (size_t i = 0; i < list->count; i++)
		sorted[i] = &list->list[i];
	qsort(sorted, list->count, sizeof(struct payment *), by_source);
	const struct payment *first = list->count > 0 ? sorted[0] : NULL;
	int alike = 1;
	for (size_t i = 1; i < list->count; i++) {
		bool same = strcmp(sorted[i]->source, first->source) == 0;
		alike = same ? alike + 1 : 1;
		first = same ? first : sorted[i];
		if (same && sorted[i]->is_nameless)
			number_payment(sorted[i], alike);
		else if (same && problems->count < 20)
			problem_add(problems, file, sorted[i]->line,
				    "payment %s stands in the file twice, first on line %d",
				    sorted[i]->bank_reference, first->line);
	}
	free(sorted);
}

const char *payment_from_latin1(struct arena *arena, const char *bytes, size_t length)
{
	char *text = arena_alloc(arena, length * 2 + 1), *to = text;
	for (size_t i = 0; i < length; i++) {
		unsigned char byte = (unsigned char)bytes[i];
		if (byte < 0x20 || (byte >= 0x7f && byte < 0xa0)) {
			*to++ = ' ';
		} else if (byte < 0x80) {
			*to++ = (char)byte;
		} else {
			*to++ = (char)(0xc0 | byte >> 6);
			*to++ = (char)(0x80 | (byte & 0x3f));
		}
	}
	*to = '\0';
	return text;
}
