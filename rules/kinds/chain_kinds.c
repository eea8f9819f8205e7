/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The kinds of events that an office adds in chain.conf. They have the shape of the core ones
 * and can do what those can, save that they cannot loosen the secrecy of a field: its class
 * follows from its type.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "rules/kinds/chain_own.h"

static const struct conf_key kind_keys[] = {
	{ "name", CONF_TEXT, true },
	{ "subject", CONF_TEXT, true },
	{ "key", CONF_TEXT, false },
	{ "key_means", CONF_TEXT, false },
	{ "key_codes", CONF_TEXTS, false },
	{ "fields", CONF_GROUPS, false },
	{ "may_lie_ahead", CONF_FLAG, false },
	{ "help", CONF_TEXT, true },
	{ "label", CONF_TEXT, true },
	{ "label_en", CONF_TEXT, false },
	{ NULL, CONF_TEXT, false },
};

static const struct conf_key field_keys[] = {
	{ "name", CONF_TEXT, true },      { "type", CONF_TEXT, true },
	{ "optional", CONF_FLAG, false }, { "codes", CONF_TEXT, false },
	{ "least", CONF_NUMBER, false },  { "most", CONF_NUMBER, false },
	{ "help", CONF_TEXT, true },      { NULL, CONF_TEXT, false },
};

/* Which of the words stands there? -1 where it is none of them, after telling so. */
static int read_choice(struct parsing *parsing, const config_setting_t *group, const char *key,
		       const char *const *words)
{
	const char *word = confread_text(group, key);
	if (word == NULL)
		return -1;
	for (int i = 0; words[i] != NULL; i++)
		if (strcmp(words[i], word) == 0)
			return i;
	char *known = xstrdup("");
	for (int i = 0; words[i] != NULL; i++) {
		char *longer = xasprintf("%s%s\"%s\"", known, i == 0 ? "" : ", ", words[i]);
		free(known);
		known = longer;
	}
	problem_add(parsing->problems, parsing->file, confread_line(group, key),
		    "unknown %s \"%s\": it must be one of %s", key, word, known);
	free(known);
	return -1;
}

static enum field_class class_of(enum field_type type, enum subject_type subject)
{
	switch (type) {
	case FIELD_DATE:
		return CLASS_OPEN;
	case FIELD_TEXT:
		return CLASS_SECRET;
	case FIELD_AMOUNT:
	case FIELD_COUNT:
	case FIELD_FLAG:
	case FIELD_CODE:
	case FIELD_ID:
	case FIELD_NUMBER:
		break;
	}
	return subject == SUBJECT_STAFF ? CLASS_STAFF : CLASS_CASE;
}

static const char *read_codes_of(struct parsing *parsing, const config_setting_t *group,
				 bool needed)
{
	const char *codes = confread_text(group, "codes");
	int line = confread_line(group, "codes");
	if (needed && codes == NULL)
		problem_add(parsing->problems, parsing->file, line,
			    "\"codes\" is missing: a field of type \"code\" names its list");
	if (!needed && codes != NULL)
		problem_add(parsing->problems, parsing->file, line,
			    "\"codes\" has no use here: only fields of type \"code\" have a list");
	if (!needed || codes == NULL)
		return NULL;
	const struct code_list *list = chain_find_list(parsing->chain, codes);
	if (list == NULL)
		problem_add(parsing->problems, parsing->file, line,
			    "unknown list \"%s\": add it under \"lists\"", codes);
	return list == NULL ? NULL : list->name;
}

/* Left out, a limit is that of the type. */
static void read_limits(struct parsing *parsing, const config_setting_t *group, struct field *field)
{
	const char *key = config_setting_get_member(group, "most") != NULL ? "most" : "least";
	int line = confread_line(group, key);
	int64_t least = 0, most = 0;
	if (config_setting_get_member(group, key) == NULL)
		return;
	if (!field_limits(field, &least, &most)) {
		problem_add(parsing->problems, parsing->file, line,
			    "\"%s\" has no use here: only amounts, counts and numbers have limits",
			    key);
		return;
	}
	field->least = confread_number(group, "least", least);
	field->most = confread_number(group, "most", most);
	if (field->least < 0 || field->most > FIELD_MOST)
		problem_add(parsing->problems, parsing->file, line,
			    "\"least\" and \"most\" lie from 0 to %" PRId64, FIELD_MOST);
	else if (field->least >= field->most)
		problem_add(parsing->problems, parsing->file, line,
			    "\"most\" is %" PRId64 ": it must be more than \"least\", %" PRId64,
			    field->most, field->least);
}

