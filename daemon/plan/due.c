/* SPDX-License-Identifier: EUPL-1.2 */
/* See due.h. */
#include "daemon/plan/due.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/people/enclosure.h"
#include "daemon/people/people.h"
#include "daemon/plan/pass_on.h"
#include "daemon/store/deadline.h"
#include "daemon/store/notice.h"
#include "daemon/store/put_off.h"

#define JUST_NOW 300 /* seconds */

/* One firing on its way to persons. */
struct firing {
	const struct core *core;
	const char *subject, *programme;
	const struct deadline *deadline;
	struct arena *arena;
	bool held;        /* something about it is put off, or was */
	const char *back; /* the day, of what had been put off until then; NULL */
};

/* The promise of I3: the primary key lets it happen once. */
static bool fire_once(const struct firing *firing, const struct planned_step *planned)
{
	struct query *q =
	    db_query(firing->core->db,
		     "INSERT OR IGNORE INTO firing (subject, rule, key, anchor, occurrence,"
		     " step, repetition, at, rules)"
		     " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)");
	store_deadline_bind(q, firing->subject, firing->deadline);
	db_bind_text(q, 6, planned->step->name);
	db_bind_int(q, 7, planned->repetition);
	db_bind_int(q, 8, clock_now(firing->core->clock));
	db_bind_text(q, 9, firing->core->office->ruleset->version_text);
	return db_run(q) > 0;
}

/* Does it go out after its own hour, or for a day that was past when it became known? An hour
 * that has just come is no past. */
static bool catches_up(const struct firing *firing, const struct planned_step *planned)
{
	const struct deadline *deadline = firing->deadline;
	if (planned->step->time == STEP_NOW && deadline->anchor < civil_date(deadline->known))
		return true;
	return planned->late || planned->at + JUST_NOW < clock_now_civil(firing->core->clock);
}

