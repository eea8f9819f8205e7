/* See kedjad.h. Start and stop are in start.c. */
#include "daemon/kedjad/kedjad.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/base/log.h"
#include "daemon/base/notify.h"
#include "daemon/kedjad/kedjad_own.h"
#include "daemon/letters/admin.h"
#include "daemon/letters/entries.h"
#include "daemon/plan/hold.h"

void meta_set(const struct core *core, const char *name, const char *value)
{
	struct query *q = db_query(core->db, "INSERT INTO meta (name, value) VALUES (?1, ?2)"
					     " ON CONFLICT DO UPDATE SET value = ?2"
					     " WHERE value <> ?2");
	db_bind_text(q, 1, name);
	db_bind_text(q, 2, value);
	db_run(q);
}

char *meta_get(const struct core *core, const char *name)
{
	struct query *q = db_query(core->db, "SELECT value FROM meta WHERE name = ?1");
	db_bind_text(q, 1, name);
	char *value = db_next(q) ? xstrdup(db_text(q, 0)) : NULL;
	db_done(q);
	return value;
}

/* --- requests that wait ------------------------------------------------------------------- */

static struct waiting *wait_for(struct kedjad *k, struct call *call, struct waiting **list)
{
	struct waiting *waiting = xcalloc(1, sizeof(*waiting));
	waiting->ticket = control_later(k->control, call);
	waiting->parameters = json_incref((json_t *)(uintptr_t)call->parameters);
	waiting->id = json_deep_copy(call->id);
	waiting->actor = xstrdup(call->actor);
	waiting->goal = INSTANT_NEVER;
	while (*list != NULL)
		list = &(*list)->next;
	*list = waiting;
	return waiting;
}

void waiting_free(struct waiting *waiting)
{
	json_decref(waiting->parameters);
	json_decref(waiting->id);
	free(waiting->actor);
	free(waiting);
}

/* An answer that leaves when this turn is committed. */
struct answer {
	struct kedjad *k;
	struct waiting *waiting;
	char *line;
};

static void answer_done(void *arg)
{
	struct answer *answer = arg;
	control_answer(answer->k->control, answer->waiting->ticket, answer->line);
	waiting_free(answer->waiting);
	free(answer);
}

static void answer_undone(void *arg, const char *reason)
{
	struct answer *answer = arg;
	free(answer->line);
	answer->line = rpc_refusal(answer->waiting->id, RPC_NO_SPACE, reason, NULL);
	answer_done(answer);
}

/* `result`, or if it is NULL what `call` says. Takes the request over. */
static void answer_after_turn(struct kedjad *k, struct waiting *waiting, json_t *result,
			      const struct call *call)
{
	struct answer *answer = xcalloc(1, sizeof(*answer));
	*answer = (struct answer){ k, waiting, NULL };
	answer->line =
	    result != NULL
		? rpc_answer(waiting->id, result)
		: rpc_refusal(waiting->id, call->code,
			      call->message == NULL ? "refused" : call->message, &call->problems);
	turn_after(k->core.turn, answer_done, answer_undone, answer);
}

json_t *kedjad_wait_for_plan(struct kedjad *k, struct call *call, method_handler *handler)
{
	wait_for(k, call, &k->for_plan)->handler = handler;
	return RPC_LATER;
}

static int64_t count_of(const struct core *core, const char *literal_sql)
{
	struct query *q = db_query(core->db, literal_sql);
	int64_t count = db_next(q) ? db_int(q, 0) : 0;
	db_done(q);
	return count;
}

#define LAST_MESSAGE "SELECT coalesce(max(id), 0) FROM message"
#define LAST_NOTICE  "SELECT coalesce(max(id), 0) FROM notice"

json_t *kedjad_wait_for_clock(struct kedjad *k, struct call *call, instant goal)
{
	struct waiting *waiting = wait_for(k, call, &k->for_clock);
	waiting->goal = goal;
	waiting->letters = count_of(&k->core, LAST_MESSAGE);
	waiting->notices = count_of(&k->core, LAST_NOTICE);
	return RPC_LATER;
}

/* What was refused, or failed in the file, leaves nothing behind. */
static json_t *run_waiting(struct kedjad *k, struct waiting *waiting, struct call *call)
{
	struct db *db = k->core.db;
	db_savepoint(db);
	json_t *result = waiting->handler(k, call);
	if (db_failed(db)) {
		json_decref(result);
		result = NULL;
		call_refuse(call, db_error_is_full(db) ? RPC_NO_SPACE : RPC_INTERNAL, "%s",
			    db_error(db));
	}
	if (result != NULL)
		db_savepoint_release(db);
	else
		db_savepoint_rollback(db);
	return result;
}

