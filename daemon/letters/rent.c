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

/* Facts of the case as of now; the caller frees them. */
static struct facts *fold(const struct core *core, const char *subject, struct arena *arena)
{
	struct event **events;
	struct facts *facts = facts_new(core->office->chain, core->office->calendar, SUBJECT_CASE);
	size_t count = store_event_history(core, SUBJECT_CASE, subject, arena, &events);
	for (size_t i = 0; i < count; i++)
		facts_apply(facts, events[i], NULL, NULL);
	return facts;
}

/* Was there ever a payment that may be another one of this case? There are few that fit nothing,
 * and an index of them. */
static bool has_doubtful(const struct core *core, const char *subject)
{
	struct query *q = db_query(core->db, "SELECT 1 FROM event e WHERE e.kind ="
					     " 'payment.unmatched' AND e.data ->> 'perhaps_of' = ?1"
					     " AND NOT EXISTS"
					     " (SELECT 1 FROM void v WHERE v.event = e.id)");
	db_bind_text(q, 1, subject);
	return db_found(q);
}

/* As far as its programme's files reach, or as far as the facts of the case say, where a payment
 * holds them back: they are folded only then, since a letter may have many rents. */
static date covers_through(const struct core *core, const char *subject, struct arena *arena)
{
	date through = DATE_NONE;
	struct query *q = db_query(core->db, "SELECT programme FROM subject WHERE id = ?1");
	db_bind_text(q, 1, subject);
	char *programme = db_next(q) && !db_is_null(q, 0) ? xstrdup(db_text(q, 0)) : NULL;
	db_done(q);
	if (programme != NULL)
		through = store_event_covers_through(core, programme);
	free(programme);
	if (!has_doubtful(core, subject))
		return through;
	struct facts *facts = fold(core, subject, arena);
	struct value known = facts_get(facts, facts_find(SUBJECT_CASE, "rent_known_through"),
				       clock_today(core->clock));
	facts_free(facts);
	return known.type == VALUE_DATE ? (date)known.number : DATE_NONE;
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
	if (!calendar_is_bank_day(calendar, item->due)) {
		rent->bank_day = item->due;
		while (!calendar_is_bank_day(calendar, rent->bank_day))
			rent->bank_day--;
	}
	rent->safe_until = late.safe_until;
	rent->notice_from = late.notice_from;
}

/* A lease that ends within a month anyway cannot be won back (JB 44 par. fifth paragraph). Where
 * the rent is not known, the lease was forfeited before the notice at least. */
static void set_excluded(const struct facts *facts, const struct facts_notice *notice, date today,
			 struct letter_rent *rent)
{
	struct value ends = facts_get(facts, facts_find(SUBJECT_CASE, "lease_ends_on"), today);
	if (ends.type != VALUE_DATE)
		return;
	date ends_on = (date)ends.number;
	if (notice->forfeited_on != DATE_NONE)
		rent->excluded = ends_on < date_add_months(notice->forfeited_on, 1);
	else if (notice->rent_is_open || !notice->rent_is_known)
		rent->maybe_excluded = ends_on < date_add_months(notice->day, 1);
}

static void set_notice(const struct core *core, const struct facts_notice *notice,
		       const struct facts *facts, struct letter_rent *rent)
{
	date today = clock_today(core->clock);
	rent->rent_unknown = !notice->rent_is_known && !notice->rent_is_open;
	rent->none_open = notice->rent_is_known && !notice->rent_is_open;
	rent->served_on = notice->served_on;
	rent->told_on = notice->told_on;
	rent->post_unknown = notice->told_on != DATE_NONE && !notice->told_by_post;
	set_excluded(facts, notice, today, rent);
	if (notice->served_on == DATE_NONE || notice->told_on == DATE_NONE)
		return;
	struct law_recovery recovery =
	    law_recovery(core->office->calendar, notice->served_on, notice->told_on);
	rent->recovery_last = recovery.last;
	rent->decision_from = recovery.decision_from;
	rent->recovery_over = recovery.last < today;
}

static void set_recovery(const struct core *core, const struct letter_item *item,
			 struct arena *arena, struct letter_rent *rent)
{
	struct facts_notice notice;
	struct facts *facts = fold(core, item->subject, arena);
	if (facts_notice_of(facts, item->key, &notice))
		set_notice(core, &notice, facts, rent);
	facts_free(facts);
}

static const struct letter_rent no_days = {
	.covers_through = DATE_NONE,
	.bank_day = DATE_NONE,
	.safe_until = DATE_NONE,
	.notice_from = DATE_NONE,
	.recovery_last = DATE_NONE,
	.served_on = DATE_NONE,
	.told_on = DATE_NONE,
	.decision_from = DATE_NONE,
};

const struct letter_rent *letters_rent(const struct core *core, const struct letter_item *item,
				       struct arena *arena)
{
	const struct rule *rule = ruleset_find(core->office->ruleset, item->rule);
	if (rule == NULL || !item->is_case)
		return NULL;
	struct letter_rent *rent = arena_alloc(arena, sizeof(*rent));
	*rent = no_days;
	if (starts_with(rule, "rent."))
		rent->covers_through = covers_through(core, item->subject, arena);
	if (starts_with(rule, CHARGED) && rule->per_key)
		set_month(core, item, arena, rent);
	if (starts_with(rule, SERVED))
		set_recovery(core, item, arena, rent);
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
