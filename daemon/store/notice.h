/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Notices as rows of the table notice: one for each person who is told of a firing, or why nobody
 * was. This is the only file that writes them; a list may be read where it is shown. All in a
 * turn, but for the questions.
 *
 * A notice is made as queued, or as one of put_off, overtaken, unreachable and shadow, which are
 * ends:
 *
 *              hold                    the letter arrived
 *     held <----------- queued ------------------------------> sent
 *      |  ------------->  |
 *      |    released      |---> overtaken    its deadline ended, its letter was cancelled
 *      |                  |---> unreachable  it is passed on: a new notice for somebody else;
 *      |                  |<---              its letter is tried again by hand
 *      |                  |---> put_off      somebody wants it later
 *      |---> overtaken    its deadline ended, more was said since, or it was discarded
 *      |---> put_off
 *
 *     shadow                           of a rule that is only tried out: nobody is told
 *
 * Each change of state leaves a row of history with its reason; so does what happens to a notice
 * within its state: it goes to another person, it is held back no more. The making of a notice
 * leaves none, nor does its place in a letter: the row and the letter say when that was. What lay
 * in a file before there was a history simply has none from before.
 */
#ifndef KEDJA_STORE_NOTICE_H
#define KEDJA_STORE_NOTICE_H

#include "daemon/store/core.h"
#include "rules/plan/steps.h"

enum notice_state {
	NOTICE_HELD,
	NOTICE_QUEUED,
	NOTICE_SENT,
	NOTICE_OVERTAKEN,
	NOTICE_PUT_OFF,
	NOTICE_UNREACHABLE,
	NOTICE_SHADOW
};
const char *notice_state_name(enum notice_state state);
MUST_CHECK int notice_state_parse(const char *name, enum notice_state *ret);
bool notice_state_may_begin(enum notice_state state);
/* Is there an arrow between the two above? */
bool notice_state_may_follow(enum notice_state was, enum notice_state state);

/* --- made ------------------------------------------------------------------------------------ */

struct new_notice {
	const char *subject;
	const struct deadline *deadline;
	const struct planned_step *planned;
	const char *role;       /* "": none */
	const char *reached_as; /* the role by which the person is told instead; "": none; NULL */
	bool quiet;             /* no other letter tells of it */
	const char *person;     /* NULL: nobody; "": the administrator */
	bool copy;
	enum notice_state state;
	const char *why;       /* NULL: because of the role */
	bool catches_up;       /* on what is past: many of them at once are held */
	const char *back;      /* the day until which it had been put off; NULL */
	int64_t put_off_event; /* of one that is put off: by whom; 0 */
};
int64_t notice_insert(const struct core *core, const struct new_notice *notice);
/* The same as `notice`, for another person, by that role; queued. */
int64_t notice_copy(const struct core *core, int64_t notice, const char *person,
		    const char *reached_as, const char *why);

/* --- changed --------------------------------------------------------------------------------- */

struct notice_change {
	int64_t notice;
	enum notice_state was, state;
	const char *reason;    /* for the history */
	const char *why;       /* stands on the notice from now on; NULL: as it was */
	int64_t put_off_event; /* to put_off: by whom */
};
/* False, and nothing changed, if it is not in state `was`. An arrow that is not there aborts. */
MUST_CHECK bool notice_change(const struct core *core, const struct notice_change *change);

/* The end of a deadline overtakes what is in no letter yet (I4); `why` stands on each. */
void notice_overtake(const struct core *core, const char *subject, const struct deadline *deadline,
		     const char *why);
/* The queued notices of a letter share its fate: sent, or overtaken. */
void notice_settle_letter(const struct core *core, int64_t message, enum notice_state state,
			  const char *reason);

/* Its letter was refused and is tried again: those in it that nobody was reached for wait for it.
 */
void notice_call_back(const struct core *core, int64_t message);

/* What waits for the old holder of a role, and is in no letter yet, goes to the new one. */
void notice_hand_over(const struct core *core, const char *subject, const char *role,
		      const char *from, const char *to);
/* Put off, and held back no more: whether something goes out for it is told by other notices. */
void notice_come_out(const struct core *core, int64_t notice);

/* A queued one stands in this letter, as its item of that number. */
void notice_attach(const struct core *core, int64_t notice, int64_t message, size_t item);
/* It went to a deputy or to the manager while `holder` was away, who is told of it on return. */
void notice_stand_in(const struct core *core, int64_t notice, const char *holder);
/* This letter told them. */
void notice_sum_up(const struct core *core, const char *holder, int64_t message);

/* --- asked ----------------------------------------------------------------------------------- */

/* How many are in that state. Of those that reached nobody: for as long as it is so. Not where the
 * deadline is done with, or a later step of it has reached the role. */
int64_t notice_count(const struct core *core, enum notice_state state);
int64_t notice_last(const struct core *core); /* the newest; 0: there is none */

/* A notice that waits to be told, with what it takes to find somebody else for it. */
struct undelivered {
	int64_t notice;
	const char *subject, *programme;
};
/* Queued in this letter, or in none yet for this person (of `subject`; NULL: of all); their
 * number. The list lives in `arena`. */
size_t notice_in_letter(const struct core *core, int64_t message, struct arena *arena,
			struct undelivered **ret);
size_t notice_waiting_for(const struct core *core, const char *person, const char *subject,
			  struct arena *arena, struct undelivered **ret);

/* --- on a scratch copy: what a simulation does ------------------------------------------------ */

/* As far as can be told, notices are as they were: later ones are gone, what had its letter since
 * then, or was put off by an event since then, waits. Before those letters and events go. */
void notice_take_back(const struct core *core, instant since);
/* Those after `last` are of the rule `name`. */
void notice_rename_rule(const struct core *core, const char *rule, const char *name, int64_t last);

#endif
