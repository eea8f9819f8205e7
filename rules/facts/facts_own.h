/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * What the files of the facts share; for them alone. From below: facts_common.c, then
 * facts_matters.c, facts_case.c, facts_programme.c and facts_rows.c, and facts.c, which gives each
 * event to one.
 */
#ifndef KEDJA_FACTS_OWN_H
#define KEDJA_FACTS_OWN_H

#include "rules/facts/facts.h"
#include "rules/facts/facts_table.h"
#include "rules/facts/lease.h"

/* The days of something in a window that ends today, oldest first; older ones are forgotten. */
struct facts_days {
	date *list;
	size_t first, end, capacity;
};

/* The kinds of events that a subject has seen. */
struct facts_seen {
	const struct kind **list;
	size_t count, capacity;
};

/* So much of a payment is a case's. */
struct facts_part {
	char *of_case;
	int64_t amount; /* 0: all that is left */
};

/* A payment that fitted no rent, and the words whose it is, until all of it is somebody's. */
struct facts_loose {
	char *name; /* the bank reference */
	bool is_known;
	int64_t left; /* what nobody has got yet */
	date paid_on;
	bool is_reversal; /* money that went back */
	char *reference;
	char *perhaps_of;         /* it may be one that this case has got already; or NULL */
	struct facts_part *parts; /* not given out yet, in the order of the words */
	size_t count, capacity;
};

/* How far the payment files of one programme reach. */
struct facts_coverage {
	char *name;
	date through;
};

/* The programme that a case belongs to. */
struct facts_home {
	char *programme;
	bool surely; /* it was opened there, or went over to it */
};

/*
 * A lease that was ended for unpaid rent, by the rent month that the form names: one row for each
 * of them. What was past due on its day is to be covered.
 */
struct facts_matter {
	char *key;
	date served_on, told_on; /* the earliest of each kind; DATE_NONE */
	date told_counts_on;     /* the earliest day from which a message counts in law */
	bool told_by_post;       /* because it was posted as a registered letter then */
	bool is_open;            /* something that was past due on its day is not covered */
	bool is_covered;         /* by the ledger, and so it was told */
	bool is_answered;        /* somebody undertook to pay, or showed a receipt */
};

enum { PLAN_AREAS = 7 };

struct facts_case {
	struct facts_home home;
	char **named; /* all programmes that its events have named */
	size_t named_count, named_capacity;
	char *stage;
	date stage_since;
	bool step_back, paused, protected;
	date plan_adopted_on, plan_reviewed_on;
	bool plan_is_known, plan_has[PLAN_AREAS];
	bool plan_asks_efforts, plan_has_efforts; /* whether they are in it was said of the plan */
	bool plan_has_follow_up;                  /* it names a day */
	bool goals_are_known, goals_explained;
	struct lease lease;
	date waiver_until;
	date forfeiture_served_on, board_notified_on;
	date decision_valid_until, last_visit_on, last_missed_on;
	date counselling_offered_on;
	int64_t visits_missed_in_row;
	int64_t children;
	struct facts_days visits, remarks, disturbances;
	struct facts_table coverage; /* of struct facts_coverage */
	struct facts_table loose;    /* of struct facts_loose */
	date rent_known_through;
	date held_from; /* paid_on of the earliest that may be another of ours, or the same */
	struct ledger *ledger;
	struct facts_matter *matters;
	size_t matter_count, matter_capacity;
};

/* What a programme knows of one case. */
struct facts_member {
	char *name;
	struct facts_home home;
	bool is_open, was_closed, has_stage;
	bool counts_as_open, counts_in_chain;
	struct facts_seen seen;
};

struct facts_programme {
	struct facts_table members; /* of struct facts_member */
	struct facts_table loose;   /* of struct facts_loose */
	int64_t open_cases, cases_in_chain, unmatched_payments;
	date covers_through, ends_on;
};

/* The event that is being taken in, and who hears of what it brings about. */
struct facts_turn {
	const struct event *event;
	facts_virtual *on_virtual;
	void *arg;
};

struct facts {
	const struct chain *chain;
	const struct calendar *calendar;
	enum subject_type type;
	char *subject; /* NULL until its first event */
	bool was_opened, is_open;
	bool event_is_first;
	struct facts_seen seen;
	struct facts_case *of_case; /* one of these two */
	struct facts_programme *of_programme;
	struct facts_turn turn;
};

typedef void facts_verb(struct facts *facts, const struct event *event);

/* facts_common.c */

/* A row of a table of verbs, which is sorted by name. */
struct facts_verb_row {
	const char *kind;
	facts_verb *verb;
};
facts_verb *facts_find_verb(const struct facts_verb_row *rows, size_t count, const char *kind);

void facts_set_text(char **text, const char *to); /* a copy; NULL for NULL */
date facts_date_of(const struct event *event, const char *field);

/* Takes in what an event of the case says of its home: until it is opened somewhere, or goes over,
 * it belongs to whichever programme was named last. */
void facts_home_note(struct facts_home *home, const struct event *event);

/* Notes the kind; true if it is the first one. */
bool facts_seen_note(struct facts_seen *seen, const struct kind *kind);

/* Puts in what the event says of a payment: how much it is, or whose. */
void facts_loose_note(struct facts_loose *loose, const struct event *event);
/* The next part that can be given out, once it is known how much there is; false: there is none.
 * The caller frees *ret_case. Never more than what is left. */
bool facts_loose_give(struct facts_loose *loose, char **ret_case, int64_t *ret_amount);
bool facts_loose_is_spent(const struct facts_loose *loose); /* all of it is somebody's */
void facts_loose_free(struct facts_loose *loose);

void facts_days_add(struct facts_days *days, date day, date oldest);
int64_t facts_days_since(const struct facts_days *days, date from);
/* The oldest day that is not before `from`, or DATE_NONE. */
date facts_days_first(const struct facts_days *days, date from);

/* Gives out a virtual event of the case, at the time of the event that is being taken in. `values`
 * are those of the kind's fields, as many as it has. */
void facts_give_out(struct facts *facts, const struct kind *kind, const char *key,
		    const struct value *values);

/* facts_matters.c */

/* A notice of forfeiture or the message of it; somebody paid or undertook to; it is over. */
facts_verb facts_matter_begins, facts_matter_is_answered, facts_matter_ends;
/* After the ledger has changed: a matter whose rent is covered now is told (forfeiture.covered). */
void facts_matters_look(struct facts *facts);
void facts_matters_free(struct facts_case *of_case);

/* facts_case.c and facts_programme.c */

struct facts_case *facts_case_new(const struct calendar *calendar);
void facts_case_free(struct facts_case *of_case);
struct facts_programme *facts_programme_new(void);
void facts_programme_free(struct facts_programme *of_programme);

/* What an event of this name does; NULL if nothing. */
facts_verb *facts_case_verb(const char *kind);
facts_verb *facts_programme_verb(const char *kind);

/* An event of the case itself names a programme. */
void facts_case_name_programme(struct facts *facts, const struct event *event);

/* Once the name of the subject is known. */
void facts_case_named(struct facts *facts);
void facts_programme_named(struct facts *facts);

/* Of a case in a programme's facts, from its own event. */
struct facts_member *facts_member_of(struct facts *facts, const char *subject);

#define VISIT_DAYS       28
#define SHORT_VISIT_DAYS 7
#define TROUBLE_MONTHS   6
#define MISSED_DAYS      30 /* between two visits that were missed in a row */

#endif
