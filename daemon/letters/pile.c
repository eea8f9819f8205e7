/* SPDX-License-Identifier: EUPL-1.2 */
/* See pile.h. */
#include "daemon/letters/pile.h"

#include <stdlib.h>
#include <string.h>

#include "daemon/letters/overview.h"
#include "daemon/letters/put_off.h"
#include "daemon/letters/rent.h"
#include "daemon/store/event.h"
#include "rules/facts/facts.h"
#include "rules/plan/audience.h"

#define WAITING                                                                                    \
	"SELECT n.id, n.subject, n.rule, n.key, n.anchor, n.occurrence, n.step, n.repetition, "    \
	"n.due,"                                                                                   \
	" n.missed, coalesce(n.reached_as, n.role), n.cc, n.urgent, n.why, n.anchor_event, "       \
	"s.type = 'case',"                                                                         \
	" coalesce(s.protected, 0), d.next_step, d.next_at, n.catches_up, n.back, s.programme,"    \
	" n.at, d.too_late, n.role"                                                                \
	" FROM notice n LEFT JOIN subject s ON s.id = n.subject"                                   \
	" LEFT JOIN deadline d ON d.subject = n.subject AND d.rule = n.rule AND d.key = n.key"     \
	"  AND d.anchor = n.anchor AND d.occurrence = n.occurrence"

/* What the words of a letter depend on. */
struct pile_reader {
	const struct core *core;
	const struct person *person;
	struct arena *arena;
};

static const char *title_of_role(const struct pile_reader *reader, const char *name)
{
	const struct role *role = chain_role(reader->core->office->chain, name);
	return role == NULL ? name : role_title(role, reader->person->language);
}

static const char *group_of_role(const struct pile_reader *reader, const char *name)
{
	const struct role *role = chain_role(reader->core->office->chain, name);
	return role == NULL ? NULL : role_group(role, reader->person->language);
}

/* Of a rule that has gone, its name. */
static const char *title_of_rule(const struct pile_reader *reader, const char *name)
{
	const struct rule *rule = ruleset_find(reader->core->office->ruleset, name);
	return arena_strdup(reader->arena,
			    rule == NULL ? name : rule_title(rule, reader->person->language));
}

static void piece_set_rule(const struct pile_reader *reader, struct piece *piece)
{
	const struct rule *rule = ruleset_find(reader->core->office->ruleset, piece->item.rule);
	piece->item.title = title_of_rule(reader, piece->item.rule);
	if (rule == NULL)
		return;
	piece->item.serious = rule_is_serious(rule);
	piece->insists = rule->insist;
	piece->item.only_told = rule->done_count == 0;
	const struct step *step = rule_step(rule, piece->item.step);
	if (step != NULL) {
		piece->place = step->index;
		piece->calendar = step->calendar_entry;
	}
}

static struct piece piece_from_row(const struct pile_reader *reader, struct query *q)
{
	const struct core *core = reader->core;
	struct arena *arena = reader->arena;
	struct piece piece = { .notice = db_int(q, 0),
			       .event = db_int(q, 14),
			       .urgent = db_int(q, 12) != 0 };
	struct letter_item *item = &piece.item;
	item->subject = arena_strdup(arena, db_text(q, 1));
	item->rule = arena_strdup(arena, db_text(q, 2));
	item->key = arena_strdup(arena, db_text(q, 3));
	item->anchor = db_date(q, 4);
	piece.occurrence = (int)db_int(q, 5);
	item->step = arena_strdup(arena, db_text(q, 6));
	item->due = db_date(q, 8);
	item->missed = (int)db_int(q, 9);
	item->role = arena_strdup(arena, db_text(q, 24));
	item->too_late = db_date(q, 23);
	item->why_you = title_of_role(reader, arena_strdup(arena, db_text(q, 10)));
	item->group = group_of_role(reader, db_text(q, 10));
	item->copy = db_int(q, 11) != 0;
	item->stands_in = arena_strdup(arena, db_text(q, 13));
	item->is_case = db_int(q, 15) != 0;
	item->is_protected = db_int(q, 16) != 0;
	if (!item->is_case)
		item->called = store_event_title(core, item->subject, arena);
	civil next = db_is_null(q, 18) ? 0 : clock_to_civil(core->clock, db_int(q, 18));
	item->next = db_is_null(q, 18) ? DATE_NONE : civil_date(next);
	item->next_second = db_is_null(q, 18) ? 0 : civil_second(next);
	item->next_to = arena_strdup(arena, db_text(q, 17)); /* the step; its roles come later */
	piece.catches_up = db_int(q, 19) != 0;
	piece.at = db_int(q, 22);
	item->comes_back = !db_is_null(q, 20);
	piece.programme = arena_strdup(arena, db_text(q, 21));
	piece_set_rule(reader, &piece);
	return piece;
}

