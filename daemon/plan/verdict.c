/* SPDX-License-Identifier: EUPL-1.2 */
/* See verdict.h. The sentences are in verdict_text.c. */
#include "daemon/plan/verdict.h"

#include <stdlib.h>
#include <string.h>

#include "daemon/plan/overdue.h"
#include "daemon/store/event.h"
#include "daemon/store/said.h"
#include "rules/plan/telling.h"

/* --- the plan as it was known then ----------------------------------------------------------- */

struct question {
	const struct core *core;
	const char *subject;
	instant then;
};

static void fold(struct verdicts *verdicts, const struct question *question)
{
	struct event **events;
	struct arena *arena = arena_new();
	size_t count = store_event_history_then(question->core, verdicts->type, question->subject,
						question->then, arena, &events);
	for (size_t i = 0; i < count && events[i]->at.day <= verdicts->day; i++)
		if (plan_apply(verdicts->plan, events[i]) != 0)
			break; /* they are in order: it cannot be */
	plan_judge(verdicts->plan, clock_to_civil(question->core->clock, question->then));
	arena_free(arena);
}

/* --- what was sent --------------------------------------------------------------------------- */

static struct verdict_notice notice_of(struct query *q, struct arena *arena)
{
	return (struct verdict_notice){ .at = db_int(q, 0),
					.step = arena_strdup(arena, db_text(q, 1)),
					.person = arena_strdup(arena, db_text(q, 2)),
					.role = arena_strdup(arena, db_text(q, 3)),
					.state = arena_strdup(arena, db_text(q, 4)),
					.reason = arena_strdup(arena, db_text(q, 5)),
					.copy = db_int(q, 6) != 0 };
}

static void read_notices(const struct question *question, struct verdicts *verdicts,
			 struct rule_verdict *verdict)
{
	const struct clock *clock = question->core->clock;
	struct verdict_notice *list = NULL;
	size_t count = 0, capacity = 0;
	struct query *q = db_query(question->core->db,
				   "SELECT at, step, person, role, state, why, cc FROM notice"
				   " WHERE subject = ?1 AND rule = ?2 AND at >= ?3 AND at <= ?4"
				   " ORDER BY id");
	db_bind(q, DB_TEXT(question->subject), DB_TEXT(verdict->judged.rule->name),
		DB_INT(clock_from_civil(clock, civil_at(verdicts->day, 0))),
		DB_INT(question->then));
	while (db_next(q)) {
		list = array_grow(list, count, &capacity, sizeof(*list));
		list[count++] = notice_of(q, verdicts->arena);
	}
	db_done(q);
	struct verdict_notice *kept =
	    arena_alloc(verdicts->arena, (count + 1) * sizeof(*verdict->notices));
	if (count > 0)
		memcpy(kept, list, count * sizeof(*list));
	free(list);
	verdict->notices = kept;
	verdict->notice_count = count;
}

static void read_last_notice(const struct question *question, struct verdicts *verdicts,
			     struct rule_verdict *verdict)
{
	const struct clock *clock = question->core->clock;
	struct query *q = db_query(question->core->db,
				   "SELECT at, step, person, role, state, why, cc FROM notice"
				   " WHERE subject = ?1 AND rule = ?2 AND at < ?3"
				   " AND state IN ('sent', 'queued') ORDER BY id DESC LIMIT 1");
	db_bind(q, DB_TEXT(question->subject), DB_TEXT(verdict->judged.rule->name),
		DB_INT(clock_from_civil(clock, civil_at(verdicts->day, 0))));
	if (db_next(q)) {
		struct verdict_notice *last = arena_alloc(verdicts->arena, sizeof(*last));
		*last = notice_of(q, verdicts->arena);
		verdict->last = last;
	}
	db_done(q);
}

/* Of several that went on one day the one that says most. */
static const char *name_by_notices(const struct rule_verdict *verdict)
{
	static const char *const order[][2] = {
		{ "sent", "sent" },           { "queued", "sent" },
		{ "held", "held" },           { "unreachable", "unreachable" },
		{ "shadow", "shadow" },       { "put_off", "put off" },
		{ "overtaken", "overtaken" },
	};
	for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++)
		for (size_t j = 0; j < verdict->notice_count; j++)
			if (strcmp(verdict->notices[j].state, order[i][0]) == 0)
				return order[i][1];
	return NULL;
}

/* --- what comes next ------------------------------------------------------------------------- */

/* The next step of one deadline, if it comes before what was found so far. */
static bool find_next_of(const struct question *question, struct verdicts *verdicts,
			 struct rule_verdict *verdict, const struct deadline *deadline)
{
	const struct core *core = question->core;
	struct planned_step *next = arena_alloc(verdicts->arena, sizeof(*next));
	struct said *said = store_said_read(core, question->subject, deadline, true, question->then,
					    verdicts->arena);
	if (!telling_next(deadline, core->office->calendar,
			  clock_to_civil(core->clock, question->then), said, verdicts->arena, next))
		return false;
	instant until = clock_from_civil(question->core->clock, next->at);
	if (until >= verdict->until)
		return false;
	verdict->next = next;
	verdict->until = until;
	return true;
}

