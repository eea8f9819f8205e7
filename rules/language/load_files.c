/* SPDX-License-Identifier: EUPL-1.2 */
/* Rule files: the outer shape. Which files, which rules, and an office's own keys beside the
 * shipped ones; a rule itself is read by load.c. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "rules/base/hash.h"
#include "rules/conf/confread.h"
#include "rules/language/load.h"
#include "rules/language/load_own.h"
#include "rules/language/sees.h"

static const struct conf_key root_keys[] = {
	{ "rules", CONF_GROUPS, false },
	{ "disable", CONF_TEXT_OR_TEXTS, false },
	{ NULL, CONF_TEXT, false },
};

/* A rule as it stands in a file, before anything is made of it. */
struct written {
	const config_setting_t *group;
	const char *file;
	const char *overrides; /* the name of the rule whose keys these are; NULL: a rule */
	bool used;
};

/* What all files say, while they are read. */
struct parsed_files {
	struct config_t *configs;
	size_t config_count;
	struct written *written;
	size_t count, capacity;
	struct {
		const char *name, *file;
		int line;
		bool used;
	} * disabled;
	size_t disabled_count, disabled_capacity;
	struct unknown_roles unknown_roles;
};

static void read_disabled(struct parsed_files *parsed, const config_setting_t *root,
			  const char *file)
{
	for (size_t i = 0; i < confread_text_count(root, "disable"); i++) {
		parsed->disabled =
		    array_grow(parsed->disabled, parsed->disabled_count, &parsed->disabled_capacity,
			       sizeof(*parsed->disabled));
		parsed->disabled[parsed->disabled_count].name =
		    confread_text_at(root, "disable", i);
		parsed->disabled[parsed->disabled_count].file = file;
		parsed->disabled[parsed->disabled_count].used = false;
		parsed->disabled[parsed->disabled_count++].line = confread_line(root, "disable");
	}
}

static void read_file(struct parsed_files *parsed, const struct source *source, struct arena *arena,
		      struct problems *problems)
{
	struct config_t *config = &parsed->configs[parsed->config_count];
	if (confread_open(config, source->text, source->length, source->file, problems) != 0)
		return;
	parsed->config_count++;
	const config_setting_t *root = config_root_setting(config);
	const char *file = arena_strdup(arena, source->file);
	confread_keys(root, root_keys, file, problems);
	read_disabled(parsed, root, file);
	const config_setting_t *list = config_setting_get_member(root, "rules");
	for (int i = 0;
	     list != NULL && config_setting_is_list(list) && i < config_setting_length(list); i++) {
		const config_setting_t *group = config_setting_get_elem(list, (unsigned int)i);
		if (!config_setting_is_group(group))
			continue;
		parsed->written = array_grow(parsed->written, parsed->count, &parsed->capacity,
					     sizeof(*parsed->written));
		parsed->written[parsed->count++] =
		    (struct written){ group, file, confread_text(group, "override"), false };
	}
}

static const struct written *find_own(struct parsed_files *parsed, const char *name,
				      struct problems *problems)
{
	const struct written *own = NULL;
	for (size_t i = 0; name != NULL && i < parsed->count; i++) {
		struct written *each = &parsed->written[i];
		if (each->overrides == NULL || strcmp(each->overrides, name) != 0)
			continue;
		if (own != NULL)
			problem_add(problems, each->file, confread_line(each->group, "override"),
				    "override: \"%s\" is overridden at %s:%d already", name,
				    own->file, confread_line(own->group, "override"));
		own = own == NULL ? each : own;
		each->used = true;
	}
	return own;
}

static bool is_disabled(struct parsed_files *parsed, const char *name)
{
	bool disabled = false;
	for (size_t i = 0; name != NULL && i < parsed->disabled_count; i++) {
		if (strcmp(parsed->disabled[i].name, name) != 0)
			continue;
		parsed->disabled[i].used = true;
		disabled = true;
	}
	return disabled;
}

/* The same rule as it ships, only to see what is wrong with it by itself. */
static void find_shipped_mistakes(const struct loading *loading, struct ruleset *ruleset,
				  struct problems *ret)
{
	struct unknown_roles roles = { NULL, 0, 0 };
	struct rule rule = { .name = NULL };
	struct loading alone = *loading;
	alone.own = NULL;
	alone.own_file = NULL;
	alone.problems = ret;
	alone.unknown_roles = &roles;
	load_rule(&alone, ruleset, &rule);
	free(roles.list);
}

