/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Letters against tests/golden/<name>.txt, and what holds for each of them. After a wanted change
 * KEDJA_GOLDEN=write writes the files anew; read the difference before you believe it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/base/file.h"
#include "daemon/base/wrap.h"
#include "daemon/conf/office.h"
#include "daemon/letters/letter.h"
#include "daemon/letters/plain.h"

static struct office *office;
static struct templates *templates;

static date day(const char *text)
{
	date result = DATE_NONE;
	assert_int_equal(date_parse(text, &result), 0);
	return result;
}

static int load(void **state)
{
	(void)state;
	struct problems problems = PROBLEMS_NONE;
	office = office_load_shipped("conf", &problems);
	templates =
	    office == NULL ? NULL : templates_load("conf/templates", office->ruleset, &problems);
	for (size_t i = 0; i < problems.count; i++) {
		char *line = problem_format(&problems.list[i]);
		print_message("%s\n", line);
		free(line);
	}
	problems_clear(&problems);
	return templates == NULL ? -1 : 0;
}

static int unload(void **state)
{
	(void)state;
	templates_free(templates);
	office_free(office);
	return 0;
}

/* ---- what holds for every letter ---- */

static void check_no_word(const char *text, const char *word)
{
	if (strcasestr(text, word) != NULL)
		print_message("it says \"%s\":\n%s", word, text);
	assert_null(strcasestr(text, word));
}

static void check_columns(const char *text)
{
	size_t column = 0;
	for (; *text != '\0'; text++) {
		assert_true(*text == '\n' || (unsigned char)*text >= ' ');
		column = *text == '\n' ? 0 : column + (((unsigned char)*text & 0xc0) != 0x80);
		assert_true(column <= 76);
	}
}

static void check_manners(const char *text)
{
	static const char *const words[] = { "villkor",      "sanktion",   "regelbrott",
					     "inte betalat", "not paid",   "försökslägenhet",
					     "klar\"",       "http",       "{{",
					     "tandläkare",   "trial flat", "skuld" };
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		check_no_word(text, words[i]);
	check_columns(text);
}

/* ---- golden files ---- */

static void check_file(const char *path, const char *text)
{
	struct problems problems = PROBLEMS_NONE;
	const char *write = getenv("KEDJA_GOLDEN");
	if (write != NULL && strcmp(write, "write") == 0) {
		FILE *file = fopen(path, "w");
		assert_non_null(file);
		fputs(text, file);
		assert_int_equal(fclose(file), 0);
	}
	size_t length;
	char *golden = file_read(path, &length, &problems);
	assert_non_null(golden);
	assert_string_equal(text, golden);
	free(golden);
	problems_clear(&problems);
}

static void check_golden(const char *name, const struct rendered *letter)
{
	char *path = xasprintf("tests/golden/%s.txt", name);
	char *page = xasprintf("tests/golden/%s.html", name);
	char *text = xasprintf("Subject: %s\n\n%s", letter->subject, letter->text);
	check_file(path, text);
	check_file(page, letter->html);
	free(text);
	free(page);
	free(path);
}

/* ---- the page says what the text says ---- */

static char *replaced(char *text, const char *what, const char *with)
{
	char *found = strstr(text, what);
	while (found != NULL) {
		size_t at = (size_t)(found - text);
		char *longer = xasprintf("%.*s%s%s", (int)at, text, with, found + strlen(what));
		free(text);
		text = longer;
		found = strstr(text + at + strlen(with), what);
	}
	return text;
}

/* What a reader sees of a page: between its tags, from the body on. */
static char *seen(const char *html)
{
	const char *c = strstr(html, "<body");
	assert_non_null(c);
	char *text = xcalloc(strlen(c) + 1, 1), *end = text;
	for (bool tag = false; *c != '\0'; c++) {
		if (*c == '<' || *c == '>') {
			bool inside = strncmp(c, "<span", 5) == 0 || strncmp(c, "</span", 6) == 0;
			tag = *c == '<';
			if (!inside)
				*end++ = ' ';
		} else if (!tag) {
			*end++ = *c;
		}
	}
	text = replaced(text, "&quot;", "\"");
	text = replaced(text, "&lt;", "<");
	text = replaced(text, "&gt;", ">");
	return replaced(text, "&amp;", "&");
}

