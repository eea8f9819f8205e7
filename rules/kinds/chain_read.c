/* SPDX-License-Identifier: EUPL-1.2 */
/* What all parts of chain.conf are read with: rows of a list, names, short texts. */
#include <string.h>

#include "rules/kinds/chain_own.h"

#define LONGEST_TITLE 200

const config_setting_t *chain_group_at(const config_setting_t *parent, const char *key, size_t i)
{
	config_setting_t *list = config_setting_get_member(parent, key);
	if (list == NULL || !config_setting_is_list(list) || i >= CHAIN_MOST_ROWS)
		return NULL;
	config_setting_t *group = config_setting_get_elem(list, (unsigned)i);
	return group != NULL && config_setting_is_group(group) ? group : NULL;
}

size_t chain_group_count(const config_setting_t *parent, const char *key)
{
	size_t count = 0;
	while (chain_group_at(parent, key, count) != NULL)
		count++;
	return count;
}

void chain_check_size(struct parsing *parsing, const config_setting_t *parent, const char *key,
		      int least)
{
	const config_setting_t *list = config_setting_get_member(parent, key);
	if (list == NULL)
		return;
	int length = config_setting_length(list);
	if (length < least || length > CHAIN_MOST_ROWS)
		problem_add(parsing->problems, parsing->file, confread_line(parent, key),
			    "\"%s\" holds %d rows: it must hold %d to %d", key, length, least,
			    CHAIN_MOST_ROWS);
}

/* Names become words of rules, conditions and letters: small letters, digits and underscores. */
static bool is_name(const char *name, bool with_dot)
{
	static const char *const letters = "abcdefghijklmnopqrstuvwxyz0123456789_";
	size_t length = strspn(name, letters);
	if (length == 0 || name[0] == '_' || (name[0] >= '0' && name[0] <= '9'))
		return false;
	if (strlen(name) > CHAIN_LONGEST_NAME)
		return false;
	if (!with_dot)
		return name[length] == '\0';
	return name[length] == '.' && is_name(name + length + 1, false);
}

const char *chain_read_name(struct parsing *parsing, const config_setting_t *group, bool with_dot)
{
	const char *name = confread_text(group, "name");
	if (name == NULL)
		return NULL;
	if (is_name(name, with_dot))
		return arena_strdup(parsing->chain->arena, name);
	problem_add(parsing->problems, parsing->file, confread_line(group, "name"),
		    "\"%s\" is not a name: it must be %s, up to %d characters", name,
		    with_dot ? "a thing and what happened to it, as in \"keys.returned\""
			     : "small letters, digits and underscores",
		    CHAIN_LONGEST_NAME);
	return NULL;
}

const char *chain_read_words(struct parsing *parsing, const config_setting_t *group,
			     const char *key)
{
	const char *words = confread_text(group, key);
	if (words == NULL)
		return NULL;
	if (words[0] == '\0' || strlen(words) > LONGEST_TITLE || strchr(words, '\n') != NULL)
		problem_add(parsing->problems, parsing->file, confread_line(group, key),
			    "\"%s\" must be 1 to %d bytes in one line", key, LONGEST_TITLE);
	return arena_strdup(parsing->chain->arena, words);
}

bool chain_is_among(const char *name, const char *const *names)
{
	for (; *names != NULL; names++)
		if (strcmp(*names, name) == 0)
			return true;
	return false;
}
