/* SPDX-License-Identifier: EUPL-1.2 */
/* Acts on the daemon itself, and questions about it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "daemon/conf/office_rows.h"
#include "daemon/methods/gate.h"
#include "daemon/methods/method.h"
#include "daemon/people/people.h"
#include "daemon/store/figure.h"
#include "daemon/store/notice.h"

/* Cases with protected identity do not exist for whoever may not see them, in figures either. */
#define UNSEEN "(SELECT id FROM subject WHERE protected <> 0 AND NOT seen(id))"

static int64_t unseen_cases(const struct kedjad *k)
{
	return method_sees_all(k) ? 0
				  : db_number(db_query(k->core.db, "SELECT count(*) FROM " UNSEEN));
}

/* Of a rule, and due before a day, where these are given. */
static int64_t unseen_deadlines(const struct kedjad *k, const char *state, const char *rule,
				date before)
{
	if (method_sees_all(k))
		return 0;
	struct query *q =
	    db_query(k->core.db, "SELECT count(*) FROM deadline d WHERE d.subject IN " UNSEEN
				 " AND d.state = ?1 AND (?2 IS NULL OR d.rule = ?2)"
				 " AND (?3 = '' OR d.due < ?3)");
	db_bind(q, DB_TEXT(state), DB_TEXT(rule), DB_DATE(before));
	return db_number(q);
}

static void leave_out(json_t *counts, const char *name, int64_t unseen)
{
	json_int_t all = json_integer_value(json_object_get(counts, name));
	json_object_set_new(counts, name, json_integer(all - unseen));
}

static void leave_out_unseen(const struct kedjad *k, json_t *counts)
{
	leave_out(counts, "cases", unseen_cases(k));
	leave_out(counts, "deadlines_open", unseen_deadlines(k, "open", NULL, DATE_NONE));
	leave_out(counts, "deadlines_asleep", unseen_deadlines(k, "asleep", NULL, DATE_NONE));
	leave_out(counts, "deadlines_overdue",
		  unseen_deadlines(k, "open", NULL, clock_today(k->core.clock)));
}

static json_t *counts_json(const struct kedjad *k)
{
	static const struct {
		const char *name, *figure, *of; /* of NULL: all of them */
	} rows[] = {
		{ "events", "events", NULL },
		{ "cases", "subjects", "case" },
		{ "programmes", "subjects", "programme" },
		{ "staff", "staff", "" },
		{ "deadlines_open", "deadline.open", NULL },
		{ "deadlines_asleep", "deadline.asleep", NULL },
	};
	static const struct {
		const char *name;
		enum notice_state state;
	} notices[] = { { "notices_queued", NOTICE_QUEUED },
			{ "notices_held", NOTICE_HELD },
			{ "notices_unreachable", NOTICE_UNREACHABLE } };
	struct db *db = k->core.db;
	json_t *counts = json_object();
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		json_object_set_new(counts, rows[i].name,
				    json_integer(rows[i].of == NULL
						     ? figure_all(db, rows[i].figure)
						     : figure_of(db, rows[i].figure, rows[i].of)));
	for (size_t i = 0; i < sizeof(notices) / sizeof(notices[0]); i++)
		json_object_set_new(counts, notices[i].name,
				    json_integer(notice_count(&k->core, notices[i].state)));
	json_object_set_new(counts, "deadlines_overdue",
			    json_integer(figure_before(db, "due", clock_today(k->core.clock))));
	leave_out_unseen(k, counts);
	return counts;
}

static json_t *outbox_json(const struct kedjad *k, const struct outbox_figures *figures)
{
	json_t *outbox = json_object();
	for (int i = 0; i <= MESSAGE_SUPERSEDED; i++)
		json_object_set_new(outbox, message_state_name((enum message_state)i),
				    json_integer(figures->by_state[i]));
	json_object_set_new(outbox, "given_up", json_integer(figures->given_up));
	json_object_set_new(outbox, "oldest_waiting", answer_instant(k, figures->oldest_waiting));
	json_object_set_new(outbox, "fault", answer_text(figures->fault));
	return outbox;
}

static json_t *clock_json(const struct kedjad *k)
{
	return json_pack("{s:o, s:b, s:s}", "now", answer_instant(k, clock_now(k->core.clock)),
			 "virtual", clock_is_virtual(k->core.clock), "zone",
			 calendar_zone(k->core.office->calendar));
}