/* Of several that are open (a rent month each) the one that speaks next. */
static void find_next(const struct question *question, struct verdicts *verdicts,
		      struct rule_verdict *verdict)
{
	struct why_judgement *judged = &verdict->judged;
	for (size_t i = 0; i < plan_live_count(verdicts->plan); i++) {
		const struct deadline *deadline = plan_live_at(verdicts->plan, i);
		if (deadline->rule == judged->rule &&
		    find_next_of(question, verdicts, verdict, deadline))
			why_judge_as(verdicts->why, deadline, judged);
	}
}

/* The days off between two dates, the later one left out when it is where the date has gone. */
static struct verdict_move move_between(const struct calendar *calendar, date from, date to,
					struct arena *arena)
{
	struct verdict_move move = { from, to, NULL, 0 };
	date first = from < to ? from : to, last = from < to ? to : from;
	if (from == DATE_NONE || to == DATE_NONE || from == to || last - first > 60)
		return move;
	date *days = arena_alloc(arena, (size_t)(last - first + 1) * sizeof(*days));
	const char *name;
	for (date day = first; day <= last; day++)
		if (calendar_day(calendar, day, &name) != DAY_WORKING)
			days[move.count++] = day;
	move.days = days;
	return move;
}

static void find_moves(const struct core *core, struct verdicts *verdicts,
		       struct rule_verdict *verdict)
{
	const struct why_judgement *judged = &verdict->judged;
	const struct calendar *calendar = core->office->calendar;
	if (judged->deadline != NULL && judged->deadline->rule->adjust != ADJUST_NONE)
		verdict->due_moved =
		    move_between(calendar, judged->due_by_rule + judged->paused_days,
				 judged->deadline->due, verdicts->arena);
	if (verdict->next != NULL)
		verdict->step_moved = move_between(calendar, verdict->next->day,
						   civil_date(verdict->next->at), verdicts->arena);
}

/* --- the verdicts ---------------------------------------------------------------------------- */

static void read_one(const struct question *question, struct verdicts *verdicts,
		     const struct rule *rule)
{
	struct rule_verdict *verdict = &verdicts->list[verdicts->count++];
	struct why_judgement *judged = &verdict->judged;
	verdict->until = INSTANT_NEVER;
	why_judge(verdicts->why, rule, verdicts->arena, judged);
	if (judged->verdict == WHY_WAITING || judged->reason == WHY_LAST_STEP)
		find_next(question, verdicts, verdict);
	if (judged->reason == WHY_LAST_STEP && verdict->next != NULL) {
		judged->verdict = WHY_WAITING; /* it has ended, but not said all */
		judged->reason = WHY_PLAIN;
	}
	why_judge_put_off(verdicts->why, clock_to_civil(question->core->clock, question->then),
			  judged);
	read_notices(question, verdicts, verdict);
	read_last_notice(question, verdicts, verdict);
	find_moves(question->core, verdicts, verdict);
	const char *name = name_by_notices(verdict);
	verdict->name = name != NULL ? name : why_verdict_name(judged->verdict);
}

static enum subject_type type_of(const struct core *core, const char *subject)
{
	enum subject_type type = SUBJECT_ANY;
	struct query *q = db_query(core->db, "SELECT type = 'case', type = 'programme' FROM subject"
					     " WHERE id = ?1");
	db_bind_text(q, 1, subject);
	if (db_next(q))
		type = db_int(q, 0) != 0   ? SUBJECT_CASE
		       : db_int(q, 1) != 0 ? SUBJECT_PROGRAMME
					   : SUBJECT_ANY;
	db_done(q);
	return type;
}

struct verdicts *verdicts_read(const struct core *core, const char *subject, instant then)
{
	const struct ruleset *ruleset = core->office->ruleset;
	enum subject_type type = type_of(core, subject);
	if (type == SUBJECT_ANY)
		return NULL;
	struct question question = { core, subject, then };
	struct verdicts *verdicts = xcalloc(1, sizeof(*verdicts));
	verdicts->type = type;
	verdicts->day = civil_date(clock_to_civil(core->clock, then));
	verdicts->arena = arena_new();
	verdicts->list =
	    arena_alloc(verdicts->arena, (ruleset->count + 1) * sizeof(*verdicts->list));
	verdicts->plan = plan_new(ruleset, type, subject);
	verdicts->why = why_new(verdicts->plan);
	struct overdue *overdue = overdue_new(core, subject);
	if (type == SUBJECT_PROGRAMME)
		plan_ask_overdue(verdicts->plan, overdue_count, overdue);
	fold(verdicts, &question);
	for (size_t i = 0; i < ruleset->count; i++)
		if (ruleset->rules[i].subject == type)
			read_one(&question, verdicts, &ruleset->rules[i]);
	plan_ask_overdue(verdicts->plan, NULL, NULL);
	overdue_free(overdue);
	return verdicts;
}

void verdicts_free(struct verdicts *verdicts)
{
	if (verdicts == NULL)
		return;
	why_free(verdicts->why);
	plan_free(verdicts->plan);
	arena_free(verdicts->arena);
	free(verdicts);
}
