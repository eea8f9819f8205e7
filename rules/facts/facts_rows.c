/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The table of facts: name, type, and how each is read as of a day. Conditions, their help and
 * `why` all come from these rows; domain.md 8 says what they mean.
 */
#include <stddef.h>
#include <string.h>

#include "rules/facts/facts_own.h"

struct row {
	struct fact fact;
	struct value (*get)(const struct facts *facts, size_t member, date today);
	size_t member; /* where it is, for those that are only read */
	/* The first day after today on which time alone may change it; NULL: never. */
	date (*next)(const struct facts *facts, date today);
};

static const struct value unknown = { VALUE_NULL, 0, NULL };

static struct value number_value(int64_t number)
{
	return (struct value){ VALUE_NUMBER, number, NULL };
}

static struct value flag_value(bool flag)
{
	return (struct value){ VALUE_FLAG, flag ? 1 : 0, NULL };
}

static struct value date_value(date day)
{
	return day == DATE_NONE ? unknown : (struct value){ VALUE_DATE, day, NULL };
}

/* Those that are stored as they are. */

static struct value case_date(const struct facts *facts, size_t member, date today)
{
	(void)today;
	date day;
	memcpy(&day, (const char *)facts->of_case + member, sizeof(day));
	return date_value(day);
}

static struct value case_flag(const struct facts *facts, size_t member, date today)
{
	(void)today;
	bool flag;
	memcpy(&flag, (const char *)facts->of_case + member, sizeof(flag));
	return flag_value(flag);
}

static struct value case_number(const struct facts *facts, size_t member, date today)
{
	(void)today;
	int64_t number;
	memcpy(&number, (const char *)facts->of_case + member, sizeof(number));
	return number_value(number);
}

static struct value programme_number(const struct facts *facts, size_t member, date today)
{
	(void)today;
	int64_t number;
	memcpy(&number, (const char *)facts->of_programme + member, sizeof(number));
	return number_value(number);
}

static struct value programme_date(const struct facts *facts, size_t member, date today)
{
	(void)today;
	date day;
	memcpy(&day, (const char *)facts->of_programme + member, sizeof(day));
	return date_value(day);
}

/* Those that are computed. */

static struct value get_today(const struct facts *facts, size_t member, date today)
{
	(void)facts;
	(void)member;
	return date_value(today);
}

static date next_today(const struct facts *facts, date today)
{
	(void)facts;
	return date_add_days(today, 1);
}

/* Deadlines are made from facts: they come above, where the plan is asked for their number. */
static struct value get_overdue_deadlines(const struct facts *facts, size_t member, date today)
{
	(void)facts;
	(void)member;
	(void)today;
	return number_value(0);
}

static struct value get_stage(const struct facts *facts, size_t member, date today)
{
	(void)member;
	(void)today;
	const char *stage = facts->of_case->stage;
	return stage == NULL ? unknown : (struct value){ VALUE_TEXT, 0, stage };
}

static struct value get_stage_days(const struct facts *facts, size_t member, date today)
{
	(void)member;
	date since = facts->of_case->stage_since;
	return since == DATE_NONE ? unknown : number_value((int64_t)today - since);
}

static date next_stage_days(const struct facts *facts, date today)
{
	return facts->of_case->stage == NULL ? DATE_NONE : date_add_days(today, 1);
}

static struct value get_open(const struct facts *facts, size_t member, date today)
{
	(void)member;
	(void)today;
	return facts->was_opened ? flag_value(facts->is_open) : unknown;
}

/* A plan of which nobody said whether it names the efforts is judged as it was before that was
 * asked: it was complete then, and is still. */
static struct value get_plan_complete(const struct facts *facts, size_t member, date today)
{
	(void)member;
	(void)today;
	const struct facts_case *of_case = facts->of_case;
	bool complete = true;
	for (size_t i = 0; i < PLAN_AREAS; i++)
		complete = complete && of_case->plan_has[i];
	if (of_case->plan_asks_efforts)
		complete = complete && of_case->plan_has_efforts && of_case->plan_has_follow_up;
	return of_case->plan_is_known ? flag_value(complete) : unknown;
}

static struct value get_goals_explained(const struct facts *facts, size_t member, date today)
{
	(void)member;
	(void)today;
	const struct facts_case *of_case = facts->of_case;
	return of_case->goals_are_known ? flag_value(of_case->goals_explained) : unknown;
}

static struct value get_arrears(const struct facts *facts, size_t member, date today)
{
	(void)member;
	const struct ledger *ledger = facts->of_case->ledger;
	return ledger_knows(ledger, today) ? number_value(ledger_arrears(ledger, today)) : unknown;
}

static struct value get_arrears_months(const struct facts *facts, size_t member, date today)
{
	(void)member;
	return number_value(ledger_arrears_months(facts->of_case->ledger, today));
}

