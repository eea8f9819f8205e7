/* SPDX-License-Identifier: EUPL-1.2 */
/* See check.h. Keys of a rule that have no effect beside others, and what only the whole shows. */
#include "rules/check/check.h"

#include <string.h>

#include "rules/check/check_own.h"

/* --- kinds ----------------------------------------------------------------------------------- */

static const char *written(const struct checking *checking, const struct kind_ref *ref)
{
	return ref->key == NULL
		   ? ref->kind->name
		   : arena_printf(checking->arena, "%s[%s]", ref->kind->name, ref->key);
}

static bool covers(const struct kind_ref *wide, const struct kind_ref *narrow)
{
	if (wide->kind != narrow->kind)
		return false;
	return wide->key == NULL || (narrow->key != NULL && strcmp(wide->key, narrow->key) == 0);
}

static void check_list(const struct checking *checking, const struct rule *rule, const char *key,
		       const struct kind_ref *refs, size_t count)
{
	for (size_t i = 0; i < count; i++)
		for (size_t j = 0; j < count; j++) {
			bool same = covers(&refs[i], &refs[j]) && covers(&refs[j], &refs[i]);
			if (i == j || !covers(&refs[i], &refs[j]) || (same && j < i))
				continue;
			check_tell(checking, rule, key, "\"%s\" %s", written(checking, &refs[j]),
				   same ? "stands here twice"
					: "is in it already: the kind stands here without a key");
		}
}

static void check_kinds(const struct checking *checking, const struct rule *rule)
{
	check_list(checking, rule, rule->starts_all ? "starts_all" : "starts", rule->starts,
		   rule->starts_count);
	check_list(checking, rule, "done", rule->done, rule->done_count);
	check_list(checking, rule, "cancels", rule->cancels, rule->cancels_count);
	/* of a last day by law: in time it fulfils, too late it ends the matter all the same */
	for (size_t i = 0; !rule->final && i < rule->cancels_count; i++)
		for (size_t j = 0; j < rule->done_count; j++)
			if (covers(&rule->done[j], &rule->cancels[i]))
				check_tell(checking, rule, "cancels",
					   "\"%s\" stands in done too: does it fulfil the "
					   "deadline, or end it?",
					   written(checking, &rule->cancels[i]));
	if (rule->starts_all && rule->starts_count == 1)
		check_tell(checking, rule, "starts_all",
			   "it names one kind only: that is what starts is for");
}

/* --- keys without an effect ------------------------------------------------------------------ */

static bool has_key(const struct rule *rule, const char *key)
{
	for (size_t i = 0; i < rule->place_count; i++)
		if (strcmp(rule->places[i].key, key) == 0)
			return true;
	return false;
}

/* Of the keys that only mean something when an event starts the rule. */
static void check_dated(const struct checking *checking, const struct rule *rule)
{
	static const char *const useless[] = { "from", "restart", "throttle" };
	for (size_t i = 0; rule_is_dated(rule) && i < sizeof(useless) / sizeof(useless[0]); i++)
		if (has_key(rule, useless[i]))
			check_tell(checking, rule, useless[i],
				   "it has no effect: no event starts a rule that is %s",
				   rule->weekly != 0 ? "weekly" : "yearly");
	for (size_t i = 0; i < rule->yearly_count; i++)
		for (size_t j = 0; j < i; j++)
			if (rule->yearly[i].month == rule->yearly[j].month &&
			    rule->yearly[i].day == rule->yearly[j].day)
				check_tell(checking, rule, "yearly", "%02d-%02d stands here twice",
					   rule->yearly[i].month, rule->yearly[i].day);
}

static bool starts_have_keys(const struct rule *rule)
{
	for (size_t i = 0; i < rule->starts_count; i++)
		if (rule->starts[i].kind->key != KEY_NONE)
			return true;
	return false;
}

static void check_key(const struct checking *checking, const struct rule *rule)
{
	if (rule->per_key && !starts_have_keys(rule))
		check_tell(checking, rule, "per_key",
			   "it has no effect: no kind in starts has a key");
}

static void check_pause(const struct checking *checking, const struct rule *rule)
{
	if (rule->pausable && rule->subject == SUBJECT_PROGRAMME)
		check_tell(checking, rule, "pausable", "it has no effect: only cases are paused");
}

