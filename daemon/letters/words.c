/* SPDX-License-Identifier: EUPL-1.2 */
/* See words.h. */
#include "daemon/letters/words.h"

#include <string.h>

#include "rules/conf/confread.h"

#define NAMES_MOST 12

/* A key of words.conf and the names that may stand in its text. */
struct row {
	const char *key;
	const char *names[NAMES_MOST];
};

#define OF_CASE "case", "programme"

static const struct row rows[WORDS] = {
	[WORD_GREETING] = { "greeting", { "name" } },
	[WORD_FIRST_NOW] = { "first_now", { "count", "one", "urgent" } },
	[WORD_FIRST_COMING] = { "first_coming", { "count", "one", "only" } },
	[WORD_FIRST_COPIES] = { "first_copies", { "count", "one", "only" } },
	[WORD_OVERVIEW] = { "overview", { NULL } },
	[WORD_OVERVIEW_ROW] = { "overview_row", { "heading", "count", "one", "numbers" } },
	[WORD_SECTION_URGENT] = { "section_urgent", { NULL } },
	[WORD_SECTION_LATE] = { "section_late", { NULL } },
	[WORD_SECTION_TODAY] = { "section_today", { NULL } },
	[WORD_SECTION_COMING] = { "section_coming", { NULL } },
	[WORD_SECTION_COPIES] = { "section_copies", { NULL } },
	[WORD_SECTION_NEXT] = { "section_next", { NULL } },
	[WORD_SINGLE] = { "single", { "heading", OF_CASE } },
	[WORD_BY_WHEN] = { "by_when", { "due", "late", "today", "coming" } },
	[WORD_MISSED] = { "missed", { "missed", "one_missed", "only_told" } },
	[WORD_COMES_BACK] = { "comes_back", { NULL } },
	[WORD_TOO_LATE] = { "too_late", { "too_late" } },
	[WORD_PUT_OFF] = { "put_off", { "who", "until", "acknowledged" } },
	[WORD_CASE_OTHERS] = { "case_others", { "others" } },
	[WORD_OTHERS] = { "others", { "others" } },
	[WORD_BACKGROUND] = { "background", { "anchor_label", "anchor" } },
	[WORD_WHY_YOU] = { "why_you", { "why_you", "group" } },
	[WORD_CASE_WHY_YOU] = { "case_why_you", { "why_you", "group" } },
	[WORD_WHY_LETTER] = { "why_letter", { "why_you", "group" } },
	[WORD_COPIES_OF] = { "copies_of", { "who" } },
	[WORD_COPY] = { "copy", { NULL } },
	[WORD_NEXT] = { "next", { "next", "next_to" } },
	[WORD_NEXT_DAY] = { "next_day", { "next", "hour" } },
	[WORD_ONLY_FOR] = { "only_for", { "numbers" } },
	[WORD_ALSO_FOR] = { "also_for", { "numbers" } },
	[WORD_AS_FOR] = { "as_for", { "numbers" } },
	[WORD_THAT_DAY] = { "that_day", { NULL } },
	[WORD_HEAD_NUMBER] = { "head_number", { NULL } },
	[WORD_HEAD_DAY] = { "head_day", { NULL } },
	[WORD_HEAD_MATTER] = { "head_matter", { NULL } },
	[WORD_HEAD_CASE] = { "head_case", { NULL } },
	[WORD_HEAD_OTHERS] = { "head_others", { NULL } },
	[WORD_HEAD_NEXT_DAY] = { "head_next_day", { NULL } },
	[WORD_HEAD_NEXT_TO] = { "head_next_to", { NULL } },
	[WORD_HEAD_WHERE] = { "head_where", { NULL } },
	[WORD_HEAD_WHO] = { "head_who", { NULL } },
	[WORD_HEAD_COUNT] = { "head_count", { NULL } },
	[WORD_HEAD_OLDEST] = { "head_oldest", { NULL } },
	[WORD_HEAD_LAST_DAY] = { "head_last_day", { NULL } },
	[WORD_PAST] = { "past", { NULL } },
	[WORD_OVERDUE_WHAT] = { "overdue_what", { "what", "more" } },
	[WORD_MINIMAL_CASE] = { "minimal_case", { OF_CASE, "due" } },
	[WORD_MINIMAL_ASK] = { "minimal_ask", { NULL } },
	[WORD_RETURN] = { "return", { NULL } },
	[WORD_RETURN_FIRST] = { "return_first", { "from_day", "to_day" } },
	[WORD_HANDOVER] = { "handover", { "who" } },
	[WORD_HANDOVER_FIRST] = { "handover_first", { "nothing" } },
	[WORD_CALENDAR] = { "calendar", { NULL } },
	[WORD_CALENDAR_FIRST] = { "calendar_first", { NULL } },
	[WORD_CALENDAR_STATE] = { "calendar_state", { "done" } },
	[WORD_STATE] = { "state", { "done" } },
	[WORD_MORE] = { "more", { "more" } },
	[WORD_HIDDEN] = { "hidden", { NULL } },
	[WORD_HIDDEN_CALENDAR] = { "hidden_calendar", { NULL } },
	[WORD_REPORT] = { "report", { "report_how" } },
	[WORD_REPORT_TO] = { "report_to", { "who" } },
	[WORD_AUTOMATIC] = { "automatic", { NULL } },
	[WORD_SUBJECT] = { "subject",
			   { "count", "one", "case", "minimal", "urgent", "coming", "copies",
			     "none" } },
	[WORD_PAGE_TITLE] = { "page_title", { NULL } },
	[WORD_AND] = { "and", { NULL } },
	[WORD_DAY] = { "day", { "weekday", "day", "month", "year" } },
	[WORD_DAY_SHORT] = { "day_short", { "weekday", "day", "month", "year" } },
	[WORD_MONTH] = { "month", { "month", "year" } },
};

