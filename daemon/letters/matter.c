/* SPDX-License-Identifier: EUPL-1.2 */
/* A matter, said (letter_own.h): its heading, a line a case, and once beneath them what is the same
 * for all. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/base/wrap.h"
#include "daemon/letters/letter_own.h"

/* ---- who else knows ---- */

static const char *names_of(const struct making *making, const struct letter_item *item)
{
	return item->other_names == NULL || making->letter->count == 1 ? item->others
								       : item->other_names;
}

/* Told to the same others of all of it? */
static bool same_others(const struct making *making, const struct matter *matter)
{
	const char *first = names_of(making, making_item(making, matter->items[0]));
	for (size_t i = 0; first != NULL && i < matter->count; i++) {
		const char *other = names_of(making, making_item(making, matter->items[i]));
		if (other == NULL || strcmp(first, other) != 0)
			return false;
	}
	return true;
}

/* ---- by which role it comes ---- */

/* Does it come by the same role of all of it? Else it stands on the lines. */
static bool has_same_role(const struct making *making, const struct matter *matter)
{
	const char *first = making_item(making, matter->items[0])->why_you;
	for (size_t i = 0; i < matter->count; i++) {
		const struct letter_item *item = making_item(making, matter->items[i]);
		if (first == NULL || item->why_you == NULL || strcmp(item->why_you, first) != 0)
			return false;
	}
	return true;
}

static bool is_by_role(const struct making *making, const struct letter_item *item)
{
	return item->stands_in == NULL && !item->copy && item->why_you != NULL &&
	       item->why_you[0] != '\0' && !making->same_role;
}

/* ---- the line of a case ---- */

/* Does the phrase name a day that is not the same for all? */
static bool is_of_case(struct making *making, const struct matter *matter, const char *phrase,
		       const json_t *brief)
{
	const char *name;
	json_t *differs;
	json_object_foreach(parts_differing(making, matter->template), name, differs)
	{
		const char *day = json_string_value(json_object_get(brief, name));
		if (day != NULL && json_object_get(making->days, name) != NULL &&
		    strstr(phrase, day) != NULL)
			return true;
	}
	return false;
}

/* Phrases that stand behind the reference of a case; those that find no room, beneath it. */
static json_t *phrases_of(struct making *making, const struct matter *matter,
			  const struct letter_item *item)
{
	json_t *phrases = json_array(), *brief = values_of_item(making, item, true);
	values_set_flag(brief, "many", matter->count > 1);
	char *parts[] = { parts_say(making, matter, PART_DAY, brief),
			  parts_say(making, matter, PART_LINE, brief),
			  parts_say(making, matter, PART_DAYS, brief) };
	if (parts[0] == NULL)
		parts[0] = making_word(making, WORD_BY_WHEN, json_incref(brief));
	for (size_t i = 0; i < 3; i++) {
		char *rest = parts[i];
		for (char *line; rest != NULL && (line = strsep(&rest, "\n")) != NULL;) {
			line += strspn(line, " \t");
			if (*line != '\0' && (i < 2 || is_of_case(making, matter, line, brief)))
				json_array_append_new(phrases, json_string(line));
		}
		free(parts[i]);
	}
	if (item->missed > 0)
		making_append(making, phrases, WORD_MISSED, json_incref(brief));
	if (item->too_late != DATE_NONE)
		making_append(making, phrases, WORD_TOO_LATE, json_incref(brief));
	if (item->comes_back)
		making_append(making, phrases, WORD_COMES_BACK, NULL);
	if (!has_same_role(making, matter) && is_by_role(making, item)) {
		json_t *values = json_object();
		values_set_why(values, item);
		making_append(making, phrases, WORD_CASE_WHY_YOU, values);
	}
	json_decref(brief);
	return phrases;
}

