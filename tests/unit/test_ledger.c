/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The ledger: the stories of tests/tables/ledger.tab, and random histories against a second
 * ledger that moves every öre as a coin of its own.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "rules/facts/ledger.h"
#include "tests/unit/shipped_fixture.h"
#include "tests/unit/tab.h"

#define SOME(array) (sizeof(array) / sizeof((array)[0]))

static void months_that_are_none(void **state)
{
	(void)state;
	static const char *const bad[] = { "",        "2026",     "2026-13",    "2026-00",
					   "2026-1",  "2026-120", "2026-12-01", "ELVAVGIFT",
					   "202-612", "2026 12",  "åäöåäöå" };
	for (size_t i = 0; i < SOME(bad); i++) {
		struct rent_days days = { 1, 2, 3 };
		assert_int_equal(law_rent_days(calendar, bad[i], DATE_NONE, false, &days), -1);
		assert_int_equal(days.due_on + days.due_early + days.due_latest, 6);
	}
}

/* What the ledger said, as the table writes it: "2026-11, 2026-12, cleared". */
struct news {
	char text[256];
	int settled;
	int cleared;
};

static void hear(void *arg, enum ledger_news what, const char *month)
{
	struct news *news = arg;
	size_t length = strlen(news->text);
	switch (what) {
	case LEDGER_SETTLED:
		assert_non_null(month);
		assert_int_equal(news->cleared, 0);
		news->settled++;
		break;
	case LEDGER_REOPENED:
		assert_non_null(month);
		break;
	case LEDGER_CLEARED:
		assert_null(month);
		news->cleared++;
		break;
	case LEDGER_UNCLEARED:
		assert_null(month);
		break;
	}
	snprintf(news->text + length, sizeof(news->text) - length, "%s%s%s", length ? ", " : "",
		 what == LEDGER_REOPENED ? "again " : "",
		 what == LEDGER_UNCLEARED ? "uncleared"
		 : month == NULL          ? "cleared"
					  : month);
}

/* The words of one deed, as the header of the table explains them. */
struct deed {
	char text[128];
	char *word[8]; /* "" past the last one */
	const char *reference;
	const char *slip;
};

static void read_deed(struct deed *deed, const char *written)
{
	snprintf(deed->text, sizeof(deed->text), "%s", written);
	deed->reference = deed->slip = NULL;
	char *reference = strstr(deed->text, " ref ");
	if (reference != NULL) { /* the last one, and it may be several words */
		*reference = '\0';
		deed->reference = reference + strlen(" ref ");
	}
	char *slip = strstr(deed->text, " slip ");
	if (slip != NULL) {
		*slip = '\0';
		deed->slip = slip + strlen(" slip ");
	}
	char *rest = NULL, *word = strtok_r(deed->text, " ", &rest);
	for (size_t i = 0; i < SOME(deed->word);
	     i++, word = word ? strtok_r(NULL, " ", &rest) : word)
		deed->word[i] = word == NULL ? "" : word;
}

static void do_deed(const struct tab *tab, struct ledger *ledger, date today, struct news *news)
{
	struct deed deed;
	read_deed(&deed, tab->field[1]);
	if (strcmp(deed.word[0], "charge") == 0) {
		struct rent_days days;
		date slip = deed.slip == NULL ? DATE_NONE : shipped_date(deed.slip);
		assert_int_equal(law_rent_days(calendar, deed.word[1], slip, false, &days), 0);
		ledger_charge(ledger, deed.word[1], deed.reference, atoi(deed.word[2]), days, today,
			      hear, news);
	} else if (strcmp(deed.word[0], "pay") == 0) {
		ledger_pay(ledger, atoi(deed.word[1]), shipped_date(deed.word[3]), deed.reference,
			   today, hear, news);
	} else if (strcmp(deed.word[0], "return") == 0) {
		ledger_take_back(ledger, atoi(deed.word[1]), deed.reference, today, hear, news);
	} else if (strcmp(deed.word[0], "waive") == 0) {
		ledger_waive(ledger, deed.word[1], today, hear, news);
	} else if (strcmp(deed.word[0], "files") == 0) {
		ledger_known_through(ledger, shipped_date(deed.word[1]));
	} else if (strcmp(deed.word[0], "look") != 0) {
		fail_msg("%s:%d: nobody can \"%s\"", tab->path, tab->line, deed.word[0]);
	}
}