/* What is known without the file. */
static json_t *status_of_process(const struct kedjad *k)
{
	const struct ruleset *ruleset = k->core.office->ruleset;
	return json_pack("{s:s, s:i, s:o, s:{s:I, s:s, s:o}}", "version", KEDJA_VERSION, "pid",
			 (int)getpid(), "clock", clock_json(k), "rules", "count",
			 (json_int_t)ruleset->count, "version", ruleset->version_text, "loaded_at",
			 answer_instant(k, k->loaded_at));
}

/* What stands in the file is not known: null, and never a number. */
static json_t *status_without_file(const struct kedjad *k)
{
	static const char *const unknown[] = { "counts", "outbox", "mailer", "behind", "next_at" };
	json_t *status = status_of_process(k);
	json_object_set_new(json_object_get(status, "rules"), "reverted", json_null());
	for (size_t i = 0; i < sizeof(unknown) / sizeof(unknown[0]); i++)
		json_object_set_new(status, unknown[i], json_null());
	json_object_set_new(status, "alarms", alarms_without_file(k));
	return status;
}

static json_t *status_with_file(const struct kedjad *k)
{
	struct outbox_figures figures = outbox_count(k->outbox);
	instant step = planner_next(k->planner), letter = letters_next(k->letters);
	json_t *status = status_of_process(k);
	json_object_set_new(json_object_get(status, "rules"), "reverted",
			    json_boolean(kedjad_is_reverted(k)));
	json_object_set_new(status, "counts", counts_json(k));
	json_object_set_new(status, "outbox", outbox_json(k, &figures));
	json_object_set_new(status, "mailer",
			    json_pack("{s:s, s:i, s:i}", "state", mailer_state_name(figures.mailer),
				      "pid", figures.mailer_pid, "restarts",
				      figures.mailer_restarts));
	json_object_set_new(status, "behind", json_integer(figure_of(k->core.db, "behind", "")));
	json_object_set_new(status, "next_at", answer_instant(k, step < letter ? step : letter));
	json_object_set_new(status, "alarms", alarms_now(k, &figures));
	return status;
}

json_t *method_status(void *arg, struct call *call)
{
	struct kedjad *k = arg;
	if (!call->without_file) {
		kedjad_prove_disk(k);
		json_t *status = status_with_file(k);
		alarms_forget_seen(k, json_object_get(status, "alarms"));
		return status;
	}
	if (db_in_transaction(k->core.db))
		return status_without_file(k);
	/* where nothing can be written there may yet be something to read */
	db_reads_begin(k->core.db);
	json_t *status = status_with_file(k);
	if (db_reads_good(k->core.db))
		return status;
	json_decref(status);
	return status_without_file(k);
}

static json_t *rule_row(const struct kedjad *k, const struct rule *rule)
{
	return json_pack("{s:s, s:s, s:s, s:s, s:i, s:I, s:I, s:I}", "name", rule->name, "title",
			 rule->title, "subject", subject_type_name(rule->subject), "file",
			 rule->file, "line", rule->line, "steps", (json_int_t)rule->step_count,
			 "open",
			 (json_int_t)(figure_of(k->core.db, "deadline.open", rule->name) -
				      unseen_deadlines(k, "open", rule->name, DATE_NONE)),
			 "asleep",
			 (json_int_t)(figure_of(k->core.db, "deadline.asleep", rule->name) -
				      unseen_deadlines(k, "asleep", rule->name, DATE_NONE)));
}

json_t *method_rules_list(void *arg, struct call *call)
{
	struct kedjad *k = arg;
	(void)call;
	const struct ruleset *ruleset = k->core.office->ruleset;
	json_t *rows = json_array();
	for (size_t i = 0; i < ruleset->count; i++)
		json_array_append_new(rows, rule_row(k, &ruleset->rules[i]));
	return json_pack("{s:o, s:o, s:o, s:n}", "version",
			 json_string(k->core.office->ruleset->version_text), "loaded_at",
			 answer_instant(k, k->loaded_at), "rows", rows, "next");
}

/* How many subjects other rules mean to plan anew. */
static int64_t to_plan(const struct kedjad *k, bool changed)
{
	return !changed ? 0
			: figure_of(k->core.db, "subjects", "case") +
			      figure_of(k->core.db, "subjects", "programme");
}

