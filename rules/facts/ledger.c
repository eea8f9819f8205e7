/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * See ledger.h. The money is never a bare sum: each charge keeps the parts of payments that went
 * into it, and what is paid ahead waits as such parts. So a charge that is made anew gives its
 * money back to where it then belongs, and the day on which a charge was covered stays right.
 *
 * It always holds that the payments less the returns are what the charges have taken in, plus the
 * credit; that there is credit only while no charge is open; and that there is none while more
 * went back than came in.
 */
#include "rules/facts/ledger.h"

#include <stdlib.h>
#include <string.h>

/* A part of a payment. */
struct part {
	int64_t amount;
	date paid_on;
};

struct parts {
	struct part *list;
	size_t count;
	size_t capacity;
};

struct entry {
	struct charge charge;
	struct parts parts; /* their sum is charge.paid */
};

struct ledger {
	const struct calendar *calendar;
	struct entry *entries; /* by due_on, then month */
	size_t count;
	size_t capacity;
	size_t first_open; /* no entry before this one is open */
	date known_through;
	date first_latest; /* the earliest due_latest of all */
	struct parts credit;
	int64_t gone_ahead;    /* went back before it came in: the next payments make up for it */
	const char **reopened; /* as settled */
	size_t reopened_count;
	size_t reopened_capacity;
	const char **settled; /* what the verb at work has settled so far */
	size_t settled_count;
	size_t settled_capacity;
};

/* Who is told, and what was past due before the verb began. */
struct hearer {
	ledger_said *said;
	void *arg;
	int64_t past_due;
};

struct ledger *ledger_new(const struct calendar *calendar)
{
	struct ledger *ledger = xcalloc(1, sizeof(*ledger));
	ledger->calendar = calendar;
	ledger->known_through = DATE_NONE;
	ledger->first_latest = DATE_NONE;
	return ledger;
}

static void entry_clear(struct entry *entry)
{
	free(entry->charge.key);
	free(entry->charge.reference);
	free(entry->parts.list);
}

void ledger_free(struct ledger *ledger)
{
	if (ledger == NULL)
		return;
	for (size_t i = 0; i < ledger->count; i++)
		entry_clear(&ledger->entries[i]);
	free(ledger->entries);
	free(ledger->credit.list);
	free(ledger->settled);
	free(ledger->reopened);
	free(ledger);
}

static int64_t open_part(const struct charge *charge)
{
	return charge->waived || charge->paid >= charge->amount ? 0 : charge->amount - charge->paid;
}

static void parts_add(struct parts *parts, struct part part)
{
	parts->list = array_grow(parts->list, parts->count, &parts->capacity, sizeof(*parts->list));
	parts->list[parts->count++] = part;
}

/* As much of a part as the charge still needs goes into it. */
static void cover(struct ledger *ledger, struct entry *entry, struct part *part)
{
	struct charge *charge = &entry->charge;
	int64_t taken = open_part(charge);
	if (taken == 0 || part->amount == 0)
		return;
	if (taken > part->amount)
		taken = part->amount;
	part->amount -= taken;
	charge->paid += taken;
	parts_add(&entry->parts, (struct part){ taken, part->paid_on });
	if (open_part(charge) > 0)
		return;
	/* Payments may be told in another order than they were made. */
	for (size_t i = 0; i < entry->parts.count; i++)
		if (entry->parts.list[i].paid_on > charge->covered_on) /* DATE_NONE: before all */
			charge->covered_on = entry->parts.list[i].paid_on;
	ledger->settled = array_grow(ledger->settled, ledger->settled_count,
				     &ledger->settled_capacity, sizeof(*ledger->settled));
	ledger->settled[ledger->settled_count++] = charge->key;
}

/* Does a text name this, as a whole or as one of its words? Files put several into one field. */
static bool names(const char *text, const char *wanted)
{
	if (wanted == NULL || *wanted == '\0')
		return false;
	size_t length = strlen(wanted);
	const char *at = text;
	while ((at = strstr(at, wanted)) != NULL) {
		bool begins = at == text || at[-1] == ' ';
		if (begins && (at[length] == '\0' || at[length] == ' '))
			return true;
		at++;
	}
	return false;
}

static bool is_named(const struct charge *charge, const char *reference)
{
	return names(reference, charge->reference) || names(reference, charge->key);
}

static void skip_closed(struct ledger *ledger)
{
	while (ledger->first_open < ledger->count &&
	       open_part(&ledger->entries[ledger->first_open].charge) == 0)
		ledger->first_open++;
}

