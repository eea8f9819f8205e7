/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * See bgmax.h. Each line is laid out as one record of characters (UTF-8 is taken as the ISO-8859-1
 * that it was made from), then the records are followed in their order: 01, sections from 05 to
 * 15, 70. A payment is complete when the next record is none of its own; then it is kept.
 *
 * Of the records 25 to 29, which say who paid, only 25 is looked at, for words that are awaited.
 */
#include "daemon/ctl/payments/bgmax.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/ctl/terminal.h"
#include "rules/base/utf8.h"

#define RECORD       80
#define EXTRAS_MOST  1000
#define AT(from, to) (from), (to) - (from) + 1
#define TAB_STOP     8

/* A record 20 or 21 with what belongs to it. */
struct giving {
	bool is_open;
	bool is_deduction;
	int64_t amount;
	int line;
	char number[13]; /* the bank's serial number */
	struct payment_words words;
	bool has_own_reference;
	/* Extra references that have amounts of their own. */
	struct extra {
		int64_t amount;
		bool is_negative;
		struct payment_words words;
	} * extras;
	size_t extra_count, extra_capacity;
	bool extras_have_amounts;
};

struct bgmax_reading {
	const struct payment_input *input;
	struct payment_list *list;
	struct problems *problems;
	const char *at, *end;
	bool is_utf8;
	int line;
	char record[RECORD + 1]; /* one byte a character, ISO-8859-1 */
	enum { BEFORE, OUTSIDE, INSIDE, AFTER } state;
	struct giving giving;
	date section_day; /* of the 15 record to come; payments wait for it */
	char bankgiro[11];
	int64_t sum;
	int64_t section_count;
	int64_t counts[4]; /* 20, 21, 22 and 23, 15 */
	date created;
	char made[21]; /* when, to the microsecond: the name of the file */
	struct waiting {
		struct giving giving;
	} * waiting; /* of the section that is being read */
	size_t waiting_count, waiting_capacity;
};

static void complain(struct bgmax_reading *reading, int column, const char *text)
{
	payment_complain(reading->list, reading->problems, reading->input->file, reading->line,
			 column, "record %.2s: %s", reading->record, text);
}

/* --- lines ----------------------------------------------------------------------------------- */

static uint32_t next_character(struct bgmax_reading *reading)
{
	uint32_t letter = (unsigned char)*reading->at;
	size_t size = 1;
	if (reading->is_utf8)
		size = utf8_read(reading->at, (size_t)(reading->end - reading->at), &letter);
	reading->at += size == 0 ? 1 : size;
	return letter;
}

/* A tab stands for the blanks up to the next stop; in a line that has its 80 characters with it,
 * for one. */
static size_t tab_stop(const struct bgmax_reading *reading)
{
	struct bgmax_reading ahead = *reading;
	size_t count = 0;
	for (; ahead.at < ahead.end && *ahead.at != '\n' && *ahead.at != '\r'; count++)
		next_character(&ahead);
	return count == RECORD ? 1 : TAB_STOP;
}

static void put(struct bgmax_reading *reading, size_t *column, uint32_t letter, size_t tab,
		bool *too_long)
{
	size_t stop = letter == '\t' ? (*column / tab + 1) * tab : *column + 1;
	char byte = letter == '\t' ? ' ' : letter > 0xff ? '?' : (char)letter;
	for (; *column < stop; (*column)++) {
		if (*column < RECORD)
			reading->record[*column] = byte;
		else
			*too_long = *too_long || byte != ' ';
	}
}

/* The next line that is not blank, as a record; false at the end. */
static bool next_record(struct bgmax_reading *reading)
{
	while (reading->at < reading->end) {
		size_t column = 0, tab = tab_stop(reading);
		bool too_long = false;
		memset(reading->record, ' ', RECORD);
		reading->record[RECORD] = '\0';
		reading->line++;
		while (reading->at < reading->end && *reading->at != '\n' && *reading->at != '\r')
			put(reading, &column, next_character(reading), tab, &too_long);
		if (reading->at < reading->end && *reading->at == '\r')
			reading->at++;
		if (reading->at < reading->end && *reading->at == '\n')
			reading->at++;
		bool is_end_mark = reading->record[0] == 0x1a && reading->at == reading->end;
		if (strspn(reading->record, " ") == RECORD || is_end_mark)
			continue;
		/* Names may run over; nothing that counts may. */
		if (too_long && strncmp(reading->record, "25", 2) < 0)
			complain(reading, RECORD + 1, "is longer than 80 characters");
		return true;
	}
	return false;
}

/* --- fields ---------------------------------------------------------------------------------- */

