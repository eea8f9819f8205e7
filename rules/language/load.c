/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * One rule: which keys it has, when it starts, comes again and is due. load_files.c reads the files
 * that rules stand in, load_step.c the steps, load_more.c what holds a deadline back, and
 * load_names.c says what the names in conditions mean. What they all read with is below them, in
 * load_read.c.
 */
#include "rules/language/load.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "rules/base/hash.h"
#include "rules/conf/confread.h"
#include "rules/facts/facts.h"
#include "rules/language/load_own.h"
#include "rules/language/sees.h"

static const struct conf_key rule_keys[] = {
	{ "name", CONF_TEXT, true },
	{ "title", CONF_TEXT, true },
	{ "title_en", CONF_TEXT, false },
	{ "subject", CONF_TEXT, true },
	{ "was", CONF_TEXT, false },
	{ "starts", CONF_TEXT_OR_TEXTS, false },
	{ "starts_all", CONF_TEXT_OR_TEXTS, false },
	{ "yearly", CONF_TEXT_OR_TEXTS, false },
	{ "weekly", CONF_TEXT_OR_TEXTS, false },
	{ "restart", CONF_FLAG, false },
	{ "from", CONF_TEXT, false },
	{ "agreed", CONF_TEXT_OR_TEXTS, false },
	{ "if", CONF_TEXT, false },
	{ "while", CONF_TEXT, false },
	{ "due", CONF_TEXT_OR_TEXTS, false },
	{ "adjust", CONF_TEXT, false },
	{ "done", CONF_TEXT_OR_TEXTS, false },
	{ "cancels", CONF_TEXT_OR_TEXTS, false },
	{ "ends_with", CONF_TEXT, false },
	{ "repeat", CONF_TEXT, false },
	{ "every", CONF_TEXT, false },
	{ "per_key", CONF_FLAG, false },
	{ "pausable", CONF_FLAG, false },
	{ "early", CONF_TEXT, false },
	{ "throttle", CONF_TEXT, false },
	{ "hidden_by", CONF_TEXT_OR_TEXTS, false },
	{ "after_close", CONF_FLAG, false },
	{ "final", CONF_FLAG, false },
	{ "put_off", CONF_TEXT, false },
	{ "insist", CONF_FLAG, false },
	{ "also", CONF_TEXT_OR_TEXTS, false },
	{ "also_if", CONF_TEXT, false },
	{ "mode", CONF_TEXT, false },
	{ "reply", CONF_TEXT, false },
	{ "catch_up", CONF_TEXT, false },
	{ "accept", CONF_TEXT_OR_TEXTS, false },
	{ "steps", CONF_GROUPS, true },
	{ NULL, CONF_TEXT, false },
};

#define RULE_KEYS (sizeof(rule_keys) / sizeof(rule_keys[0]))
_Static_assert(RULE_KEYS <= LOAD_KEYS_MOST, "an override has room for all keys");

void load_override_keys(struct conf_key keys[LOAD_KEYS_MOST])
{
	for (size_t i = 0; i < RULE_KEYS; i++) {
		keys[i] = rule_keys[i];
		keys[i].required = false;
	}
	keys[0] = (struct conf_key){ "override", CONF_TEXT, true };
}

static bool kind_fits(const struct loading *loading, const struct kind *kind)
{
	if (kind->subject == loading->rule->subject || kind->subject == SUBJECT_ANY)
		return true;
	return loading->rule->subject == SUBJECT_PROGRAMME && kind->subject == SUBJECT_CASE;
}

static void refuse_kind(const struct loading *loading, const char *key, const char *name)
{
	size_t count = 0;
	while (chain_kind_at(loading->chain, count) != NULL)
		count++;
	const char **names = arena_alloc(loading->arena, (count + 1) * sizeof(*names));
	for (size_t i = 0; i < count; i++)
		names[i] = chain_kind_at(loading->chain, i)->name;
	load_problem(loading, key,
		     arena_printf(loading->arena, "unknown kind of event \"%s\"", name));
	problem_hint(loading->problems, name, names, NULL);
}

