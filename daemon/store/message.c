/* SPDX-License-Identifier: EUPL-1.2 */
/* See message.h. Each SQL text stands in one function only. Where an index is named, SQLite would
 * rather take the one by state, and go through all letters each time. */
#include "daemon/store/message.h"

#include <assert.h>

static void add_history(struct db *db, int64_t message, const char *was, enum message_state state,
			instant now, const char *reason)
{
	struct query *q =
	    db_query(db, "INSERT INTO message_history (message, at, was, state, reason)"
			 " VALUES (?1, ?2, ?3, ?4, ?5)");
	db_bind(q, DB_INT(message), DB_INT(now), DB_TEXT(was), DB_TEXT(message_state_name(state)),
		DB_TEXT(reason));
	db_run(q);
}

static void bind_instant(struct query *q, int parameter, instant at)
{
	if (at == INSTANT_NEVER)
		db_bind_null(q, parameter);
	else
		db_bind_int(q, parameter, at);
}

bool message_change(struct db *db, const struct message_change *change)
{
	assert(message_state_may_follow(change->was, change->state));
	bool waits = message_state_waits(change->state);
	bool ended = !waits && change->state != MESSAGE_HANDED;
	struct query *q =
	    db_query(db, "UPDATE message SET state = ?3, next_attempt = ?4, ended_at = ?5,"
			 " attempts = attempts + ?6,"
			 " code = CASE WHEN ?8 IS NULL THEN code ELSE ?7 END,"
			 " answer = COALESCE(?8, answer) WHERE id = ?1 AND state = ?2");
	db_bind(q, DB_INT(change->message), DB_TEXT(message_state_name(change->was)),
		DB_TEXT(message_state_name(change->state)));
	bind_instant(q, 4, waits ? change->next_attempt : INSTANT_NEVER);
	bind_instant(q, 5, ended ? change->now : INSTANT_NEVER);
	db_bind_int(q, 6, change->attempt ? 1 : 0);
	db_bind_int(q, 7, change->code);
	db_bind_text(q, 8, change->answer);
	if (db_run(q) != 1)
		return false;
	add_history(db, change->message, message_state_name(change->was), change->state,
		    change->now, change->reason);
	return true;
}

int64_t message_insert(struct db *db, const struct new_message *message, const char *message_id,
		       instant now)
{
	char day[DATE_TEXT_SIZE];
	struct query *q = db_query(
	    db, "INSERT INTO message (person, name, address, language, subject, body, html, refs,"
		" digest_day, message_id, created_at, state, attempts, next_attempt, digest_of,"
		" calendar, urgent)"
		" VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, 'queued', 0, ?11, ?12, ?13,"
		" ?14)");
	db_bind(q, DB_TEXT(message->person), DB_TEXT(message->name), DB_TEXT(message->address),
		DB_TEXT(message->language), DB_TEXT(message->subject), DB_TEXT(message->text),
		DB_TEXT(message->html), DB_TEXT(message->references));
	db_bind_text(
	    q, 9, message->digest_day == DATE_NONE ? NULL : date_format(message->digest_day, day));
	db_bind_text(q, 10, message_id);
	db_bind_int(q, 11, now);
	db_bind_text(q, 12, message->digest_of == NULL ? "" : message->digest_of);
	db_bind_text(q, 13, message->calendar);
	db_bind_int(q, 14, message->urgent ? 1 : 0);
	if (db_run(q) != 1)
		return 0;
	int64_t id = db_last_id(db);
	add_history(db, id, NULL, MESSAGE_QUEUED, now, "made");
	return id;
}

static enum message_state state_at(struct query *q, int column)
{
	enum message_state state = MESSAGE_QUEUED;
	const char *name = db_text(q, column);
	/* The table's own CHECK lets no other name in. */
	if (name == NULL || message_state_parse(name, &state) != 0)
		return MESSAGE_CANCELLED;
	return state;
}

static instant instant_at(struct query *q, int column)
{
	return db_is_null(q, column) ? INSTANT_NEVER : db_int(q, column);
}

