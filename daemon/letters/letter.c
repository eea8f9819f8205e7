/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * See letter.h. The letter is put together as a document (document.h), from which the text is laid
 * out and, by letter.html, the page; every word of it comes from a rule's template or words.conf.
 */
#include "daemon/letters/letter.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/base/wrap.h"
#include "daemon/letters/letter_own.h"

#define TEXTS_MOST        (800 * 1024) /* bytes of a letter's texts as JSON */
#define ITEMS_AT_A_GLANCE 4            /* more have an overview */

/* ---- how many of what ---- */

struct counts {
	size_t now, coming, copies;
};

static struct counts count_groups(const struct letter *letter)
{
	struct counts counts = { 0, 0, 0 };
	for (size_t i = 0; i < letter->count; i++) {
		switch (letter_group(&letter->items[i], letter->urgent, letter->today)) {
		case GROUP_URGENT:
		case GROUP_LATE:
		case GROUP_TODAY:
			counts.now++;
			break;
		case GROUP_COMING:
			counts.coming++;
			break;
		case GROUP_COPIES:
			counts.copies++;
			break;
		case GROUPS:
			break;
		}
	}
	return counts;
}

/* The one case that all of it is about; NULL if there are several, or one is protected. */
static const char *only_case(const struct making *making)
{
	const struct letter *letter = making->letter;
	const char *only = letter->count == 0 ? NULL : letter->items[0].subject;
	for (size_t i = 0; only != NULL && i < letter->count; i++) {
		const struct letter_item *item = &letter->items[i];
		if (!item->is_case || making_is_minimal(making, item) ||
		    strcmp(item->subject, only) != 0)
			only = NULL;
	}
	return only;
}

static bool any_minimal(const struct making *making)
{
	for (size_t i = 0; i < making->letter->count; i++)
		if (making_is_minimal(making, &making->letter->items[i]))
			return true;
	return making->letter->minimal;
}

static char *subject_line(struct making *making)
{
	const struct letter *letter = making->letter;
	struct counts counts = count_groups(letter);
	json_t *values = json_object();
	const char *only = only_case(making);
	bool all = only != NULL || any_minimal(making);
	size_t count = all                 ? letter->count
		       : counts.now > 0    ? counts.now
		       : counts.coming > 0 ? counts.coming
					   : counts.copies;
	json_object_set_new(values, "count", json_integer((json_int_t)count));
	values_set_flag(values, "one", count == 1);
	values_set_flag(values, "none", letter->count == 0);
	values_set_flag(values, "minimal", any_minimal(making));
	values_set_flag(values, "urgent", letter->urgent);
	values_set_flag(values, "coming", counts.now == 0 && counts.coming > 0);
	values_set_flag(values, "copies", counts.now == 0 && counts.coming == 0);
	values_set_text(values, "case", only);
	return making_word(making, WORD_SUBJECT, values);
}

/* ---- the letter from its top to its end ---- */

static char *count_words(struct making *making, enum word word, size_t count, bool only)
{
	json_t *values = json_pack("{s:I, s:b}", "count", (json_int_t)count, "one", count == 1);
	if (word == WORD_FIRST_NOW)
		values_set_flag(values, "urgent", making->letter->urgent);
	else
		values_set_flag(values, "only", only);
	return making_word(making, word, values);
}

static void say_first(struct making *making)
{
	struct counts counts = count_groups(making->letter);
	json_t *name = json_object();
	values_set_text(name, "name", making->letter->name);
	making_say(making, WORD_GREETING, name);
	char *now =
	    counts.now == 0 ? xstrdup("") : count_words(making, WORD_FIRST_NOW, counts.now, false);
	char *coming = counts.coming == 0
			   ? xstrdup("")
			   : count_words(making, WORD_FIRST_COMING, counts.coming, counts.now == 0);
	char *copies = counts.copies == 0 ? xstrdup("")
					  : count_words(making, WORD_FIRST_COPIES, counts.copies,
							counts.now + counts.coming == 0);
	char *all = xasprintf("%s %s %s", now, coming, copies), *joined = wrap_join(all);
	if (*joined != '\0')
		document_say(making->document, joined);
	free(now);
	free(coming);
	free(copies);
	free(all);
	free(joined);
}

static const struct section {
	enum word word;
	const char *tone;
} sections[GROUPS] = {
	[GROUP_URGENT] = { WORD_SECTION_URGENT, "is_late" },
	[GROUP_LATE] = { WORD_SECTION_LATE, "is_late" },
	[GROUP_TODAY] = { WORD_SECTION_TODAY, "is_today" },
	[GROUP_COMING] = { WORD_SECTION_COMING, NULL },
	[GROUP_COPIES] = { WORD_SECTION_COPIES, NULL },
};

static char *section_words(struct making *making, const struct matter *matter)
{
	return making_word(making, sections[matter->group].word, NULL);
}

/* A matter's numbers follow each other, and so do those of the tables of a section. */
static char *numbers_from(const struct making *making, const struct matter *matter)
{
	size_t *numbers = xcalloc(matter->count + 1, sizeof(*numbers));
	for (size_t i = 0; i < matter->count; i++)
		numbers[i] = making->numbers[matter->items[0]] + i;
	char *text = making_numbers(numbers, matter->count);
	free(numbers);
	return text;
}

