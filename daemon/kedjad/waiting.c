/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * See kedjad.h: requests whose answer waits until something else is done, and what the longest of
 * them waits for: the virtual clock on its way to its goal.
 */
#include <stdio.h>
#include <stdlib.h>

#include "daemon/base/log.h"
#include "daemon/kedjad/kedjad_own.h"
#include "daemon/letters/moment.h"
#include "daemon/store/meta.h"
#include "daemon/store/notice.h"

/* A request that is answered when something else is done. */
struct waiting {
	struct kedjad *k;
	struct waiting **list;
	struct ticket *ticket;
	method_handler *handler; /* to be called again when nobody is behind */
	json_t *parameters, *id;
	char *actor;
	instant goal;             /* of clock.set; INSTANT_NEVER for others */
	int64_t letters, notices; /* counts when clock.set began */
	bool is_over;             /* out of the list: its answer is on its way */
	struct waiting *next;
};

/* --- requests that wait ------------------------------------------------------------------- */

static void waiting_free(struct waiting *waiting)
{
	json_decref(waiting->parameters);
	json_decref(waiting->id);
	free(waiting->actor);
	free(waiting);
}

static struct waiting *take_first(struct waiting **list)
{
	struct waiting *waiting = *list;
	*list = waiting->next;
	waiting->is_over = true;
	return waiting;
}

/* The turn in which it came was rolled back, and its peer has been told that nothing was done: so
 * nothing may come of it later. */
static void came_in_vain(void *arg, const char *reason)
{
	struct waiting *waiting = arg, **link = waiting->list;
	if (waiting->is_over)
		return;
	while (*link != waiting)
		link = &(*link)->next;
	*link = waiting->next;
	control_answer(waiting->k->control, waiting->ticket,
		       rpc_refusal(waiting->id, RPC_NO_SPACE, reason, NULL));
	waiting_free(waiting);
}

static struct waiting *wait_for(struct kedjad *k, struct call *call, struct waiting **list)
{
	struct waiting *waiting = xcalloc(1, sizeof(*waiting));
	waiting->k = k;
	waiting->list = list;
	waiting->ticket = control_later(k->control, call);
	waiting->parameters = json_incref((json_t *)(uintptr_t)call->parameters);
	waiting->id = json_deep_copy(call->id);
	waiting->actor = xstrdup(call->actor);
	waiting->goal = INSTANT_NEVER;
	while (*list != NULL)
		list = &(*list)->next;
	*list = waiting;
	turn_after(k->core.turn, NULL, came_in_vain, waiting);
	return waiting;
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

json_t *kedjad_until_planned(void *arg, struct call *call, method_handler *handler)
{
	struct kedjad *k = arg;
	return planner_is_behind(k->planner) ? kedjad_wait_for_plan(k, call, handler) : NULL;
}

static int64_t last_message(const struct kedjad *k)
{
	return db_number(db_query(k->core.db, "SELECT max(id) FROM message"));
}

json_t *kedjad_wait_for_clock(struct kedjad *k, struct call *call, instant goal)
{
	struct waiting *waiting = wait_for(k, call, &k->for_clock);
	waiting->goal = goal;
	waiting->letters = last_message(k);
	waiting->notices = notice_last(&k->core);
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

void kedjad_serve_waiting(struct kedjad *k)
{
	if (turn_begin(k->core.turn) != 0)
		return;
	while (k->for_plan != NULL && turn_has_room(k->core.turn)) {
		struct waiting *waiting = take_first(&k->for_plan);
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

static void refuse_all(struct kedjad *k, struct waiting **list, const char *reason)
{
	enum rpc_code code = db_error_is_full(k->core.db) ? RPC_NO_SPACE : RPC_INTERNAL;
	while (*list != NULL) {
		struct waiting *waiting = take_first(list);
		control_answer(k->control, waiting->ticket,
			       rpc_refusal(waiting->id, code, reason, NULL));
		waiting_free(waiting);
	}
}

void kedjad_refuse_waiting(struct kedjad *k, const char *reason)
{
	refuse_all(k, &k->for_plan, reason);
	refuse_all(k, &k->for_clock, reason);
}

static void free_all(struct waiting *list)
{
	while (list != NULL) {
		struct waiting *next = list->next;
		waiting_free(list);
		list = next;
	}
}

void kedjad_forget_waiting(struct kedjad *k)
{
	free_all(k->for_plan);
	free_all(k->for_clock);
	k->for_plan = k->for_clock = NULL;
}

/* --- the virtual clock -------------------------------------------------------------------- */

static bool all_is_quiet(struct kedjad *k)
{
	return moment_is_over(k->planner, k->letters, clock_now(k->core.clock)) &&
	       outbox_is_quiet(k->outbox);
}

instant kedjad_next_event(struct kedjad *k)
{
	return instant_earlier(moment_next(k->planner, k->letters), outbox_next(k->outbox));
}

static void clock_arrived(struct kedjad *k)
{
	struct waiting *waiting = take_first(&k->for_clock);
	char now[INSTANT_TEXT_SIZE];
	json_t *result = json_pack(
	    "{s:s, s:I, s:I}", "now", clock_format(k->core.clock, clock_now(k->core.clock), now),
	    "letters", (json_int_t)(last_message(k) - waiting->letters), "notices",
	    (json_int_t)(notice_last(&k->core) - waiting->notices));
	answer_after_turn(k, waiting, result, NULL);
}

void kedjad_keep_clock(struct kedjad *k, instant at)
{
	char text[32];
	snprintf(text, sizeof(text), "%lld", (long long)at);
	store_meta_set(k->core.db, "virtual_now", text);
}

static void clock_moves(void *arg)
{
	struct kedjad *k = arg;
	if (clock_set_virtual(k->core.clock, k->clock_next) != 0)
		log_error("the virtual clock would not move");
}

bool kedjad_advance_clock(struct kedjad *k)
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
	k->clock_next = moment_after(now, kedjad_next_event(k), k->for_clock->goal);
	kedjad_keep_clock(k, k->clock_next);
	turn_after(k->core.turn, clock_moves, NULL, k);
	return true;
}
