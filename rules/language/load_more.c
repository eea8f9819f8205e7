/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The keys of a rule beyond its plain course: starts of another shape (starts_all, yearly,
 * weekly), and what holds a deadline back or keeps it going (early, throttle, hidden_by,
 * after_close, final, put_off, catch_up, insist, also, mode, was, reply).
 */
#include <string.h>

#include "rules/conf/confread.h"
#include "rules/language/load_own.h"

static const char *const weekdays[] = { "mon", "tue", "wed", "thu", "fri", "sat", "sun", NULL };

static void load_yearly(const struct loading *loading, struct rule *rule)
{
	size_t count = confread_text_count(load_group(loading, "yearly"), "yearly");
	rule->yearly = arena_alloc(loading->arena, (count + 1) * sizeof(*rule->yearly));
	for (size_t i = 0; i < count; i++) {
		const char *text = confread_text_at(load_group(loading, "yearly"), "yearly", i);
		date day = DATE_NONE;
		int year;
		struct day_of_year *each = &rule->yearly[rule->yearly_count];
		/* a day that is not in every year would leave years without a deadline */
		if (date_parse(arena_printf(loading->arena, "2001-%s", text), &day) != 0) {
			load_problem(
			    loading, "yearly",
			    arena_printf(loading->arena,
					 "\"%s\" is not a day of every year: write \"04-30\"",
					 text));
			continue;
		}
		date_to_ymd(day, &year, &each->month, &each->day);
		rule->yearly_count++;
	}
}

static void load_weekly(const struct loading *loading, struct rule *rule)
{
	for (size_t i = 0; i < confread_text_count(load_group(loading, "weekly"), "weekly"); i++) {
		const char *text = confread_text_at(load_group(loading, "weekly"), "weekly", i);
		unsigned day = 0;
		while (weekdays[day] != NULL && strcmp(weekdays[day], text) != 0)
			day++;
		if (weekdays[day] == NULL)
			load_problem(
			    loading, "weekly",
			    arena_printf(loading->arena,
					 "\"%s\" is not a weekday: write mon, tue, wed, thu, "
					 "fri, sat or sun",
					 text));
		else
			rule->weekly |= 1u << (day + 1);
	}
}

static bool has(const struct loading *loading, const char *key)
{
	return config_setting_get_member(load_group(loading, key), key) != NULL;
}

/* A rule begins in one way. */
void load_beginning(const struct loading *loading, struct rule *rule)
{
	static const char *const ways[] = { "starts", "starts_all", "yearly", "weekly" };
	int count = 0;
	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++)
		count += has(loading, ways[i]);
	if (count != 1)
		problem_add(loading->problems, loading->file,
			    confread_line(load_group(loading, "name"), "name"),
			    count == 0
				? "nothing starts this rule: give it starts, starts_all, yearly "
				  "or weekly"
				: "a rule has only one of starts, starts_all, yearly and weekly");
	load_yearly(loading, rule);
	load_weekly(loading, rule);
	rule->starts_all = has(loading, "starts_all");
	if (rule_is_dated(rule) && rule->due_count > 1)
		load_problem(loading, "due", "yearly and weekly have one due date each time");
	else if (rule_is_dated(rule) && rule->repeat != REPEAT_NONE)
		load_problem(loading, "repeat", "yearly and weekly come again by themselves");
	if (rule_is_dated(rule) && rule->per_key)
		load_problem(loading, "per_key", "yearly and weekly have no key");
}

static bool load_length(const struct loading *loading, const char *key, struct offset *ret)
{
	if (!has(loading, key))
		return false;
	size_t before = loading->problems->count;
	load_offset(loading, key, ret);
	if (loading->problems->count == before && (offset_is_zero(ret) || offset_is_negative(ret)))
		load_problem(loading, key, "write a length above zero, such as \"P30D\"");
	return loading->problems->count == before;
}

static void load_reply(const struct loading *loading, struct rule *rule)
{
	const char *text = confread_text(load_group(loading, "reply"), "reply");
	if (text == NULL)
		return;
	rule->reply = chain_kind(loading->chain, text);
	for (size_t i = 0; rule->reply != NULL && i < rule->done_count; i++)
		if (rule->done[i].kind == rule->reply)
			return;
	load_problem(loading, "reply",
		     "it is one of the kinds in done: what \"klar\" in an answer records");
}

