/* SPDX-License-Identifier: EUPL-1.2 */
/* See moved.h. */
#include "daemon/methods/moved.h"

#include <stdio.h>
#include <string.h>

#include "daemon/methods/method.h"

/* Words for how many; more are a number. */
#define COUNTED_MOST 12

/* One deadline that waits to be fulfilled. */
struct waiting_for {
	const char *rule, *key;
	date due;
	bool reminds; /* a reminder of it lies ahead */
};

struct deadlines {
	struct waiting_for *list;
	size_t count, capacity;
};

struct moved {
	struct kedjad *k;
	struct arena *arena;
	const char *subject;
	struct deadlines before, after;
};

enum change { CHANGE_NONE, CHANGE_BEGINS, CHANGE_MOVES, CHANGE_DONE, CHANGE_ENDS };

static void read_deadlines(const struct moved *moved, struct deadlines *ret)
{
	struct query *q =
	    db_query(moved->k->core.db, "SELECT rule, key, due, next_step IS NOT NULL FROM deadline"
					" WHERE subject = ?1 AND state IN ('open', 'asleep')"
					" ORDER BY rule, key, due");
	db_bind_text(q, 1, moved->subject);
	while (db_next(q)) {
		ret->list = arena_grow(moved->arena, ret->list, ret->count, &ret->capacity,
				       sizeof(*ret->list));
		ret->list[ret->count++] =
		    (struct waiting_for){ arena_strdup(moved->arena, db_text(q, 0)),
					  arena_strdup(moved->arena, db_text(q, 1)), db_date(q, 2),
					  db_int(q, 3) != 0 };
	}
	db_done(q);
}

/* Rows of what is planned already; those of a subject that is new are none. */
static bool is_planned(const struct moved *moved, enum subject_type type)
{
	struct query *q =
	    db_query(moved->k->core.db, "SELECT 1 FROM subject WHERE id = ?1 AND behind = 1");
	db_bind_text(q, 1, moved->subject);
	if (db_found(q))
		return false;
	return type == SUBJECT_CASE || !planner_is_behind(moved->k->planner);
}

static enum subject_type type_of(const struct kedjad *k, const struct event *event)
{
	struct query *q = db_query(k->core.db, "SELECT type FROM subject WHERE id = ?1");
	enum subject_type type = event->kind->subject;
	db_bind_text(q, 1, event->subject);
	if (type == SUBJECT_ANY && db_next(q))
		type = strcmp(db_text(q, 0), "case") == 0        ? SUBJECT_CASE
		       : strcmp(db_text(q, 0), "programme") == 0 ? SUBJECT_PROGRAMME
								 : SUBJECT_STAFF;
	db_done(q);
	return type;
}

/* The case that a kind of a programme is about: whose rent a payment was. */
static const char *case_of(const struct event *event)
{
	for (size_t i = 0; i < event->kind->field_count; i++)
		if (event->kind->fields[i].names == NAMES_CASE && !event->kind->fields[i].optional)
			return event->values[i].text;
	return NULL;
}

struct moved *moved_before(struct kedjad *k, const struct event *event, struct arena *arena)
{
	struct moved *moved = arena_alloc(arena, sizeof(*moved));
	const char *of_case = case_of(event);
	enum subject_type type = of_case != NULL ? SUBJECT_CASE : type_of(k, event);
	*moved = (struct moved){ .k = k,
				 .arena = arena,
				 .subject = of_case != NULL ? of_case : event->subject };
	if ((type != SUBJECT_CASE && type != SUBJECT_PROGRAMME) || !is_planned(moved, type))
		return NULL;
	read_deadlines(moved, &moved->before);
	return moved;
}

/* --- what became of one ---------------------------------------------------------------------- */

/* The earliest of that rule and key; lists are sorted by both, and by day. */
static const struct waiting_for *find(const struct deadlines *deadlines, const char *rule,
				      const char *key)
{
	for (size_t i = 0; i < deadlines->count; i++)
		if (strcmp(deadlines->list[i].rule, rule) == 0 &&
		    strcmp(deadlines->list[i].key, key) == 0)
			return &deadlines->list[i];
	return NULL;
}

static bool was_done(const struct moved *moved, const struct waiting_for *was)
{
	struct query *q =
	    db_query(moved->k->core.db, "SELECT 1 FROM deadline WHERE subject = ?1 AND rule = ?2"
					" AND key = ?3 AND due = ?4 AND state = 'done'");
	db_bind(q, DB_TEXT(moved->subject), DB_TEXT(was->rule), DB_TEXT(was->key),
		DB_DATE(was->due));
	return db_found(q);
}

static enum change change_of(const struct moved *moved, const struct waiting_for *was,
			     const struct waiting_for *is)
{
	if (was == NULL)
		return CHANGE_BEGINS;
	if (is == NULL)
		return was_done(moved, was) ? CHANGE_DONE : CHANGE_ENDS;
	return was->due == is->due ? CHANGE_NONE : CHANGE_MOVES;
}

/* --- words ----------------------------------------------------------------------------------- */

struct wording {
	const struct moved *moved;
	const char *language;
	json_t *lines;            /* what is due when */
	const char *done, *ended; /* names, with commas between */
	size_t ended_count;
	json_t *changes;
};

