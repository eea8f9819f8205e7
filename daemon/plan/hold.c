/* SPDX-License-Identifier: EUPL-1.2 */
/* See hold.h. */
#include "daemon/plan/hold.h"

#include <inttypes.h>
#include <stdlib.h>

#include "daemon/base/log.h"
#include "daemon/store/meta.h"
#include "daemon/store/notice.h"

#define WITHIN_SECONDS 3600
#define WEEK           (7 * 86400)
#define AT_ONCE        250 /* in one turn: a row of each changes, and one of history comes */

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
	db_bind(q, DB_INT(clock_now(core->clock) - WITHIN_SECONDS), DB_INT(above + 1));
	bool flood = db_next(q) && db_int(q, 0) > above;
	db_done(q);
	return flood;
}

/* A notice that is held, or shall be. */
struct chosen {
	int64_t notice;
	bool has_ended; /* its deadline, or there is none any more */
	bool said_more; /* the same person was told more since, or will be */
};

/* All rows of a query (id, has_ended, said_more), so that the table can be written. The caller
 * frees them. */
static size_t read_chosen(struct query *q, struct chosen **ret)
{
	struct chosen *list = NULL;
	size_t count = 0, capacity = 0;
	while (db_next(q)) {
		list = array_grow(list, count, &capacity, sizeof(*list));
		list[count++] =
		    (struct chosen){ db_int(q, 0), db_int(q, 1) != 0, db_int(q, 2) != 0 };
	}
	db_done(q);
	*ret = list;
	return count;
}

bool hold_work(const struct core *core)
{
	int64_t above = core->office->settings->hold_above;
	if (above == 0 || !something_waits(core) || !is_flood(core, above) ||
	    turn_begin(core->turn) != 0)
		return false;
	struct query *q = db_query(
	    core->db, "SELECT id, 0, 0 FROM notice WHERE catches_up = 1 AND state = 'queued'"
		      " AND message IS NULL ORDER BY id LIMIT ?1");
	db_bind_int(q, 1, AT_ONCE);
	struct chosen *list;
	size_t count = read_chosen(q, &list);
	int64_t held = 0;
	for (size_t i = 0; i < count; i++)
		held += notice_change(
		    core, &(struct notice_change){ .notice = list[i].notice,
						   .was = NOTICE_QUEUED,
						   .state = NOTICE_HELD,
						   .reason = "too many came all at once" });
	free(list);
	if (held > 0)
		log_notice("%lld notices came all at once and are held", (long long)held);
	return held == AT_ONCE;
}

/* --- what an upgrade made late ---------------------------------------------------------------- */

static void set_instant(const struct core *core, const char *name, instant at)
{
	char *text = xasprintf("%" PRId64, at);
	(void)store_meta_set(core->db, name, text);
	free(text);
}

static instant get_instant(const struct core *core, const char *name)
{
	char *text = store_meta_get(core->db, name);
	instant at = text == NULL ? 0 : (instant)strtoll(text, NULL, 10);
	free(text);
	return at;
}

/* All that was due by then it had said: it settles what is due before it takes in anything. */
void hold_note_upgrade(const struct core *core)
{
	struct query *q =
	    db_query(core->db, "SELECT max((SELECT coalesce(max(recorded_at), 0) FROM event),"
			       " (SELECT coalesce(max(at), 0) FROM notice),"
			       " (SELECT coalesce(max(at), 0) FROM message_history),"
			       " coalesce((SELECT CAST(value AS INTEGER) FROM meta"
			       "  WHERE name = 'virtual_now'), 0))");
	set_instant(core, "older_until", db_number(q));
	set_instant(core, "upgraded_at", clock_now(core->clock));
	log_notice("the file is of an older version: what the upgrade alone makes late is held");
}

bool hold_is_of_upgrade(const struct core *core, civil hour)
{
	instant upgraded = get_instant(core, "upgraded_at");
	return upgraded != 0 && clock_now(core->clock) < upgraded + WEEK &&
	       clock_from_civil(core->clock, hour) <= get_instant(core, "older_until");
}