/* Columns count from 1, as in the manual. */
static char *field(const struct bgmax_reading *reading, int from, int length, char *to)
{
	memcpy(to, reading->record + from - 1, (size_t)length);
	to[length] = '\0';
	return to;
}

static bool is_blank(const struct bgmax_reading *reading, int from, int length)
{
	for (int i = 0; i < length; i++)
		if (reading->record[from - 1 + i] != ' ')
			return false;
	return true;
}

/* A number in all the places of its field. */
static int64_t number(struct bgmax_reading *reading, int from, int length, const char *what)
{
	int64_t value = 0;
	for (int i = 0; i < length; i++) {
		char digit = reading->record[from - 1 + i];
		if (digit < '0' || digit > '9') {
			char text[100];
			snprintf(text, sizeof(text), "%s is not %d digits", what, length);
			complain(reading, from, text);
			return 0;
		}
		value = value * 10 + (digit - '0');
	}
	return value;
}

static int64_t amount(struct bgmax_reading *reading)
{
	int64_t value = number(reading, AT(38, 55), "the amount");
	if (value <= PAYMENT_AMOUNT_MOST)
		return value;
	complain(reading, 38, "the amount is more than 10,000,000,000 kronor");
	return 0;
}

static date day(struct bgmax_reading *reading, int from, const char *what)
{
	date value;
	char text[DATE_TEXT_SIZE], digits[9];
	field(reading, from, 8, digits);
	snprintf(text, sizeof(text), "%.4s-%.2s-%.2s", digits, digits + 4, digits + 6);
	if (date_parse(text, &value) == 0)
		return value;
	char complaint[100];
	snprintf(complaint, sizeof(complaint), "%s is not a date", what);
	complain(reading, from, complaint);
	return DATE_NONE;
}

static void words_of(struct bgmax_reading *reading, int from, int length, bool free_text,
		     struct payment_words *words)
{
	struct arena *arena = arena_new();
	const char *text = payment_from_latin1(arena, reading->record + from - 1, (size_t)length);
	payment_add_words(words, text, free_text, reading->input);
	arena_free(arena);
}

/* --- payments -------------------------------------------------------------------------------- */

static void giving_clear(struct giving *giving)
{
	free(giving->extras);
	*giving = (struct giving){ .is_open = false };
}

/* The payment in hand is whole: it waits for the day that the section's 15 tells. */
static void finish_giving(struct bgmax_reading *reading)
{
	struct giving *giving = &reading->giving;
	if (!giving->is_open)
		return;
	int64_t signed_amount = giving->is_deduction ? -giving->amount : giving->amount;
	if (__builtin_add_overflow(reading->sum, signed_amount, &reading->sum))
		complain(reading, 0, "the sum of the section overflows");
	reading->section_count++;
	reading->waiting = array_grow(reading->waiting, reading->waiting_count,
				      &reading->waiting_capacity, sizeof(*reading->waiting));
	reading->waiting[reading->waiting_count++].giving = *giving;
	*giving = (struct giving){ .is_open = false };
}

static bool needs_section(struct bgmax_reading *reading)
{
	if (reading->state == INSIDE)
		return true;
	complain(reading, 1, "stands outside a section: 05 must come before it");
	return false;
}

static void read_payment(struct bgmax_reading *reading, bool is_deduction)
{
	finish_giving(reading);
	reading->counts[is_deduction]++;
	if (!needs_section(reading))
		return;
	struct giving *giving = &reading->giving;
	giving->is_open = true;
	giving->is_deduction = is_deduction;
	giving->line = reading->line;
	giving->amount = amount(reading);
	giving->has_own_reference = !is_blank(reading, AT(13, 37));
	giving->extras_have_amounts = true;
	field(reading, AT(58, 69), giving->number);
	words_of(reading, AT(13, 37), false, &giving->words);
	char code = reading->record[71 - 1];
	if (is_deduction && strchr("012 ", code) == NULL)
		complain(reading, 71, "the deduction code is not 0, 1 or 2");
}

static void read_extra(struct bgmax_reading *reading, bool is_negative)
{
	struct giving *giving = &reading->giving;
	reading->counts[2]++;
	int64_t value = amount(reading);
	if (!giving->is_open) {
		complain(reading, 1, "belongs to no payment: 20 or 21 must come before it");
		return;
	}
	words_of(reading, AT(13, 37), false, &giving->words);
	giving->extras_have_amounts = giving->extras_have_amounts && value > 0;
	if (giving->extra_count == EXTRAS_MOST) {
		complain(reading, 1, "is one of more than 1,000 extra references of a payment");
		return;
	}
	giving->extras = array_grow(giving->extras, giving->extra_count, &giving->extra_capacity,
				    sizeof(*giving->extras));
	struct extra *extra = &giving->extras[giving->extra_count++];
	*extra = (struct extra){ .amount = value, .is_negative = is_negative };
	words_of(reading, AT(13, 37), false, &extra->words);
}

