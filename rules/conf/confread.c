/* SPDX-License-Identifier: EUPL-1.2 */
/* See confread.h; the look-over of the text is conftext.c. */
#include "rules/conf/confread.h"

#include <stdlib.h>
#include <string.h>

#include "rules/base/hash.h"
#include "rules/conf/conftext.h"

static int parse(struct config_t *config, const char *text, const char *file,
		 struct problems *problems)
{
	config_init(config);
	if (config_read_string(config, text) == CONFIG_TRUE)
		return 0;
	problem_add(problems, file, config_error_line(config), "%s", config_error_text(config));
	config_destroy(config);
	return -1;
}

int confread_open(struct config_t *config, const char *text, size_t length, const char *file,
		  struct problems *problems)
{
	if (conftext_check_bytes(text, length, file, problems) != 0)
		return -1;
	/* The library wants a line feed behind a last comment. */
	char *copy = xcalloc(1, length + 2);
	memcpy(copy, text, length);
	if (length > 0 && copy[length - 1] != '\n')
		copy[length] = '\n';
	int result = conftext_check(copy, file, problems);
	if (result == 0)
		result = parse(config, copy, file, problems);
	free(copy);
	return result;
}

static bool is_text(const config_setting_t *setting)
{
	return config_setting_type(setting) == CONFIG_TYPE_STRING;
}

static bool is_list(const config_setting_t *setting)
{
	int type = config_setting_type(setting);
	return type == CONFIG_TYPE_LIST || type == CONFIG_TYPE_ARRAY;
}

/* The i-th element; the library's function does not take a const list but changes nothing. */
static config_setting_t *element(const config_setting_t *list, size_t i)
{
	return config_setting_get_elem((config_setting_t *)list, (unsigned)i);
}

static size_t count(const config_setting_t *list)
{
	return (size_t)config_setting_length(list);
}

static bool all_are(const config_setting_t *list, int type)
{
	for (size_t i = 0; i < count(list); i++)
		if (config_setting_type(element(list, i)) != type)
			return false;
	return true;
}

static bool has_type(const config_setting_t *setting, enum conf_type wanted)
{
	int type = config_setting_type(setting);
	switch (wanted) {
	case CONF_TEXT:
		return is_text(setting);
	case CONF_NUMBER:
		return type == CONFIG_TYPE_INT || type == CONFIG_TYPE_INT64;
	case CONF_FLAG:
		return type == CONFIG_TYPE_BOOL;
	case CONF_TEXTS:
		return is_list(setting) && all_are(setting, CONFIG_TYPE_STRING);
	case CONF_GROUPS:
		return is_list(setting) && all_are(setting, CONFIG_TYPE_GROUP);
	case CONF_GROUP:
		return type == CONFIG_TYPE_GROUP;
	case CONF_TEXT_OR_TEXTS:
		return is_text(setting) ||
		       (is_list(setting) && all_are(setting, CONFIG_TYPE_STRING));
	case CONF_TEXT_OR_FLAG:
		return is_text(setting) || type == CONFIG_TYPE_BOOL;
	}
	return false;
}

static const char *type_words(enum conf_type type)
{
	switch (type) {
	case CONF_TEXT:
		return "a text in quotation marks";
	case CONF_NUMBER:
		return "a whole number without quotation marks";
	case CONF_FLAG:
		return "true or false";
	case CONF_TEXTS:
		return "a list of texts, as in [ \"one\", \"two\" ]";
	case CONF_GROUPS:
		return "a list of groups, as in ( { ... }, { ... } )";
	case CONF_GROUP:
		return "a group, as in { ... }";
	case CONF_TEXT_OR_TEXTS:
		return "a text in quotation marks or a list of them";
	case CONF_TEXT_OR_FLAG:
		return "a text in quotation marks, or true or false";
	}
	return "";
}

static const struct conf_key *find_key(const struct conf_key *keys, const char *name)
{
	for (; keys->name != NULL; keys++)
		if (strcmp(keys->name, name) == 0)
			return keys;
	return NULL;
}

static void complain_unknown(const config_setting_t *setting, const struct conf_key *keys,
			     const char *file, struct problems *problems)
{
	const char *name = config_setting_name(setting);
	int line = (int)config_setting_source_line(setting);
	size_t n = 0;
	while (keys[n].name != NULL)
		n++;
	const char **names = xcalloc(n + 1, sizeof(*names));
	for (size_t i = 0; i < n; i++)
		names[i] = keys[i].name;
	problem_add(problems, file, line, "unknown key \"%s\"", name);
	problem_hint(problems, name, names, "correct its spelling or remove it");
	free(names);
}

