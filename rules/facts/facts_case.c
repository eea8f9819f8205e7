/* SPDX-License-Identifier: EUPL-1.2 */
/* What each event does to the facts of a case. */
#include <stdlib.h>
#include <string.h>

#include "rules/facts/facts_own.h"

static const char *const plan_areas[PLAN_AREAS] = { "rent",      "tenancy",      "treatment",
						    "neighbour", "rent_contact", "goals_short",
						    "goals_long" };

struct facts_case *facts_case_new(const struct calendar *calendar)
{
	struct facts_case *of_case = xcalloc(1, sizeof(*of_case));
	date *const dates[] = { &of_case->stage_since,          &of_case->plan_adopted_on,
				&of_case->plan_reviewed_on,     &of_case->waiver_until,
				&of_case->forfeiture_served_on, &of_case->board_notified_on,
				&of_case->decision_valid_until, &of_case->last_visit_on,
				&of_case->last_missed_on,       &of_case->counselling_offered_on,
				&of_case->rent_known_through,   &of_case->held_from };
	for (size_t i = 0; i < sizeof(dates) / sizeof(dates[0]); i++)
		*dates[i] = DATE_NONE;
	of_case->lease = (struct lease)LEASE_NONE;
	of_case->ledger = ledger_new(calendar);
	return of_case;
}

void facts_case_free(struct facts_case *of_case)
{
	for (size_t i = 0; i < of_case->coverage.capacity; i++) {
		struct facts_coverage *coverage = facts_table_at(&of_case->coverage, i);
		if (coverage != NULL)
			free(coverage->name);
		free(coverage);
	}
	free(of_case->coverage.slots);
	for (size_t i = 0; i < of_case->loose.capacity; i++)
		facts_loose_free(facts_table_at(&of_case->loose, i));
	free(of_case->loose.slots);
	for (size_t i = 0; i < of_case->named_count; i++)
		free(of_case->named[i]);
	free(of_case->named);
	free(of_case->home.programme);
	free(of_case->stage);
	free(of_case->visits.list);
	free(of_case->remarks.list);
	free(of_case->disturbances.list);
	ledger_free(of_case->ledger);
	facts_matters_free(of_case);
	free(of_case);
}

/* The files that count are those of the programme that the case belongs to now. */
static void look_up_coverage(struct facts_case *of_case)
{
	const struct facts_coverage *coverage = NULL;
	if (of_case->home.programme != NULL)
		coverage = facts_table_find(&of_case->coverage, of_case->home.programme);
	of_case->rent_known_through = coverage == NULL ? DATE_NONE : coverage->through;
	/* Until somebody has said whether that one is another of its payments. */
	if (of_case->held_from != DATE_NONE && of_case->rent_known_through >= of_case->held_from)
		of_case->rent_known_through = date_add_days(of_case->held_from, -1);
	ledger_known_through(of_case->ledger, of_case->rent_known_through);
}

bool facts_has_named(const struct facts *facts, const char *programme)
{
	for (size_t i = 0; facts->of_case != NULL && i < facts->of_case->named_count; i++)
		if (strcmp(facts->of_case->named[i], programme) == 0)
			return true;
	return false;
}

void facts_case_name_programme(struct facts *facts, const struct event *event)
{
	struct facts_case *of_case = facts->of_case;
	const char *programme = event_programme(event);
	facts_home_note(&of_case->home, event);
	look_up_coverage(of_case);
	if (facts_has_named(facts, programme))
		return;
	of_case->named = array_grow(of_case->named, of_case->named_count, &of_case->named_capacity,
				    sizeof(*of_case->named));
	of_case->named[of_case->named_count++] = xstrdup(programme);
}

static void note_protection(struct facts_case *of_case, struct value said)
{
	if (said.type == VALUE_FLAG)
		of_case->protected = said.number != 0;
}

/* As many as were named last; where nothing is said of them it stands as it was. */
static void household_changed(struct facts *facts, const struct event *event)
{
	struct value children = event_value(event, "children");
	if (children.type == VALUE_NUMBER)
		facts->of_case->children = children.number;
}

static void case_transferred(struct facts *facts, const struct event *event)
{
	household_changed(facts, event);
	note_protection(facts->of_case, event_value(event, "protected"));
}

/* A case that was closed and is opened again begins with its clock running, and in no stage. */
static void begin_again(struct facts_case *of_case)
{
	of_case->paused = false;
	of_case->step_back = false;
	of_case->stage_since = DATE_NONE;
	facts_set_text(&of_case->stage, NULL);
}

