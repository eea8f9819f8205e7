/* SPDX-License-Identifier: EUPL-1.2 */
/* See known.h. */
#include "daemon/store/known.h"

#include <stdlib.h>
#include <string.h>

/* Names that a request compares at most with what somebody wrote, so that a file that is wrong
 * throughout is refused as fast as it would be taken. */
#define COMPARED_MOST 50000

struct name {
	enum subject_type type;
	const char *id;
};

struct guess {
	struct name written;
	const char *nearest; /* NULL: none is near */
};

struct known {
	const struct core *core;
	struct arena *arena;
	struct name *coming; /* begun by the same file */
	size_t coming_count, coming_capacity;
	bool is_sorted;
	struct guess *guesses; /* a name is guessed at once */
	size_t guess_count, guess_capacity;
	size_t compared;
};

struct known *known_new(const struct core *core, struct arena *arena)
{
	struct known *known = xcalloc(1, sizeof(*known));
	known->core = core;
	known->arena = arena;
	return known;
}

void known_free(struct known *known)
{
	if (known == NULL)
		return;
	free(known->coming);
	free(known->guesses);
	free(known);
}

void known_add(struct known *known, const struct kind *kind, const char *subject)
{
	if (kind == NULL || !kind->may_begin)
		return;
	known->coming = array_grow(known->coming, known->coming_count, &known->coming_capacity,
				   sizeof(*known->coming));
	known->coming[known->coming_count++] =
	    (struct name){ kind->subject, arena_strdup(known->arena, subject) };
	known->is_sorted = false;
}

static int compare_names(const void *a, const void *b)
{
	const struct name *one = a, *other = b;
	if (one->type != other->type)
		return one->type < other->type ? -1 : 1;
	return strcmp(one->id, other->id);
}

static bool is_coming(struct known *known, struct name name)
{
	if (known->coming_count == 0)
		return false;
	if (!known->is_sorted)
		qsort(known->coming, known->coming_count, sizeof(name), compare_names);
	known->is_sorted = true;
	return bsearch(&name, known->coming, known->coming_count, sizeof(name), compare_names) !=
	       NULL;
}

/* Of what was recorded by mistake and taken back there is nothing. */
static bool is_in_file(const struct known *known, struct name name)
{
	struct query *q = db_query(
	    known->core->db, "SELECT 1 FROM subject s WHERE s.id = ?1 AND s.type = ?2 AND EXISTS"
			     " (SELECT 1 FROM event e WHERE e.subject = s.id AND e.kind <> "
			     "'event.voided' AND NOT EXISTS"
			     "  (SELECT 1 FROM void v WHERE v.event = e.id))");
	db_bind(q, DB_TEXT(name.id), DB_TEXT(subject_type_name(name.type)));
	return db_found(q);
}

static bool is_there(struct known *known, struct name name)
{
	return is_in_file(known, name) || is_coming(known, name);
}

/* --- the nearest name ------------------------------------------------------------------------ */

/* All of that type that are about as long, with those to come; ended by NULL. */
static const char **names_like(struct known *known, struct name written)
{
	const char **names = NULL;
	size_t count = 0, capacity = 0, room = COMPARED_MOST - known->compared;
	struct query *q =
	    db_query(known->core->db, "SELECT id FROM subject WHERE type = ?1 AND"
				      " length(id) BETWEEN length(?2) * 2 / 3 AND"
				      " length(?2) * 3 / 2 + 1 AND id <> ?2 ORDER BY id LIMIT ?3");
	db_bind(q, DB_TEXT(subject_type_name(written.type)), DB_TEXT(written.id),
		DB_INT((int64_t)room));
	while (db_next(q)) {
		names = array_grow(names, count, &capacity, sizeof(*names));
		names[count++] = arena_strdup(known->arena, db_text(q, 0));
	}
	db_done(q);
	for (size_t i = 0; i < known->coming_count && count < room; i++) {
		if (known->coming[i].type != written.type)
			continue;
		names = array_grow(names, count, &capacity, sizeof(*names));
		names[count++] = known->coming[i].id;
	}
	known->compared += count;
	names = array_grow(names, count, &capacity, sizeof(*names));
	names[count] = NULL;
	return names;
}

