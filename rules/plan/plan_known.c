/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Since when a rule can have known what it goes by: for each rule the latest hour at which
 * something that it looks at was written down, of what has been folded so far. A deadline that a
 * late entry lets an older event start is known from the entry, not from that event.
 *
 * A rule looks at the kinds that it names, at what opens, closes and stops its subject, and by its
 * conditions at facts: of those a late entry counts that changed one, for whatever else was
 * written down late brought nothing about. What was written down on its own day counts without
 * being looked into: it delays nothing by more than hours.
 */
#include <string.h>

#include "rules/base/hash.h"
#include "rules/plan/plan_own.h"

/* What a fact was before an entry; of the ledger as a whole it is the last one. */
struct watched {
	int slot;
	uint64_t was;
};

#define LEDGER_SLOT  (-1)
#define WATCHED_MOST 64 /* further ones share the last bit */
#define HIDERS_DEEP  8

static uint64_t bit_of(size_t place)
{
	return UINT64_C(1) << (place < WATCHED_MOST ? place : WATCHED_MOST - 1);
}

static uint64_t watch(struct plan *plan, int slot)
{
	size_t place = 0;
	while (place < plan->watched_count && plan->watched[place].slot != slot)
		place++;
	if (place == plan->watched_count)
		plan->watched[plan->watched_count++].slot = slot;
	return bit_of(place);
}

static uint64_t watch_condition(struct plan *plan, const struct condition *condition)
{
	const int *slots;
	uint64_t bits = 0;
	size_t count = condition == NULL ? 0 : condition_slots(condition, &slots);
	for (size_t i = 0; i < count; i++)
		if (slots[i] < SLOT_ANCHOR)
			bits |= watch(plan, slots[i]);
	return bits;
}

static bool names_virtual(const struct kind_ref *refs, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (refs[i].kind->is_virtual)
			return true;
	return false;
}

/* What the ledger gives out comes of what was charged, paid and waived before. */
static bool hears_ledger(const struct rule *rule)
{
	return names_virtual(rule->starts, rule->starts_count) ||
	       names_virtual(rule->done, rule->done_count) ||
	       names_virtual(rule->cancels, rule->cancels_count);
}

static size_t count_facts(void)
{
	size_t count = 0;
	while (facts_at((int)count) != NULL)
		count++;
	return count;
}

void plan_known_begin(struct plan *plan)
{
	const struct ruleset *ruleset = plan->ruleset;
	plan->known = arena_alloc(plan->arena, (ruleset->count + 1) * sizeof(*plan->known));
	plan->reads = arena_alloc(plan->arena, (ruleset->count + 1) * sizeof(*plan->reads));
	plan->watched = arena_alloc(plan->arena, (count_facts() + 1) * sizeof(*plan->watched));
	for (size_t i = 0; i < ruleset->count; i++) {
		const struct rule *rule = &ruleset->rules[i];
		plan->known[i] = CIVIL_NONE;
		if (rule->subject != plan->type)
			continue;
		plan->reads[i] = watch_condition(plan, rule->if_) |
				 watch_condition(plan, rule->while_) |
				 (hears_ledger(rule) ? watch(plan, LEDGER_SLOT) : 0);
	}
}

static uint64_t ledger_state(const struct ledger *ledger)
{
	if (ledger == NULL)
		return 0;
	uint64_t hash = hash_number(HASH_START, ledger_count(ledger));
	hash = hash_number(hash, (uint64_t)ledger_balance(ledger));
	return hash_number(hash, (uint64_t)ledger_credit(ledger));
}

static uint64_t state_of(const struct plan *plan, int slot, date day)
{
	if (slot == LEDGER_SLOT)
		return ledger_state(facts_ledger(plan->facts));
	struct value value = facts_get(plan->facts, slot, day);
	uint64_t hash = hash_number(hash_number(HASH_START, value.type), (uint64_t)value.number);
	return value.type == VALUE_TEXT ? hash_text(hash, value.text) : hash;
}

static bool is_late(const struct event *event)
{
	return civil_date(event->recorded) > event->at.day;
}

void plan_before_entry(struct plan *plan, const struct event *event)
{
	for (size_t i = 0; is_late(event) && i < plan->watched_count; i++)
		plan->watched[i].was = state_of(plan, plan->watched[i].slot, event->at.day);
}

/* The facts that an entry changed, by their bits. */
static uint64_t changed_by(const struct plan *plan, const struct event *event)
{
	uint64_t bits = 0;
	if (!is_late(event))
		return facts_take_kind(plan->type, event->kind) ? UINT64_MAX : 0;
	for (size_t i = 0; i < plan->watched_count; i++)
		if (state_of(plan, plan->watched[i].slot, event->at.day) != plan->watched[i].was)
			bits |= bit_of(i);
	return bits;
}

/* What ends those that it hears is what they look at; what wakes one that is hidden is what its
 * hiders look at; one that is disabled hides nothing. */
static bool looks_at(const struct plan *plan, const struct rule *rule, const struct event *event,
		     uint64_t changed, int deep)
{
	if (rule_names_event(rule, event) || (plan->reads[rule->index] & changed) != 0)
		return true;
	for (size_t i = 0; deep < HIDERS_DEEP && i < rule->hears_count; i++)
		if (looks_at(plan, rule->hears[i], event, changed, deep + 1))
			return true;
	for (size_t i = 0; deep < HIDERS_DEEP && i < rule->hidden_count; i++)
		if (rule->hidden_by[i] != NULL &&
		    looks_at(plan, rule->hidden_by[i], event, changed, deep + 1))
			return true;
	return false;
}

/* Nobody knows any more what an event that was taken back had done: its own taking back counts. */
static bool takes_back(const struct plan *plan, const struct event *event)
{
	return kind_takes_back(event->kind) && strcmp(event->subject, plan->subject) == 0;
}

/* What was ended, or moved, by an event that is taken back stands there again: since now. */
static void know_live_anew(struct plan *plan, civil recorded)
{
	for (size_t i = 0; i < plan->live_count; i++) {
		struct deadline *deadline = plan->live[i];
		if (recorded <= deadline->known)
			continue;
		deadline->known = recorded;
		deadline_touch(plan, deadline);
	}
}

void plan_note_known(struct plan *plan, const struct event *event, bool comes_or_goes,
		     bool stops_or_runs)
{
	bool all = comes_or_goes || takes_back(plan, event);
	uint64_t changed = changed_by(plan, event);
	for (size_t i = 0; i < plan->ruleset->count; i++) {
		const struct rule *rule = &plan->ruleset->rules[i];
		if (rule->subject != plan->type || event->recorded <= plan->known[i])
			continue;
		if (all || (stops_or_runs && rule->pausable) ||
		    looks_at(plan, rule, event, changed, 0))
			plan->known[i] = event->recorded;
	}
	if (takes_back(plan, event))
		know_live_anew(plan, event->recorded);
}

civil plan_known(const struct plan *plan, const struct rule *rule, civil moment)
{
	civil known = plan->known[rule->index];
	return known > moment ? known : moment;
}
