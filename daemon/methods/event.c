/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Events come in here and nowhere else. What is sent is checked whole, every mistake told; then
 * it is added to the log, and the planner is told what it touches.
 */
#include <stdlib.h>
#include <string.h>

#include "daemon/conf/office_rows.h"
#include "daemon/methods/at_stake.h"
#include "daemon/methods/method.h"
#include "daemon/methods/put_off.h"
#include "daemon/plan/event_key.h"
#include "daemon/store/event.h"
#include "rules/base/kronor.h"

#define EVENTS_MOST 1000

/* One event of a request, on its way in. */
struct incoming {
	struct kedjad *k;
	struct call *call;
	const json_t *object;
	int index; /* in the array; -1: the request is one event */
	bool force;
	bool ahead; /* event.check of a file that the clock will follow */
	struct arena *arena;
	struct event *event;
	int64_t known_as;     /* an event with this source is there already */
	const char *key_note; /* as what it was taken without a key; NULL */
};

static const char *place(const struct incoming *in, const char *field)
{
	if (in->index < 0)
		return field;
	return field[0] == '\0' ? arena_printf(in->arena, "[%d]", in->index)
				: arena_printf(in->arena, "[%d].%s", in->index, field);
}

static const char *own_text(const struct incoming *in, const char *name)
{
	json_t *value = json_object_get(in->object, name);
	if (value == NULL || json_is_null(value))
		return NULL;
	if (json_is_string(value))
		return json_string_value(value);
	problem_add(&in->call->problems, place(in, name), 0, "this is a text: put it in quotes");
	return NULL;
}

static struct raw_field raw_field(const char *name, const json_t *value)
{
	struct raw_field field = { name, { VALUE_NULL, 0, NULL }, false };
	if (json_is_string(value))
		field.value = (struct value){ VALUE_TEXT, 0, json_string_value(value) };
	else if (json_is_integer(value))
		field.value = (struct value){ VALUE_NUMBER, json_integer_value(value), NULL };
	else if (json_is_boolean(value))
		field.value = (struct value){ VALUE_FLAG, json_is_true(value), NULL };
	else
		field.is_other = !json_is_null(value);
	return field;
}

static bool is_of_the_event(const char *name)
{
	static const char *const names[] = { "kind",   "subject", "key",   "at",
					     "source", "data",    "force", "ahead" };
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(names[i], name) == 0)
			return true;
	return false;
}

/* Fields stand in data, or beside kind and subject. */
static size_t collect_fields(const struct incoming *in, struct raw_field **ret)
{
	json_t *data = json_object_get(in->object, "data");
	size_t most = json_object_size(in->object) + json_object_size(data);
	struct raw_field *fields = arena_alloc(in->arena, (most + 1) * sizeof(*fields));
	size_t count = 0;
	const char *name;
	json_t *value;
	if (data != NULL && !json_is_object(data))
		problem_add(&in->call->problems, place(in, "data"), 0,
			    "this is an object: {\"field\": value}");
	json_object_foreach(data, name, value) fields[count++] = raw_field(name, value);
	json_object_foreach((json_t *)(uintptr_t)in->object, name,
			    value) if (!is_of_the_event(name)) fields[count++] =
	    raw_field(name, value);
	*ret = fields;
	return count;
}

static void add_problems(const struct incoming *in, const struct problems *problems)
{
	for (size_t i = 0; i < problems->count; i++)
		problem_add(&in->call->problems, place(in, problems->list[i].place), 0, "%s",
			    problems->list[i].text);
}

/* A move in the chain is judged from where the case was at that time. */
static void check_move(const struct incoming *in, struct problems *problems)
{
	struct value stage = event_value(in->event, "stage");
	if (in->force && event_value(in->event, "reason").type == VALUE_NULL)
		problem_add(problems, "reason", 0, "is missing: a stage is skipped for a reason");
	if (in->force || stage.type != VALUE_TEXT)
		return;
	const char *from =
	    store_event_stage_at(&in->k->core, in->event->subject, in->event->at, in->arena);
	if (!chain_move_allowed(in->k->core.office->chain, from, stage.text, problems))
		problem_add(problems, "stage", 0,
			    "to skip a stage all the same, use force and give a reason");
}

static void check_type(const struct incoming *in, struct problems *problems)
{
	const struct event *event = in->event;
	struct query *q = db_query(in->k->core.db, "SELECT type FROM subject WHERE id = ?1");
	db_bind_text(q, 1, event->subject);
	if (db_next(q) && event->kind->subject != SUBJECT_ANY &&
	    strcmp(db_text(q, 0), "any") != 0 &&
	    strcmp(db_text(q, 0), subject_type_name(event->kind->subject)) != 0)
		problem_add(problems, "subject", 0, "%s is a %s, and %s is about a %s",
			    event->subject, db_text(q, 0), event->kind->name,
			    subject_type_name(event->kind->subject));
	db_done(q);
}

