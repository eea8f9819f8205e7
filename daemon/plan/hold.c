/* SPDX-License-Identifier: EUPL-1.2 */
/* See hold.h. */
#include "daemon/plan/hold.h"

#include "daemon/base/log.h"

#define WITHIN_SECONDS 3600
#define AT_ONCE        500 /* rows of one turn */

static bool something_waits(const struct core *core)
{
	return db_found(db_query(core->db,
				 "SELECT 1 FROM notice WHERE catches_up = 1 AND state = 'queued'"
				 " AND message IS NULL LIMIT 1"));
}

static bool is_flood(const struct core *core, int64_t above)
{
	struct query *q = db_query(
	    core->db, "SELECT count(*) FROM (SELECT 1 FROM notice WHERE catches_up = 1 AND at > ?1"
		      " AND state IN ('queued', 'sent', 'held') LIMIT ?2)");
	db_bind_int(q, 1, clock_now(core->clock) - WITHIN_SECONDS);
	db_bind_int(q, 2, above + 1);
	bool flood = db_next(q) && db_int(q, 0) > above;
	db_done(q);
	return flood;
}

bool hold_work(const struct core *core)
{
	int64_t above = core->office->settings->hold_above;
	if (above == 0 || !something_waits(core) || !is_flood(core, above) ||
	    turn_begin(core->turn) != 0)
		return false;
	struct query *q =
	    db_query(core->db, "UPDATE notice SET state = 'held' WHERE id IN (SELECT id FROM notice"
			       " WHERE catches_up = 1 AND state = 'queued' AND message IS NULL"
			       " ORDER BY id LIMIT ?1)");
	db_bind_int(q, 1, AT_ONCE);
	int64_t held = db_run(q);
	if (held > 0)
		log_notice("%lld notices came all at once and are held", (long long)held);
	return held == AT_ONCE;
}

int64_t hold_count(const struct core *core)
{
	return db_number(db_query(core->db, "SELECT count(*) FROM notice WHERE state = 'held'"));
}

#define CHOSEN " AND (?1 IS NULL OR rule = ?1) AND (?2 IS NULL OR subject = ?2)"

static void bind_choice(struct query *q, const struct hold_choice *choice)
{
	db_bind_text(q, 1, choice->rule);
	db_bind_text(q, 2, choice->subject);
}

/* The first so many end with this id. */
static int64_t last_of_turn(const struct core *core, const struct hold_choice *choice)
{
	struct query *q = db_query(
	    core->db, "SELECT max(id) FROM (SELECT id FROM notice WHERE state = 'held'" CHOSEN
		      " ORDER BY id LIMIT ?3)");
	bind_choice(q, choice);
	db_bind_int(q, 3, AT_ONCE);
	return db_number(q);
}

static int64_t count_left(const struct core *core, const struct hold_choice *choice)
{
	struct query *q =
	    db_query(core->db, "SELECT count(*) FROM notice WHERE state = 'held'" CHOSEN);
	bind_choice(q, choice);
	return db_number(q);
}

/* What has no deadline any more that it could be about, or about which more was said since. */
static int64_t overtake(const struct core *core, const struct hold_choice *choice, int64_t last)
{
	struct query *q = db_query(
	    core->db,
	    "UPDATE notice SET state = 'overtaken', why = 'ended while it was held'"
	    " WHERE state = 'held' AND id <= ?3" CHOSEN
	    " AND (NOT EXISTS (SELECT 1 FROM deadline d WHERE d.subject = notice.subject"
	    "   AND d.rule = notice.rule AND d.key = notice.key AND d.anchor = notice.anchor"
	    "   AND d.occurrence = notice.occurrence"
	    "   AND (d.state = 'open' OR (d.state = 'done' AND d.ended_why = 'last step')))"
	    "  OR EXISTS (SELECT 1 FROM notice o WHERE o.subject = notice.subject"
	    "   AND o.rule = notice.rule AND o.key = notice.key AND o.anchor = notice.anchor"
	    "   AND o.occurrence = notice.occurrence AND o.person = notice.person"
	    "   AND o.id > notice.id AND o.state IN ('queued', 'sent')))");
	bind_choice(q, choice);
	db_bind_int(q, 3, last);
	return db_run(q);
}

struct hold_outcome hold_release(const struct core *core, const struct hold_choice *choice)
{
	struct hold_outcome outcome = { 0, 0, 0 };
	int64_t last = last_of_turn(core, choice);
	outcome.overtaken = overtake(core, choice, last);
	struct query *q = db_query(core->db, "UPDATE notice SET state = 'queued', catches_up = 0"
					     " WHERE state = 'held' AND id <= ?3" CHOSEN);
	bind_choice(q, choice);
	db_bind_int(q, 3, last);
	outcome.released = db_run(q);
	outcome.left = count_left(core, choice);
	return outcome;
}

struct hold_outcome hold_discard(const struct core *core, const struct hold_choice *choice,
				 const char *reason)
{
	struct hold_outcome outcome = { 0, 0, 0 };
	int64_t last = last_of_turn(core, choice);
	struct query *q = db_query(core->db, "UPDATE notice SET state = 'overtaken', why = ?4"
					     " WHERE state = 'held' AND id <= ?3" CHOSEN);
	bind_choice(q, choice);
	db_bind_int(q, 3, last);
	db_bind_text(q, 4, reason);
	outcome.overtaken = db_run(q);
	outcome.left = count_left(core, choice);
	return outcome;
}