static char *next_word(char **rest)
{
	char *word;
	do
		word = strsep(rest, " \n\t");
	while (word != NULL && (*word == '\0' || strcmp(word, "-") == 0));
	return word;
}

#define WORDS_MOST 4000

static size_t words_of(char *text, const char **ret)
{
	size_t count = 0;
	for (const char *word; (word = next_word(&text)) != NULL; count++) {
		assert_true(count < WORDS_MOST);
		ret[count] = word;
	}
	return count;
}

static int by_word(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* In one order, but for tables: in a text their cells are broken side by side. */
static void check_same_words(const struct rendered *letter)
{
	static const char *in_page[WORDS_MOST], *in_text[WORDS_MOST];
	char *page = seen(letter->html), *text = xstrdup(letter->text);
	size_t count = words_of(page, in_page);
	assert_int_equal(words_of(text, in_text), count);
	if (strstr(letter->html, "<th ") != NULL) {
		qsort(in_page, count, sizeof(in_page[0]), by_word);
		qsort(in_text, count, sizeof(in_text[0]), by_word);
	}
	for (size_t i = 0; i < count; i++)
		assert_string_equal(in_text[i], in_page[i]);
	free(page);
	free(text);
}

/* Nothing that is fetched from elsewhere, nothing that runs. */
static void check_page(const char *html)
{
	static const char *const words[] = { "<img", "<script", "http",   "url(", "@import",
					     "src=", "<link",   "onload", "{{" };
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		check_no_word(html, words[i]);
	assert_int_equal(strncmp(html, "<!DOCTYPE html>\n<html lang=", 27), 0);
	assert_non_null(strstr(html, "</html>\n"));
}

static void check_letter(const char *name, const struct letter *letter)
{
	struct rendered rendered = { NULL, NULL, NULL };
	assert_int_equal(letter_render(templates, letter, &rendered), 0);
	check_manners(rendered.text);
	check_manners(rendered.subject);
	assert_null(strchr(rendered.subject, '\n'));
	check_golden(name, &rendered);
	check_page(rendered.html);
	check_same_words(&rendered);
	letter_clear(&rendered);
	assert_null(rendered.text);
	assert_null(rendered.html);
}

/* ---- a day's items, the most serious first ---- */

#define ITEMS 8

static void days_items(struct letter_item items[ITEMS])
{
	static struct letter_rent february;
	february = (struct letter_rent){ .covers_through = day("2027-02-25"),
					 .bank_day = DATE_NONE,
					 .safe_until = day("2027-02-05"),
					 .notice_from = day("2027-02-09"),
					 .recovery_last = DATE_NONE,
					 .served_on = DATE_NONE,
					 .told_on = DATE_NONE,
					 .decision_from = DATE_NONE };
	struct letter_item all[ITEMS] = {
		{ .subject = "K-0417",
		  .is_case = true,
		  .key = "",
		  .rule = "plan-review",
		  .title = "Uppföljning av handlingsplan",
		  .step = "late",
		  .due = day("2027-02-22"),
		  .anchor = day("2026-11-22"),
		  .anchor_label = "planen följdes upp",
		  .missed = 2,
		  .why_you = "socialsekreterare",
		  .others = "Bo Ek (boendestödjare)",
		  .next = day("2027-03-08"),
		  .next_to = "socialsekreterare, enhetschef" },
		{ .subject = "K-0099",
		  .is_case = true,
		  .key = "2027-02",
		  .rule = "rent-late",
		  .title = "Hyra inte registrerad",
		  .step = "contact",
		  .due = day("2027-02-01"),
		  .anchor = day("2027-02-01"),
		  .anchor_label = "hyran aviserades",
		  .why_you = "bosamordnare",
		  .next = day("2027-03-02"),
		  .rent = &february },
		{ .subject = "K-0102",
		  .is_case = true,
		  .key = "",
		  .rule = "plan-missing",
		  .title = "Handlingsplan saknas",
		  .step = "late",
		  .due = day("2027-02-28"),
		  .anchor = day("2027-02-14"),
		  .anchor_label = "boendet ändrades",
		  .missed = 1,
		  .copy = true,
		  .why_you = "enhetschef",
		  .next = DATE_NONE },
		{ .subject = "K-0420",
		  .is_case = true,
		  .key = "tandläkare",
		  .rule = "task",
		  .title = "Uppdrag enligt planen",
		  .step = "today",
		  .due = day("2027-03-01"),
		  .anchor = day("2027-03-01"),
		  .anchor_label = "uppdraget bestämdes",
		  .why_you = "boendestödjare",
		  .stands_in = "Eva Lind är borta till och med fredagen den 5 mars 2027 och du är "
			       "hennes ersättare.",
		  .next = day("2027-03-08"),
		  .next_to = "boendestödjare, enhetschef" },
		{ .subject = "K-0001",
		  .is_case = true,
		  .key = "",
		  .rule = "trial-year",
		  .title = "Försöksåret tar slut",
		  .step = "decide",
		  .due = day("2027-03-02"),
		  .anchor = day("2026-03-02"),
		  .anchor_label = "boendet ändrades",
		  .why_you = "bosamordnare",
		  .next = DATE_NONE },
		{ .subject = "ostermalm",
		  .is_case = false,
		  .key = "",
		  .rule = "evaluation-half-year",
		  .title = "Utvärdering av mål och metod",
		  .step = "soon",
		  .due = day("2027-03-31"),
		  .anchor = day("2026-05-01"),
		  .anchor_label = "verksamheten startade",
		  .why_you = "enhetschef",
		  .others = "Anna Ek (boendestödjare), Siv Öberg (planeringssekreterare)",
		  .next = day("2027-03-31") },
		{ .subject = "K-0777",
		  .is_case = true,
		  .key = "2027-04",
		  .rule = "x-special",
		  .title = "Genomgång",
		  .step = "soon",
		  .due = day("2027-04-01"),
		  .anchor = DATE_NONE,
		  .anchor_label = "",
		  .next = DATE_NONE },
		{ .subject = "K-0888",
		  .is_case = true,
		  .key = "hyra-a",
		  .rule = "rent-late",
		  .title = "Hyra inte registrerad",
		  .step = "soon",
		  .due = day("2027-04-02"),
		  .anchor = DATE_NONE,
		  .next = DATE_NONE },
	};
	memcpy(items, all, sizeof(all));
	for (size_t i = 0; i < ITEMS; i++)
		items[i].too_late = DATE_NONE;
}

static struct letter days_letter(const char *language, const struct letter_item *items,
				 size_t count)
{
	return (struct letter){ .language = language,
				.name = "Åsa Öhrn",
				.today = day("2027-03-01"),
				.report_how = "säg till på enhetens möte, eller ring 08-123 45 67.",
				.unit = "Kedja bevakning, boendekedjan Östermalm",
				.items = items,
				.count = count };
}

static void a_day(void **state)
{
	(void)state;
	struct letter_item items[ITEMS];
	days_items(items);
	struct letter swedish = days_letter("sv", items, ITEMS);
	struct letter english = days_letter("en", items, ITEMS);
	check_letter("letter-sv-day", &swedish);
	check_letter("letter-en-day", &english);
}

static void one_item(void **state)
{
	(void)state;
	struct letter_item items[ITEMS];
	days_items(items);
	struct letter swedish = days_letter("sv", items, 1);
	struct letter english = days_letter("en", items, 1);
	check_letter("letter-sv-one", &swedish);
	check_letter("letter-en-one", &english);
	struct letter programme = days_letter("sv", items + 5, 1);
	programme.name = "";
	programme.report_how = "";
	check_letter("letter-sv-programme", &programme);
}

static void one_case_twice(void **state)
{
	(void)state;
	struct letter_item items[ITEMS];
	struct rendered rendered;
	days_items(items);
	items[1].subject = items[0].subject;
	struct letter letter = days_letter("sv", items, 2);
	assert_int_equal(letter_render(templates, &letter, &rendered), 0);
	assert_string_equal(rendered.subject, "Bevakningar i ärende K-0417: 2");
	letter_clear(&rendered);
}

static void minimal_says_only_what_it_may(void **state)
{
	(void)state;
	struct letter_item items[ITEMS];
	days_items(items);
	struct letter swedish = days_letter("sv", items, ITEMS);
	struct letter english = days_letter("en", items, ITEMS);
	swedish.minimal = english.minimal = true;
	check_letter("letter-sv-minimal", &swedish);
	check_letter("letter-en-minimal", &english);
}

static void protected_is_minimal_whatever_the_setting(void **state)
{
	(void)state;
	struct letter_item items[ITEMS];
	struct rendered rendered;
	days_items(items);
	items[0].is_protected = true;
	struct letter letter = days_letter("sv", items, 1);
	check_letter("letter-sv-protected", &letter);
	assert_int_equal(letter_render(templates, &letter, &rendered), 0);
	assert_null(strstr(rendered.subject, "K-0417"));
	assert_null(strcasestr(rendered.text, "plan"));
	assert_null(strstr(rendered.text, "Bo Ek"));
	letter_clear(&rendered);
}

static char *subject_of(const struct letter *letter)
{
	struct rendered rendered;
	assert_int_equal(letter_render(templates, letter, &rendered), 0);
	char *subject = rendered.subject;
	rendered.subject = NULL;
	letter_clear(&rendered);
	return subject;
}

/* One section whatever their days are; and the subject says it, but never what a case is about. */
static void urgent_letters_say_so(void **state)
{
	(void)state;
	struct letter_item items[ITEMS];
	days_items(items);
	struct letter swedish = days_letter("sv", items, 3);
	struct letter english = days_letter("en", items, 3);
	swedish.urgent = english.urgent = true;
	check_letter("letter-sv-urgent", &swedish);
	check_letter("letter-en-urgent", &english);

	static const struct {
		const char *language;
		bool minimal;
		size_t count;
		const char *subject;
	} rows[] = {
		{ "sv", false, 1, "Brådskande bevakning i ärende K-0417" },
		{ "sv", false, 2, "Brådskande bevakningar i ärende K-0417: 2" },
		{ "sv", false, 3, "Brådskande bevakningar: 3" },
		{ "sv", true, 1, "Brådskande bevakning att hantera" },
		{ "sv", true, 3, "Brådskande bevakningar att hantera: 3" },
		{ "en", false, 1, "Urgent reminder in case K-0417" },
		{ "en", false, 2, "Urgent reminders in case K-0417: 2" },
		{ "en", false, 3, "Urgent reminders: 3" },
		{ "en", true, 1, "Urgent reminder to deal with" },
		{ "en", true, 3, "Urgent reminders to deal with: 3" },
	};
	items[1].subject = items[0].subject;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct letter letter = days_letter(rows[i].language, items, rows[i].count);
		letter.urgent = true;
		letter.minimal = rows[i].minimal;
		char *subject = subject_of(&letter);
		assert_string_equal(subject, rows[i].subject);
		free(subject);
	}
	items[0].is_protected = true;
	struct letter letter = days_letter("sv", items, 1);
	letter.urgent = true;
	char *subject = subject_of(&letter);
	assert_string_equal(subject, "Brådskande bevakning att hantera");
	free(subject);
}

