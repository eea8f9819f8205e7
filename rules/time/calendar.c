/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * See calendar.h. What the days of the years that matter are is worked out once, when the file
 * is read; for days outside that table the rules are asked anew each time.
 */
#include "rules/time/calendar.h"

#include <stddef.h>

#include "rules/time/calendar_own.h"

/* Longer than any time without a working day that there can be: calendar_parse refuses a calendar
 * that is not open for a year on end, and an open day is a working day. */
#define SEARCH_MOST    3660
#define DAYS_THERE_ARE 3652059 /* in the years 1 to 9999 */

static const char *const weekday_names[] = { NULL,      "måndag", "tisdag", "onsdag",
					     "torsdag", "fredag", "lördag", "söndag" };

const char *day_kind_name(enum day_kind kind)
{
	switch (kind) {
	case DAY_WORKING:
		return "working";
	case DAY_WEEKEND:
		return "weekend";
	case DAY_HOLIDAY:
		return "holiday";
	case DAY_EQUATED:
		return "equated";
	case DAY_CLOSED:
		return "closed";
	}
	return "";
}

/* A day can be several things; the law's word goes before the week's, that before the office's. */
static int precedence(enum day_kind kind)
{
	switch (kind) {
	case DAY_WORKING:
		return 0;
	case DAY_CLOSED:
		return 1;
	case DAY_WEEKEND:
		return 2;
	case DAY_EQUATED:
		return 3;
	case DAY_HOLIDAY:
		return 4;
	}
	return 0;
}

date calendar_easter(int year)
{
	if (year < 1 || year > 9999)
		return DATE_NONE;
	/* The Gregorian computus: the age of the moon from the place in its cycle of 19 years,
	 * corrected by century, then the Sunday after the full moon. */
	int golden = year % 19;
	int century = year / 100;
	int skipped = century - century / 4;
	int moon = (skipped - (8 * century + 13) / 25 + 19 * golden + 15) % 30;
	int full = moon - moon / 28 * (1 - 29 / (moon + 1) * ((21 - golden) / 11));
	int weekday = (year + year / 4 + full + 2 - skipped) % 7;
	int after = full - weekday; /* Easter, in days from 28 March, of which -6 .. 28 occur */
	return date_from_ymd(year, 3, 1) + 27 + after;
}

/* The day that a yearly rule means in a year; it may run over into the next. */
static date rule_day(const struct day_rule *rule, int year)
{
	if (year < rule->from || year > rule->until)
		return DATE_NONE;
	if (rule->form == DAY_BY_EASTER)
		return date_add_days(calendar_easter(year), rule->easter);
	date day = date_from_ymd(year, rule->month, rule->day);
	if (day == DATE_NONE || rule->form == DAY_BY_DATE)
		return day;
	return date_add_days(day, (rule->weekday - date_weekday(day) + 7) % 7);
}

static struct day_entry plain_day(const struct calendar *calendar, date day)
{
	int weekday = date_weekday(day);
	if (calendar->works[weekday])
		return (struct day_entry){ DAY_WORKING, 0 };
	return (struct day_entry){ DAY_WEEKEND, (uint16_t)weekday };
}

/* Of two rules of equal weight the one that stands first in the file names the day. */
static void apply_rule(const struct calendar *calendar, size_t i, struct day_entry *entry)
{
	enum day_kind kind = calendar->rules[i].kind;
	if (precedence(kind) > precedence((enum day_kind)entry->kind))
		*entry = (struct day_entry){ (uint8_t)kind, (uint16_t)(8 + i) };
}

static void fill_days(struct calendar *calendar, size_t i, date first, date last)
{
	if (first < calendar->table_first)
		first = calendar->table_first;
	for (date day = first; day <= last && day <= calendar->table_last; day++)
		apply_rule(calendar, i, &calendar->table[day - calendar->table_first]);
}

static void fill_rule(struct calendar *calendar, size_t i)
{
	const struct day_rule *rule = &calendar->rules[i];
	if (rule->form == DAY_BY_SPAN) {
		fill_days(calendar, i, rule->first, rule->last);
		return;
	}
	for (int year = TABLE_FIRST_YEAR - 1; year <= TABLE_LAST_YEAR; year++) {
		date day = rule_day(rule, year);
		if (day != DATE_NONE)
			fill_days(calendar, i, day, day);
	}
}

void calendar_build_table(struct calendar *calendar)
{
	calendar->table_first = date_from_ymd(TABLE_FIRST_YEAR, 1, 1);
	calendar->table_last = date_from_ymd(TABLE_LAST_YEAR, 12, 31);
	size_t days = (size_t)(calendar->table_last - calendar->table_first) + 1;
	calendar->table = arena_alloc(calendar->arena, days * sizeof(*calendar->table));
	for (size_t i = 0; i < days; i++)
		calendar->table[i] = plain_day(calendar, calendar->table_first + (date)i);
	for (size_t i = 0; i < calendar->rule_count; i++)
		fill_rule(calendar, i);
}

