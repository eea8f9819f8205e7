/*
 * Rule files: the outer shape. Which files, which rules, which keys of a rule; load_step.c reads
 * the steps and load_names.c says what the names in conditions mean.
 */
#include "rules/load.h"

#include <stdlib.h>
#include <string.h>

#include "rules/confread.h"
#include "rules/load_parts.h"

static const struct conf_key root_keys[] = {
	{ "rules", CONF_GROUPS, true },
	{ NULL, CONF_TEXT, false },
};

static const struct conf_key rule_keys[] = {
	{ "name", CONF_TEXT, true },
	{ "title", CONF_TEXT, true },
	{ "subject", CONF_TEXT, true },
	{ "starts", CONF_TEXT_OR_TEXTS, true },
	{ "restart", CONF_FLAG, false },
	{ "from", CONF_TEXT, false },
	{ "agreed", CONF_TEXT_OR_TEXTS, false },
	{ "if", CONF_TEXT, false },
	{ "while", CONF_TEXT, false },
	{ "due", CONF_TEXT, false },
	{ "adjust", CONF_TEXT, false },
	{ "done", CONF_TEXT_OR_TEXTS, false },
	{ "cancels", CONF_TEXT_OR_TEXTS, false },
	{ "repeat", CONF_TEXT, false },
	{ "every", CONF_TEXT, false },
	{ "per_key", CONF_FLAG, false },
	{ "pausable", CONF_FLAG, false },
	{ "catch_up", CONF_TEXT, false },
	{ "steps", CONF_GROUPS, true },
	{ NULL, CONF_TEXT, false },
};

void load_problem(const struct loading *loading, const char *key, const char *text)
{
	problem_add(loading->problems, loading->file, confread_line(loading->group, key), "%s: %s",
		    key, text);
}

/* One of a few words; its place in `words`, or -1 after complaining. */
int load_word(const struct loading *loading, const char *key, const char *const *words)
{
	const char *text = confread_text(loading->group, key);
	for (int i = 0; text != NULL && words[i] != NULL; i++)
		if (strcmp(words[i], text) == 0)
			return i;
	if (text == NULL)
		return -1;
	char *all = arena_strdup(loading->arena, words[0]);
	for (int i = 1; words[i] != NULL; i++)
		all = arena_printf(loading->arena, "%s, %s", all, words[i]);
	load_problem(loading, key, arena_printf(loading->arena, "\"%s\" is not one of: %s", text, all));
	return -1;
}

void load_offset(const struct loading *loading, const char *key, struct offset *ret)
{
	const char *text = confread_text(loading->group, key);
	if (text != NULL && offset_parse(text, ret) != 0)
		load_problem(loading, key,
			     arena_printf(loading->arena,
					  "\"%s\" is not an offset: write \"P3M\", \"-P14D\" or "
					  "\"2 workdays\"",
					  text));
}

/* A name of letters, digits and hyphens, as files, letters and tables use it. */
bool load_name_is_plain(const char *name)
{
	size_t length = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-");
	return length > 0 && length <= 40 && name[length] == '\0';
}

static bool kind_fits(const struct loading *loading, const struct kind *kind)
{
	if (kind->subject == loading->rule->subject || kind->subject == SUBJECT_ANY)
		return true;
	return loading->rule->subject == SUBJECT_PROGRAMME && kind->subject == SUBJECT_CASE;
}

static const char *nearest_kind(const struct loading *loading, const char *name)
{
	const struct kind *kind;
	const char **names = arena_alloc(loading->arena, 1000 * sizeof(*names));
	for (size_t i = 0; i < 999 && (kind = chain_kind_at(loading->chain, i)) != NULL; i++)
		names[i] = kind->name;
	return problem_nearest(name, names);
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
	const char *near = problem_nearest(ref->key, codes);
	load_problem(loading, key,
		     arena_printf(loading->arena, "\"%s\" is no key of \"%s\": %s \"%s\"%s", ref->key,
				  ref->kind->name, near == NULL ? "it may be" : "did you mean",
				  near == NULL ? codes[0] : near, near == NULL ? "" : "?"));
}

/* "report.delivered" or "report.delivered[tertial]". */
static void load_kind(const struct loading *loading, const char *key, const char *text,
		      struct kind_ref *ret)
{
	size_t length = strcspn(text, "[");
	char *name = arena_strndup(loading->arena, text, length);
	size_t rest = strlen(text + length);
	ret->kind = chain_kind(loading->chain, name);
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
		const char *near = nearest_kind(loading, name);
		load_problem(loading, key,
			     near == NULL ?
				     arena_printf(loading->arena, "unknown kind of event \"%s\"", name) :
				     arena_printf(loading->arena,
						  "unknown kind of event \"%s\": did you mean \"%s\"?",
						  name, near));
		return;
	}
	if (!kind_fits(loading, ret->kind))
		load_problem(loading, key,
			     arena_printf(loading->arena,
					  "\"%s\" is about a %s, and this rule about a %s", name,
					  subject_type_name(ret->kind->subject),
					  subject_type_name(loading->rule->subject)));
	if (ret->key != NULL)
		check_kind_key(loading, key, ret);
}