static void check_voiding(const struct incoming *in, struct problems *problems)
{
	int64_t id = event_takes_back(in->event);
	struct event *voided = store_event_load(&in->k->core, id, in->arena);
	if (voided == NULL)
		problem_add(problems, "event", 0, "there is no event %lld", (long long)id);
	else if (strcmp(voided->subject, in->event->subject) != 0)
		problem_add(problems, "subject", 0, "event %lld is about %s", (long long)id,
			    voided->subject);
	else if (kind_takes_back(voided->kind))
		problem_add(problems, "event", 0,
			    "an event.voided cannot be taken back: record the first event again");
	else if (store_event_is_void(&in->k->core, id))
		problem_add(problems, "event", 0, "event %lld is taken back already",
			    (long long)id);
}

/* An opening counts from the start of its day: on the day of a closing it would come before it. */
static void check_opening(const struct incoming *in, struct problems *problems)
{
	struct query *q =
	    db_query(in->k->core.db, "SELECT e.id FROM event e WHERE e.subject = ?1"
				     " AND e.kind IN ('case.closed', 'programme.ended')"
				     " AND substr(e.at, 1, 10) = ?2 AND NOT EXISTS"
				     " (SELECT 1 FROM void v WHERE v.event = e.id)");
	db_bind(q, DB_TEXT(in->event->subject), DB_DATE(in->event->at.day));
	if (db_next(q))
		problem_add(
		    problems, "at", 0,
		    "event %lld has closed it on that day: take that back, or open it again "
		    "from the next day",
		    (long long)db_int(q, 0));
	db_done(q);
}

/* What only the file can tell: where a case stands, what a subject is. */
static void check_against_file(const struct incoming *in)
{
	struct problems problems = PROBLEMS_NONE;
	check_type(in, &problems);
	if (strcmp(in->event->kind->name, "stage.entered") == 0)
		check_move(in, &problems);
	if (strcmp(in->event->kind->name, "case.closed") == 0)
		method_close_check(in->k, in->event, in->force, &problems);
	if (kind_takes_back(in->event->kind))
		check_voiding(in, &problems);
	if (strcmp(in->event->kind->name, "case.opened") == 0 ||
	    strcmp(in->event->kind->name, "programme.started") == 0)
		check_opening(in, &problems);
	if (kind_puts_off(in->event->kind))
		method_put_off_check(in->k, in->event, in->arena, &problems);
	add_problems(in, &problems);
	problems_clear(&problems);
}

static bool check(struct incoming *in)
{
	struct problems problems = PROBLEMS_NONE;
	struct raw_field *fields;
	size_t before = in->call->problems.count;
	if (!json_is_object(in->object)) {
		problem_add(&in->call->problems, place(in, ""), 0,
			    "an event is an object: {\"kind\": ..., \"subject\": ...}");
		return false;
	}
	struct raw_event raw = { .kind = own_text(in, "kind"),
				 .subject = own_text(in, "subject"),
				 .key = own_text(in, "key"),
				 .at = own_text(in, "at"),
				 .source = own_text(in, "source"),
				 .actor = in->call->actor };
	raw.field_count = collect_fields(in, &fields);
	raw.fields = fields;
	const json_t *force = json_object_get(in->object, "force");
	if (force != NULL && !json_is_boolean(force) && !json_is_null(force))
		problem_add(&in->call->problems, place(in, "force"), 0, "this is true or false");
	in->force = json_is_true(force);
	civil now =
	    in->ahead ? civil_at(date_from_ymd(9999, 1, 1), 0) : clock_now_civil(in->k->core.clock);
	if (in->ahead && raw.at == NULL)
		problem_add(&in->call->problems, place(in, "at"), 0, "is missing");
	in->event = event_check(&raw, in->k->core.office->chain, now, in->arena, &problems);
	add_problems(in, &problems);
	problems_clear(&problems);
	return in->event != NULL && in->call->problems.count == before;
}

/* False with a problem: which of several it is about. */
static bool settle_key(struct incoming *in)
{
	const char *problem;
	if (event_key_settle(&in->k->core, in->k->planner, in->event, in->arena, &in->key_note,
			     &problem))
		return true;
	problem_add(&in->call->problems, place(in, "key"), 0, "%s", problem);
	return false;
}