static void pile_add(struct pile *pile, struct piece piece)
{
	pile->list = array_grow(pile->list, pile->count, &pile->capacity, sizeof(*pile->list));
	pile->list[pile->count++] = piece;
}

static const char *append(struct arena *arena, const char *list, const char *more)
{
	return list == NULL ? arena_strdup(arena, more) : arena_printf(arena, "%s, %s", list, more);
}

static bool stands_before(const struct named *named, size_t i)
{
	for (size_t j = 0; j < i; j++)
		if (named[j].role == named[i].role)
			return true;
	return false;
}

/* The roles that the next step goes to, in words. */
static const char *roles_of_step(const struct pile_reader *reader, const struct letter_item *item)
{
	const struct rule *rule = ruleset_find(reader->core->office->ruleset, item->rule);
	const struct step *step =
	    rule == NULL || item->next_to == NULL ? NULL : rule_step(rule, item->next_to);
	const char *list = NULL;
	struct named *named;
	if (step == NULL)
		return NULL;
	size_t count =
	    audience_of_step(step, people_care(reader->core, item->subject), reader->arena, &named);
	for (size_t i = 0; i < count; i++)
		if (!stands_before(named, i))
			list = append(reader->arena, list,
				      named[i].role == NULL
					  ? item->why_you
					  : role_title(named[i].role, reader->person->language));
	return list;
}

/* Who else was told of the same step, and, of a copy, who is to do it. */
static void set_others(const struct pile_reader *reader, struct piece *piece)
{
	struct arena *arena = reader->arena;
	struct letter_item *item = &piece->item;
	struct query *q =
	    db_query(reader->core->db,
		     "SELECT DISTINCT coalesce(p.name, o.person), coalesce(o.reached_as, o.role),"
		     " o.cc FROM notice n"
		     " JOIN notice o ON o.subject = n.subject AND o.rule = n.rule"
		     "  AND o.key = n.key AND o.anchor = n.anchor"
		     "  AND o.occurrence = n.occurrence AND o.step = n.step"
		     "  AND o.repetition = n.repetition AND o.back IS n.back"
		     "  AND o.person <> ?2"
		     "  AND o.person <> '' AND o.quiet = 0 AND o.state IN ('queued', 'sent')"
		     " LEFT JOIN staff p ON p.id = o.person WHERE n.id = ?1 ORDER BY o.id");
	db_bind(q, DB_INT(piece->notice), DB_TEXT(reader->person->id));
	while (db_next(q)) {
		const char *name = arena_strdup(arena, db_text(q, 0));
		item->others = append(
		    arena, item->others,
		    arena_printf(arena, "%s (%s)", name, title_of_role(reader, db_text(q, 1))));
		item->other_names = append(arena, item->other_names, name);
		if (db_int(q, 2) == 0)
			item->responsible = append(arena, item->responsible, name);
	}
	db_done(q);
}

/* The event that it rests on: its kind in words, and its open fields for templates. */
static void piece_set_event(const struct pile_reader *reader, struct piece *piece)
{
	const struct event *event =
	    piece->event == 0 ? NULL : store_event_load(reader->core, piece->event, reader->arena);
	piece->item.event = event;
	piece->item.anchor_label =
	    event == NULL ? "" : kind_label(event->kind, reader->person->language);
}

static const char *template_of_step(const struct core *core, const struct letter_item *item)
{
	const struct rule *rule = ruleset_find(core->office->ruleset, item->rule);
	const struct step *step = rule == NULL ? NULL : rule_step(rule, item->step);
	return step == NULL ? NULL : step->template;
}