static void case_opened(struct facts *facts, const struct event *event)
{
	if (!facts->is_open && facts->was_opened)
		begin_again(facts->of_case);
	facts->is_open = true;
	facts->was_opened = true;
	case_transferred(facts, event);
}

static void case_closed(struct facts *facts, const struct event *event)
{
	(void)event;
	facts->is_open = false;
	facts->was_opened = true;
}

static void case_paused(struct facts *facts, const struct event *event)
{
	(void)event;
	facts->of_case->paused = true;
}

static void case_resumed(struct facts *facts, const struct event *event)
{
	(void)event;
	facts->of_case->paused = false;
}

static void case_protected(struct facts *facts, const struct event *event)
{
	note_protection(facts->of_case, event_value(event, "on"));
}

static void decision_made(struct facts *facts, const struct event *event)
{
	facts->of_case->decision_valid_until = facts_date_of(event, "valid_until");
}

/* A day that is agreed for the next follow-up, with the plan or with a review of it. */
static void note_follow_up(struct facts_case *of_case, const struct event *event)
{
	if (facts_date_of(event, "review_on") != DATE_NONE)
		of_case->plan_has_follow_up = true;
}

static void note_efforts(struct facts_case *of_case, struct value said)
{
	if (said.type != VALUE_FLAG)
		return;
	of_case->plan_asks_efforts = true;
	of_case->plan_has_efforts = said.number != 0;
}

/* Only what an amendment names changes; an adopted plan names all. */
static void plan_amended(struct facts *facts, const struct event *event)
{
	facts->of_case->plan_is_known = true;
	note_efforts(facts->of_case, event_value(event, "efforts"));
	note_follow_up(facts->of_case, event);
	for (size_t i = 0; i < PLAN_AREAS; i++) {
		struct value has = event_value(event, plan_areas[i]);
		if (has.type == VALUE_FLAG)
			facts->of_case->plan_has[i] = has.number != 0;
	}
}

static void plan_adopted(struct facts *facts, const struct event *event)
{
	facts->of_case->plan_adopted_on = event->at.day;
	memset(facts->of_case->plan_has, 0, sizeof(facts->of_case->plan_has));
	facts->of_case->plan_asks_efforts = false;
	facts->of_case->plan_has_follow_up = false;
	plan_amended(facts, event);
}

static void plan_reviewed(struct facts *facts, const struct event *event)
{
	facts->of_case->plan_reviewed_on = event->at.day;
	note_follow_up(facts->of_case, event);
	facts->of_case->goals_are_known = true;
	facts->of_case->goals_explained = event_value(event, "explained").number != 0;
}

static void explanations_noted(struct facts *facts, const struct event *event)
{
	(void)event;
	facts->of_case->goals_explained = true;
}

static void stage_entered(struct facts *facts, const struct event *event)
{
	struct facts_case *of_case = facts->of_case;
	const char *name = event_value(event, "stage").text;
	if (name == NULL)
		return;
	const struct stage *to = chain_stage(facts->chain, name);
	const struct stage *from =
	    of_case->stage == NULL ? NULL : chain_stage(facts->chain, of_case->stage);
	of_case->step_back = from != NULL && to != NULL && to->rank < from->rank;
	of_case->stage_since = event->at.day;
	facts_set_text(&of_case->stage, name);
}

static void lease_turned(struct facts *facts, const struct event *event)
{
	lease_note(&facts->of_case->lease, event);
}

static void lease_ended(struct facts *facts, const struct event *event)
{
	lease_turned(facts, event);
	facts->of_case->waiver_until = DATE_NONE;
	facts_matter_ends(facts, event);
}

static void lease_waiver_approved(struct facts *facts, const struct event *event)
{
	facts->of_case->waiver_until = facts_date_of(event, "until");
}

/* The days of a charge that is open again: what a rule counts from. */
static void tell_days(const struct ledger *ledger, const struct kind *kind, const char *month,
		      struct value *values)
{
	for (size_t i = 0; i < ledger_count(ledger); i++) {
		const struct charge *charge = ledger_at(ledger, i);
		if (strcmp(charge->key, month) != 0)
			continue;
		values[kind_field(kind, "due_on")] =
		    (struct value){ VALUE_DATE, charge->due_on, NULL };
		values[kind_field(kind, "due_early")] =
		    (struct value){ VALUE_DATE, charge->due_early, NULL };
		values[kind_field(kind, "due_latest")] =
		    (struct value){ VALUE_DATE, charge->due_latest, NULL };
	}
}

