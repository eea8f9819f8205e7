/* SPDX-License-Identifier: EUPL-1.2 */
/* The calendar that ships, for tests that want the real one. */
#ifndef KEDJA_SHIPPED_H
#define KEDJA_SHIPPED_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rules/time/calendar.h"

/* The whole of a text file; the caller frees it. */
static inline char *shipped_text(const char *path)
{
	FILE *file = fopen(path, "r");
	if (file == NULL)
		fail_msg("%s is missing: run the tests from the root of the tree", path);
	char *text = xcalloc(1, 1 << 16);
	size_t length = fread(text, 1, (1 << 16) - 1, file);
	fclose(file);
	if (length == 0 || length == (1 << 16) - 1)
		fail_msg("%s is empty or longer than this test reads", path);
	return text;
}

static inline struct calendar *shipped_calendar(void)
{
	struct problems problems = PROBLEMS_NONE;
	char *text = shipped_text("conf/calendar.conf");
	struct calendar *calendar = calendar_parse(text, "calendar.conf", &problems);
	free(text);
	if (calendar == NULL)
		fail_msg("conf/calendar.conf:%d: %s", problems.list[0].line, problems.list[0].text);
	return calendar;
}

/* A date of a table, which must be one; "-" stands for none. */
static inline date shipped_date(const char *text)
{
	date day = DATE_NONE;
	if (strcmp(text, "-") != 0 && date_parse(text, &day) != 0)
		fail_msg("the table says \"%s\", which is no date", text);
	return day;
}

#endif
