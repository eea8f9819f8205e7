/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Whose payment is it? The daemon tells which references are awaited (of leases, of charges, and
 * the cases themselves); a payment belongs to a case if all of its words that name a case name
 * that one. A word that two cases wait for names none. Nothing is ever concluded from an amount.
 */
#ifndef KEDJA_CTL_PAYMENTS_MATCH_H
#define KEDJA_CTL_PAYMENTS_MATCH_H

#include <jansson.h>

#include "daemon/ctl/payments/payment.h"

struct match;

struct match *match_new(void);
void match_free(struct match *match); /* takes NULL */
/* A row of payment.awaited: {case, what, reference, month}. False if a word of the reference is
 * longer than PAYMENT_WORD_LETTERS: no payment is found by that one. */
bool match_add(struct match *match, const json_t *row);

/* Is the word awaited by anybody? `arg` is the struct match: a payment_awaited of payment.h. */
bool match_awaits(void *arg, const char *word);
/* Is there a case of this name? */
bool match_has_case(const struct match *match, const char *name);
/* The case that these words name; NULL if they name none, or more than one. */
const char *match_words(const struct match *match, const char *references);
/* The same of a payment; of one that states more than could be kept: NULL. */
const char *match_case(const struct match *match, const struct payment *payment);

/* The event that a payment is: rent.paid or rent.reversed of the case that its words name; with
 * none (NULL), or when it may be the same as a known one, payment.unmatched of the programme. A new
 * reference. */
json_t *match_event(const struct payment *payment, const char *programme, const char *named);

#endif