static const char *join(struct arena *arena, const char *list, const char *between,
			const char *more)
{
	return list == NULL ? more : arena_printf(arena, "%s%s%s", list, between, more);
}

static bool is_english(const struct wording *w)
{
	return strcmp(w->language, "en") == 0;
}

/* "Uppföljning av planen", with its key where it has one. */
static const char *name_of(const struct wording *w, const struct waiting_for *one)
{
	const struct rule *rule = ruleset_find(w->moved->k->core.office->ruleset, one->rule);
	const char *title = rule == NULL ? one->rule : rule_title(rule, w->language);
	return *one->key == '\0' ? title
				 : arena_printf(w->moved->arena, "%s (%s)", title, one->key);
}

static void add_day(struct wording *w, const struct waiting_for *was, const struct waiting_for *is)
{
	char due[DATE_TEXT_SIZE], before[DATE_TEXT_SIZE];
	struct arena *arena = w->moved->arena;
	const char *words;
	date_format(is->due, due);
	if (was == NULL)
		words = arena_printf(arena, is_english(w) ? "%s: due %s" : "%s: förfaller %s",
				     name_of(w, is), due);
	else
		words = arena_printf(arena,
				     is_english(w) ? "%s: due %s now, it was %s"
						   : "%s: förfaller nu %s, förut %s",
				     name_of(w, is), due, date_format(was->due, before));
	json_array_append_new(w->lines, json_string(words));
}

static json_t *change_row(const struct wording *w, const struct waiting_for *was,
			  const struct waiting_for *is, const char *change)
{
	const struct waiting_for *one = is != NULL ? is : was;
	return json_pack("{s:s, s:s, s:o, s:s, s:o, s:o}", "subject", w->moved->subject, "rule",
			 one->rule, "key", answer_text(*one->key == '\0' ? NULL : one->key),
			 "change", change, "due", answer_day(is == NULL ? DATE_NONE : is->due),
			 "was_due", answer_day(was == NULL ? DATE_NONE : was->due));
}

static void add_change(struct wording *w, const struct waiting_for *was,
		       const struct waiting_for *is)
{
	static const char *const names[] = { "", "begins", "moves", "done", "ends" };
	struct arena *arena = w->moved->arena;
	enum change change = change_of(w->moved, was, is);
	if (change == CHANGE_NONE)
		return;
	json_array_append_new(w->changes, change_row(w, was, is, names[change]));
	if (change == CHANGE_DONE)
		w->done = join(arena, w->done, ", ", name_of(w, was));
	else if (change == CHANGE_ENDS && was->reminds)
		w->ended = join(arena, w->ended, ", ", name_of(w, was));
	else if (change != CHANGE_ENDS)
		add_day(w, was, is);
	w->ended_count += change == CHANGE_ENDS && was->reminds;
}

static const char *counted(const struct wording *w, size_t count)
{
	static const char *const sv[] = { "noll", "en",   "två", "tre", "fyra", "fem", "sex",
					  "sju",  "åtta", "nio", "tio", "elva", "tolv" };
	static const char *const en[] = { "zero", "one",    "two",   "three", "four",
					  "five", "six",    "seven", "eight", "nine",
					  "ten",  "eleven", "twelve" };
	if (count > COUNTED_MOST)
		return arena_printf(w->moved->arena, "%zu", count);
	return is_english(w) ? en[count] : sv[count];
}

static const char *ended_words(const struct wording *w)
{
	const char *number = counted(w, w->ended_count);
	bool one = w->ended_count == 1;
	if (is_english(w))
		return arena_printf(w->moved->arena, "%s reminder%s: %s", number,
				    one ? " ends" : "s end", w->ended);
	return arena_printf(w->moved->arena, "%s påminnelse%s upphör: %s", number, one ? "" : "r",
			    w->ended);
}

/* What was done, and what is to be done no more, stand behind the days. */
static json_t *lines_of(struct wording *w)
{
	struct arena *arena = w->moved->arena;
	if (w->done != NULL)
		json_array_append_new(
		    w->lines, json_string(arena_printf(
				  arena, is_english(w) ? "done: %s" : "klart: %s", w->done)));
	if (w->ended != NULL)
		json_array_append_new(w->lines, json_string(ended_words(w)));
	if (json_array_size(w->lines) == 0)
		json_array_append_new(
		    w->lines, json_string(is_english(w) ? "no day changes" : "inga dagar ändras"));
	return w->lines;
}

void moved_answer(struct moved *moved, const char *language, json_t *answer)
{
	if (moved == NULL || planner_get(moved->k->planner, moved->subject) == NULL)
		return;
	struct wording w = {
		.moved = moved, .language = language, .changes = json_array(), .lines = json_array()
	};
	read_deadlines(moved, &moved->after);
	for (size_t i = 0; i < moved->after.count; i++) {
		const struct waiting_for *is = &moved->after.list[i];
		if (find(&moved->after, is->rule, is->key) == is)
			add_change(&w, find(&moved->before, is->rule, is->key), is);
	}
	for (size_t i = 0; i < moved->before.count; i++) {
		const struct waiting_for *was = &moved->before.list[i];
		if (find(&moved->before, was->rule, was->key) == was &&
		    find(&moved->after, was->rule, was->key) == NULL)
			add_change(&w, was, NULL);
	}
	json_object_set_new(answer, "changes", w.changes);
	json_object_set_new(answer, "moved", lines_of(&w));
}
