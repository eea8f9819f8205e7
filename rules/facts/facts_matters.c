/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Leases that were ended for unpaid rent, and what of it is paid (12 kap. 42-44 par.
 * jordabalken). A matter is one such notice, by the rent month that its form names. Which rents it
 * is about is not told: it is taken to be all that were past due, on the latest reading, on the
 * day on which the person was served, or, before that is known, the board was told.
 */
#include <stdlib.h>
#include <string.h>

#include "rules/facts/facts_own.h"

void facts_matters_free(struct facts_case *of_case)
{
	for (size_t i = 0; i < of_case->matter_count; i++)
		free(of_case->matters[i].key);
	free(of_case->matters);
}

static date day_of(const struct facts_matter *matter)
{
	return matter->served_on != DATE_NONE ? matter->served_on : matter->told_on;
}

static bool has_open_rent(const struct facts_case *of_case, const struct facts_matter *matter)
{
	return ledger_past_due(of_case->ledger, day_of(matter)) > 0;
}

static const struct facts_matter matter_none = { .served_on = DATE_NONE,
						 .told_on = DATE_NONE,
						 .told_counts_on = DATE_NONE };

static struct facts_matter *matter_of(struct facts_case *of_case, const char *key)
{
	for (size_t i = 0; i < of_case->matter_count; i++)
		if (strcmp(of_case->matters[i].key, key) == 0)
			return &of_case->matters[i];
	of_case->matters = array_grow(of_case->matters, of_case->matter_count,
				      &of_case->matter_capacity, sizeof(*of_case->matters));
	struct facts_matter *matter = &of_case->matters[of_case->matter_count++];
	*matter = matter_none;
	matter->key = xstrdup(key);
	return matter;
}

static void note_earliest(date *first, date day)
{
	if (*first == DATE_NONE || day < *first)
		*first = day;
}

static void note_message(const struct calendar *calendar, struct facts_matter *matter,
			 const struct event *event)
{
	date counts_on = facts_derived_date(calendar, event, "counts_on");
	if (matter->told_counts_on == DATE_NONE || counts_on < matter->told_counts_on) {
		matter->told_counts_on = counts_on;
		matter->told_by_post = facts_date_of(event, "sent_on") != DATE_NONE;
	}
	note_earliest(&matter->told_on, facts_date_of(event, "on"));
}

/* Of each kind the earliest counts: what is sent again changes nothing. */
void facts_matter_begins(struct facts *facts, const struct event *event)
{
	struct facts_matter *matter = matter_of(facts->of_case, event->key);
	if (matter->is_covered || matter->is_answered) { /* a notice from here on is another one */
		char *key = matter->key;
		*matter = matter_none;
		matter->key = key;
	}
	if (strcmp(event->kind->name, "forfeiture.notice_served") == 0)
		note_earliest(&matter->served_on, facts_date_of(event, "on"));
	else
		note_message(facts->calendar, matter, event);
	matter->is_open = has_open_rent(facts->of_case, matter);
}

/* Is the event about this matter? Without a key it is about all of them. */
static bool is_meant(const struct facts_matter *matter, const struct event *event)
{
	return event->key[0] == '\0' || strcmp(event->key, matter->key) == 0;
}

void facts_matter_is_answered(struct facts *facts, const struct event *event)
{
	for (size_t i = 0; i < facts->of_case->matter_count; i++)
		if (is_meant(&facts->of_case->matters[i], event))
			facts->of_case->matters[i].is_answered = true;
}

void facts_matter_ends(struct facts *facts, const struct event *event)
{
	struct facts_case *of_case = facts->of_case;
	size_t kept = 0;
	for (size_t i = 0; i < of_case->matter_count; i++) {
		if (is_meant(&of_case->matters[i], event))
			free(of_case->matters[i].key);
		else
			of_case->matters[kept++] = of_case->matters[i];
	}
	of_case->matter_count = kept;
}

static void tell_covered(struct facts *facts, const struct facts_matter *matter, date paid_on)
{
	const struct kind *kind = chain_kind(facts->chain, "forfeiture.covered");
	if (kind == NULL)
		return;
	struct value *values = xcalloc(kind->field_count, sizeof(*values));
	values[kind_field(kind, "paid_on")] = (struct value){ VALUE_DATE, paid_on, NULL };
	facts_give_out(facts, kind, matter->key, values);
	free(values);
}

static void tell_uncovered(struct facts *facts, const struct facts_matter *matter)
{
	const struct kind *kind = chain_kind(facts->chain, "forfeiture.uncovered");
	if (kind != NULL)
		facts_give_out(facts, kind, matter->key, NULL);
}

/* Rent that was let off is owed no more; but only money wins the lease back, and money that went
 * back wins nothing. */
static void look(struct facts *facts, struct facts_matter *matter)
{
	bool was_open = matter->is_open;
	date paid_on = ledger_past_due_covered_on(facts->of_case->ledger, day_of(matter));
	matter->is_open = has_open_rent(facts->of_case, matter);
	if (was_open && !matter->is_open && paid_on != DATE_NONE) {
		matter->is_covered = true;
		tell_covered(facts, matter, paid_on);
	} else if (matter->is_open && matter->is_covered) {
		matter->is_covered = false;
		tell_uncovered(facts, matter);
	}
}

void facts_matters_look(struct facts *facts)
{
	for (size_t i = 0; i < facts->of_case->matter_count; i++)
		look(facts, &facts->of_case->matters[i]);
}

/* Goes by the charge of its month, or where it names none, by any that was past due on its day. */
static bool is_its_rent(const struct facts *facts, const struct facts_matter *matter,
			const struct charge *charge)
{
	struct rent_days days;
	if (law_rent_days(facts->calendar, matter->key, DATE_NONE, false, &days) == 0)
		return strcmp(charge->key, matter->key) == 0;
	return charge->due_latest < day_of(matter);
}

/* On the latest reading: from this day on the oldest rent that is open could cost the lease. */
static date forfeited_on(const struct facts *facts, const struct facts_matter *matter)
{
	const struct ledger *ledger = facts->of_case->ledger;
	for (size_t i = 0; i < ledger_count(ledger); i++) {
		const struct charge *charge = ledger_at(ledger, i);
		bool is_open = charge->paid < charge->amount && !charge->waived;
		if (!is_open || charge->due_latest >= day_of(matter))
			continue;
		struct rent_days days = { charge->due_on, charge->due_early, charge->due_latest };
		return law_late_rent(facts->calendar, &days).notice_from;
	}
	return DATE_NONE;
}

bool facts_notice_of(const struct facts *facts, const char *key, struct facts_notice *ret)
{
	const struct facts_case *of_case = facts->of_case;
	const struct facts_matter *matter = NULL;
	for (size_t i = 0; of_case != NULL && i < of_case->matter_count; i++)
		if (strcmp(of_case->matters[i].key, key) == 0)
			matter = &of_case->matters[i];
	if (matter == NULL)
		return false;
	*ret = (struct facts_notice){ .served_on = matter->served_on,
				      .told_on = matter->told_counts_on,
				      .told_by_post = matter->told_by_post,
				      .rent_is_open = has_open_rent(of_case, matter),
				      .forfeited_on = forfeited_on(facts, matter),
				      .day = day_of(matter) };
	for (size_t i = 0; i < ledger_count(of_case->ledger); i++)
		if (is_its_rent(facts, matter, ledger_at(of_case->ledger, i)))
			ret->rent_is_known = true;
	return true;
}