static void add_put_off(struct making *making, const struct letter_item *item, json_t *phrases)
{
	for (size_t i = 0; i < item->put_off_count; i++) {
		json_t *values = json_object();
		values_set_text(values, "who", item->put_off[i].name);
		values_set_flag(values, "acknowledged", item->put_off[i].acknowledged);
		values_set_day(making, values, "until", item->put_off[i].until, true);
		making_append(making, phrases, WORD_PUT_OFF, values);
	}
}

static void say_case(struct making *making, const struct matter *matter, size_t place)
{
	const struct letter_item *item = making_item(making, place);
	json_t *phrases = phrases_of(making, matter, item), *phrase, *below = json_array();
	char *line = xstrdup(item->called == NULL ? item->subject : item->called);
	size_t room = DOCUMENT_COLUMNS - document_hang(making->document), i;
	add_put_off(making, item, phrases);
	if (item->others != NULL && !same_others(making, matter)) {
		json_t *values = json_object();
		values_set_list(making, values, "others", names_of(making, item));
		making_append(making, phrases, WORD_CASE_OTHERS, values);
	}
	json_array_foreach(phrases, i, phrase)
	{
		char *longer = xasprintf("%s, %s", line, json_string_value(phrase));
		if (json_array_size(below) == 0 && wrap_width(longer, strlen(longer)) <= room) {
			free(line);
			line = longer;
		} else {
			free(longer);
			json_array_append(below, phrase);
		}
	}
	document_case(making->document, making->numbers[place], line);
	json_array_foreach(below, i, phrase)
	    document_below(making->document, json_string_value(phrase));
	json_decref(below);
	json_decref(phrases);
	free(line);
}

/* A matter of one case: "Följ upp planen i ärende K-0417: skulle vara klart måndag 22 februari." */
static void say_single(struct making *making, const struct matter *matter)
{
	const struct letter_item *item = making_item(making, matter->items[0]);
	json_t *values = json_object(), *phrases = phrases_of(making, matter, item), *phrase;
	size_t i;
	values_set_made(values, "heading", parts_heading(making, matter));
	values_set_reference(values, item);
	char *line = making_word(making, WORD_SINGLE, values);
	add_put_off(making, item, phrases);
	json_array_foreach(phrases, i, phrase)
	{
		char *longer =
		    xasprintf("%s%s %s", line, i == 0 ? ":" : ",", json_string_value(phrase));
		free(line);
		line = longer;
	}
	char *sentence = xasprintf("%s.", line);
	document_single(making->document, making->numbers[matter->items[0]], sentence);
	json_decref(phrases);
	free(sentence);
	free(line);
}

/* ---- what stands once ---- */

/* How the reader comes to it. */
static void add_why(struct making *making, const struct matter *matter, json_t *units)
{
	bool same = has_same_role(making, matter);
	for (size_t i = 0; i < matter->count; i++) {
		const struct letter_item *item = making_item(making, matter->items[i]);
		size_t number = making->numbers[matter->items[i]];
		if (item->stands_in != NULL) {
			units_add_sentences(units, item->stands_in, number);
		} else if (item->copy) {
			char *copy = making_word(making, WORD_COPY, NULL);
			units_add(units, copy, number);
			free(copy);
		} else if (same && is_by_role(making, item)) {
			json_t *values = json_object();
			values_set_why(values, item);
			char *why = making_word(making, WORD_WHY_YOU, values);
			units_add(units, why, number);
			free(why);
		}
	}
}

/* What a letter about one thing says of how it came to be; in longer ones it would tire. */
static void add_background(struct making *making, const struct matter *matter, json_t *units)
{
	const struct letter_item *item = making_item(making, matter->items[0]);
	if (making->letter->count > 1 || item->anchor_label == NULL ||
	    item->anchor_label[0] == '\0' || item->anchor == item->due || item->anchor == DATE_NONE)
		return;
	json_t *values = json_object();
	values_set_text(values, "anchor_label", item->anchor_label);
	values_set_day(making, values, "anchor", item->anchor, false);
	char *text = making_word(making, WORD_BACKGROUND, values);
	units_add(units, text, making->numbers[matter->items[0]]);
	free(text);
}

