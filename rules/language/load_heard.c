/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Rules that go by how other rules end: "fulfilled:NAME" where a kind of event may stand, and
 * ends_with. Each rule that is named gets a kind of its own, which the plan gives out when one of
 * its deadlines is fulfilled; nobody can record it. A rule is met after those that it hears, so
 * they may not go in a ring.
 */
#include <string.h>

#include "rules/conf/confread.h"
#include "rules/language/load_own.h"

#define FULFILLED "fulfilled:"

static const struct field fulfilled_fields[] = {
	{ .name = "on",
	  .type = FIELD_DATE,
	  .class = CLASS_OPEN,
	  .help = "the day on which it was done" },
};

bool load_names_a_rule(const char *text)
{
	return strncmp(text, FULFILLED, strlen(FULFILLED)) == 0;
}

static const char *rule_of(const struct kind *kind)
{
	return kind->name + strlen(FULFILLED);
}

const struct kind *load_fulfilled(const struct loading *loading, const char *text)
{
	struct ruleset *ruleset = loading->ruleset;
	for (size_t i = 0; i < ruleset->fulfilled_count; i++)
		if (strcmp(ruleset->fulfilled[i]->name, text) == 0)
			return ruleset->fulfilled[i];
	struct kind *kind = arena_alloc(loading->arena, sizeof(*kind));
	const char *name = arena_strdup(loading->arena, text);
	*kind = (struct kind){ .name = name,
			       .subject = loading->rule->subject,
			       .key = KEY_ALLOWED,
			       .key_means = "key",
			       .fields = fulfilled_fields,
			       .field_count = 1,
			       .counts_on = "on",
			       .help = name,
			       .label = name,
			       .label_en = name };
	struct kind **longer =
	    arena_alloc(loading->arena, (ruleset->fulfilled_count + 1) * sizeof(*longer));
	if (ruleset->fulfilled_count > 0)
		memcpy(longer, ruleset->fulfilled, ruleset->fulfilled_count * sizeof(*longer));
	longer[ruleset->fulfilled_count++] = kind;
	ruleset->fulfilled = longer;
	return kind;
}

void load_ends_with(const struct loading *loading, struct rule *rule)
{
	rule->ends_with_name = arena_strdup(
	    loading->arena, confread_text(load_group(loading, "ends_with"), "ends_with"));
	if (rule->ends_with_name == NULL)
		return;
	if (rule->done_count == 0)
		load_problem(
		    loading, "ends_with",
		    "while that rule is not open, done says what fulfils this one: write it");
	if (rule->repeat != REPEAT_NONE || rule_is_dated(rule))
		load_problem(loading, "ends_with", "a rule that comes again ends with no other");
}

/* --- when all rules are there ---------------------------------------------------------------- */

static void complain(const struct rule *rule, const char *key, const char *text,
		     struct problems *problems)
{
	struct key_place place = rule_place(rule, key);
	problem_add(problems, place.file, place.line, "%s: %s", key, text);
}

static void complain_unknown(const struct ruleset *ruleset, const struct rule *rule,
			     const char *key, const char *name, struct problems *problems)
{
	const char **names = arena_alloc(ruleset->arena, (ruleset->count + 1) * sizeof(*names));
	for (size_t i = 0; i < ruleset->count; i++)
		names[i] = ruleset->rules[i].name;
	complain(rule, key, arena_printf(ruleset->arena, "unknown rule \"%s\"", name), problems);
	problem_hint(problems, name, names, NULL);
}

/* The rule hears the one of that name; one that is disabled is never heard of. */
static struct rule *hear(struct ruleset *ruleset, struct rule *rule, const char *key,
			 const char *name, struct problems *problems)
{
	struct arena *arena = ruleset->arena;
	struct rule *other = NULL;
	for (size_t i = 0; i < ruleset->count; i++)
		if (strcmp(ruleset->rules[i].name, name) == 0)
			other = &ruleset->rules[i];
	if (other == NULL) {
		if (!ruleset_is_disabled(ruleset, name))
			complain_unknown(ruleset, rule, key, name, problems);
		return NULL;
	}
	if (other->subject != rule->subject)
		complain(rule, key,
			 arena_printf(arena, "\"%s\" is about a %s, this rule about a %s", name,
				      subject_type_name(other->subject),
				      subject_type_name(rule->subject)),
			 problems);
	if (other->done_count == 0)
		complain(rule, key,
			 arena_printf(arena, "nothing fulfils \"%s\": it has no done", name),
			 problems);
	other->is_heard = true;
	rule->hears[rule->hears_count++] = other;
	return other;
}

