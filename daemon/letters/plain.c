/* SPDX-License-Identifier: EUPL-1.2 */
/* See plain.h. The only sentences of letters that are not in a template: what is compiled in cannot
 * be wrong on the disk. */
#include "daemon/letters/plain.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/base/wrap.h"

#define COLUMNS 76

struct plain_words {
	const char *hello, *waits, *in_case, *in_programme, *sections, *why, *ask, *automatic;
	const char *subject_one, *subject_many, *urgent_one, *urgent_many;
	const char *subject_none;
};

static const struct plain_words swedish = {
	.hello = "Hej",
	.waits = "Det här väntar på dig:",
	.in_case = "Ärende %s, senast %s.",
	.in_programme = "Verksamheten %s, senast %s.",
	.sections = "Det här har ändrats, eller är nytt för dig:",
	.why = "Brevet kunde inte skrivas som vanligt. Se i ärendets akt vad det gäller.",
	.ask = "Fråga %s om något är oklart.",
	.automatic =
	    "Det här är en automatisk påminnelse och inget beslut. Skriv inte namn eller andra "
	    "uppgifter om den det gäller om du svarar.",
	.subject_one = "Bevakning att hantera",
	.subject_many = "Bevakningar att hantera: %zu",
	.urgent_one = "Brådskande bevakning att hantera",
	.urgent_many = "Brådskande bevakningar att hantera: %zu",
	.subject_none = "Sammanfattning från bevakningen",
};

static const struct plain_words english = {
	.hello = "Hello",
	.waits = "This waits for you:",
	.in_case = "Case %s, by %s.",
	.in_programme = "The programme %s, by %s.",
	.sections = "This has changed, or is new to you:",
	.why = "The letter could not be written as usual. See the case file for what it is about.",
	.ask = "Ask %s if anything is unclear.",
	.automatic =
	    "This is an automatic reminder and no decision. Do not write names or other details "
	    "of the person concerned if you answer.",
	.subject_one = "Reminder to deal with",
	.subject_many = "Reminders to deal with: %zu",
	.urgent_one = "Urgent reminder to deal with",
	.urgent_many = "Urgent reminders to deal with: %zu",
	.subject_none = "Summary of reminders",
};

/* ---- days ---- */

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

/* "måndagen den 22 februari 2027", "Monday 22 February 2027". */
static char *say_day(const struct plain_words *words, date day)
{
	int which = words == &swedish ? 0 : 1, year, month, of_month;
	date_to_ymd(day, &year, &month, &of_month);
	return xasprintf("%s %s%d %s %d", weekdays[which][date_weekday(day) - 1],
			 which == 0 ? "den " : "", of_month, months[which][month - 1], year);
}

/* The words are those above. */
#pragma GCC diagnostic ignored "-Wformat-nonliteral"

static char *subject_of(const struct letter *letter, const struct plain_words *words)
{
	if (letter->count == 0)
		return xstrdup(words->subject_none);
	if (letter->count == 1)
		return xstrdup(letter->urgent ? words->urgent_one : words->subject_one);
	return xasprintf(letter->urgent ? words->urgent_many : words->subject_many, letter->count);
}

static void say_item(FILE *out, const struct plain_words *words, const struct letter_item *item)
{
	char *day = say_day(words, item->due);
	fprintf(out, item->is_case ? words->in_case : words->in_programme, item->subject, day);
	putc('\n', out);
	free(day);
}

static void say_items(FILE *out, const struct letter *letter, const struct plain_words *words)
{
	if (letter->count > 0)
		fprintf(out, "%s\n\n", words->waits);
	size_t *numbers = xcalloc(letter->count + 1, sizeof(*numbers));
	letter_numbers(letter, numbers);
	for (size_t number = 1; number <= letter->count; number++) {
		size_t i = 0;
		while (numbers[i] != number)
			i++;
		fprintf(out, "%zu. ", number);
		say_item(out, words, &letter->items[i]);
	}
	free(numbers);
	if (letter->count > 0)
		putc('\n', out);
}

static void say_sections(FILE *out, const struct letter *letter, const struct plain_words *words)
{
	if (letter->section_count > 0)
		fprintf(out, "%s\n\n", words->sections);
	for (size_t i = 0; i < letter->section_count; i++) {
		const struct letter_section *section = &letter->sections[i];
		for (size_t j = 0; j < section->count; j++) {
			fputs("- ", out);
			say_item(out, words, &section->rows[j]);
		}
	}
	if (letter->section_count > 0)
		putc('\n', out);
}

static void say_all(FILE *out, const struct letter *letter, const struct plain_words *words)
{
	bool named = letter->name != NULL && letter->name[0] != '\0';
	fprintf(out, "%s%s%s,\n\n", words->hello, named ? " " : "", named ? letter->name : "");
	say_items(out, letter, words);
	say_sections(out, letter, words);
	fputs(words->why, out);
	if (letter->ask != NULL) {
		putc(' ', out);
		fprintf(out, words->ask, letter->ask);
	}
	fprintf(out, "\n\n%s\n\n%s\n", words->automatic, letter->unit == NULL ? "" : letter->unit);
}

void plain_render(const struct letter *letter, struct rendered *ret)
{
	const struct plain_words *words = strcmp(letter->language, "en") == 0 ? &english : &swedish;
	char *text = NULL;
	size_t length = 0;
	FILE *out = open_memstream(&text, &length);
	if (out == NULL)
		abort(); /* out of memory */
	say_all(out, letter, words);
	if (fclose(out) != 0)
		abort();
	*ret = (struct rendered){ subject_of(letter, words), wrap_text(text, COLUMNS), NULL };
	free(text);
}
