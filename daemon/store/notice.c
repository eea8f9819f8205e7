/* SPDX-License-Identifier: EUPL-1.2 */
/* See notice.h. Each SQL text stands in one function only. */
#include "daemon/store/notice.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/store/deadline.h"
#include "daemon/store/figure.h"

/* --- made ------------------------------------------------------------------------------------ */

static void bind_number(struct query *q, int parameter, int64_t number)
{
	if (number == 0)
		db_bind_null(q, parameter);
	else
		db_bind_int(q, parameter, number);
}

int64_t notice_insert(const struct core *core, const struct new_notice *notice)
{
	assert(notice_state_may_begin(notice->state));
	const struct deadline *deadline = notice->deadline;
	char id[DEADLINE_ID_SIZE];
	struct query *q = db_query(
	    core->db,
	    "INSERT INTO notice (subject, rule, key, anchor, occurrence, step, repetition, at,"
	    " deadline, due, missed, role, person, cc, urgent, state, why, anchor_event, rules,"
	    " catches_up, back, put_off_event, reached_as, quiet) VALUES (?1, ?2, ?3, ?4, ?5, ?6,"
	    " ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22, ?23,"
	    " ?24)");
	store_deadline_bind(q, notice->subject, deadline);
	db_bind_text(q, 6, notice->planned->step->name);
	db_bind_int(q, 7, notice->planned->repetition);
	db_bind_int(q, 8, clock_now(core->clock));
	db_bind_text(q, 9,
		     store_deadline_id(notice->subject, deadline->rule->name, deadline->key,
				       deadline->anchor, deadline->occurrence, id));
	db_bind_date(q, 10, deadline->due);
	db_bind_int(q, 11, deadline->missed);
	db_bind_text(q, 12, notice->role);
	db_bind_text(q, 13, notice->person);
	db_bind_int(q, 14, notice->copy);
	db_bind_int(q, 15, notice->planned->step->urgent != URGENT_NO);
	db_bind_text(q, 16, notice_state_name(notice->state));
	db_bind_text(q, 17, notice->why);
	db_bind_int(q, 18, deadline->anchor_event);
	db_bind_text(q, 19, core->office->ruleset->version_text);
	db_bind_int(q, 20, notice->catches_up);
	db_bind_text(q, 21, notice->back);
	bind_number(q, 22, notice->put_off_event);
	db_bind_text(q, 23, notice->reached_as);
	db_bind_int(q, 24, notice->quiet);
	return db_run(q) == 1 ? db_last_id(core->db) : 0;
}

int64_t notice_copy(const struct core *core, int64_t notice, const char *person,
		    const char *reached_as, const char *why)
{
	struct query *q = db_query(
	    core->db, "INSERT INTO notice (subject, rule, key, anchor, occurrence, step,"
		      " repetition, at, deadline, due, missed, role, person, cc, urgent,"
		      " state, why, anchor_event, rules, back, reached_as, quiet)"
		      " SELECT subject, rule, key, anchor, occurrence, step, repetition, ?4,"
		      " deadline, due, missed, role, ?2, cc, urgent, 'queued', ?3,"
		      " anchor_event, rules, back, ?5, quiet FROM notice WHERE id = ?1");
	db_bind(q, DB_INT(notice), DB_TEXT(person), DB_TEXT(why), DB_INT(clock_now(core->clock)),
		DB_TEXT(reached_as));
	return db_run(q) == 1 ? db_last_id(core->db) : 0;
}

/* --- changed --------------------------------------------------------------------------------- */

static void note_history(const struct core *core, int64_t notice, enum notice_state was,
			 enum notice_state state, const char *reason)
{
	struct query *q =
	    db_query(core->db, "INSERT INTO notice_history (notice, at, was, state, reason)"
			       " VALUES (?1, ?2, ?3, ?4, ?5)");
	db_bind(q, DB_INT(notice), DB_INT(clock_now(core->clock)), DB_TEXT(notice_state_name(was)),
		DB_TEXT(notice_state_name(state)), DB_TEXT(reason));
	db_run(q);
}

/* What was released is never held again: it catches up on nothing any more. */
bool notice_change(const struct core *core, const struct notice_change *change)
{
	assert(notice_state_may_follow(change->was, change->state));
	struct query *q = db_query(
	    core->db,
	    "UPDATE notice SET state = ?3, why = coalesce(?4, why),"
	    " put_off_event = coalesce(?5, put_off_event),"
	    " catches_up = iif(?3 = 'queued', 0, catches_up) WHERE id = ?1 AND state = ?2");
	db_bind(q, DB_INT(change->notice), DB_TEXT(notice_state_name(change->was)),
		DB_TEXT(notice_state_name(change->state)), DB_TEXT(change->why));
	bind_number(q, 5, change->put_off_event);
	if (db_run(q) != 1)
		return false;
	note_history(core, change->notice, change->was, change->state, change->reason);
	return true;
}

