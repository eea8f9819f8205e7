/* SPDX-License-Identifier: EUPL-1.2 */
/* See event.h. */
#include "daemon/store/event.h"

#include <stdlib.h>
#include <string.h>

#include "daemon/base/log.h"
#include "rules/language/sees.h"
#include "rules/plan/plan.h"

#define EVENT_COLUMNS                                                                              \
	"e.id, e.kind, e.subject, e.key, e.at, e.recorded_at, e.actor, e.source, e.data, e.forced"
#define NOT_VOID " AND NOT EXISTS (SELECT 1 FROM void v WHERE v.event = e.id)"
/* What was known, and not yet taken back, at the instant ?9. */
#define KNOWN_THEN(e)                                                                              \
	" AND " e ".recorded_at <= ?9 AND NOT EXISTS (SELECT 1 FROM void v JOIN event b"           \
	" ON b.id = v.by WHERE v.event = " e ".id AND b.recorded_at <= ?9)"
/* A list of kinds, as JSON. */
#define KINDS "(SELECT value FROM json_each(?8))"

static json_t *value_to_json(const struct field *field, const struct value *value)
{
	char text[DATE_TEXT_SIZE];
	switch (field->type) {
	case FIELD_DATE:
		return json_string(date_format((date)value->number, text));
	case FIELD_AMOUNT:
	case FIELD_COUNT:
	case FIELD_NUMBER:
		return json_integer(value->number);
	case FIELD_FLAG:
		return json_boolean(value->number != 0);
	case FIELD_CODE:
	case FIELD_ID:
	case FIELD_TEXT:
		return json_string(value->text);
	}
	return json_null();
}

/* The fields as JSON, in the order of the kind's table; a new reference. */
static json_t *data_of(const struct event *event)
{
	json_t *data = json_object();
	for (size_t i = 0; i < event->kind->field_count; i++)
		if (event->values[i].type != VALUE_NULL)
			json_object_set_new(
			    data, event->kind->fields[i].name,
			    value_to_json(&event->kind->fields[i], &event->values[i]));
	return data;
}

static struct value value_from_json(const struct field *field, const json_t *json,
				    struct arena *arena)
{
	struct value value = { VALUE_NULL, 0, NULL };
	date day;
	if (json_is_integer(json))
		return (struct value){ VALUE_NUMBER, json_integer_value(json), NULL };
	if (json_is_boolean(json))
		return (struct value){ VALUE_FLAG, json_is_true(json), NULL };
	if (!json_is_string(json))
		return value;
	if (field->type == FIELD_DATE && date_parse(json_string_value(json), &day) == 0)
		return (struct value){ VALUE_DATE, day, NULL };
	return (struct value){ VALUE_TEXT, 0, arena_strdup(arena, json_string_value(json)) };
}

static struct value *values_from_text(const struct kind *kind, const char *text,
				      struct arena *arena)
{
	struct value *values = arena_alloc(arena, (kind->field_count + 1) * sizeof(*values));
	json_t *data = json_loads(text, 0, NULL);
	for (size_t i = 0; i < kind->field_count; i++)
		values[i] = value_from_json(&kind->fields[i],
					    json_object_get(data, kind->fields[i].name), arena);
	json_decref(data);
	return values;
}

int64_t store_event_add(const struct core *core, const struct event *event)
{
	char at[MOMENT_TEXT_SIZE];
	json_t *data = data_of(event);
	char *text = json_dumps(data, JSON_COMPACT);
	struct query *q = db_query(
	    core->db, "INSERT INTO event (kind, subject, key, at, recorded_at, actor,"
		      " data, source, forced) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)");
	db_bind(q, DB_TEXT(event->kind->name), DB_TEXT(event->subject), DB_TEXT(event->key),
		DB_TEXT(moment_format(event->at, at)), DB_INT(clock_now(core->clock)),
		DB_TEXT(event->actor), DB_TEXT(text), DB_TEXT(event->source),
		DB_TEXT(event->forced));
	db_run(q);
	free(text);
	json_decref(data);
	return db_last_id(core->db);
}

int64_t store_event_with_source(const struct core *core, const char *source)
{
	struct query *q = db_query(core->db, "SELECT id FROM event WHERE source = ?1");
	db_bind_text(q, 1, source);
	return db_number(q);
}