static struct value get_oldest_unpaid_due(const struct facts *facts, size_t member, date today)
{
	(void)member;
	return date_value(ledger_oldest_unpaid_due(facts->of_case->ledger, today));
}

static struct value get_late_payments(const struct facts *facts, size_t member, date today)
{
	(void)member;
	return number_value(ledger_late_12m(facts->of_case->ledger, today));
}

static date next_of_ledger(const struct facts *facts, date today)
{
	return ledger_next_change(facts->of_case->ledger, today);
}

/* Visits: today and the days before. */

static struct value visits_of(const struct facts *facts, date today, int days)
{
	date from = date_add_days(today, 1 - days);
	return number_value(facts_days_since(&facts->of_case->visits, from));
}

static date next_of_visits(const struct facts *facts, date today, int days)
{
	date first = facts_days_first(&facts->of_case->visits, date_add_days(today, 1 - days));
	return first == DATE_NONE ? DATE_NONE : date_add_days(first, days);
}

static struct value get_visits_7d(const struct facts *facts, size_t member, date today)
{
	(void)member;
	return visits_of(facts, today, SHORT_VISIT_DAYS);
}

static date next_visits_7d(const struct facts *facts, date today)
{
	return next_of_visits(facts, today, SHORT_VISIT_DAYS);
}

static struct value get_visits_28d(const struct facts *facts, size_t member, date today)
{
	(void)member;
	return visits_of(facts, today, VISIT_DAYS);
}

static date next_visits_28d(const struct facts *facts, date today)
{
	return next_of_visits(facts, today, VISIT_DAYS);
}

/* Remarks and disturbances: after the same day six months ago. */

static date first_of_six_months(date today)
{
	return date_add_days(date_add_months(today, -TROUBLE_MONTHS), 1);
}

/* The day on which something is six months old. Where its month is longer than that one is,
 * the last day there still means an earlier day here, and it is the day after. */
static date six_months_old(date day)
{
	date old = date_add_months(day, TROUBLE_MONTHS);
	return first_of_six_months(old) > day ? old : date_add_days(old, 1);
}

static struct value trouble_value(const struct facts_days *days, date today)
{
	return number_value(facts_days_since(days, first_of_six_months(today)));
}

static date next_of_trouble(const struct facts_days *days, date today)
{
	date first = facts_days_first(days, first_of_six_months(today));
	return first == DATE_NONE ? DATE_NONE : six_months_old(first);
}

static struct value get_remarks(const struct facts *facts, size_t member, date today)
{
	(void)member;
	return trouble_value(&facts->of_case->remarks, today);
}

static date next_remarks(const struct facts *facts, date today)
{
	return next_of_trouble(&facts->of_case->remarks, today);
}

static struct value get_disturbances(const struct facts *facts, size_t member, date today)
{
	(void)member;
	return trouble_value(&facts->of_case->disturbances, today);
}

static date next_disturbances(const struct facts *facts, date today)
{
	return next_of_trouble(&facts->of_case->disturbances, today);
}

#define CASE(name, type, codes, help)                                                              \
	{                                                                                          \
		name, SUBJECT_CASE, type, codes, help                                              \
	}
#define PROGRAMME(name, type, help)                                                                \
	{                                                                                          \
		name, SUBJECT_PROGRAMME, type, NULL, help                                          \
	}
