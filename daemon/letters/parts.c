/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The parts of a rule's template, said of an item (letter_own.h): of one case with its own days; in
 * a sentence about several without what differs from one to the other.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/base/wrap.h"
#include "daemon/letters/letter_own.h"

/* ---- which values differ from case to case ---- */

static void note_differing(json_t *differing, json_t *first, const json_t *values)
{
	const char *name;
	json_t *value;
	json_object_foreach((json_t *)(uintptr_t)values, name, value)
	{
		const json_t *before = json_object_get(first, name);
		if (json_is_boolean(value))
			continue;
		if (before == NULL)
			json_object_set(first, name, value);
		else if (!json_equal(before, value))
			json_object_set_new(differing, name, json_true());
	}
}

/* Of all items in the letter with these words. */
json_t *parts_differing(struct making *making, const char *template)
{
	json_t *differing = json_object_get(making->differing, template);
	if (differing != NULL)
		return differing;
	json_t *first = json_object();
	differing = json_object();
	for (size_t i = 0; i < making->letter->count; i++) {
		const struct letter_item *item = making_item(making, i);
		if (making_is_minimal(making, item) || strcmp(template_name(item), template) != 0)
			continue;
		json_t *values = values_of_item(making, item, false);
		note_differing(differing, first, values);
		json_decref(values);
	}
	json_decref(first);
	json_object_set_new(making->differing, template, differing);
	return differing;
}

/* As they may stand in a sentence about several: a day of its own is on the line of the case. */
json_t *parts_shared_values(struct making *making, const struct matter *matter,
			    const struct letter_item *item)
{
	json_t *values = values_of_item(making, item, false), *differs;
	const char *name;
	values_set_flag(values, "many", matter->count > 1);
	json_object_foreach(parts_differing(making, matter->template), name, differs)
	{
		if (json_object_get(values, name) == NULL)
			continue;
		if (json_object_get(making->days, name) != NULL)
			values_set_made(values, name, making_word(making, WORD_THAT_DAY, NULL));
		else
			json_object_del(values, name);
	}
	return values;
}

static const enum part once[] = { PART_ADVICE, PART_LAW, PART_ELSE };

/* Is a line of it said by another template, but for its days? */
static bool repeats_another(struct making *making, const char *template, char *text)
{
	char *that = making_word(making, WORD_THAT_DAY, NULL), *rest = text;
	bool repeats = false;
	for (char *line; (line = strsep(&rest, "\n")) != NULL;) {
		if (strstr(line, that) == NULL)
			continue;
		const char *other = json_string_value(json_object_get(making->skeletons, line));
		if (other == NULL)
			json_object_set_new(making->skeletons, line, json_string(template));
		repeats = repeats || (other != NULL && strcmp(other, template) != 0);
	}
	free(that);
	return repeats;
}

static bool has_repeated(struct making *making, const struct matter *matter,
			 const struct letter_item *item)
{
	json_t *values = values_of_item(making, item, false);
	bool repeats = false;
	const char *name;
	json_t *is_day;
	json_object_foreach(making->days, name, is_day) if (json_object_get(values, name) != NULL)
	    values_set_made(values, name, making_word(making, WORD_THAT_DAY, NULL));
	for (size_t i = 0; i < sizeof(once) / sizeof(once[0]); i++) {
		char *text = parts_say(making, matter, once[i], values);
		if (text != NULL)
			repeats = repeats_another(making, matter->template, text) || repeats;
		free(text);
	}
	json_decref(values);
	return repeats;
}

void parts_note_skeletons(struct making *making, const struct matter *matter)
{
	bool repeats = false;
	const char *name;
	json_t *is_day;
	for (size_t i = 0; i < matter->count; i++)
		repeats = has_repeated(making, matter, &making->letter->items[matter->items[i]]) ||
			  repeats;
	json_t *differing = parts_differing(making, matter->template);
	json_object_foreach(making->days, name, is_day) if (repeats)
	    json_object_set_new(differing, name, json_true());
}

char *parts_say(struct making *making, const struct matter *matter, enum part part,
		const json_t *values)
{
	const struct mustache *mustache =
	    templates_part(making->templates, making->letter->language, matter->template, part);
	return mustache == NULL ? NULL : making_render_as(making, mustache, values, false);
}

char *parts_heading(struct making *making, const struct matter *matter)
{
	json_t *values = values_of_item(making, making_item(making, matter->items[0]), true);
	const struct mustache *mustache = templates_part(
	    making->templates, making->letter->language, matter->template, PART_HEADING);
	values_set_flag(values, "many", matter->count > 1);
	char *heading = making_render(making, mustache, values);
	json_decref(values);
	return heading;
}

char *parts_of_item(struct making *making, const struct letter_item *item)
{
	const struct matter matter = { .template = template_name(item), .count = 1 };
	json_t *values = values_of_item(making, item, true);
	char *heading = parts_say(making, &matter, PART_HEADING, values);
	char *line = parts_say(making, &matter, PART_LINE, values);
	char *what = wrap_join(heading), *more = wrap_join(line == NULL ? "" : line);
	char *text = xasprintf("%s%s%s", what, *more == '\0' ? "" : ", ", more);
	json_decref(values);
	free(heading);
	free(line);
	free(what);
	free(more);
	return text;
}
