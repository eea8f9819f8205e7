/* SPDX-License-Identifier: EUPL-1.2 */
/* What stands in the tables of a letter (letter_own.h): what is coming, copies, what it tells
 * besides its reminders, and when they come again. */
#include <stdlib.h>
#include <string.h>

#include "daemon/letters/letter_own.h"

/* A table that is being made. */
struct sheet {
	struct making *making;
	json_t *heads, *rows, *row;
};

static struct sheet begin(struct making *making, const enum word *heads, size_t count)
{
	struct sheet sheet = { making, json_array(), json_array(), NULL };
	for (size_t i = 0; i < count; i++)
		making_append(making, sheet.heads, heads[i], NULL);
	return sheet;
}

static void begin_row(struct sheet *sheet)
{
	sheet->row = json_array();
	json_array_append_new(sheet->rows, sheet->row);
}

/* On one line; takes the text over. */
static void put(struct sheet *sheet, char *text)
{
	json_t *cell = json_object();
	values_set_made(cell, "text", text);
	json_t *said = json_object_get(cell, "text");
	json_array_append_new(sheet->row, said == NULL ? json_string("") : json_incref(said));
	json_decref(cell);
}

static void put_day(struct sheet *sheet, date day)
{
	const struct making *making = sheet->making;
	put(sheet, words_day_short(making->words, day, making->letter->today));
}

static const char *reference(const struct letter_item *item)
{
	return item->called == NULL ? item->subject : item->called;
}

/* ---- what is coming, and copies ---- */

void tables_say(struct making *making, const struct matter *matter)
{
	static const enum word heads[] = { WORD_HEAD_NUMBER, WORD_HEAD_DAY, WORD_HEAD_MATTER,
					   WORD_HEAD_CASE };
	struct sheet sheet = begin(making, heads, 4);
	if (matter->group == GROUP_COPIES) {
		json_t *values = json_object();
		values_set_text(values, "who", matter->responsible);
		char *who = making_word(making, WORD_COPIES_OF, values);
		document_heading(making->document, who);
		free(who);
	}
	for (size_t i = 0; i < matter->count; i++) {
		const struct letter_item *item = &making->letter->items[matter->items[i]];
		begin_row(&sheet);
		put(&sheet, xasprintf("%zu", making->numbers[matter->items[i]]));
		put_day(&sheet, item->due);
		put(&sheet, parts_of_item(making, item));
		put(&sheet, xstrdup(reference(item)));
	}
	document_table(making->document, sheet.heads, sheet.rows);
}

/* ---- what is overdue ---- */

static void say_overdue(struct making *making, const struct letter_overview *overview)
{
	static const enum word heads[] = { WORD_HEAD_WHO, WORD_HEAD_COUNT, WORD_HEAD_OLDEST,
					   WORD_HEAD_MATTER };
	struct sheet sheet = begin(making, heads, 4);
	for (size_t i = 0; i < overview->count; i++) {
		const struct letter_overdue *row = &overview->rows[i];
		char oldest[DATE_TEXT_SIZE];
		begin_row(&sheet);
		put(&sheet, xstrdup(row->who));
		put(&sheet, xasprintf("%d", row->count));
		put(&sheet, xstrdup(date_format(row->oldest, oldest)));
		json_t *values = json_pack("{s:s}", "what", row->what);
		if (row->more > 0)
			json_object_set_new(values, "more", json_integer((json_int_t)row->more));
		put(&sheet, making_word(making, WORD_OVERDUE_WHAT, values));
	}
	document_table(making->document, sheet.heads, sheet.rows);
}

