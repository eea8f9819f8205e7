/* SPDX-License-Identifier: EUPL-1.2 */
/* See event_own.h: an event held against the file. */
#include <stdlib.h>
#include <string.h>

#include "daemon/methods/at_stake.h"
#include "daemon/methods/event_own.h"
#include "daemon/methods/put_off.h"
#include "daemon/store/event.h"
#include "daemon/store/running.h"
#include "rules/kinds/event_days.h"

#define ALL_THE_SAME "to record it all the same, use force and give a reason"

/* --- what is taken by force ------------------------------------------------------------------ */

static const char *reason_of(const struct incoming *in)
{
	struct value reason = event_value(in->event, "reason");
	return reason.type == VALUE_TEXT ? reason.text : in->reason;
}

/* Each is a problem, or by force and with a reason a note; `history`: the reason of the file. */
static void take_by_force(struct incoming *in, const struct problems *list, const char *history,
			  struct problems *problems)
{
	const char *reason = in->force ? reason_of(in) : history;
	for (size_t i = 0; i < list->count; i++) {
		const struct problem *wrong = &list->list[i];
		if (reason != NULL)
			event_note(in, "forced",
				   arena_printf(in->r->arena, "recorded all the same: %s: %s",
						wrong->place, wrong->text));
		else if (!in->force)
			problem_add(problems, wrong->place, 0, "%s; " ALL_THE_SAME, wrong->text);
	}
	if (list->count > 0 && reason == NULL && in->force)
		problem_add(problems, "reason", 0, "is missing: what is forced has a reason");
	if (list->count > 0 && reason != NULL && kind_field(in->event->kind, "reason") < 0)
		in->event->forced = reason;
}

/* --- where a case stands --------------------------------------------------------------------- */

/* A move in the chain is judged from where the case was at that time. */
static void check_move(const struct incoming *in, struct problems *problems)
{
	const struct core *core = &in->r->k->core;
	struct value stage = event_value(in->event, "stage");
	if (in->force && event_value(in->event, "reason").type == VALUE_NULL)
		problem_add(problems, "reason", 0, "is missing: a stage is skipped for a reason");
	if (in->force || stage.type != VALUE_TEXT)
		return;
	const char *from =
	    store_event_stage_at(core, in->event->subject, in->event->at, in->r->arena);
	if (!chain_move_allowed(core->office->chain, from, stage.text, problems))
		problem_add(problems, "stage", 0,
			    "to skip a stage all the same, use force and give a reason");
}

/* False if it is another thing than the kind is about. */
static bool check_type(const struct incoming *in, struct problems *problems)
{
	const struct event *event = in->event;
	size_t before = problems->count;
	struct query *q = db_query(in->r->k->core.db, "SELECT type FROM subject WHERE id = ?1");
	db_bind_text(q, 1, event->subject);
	if (db_next(q) && event->kind->subject != SUBJECT_ANY &&
	    strcmp(db_text(q, 0), "any") != 0 &&
	    strcmp(db_text(q, 0), subject_type_name(event->kind->subject)) != 0)
		problem_add(problems, "subject", 0, "%s is a %s, and %s is about a %s",
			    event->subject, db_text(q, 0), event->kind->name,
			    subject_type_name(event->kind->subject));
	db_done(q);
	return problems->count == before;
}

/* Numbers behind the last event are those that this request gives. Once a row of it is wrong, or
 * where others go before it, they are not what they will be. */
static bool is_yet_to_come(const struct incoming *in, int64_t id)
{
	return id > in->r->last && (in->r->call->problems.count > 0 || in->r->part);
}

static void check_voiding(const struct incoming *in, struct problems *problems)
{
	const struct core *core = &in->r->k->core;
	int64_t id = event_takes_back(in->event);
	struct event *voided = store_event_load(core, id, in->r->arena);
	if (is_yet_to_come(in, id))
		return;
	if (voided == NULL)
		problem_add(problems, "event", 0, "there is no event %lld", (long long)id);
	else if (strcmp(voided->subject, in->event->subject) != 0)
		problem_add(problems, "subject", 0, "event %lld is about %s", (long long)id,
			    voided->subject);
	else if (kind_takes_back(voided->kind))
		problem_add(problems, "event", 0,
			    "an event.voided cannot be taken back: record the first event again");
	else if (store_event_is_void(core, id))
		problem_add(problems, "event", 0, "event %lld is taken back already",
			    (long long)id);
}

/* An opening counts from the start of its day: on the day of a closing it would come before it. */
static void check_opening(const struct incoming *in, struct problems *problems)
{
	struct query *q =
	    db_query(in->r->k->core.db, "SELECT e.id FROM event e WHERE e.subject = ?1"
					" AND e.kind IN ('case.closed', 'programme.ended')"
					" AND substr(e.at, 1, 10) = ?2 AND NOT EXISTS"
					" (SELECT 1 FROM void v WHERE v.event = e.id)");
	db_bind(q, DB_TEXT(in->event->subject), DB_DATE(in->event->at.day));
	if (db_next(q))
		problem_add(
		    problems, "at", 0,
		    "event %lld has closed it on that day: take that back, or open it again "
		    "from the next day",
		    (long long)db_int(q, 0));
	db_done(q);
}

/* What the plan is asked about; the try-out of event.check, which is rolled back, asks it nothing:
 * something might go off on the way. */
static void check_by_plan(const struct incoming *in, struct problems *problems)
{
	if (in->r->only_checks)
		return;
	if (strcmp(in->event->kind->name, "case.closed") == 0)
		method_close_check(in->r->k, in->event, in->force, problems);
	if (kind_puts_off(in->event->kind))
		method_put_off_check(in->r->k, in->event, in->r->known, in->r->arena, problems);
}

static void check_days(struct incoming *in, struct problems *problems)
{
	struct problems forced = PROBLEMS_NONE;
	date today = clock_today(in->r->k->core.clock);
	if (in->r->ahead && in->event->at.day > today)
		today = in->event->at.day; /* where the clock will stand */
	event_days_check(in->event, &(struct recorded_on){ today, in->r->from_bank }, problems,
			 &forced);
	take_by_force(in, &forced, in->r->history, problems);
	problems_clear(&forced);
}

void event_against_file(struct incoming *in)
{
	struct problems problems = PROBLEMS_NONE;
	const struct kind *kind = in->event->kind;
	if (check_type(in, &problems))
		known_check(in->r->known, in->event, &problems);
	check_days(in, &problems);
	if (strcmp(kind->name, "stage.entered") == 0)
		check_move(in, &problems);
	if (kind_takes_back(kind))
		check_voiding(in, &problems);
	if (strcmp(kind->name, "case.opened") == 0 || strcmp(kind->name, "programme.started") == 0)
		check_opening(in, &problems);
	check_by_plan(in, &problems);
	event_add_problems(in, &problems);
	problems_clear(&problems);
}

void event_against_running(struct incoming *in)
{
	struct problems forced = PROBLEMS_NONE, problems = PROBLEMS_NONE;
	const char *note = NULL;
	if (in->r->only_checks && in->r->part)
		return; /* what goes before it is not there yet */
	running_check(&in->r->k->core, in->event, in->index < 0 ? INT64_MAX : in->r->last,
		      in->r->arena, &forced, &note);
	take_by_force(in, &forced, NULL, &problems);
	if (note != NULL)
		event_note(in, in->event->kind->turn == TURN_ENDS ? "ends_nothing" : "anew", note);
	event_add_problems(in, &problems);
	problems_clear(&forced);
	problems_clear(&problems);
}
