/* SPDX-License-Identifier: EUPL-1.2 */
/* See overview.h. */
#include "daemon/letters/overview.h"

#include <stdlib.h>
#include <string.h>

#include "daemon/people/people.h"
#include "daemon/store/deadline.h"
#include "daemon/store/event.h"
#include "rules/plan/audience.h"

/* An overdue deadline. */
struct late {
	const char *subject, *rule_name, *key;
	date anchor, due;
	int occurrence;
	int64_t anchor_event;
	const struct rule *rule; /* NULL: it has gone */
	const char *who, *title;
};

/* How many there are of one name, and how much they matter. */
struct tally {
	const char *name;
	int count;
	bool serious;
	date due; /* of the one that has been overdue longest */
};

struct tallies {
	struct tally *list;
	size_t count, capacity;
};

struct overview {
	const struct core *core;
	const char *programme, *language;
	struct arena *arena;
	struct late *list;
	size_t count, capacity;
};

static void read_late(struct overview *overview)
{
	const struct core *core = overview->core;
	struct query *q =
	    db_query(core->db, "SELECT d.subject, d.rule, d.key, d.anchor, d.due, d.occurrence,"
			       " d.anchor_event FROM deadline d JOIN subject c ON c.id = d.subject"
			       " WHERE d.state = 'open' AND d.due < ?2 AND c.programme = ?1"
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
				   .occurrence = (int)db_int(q, 5),
				   .anchor_event = db_int(q, 6),
				   .rule = ruleset_find(core->office->ruleset, db_text(q, 1)) };
	}
	db_done(q);
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
		tallies->list[tallies->count++] = (struct tally){ .name = name, .due = late->due };
	}
	struct tally *tally = &tallies->list[i];
	bool serious = late->rule != NULL && rule_is_serious(late->rule);
	/* of a row with something serious in it, how long that has been overdue counts */
	if (serious > tally->serious || (serious == tally->serious && late->due < tally->due))
		tally->due = late->due;
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

/* "Hyra inte registrerad 2, Besök 1" */
static const char *matters_of(const struct overview *overview, const char *who)
{
	struct tallies matters = { NULL, 0, 0 };
	const char *text = "";
	for (size_t i = 0; i < overview->count; i++)
		if (strcmp(overview->list[i].who, who) == 0)
			tally_add(overview, &matters, overview->list[i].title, &overview->list[i]);
	tallies_sort(&matters);
	for (size_t i = 0; i < matters.count; i++)
		text = arena_printf(overview->arena, "%s%s%s %d", text, i == 0 ? "" : ", ",
				    matters.list[i].name, matters.list[i].count);
	return text;
}

const char *letters_overview(const struct core *core, const char *programme, const char *language,
			     struct arena *arena)
{
	struct overview overview = {
		.core = core, .programme = programme, .language = language, .arena = arena
	};
	struct tallies persons = { NULL, 0, 0 };
	const char *text = NULL;
	read_late(&overview);
	for (size_t i = 0; i < overview.count; i++) {
		struct late *late = &overview.list[i];
		late->who = who_is_told(&overview, late);
		late->title =
		    late->rule == NULL ? late->rule_name : rule_title(late->rule, language);
		tally_add(&overview, &persons, late->who, late);
	}
	tallies_sort(&persons);
	for (size_t i = 0; i < persons.count; i++)
		text = arena_printf(arena, "%s%s%s %d (%s)", text == NULL ? "" : text,
				    text == NULL ? "" : "; ", persons.list[i].name,
				    persons.list[i].count,
				    matters_of(&overview, persons.list[i].name));
	return text;
}