static void read_about(struct bgmax_reading *reading, bool is_information)
{
	if (!reading->giving.is_open)
		complain(reading, 1, "belongs to no payment: 20 or 21 must come before it");
	else if (is_information)
		words_of(reading, AT(3, 52), true, &reading->giving.words);
}

/* Do the extra references say how the whole is divided? */
static bool is_divided(const struct giving *giving)
{
	int64_t sum = 0;
	if (giving->extra_count == 0 || !giving->extras_have_amounts || giving->has_own_reference ||
	    giving->is_deduction)
		return false;
	for (size_t i = 0; i < giving->extra_count; i++) {
		const struct extra *extra = &giving->extras[i];
		sum += extra->is_negative ? -extra->amount : extra->amount;
	}
	return sum == giving->amount;
}

static void keep(struct bgmax_reading *reading, const struct giving *giving)
{
	char identity[160], content[200], readable[16], day_text[DATE_TEXT_SIZE];
	bool has_number = strspn(giving->number, "0 ") != strlen(giving->number);
	snprintf(readable, sizeof(readable), "BG%s", has_number ? giving->number : "");
	snprintf(identity, sizeof(identity), "bgmax %s %s %s %lld %d %llx", reading->bankgiro,
		 date_format(reading->section_day, day_text), giving->number,
		 (long long)giving->amount, giving->is_deduction,
		 has_number ? 0ULL : (unsigned long long)giving->words.raw);
	struct payment_draft draft = { .amount = giving->amount,
				       .reversal = giving->is_deduction,
				       .paid_on = reading->section_day,
				       .booked_on = reading->section_day,
				       .words = &giving->words,
				       .identity = identity,
				       .readable = readable,
				       .is_nameless = !has_number,
				       .line = giving->line,
				       .file = has_number ? NULL : reading->made,
				       .content = identity };
	if (!is_divided(giving)) {
		payment_add(reading->list, &draft);
		return;
	}
	for (size_t i = 0; i < giving->extra_count; i++) {
		draft.amount = giving->extras[i].amount;
		draft.reversal = giving->extras[i].is_negative;
		draft.words = &giving->extras[i].words;
		draft.part = (int)i + 1;
		snprintf(content, sizeof(content), "%s %lld %d %llx", identity,
			 (long long)draft.amount, draft.reversal,
			 (unsigned long long)draft.words->all);
		draft.content = content;
		payment_add(reading->list, &draft);
	}
}

static void drop_waiting(struct bgmax_reading *reading, bool wanted)
{
	for (size_t i = 0; i < reading->waiting_count; i++) {
		if (wanted)
			keep(reading, &reading->waiting[i].giving);
		giving_clear(&reading->waiting[i].giving);
	}
	reading->waiting_count = 0;
}

/* --- sections -------------------------------------------------------------------------------- */

static void read_start(struct bgmax_reading *reading)
{
	char layout[21];
	if (reading->state != BEFORE) {
		complain(reading, 1, "a second file begins here");
		return;
	}
	reading->state = OUTSIDE;
	if (strncmp(field(reading, AT(3, 22), layout), "BGMAX ", 6) != 0)
		complain(reading, 3, "the layout is not BGMAX");
	if (strncmp(reading->record + 23 - 1, "01", 2) != 0)
		complain(reading, 23, "the version is not 01");
	if (reading->record[45 - 1] == 'T')
		complain(reading, 45, "is the start of a test file: nothing of it was paid");
	reading->created = day(reading, 25, "the day of the file");
	field(reading, AT(25, 44), reading->made);
}

static void read_opening(struct bgmax_reading *reading)
{
	finish_giving(reading);
	if (reading->state == INSIDE)
		complain(reading, 1, "begins a section before 15 has ended the one before");
	if (strncmp(reading->record + 23 - 1, "SEK", 3) != 0)
		complain(reading, 23, "the currency is not SEK");
	number(reading, AT(3, 12), "the bankgiro number");
	field(reading, AT(3, 12), reading->bankgiro);
	drop_waiting(reading, false);
	reading->state = INSIDE;
	reading->sum = 0;
	reading->section_count = 0;
}

