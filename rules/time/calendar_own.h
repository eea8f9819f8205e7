/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Inside of the calendar, shared by calendar_parse.c, which fills it, and calendar.c, which
 * answers from it. Nobody else includes this.
 */
#ifndef KEDJA_CALENDAR_OWN_H
#define KEDJA_CALENDAR_OWN_H

#include "rules/time/calendar.h"

/* How a line of the calendar says which days it means. */
enum day_form {
	DAY_BY_DATE,    /* month and day, each year */
	DAY_BY_EASTER,  /* days from Easter Sunday */
	DAY_BY_WEEKDAY, /* the first such weekday from month and day on */
	DAY_BY_SPAN     /* these dates, once */
};

struct day_rule {
	const char *name;
	enum day_kind kind;
	enum day_form form;
	int month, day;
	int easter;
	int weekday;     /* 1 Monday .. 7 Sunday */
	int from, until; /* years, both included */
	date first, last;
};

/* What is known about a day; names are numbers so that a century and a half stays small. */
struct day_entry {
	uint8_t kind;  /* enum day_kind */
	uint16_t name; /* 0 none, 1 .. 7 a weekday, then the rules in their order */
};

#define TABLE_FIRST_YEAR 1970
#define TABLE_LAST_YEAR  2150
#define RULES_MOST       5000

struct calendar {
	struct arena *arena;
	const char *zone;
	int opens, closes, slot;
	bool works[8]; /* by weekday, 1 .. 7 */
	struct day_rule *rules;
	size_t rule_count;
	uint64_t version;
	date table_first, table_last;
	struct day_entry *table;
};

/* Computes the table once the rules are complete. */
void calendar_build_table(struct calendar *calendar);

extern const char *const calendar_weekday_codes[]; /* "mon" .. "sun", ended by NULL */

#endif