/* A notice of a set that is about to change. */
struct row {
	int64_t notice;
	enum notice_state state;
};

/* All rows of a query (id, state), so that the table can be written. The caller frees them. */
static size_t read_rows(struct query *q, struct row **ret)
{
	struct row *rows = NULL;
	size_t count = 0, capacity = 0;
	while (db_next(q)) {
		struct row row = { db_int(q, 0), NOTICE_QUEUED };
		/* The table's own CHECK lets no other name in. */
		if (notice_state_parse(db_text(q, 1), &row.state) != 0)
			continue;
		rows = array_grow(rows, count, &capacity, sizeof(*rows));
		rows[count++] = row;
	}
	db_done(q);
	*ret = rows;
	return count;
}

/* To all of a query (id, state). */
static void change_all(const struct core *core, struct query *q, enum notice_state state,
		       const char *why, const char *reason)
{
	struct row *rows;
	size_t count = read_rows(q, &rows);
	for (size_t i = 0; i < count; i++)
		(void)!notice_change(core, &(struct notice_change){ .notice = rows[i].notice,
								    .was = rows[i].state,
								    .state = state,
								    .why = why,
								    .reason = reason });
	free(rows);
}

void notice_overtake(const struct core *core, const char *subject, const struct deadline *deadline,
		     const char *why)
{
	struct query *q =
	    db_query(core->db, "SELECT id, state FROM notice WHERE subject = ?1 AND rule = ?2"
			       " AND key = ?3 AND anchor = ?4 AND occurrence = ?5"
			       " AND state IN ('queued', 'held') AND message IS NULL");
	store_deadline_bind(q, subject, deadline);
	change_all(core, q, NOTICE_OVERTAKEN, why, "its deadline ended");
}

void notice_settle_letter(const struct core *core, int64_t message, enum notice_state state,
			  const char *reason)
{
	struct query *q = db_query(core->db, "SELECT id, state FROM notice WHERE message = ?1"
					     " AND state = 'queued'");
	db_bind_int(q, 1, message);
	change_all(core, q, state, NULL, reason);
}

void notice_call_back(const struct core *core, int64_t message)
{
	struct query *q = db_query(core->db, "SELECT id, state FROM notice WHERE message = ?1"
					     " AND state = 'unreachable'");
	db_bind_int(q, 1, message);
	change_all(core, q, NOTICE_QUEUED, NULL, "its letter is tried again");
}

static void give_to(const struct core *core, const struct row *row, const char *person,
		    const char *reason)
{
	struct query *q = db_query(core->db, "UPDATE notice SET person = ?2 WHERE id = ?1");
	db_bind(q, DB_INT(row->notice), DB_TEXT(person));
	if (db_run(q) == 1)
		note_history(core, row->notice, row->state, row->state, reason);
}

void notice_hand_over(const struct core *core, const char *subject, const char *role,
		      const char *from, const char *to)
{
	struct query *q = db_query(
	    core->db,
	    "SELECT id, state FROM notice WHERE person = ?3 AND coalesce(reached_as, role) = ?2"
	    " AND state IN ('queued', 'held') AND message IS NULL AND (subject = ?1"
	    " OR subject IN (SELECT id FROM subject s WHERE s.programme = ?1 AND NOT EXISTS"
	    "  (SELECT 1 FROM role r WHERE r.subject = s.id AND r.role = ?2)))");
	db_bind(q, DB_TEXT(subject), DB_TEXT(role), DB_TEXT(from));
	struct row *rows;
	size_t count = read_rows(q, &rows);
	char *reason = xasprintf("handed over by %s", from);
	for (size_t i = 0; i < count; i++)
		give_to(core, &rows[i], to, reason);
	free(reason);
	free(rows);
}

void notice_come_out(const struct core *core, int64_t notice)
{
	struct query *q = db_query(core->db, "UPDATE notice SET released = ?2 WHERE id = ?1"
					     " AND state = 'put_off' AND released IS NULL");
	db_bind(q, DB_INT(notice), DB_INT(clock_now(core->clock)));
	if (db_run(q) == 1)
		note_history(core, notice, NOTICE_PUT_OFF, NOTICE_PUT_OFF, "held back no more");
}

void notice_attach(const struct core *core, int64_t notice, int64_t message, size_t item)
{
	struct query *q = db_query(core->db, "UPDATE notice SET message = ?2, item = ?3"
					     " WHERE id = ?1 AND state = 'queued'");
	db_bind(q, DB_INT(notice), DB_INT(message), DB_INT((int64_t)item));
	db_run(q);
}

