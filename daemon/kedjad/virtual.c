/* SPDX-License-Identifier: EUPL-1.2 */
/* See kedjad.h: the virtual clock on its way to a goal, and whoever waits until it is there. */
#include <stdio.h>
#include <stdlib.h>

#include "daemon/base/log.h"
#include "daemon/kedjad/kedjad_own.h"
#include "daemon/letters/moment.h"
#include "daemon/store/meta.h"
#include "daemon/store/notice.h"

/* Where a clock.set wants it. Once that is committed the clock goes there, also if whoever asked
 * has gone meanwhile. */
struct goal {
	struct kedjad *k;
	instant at;
	int64_t letters, notices; /* counts when it was asked for */
	bool is_listed;           /* the clock is not there yet */
	unsigned holders;         /* the list, the call, the turn in which it came */
	struct goal *next;
};

static void drop(struct goal *goal, unsigned holders)
{
	goal->holders -= holders;
	if (goal->holders == 0)
		free(goal);
}

static void let_go(void *arg)
{
	drop(arg, 1);
}

/* How many holders it has lost thereby: the caller drops them. */
static unsigned unlist(struct goal *goal)
{
	struct goal **link = &goal->k->goals;
	if (!goal->is_listed)
		return 0;
	while (*link != goal)
		link = &(*link)->next;
	*link = goal->next;
	goal->is_listed = false;
	return 1;
}

/* The turn was rolled back, and whoever asked is told that nothing was done: nothing may come of
 * it later. */
static void came_in_vain(void *arg, const char *reason)
{
	(void)reason;
	drop(arg, 1 + unlist(arg));
}

static void drop_first(struct kedjad *k)
{
	struct goal *goal = k->goals;
	drop(goal, unlist(goal));
}

void kedjad_forget_goals(struct kedjad *k)
{
	while (k->goals != NULL)
		drop_first(k);
}

static int64_t last_message(const struct kedjad *k)
{
	return db_number(db_query(k->core.db, "SELECT max(id) FROM message"));
}

static bool is_on_its_way(void *arg, const struct call *call)
{
	(void)arg;
	const struct goal *goal = call->state;
	return goal->is_listed;
}

static json_t *clock_arrived(void *arg, struct call *call)
{
	struct kedjad *k = arg;
	const struct goal *goal = call->state;
	char now[INSTANT_TEXT_SIZE];
	return json_pack("{s:s, s:I, s:I}", "now",
			 clock_format(k->core.clock, clock_now(k->core.clock), now), "letters",
			 (json_int_t)(last_message(k) - goal->letters), "notices",
			 (json_int_t)(notice_last(&k->core) - goal->notices));
}

json_t *kedjad_wait_for_clock(struct kedjad *k, struct call *call, instant at)
{
	struct goal *goal = xcalloc(1, sizeof(*goal)), **link = &k->goals;
	*goal = (struct goal){ .k = k,
			       .at = at,
			       .letters = last_message(k),
			       .notices = notice_last(&k->core),
			       .is_listed = true,
			       .holders = 3 };
	while (*link != NULL)
		link = &(*link)->next;
	*link = goal;
	turn_after(k->core.turn, let_go, came_in_vain, goal);
	call->state = goal;
	call->forget = let_go;
	call->wait = is_on_its_way;
	call->handler = clock_arrived;
	return RPC_WAITS;
}

/* --- its way ---------------------------------------------------------------------------------- */

static bool all_is_quiet(struct kedjad *k)
{
	return moment_is_over(k->planner, k->letters, clock_now(k->core.clock)) &&
	       outbox_is_quiet(k->outbox);
}

instant kedjad_next_event(struct kedjad *k)
{
	return instant_earlier(moment_next(k->planner, k->letters), outbox_next(k->outbox));
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
	if (k->goals == NULL || !all_is_quiet(k))
		return false;
	if (turn_begin(k->core.turn) != 0)
		return false;
	instant now = clock_now(k->core.clock);
	if (now >= k->goals->at) {
		drop_first(k);
		return true; /* whoever asked is told in the next turn */
	}
	k->clock_next = moment_after(now, kedjad_next_event(k), k->goals->at);
	kedjad_keep_clock(k, k->clock_next);
	turn_after(k->core.turn, clock_moves, NULL, k);
	return true;
}
