/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Histories that nobody thought of, of several cases and programmes, in the order in which they
 * become known: events of all kinds, late ones and ones that are taken back, roles that move, and
 * what befalls the daemon meanwhile: a restart, rows derived anew, other rules.
 *
 *   history_make(&maker, names, name_count, &history);
 *   history_drop(&history, i);                   for whoever looks for what is not needed
 *   history_write(&history, arena);              a line each, for people
 */
#ifndef KEDJA_RANDOM_HISTORY_H
#define KEDJA_RANDOM_HISTORY_H

#include <inttypes.h>
#include <stdlib.h>

#include "tests/unit/random_rules.h"

#define HISTORY_FIRST 20270 /* 2025-07-01 */
#define HISTORY_DAYS  300
#define ITEMS_MOST    160

enum item_type { ITEM_EVENT, ITEM_RESTART, ITEM_REBUILD, ITEM_RELOAD };

struct item {
	enum item_type type;
	struct event event; /* id: set when it is recorded; recorded: when all of this happens */
	struct value values[24];
	const struct item *voids; /* of event.voided */
	int place;                /* as it was made: of the same second the order */
};

struct history {
	struct item *list[ITEMS_MOST];
	size_t count;
};

/* What a history is made of. */
struct teller {
	struct maker *maker;
	struct history *history;
	const char *const *rules; /* that may be put off */
	size_t rule_count;
	uint32_t cases, programmes;
};

static inline const char *case_name(struct teller *teller)
{
	static const char *const names[] = { "K-1", "K-2", "K-3" };
	return names[chance_below(teller->maker->chance, teller->cases)];
}

static inline const char *programme_name(struct teller *teller)
{
	static const char *const names[] = { "norr", "syd" };
	return names[chance_below(teller->maker->chance, teller->programmes)];
}

/* --- values ---------------------------------------------------------------------------------- */

static inline struct value text_value(const char *text)
{
	return (struct value){ VALUE_TEXT, 0, text };
}

/*
 * Two people for each role, and nobody of two roles: so a role is told, or nobody is. The unit
 * manager is nobody: it gets what reaches nobody else, and would not be told twice.
 */
static inline const char *holder_of(struct maker *maker, const char *role, uint32_t which)
{
	return arena_printf(maker->arena, "%s-%u", role, which);
}

static inline const char *any_role(struct maker *maker)
{
	return maker->roles[chance_below(maker->chance, maker->role_count)];
}

static inline struct value value_of_text(struct teller *teller, const struct field *field)
{
	struct maker *maker = teller->maker;
	const char *const *codes =
	    field->codes == NULL ? NULL : chain_codes(maker->chain, field->codes);
	size_t count = 0;
	if (strcmp(field->name, "programme") == 0)
		return text_value(programme_name(teller));
	if (strcmp(field->name, "case") == 0)
		return text_value(case_name(teller));
	if (strcmp(field->name, "role") == 0)
		return text_value(any_role(maker));
	if (strcmp(field->name, "rule") == 0)
		return text_value(teller->rules[chance_below(maker->chance, teller->rule_count)]);
	if (strcmp(field->name, "staff") == 0 || strcmp(field->name, "by") == 0)
		return text_value(holder_of(maker, any_role(maker), 1));
	if (strcmp(field->name, "reference") == 0)
		return text_value(chance_of(maker->chance, 50) ? "ref-1" : "ref-2");
	while (codes != NULL && codes[count] != NULL)
		count++;
	return text_value(count == 0 ? "text" : codes[chance_below(maker->chance, count)]);
}

static inline struct value any_value(struct teller *teller, const struct field *field, date day)
{
	struct chance *chance = teller->maker->chance;
	/* a board of its own bars people: then others are told, which is no matter of plans */
	if (strcmp(field->name, "board") == 0 && field->optional)
		return (struct value){ VALUE_NULL, 0, NULL };
	if (field->optional && strcmp(field->name, "role") != 0 && chance_of(chance, 50))
		return (struct value){ VALUE_NULL, 0, NULL };
	switch (field->type) {
	case FIELD_DATE:
		return (struct value){ VALUE_DATE, day - 60 + (date)chance_below(chance, 180),
				       NULL };
	case FIELD_AMOUNT:
		return (struct value){ VALUE_NUMBER, 100 * (1 + chance_below(chance, 5)), NULL };
	case FIELD_COUNT:
	case FIELD_NUMBER:
		return (struct value){ VALUE_NUMBER, chance_below(chance, 4), NULL };
	case FIELD_FLAG:
		return (struct value){ VALUE_FLAG, chance_below(chance, 2), NULL };
	case FIELD_CODE:
	case FIELD_ID:
	case FIELD_TEXT:
		break;
	}
	return value_of_text(teller, field);
}