static const char *name_of(enum ledger_news news)
{
	switch (news) {
	case LEDGER_SETTLED:
		return "rent.settled";
	case LEDGER_REOPENED:
		return "rent.reopened";
	case LEDGER_CLEARED:
		return "rent.cleared";
	case LEDGER_UNCLEARED:
		return "rent.uncleared";
	}
	return "";
}

/* What the ledger tells becomes an event of the case. */
static void tell_news(void *arg, enum ledger_news news, const char *month)
{
	struct facts *facts = arg;
	const struct kind *kind = chain_kind(facts->chain, name_of(news));
	if (kind == NULL)
		return;
	struct value *values = xcalloc(kind->field_count, sizeof(*values));
	if (news == LEDGER_REOPENED)
		tell_days(facts->of_case->ledger, kind, month, values);
	facts_give_out(facts, kind, month == NULL ? "" : month, values);
	free(values);
}

/* A charge whose month gives no date, and that has none of its own, cannot be followed up. */
static void rent_charged(struct facts *facts, const struct event *event)
{
	struct rent_days days;
	date due_on = facts_date_of(event, "due_on");
	bool first = event_value(event, "first").number != 0;
	if (law_rent_days(facts->calendar, event->key, due_on, first, &days) != 0)
		return;
	ledger_charge(facts->of_case->ledger, event->key, event_value(event, "reference").text,
		      event_value(event, "amount").number, days, event->at.day, tell_news, facts);
	facts_matters_look(facts);
}

static void rent_paid(struct facts *facts, const struct event *event)
{
	date paid_on = facts_date_of(event, "paid_on");
	ledger_pay(facts->of_case->ledger, event_value(event, "amount").number,
		   paid_on == DATE_NONE ? event->at.day : paid_on,
		   event_value(event, "reference").text, event->at.day, tell_news, facts);
	facts_matters_look(facts);
}

static void rent_reversed(struct facts *facts, const struct event *event)
{
	ledger_take_back(facts->of_case->ledger, event_value(event, "amount").number,
			 event_value(event, "reference").text, event->at.day, tell_news, facts);
	facts_matters_look(facts);
}

static void rent_waived(struct facts *facts, const struct event *event)
{
	ledger_waive(facts->of_case->ledger, event->key, event->at.day, tell_news, facts);
	facts_matters_look(facts);
}

/* Of the case's own programme or of another one: the case may go there. */
static void payments_imported(struct facts *facts, const struct event *event)
{
	struct facts_case *of_case = facts->of_case;
	date through = facts_date_of(event, "covers_through");
	struct facts_coverage *coverage = facts_table_find(&of_case->coverage, event->subject);
	if (coverage != NULL && through <= coverage->through)
		return;
	coverage = facts_table_get(&of_case->coverage, event->subject, sizeof(*coverage));
	coverage->through = through;
	look_up_coverage(of_case);
}

/* What may be one of our payments, or one that we have got already, keeps its day unknown. */
static void hold_back(struct facts *facts)
{
	struct facts_case *of_case = facts->of_case;
	date from = DATE_NONE;
	for (size_t i = 0; i < of_case->loose.capacity; i++) {
		const struct facts_loose *loose = facts_table_at(&of_case->loose, i);
		if (loose != NULL && loose->perhaps_of != NULL &&
		    strcmp(loose->perhaps_of, facts->subject) == 0 &&
		    (from == DATE_NONE || loose->paid_on < from))
			from = loose->paid_on;
	}
	if (from == of_case->held_from)
		return;
	of_case->held_from = from;
	look_up_coverage(of_case);
}

static void take_part(struct facts *facts, const struct facts_loose *loose, int64_t amount)
{
	struct ledger *ledger = facts->of_case->ledger;
	date today = facts->turn.event->at.day;
	if (loose->is_reversal)
		ledger_take_back(ledger, amount, loose->reference, today, tell_news, facts);
	else
		ledger_pay(ledger, amount, loose->paid_on, loose->reference, today, tell_news,
			   facts);
	facts_matters_look(facts);
}

/* What of the payment is this case's goes into its ledger; what is another's is of no interest. */
static bool settle_loose(struct facts *facts, struct facts_loose *loose)
{
	bool may_hold = loose->perhaps_of != NULL;
	char *of_case;
	int64_t amount;
	while (facts_loose_give(loose, &of_case, &amount)) {
		if (strcmp(of_case, facts->subject) == 0 && amount > 0)
			take_part(facts, loose, amount);
		free(of_case);
	}
	bool is_spent = facts_loose_is_spent(loose);
	if (is_spent) {
		facts_table_remove(&facts->of_case->loose, loose);
		facts_loose_free(loose);
	}
	if (may_hold)
		hold_back(facts);
	return is_spent;
}

