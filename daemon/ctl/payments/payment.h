/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The payments of a bank's file, whatever its form: what was paid, on which day, what it refers
 * to, and a name by which the same payment is known again in another file. Names, addresses and
 * free text of payers are not among it: they do not leave the parsers.
 *
 * A file is right as a whole, or nothing of it is used.
 */
#ifndef KEDJA_CTL_PAYMENTS_PAYMENT_H
#define KEDJA_CTL_PAYMENTS_PAYMENT_H

#include <stdint.h>

#include "rules/base/hash.h"
#include "rules/base/problem.h"
#include "rules/kinds/kind.h"
#include "rules/time/date.h"

#define PAYMENT_AMOUNT_MOST   AMOUNT_MOST /* öre, as events have it */
#define PAYMENT_TOKENS_MOST   200 /* bytes of references; has_more says that there were more */
#define PAYMENT_WORD_LETTERS  40  /* of a word that can name a case: as many as an id has */
#define PAYMENT_WORD_SIZE     (PAYMENT_WORD_LETTERS * 4 + 1)
#define PAYMENT_COUNT_MOST    500000 /* in a file */
#define PAYMENT_SOURCE_SIZE   80
#define PAYMENT_MISTAKES_TOLD 100 /* of a file; of the others it is told how many they are */
#define PAYMENT_BANK_ID_SIZE  41

/*
 * When two payments are the same one. A bank's own reference of a transaction says so alone. Where
 * there is none (camt.054, BgMax), the account, the day, the amount, the direction, what it refers
 * to and the payer's own ids make it, and which of several alike it is in its file; then one that
 * is alike in another file may be the same or another, and only a person can tell. Of a CSV, which
 * has no name of its own, rows that are alike are the same in every file.
 */

struct payment {
	int64_t amount;   /* öre, above 0 */
	bool reversal;    /* money that went back */
	bool outgoing;    /* a debit that does not say that it is a return */
	bool is_nameless; /* the bank gave it no id of its own */
	date paid_on, booked_on;
	const char *references; /* words with one blank between them; "" for none */
	bool has_more;          /* words that did not fit: whose it is cannot be told from these */
	int line;               /* where it stands in the file, for people */
	char bank_reference[PAYMENT_BANK_ID_SIZE]; /* an id: what the bank calls it */
	char source[PAYMENT_SOURCE_SIZE];          /* unique, the same whenever it is read */
	/* Who else it may be; all NULL where nothing but its source says so. In the list's arena.
	 */
	const char *was;      /* its source as kedja made them before there was `like` */
	const char *like;     /* sources of those alike in other files begin with this */
	const char *shared;   /* the source of one that has the bank's reference for itself */
	const char *own_file; /* sources from the same file end with this */
	const char *readable; /* what the bank calls it, before it is made an id */
	bool is_named;        /* and that is its own reference, of this payment alone */
	int entry;            /* of which entry (a batch) of the file */
	/* Once the daemon has been asked (standing.h). */
	bool is_known;
	const char *alike;    /* one that it may be the same as; NULL: none */
	const char *alike_of; /* whose that one is; NULL: nobody's */
};

enum payment_format { PAYMENT_CAMT054, PAYMENT_BGMAX, PAYMENT_CSV };
const char *payment_format_name(enum payment_format format); /* "camt054" "bgmax" "csv" */

struct payment_list {
	enum payment_format format;
	struct payment *list;
	size_t count, capacity;
	size_t left_out;     /* not booked yet, or of nothing */
	date covers_through; /* DATE_NONE: the file does not tell */
	bool has_too_many;
	size_t untold; /* mistakes beyond those in the list of problems */
	date pending;  /* of the first that is not booked yet, and may still be; or DATE_NONE */
	bool has_more_pages; /* a later file goes on where this one ends */
	struct arena *arena; /* of the references */
};

void payment_list_init(struct payment_list *list, enum payment_format format);
void payment_list_clear(struct payment_list *list);

/* Does somebody wait for this word? Only such words leave a free text. */
typedef bool payment_awaited(void *arg, const char *word);