bool message_find(struct db *db, int64_t message, struct message_row *ret)
{
	struct query *q = db_query(db, "SELECT state, created_at, attempts, reached_at, unreached,"
				       " heard_at, waited FROM message WHERE id = ?1");
	db_bind_int(q, 1, message);
	bool found = db_next(q);
	if (found)
		*ret = (struct message_row){ message,
					     state_at(q, 0),
					     db_int(q, 1),
					     db_int(q, 2),
					     { instant_at(q, 3), db_int(q, 4), instant_at(q, 5),
					       db_int(q, 6) } };
	db_done(q);
	return found;
}

void message_keep_tries(struct db *db, int64_t message, const struct message_tries *tries)
{
	struct query *q = db_query(db, "UPDATE message SET reached_at = ?2, unreached = ?3,"
				       " heard_at = ?4, waited = ?5 WHERE id = ?1");
	db_bind_int(q, 1, message);
	bind_instant(q, 2, tries->reached_at);
	db_bind_int(q, 3, tries->unreached);
	bind_instant(q, 4, tries->heard_at);
	db_bind_int(q, 5, tries->waited);
	db_run(q);
}

void message_note_odd(struct db *db, int64_t message)
{
	struct query *q = db_query(db, "UPDATE message SET odd = 1 WHERE id = ?1");
	db_bind_int(q, 1, message);
	db_run(q);
}

bool message_is_odd(struct db *db, int64_t message)
{
	struct query *q = db_query(db, "SELECT 1 FROM message WHERE id = ?1 AND odd = 1");
	db_bind_int(q, 1, message);
	return db_found(q);
}

static size_t read_ids(struct query *q, int64_t *ids, size_t most)
{
	size_t count = 0;
	while (count < most && db_next(q))
		ids[count++] = db_int(q, 0);
	db_done(q);
	return count;
}

size_t message_due(struct db *db, instant now, int64_t *ids, size_t most)
{
	struct query *q =
	    db_query(db, "SELECT id FROM message INDEXED BY message_waiting"
			 " WHERE state IN ('queued','deferred','unclear')"
			 " AND next_attempt <= ?1 ORDER BY next_attempt, id LIMIT ?2");
	db_bind(q, DB_INT(now), DB_INT((int64_t)most));
	return read_ids(q, ids, most);
}

size_t message_handed(struct db *db, int64_t *ids, size_t most)
{
	struct query *q =
	    db_query(db, "SELECT id FROM message WHERE state = 'handed' ORDER BY (SELECT max(rowid)"
			 " FROM message_history h WHERE h.message = message.id) LIMIT ?1");
	db_bind_int(q, 1, (int64_t)most);
	return read_ids(q, ids, most);
}

json_t *message_letter(struct db *db, int64_t message, const struct clock *clock,
		       enum message_state *ret_state)
{
	struct query *q =
	    db_query(db, "SELECT message_id, created_at, name, address, subject, body,"
			 " html, refs, state, calendar, urgent FROM message WHERE id = ?1");
	char made[INSTANT_TEXT_SIZE + 8];
	json_t *letter = NULL;
	db_bind_int(q, 1, message);
	if (db_next(q)) {
		const char *text = db_text(q, 5);
		letter = json_pack("{s:I, s:s, s:s, s:{s:s, s:s}, s:s, s:s, s:s*, s:s*}", "id",
				   (json_int_t)message, "message_id", db_text(q, 0), "date",
				   clock_format_mail(clock, db_int(q, 1), made), "to", "name",
				   db_text(q, 2), "address", db_text(q, 3), "subject",
				   db_text(q, 4), "text", text == NULL ? "" : text, "html",
				   db_text(q, 6), "references", db_text(q, 7));
		json_t *calendar = db_is_null(q, 9)
				       ? NULL
				       : json_loads(db_text(q, 9), JSON_REJECT_DUPLICATES, NULL);
		if (letter != NULL && calendar != NULL)
			json_object_set_new(letter, "calendar", calendar);
		if (letter != NULL && db_int(q, 10) != 0)
			json_object_set_new(letter, "urgent", json_true());
		*ret_state = state_at(q, 8);
	}
	db_done(q);
	return letter;
}