/* What several steps share is caught up on; one step that comes once is never two. */
static void check_catch_up(const struct checking *checking, const struct rule *rule)
{
	bool now = rule->step_count > 0;
	for (size_t i = 0; i < rule->step_count; i++)
		now = now && rule->steps[i].time == STEP_NOW;
	bool single = rule->step_count == 1 && !rule->steps[0].repeats;
	if (rule->catch_up == CATCH_UP_ALL && single)
		check_tell(checking, rule, "catch_up",
			   "\"all\" has no effect: there is one step, and it comes once");
	if (rule->catch_up == CATCH_UP_SKIP && now)
		check_tell(checking, rule, "catch_up",
			   "\"skip\" has no effect: a step with time = \"now\" is never passed");
}

/* Roughly, for lengths that are far apart: a month is at most 31 days and at least 28. */
static int days_most(const struct offset *offset)
{
	return offset->months * 31 + offset->days + offset->workdays * 4;
}

static int days_least(const struct offset *offset)
{
	return offset->months * 28 + offset->days + offset->workdays;
}

/* The longest pause between two occurrences, in days; 0: it does not come again by time. */
static int pace_most(const struct rule *rule)
{
	if (rule->weekly != 0)
		return 7;
	if (rule->yearly_count == 1)
		return 366;
	return rule->repeat == REPEAT_FIXED && rule->due_count <= 1 ? days_most(&rule->every) : 0;
}

static void check_early(const struct checking *checking, const struct rule *rule)
{
	struct offset early = { -rule->early.months, -rule->early.days, -rule->early.workdays,
				rule->early.in_workdays };
	int pace = pace_most(rule);
	if (rule->has_early && pace > 0 && days_least(&early) > pace)
		check_tell(checking, rule, "early",
			   "it is longer than the time between two occurrences: the one before "
			   "would fulfil the next as well");
}

static void check_hidden(const struct checking *checking, const struct rule *rule)
{
	for (size_t i = 0; i < rule->hidden_count; i++)
		for (size_t j = 0; j < i; j++)
			if (strcmp(rule->hidden_names[i], rule->hidden_names[j]) == 0)
				check_tell(checking, rule, "hidden_by", "\"%s\" stands here twice",
					   rule->hidden_names[i]);
}

/* Nobody should have a last day by law without having said so. */
static void check_final(const struct checking *checking, const struct rule *rule)
{
	if (rule->final && !has_key(rule, "final"))
		check_tell(checking, rule, "adjust",
			   "\"statutory\" makes this a last day by law, which nothing fulfils "
			   "afterwards: write final = true and in cancels what ends the matter, or "
			   "final = false");
}

/* What accepts nothing would hide what comes later. */
static void check_accept(const struct checking *checking, const struct rule *rule)
{
	struct key_place place = rule_place(rule, "accept");
	for (size_t i = 0; i < rule->accept_count; i++)
		if (!checking->accepted[i])
			problem_add(checking->problems, place.file, place.line,
				    "accept: there is no such remark, \"%s\": take it away",
				    rule->accept[i]);
}

static void check_rule(struct checking *checking, const struct rule *rule)
{
	checking->accepted =
	    arena_alloc(checking->arena, (rule->accept_count + 1) * sizeof(*checking->accepted));
	check_kinds(checking, rule);
	check_conditions(checking, rule);
	check_dated(checking, rule);
	check_key(checking, rule);
	check_pause(checking, rule);
	check_catch_up(checking, rule);
	check_early(checking, rule);
	check_hidden(checking, rule);
	check_final(checking, rule);
	check_steps(checking, rule);
	check_accept(checking, rule);
}

/* --- the whole ------------------------------------------------------------------------------- */

static bool is_watched(const struct checking *checking, const char *stage)
{
	for (size_t i = 0; i < checking->ruleset->count; i++)
		if (check_watches_stage(checking, &checking->ruleset->rules[i], stage))
			return true;
	return false;
}

/* Where rules tell stages apart, each stage should be in one of them. */
static void check_stages(const struct checking *checking, const char *chain_file)
{
	const struct ruleset *ruleset = checking->ruleset;
	const struct stage *stage;
	bool any = false;
	for (size_t i = 0; i < ruleset->count; i++)
		any = any || check_reads_stage(&ruleset->rules[i]);
	for (size_t i = 0; any && (stage = chain_stage_at(ruleset->chain, i)) != NULL; i++)
		if (!is_watched(checking, stage->name))
			problem_add(checking->problems, chain_file, stage->line,
				    "no rule watches the stage \"%s\": name it in the if or the "
				    "while of one, as other stages are",
				    stage->name);
}

void check_rules(const struct ruleset *ruleset, const char *chain_file, struct problems *problems)
{
	struct checking checking = { ruleset, arena_new(), problems, NULL };
	for (size_t i = 0; i < ruleset->count; i++)
		check_rule(&checking, &ruleset->rules[i]);
	check_stages(&checking, chain_file);
	arena_free(checking.arena);
}