/* What went back before it came in is made up for first. */
static void make_up(struct ledger *ledger, struct part *part)
{
	int64_t taken = part->amount < ledger->gone_ahead ? part->amount : ledger->gone_ahead;
	part->amount -= taken;
	ledger->gone_ahead -= taken;
}

/* Money finds its place: the charges it names, the oldest open ones, else it waits. */
static void spend(struct ledger *ledger, struct part part, const char *reference)
{
	if (reference != NULL)
		for (size_t i = ledger->first_open; i < ledger->count && part.amount > 0; i++)
			if (is_named(&ledger->entries[i].charge, reference))
				cover(ledger, &ledger->entries[i], &part);
	for (size_t i = ledger->first_open; i < ledger->count && part.amount > 0; i++)
		cover(ledger, &ledger->entries[i], &part);
	skip_closed(ledger);
	if (part.amount > 0)
		parts_add(&ledger->credit, part);
}

static struct hearer begin(struct ledger *ledger, date today, ledger_said *said, void *arg)
{
	ledger->settled_count = 0;
	ledger->reopened_count = 0;
	return (struct hearer){ said, arg, ledger_past_due(ledger, today) };
}

/* Only now, when all is in its place, is anybody told. */
static void tell(struct ledger *ledger, date today, const struct hearer *hearer)
{
	if (hearer->said == NULL)
		return;
	int64_t past_due = ledger_past_due(ledger, today);
	for (size_t i = 0; i < ledger->settled_count; i++)
		hearer->said(hearer->arg, LEDGER_SETTLED, ledger->settled[i]);
	for (size_t i = 0; i < ledger->reopened_count; i++)
		hearer->said(hearer->arg, LEDGER_REOPENED, ledger->reopened[i]);
	if (hearer->past_due > 0 && past_due == 0)
		hearer->said(hearer->arg, LEDGER_CLEARED, NULL);
	if (hearer->past_due == 0 && past_due > 0 && ledger->reopened_count > 0)
		hearer->said(hearer->arg, LEDGER_UNCLEARED, NULL);
}

/* The place of a month's charge, or count if there is none. New months come at the end. */
static size_t find(const struct ledger *ledger, const char *month)
{
	for (size_t i = ledger->count; i-- > 0;)
		if (strcmp(ledger->entries[i].charge.key, month) == 0)
			return i;
	return ledger->count;
}

static bool comes_before(const struct charge *a, const struct charge *b)
{
	return a->due_on != b->due_on ? a->due_on < b->due_on : strcmp(a->key, b->key) < 0;
}

static struct entry *insert(struct ledger *ledger, struct entry entry)
{
	ledger->entries =
	    array_grow(ledger->entries, ledger->count, &ledger->capacity, sizeof(*ledger->entries));
	size_t place = ledger->count++;
	for (; place > 0; place--) {
		if (!comes_before(&entry.charge, &ledger->entries[place - 1].charge))
			break;
		ledger->entries[place] = ledger->entries[place - 1];
	}
	ledger->entries[place] = entry;
	if (place < ledger->first_open)
		ledger->first_open = place;
	return &ledger->entries[place];
}

/* Takes a charge out of the ledger, with the money that went into it. */
static struct parts take_out(struct ledger *ledger, size_t place)
{
	struct entry *entry = &ledger->entries[place];
	struct parts parts = entry->parts;
	entry->parts = (struct parts){ NULL, 0, 0 };
	entry_clear(entry);
	ledger->count--;
	memmove(entry, entry + 1, (ledger->count - place) * sizeof(*entry));
	if (place < ledger->first_open)
		ledger->first_open--;
	return parts;
}

static void find_first_latest(struct ledger *ledger)
{
	ledger->first_latest = DATE_NONE;
	for (size_t i = 0; i < ledger->count; i++) {
		date latest = ledger->entries[i].charge.due_latest;
		if (ledger->first_latest == DATE_NONE || latest < ledger->first_latest)
			ledger->first_latest = latest;
	}
}

/* Money that was somewhere else goes round anew: into this charge, the rest where it belongs. */
static void spend_anew(struct ledger *ledger, struct entry *entry, struct parts *parts)
{
	for (size_t i = 0; i < parts->count; i++) {
		cover(ledger, entry, &parts->list[i]);
		spend(ledger, parts->list[i], NULL);
	}
	free(parts->list);
}