/* Days of rent are told in words, those that are known, and none of them in minimal letters. */
/* What went elsewhere during a leave, what was taken over, and no reminder besides. */
static void sections_by_themselves(void **state)
{
	(void)state;
	struct letter_item away[2] = {
		{ .subject = "K-0417",
		  .is_case = true,
		  .key = "",
		  .rule = "plan-review",
		  .title = "Uppföljning av handlingsplan",
		  .step = "",
		  .due = day("2027-02-22"),
		  .anchor = day("2026-11-22"),
		  .next = DATE_NONE,
		  .others = "Bo Ek, Siv Öberg" },
		{ .subject = "K-0099",
		  .is_case = true,
		  .key = "2027-02",
		  .rule = "rent-late",
		  .title = "Hyra inte registrerad",
		  .step = "",
		  .due = day("2027-02-26"),
		  .anchor = day("2027-02-26"),
		  .next = DATE_NONE,
		  .others = "Bo Ek",
		  .done = true },
	};
	struct letter_section sections[3] = {
		{ .kind = "return",
		  .from = day("2027-02-15"),
		  .to = day("2027-02-26"),
		  .rows = away,
		  .count = 2,
		  .hidden = true },
		{ .kind = "handover",
		  .who = "Eva Lind",
		  .from = DATE_NONE,
		  .to = DATE_NONE,
		  .rows = away,
		  .count = 1,
		  .more = 3 },
		{ .kind = "handover", .who = "Siv Öberg", .from = DATE_NONE, .to = DATE_NONE },
	};
	for (int i = 0; i < 2; i++) {
		struct letter letter = { .language = i == 0 ? "sv" : "en",
					 .name = "Åsa Öhrn",
					 .today = day("2027-03-01"),
					 .report_how = "säg till på enhetens möte.",
					 .unit = "Kedja bevakning",
					 .sections = sections,
					 .section_count = 3 };
		check_letter(i == 0 ? "letter-sv-sections" : "letter-en-sections", &letter);
	}
}

