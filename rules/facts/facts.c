/* SPDX-License-Identifier: EUPL-1.2 */
/* The fold itself: events come in, go to the verb of their kind, and may bring others about. */
#include "rules/facts/facts.h"

#include <stdlib.h>
#include <string.h>

#include "rules/facts/facts_own.h"

struct facts *facts_new(const struct chain *chain, const struct calendar *calendar,
			enum subject_type subject)
{
	struct facts *facts = xcalloc(1, sizeof(*facts));
	facts->chain = chain;
	facts->calendar = calendar;
	facts->type = subject;
	if (subject == SUBJECT_CASE)
		facts->of_case = facts_case_new(calendar);
	else
		facts->of_programme = facts_programme_new();
	return facts;
}

void facts_free(struct facts *facts)
{
	if (facts == NULL)
		return;
	if (facts->of_case != NULL)
		facts_case_free(facts->of_case);
	if (facts->of_programme != NULL)
		facts_programme_free(facts->of_programme);
	free(facts->seen.list);
	free(facts->subject);
	free(facts);
}

/*
 * Is it about the subject itself? A case is given, besides its own events, only some of its
 * programme; a programme those of its cases. Kinds for any subject (a role that is assigned) are
 * told apart by the subject's name, and before that is known by whether there is such a case.
 */
static bool is_own(const struct facts *facts, const struct event *event)
{
	if (event->kind->subject == facts->type)
		return true;
	if (event->kind->subject != SUBJECT_ANY)
		return false;
	if (facts->subject != NULL)
		return strcmp(facts->subject, event->subject) == 0;
	return facts->type == SUBJECT_CASE ||
	       facts_table_find(&facts->of_programme->members, event->subject) == NULL;
}

/* Only a kind that belongs to the type says for sure whose name it is. */
static void learn_name(struct facts *facts, const struct event *event)
{
	if (facts->subject != NULL || event->kind->subject != facts->type)
		return;
	facts->subject = xstrdup(event->subject);
	if (facts->of_case != NULL)
		facts_case_named(facts);
	else
		facts_programme_named(facts);
}

static void note_programme(struct facts *facts, const struct event *event, bool own)
{
	if (event_programme(event) == NULL)
		return;
	if (facts->of_case == NULL && !own)
		facts_home_note(&facts_member_of(facts, event->subject)->home, event);
	else if (facts->of_case != NULL && own)
		facts_case_name_programme(facts, event);
}

static struct facts_seen *seen_by_subject_of(struct facts *facts, const struct event *event,
					     bool own)
{
	if (own)
		return &facts->seen;
	if (facts->of_programme == NULL)
		return NULL; /* a case's rules do not start with its programme's events */
	return &facts_member_of(facts, event->subject)->seen;
}

static facts_verb *verb_of(enum subject_type subject, const struct kind *kind)
{
	return subject == SUBJECT_CASE ? facts_case_verb(kind->name)
				       : facts_programme_verb(kind->name);
}

bool facts_take_kind(enum subject_type subject, const struct kind *kind)
{
	return verb_of(subject, kind) != NULL || kind_names_programme(kind);
}

void facts_apply(struct facts *facts, const struct event *event, facts_virtual *on_virtual,
		 void *arg)
{
	facts->turn = (struct facts_turn){ event, on_virtual, arg };
	bool own = is_own(facts, event);
	if (own)
		learn_name(facts, event);
	note_programme(facts, event, own);
	struct facts_seen *seen = seen_by_subject_of(facts, event, own);
	facts->event_is_first = seen != NULL && facts_seen_note(seen, event->kind);
	facts_verb *verb = verb_of(facts->type, event->kind);
	if (verb != NULL)
		verb(facts, event);
	facts->turn = (struct facts_turn){ NULL, NULL, NULL };
}

bool facts_event_is_first(const struct facts *facts)
{
	return facts->event_is_first;
}

bool facts_is_open(const struct facts *facts)
{
	return facts->is_open;
}

bool facts_was_opened(const struct facts *facts)
{
	return facts->was_opened;
}

bool facts_is_paused(const struct facts *facts)
{
	return facts->of_case != NULL && facts->of_case->paused;
}

const char *facts_programme(const struct facts *facts)
{
	return facts->of_case == NULL ? NULL : facts->of_case->home.programme;
}

const char *facts_stage(const struct facts *facts)
{
	return facts->of_case == NULL ? NULL : facts->of_case->stage;
}

const struct ledger *facts_ledger(const struct facts *facts)
{
	return facts->of_case == NULL ? NULL : facts->of_case->ledger;
}

static size_t days_size(const struct facts_days *days)
{
	return days->capacity * sizeof(*days->list);
}

/* A charge with its parts and texts is some 200 bytes, an entry with its name some 150. */
size_t facts_size(const struct facts *facts)
{
	size_t size = sizeof(*facts) + facts->seen.capacity * sizeof(void *);
	if (facts->of_programme != NULL) {
		const struct facts_programme *of = facts->of_programme;
		size_t entries =
		    of->members.count * (150 + 32 * sizeof(void *)) + of->loose.count * 150;
		return size + sizeof(*of) + entries +
		       (of->members.capacity + of->loose.capacity) * sizeof(void *);
	}
	const struct facts_case *of = facts->of_case;
	return size + sizeof(*of) + ledger_count(of->ledger) * 200 +
	       (of->coverage.count + of->loose.count) * 150 +
	       (of->coverage.capacity + of->loose.capacity) * sizeof(void *) +
	       of->named_capacity * (sizeof(void *) + 48) +
	       of->matter_capacity * (sizeof(*of->matters) + 48) + days_size(&of->visits) +
	       days_size(&of->remarks) + days_size(&of->disturbances);
}

date facts_date_in(const struct facts *facts, const struct event *event, const char *field)
{
	date day = facts_derived_date(facts->calendar, event, field);
	if (day == DATE_NONE)
		day = facts_date_of(event, field);
	if (day == DATE_NONE && facts->of_case != NULL && strcmp(field, "ends_on") == 0 &&
	    strcmp(event->kind->name, "lease.notice_given") == 0)
		day = facts->of_case->lease.ends_on;
	return day;
}