void ledger_charge(struct ledger *ledger, const char *month, const char *reference, int64_t amount,
		   struct rent_days days, date today, ledger_said *said, void *arg)
{
	struct hearer hearer = begin(ledger, today, said, arg);
	struct parts parts = { NULL, 0, 0 };
	struct parts credit = ledger->credit;
	struct charge charge = {
		.key = xstrdup(month),
		.reference = reference == NULL ? NULL : xstrdup(reference),
		.amount = amount,
		.due_on = days.due_on,
		.due_early = days.due_early,
		.due_latest = days.due_latest,
		.covered_on = DATE_NONE,
	};
	size_t place = find(ledger, month);
	if (place < ledger->count)
		parts = take_out(ledger, place);
	ledger->credit = (struct parts){ NULL, 0, 0 };
	struct entry *entry = insert(ledger, (struct entry){ .charge = charge });
	find_first_latest(ledger);
	spend_anew(ledger, entry, &parts);
	spend_anew(ledger, entry, &credit);
	tell(ledger, today, &hearer);
}

void ledger_pay(struct ledger *ledger, int64_t amount, date paid_on, const char *reference,
		date today, ledger_said *said, void *arg)
{
	struct hearer hearer = begin(ledger, today, said, arg);
	struct part part = { amount > 0 ? amount : 0, paid_on };
	make_up(ledger, &part);
	if (part.amount > 0)
		spend(ledger, part, reference);
	tell(ledger, today, &hearer);
}

/* Takes up to *amount out of these parts, those paid last first; what it took. */
static int64_t take_parts(struct parts *parts, int64_t *amount)
{
	int64_t sum = 0;
	while (*amount > 0 && parts->count > 0) {
		size_t last = 0;
		for (size_t i = 1; i < parts->count; i++)
			if (parts->list[i].paid_on >= parts->list[last].paid_on)
				last = i;
		struct part *part = &parts->list[last];
		int64_t taken = part->amount < *amount ? part->amount : *amount;
		part->amount -= taken;
		*amount -= taken;
		sum += taken;
		if (part->amount > 0)
			break;
		parts->count--;
		memmove(part, part + 1, (parts->count - last) * sizeof(*part));
	}
	return sum;
}

static void uncover(struct ledger *ledger, size_t place, int64_t *amount)
{
	struct entry *entry = &ledger->entries[place];
	struct charge *charge = &entry->charge;
	int64_t taken = take_parts(&entry->parts, amount);
	charge->paid -= taken;
	if (taken == 0)
		return;
	if (charge->covered_on != DATE_NONE && charge->paid < charge->amount) {
		charge->covered_on = DATE_NONE;
		ledger->reopened =
		    array_grow(ledger->reopened, ledger->reopened_count, &ledger->reopened_capacity,
			       sizeof(*ledger->reopened));
		ledger->reopened[ledger->reopened_count++] = charge->key;
	}
	if (open_part(charge) > 0 && place < ledger->first_open)
		ledger->first_open = place;
}

void ledger_take_back(struct ledger *ledger, int64_t amount, const char *reference, date today,
		      ledger_said *said, void *arg)
{
	struct hearer hearer = begin(ledger, today, said, arg);
	take_parts(&ledger->credit, &amount);
	for (size_t i = ledger->count; reference != NULL && i-- > 0 && amount > 0;)
		if (is_named(&ledger->entries[i].charge, reference))
			uncover(ledger, i, &amount);
	for (size_t i = ledger->count; i-- > 0 && amount > 0;)
		uncover(ledger, i, &amount);
	if (amount > 0)
		ledger->gone_ahead += amount;
	tell(ledger, today, &hearer);
}

void ledger_waive(struct ledger *ledger, const char *month, date today, ledger_said *said,
		  void *arg)
{
	struct hearer hearer = begin(ledger, today, said, arg);
	size_t place = find(ledger, month);
	if (place < ledger->count && open_part(&ledger->entries[place].charge) > 0)
		ledger->entries[place].charge.waived = true;
	skip_closed(ledger);
	tell(ledger, today, &hearer);
}

void ledger_known_through(struct ledger *ledger, date through)
{
	ledger->known_through = through;
}

int64_t ledger_past_due(const struct ledger *ledger, date day)
{
	int64_t sum = 0;
	for (size_t i = ledger->first_open; i < ledger->count; i++)
		if (ledger->entries[i].charge.due_latest < day)
			sum += open_part(&ledger->entries[i].charge);
	return sum;
}

