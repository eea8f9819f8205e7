/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * What each event does to the facts of a programme: its own events, and those of its cases. Which
 * cases are its own is kept case by case, since they come and go; the counts follow each change.
 */
#include <stdlib.h>
#include <string.h>

#include "rules/facts/facts_own.h"

struct facts_programme *facts_programme_new(void)
{
	struct facts_programme *of_programme = xcalloc(1, sizeof(*of_programme));
	of_programme->covers_through = DATE_NONE;
	of_programme->ends_on = DATE_NONE;
	return of_programme;
}

void facts_programme_free(struct facts_programme *of_programme)
{
	for (size_t i = 0; i < of_programme->members.capacity; i++) {
		struct facts_member *member = facts_table_at(&of_programme->members, i);
		if (member == NULL)
			continue;
		free(member->name);
		free(member->home.programme);
		free(member->seen.list);
		free(member);
	}
	free(of_programme->members.slots);
	for (size_t i = 0; i < of_programme->loose.capacity; i++)
		facts_loose_free(facts_table_at(&of_programme->loose, i));
	free(of_programme->loose.slots);
	free(of_programme);
}

struct facts_member *facts_member_of(struct facts *facts, const char *subject)
{
	return facts_table_get(&facts->of_programme->members, subject, sizeof(struct facts_member));
}

static bool is_at_home(const struct facts *facts, const struct facts_member *member)
{
	return facts->subject != NULL && member->home.programme != NULL &&
	       strcmp(member->home.programme, facts->subject) == 0;
}

static void count_member(const struct facts *facts, struct facts_member *member)
{
	struct facts_programme *of_programme = facts->of_programme;
	bool open = member->is_open && is_at_home(facts, member);
	bool in_chain = open && member->has_stage;
	of_programme->open_cases += open - member->counts_as_open;
	of_programme->cases_in_chain += in_chain - member->counts_in_chain;
	member->counts_as_open = open;
	member->counts_in_chain = in_chain;
}

/* Until its first event a programme does not know which cases mean it. */
void facts_programme_named(struct facts *facts)
{
	struct facts_table *members = &facts->of_programme->members;
	for (size_t i = 0; i < members->capacity; i++) {
		struct facts_member *member = facts_table_at(members, i);
		if (member != NULL)
			count_member(facts, member);
	}
}

static void programme_started(struct facts *facts, const struct event *event)
{
	facts->is_open = true;
	facts->was_opened = true;
	facts->of_programme->ends_on = facts_date_of(event, "ends_on");
}

static void programme_ended(struct facts *facts, const struct event *event)
{
	facts->is_open = false;
	facts->was_opened = true;
	date ends_on = facts_date_of(event, "ends_on");
	if (ends_on != DATE_NONE)
		facts->of_programme->ends_on = ends_on;
}

static void payments_imported(struct facts *facts, const struct event *event)
{
	date through = facts_date_of(event, "covers_through");
	if (through > facts->of_programme->covers_through)
		facts->of_programme->covers_through = through;
}

static void payment_loose(struct facts *facts, const struct event *event)
{
	struct facts_programme *of_programme = facts->of_programme;
	struct facts_loose *loose =
	    facts_table_get(&of_programme->loose, event->key, sizeof(*loose));
	bool was_counted = loose->is_known;
	char *of_case;
	int64_t amount;
	facts_loose_note(loose, event);
	while (facts_loose_give(loose, &of_case, &amount))
		free(of_case); /* whose it is does not matter here */
	if (facts_loose_is_spent(loose)) {
		facts_table_remove(&of_programme->loose, loose);
		facts_loose_free(loose);
		of_programme->unmatched_payments -= was_counted;
	} else {
		of_programme->unmatched_payments += loose->is_known && !was_counted;
	}
}

static void case_transferred(struct facts *facts, const struct event *event)
{
	count_member(facts, facts_member_of(facts, event->subject));
}

/* One that was closed before is in no stage yet (facts_case.c). */
static void case_opened(struct facts *facts, const struct event *event)
{
	struct facts_member *member = facts_member_of(facts, event->subject);
	if (member->was_closed && !member->is_open)
		member->has_stage = false;
	member->is_open = true;
	case_transferred(facts, event);
}

static void case_closed(struct facts *facts, const struct event *event)
{
	struct facts_member *member = facts_member_of(facts, event->subject);
	member->is_open = false;
	member->was_closed = true;
	count_member(facts, member);
}

static void stage_entered(struct facts *facts, const struct event *event)
{
	struct facts_member *member = facts_member_of(facts, event->subject);
	member->has_stage = true;
	count_member(facts, member);
}

static const struct facts_verb_row verbs[] = {
	{ "case.closed", case_closed },           { "case.opened", case_opened },
	{ "case.transferred", case_transferred }, { "payment.assigned", payment_loose },
	{ "payment.unmatched", payment_loose },   { "payments.imported", payments_imported },
	{ "programme.ended", programme_ended },   { "programme.started", programme_started },
	{ "stage.entered", stage_entered },
};

facts_verb *facts_programme_verb(const char *kind)
{
	return facts_find_verb(verbs, sizeof(verbs) / sizeof(verbs[0]), kind);
}

const char *facts_home_of(const struct facts *facts, const char *subject)
{
	const struct facts_member *member =
	    facts->of_programme == NULL ? NULL
					: facts_table_find(&facts->of_programme->members, subject);
	return member == NULL ? NULL : member->home.programme;
}
