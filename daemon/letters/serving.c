/* SPDX-License-Identifier: EUPL-1.2 */
/* See serving.h. */
#include "daemon/letters/serving.h"

#include <string.h>

#include "daemon/letters/templates.h"

/* The names that the parts of a rule may use; kedja-templates(5) says what each of them is. Of the
 * case these are all there is (I6): the name of a task is not among them, for somebody wrote it
 * freely; and its reference is put beside them, once. */
#define ITEM_NAMES                                                                                 \
	"title", "month", "due", "late", "today", "coming", "days", "one_day", "anchor_label",     \
	    "anchor", "missed", "one_missed", "only_told", "too_late", "other_board", "bank_day",  \
	    "covers_through", "safe_until", "notice_from", "recovery_last", "served_on",           \
	    "told_on", "decision_from", "none_open", "rent_unknown", "post_unknown",               \
	    "recovery_over", "excluded", "maybe_excluded", "lease_long", "lease_short",            \
	    "lease_unsure", "notice_given", "day_is_reckoned", "lease_ends_on", "month_after",     \
	    "many"
static const char *const item_names[] = { ITEM_NAMES, NULL };

/* ---- which rules a template serves, and which fields they have ---- */

static bool is_open_kind(enum field_type type)
{
	switch (type) {
	case FIELD_DATE:
	case FIELD_ID:
	case FIELD_TEXT:
		return true;
	case FIELD_AMOUNT:
	case FIELD_COUNT:
	case FIELD_FLAG:
	case FIELD_CODE:
	case FIELD_NUMBER:
		return false;
	}
	return false;
}

bool template_may_show(const struct field *field)
{
	return field->class == CLASS_OPEN && is_open_kind(field->type);
}

static bool is_named(const char *wanted, const char *name)
{
	return wanted != NULL && strcmp(wanted, name) == 0;
}

bool template_serves(const struct rule *rule, const char *name)
{
	if (is_named(rule->name, name))
		return true;
	for (size_t i = 0; i < rule->step_count; i++)
		if (is_named(rule->steps[i].template, name))
			return true;
	return false;
}

/* The events that a deadline of the rule can rest on. */
static size_t anchor_kind_count(const struct rule *rule)
{
	return rule->starts_count + (rule->repeat == REPEAT_NONE ? 0 : rule->done_count);
}

static const struct kind *anchor_kind(const struct rule *rule, size_t i)
{
	return i < rule->starts_count ? rule->starts[i].kind
				      : rule->done[i - rule->starts_count].kind;
}

static bool is_listed(const struct serving *serving, const char *name)
{
	for (size_t i = 0; i < serving->count; i++)
		if (strcmp(serving->names[i], name) == 0)
			return true;
	return false;
}

/* Is a field of that name something else in another kind that a deadline may rest on? */
static const struct field *protected_field(const struct serving *serving, const char *name)
{
	const struct ruleset *ruleset = serving->ruleset;
	for (size_t i = 0; ruleset != NULL && i < ruleset->count; i++) {
		const struct rule *rule = &ruleset->rules[i];
		for (size_t j = 0;
		     template_serves(rule, serving->name) && j < anchor_kind_count(rule); j++) {
			const struct kind *kind = anchor_kind(rule, j);
			int place = kind_field(kind, name);
			if (place >= 0 && !template_may_show(&kind->fields[place]))
				return &kind->fields[place];
		}
	}
	return NULL;
}

static void add_name(struct serving *serving, const char *name)
{
	serving->names = arena_grow(serving->arena, serving->names, serving->count,
				    &serving->capacity, sizeof(*serving->names));
	serving->names[serving->count++] = name;
}

static void add_fields_of(struct serving *serving, const struct kind *kind)
{
	for (size_t i = 0; i < kind->field_count; i++) {
		const struct field *field = &kind->fields[i];
		const char *name = arena_printf(serving->arena, "event_%s", field->name);
		if (template_may_show(field) && !is_listed(serving, name) &&
		    protected_field(serving, field->name) == NULL)
			add_name(serving, name);
	}
}

void serving_find_names(struct serving *serving)
{
	const struct ruleset *ruleset = serving->ruleset;
	for (size_t i = 0; item_names[i] != NULL; i++)
		add_name(serving, item_names[i]);
	for (size_t i = 0; ruleset != NULL && i < ruleset->count; i++) {
		const struct rule *rule = &ruleset->rules[i];
		for (size_t j = 0;
		     template_serves(rule, serving->name) && j < anchor_kind_count(rule); j++)
			add_fields_of(serving, anchor_kind(rule, j));
	}
	for (size_t i = 0; ruleset != NULL && chain_role_at(ruleset->chain, i) != NULL; i++)
		add_name(serving, arena_printf(serving->arena, "as_%s",
					       chain_role_at(ruleset->chain, i)->name));
	add_name(serving, NULL);
}

static bool serves_any(const struct serving *serving)
{
	const struct ruleset *ruleset = serving->ruleset;
	for (size_t i = 0; ruleset != NULL && i < ruleset->count; i++)
		if (template_serves(&ruleset->rules[i], serving->name))
			return true;
	return false;
}

char *serving_refuse(void *arg, const char *name)
{
	static const char prefix[] = "event_";
	const struct serving *serving = arg;
	/* An office that has neither the rule nor the role may leave the shipped words where they
	 * are. */
	if (strncmp(name, "as_", 3) == 0 && !serves_any(serving))
		return xstrdup("");
	if (strncmp(name, prefix, strlen(prefix)) != 0)
		return NULL;
	const struct field *field = protected_field(serving, name + strlen(prefix));
	if (field == NULL)
		return xasprintf("unknown name \"%s\": no event that the rule rests on has an open "
				 "field \"%s\"",
				 name, name + strlen(prefix));
	if (field->class != CLASS_OPEN)
		return xasprintf(
		    "the field \"%s\" is of class \"%s\" and may stand in no letter: only "
		    "open ones may",
		    field->name, field_class_name(field->class));
	return xasprintf("the field \"%s\" is a %s: a letter can show dates, ids and texts",
			 field->name, field_type_name(field->type));
}