void hold_for_upgrade(const struct core *core, int64_t notice)
{
	(void)!notice_change(core,
			     &(struct notice_change){ .notice = notice,
						      .was = NOTICE_QUEUED,
						      .state = NOTICE_HELD,
						      .reason = "late by the upgrade alone" });
}

/* --- what a person decides -------------------------------------------------------------------- */

#define CHOSEN                                                                                     \
	" n.state = 'held' AND (?1 IS NULL OR n.rule = ?1) AND (?2 IS NULL OR n.subject = ?2)"

static void bind_choice(struct query *q, const struct hold_choice *choice)
{
	db_bind(q, DB_TEXT(choice->rule), DB_TEXT(choice->subject));
}

/* Those of one turn. */
static size_t choose(const struct core *core, const struct hold_choice *choice, struct chosen **ret)
{
	struct query *q = db_query(
	    core->db,
	    "SELECT n.id, NOT EXISTS (SELECT 1 FROM deadline d WHERE d.subject = n.subject"
	    "   AND d.rule = n.rule AND d.key = n.key AND d.anchor = n.anchor"
	    "   AND d.occurrence = n.occurrence"
	    "   AND (d.state = 'open' OR (d.state = 'done' AND d.ended_why = 'last step'))),"
	    "  EXISTS (SELECT 1 FROM notice o WHERE o.subject = n.subject"
	    "   AND o.rule = n.rule AND o.key = n.key AND o.anchor = n.anchor"
	    "   AND o.occurrence = n.occurrence AND o.person = n.person"
	    "   AND o.id > n.id AND o.state IN ('queued', 'sent'))"
	    " FROM notice n WHERE" CHOSEN " ORDER BY n.id LIMIT ?3");
	bind_choice(q, choice);
	db_bind_int(q, 3, AT_ONCE);
	return read_chosen(q, ret);
}

static int64_t count_left(const struct core *core, const struct hold_choice *choice)
{
	if (choice->rule == NULL && choice->subject == NULL)
		return notice_count(core, NOTICE_HELD);
	struct query *q = db_query(core->db, "SELECT count(*) FROM notice n WHERE" CHOSEN);
	bind_choice(q, choice);
	return db_number(q);
}

static bool overtake(const struct core *core, int64_t notice, const char *why)
{
	return notice_change(core, &(struct notice_change){ .notice = notice,
							    .was = NOTICE_HELD,
							    .state = NOTICE_OVERTAKEN,
							    .reason = why,
							    .why = why });
}

static bool release(const struct core *core, int64_t notice)
{
	return notice_change(core, &(struct notice_change){ .notice = notice,
							    .was = NOTICE_HELD,
							    .state = NOTICE_QUEUED,
							    .reason = "released" });
}

struct hold_outcome hold_release(const struct core *core, const struct hold_choice *choice)
{
	struct hold_outcome outcome = { 0, 0, 0 };
	struct chosen *list;
	size_t count = choose(core, choice, &list);
	for (size_t i = 0; i < count; i++) {
		if (list[i].has_ended)
			outcome.overtaken +=
			    overtake(core, list[i].notice, "ended while it was held");
		else if (list[i].said_more)
			outcome.overtaken +=
			    overtake(core, list[i].notice, "more was said while it was held");
		else
			outcome.released += release(core, list[i].notice);
	}
	free(list);
	outcome.left = count_left(core, choice);
	return outcome;
}

struct hold_outcome hold_discard(const struct core *core, const struct hold_choice *choice,
				 const char *reason)
{
	struct hold_outcome outcome = { 0, 0, 0 };
	struct chosen *list;
	size_t count = choose(core, choice, &list);
	for (size_t i = 0; i < count; i++)
		outcome.overtaken += overtake(core, list[i].notice, reason);
	free(list);
	outcome.left = count_left(core, choice);
	return outcome;
}