static void say_overview(struct making *making)
{
	const struct order *order = making->order;
	if (making->letter->count <= ITEMS_AT_A_GLANCE || order->count < 2)
		return;
	char *overview = making_word(making, WORD_OVERVIEW, NULL);
	document_section(making->document, overview, NULL);
	for (size_t i = 0; i < order->count; i++) {
		struct matter whole = order->list[i];
		const struct matter *matter = &whole;
		while (i + 1 < order->count && order_is_table(matter) &&
		       order->list[i + 1].group == matter->group)
			whole.count += order->list[++i].count;
		json_t *values = json_object();
		values_set_made(values, "heading",
				matter->template == NULL ? section_words(making, matter)
							 : parts_heading(making, matter));
		json_object_set_new(values, "count", json_integer((json_int_t)matter->count));
		values_set_flag(values, "one", matter->count == 1);
		values_set_made(values, "numbers", numbers_from(making, matter));
		char *row = making_word(making, WORD_OVERVIEW_ROW, values);
		document_point(making->document, row);
		free(row);
	}
	free(overview);
}

static void say_matters(struct making *making)
{
	const struct order *order = making->order;
	for (size_t i = 0; i < order->count; i++) {
		const struct matter *matter = &order->list[i];
		if (i == 0 || order->list[i - 1].group != matter->group) {
			char *section = section_words(making, matter);
			document_section(making->document, section, sections[matter->group].tone);
			free(section);
		}
		if (order_is_table(matter))
			tables_say(making, matter);
		else
			matter_say(making, matter);
	}
}

static void say_word(struct making *making, enum word word, const char *name, const char *value)
{
	json_t *values = json_object();
	if (name != NULL)
		values_set_text(values, name, value);
	making_say(making, word, values);
}

static void say_why(struct making *making)
{
	json_t *values = json_object();
	values_set_why(values, &making->letter->items[0]);
	making_say(making, WORD_WHY_LETTER, values);
}

static void say_end(struct making *making)
{
	const struct letter *letter = making->letter;
	if (making->same_role)
		say_why(making);
	if (letter->count > 0 && any_minimal(making))
		say_word(making, WORD_MINIMAL_ASK, NULL, NULL);
	if (letter->report_how != NULL && letter->report_how[0] != '\0')
		say_word(making, WORD_REPORT, "report_how", letter->report_how);
	else if (letter->ask != NULL)
		say_word(making, WORD_REPORT_TO, "who", letter->ask);
	say_word(making, WORD_AUTOMATIC, NULL, NULL);
	if (letter->unit != NULL)
		document_say(making->document, letter->unit);
}

/* Is there one role by which all of it comes, so that it needs to be said once only? */
static bool has_one_role(const struct making *making)
{
	const struct letter *letter = making->letter;
	const char *role = letter->count < 2 ? NULL : letter->items[0].why_you;
	for (size_t i = 0; role != NULL && i < letter->count; i++) {
		const struct letter_item *item = &letter->items[i];
		if (item->copy || item->stands_in != NULL || making_is_minimal(making, item) ||
		    item->why_you == NULL || strcmp(item->why_you, role) != 0)
			role = NULL;
	}
	return role != NULL && role[0] != '\0';
}

static void say_all(struct making *making)
{
	const struct letter *letter = making->letter;
	for (size_t i = 0; i < making->order->count; i++)
		if (making->order->list[i].template != NULL)
			parts_note_skeletons(making, &making->order->list[i]);
	say_first(making);
	say_overview(making);
	say_matters(making);
	tables_say_next(making);
	for (size_t i = 0; i < letter->section_count; i++)
		tables_say_section(making, &letter->sections[i]);
	say_end(making);
	units_finish(making);
}

static char *as_page(struct making *making)
{
	json_t *values = document_values(making->document);
	values_set_text(values, "language", making->letter->language);
	values_set_made(values, "title", making_word(making, WORD_PAGE_TITLE, NULL));
	char *page = making_render_as(making, templates_page(making->templates), values, true);
	json_decref(values);
	return page;
}

/* Does it fit into what is handed to the mailer (mailproto.h), with the rest of a letter? */
static bool fits(const struct rendered *rendered)
{
	json_t *both = json_pack("[s, s]", rendered->text, rendered->html);
	size_t size = both == NULL ? 0 : json_dumpb(both, NULL, 0, JSON_COMPACT);
	json_decref(both);
	return size > 0 && size <= TEXTS_MOST;
}

static void making_begin(struct making *making, struct order *order)
{
	const struct letter *letter = making->letter;
	order_read(order, letter);
	making->order = order;
	making->numbers = xcalloc(letter->count + 1, sizeof(*making->numbers));
	letter_numbers(letter, making->numbers);
	making->document = document_new(letter->count);
	making->days = json_object();
	making->differing = json_object();
	making->skeletons = json_object();
	making->said = json_object();
	making->paragraphs = json_array();
	making->same_role = has_one_role(making);
}

static void making_end(struct making *making, struct order *order)
{
	document_free(making->document);
	json_decref(making->days);
	json_decref(making->differing);
	json_decref(making->skeletons);
	json_decref(making->said);
	json_decref(making->paragraphs);
	free(making->numbers);
	order_free(order);
}

int letter_make(const struct templates *templates, const struct letter *letter,
		struct unbuilt *unbuilt, struct rendered *ret)
{
	struct making making = { .templates = templates,
				 .words = templates_words(templates, letter->language),
				 .letter = letter,
				 .unbuilt = unbuilt };
	struct order order = { NULL, 0, 0 };
	struct rendered made = { NULL, NULL, NULL };
	if (making.words == NULL)
		return -1;
	making_begin(&making, &order);
	say_all(&making);
	made.subject = subject_line(&making);
	made.text = making.failed ? NULL : document_as_text(making.document);
	made.html = making.failed ? NULL : as_page(&making);
	if (!making.failed && !fits(&made))
		making_fail(&making, templates_page(templates));
	making_end(&making, &order);
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