static struct kind *fulfilled_kind(const struct ruleset *ruleset, const struct kind *kind)
{
	for (size_t i = 0; i < ruleset->fulfilled_count; i++)
		if (ruleset->fulfilled[i] == kind)
			return ruleset->fulfilled[i];
	return NULL;
}

static void hear_list(struct ruleset *ruleset, struct rule *rule, const char *key,
		      const struct kind_ref *refs, size_t count, struct problems *problems)
{
	for (size_t i = 0; i < count; i++) {
		struct kind *kind = fulfilled_kind(ruleset, refs[i].kind);
		struct rule *other =
		    kind == NULL ? NULL : hear(ruleset, rule, key, rule_of(kind), problems);
		if (other == NULL)
			continue;
		other->fulfilled = kind;
		kind->key = other->per_key ? KEY_ALLOWED : KEY_NONE;
		kind->help = arena_printf(ruleset->arena, "%s is fulfilled", other->name);
		kind->label = arena_printf(ruleset->arena, "bevakningen \"%s\" är klar",
					   rule_title(other, "sv"));
		kind->label_en = arena_printf(ruleset->arena, "the reminder \"%s\" is done",
					      rule_title(other, "en"));
		if (refs[i].key != NULL && !other->per_key)
			complain(rule, key,
				 arena_printf(ruleset->arena, "\"%s\" has no key to narrow it by",
					      other->name),
				 problems);
	}
}

static void resolve(struct ruleset *ruleset, struct rule *rule, struct problems *problems)
{
	size_t most = rule->starts_count + rule->done_count + rule->cancels_count + 1;
	rule->hears = arena_alloc(ruleset->arena, most * sizeof(*rule->hears));
	hear_list(ruleset, rule, rule->starts_all ? "starts_all" : "starts", rule->starts,
		  rule->starts_count, problems);
	hear_list(ruleset, rule, "done", rule->done, rule->done_count, problems);
	hear_list(ruleset, rule, "cancels", rule->cancels, rule->cancels_count, problems);
	if (rule->ends_with_name != NULL)
		rule->ends_with = hear(ruleset, rule, "ends_with", rule->ends_with_name, problems);
}

/* Puts a rule into the order after those that it hears. False: it hears itself, by way of them. */
static bool put_in_order(struct ruleset *ruleset, const struct rule *rule, char *marks)
{
	enum { NEW, BEGUN, PUT };
	if (marks[rule->index] != NEW)
		return marks[rule->index] == PUT;
	bool sound = true;
	marks[rule->index] = BEGUN;
	for (size_t i = 0; i < rule->hears_count; i++)
		sound = put_in_order(ruleset, rule->hears[i], marks) && sound;
	marks[rule->index] = PUT;
	ruleset->order[ruleset->order_count++] = rule;
	return sound;
}

void load_heard(struct ruleset *ruleset, struct problems *problems)
{
	char *marks = arena_alloc(ruleset->arena, ruleset->count + 1);
	ruleset->order =
	    arena_alloc(ruleset->arena, (ruleset->count + 1) * sizeof(*ruleset->order));
	for (size_t i = 0; i < ruleset->count; i++)
		resolve(ruleset, &ruleset->rules[i], problems);
	for (size_t i = 0; i < ruleset->count; i++) {
		const struct rule *rule = &ruleset->rules[i];
		if (marks[i] == 0 && !put_in_order(ruleset, rule, marks))
			problem_add(
			    problems, rule->file, rule->line,
			    "fulfilled: this rule waits for itself, by way of those that it "
			    "names (fulfilled:, ends_with)");
	}
}