/* Words that already mean something where fields stand beside kind and subject. */
static void refuse_taken_name(struct parsing *parsing, const config_setting_t *group,
			      const char *name)
{
	static const char *const taken[] = { "kind", "subject", "key",    "at",    "source",
					     "data", "actor",   "events", "force", NULL };
	if (chain_is_among(name, taken))
		problem_add(parsing->problems, parsing->file, confread_line(group, "name"),
			    "a field cannot be called \"%s\": every event has that already", name);
}

static void read_field(struct parsing *parsing, const config_setting_t *group, struct kind *kind,
		       struct field *ret)
{
	const char *types[FIELD_NUMBER + 2] = { NULL };
	for (int i = FIELD_DATE; i <= FIELD_NUMBER; i++)
		types[i] = field_type_name((enum field_type)i);
	confread_keys(group, field_keys, parsing->file, parsing->problems);
	int type = read_choice(parsing, group, "type", types);
	ret->name = chain_read_name(parsing, group, false);
	ret->optional = confread_flag(group, "optional", false);
	ret->help = chain_read_words(parsing, group, "help");
	if (type >= 0) {
		ret->type = (enum field_type)type;
		ret->class = class_of(ret->type, kind->subject);
		ret->codes = read_codes_of(parsing, group, ret->type == FIELD_CODE);
		read_limits(parsing, group, ret);
	}
	if (ret->name != NULL)
		refuse_taken_name(parsing, group, ret->name);
}

/* As of the core's kinds: an event that names a programme may begin a case that was never opened.
 */
static void note_programme(struct kind *kind, struct field *fields)
{
	int place = kind_field(kind, "programme");
	if (!kind_names_programme(kind) || fields[place].type != FIELD_ID)
		return;
	fields[place].names = NAMES_PROGRAMME;
	kind->may_begin = kind->subject == SUBJECT_CASE;
}

static void read_fields(struct parsing *parsing, const config_setting_t *group, struct kind *kind)
{
	size_t count = chain_group_count(group, "fields");
	chain_check_size(parsing, group, "fields", 0);
	struct field *fields = arena_alloc(parsing->chain->arena, (count + 1) * sizeof(*fields));
	kind->fields = fields;
	for (size_t i = 0; i < count; i++) {
		const config_setting_t *row = chain_group_at(group, "fields", i);
		struct field *field = &fields[kind->field_count];
		read_field(parsing, row, kind, field);
		if (field->name == NULL)
			continue;
		if (kind_field(kind, field->name) >= 0)
			problem_add(parsing->problems, parsing->file, confread_line(row, "name"),
				    "the field \"%s\" stands twice: each name once", field->name);
		kind->field_count++;
	}
	note_programme(kind, fields);
}

static void read_key_codes(struct parsing *parsing, const config_setting_t *group,
			   struct kind *kind)
{
	size_t count = confread_text_count(group, "key_codes");
	const char **codes = arena_alloc(parsing->chain->arena, (count + 1) * sizeof(*codes));
	for (size_t i = 0; i < count; i++) {
		codes[i] =
		    arena_strdup(parsing->chain->arena, confread_text_at(group, "key_codes", i));
		struct problems faults = PROBLEMS_NONE;
		if (!id_check(codes[i], "", &faults))
			problem_add(parsing->problems, parsing->file,
				    confread_line(group, "key_codes"), "the key \"%s\" %s",
				    codes[i], faults.list[0].text);
		problems_clear(&faults);
	}
	kind->key_codes = count == 0 ? NULL : codes;
	if (count > 0 && kind->key == KEY_NONE)
		problem_add(parsing->problems, parsing->file, confread_line(group, "key_codes"),
			    "\"key_codes\" without a key: add key = \"required\"");
}

