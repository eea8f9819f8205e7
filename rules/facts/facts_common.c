/* SPDX-License-Identifier: EUPL-1.2 */
/* What the facts of a case and those of a programme are both kept with. */
#include <stdlib.h>
#include <string.h>

#include "rules/facts/facts_own.h"

static int compare_verb(const void *kind, const void *row)
{
	return strcmp(kind, ((const struct facts_verb_row *)row)->kind);
}

facts_verb *facts_find_verb(const struct facts_verb_row *rows, size_t count, const char *kind)
{
	const struct facts_verb_row *row = bsearch(kind, rows, count, sizeof(*rows), compare_verb);
	return row == NULL ? NULL : row->verb;
}

void facts_set_text(char **text, const char *to)
{
	char *copy = to == NULL ? NULL : xstrdup(to); /* `to` may be the old one */
	free(*text);
	*text = copy;
}

date facts_date_of(const struct event *event, const char *field)
{
	struct value value = event_value(event, field);
	return value.type == VALUE_DATE ? (date)value.number : DATE_NONE;
}

void facts_home_note(struct facts_home *home, const struct event *event)
{
	const char *programme = event_programme(event);
	bool surely = strcmp(event->kind->name, "case.opened") == 0 ||
		      strcmp(event->kind->name, "case.transferred") == 0;
	if (programme == NULL || (home->surely && !surely))
		return;
	facts_set_text(&home->programme, programme);
	home->surely = home->surely || surely;
}

bool facts_seen_note(struct facts_seen *seen, const struct kind *kind)
{
	for (size_t i = 0; i < seen->count; i++)
		if (seen->list[i] == kind)
			return false;
	seen->list = array_grow(seen->list, seen->count, &seen->capacity, sizeof(kind));
	seen->list[seen->count++] = kind;
	return true;
}

void facts_loose_note(struct facts_loose *loose, const struct event *event)
{
	struct value amount = event_value(event, "amount"), whose = event_value(event, "case");
	if (whose.type == VALUE_TEXT) {
		loose->parts =
		    array_grow(loose->parts, loose->count, &loose->capacity, sizeof(*loose->parts));
		loose->parts[loose->count++] =
		    (struct facts_part){ xstrdup(whose.text),
					 amount.type == VALUE_NUMBER ? amount.number : 0 };
		return;
	}
	date paid_on = facts_date_of(event, "paid_on");
	loose->is_known = true;
	loose->left = amount.number;
	loose->paid_on = paid_on == DATE_NONE ? event->at.day : paid_on;
	loose->is_reversal = event_value(event, "reversal").number != 0;
	facts_set_text(&loose->reference, event_value(event, "reference").text);
	facts_set_text(&loose->perhaps_of, event_value(event, "perhaps_of").text);
}

bool facts_loose_give(struct facts_loose *loose, char **ret_case, int64_t *ret_amount)
{
	if (!loose->is_known || loose->count == 0)
		return false;
	struct facts_part part = loose->parts[0];
	loose->count--;
	memmove(loose->parts, loose->parts + 1, loose->count * sizeof(*loose->parts));
	if (part.amount == 0 || part.amount > loose->left)
		part.amount = loose->left;
	loose->left -= part.amount;
	*ret_case = part.of_case;
	*ret_amount = part.amount;
	return true;
}

bool facts_loose_is_spent(const struct facts_loose *loose)
{
	return loose->is_known && loose->left == 0;
}

void facts_loose_free(struct facts_loose *loose)
{
	if (loose == NULL)
		return;
	free(loose->name);
	free(loose->reference);
	free(loose->perhaps_of);
	for (size_t i = 0; i < loose->count; i++)
		free(loose->parts[i].of_case);
	free(loose->parts);
	free(loose);
}

/* What is too old is passed over at once, and dropped when room is needed. */
void facts_days_add(struct facts_days *days, date day, date oldest)
{
	while (days->first < days->end && days->list[days->first] < oldest)
		days->first++;
	if (days->end == days->capacity && days->first * 2 > days->capacity) {
		days->end -= days->first;
		memmove(days->list, days->list + days->first, days->end * sizeof(*days->list));
		days->first = 0;
	}
	days->list = array_grow(days->list, days->end, &days->capacity, sizeof(*days->list));
	days->list[days->end++] = day;
}

int64_t facts_days_since(const struct facts_days *days, date from)
{
	size_t place = days->end;
	while (place > days->first && days->list[place - 1] >= from)
		place--;
	return (int64_t)(days->end - place);
}

date facts_days_first(const struct facts_days *days, date from)
{
	for (size_t i = days->first; i < days->end; i++)
		if (days->list[i] >= from)
			return days->list[i];
	return DATE_NONE;
}

void facts_give_out(struct facts *facts, const struct kind *kind, const char *key,
		    const struct value *values)
{
	const struct event *cause = facts->turn.event;
	struct event event = {
		.kind = kind,
		.subject = facts->subject == NULL ? cause->subject : facts->subject,
		.key = key,
		.at = cause->at,
		.recorded = cause->recorded,
		.actor = cause->actor,
		.values = values,
	};
	bool cause_is_first = facts->event_is_first;
	facts->event_is_first = facts_seen_note(&facts->seen, kind);
	if (facts->turn.on_virtual != NULL)
		facts->turn.on_virtual(facts->turn.arg, &event);
	facts->event_is_first = cause_is_first;
}

static date rent_day(const struct calendar *calendar, const struct event *event, const char *field)
{
	struct rent_days days;
	date due_on = facts_date_of(event, "due_on");
	if (law_rent_days(calendar, event->key, due_on, event_value(event, "first").number != 0,
			  &days) != 0)
		return DATE_NONE;
	if (strcmp(field, "due_early") == 0)
		return days.due_early;
	if (strcmp(field, "due_latest") == 0)
		return days.due_latest;
	return strcmp(field, "due_on") == 0 ? days.due_on : DATE_NONE;
}

/* Only what was posted as a registered letter counts from its sending (JB 12:63); else, and for
 * what must be served, it is the day on which it came. */
static date notice_day(const struct event *event, const char *field)
{
	date on = facts_date_of(event, "on");
	date sent_on = facts_date_of(event, "sent_on");
	if (strcmp(field, "counts_on") == 0)
		return sent_on != DATE_NONE ? sent_on : on;
	if (strcmp(field, "earliest_on") == 0)
		return sent_on != DATE_NONE && sent_on < on ? sent_on : on;
	return DATE_NONE;
}

bool facts_derives_date(const struct kind *kind, const char *field)
{
	if (strcmp(kind->name, "rent.charged") == 0)
		return strcmp(field, "due_early") == 0 || strcmp(field, "due_latest") == 0 ||
		       strcmp(field, "due_on") == 0;
	if (strcmp(kind->name, "board.notified") != 0 &&
	    strcmp(kind->name, "forfeiture.notice_served") != 0)
		return false;
	return strcmp(field, "counts_on") == 0 || strcmp(field, "earliest_on") == 0;
}

date facts_derived_date(const struct calendar *calendar, const struct event *event,
			const char *field)
{
	if (!facts_derives_date(event->kind, field))
		return DATE_NONE;
	if (strcmp(event->kind->name, "rent.charged") == 0)
		return rent_day(calendar, event, field);
	return notice_day(event, field);
}
