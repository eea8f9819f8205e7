/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * See letter.h. An item is said in up to four templates: `<rule>.txt` says what it is about
 * (item.txt for rules without a text of their own), `when.txt` (or `<rule>.when.txt`) by when,
 * `<rule>.dates.txt`, where there is one, which days to know, a line each; and letter.txt and
 * letter.html, the whole letter, put them into their lists with the rest. subject.txt is the
 * subject line, minimal.txt an item of which only case and date may be told.
 *
 * What the templates give is wrapped afterwards: a line of theirs is a paragraph.
 */
#include "daemon/letters/letter.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "daemon/base/wrap.h"

#define COLUMNS    76
#define TEXTS_MOST (800 * 1024) /* bytes of a letter's texts as JSON */

/* ---- words for dates ---- */

static const char *const months[2][12] = {
	{ "januari", "februari", "mars", "april", "maj", "juni", "juli", "augusti", "september",
	  "oktober", "november", "december" },
	{ "January", "February", "March", "April", "May", "June", "July", "August", "September",
	  "October", "November", "December" },
};
static const char *const weekdays[2][7] = {
	{ "måndagen", "tisdagen", "onsdagen", "torsdagen", "fredagen", "lördagen", "söndagen" },
	{ "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday" },
};

static int language_index(const char *language)
{
	return strcmp(language, "sv") == 0 ? 0 : 1;
}

char *letter_date(const char *language, date day)
{
	int which = language_index(language), year, month, of_month;
	date_to_ymd(day, &year, &month, &of_month);
	return xasprintf("%s %s%d %s %d", weekdays[which][date_weekday(day) - 1],
			 which == 0 ? "den " : "", of_month, months[which][month - 1], year);
}

/* "2026-12" in words; NULL for a key that is no month. */
static char *month_words(const char *language, const char *key)
{
	date day;
	int year, month, of_month;
	if (date_parse_month(key, &day) != 0)
		return NULL;
	date_to_ymd(day, &year, &month, &of_month);
	return xasprintf("%s %d", months[language_index(language)][month - 1], year);
}

/* ---- templates that cannot be built from ---- */

void unbuilt_clear(struct unbuilt *unbuilt)
{
	for (size_t i = 0; i < unbuilt->count; i++)
		free(unbuilt->files[i]);
	free(unbuilt->files);
	*unbuilt = (struct unbuilt){ NULL, 0, 0, false };
}

static size_t unbuilt_find(const struct unbuilt *unbuilt, const char *file)
{
	size_t i = 0;
	while (i < unbuilt->count && strcmp(unbuilt->files[i], file) != 0)
		i++;
	return i;
}

void unbuilt_add(struct unbuilt *unbuilt, const char *file)
{
	if (unbuilt_find(unbuilt, file) < unbuilt->count)
		return;
	unbuilt->files = array_grow(unbuilt->files, unbuilt->count, &unbuilt->capacity,
				    sizeof(unbuilt->files[0]));
	unbuilt->files[unbuilt->count++] = xstrdup(file);
	unbuilt->changed = true;
}

static void remove_at(struct unbuilt *unbuilt, size_t i)
{
	free(unbuilt->files[i]);
	unbuilt->files[i] = unbuilt->files[--unbuilt->count];
	unbuilt->changed = true;
}

static void unbuilt_remove(struct unbuilt *unbuilt, const char *file)
{
	size_t i = unbuilt_find(unbuilt, file);
	if (i < unbuilt->count)
		remove_at(unbuilt, i);
}

void unbuilt_forget_others(struct unbuilt *unbuilt, const struct templates *templates)
{
	for (size_t i = unbuilt->count; i-- > 0;)
		if (!templates_has_file(templates, unbuilt->files[i]))
			remove_at(unbuilt, i);
}

/* A letter that is being made. */
struct making {
	const struct templates *templates;
	struct unbuilt *unbuilt;
	bool failed;
};

static void fail(struct making *making, const struct mustache *mustache)
{
	making->failed = true;
	unbuilt_add(making->unbuilt, mustache_file(mustache));
}