static inline void set_value(struct item *item, const char *field, struct value value)
{
	item->values[kind_field(item->event.kind, field)] = value;
}

/* --- events ---------------------------------------------------------------------------------- */

static inline struct item *add_item(struct teller *teller, enum item_type type, civil at)
{
	struct history *history = teller->history;
	struct item *item = arena_alloc(teller->maker->arena, sizeof(*item));
	item->type = type;
	civil last = civil_at(HISTORY_FIRST + HISTORY_DAYS + 50, civil_second(at));
	item->event.recorded = at < last ? at : last;
	item->place = (int)history->count;
	history->list[history->count++] = item;
	return item;
}

static inline struct item *add_event(struct teller *teller, const char *kind, const char *subject,
				     date day, civil recorded)
{
	struct item *item = add_item(teller, ITEM_EVENT, recorded);
	item->event.kind = chain_kind(teller->maker->chain, kind);
	item->event.subject = subject;
	item->event.key = "";
	item->event.at = (struct moment){ day, -1 };
	item->event.actor = "test";
	item->event.values = item->values;
	return item;
}

static inline const char *any_key(struct teller *teller, const struct kind *kind, date day)
{
	static const char *const keys[] = { "a", "b" };
	static const char *const months[] = { "2025-11", "2025-12", "2026-01" };
	struct maker *maker = teller->maker;
	char text[DATE_TEXT_SIZE];
	size_t count = 0;
	if (kind->key == KEY_NONE)
		return "";
	while (kind->key_codes != NULL && kind->key_codes[count] != NULL)
		count++;
	if (count > 0)
		return kind->key_codes[chance_below(maker->chance, count)];
	if (strncmp(kind->name, "rent.", 5) == 0)
		return CHANCE_PICK(maker->chance, months);
	if (kind->key == KEY_ALLOWED && chance_of(maker->chance, 40))
		return chance_of(maker->chance, 50)
			   ? ""
			   : arena_strdup(maker->arena, date_format(day, text));
	return CHANCE_PICK(maker->chance, keys);
}

/* An hour of the day, now and then one at which something else happens too. */
static inline int32_t any_hour(struct chance *chance)
{
	static const int32_t edges[] = { 8 * 3600, 16 * 3600 + 1800, 14 * 3600, 10 * 3600 };
	if (chance_of(chance, 15))
		return CHANCE_PICK(chance, edges);
	return 6 * 3600 + (int32_t)chance_below(chance, 15 * 3600);
}

/* When something of that moment is written down: mostly that day, now and then months later. */
static inline civil any_recording(struct chance *chance, struct moment at)
{
	static const uint32_t days[] = { 2, 10, 40, 200 };
	if (chance_of(chance, 65)) {
		civil recorded = civil_at(at.day, any_hour(chance));
		return recorded < moment_civil(at) ? moment_civil(at) : recorded;
	}
	return civil_at(at.day + 1 + (date)chance_below(chance, CHANCE_PICK(chance, days)),
			any_hour(chance));
}

static inline const struct kind *kind_to_tell(struct teller *teller)
{
	static const char *const course[] = {
		"case.transferred",  "case.closed",      "case.opened",
		"case.paused",       "case.resumed",     "stage.entered",
		"deadline.snoozed",  "deadline.snoozed", "deadline.acknowledged",
		"rent.charged",      "rent.paid",        "payments.imported",
		"payment.unmatched", "payment.assigned", "programme.started",
		"rent.reversed",     "board.notified"
	};
	struct maker *maker = teller->maker;
	const struct kind *kind;
	do {
		uint32_t way = chance_below(maker->chance, 100);
		kind = way < 65   ? maker->kinds[chance_below(maker->chance, maker->kind_count)]
		       : way < 95 ? chain_kind(maker->chain, CHANCE_PICK(maker->chance, course))
				  : chain_kind_at(maker->chain,
						  chance_below(maker->chance,
							       chain_kind_count(maker->chain)));
	} while (kind->is_virtual || kind->subject == SUBJECT_STAFF ||
		 strcmp(kind->name, "event.voided") == 0 || strncmp(kind->name, "role.", 5) == 0);
	return kind;
}