instant message_next_attempt(struct db *db)
{
	struct query *q = db_query(db, "SELECT next_attempt FROM message INDEXED BY message_waiting"
				       " WHERE state IN ('queued','deferred','unclear')"
				       " AND next_attempt IS NOT NULL"
				       " ORDER BY next_attempt, id LIMIT 1");
	return db_instant(q);
}

size_t message_postponed(struct db *db, instant now, int64_t *ids, size_t most)
{
	struct query *q = db_query(db, "SELECT id FROM message INDEXED BY message_waiting"
				       " WHERE state IN ('queued','deferred','unclear')"
				       " AND (next_attempt IS NULL OR next_attempt > ?1) LIMIT ?2");
	db_bind(q, DB_INT(now), DB_INT((int64_t)most));
	return read_ids(q, ids, most);
}

size_t message_refused(struct db *db, int64_t after, int64_t *ids, size_t most)
{
	struct query *q = db_query(
	    db, "SELECT id FROM message INDEXED BY message_by_state WHERE state = 'refused'"
		" AND id > ?1 AND body IS NOT NULL ORDER BY id LIMIT ?2");
	db_bind(q, DB_INT(after), DB_INT((int64_t)most));
	return read_ids(q, ids, most);
}

bool message_has_text(struct db *db, int64_t message)
{
	struct query *q = db_query(db, "SELECT 1 FROM message WHERE id = ?1 AND body IS NOT NULL");
	db_bind_int(q, 1, message);
	return db_found(q);
}

void message_hurry(struct db *db, const struct message_row *message, instant now)
{
	struct query *q = db_query(db, "UPDATE message SET next_attempt = ?2, reached_at = NULL,"
				       " unreached = 0, heard_at = NULL, waited = 0 WHERE id = ?1");
	db_bind(q, DB_INT(message->id), DB_INT(now));
	db_run(q);
	add_history(db, message->id, message_state_name(message->state), message->state, now,
		    "tried again by hand");
}

int64_t message_rewind(struct db *db, instant now, int64_t longest, int64_t most)
{
	struct query *q = db_query(
	    db, "UPDATE message SET next_attempt = ?1 WHERE id IN ("
		"SELECT id FROM message INDEXED BY message_waiting"
		" WHERE state IN ('queued','deferred','unclear') AND next_attempt > ?2 LIMIT ?3)");
	db_bind(q, DB_INT(now), DB_INT(now + longest), DB_INT(most));
	return db_run(q);
}

instant message_oldest_body(struct db *db)
{
	struct query *q = db_query(db, "SELECT ended_at FROM message INDEXED BY message_bodies"
				       " WHERE body IS NOT NULL"
				       " AND state IN ('sent','refused','cancelled','superseded')"
				       " ORDER BY ended_at LIMIT 1");
	return db_instant(q);
}

bool message_drop_bodies(struct db *db, instant ended_until, int64_t most)
{
	struct query *q =
	    db_query(db, "UPDATE message SET body = NULL, html = NULL, refs = NULL,"
			 " calendar = NULL WHERE id IN ("
			 "SELECT id FROM message INDEXED BY message_bodies WHERE body IS NOT NULL"
			 " AND state IN ('sent','refused','cancelled','superseded')"
			 " AND ended_at <= ?1 ORDER BY ended_at LIMIT ?2)");
	db_bind(q, DB_INT(ended_until), DB_INT(most));
	return db_run(q) > 0;
}

void message_take_back(struct db *db, instant since)
{
	struct query *q = db_query(db, "DELETE FROM message_history WHERE message IN"
				       " (SELECT id FROM message WHERE created_at >= ?1)");
	db_bind_int(q, 1, since);
	db_run(q);
	q = db_query(db, "DELETE FROM message WHERE created_at >= ?1");
	db_bind_int(q, 1, since);
	db_run(q);
}