/* "" when it cannot be built. */
static char *render(struct making *making, const struct mustache *mustache, const json_t *values,
		    bool html)
{
	char *text = mustache_render(mustache, values, html);
	if (text != NULL) {
		unbuilt_remove(making->unbuilt, mustache_file(mustache));
		return text;
	}
	fail(making, mustache);
	return xstrdup("");
}

/* ---- values for the templates ---- */

/* On one line, whatever it was; nothing for NULL and "". */
static void set_text(json_t *values, const char *name, const char *text)
{
	if (text == NULL || text[0] == '\0')
		return;
	char *line = xstrdup(text);
	for (char *c = line; *c != '\0'; c++) {
		if ((unsigned char)*c < ' ' || *c == 0x7f)
			*c = ' ';
	}
	json_object_set_new(values, name, json_string(line));
	free(line);
}

/* Takes the text over. */
static void set_made(json_t *values, const char *name, char *text)
{
	set_text(values, name, text);
	free(text);
}

/* "a, b, c" as it is said: "a, b och c". */
static void set_list(json_t *values, const char *name, const char *language, const char *list)
{
	const char *last = NULL;
	for (const char *comma = list; comma != NULL && (comma = strstr(comma, ", ")) != NULL;)
		last = comma++;
	if (last == NULL)
		set_text(values, name, list);
	else
		set_made(values, name,
			 xasprintf("%.*s %s %s", (int)(last - list), list,
				   language_index(language) == 0 ? "och" : "and", last + 2));
}

static void set_flag(json_t *values, const char *name, bool flag)
{
	json_object_set_new(values, name, json_boolean(flag));
}

static void set_day(json_t *values, const char *name, const char *language, date day)
{
	if (day != DATE_NONE)
		set_made(values, name, letter_date(language, day));
}

static void set_when(json_t *values, const struct letter *letter, const struct letter_item *item)
{
	int days =
	    item->due > letter->today ? item->due - letter->today : letter->today - item->due;
	set_day(values, "due", letter->language, item->due);
	set_flag(values, "late", item->due < letter->today);
	set_flag(values, "today", item->due == letter->today);
	set_flag(values, "coming", item->due > letter->today);
	json_object_set_new(values, "days", json_integer(days));
	set_flag(values, "one_day", days == 1);
}

static bool is_minimal(const struct letter *letter, const struct letter_item *item)
{
	return letter->minimal || item->is_protected;
}

/* What may always be said: that something waits, in which case, by when. */
static json_t *minimal_values(const struct letter *letter, const struct letter_item *item)
{
	json_t *values = json_object();
	set_text(values, "subject", item->subject);
	set_text(values, item->is_case ? "case" : "programme", item->subject);
	set_when(values, letter, item);
	set_flag(values, "minimal", is_minimal(letter, item));
	return values;
}

static void set_rent(json_t *values, const char *language, const struct letter_rent *rent)
{
	if (rent == NULL)
		return;
	set_day(values, "covers_through", language, rent->covers_through);
	set_day(values, "safe_until", language, rent->safe_until);
	set_day(values, "notice_from", language, rent->notice_from);
	set_day(values, "recovery_last", language, rent->recovery_last);
	set_day(values, "served_on", language, rent->served_on);
	set_day(values, "told_on", language, rent->told_on);
	set_day(values, "decision_from", language, rent->decision_from);
	set_flag(values, "none_open", rent->none_open);
	set_flag(values, "rent_unknown", rent->rent_unknown);
	set_flag(values, "post_unknown", rent->post_unknown);
	set_flag(values, "recovery_over", rent->recovery_over);
	set_flag(values, "excluded", rent->excluded);
	set_flag(values, "maybe_excluded", rent->maybe_excluded);
}

static void set_lease(json_t *values, const char *language, const struct letter_lease *lease)
{
	if (lease == NULL)
		return;
	set_flag(values, "lease_long", lease->length == LEASE_LENGTH_LONG);
	set_flag(values, "lease_short", lease->length == LEASE_LENGTH_SHORT);
	set_flag(values, "lease_unsure", lease->length == LEASE_LENGTH_UNKNOWN);
	set_flag(values, "notice_given", lease->notice_given);
	set_flag(values, "day_is_reckoned", lease->day_is_reckoned);
	set_day(values, "lease_ends_on", language, lease->ends_on);
	set_day(values, "month_after", language, lease->month_after);
}