static void say_past(struct making *making, const struct letter_overview *overview)
{
	static const enum word heads[] = { WORD_HEAD_LAST_DAY, WORD_HEAD_CASE, WORD_HEAD_MATTER };
	struct sheet sheet = begin(making, heads, 3);
	char *heading = making_word(making, WORD_PAST, NULL);
	document_heading(making->document, heading);
	for (size_t i = 0; i < overview->past_count; i++) {
		begin_row(&sheet);
		put_day(&sheet, overview->past[i].last);
		put(&sheet, xstrdup(overview->past[i].subject));
		put(&sheet, xstrdup(overview->past[i].title));
	}
	document_table(making->document, sheet.heads, sheet.rows);
	free(heading);
}

void tables_say_overview(struct making *making, const struct letter_overview *overview)
{
	say_overdue(making, overview);
	if (overview->past_count > 0)
		say_past(making, overview);
	if (overview->hidden)
		making_say(making, WORD_HIDDEN, NULL);
}

/* ---- when reminders come again ---- */

/* The day in words; of today only the hour. */
static char *next_day(struct making *making, const struct letter_item *item, bool brief)
{
	json_t *values = json_object();
	int minute = item->next_second / 60;
	values_set_day(making, values, "next", item->next, brief);
	if (item->next == making->letter->today)
		values_set_made(values, "hour",
				minute % 60 == 0 ? xasprintf("%d", minute / 60)
						 : xasprintf("%d.%02d", minute / 60, minute % 60));
	return making_word(making, WORD_NEXT_DAY, values);
}

static char *next_sentence(struct making *making, const struct letter_item *item)
{
	json_t *values = json_object();
	values_set_made(values, "next", next_day(making, item, false));
	values_set_list(making, values, "next_to", item->next_to);
	return making_word(making, WORD_NEXT, values);
}

static bool same_next(const struct letter_item *a, const struct letter_item *b)
{
	return a->next == b->next && (a->next_to == NULL) == (b->next_to == NULL) &&
	       (a->next_to == NULL || strcmp(a->next_to, b->next_to) == 0);
}

/* Of those that stand with their words. */
static bool has_next(const struct making *making, size_t place)
{
	const struct letter_item *item = &making->letter->items[place];
	const struct letter *letter = making->letter;
	enum letter_group group = letter_group(item, letter->urgent, letter->today);
	return item->next != DATE_NONE && !making_is_minimal(making, item) &&
	       ((group != GROUP_COPIES && group != GROUP_COMING) || letter->count == 1);
}

void tables_add_next(struct making *making, json_t *units)
{
	if (!has_next(making, 0))
		return;
	char *text = next_sentence(making, &making->letter->items[0]);
	units_add(units, text, making->numbers[0]);
	free(text);
}

static size_t numbers_like(const struct making *making, size_t first, size_t *ret)
{
	const struct letter_item *items = making->letter->items;
	size_t count = 0;
	for (size_t i = 0; i < making->letter->count; i++)
		if (has_next(making, i) && same_next(&items[i], &items[first]))
			ret[count++] = making->numbers[i];
	return count;
}

static bool is_first_of_its_kind(const struct making *making, size_t place)
{
	const struct letter_item *items = making->letter->items;
	for (size_t i = 0; i < place; i++)
		if (has_next(making, i) && same_next(&items[i], &items[place]))
			return false;
	return has_next(making, place);
}

void tables_say_next(struct making *making)
{
	static const enum word heads[] = { WORD_HEAD_NUMBER, WORD_HEAD_NEXT_DAY,
					   WORD_HEAD_NEXT_TO };
	const struct letter *letter = making->letter;
	size_t *numbers = xcalloc(letter->count + 1, sizeof(*numbers));
	struct sheet sheet = begin(making, heads, 3);
	for (size_t i = 0; letter->count > 1 && i < letter->count; i++) {
		if (!is_first_of_its_kind(making, i))
			continue;
		size_t count = numbers_like(making, i, numbers);
		json_t *to = json_object();
		begin_row(&sheet);
		put(&sheet, making_numbers(numbers, count));
		put(&sheet, next_day(making, &letter->items[i], true));
		values_set_list(making, to, "to", letter->items[i].next_to);
		const char *roles = json_string_value(json_object_get(to, "to"));
		put(&sheet, xstrdup(roles == NULL ? "" : roles));
		json_decref(to);
	}
	if (json_array_size(sheet.rows) > 0) {
		char *section = making_word(making, WORD_SECTION_NEXT, NULL);
		document_section(making->document, section, NULL);
		document_table(making->document, sheet.heads, sheet.rows);
		free(section);
	} else {
		json_decref(sheet.heads);
		json_decref(sheet.rows);
	}
	free(numbers);
}

