/* SPDX-License-Identifier: EUPL-1.2 */
/* See camt_own.h. An entry is checked when it ends, and becomes its payments. */
#include "daemon/ctl/payments/camt_own.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void camt_complain(struct camt *reading, int line, const char *text)
{
	if (reading->entries > 0)
		problem_add(reading->problems, reading->input->file, line, "Ntry %d: %s",
			    reading->entries, text);
	else
		problem_add(reading->problems, reading->input->file, line, "%s", text);
	if (reading->problems->count >= 20 && !reading->stopped) {
		reading->stopped = true;
		XML_StopParser(reading->parser, XML_FALSE);
	}
}

void camt_entry_clear(struct entry *entry)
{
	for (size_t i = 0; i < entry->count; i++)
		free(entry->list[i].ids);
	free(entry->list);
	free(entry->ids);
	*entry = (struct entry){ .told_count = -1,
				 .booked = DATE_NONE,
				 .valued = DATE_NONE,
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

/*
 * One payment: of a transaction, or of an entry that has none with amounts (then `part` is 0). It
 * is known again by the account and the ids that the bank and the payer gave it; by its place
 * in the entry (many banks give all of a batch one id); and where nobody gave any, by its day and
 * what it refers to.
 */
static void keep(struct camt *reading, const struct sums *of, const char *ids, const char *bank_id,
		 int part, int line)
{
	struct entry *entry = &reading->entry;
	date booked = entry->booked != DATE_NONE ? entry->booked : entry->valued;
	char day[DATE_TEXT_SIZE];
	bool has_ids = entry->ids != NULL || ids != NULL;
	enum direction direction =
	    of->direction != DIRECTION_UNTOLD ? of->direction : entry->sums.direction;
	bool is_return = entry->sums.is_return || of->is_return;
	char *identity = xasprintf("camt %s\n%s\n%s\n%lld %d %s %llx", reading->account,
				   entry->ids == NULL ? "" : entry->ids, ids == NULL ? "" : ids,
				   (long long)of->amount, (int)direction,
				   has_ids ? "" : date_format(booked, day),
				   has_ids ? 0ULL : (unsigned long long)of->words.raw);
	struct payment_draft draft = { .amount = of->amount,
				       .reversal = direction == DEBIT,
				       .outgoing = direction == DEBIT && !is_return,
				       .paid_on = camt_earlier(of->accepted, booked),
				       .booked_on = booked,
				       .words = &of->words,
				       .identity = identity,
				       .readable = bank_id,
				       .is_nameless = !has_ids,
				       .part = part,
				       .line = line };
	/* What is taken back of a debit is none of the payers' money. */
	if (direction == CREDIT && is_return)
		reading->list->left_out++;
	else
		payment_add(reading->list, &draft);
	free(identity);
}

static void keep_transactions(struct camt *reading)
{
	struct entry *entry = &reading->entry;
	for (size_t i = 0; i < entry->count; i++) {
		struct transaction *of = &entry->list[i];
		keep(reading, &of->sums, of->ids,
		     of->bank_id[0] != '\0' ? of->bank_id : entry->bank_id, (int)i + 1, of->line);
	}
}

/* An entry whose transactions do not say how much: one payment with all their references. */
static void keep_whole(struct camt *reading)
{
	struct entry *entry = &reading->entry;
	struct sums whole = entry->sums;
	for (size_t i = 0; i < entry->count; i++) {
		const struct sums *of = &entry->list[i].sums;
		payment_join_words(&whole.words, &of->words);
		whole.accepted = camt_earlier(whole.accepted, of->accepted);
	}
	keep(reading, &whole, entry->count == 1 ? entry->list[0].ids : NULL, entry->bank_id, 0,
	     entry->line);
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

static void check_entry(struct camt *reading, bool with_amounts)
{
	struct entry *entry = &reading->entry;
	if (!entry->sums.has_amount)
		camt_complain(reading, entry->line, "has no amount");
	if (entry->sums.direction == DIRECTION_UNTOLD)
		camt_complain(reading, entry->line, "has no CdtDbtInd");
	if (entry->booked == DATE_NONE && entry->valued == DATE_NONE)
		camt_complain(reading, entry->line, "has no day (BookgDt)");
	if (entry->told_count >= 0 && entry->count > 0 && entry->told_count != (int)entry->count) {
		char text[120];
		snprintf(text, sizeof(text), "NbOfTxs is %lld, but there are %zu transactions",
			 entry->told_count, entry->count);
		camt_complain(reading, entry->line, text);
	}
	if (with_amounts)
		check_sum(reading);
}

void camt_entry_end(struct camt *reading)
{
	size_t before = reading->problems->count;
	if (!reading->entry.is_booked) {
		reading->list->left_out++;
		camt_entry_clear(&reading->entry);
		return;
	}
	bool with_amounts = have_amounts(reading);
	check_entry(reading, with_amounts);
	if (reading->problems->count == before && with_amounts)
		keep_transactions(reading);
	else if (reading->problems->count == before)
		keep_whole(reading);
	camt_entry_clear(&reading->entry);
}