/* By construction nothing but open fields (I6): dates in words, ids and texts as they are. */
static void set_event(json_t *values, const char *language, const struct event *event)
{
	for (size_t i = 0; event != NULL && i < event->kind->field_count; i++) {
		const struct field *field = &event->kind->fields[i];
		const struct value *value = &event->values[i];
		char *name = xasprintf("event_%s", field->name);
		if (template_may_show(field) && value->type == VALUE_DATE)
			set_day(values, name, language, (date)value->number);
		else if (template_may_show(field) && value->type == VALUE_TEXT)
			set_text(values, name, value->text);
		free(name);
	}
}

static void set_put_off(json_t *values, const char *language, const struct letter_item *item)
{
	json_t *list = json_array();
	for (size_t i = 0; i < item->put_off_count; i++) {
		json_t *one = json_object();
		set_text(one, "who", item->put_off[i].name);
		set_flag(one, "acknowledged", item->put_off[i].acknowledged);
		set_day(one, "until", language, item->put_off[i].until);
		json_array_append_new(list, one);
	}
	json_object_set_new(values, "put_off", list);
}

static json_t *item_values(const struct letter *letter, const struct letter_item *item)
{
	json_t *values = minimal_values(letter, item);
	if (is_minimal(letter, item))
		return values;
	set_text(values, "title", item->title);
	set_made(values, "month", month_words(letter->language, item->key));
	set_text(values, "anchor_label", item->anchor_label);
	/* Where the day itself was agreed there is nothing to count from. */
	if (item->anchor != item->due)
		set_day(values, "anchor", letter->language, item->anchor);
	if (item->missed > 0)
		json_object_set_new(values, "missed", json_integer(item->missed));
	set_flag(values, "one_missed", item->missed == 1);
	set_flag(values, "only_told", item->only_told);
	set_flag(values, "copy", item->copy);
	set_text(values, "why_you", item->why_you);
	set_text(values, "stands_in", item->stands_in);
	set_list(values, "others", letter->language, item->others);
	set_day(values, "next", letter->language, item->next);
	set_list(values, "next_to", letter->language, item->next_to);
	set_text(values, "overdue", item->overdue);
	set_event(values, letter->language, item->event);
	set_rent(values, letter->language, item->rent);
	set_lease(values, letter->language, item->lease);
	set_flag(values, "comes_back", item->comes_back);
	set_put_off(values, letter->language, item);
	return values;
}

/* A paragraph: line breaks of the template are for those who edit it. */
static char *paragraph(struct making *making, const struct mustache *mustache, const json_t *values)
{
	char *text = render(making, mustache, values, false);
	char *joined = wrap_join(text);
	free(text);
	return joined;
}

static const char *template_name(const struct letter_item *item)
{
	return item->template == NULL ? item->rule : item->template;
}

static const struct mustache *template_of(const struct templates *templates, const char *language,
					  const char *own, const char *general)
{
	const struct mustache *found = templates_find(templates, language, own);
	return found == NULL ? templates_find(templates, language, general) : found;
}

/* {"points": [{"point": ...}, ...]}, one for each line that says something; NULL: none does. */
static json_t *points(struct making *making, const struct mustache *mustache, const json_t *values)
{
	json_t *list = json_array();
	char *text = render(making, mustache, values, false), *rest = text;
	for (char *line; (line = strsep(&rest, "\n")) != NULL;) {
		char *point = wrap_join(line);
		if (point[0] != '\0')
			json_array_append_new(list, json_pack("{s:s}", "point", point));
		free(point);
	}
	free(text);
	json_t *all = json_array_size(list) == 0 ? NULL : json_pack("{s:O}", "points", list);
	json_decref(list);
	return all;
}

static void set_dates(struct making *making, const struct letter *letter,
		      const struct letter_item *item, json_t *values)
{
	char *name = xasprintf("%s.dates", template_name(item));
	const struct mustache *mustache = templates_find(making->templates, letter->language, name);
	json_t *dates = mustache == NULL ? NULL : points(making, mustache, values);
	if (dates != NULL)
		json_object_set_new(values, "dates", dates);
	free(name);
}