/* ---- what it tells besides ---- */

static void put_state(struct sheet *sheet, enum word word, bool done)
{
	put(sheet, making_word(sheet->making, word, json_pack("{s:b}", "done", (int)done)));
}

static void put_what(struct sheet *sheet, const struct letter_item *item)
{
	struct making *making = sheet->making;
	if (making->letter->minimal || item->is_protected) {
		put(sheet, xstrdup(""));
		return;
	}
	char *month = words_month(making->words, item->key);
	put(sheet, xasprintf("%s%s%s", item->title, month == NULL ? "" : ", ",
			     month == NULL ? "" : month));
	free(month);
}

static void say_rows(struct making *making, const struct letter_section *section)
{
	static const enum word heads[] = { WORD_HEAD_DAY, WORD_HEAD_MATTER, WORD_HEAD_CASE,
					   WORD_HEAD_OTHERS, WORD_HEAD_WHERE };
	static const enum word calendar_heads[] = { WORD_HEAD_DAY, WORD_HEAD_CASE,
						    WORD_HEAD_WHERE };
	bool is_return = strcmp(section->kind, "return") == 0;
	bool is_calendar = strcmp(section->kind, "calendar") == 0;
	struct sheet sheet = begin(making, is_calendar ? calendar_heads : heads, is_return ? 5 : 3);
	for (size_t i = 0; i < section->count; i++) {
		const struct letter_item *item = &section->rows[i];
		json_t *values = json_object();
		begin_row(&sheet);
		put_day(&sheet, item->due);
		if (!is_calendar)
			put_what(&sheet, item);
		put(&sheet, xstrdup(reference(item)));
		values_set_list(making, values, "others", item->others);
		const char *others = json_string_value(json_object_get(values, "others"));
		if (is_return)
			put(&sheet,
			    xstrdup(others == NULL || making->letter->minimal ? "" : others));
		if (is_return || is_calendar)
			put_state(&sheet, is_calendar ? WORD_CALENDAR_STATE : WORD_STATE,
				  item->done);
		json_decref(values);
	}
	document_table(making->document, sheet.heads, sheet.rows);
}

void tables_say_section(struct making *making, const struct letter_section *section)
{
	bool is_return = strcmp(section->kind, "return") == 0;
	bool is_calendar = strcmp(section->kind, "calendar") == 0;
	json_t *values = json_object(), *first = json_object();
	values_set_text(values, "who", section->who);
	char *heading = making_word(making,
				    is_return     ? WORD_RETURN
				    : is_calendar ? WORD_CALENDAR
						  : WORD_HANDOVER,
				    is_return || is_calendar ? NULL : json_incref(values));
	document_section(making->document, heading, NULL);
	values_set_day(making, first, "from_day", section->from, false);
	values_set_day(making, first, "to_day", section->to, false);
	values_set_flag(first, "nothing", section->count == 0 && !section->hidden);
	making_say(making,
		   is_return     ? WORD_RETURN_FIRST
		   : is_calendar ? WORD_CALENDAR_FIRST
				 : WORD_HANDOVER_FIRST,
		   first);
	if (section->count > 0)
		say_rows(making, section);
	if (section->more > 0)
		making_say(making, WORD_MORE,
			   json_pack("{s:I}", "more", (json_int_t)section->more));
	if (section->hidden)
		making_say(making, is_calendar ? WORD_HIDDEN_CALENDAR : WORD_HIDDEN, NULL);
	json_decref(values);
	free(heading);
}
