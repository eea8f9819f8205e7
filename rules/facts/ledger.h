/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The rent ledger of one case: charges, payments, and what is settled. Whole öre.
 *
 * A payment covers the charge that its reference names, else the oldest open one; a rest goes to
 * the oldest open charge, then to the next one to come. Part payment does not settle. Late or
 * not is judged by the day of payment (paid_on); when a rent is due, law.h computes.
 */
#ifndef KEDJA_LEDGER_H
#define KEDJA_LEDGER_H

#include "rules/time/law.h"

struct charge {
	char *key;       /* the rent month, "2026-12" */
	char *reference; /* NULL or what the payer is asked to state */
	int64_t amount;
	int64_t paid;
	date due_on;     /* as on the slip, else the last weekday before the month */
	date due_early;  /* the earliest reading: warn by this */
	date due_latest; /* the latest reading: claim by this */
	bool waived;
	date covered_on; /* paid_on of the payment that covered it; DATE_NONE while open */
};

struct ledger;

struct ledger *ledger_new(const struct calendar *calendar);
void ledger_free(struct ledger *ledger); /* takes NULL */

/*
 * A month that is charged again is charged anew: the later charge stands for the earlier one (an
 * earlier waiver too), and the money that went into that goes round once more. A waiver ends what
 * is open of a charge; what was paid on it stays there, and a charge that is covered or unknown
 * is left as it is. Money paid ahead covers a new charge on the day it was paid. Amounts are at
 * least 1. A reference names a charge by its `reference` or its month, as a whole or as one of
 * several words.
 *
 * Money that went back is taken from what was paid ahead, then from the charge that its reference
 * names, then from the newest charges: what was paid last goes first, and a charge that loses any
 * is open again. What no payment has brought in yet is taken from the payments to come.
 *
 * Each verb tells what it brought about through `said` (which may be NULL): `settled` with the
 * month of each charge that is now covered in full by money, `reopened` with the month of each
 * that was and is no more, `cleared` once (month NULL) when no charge whose due_latest lies before
 * `today` is open any more and one was, whether or not the files had reached it; `uncleared` once
 * (month NULL) when none was, and one of those that are open again is. `said` is called when all is
 * done, and must not change the ledger.
 */
enum ledger_news { LEDGER_SETTLED, LEDGER_REOPENED, LEDGER_CLEARED, LEDGER_UNCLEARED };
typedef void ledger_said(void *arg, enum ledger_news news, const char *month);

void ledger_charge(struct ledger *ledger, const char *month, const char *reference, int64_t amount,
		   struct rent_days days, date today, ledger_said *said, void *arg);
void ledger_pay(struct ledger *ledger, int64_t amount, date paid_on, const char *reference,
		date today, ledger_said *said, void *arg);
void ledger_take_back(struct ledger *ledger, int64_t amount, const char *reference, date today,
		      ledger_said *said, void *arg);
void ledger_waive(struct ledger *ledger, const char *month, date today, ledger_said *said,
		  void *arg);
/* The payment files now reach through this day, DATE_NONE before the first of them: arrears may
 * come into sight. The caller keeps the greatest day; this sets it, also back. */
void ledger_known_through(struct ledger *ledger, date through);

/* What is open of charges whose due_latest lies before the day, known by the files or not. */
int64_t ledger_past_due(const struct ledger *ledger, date day);
/* Of the charges whose due_latest lies before the day: the latest covered_on; DATE_NONE where no
 * money has covered any. */
date ledger_past_due_covered_on(const struct ledger *ledger, date day);

/* Facts, as of a day: charges whose due_latest is past and reached by the files. */
bool ledger_knows(const struct ledger *ledger, date today); /* is any charge reached? */
int64_t ledger_arrears(const struct ledger *ledger, date today);
int ledger_arrears_months(const struct ledger *ledger, date today);
date ledger_oldest_unpaid_due(const struct ledger *ledger, date today); /* or DATE_NONE */
/* Charges due in the last twelve months that were covered after due_latest, or are open though
 * the files reach them. */
int ledger_late_12m(const struct ledger *ledger, date today);
/* The first day after `today` on which one of these facts can change by itself, or DATE_NONE. */
date ledger_next_change(const struct ledger *ledger, date today);

/* Paid ahead, not yet used; below zero: gone back before it was paid. */
int64_t ledger_credit(const struct ledger *ledger);
/* What is open of all charges, late or not, less what is paid ahead. */
int64_t ledger_balance(const struct ledger *ledger);
size_t ledger_count(const struct ledger *ledger);
const struct charge *ledger_at(const struct ledger *ledger, size_t i); /* oldest due first */

#endif
