/* SPDX-License-Identifier: EUPL-1.2 */
/* What the two files of the camt.054 reader share; nobody else includes this. */
#ifndef KEDJA_CTL_PAYMENTS_CAMT_OWN_H
#define KEDJA_CTL_PAYMENTS_CAMT_OWN_H

#include <expat.h>

#include "daemon/ctl/payments/camt.h"

#define DEPTH_MOST 40
#define NAME_MOST  40
#define TEXT_MOST  2000

enum direction { DIRECTION_UNTOLD, CREDIT, DEBIT };

/* What an entry and a transaction both have. */
struct sums {
	bool has_amount;
	int64_t amount;
	enum direction direction;
	bool is_return;
	date accepted;
	struct payment_words words;
};

struct transaction {
	struct sums sums;
	char *ids; /* all that the bank and the payer call it */
	char bank_id[36];
	char own[36];    /* the bank's reference, or else its TxId; "" for none */
	char *payer_ids; /* what others call it */
	int line;
};

struct entry {
	struct sums sums;
	bool is_booked, is_pending;
	date booked, valued;
	char *ids;
	char bank_id[36];
	char own[36]; /* the bank's reference of the entry */
	int line, number;
	long long told_count; /* of a batch; -1: not told */
	struct transaction *list;
	size_t count, capacity;
};

struct camt {
	const struct payment_input *input;
	struct payment_list *list;
	struct problems *problems;
	XML_Parser parser;
	char path[DEPTH_MOST * (NAME_MOST + 1)];
	size_t starts[DEPTH_MOST]; /* of each name in the path */
	int depth;
	bool is_collecting;
	char text[TEXT_MOST + 1];
	size_t length;
	bool has_currency;
	char currency[4]; /* of the element in hand */
	bool stopped;
	bool has_message;
	char account[40];
	char message[36], notice[36];  /* what the bank calls the file, and this part of it */
	char whole[HASH_LETTERS_SIZE]; /* of all its bytes, once it is asked for */
	struct entry entry;
	int entries;
	date created, reach, period, from;
	date pending; /* of the earliest payment of the notice that is not booked yet */
};

/* A complaint about the entry in hand. */
void camt_complain(struct camt *reading, int line, const char *text);

/* camt_entry.c: from the elements of an entry to payments. */
void camt_entry_clear(struct entry *entry);
void camt_entry_begin(struct camt *reading, int line);
void camt_transaction_begin(struct camt *reading, int line);
void camt_entry_end(struct camt *reading);
date camt_earlier(date a, date b); /* of those that are told */
/* Through which day the notice in hand closes, or DATE_NONE. */
date camt_reach(const struct camt *reading);

#endif
