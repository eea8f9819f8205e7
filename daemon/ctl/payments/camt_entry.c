/* SPDX-License-Identifier: EUPL-1.2 */
/* See camt_own.h. An entry is checked when it ends, and becomes its payments. */
#include "daemon/ctl/payments/camt_own.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void camt_complain(struct camt *reading, int line, const char *text)
{
	if (reading->entries > 0)
		payment_complain(reading->list, reading->problems, reading->input->file, line, 0,
				 "Ntry %d: %s", reading->entries, text);
	else
		payment_complain(reading->list, reading->problems, reading->input->file, line, 0,
				 "%s", text);
}

void camt_entry_clear(struct entry *entry)
{
	for (size_t i = 0; i < entry->count; i++) {
		free(entry->list[i].ids);
		free(entry->list[i].payer_ids);
	}
	free(entry->list);
	free(entry->ids);
	*entry = (struct entry){ .told_count = -1,
				 .booked = DATE_NONE,
				 .valued = DATE_NONE,
				 .is_pending = true, /* until it says what it is */
				 .sums = { .accepted = DATE_NONE } };
}

void camt_entry_begin(struct camt *reading, int line)
{
	camt_entry_clear(&reading->entry);
	reading->entries++;
	reading->entry.number = reading->entries;
	reading->entry.line = line;
}

void camt_transaction_begin(struct camt *reading, int line)
{
	struct entry *entry = &reading->entry;
	entry->list = array_grow(entry->list, entry->count, &entry->capacity, sizeof(*entry->list));
	entry->list[entry->count++] =
	    (struct transaction){ .line = line, .sums = { .accepted = DATE_NONE } };
}

date camt_earlier(date a, date b)
{
	return a == DATE_NONE || (b != DATE_NONE && b < a) ? b : a;
}

date camt_reach(const struct camt *reading)
{
	return camt_earlier(reading->period, reading->created);
}

/* The day of an entry that tells none is the statement's: the last that it closes with, or the one
 * that it begins on. */
static date day_of(const struct camt *reading)
{
	const struct entry *entry = &reading->entry;
	date told = entry->booked != DATE_NONE ? entry->booked : entry->valued;
	date reach = camt_reach(reading);
	return told != DATE_NONE ? told : reading->from > reach ? reading->from : reach;
}

/* What the bank calls the file. One without a name is known by all that stands in it. */
static char *file_of(struct camt *reading)
{
	if (!payment_is_no_id(reading->message) || !payment_is_no_id(reading->notice))
		return xasprintf("%s\n%s", reading->message, reading->notice);
	if (reading->whole[0] == '\0')
		hash_wide_letters(
		    hash_wide_bytes(HASH_WIDE_START, reading->input->text, reading->input->length),
		    reading->whole);
	return xstrdup(reading->whole);
}

/* As identities were made once, to know again what was booked by them. */
static char *old_identity(const struct camt *reading, const struct sums *of, const char *ids,
			  enum direction direction, date booked)
{
	const struct entry *entry = &reading->entry;
	char day[DATE_TEXT_SIZE];
	bool has_ids = entry->ids != NULL || ids != NULL;
	return xasprintf("camt %s\n%s\n%s\n%lld %d %s %llx", reading->account,
			 entry->ids == NULL ? "" : entry->ids, ids == NULL ? "" : ids,
			 (long long)of->amount, (int)direction,
			 has_ids ? "" : date_format(booked, day),
			 has_ids ? 0ULL : (unsigned long long)of->words.raw);
}

static char *content_of(const struct camt *reading, const struct sums *of, const char *payer_ids,
			enum direction direction, date booked)
{
	char day[DATE_TEXT_SIZE];
	return xasprintf("camt alike %s\n%s\n%s %lld %d %llx", reading->account,
			 payer_ids == NULL ? "" : payer_ids, date_format(booked, day),
			 (long long)of->amount, (int)direction, (unsigned long long)of->words.all);
}

/* The names that a payment has: of the transaction, or of an entry that is one. */
struct names {
	const char *ids, *payer_ids, *bank_id;
	const char *own; /* the bank's reference of this one; "" for none */
};

/* One payment: of a transaction, or of an entry that has none with amounts (then `part` is 0). */
static void keep(struct camt *reading, const struct sums *of, struct names names, int part,
		 int line)
{
	struct entry *entry = &reading->entry;
	date booked = day_of(reading);
	enum direction direction =
	    of->direction != DIRECTION_UNTOLD ? of->direction : entry->sums.direction;
	bool is_return = entry->sums.is_return || of->is_return;
	/* What is taken back of a debit is none of the payers' money; nor is a debit that even the
	 * day is not told of. */
	if ((direction == CREDIT && is_return) || (direction == DEBIT && booked == DATE_NONE)) {
		reading->list->left_out++;
		return;
	}
	char *identity = old_identity(reading, of, names.ids, direction, booked);
	char *content = content_of(reading, of, names.payer_ids, direction, booked);
	char *file = file_of(reading);
	char *own = names.own[0] == '\0' ? NULL : xasprintf("%s\n%d", names.own, (int)direction);
	struct payment_draft draft = { .amount = of->amount,
				       .reversal = direction == DEBIT,
				       .outgoing = direction == DEBIT && !is_return,
				       .paid_on = camt_earlier(of->accepted, booked),
				       .booked_on = booked,
				       .words = &of->words,
				       .identity = identity,
				       .readable = names.bank_id,
				       .part = part,
				       .line = line,
				       .file = file,
				       .content = content,
				       .own = own,
				       .entry = entry->number };
	payment_add(reading->list, &draft);
	free(identity);
	free(content);
	free(file);
	free(own);
}