/* Serves the requests that waited for the plan: each in a savepoint, like any other. */
static void serve_waiting(struct kedjad *k)
{
	if (turn_begin(k->core.turn) != 0)
		return;
	while (k->for_plan != NULL && turn_has_room(k->core.turn)) {
		struct waiting *waiting = k->for_plan;
		k->for_plan = waiting->next;
		struct call call = { .actor = waiting->actor,
				     .parameters = waiting->parameters,
				     .id = waiting->id,
				     .code = RPC_REFUSED };
		json_t *result = run_waiting(k, waiting, &call);
		answer_after_turn(k, waiting, result, &call);
		problems_clear(&call.problems);
		free(call.message);
	}
}

/* --- the virtual clock -------------------------------------------------------------------- */

static bool all_is_quiet(struct kedjad *k)
{
	instant now = clock_now(k->core.clock);
	return !planner_is_behind(k->planner) && !planner_has_due(k->planner) &&
	       letters_next(k->letters) > now && outbox_is_quiet(k->outbox);
}

static instant earliest(instant a, instant b)
{
	return a < b ? a : b;
}

static instant next_event(struct kedjad *k)
{
	return earliest(planner_next(k->planner),
			earliest(letters_next(k->letters), outbox_next(k->outbox)));
}

static void clock_arrived(struct kedjad *k)
{
	struct waiting *waiting = k->for_clock;
	char now[INSTANT_TEXT_SIZE];
	k->for_clock = waiting->next;
	json_t *result = json_pack(
	    "{s:s, s:I, s:I}", "now", clock_format(k->core.clock, clock_now(k->core.clock), now),
	    "letters", (json_int_t)(count_of(&k->core, LAST_MESSAGE) - waiting->letters), "notices",
	    (json_int_t)(count_of(&k->core, LAST_NOTICE) - waiting->notices));
	answer_after_turn(k, waiting, result, NULL);
}

/* Moves on to whatever comes next, when all of this moment is done; true: there is more. */
static bool advance_clock(struct kedjad *k)
{
	if (k->for_clock == NULL || !all_is_quiet(k))
		return false;
	if (turn_begin(k->core.turn) != 0)
		return false;
	instant now = clock_now(k->core.clock);
	if (now >= k->for_clock->goal) {
		clock_arrived(k);
		return k->for_clock != NULL;
	}
	instant next = earliest(next_event(k), k->for_clock->goal);
	if (clock_set_virtual(k->core.clock, next > now ? next : now + 1) != 0)
		log_error("the virtual clock would not move");
	k->clock_moved = true;
	return true;
}

static void keep_clock(struct kedjad *k)
{
	char text[32];
	if (!k->clock_moved || turn_begin(k->core.turn) != 0)
		return;
	snprintf(text, sizeof(text), "%lld", (long long)clock_now(k->core.clock));
	meta_set(&k->core, "virtual_now", text);
}

/* --- the turn ----------------------------------------------------------------------------- */

void kedjad_fire(void *arg, const char *subject, const char *programme,
		 const struct deadline *deadline, const struct planned_step *due, size_t count,
		 struct arena *arena)
{
	struct kedjad *k = arg;
	due_fire(&k->core, subject, programme, deadline, due, count, arena);
	letters_wake(k->letters);
}

/* The notices of a letter share its fate. */
void kedjad_letter_ended(void *arg, int64_t message, enum message_state state)
{
	struct kedjad *k = arg;
	if (state == MESSAGE_REFUSED || state == MESSAGE_CANCELLED)
		calendar_lost(&k->core, message);
	if (state == MESSAGE_REFUSED) {
		due_letter_refused(&k->core, message);
		letters_wake(k->letters);
		return;
	}
	if (state == MESSAGE_DEFERRED || state == MESSAGE_UNCLEAR) { /* given up */
		due_letter_given_up(&k->core, message);
		letters_admin_given_up(&k->core, k->letters, message);
		letters_wake(k->letters);
		return;
	}
	struct query *q = db_query(k->core.db, "UPDATE notice SET state = ?2 WHERE message = ?1"
					       " AND state = 'queued'");
	db_bind_int(q, 1, message);
	db_bind_text(q, 2, state == MESSAGE_SENT ? "sent" : "overtaken");
	db_run(q);
}

/* How long to wait after the disk refused a turn, before the work that stands is tried again. */
#define RETRY_SECONDS 2.0

static bool end_turn(struct kedjad *k)
{
	if (!turn_is_begun(k->core.turn))
		return true;
	if (turn_end(k->core.turn) == 0) {
		k->clock_moved = false;
		return true;
	}
	log_error("a turn was rolled back: %s", db_error(k->core.db));
	planner_forget(k->planner);
	letters_wake(k->letters);
	loop_timer_set(k->retry, RETRY_SECONDS);
	return false;
}

void kedjad_on_retry(void *arg)
{
	(void)arg; /* the timer has woken the loop: its pass does the work */
}