static const char *number(int64_t value, char text[32])
{
	snprintf(text, 32, "%lld", (long long)value);
	return text;
}

static void compare_line(const struct tab *tab, const struct ledger *ledger, date today,
			 const struct news *news)
{
	char text[32], day[DATE_TEXT_SIZE];
	TAB_SAME(tab, news->text[0] == '\0' ? "-" : news->text, tab->field[2]);
	bool knows = ledger_knows(ledger, today);
	const char *arrears = number(ledger_arrears(ledger, today), text);
	if (!knows)
		assert_string_equal(arrears, "0");
	TAB_SAME(tab, knows ? arrears : "?", tab->field[3]);
	TAB_SAME(tab, number(ledger_arrears_months(ledger, today), text), tab->field[4]);
	date oldest = ledger_oldest_unpaid_due(ledger, today);
	TAB_SAME(tab, oldest == DATE_NONE ? "-" : date_format(oldest, day), tab->field[5]);
	TAB_SAME(tab, number(ledger_late_12m(ledger, today), text), tab->field[6]);
	TAB_SAME(tab, number(ledger_credit(ledger), text), tab->field[7]);
}

static void stories(void **state)
{
	(void)state;
	struct ledger *ledger = NULL;
	struct tab tab;
	for (tab_open(&tab, "tests/tables/ledger.tab", 2); tab_next(&tab);) {
		struct news news = { "", 0, 0 };
		if (strcmp(tab.field[0], "story") == 0) {
			ledger_free(ledger);
			ledger = ledger_new(calendar);
			continue;
		}
		date today = shipped_date(tab.field[0]);
		do_deed(&tab, ledger, today, &news);
		compare_line(&tab, ledger, today, &news);
	}
	ledger_free(ledger);
}

/* --- Random histories --- */

#define MOST_MONTHS 30
#define MOST_COINS  4000

static uint64_t random_state;

static unsigned chance(unsigned below)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return (unsigned)(random_state >> 33) % below;
}

/* A charge of the second ledger: its coins are kept one by one, by the day they were paid. */
struct naive_charge {
	bool there, waived;
	char key[16], reference[8];
	int amount, paid;
	date coins[MOST_COINS];
	struct rent_days days;
};

struct naive {
	struct naive_charge charges[MOST_MONTHS];
	date waiting[MOST_COINS];
	int waiting_count;
	int64_t payments;
	date through;
};

static bool naive_is_open(const struct naive_charge *charge)
{
	return charge->there && !charge->waived && charge->paid < charge->amount;
}

/* The open charge with the earliest due date, of those that the reference names if one is given. */
static struct naive_charge *naive_oldest(struct naive *naive, const char *reference)
{
	struct naive_charge *oldest = NULL;
	for (int i = 0; i < MOST_MONTHS; i++) {
		struct naive_charge *charge = &naive->charges[i];
		bool named = reference == NULL || strcmp(charge->reference, reference) == 0 ||
			     strcmp(charge->key, reference) == 0;
		if (!naive_is_open(charge) || !named)
			continue;
		if (oldest == NULL || charge->days.due_on < oldest->days.due_on ||
		    (charge->days.due_on == oldest->days.due_on &&
		     strcmp(charge->key, oldest->key) < 0))
			oldest = charge;
	}
	return oldest;
}

