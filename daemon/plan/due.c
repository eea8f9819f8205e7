/* SPDX-License-Identifier: EUPL-1.2 */
/* See due.h. */
#include "daemon/plan/due.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/people/enclosure.h"
#include "daemon/people/people.h"
#include "daemon/plan/hold.h"
#include "daemon/plan/pass_on.h"
#include "daemon/store/deadline.h"
#include "daemon/store/notice.h"
#include "daemon/store/put_off.h"
#include "daemon/store/said.h"

/* One firing on its way to persons. */
struct firing {
	const struct core *core;
	const char *subject, *programme;
	const struct deadline *deadline;
	struct arena *arena;
	bool held;        /* something about it is put off, or was */
	const char *back; /* the day, of what had been put off until then; NULL */
};

/* Whom it came to, and why it was this person. */
struct reached {
	const char *person; /* NULL: nobody */
	const char *as;     /* the role, where it is not the one that is meant; NULL */
	const char *why;    /* a sentence, or NULL */
};

static int64_t notice_add(const struct firing *firing, const struct told *told,
			  const struct reached *reached, enum notice_state state)
{
	const struct new_notice notice = {
		.subject = firing->subject,
		.deadline = firing->deadline,
		.planned = told->planned,
		.role = told->role == NULL ? "" : told->role->name,
		.person = reached->person,
		.reached_as = reached->as,
		.copy = told->copy,
		.quiet = told->quiet,
		.state = state,
		.why = reached->why,
		.catches_up = told->planned->catches_up,
		.back = firing->back,
		.put_off_event = state == NOTICE_PUT_OFF ? told->held->event : 0,
	};
	return notice_insert(firing->core, &notice);
}

/* Has this person a notice of this step already? A copy then adds nothing. */
static bool is_told(const struct firing *firing, const struct planned_step *planned,
		    const char *person)
{
	struct query *q =
	    db_query(firing->core->db,
		     "SELECT 1 FROM notice WHERE subject = ?1 AND rule = ?2 AND key = ?3"
		     " AND anchor = ?4 AND occurrence = ?5 AND step = ?6"
		     " AND repetition = ?7 AND person = ?8 AND state IN ('queued', 'shadow')"
		     " AND back IS ?9");
	store_deadline_bind(q, firing->subject, firing->deadline);
	db_bind_text(q, 6, planned->step->name);
	db_bind_int(q, 7, planned->repetition);
	db_bind_text(q, 8, person);
	db_bind_text(q, 9, firing->back);
	return db_found(q);
}

/* The holder is away: on return one letter sums up what went to others. */
static void sum_up_on_return(const struct firing *firing, int64_t notice, const char *holder,
			     int64_t leave, date back)
{
	const struct core *core = firing->core;
	notice_stand_in(core, notice, holder);
	(void)!enclosure_add(core, holder, ENCLOSURE_RETURN,
			     arena_printf(firing->arena, "%" PRId64, leave),
			     back == DATE_NONE ? DATE_LAST : back);
}

/* The number of the notice; 0 if there was one already. */
static int64_t tell(const struct firing *firing, const struct told *told,
		    const struct person *person, const char *as, const char *reason)
{
	bool shadow = firing->deadline->rule->shadow;
	struct reached reached = { person->id, as, reason };
	if (is_told(firing, told->planned, person->id))
		return 0;
	int64_t notice = notice_add(firing, told, &reached, shadow ? NOTICE_SHADOW : NOTICE_QUEUED);
	if (person->instead_of != NULL && !shadow)
		sum_up_on_return(firing, notice, person->instead_of, person->leave, person->back);
	if (!shadow && told->planned->catches_up && firing->back == NULL &&
	    hold_is_of_upgrade(firing->core, told->planned->at))
		hold_for_upgrade(firing->core, notice);
	return notice;
}

/* Said, and told to somebody else. */
static void tell_others(const struct firing *firing, const struct told *told,
			const struct failure *failure, const struct person_missed *missed,
			size_t missed_count)
{
	struct person *others;
	const char *role = told->role == NULL ? "" : told->role->name;
	(void)notice_add(firing, told, &(struct reached){ .why = failure->reason },
			 firing->deadline->rule->shadow ? NOTICE_SHADOW : NOTICE_UNREACHABLE);
	size_t count = people_fallback(firing->core, firing->subject, firing->programme, role,
				       firing->arena, &others);
	for (size_t i = 0; i < count; i++) {
		int64_t notice = tell(firing, told, &others[i], people_fallback_role(&others[i]),
				      failure_words(failure, &others[i]));
		for (size_t j = 0; notice != 0 && j < missed_count; j++)
			if (missed[j].leave != 0 && !missed[j].barred)
				sum_up_on_return(firing, notice, missed[j].id, missed[j].leave,
						 missed[j].back);
	}
}

/* Nobody holds the role, or none of them can be reached. */
static struct failure nobody(const struct firing *firing, const struct role *role)
{
	const char *title = role == NULL ? "?" : role->title;
	return (struct failure){
		arena_printf(firing->arena, "nobody reachable as %s",
			     role == NULL ? "" : role->name),
		arena_printf(firing->arena, "Ingen %s kan nås, därför får du påminnelsen.", title),
		arena_printf(firing->arena, "Nobody can be reached as %s.",
			     role == NULL ? "?" : role_title(role, "en")),
	};
}