date ledger_past_due_covered_on(const struct ledger *ledger, date day)
{
	date last = DATE_NONE; /* lies before all days */
	for (size_t i = 0; i < ledger->count; i++) {
		const struct charge *charge = &ledger->entries[i].charge;
		if (charge->due_latest < day && charge->covered_on > last)
			last = charge->covered_on;
	}
	return last;
}

/* Of a charge that is neither past nor in the files, nothing may be said. */
static bool is_reached(const struct ledger *ledger, const struct charge *charge, date today)
{
	return charge->due_latest < today && charge->due_latest <= ledger->known_through;
}

bool ledger_knows(const struct ledger *ledger, date today)
{
	return ledger->count > 0 && ledger->first_latest < today &&
	       ledger->first_latest <= ledger->known_through;
}

int64_t ledger_arrears(const struct ledger *ledger, date today)
{
	int64_t sum = 0;
	for (size_t i = ledger->first_open; i < ledger->count; i++)
		if (is_reached(ledger, &ledger->entries[i].charge, today))
			sum += open_part(&ledger->entries[i].charge);
	return sum;
}

int ledger_arrears_months(const struct ledger *ledger, date today)
{
	int months = 0;
	for (size_t i = ledger->first_open; i < ledger->count; i++)
		months += is_reached(ledger, &ledger->entries[i].charge, today) &&
			  open_part(&ledger->entries[i].charge) > 0;
	return months;
}

date ledger_oldest_unpaid_due(const struct ledger *ledger, date today)
{
	for (size_t i = ledger->first_open; i < ledger->count; i++)
		if (is_reached(ledger, &ledger->entries[i].charge, today) &&
		    open_part(&ledger->entries[i].charge) > 0)
			return ledger->entries[i].charge.due_on;
	return DATE_NONE;
}

static bool is_late(const struct ledger *ledger, const struct charge *charge, date today)
{
	if (charge->covered_on != DATE_NONE)
		return charge->covered_on > charge->due_latest && charge->due_latest < today;
	return open_part(charge) > 0 && is_reached(ledger, charge, today);
}

int ledger_late_12m(const struct ledger *ledger, date today)
{
	int late = 0;
	date after = date_add_months(today, -12);
	for (size_t i = ledger->count; i-- > 0 && ledger->entries[i].charge.due_on > after;)
		late += is_late(ledger, &ledger->entries[i].charge, today);
	return late;
}

/* The first day on which twelve months ago is no longer before the due date. */
static date leaves_window(date due_on)
{
	date day = date_add_months(due_on, 12);
	return date_add_months(day, -12) < due_on ? date_add_days(day, 1) : day;
}

static date sooner(date best, date candidate, date today)
{
	bool better = candidate > today && (best == DATE_NONE || candidate < best);
	return better ? candidate : best;
}

date ledger_next_change(const struct ledger *ledger, date today)
{
	date best = DATE_NONE;
	if (ledger->count > 0 && ledger->first_latest <= ledger->known_through)
		best = sooner(best, date_add_days(ledger->first_latest, 1), today);
	for (size_t i = ledger->first_open; i < ledger->count; i++) {
		const struct charge *charge = &ledger->entries[i].charge;
		if (open_part(charge) > 0 && charge->due_latest <= ledger->known_through)
			best = sooner(best, date_add_days(charge->due_latest, 1), today);
	}
	date after = date_add_months(today, -12);
	for (size_t i = ledger->count; i-- > 0 && ledger->entries[i].charge.due_on > after;) {
		const struct charge *charge = &ledger->entries[i].charge;
		if (is_late(ledger, charge, today))
			best = sooner(best, leaves_window(charge->due_on), today);
		else if (charge->covered_on > charge->due_latest)
			best = sooner(best, date_add_days(charge->due_latest, 1), today);
	}
	return best;
}

int64_t ledger_credit(const struct ledger *ledger)
{
	int64_t sum = -ledger->gone_ahead;
	for (size_t i = 0; i < ledger->credit.count; i++)
		sum += ledger->credit.list[i].amount;
	return sum;
}

int64_t ledger_balance(const struct ledger *ledger)
{
	int64_t sum = -ledger_credit(ledger);
	for (size_t i = ledger->first_open; i < ledger->count; i++)
		sum += open_part(&ledger->entries[i].charge);
	return sum;
}

size_t ledger_count(const struct ledger *ledger)
{
	return ledger->count;
}

const struct charge *ledger_at(const struct ledger *ledger, size_t i)
{
	return &ledger->entries[i].charge;
}