static void naive_coin(struct naive *naive, date paid_on, const char *reference)
{
	struct naive_charge *charge = reference ? naive_oldest(naive, reference) : NULL;
	if (charge == NULL)
		charge = naive_oldest(naive, NULL);
	if (charge == NULL)
		naive->waiting[naive->waiting_count++] = paid_on;
	else
		charge->coins[charge->paid++] = paid_on;
}

static void naive_charge(struct naive *naive, int i, int amount, struct rent_days days)
{
	struct naive_charge *charge = &naive->charges[i];
	static date coins[2 * MOST_COINS];
	int own = charge->paid, all = own + naive->waiting_count;
	memcpy(coins, charge->coins, (size_t)own * sizeof(*coins));
	memcpy(coins + own, naive->waiting, (size_t)naive->waiting_count * sizeof(*coins));
	charge->there = true;
	charge->waived = false;
	charge->paid = naive->waiting_count = 0;
	charge->amount = amount;
	charge->days = days;
	for (int c = 0; c < all; c++)
		naive_coin(naive, coins[c], charge->key);
}

static date naive_covered(const struct naive_charge *charge)
{
	date covered = DATE_NONE;
	if (charge->paid < charge->amount)
		return DATE_NONE;
	for (int c = 0; c < charge->paid; c++)
		covered = charge->coins[c] > covered ? charge->coins[c] : covered;
	return covered;
}

static bool naive_reached(const struct naive *naive, const struct naive_charge *charge, date today)
{
	return charge->there && charge->days.due_latest < today &&
	       charge->days.due_latest <= naive->through;
}

/* Open, and the last day to pay is past. */
static int64_t naive_past_due(const struct naive *naive, date today)
{
	int64_t sum = 0;
	for (int i = 0; i < MOST_MONTHS; i++)
		if (naive_is_open(&naive->charges[i]) && naive->charges[i].days.due_latest < today)
			sum += naive->charges[i].amount - naive->charges[i].paid;
	return sum;
}

/* All facts of both ledgers on a day, side by side. */
static void compare_facts(const struct naive *naive, const struct ledger *ledger, date today)
{
	int64_t arrears = 0;
	int months = 0, late = 0;
	bool knows = false;
	date oldest = DATE_NONE;
	for (int i = 0; i < MOST_MONTHS; i++) {
		const struct naive_charge *charge = &naive->charges[i];
		bool reached = naive_reached(naive, charge, today);
		knows |= reached;
		if (naive_is_open(charge) && reached) {
			arrears += charge->amount - charge->paid;
			months++;
			if (oldest == DATE_NONE || charge->days.due_on < oldest)
				oldest = charge->days.due_on;
		}
		bool recent = charge->there && charge->days.due_on > date_add_months(today, -12);
		bool was_late = naive_covered(charge) > charge->days.due_latest &&
				charge->days.due_latest < today;
		late += recent && (was_late || (naive_is_open(charge) && reached));
	}
	assert_int_equal(ledger_arrears(ledger, today), arrears);
	assert_int_equal(ledger_arrears_months(ledger, today), months);
	assert_int_equal(ledger_oldest_unpaid_due(ledger, today), oldest);
	assert_int_equal(ledger_late_12m(ledger, today), late);
	assert_int_equal(ledger_knows(ledger, today), knows);
}

