/* SPDX-License-Identifier: EUPL-1.2 */
/* See overview.h. */
#include "daemon/letters/overview.h"

#include <stdlib.h>
#include <string.h>

#include "daemon/people/people.h"
#include "daemon/store/deadline.h"
#include "daemon/store/event.h"
#include "rules/plan/audience.h"

/* Bytes of what is told of one person, so that a row is a line where it can be. */
#define ROOM ((size_t)38)

/* An overdue deadline. */
struct late {
	const char *subject, *rule_name, *key;
	date anchor, due;
	date since; /* the first day of it, where another rule came before */
	int occurrence;
	int64_t anchor_event;
	const struct rule *rule; /* NULL: it has gone */
	const char *who, *title;
	bool is_protected;
	bool again; /* another rule stands for it, about the same thing */
};

/* How many there are of one name, and how much they matter. */
struct tally {
	const char *name;
	int count;
	bool serious;
	date due;    /* of the one that has been overdue longest, of what is serious if any is */
	date oldest; /* of all */
};

struct tallies {
	struct tally *list;
	size_t count, capacity;
};

struct overview {
	const struct core *core;
	const char *programme, *language;
	const struct person *reader;
	struct arena *arena;
	struct late *list;
	size_t count, capacity;
};

static void read_late(struct overview *overview)
{
	const struct core *core = overview->core;
	struct query *q = db_query(
	    core->db, "SELECT d.subject, d.rule, d.key, d.anchor, d.due, d.occurrence,"
		      " d.anchor_event, coalesce(c.protected, 0) FROM overdue o"
		      " JOIN deadline d ON d.subject = o.subject AND d.rule = o.rule"
		      "  AND d.key = o.key AND d.anchor = o.anchor AND d.occurrence = o.occurrence"
		      " JOIN subject c ON c.id = d.subject WHERE o.programme = ?1"
		      " AND o.first <= ?2 AND (o.over = '' OR o.over > ?2)"
		      " ORDER BY d.due, d.id");
	db_bind(q, DB_TEXT(overview->programme), DB_DATE(clock_today(core->clock)));
	while (db_next(q)) {
		overview->list = arena_grow(overview->arena, overview->list, overview->count,
					    &overview->capacity, sizeof(*overview->list));
		overview->list[overview->count++] =
		    (struct late){ .subject = arena_strdup(overview->arena, db_text(q, 0)),
				   .rule_name = arena_strdup(overview->arena, db_text(q, 1)),
				   .key = arena_strdup(overview->arena, db_text(q, 2)),
				   .anchor = db_date(q, 3),
				   .due = db_date(q, 4),
				   .since = db_date(q, 4),
				   .occurrence = (int)db_int(q, 5),
				   .anchor_event = db_int(q, 6),
				   .is_protected = db_int(q, 7) != 0,
				   .rule = ruleset_find(core->office->ruleset, db_text(q, 1)) };
	}
	db_done(q);
}

/* ---- what several rules say of one thing ---- */

static bool is_about_the_same(const struct late *a, const struct late *b)
{
	return a->rule != NULL && b->rule != NULL && a->rule != b->rule && a->key[0] != '\0' &&
	       strcmp(a->key, b->key) == 0 && strcmp(a->subject, b->subject) == 0 &&
	       a->rule->starts_count > 0 && b->rule->starts_count > 0 &&
	       a->rule->starts[0].kind == b->rule->starts[0].kind;
}

/* A month's rent has a rule for each of its days: the last one that is past stands for them, from
 * the first day on. */
static void mark_repeated(struct overview *overview)
{
	for (size_t i = 0; i < overview->count; i++)
		for (size_t j = i + 1; j < overview->count; j++) {
			struct late *one = &overview->list[i], *later = &overview->list[j];
			if (one->again || !is_about_the_same(one, later))
				continue;
			one->again = true;
			later->since = one->since < later->since ? one->since : later->since;
		}
}

/* ---- who is named ---- */

static const struct step *furthest_step(const struct overview *overview,
					const struct deadline *deadline, const char *subject)
{
	const struct step *furthest = &deadline->rule->steps[0];
	struct query *q =
	    db_query(overview->core->db, "SELECT step FROM firing WHERE subject = ?1 AND rule = ?2"
					 " AND key = ?3 AND anchor = ?4 AND occurrence = ?5");
	store_deadline_bind(q, subject, deadline);
	while (db_next(q)) {
		const struct step *step = rule_step(deadline->rule, db_text(q, 0));
		if (step != NULL && step->index > furthest->index)
			furthest = step;
	}
	db_done(q);
	return furthest;
}

/* The first in `to`; of no role where the rule has gone. */
static struct named first_named(const struct overview *overview, const struct late *late)
{
	const struct core *core = overview->core;
	struct named *named;
	if (late->rule == NULL || late->rule->step_count == 0)
		return (struct named){ NULL, false, false, NULL };
	struct deadline deadline = { .rule = late->rule,
				     .key = late->key,
				     .anchor = late->anchor,
				     .occurrence = late->occurrence,
				     .care = people_care(core, late->subject) };
	if (late->rule->role_field_count > 0)
		deadline.field_roles = audience_field_roles(
		    late->rule, store_event_load(core, late->anchor_event, overview->arena),
		    core->office->chain, overview->arena);
	const struct step *step = furthest_step(overview, &deadline, late->subject);
	size_t count = audience_of(&deadline, step, overview->arena, &named);
	return count == 0 ? (struct named){ NULL, false, false, NULL } : named[0];
}