static bool rule_means(const struct day_rule *rule, date day, int year)
{
	if (rule->form == DAY_BY_SPAN)
		return rule->first <= day && day <= rule->last;
	return rule_day(rule, year) == day || rule_day(rule, year - 1) == day;
}

static struct day_entry work_out_day(const struct calendar *calendar, date day)
{
	struct day_entry entry = plain_day(calendar, day);
	int year, month, day_of_month;
	date_to_ymd(day, &year, &month, &day_of_month);
	if (year == 0) /* no day is no working day */
		return (struct day_entry){ DAY_WEEKEND, 0 };
	for (size_t i = 0; i < calendar->rule_count; i++)
		if (rule_means(&calendar->rules[i], day, year))
			apply_rule(calendar, i, &entry);
	return entry;
}

static struct day_entry look_up(const struct calendar *calendar, date day)
{
	if (day >= calendar->table_first && day <= calendar->table_last)
		return calendar->table[day - calendar->table_first];
	return work_out_day(calendar, day);
}

enum day_kind calendar_day(const struct calendar *calendar, date day, const char **ret_name)
{
	struct day_entry entry = look_up(calendar, day);
	if (ret_name != NULL)
		*ret_name = entry.name < 8 ? weekday_names[entry.name]
					   : calendar->rules[entry.name - 8].name;
	return (enum day_kind)entry.kind;
}

bool calendar_is_workday(const struct calendar *calendar, date day)
{
	uint8_t kind = look_up(calendar, day).kind;
	return kind == DAY_WORKING || kind == DAY_CLOSED;
}

bool calendar_is_open_day(const struct calendar *calendar, date day)
{
	return look_up(calendar, day).kind == DAY_WORKING;
}

bool calendar_is_holiday(const struct calendar *calendar, date day)
{
	return date_weekday(day) == 7 || look_up(calendar, day).kind == DAY_HOLIDAY;
}

bool calendar_is_bank_day(const struct calendar *calendar, date day)
{
	uint8_t kind = look_up(calendar, day).kind;
	return kind != DAY_HOLIDAY && kind != DAY_EQUATED && date_weekday(day) < 6;
}

typedef bool day_question(const struct calendar *calendar, date day);

/* The first day, from `day` on in steps of 1 or -1, of which the question is true. */
static date search(const struct calendar *calendar, date day, int step, day_question *is)
{
	for (int i = 0; i < SEARCH_MOST; i++) {
		day = date_add_days(day, i == 0 ? 0 : step);
		if (day == DATE_NONE || is(calendar, day))
			return day;
	}
	return DATE_NONE;
}

date calendar_add_workdays(const struct calendar *calendar, date day, int workdays)
{
	int step = workdays < 0 ? -1 : 1;
	if (workdays > DAYS_THERE_ARE || workdays < -DAYS_THERE_ARE)
		return DATE_NONE;
	for (; workdays != 0 && day != DATE_NONE; workdays -= step)
		day = search(calendar, date_add_days(day, step), step, calendar_is_workday);
	return day;
}

date calendar_adjust(const struct calendar *calendar, date day, enum adjust adjust)
{
	switch (adjust) {
	case ADJUST_NONE:
		return day;
	case ADJUST_FOLLOWING:
		return search(calendar, day, 1, calendar_is_workday);
	case ADJUST_PRECEDING:
		return search(calendar, day, -1, calendar_is_workday);
	case ADJUST_STATUTORY:
		return search(calendar, day, 1, calendar_is_bank_day);
	}
	return day;
}

const char *calendar_zone(const struct calendar *calendar)
{
	return calendar->zone;
}

int calendar_opens(const struct calendar *calendar)
{
	return calendar->opens;
}

int calendar_slot(const struct calendar *calendar)
{
	return calendar->slot;
}

uint64_t calendar_version(const struct calendar *calendar)
{
	return calendar->version;
}

void calendar_free(struct calendar *calendar)
{
	if (calendar != NULL)
		arena_free(calendar->arena);
}

bool calendar_is_open_at(const struct calendar *calendar, civil time)
{
	int second = civil_second(time);
	return second >= calendar->opens && second <= calendar->closes &&
	       calendar_is_open_day(calendar, civil_date(time));
}

/* The given second of the nearest open day at or after a time, or at or before it (step -1). */
static civil second_of_open_day(const struct calendar *calendar, civil time, int second, int step)
{
	date day = civil_date(time);
	int now = civil_second(time);
	if (step > 0 ? now > second : now < second)
		day = date_add_days(day, step);
	return civil_at(search(calendar, day, step, calendar_is_open_day), second);
}

civil calendar_slot_at_or_before(const struct calendar *calendar, civil time)
{
	return second_of_open_day(calendar, time, calendar->slot, -1);
}

civil calendar_slot_at_or_after(const struct calendar *calendar, civil time)
{
	return second_of_open_day(calendar, time, calendar->slot, 1);
}

civil calendar_open_at_or_after(const struct calendar *calendar, civil time)
{
	if (calendar_is_open_at(calendar, time))
		return time;
	return second_of_open_day(calendar, time, calendar->opens, 1);
}
