/* SPDX-License-Identifier: EUPL-1.2 */
/* The conditions of a rule: can they ever be true, can they ever be anything else? */
#include <stdlib.h>
#include <string.h>

#include "rules/check/check_own.h"
#include "rules/facts/facts.h"
#include "rules/language/condition_solve.h"

/* The world of one rule: what its names can be. */
struct world {
	const struct checking *checking;
	const struct rule *rule;
	const struct facts *nothing; /* facts of a subject of which nothing is known */
	const char *const *stages;   /* the stages it may be in; NULL: any */
};

/* Some date; what a fact is before anything is said does not hang on the day. */
#define SOME_DAY 20000

static void range_of_fact(const struct world *world, int slot, struct condition_range *ret)
{
	const struct fact *fact = facts_at(slot);
	ret->may_be_null = facts_get(world->nothing, slot, SOME_DAY).type == VALUE_NULL;
	if (fact->codes != NULL)
		ret->codes = chain_codes(world->checking->ruleset->chain, fact->codes);
	/* all numbers among the facts are counts, days or debts */
	ret->has_least = fact->type == VALUE_NUMBER;
	ret->least = 0;
	if (world->stages != NULL && strcmp(fact->name, "stage") == 0) {
		ret->codes = world->stages;
		ret->may_be_null = false;
	}
}

/* Widens the range by what a field of one more kind may hold; the first one sets it. */
static void range_add_limits(const struct field *field, bool is_first, struct condition_range *ret)
{
	int64_t least = 0, most = 0;
	if (!field_limits(field, &least, &most))
		return;
	ret->least = is_first || least < ret->least ? least : ret->least;
	ret->most = is_first || most > ret->most ? most : ret->most;
	ret->has_least = ret->has_most = true;
}

/* A field of the starting event: what any of the kinds in starts may say. */
static void range_of_field(const struct world *world, const char *name, struct condition_range *ret)
{
	const struct rule *rule = world->rule;
	const struct field *only = NULL;
	bool always = true;
	for (size_t i = 0; i < rule->starts_count; i++) {
		int place = kind_field(rule->starts[i].kind, name);
		const struct field *field = place < 0 ? NULL : &rule->starts[i].kind->fields[place];
		always = always && field != NULL && !field->optional;
		if (field == NULL)
			continue;
		if (only != NULL && (only->type != field->type || only->codes != field->codes)) {
			*ret = (struct condition_range){ .may_be_null = true };
			return;
		}
		range_add_limits(field, only == NULL, ret);
		only = field;
	}
	ret->may_be_null = !always;
	if (only == NULL)
		return;
	if (only->codes != NULL)
		ret->codes = chain_codes(world->checking->ruleset->chain, only->codes);
}

static size_t count_keys(const struct kind_ref *ref)
{
	size_t count = 0;
	while (ref->kind->key_codes != NULL && ref->kind->key_codes[count] != NULL)
		count++;
	return count;
}

/* The keys that the starting events can have; NULL: any. */
static const char *const *keys_of_starts(const struct world *world)
{
	const struct rule *rule = world->rule;
	size_t count = 0, most = 1;
	for (size_t i = 0; i < rule->starts_count; i++)
		most += 2 + count_keys(&rule->starts[i]);
	const char **keys = arena_alloc(world->checking->arena, most * sizeof(*keys));
	for (size_t i = 0; i < rule->starts_count; i++) {
		const struct kind_ref *ref = &rule->starts[i];
		if (ref->key == NULL && ref->kind->key != KEY_NONE && ref->kind->key_codes == NULL)
			return NULL;
		if (ref->key != NULL) {
			keys[count++] = ref->key;
			continue;
		}
		if (ref->kind->key == KEY_ALLOWED && rule->per_key)
			return NULL; /* its date, where none is given */
		if (ref->kind->key != KEY_REQUIRED)
			keys[count++] = "";
		for (size_t j = 0; j < count_keys(ref); j++)
			keys[count++] = ref->kind->key_codes[j];
	}
	return keys;
}

static const char *const *kinds_of_starts(const struct world *world)
{
	const struct rule *rule = world->rule;
	const char **kinds =
	    arena_alloc(world->checking->arena, (rule->starts_count + 1) * sizeof(*kinds));
	for (size_t i = 0; i < rule->starts_count; i++)
		kinds[i] = rule->starts[i].kind->name;
	return kinds;
}