void store_event_void(const struct core *core, int64_t event, int64_t by)
{
	struct query *q =
	    db_query(core->db, "INSERT OR IGNORE INTO void (event, by) VALUES (?1, ?2)");
	db_bind(q, DB_INT(event), DB_INT(by));
	db_run(q);
}

bool store_event_is_void(const struct core *core, int64_t event)
{
	struct query *q = db_query(core->db, "SELECT 1 FROM void WHERE event = ?1");
	db_bind_int(q, 1, event);
	return db_found(q);
}

/* The row that a query with EVENT_COLUMNS stands on. */
static struct event *event_from_row(const struct core *core, struct query *q, struct arena *arena)
{
	const struct kind *kind = chain_kind(core->office->chain, db_text(q, 1));
	struct event *event = arena_alloc(arena, sizeof(*event));
	if (kind == NULL) {
		log_warning("event %lld is of the kind \"%s\", which chain.conf no longer declares",
			    (long long)db_int(q, 0), db_text(q, 1));
		return NULL;
	}
	event->id = db_int(q, 0);
	event->kind = kind;
	event->subject = arena_strdup(arena, db_text(q, 2));
	event->key = arena_strdup(arena, db_text(q, 3));
	if (moment_parse(db_text(q, 4), &event->at) != 0)
		return NULL;
	event->recorded = clock_to_civil(core->clock, db_int(q, 5));
	event->actor = arena_strdup(arena, db_text(q, 6));
	event->source = arena_strdup(arena, db_text(q, 7));
	event->values = values_from_text(kind, db_text(q, 8), arena);
	event->forced = arena_strdup(arena, db_text(q, 9));
	return event;
}

struct event *store_event_load(const struct core *core, int64_t id, struct arena *arena)
{
	struct query *q =
	    db_query(core->db, "SELECT " EVENT_COLUMNS " FROM event e WHERE e.id = ?1");
	db_bind_int(q, 1, id);
	struct event *event = db_next(q) ? event_from_row(core, q, arena) : NULL;
	db_done(q);
	return event;
}

struct list {
	struct event **events;
	size_t count, capacity;
};

static void list_rows(struct list *list, const struct core *core, struct query *q,
		      struct arena *arena)
{
	while (db_next(q)) {
		struct event *event = event_from_row(core, q, arena);
		if (event == NULL)
			continue;
		list->events =
		    array_grow(list->events, list->count, &list->capacity, sizeof(*list->events));
		list->events[list->count++] = event;
	}
	db_done(q);
}

static size_t list_finish(struct list *list, struct arena *arena, struct event ***ret)
{
	*ret = arena_alloc(arena, (list->count + 1) * sizeof(**ret));
	if (list->count > 0)
		memcpy(*ret, list->events, list->count * sizeof(**ret));
	free(list->events);
	return list->count;
}

static int compare_events(const void *a, const void *b)
{
	return event_compare(*(struct event *const *)a, *(struct event *const *)b);
}

/* Kinds as a query takes them: see KINDS. */
static const char *list_kind(const char *list, const struct kind *kind, struct arena *arena)
{
	return arena_printf(arena, "%s%s\"%s\"", list, list[0] == '\0' ? "" : ",", kind->name);
}

static const char *kinds_seen(const struct core *core, enum subject_type type, struct arena *arena)
{
	const struct kind *const *kinds;
	const char *list = "";
	size_t count = sees_kinds(core->office->ruleset, type, &kinds);
	for (size_t i = 0; i < count; i++)
		list = list_kind(list, kinds[i], arena);
	return arena_printf(arena, "[%s]", list);
}

/* PEOPLE_NONE: of every sort. */
static const char *kinds_of_people(const struct core *core, enum kind_people people,
				   struct arena *arena)
{
	const struct kind *kind;
	const char *list = "";
	for (size_t i = 0; (kind = chain_kind_at(core->office->chain, i)) != NULL; i++)
		if (kind->people != PEOPLE_NONE &&
		    (kind->people == people || people == PEOPLE_NONE))
			list = list_kind(list, kind, arena);
	return arena_printf(arena, "[%s]", list);
}

