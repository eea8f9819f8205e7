/* SPDX-License-Identifier: EUPL-1.2 */
/* Methods about people: who works here, and which roles each holds. */
#include <stdlib.h>
#include <string.h>

#include "daemon/methods/method.h"

static json_t *staff_row(const struct kedjad *k, struct query *q)
{
	static const struct answer_column columns[] = {
		{ "staff", ANSWER_TEXT },      { "name", ANSWER_TEXT },
		{ "email", ANSWER_TEXT },      { "board", ANSWER_TEXT },
		{ "language", ANSWER_TEXT },   { "rhythm", ANSWER_TEXT },
		{ "left", ANSWER_FLAG },       { "roles", ANSWER_NUMBER },
		{ "away_until", ANSWER_TEXT }, { "deputy", ANSWER_TEXT },
		{ NULL, ANSWER_TEXT },
	};
	return answer_row(k, q, columns);
}

json_t *method_staff_list(void *arg, struct call *call)
{
	struct kedjad *k = arg;
	const char *after = call_text(call, "after");
	struct query *q = db_query(
	    k->core.db, "SELECT s.id, s.name, s.email, s.board, s.language, s.rhythm, s.gone,"
			" (SELECT count(*) FROM role r WHERE r.staff = s.id AND seen(r.subject)), "
			"a.last, a.deputy"
			" FROM staff s LEFT JOIN absence a ON a.staff = s.id AND a.event ="
			"  (SELECT max(event) FROM absence b WHERE b.staff = s.id"
			"   AND b.first <= ?3 AND b.last >= ?3)"
			" WHERE s.id > ?1 ORDER BY s.id LIMIT ?2");
	db_bind(q, DB_TEXT(after == NULL ? "" : after), DB_INT(PAGE_ROWS),
		DB_DATE(clock_today(k->core.clock)));
	json_t *rows = json_array(), *last = NULL;
	while (db_next(q)) {
		json_array_append_new(rows, staff_row(k, q));
		if (json_array_size(rows) == PAGE_ROWS)
			last = json_string(db_text(q, 0));
	}
	db_done(q);
	return answer_page(rows, last);
}

static bool is_staff(const struct kedjad *k, const char *staff)
{
	struct query *q = db_query(k->core.db, "SELECT 1 FROM staff WHERE id = ?1");
	db_bind_text(q, 1, staff);
	return db_found(q);
}

/* Ended by NULL; the list and its texts live in the arena. */
static const char *const *names_of_staff(const struct kedjad *k, struct arena *arena)
{
	const char **list = NULL;
	size_t count = 0, capacity = 0;
	struct query *q = db_query(k->core.db, "SELECT id FROM staff ORDER BY id");
	while (db_next(q)) {
		list = array_grow(list, count, &capacity, sizeof(*list));
		list[count++] = arena_strdup(arena, db_text(q, 0));
	}
	db_done(q);
	const char **names = arena_alloc(arena, (count + 1) * sizeof(*names));
	for (size_t i = 0; i < count; i++)
		names[i] = list[i];
	names[count] = NULL;
	free(list);
	return names;
}

bool method_knows_staff(const struct kedjad *k, struct call *call, const char *field)
{
	const char *staff = call_text(call, field);
	if (is_staff(k, staff))
		return true;
	struct arena *arena = arena_new();
	problem_add(&call->problems, field, 0, "nobody of the name \"%s\" works here", staff);
	problem_hint(&call->problems, staff, names_of_staff(k, arena),
		     "kedjactl staff lists who does");
	arena_free(arena);
	return false;
}

json_t *method_staff_roles(void *arg, struct call *call)
{
	struct kedjad *k = arg;
	const char *staff = call_text(call, "staff"), *after = call_text(call, "after");
	if (!method_knows_staff(k, call, "staff"))
		return NULL;
	/* it goes on after "SUBJECT ROLE" */
	const char *space = after == NULL ? NULL : strrchr(after, ' ');
	char *subject = xasprintf("%.*s", space == NULL ? 0 : (int)(space - after), after);
	struct query *q = db_query(
	    k->core.db,
	    "SELECT subject, role FROM role WHERE staff = ?1"
	    " AND (subject, role) > (?2, ?3) AND seen(subject) ORDER BY subject, role LIMIT ?4");
	db_bind(q, DB_TEXT(staff), DB_TEXT(subject), DB_TEXT(space == NULL ? "" : space + 1),
		DB_INT(PAGE_ROWS));
	json_t *rows = json_array(), *last = NULL;
	while (db_next(q)) {
		json_array_append_new(
		    rows, json_pack("{s:s, s:s}", "subject", db_text(q, 0), "role", db_text(q, 1)));
		if (json_array_size(rows) == PAGE_ROWS)
			last = json_sprintf("%s %s", db_text(q, 0), db_text(q, 1));
	}
	db_done(q);
	free(subject);
	return answer_page(rows, last);
}