static void days_of_rent(void **state)
{
	(void)state;
	struct letter_item items[ITEMS];
	struct rendered rendered;
	days_items(items);
	struct letter letter = days_letter("sv", items + 1, 1);
	check_letter("letter-sv-rent", &letter);
	letter.language = "en";
	check_letter("letter-en-rent", &letter);
	letter.minimal = true;
	assert_int_equal(letter_render(templates, &letter, &rendered), 0);
	assert_null(strstr(rendered.text, "February 2027, "));
	assert_null(strstr(rendered.text, "25 February"));
	assert_null(strstr(rendered.text, "Days to know"));
	letter_clear(&rendered);
}

/* Who else has put it off, and until when; nothing of it in minimal letters. */
static void others_have_put_it_off(void **state)
{
	(void)state;
	struct letter_item items[ITEMS];
	struct rendered rendered;
	const struct letter_put_off put_off[] = { { "Anna Ek", false, day("2027-03-08") },
						  { "Bo Ask", true, day("2027-03-15") } };
	days_items(items);
	items[2].put_off = put_off;
	items[2].put_off_count = 2;
	items[2].comes_back = true;
	struct letter letter = days_letter("sv", items + 2, 1);
	check_letter("letter-sv-put-off", &letter);
	letter.language = "en";
	check_letter("letter-en-put-off", &letter);
	letter.minimal = true;
	assert_int_equal(letter_render(templates, &letter, &rendered), 0);
	assert_null(strstr(rendered.text, "Anna Ek"));
	assert_null(strstr(rendered.text, "March 2027."));
	letter_clear(&rendered);
}

