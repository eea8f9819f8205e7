/* SPDX-License-Identifier: EUPL-1.2 */
/* See running.h. */
#include "daemon/store/running.h"

#include <string.h>

#define NOT_VOID " AND NOT EXISTS (SELECT 1 FROM void v WHERE v.event = e.id)"
/* The order of history as text: what opens a subject comes first of its day, then what has no hour
 * (plan.h, event_compare). */
#define PLACE                                                                                      \
	"CASE WHEN e.kind IN (SELECT value FROM json_each(?8)) THEN substr(e.at, 1, 10)"           \
	" WHEN length(e.at) = 10 THEN e.at || 'A' ELSE e.at END"
/* Of one course: of the subject ?1, the kinds ?7, the key ?4 (the index event_by_kind finds it
 * among a thousand tasks of a case), or the role ?5 of the holder ?6. */
#define OF_COURSE                                                                                  \
	"SELECT e.id, e.kind, e.at FROM event e WHERE e.subject = ?1"                              \
	" AND e.kind IN (SELECT value FROM json_each(?7))" NOT_VOID
#define OF_KEY    " AND e.key = ?4"
#define OF_HOLDER " AND (?5 IS NULL OR (e.data ->> 'role' = ?5 AND e.data ->> 'staff' = ?6))"
#define BEFORE    " AND (" PLACE ", e.id) < (?2, ?3) ORDER BY " PLACE " DESC, e.id DESC LIMIT 1"
#define BEHIND    " AND (" PLACE ", e.id) > (?2, ?3) ORDER BY " PLACE ", e.id LIMIT 1"

/* An event of the course, before or behind another one. */
struct neighbour {
	enum course_turn turn; /* TURN_NONE: there is none */
	int64_t id;
	date day;
};

struct looking {
	const struct core *core;
	const struct course *course;
	const char *subject;
	const struct event *event;
	struct arena *arena;
	struct problems *problems;
};

/* As plan_apply takes them: case.opened, programme.started. */
static bool opens(const struct kind *kind)
{
	return kind->turn == TURN_BEGINS &&
	       (kind->course == &course_case || kind->course == &course_programme);
}

/* The kinds of the course, as JSON; only those that open a subject, if so asked. */
static const char *kinds_of(const struct looking *l, bool only_openings)
{
	const struct kind *kind;
	const char *list = "";
	for (size_t i = 0; (kind = chain_kind_at(l->core->office->chain, i)) != NULL; i++)
		if (kind->course == l->course && (!only_openings || opens(kind)))
			list = arena_printf(l->arena, "%s%s\"%s\"", list, *list == '\0' ? "" : ",",
					    kind->name);
	return arena_printf(l->arena, "[%s]", list);
}

static const char *place_of(const struct looking *l)
{
	char at[MOMENT_TEXT_SIZE];
	struct moment moment = l->event->at;
	bool is_own = l->event->kind->course == l->course && opens(l->event->kind);
	if (is_own)
		moment.second = -1;
	moment_format(moment, at);
	return arena_printf(l->arena, "%s%s", at, is_own || moment.second >= 0 ? "" : "A");
}

static void bind(const struct looking *l, struct query *q)
{
	const struct event *event = l->event;
	bool by_key = l->course->of == COURSE_KEY, by_holder = l->course->of == COURSE_HOLDER;
	db_bind(q, DB_TEXT(l->subject), DB_TEXT(place_of(l)),
		DB_INT(event->id == 0 ? INT64_MAX : event->id), DB_TEXT(by_key ? event->key : NULL),
		DB_TEXT(by_holder ? event_value(event, "role").text : NULL),
		DB_TEXT(by_holder ? event_value(event, "staff").text : NULL),
		DB_TEXT(kinds_of(l, false)), DB_TEXT(kinds_of(l, true)));
}

static struct neighbour take(const struct looking *l, struct query *q)
{
	struct neighbour found = { TURN_NONE, 0, DATE_NONE };
	bind(l, q);
	if (db_next(q)) {
		const struct kind *kind = chain_kind(l->core->office->chain, db_text(q, 1));
		found = (struct neighbour){ kind->turn, db_int(q, 0), db_date(q, 2) };
	}
	db_done(q);
	return found;
}

static struct neighbour before(const struct looking *l)
{
	return take(l, l->course->of == COURSE_KEY
			   ? db_query(l->core->db, OF_COURSE OF_KEY BEFORE)
			   : db_query(l->core->db, OF_COURSE OF_HOLDER BEFORE));
}

static struct neighbour behind(const struct looking *l)
{
	return take(l, l->course->of == COURSE_KEY
			   ? db_query(l->core->db, OF_COURSE OF_KEY BEHIND)
			   : db_query(l->core->db, OF_COURSE OF_HOLDER BEHIND));
}

/* Most courses never end: that is asked first, for it is found at once. */
static bool has_end(const struct looking *l)
{
	const struct kind *kind;
	bool found = false;
	for (size_t i = 0; !found && (kind = chain_kind_at(l->core->office->chain, i)) != NULL;
	     i++) {
		if (kind->course != l->course || kind->turn != TURN_ENDS)
			continue;
		struct query *q = db_query(l->core->db, "SELECT 1 FROM event WHERE subject = ?1"
							" AND kind = ?2 LIMIT 1");
		db_bind(q, DB_TEXT(l->subject), DB_TEXT(kind->name));
		found = db_found(q);
	}
	return found;
}

