/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Reads chain.conf into a chain. Everything is copied, the parsed file is not kept. All mistakes
 * are told; with one of them there is no chain.
 */
#include <string.h>

#include "rules/kinds/chain_own.h"

static const struct conf_key top_keys[] = {
	{ "stages", CONF_GROUPS, true }, { "first", CONF_TEXT_OR_TEXTS, true },
	{ "roles", CONF_GROUPS, true },  { "lists", CONF_GROUPS, true },
	{ "kinds", CONF_GROUPS, false }, { NULL, CONF_TEXT, false },
};

static const struct conf_key stage_keys[] = {
	{ "name", CONF_TEXT, true },
	{ "title", CONF_TEXT, true },
	{ "cost_per_day", CONF_NUMBER, false },
	{ "moves", CONF_TEXT_OR_TEXTS, true },
	{ NULL, CONF_TEXT, false },
};

static const struct conf_key role_keys[] = {
	{ "name", CONF_TEXT, true },         { "title", CONF_TEXT, true },
	{ "title_en", CONF_TEXT, false },    { "group", CONF_TEXT, false },
	{ "group_en", CONF_TEXT, false },    { "on_case", CONF_FLAG, false },
	{ "opens_cases", CONF_FLAG, false }, { NULL, CONF_TEXT, false },
};

static const struct conf_key list_keys[] = {
	{ "name", CONF_TEXT, true },
	{ "codes", CONF_GROUPS, true },
	{ NULL, CONF_TEXT, false },
};

static const struct conf_key code_keys[] = {
	{ "name", CONF_TEXT, true },
	{ "title", CONF_TEXT, true },
	{ NULL, CONF_TEXT, false },
};

static void complain_twice(struct parsing *parsing, const config_setting_t *group, const char *what,
			   const char *name)
{
	problem_add(parsing->problems, parsing->file, confread_line(group, "name"),
		    "the %s \"%s\" stands twice: each name once", what, name);
}

/*
 * A text or list of texts that must be names from `known`, as an array ended by NULL. Unknown
 * and repeated ones are told and left out.
 */
static const char **read_names(struct parsing *parsing, const config_setting_t *group,
			       const char *key, const char *what, const char *const *known)
{
	size_t count = confread_text_count(group, key), used = 0;
	const char **names = arena_alloc(parsing->chain->arena, (count + 1) * sizeof(*names));
	for (size_t i = 0; i < count; i++) {
		const char *name = confread_text_at(group, key, i);
		int line = confread_line(group, key);
		if (chain_is_among(name, names)) {
			problem_add(parsing->problems, parsing->file, line,
				    "\"%s\" stands twice in \"%s\": once is enough", name, key);
		} else if (chain_is_among(name, known)) {
			names[used++] = arena_strdup(parsing->chain->arena, name);
		} else {
			problem_add(parsing->problems, parsing->file, line,
				    "unknown %s \"%s\" in \"%s\"", what, name, key);
			problem_hint(parsing->problems, name, known, "it must be one of this file");
		}
	}
	return names;
}

/* Takes the rows of "codes", or those of stages and roles, as a list with that name. */
static void read_codes(struct parsing *parsing, const config_setting_t *parent, const char *key,
		       const struct conf_key *keys, const char *what, struct code_list *ret)
{
	struct arena *arena = parsing->chain->arena;
	size_t count = chain_group_count(parent, key);
	chain_check_size(parsing, parent, key, 1);
	struct code *codes = arena_alloc(arena, (count + 1) * sizeof(*codes));
	const char **names = arena_alloc(arena, (count + 1) * sizeof(*names));
	ret->codes = codes;
	ret->names = names;
	for (size_t i = 0; i < count; i++) {
		const config_setting_t *group = chain_group_at(parent, key, i);
		confread_keys(group, keys, parsing->file, parsing->problems);
		struct code code = { chain_read_name(parsing, group, false),
				     chain_read_words(parsing, group, "title") };
		if (code.name == NULL)
			continue;
		if (chain_is_among(code.name, ret->names)) {
			complain_twice(parsing, group, what, code.name);
			continue;
		}
		names[ret->count] = code.name;
		codes[ret->count++] = code;
	}
}

static struct code_list *add_list(struct chain *chain, const char *name)
{
	struct code_list *list = &chain->lists[chain->list_count++];
	list->name = name;
	return list;
}

static void read_lists(struct parsing *parsing)
{
	struct chain *chain = parsing->chain;
	size_t count = chain_group_count(parsing->root, "lists");
	chain_check_size(parsing, parsing->root, "lists", 0);
	/* Room for the fixed ones, "stage", "role" and "kind" too. */
	chain->lists = arena_alloc(chain->arena, (count + 16) * sizeof(*chain->lists));
	for (const struct code_list *fixed = chain_fixed_lists; fixed->name != NULL; fixed++)
		chain->lists[chain->list_count++] = *fixed;
	read_codes(parsing, parsing->root, "stages", stage_keys, "stage", add_list(chain, "stage"));
	read_codes(parsing, parsing->root, "roles", role_keys, "role", add_list(chain, "role"));
	for (size_t i = 0; i < count; i++) {
		const config_setting_t *group = chain_group_at(parsing->root, "lists", i);
		confread_keys(group, list_keys, parsing->file, parsing->problems);
		const char *name = chain_read_name(parsing, group, false);
		bool known = chain_find_list(chain, name) != NULL ||
			     (name != NULL && strcmp(name, "kind") == 0);
		if (known)
			problem_add(parsing->problems, parsing->file, confread_line(group, "name"),
				    "there is a list \"%s\" already: choose another name", name);
		struct code_list spare = { .name = NULL };
		read_codes(parsing, group, "codes", code_keys, "code",
			   known || name == NULL ? &spare : add_list(chain, name));
	}
}