void notice_stand_in(const struct core *core, int64_t notice, const char *holder)
{
	struct query *q = db_query(core->db, "UPDATE notice SET instead_of = ?2 WHERE id = ?1");
	db_bind(q, DB_INT(notice), DB_TEXT(holder));
	db_run(q);
}

void notice_sum_up(const struct core *core, const char *holder, int64_t message)
{
	struct query *q =
	    db_query(core->db, "UPDATE notice SET summed_up = ?2 WHERE instead_of = ?1"
			       " AND summed_up IS NULL AND state IN ('queued', 'sent')");
	db_bind(q, DB_TEXT(holder), DB_INT(message));
	db_run(q);
}

/* --- asked ----------------------------------------------------------------------------------- */

/* Of those that reached nobody: what still waits for somebody (figure_sql.h). */
int64_t notice_count(const struct core *core, enum notice_state state)
{
	if (state == NOTICE_UNREACHABLE)
		return figure_of(core->db, "unreached", "") +
		       figure_after(core->db, "unreached", clock_today(core->clock));
	char *name = xasprintf("notice.%s", notice_state_name(state));
	int64_t count = figure_of(core->db, name, "");
	free(name);
	return count;
}

int64_t notice_last(const struct core *core)
{
	return db_number(db_query(core->db, "SELECT max(id) FROM notice"));
}

static size_t read_undelivered(struct query *q, struct arena *arena, struct undelivered **ret)
{
	struct undelivered *rows = NULL;
	size_t count = 0, capacity = 0;
	while (db_next(q)) {
		rows = array_grow(rows, count, &capacity, sizeof(*rows));
		rows[count++] =
		    (struct undelivered){ .notice = db_int(q, 0),
					  .subject = arena_strdup(arena, db_text(q, 1)),
					  .programme = arena_strdup(arena, db_text(q, 2)) };
	}
	db_done(q);
	*ret = arena_alloc(arena, (count + 1) * sizeof(*rows));
	if (count > 0)
		memcpy(*ret, rows, count * sizeof(*rows));
	free(rows);
	return count;
}

#define UNDELIVERED                                                                                \
	"SELECT n.id, n.subject, coalesce(s.programme, s.id) FROM notice n"                        \
	" LEFT JOIN subject s ON s.id = n.subject WHERE n.state = 'queued'"

size_t notice_in_letter(const struct core *core, int64_t message, struct arena *arena,
			struct undelivered **ret)
{
	struct query *q = db_query(core->db, UNDELIVERED " AND n.message = ?1");
	db_bind_int(q, 1, message);
	return read_undelivered(q, arena, ret);
}

size_t notice_waiting_for(const struct core *core, const char *person, const char *subject,
			  struct arena *arena, struct undelivered **ret)
{
	struct query *q = db_query(core->db, UNDELIVERED " AND n.message IS NULL AND n.person = ?1"
							 " AND (?2 IS NULL OR n.subject = ?2)");
	db_bind(q, DB_TEXT(person), DB_TEXT(subject));
	return read_undelivered(q, arena, ret);
}

/* --- on a scratch copy ------------------------------------------------------------------------ */

/* None of these texts is asked twice on one copy; so they need no function each. */
static void run_since(struct query *q, instant since)
{
	db_bind_int(q, 1, since);
	db_run(q);
}

void notice_take_back(const struct core *core, instant since)
{
	struct db *db = core->db;
	run_since(db_query(db, "UPDATE notice SET released = NULL WHERE released >= ?1"), since);
	run_since(db_query(db, "UPDATE notice SET state = 'queued', put_off_event = NULL"
			       " WHERE state = 'put_off' AND put_off_event IN"
			       " (SELECT id FROM event WHERE recorded_at >= ?1)"),
		  since);
	run_since(db_query(db, "DELETE FROM notice_history WHERE at >= ?1 OR notice IN"
			       " (SELECT id FROM notice WHERE at >= ?1)"),
		  since);
	run_since(db_query(db, "DELETE FROM notice WHERE at >= ?1"), since);
	run_since(db_query(db, "UPDATE notice SET state = 'queued', message = NULL WHERE message IN"
			       " (SELECT id FROM message WHERE created_at >= ?1)"),
		  since);
}

void notice_rename_rule(const struct core *core, const char *rule, const char *name, int64_t last)
{
	struct query *q =
	    db_query(core->db, "UPDATE notice SET rule = ?2 WHERE rule = ?1 AND id > ?3");
	db_bind(q, DB_TEXT(rule), DB_TEXT(name), DB_INT(last));
	db_run(q);
}
