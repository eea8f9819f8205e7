/* SPDX-License-Identifier: EUPL-1.2 */
/* What the names in `if` and `while` mean. */
#include <string.h>

#include "rules/facts/facts.h"
#include "rules/language/load_own.h"

struct scope {
	const struct loading *loading;
	struct rule *rule;
	bool of_if;
	const char **names; /* all, ended by NULL */
};

static int slot_of_field(struct scope *scope, const char *field)
{
	struct rule *rule = scope->rule;
	for (size_t i = 0; i < rule->event_field_count; i++)
		if (strcmp(rule->event_fields[i], field) == 0)
			return SLOT_EVENT_FIELD + (int)i;
	const char **longer =
	    arena_alloc(scope->loading->arena, (rule->event_field_count + 1) * sizeof(*longer));
	if (rule->event_field_count > 0)
		memcpy(longer, rule->event_fields, rule->event_field_count * sizeof(*longer));
	longer[rule->event_field_count] = arena_strdup(scope->loading->arena, field);
	rule->event_fields = longer;
	return SLOT_EVENT_FIELD + (int)rule->event_field_count++;
}

/* A field that any of the starting kinds has; in events of the others it is NULL. */
static int resolve_field(struct scope *scope, const char *field, struct name_meaning *ret)
{
	const struct kind *named = NULL;
	for (size_t i = 0; i < scope->rule->starts_count; i++) {
		const struct kind *kind = scope->rule->starts[i].kind;
		int place = kind == NULL ? -1 : kind_field(kind, field);
		if (place < 0)
			continue;
		const struct field *found = &kind->fields[place];
		const char *const *codes =
		    found->codes == NULL ? NULL : chain_codes(scope->loading->chain, found->codes);
		if (named != NULL && field_type_value(found->type) != ret->type)
			load_problem(
			    scope->loading, "if",
			    arena_printf(scope->loading->arena,
					 "event_%s is not of one type: a field of \"%s\" and of "
					 "\"%s\"",
					 field, named->name, kind->name));
		ret->codes = named != NULL && ret->codes != codes ? NULL : codes;
		ret->type = field_type_value(found->type);
		named = kind;
	}
	if (named == NULL)
		return -1;
	ret->slot = slot_of_field(scope, field);
	return 0;
}

static int resolve_of_if(struct scope *scope, const char *name, struct name_meaning *ret)
{
	if (scope->rule->starts_count == 0) /* yearly, weekly: no event starts it */
		return -1;
	if (strcmp(name, "event_kind") == 0) {
		const char **kinds = arena_alloc(scope->loading->arena,
						 (scope->rule->starts_count + 1) * sizeof(*kinds));
		for (size_t i = 0; i < scope->rule->starts_count; i++)
			if (scope->rule->starts[i].kind != NULL)
				kinds[i] = scope->rule->starts[i].kind->name;
		*ret = (struct name_meaning){ SLOT_EVENT_KIND, VALUE_TEXT, kinds };
		return 0;
	}
	if (strcmp(name, "event_key") == 0) {
		*ret = (struct name_meaning){ SLOT_EVENT_KEY, VALUE_TEXT, NULL };
		return 0;
	}
	if (strcmp(name, "event_first") == 0) {
		*ret = (struct name_meaning){ SLOT_EVENT_FIRST, VALUE_FLAG, NULL };
		return 0;
	}
	return strncmp(name, "event_", 6) == 0 ? resolve_field(scope, name + 6, ret) : -1;
}

static int resolve_of_while(const char *name, struct name_meaning *ret)
{
	static const struct {
		const char *name;
		struct name_meaning meaning;
	} rows[] = {
		{ "anchor", { SLOT_ANCHOR, VALUE_DATE, NULL } },
		{ "due", { SLOT_DUE, VALUE_DATE, NULL } },
		{ "key", { SLOT_KEY, VALUE_TEXT, NULL } },
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (strcmp(rows[i].name, name) == 0) {
			*ret = rows[i].meaning;
			return 0;
		}
	}
	return -1;
}

static int resolve(const void *arg, const char *name, struct name_meaning *ret)
{
	struct scope *scope = (struct scope *)(uintptr_t)arg; /* ours, and not const underneath */
	int number = facts_find(scope->rule->subject, name);
	if (number >= 0) {
		const struct fact *fact = facts_at(number);
		ret->slot = number;
		ret->type = fact->type;
		ret->codes =
		    fact->codes == NULL ? NULL : chain_codes(scope->loading->chain, fact->codes);
		return 0;
	}
	return scope->of_if ? resolve_of_if(scope, name, ret) : resolve_of_while(name, ret);
}

static const char *const *list(const void *arg)
{
	return ((const struct scope *)arg)->names;
}

static void names_of(const struct loading *loading, struct rule *rule, bool of_if,
		     struct condition_names *ret)
{
	static const char *const extra_if[] = { "event_kind", "event_key", "event_first", NULL };
	static const char *const extra_while[] = { "anchor", "due", "key", NULL };
	struct scope *scope = arena_alloc(loading->arena, sizeof(*scope));
	/* the loader's own record lives on its stack; conditions resolve while it is there */
	*scope = (struct scope){ loading, rule, of_if, NULL };
	size_t count = 0;
	const struct fact *fact;
	while (facts_at((int)count) != NULL)
		count++;
	scope->names = arena_alloc(loading->arena, (count + 5) * sizeof(*scope->names));
	size_t used = 0;
	for (int i = 0; (fact = facts_at(i)) != NULL; i++)
		if (fact->subject == rule->subject)
			scope->names[used++] = fact->name;
	bool event = !of_if || rule->starts_count > 0; /* yearly, weekly: no event starts it */
	for (const char *const *extra = of_if ? extra_if : extra_while; event && *extra != NULL;
	     extra++)
		scope->names[used++] = *extra;
	*ret = (struct condition_names){ resolve, list, scope };
}

void load_names_of_if(const struct loading *loading, struct rule *rule, struct condition_names *ret)
{
	names_of(loading, rule, true, ret);
}

void load_names_of_while(const struct loading *loading, struct rule *rule,
			 struct condition_names *ret)
{
	names_of(loading, rule, false, ret);
}
