/* SPDX-License-Identifier: EUPL-1.2 */
/* See put_off.h. */
#include "daemon/store/put_off.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/store/deadline.h"
#include "daemon/store/notice.h"

/* Of one deadline, also under an older name of its rule; ?1 to ?6. */
#define OF_DEADLINE                                                                                \
	" subject = ?1 AND rule IN (?2, ?6) AND key = ?3 AND anchor = ?4 AND occurrence = ?5"

static void bind_deadline(struct query *q, const char *subject, const struct deadline *deadline)
{
	store_deadline_bind(q, subject, deadline);
	db_bind_text(q, 6, deadline->rule->was);
}

bool store_put_off_any(const struct core *core, const char *subject)
{
	struct query *q =
	    db_query(core->db, "SELECT 1 FROM notice WHERE subject = ?1 AND state = 'put_off'"
			       " AND released IS NULL LIMIT 1");
	db_bind_text(q, 1, subject);
	return db_found(q);
}

/* A row of: id, step, repetition, role, cc, at. False if the rules know its step or role no more.
 */
static bool held_from_row(const struct core *core, const struct deadline *deadline, struct query *q,
			  struct held_step *ret)
{
	const struct step *step = rule_step(deadline->rule, db_text(q, 1));
	const struct role *role = chain_role(core->office->chain, db_text(q, 3));
	if (step == NULL || role == NULL)
		return false;
	*ret = (struct held_step){ .planned = { .step = step, .repetition = (int)db_int(q, 2) },
				   .role = role,
				   .copy = db_int(q, 4) != 0,
				   .notice = db_int(q, 0) };
	ret->planned.at = clock_to_civil(core->clock, db_int(q, 5));
	ret->planned.day = civil_date(ret->planned.at);
	return true;
}

static size_t list_rows(const struct core *core, const struct deadline *deadline, struct query *q,
			struct arena *arena, struct held_step **ret)
{
	struct held_step *list = NULL, held;
	size_t count = 0, capacity = 0;
	while (db_next(q)) {
		if (!held_from_row(core, deadline, q, &held))
			continue;
		list = array_grow(list, count, &capacity, sizeof(*list));
		list[count++] = held;
	}
	db_done(q);
	*ret = arena_alloc(arena, (count + 1) * sizeof(*list));
	if (count > 0)
		memcpy(*ret, list, count * sizeof(*list));
	free(list);
	return count;
}

size_t store_put_off_read(const struct core *core, const char *subject,
			  const struct deadline *deadline, instant then, struct arena *arena,
			  struct held_step **ret)
{
	struct query *q =
	    then == INSTANT_NEVER
		? db_query(core->db, "SELECT id, step, repetition, role, cc, at FROM notice"
				     " WHERE" OF_DEADLINE " AND state = 'put_off'"
				     " AND released IS NULL ORDER BY id")
		: db_query(core->db, "SELECT id, step, repetition, role, cc, at FROM notice"
				     " WHERE" OF_DEADLINE " AND state = 'put_off' AND at <= ?7"
				     " AND (released IS NULL OR released > ?7) ORDER BY id");
	bind_deadline(q, subject, deadline);
	if (then != INSTANT_NEVER)
		db_bind_int(q, 7, then);
	return list_rows(core, deadline, q, arena, ret);
}

void store_put_off_forget(const struct core *core, const char *subject,
			  const struct deadline *deadline, const char *role)
{
	int64_t *notices = NULL;
	size_t count = 0, capacity = 0;
	struct query *q = db_query(core->db, "SELECT id FROM notice WHERE" OF_DEADLINE
					     " AND state = 'put_off' AND released IS NULL"
					     " AND role = ?7");
	bind_deadline(q, subject, deadline);
	db_bind_text(q, 7, role);
	while (db_next(q)) {
		notices = array_grow(notices, count, &capacity, sizeof(*notices));
		notices[count++] = db_int(q, 0);
	}
	db_done(q);
	for (size_t i = 0; i < count; i++)
		notice_come_out(core, notices[i]);
	free(notices);
}

static void put_off_those(const struct core *core, const char *subject,
			  const struct deadline *deadline, enum notice_state was,
			  struct arena *arena)
{
	struct held_step *list;
	civil now = clock_now_civil(core->clock);
	struct query *q = db_query(core->db, "SELECT id, step, repetition, role, cc, at FROM notice"
					     " WHERE" OF_DEADLINE " AND message IS NULL"
					     " AND state = ?7 ORDER BY id");
	bind_deadline(q, subject, deadline);
	db_bind_text(q, 7, notice_state_name(was));
	size_t count = list_rows(core, deadline, q, arena, &list);
	for (size_t i = 0; i < count; i++) {
		const struct put_off *by = steps_held_back(deadline, core->office->calendar,
							   list[i].planned.step, list[i].role, now);
		if (by == NULL)
			continue;
		(void)!notice_change(core,
				     &(struct notice_change){ .notice = list[i].notice,
							      .was = was,
							      .state = NOTICE_PUT_OFF,
							      .reason = "put off while it waited",
							      .put_off_event = by->event });
	}
}

void store_put_off_waiting(const struct core *core, const char *subject,
			   const struct deadline *deadline, struct arena *arena)
{
	put_off_those(core, subject, deadline, NOTICE_QUEUED, arena);
	put_off_those(core, subject, deadline, NOTICE_HELD, arena);
}