static struct query *query_seen(const struct core *core, enum subject_type type)
{
	if (type == SUBJECT_CASE)
		return db_query(core->db,
				"SELECT " EVENT_COLUMNS " FROM event e WHERE"
				" e.kind IN " KINDS " AND e.subject IN"
				" (SELECT n.programme FROM naming n"
				"  JOIN event s ON s.id = n.event"
				"  WHERE n.subject = ?1" KNOWN_THEN("s") ")" KNOWN_THEN("e"));
	return db_query(core->db, "SELECT " EVENT_COLUMNS " FROM event e WHERE"
				  " e.kind IN " KINDS " AND e.subject <> ?1 AND e.subject IN"
				  " (SELECT n.subject FROM naming n JOIN event s ON s.id = n.event"
				  "  WHERE n.programme = ?1" KNOWN_THEN("s") ")" KNOWN_THEN("e"));
}

size_t store_event_history_then(const struct core *core, enum subject_type type,
				const char *subject, instant then, struct arena *arena,
				struct event ***ret)
{
	struct list list = { NULL, 0, 0 };
	struct query *q =
	    db_query(core->db, "SELECT " EVENT_COLUMNS " FROM event e"
			       " WHERE e.subject = ?1" KNOWN_THEN("e") " ORDER BY e.at, e.id");
	db_bind_text(q, 1, subject);
	db_bind_int(q, 9, then);
	list_rows(&list, core, q, arena);
	if (type == SUBJECT_CASE || type == SUBJECT_PROGRAMME) {
		q = query_seen(core, type);
		db_bind_text(q, 1, subject);
		db_bind_text(q, 8, kinds_seen(core, type, arena));
		db_bind_int(q, 9, then);
		list_rows(&list, core, q, arena);
	}
	if (list.count > 0)
		qsort(list.events, list.count, sizeof(*list.events), compare_events);
	return list_finish(&list, arena, ret);
}

size_t store_event_history(const struct core *core, enum subject_type type, const char *subject,
			   struct arena *arena, struct event ***ret)
{
	return store_event_history_then(core, type, subject, INSTANT_NEVER, arena, ret);
}

void store_event_note_naming(const struct core *core, const struct event *event)
{
	if (event_programme(event) == NULL)
		return;
	struct query *q = db_query(core->db, "INSERT INTO naming (programme, subject, event)"
					     " VALUES (?1, ?2, ?3)");
	db_bind(q, DB_TEXT(event_programme(event)), DB_TEXT(event->subject), DB_INT(event->id));
	db_run(q);
}

void store_event_rebuild_namings(const struct core *core)
{
	const struct kind *kind;
	db_run(db_query(core->db, "DELETE FROM naming"));
	for (size_t i = 0; (kind = chain_kind_at(core->office->chain, i)) != NULL; i++) {
		if (!kind_names_programme(kind))
			continue;
		struct query *q = db_query(
		    core->db, "INSERT INTO naming SELECT data ->> 'programme', subject, id"
			      " FROM event WHERE kind = ?1 AND data ->> 'programme' IS NOT NULL");
		db_bind_text(q, 1, kind->name);
		db_run(q);
	}
}

/* The first column of every row. */
static size_t take_texts(struct query *q, struct arena *arena, const char ***ret)
{
	const char **list = NULL;
	size_t count = 0, capacity = 0;
	while (db_next(q)) {
		list = array_grow(list, count, &capacity, sizeof(*list));
		list[count++] = arena_strdup(arena, db_text(q, 0));
	}
	db_done(q);
	*ret = arena_alloc(arena, (count + 1) * sizeof(**ret));
	if (count > 0)
		memcpy(*ret, list, count * sizeof(**ret));
	free(list);
	return count;
}

size_t store_event_programmes(const struct core *core, const char *subject, struct arena *arena,
			      const char ***ret)
{
	struct query *q =
	    db_query(core->db, "SELECT DISTINCT n.programme FROM naming n"
			       " JOIN event e ON e.id = n.event WHERE n.subject = ?1" NOT_VOID);
	db_bind_text(q, 1, subject);
	return take_texts(q, arena, ret);
}

bool store_event_names_new(const struct core *core, const struct event *event)
{
	if (event_programme(event) == NULL)
		return false;
	struct query *q = db_query(
	    core->db, "SELECT 1 FROM naming n JOIN event e ON e.id = n.event WHERE n.subject = ?1"
		      " AND n.programme = ?2 AND e.id <> ?3" NOT_VOID);
	db_bind(q, DB_TEXT(event->subject), DB_TEXT(event_programme(event)), DB_INT(event->id));
	return !db_found(q);
}