/* Where there is nothing to record, nobody is told that it was not recorded. */
static void missed_without_anything_to_record(void **state)
{
	(void)state;
	static const char *const languages[] = { "sv", "en" };
	static const char *const wanted[][2] = {
		{ "också ett tidigare tillfälle.", "också 2 tidigare tillfällen." },
		{ "also one earlier occasion.", "also 2 earlier occasions." },
	};
	struct letter_item items[ITEMS];
	struct rendered rendered;
	days_items(items);
	items[2].only_told = true;
	for (int i = 0; i < 4; i++) {
		struct letter letter = days_letter(languages[i / 2], items + 2, 1);
		items[2].missed = 1 + i % 2;
		assert_int_equal(letter_render(templates, &letter, &rendered), 0);
		assert_non_null(strstr(rendered.html, wanted[i / 2][i % 2]));
		assert_null(strstr(rendered.html, "som inte är gjort"));
		assert_null(strstr(rendered.html, "that is not done"));
		letter_clear(&rendered);
	}
}

static void texts_from_outside_stay_on_their_line(void **state)
{
	(void)state;
	struct letter_item items[ITEMS];
	struct rendered rendered;
	days_items(items);
	items[6].title = "a\nb\r\n\nBcc: x\x7f {{name}}";
	struct letter letter = days_letter("en", items + 6, 1);
	letter.name = "x\n\ny";
	assert_int_equal(letter_render(templates, &letter, &rendered), 0);
	assert_non_null(strstr(rendered.text, "Hello x y,\n"));
	assert_non_null(strstr(rendered.text, "1. a b Bcc: x {{name}} in case K-0777: to be done"));
	letter_clear(&rendered);
}