#define DAYS   7
#define MONTHS 12

struct words {
	struct mustache *said[WORDS];
	char *weekdays[DAYS], *months[MONTHS];
};

/* ---- loading ---- */

/* With the line of the setting, where the text begins. */
static void parse(struct words *words, const config_setting_t *root, enum word word,
		  const char *path, struct problems *problems)
{
	struct problems found = PROBLEMS_NONE;
	const struct row *row = &rows[word];
	const char *names[NAMES_MOST + 1] = { NULL };
	const char *text = confread_text(root, row->key);
	if (text == NULL)
		return;
	for (size_t i = 0; i < NAMES_MOST; i++)
		names[i] = row->names[i];
	words->said[word] = mustache_parse(text, strlen(text), path, names, &found);
	for (size_t i = 0; i < found.count; i++)
		problem_add(problems, path, confread_line(root, row->key) + found.list[i].line - 1,
			    "%s: %s", row->key, found.list[i].text);
	problems_clear(&found);
}

static void read_names(const config_setting_t *root, const char *key, char **names, size_t count,
		       const char *path, struct problems *problems)
{
	if (confread_text_count(root, key) != count)
		problem_add(problems, path, confread_line(root, key),
			    "%s: there must be %zu of them, from the first to the last", key,
			    count);
	for (size_t i = 0; i < count && i < confread_text_count(root, key); i++)
		names[i] = xstrdup(confread_text_at(root, key, i));
}

static void read_words(struct words *words, const config_setting_t *root, const char *path,
		       struct problems *problems)
{
	struct conf_key keys[WORDS + 3] = { { NULL, CONF_TEXT, false } };
	for (size_t i = 0; i < WORDS; i++)
		keys[i] = (struct conf_key){ rows[i].key, CONF_TEXT, true };
	keys[WORDS] = (struct conf_key){ "weekdays", CONF_TEXTS, true };
	keys[WORDS + 1] = (struct conf_key){ "months", CONF_TEXTS, true };
	if (!confread_keys(root, keys, path, problems))
		return;
	for (size_t i = 0; i < WORDS; i++)
		parse(words, root, (enum word)i, path, problems);
	read_names(root, "weekdays", words->weekdays, DAYS, path, problems);
	read_names(root, "months", words->months, MONTHS, path, problems);
}

struct words *words_parse(const char *text, size_t length, const char *path,
			  struct problems *problems)
{
	struct config_t config;
	size_t before = problems->count;
	struct words *words = xcalloc(1, sizeof(*words));
	if (confread_open(&config, text, length, path, problems) == 0) {
		read_words(words, config_root_setting(&config), path, problems);
		config_destroy(&config);
	}
	if (problems->count == before)
		return words;
	words_free(words);
	return NULL;
}

void words_free(struct words *words)
{
	if (words == NULL)
		return;
	for (size_t i = 0; i < WORDS; i++)
		mustache_free(words->said[i]);
	for (size_t i = 0; i < DAYS; i++)
		free(words->weekdays[i]);
	for (size_t i = 0; i < MONTHS; i++)
		free(words->months[i]);
	free(words);
}

const struct mustache *words_find(const struct words *words, enum word word)
{
	return words->said[word];
}

/* ---- days ---- */

static char *say_day(const struct words *words, enum word word, date day, bool with_year)
{
	int year, month, of_month;
	date_to_ymd(day, &year, &month, &of_month);
	json_t *values =
	    json_pack("{s:s, s:i, s:s}", "weekday", words->weekdays[date_weekday(day) - 1], "day",
		      of_month, "month", words->months[month - 1]);
	if (with_year)
		json_object_set_new(values, "year", json_integer(year));
	char *text = mustache_render(words->said[word], values, false);
	json_decref(values);
	return text == NULL ? xstrdup("") : text;
}

char *words_day(const struct words *words, date day)
{
	return say_day(words, WORD_DAY, day, true);
}

char *words_day_short(const struct words *words, date day, date today)
{
	int year, this_year, month, of_month;
	date_to_ymd(day, &year, &month, &of_month);
	date_to_ymd(today, &this_year, &month, &of_month);
	return say_day(words, WORD_DAY_SHORT, day, year != this_year);
}

char *words_month(const struct words *words, const char *key)
{
	date day;
	return date_parse_month(key, &day) != 0 ? NULL : say_day(words, WORD_MONTH, day, true);
}
