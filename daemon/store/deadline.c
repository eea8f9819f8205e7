/* SPDX-License-Identifier: EUPL-1.2 */
/* See deadline.h. */
#include "daemon/store/deadline.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rules/base/hash.h"

const char *store_deadline_id(const char *subject, const char *rule, const char *key, date anchor,
			      int occurrence, char id[DEADLINE_ID_SIZE])
{
	uint64_t hash = hash_text(hash_text(hash_text(HASH_START, subject), rule), key);
	hash = hash_number(hash_number(hash, (uint64_t)(int64_t)anchor), (uint64_t)occurrence);
	snprintf(id, DEADLINE_ID_SIZE, "d%012" PRIx64, hash & UINT64_C(0xffffffffffff));
	return id;
}

void store_deadline_bind(struct query *q, const char *subject, const struct deadline *deadline)
{
	db_bind(q, DB_TEXT(subject), DB_TEXT(deadline->rule->name), DB_TEXT(deadline->key),
		DB_DATE(deadline->anchor), DB_INT(deadline->occurrence));
}

static void bind_end(struct query *q, const struct deadline *deadline)
{
	char ended[MOMENT_TEXT_SIZE];
	if (deadline->ended.day == DATE_NONE) {
		db_bind_null(q, 11);
	} else {
		db_bind_text(q, 11, moment_format(deadline->ended, ended));
	}
	if (deadline->ended_by == 0)
		db_bind_null(q, 12);
	else
		db_bind_int(q, 12, deadline->ended_by);
	db_bind_text(q, 13, deadline->ended_reason);
}

/* "[41,38]": the events, the latest first. */
static void bind_put_off(struct query *q, const struct put_off *latest)
{
	json_t *events = json_array();
	for (const struct put_off *p = latest; p != NULL; p = p->older)
		json_array_append_new(events, json_integer(p->event));
	char *text = latest == NULL ? NULL : json_dumps(events, JSON_COMPACT);
	db_bind_text(q, 16, text);
	free(text);
	json_decref(events);
}

void store_deadline_put(const struct core *core, const char *subject,
			const struct deadline *deadline, const char *next_step, instant next_at)
{
	char id[DEADLINE_ID_SIZE];
	struct query *q = db_query(
	    core->db,
	    "INSERT INTO deadline (subject, rule, key, anchor, occurrence, id, anchor_event, due,"
	    " state, missed, ended, ended_by, ended_why, next_step, next_at, put_off,"
	    " too_late)"
	    " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17)"
	    " ON CONFLICT DO UPDATE SET anchor_event = ?7, due = ?8, state = ?9, missed = ?10,"
	    "  ended = ?11, ended_by = ?12, ended_why = ?13, next_step = ?14, next_at = ?15,"
	    "  put_off = ?16, too_late = ?17"
	    " WHERE (anchor_event, due, state, missed, ended, ended_by, ended_why, next_step,"
	    "  next_at, put_off, too_late) IS NOT"
	    "  (?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17)");
	store_deadline_bind(q, subject, deadline);
	db_bind_text(q, 6,
		     store_deadline_id(subject, deadline->rule->name, deadline->key,
				       deadline->anchor, deadline->occurrence, id));
	db_bind_int(q, 7, deadline->anchor_event);
	db_bind_date(q, 8, deadline->due);
	db_bind_text(q, 9, deadline_state_name(deadline->state));
	db_bind_int(q, 10, deadline->missed);
	bind_end(q, deadline);
	db_bind_text(q, 14, next_step);
	if (next_at == INSTANT_NEVER)
		db_bind_null(q, 15);
	else
		db_bind_int(q, 15, next_at);
	bind_put_off(q, deadline->put_off);
	if (deadline->too_late == DATE_NONE)
		db_bind_null(q, 17);
	else
		db_bind_date(q, 17, deadline->too_late);
	db_run(q);
}

static bool plan_has(const struct plan *plan, struct query *row)
{
	date anchor = db_date(row, 2);
	if (anchor == DATE_NONE)
		return false;
	for (size_t i = 0; i < plan_count(plan); i++) {
		const struct deadline *deadline = plan_at(plan, i);
		if (deadline->anchor == anchor && deadline->occurrence == db_int(row, 3) &&
		    strcmp(deadline->rule->name, db_text(row, 0)) == 0 &&
		    strcmp(deadline->key, db_text(row, 1)) == 0)
			return true;
	}
	return false;
}

struct identity {
	char *rule, *key, *anchor;
	int64_t occurrence;
};

static void delete_row(const struct core *core, const char *subject, const struct identity *row)
{
	struct query *q = db_query(core->db, "DELETE FROM deadline WHERE subject = ?1 AND rule = ?2"
					     " AND key = ?3 AND anchor = ?4 AND occurrence = ?5");
	db_bind(q, DB_TEXT(subject), DB_TEXT(row->rule), DB_TEXT(row->key), DB_TEXT(row->anchor),
		DB_INT(row->occurrence));
	db_run(q);
}

void store_deadline_prune(const struct core *core, const char *subject, const struct plan *plan)
{
	struct arena *arena = arena_new();
	struct identity *gone = NULL;
	size_t count = 0, capacity = 0;
	struct query *q = db_query(core->db, "SELECT rule, key, anchor, occurrence FROM deadline"
					     " WHERE subject = ?1");
	db_bind_text(q, 1, subject);
	while (db_next(q)) {
		if (plan_has(plan, q))
			continue;
		gone = array_grow(gone, count, &capacity, sizeof(*gone));
		gone[count++] =
		    (struct identity){ arena_strdup(arena, db_text(q, 0)),
				       arena_strdup(arena, db_text(q, 1)),
				       arena_strdup(arena, db_text(q, 2)), db_int(q, 3) };
	}
	db_done(q);
	for (size_t i = 0; i < count; i++)
		delete_row(core, subject, &gone[i]);
	free(gone);
	arena_free(arena);
}