static void keep_transactions(struct camt *reading)
{
	struct entry *entry = &reading->entry;
	for (size_t i = 0; i < entry->count; i++) {
		struct transaction *of = &entry->list[i];
		bool is_alone = entry->count == 1 && of->own[0] == '\0';
		struct names names = { of->ids, of->payer_ids,
				       of->bank_id[0] != '\0' ? of->bank_id : entry->bank_id,
				       is_alone ? entry->own : of->own };
		keep(reading, &of->sums, names, (int)i + 1, of->line);
	}
}

/* An entry whose transactions do not say how much: one payment with all their references. */
static void keep_whole(struct camt *reading)
{
	struct entry *entry = &reading->entry;
	struct sums whole = entry->sums;
	const struct transaction *alone = entry->count == 1 ? &entry->list[0] : NULL;
	for (size_t i = 0; i < entry->count; i++) {
		const struct sums *of = &entry->list[i].sums;
		payment_join_words(&whole.words, &of->words);
		whole.accepted = camt_earlier(whole.accepted, of->accepted);
	}
	struct names names = { alone == NULL ? NULL : alone->ids,
			       alone == NULL ? NULL : alone->payer_ids, entry->bank_id,
			       alone == NULL || alone->own[0] == '\0' ? entry->own : alone->own };
	keep(reading, &whole, names, 0, entry->line);
}

/* Do the transactions say how much they are? All or none of them must. */
static bool have_amounts(struct camt *reading)
{
	struct entry *entry = &reading->entry;
	size_t with = 0;
	for (size_t i = 0; i < entry->count; i++)
		with += entry->list[i].sums.has_amount;
	if (with != 0 && with != entry->count)
		camt_complain(reading, entry->line,
			      "some transactions have an amount and some have none");
	return with > 0;
}

static void check_sum(struct camt *reading)
{
	struct entry *entry = &reading->entry;
	int64_t sum = 0;
	for (size_t i = 0; i < entry->count; i++) {
		const struct sums *of = &entry->list[i].sums;
		bool same_way =
		    of->direction == DIRECTION_UNTOLD || of->direction == entry->sums.direction;
		if (__builtin_add_overflow(sum, same_way ? of->amount : -of->amount, &sum))
			camt_complain(reading, entry->line, "the sum overflows");
	}
	if (sum == entry->sums.amount)
		return;
	char text[120];
	snprintf(text, sizeof(text), "the amount is %lld öre, but its transactions are %lld",
		 (long long)entry->sums.amount, (long long)sum);
	camt_complain(reading, entry->line, text);
}

/* A debit that is no return is none of the payers' money, whenever it was. */
static bool needs_day(const struct entry *entry)
{
	bool needs = entry->sums.direction != DEBIT || entry->sums.is_return;
	for (size_t i = 0; i < entry->count && !needs; i++)
		needs = entry->list[i].sums.direction == CREDIT || entry->list[i].sums.is_return;
	return needs;
}

static void check_entry(struct camt *reading, bool with_amounts)
{
	struct entry *entry = &reading->entry;
	if (!entry->sums.has_amount)
		camt_complain(reading, entry->line, "has no amount");
	if (entry->sums.direction == DIRECTION_UNTOLD)
		camt_complain(reading, entry->line, "has no CdtDbtInd");
	if (needs_day(entry) && day_of(reading) == DATE_NONE)
		camt_complain(
		    reading, entry->line,
		    "has no day, and its file tells none: BookgDt, ValDt or CreDtTm must");
	if (entry->told_count >= 0 && entry->count > 0 && entry->told_count != (int)entry->count) {
		char text[120];
		snprintf(text, sizeof(text), "NbOfTxs is %lld, but there are %zu transactions",
			 entry->told_count, entry->count);
		camt_complain(reading, entry->line, text);
	}
	if (with_amounts)
		check_sum(reading);
}

/* The first day on which what is on its way may turn out to have been paid. What goes out holds
 * nothing back: it is no rent. */
static void note_pending(struct camt *reading)
{
	const struct entry *entry = &reading->entry;
	date day = camt_earlier(entry->booked, entry->valued);
	for (size_t i = 0; i < entry->count; i++)
		day = camt_earlier(day, entry->list[i].sums.accepted);
	day = day != DATE_NONE ? day : day_of(reading);
	if (entry->is_pending && entry->sums.direction != DEBIT && !entry->sums.is_return)
		reading->pending = camt_earlier(reading->pending, day);
}

void camt_entry_end(struct camt *reading)
{
	size_t before = reading->problems->count + reading->list->untold;
	if (!reading->entry.is_booked) {
		note_pending(reading);
		reading->list->left_out++;
		camt_entry_clear(&reading->entry);
		return;
	}
	bool with_amounts = have_amounts(reading);
	check_entry(reading, with_amounts);
	bool is_right = reading->problems->count + reading->list->untold == before;
	if (is_right && with_amounts)
		keep_transactions(reading);
	else if (is_right)
		keep_whole(reading);
	camt_entry_clear(&reading->entry);
}