bool store_event_has_seen(const struct core *core, const struct event *event)
{
	struct arena *arena = arena_new();
	struct query *q =
	    db_query(core->db, "SELECT 1 FROM event e WHERE e.subject = ?1"
			       " AND e.kind IN " KINDS " AND e.id <> ?2" NOT_VOID " LIMIT 1");
	db_bind(q, DB_TEXT(event->subject), DB_INT(event->id));
	db_bind_text(q, 8, kinds_seen(core, SUBJECT_PROGRAMME, arena));
	bool found = db_found(q);
	arena_free(arena);
	return found;
}

size_t store_event_of_people(const struct core *core, const char *subject, enum kind_people people,
			     struct arena *arena, struct event ***ret)
{
	struct list list = { NULL, 0, 0 };
	struct query *q =
	    db_query(core->db, "SELECT " EVENT_COLUMNS " FROM event e WHERE e.subject = ?1"
			       " AND e.kind IN " KINDS NOT_VOID " ORDER BY e.at, e.id");
	db_bind_text(q, 1, subject);
	db_bind_text(q, 8, kinds_of_people(core, people, arena));
	list_rows(&list, core, q, arena);
	return list_finish(&list, arena, ret);
}

size_t store_event_people(const struct core *core, struct arena *arena, const char ***ret)
{
	struct query *q =
	    db_query(core->db, "SELECT DISTINCT e.subject FROM event e WHERE e.kind IN " KINDS);
	db_bind_text(q, 8, kinds_of_people(core, PEOPLE_NONE, arena));
	return take_texts(q, arena, ret);
}

size_t store_event_of_kinds(const struct core *core, const char *subject, const char *prefix,
			    struct arena *arena, struct event ***ret)
{
	struct list list = { NULL, 0, 0 };
	struct query *q = db_query(
	    core->db, "SELECT " EVENT_COLUMNS " FROM event e WHERE e.subject = ?1"
		      " AND substr(e.kind, 1, length(?2)) = ?2" NOT_VOID " ORDER BY e.at, e.id");
	db_bind(q, DB_TEXT(subject), DB_TEXT(prefix));
	list_rows(&list, core, q, arena);
	return list_finish(&list, arena, ret);
}

/* Of the last that entered a stage or opened the case, closed before: one that is opened again is
 * in none. An opening counts from the start of its day. */
const char *store_event_stage_at(const struct core *core, const char *subject, struct moment at,
				 struct arena *arena)
{
	char text[MOMENT_TEXT_SIZE];
	struct query *q = db_query(
	    core->db,
	    "SELECT " EVENT_COLUMNS " FROM event e WHERE e.subject = ?1"
	    " AND e.kind = 'stage.entered' AND e.at <= ?2" NOT_VOID " AND e.at >= coalesce("
	    "  (SELECT max(substr(o.at, 1, 10)) FROM event o WHERE o.subject = ?1"
	    "   AND o.kind = 'case.opened' AND substr(o.at, 1, 10) <= ?2 AND EXISTS"
	    "   (SELECT 1 FROM event c WHERE c.subject = ?1 AND c.kind = 'case.closed'"
	    "    AND c.at < o.at AND c.id NOT IN (SELECT event FROM void))"
	    "   AND o.id NOT IN (SELECT event FROM void)), '')"
	    " ORDER BY e.at DESC, e.id DESC LIMIT 1");
	db_bind(q, DB_TEXT(subject), DB_TEXT(moment_format(at, text)));
	struct event *event = db_next(q) ? event_from_row(core, q, arena) : NULL;
	db_done(q);
	return event == NULL ? NULL : event_value(event, "stage").text;
}

date store_event_covers_through(const struct core *core, const char *programme)
{
	struct query *q =
	    db_query(core->db, "SELECT max(json_extract(e.data, '$.covers_through')) FROM event e"
			       " WHERE e.subject = ?1 AND e.kind = 'payments.imported'" NOT_VOID);
	db_bind_text(q, 1, programme);
	date through = db_next(q) ? db_date(q, 0) : DATE_NONE;
	db_done(q);
	return through;
}

const char *store_event_title(const struct core *core, const char *programme, struct arena *arena)
{
	struct event **events;
	const char *title = NULL;
	size_t count = store_event_of_kinds(core, programme, "programme.", arena, &events);
	for (size_t i = 0; i < count; i++) {
		struct value said = event_value(events[i], "title");
		if (said.type == VALUE_TEXT && said.text[0] != '\0')
			title = said.text;
	}
	return title;
}
