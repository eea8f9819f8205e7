/* SPDX-License-Identifier: EUPL-1.2 */
/* See payment.h. */
#include "daemon/ctl/payments/payment.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rules/base/utf8.h"
#include "rules/kinds/kind.h"

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
				       .pending = DATE_NONE,
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
	if (is_there(words, word))
		return;
	if (length + 1 + words->length > PAYMENT_TOKENS_MOST) {
		words->has_more = true;
		return;
	}
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
	char word[PAYMENT_WORD_SIZE];
	while (length > 0 && strchr("-._", *start) != NULL) {
		start++;
		length--;
	}
	while (length > 0 && strchr("-._", start[length - 1]) != NULL)
		length--;
	if (length == 0 || length >= sizeof(word))
		return;
	memcpy(word, start, length);
	word[length] = '\0';
	if (utf8_length(word) > PAYMENT_WORD_LETTERS) /* nobody's: match.h */
		return;
	if (text_has_personal_number(word))
		return;
	bool awaited = input->awaited != NULL && input->awaited(input->arg, word);
	if (awaited || (!free_text && has_digit(word)))
		keep_word(words, word);
}

void payment_join_words(struct payment_words *words, const struct payment_words *more)
{
	char word[PAYMENT_WORD_SIZE];
	for (const char *at = more->text; *at != '\0'; at += strspn(at, " ")) {
		size_t length = strcspn(at, " ");
		snprintf(word, sizeof(word), "%.*s", (int)length, at);
		keep_word(words, word);
		at += length;
	}
	words->has_more = words->has_more || more->has_more;
	words->raw = (words->raw ^ more->raw) * HASH_PRIME;
	words->all = (words->all ^ more->all) * HASH_PRIME;
}

