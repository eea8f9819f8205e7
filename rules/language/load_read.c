/* SPDX-License-Identifier: EUPL-1.2 */
/* What all parts of a rule are read with: which file a key stands in, words, lengths, names. */
#include <string.h>

#include "rules/conf/confread.h"
#include "rules/language/load_own.h"

const config_setting_t *load_group(const struct loading *loading, const char *key)
{
	return loading->own != NULL && config_setting_get_member(loading->own, key) != NULL
		   ? loading->own
		   : loading->group;
}

const char *load_file_of(const struct loading *loading, const char *key)
{
	return load_group(loading, key) == loading->own ? loading->own_file : loading->file;
}

void load_problem(const struct loading *loading, const char *key, const char *text)
{
	problem_add(loading->problems, load_file_of(loading, key),
		    confread_line(load_group(loading, key), key), "%s: %s", key, text);
}

int load_word(const struct loading *loading, const char *key, const char *const *words)
{
	const char *text = confread_text(load_group(loading, key), key);
	for (int i = 0; text != NULL && words[i] != NULL; i++)
		if (strcmp(words[i], text) == 0)
			return i;
	if (text == NULL)
		return -1;
	char *all = arena_strdup(loading->arena, words[0]);
	for (int i = 1; words[i] != NULL; i++)
		all = arena_printf(loading->arena, "%s, %s", all, words[i]);
	load_problem(loading, key,
		     arena_printf(loading->arena, "\"%s\" is not one of: %s", text, all));
	return -1;
}

void load_length_of(const struct loading *loading, const char *key, const char *text,
		    struct offset *ret)
{
	if (text != NULL && offset_parse(text, ret) != 0)
		load_problem(loading, key,
			     arena_printf(loading->arena,
					  "\"%s\" is not an offset: write \"P3M\", \"-P14D\" or "
					  "\"2 workdays\"",
					  text));
}

void load_offset(const struct loading *loading, const char *key, struct offset *ret)
{
	load_length_of(loading, key, confread_text(load_group(loading, key), key), ret);
}

#define FIRST_DAY 20454 /* 2026-01-01 */
#define SOME_DAYS 731

bool load_is_later(const struct loading *loading, const struct offset *a, const struct offset *b)
{
	for (date day = FIRST_DAY; day < FIRST_DAY + SOME_DAYS; day++)
		if (offset_apply(b, day, loading->calendar) <=
		    offset_apply(a, day, loading->calendar))
			return false;
	return true;
}

bool load_name_is_plain(const char *name)
{
	size_t length = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-");
	return length > 0 && length <= 40 && name[length] == '\0';
}