/* What needs no template says no more than a minimal letter. */
static void a_plain_letter(void **state)
{
	(void)state;
	struct letter_item items[ITEMS];
	days_items(items);
	struct letter letter = days_letter("sv", items, 2);
	struct letter_section section = { .kind = "handover", .rows = items + 2, .count = 1 };
	struct rendered plain = { NULL, NULL, NULL };
	letter.ask = "Kedjas administratör (it@kommun.se)";
	letter.sections = &section;
	letter.section_count = 1;
	plain_render(&letter, &plain);
	check_manners(plain.text);
	assert_null(plain.html);
	assert_string_equal(plain.subject, "Bevakningar att hantera: 2");
	for (int i = 0; i < 3; i++) {
		char *due = words_day(templates_words(templates, "sv"), items[i].due);
		assert_non_null(strstr(plain.text, due));
		assert_non_null(strstr(plain.text, items[i].subject));
		if (items[i].title != NULL && items[i].title[0] != '\0')
			check_no_word(plain.text, items[i].title);
		free(due);
	}
	assert_non_null(strstr(plain.text, "Kedjas administratör (it@kommun.se)"));
	letter_clear(&plain);
	letter = days_letter("en", items, 1);
	letter.urgent = true;
	plain_render(&letter, &plain);
	assert_string_equal(plain.subject, "Urgent reminder to deal with");
	check_manners(plain.text);
	letter_clear(&plain);
}

static void unknown_language_fails(void **state)
{
	(void)state;
	struct rendered rendered = { (char *)"kept", NULL, NULL };
	struct letter letter = days_letter("fi", NULL, 0);
	assert_int_equal(letter_render(templates, &letter, &rendered), -1);
	assert_string_equal(rendered.subject, "kept");
}

static void dates_in_words(void **state)
{
	(void)state;
	char *swedish = words_day(templates_words(templates, "sv"), day("2027-02-22"));
	char *english = words_day(templates_words(templates, "en"), day("2027-02-22"));
	assert_string_equal(swedish, "måndagen den 22 februari 2027");
	assert_string_equal(english, "Monday 22 February 2027");
	free(swedish);
	free(english);
}

/* ---- wrapping ---- */

static void check_wrap(const char *text, const char *expected)
{
	char *wrapped = wrap_text(text, 10);
	assert_string_equal(wrapped, expected);
	free(wrapped);
}