static int64_t add(const struct incoming *in)
{
	const struct core *core = &in->k->core;
	struct event *event = in->event;
	event->id = store_event_add(core, event);
	event->recorded = clock_now_civil(core->clock);
	if (kind_takes_back(event->kind)) {
		int64_t id = event_takes_back(event);
		struct event *voided = store_event_load(core, id, in->arena);
		store_event_void(core, id, event->id);
		if (voided != NULL) {
			planner_note_void(in->k->planner, voided);
			letters_note_event(in->k->letters, voided);
		}
	} else {
		planner_note_event(in->k->planner, event);
		letters_note_event(in->k->letters, event);
	}
	return event->id;
}

/* The same line of an import again: there already, and nothing changes. */
static bool is_known(struct incoming *in)
{
	const char *source = json_string_value(json_object_get(in->object, "source"));
	in->known_as = source == NULL ? 0 : store_event_with_source(&in->k->core, source);
	return in->known_as != 0;
}

static bool has_row(const struct kedjad *k, const char *literal_sql, const char *id)
{
	struct query *q = db_query(k->core.db, literal_sql);
	db_bind_text(q, 1, id);
	return db_found(q);
}

/* The amounts of an event in kronor, by their fields; NULL where it has none. */
static json_t *kronor_of(const struct event *event)
{
	char text[KRONOR_TEXT_SIZE];
	json_t *amounts = NULL;
	for (size_t i = 0; i < event->kind->field_count; i++) {
		if (event->kind->fields[i].type != FIELD_AMOUNT ||
		    event->values[i].type != VALUE_NUMBER)
			continue;
		amounts = amounts == NULL ? json_object() : amounts;
		json_object_set_new(amounts, event->kind->fields[i].name,
				    json_string(kronor_format(event->values[i].number, text)));
	}
	return amounts;
}

/* People count in kronor: öre that were meant as such are said to be öre. */
static const char *note_on_ore(const struct incoming *in, const char *note)
{
	const struct event *event = in->event;
	struct raw_field *fields;
	size_t count = collect_fields(in, &fields);
	for (size_t i = 0; i < count; i++) {
		int place = kind_field(event->kind, fields[i].name);
		if (place < 0 || event->kind->fields[place].type != FIELD_AMOUNT ||
		    fields[i].value.type == VALUE_NULL)
			continue;
		note =
		    arena_printf(in->arena, "%s%s%s counts öre; %s" KIND_IN_KRONOR " takes kronor",
				 note == NULL ? "" : note, note == NULL ? "" : "; ", fields[i].name,
				 fields[i].name);
	}
	return note;
}

/* What is right, but most likely not all that was meant; NULL for nothing. */
static const char *note_on(const struct incoming *in)
{
	const struct event *event = in->event;
	struct value staff = event_value(event, "staff");
	const char *at_stake = method_at_stake_note(in->k, event, in->arena);
	if (in->key_note != NULL && at_stake != NULL)
		return arena_printf(in->arena, "%s; %s", in->key_note, at_stake);
	if (in->key_note != NULL || at_stake != NULL)
		return in->key_note != NULL ? in->key_note : at_stake;
	if (event->kind->subject == SUBJECT_CASE && strcmp(event->kind->name, "case.opened") != 0 &&
	    !has_row(in->k,
		     "SELECT 1 FROM event WHERE subject = ?1 AND kind = 'case.opened'"
		     " ORDER BY at LIMIT 1",
		     event->subject))
		return arena_printf(in->arena,
				    "%s is not opened: few rules begin before its case.opened",
				    event->subject);
	if (strcmp(event->kind->name, "role.assigned") == 0 && staff.type == VALUE_TEXT &&
	    !has_row(in->k, "SELECT 1 FROM staff WHERE id = ?1 AND gone = 0", staff.text))
		return arena_printf(in->arena,
				    "nobody called %s works here: staff.joined makes them known",
				    staff.text);
	return NULL;
}

static json_t *record_one(struct incoming *in)
{
	if (is_known(in))
		return json_pack("{s:I, s:b}", "id", (json_int_t)in->known_as, "known", 1);
	check_against_file(in);
	if (in->call->problems.count > 0 || !settle_key(in))
		return NULL;
	json_t *result = json_pack("{s:I, s:b}", "id", (json_int_t)add(in), "known", 0);
	json_t *kronor = kronor_of(in->event);
	if (kronor != NULL) {
		json_object_set_new(result, "kind", json_string(in->event->kind->name));
		json_object_set_new(result, "kronor", kronor);
	}
	const char *note = in->index < 0 ? note_on_ore(in, note_on(in)) : NULL;
	if (note != NULL)
		json_object_set_new(result, "note", json_string(note));
	return result;
}