/* The sums agree, charge by charge; nothing is counted twice. */
static void compare_money(struct naive *naive, const struct ledger *ledger)
{
	int64_t held = ledger_credit(ledger);
	size_t there = 0;
	bool any_open = false;
	for (int i = 0; i < MOST_MONTHS; i++)
		there += naive->charges[i].there;
	assert_int_equal(ledger_count(ledger), there);
	for (size_t i = 0; i < there; i++) {
		const struct charge *charge = ledger_at(ledger, i);
		struct naive_charge *other = naive->charges;
		while (strcmp(other->key, charge->key) != 0)
			other++;
		assert_int_equal(charge->amount, other->amount);
		assert_int_equal(charge->paid, other->paid);
		assert_int_equal(charge->waived, other->waived);
		assert_int_equal(charge->covered_on, naive_covered(other));
		assert_true(charge->paid <= charge->amount);
		if (i > 0)
			assert_true(ledger_at(ledger, i - 1)->due_on <= charge->due_on);
		any_open |= naive_is_open(other);
		held += charge->paid;
	}
	assert_int_equal(held, naive->payments);
	int64_t open = 0;
	for (int i = 0; i < MOST_MONTHS; i++)
		if (naive_is_open(&naive->charges[i]))
			open += naive->charges[i].amount - naive->charges[i].paid;
	assert_int_equal(ledger_balance(ledger), open - ledger_credit(ledger));
	assert_int_equal(ledger_credit(ledger), naive->waiting_count);
	assert_true(ledger_credit(ledger) == 0 || !any_open);
}

static bool same_facts(const struct ledger *ledger, date a, date b)
{
	return ledger_arrears(ledger, a) == ledger_arrears(ledger, b) &&
	       ledger_late_12m(ledger, a) == ledger_late_12m(ledger, b) &&
	       ledger_knows(ledger, a) == ledger_knows(ledger, b) &&
	       ledger_arrears_months(ledger, a) == ledger_arrears_months(ledger, b) &&
	       ledger_oldest_unpaid_due(ledger, a) == ledger_oldest_unpaid_due(ledger, b);
}

/* Until the day that the ledger names none of its facts changes by itself. Did one on that day?
 * (Not always: one month may come to be late on the day on which another is forgotten.) */
static bool compare_next_change(const struct ledger *ledger, date today)
{
	date next = ledger_next_change(ledger, today);
	assert_true(next == DATE_NONE || next > today);
	date last = next == DATE_NONE ? today + 1200 : next - 1;
	for (date day = today; day <= last; day++)
		assert_true(same_facts(ledger, today, day));
	return next == DATE_NONE || !same_facts(ledger, today, next);
}

struct world {
	struct naive naive;
	struct ledger *ledger;
	date today;
	int idle; /* days of change on which nothing did */
};

static int naive_settled(const struct naive *naive)
{
	int settled = 0;
	for (int i = 0; i < MOST_MONTHS; i++)
		settled +=
		    naive->charges[i].there && naive->charges[i].paid == naive->charges[i].amount;
	return settled;
}

static void random_charge(struct world *world, struct news *news)
{
	int i = (int)chance(MOST_MONTHS);
	struct naive_charge *charge = &world->naive.charges[i];
	struct rent_days days;
	date slip = chance(4) == 0 ? world->today + (date)chance(60) - 20 : DATE_NONE;
	int amount = 1 + (int)chance(40);
	assert_int_equal(law_rent_days(calendar, charge->key, slip, chance(5) == 0, &days), 0);
	/* What is charged anew is settled anew, if its money is enough. */
	bool was_settled = charge->there && charge->paid == charge->amount;
	int before = naive_settled(&world->naive) - was_settled;
	naive_charge(&world->naive, i, amount, days);
	ledger_charge(world->ledger, charge->key, charge->reference, amount, days, world->today,
		      hear, news);
	assert_int_equal(news->settled, naive_settled(&world->naive) - before);
}

static void random_payment(struct world *world, struct news *news)
{
	static char reference[16];
	const char *given = NULL;
	int before = naive_settled(&world->naive);
	int amount = 1 + (int)chance(chance(4) == 0 ? 150 : 40);
	date paid_on = world->today - (date)chance(20);
	if (chance(2) == 0) {
		snprintf(reference, sizeof(reference), "%s",
			 chance(2) ? world->naive.charges[chance(MOST_MONTHS)].reference
				   : world->naive.charges[chance(MOST_MONTHS)].key);
		given = reference;
	}
	world->naive.payments += amount;
	for (int coin = 0; coin < amount; coin++)
		naive_coin(&world->naive, paid_on, given);
	ledger_pay(world->ledger, amount, paid_on, given, world->today, hear, news);
	assert_int_equal(news->settled, naive_settled(&world->naive) - before);
}