static void payment_loose(struct facts *facts, const struct event *event)
{
	struct facts_loose *loose =
	    facts_table_get(&facts->of_case->loose, event->key, sizeof(*loose));
	facts_loose_note(loose, event);
	if (facts->subject != NULL)
		settle_loose(facts, loose);
}

/* Payments that were assigned before the case's own first event. */
void facts_case_named(struct facts *facts)
{
	struct facts_table *table = &facts->of_case->loose;
	for (size_t i = 0; i < table->capacity;) {
		struct facts_loose *loose = facts_table_at(table, i);
		/* Once it is gone, another one may stand in its place. */
		if (loose == NULL || !settle_loose(facts, loose))
			i++;
	}
}

static void forfeiture_served(struct facts *facts, const struct event *event)
{
	facts->of_case->forfeiture_served_on = facts_date_of(event, "on");
	facts_matter_begins(facts, event);
}

static void board_notified(struct facts *facts, const struct event *event)
{
	facts->of_case->board_notified_on = facts_date_of(event, "on");
	facts_matter_begins(facts, event);
}

static void visit_made(struct facts *facts, const struct event *event)
{
	date day = event->at.day;
	facts_days_add(&facts->of_case->visits, day, date_add_days(day, 1 - VISIT_DAYS));
	facts->of_case->last_visit_on = day;
	facts->of_case->last_missed_on = DATE_NONE;
	facts->of_case->visits_missed_in_row = 0;
}

/* In a row: none was made between, and each within thirty days of the one before. */
static void visit_missed(struct facts *facts, const struct event *event)
{
	struct facts_case *of_case = facts->of_case;
	date before = of_case->last_missed_on;
	bool goes_on = before != DATE_NONE && event->at.day - before <= MISSED_DAYS;
	of_case->visits_missed_in_row = goes_on ? of_case->visits_missed_in_row + 1 : 1;
	of_case->last_missed_on = event->at.day;
}

static void counselling_offered(struct facts *facts, const struct event *event)
{
	facts->of_case->counselling_offered_on = event->at.day;
}

static void note_trouble(struct facts_days *days, date day)
{
	facts_days_add(days, day, date_add_days(date_add_months(day, -TROUBLE_MONTHS), 1));
}

static void remark_received(struct facts *facts, const struct event *event)
{
	note_trouble(&facts->of_case->remarks, event->at.day);
}

static void disturbance_reported(struct facts *facts, const struct event *event)
{
	note_trouble(&facts->of_case->disturbances, event->at.day);
}

static const struct facts_verb_row verbs[] = {
	{ "arrears.paid", facts_matter_is_answered },
	{ "board.notified", board_notified },
	{ "case.closed", case_closed },
	{ "case.opened", case_opened },
	{ "case.paused", case_paused },
	{ "case.protected", case_protected },
	{ "case.resumed", case_resumed },
	{ "case.transferred", case_transferred },
	{ "counselling.offered", counselling_offered },
	{ "decision.made", decision_made },
	{ "disturbance.reported", disturbance_reported },
	{ "eviction.called_off", facts_matter_ends },
	{ "eviction.carried_out", facts_matter_ends },
	{ "explanations.noted", explanations_noted },
	{ "forfeiture.notice_served", forfeiture_served },
	{ "forfeiture.withdrawn", facts_matter_ends },
	{ "household.changed", household_changed },
	{ "lease.ended", lease_ended },
	{ "lease.indefinite", lease_turned },
	{ "lease.notice_given", lease_turned },
	{ "lease.prolonged", lease_turned },
	{ "lease.started", lease_turned },
	{ "lease.taken_over", lease_ended },
	{ "lease.waiver_approved", lease_waiver_approved },
	{ "payment.assigned", payment_loose },
	{ "payment.undertaken", facts_matter_is_answered },
	{ "payment.unmatched", payment_loose },
	{ "payments.imported", payments_imported },
	{ "plan.adopted", plan_adopted },
	{ "plan.amended", plan_amended },
	{ "plan.reviewed", plan_reviewed },
	{ "remark.received", remark_received },
	{ "rent.charged", rent_charged },
	{ "rent.paid", rent_paid },
	{ "rent.reversed", rent_reversed },
	{ "rent.waived", rent_waived },
	{ "stage.entered", stage_entered },
	{ "visit.made", visit_made },
	{ "visit.missed", visit_missed },
};

facts_verb *facts_case_verb(const char *kind)
{
	return facts_find_verb(verbs, sizeof(verbs) / sizeof(verbs[0]), kind);
}