/* Does a rule look at how many of the cases' deadlines are overdue? Its letter then tells which. */
static bool is_oversight(const struct core *core, const struct letter_item *item)
{
	const struct rule *rule = ruleset_find(core->office->ruleset, item->rule);
	const int *slots;
	size_t count = rule == NULL || rule->if_ == NULL ? 0 : condition_slots(rule->if_, &slots);
	int overdue = facts_find(SUBJECT_PROGRAMME, "overdue_deadlines");
	for (size_t i = 0; !item->is_case && i < count; i++)
		if (slots[i] == overdue)
			return true;
	return false;
}

/* ---- the order of reading ---- */

static int by_number(int64_t a, int64_t b)
{
	return (a > b) - (a < b);
}

/* qsort hands nothing through to the comparison; the day is the same for all of them. */
struct ranked {
	struct piece piece;
	enum letter_group group;
};

static int compare(const void *x, const void *y)
{
	const struct ranked *a = x, *b = y;
	const struct letter_item *one = &a->piece.item, *other = &b->piece.item;
	int order = by_number(a->group, b->group);
	order = order != 0 ? order : by_number(other->serious, one->serious);
	order = order != 0 ? order : by_number(one->due, other->due);
	order = order != 0 ? order : strcmp(one->subject, other->subject);
	order = order != 0 ? order : strcmp(one->rule, other->rule);
	order = order != 0 ? order : strcmp(one->key, other->key);
	order = order != 0 ? order : by_number(one->anchor, other->anchor);
	order = order != 0 ? order : by_number(a->piece.occurrence, b->piece.occurrence);
	order = order != 0 ? order : by_number(b->piece.place, a->piece.place);
	return order != 0 ? order : by_number(a->piece.notice, b->piece.notice);
}

static void pile_sort(struct pile *pile, date today)
{
	struct ranked *ranked = xcalloc(pile->count + 1, sizeof(*ranked));
	for (size_t i = 0; i < pile->count; i++) {
		ranked[i].piece = pile->list[i];
		ranked[i].group = letter_group(&pile->list[i].item, false, today);
	}
	qsort(ranked, pile->count, sizeof(*ranked), compare);
	for (size_t i = 0; i < pile->count; i++)
		pile->list[i] = ranked[i].piece;
	free(ranked);
}

bool piece_is_same_deadline(const struct piece *a, const struct piece *b)
{
	const struct letter_item *one = &a->item, *other = &b->item;
	return one->anchor == other->anchor && a->occurrence == b->occurrence &&
	       strcmp(one->subject, other->subject) == 0 && strcmp(one->rule, other->rule) == 0 &&
	       strcmp(one->key, other->key) == 0;
}

void pile_read(struct pile *pile, const struct core *core, const struct person *person,
	       struct arena *arena)
{
	const struct pile_reader reader = { core, person, arena };
	struct query *q =
	    db_query(core->db, WAITING " WHERE n.state = 'queued' AND n.message IS NULL"
				       " AND n.person = ?1 ORDER BY n.id");
	db_bind_text(q, 1, person->id);
	while (db_next(q))
		pile_add(pile, piece_from_row(&reader, q));
	db_done(q);
	pile_sort(pile, clock_today(core->clock));
}

/* What only the words of a letter need. */
void pile_read_words(struct pile *pile, const struct core *core, const struct person *person,
		     struct arena *arena)
{
	const struct pile_reader reader = { core, person, arena };
	for (size_t i = 0; i < pile->count; i++) {
		struct piece *piece = &pile->list[i];
		piece->item.next_to = roles_of_step(&reader, &piece->item);
		set_others(&reader, piece);
		piece->item.other_board = people_is_of_another_board(
		    core, piece->item.subject, piece->programme, person->board);
		piece->item.template = template_of_step(core, &piece->item);
		piece_set_event(&reader, piece);
		piece->item.rent = letters_rent(core, &piece->item, arena);
		piece->item.lease = letters_lease(core, &piece->item, arena);
		letters_put_off(core, piece->notice, person->id, &piece->item, arena);
		if (is_oversight(core, &piece->item))
			piece->item.overview =
			    letters_overview(core, piece->item.subject, person, arena);
	}
}

void pile_free(struct pile *pile)
{
	free(pile->list);
	*pile = (struct pile){ NULL, 0, 0 };
}