static void wrapping(void **state)
{
	(void)state;
	check_wrap("", "\n");
	check_wrap("\n\n\na\n\n\n\nb  \n\n", "a\n\nb\n");
	check_wrap("åäö åäö åäö", "åäö åäö\nåäö\n");
	check_wrap("12. ab cd ef gh", "12. ab cd\n    ef gh\n");
	check_wrap("  - ab cd ef", "  - ab cd\n    ef\n");
	check_wrap("  ab cd ef gh", "  ab cd ef\n  gh\n");
	check_wrap("abcdefghijklmnop qr", "abcdefghijklmnop\nqr\n");
}

/* ---- templates that are wrong ---- */

static void write_file(const char *path, const char *text)
{
	FILE *file = fopen(path, "w");
	assert_non_null(file);
	fputs(text, file);
	fclose(file);
}

static bool says(const struct problems *problems, const char *what)
{
	for (size_t i = 0; i < problems->count; i++) {
		char *line = problem_format(&problems->list[i]);
		bool found = strstr(line, what) != NULL;
		free(line);
		if (found)
			return true;
	}
	return false;
}

static void wrong_templates_are_all_told(void **state)
{
	(void)state;
	char dir[] = "/tmp/kedja-letter-XXXXXX", path[100];
	struct problems problems = PROBLEMS_NONE;
	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/sv", dir);
	assert_int_equal(mkdir(path, 0700), 0);
	snprintf(path, sizeof(path), "%s/sv/item.txt", dir);
	write_file(path, "[heading]\n{{title}}\n[advise]\nx\n[advice]\n{{client}} {{titel}}\n");
	assert_null(templates_load(dir, NULL, &problems));
	assert_true(says(&problems, "sv/item.txt:6: unknown name \"client\""));
	assert_true(
	    says(&problems, "sv/item.txt:6: unknown name \"titel\": did you mean \"title\"?"));
	assert_true(
	    says(&problems, "sv/item.txt:3: unknown part \"advise\": did you mean \"advice\"?"));
	assert_true(says(&problems, "/en: this folder cannot be read"));
	assert_true(says(&problems, "sv/words.conf"));
	assert_true(says(&problems, "/letter.html"));
	problems_clear(&problems);
	write_file(path, "Ett ord.\n[heading]\n{{title}}\n[heading]\n{{title}}\n");
	assert_null(templates_load(dir, NULL, &problems));
	assert_true(says(&problems, "sv/item.txt:1: text before the first part"));
	assert_true(says(&problems, "sv/item.txt:4: the part [heading] stands twice"));
	problems_clear(&problems);
	write_file(path, "{{! A comment. }}\n[heading]\n{{title}}\n");
	char en[100];
	snprintf(en, sizeof(en), "%s/en", dir);
	assert_int_equal(mkdir(en, 0700), 0);
	assert_null(templates_load(dir, NULL, &problems));
	assert_true(says(&problems, "sv/item.txt: the part [advice] is missing"));
	problems_clear(&problems);
	unlink(path);
	rmdir(en);
	snprintf(path, sizeof(path), "%s/sv", dir);
	rmdir(path);
	rmdir(dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_day),
		cmocka_unit_test(one_item),
		cmocka_unit_test(one_case_twice),
		cmocka_unit_test(minimal_says_only_what_it_may),
		cmocka_unit_test(protected_is_minimal_whatever_the_setting),
		cmocka_unit_test(urgent_letters_say_so),
		cmocka_unit_test(sections_by_themselves),
		cmocka_unit_test(days_of_rent),
		cmocka_unit_test(others_have_put_it_off),
		cmocka_unit_test(missed_without_anything_to_record),
		cmocka_unit_test(texts_from_outside_stay_on_their_line),
		cmocka_unit_test(a_plain_letter),
		cmocka_unit_test(unknown_language_fails),
		cmocka_unit_test(dates_in_words),
		cmocka_unit_test(wrapping),
		cmocka_unit_test(wrong_templates_are_all_told),
	};
	return cmocka_run_group_tests(tests, load, unload);
}