/* When to wake up by itself, read before the commit: afterwards it would cost locks of its own. */
static instant next_alarm(struct kedjad *k)
{
	return clock_is_virtual(k->core.clock) ? INSTANT_NEVER : next_event(k);
}

static void set_alarm(struct kedjad *k, instant next)
{
	if (loop_set_alarm(k->loop, next) != 0)
		log_error("the alarm could not be set");
}

/* The timer only asks for a sign of life: it comes from here, where the work is done. */
static void give_sign(struct kedjad *k)
{
	if (!k->sign_wanted)
		return;
	k->sign_wanted = false;
	notify_watchdog(k->notify);
	loop_timer_set(k->watchdog, notify_watchdog_interval(k->notify));
}

/* One pass of the loop. What is done first is seen by what comes after it, in one commit. */
bool kedjad_work(void *arg)
{
	struct kedjad *k = arg;
	bool more = control_work(k->control, k->core.turn);
	if (outbox_has_work(k->outbox) && turn_begin(k->core.turn) != 0)
		log_debug("no turn can be begun"); /* who needs one finds out */
	more = planner_work(k->planner) || more;
	bool settled = !planner_is_behind(k->planner) && !planner_has_due(k->planner);
	if (settled && k->for_plan != NULL) {
		serve_waiting(k);
		more = k->for_plan != NULL || more;
	}
	if (settled && hold_work(&k->core))
		more = true;
	else if (settled)
		more = letters_work(k->letters) || more;
	more = outbox_work(k->outbox, k->core.turn) || more;
	more = advance_clock(k) || more;
	keep_clock(k);
	/* what the commit releases may be what the virtual clock waits for */
	more = (k->for_clock != NULL && turn_is_begun(k->core.turn)) || more;
	instant next = next_alarm(k);
	bool committed = end_turn(k);
	set_alarm(k, committed ? next : INSTANT_NEVER);
	give_sign(k);
	return committed ? more : control_has_work(k->control);
}

/* --- reload ------------------------------------------------------------------------------- */

/* The rules that the rows in the file were made by. */
void keep_rules_version(struct kedjad *k)
{
	char version[32];
	snprintf(version, sizeof(version), "%016llx",
		 (unsigned long long)k->core.office->ruleset->version);
	meta_set(&k->core, "rules", version);
}

void kedjad_swap_office(struct kedjad *k, struct office *office, struct templates *templates)
{
	struct office *old = k->core.office;
	struct templates *old_templates = k->templates;
	bool others = old->ruleset->version != office->ruleset->version;
	k->core.office = office;
	k->templates = templates;
	k->loaded_at = clock_now(k->core.clock);
	letters_use(k->letters, templates);
	outbox_configure(k->outbox, office->settings);
	if (others) {
		planner_note_rules(k->planner);
		keep_rules_version(k);
	} else {
		planner_forget(k->planner); /* plans point into the old ruleset */
	}
	office_free(old);
	if (old_templates != templates)
		templates_free(old_templates);
}

int kedjad_reload(struct kedjad *k, bool *ret_changed, struct problems *problems)
{
	struct office *office = office_load(k->dir, problems);
	struct templates *templates = NULL;
	if (office != NULL && kedjad_check_settings(k, office->settings, problems))
		templates = templates_load(office->settings->templates, office->ruleset, problems);
	if (templates == NULL ||
	    clock_set_zone(k->core.clock, calendar_zone(office->calendar)) != 0) {
		if (templates != NULL)
			problem_add(problems, "calendar.conf", 0,
				    "zone: this machine does not know \"%s\"",
				    calendar_zone(office->calendar));
		templates_free(templates);
		office_free(office);
		return -1;
	}
	*ret_changed = office->ruleset->version != k->core.office->ruleset->version;
	kedjad_swap_office(k, office, templates);
	if (*ret_changed)
		kedjad_keep_rules(k);
	else
		kedjad_files_are_in_force(k);
	return 0;
}

/* SIGHUP: the same as rules.reload, with the verdict in the log. */
void kedjad_on_hup(void *arg, int signal)
{
	struct kedjad *k = arg;
	struct problems problems = PROBLEMS_NONE;
	bool changed = false;
	(void)signal;
	if (turn_begin(k->core.turn) != 0)
		return;
	if (kedjad_reload(k, &changed, &problems) == 0)
		log_notice("configuration read again: %zu rules, %s",
			   k->core.office->ruleset->count, changed ? "changed" : "no change");
	problems_sort(&problems);
	for (size_t i = 0; i < problems.count; i++) {
		char *text = problem_format(&problems.list[i]);
		log_error("%s", text);
		free(text);
	}
	if (problems.count > 0)
		log_error("the configuration stays as it was: %zu mistakes", problems.count);
	problems_clear(&problems);
	end_turn(k);
}