static struct kind_ref *load_kinds(const struct loading *loading, const char *key, size_t *ret_count)
{
	size_t count = confread_text_count(loading->group, key);
	struct kind_ref *refs = arena_alloc(loading->arena, (count + 1) * sizeof(*refs));
	for (size_t i = 0; i < count; i++)
		load_kind(loading, key, confread_text_at(loading->group, key, i), &refs[i]);
	const config_setting_t *setting = config_setting_get_member(loading->group, key);
	if (setting != NULL && config_setting_is_aggregate(setting) &&
	    config_setting_length(setting) == 0)
		load_problem(loading, key, "no kind of event is named");
	*ret_count = count;
	return refs;
}

/* A date field, of the kind itself or one that the fold adds (due_early, due_latest). */
bool load_is_date_field(const struct kind *kind, const char *field)
{
	int place = kind_field(kind, field);
	if (place >= 0)
		return kind->fields[place].type == FIELD_DATE;
	return strcmp(kind->name, "rent.charged") == 0 &&
	       (strcmp(field, "due_early") == 0 || strcmp(field, "due_latest") == 0);
}

static void load_from(const struct loading *loading, struct rule *rule)
{
	rule->from = arena_strdup(loading->arena, confread_text(loading->group, "from"));
	for (size_t i = 0; rule->from != NULL && i < rule->starts_count; i++) {
		const struct kind *kind = rule->starts[i].kind;
		if (kind != NULL && !load_is_date_field(kind, rule->from))
			load_problem(loading, "from",
				     arena_printf(loading->arena, "\"%s\" has no date field \"%s\"",
						  kind->name, rule->from));
	}
}

static bool any_has_date(const struct kind_ref *refs, size_t count, const char *field)
{
	for (size_t i = 0; i < count; i++)
		if (refs[i].kind != NULL && load_is_date_field(refs[i].kind, field))
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
			load_problem(loading, "agreed",
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
			     arena_printf(loading->arena, "\"%s\" is about a %s, and this rule about a %s",
					  name, subject_type_name(ret->kind->subject),
					  subject_type_name(rule->subject)));
	else if (!load_is_date_field(ret->kind, ret->field))
		load_problem(loading, "agreed",
			     arena_printf(loading->arena, "\"%s\" has no date field \"%s\"", name,
					  ret->field));
}

static void load_agreed(const struct loading *loading, struct rule *rule)
{
	rule->agreed_count = confread_text_count(loading->group, "agreed");
	rule->agreed = arena_alloc(loading->arena, (rule->agreed_count + 1) * sizeof(*rule->agreed));
	for (size_t i = 0; i < rule->agreed_count; i++)
		load_agreed_one(loading, rule, confread_text_at(loading->group, "agreed", i),
				&rule->agreed[i]);
}

static void load_repeat(const struct loading *loading, struct rule *rule)
{
	static const char *const words[] = { "rolling", "fixed", NULL };
	int word = load_word(loading, "repeat", words);
	rule->repeat = word == 0 ? REPEAT_ROLLING : word == 1 ? REPEAT_FIXED : REPEAT_NONE;
	rule->every = rule->due;
	load_offset(loading, "every", &rule->every);
	if (confread_text(loading->group, "every") != NULL && word != 1)
		load_problem(loading, "every", "it goes with repeat = \"fixed\" only");
	if (word < 0)
		return;
	if (rule->done_count == 0)
		load_problem(loading, "repeat", "a deadline that repeats needs done: what fulfils it");
	const struct offset *pace = rule->repeat == REPEAT_FIXED ? &rule->every : &rule->due;
	if (offset_is_zero(pace) || offset_is_negative(pace))
		load_problem(loading, "repeat",
			     "it would come again at once: give due or every a length above zero");
}

static void load_conditions(const struct loading *loading, struct rule *rule)
{
	const char *text = confread_text(loading->group, "if");
	struct condition_names names;
	if (text != NULL) {
		load_names_of_if(loading, rule, &names);
		rule->if_ = condition_parse(text, &names, loading->arena, loading->file,
					    confread_line(loading->group, "if"), loading->problems);
	}
	text = confread_text(loading->group, "while");
	if (text != NULL) {
		load_names_of_while(loading, rule, &names);
		rule->while_ = condition_parse(text, &names, loading->arena, loading->file,
					       confread_line(loading->group, "while"),
					       loading->problems);
	}
}

