/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Facts: what is known about a case or a programme after its events so far. Folded event by
 * event, in the order of (at, id); a table of named, typed facts is what conditions read.
 *
 *   facts = facts_new(chain, calendar, SUBJECT_CASE);
 *   facts_apply(facts, event, on_virtual, arg);  ...
 *   value = facts_get(facts, facts_find(SUBJECT_CASE, "stage"), today);
 */
#ifndef KEDJA_FACTS_H
#define KEDJA_FACTS_H

#include "rules/facts/ledger.h"
#include "rules/kinds/chain.h"
#include "rules/time/calendar.h"

struct fact {
	const char *name;
	enum subject_type
	    subject; /* SUBJECT_CASE or SUBJECT_PROGRAMME; `today` has a row in both */
	enum value_type type;
	const char *codes; /* list of allowed values (chain_codes), or NULL */
	const char *help;  /* English, a phrase */
};

/* The row of a fact by its number, or NULL past the end; the number of a fact, or -1. */
const struct fact *facts_at(int number);
int facts_find(enum subject_type subject, const char *name);

struct facts;

struct facts *facts_new(const struct chain *chain, const struct calendar *calendar,
			enum subject_type subject);
void facts_free(struct facts *facts); /* takes NULL */

/*
 * Takes in one event: the subject's own, and those of others that it sees (sees.h): of a case's
 * programmes, of a programme's cases. Virtual events (rent.settled, forfeiture.covered) that it
 * brings about are given to `on_virtual` after the event itself has been taken in; they live for
 * that call. The event is not kept. `on_virtual` may be NULL.
 */
typedef void facts_virtual(void *arg, const struct event *event);
void facts_apply(struct facts *facts, const struct event *event, facts_virtual *on_virtual,
		 void *arg);

/* Does an event of this kind change any fact of a subject of this type? */
bool facts_take_kind(enum subject_type subject, const struct kind *kind);

/* VALUE_NULL where nothing has been said; counts are 0, flags false (domain.md 8). Texts live
 * until the next facts_apply. The number of overdue deadlines is always 0 here: no event tells it
 * (plan_ask_overdue in plan.h). */
struct value facts_get(const struct facts *facts, int number, date today);
/* The first day after `today` on which this fact can change by itself, or DATE_NONE. */
date facts_next_change(const struct facts *facts, int number, date today);
/* Does it grow by one each day and change in no other way by itself (today, stage_days)? */
bool facts_grows_daily(int number);

/* Was the event last taken in the first of its kind on its own subject (`event_first` of `if`)?
 * In a programme's facts: of its case, whatever programme that was in. While on_virtual runs: the
 * virtual event that it was given. */
bool facts_event_is_first(const struct facts *facts);

/* Bytes held, roughly. */
size_t facts_size(const struct facts *facts);

/* What the planner and the people need besides. */
bool facts_is_open(const struct facts *facts);    /* opened (started) and not closed (ended) */
bool facts_was_opened(const struct facts *facts); /* some day, also if it is closed now */
bool facts_is_paused(const struct facts *facts);
const char *facts_programme(const struct facts *facts); /* of a case; NULL before any is named */
/* Of a programme: where one of its cases belongs now; NULL where none of its events has said. */
const char *facts_home_of(const struct facts *facts, const char *subject);
/* Of a case: has any of its events named this programme? */
bool facts_has_named(const struct facts *facts, const char *programme);
const char *facts_stage(const struct facts *facts);           /* of a case; NULL before the first */
const struct ledger *facts_ledger(const struct facts *facts); /* of a case; NULL otherwise */

/*
 * What is known of a lease that was ended for unpaid rent, by the key of the notice (the rent month
 * of its form). Of several papers of a kind the earliest counts. DATE_NONE where nothing is known.
 */
struct facts_notice {
	date served_on;     /* the tenant was served */
	date told_on;       /* the message to the board counts from here in law */
	bool told_by_post;  /* and that is the day on which it was posted as a registered letter */
	bool rent_is_known; /* of its month, or where it names none: any rent past due on its day */
	bool rent_is_open;  /* some rent that was past due on its day */
	date forfeited_on;  /* the first day, on the latest reading, on which that could cost the
			       lease */
	date day;           /* of the notice: the service, else the message */
};
/* False if there is no such notice, or it is over. */
bool facts_notice_of(const struct facts *facts, const char *key, struct facts_notice *ret);

/*
 * The days that `from` may name besides the date fields of a kind, filled in before it is read
 * (domain.md 8): due_early, due_latest and due_on of a rent.charged; of a notice of forfeiture and
 * of the message to the board the day from which it counts in law (counts_on: a registered letter
 * from its sending, JB 12:63), and the earliest one that it may be counted from (earliest_on).
 * DATE_NONE for other kinds and names.
 */
bool facts_derives_date(const struct kind *kind, const char *field);
date facts_derived_date(const struct calendar *calendar, const struct event *event,
			const char *field);

/* A date field of the event that was taken in last: as it was recorded, or as the fold fills it in:
 * the days above, and the last day of a lease of which a notice names none (lease.h). */
date facts_date_in(const struct facts *facts, const struct event *event, const char *field);

#endif