static void load_hidden(const struct loading *loading, struct rule *rule)
{
	rule->hidden_count = confread_text_count(load_group(loading, "hidden_by"), "hidden_by");
	rule->hidden_names =
	    arena_alloc(loading->arena, (rule->hidden_count + 1) * sizeof(*rule->hidden_names));
	rule->hidden_by =
	    arena_alloc(loading->arena, (rule->hidden_count + 1) * sizeof(*rule->hidden_by));
	for (size_t i = 0; i < rule->hidden_count; i++)
		rule->hidden_names[i] =
		    arena_strdup(loading->arena, confread_text_at(load_group(loading, "hidden_by"),
								  "hidden_by", i));
}

/* What moves as a term of the law is one, unless the rule says otherwise. */
static void load_final(const struct loading *loading, struct rule *rule)
{
	bool by_adjust = rule->adjust == ADJUST_STATUTORY;
	rule->final = confread_flag(load_group(loading, "final"), "final", by_adjust);
	if (rule->final && has(loading, "final") && rule->cancels_count == 0)
		load_problem(loading, "final",
			     "what comes too late leaves it open: name in cancels what ends the "
			     "matter on any day");
}

/* The condition is read where all of them are. */
static void load_also(const struct loading *loading, struct rule *rule)
{
	size_t count = confread_text_count(load_group(loading, "also"), "also");
	rule->also = arena_alloc(loading->arena, (count + 1) * sizeof(*rule->also));
	for (size_t i = 0; i < count; i++) {
		const char *name = confread_text_at(load_group(loading, "also"), "also", i);
		const struct role *role = chain_role(loading->chain, name);
		rule->also[rule->also_count] = role;
		if (role != NULL) {
			rule->also_count++;
			continue;
		}
		load_unknown_role(loading, "also", name);
	}
	if (has(loading, "also") && !has(loading, "also_if"))
		load_problem(loading, "also",
			     "also_if is missing: who is always told stands in to or cc of a step");
	if (has(loading, "also_if") && !has(loading, "also"))
		load_problem(loading, "also_if", "also is missing: name the roles that are told");
}

/* Which remarks there are is known to rules/check/ only. */
static void load_accept(const struct loading *loading, struct rule *rule)
{
	const config_setting_t *group = load_group(loading, "accept");
	size_t count = confread_text_count(group, "accept");
	rule->accept = arena_alloc(loading->arena, (count + 1) * sizeof(*rule->accept));
	for (size_t i = 0; i < count; i++) {
		const char *text = confread_text_at(group, "accept", i);
		if (*text == '\0')
			load_problem(loading, "accept",
				     "write the remark of rules check, or the middle of it");
		rule->accept[rule->accept_count++] = arena_strdup(loading->arena, text);
	}
}

void load_more(const struct loading *loading, struct rule *rule)
{
	static const char *const catch_ups[] = { "latest", "all", "skip", NULL };
	static const char *const modes[] = { "normal", "shadow", NULL };
	int catch_up = load_word(loading, "catch_up", catch_ups);
	rule->catch_up = catch_up < 0 ? CATCH_UP_LATEST : (enum catch_up)catch_up;
	rule->shadow = load_word(loading, "mode", modes) == 1;
	rule->insist = confread_flag(load_group(loading, "insist"), "insist", false);
	rule->after_close = confread_flag(load_group(loading, "after_close"), "after_close", false);
	rule->has_throttle = load_length(loading, "throttle", &rule->throttle);
	rule->has_early = load_length(loading, "early", &rule->early);
	rule->has_put_off = load_length(loading, "put_off", &rule->put_off);
	if (rule->has_early && rule->done_count == 0)
		load_problem(loading, "early", "without done there is nothing to fulfil early");
	rule->early.months = -rule->early.months;
	rule->early.days = -rule->early.days;
	rule->early.workdays = -rule->early.workdays;
	rule->was = arena_strdup(loading->arena, confread_text(load_group(loading, "was"), "was"));
	if (rule->was != NULL && !load_name_is_plain(rule->was))
		load_problem(loading, "was", "write the older name of this rule");
	load_accept(loading, rule);
	load_also(loading, rule);
	load_final(loading, rule);
	load_ends_with(loading, rule);
	load_reply(loading, rule);
	load_hidden(loading, rule);
}