static void load_name(const struct loading *loading, const struct ruleset *ruleset, struct rule *rule)
{
	const char *name = confread_text(loading->group, "name");
	rule->name = arena_strdup(loading->arena, name == NULL ? "" : name);
	rule->title = arena_strdup(loading->arena, confread_text(loading->group, "title"));
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

static void load_rule(struct loading *loading, struct ruleset *ruleset, struct rule *rule)
{
	static const char *const subjects[] = { "case", "programme", NULL };
	static const char *const adjusts[] = { "none", "following", "preceding", "statutory", NULL };
	static const char *const catch_ups[] = { "latest", NULL };
	confread_keys(loading->group, rule_keys, loading->file, loading->problems);
	loading->rule = rule;
	rule->index = (int)ruleset->count;
	rule->file = loading->file;
	rule->line = confread_line(loading->group, "name");
	rule->version = confread_version(loading->group);
	load_name(loading, ruleset, rule);
	rule->subject = load_word(loading, "subject", subjects) == 1 ? SUBJECT_PROGRAMME : SUBJECT_CASE;
	rule->starts = load_kinds(loading, "starts", &rule->starts_count);
	rule->done = load_kinds(loading, "done", &rule->done_count);
	rule->cancels = load_kinds(loading, "cancels", &rule->cancels_count);
	rule->restart = confread_flag(loading->group, "restart", true);
	rule->per_key = confread_flag(loading->group, "per_key", false);
	rule->pausable = confread_flag(loading->group, "pausable", false);
	load_from(loading, rule);
	load_offset(loading, "due", &rule->due);
	int adjust = load_word(loading, "adjust", adjusts);
	rule->adjust = adjust < 0 ? ADJUST_NONE : (enum adjust)adjust;
	load_word(loading, "catch_up", catch_ups);
	load_repeat(loading, rule);
	load_agreed(loading, rule);
	load_conditions(loading, rule);
	load_steps(loading, rule);
}

static void load_file(const struct source *source, struct ruleset *ruleset, size_t *capacity,
		      struct problems *problems)
{
	struct config_t config;
	if (confread_open(&config, source->text, source->length, source->file, problems) != 0)
		return;
	const config_setting_t *root = config_root_setting(&config);
	confread_keys(root, root_keys, source->file, problems);
	const config_setting_t *list = config_setting_get_member(root, "rules");
	if (list != NULL && config_setting_is_list(list)) {
		struct loading loading = { .chain = ruleset->chain, .calendar = ruleset->calendar,
					   .arena = ruleset->arena, .problems = problems,
					   .file = arena_strdup(ruleset->arena, source->file) };
		for (int i = 0; i < config_setting_length(list); i++) {
			const config_setting_t *group =
			    config_setting_get_elem(list, (unsigned int)i);
			if (!config_setting_is_group(group))
				continue;
			ruleset->rules = array_grow(ruleset->rules, ruleset->count, capacity,
						    sizeof(struct rule));
			struct rule *rule = &ruleset->rules[ruleset->count];
			memset(rule, 0, sizeof(*rule));
			loading.group = group;
			load_rule(&loading, ruleset, rule);
			ruleset->count++;
		}
	}
	config_destroy(&config);
}

/* Rules grow in an array of their own; at the end they move into the arena with all the rest. */
static void settle(struct ruleset *ruleset)
{
	struct rule *grown = ruleset->rules;
	ruleset->rules = arena_alloc(ruleset->arena, (ruleset->count + 1) * sizeof(struct rule));
	if (ruleset->count > 0)
		memcpy(ruleset->rules, grown, ruleset->count * sizeof(struct rule));
	free(grown);
	uint64_t version = hash_number(hash_number(HASH_START, chain_version(ruleset->chain)),
				       calendar_version(ruleset->calendar));
	for (size_t i = 0; i < ruleset->count; i++)
		version = hash_number(version, ruleset->rules[i].version);
	ruleset->version = version;
}

struct ruleset *load_rules(const struct source *files, size_t count, const struct chain *chain,
			   const struct calendar *calendar, struct problems *problems)
{
	size_t before = problems->count, capacity = 0;
	struct arena *arena = arena_new();
	struct ruleset *ruleset = arena_alloc(arena, sizeof(*ruleset));
	*ruleset = (struct ruleset){ .arena = arena, .chain = chain, .calendar = calendar };
	for (size_t i = 0; i < count; i++)
		load_file(&files[i], ruleset, &capacity, problems);
	settle(ruleset);
	if (problems->count == before)
		return ruleset;
	ruleset_free(ruleset);
	return NULL;
}