static bool check_member(const config_setting_t *setting, const struct conf_key *keys,
			 const char *file, struct problems *problems)
{
	const struct conf_key *key = find_key(keys, config_setting_name(setting));
	if (key == NULL) {
		complain_unknown(setting, keys, file, problems);
		return false;
	}
	if (has_type(setting, key->type))
		return true;
	problem_add(problems, file, (int)config_setting_source_line(setting),
		    "\"%s\" has the wrong form: it must be %s", key->name, type_words(key->type));
	return false;
}

bool confread_keys(const config_setting_t *group, const struct conf_key *keys, const char *file,
		   struct problems *problems)
{
	bool good = true;
	for (size_t i = 0; i < count(group); i++)
		good &= check_member(element(group, i), keys, file, problems);
	for (; keys->name != NULL; keys++) {
		if (!keys->required || config_setting_get_member(group, keys->name) != NULL)
			continue;
		problem_add(problems, file, (int)config_setting_source_line(group),
			    "\"%s\" is missing: it must be %s", keys->name, type_words(keys->type));
		good = false;
	}
	return good;
}

const char *confread_text(const config_setting_t *group, const char *key)
{
	const config_setting_t *setting = config_setting_get_member(group, key);
	return setting != NULL && is_text(setting) ? config_setting_get_string(setting) : NULL;
}

bool confread_flag(const config_setting_t *group, const char *key, bool otherwise)
{
	const config_setting_t *setting = config_setting_get_member(group, key);
	if (setting == NULL || config_setting_type(setting) != CONFIG_TYPE_BOOL)
		return otherwise;
	return config_setting_get_bool(setting) != CONFIG_FALSE;
}

long long confread_number(const config_setting_t *group, const char *key, long long otherwise)
{
	const config_setting_t *setting = config_setting_get_member(group, key);
	if (setting == NULL || !has_type(setting, CONF_NUMBER))
		return otherwise;
	return config_setting_get_int64(setting);
}

int confread_line(const config_setting_t *group, const char *key)
{
	const config_setting_t *setting = config_setting_get_member(group, key);
	return (int)config_setting_source_line(setting == NULL ? group : setting);
}

size_t confread_text_count(const config_setting_t *group, const char *key)
{
	const config_setting_t *setting = config_setting_get_member(group, key);
	if (setting == NULL)
		return 0;
	if (is_text(setting))
		return 1;
	if (!is_list(setting))
		return 0;
	size_t texts = 0;
	for (size_t i = 0; i < count(setting); i++)
		texts += is_text(element(setting, i));
	return texts;
}

const char *confread_text_at(const config_setting_t *group, const char *key, size_t i)
{
	const config_setting_t *setting = config_setting_get_member(group, key);
	if (setting == NULL)
		return NULL;
	if (is_text(setting))
		return i == 0 ? config_setting_get_string(setting) : NULL;
	if (!is_list(setting))
		return NULL;
	for (size_t at = 0; at < count(setting); at++)
		if (is_text(element(setting, at)) && i-- == 0)
			return config_setting_get_string(element(setting, at));
	return NULL;
}

static uint64_t hash_float(double value)
{
	uint64_t bits;
	memcpy(&bits, &value, sizeof(bits));
	return hash_number(hash_text(HASH_START, "float"), bits);
}

/* The keys of a group may stand in any order, so theirs are added up; a list has an order. */
static uint64_t hash_nested(const config_setting_t *setting)
{
	bool is_group = config_setting_type(setting) == CONFIG_TYPE_GROUP;
	uint64_t hash = hash_text(HASH_START, is_group ? "group" : "list");
	for (size_t i = 0; i < count(setting); i++) {
		const config_setting_t *below = element(setting, i);
		uint64_t value = confread_version(below);
		if (is_group)
			hash +=
			    hash_number(hash_text(HASH_START, config_setting_name(below)), value);
		else
			hash = hash_number(hash, value);
	}
	return hash_number(hash, count(setting));
}

uint64_t confread_version(const config_setting_t *setting)
{
	switch (config_setting_type(setting)) {
	case CONFIG_TYPE_STRING:
		return hash_text(hash_text(HASH_START, "text"), config_setting_get_string(setting));
	case CONFIG_TYPE_INT:
	case CONFIG_TYPE_INT64:
		return hash_number(HASH_START, (uint64_t)config_setting_get_int64(setting));
	case CONFIG_TYPE_FLOAT:
		return hash_float(config_setting_get_float(setting));
	case CONFIG_TYPE_BOOL:
		return hash_text(HASH_START, config_setting_get_bool(setting) ? "true" : "false");
	case CONFIG_TYPE_GROUP:
	case CONFIG_TYPE_LIST:
	case CONFIG_TYPE_ARRAY:
		return hash_nested(setting);
	default: /* the library's types are plain numbers, not an enum */
		return HASH_START;
	}
}
