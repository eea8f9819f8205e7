/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The sentences of letters that belong to no single rule, in one language: greeting, headings,
 * days, what stands beneath a case. They stand in templates/<language>/words.conf, each a text in
 * Mustache with the names that its row in words.c allows; so another language is another folder.
 *
 *   words = words_parse(text, length, "templates/sv/words.conf", problems);   NULL: see them
 *   ... words_find(words, WORD_GREETING) ... words_day(words, day, false) ...
 *   words_free(words);
 */
#ifndef KEDJA_LETTERS_WORDS_H
#define KEDJA_LETTERS_WORDS_H

#include "daemon/base/mustache.h"
#include "rules/time/date.h"

enum word {
	WORD_GREETING,
	WORD_FIRST_NOW,
	WORD_FIRST_COMING,
	WORD_FIRST_COPIES,
	WORD_OVERVIEW,
	WORD_OVERVIEW_ROW,
	WORD_SECTION_URGENT,
	WORD_SECTION_LATE,
	WORD_SECTION_TODAY,
	WORD_SECTION_COMING,
	WORD_SECTION_COPIES,
	WORD_SECTION_NEXT,
	WORD_SINGLE,
	WORD_BY_WHEN,
	WORD_MISSED,
	WORD_COMES_BACK,
	WORD_TOO_LATE,
	WORD_PUT_OFF,
	WORD_CASE_OTHERS,
	WORD_OTHERS,
	WORD_BACKGROUND,
	WORD_WHY_YOU,
	WORD_CASE_WHY_YOU,
	WORD_WHY_LETTER,
	WORD_COPY,
	WORD_COPIES_OF,
	WORD_NEXT,
	WORD_NEXT_DAY,
	WORD_ONLY_FOR,
	WORD_ALSO_FOR,
	WORD_AS_FOR,
	WORD_THAT_DAY,
	WORD_HEAD_NUMBER,
	WORD_HEAD_DAY,
	WORD_HEAD_MATTER,
	WORD_HEAD_CASE,
	WORD_HEAD_OTHERS,
	WORD_HEAD_NEXT_DAY,
	WORD_HEAD_NEXT_TO,
	WORD_HEAD_WHERE,
	WORD_HEAD_WHO,
	WORD_HEAD_COUNT,
	WORD_HEAD_OLDEST,
	WORD_HEAD_LAST_DAY,
	WORD_PAST,
	WORD_OVERDUE_WHAT,
	WORD_MINIMAL_CASE,
	WORD_MINIMAL_ASK,
	WORD_RETURN,
	WORD_RETURN_FIRST,
	WORD_HANDOVER,
	WORD_HANDOVER_FIRST,
	WORD_CALENDAR,
	WORD_CALENDAR_FIRST,
	WORD_CALENDAR_STATE,
	WORD_STATE,
	WORD_MORE,
	WORD_HIDDEN,
	WORD_HIDDEN_CALENDAR,
	WORD_REPORT,
	WORD_REPORT_TO,
	WORD_AUTOMATIC,
	WORD_SUBJECT,
	WORD_PAGE_TITLE,
	WORD_AND,
	WORD_DAY,
	WORD_DAY_SHORT,
	WORD_MONTH,
	WORDS
};

struct words;

struct words *words_parse(const char *text, size_t length, const char *path,
			  struct problems *problems);
void words_free(struct words *words); /* takes NULL */

const struct mustache *words_find(const struct words *words, enum word word);

/* "måndagen den 22 februari 2027"; in short, seen from `today`: "måndag 22 februari", with the year
 * where it is another one. */
char *words_day(const struct words *words, date day);
char *words_day_short(const struct words *words, date day, date today);
/* "2026-12" in words: "december 2026"; NULL for a key that is no month. */
char *words_month(const struct words *words, const char *key);

#endif