static void random_deed(struct world *world)
{
	struct news news = { "", 0, 0 };
	int64_t before = naive_past_due(&world->naive, world->today);
	unsigned deed = chance(20);
	if (deed < 8) {
		random_charge(world, &news);
	} else if (deed < 16) {
		random_payment(world, &news);
	} else if (deed < 18) {
		struct naive_charge *charge = &world->naive.charges[chance(MOST_MONTHS)];
		charge->waived |= naive_is_open(charge);
		ledger_waive(world->ledger, charge->key, world->today, hear, &news);
		assert_int_equal(news.settled, 0);
	} else {
		world->naive.through = world->today - (date)chance(10);
		ledger_known_through(world->ledger, world->naive.through);
	}
	int64_t after = naive_past_due(&world->naive, world->today);
	assert_int_equal(ledger_past_due(world->ledger, world->today), after);
	assert_int_equal(news.cleared, before > 0 && after == 0);
}

static void one_history(struct world *world)
{
	memset(&world->naive, 0, sizeof(world->naive));
	world->naive.through = DATE_NONE;
	world->ledger = ledger_new(calendar);
	world->today = date_from_ymd(2026, 1, 1) + (date)chance(365);
	for (int i = 0; i < MOST_MONTHS; i++) {
		struct naive_charge *charge = &world->naive.charges[i];
		snprintf(charge->key, sizeof(charge->key), "%04d-%02d", 2026 + i / 12, i % 12 + 1);
		snprintf(charge->reference, sizeof(charge->reference), "R%u", chance(12));
	}
	for (int deeds = 60; deeds > 0; deeds--) {
		random_deed(world);
		compare_money(&world->naive, world->ledger);
		compare_facts(&world->naive, world->ledger, world->today);
		world->today += (date)chance(25);
		compare_facts(&world->naive, world->ledger, world->today);
	}
	world->idle += !compare_next_change(world->ledger, world->today - (date)chance(600));
	ledger_free(world->ledger);
}

/* KEDJA_SEED repeats a run. */
static void random_histories(void **state)
{
	(void)state;
	const char *given = getenv("KEDJA_SEED");
	uint64_t seed = given != NULL ? strtoull(given, NULL, 10) : (uint64_t)time(NULL);
	print_message("random_histories: KEDJA_SEED=%llu\n", (unsigned long long)seed);
	random_state = seed * UINT64_C(2654435769) + 88172645463325252;
	struct world *world = xcalloc(1, sizeof(*world));
	for (int histories = 300; histories > 0; histories--)
		one_history(world);
	assert_true(world->idle < 15);
	free(world);
}

/* Without references the order in which payments are told changes no charge and no sum. */
static void payments_in_any_order(void **state)
{
	(void)state;
	static const int orders[][4] = { { 0, 1, 2, 3 }, { 3, 2, 1, 0 }, { 2, 0, 3, 1 } };
	static const int amounts[] = { 300, 900, 50, 1200 };
	for (size_t i = 0; i < SOME(orders); i++) {
		struct ledger *ledger = ledger_new(calendar);
		for (int month = 1; month <= 3; month++) {
			char key[32];
			struct rent_days days;
			snprintf(key, sizeof(key), "2027-%02d", month);
			assert_int_equal(law_rent_days(calendar, key, DATE_NONE, false, &days), 0);
			ledger_charge(ledger, key, NULL, 1000, days, days.due_on, NULL, NULL);
		}
		for (size_t p = 0; p < SOME(amounts); p++)
			ledger_pay(ledger, amounts[orders[i][p]],
				   date_from_ymd(2027, 3, 1 + orders[i][p]), NULL,
				   date_from_ymd(2027, 3, 10), NULL, NULL);
		assert_int_equal(ledger_at(ledger, 0)->paid, 1000);
		assert_int_equal(ledger_at(ledger, 1)->paid, 1000);
		assert_int_equal(ledger_at(ledger, 2)->paid, 450);
		assert_int_equal(ledger_credit(ledger), 0);
		ledger_free(ledger);
	}
}