static void check_kind_key(const struct loading *loading, const char *key,
			   const struct kind_ref *ref)
{
	const char *const *codes = ref->kind->key_codes;
	if (ref->kind->key == KEY_NONE) {
		load_problem(loading, key,
			     arena_printf(loading->arena, "\"%s\" has no key to narrow it by",
					  ref->kind->name));
		return;
	}
	for (size_t i = 0; codes != NULL && codes[i] != NULL; i++)
		if (strcmp(codes[i], ref->key) == 0)
			return;
	if (codes == NULL)
		return;
	load_problem(
	    loading, key,
	    arena_printf(loading->arena, "\"%s\" is no key of \"%s\"", ref->key, ref->kind->name));
	problem_hint(loading->problems, ref->key, codes,
		     arena_printf(loading->arena, "it may be \"%s\"", codes[0]));
}

/* "report.delivered", "report.delivered[tertial]" or "fulfilled:plan-review". */
static void load_kind(const struct loading *loading, const char *key, const char *text,
		      struct kind_ref *ret)
{
	size_t length = strcspn(text, "[");
	char *name = arena_strndup(loading->arena, text, length);
	size_t rest = strlen(text + length);
	bool of_rule = load_names_a_rule(name);
	ret->kind = of_rule ? load_fulfilled(loading, name) : chain_kind(loading->chain, name);
	ret->key = NULL;
	if (rest > 2 && text[length + rest - 1] == ']')
		ret->key = arena_strndup(loading->arena, text + length + 1, rest - 2);
	else if (rest != 0)
		load_problem(loading, key,
			     arena_printf(loading->arena,
					  "\"%s\": a key stands in brackets after the kind: "
					  "\"report.delivered[tertial]\"",
					  text));
	if (ret->kind == NULL) {
		refuse_kind(loading, key, name);
		return;
	}
	if (!of_rule && !kind_fits(loading, ret->kind))
		load_problem(loading, key,
			     arena_printf(loading->arena,
					  "\"%s\" is about a %s, and this rule about a %s", name,
					  subject_type_name(ret->kind->subject),
					  subject_type_name(loading->rule->subject)));
	if (ret->key != NULL)
		check_kind_key(loading, key, ret);
}

static struct kind_ref *load_kinds(const struct loading *loading, const char *key,
				   size_t *ret_count)
{
	size_t count = confread_text_count(load_group(loading, key), key);
	struct kind_ref *refs = arena_alloc(loading->arena, (count + 1) * sizeof(*refs));
	for (size_t i = 0; i < count; i++)
		load_kind(loading, key, confread_text_at(load_group(loading, key), key, i),
			  &refs[i]);
	const config_setting_t *setting = config_setting_get_member(load_group(loading, key), key);
	if (setting != NULL && config_setting_is_aggregate(setting) &&
	    config_setting_length(setting) == 0)
		load_problem(loading, key, "no kind of event is named");
	*ret_count = count;
	return refs;
}

/* A date field, of the kind itself or one that the fold adds (facts.h). */
static bool is_date_field(const struct kind *kind, const char *field)
{
	int place = kind_field(kind, field);
	if (place >= 0)
		return kind->fields[place].type == FIELD_DATE;
	return facts_derives_date(kind, field);
}

static void load_from(const struct loading *loading, struct rule *rule)
{
	rule->from =
	    arena_strdup(loading->arena, confread_text(load_group(loading, "from"), "from"));
	for (size_t i = 0; rule->from != NULL && i < rule->starts_count; i++) {
		const struct kind *kind = rule->starts[i].kind;
		if (kind != NULL && !is_date_field(kind, rule->from))
			load_problem(loading, "from",
				     arena_printf(loading->arena, "\"%s\" has no date field \"%s\"",
						  kind->name, rule->from));
	}
}

static bool any_has_date(const struct kind_ref *refs, size_t count, const char *field)
{
	for (size_t i = 0; i < count; i++)
		if (refs[i].kind != NULL && is_date_field(refs[i].kind, field))
			return true;
	return false;
}