static const char *guess(struct known *known, struct name written)
{
	for (size_t i = 0; i < known->guess_count; i++)
		if (compare_names(&known->guesses[i].written, &written) == 0)
			return known->guesses[i].nearest;
	const char **names = names_like(known, written);
	const char *nearest = problem_nearest(written.id, names);
	free(names);
	known->guesses = array_grow(known->guesses, known->guess_count, &known->guess_capacity,
				    sizeof(*known->guesses));
	known->guesses[known->guess_count++] = (struct guess){ written, nearest };
	return nearest;
}

/* --- what is missing ------------------------------------------------------------------------- */

/* How a name that is not there is refused, by the type of what it should be. */
static const struct {
	const char *before, *behind, *begins;
} missing[] = {
	[SUBJECT_STAFF] = { "nobody called", " works here", "staff.joined makes them known" },
	[SUBJECT_PROGRAMME] = { "there is no programme", "", "programme.started begins one" },
	[SUBJECT_CASE] = { "there is no case", "", "case.opened begins one" },
	[SUBJECT_ANY] = { "there is no case or programme", "",
			  "case.opened or programme.started begins one" },
};

static void refuse(struct known *known, struct name name, const char *place,
		   struct problems *problems)
{
	const char *nearest[2] = { NULL, NULL };
	nearest[0] = guess(
	    known, (struct name){ name.type == SUBJECT_ANY ? SUBJECT_CASE : name.type, name.id });
	if (nearest[0] == NULL && name.type == SUBJECT_ANY)
		nearest[0] = guess(known, (struct name){ SUBJECT_PROGRAMME, name.id });
	problem_add(problems, place, 0, "%s %s%s", missing[name.type].before, name.id,
		    missing[name.type].behind);
	problem_hint(problems, name.id, nearest, missing[name.type].begins);
}

static void check_named(struct known *known, enum subject_type type, const char *id,
			const char *place, struct problems *problems)
{
	struct name name = { type, id };
	if (!is_there(known, name))
		refuse(known, name, place, problems);
}

/* An own kind may be about anybody; whoever holds a role holds it in a case or a programme. */
static bool any_is_there(struct known *known, const struct event *event)
{
	return is_there(known, (struct name){ SUBJECT_CASE, event->subject }) ||
	       is_there(known, (struct name){ SUBJECT_PROGRAMME, event->subject }) ||
	       (event->kind->people != PEOPLE_ROLE &&
		is_there(known, (struct name){ SUBJECT_STAFF, event->subject }));
}

static void check_subject(struct known *known, const struct event *event, struct problems *problems)
{
	const struct kind *kind = event->kind;
	if (kind->may_begin || kind_takes_back(kind) || kind_puts_off(kind))
		return;
	if (kind->subject != SUBJECT_ANY)
		check_named(known, kind->subject, event->subject, "subject", problems);
	else if (!any_is_there(known, event))
		refuse(known, (struct name){ SUBJECT_ANY, event->subject }, "subject", problems);
}

static enum subject_type type_named(enum field_names names)
{
	switch (names) {
	case NAMES_STAFF:
		return SUBJECT_STAFF;
	case NAMES_PROGRAMME:
		return SUBJECT_PROGRAMME;
	case NAMES_CASE:
		return SUBJECT_CASE;
	case NAMES_NOTHING:
		break;
	}
	return SUBJECT_ANY;
}

void known_refuse(struct known *known, enum field_names names, const char *id, const char *place,
		  struct problems *problems)
{
	refuse(known, (struct name){ type_named(names), id }, place, problems);
}

void known_check(struct known *known, const struct event *event, struct problems *problems)
{
	check_subject(known, event, problems);
	for (size_t i = 0; i < event->kind->field_count; i++) {
		const struct field *field = &event->kind->fields[i];
		if (field->names != NAMES_NOTHING && event->values[i].type == VALUE_TEXT)
			check_named(known, type_named(field->names), event->values[i].text,
				    field->name, problems);
	}
}