#define OF_CASE(member)      offsetof(struct facts_case, member)
#define OF_PROGRAMME(member) offsetof(struct facts_programme, member)
#define CASE_DATE(name, help)                                                                      \
	{                                                                                          \
		CASE(#name, VALUE_DATE, NULL, help), case_date, OF_CASE(name), NULL                \
	}
#define CASE_FLAG(name, help)                                                                      \
	{                                                                                          \
		CASE(#name, VALUE_FLAG, NULL, help), case_flag, OF_CASE(name), NULL                \
	}
#define PROGRAMME_NUMBER(name, help)                                                               \
	{                                                                                          \
		PROGRAMME(#name, VALUE_NUMBER, help), programme_number, OF_PROGRAMME(name), NULL   \
	}
#define PROGRAMME_DATE(name, help)                                                                 \
	{                                                                                          \
		PROGRAMME(#name, VALUE_DATE, help), programme_date, OF_PROGRAMME(name), NULL       \
	}

static const struct row rows[] = {
	{ CASE("stage", VALUE_TEXT, "stage", "the stage of the chain it is in"), get_stage, 0,
	  NULL },
	CASE_DATE(stage_since, "the day it entered its stage"),
	{ CASE("stage_days", VALUE_NUMBER, NULL, "the days since then"), get_stage_days, 0,
	  next_stage_days },
	CASE_FLAG(step_back, "whether the last move went to an earlier stage"),
	{ CASE("open", VALUE_FLAG, NULL, "whether it is opened and not closed"), get_open, 0,
	  NULL },
	CASE_FLAG(paused, "whether its clock stands still"),
	CASE_FLAG(protected, "whether the identity is protected"),
	CASE_DATE(plan_adopted_on, "the day the latest plan was adopted"),
	CASE_DATE(plan_reviewed_on, "the day the plan was last reviewed"),
	{ CASE("plan_complete", VALUE_FLAG, NULL, "whether the plan has all its parts"),
	  get_plan_complete, 0, NULL },
	{ CASE("goals_explained", VALUE_FLAG, NULL,
	       "whether it is noted why goals were reached or not, since the last review"),
	  get_goals_explained, 0, NULL },
	{ CASE("arrears", VALUE_NUMBER, NULL,
	       "rent that is overdue and known to be unpaid, in öre"),
	  get_arrears, 0, next_of_ledger },
	{ CASE("arrears_months", VALUE_NUMBER, NULL, "the months that the arrears are of"),
	  get_arrears_months, 0, next_of_ledger },
	{ CASE("oldest_unpaid_due", VALUE_DATE, NULL, "the due date of the oldest of them"),
	  get_oldest_unpaid_due, 0, next_of_ledger },
	{ CASE("late_payments_12m", VALUE_NUMBER, NULL,
	       "rents of the last twelve months that were paid late, or are unpaid"),
	  get_late_payments, 0, next_of_ledger },
	CASE_DATE(rent_known_through, "the day up to which the programme's payments are known"),
	{ CASE("lease_ends_on", VALUE_DATE, NULL, "the day the lease ends"), case_date,
	  OF_CASE(lease.ends_on), NULL },
	CASE_DATE(waiver_until, "the last day of the waiver of security of tenure"),
	CASE_DATE(forfeiture_served_on, "the day the tenant was served notice of forfeiture"),
	CASE_DATE(board_notified_on, "the day the board was told of the forfeiture"),
	CASE_DATE(decision_valid_until, "the last day of the decision on assistance"),
	{ CASE("visits_7d", VALUE_NUMBER, NULL, "visits made today and on the six days before"),
	  get_visits_7d, 0, next_visits_7d },
	{ CASE("visits_28d", VALUE_NUMBER, NULL, "visits made today and on the 27 days before"),
	  get_visits_28d, 0, next_visits_28d },
	CASE_DATE(last_visit_on, "the day of the last visit made"),
	CASE_DATE(counselling_offered_on, "the day on which debt counselling was last offered"),
	{ CASE("visits_missed_in_row", VALUE_NUMBER, NULL,
	       "visits missed in a row: none made between, each within 30 days"),
	  case_number, OF_CASE(visits_missed_in_row), NULL },
	{ CASE("children", VALUE_NUMBER, NULL, "children who live in the household"), case_number,
	  OF_CASE(children), NULL },
	{ CASE("remarks_6m", VALUE_NUMBER, NULL, "the landlord's remarks of the last six months"),
	  get_remarks, 0, next_remarks },
	{ CASE("disturbances_6m", VALUE_NUMBER, NULL, "disturbances of the last six months"),
	  get_disturbances, 0, next_disturbances },
	{ CASE("today", VALUE_DATE, NULL, "the day of judging"), get_today, 0, next_today },

	PROGRAMME_NUMBER(open_cases, "its cases that are open"),
	PROGRAMME_NUMBER(cases_in_chain, "its open cases that have entered a stage"),
	{ PROGRAMME("overdue_deadlines", VALUE_NUMBER, "overdue deadlines of its cases"),
	  get_overdue_deadlines, 0, NULL },
	PROGRAMME_NUMBER(unmatched_payments, "payments that no case has got yet"),
	PROGRAMME_DATE(covers_through, "the day up to which payments are known"),
	PROGRAMME_DATE(ends_on, "the day it is to end"),
	{ PROGRAMME("today", VALUE_DATE, "the day of judging"), get_today, 0, next_today },
};

#define ROW_COUNT ((int)(sizeof(rows) / sizeof(rows[0])))

const struct fact *facts_at(int number)
{
	return number < 0 || number >= ROW_COUNT ? NULL : &rows[number].fact;
}

int facts_find(enum subject_type subject, const char *name)
{
	for (int i = 0; i < ROW_COUNT; i++)
		if (rows[i].fact.subject == subject && strcmp(rows[i].fact.name, name) == 0)
			return i;
	return -1;
}

struct value facts_get(const struct facts *facts, int number, date today)
{
	const struct fact *fact = facts_at(number);
	if (fact == NULL || fact->subject != facts->type)
		return unknown;
	return rows[number].get(facts, rows[number].member, today);
}

date facts_next_change(const struct facts *facts, int number, date today)
{
	const struct fact *fact = facts_at(number);
	if (fact == NULL || fact->subject != facts->type || rows[number].next == NULL)
		return DATE_NONE;
	return rows[number].next(facts, today);
}

bool facts_grows_daily(int number)
{
	const struct fact *fact = facts_at(number);
	return fact != NULL &&
	       (rows[number].get == get_today || rows[number].get == get_stage_days);
}