static inline void tell_event(struct teller *teller)
{
	struct chance *chance = teller->maker->chance;
	const struct kind *kind = kind_to_tell(teller);
	date day = HISTORY_FIRST + (date)chance_below(chance, HISTORY_DAYS);
	bool of_case = kind->subject == SUBJECT_CASE ||
		       (kind->subject == SUBJECT_ANY && chance_of(chance, 70));
	struct moment at = { day, chance_of(chance, 30) ? any_hour(chance) : -1 };
	struct item *item =
	    add_event(teller, kind->name, of_case ? case_name(teller) : programme_name(teller), day,
		      any_recording(chance, at));
	struct item *before = teller->history->list[teller->history->count - 2];
	item->event.at = at;
	item->event.key = any_key(teller, kind, day);
	for (size_t i = 0; i < kind->field_count; i++)
		item->values[i] = any_value(teller, &kind->fields[i], day);
	if (kind_puts_off(kind)) {
		item->event.key = chance_of(chance, 80) ? "" : item->event.key;
		set_value(
		    item, "until",
		    (struct value){ VALUE_DATE, day + 1 + (date)chance_below(chance, 60), NULL });
	}
	if (chance_of(chance, 15) && before->type == ITEM_EVENT &&
	    before->event.recorded >= item->event.recorded)
		item->event.recorded = before->event.recorded; /* together, in one batch */
}

static inline void take_something_back(struct teller *teller)
{
	struct chance *chance = teller->maker->chance;
	const struct item *which =
	    teller->history->list[chance_below(chance, teller->history->count)];
	for (size_t i = 0; i < teller->history->count; i++)
		if (teller->history->list[i]->voids == which)
			return;
	if (which->type != ITEM_EVENT || which->voids != NULL ||
	    which->event.kind->subject == SUBJECT_STAFF)
		return;
	civil when = civil_at(civil_date(which->event.recorded) + 1 +
				  (date)chance_below(chance, chance_of(chance, 50) ? 5 : 100),
			      any_hour(chance));
	struct item *item =
	    add_event(teller, "event.voided", which->event.subject, civil_date(when), when);
	item->event.at = (struct moment){ civil_date(item->event.recorded), civil_second(when) };
	item->voids = which;
	set_value(item, "reason", text_value("text"));
}

/* --- people ---------------------------------------------------------------------------------- */

static inline void tell_role(struct teller *teller, const char *kind, const char *subject,
			     const char *role, uint32_t holder, civil when)
{
	struct item *item = add_event(teller, kind, subject, civil_date(when), when);
	set_value(item, "role", text_value(role));
	set_value(item, "staff", text_value(holder_of(teller->maker, role, holder)));
}

/* A role goes over, on a programme or on a case; now and then nobody has it for a while. */
static inline void move_somebody(struct teller *teller)
{
	struct maker *maker = teller->maker;
	struct chance *chance = maker->chance;
	const char *role = any_role(maker);
	civil when = civil_at(HISTORY_FIRST + 10 + (date)chance_below(chance, HISTORY_DAYS),
			      any_hour(chance));
	const struct role *known = chain_role(maker->chain, role);
	const char *subject =
	    known->on_case && chance_of(chance, 50) ? case_name(teller) : programme_name(teller);
	if (strcmp(role, "unit_manager") == 0)
		return;
	if (chance_of(chance, 70))
		tell_role(teller, "role.assigned", subject, role, 2, when);
	if (chance_of(chance, 50))
		tell_role(teller, "role.released", subject, role, 1, when);
}

static inline void tell_people(struct teller *teller)
{
	static const char *const programmes[] = { "norr", "syd" };
	struct maker *maker = teller->maker;
	civil when = civil_at(HISTORY_FIRST, 6 * 3600);
	for (size_t i = 0; i < maker->role_count; i++) {
		for (uint32_t which = 1; which <= 2; which++) {
			const char *name = holder_of(maker, maker->roles[i], which);
			struct item *item =
			    add_event(teller, "staff.joined", name, HISTORY_FIRST, when);
			set_value(item, "name", text_value(name));
			set_value(item, "email", text_value("a@example.org"));
		}
		for (uint32_t j = 0;
		     j < teller->programmes && strcmp(maker->roles[i], "unit_manager") != 0; j++)
			tell_role(teller, "role.assigned", programmes[j], maker->roles[i], 1, when);
	}
}

/* --- the whole ------------------------------------------------------------------------------- */

