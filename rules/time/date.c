/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * See date.h. Days are counted with a year that begins in March, so that the leap day comes last
 * and every month before it has its place: then a year is 365 days and the leap days so far.
 */
#include "rules/time/date.h"

#include <stdio.h>
#include <string.h>

#define FIRST_YEAR   1
#define LAST_YEAR    9999
#define DAYS_IN_ERA  146097 /* 400 years, after which the calendar begins again */
#define YEARS_IN_ERA 400
#define ERA_OF_1970  719468 /* days from 0000-03-01 to 1970-01-01 */

static bool is_leap_year(int year)
{
	return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

int date_days_in_month(int year, int month)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	if (month < 1 || month > 12)
		return 0;
	return month == 2 && is_leap_year(year) ? 29 : days[month - 1];
}

date date_from_ymd(int year, int month, int day)
{
	if (year < FIRST_YEAR || year > LAST_YEAR || day < 1 ||
	    day > date_days_in_month(year, month))
		return DATE_NONE;
	int from_march = (month + 9) % 12;
	if (month < 3)
		year--;
	int era = year / YEARS_IN_ERA;
	int year_of_era = year % YEARS_IN_ERA;
	int day_of_year = (153 * from_march + 2) / 5 + day - 1;
	int day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
	return era * DAYS_IN_ERA + day_of_era - ERA_OF_1970;
}