/* Why a case that is not open comes to this person. */
static const char *care_words(const struct firing *firing, const struct told *told, bool is_meant,
			      const struct person *person)
{
	bool english = strcmp(person->language, "en") == 0;
	bool closed = told->care == &firing->core->office->ruleset->closed;
	const char *state = english  ? closed ? "The case is closed" : "The case is not opened"
			    : closed ? "Ärendet är avslutat"
				     : "Ärendet är inte öppnat";
	const char *missing =
	    is_meant ? ""
	    : english
		? arena_printf(firing->arena, " and nobody can be reached as %s",
			       role_title(told->role, "en"))
		: arena_printf(firing->arena, " och ingen %s kan nås, därför får du påminnelsen",
			       told->role->title);
	return arena_printf(firing->arena, "%s%s.%s%s", state, missing,
			    person->reason == NULL ? "" : " ",
			    person->reason == NULL ? "" : person->reason);
}

static void tell_role(const struct firing *firing, const struct told *told)
{
	struct holders holders =
	    people_holders(firing->core, firing->subject, firing->programme, told->role,
			   told->copy ? NULL : told->care, firing->arena);
	for (size_t i = 0; i < holders.count; i++) {
		const struct person *person = &holders.list[i];
		bool is_meant = holders.role == told->role;
		(void)tell(firing, told, person, is_meant ? NULL : holders.role->name,
			   told->care == NULL ? person->reason
					      : care_words(firing, told, is_meant, person));
	}
	if (holders.barred) {
		tell_others(firing, told, &pass_on_another_board, holders.missed,
			    holders.missed_count);
	} else if (holders.count == 0) {
		struct failure failure = nobody(firing, told->role);
		tell_others(firing, told, &failure, holders.missed, holders.missed_count);
	}
}

/* --- what somebody has put off ---------------------------------------------------------------- */

static const char *put_off_text(const struct firing *firing, const struct put_off *put_off)
{
	char until[DATE_TEXT_SIZE];
	return arena_printf(firing->arena, "%s until %s by %s%s%s",
			    put_off->acknowledged ? "acknowledged" : "put off",
			    date_format(put_off->until, until),
			    put_off->by == NULL ? "" : put_off->by, put_off->by == NULL ? "" : ", ",
			    put_off->role->name);
}

/* The role is told when it comes out, and by then perhaps somebody else holds it. */
static void hold_back(const struct firing *firing, const struct told *told)
{
	(void)notice_add(firing, told, &(struct reached){ .why = put_off_text(firing, told->held) },
			 NOTICE_PUT_OFF);
}

static void tell_or_hold(const struct firing *firing, const struct told *told)
{
	if (told->overtaken) {
		(void)notice_add(firing, told,
				 &(struct reached){ .why = "a later step goes out instead" },
				 NOTICE_OVERTAKEN);
	} else if (told->held != NULL) {
		hold_back(firing, told);
	} else {
		if (told->role != NULL && firing->held)
			store_put_off_forget(firing->core, firing->subject, firing->deadline,
					     told->role->name);
		tell_role(firing, told);
	}
}

/* What was put off comes back (steps_held.h). */
static void tell_back(struct firing *firing, const struct told *told)
{
	char day[DATE_TEXT_SIZE];
	firing->back = arena_strdup(firing->arena, date_format(told->back, day));
	if (told->held != NULL)
		hold_back(firing, told);
	else
		tell_role(firing, told);
	firing->back = NULL;
}

static void come_out(struct firing *firing, const struct telling *telling)
{
	for (size_t i = 0; i < telling->out_count; i++)
		notice_come_out(firing->core, telling->out[i].notice);
	for (size_t i = 0; i < telling->back_count; i++)
		if (telling->back[i].again == NULL)
			tell_back(firing, &telling->back[i]);
}

static void come_again(struct firing *firing, const struct telling *telling,
		       const struct put_off *again)
{
	if (!store_said_back(firing->core, firing->subject, firing->deadline, again))
		return;
	for (size_t i = 0; i < telling->back_count; i++)
		if (telling->back[i].again == again)
			tell_back(firing, &telling->back[i]);
}

/* Which of its steps go off for the first time; the others are not told again. */
static const bool *fire_once(const struct firing *firing, const struct telling *telling)
{
	bool *first = arena_alloc(firing->arena, telling->gone_count + 1);
	for (size_t i = 0; i < telling->gone_count; i++)
		first[i] = store_said_gone(firing->core, firing->subject, firing->deadline,
					   &telling->gone[i]);
	return first;
}

static int rank_of(const struct told *told)
{
	return told->quiet ? 2 : told->copy ? 1 : 0;
}

/* Whoever is told openly of a step needs no quiet word. */
static void tell_step(const struct firing *firing, const struct telling *telling,
		      const struct planned_step *step)
{
	for (int rank = 0; rank <= 2; rank++)
		for (size_t i = 0; i < telling->told_count; i++)
			if (telling->told[i].planned == step && rank_of(&telling->told[i]) == rank)
				tell_or_hold(firing, &telling->told[i]);
}

void due_fire(void *arg, const char *subject, const char *programme,
	      const struct deadline *deadline, const struct telling *telling, struct arena *arena)
{
	struct firing firing = { .core = arg,
				 .subject = subject,
				 .programme = programme,
				 .deadline = deadline,
				 .arena = arena };
	firing.held = deadline->put_off != NULL || store_put_off_any(arg, subject);
	const bool *first = fire_once(&firing, telling);
	for (size_t i = 0; i < telling->gone_count; i++) /* the furthest last: said_last_told */
		if (first[i])
			tell_step(&firing, telling, &telling->gone[i]);
	come_out(&firing, telling);
	for (size_t i = 0; i < telling->come_count; i++)
		come_again(&firing, telling, telling->come[i]);
}