/* Twelve months end on a day that there is, from a leap day too. */
/* Payments and returns in any order: every öre is in a charge, waits, or is owed; none is there
 * twice, and what waits and what is open are never there at once. */
static void returns_in_any_order(void **state)
{
	(void)state;
	for (int run = 0; run < 300; run++) {
		struct ledger *ledger = ledger_new(calendar);
		date today = shipped_date("2027-06-01");
		int64_t sum = 0;
		for (int deed = 0; deed < 40; deed++) {
			struct news news = { "", 0, 0 };
			struct rent_days days;
			char month[16];
			int amount = (int)chance(20) + 1;
			snprintf(month, sizeof(month), "2026-%02u", chance(12) + 1);
			const char *reference = chance(2) == 0 ? month : NULL;
			assert_int_equal(law_rent_days(calendar, month, DATE_NONE, false, &days),
					 0);
			unsigned what = chance(4);
			if (what == 0)
				ledger_charge(ledger, month, NULL, amount, days, today, hear,
					      &news);
			else if (what < 3)
				ledger_pay(ledger, amount, days.due_on, reference, today, hear,
					   &news);
			else
				ledger_take_back(ledger, amount, reference, today, hear, &news);
			sum += what == 0 ? 0 : what < 3 ? amount : -amount;
			int64_t paid = 0, open = 0;
			for (size_t i = 0; i < ledger_count(ledger); i++) {
				const struct charge *charge = ledger_at(ledger, i);
				assert_in_range(charge->paid, 0, charge->amount);
				assert_int_equal(charge->covered_on != DATE_NONE,
						 charge->paid == charge->amount);
				paid += charge->paid;
				open += charge->amount - charge->paid;
			}
			assert_int_equal(paid + ledger_credit(ledger), sum);
			assert_int_equal(ledger_balance(ledger), paid + open - sum);
			assert_false(open > 0 && ledger_credit(ledger) > 0);
			assert_false(paid > 0 && ledger_credit(ledger) < 0);
			ledger_known_through(ledger, today);
			assert_int_equal(ledger_arrears(ledger, today), open);
		}
		ledger_free(ledger);
	}
}

static void the_window_ends_on_a_day(void **state)
{
	(void)state;
	static const char *const slips[][2] = { { "2028-02-29", "2029-03-01" },
						{ "2027-02-26", "2028-02-26" },
						{ "2027-12-30", "2028-12-30" } };
	for (size_t i = 0; i < SOME(slips); i++) {
		struct ledger *ledger = ledger_new(calendar);
		struct rent_days days;
		date gone = shipped_date(slips[i][1]);
		assert_int_equal(
		    law_rent_days(calendar, "EL", shipped_date(slips[i][0]), true, &days), 0);
		ledger_charge(ledger, "EL", NULL, 100, days, days.due_on, NULL, NULL);
		ledger_known_through(ledger, days.due_latest + 5);
		assert_int_equal(ledger_next_change(ledger, days.due_latest - 9),
				 days.due_latest + 1);
		assert_int_equal(ledger_next_change(ledger, days.due_latest + 1), gone);
		assert_int_equal(ledger_late_12m(ledger, gone - 1), 1);
		assert_int_equal(ledger_late_12m(ledger, gone), 0);
		assert_int_equal(ledger_next_change(ledger, gone), DATE_NONE);
		ledger_free(ledger);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(months_that_are_none), cmocka_unit_test(stories),
		cmocka_unit_test(random_histories),     cmocka_unit_test(payments_in_any_order),
		cmocka_unit_test(returns_in_any_order), cmocka_unit_test(the_window_ends_on_a_day),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