/* Is it over before the event? By what. */
static bool is_over(const struct looking *l, struct neighbour *ret_end)
{
	if (!has_end(l))
		return false;
	*ret_end = before(l);
	return ret_end->turn == TURN_ENDS;
}

/* --- words ----------------------------------------------------------------------------------- */

static const char *name_of(const struct looking *l)
{
	switch (l->course->of) {
	case COURSE_ALONE:
		return l->subject;
	case COURSE_KEY:
		return l->event->key;
	case COURSE_HOLDER:
		return event_value(l->event, "staff").text;
	}
	return l->subject;
}

static const char *field_of(const struct looking *l)
{
	switch (l->course->of) {
	case COURSE_ALONE:
		return "subject";
	case COURSE_KEY:
		return "key";
	case COURSE_HOLDER:
		return "staff";
	}
	return "subject";
}

/* "K-1 is open since 2026-01-10 (event 12)" */
static const char *runs_words(const struct looking *l, const struct neighbour *since)
{
	char day[DATE_TEXT_SIZE];
	return arena_printf(l->arena, "%s %s since %s (event %lld)", name_of(l), l->course->running,
			    date_format(since->day, day), (long long)since->id);
}

static void add_over(const struct looking *l, const char *field, const struct neighbour *end)
{
	char day[DATE_TEXT_SIZE];
	problem_add(l->problems, field, 0, "%s %s on %s (event %lld)",
		    l->course->of == COURSE_ALONE ? l->subject : name_of(l), l->course->over,
		    date_format(end->day, day), (long long)end->id);
}

/* --- what an event does to a course ---------------------------------------------------------- */

/* What lies before counts always; what comes behind, if it is no newer than `last`. False if
 * neither is such a turn. */
static bool find_same(const struct looking *l, const struct neighbour *prior, enum course_turn turn,
		      int64_t last, struct neighbour *ret)
{
	*ret = prior->turn == turn ? *prior : behind(l);
	return ret->turn == turn && (prior->turn == turn || ret->id <= last);
}

static void check_beginning(const struct looking *l, int64_t last, const char **ret_note)
{
	struct neighbour prior = before(l), other;
	if (!find_same(l, &prior, TURN_BEGINS, last, &other))
		return;
	const char *words = runs_words(l, &other), *instead = l->course->instead;
	if (l->course->begins_anew)
		*ret_note = arena_printf(l->arena, "%s: this one stands for it from now on", words);
	else
		problem_add(l->problems, field_of(l), 0, "%s%s%s", words,
			    instead == NULL ? "" : ": ", instead == NULL ? "" : instead);
}

/* Of what has a key the beginning may be older than the file: a key with a slip is only said. */
static void check_end(const struct looking *l, int64_t last, const char **ret_note)
{
	struct neighbour prior = before(l), other;
	if (prior.turn == TURN_NONE && l->course->of == COURSE_KEY)
		*ret_note = arena_printf(l->arena, "nothing says that %s %s: nothing ends by this",
					 name_of(l), l->course->running);
	else if (prior.turn == TURN_NONE && l->course->ends_only_begun)
		problem_add(l->problems, field_of(l), 0,
			    "there is nothing to end: nothing says that %s %s", name_of(l),
			    l->course->running);
	else if (find_same(l, &prior, TURN_ENDS, last, &other))
		add_over(l, field_of(l), &other);
}

int64_t running_over(const struct core *core, const struct course *course, const char *subject,
		     const struct event *event, date *ret_day)
{
	struct arena *arena = arena_new();
	struct looking l = { core, course, subject, event, arena, NULL };
	struct neighbour end = { TURN_NONE, 0, DATE_NONE };
	bool over = is_over(&l, &end);
	arena_free(arena);
	if (over)
		*ret_day = end.day;
	return over ? end.id : 0;
}

static void check_not_over(const struct looking *l, const char *field)
{
	struct neighbour end;
	if (is_over(l, &end))
		add_over(l, field, &end);
}

/* Whoever the fields name and must not have left. */
static void check_fields(const struct looking *asked)
{
	const struct event *event = asked->event;
	for (size_t i = 0; i < event->kind->field_count; i++) {
		const struct field *field = &event->kind->fields[i];
		if (!field->must_run || event->values[i].type != VALUE_TEXT ||
		    event->kind->turn == TURN_ENDS)
			continue;
		struct looking l = *asked;
		l.subject = event->values[i].text;
		l.course = field->names == NAMES_STAFF ? &course_work : &course_programme;
		check_not_over(&l, field->name);
	}
}

void running_check(const struct core *core, const struct event *event, int64_t last,
		   struct arena *arena, struct problems *problems, const char **ret_note)
{
	const struct kind *kind = event->kind;
	struct looking l = { core, kind->course, event->subject, event, arena, problems };
	bool which = kind->course == NULL || kind->course->of != COURSE_KEY || *event->key != '\0';
	if (which && kind->turn == TURN_BEGINS)
		check_beginning(&l, last, ret_note);
	else if (which && kind->turn == TURN_ENDS)
		check_end(&l, last, ret_note);
	l.course = kind->within;
	if (l.course != NULL)
		check_not_over(&l, "subject");
	check_fields(&l);
}