/* Whoever lets the daemon read a list that they are not on shuts the door behind them. */
static bool shuts_out(const struct call *call, const struct brought *brought)
{
	if (brought->office->settings == NULL || call->who == NULL)
		return false;
	struct access_right right = method_right_by(brought->office->settings->access, call->who);
	return right.why == ACCESS_BY_NOTHING || right.role != ACCESS_ADMIN;
}

/* Takes over what was brought. */
static json_t *brought_json(const struct kedjad *k, const struct call *call,
			    struct brought *brought)
{
	return json_pack("{s:b, s:b, s:s, s:I, s:I, s:o, s:o, s:o, s:o, s:o}", "shuts_out",
			 shuts_out(call, brought), "changed", brought->changed, "version",
			 brought->ruleset->version_text, "rules",
			 (json_int_t)brought->ruleset->count, "behind",
			 (json_int_t)to_plan(k, brought->changed), "files", brought->files,
			 "changes", brought->rules, "settings", brought->settings, "templates",
			 brought->templates, "lost", brought->lost);
}

json_t *method_rules_reload(void *arg, struct call *call)
{
	struct kedjad *k = arg;
	struct brought brought;
	if (k->swap != NULL) /* one a turn */
		return RPC_GOES_ON;
	if (kedjad_reload(k, call->actor, call_flag(call, "force"), &brought, &call->problems) == 0)
		return brought_json(k, call, &brought);
	problems_sort(&call->problems);
	if (brought.lost != NULL)
		call_refuse(call, RPC_REFUSED,
			    "the running rules stay as they were: by the new ones something that "
			    "is open would be lost");
	else
		call_refuse(call, RPC_REFUSED, "the running rules stay as they were: %zu mistakes",
			    call->problems.count);
	brought_clear(&brought);
	return NULL;
}

json_t *method_rules_revert(void *arg, struct call *call)
{
	struct kedjad *k = arg;
	struct brought brought;
	if (k->swap != NULL)
		return RPC_GOES_ON;
	if (kedjad_revert(k, call->actor, &brought, &call->problems) == 0)
		return brought_json(k, call, &brought);
	problems_sort(&call->problems);
	call_refuse(call, RPC_REFUSED, "the running rules stay as they were");
	return NULL;
}

json_t *method_calendar_year(void *arg, struct call *call)
{
	struct kedjad *k = arg;
	json_t *rows = office_year_rows(k->core.office->calendar, call_number(call, "year", 0));
	if (rows != NULL)
		return answer_page(rows, NULL);
	problem_add(&call->problems, "year", 0, OFFICE_YEARS);
	return NULL;
}

json_t *method_clock_show(void *arg, struct call *call)
{
	(void)call;
	return clock_json(arg);
}

json_t *method_clock_set(void *arg, struct call *call)
{
	struct kedjad *k = arg;
	instant goal = 0;
	if (!clock_is_virtual(k->core.clock)) {
		call_refuse(call, RPC_REFUSED,
			    "this daemon runs by the real clock: only a virtual one can be set");
		return NULL;
	}
	if (clock_parse(k->core.clock, call_text(call, "time"), &goal) != 0) {
		problem_add(&call->problems, "time", 0,
			    "\"%s\" is not a time: write 2006-05-01T08:00",
			    call_text(call, "time"));
		return NULL;
	}
	if (goal < clock_now(k->core.clock)) {
		char now[INSTANT_TEXT_SIZE];
		problem_add(&call->problems, "time", 0, "the clock never goes back: it is %s",
			    clock_format(k->core.clock, clock_now(k->core.clock), now));
		return NULL;
	}
	return kedjad_wait_for_clock(k, call, goal);
}

/* --- rebuild ------------------------------------------------------------------------------ */

static json_t *rebuild_result(struct kedjad *k, json_t *different)
{
	static const char *const states[] = { "deadline.open", "deadline.asleep", "deadline.done",
					      "deadline.cancelled" };
	int64_t deadlines = 0;
	for (size_t i = 0; i < sizeof(states) / sizeof(states[0]); i++)
		deadlines += figure_all(k->core.db, states[i]);
	return json_pack("{s:I, s:I, s:o}", "subjects",
			 (json_int_t)figure_all(k->core.db, "subjects"), "deadlines",
			 (json_int_t)deadlines, "different", different);
}