static void load_places_of(const struct loading *loading, const config_setting_t *group,
			   const char *file, struct rule *rule)
{
	for (int i = 0; i < config_setting_length(group); i++) {
		const config_setting_t *setting = config_setting_get_elem(group, (unsigned int)i);
		rule->places[rule->place_count++] =
		    (struct key_place){ arena_strdup(loading->arena, config_setting_name(setting)),
					file, (int)config_setting_source_line(setting) };
	}
}

/* An office's own keys come first, and so are found first. */
void load_places(const struct loading *loading, struct rule *rule)
{
	int own = loading->own == NULL ? 0 : config_setting_length(loading->own);
	size_t count = (size_t)config_setting_length(loading->group) + (size_t)own;
	rule->places = arena_alloc(loading->arena, (count + 1) * sizeof(*rule->places));
	if (loading->own != NULL)
		load_places_of(loading, loading->own, loading->own_file, rule);
	load_places_of(loading, loading->group, loading->file, rule);
}

/* --- what only shows when all rules are there --------------------------------------------- */

static struct rule *find(struct ruleset *ruleset, const char *name)
{
	return (struct rule *)(uintptr_t)ruleset_find(ruleset, name);
}

static void resolve_hidden(struct ruleset *ruleset, struct rule *rule, struct problems *problems)
{
	const char **names = arena_alloc(ruleset->arena, (ruleset->count + 1) * sizeof(*names));
	for (size_t i = 0; i < ruleset->count; i++)
		names[i] = ruleset->rules[i].name;
	for (size_t i = 0; i < rule->hidden_count; i++) {
		const struct rule *other = find(ruleset, rule->hidden_names[i]);
		rule->hidden_by[i] = other;
		if (other == NULL && ruleset_is_disabled(ruleset, rule->hidden_names[i]))
			continue; /* what does not run hides nothing */
		if (other == NULL) {
			struct key_place place = rule_place(rule, "hidden_by");
			problem_add(problems, place.file, place.line,
				    "hidden_by: unknown rule \"%s\"", rule->hidden_names[i]);
			problem_hint(problems, rule->hidden_names[i], names, NULL);
		} else if (other->subject != rule->subject) {
			problem_add(problems, rule->file, rule->line,
				    "hidden_by: \"%s\" is about a %s, this rule about a %s",
				    other->name, subject_type_name(other->subject),
				    subject_type_name(rule->subject));
		}
	}
}

/* Can `from` be reached from `rule` along hidden_by? */
static bool leads_to(const struct rule *rule, const struct rule *from, size_t depth)
{
	for (size_t i = 0; depth > 0 && i < rule->hidden_count; i++)
		if (rule->hidden_by[i] != NULL &&
		    (rule->hidden_by[i] == from || leads_to(rule->hidden_by[i], from, depth - 1)))
			return true;
	return false;
}

static struct care care_of(const struct chain *chain, const char *const roles[3])
{
	struct care care = { .copy = chain_role(chain, "unit_manager") };
	for (size_t i = 0; i < 3; i++) {
		const struct role *role = chain_role(chain, roles[i]);
		if (role != NULL)
			care.roles[care.count++] = role;
	}
	return care;
}

void load_care(struct ruleset *ruleset)
{
	static const char *const closed[3] = { "social_worker", "outreach_worker", "unit_manager" };
	static const char *const never[3] = { "outreach_worker", "social_worker", "unit_manager" };
	ruleset->closed = care_of(ruleset->chain, closed);
	ruleset->never_opened = care_of(ruleset->chain, never);
}

void load_across(struct ruleset *ruleset, struct problems *problems)
{
	for (size_t i = 0; i < ruleset->count; i++)
		resolve_hidden(ruleset, &ruleset->rules[i], problems);
	for (size_t i = 0; i < ruleset->count; i++) {
		struct rule *rule = &ruleset->rules[i];
		if (leads_to(rule, rule, 16))
			problem_add(
			    problems, rule->file, rule->line,
			    "hidden_by: this rule hides itself, by way of those that it names");
		const struct rule *old = rule->was == NULL ? NULL : find(ruleset, rule->was);
		if (old != NULL)
			problem_add(problems, rule->file, rule->line,
				    "was: there is a rule \"%s\" still, at %s:%d", rule->was,
				    old->file, old->line);
	}
	load_heard(ruleset, problems);
}