/* "review_on": of what starts or renews; "plan.amended.review_on": of that kind. */
static void load_agreed_one(const struct loading *loading, const struct rule *rule,
			    const char *text, struct agreed_ref *ret)
{
	const char *dot = strrchr(text, '.');
	ret->field = arena_strdup(loading->arena, dot == NULL ? text : dot + 1);
	ret->kind = NULL;
	if (dot == NULL) {
		if (!any_has_date(rule->starts, rule->starts_count, text) &&
		    !any_has_date(rule->done, rule->done_count, text))
			load_problem(
			    loading, "agreed",
			    arena_printf(loading->arena,
					 "no kind in starts or done has a date field \"%s\"",
					 text));
		return;
	}
	char *name = arena_strndup(loading->arena, text, (size_t)(dot - text));
	ret->kind = chain_kind(loading->chain, name);
	if (ret->kind == NULL)
		load_problem(loading, "agreed",
			     arena_printf(loading->arena, "unknown kind of event \"%s\"", name));
	else if (!kind_fits(loading, ret->kind))
		load_problem(loading, "agreed",
			     arena_printf(loading->arena,
					  "\"%s\" is about a %s, and this rule about a %s", name,
					  subject_type_name(ret->kind->subject),
					  subject_type_name(rule->subject)));
	else if (!is_date_field(ret->kind, ret->field))
		load_problem(loading, "agreed",
			     arena_printf(loading->arena, "\"%s\" has no date field \"%s\"", name,
					  ret->field));
}

static void load_agreed(const struct loading *loading, struct rule *rule)
{
	rule->agreed_count = confread_text_count(load_group(loading, "agreed"), "agreed");
	rule->agreed =
	    arena_alloc(loading->arena, (rule->agreed_count + 1) * sizeof(*rule->agreed));
	for (size_t i = 0; i < rule->agreed_count; i++)
		load_agreed_one(loading, rule,
				confread_text_at(load_group(loading, "agreed"), "agreed", i),
				&rule->agreed[i]);
}

/* One due date, or a list of them, each later than the one before on every day of two years. */
static void load_due(const struct loading *loading, struct rule *rule)
{
	const config_setting_t *group = load_group(loading, "due");
	rule->due_count = confread_text_count(group, "due");
	rule->dues = arena_alloc(loading->arena, (rule->due_count + 1) * sizeof(*rule->dues));
	for (size_t i = 0; i < rule->due_count; i++)
		load_length_of(loading, "due", confread_text_at(group, "due", i), &rule->dues[i]);
	for (size_t i = 1; i < rule->due_count; i++)
		if (!load_is_later(loading, &rule->dues[i - 1], &rule->dues[i]))
			load_problem(loading, "due",
				     "of several each must lie after the one before: write "
				     "\"P1M\", \"P3M\", \"P1Y\"");
	if (rule->due_count > 0)
		rule->due = rule->dues[0];
}

/* Told already; what comes of it is not worth a word. */
static bool is_no_offset(const struct loading *loading, const char *key)
{
	const char *text = confread_text_at(load_group(loading, key), key, 0);
	struct offset offset;
	return text != NULL && offset_parse(text, &offset) != 0;
}

static void load_repeat(const struct loading *loading, struct rule *rule)
{
	static const char *const words[] = { "rolling", "fixed", "grid", NULL };
	int word = load_word(loading, "repeat", words);
	rule->repeat = word < 0 ? REPEAT_NONE : (enum repeat)(word + 1);
	if (word >= 0 && rule->due_count > 1)
		load_problem(loading, "repeat",
			     "a list of due comes again as it says, and no more");
	if (rule->due_count > 1) {
		rule->repeat = REPEAT_FIXED;
		return;
	}
	rule->every = rule->due;
	load_offset(loading, "every", &rule->every);
	if (confread_text(load_group(loading, "every"), "every") != NULL &&
	    rule->repeat != REPEAT_FIXED && rule->repeat != REPEAT_GRID)
		load_problem(loading, "every", "it goes with repeat = \"fixed\" or \"grid\" only");
	if (rule->repeat == REPEAT_NONE)
		return;
	/* a fixed one goes on by time alone */
	if (rule->done_count == 0 && rule->repeat != REPEAT_FIXED)
		load_problem(loading, "repeat",
			     "it counts from when it was done: write done, what fulfils it");
	const struct offset *pace = rule->repeat == REPEAT_ROLLING ? &rule->due : &rule->every;
	if (is_no_offset(loading, "due") || is_no_offset(loading, "every"))
		return;
	if (offset_is_zero(pace) || offset_is_negative(pace))
		load_problem(loading, "repeat",
			     "it would come again at once: give due or every a length above zero");
}