void date_to_ymd(date day, int *ret_year, int *ret_month, int *ret_day)
{
	if (day < DATE_FIRST || day > DATE_LAST) {
		*ret_year = *ret_month = *ret_day = 0;
		return;
	}
	int shifted = day + ERA_OF_1970;
	int era = shifted / DAYS_IN_ERA;
	int day_of_era = shifted % DAYS_IN_ERA;
	int year_of_era =
	    (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
	int day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
	int from_march = (5 * day_of_year + 2) / 153;
	*ret_month = from_march < 10 ? from_march + 3 : from_march - 9;
	*ret_day = day_of_year - (153 * from_march + 2) / 5 + 1;
	*ret_year = era * YEARS_IN_ERA + year_of_era + (*ret_month < 3 ? 1 : 0);
}

int date_weekday(date day)
{
	/* 1970-01-01 was a Thursday. */
	int64_t from_monday = ((int64_t)day + 3) % 7;
	return (int)(from_monday < 0 ? from_monday + 7 : from_monday) + 1;
}

date date_add_months(date day, int months)
{
	int year, month, day_of_month;
	date_to_ymd(day, &year, &month, &day_of_month);
	if (year == 0)
		return DATE_NONE;
	int64_t count = (int64_t)year * 12 + month - 1 + months;
	if (count < FIRST_YEAR * 12 || count > LAST_YEAR * 12 + 11)
		return DATE_NONE;
	year = (int)(count / 12);
	month = (int)(count % 12) + 1;
	int last = date_days_in_month(year, month);
	return date_from_ymd(year, month, day_of_month > last ? last : day_of_month);
}

date date_add_days(date day, int64_t days)
{
	/* The first test keeps the sum from wrapping; it lets every date reach every other. */
	if (days < DATE_FIRST - DATE_LAST || days > DATE_LAST - DATE_FIRST || day < DATE_FIRST ||
	    day > DATE_LAST)
		return DATE_NONE;
	int64_t moved = day + days;
	return moved < DATE_FIRST || moved > DATE_LAST ? DATE_NONE : (date)moved;
}

/* Reads exactly `digits` digits and moves past them. Returns -1 if they are not there. */
static int read_digits(const char **text, int digits)
{
	int number = 0;
	for (; digits > 0; digits--, (*text)++) {
		if (**text < '0' || **text > '9')
			return -1;
		number = number * 10 + (**text - '0');
	}
	return number;
}

static bool skip(const char **text, char expected)
{
	if (**text != expected)
		return false;
	(*text)++;
	return true;
}

/* The date at the head of a text, which is moved past it; DATE_NONE if there is none. */
static date read_date(const char **text)
{
	int year = read_digits(text, 4);
	if (year < 0 || !skip(text, '-'))
		return DATE_NONE;
	int month = read_digits(text, 2);
	if (month < 0 || !skip(text, '-'))
		return DATE_NONE;
	int day = read_digits(text, 2);
	return day < 0 ? DATE_NONE : date_from_ymd(year, month, day);
}

/* "HH:MM" at the head of a text; -1 if there is none. */
static int read_minute(const char **text)
{
	int hour = read_digits(text, 2);
	if (hour < 0 || hour > 23 || !skip(text, ':'))
		return -1;
	int minute = read_digits(text, 2);
	if (minute < 0 || minute > 59)
		return -1;
	return hour * 3600 + minute * 60;
}

/* "HH:MM" or "HH:MM:SS" at the head of a text; -1 if there is none. */
static int read_time(const char **text)
{
	int time = read_minute(text);
	if (time < 0 || !skip(text, ':'))
		return time;
	int second = read_digits(text, 2);
	return second < 0 || second > 59 ? -1 : time + second;
}

int date_parse(const char *text, date *ret)
{
	date day = read_date(&text);
	if (day == DATE_NONE || *text != '\0')
		return -1;
	*ret = day;
	return 0;
}

const char *date_format(date day, char text[DATE_TEXT_SIZE])
{
	int year, month, day_of_month;
	date_to_ymd(day, &year, &month, &day_of_month);
	text[0] = '\0';
	if (year != 0)
		snprintf(text, DATE_TEXT_SIZE, "%04u-%02u-%02u", (unsigned)year % 10000,
			 (unsigned)month % 100, (unsigned)day_of_month % 100);
	return text;
}

int date_parse_month(const char *text, date *ret)
{
	int year = read_digits(&text, 4);
	if (year < 0 || !skip(&text, '-'))
		return -1;
	int month = read_digits(&text, 2);
	date first = month < 0 || *text != '\0' ? DATE_NONE : date_from_ymd(year, month, 1);
	if (first == DATE_NONE)
		return -1;
	*ret = first;
	return 0;
}

civil civil_at(date day, int second)
{
	return day == DATE_NONE ? CIVIL_NONE : (civil)day * CIVIL_DAY + second;
}

date civil_date(civil time)
{
	if (time == CIVIL_NONE)
		return DATE_NONE;
	int64_t day = time / CIVIL_DAY - (time % CIVIL_DAY < 0 ? 1 : 0);
	return day < DATE_FIRST || day > DATE_LAST ? DATE_NONE : (date)day;
}

int civil_second(civil time)
{
	if (time == CIVIL_NONE)
		return 0;
	int second = (int)(time % CIVIL_DAY);
	return second < 0 ? second + CIVIL_DAY : second;
}

int moment_parse(const char *text, struct moment *ret)
{
	date day = read_date(&text);
	if (day == DATE_NONE)
		return -1;
	int second = -1;
	if (*text != '\0') {
		if (!skip(&text, 'T') && !skip(&text, ' '))
			return -1;
		second = read_time(&text);
		if (second < 0 || *text != '\0')
			return -1;
	}
	*ret = (struct moment){ .day = day, .second = second };
	return 0;
}

int civil_parse(const char *text, civil *ret)
{
	struct moment moment;
	if (moment_parse(text, &moment) != 0 || moment.second < 0)
		return -1;
	*ret = civil_at(moment.day, moment.second);
	return 0;
}

const char *moment_format(struct moment moment, char text[MOMENT_TEXT_SIZE])
{
	char day[DATE_TEXT_SIZE];
	date_format(moment.day, day);
	unsigned second = (unsigned)moment.second % CIVIL_DAY;
	if (day[0] == '\0' || moment.second < 0)
		snprintf(text, MOMENT_TEXT_SIZE, "%s", day);
	else
		snprintf(text, MOMENT_TEXT_SIZE, "%sT%02u:%02u:%02u", day, second / 3600,
			 second / 60 % 60, second % 60);
	return text;
}

const char *civil_format(civil time, char text[CIVIL_TEXT_SIZE])
{
	struct moment moment = { .day = civil_date(time), .second = civil_second(time) };
	return moment_format(moment, text);
}

int time_of_day_parse(const char *text, int *ret)
{
	int second = read_minute(&text);
	if (second < 0 || *text != '\0')
		return -1;
	*ret = second;
	return 0;
}

int moment_compare(struct moment a, struct moment b)
{
	if (a.day != b.day)
		return a.day < b.day ? -1 : 1;
	return (a.second > b.second) - (a.second < b.second);
}

civil moment_civil(struct moment moment)
{
	return civil_at(moment.day, moment.second < 0 ? 0 : moment.second);
}