static void expect(struct bgmax_reading *reading, int column, const char *what, int64_t is,
		   int64_t told)
{
	char text[120];
	if (is == told)
		return;
	snprintf(text, sizeof(text), "%s is %lld, but there are %lld", what, (long long)told,
		 (long long)is);
	complain(reading, column, text);
}

static void read_deposit(struct bgmax_reading *reading)
{
	finish_giving(reading);
	reading->counts[3]++;
	if (!needs_section(reading))
		return;
	reading->section_day = day(reading, 38, "the day of payment");
	if (strncmp(reading->record + 69 - 1, "SEK", 3) != 0)
		complain(reading, 69, "the currency is not SEK");
	expect(reading, 51, "the sum in öre", reading->sum, number(reading, AT(51, 68), "the sum"));
	expect(reading, 72, "the number of payments", reading->section_count,
	       number(reading, AT(72, 79), "the number of payments"));
	if (reading->section_day > reading->list->covers_through)
		reading->list->covers_through = reading->section_day;
	drop_waiting(reading, reading->section_day != DATE_NONE);
	reading->state = OUTSIDE;
}

static void read_end(struct bgmax_reading *reading)
{
	static const struct {
		int column;
		const char *what;
	} counts[] = { { 3, "the number of payments" },
		       { 11, "the number of deductions" },
		       { 19, "the number of extra references" },
		       { 27, "the number of deposits" } };
	finish_giving(reading);
	if (reading->state == INSIDE)
		complain(reading, 1, "ends the file before 15 has ended the section");
	for (size_t i = 0; i < 4; i++)
		expect(reading, counts[i].column, counts[i].what, reading->counts[i],
		       number(reading, counts[i].column, 8, counts[i].what));
	reading->state = AFTER;
}

/* --- the file -------------------------------------------------------------------------------- */

static void read_record(struct bgmax_reading *reading)
{
	const char *record = reading->record;
	if (record[0] < '0' || record[0] > '9' || record[1] < '0' || record[1] > '9') {
		snprintf(reading->record, sizeof(reading->record), "??");
		complain(reading, 1, "does not begin with the two digits of its type");
		return;
	}
	int type = (record[0] - '0') * 10 + (record[1] - '0');
	if (reading->state == BEFORE && type != 1)
		complain(reading, 1, "comes before the start record 01");
	if (reading->state == BEFORE && type != 1)
		reading->state = OUTSIDE; /* said once */
	if (reading->state == AFTER)
		complain(reading, 1, "comes after the end record 70");
	switch (type) {
	case 1:
		read_start(reading);
		break;
	case 5:
		read_opening(reading);
		break;
	case 15:
		read_deposit(reading);
		break;
	case 20:
	case 21:
		read_payment(reading, type == 21);
		break;
	case 22:
	case 23:
		read_extra(reading, type == 23);
		break;
	case 25:
	case 26:
	case 27:
	case 28:
	case 29:
		read_about(reading, type == 25);
		break;
	case 70:
		read_end(reading);
		break;
	default: /* a number of Bankgirot's, not one of an enum; new ones are passed over */
		break;
	}
}

static size_t mark_length(const char *text, size_t length)
{
	return length >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
}

bool bgmax_is(const char *text, size_t length)
{
	size_t skip = mark_length(text, length);
	while (skip < length && strchr(" \t\r\n", text[skip]) != NULL && text[skip] != '\0')
		skip++;
	return length - skip >= 7 && memcmp(text + skip, "01BGMAX", 7) == 0;
}

static void check_whole(struct bgmax_reading *reading)
{
	const char *file = reading->input->file;
	if (reading->state == BEFORE)
		problem_add(reading->problems, file, 0, "has no records");
	else if (reading->state != AFTER)
		problem_add(reading->problems, file, reading->line,
			    "ends without the end record 70: it is not whole");
	if (reading->list->covers_through == DATE_NONE && reading->created != DATE_NONE)
		reading->list->covers_through = date_add_days(reading->created, -1);
}

void bgmax_read(const struct payment_input *input, struct payment_list *ret,
		struct problems *problems)
{
	size_t skip = mark_length(input->text, input->length);
	struct bgmax_reading reading = { .input = input,
					 .list = ret,
					 .problems = problems,
					 .at = input->text + skip,
					 .end = input->text + input->length,
					 .is_utf8 = terminal_is_utf8(input->text, input->length),
					 .section_day = DATE_NONE,
					 .created = DATE_NONE };
	size_t before = problems->count;
	while (next_record(&reading))
		read_record(&reading);
	check_whole(&reading);
	drop_waiting(&reading, false);
	giving_clear(&reading.giving);
	free(reading.waiting);
	if (problems->count == before)
		payment_list_finish(ret, input->file, problems);
}