/* The events of a request: the parameters are one, a list of them, or {"events": [...]}. */
static const json_t *events_of(const struct call *call)
{
	if (json_is_array(call->parameters))
		return call->parameters;
	json_t *events = json_object_get(call->parameters, "events");
	if (json_is_array(events))
		return events;
	json_t *event = json_object_get(call->parameters, "event");
	return json_is_object(event) ? event : call->parameters;
}

static struct incoming incoming(struct kedjad *k, struct call *call, struct arena *arena, size_t i)
{
	const json_t *events = events_of(call);
	bool list = json_is_array(events);
	return (struct incoming){ .k = k,
				  .call = call,
				  .arena = arena,
				  .object = list ? json_array_get(events, i) : events,
				  .index = list ? (int)i : -1 };
}

static size_t event_count(const struct call *call)
{
	return json_is_array(events_of(call)) ? json_array_size(events_of(call)) : 1;
}

static bool check_all(struct kedjad *k, struct call *call, struct arena *arena,
		      struct incoming *list, bool ahead)
{
	size_t count = event_count(call);
	for (size_t i = 0; i < count; i++) {
		list[i] = incoming(k, call, arena, i);
		list[i].ahead = ahead;
		check(&list[i]);
	}
	return call->problems.count == 0;
}

static bool has_right_size(struct call *call)
{
	if (event_count(call) > EVENTS_MOST)
		call_refuse(call, RPC_PARAMETERS, "at most %d events in one request", EVENTS_MOST);
	else if (event_count(call) == 0)
		call_refuse(call, RPC_PARAMETERS, "no event in the list");
	else
		return true;
	return false;
}

/* All or nothing: what an earlier event of the list has changed goes with the savepoint. */
static json_t *record_all(struct kedjad *k, struct call *call, struct incoming *list)
{
	size_t count = event_count(call);
	json_t *results = json_array();
	for (size_t i = 0; i < count; i++) {
		json_t *result = record_one(&list[i]);
		if (call->problems.count == 0)
			json_array_append_new(results, result);
		else
			json_decref(result); /* it was known already, and goes with the others */
	}
	if (call->problems.count > 0 || db_failed(k->core.db)) {
		planner_forget(k->planner);
		json_decref(results);
		return NULL;
	}
	if (json_is_array(events_of(call)))
		return results;
	json_t *first = json_incref(json_array_get(results, 0));
	json_decref(results);
	return first;
}

json_t *method_event_record(void *arg, struct call *call)
{
	struct kedjad *k = arg;
	struct arena *arena = arena_new();
	json_t *result = NULL;
	if (has_right_size(call)) {
		struct incoming *list = arena_alloc(arena, event_count(call) * sizeof(*list));
		if (check_all(k, call, arena, list, false))
			result = record_all(k, call, list);
	}
	arena_free(arena);
	return result;
}

json_t *method_event_check(void *arg, struct call *call)
{
	struct kedjad *k = arg;
	struct arena *arena = arena_new();
	bool right = false;
	bool ahead = json_is_true(json_object_get(call->parameters, "ahead"));
	if (has_right_size(call)) {
		struct incoming *list = arena_alloc(arena, event_count(call) * sizeof(*list));
		right = check_all(k, call, arena, list, ahead);
	}
	arena_free(arena);
	return right ? json_pack("{s:b}", "ok", 1) : NULL;
}

json_t *method_event_void(void *arg, struct call *call)
{
	struct kedjad *k = arg;
	struct arena *arena = arena_new();
	int64_t id = call_number(call, "event", 0);
	struct event *event = store_event_load(&k->core, id, arena);
	json_t *result = NULL;
	if (event == NULL) {
		problem_add(&call->problems, "event", 0, "there is no event %lld", (long long)id);
	} else {
		json_t *object = json_pack("{s:s, s:s, s:{s:I, s:s}}", "kind", "event.voided",
					   "subject", event->subject, "data", "event",
					   (json_int_t)id, "reason", call_text(call, "reason"));
		struct incoming in = {
			.k = k, .call = call, .arena = arena, .object = object, .index = -1
		};
		if (check(&in))
			result = record_one(&in);
		json_decref(object);
	}
	arena_free(arena);
	return result;
}

json_t *method_kind_list(void *arg, struct call *call)
{
	struct kedjad *k = arg;
	(void)call;
	return answer_page(office_kind_rows(k->core.office->chain), NULL);
}
