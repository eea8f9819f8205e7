/* SPDX-License-Identifier: EUPL-1.2 */
/* See match.h. */
#include "daemon/ctl/payments/match.h"

#include <stdlib.h>
#include <string.h>
#include <uthash.h>

#include "daemon/ctl/payments/ocr.h"
#include "rules/base/utf8.h"

/* One reference and the case that it names; "" when it stands for more than one. */
struct awaited {
	const char *word;
	const char *of_case;
	bool is_case; /* the case's own name */
	UT_hash_handle hh;
};

struct match {
	struct arena *arena;
	struct awaited *by_word;
};

struct match *match_new(void)
{
	struct match *match = xcalloc(1, sizeof(*match));
	match->arena = arena_new();
	return match;
}

void match_free(struct match *match)
{
	if (match == NULL)
		return;
	HASH_CLEAR(hh, match->by_word);
	arena_free(match->arena);
	free(match);
}

/* Small and large letters are the same to payers, and zeros before a number are nothing. */
static void fold(const char *word, char to[PAYMENT_WORD_SIZE])
{
	size_t length = 0;
	if (ocr_is_digits(word))
		while (word[0] == '0' && word[1] != '\0')
			word++;
	for (; *word != '\0' && length < PAYMENT_WORD_SIZE - 1; word++) {
		unsigned char byte = (unsigned char)*word;
		bool after_c3 = length > 0 && (unsigned char)to[length - 1] == 0xc3;
		if (byte >= 'a' && byte <= 'z')
			byte = (unsigned char)(byte - ('a' - 'A'));
		else if (after_c3 && byte >= 0xa0 && byte <= 0xbe && byte != 0xb7)
			byte = (unsigned char)(byte - 0x20); /* å ä ö */
		to[length++] = (char)byte;
	}
	to[length] = '\0';
}

static struct awaited *look_up(const struct match *match, const char *word)
{
	struct awaited *found;
	HASH_FIND_STR(match->by_word, word, found);
	return found;
}

/* False: it is longer than a payment's words are. */
static bool add_word(struct match *match, const char *reference, const char *of_case, bool is_case)
{
	char word[PAYMENT_WORD_SIZE];
	fold(reference, word);
	if (utf8_length(reference) > PAYMENT_WORD_LETTERS)
		return false;
	if (*word == '\0')
		return true;
	struct awaited *awaited = look_up(match, word);
	if (awaited == NULL) {
		awaited = arena_alloc(match->arena, sizeof(*awaited));
		awaited->word = arena_strdup(match->arena, word);
		awaited->of_case = arena_strdup(match->arena, of_case);
		HASH_ADD_KEYPTR(hh, match->by_word, awaited->word, strlen(word), awaited);
	} else if (strcmp(awaited->of_case, of_case) != 0) {
		awaited->of_case = ""; /* of two cases: it tells nothing */
	}
	awaited->is_case = awaited->is_case || is_case;
	return true;
}

static const char *text_of(const json_t *row, const char *key)
{
	const char *text = json_string_value(json_object_get(row, key));
	return text == NULL ? "" : text;
}

bool match_add(struct match *match, const json_t *row)
{
	bool fits = true;
	const char *of_case = text_of(row, "case");
	bool is_case = strcmp(text_of(row, "what"), "case") == 0;
	/* A reference may be written as several words; payers' words come one by one. */
	char *words = xstrdup(text_of(row, "reference")), *rest = words, *word;
	while ((word = strsep(&rest, " ,;:/+|")) != NULL)
		fits = add_word(match, word, of_case, is_case) && fits;
	free(words);
	return fits;
}

/* The word itself; or a number with the check digits that the awaited one lacks. */
static const struct awaited *find_word(const struct match *match, const char *written)
{
	char word[PAYMENT_WORD_SIZE];
	if (strlen(written) >= PAYMENT_WORD_SIZE)
		return NULL;
	fold(written, word);
	const struct awaited *found = look_up(match, word);
	if (found != NULL || !ocr_is_digits(word))
		return found;
	for (int cut = 1; cut <= 2 && found == NULL; cut++) {
		size_t length = strlen(word);
		if (length < 2)
			break;
		word[length - 1] = '\0';
		found = look_up(match, word);
		if (found != NULL && !ocr_means(written, found->word))
			found = NULL;
	}
	return found;
}

bool match_awaits(void *arg, const char *word)
{
	return find_word(arg, word) != NULL;
}

bool match_has_case(const struct match *match, const char *name)
{
	char word[PAYMENT_WORD_SIZE];
	fold(name, word);
	const struct awaited *found = look_up(match, word);
	return found != NULL && found->is_case && strcmp(found->of_case, name) == 0;
}

const char *match_case(const struct match *match, const struct payment *payment)
{
	return payment->has_more ? NULL : match_words(match, payment->references);
}

const char *match_words(const struct match *match, const char *references)
{
	const char *of_case = NULL;
	char *words = xstrdup(references), *rest = words, *word;
	while ((word = strsep(&rest, " ")) != NULL) {
		const struct awaited *found = find_word(match, word);
		if (found == NULL || *found->of_case == '\0')
			continue;
		if (of_case != NULL && strcmp(of_case, found->of_case) != 0)
			of_case = ""; /* two cases in one payment */
		else if (of_case == NULL)
			of_case = found->of_case;
	}
	free(words);
	return of_case == NULL || *of_case == '\0' ? NULL : of_case;
}

json_t *match_event(const struct payment *payment, const char *programme, const char *named)
{
	char day[DATE_TEXT_SIZE];
	const char *of_case = payment->alike == NULL ? named : NULL;
	json_t *data = json_pack("{s:I, s:s}", "amount", (json_int_t)payment->amount, "paid_on",
				 date_format(payment->paid_on, day));
	bool has_reference = *payment->references != '\0';
	if (has_reference || of_case == NULL)
		json_object_set_new(data, "reference",
				    json_string(has_reference ? payment->references : "blank"));
	if (of_case != NULL) {
		json_object_set_new(data, "bank_reference", json_string(payment->bank_reference));
		return json_pack("{s:s, s:s, s:s, s:o}", "kind",
				 payment->reversal ? "rent.reversed" : "rent.paid", "subject",
				 of_case, "source", payment->source, "data", data);
	}
	if (payment->reversal)
		json_object_set_new(data, "reversal", json_true());
	if (payment->alike != NULL)
		json_object_set_new(data, "same_as", json_string(payment->alike));
	named = named == NULL ? payment->alike_of : named;
	if (payment->alike != NULL && named != NULL)
		json_object_set_new(data, "perhaps_of", json_string(named));
	return json_pack("{s:s, s:s, s:s, s:s, s:o}", "kind", "payment.unmatched", "subject",
			 programme, "key", payment->bank_reference, "source", payment->source,
			 "data", data);
}
