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

static struct facts_matter *matter_of(struct facts_case *of_case, const char *key)
{
	for (size_t i = 0; i < of_case->matter_count; i++)
		if (strcmp(of_case->matters[i].key, key) == 0)
			return &of_case->matters[i];
	of_case->matters = array_grow(of_case->matters, of_case->matter_count,
				      &of_case->matter_capacity, sizeof(*of_case->matters));
	struct facts_matter *matter = &of_case->matters[of_case->matter_count++];
	*matter = (struct facts_matter){ .key = xstrdup(key),
					 .served_on = DATE_NONE,
					 .told_on = DATE_NONE };
	return matter;
}

/* Of each kind the earliest counts: what is sent again changes nothing. */
void facts_matter_begins(struct facts *facts, const struct event *event)
{
	struct facts_matter *matter = matter_of(facts->of_case, event->key);
	if (matter->is_answered) {
		matter->served_on = matter->told_on = DATE_NONE;
		matter->is_answered = false;
	}
	bool served = strcmp(event->kind->name, "forfeiture.notice_served") == 0;
	date *first = served ? &matter->served_on : &matter->told_on;
	date on = facts_date_of(event, "on");
	if (*first == DATE_NONE || on < *first)
		*first = on;
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

/* Rent that was let off is owed no more; but only money wins the lease back. */
void facts_matters_look(struct facts *facts)
{
	for (size_t i = 0; i < facts->of_case->matter_count; i++) {
		struct facts_matter *matter = &facts->of_case->matters[i];
		bool was_open = matter->is_open;
		matter->is_open = has_open_rent(facts->of_case, matter);
		if (!was_open || matter->is_open)
			continue;
		date paid_on = ledger_past_due_covered_on(facts->of_case->ledger, day_of(matter));
		if (paid_on == DATE_NONE)
			continue;
		matter->is_answered = true;
		tell_covered(facts, matter, paid_on);
	}
}