/* One of very many: what, which case, by when. */
static json_t *said_briefly(struct making *making, const struct letter *letter,
			    const struct letter_item *item, size_t number)
{
	json_t *all = item_values(letter, item), *values = json_object();
	json_object_set_new(values, "number", json_integer((json_int_t)number));
	set_made(values, "what",
		 paragraph(making,
			   templates_find(making->templates, letter->language,
					  is_minimal(letter, item) ? "minimal" : "brief"),
			   all));
	json_decref(all);
	return values;
}

static json_t *said(struct making *making, const struct letter *letter,
		    const struct letter_item *item, size_t number)
{
	if (item->brief)
		return said_briefly(making, letter, item, number);
	bool minimal = is_minimal(letter, item);
	json_t *values = item_values(letter, item);
	char *own_when = xasprintf("%s.when", template_name(item));
	json_object_set_new(values, "number", json_integer((json_int_t)number));
	set_made(values, "what",
		 paragraph(making,
			   template_of(making->templates, letter->language,
				       minimal ? "minimal" : template_name(item), "item"),
			   values));
	if (!minimal)
		set_made(
		    values, "when",
		    paragraph(making,
			      template_of(making->templates, letter->language, own_when, "when"),
			      values));
	if (!minimal)
		set_dates(making, letter, item, values);
	free(own_when);
	return values;
}

/* ---- the letter ---- */

enum group { GROUP_URGENT, GROUP_LATE, GROUP_TODAY, GROUP_COMING, GROUPS };

static int group_of(const struct letter *letter, const struct letter_item *item)
{
	if (letter->urgent)
		return GROUP_URGENT;
	if (item->due < letter->today)
		return GROUP_LATE;
	return item->due == letter->today ? GROUP_TODAY : GROUP_COMING;
}

/* The items in their groups, numbered as they are read. */
static json_t *groups(struct making *making, const struct letter *letter)
{
	static const char *const flags[GROUPS] = { "is_urgent", "is_late", "is_today",
						   "is_coming" };
	json_t *all = json_array();
	size_t number = 0;
	for (int group = 0; group < GROUPS; group++) {
		json_t *items = json_array();
		for (size_t i = 0; i < letter->count; i++) {
			if (group_of(letter, &letter->items[i]) == group)
				json_array_append_new(
				    items, said(making, letter, &letter->items[i], ++number));
		}
		json_t *values = json_pack("{s:b, s:o}", flags[group], 1, "items", items);
		if (json_array_size(items) > 0)
			json_array_append(all, values);
		json_decref(values);
	}
	return all;
}

/* The one case that all of it is about; NULL if there are several, or one is protected. */
static const char *only_case(const struct letter *letter)
{
	const char *only = letter->count == 0 ? NULL : letter->items[0].subject;
	for (size_t i = 0; only != NULL && i < letter->count; i++) {
		const struct letter_item *item = &letter->items[i];
		if (!item->is_case || is_minimal(letter, item) || strcmp(item->subject, only) != 0)
			only = NULL;
	}
	return only;
}

static bool any_minimal(const struct letter *letter)
{
	for (size_t i = 0; i < letter->count; i++) {
		if (is_minimal(letter, &letter->items[i]))
			return true;
	}
	return letter->minimal;
}

static json_t *letter_values(const struct letter *letter)
{
	json_t *values = json_object();
	json_object_set_new(values, "count", json_integer((json_int_t)letter->count));
	set_flag(values, "one", letter->count == 1);
	set_flag(values, "none", letter->count == 0);
	set_flag(values, "minimal", any_minimal(letter));
	set_flag(values, "urgent", letter->urgent);
	return values;
}

static char *subject_line(struct making *making, const struct letter *letter)
{
	json_t *values = letter_values(letter);
	set_text(values, "case", only_case(letter));
	char *line = paragraph(
	    making, templates_find(making->templates, letter->language, "subject"), values);
	json_decref(values);
	return line;
}

/* ---- what it tells besides ---- */