/* What a parser reads: the bytes, their name for problems, and who knows the awaited words. */
struct payment_input {
	const char *text;
	size_t length;
	const char *file;
	payment_awaited *awaited; /* NULL: no word of a free text is kept */
	void *arg;
};

/* It may be the same as another, of that case (NULL: nobody's): it gets a source and a name that no
 * other has. */
void payment_is_like(struct payment_list *list, struct payment *payment, const char *alike,
		     const char *of_case);
/* What the bank calls it, as it stands before the letters in bank_reference; "" for nothing that
 * would tell it from others. False: it may be cut off. */
bool payment_bank_name(const struct payment *payment, char ret[PAYMENT_BANK_ID_SIZE]);

/* --- for the parsers --- */

/* A mistake of the file, told or counted. The list of problems is that of one file. */
void payment_complain(struct payment_list *list, struct problems *problems, const char *file,
		      int line, int column, const char *format, ...) PRINTF_LIKE(6, 7);

/* Words that are collected for one payment. */
struct payment_words {
	char text[PAYMENT_TOKENS_MOST + 1];
	size_t length;
	bool has_more; /* than fit in */
	uint64_t raw;  /* a hash of the references as they stand, whatever is awaited */
	uint64_t all;  /* the same of free texts too */
};

/*
 * Adds the words of a reference (UTF-8): letters, digits and - . _; everything else parts them.
 * Of a reference, words with a digit in them stay, and those that are awaited; of a free text
 * only the latter. Whatever is shaped like a personal number goes.
 */
void payment_add_words(struct payment_words *words, const char *text, bool free_text,
		       const struct payment_input *input);

void payment_join_words(struct payment_words *words, const struct payment_words *more);

/* Decimal text as XML has it ("5400", "5400.50") as öre, 0 .. PAYMENT_AMOUNT_MOST. 0; -1 with
 * what is wrong in *ret_reason. What people write is kronor_parse()'s. */
MUST_CHECK int payment_parse_kronor(const char *text, int64_t *ret, const char **ret_reason);
/* Whole öre in digits, the same way. */
MUST_CHECK int payment_parse_ore(const char *text, int64_t *ret, const char **ret_reason);
/* A date, or the date that a time begins with. */
MUST_CHECK int payment_parse_day(const char *text, date *ret);
/* The day through which a moment ("2026-11-30T18:30:00+01:00") closes: its own from six in the
 * evening, when the last clearing is through, else the day before. A bare date: that day. */
MUST_CHECK int payment_parse_reach(const char *text, date *ret);

/* Adds a payment: `identity` names it, `readable` is the id for people. Payments of nothing are
 * left out. `part` above 0 tells several payments of one bank's id apart. */
struct payment_draft {
	int64_t amount;
	bool reversal, outgoing;
	date paid_on, booked_on;
	const struct payment_words *words;
	const char *identity, *readable;
	int part;
	bool is_nameless; /* the bank gave it no id */
	int line;
	/* Of formats whose files have names of their own; else NULL and 0. `file` is that name,
	 * `content` all that is alike in two payments that cannot be told apart, `own` the bank's
	 * reference of the transaction (NULL: none); `identity` is what it was known by before. */
	const char *file, *content, *own;
	int entry;
};
void payment_add(struct payment_list *list, const struct payment_draft *draft);
/* What banks write where they have no reference: "NOTPROVIDED", zeros, nothing. */
bool payment_is_no_id(const char *text);
/* When all are there: the same payment twice in one file is a mistake of the file, and so is more
 * than a bank sends; those that the bank gave no id are numbered where they are alike. A bank's
 * reference that payments share is nobody's own. */
void payment_list_finish(struct payment_list *list, const char *file, struct problems *problems);

/* ISO-8859-1 as UTF-8, in the arena; controls become blanks. */
const char *payment_from_latin1(struct arena *arena, const char *bytes, size_t length);
/* 32 letters for a text. */
void payment_hash(const char *text, char ret[HASH_LETTERS_SIZE]);

#endif
