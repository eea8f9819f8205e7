/* SPDX-License-Identifier: EUPL-1.2 */
/* Looking things up in a ruleset; load.c makes one. */
#include "rules/language/ruleset.h"

#include <string.h>

void ruleset_free(struct ruleset *ruleset)
{
	if (ruleset != NULL)
		arena_free(ruleset->arena);
}

const struct rule *ruleset_find(const struct ruleset *ruleset, const char *name)
{
	for (size_t i = 0; i < ruleset->count; i++)
		if (strcmp(ruleset->rules[i].name, name) == 0)
			return &ruleset->rules[i];
	return NULL;
}

bool ruleset_is_disabled(const struct ruleset *ruleset, const char *name)
{
	for (size_t i = 0; i < ruleset->disabled_count; i++)
		if (strcmp(ruleset->disabled[i], name) == 0)
			return true;
	return false;
}

const struct care *ruleset_care(const struct ruleset *ruleset, bool is_open, bool was_opened)
{
	const struct care *care = was_opened ? &ruleset->closed : &ruleset->never_opened;
	return is_open || care->count == 0 ? NULL : care;
}

const struct step *rule_step(const struct rule *rule, const char *name)
{
	for (size_t i = 0; i < rule->step_count; i++)
		if (strcmp(rule->steps[i].name, name) == 0)
			return &rule->steps[i];
	return NULL;
}

const char *rule_title(const struct rule *rule, const char *language)
{
	bool english = strcmp(language, "en") == 0 && rule->title_en != NULL;
	return english ? rule->title_en : rule->title;
}

struct key_place rule_place(const struct rule *rule, const char *key)
{
	for (size_t i = 0; i < rule->place_count; i++)
		if (strcmp(rule->places[i].key, key) == 0)
			return rule->places[i];
	return (struct key_place){ key, rule->file, rule->line };
}

bool kind_ref_matches(const struct kind_ref *refs, size_t count, const struct event *event)
{
	for (size_t i = 0; i < count; i++)
		if (refs[i].kind == event->kind &&
		    (refs[i].key == NULL || strcmp(refs[i].key, event->key) == 0))
			return true;
	return false;
}

static bool is_named(const struct kind_ref *refs, size_t count, const struct kind *kind,
		     const struct event *event)
{
	for (size_t i = 0; i < count; i++)
		if (event == NULL ? refs[i].kind == kind : kind_ref_matches(&refs[i], 1, event))
			return true;
	return false;
}

static bool names(const struct rule *rule, const struct kind *kind, const struct event *event)
{
	for (size_t i = 0; i < rule->agreed_count; i++)
		if (rule->agreed[i].kind == kind)
			return true;
	return is_named(rule->starts, rule->starts_count, kind, event) ||
	       is_named(rule->done, rule->done_count, kind, event) ||
	       is_named(rule->cancels, rule->cancels_count, kind, event);
}

bool rule_names_kind(const struct rule *rule, const struct kind *kind)
{
	return names(rule, kind, NULL);
}

bool rule_names_event(const struct rule *rule, const struct event *event)
{
	return names(rule, event->kind, event);
}

bool rule_is_serious(const struct rule *rule)
{
	for (size_t i = 0; i < rule->step_count; i++)
		if (rule->steps[i].urgent != URGENT_NO)
			return true;
	return false;
}

bool rule_is_dated(const struct rule *rule)
{
	return rule->yearly_count > 0 || rule->weekly != 0;
}

date rule_due(const struct rule *rule, int later, date anchor, const struct calendar *calendar)
{
	if (rule->due_count > 1 && rule_has_due(rule, later))
		return offset_apply(&rule->dues[later], anchor, calendar);
	return offset_apply_repeated(&rule->due, &rule->every, later, anchor, calendar);
}

bool rule_has_due(const struct rule *rule, int later)
{
	return rule->due_count <= 1 || (later >= 0 && (size_t)later < rule->due_count);
}

bool rule_comes_again(const struct rule *rule)
{
	return rule->repeat == REPEAT_FIXED || rule_is_dated(rule);
}

bool rule_has_day(const struct rule *rule, date day)
{
	int year, month, of_month;
	if ((rule->weekly & (1u << date_weekday(day))) != 0)
		return true;
	date_to_ymd(day, &year, &month, &of_month);
	for (size_t i = 0; i < rule->yearly_count; i++)
		if (rule->yearly[i].month == month && rule->yearly[i].day == of_month)
			return true;
	return false;
}

date rule_day_beside(const struct rule *rule, date from, int step)
{
	date day = from + step;
	for (int i = 0; i < 367 && !rule_has_day(rule, day); i++)
		day += step;
	return day;
}
