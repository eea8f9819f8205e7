/* SPDX-License-Identifier: EUPL-1.2 */
/* See sees.h. The kinds are looked up once, when the rules are loaded; there are a dozen. */
#include "rules/language/sees.h"

#include "rules/facts/facts.h"

/* A case's rules name what is its own. */
static bool is_seen_by_cases(const struct kind *kind)
{
	return kind->subject == SUBJECT_PROGRAMME && facts_take_kind(SUBJECT_CASE, kind);
}

/* Of its cases a programme's rules meet what only cases have, not who holds a role there. */
static bool is_seen_by_programmes(const struct ruleset *ruleset, const struct kind *kind)
{
	if (kind->is_virtual || kind->subject == SUBJECT_STAFF ||
	    kind->subject == SUBJECT_PROGRAMME)
		return false;
	if (facts_take_kind(SUBJECT_PROGRAMME, kind))
		return true;
	for (size_t i = 0; kind->subject == SUBJECT_CASE && i < ruleset->count; i++)
		if (ruleset->rules[i].subject == SUBJECT_PROGRAMME &&
		    rule_names_kind(&ruleset->rules[i], kind))
			return true;
	return false;
}

void sees_derive(struct ruleset *ruleset)
{
	struct sight *sight = &ruleset->sight;
	const struct kind *kind;
	size_t count = 0;
	while (chain_kind_at(ruleset->chain, count) != NULL)
		count++;
	sight->of_cases = arena_alloc(ruleset->arena, (count + 1) * sizeof(*sight->of_cases));
	sight->of_programmes =
	    arena_alloc(ruleset->arena, (count + 1) * sizeof(*sight->of_programmes));
	for (size_t i = 0; (kind = chain_kind_at(ruleset->chain, i)) != NULL; i++) {
		if (is_seen_by_cases(kind))
			sight->of_cases[sight->of_cases_count++] = kind;
		if (is_seen_by_programmes(ruleset, kind))
			sight->of_programmes[sight->of_programmes_count++] = kind;
	}
}

size_t sees_kinds(const struct ruleset *ruleset, enum subject_type type,
		  const struct kind *const **ret)
{
	const struct sight *sight = &ruleset->sight;
	switch (type) {
	case SUBJECT_CASE:
		*ret = sight->of_cases;
		return sight->of_cases_count;
	case SUBJECT_PROGRAMME:
		*ret = sight->of_programmes;
		return sight->of_programmes_count;
	case SUBJECT_STAFF:
	case SUBJECT_ANY:
		break;
	}
	*ret = NULL;
	return 0;
}

bool sees_kind(const struct ruleset *ruleset, enum subject_type type, const struct kind *kind)
{
	const struct kind *const *kinds;
	size_t count = sees_kinds(ruleset, type, &kinds);
	for (size_t i = 0; i < count; i++)
		if (kinds[i] == kind)
			return true;
	return false;
}