static int64_t notice_add(const struct firing *firing, const struct told *told, const char *person,
			  enum notice_state state, const char *why)
{
	const struct new_notice notice = {
		.subject = firing->subject,
		.deadline = firing->deadline,
		.planned = told->planned,
		.role = told->role == NULL ? "" : told->role->name,
		.person = person,
		.copy = told->copy,
		.state = state,
		.why = why,
		.catches_up = catches_up(firing, told->planned),
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
		    const struct person *person, const char *reason)
{
	bool shadow = firing->deadline->rule->shadow;
	if (is_told(firing, told->planned, person->id))
		return 0;
	int64_t notice =
	    notice_add(firing, told, person->id, shadow ? NOTICE_SHADOW : NOTICE_QUEUED, reason);
	if (person->instead_of != NULL && !shadow)
		sum_up_on_return(firing, notice, person->instead_of, person->leave, person->back);
	return notice;
}

/* Said, and told to somebody else. */
static void tell_others(const struct firing *firing, const struct told *told,
			const struct failure *failure, const struct person_missed *missed,
			size_t missed_count)
{
	struct person *others;
	const char *role = told->role == NULL ? "" : told->role->name;
	(void)notice_add(firing, told, NULL,
			 firing->deadline->rule->shadow ? NOTICE_SHADOW : NOTICE_UNREACHABLE,
			 failure->reason);
	size_t count = people_fallback(firing->core, firing->subject, firing->programme, role,
				       firing->arena, &others);
	for (size_t i = 0; i < count; i++) {
		int64_t notice = tell(firing, told, &others[i], failure_words(failure, &others[i]));
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

static bool any_barred(const struct person_missed *missed, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (missed[i].barred)
			return true;
	return false;
}

static void tell_role(const struct firing *firing, const struct told *told)
{
	struct person *persons;
	struct person_missed *missed = NULL;
	size_t count = 0, missed_count = 0;
	if (told->role != NULL)
		count =
		    people_find(firing->core, firing->subject, firing->programme, told->role->name,
				firing->arena, &persons, &missed, &missed_count);
	for (size_t i = 0; i < count; i++)
		(void)tell(firing, told, &persons[i], persons[i].reason);
	if (any_barred(missed, missed_count)) {
		tell_others(firing, told, &pass_on_another_board, missed, missed_count);
	} else if (count == 0) {
		struct failure failure = nobody(firing, told->role);
		tell_others(firing, told, &failure, missed, missed_count);
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
	(void)notice_add(firing, told, NULL, NOTICE_PUT_OFF, put_off_text(firing, told->held));
}

static void tell_or_hold(const struct firing *firing, const struct told *told)
{
	if (told->overtaken) {
		(void)notice_add(firing, told, NULL, NOTICE_OVERTAKEN,
				 "a later step goes out instead");
	} else if (told->held != NULL) {
		hold_back(firing, told);
	} else {
		if (told->role != NULL && firing->held)
			store_put_off_forget(firing->core, firing->subject, firing->deadline,
					     told->role->name);
		tell_role(firing, told);
	}
}

static bool is_told_now(const struct told *told, size_t count, const struct role *role)
{
	for (size_t i = 0; i < count; i++)
		if (told[i].role == role && !told[i].overtaken && told[i].held == NULL)
			return true;
	return false;
}

static void tell_back(struct firing *firing, const struct held_step *held, const struct role *role,
		      date until)
{
	char day[DATE_TEXT_SIZE];
	civil now = clock_now_civil(firing->core->clock);
	struct planned_step planned = held->planned;
	planned.at = now;
	planned.late = false;
	struct told told = { .planned = &planned,
			     .role = role,
			     .copy = held->copy,
			     .held =
				 steps_held_back(firing->deadline, firing->core->office->calendar,
						 planned.step, role, now) };
	firing->back = arena_strdup(firing->arena, date_format(until, day));
	if (told.held != NULL)
		hold_back(firing, &told);
	else
		tell_role(firing, &told);
	firing->back = NULL;
}

/* Those of a list that come out; returns how many roles were told, in `told`. */
static size_t tell_released(struct firing *firing, struct held_step *held, size_t count,
			    struct told *told)
{
	size_t used = 0;
	civil now = clock_now_civil(firing->core->clock);
	steps_release(firing->deadline, firing->core->office->calendar, held, count, now);
	for (size_t i = 0; i < count; i++) {
		if (!held[i].out)
			continue;
		notice_come_out(firing->core, held[i].notice);
		if (!held[i].goes)
			continue;
		tell_back(firing, &held[i], held[i].role, civil_date(now));
		told[used++] = (struct told){ .role = held[i].role };
	}
	return used;
}

/* What was put off comes back, beside what is told now (steps_held.h). */
static void come_back(struct firing *firing, const struct told *told, size_t count)
{
	const struct core *core = firing->core;
	const struct deadline *deadline = firing->deadline;
	const struct calendar *calendar = core->office->calendar;
	const struct put_off *again;
	civil now = clock_now_civil(core->clock);
	struct held_step *held, last;
	size_t held_count = store_put_off_read(core, firing->subject, deadline, INSTANT_NEVER,
					       firing->arena, &held);
	struct told *released = arena_alloc(firing->arena, (held_count + 1) * sizeof(*released));
	size_t released_count = tell_released(firing, held, held_count, released);
	while ((again = store_put_off_again(core, firing->subject, deadline, INSTANT_NEVER)) !=
		   NULL &&
	       put_off_comes(again, calendar, now) <= now) {
		if (!store_put_off_come(core, firing->subject, deadline, again,
					firing->core->office->ruleset->version_text))
			return;
		if (is_told_now(told, count, again->role) ||
		    is_told_now(released, released_count, again->role) ||
		    !store_put_off_last(core, firing->subject, deadline, again->role, INSTANT_NEVER,
					&last))
			continue;
		tell_back(firing, &last, again->role, again->until);
	}
}

void due_fire(void *arg, const char *subject, const char *programme,
	      const struct deadline *deadline, const struct planned_step *due, size_t count,
	      struct arena *arena)
{
	struct firing firing = { .core = arg,
				 .subject = subject,
				 .programme = programme,
				 .deadline = deadline,
				 .arena = arena };
	firing.held = deadline->put_off != NULL || store_put_off_any(arg, subject);
	struct told *told;
	for (size_t i = 0; i < count; i++)
		if (!fire_once(&firing, &due[i]))
			return;
	size_t rows = steps_choose(deadline, firing.core->office->calendar, due, count,
				   clock_now_civil(firing.core->clock), arena, &told);
	for (int copies = 0; copies <= 1; copies++) {
		for (size_t i = 0; i < rows; i++) {
			if (told[i].copy == copies)
				tell_or_hold(&firing, &told[i]);
		}
	}
	if (firing.held)
		come_back(&firing, told, rows);
}