static void add_others(struct making *making, const struct matter *matter, json_t *units)
{
	const char *others = names_of(making, making_item(making, matter->items[0]));
	if (others == NULL || !same_others(making, matter))
		return;
	for (size_t i = 0; i < matter->count; i++) {
		json_t *values = json_object();
		values_set_list(making, values, "others", others);
		char *text = making_word(making, WORD_OTHERS, values);
		units_add(units, text, making->numbers[matter->items[i]]);
		free(text);
	}
}

static void say_as_before(struct making *making, size_t first)
{
	const struct order *order = making->order;
	for (size_t i = 0; i < order->count; i++) {
		const struct matter *matter = &order->list[i];
		if (making->numbers[matter->items[0]] != first)
			continue;
		json_t *values = json_object();
		values_set_made(values, "numbers", making_numbers_of(making, matter));
		char *text = making_word(making, WORD_AS_FOR, values);
		document_say_of_matter(making->document, text);
		free(text);
	}
}

/* A part of all its cases, as units. */
static json_t *units_of_part(struct making *making, const struct matter *matter, enum part part)
{
	json_t *units = json_array();
	for (size_t i = 0; i < matter->count; i++) {
		json_t *values =
		    parts_shared_values(making, matter, making_item(making, matter->items[i]));
		(void)units_add_lines(units, 0, parts_say(making, matter, part, values),
				      making->numbers[matter->items[i]]);
		json_decref(values);
	}
	return units;
}

/* What to do and what comes of it, a paragraph each. */
static void say_parts(struct making *making, const struct matter *matter)
{
	static const enum part parts[] = { PART_ADVICE, PART_LAW, PART_ELSE };
	enum { COUNT = sizeof(parts) / sizeof(parts[0]) };
	json_t *units[COUNT], *all = json_array();
	for (size_t i = 0; i < COUNT; i++) {
		units[i] = units_of_part(making, matter, parts[i]);
		json_array_extend(all, units[i]);
	}
	size_t before = units_said_in(making, all);
	if (before != 0)
		say_as_before(making, before);
	for (size_t i = 0; i < COUNT; i++) {
		if (before != 0)
			json_decref(units[i]);
		else
			units_say(making, matter, units[i]);
	}
	json_decref(all);
}

static void say_once(struct making *making, const struct matter *matter)
{
	json_t *about = json_array();
	say_parts(making, matter);
	add_background(making, matter, about);
	add_why(making, matter, about);
	add_others(making, matter, about);
	if (making->letter->count == 1)
		tables_add_next(making, about);
	units_say(making, matter, about);
}

/* ---- minimal ---- */

static void say_minimal(struct making *making, const struct matter *matter)
{
	for (size_t i = 0; i < matter->count; i++) {
		const struct letter_item *item = making_item(making, matter->items[i]);
		json_t *values = json_object();
		values_set_reference(values, item);
		values_set_day(making, values, "due", item->due, true);
		char *text = making_word(making, WORD_MINIMAL_CASE, values);
		document_case(making->document, making->numbers[matter->items[i]], text);
		free(text);
	}
}

void matter_say(struct making *making, const struct matter *matter)
{
	if (matter->minimal) {
		say_minimal(making, matter);
		return;
	}
	if (matter->count == 1) {
		say_single(making, matter);
	} else {
		char *heading = parts_heading(making, matter);
		document_heading(making->document, heading);
		free(heading);
		for (size_t i = 0; i < matter->count; i++)
			say_case(making, matter, matter->items[i]);
	}
	say_once(making, matter);
	for (size_t i = 0; i < matter->count; i++) {
		const struct letter_item *item = making_item(making, matter->items[i]);
		if (item->overview != NULL)
			tables_say_overview(making, item->overview);
	}
}