static inline void tell_beginnings(struct teller *teller)
{
	static const char *const programmes[] = { "norr", "syd" };
	static const char *const cases[] = { "K-1", "K-2", "K-3" };
	struct chance *chance = teller->maker->chance;
	for (uint32_t i = 0; i < teller->programmes; i++) {
		date day = HISTORY_FIRST + (date)chance_below(chance, 3);
		if (chance_of(chance, 90))
			set_value(add_event(teller, "programme.started", programmes[i], day,
					    civil_at(day, 25000)),
				  "title", text_value("text"));
	}
	for (uint32_t i = 0; i < teller->cases; i++) {
		date day = HISTORY_FIRST + (date)chance_below(chance, 60);
		struct moment at = { day, -1 };
		if (chance_of(chance, 90))
			set_value(add_event(teller, "case.opened", cases[i], day,
					    any_recording(chance, at)),
				  "programme", text_value(programme_name(teller)));
	}
}

static inline void tell_daemon(struct teller *teller)
{
	struct chance *chance = teller->maker->chance;
	uint32_t count = chance_below(chance, 4);
	for (uint32_t i = 0; i <= count; i++) {
		civil when = civil_at(HISTORY_FIRST + (date)chance_below(chance, HISTORY_DAYS),
				      any_hour(chance) + 1);
		if (i < count)
			add_item(teller, chance_of(chance, 60) ? ITEM_RESTART : ITEM_REBUILD, when);
		else if (chance_of(chance, 60))
			add_item(teller, ITEM_RELOAD, when);
	}
}

static inline int compare_items(const void *a, const void *b)
{
	const struct item *x = *(struct item *const *)a, *y = *(struct item *const *)b;
	if (x->event.recorded != y->event.recorded)
		return x->event.recorded < y->event.recorded ? -1 : 1;
	return (x->place > y->place) - (x->place < y->place);
}

static inline void history_make(struct maker *maker, const char *const *rules, size_t rule_count,
				struct history *ret)
{
	struct teller teller = { maker,
				 ret,
				 rules,
				 rule_count,
				 1 + chance_below(maker->chance, 3),
				 1 + chance_below(maker->chance, 2) };
	ret->count = 0;
	tell_people(&teller);
	tell_beginnings(&teller);
	tell_daemon(&teller);
	size_t wanted = ret->count + 8 + chance_below(maker->chance, 25);
	while (ret->count < wanted) {
		uint32_t way = chance_below(maker->chance, 100);
		if (way < 8)
			take_something_back(&teller);
		else if (way < 14)
			move_somebody(&teller);
		else
			tell_event(&teller);
	}
	qsort(ret->list, ret->count, sizeof(ret->list[0]), compare_items);
}

/* Without the item, and without what takes it back. */
static inline void history_drop(struct history *history, size_t place)
{
	const struct item *gone = history->list[place];
	size_t kept = 0;
	for (size_t i = 0; i < history->count; i++)
		if (history->list[i] != gone && history->list[i]->voids != gone)
			history->list[kept++] = history->list[i];
	history->count = kept;
}

/* --- for people ------------------------------------------------------------------------------ */

static inline const char *value_write(const struct value *value, struct arena *arena)
{
	char day[DATE_TEXT_SIZE];
	switch (value->type) {
	case VALUE_DATE:
		return arena_strdup(arena, date_format((date)value->number, day));
	case VALUE_FLAG:
		return value->number != 0 ? "true" : "false";
	case VALUE_NUMBER:
		return arena_printf(arena, "%" PRId64, value->number);
	case VALUE_TEXT:
	case VALUE_NULL:
		break;
	}
	return value->text;
}

static inline const char *event_write(const struct item *item, struct arena *arena)
{
	char at[MOMENT_TEXT_SIZE];
	const struct event *event = &item->event;
	const char *text =
	    arena_printf(arena, "%s %s%s%s%s at=%s", event->subject, event->kind->name,
			 *event->key == '\0' ? "" : "[", event->key, *event->key == '\0' ? "" : "]",
			 moment_format(event->at, at));
	for (size_t i = 0; i < event->kind->field_count; i++)
		if (item->values[i].type != VALUE_NULL)
			text = arena_printf(arena, "%s %s=%s", text, event->kind->fields[i].name,
					    value_write(&item->values[i], arena));
	if (item->voids == NULL)
		return text;
	return arena_printf(arena, "%s (that %s of %s)", text, item->voids->event.kind->name,
			    moment_format(item->voids->event.at, at));
}

static inline const char *history_write(const struct history *history, struct arena *arena)
{
	static const char *const names[] = { "", "the daemon begins again", "rows derived anew",
					     "the other rules" };
	const char *text = "";
	char at[CIVIL_TEXT_SIZE];
	for (size_t i = 0; i < history->count; i++) {
		const struct item *item = history->list[i];
		text = arena_printf(
		    arena, "%s%s %s\n", text, civil_format(item->event.recorded, at),
		    item->type == ITEM_EVENT ? event_write(item, arena) : names[item->type]);
	}
	return text;
}

#endif
