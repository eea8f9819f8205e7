/* SPDX-License-Identifier: EUPL-1.2 */
/* See offset.h. */
#include "rules/time/offset.h"

#include <limits.h>
#include <string.h>

#define LARGEST_DIGITS 4

/* A number of one to four digits, which the text is moved past; -1 if there is none. */
static int read_number(const char **text)
{
	int number = 0;
	int digits = 0;
	for (; **text >= '0' && **text <= '9'; (*text)++) {
		if (++digits > LARGEST_DIGITS)
			return -1;
		number = number * 10 + (**text - '0');
	}
	return digits == 0 ? -1 : number;
}

/* What follows the P: years, months, weeks and days, in this order, each at most once. */
static int parse_duration(const char *text, int sign, struct offset *ret)
{
	static const char units[] = "YMWD";
	struct offset offset = { 0 };
	const char *unit = units;
	do {
		int number = read_number(&text);
		unit = *text == '\0' ? NULL : strchr(unit, *text);
		if (number < 0 || unit == NULL)
			return -1;
		if (*unit == 'Y' || *unit == 'M')
			offset.months += sign * number * (*unit == 'Y' ? 12 : 1);
		else
			offset.days += sign * number * (*unit == 'W' ? 7 : 1);
		unit++;
		text++;
	} while (*text != '\0');
	*ret = offset;
	return 0;
}

static int parse_workdays(const char *text, int sign, struct offset *ret)
{
	int number = read_number(&text);
	if (number < 0 || (strcmp(text, " workdays") != 0 && strcmp(text, " workday") != 0))
		return -1;
	*ret = (struct offset){ .workdays = sign * number, .in_workdays = true };
	return 0;
}

int offset_parse(const char *text, struct offset *ret)
{
	int sign = *text == '-' ? -1 : 1;
	if (sign < 0)
		text++;
	return *text == 'P' ? parse_duration(text + 1, sign, ret) : parse_workdays(text, sign, ret);
}

bool offset_is_zero(const struct offset *offset)
{
	return offset->months == 0 && offset->days == 0 && offset->workdays == 0;
}

bool offset_is_negative(const struct offset *offset)
{
	return offset->months < 0 || offset->days < 0 || offset->workdays < 0;
}

static date apply(int64_t months, int64_t days, int64_t workdays, date from,
		  const struct calendar *calendar)
{
	if (months < INT_MIN || months > INT_MAX || workdays < INT_MIN || workdays > INT_MAX)
		return DATE_NONE;
	date day = date_add_days(date_add_months(from, (int)months), days);
	return workdays == 0 ? day : calendar_add_workdays(calendar, day, (int)workdays);
}

date offset_apply(const struct offset *offset, date from, const struct calendar *calendar)
{
	return apply(offset->months, offset->days, offset->workdays, from, calendar);
}

date offset_apply_repeated(const struct offset *offset, const struct offset *every, int times,
			   date from, const struct calendar *calendar)
{
	return apply(offset->months + (int64_t)every->months * times,
		     offset->days + (int64_t)every->days * times,
		     offset->workdays + (int64_t)every->workdays * times, from, calendar);
}