static json_t *row_values(struct making *making, const struct letter *letter,
			  const struct letter_section *section, const struct letter_item *item)
{
	bool is_return = strcmp(section->kind, "return") == 0;
	bool is_calendar = strcmp(section->kind, "calendar") == 0;
	const char *template = is_calendar || is_minimal(letter, item) ? "minimal"
			       : is_return                             ? "return"
								       : "brief";
	json_t *values = item_values(letter, item), *row = json_object();
	set_flag(values, "done", item->done);
	set_flag(row, "done", item->done);
	set_made(row, "row",
		 paragraph(making, templates_find(making->templates, letter->language, template),
			   values));
	json_decref(values);
	return row;
}

static json_t *section_values(struct making *making, const struct letter *letter,
			      const struct letter_section *section)
{
	json_t *values = json_object(), *rows = json_array();
	set_flag(values, "is_return", strcmp(section->kind, "return") == 0);
	set_flag(values, "is_handover", strcmp(section->kind, "handover") == 0);
	set_flag(values, "is_calendar", strcmp(section->kind, "calendar") == 0);
	set_text(values, "who", section->who);
	set_day(values, "from_day", letter->language, section->from);
	set_day(values, "to_day", letter->language, section->to);
	set_flag(values, "hidden", section->hidden);
	if (section->more > 0)
		json_object_set_new(values, "more", json_integer((json_int_t)section->more));
	for (size_t i = 0; i < section->count; i++)
		json_array_append_new(rows, row_values(making, letter, section, &section->rows[i]));
	set_flag(values, "nothing", section->count == 0 && !section->hidden);
	json_object_set_new(values, "rows", rows);
	return values;
}

static json_t *sections(struct making *making, const struct letter *letter)
{
	json_t *all = json_array();
	for (size_t i = 0; i < letter->section_count; i++)
		json_array_append_new(all, section_values(making, letter, &letter->sections[i]));
	return all;
}

static json_t *whole_values(struct making *making, const struct letter *letter)
{
	json_t *values = letter_values(letter);
	set_text(values, "name", letter->name);
	set_text(values, "report_how", letter->report_how);
	set_text(values, "unit", letter->unit);
	json_object_set_new(values, "groups", groups(making, letter));
	json_object_set_new(values, "sections", sections(making, letter));
	return values;
}

/* Does it fit into what is handed to the mailer (mailproto.h), with the rest of a letter? */
static bool fits(const struct rendered *rendered)
{
	json_t *both = json_pack("[s, s]", rendered->text, rendered->html);
	size_t size = both == NULL ? 0 : json_dumpb(both, NULL, 0, JSON_COMPACT);
	json_decref(both);
	return size > 0 && size <= TEXTS_MOST;
}

int letter_make(const struct templates *templates, const struct letter *letter,
		struct unbuilt *unbuilt, struct rendered *ret)
{
	struct making making = { templates, unbuilt, false };
	const struct mustache *as_text = templates_find(templates, letter->language, "letter");
	const struct mustache *as_html = templates_find(templates, letter->language, "letter.html");
	struct rendered made = { NULL, NULL, NULL };
	if (as_text == NULL || as_html == NULL)
		return -1;
	json_t *values = whole_values(&making, letter);
	made.subject = subject_line(&making, letter);
	char *text = making.failed ? xstrdup("") : render(&making, as_text, values, false);
	made.text = wrap_text(text, COLUMNS);
	made.html = making.failed ? xstrdup("") : render(&making, as_html, values, true);
	free(text);
	json_decref(values);
	if (!making.failed && !fits(&made))
		fail(&making, as_html);
	if (!making.failed)
		*ret = made;
	else
		letter_clear(&made);
	return making.failed ? -1 : 0;
}

int letter_render(const struct templates *templates, const struct letter *letter,
		  struct rendered *ret)
{
	struct unbuilt unbuilt = { NULL, 0, 0, false };
	int result = letter_make(templates, letter, &unbuilt, ret);
	unbuilt_clear(&unbuilt);
	return result;
}

void letter_clear(struct rendered *rendered)
{
	free(rendered->subject);
	free(rendered->text);
	free(rendered->html);
	*rendered = (struct rendered){ NULL, NULL, NULL };
}
