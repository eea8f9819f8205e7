/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Events come in here and nowhere else. What is sent is checked whole, every mistake told; then
 * it is added to the log, and the planner is told what it touches.
 */
#include <stdlib.h>
#include <string.h>

#include "daemon/conf/office_rows.h"
#include "daemon/methods/event_own.h"
#include "daemon/methods/gate.h"
#include "daemon/plan/event_key.h"
#include "daemon/store/event.h"
#include "rules/base/kronor.h"

#define EVENTS_MOST 1000

static const char *own_text(const struct incoming *in, const char *name)
{
	json_t *value = json_object_get(in->object, name);
	if (value == NULL || json_is_null(value))
		return NULL;
	if (json_is_string(value))
		return json_string_value(value);
	problem_add(&in->r->call->problems, event_place(in, name), 0,
		    "this is a text: put it in quotes");
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

/* Whatever is recorded by force has a reason; most kinds have no field for one. */
static bool is_reason_of_force(const struct incoming *in, const char *name)
{
	const char *kind_name = json_string_value(json_object_get(in->object, "kind"));
	const struct kind *kind = chain_kind(in->r->k->core.office->chain, kind_name);
	return in->force && strcmp(name, "reason") == 0 && kind != NULL &&
	       kind_field(kind, "reason") < 0;
}

static void take_reason(struct incoming *in, const json_t *value)
{
	struct problems problems = PROBLEMS_NONE;
	in->reason = json_string_value(value);
	if (in->reason == NULL)
		problem_add(&problems, "reason", 0, "must be a text");
	else if (!text_check(in->reason, "reason", &problems))
		in->reason = NULL;
	event_add_problems(in, &problems);
	problems_clear(&problems);
}

/* Fields stand in data, or beside kind and subject. */
static size_t collect_fields(struct incoming *in, struct raw_field **ret)
{
	json_t *data = json_object_get(in->object, "data");
	size_t most = json_object_size(in->object) + json_object_size(data);
	struct raw_field *fields = arena_alloc(in->r->arena, (most + 1) * sizeof(*fields));
	size_t count = 0;
	const char *name;
	json_t *value;
	if (data != NULL && !json_is_object(data))
		problem_add(&in->r->call->problems, event_place(in, "data"), 0,
			    "this is an object: {\"field\": value}");
	json_object_foreach(data, name, value)
	{
		if (is_reason_of_force(in, name))
			take_reason(in, value);
		else
			fields[count++] = raw_field(name, value);
	}
	json_object_foreach((json_t *)(uintptr_t)in->object, name, value)
	{
		if (is_reason_of_force(in, name))
			take_reason(in, value);
		else if (!is_of_the_event(name))
			fields[count++] = raw_field(name, value);
	}
	*ret = fields;
	return count;
}

static bool check(struct incoming *in)
{
	struct problems problems = PROBLEMS_NONE;
	struct raw_field *fields;
	size_t before = in->r->call->problems.count;
	if (!json_is_object(in->object)) {
		problem_add(&in->r->call->problems, event_place(in, ""), 0,
			    "an event is an object: {\"kind\": ..., \"subject\": ...}");
		return false;
	}
	struct raw_event raw = { .kind = own_text(in, "kind"),
				 .subject = own_text(in, "subject"),
				 .key = own_text(in, "key"),
				 .at = own_text(in, "at"),
				 .source = own_text(in, "source"),
				 .actor = in->r->call->actor };
	const json_t *force = json_object_get(in->object, "force");
	if (force != NULL && !json_is_boolean(force) && !json_is_null(force))
		problem_add(&in->r->call->problems, event_place(in, "force"), 0,
			    "this is true or false");
	in->force = json_is_true(force);
	raw.field_count = collect_fields(in, &fields);
	raw.fields = fields;
	civil now = in->r->ahead ? civil_at(date_from_ymd(9999, 1, 1), 0)
				 : clock_now_civil(in->r->k->core.clock);
	if (in->r->ahead && raw.at == NULL)
		problem_add(&in->r->call->problems, event_place(in, "at"), 0, "is missing");
	in->event = event_check(&raw, in->r->k->core.office->chain, now, in->r->arena, &problems);
	event_add_problems(in, &problems);
	problems_clear(&problems);
	return in->event != NULL && in->r->call->problems.count == before;
}

/* False with a problem: which of several it is about. */
static bool settle_key(struct incoming *in)
{
	const char *problem, *note;
	if (in->r->only_checks)
		return true; /* by the plan, which is not asked: what is open, and its keys */
	if (event_key_settle(&in->r->k->core, in->r->k->planner, in->event, in->r->arena, &note,
			     &problem)) {
		event_note(in, "key", note);
		return true;
	}
	problem_add(&in->r->call->problems, event_place(in, "key"), 0, "%s", problem);
	return false;
}

static void add_void(const struct incoming *in)
{
	struct kedjad *k = in->r->k;
	int64_t id = event_takes_back(in->event);
	struct event *voided = store_event_load(&k->core, id, in->r->arena);
	store_event_void(&k->core, id, in->event->id);
	if (voided == NULL || in->r->only_checks)
		return;
	planner_note_void(k->planner, voided);
	letters_note_event(k->letters, voided);
}

/* Of what is only checked the planner hears nothing. */
static void add(const struct incoming *in)
{
	struct kedjad *k = in->r->k;
	struct event *event = in->event;
	event->id = store_event_add(&k->core, event);
	event->recorded = clock_now_civil(k->core.clock);
	if (kind_takes_back(event->kind)) {
		add_void(in);
	} else if (!in->r->only_checks) {
		planner_note_event(k->planner, event);
		letters_note_event(k->letters, event);
	}
}

/* The same line of an import again: there already, and nothing changes. */
static bool is_known(struct incoming *in)
{
	const char *source = json_string_value(json_object_get(in->object, "source"));
	in->known_as = source == NULL ? 0 : store_event_with_source(&in->r->k->core, source);
	return in->known_as != 0;
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
static void note_ore(struct incoming *in)
{
	const struct event *event = in->event;
	struct raw_field *fields;
	size_t count = collect_fields(in, &fields);
	for (size_t i = 0; i < count; i++) {
		int place = kind_field(event->kind, fields[i].name);
		if (place < 0 || event->kind->fields[place].type != FIELD_AMOUNT ||
		    fields[i].value.type == VALUE_NULL)
			continue;
		event_note(in, "ore",
			   arena_printf(in->r->arena,
					"%s counts öre; %s" KIND_IN_KRONOR " takes kronor",
					fields[i].name, fields[i].name));
	}
}

/* Adds it, if nothing is wrong with it; what is wrong with others does not hold it up, so that what
 * refers to it is judged by it. All of it goes with the savepoint then. */
static void take_in(struct incoming *in)
{
	size_t before = in->r->call->problems.count;
	if (is_known(in))
		return;
	event_against_file(in);
	if (in->r->call->problems.count == before && settle_key(in) && in->index < 0)
		event_against_running(in);
	if (in->r->call->problems.count > before)
		return;
	if (in->index < 0 && !in->r->only_checks)
		in->moved = moved_before(in->r->k, in->event, in->r->arena);
	add(in);
}

static json_t *answer_of(struct incoming *in)
{
	if (in->known_as != 0)
		return json_pack("{s:I, s:b}", "id", (json_int_t)in->known_as, "known", 1);
	json_t *result = json_pack("{s:I, s:b}", "id", (json_int_t)in->event->id, "known", 0);
	json_t *kronor = kronor_of(in->event);
	if (kronor != NULL) {
		json_object_set_new(result, "kind", json_string(in->event->kind->name));
		json_object_set_new(result, "kronor", kronor);
	}
	event_note_standing(in);
	note_ore(in);
	event_notes_answer(in, result);
	moved_answer(in->moved, in->r->language, result);
	return result;
}

/* --- requests -------------------------------------------------------------------------------- */

/* The events of a request: the parameters are one, a list of them, or {"events": [...]}. */
const json_t *method_events_of(const struct call *call)
{
	if (json_is_array(call->parameters))
		return call->parameters;
	json_t *events = json_object_get(call->parameters, "events");
	if (json_is_array(events))
		return events;
	json_t *event = json_object_get(call->parameters, "event");
	return json_is_object(event) ? event : call->parameters;
}

static size_t event_count(const struct call *call)
{
	return json_is_array(method_events_of(call)) ? json_array_size(method_events_of(call)) : 1;
}

static void know(struct recording *r, const json_t *object)
{
	const char *kind = json_string_value(json_object_get(object, "kind"));
	const char *subject = json_string_value(json_object_get(object, "subject"));
	if (kind != NULL && subject != NULL)
		known_add(r->known, chain_kind(r->k->core.office->chain, kind), subject);
}

static void take_history(struct recording *r, const json_t *asked)
{
	const json_t *history = json_object_get(asked, "history");
	if (history == NULL)
		return;
	r->history = json_string_value(history);
	if (r->history == NULL)
		problem_add(&r->call->problems, "history", 0,
			    "is the reason why days long past are recorded, as a text");
	else if (!text_check(r->history, "history", &r->call->problems))
		r->history = NULL;
}

static void take_language(struct recording *r, const json_t *asked)
{
	const char *language = json_string_value(json_object_get(asked, "language"));
	r->language = language == NULL ? r->k->core.office->settings->language : language;
	if (language != NULL && strcmp(language, "sv") != 0 && strcmp(language, "en") != 0)
		problem_add(&r->call->problems, "language", 0,
			    "\"%s\" is not a language: write sv or en", language);
}

/* What stands beside the events, and what they and others of the same file begin. */
static struct recording begin(struct kedjad *k, struct call *call, struct arena *arena)
{
	struct recording r = { .k = k, .call = call, .arena = arena };
	const json_t *events = method_events_of(call), *row;
	bool beside = events != call->parameters;
	const json_t *asked = beside ? call->parameters : NULL;
	size_t i;
	r.known = known_new(&k->core, arena);
	r.last = db_number(db_query(k->core.db, "SELECT max(id) FROM event"));
	r.ahead = json_is_true(json_object_get(call->parameters, "ahead"));
	r.part = json_is_true(json_object_get(asked, "part"));
	r.from_bank = json_is_true(json_object_get(asked, "from_bank"));
	take_history(&r, asked);
	take_language(&r, asked);
	json_array_foreach((json_t *)(uintptr_t)events, i, row) know(&r, row);
	json_array_foreach(json_object_get(asked, "stands"), i, row) know(&r, row);
	return r;
}

static struct incoming incoming(struct recording *r, size_t i)
{
	const json_t *events = method_events_of(r->call);
	bool list = json_is_array(events);
	return (struct incoming){ .r = r,
				  .object = list ? json_array_get(events, i) : events,
				  .index = list ? (int)i : -1 };
}

static bool check_all(struct recording *r, struct incoming *list)
{
	size_t count = event_count(r->call);
	for (size_t i = 0; i < count; i++) {
		list[i] = incoming(r, i);
		check(&list[i]);
	}
	return r->call->problems.count == 0;
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

/* One whose form is wrong, or whose subject has such a one: what that leaves undone would be told
 * as a mistake of this. */
static bool is_left_out(const struct incoming *list, size_t count, size_t i)
{
	if (list[i].event == NULL)
		return true;
	for (size_t j = 0; j < count; j++) {
		const char *subject =
		    list[j].event != NULL
			? NULL
			: json_string_value(json_object_get(list[j].object, "subject"));
		if (subject != NULL && strcmp(subject, list[i].event->subject) == 0)
			return true;
	}
	return false;
}

/* All or nothing: what an earlier event of the list has changed goes with the savepoint. False
 * with problems. */
static bool take_all_in(struct recording *r, struct incoming *list)
{
	size_t count = event_count(r->call);
	bool all_right = r->call->problems.count == 0;
	for (size_t i = 0; i < count; i++)
		if (all_right || !is_left_out(list, count, i))
			take_in(&list[i]);
	for (size_t i = 0; i < count; i++)
		if (list[i].event != NULL && list[i].index >= 0 && list[i].known_as == 0 &&
		    list[i].event->id != 0)
			event_against_running(&list[i]);
	return r->call->problems.count == 0 && !db_failed(r->k->core.db);
}

static json_t *record_all(struct recording *r, struct incoming *list)
{
	size_t count = event_count(r->call);
	if (!take_all_in(r, list)) {
		planner_forget(r->k->planner);
		return NULL;
	}
	if (!json_is_array(method_events_of(r->call)))
		return answer_of(&list[0]);
	json_t *results = json_array();
	for (size_t i = 0; i < count; i++)
		json_array_append_new(results, answer_of(&list[i]));
	return results;
}

json_t *method_event_record(void *arg, struct call *call)
{
	struct arena *arena = arena_new();
	json_t *result = NULL;
	if (has_right_size(call)) {
		struct recording r = begin(arg, call, arena);
		struct incoming *list = arena_alloc(arena, event_count(call) * sizeof(*list));
		if (check_all(&r, list))
			result = record_all(&r, list);
		known_free(r.known);
	}
	arena_free(arena);
	return result;
}

/* The notes of all, each with the place of its event. */
static json_t *all_notes(struct incoming *list, size_t count)
{
	json_t *notes = json_array();
	for (size_t i = 0; i < count; i++) {
		if (list[i].known_as != 0)
			continue;
		event_note_standing(&list[i]);
		note_ore(&list[i]);
		for (size_t j = 0; j < list[i].note_count; j++)
			json_array_append_new(
			    notes, json_pack("{s:I, s:s, s:s}", "event", (json_int_t)i, "sort",
					     list[i].notes[j].sort, "text", list[i].notes[j].text));
	}
	return notes;
}

/* The events are added as event.record would, so that each is judged by those before it; and then
 * nothing of it was. */
json_t *method_event_check(void *arg, struct call *call)
{
	struct arena *arena = arena_new();
	json_t *result = NULL;
	if (has_right_size(call)) {
		struct recording r = begin(arg, call, arena);
		size_t count = event_count(call);
		struct incoming *list = arena_alloc(arena, count * sizeof(*list));
		r.only_checks = true;
		bool right = check_all(&r, list);
		if (take_all_in(&r, list) && right)
			result = json_pack("{s:b, s:o}", "ok", 1, "notes", all_notes(list, count));
		known_free(r.known);
	}
	call->leaves_nothing = true;
	arena_free(arena);
	return result;
}

/* The same request as event.record with an event.voided. */
static json_t *record_void(struct kedjad *k, struct call *call, struct arena *arena,
			   const json_t *object)
{
	struct recording r = begin(k, call, arena);
	take_language(&r, call->parameters);
	struct incoming in = { .r = &r, .object = object, .index = -1 };
	json_t *result = NULL;
	if (call->problems.count == 0 && check(&in)) {
		take_in(&in);
		if (call->problems.count == 0 && !db_failed(k->core.db))
			result = answer_of(&in);
	}
	known_free(r.known);
	return result;
}

json_t *method_event_void(void *arg, struct call *call)
{
	struct kedjad *k = arg;
	struct arena *arena = arena_new();
	int64_t id = call_number(call, "event", 0);
	struct event *event = store_event_load(&k->core, id, arena);
	json_t *result = NULL;
	if (event == NULL || !method_sees(k, event->subject)) {
		problem_add(&call->problems, "event", 0, "there is no event %lld", (long long)id);
	} else {
		json_t *object = json_pack("{s:s, s:s, s:{s:I, s:s}}", "kind", "event.voided",
					   "subject", event->subject, "data", "event",
					   (json_int_t)id, "reason", call_text(call, "reason"));
		result = record_void(k, call, arena, object);
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
