/* SPDX-License-Identifier: EUPL-1.2 */
/* See rent.h. What a rule is about is told by the events that it starts with. */
#include "daemon/letters/rent.h"

#include <string.h>

#include "daemon/store/event.h"
#include "rules/facts/facts.h"
#include "rules/time/law.h"

#define CHARGED "rent.charged"
#define SERVED  "forfeiture.notice_served"
#define TOLD    "board.notified"

static bool starts_with(const struct rule *rule, const char *prefix)
{
	for (size_t i = 0; i < rule->starts_count; i++)
		if (strncmp(rule->starts[i].kind->name, prefix, strlen(prefix)) == 0)
			return true;
	return false;
}

static date covers_through(const struct core *core, const char *subject)
{
	date through = DATE_NONE;
	struct query *q = db_query(core->db, "SELECT programme FROM subject WHERE id = ?1");
	db_bind_text(q, 1, subject);
	char *programme = db_next(q) && !db_is_null(q, 0) ? xstrdup(db_text(q, 0)) : NULL;
	db_done(q);
	if (programme != NULL)
		through = store_event_covers_through(core, programme);
	free(programme);
	return through;
}

/* The month as it was charged last: a later charge stands for an earlier one. */
static void set_month(const struct core *core, const struct letter_item *item, struct arena *arena,
		      struct letter_rent *rent)
{
	struct event **events;
	const struct calendar *calendar = core->office->calendar;
	size_t i = store_event_of_kinds(core, item->subject, CHARGED, arena, &events);
	while (i > 0 && strcmp(events[i - 1]->key, item->key) != 0)
		i--;
	if (i == 0)
		return;
	struct rent_days days = { facts_derived_date(calendar, events[i - 1], "due_on"),
				  facts_derived_date(calendar, events[i - 1], "due_early"),
				  facts_derived_date(calendar, events[i - 1], "due_latest") };
	struct law_late late = law_late_rent(calendar, &days);
	rent->safe_until = late.safe_until;
	rent->notice_from = late.notice_from;
}

/* The last such paper since the one that the deadline rests on: a new one makes the time count
 * anew, and what is lost is said only on the last. */
static date last_paper(const struct core *core, const struct letter_item *item, const char *kind,
		       struct arena *arena)
{
	struct event **events;
	date last = DATE_NONE;
	size_t count = store_event_of_kinds(core, item->subject, kind, arena, &events);
	for (size_t i = 0; i < count; i++) {
		struct value on = event_value(events[i], "on");
		date day = on.type == VALUE_DATE ? (date)on.number : events[i]->at.day;
		if (day >= item->anchor && day > last)
			last = day;
	}
	return last;
}

static void set_recovery(const struct core *core, const struct rule *rule,
			 const struct letter_item *item, struct arena *arena,
			 struct letter_rent *rent)
{
	/* Where all of them start the deadline, its anchor is the last one. */
	date served = rule->starts_all ? item->anchor : last_paper(core, item, SERVED, arena);
	date told = rule->starts_all ? item->anchor : last_paper(core, item, TOLD, arena);
	if (served == DATE_NONE || told == DATE_NONE)
		return;
	struct law_recovery recovery = law_recovery(core->office->calendar, served, told);
	rent->recovery_last = recovery.last;
	rent->decision_from = recovery.decision_from;
}

static const struct letter_rent no_days = { DATE_NONE, DATE_NONE, DATE_NONE, DATE_NONE, DATE_NONE };

const struct letter_rent *letters_rent(const struct core *core, const struct letter_item *item,
				       struct arena *arena)
{
	const struct rule *rule = ruleset_find(core->office->ruleset, item->rule);
	if (rule == NULL || !item->is_case)
		return NULL;
	struct letter_rent *rent = arena_alloc(arena, sizeof(*rent));
	*rent = no_days;
	if (starts_with(rule, "rent."))
		rent->covers_through = covers_through(core, item->subject);
	if (starts_with(rule, CHARGED) && rule->per_key)
		set_month(core, item, arena, rent);
	if (starts_with(rule, SERVED))
		set_recovery(core, rule, item, arena, rent);
	return rent;
}

/* As it stood with the event that the matter rests on. */
static struct lease lease_of(const struct core *core, const struct letter_item *item,
			     struct arena *arena)
{
	struct event **events;
	struct lease lease = LEASE_NONE;
	size_t count = store_event_of_kinds(core, item->subject, "lease.", arena, &events);
	for (size_t i = 0; i < count; i++) {
		lease_note(&lease, events[i]);
		if (item->event != NULL && events[i]->id == item->event->id)
			break;
	}
	return lease;
}

static bool is_notice(const struct event *event)
{
	return event != NULL && strcmp(event->kind->name, "lease.notice_given") == 0;
}

const struct letter_lease *letters_lease(const struct core *core, const struct letter_item *item,
					 struct arena *arena)
{
	const struct rule *rule = ruleset_find(core->office->ruleset, item->rule);
	if (rule == NULL || !item->is_case || !starts_with(rule, "lease."))
		return NULL;
	struct letter_lease *ret = arena_alloc(arena, sizeof(*ret));
	struct lease lease = lease_of(core, item, arena);
	bool from_end = rule->from != NULL && strcmp(rule->from, "ends_on") == 0;
	*ret = (struct letter_lease){
		.length = lease_length(&lease, from_end ? item->anchor : lease.ends_on),
		.notice_given = is_notice(item->event),
		.day_is_reckoned = is_notice(item->event) &&
				   event_value(item->event, "ends_on").type == VALUE_NULL,
		.ends_on = lease.ends_on,
		.month_after = from_end ? law_open_ended_from(item->anchor) : DATE_NONE,
	};
	return ret;
}