static void read_key(struct parsing *parsing, const config_setting_t *group, struct kind *kind)
{
	static const char *const rules[] = { "none", "allowed", "required", NULL };
	int key = read_choice(parsing, group, "key", rules);
	kind->key = key < 0 ? KEY_NONE : (enum key_rule)key;
	kind->key_means = chain_read_words(parsing, group, "key_means");
	if (kind->key == KEY_NONE && kind->key_means != NULL)
		problem_add(parsing->problems, parsing->file, confread_line(group, "key_means"),
			    "\"key_means\" without a key: add key = \"required\"");
	if (kind->key != KEY_NONE && kind->key_means == NULL)
		kind->key_means = "key";
	read_key_codes(parsing, group, kind);
}

/* Whether somebody else has the name: a kind of the core, or one further up in the file. */
static bool is_taken(struct parsing *parsing, const config_setting_t *group, const char *name)
{
	size_t core = 0;
	kind_core_table(&core);
	for (size_t i = 0; i < parsing->chain->kind_count; i++) {
		if (strcmp(parsing->chain->kinds[i]->name, name) != 0)
			continue;
		problem_add(parsing->problems, parsing->file, confread_line(group, "name"),
			    i < core ? "the kind \"%s\" is one of the core: choose another name"
				     : "the kind \"%s\" stands twice: each name once",
			    name);
		return true;
	}
	return false;
}

/* As of the core's kinds: a case or a programme belongs to the board that was named last. */
static bool says_board(const struct kind *kind)
{
	int place = kind_field(kind, "board");
	return kind->subject != SUBJECT_STAFF && place >= 0 && kind->fields[place].type == FIELD_ID;
}

static void read_kind(struct parsing *parsing, const config_setting_t *group)
{
	static const char *const subjects[] = { "staff", "programme", "case", "any", NULL };
	struct chain *chain = parsing->chain;
	struct kind *kind = arena_alloc(chain->arena, sizeof(*kind));
	confread_keys(group, kind_keys, parsing->file, parsing->problems);
	int subject = read_choice(parsing, group, "subject", subjects);
	kind->subject = subject < 0 ? SUBJECT_ANY : (enum subject_type)subject;
	kind->name = chain_read_name(parsing, group, true);
	kind->may_lie_ahead = confread_flag(group, "may_lie_ahead", false);
	kind->help = chain_read_words(parsing, group, "help");
	kind->label = chain_read_words(parsing, group, "label");
	kind->label_en = chain_read_words(parsing, group, "label_en");
	read_key(parsing, group, kind);
	read_fields(parsing, group, kind);
	if (says_board(kind))
		kind->people = PEOPLE_BOARD;
	if (kind->name != NULL && !is_taken(parsing, group, kind->name))
		chain->kinds[chain->kind_count++] = kind;
}

/* The names of what can be recorded, as a list like the others: chain_codes(chain, "kind"). */
static void list_kinds(struct chain *chain)
{
	struct code_list *list = &chain->lists[chain->list_count++];
	list->name = "kind";
	struct code *codes = arena_alloc(chain->arena, (chain->kind_count + 1) * sizeof(*codes));
	const char **names = arena_alloc(chain->arena, (chain->kind_count + 1) * sizeof(*names));
	list->codes = codes;
	list->names = names;
	for (size_t i = 0; i < chain->kind_count; i++) {
		const struct kind *kind = chain->kinds[i];
		if (kind->is_virtual)
			continue;
		codes[list->count] = (struct code){ kind->name, kind->label };
		names[list->count++] = kind->name;
	}
}

void chain_read_kinds(struct parsing *parsing)
{
	struct chain *chain = parsing->chain;
	size_t core = 0, added = chain_group_count(parsing->root, "kinds");
	const struct kind *table = kind_core_table(&core);
	chain_check_size(parsing, parsing->root, "kinds", 0);
	chain->kinds = arena_alloc(chain->arena, (core + added) * sizeof(*chain->kinds));
	for (size_t i = 0; i < core; i++)
		chain->kinds[chain->kind_count++] = &table[i];
	for (size_t i = 0; i < added; i++)
		read_kind(parsing, chain_group_at(parsing->root, "kinds", i));
	list_kinds(chain);
	chain_index_kinds(chain);
}