/* Nobody can say on which day the number of overdue deadlines changes by itself. */
static void refuse_overdue(const struct loading *loading, const char *key,
			   const struct condition *condition)
{
	const int *slots;
	size_t count = condition == NULL ? 0 : condition_slots(condition, &slots);
	for (size_t i = 0; i < count; i++)
		if (loading->rule->subject == SUBJECT_PROGRAMME &&
		    slots[i] == facts_find(SUBJECT_PROGRAMME, "overdue_deadlines"))
			load_problem(loading, key,
				     "overdue_deadlines can stand in if only: it is counted on the "
				     "day that starts a deadline; write a rule with weekly and if");
}

static struct condition *load_condition(const struct loading *loading, const char *key,
					const struct condition_names *names)
{
	const char *text = confread_text(load_group(loading, key), key);
	return text == NULL
		   ? NULL
		   : condition_parse(text, names, loading->arena, load_file_of(loading, key),
				     confread_line(load_group(loading, key), key),
				     loading->problems);
}

static void load_conditions(const struct loading *loading, struct rule *rule)
{
	struct condition_names of_if, of_while;
	load_names_of_if(loading, rule, &of_if);
	load_names_of_while(loading, rule, &of_while);
	rule->if_ = load_condition(loading, "if", &of_if);
	rule->while_ = load_condition(loading, "while", &of_while);
	rule->also_if = load_condition(loading, "also_if", &of_while);
	refuse_overdue(loading, "while", rule->while_);
	refuse_overdue(loading, "also_if", rule->also_if);
}

static void load_name(const struct loading *loading, const struct ruleset *ruleset,
		      struct rule *rule)
{
	const char *name = confread_text(load_group(loading, "name"), "name");
	rule->name = arena_strdup(loading->arena, name == NULL ? "" : name);
	rule->title =
	    arena_strdup(loading->arena, confread_text(load_group(loading, "title"), "title"));
	rule->title_en = arena_strdup(loading->arena,
				      confread_text(load_group(loading, "title_en"), "title_en"));
	if (name != NULL && !load_name_is_plain(name))
		load_problem(loading, "name",
			     "write it in small letters a-z, digits and hyphens, at most 40");
	for (size_t i = 0; name != NULL && i < ruleset->count; i++)
		if (strcmp(ruleset->rules[i].name, name) == 0)
			load_problem(loading, "name",
				     arena_printf(loading->arena,
						  "there is a rule \"%s\" already, at %s:%d", name,
						  ruleset->rules[i].file, ruleset->rules[i].line));
}

void load_rule(struct loading *loading, struct ruleset *ruleset, struct rule *rule)
{
	static const char *const subjects[] = { "case", "programme", NULL };
	static const char *const adjusts[] = { "none", "following", "preceding", "statutory",
					       NULL };
	confread_keys(loading->group, rule_keys, loading->file, loading->problems);
	loading->rule = rule;
	rule->index = (int)ruleset->count;
	rule->file = loading->file;
	rule->line = confread_line(load_group(loading, "name"), "name");
	rule->version = confread_version(loading->group);
	if (loading->own != NULL)
		rule->version = hash_number(rule->version, confread_version(loading->own));
	load_places(loading, rule);
	load_name(loading, ruleset, rule);
	rule->subject =
	    load_word(loading, "subject", subjects) == 1 ? SUBJECT_PROGRAMME : SUBJECT_CASE;
	bool all =
	    config_setting_get_member(load_group(loading, "starts_all"), "starts_all") != NULL;
	rule->starts = load_kinds(loading, all ? "starts_all" : "starts", &rule->starts_count);
	rule->done = load_kinds(loading, "done", &rule->done_count);
	rule->cancels = load_kinds(loading, "cancels", &rule->cancels_count);
	rule->restart = confread_flag(load_group(loading, "restart"), "restart", true);
	rule->per_key = confread_flag(load_group(loading, "per_key"), "per_key", false);
	rule->pausable = confread_flag(load_group(loading, "pausable"), "pausable", false);
	load_from(loading, rule);
	load_due(loading, rule);
	int adjust = load_word(loading, "adjust", adjusts);
	rule->adjust = adjust < 0 ? ADJUST_NONE : (enum adjust)adjust;
	load_repeat(loading, rule);
	load_beginning(loading, rule);
	load_more(loading, rule);
	load_agreed(loading, rule);
	load_conditions(loading, rule);
	load_steps(loading, rule);
}