static void require_list(struct parsing *parsing, const char *name)
{
	if (config_setting_get_member(parsing->root, "lists") != NULL &&
	    chain_find_list(parsing->chain, name) == NULL)
		problem_add(parsing->problems, parsing->file, confread_line(parsing->root, "lists"),
			    "the list \"%s\" is missing: events of the core need it", name);
}

/* Is the list's row made from this group? (A row with a wrong or repeated name has none.) */
static const struct code *code_of(const struct code_list *list, const config_setting_t *group)
{
	const char *name = confread_text(group, "name");
	for (size_t i = 0; name != NULL && i < list->count; i++)
		if (strcmp(list->codes[i].name, name) == 0)
			return &list->codes[i];
	return NULL;
}

static void read_stage(struct parsing *parsing, const config_setting_t *group,
		       const struct code_list *list)
{
	struct chain *chain = parsing->chain;
	const struct code *code = code_of(list, group);
	if (code == NULL || chain->stage_count == list->count)
		return;
	struct stage *stage = &chain->stages[chain->stage_count];
	stage->name = code->name;
	stage->title = code->title;
	stage->line = confread_line(group, "name");
	stage->rank = (int)chain->stage_count++;
	stage->cost_per_day = confread_number(group, "cost_per_day", 0);
	if (stage->cost_per_day < 0 || stage->cost_per_day > 100000000)
		problem_add(parsing->problems, parsing->file, confread_line(group, "cost_per_day"),
			    "\"cost_per_day\" must be whole öre, from 0 to 100000000");
	stage->moves = read_names(parsing, group, "moves", "stage", list->names);
	if (chain_is_among(stage->name, stage->moves))
		problem_add(parsing->problems, parsing->file, confread_line(group, "moves"),
			    "\"%s\" moves to itself: name the stages one may go on or back to",
			    stage->name);
}

static void read_stages(struct parsing *parsing)
{
	struct chain *chain = parsing->chain;
	const struct code_list *list = chain_find_list(chain, "stage");
	chain->stages = arena_alloc(chain->arena, (list->count + 1) * sizeof(*chain->stages));
	for (size_t i = 0; i < chain_group_count(parsing->root, "stages"); i++)
		read_stage(parsing, chain_group_at(parsing->root, "stages", i), list);
	chain->first = read_names(parsing, parsing->root, "first", "stage", list->names);
	if (config_setting_get_member(parsing->root, "first") != NULL && chain->first[0] == NULL)
		problem_add(parsing->problems, parsing->file, confread_line(parsing->root, "first"),
			    "\"first\" names no stage: at least one is needed to begin in");
}

static void read_roles(struct parsing *parsing)
{
	struct chain *chain = parsing->chain;
	const struct code_list *list = chain_find_list(chain, "role");
	chain->roles = arena_alloc(chain->arena, (list->count + 1) * sizeof(*chain->roles));
	for (size_t i = 0; i < chain_group_count(parsing->root, "roles"); i++) {
		const config_setting_t *group = chain_group_at(parsing->root, "roles", i);
		const struct code *code = code_of(list, group);
		if (code == NULL || chain->role_count == list->count)
			continue;
		struct role *role = &chain->roles[chain->role_count];
		role->name = code->name;
		role->title = code->title;
		role->title_en = chain_read_words(parsing, group, "title_en");
		role->group = chain_read_words(parsing, group, "group");
		role->group_en = chain_read_words(parsing, group, "group_en");
		role->on_case = confread_flag(group, "on_case", false);
		role->opens_cases = confread_flag(group, "opens_cases", false);
		role->order = (int)chain->role_count++;
	}
}

struct chain *chain_parse(const char *text, const char *file, struct problems *problems)
{
	struct config_t config;
	size_t before = problems->count;
	if (confread_open(&config, text, strlen(text), file, problems) != 0)
		return NULL;
	struct arena *arena = arena_new();
	struct parsing parsing = { .chain = arena_alloc(arena, sizeof(struct chain)),
				   .file = file,
				   .problems = problems,
				   .root = config_root_setting(&config) };
	parsing.chain->arena = arena;
	parsing.chain->version = confread_version(parsing.root);
	confread_keys(parsing.root, top_keys, file, problems);
	read_lists(&parsing);
	require_list(&parsing, "task");
	require_list(&parsing, "outcome");
	read_stages(&parsing);
	read_roles(&parsing);
	chain_read_kinds(&parsing);
	config_destroy(&config);
	if (problems->count == before)
		return parsing.chain;
	arena_free(arena);
	return NULL;
}