static json_t *rebuild_done(void *arg, struct call *call)
{
	struct kedjad *k = arg;
	(void)call;
	figure_recount(k->core.db);
	return rebuild_result(k, json_array());
}

/* The next one that has a row or an event; the caller frees it. */
static char *subject_after(struct db *db, const char *last)
{
	struct query *q = db_query(db, "SELECT min(id) FROM (SELECT min(id) AS id FROM subject"
				       " WHERE id > ?1 UNION ALL SELECT min(subject) FROM event"
				       " WHERE subject > ?1)");
	db_bind_text(q, 1, last);
	char *subject = db_next(q) && !db_is_null(q, 0) ? xstrdup(db_text(q, 0)) : NULL;
	db_done(q);
	return subject;
}

/* Has it a row although it has no event, or the other way round; is one of its events void that
 * nobody took back, or the other way round? */
static bool log_differs(struct db *db, const char *subject)
{
	struct query *q = db_query(
	    db, "SELECT EXISTS (SELECT 1 FROM subject WHERE id = ?1)"
		" <> EXISTS (SELECT 1 FROM event WHERE subject = ?1)"
		" OR EXISTS (SELECT 1 FROM event e WHERE e.subject = ?1 AND e.kind = 'event.voided'"
		"  AND NOT EXISTS (SELECT 1 FROM void v WHERE v.event = e.data ->> 'event'))"
		" OR EXISTS (SELECT 1 FROM event e JOIN void v ON v.event = e.id"
		"  JOIN event b ON b.id = v.by WHERE e.subject = ?1"
		"  AND (b.kind <> 'event.voided' OR b.data ->> 'event' <> e.id))");
	db_bind_text(q, 1, subject);
	bool differs = db_next(q) && db_int(q, 0) != 0;
	db_done(q);
	return differs;
}

/* How far a check has come. */
struct check {
	char *reached;
	json_t *different;
};

static void check_forget(void *state)
{
	struct check *check = state;
	free(check->reached);
	json_decref(check->different);
	free(check);
}

/* A figure_wrong. */
static void add_wrong_figure(void *arg, const char *text)
{
	struct call *call = arg;
	problem_add(&call->problems, "figures", 0, "%s: kedjactl rebuild", text);
}

static struct check *check_of(struct call *call)
{
	if (call->state == NULL) {
		struct check *check = xcalloc(1, sizeof(*check));
		*check = (struct check){ xstrdup(""), json_array() };
		call->state = check;
		call->forget = check_forget;
	}
	return call->state;
}

/* The next subject is folded anew beside its rows; false: that was the last. */
static bool check_next(struct kedjad *k, struct check *check)
{
	char *next = subject_after(k->core.db, check->reached);
	if (next == NULL)
		return false;
	free(check->reached);
	check->reached = next;
	if (log_differs(k->core.db, next) || planner_differs(k->planner, next) ||
	    people_differ(&k->core, next))
		json_array_append_new(check->different, json_string(next));
	return true;
}

static json_t *check_result(struct kedjad *k, struct call *call, json_t *different)
{
	figure_check(k->core.db, add_wrong_figure, call);
	if (json_array_size(different) == 0 && call->problems.count == 0)
		return rebuild_result(k, json_incref(different));
	call_refuse(call, RPC_REFUSED,
		    "%zu subjects differ from what their events give, %zu figures from what they"
		    " count",
		    json_array_size(different), call->problems.count);
	for (size_t i = 0; i < json_array_size(different); i++)
		problem_add(&call->problems, json_string_value(json_array_get(different, i)), 0,
			    "its rows are not those that its events give: kedjactl rebuild");
	return NULL;
}

/* What it writes on the way is put back; between two turns others may have recorded something, and
 * then it waits until that is planned. */
static json_t *rebuild_check(struct kedjad *k, struct call *call)
{
	struct check *check = check_of(call);
	bool more = true;
	call->leaves_nothing = true;
	while (more && turn_has_room_to_serve(k->core.turn))
		more = check_next(k, check);
	return more ? RPC_GOES_ON : check_result(k, call, check->different);
}

json_t *method_rebuild(void *arg, struct call *call)
{
	struct kedjad *k = arg;
	call->wait = kedjad_until_planned;
	if (call_flag(call, "check"))
		return planner_is_behind(k->planner) ? RPC_WAITS : rebuild_check(k, call);
	planner_rebuild(k->planner);
	return kedjad_wait_for_plan(call, rebuild_done);
}