void payment_add_words(struct payment_words *words, const char *text, bool free_text,
		       const struct payment_input *input)
{
	if (!free_text)
		words->raw = hash_text(words->raw, text);
	words->all = hash_text(words->all, text);
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

bool payment_is_no_id(const char *text)
{
	static const char *const nothing[] = { "NOTPROVIDED", "NOTAVAILABLE", "NONREF", "NONE",
					       "NA" };
	char bare[PAYMENT_BANK_ID_SIZE];
	size_t length = 0;
	for (; *text != '\0' && length < sizeof(bare) - 1; text++)
		if (isalnum((unsigned char)*text))
			bare[length++] = (char)toupper((unsigned char)*text);
	bare[length] = '\0';
	for (size_t i = 0; i < sizeof(nothing) / sizeof(nothing[0]); i++)
		if (strcmp(bare, nothing[i]) == 0)
			return true;
	return bare[strspn(bare, "0")] == '\0';
}

static const char *source_of(struct arena *arena, const char *of, const char *text)
{
	char hash[HASH_LETTERS_SIZE];
	payment_hash(text, hash);
	return arena_printf(arena, "%s-%s", of, hash);
}

/* Who it may be: until the list is finished, by the bank's reference if it has one. */
static void add_likes(struct payment_list *list, const struct payment_draft *draft,
		      struct payment *payment)
{
	char file[HASH_LETTERS_SIZE];
	payment_hash(draft->file, file);
	payment->was = arena_strdup(list->arena, payment->source);
	payment->like = source_of(list->arena, "payment", draft->content);
	payment->own_file = arena_printf(list->arena, "-%.12s", file);
	payment->readable = arena_strdup(list->arena, draft->readable);
	payment->entry = draft->entry;
	if (draft->own != NULL)
		payment->shared = source_of(list->arena, "transaction", draft->own);
	payment->is_nameless = draft->own == NULL;
	size_t length = strlen(draft->readable);
	payment->is_named = draft->own != NULL && length > 0 &&
			    strncmp(draft->own, draft->readable, length) == 0 &&
			    draft->own[length] == '\n';
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
	payment.references = arena_printf(list->arena, "%s%s", draft->words->text,
					  draft->words->has_more ? " …" : "");
	payment.has_more = draft->words->has_more;
	char *whole = xasprintf("%s\n%d", draft->identity, draft->part);
	payment_hash(whole, hash);
	free(whole);
	snprintf(payment.source, sizeof(payment.source), "payment-%s", hash);
	name_payment(&payment, draft->readable, hash);
	if (draft->file != NULL)
		add_likes(list, draft, &payment);
	list->list = array_grow(list->list, list->count, &list->capacity, sizeof(*list->list));
	list->list[list->count++] = payment;
}

/* --- the same payment, and those alike -------------------------------------------------------- */

/* What one is known by; NULL: it takes no part in this. */
typedef const char *known_by(const struct payment *payment);

static const char *by_source(const struct payment *payment)
{
	return payment->like == NULL ? payment->source : NULL;
}

static const char *by_reference(const struct payment *payment)
{
	return payment->shared;
}

static const char *by_likeness(const struct payment *payment)
{
	return payment->like;
}

static const char *by_old_source(const struct payment *payment)
{
	return payment->was;
}

struct sorted {
	const char *name;
	struct payment *payment;
};

static int in_order(const void *a, const void *b)
{
	const struct sorted *one = a, *other = b;
	int order = strcmp(one->name, other->name);
	return order != 0 ? order
			  : (one->payment > other->payment) - (one->payment < other->payment);
}

typedef void take_alike(struct payment_list *list, struct sorted *alike, size_t count,
			const char *file, struct problems *problems);

/* Hands over each group of payments of one name, in the order of the file. */
static void each_group(struct payment_list *list, known_by *by, take_alike *take, const char *file,
		       struct problems *problems)
{
	struct sorted *sorted = xcalloc(list->count + 1, sizeof(*sorted));
	size_t count = 0;
	for (size_t i = 0; i < list->count; i++) {
		const char *name = by(&list->list[i]);
		if (name != NULL)
			sorted[count++] = (struct sorted){ name, &list->list[i] };
	}
	qsort(sorted, count, sizeof(*sorted), in_order);
	for (size_t first = 0, end; first < count; first = end) {
		for (end = first + 1; end < count; end++)
			if (strcmp(sorted[end].name, sorted[first].name) != 0)
				break;
		take(list, sorted + first, end - first, file, problems);
	}
	free(sorted);
}

static void stands_twice(struct payment_list *list, const struct payment *payment,
			 const struct payment *first, const char *file, struct problems *problems)
{
	payment_complain(list, problems, file, payment->line, 0,
			 "payment %s stands in the file twice, first on line %d",
			 payment->bank_reference, first->line);
}

/* A reference that payments share is that of a batch, a day, or of nothing. */
static void take_reference(struct payment_list *list, struct sorted *alike, size_t count,
			   const char *file, struct problems *problems)
{
	const struct payment *first = alike[0].payment;
	for (size_t i = 1; i < count; i++)
		if (alike[i].payment->entry != first->entry &&
		    strcmp(alike[i].payment->like, first->like) == 0)
			stands_twice(list, alike[i].payment, first, file, problems);
	for (size_t i = 0; i < count; i++) {
		alike[i].payment->is_nameless = count > 1;
		if (count == 1)
			snprintf(alike[i].payment->source, PAYMENT_SOURCE_SIZE, "%s",
				 first->shared);
	}
}

static void take_likeness(struct payment_list *list, struct sorted *alike, size_t count,
			  const char *file, struct problems *problems)
{
	char hash[HASH_LETTERS_SIZE];
	(void)file;
	(void)problems;
	for (size_t i = 0; i < count; i++) {
		struct payment *payment = alike[i].payment;
		const char *like = payment->like;
		payment->like = i == 0 ? arena_printf(list->arena, "%s-", like)
				       : arena_printf(list->arena, "%s.%zu-", like, i + 1);
		if (!payment->is_nameless)
			continue;
		snprintf(payment->source, sizeof(payment->source), "%s%s", payment->like,
			 payment->own_file + 1);
		payment_hash(payment->source, hash);
		name_payment(payment, payment->readable, hash);
	}
}

static void take_old_source(struct payment_list *list, struct sorted *alike, size_t count,
			    const char *file, struct problems *problems)
{
	(void)file;
	(void)problems;
	for (size_t i = 1; i < count; i++)
		alike[i].payment->was =
		    arena_printf(list->arena, "%s.%zu", alike[i].payment->was, i + 1);
}

static void number_payment(struct payment *payment, size_t number)
{
	size_t length = strlen(payment->source), named = strlen(payment->bank_reference);
	snprintf(payment->source + length, sizeof(payment->source) - length, ".%zu", number);
	snprintf(payment->bank_reference + named, sizeof(payment->bank_reference) - named, ".%zu",
		 number);
}

static void take_source(struct payment_list *list, struct sorted *alike, size_t count,
			const char *file, struct problems *problems)
{
	for (size_t i = 1; i < count; i++)
		if (alike[i].payment->is_nameless)
			number_payment(alike[i].payment, i + 1);
		else
			stands_twice(list, alike[i].payment, alike[0].payment, file, problems);
}

void payment_list_finish(struct payment_list *list, const char *file, struct problems *problems)
{
	if (list->has_too_many)
		payment_complain(list, problems, file, 0, 0,
				 "has more than %d payments: no bank sends that",
				 PAYMENT_COUNT_MOST);
	each_group(list, by_reference, take_reference, file, problems);
	each_group(list, by_likeness, take_likeness, file, problems);
	each_group(list, by_old_source, take_old_source, file, problems);
	each_group(list, by_source, take_source, file, problems);
}

void payment_complain(struct payment_list *list, struct problems *problems, const char *file,
		      int line, int column, const char *format, ...)
{
	va_list arguments;
	if (problems->count >= PAYMENT_MISTAKES_TOLD) {
		list->untold++;
		return;
	}
	va_start(arguments, format);
	char *text = xvasprintf(format, arguments);
	va_end(arguments);
	problem_add_at(problems, file, line, column, "%s", text);
	free(text);
}

void payment_is_like(struct payment_list *list, struct payment *payment, const char *alike,
		     const char *of_case)
{
	char hash[HASH_LETTERS_SIZE];
	payment->alike = arena_strdup(list->arena, alike);
	payment->alike_of = of_case == NULL ? NULL : arena_strdup(list->arena, of_case);
	if (payment->is_nameless)
		return; /* its source tells its file */
	snprintf(payment->source, sizeof(payment->source), "%s%s", payment->shared,
		 payment->own_file);
	payment_hash(payment->source, hash);
	name_payment(payment, payment->readable, hash);
}

bool payment_bank_name(const struct payment *payment, char ret[PAYMENT_BANK_ID_SIZE])
{
	size_t length = strcspn(payment->bank_reference, "-");
	bool is_one = payment->is_named && payment->bank_reference[length] == '-';
	snprintf(ret, PAYMENT_BANK_ID_SIZE, "%.*s", is_one ? (int)length : 0,
		 payment->bank_reference);
	return length < READABLE_MOST;
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