static void range_of(const void *arg, int slot, struct condition_range *ret)
{
	static const char *const no_key[] = { "", NULL };
	const struct world *world = arg;
	if (slot < SLOT_ANCHOR) {
		range_of_fact(world, slot, ret);
		return;
	}
	if (slot >= SLOT_EVENT_FIELD) {
		range_of_field(world, world->rule->event_fields[slot - SLOT_EVENT_FIELD], ret);
		return;
	}
	ret->may_be_null = false;
	switch ((enum condition_slot)slot) {
	case SLOT_KEY:
		ret->codes = world->rule->per_key ? keys_of_starts(world) : no_key;
		break;
	case SLOT_EVENT_KEY:
		ret->codes = keys_of_starts(world);
		break;
	case SLOT_EVENT_KIND:
		ret->codes = kinds_of_starts(world);
		break;
	case SLOT_ANCHOR:
	case SLOT_DUE:
	case SLOT_EVENT_FIRST:
	case SLOT_EVENT_FIELD:
		break;
	}
}

static void tell_at(const struct checking *checking, const struct rule *rule, const char *key,
		    int column, const char *text)
{
	char *whole = xasprintf("%s: %s", key, text);
	check_add(checking, rule, rule_place(rule, key), column, whole);
	free(whole);
}

static void check_one(const struct world *world, const struct condition *condition, const char *key)
{
	const struct checking *checking = world->checking;
	struct condition_ranges ranges = { range_of, world, false };
	const char *text = NULL, *effect = strcmp(key, "if") == 0      ? "this rule starts nothing"
					   : strcmp(key, "while") == 0 ? "this rule always sleeps"
								       : "nobody else is ever told";
	int column = 0;
	if (!condition_can_hold(condition, &ranges)) {
		column = condition_culprit(condition, &ranges, checking->arena, &text);
		tell_at(checking, world->rule, key, column,
			arena_printf(checking->arena, "%s can never be true: %s", text, effect));
		return;
	}
	column = condition_dead_part(condition, &ranges, checking->arena, &text);
	if (column > 0)
		tell_at(checking, world->rule, key, column,
			arena_printf(checking->arena, "%s can never be true: leave this part out",
				     text));
	ranges.open_codes = true; /* another office may have more stages than this one */
	if (!condition_can_fail(condition, &ranges))
		tell_at(checking, world->rule, key, 0, "it is always true: leave it out");
}

void check_conditions(const struct checking *checking, const struct rule *rule)
{
	struct facts *nothing =
	    facts_new(checking->ruleset->chain, checking->ruleset->calendar, rule->subject);
	struct world world = { checking, rule, nothing, NULL };
	if (rule->if_ != NULL)
		check_one(&world, rule->if_, "if");
	if (rule->while_ != NULL)
		check_one(&world, rule->while_, "while");
	if (rule->also_if != NULL)
		check_one(&world, rule->also_if, "also_if");
	facts_free(nothing);
}

static bool reads_stage(const struct rule *rule, const struct condition *condition)
{
	const int *slots = NULL;
	size_t count = condition == NULL ? 0 : condition_slots(condition, &slots);
	for (size_t i = 0; i < count; i++)
		if (slots[i] == facts_find(rule->subject, "stage"))
			return true;
	return false;
}

bool check_reads_stage(const struct rule *rule)
{
	return rule->subject == SUBJECT_CASE &&
	       (reads_stage(rule, rule->if_) || reads_stage(rule, rule->while_));
}

static bool can_hold_in(const struct world *world, const struct condition *condition)
{
	struct condition_ranges ranges = { range_of, world, false };
	return condition == NULL || condition_can_hold(condition, &ranges);
}

bool check_watches_stage(const struct checking *checking, const struct rule *rule,
			 const char *stage)
{
	const char *const stages[] = { stage, NULL };
	if (!check_reads_stage(rule))
		return false;
	struct facts *nothing =
	    facts_new(checking->ruleset->chain, checking->ruleset->calendar, rule->subject);
	struct world world = { checking, rule, nothing, stages };
	/* the stage at the start and the stage meanwhile may be two */
	bool watches = (!reads_stage(rule, rule->if_) || can_hold_in(&world, rule->if_)) &&
		       (!reads_stage(rule, rule->while_) || can_hold_in(&world, rule->while_));
	facts_free(nothing);
	return watches;
}