static void load_with_own(struct loading *loading, struct ruleset *ruleset, struct rule *rule)
{
	struct conf_key keys[LOAD_KEYS_MOST];
	struct problems shipped = PROBLEMS_NONE;
	size_t before = loading->problems->count;
	load_override_keys(keys);
	confread_keys(loading->own, keys, loading->own_file, loading->problems);
	load_rule(loading, ruleset, rule);
	if (loading->problems->count > before) {
		find_shipped_mistakes(loading, ruleset, &shipped);
		load_blame_own(loading, before, &shipped);
	}
	problems_clear(&shipped);
}

/* A rule that is disabled is read all the same, so that its mistakes show. */
static void load_written(struct parsed_files *parsed, const struct written *written,
			 struct ruleset *ruleset, size_t *capacity, struct problems *problems)
{
	const char *name = confread_text(written->group, "name");
	const struct written *own = find_own(parsed, name, problems);
	struct loading loading = { .chain = ruleset->chain,
				   .calendar = ruleset->calendar,
				   .arena = ruleset->arena,
				   .ruleset = ruleset,
				   .problems = problems,
				   .file = written->file,
				   .group = written->group,
				   .own = own == NULL ? NULL : own->group,
				   .own_file = own == NULL ? NULL : own->file,
				   .unknown_roles = &parsed->unknown_roles };
	ruleset->rules = array_grow(ruleset->rules, ruleset->count, capacity, sizeof(struct rule));
	struct rule *rule = &ruleset->rules[ruleset->count];
	memset(rule, 0, sizeof(*rule));
	if (own != NULL)
		load_with_own(&loading, ruleset, rule);
	else
		load_rule(&loading, ruleset, rule);
	if (is_disabled(parsed, name))
		ruleset->disabled[ruleset->disabled_count++] = rule->name;
	else
		ruleset->count++;
}

static void complain_of_unused(const struct parsed_files *parsed, struct problems *problems)
{
	for (size_t i = 0; i < parsed->count; i++)
		if (parsed->written[i].overrides != NULL && !parsed->written[i].used)
			problem_add(problems, parsed->written[i].file,
				    confread_line(parsed->written[i].group, "override"),
				    "override: there is no rule \"%s\"",
				    parsed->written[i].overrides);
	for (size_t i = 0; i < parsed->disabled_count; i++)
		if (!parsed->disabled[i].used)
			problem_add(problems, parsed->disabled[i].file, parsed->disabled[i].line,
				    "disable: there is no rule \"%s\"", parsed->disabled[i].name);
}

static void load_files(const struct source *files, size_t count, struct ruleset *ruleset,
		       struct problems *problems)
{
	size_t capacity = 0;
	struct parsed_files parsed = { .configs = xcalloc(count, sizeof(struct config_t)) };
	for (size_t i = 0; i < count; i++)
		read_file(&parsed, &files[i], ruleset->arena, problems);
	ruleset->disabled =
	    arena_alloc(ruleset->arena, (parsed.count + 1) * sizeof(*ruleset->disabled));
	for (size_t i = 0; i < parsed.count; i++)
		if (parsed.written[i].overrides == NULL)
			load_written(&parsed, &parsed.written[i], ruleset, &capacity, problems);
	complain_of_unused(&parsed, problems);
	load_tell_unknown_roles(ruleset, &parsed.unknown_roles, problems);
	for (size_t i = 0; i < parsed.config_count; i++)
		config_destroy(&parsed.configs[i]);
	free(parsed.configs);
	free(parsed.written);
	free(parsed.disabled);
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
	ruleset->version_text = arena_printf(ruleset->arena, "%016" PRIx64, version);
}

struct ruleset *load_rules(const struct source *files, size_t count, const struct chain *chain,
			   const struct calendar *calendar, struct problems *problems)
{
	size_t before = problems->count;
	struct arena *arena = arena_new();
	struct ruleset *ruleset = arena_alloc(arena, sizeof(*ruleset));
	*ruleset = (struct ruleset){ .arena = arena, .chain = chain, .calendar = calendar };
	load_files(files, count, ruleset, problems);
	settle(ruleset);
	load_across(ruleset, problems);
	load_care(ruleset);
	sees_derive(ruleset);
	if (problems->count == before)
		return ruleset;
	ruleset_free(ruleset);
	return NULL;
}