static const char *names_of(const struct overview *overview, const struct person *list,
			    size_t count)
{
	const char *and = strcmp(overview->language, "en") == 0 ? "and" : "och";
	const char *names = NULL;
	for (size_t i = 0; i < count; i++) {
		const char *name =
		    list[i].name != NULL && list[i].name[0] != '\0' ? list[i].name : list[i].id;
		names = names == NULL ? arena_strdup(overview->arena, name)
				      : arena_printf(overview->arena, "%s %s %s", names, and, name);
	}
	return names == NULL || names[0] == '\0' ? "-" : names;
}

static const char *who_is_told(const struct overview *overview, const struct late *late)
{
	const struct core *core = overview->core;
	struct named named = first_named(overview, late);
	struct holders holders = people_holders(core, late->subject, overview->programme,
						named.role, named.care, overview->arena);
	struct person *others;
	if (holders.count > 0)
		return names_of(overview, holders.list, holders.count);
	size_t count =
	    people_fallback(core, late->subject, overview->programme,
			    named.role == NULL ? "" : named.role->name, overview->arena, &others);
	return names_of(overview, others, count);
}

/* ---- counted and in order ---- */

static void tally_add(const struct overview *overview, struct tallies *tallies, const char *name,
		      const struct late *late)
{
	size_t i = 0;
	while (i < tallies->count && strcmp(tallies->list[i].name, name) != 0)
		i++;
	if (i == tallies->count) {
		tallies->list = arena_grow(overview->arena, tallies->list, tallies->count,
					   &tallies->capacity, sizeof(*tallies->list));
		tallies->list[tallies->count++] =
		    (struct tally){ .name = name, .due = late->since, .oldest = late->since };
	}
	struct tally *tally = &tallies->list[i];
	bool serious = late->rule != NULL && rule_is_serious(late->rule);
	/* of a row with something serious in it, how long that has been overdue counts */
	if (serious > tally->serious || (serious == tally->serious && late->since < tally->due))
		tally->due = late->since;
	tally->oldest = late->since < tally->oldest ? late->since : tally->oldest;
	tally->serious = tally->serious || serious;
	tally->count++;
}

static int compare(const void *x, const void *y)
{
	const struct tally *a = x, *b = y;
	int order = b->serious - a->serious;
	order = order != 0 ? order : (a->due > b->due) - (a->due < b->due);
	order = order != 0 ? order : b->count - a->count;
	return order != 0 ? order : strcmp(a->name, b->name);
}

static void tallies_sort(struct tallies *tallies)
{
	if (tallies->count > 1)
		qsort(tallies->list, tallies->count, sizeof(*tallies->list), compare);
}

/* "Hyra inte registrerad 2, Besök 1": as many kinds as a line of the table has room for, the worst
 * first; the number of further ones. */
static const char *matters_of(const struct overview *overview, const char *who, size_t *ret_more)
{
	struct tallies matters = { NULL, 0, 0 };
	const char *text = "";
	size_t said = 0;
	for (size_t i = 0; i < overview->count; i++)
		if (!overview->list[i].again && strcmp(overview->list[i].who, who) == 0)
			tally_add(overview, &matters, overview->list[i].title, &overview->list[i]);
	tallies_sort(&matters);
	for (; said < matters.count; said++) {
		const char *longer =
		    arena_printf(overview->arena, "%s%s%s %d", text, said == 0 ? "" : ", ",
				 matters.list[said].name, matters.list[said].count);
		if (said > 0 && strlen(longer) > ROOM)
			break;
		text = longer;
	}
	*ret_more = matters.count - said;
	return text;
}

static struct letter_overdue *rows_of(const struct overview *overview,
				      const struct tallies *persons)
{
	struct letter_overdue *rows =
	    arena_alloc(overview->arena, (persons->count + 1) * sizeof(*rows));
	for (size_t i = 0; i < persons->count; i++) {
		const struct tally *person = &persons->list[i];
		rows[i] = (struct letter_overdue){ .who = person->name,
						   .count = person->count,
						   .oldest = person->oldest };
		rows[i].what = matters_of(overview, person->name, &rows[i].more);
	}
	return rows;
}

/* The cases whose last day by law is past; none that this reader may not be told of here. */
static void set_past(const struct overview *overview, struct letter_overview *ret)
{
	struct letter_past *past =
	    arena_alloc(overview->arena, (overview->count + 1) * sizeof(*past));
	for (size_t i = 0; i < overview->count; i++) {
		const struct late *late = &overview->list[i];
		if (late->rule == NULL || !late->rule->final)
			continue;
		if (late->is_protected ||
		    !people_may_be_told(overview->core, late->subject, overview->programme,
					overview->reader->board))
			ret->hidden = true;
		else
			past[ret->past_count++] =
			    (struct letter_past){ late->subject, late->title, late->due };
	}
	ret->past = past;
}

const struct letter_overview *letters_overview(const struct core *core, const char *programme,
					       const struct person *reader, struct arena *arena)
{
	struct overview overview = { .core = core,
				     .programme = programme,
				     .language = reader->language,
				     .reader = reader,
				     .arena = arena };
	struct tallies persons = { NULL, 0, 0 };
	read_late(&overview);
	if (overview.count == 0)
		return NULL;
	mark_repeated(&overview);
	for (size_t i = 0; i < overview.count; i++) {
		struct late *late = &overview.list[i];
		late->who = who_is_told(&overview, late);
		late->title =
		    late->rule == NULL ? late->rule_name : rule_title(late->rule, reader->language);
		if (!late->again)
			tally_add(&overview, &persons, late->who, late);
	}
	tallies_sort(&persons);
	struct letter_overview *ret = arena_alloc(arena, sizeof(*ret));
	*ret = (struct letter_overview){ .rows = rows_of(&overview, &persons),
					 .count = persons.count };
	set_past(&overview, ret);
	return ret;
}
