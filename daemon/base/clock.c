/* SPDX-License-Identifier: EUPL-1.2 */
/* See clock.h. */
#include "daemon/base/clock.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define ZONES        "/usr/share/zoneinfo/"
#define LONGEST_ZONE 64

struct clock {
	bool is_virtual;
	instant stands_at; /* of a virtual one */
};

/* A name from a settings file becomes a path here: letters, digits and "/_+-" alone. */
static bool is_sane_zone(const char *zone)
{
	static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				      "0123456789/_+-";
	size_t length = strlen(zone);
	return length > 0 && length <= LONGEST_ZONE && strspn(zone, allowed) == length &&
	       zone[0] != '/' && zone[length - 1] != '/' && strstr(zone, "//") == NULL;
}

static bool is_zone_file(const char *path)
{
	char magic[4] = "";
	FILE *file = fopen(path, "re");
	if (file == NULL)
		return false;
	bool is = fread(magic, 1, sizeof(magic), file) == sizeof(magic) &&
		  memcmp(magic, "TZif", sizeof(magic)) == 0;
	fclose(file);
	return is;
}

/* The value of TZ that names the zone. */
#define ZONE_PATH_SIZE (sizeof(":" ZONES) + LONGEST_ZONE)
static bool find_zone(const char *zone, char path[ZONE_PATH_SIZE])
{
	if (!is_sane_zone(zone))
		return false;
	snprintf(path, ZONE_PATH_SIZE, ":" ZONES "%s", zone);
	return is_zone_file(path + 1);
}

bool clock_knows_zone(const char *zone)
{
	char path[ZONE_PATH_SIZE];
	return find_zone(zone, path);
}

/* The C library knows one zone at a time, that of the process: so it is made the office's. */
int clock_set_zone(struct clock *clock, const char *zone)
{
	(void)clock;
	char path[ZONE_PATH_SIZE];
	if (!find_zone(zone, path) || setenv("TZ", path, 1) != 0)
		return -1;
	tzset();
	return 0;
}

struct clock *clock_new(const char *zone)
{
	struct clock *clock = xcalloc(1, sizeof(*clock));
	if (clock_set_zone(clock, zone) == 0)
		return clock;
	free(clock);
	return NULL;
}

void clock_free(struct clock *clock)
{
	free(clock);
}

bool clock_is_virtual(const struct clock *clock)
{
	return clock->is_virtual;
}

int clock_set_virtual(struct clock *clock, instant now)
{
	if (clock->is_virtual && now < clock->stands_at)
		return -1;
	clock->is_virtual = true;
	clock->stands_at = now;
	return 0;
}

instant instant_earlier(instant a, instant b)
{
	return a < b ? a : b;
}

instant clock_now(const struct clock *clock)
{
	if (clock->is_virtual)
		return clock->stands_at;
	struct timespec now;
	clock_gettime(CLOCK_REALTIME, &now);
	return now.tv_sec;
}

civil clock_now_civil(const struct clock *clock)
{
	return clock_to_civil(clock, clock_now(clock));
}

date clock_today(const struct clock *clock)
{
	return civil_date(clock_now_civil(clock));
}

int64_t clock_monotonic_us(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

/* Seconds east of Greenwich at an instant. */
static int offset_at(instant at)
{
	time_t seconds = at;
	struct tm parts;
	return localtime_r(&seconds, &parts) == NULL ? 0 : (int)parts.tm_gmtoff;
}

/* Years 1 to 9999 with a day to spare; beyond them the arithmetic has no meaning. */
static instant within_calendar(instant at)
{
	const instant first = INT64_C(-62135510400), last = INT64_C(253402214400);
	return at < first ? first : at > last ? last : at;
}

civil clock_to_civil(const struct clock *clock, instant at)
{
	(void)clock;
	at = within_calendar(at);
	return at + offset_at(at);
}

/* The first instant after `low` at which the offset is no longer that of `low`. */
static instant instant_of_change(instant low, instant high)
{
	int before = offset_at(low);
	while (high - low > 1) {
		instant middle = low + (high - low) / 2;
		if (offset_at(middle) == before)
			low = middle;
		else
			high = middle;
	}
	return high;
}

/*
 * The offset of the day before and of the day after give the two instants that the wall clock
 * could mean. On an ordinary day they are one. On the night when clocks go back both show this
 * time, and the first counts; on the night when they go forward neither does.
 */
instant clock_from_civil(const struct clock *clock, civil at)
{
	(void)clock;
	at = within_calendar(at);
	instant with_old = at - offset_at(at - CIVIL_DAY);
	instant with_new = at - offset_at(at + CIVIL_DAY);
	bool old_shows_it = with_old + offset_at(with_old) == at;
	bool new_shows_it = with_new + offset_at(with_new) == at;
	if (old_shows_it && new_shows_it)
		return with_old < with_new ? with_old : with_new;
	if (old_shows_it)
		return with_old;
	if (new_shows_it)
		return with_new;
	return instant_of_change(at - CIVIL_DAY, at + CIVIL_DAY);
}

/* The parts of an instant as people write them. */
struct written {
	date day;
	int year, month, day_of_month;
	unsigned hour, minute, second;
	char sign;
	unsigned offset_hours, offset_minutes;
};

static struct written written_from(instant at)
{
	at = within_calendar(at);
	int offset = offset_at(at);
	struct written written = { .day = civil_date(at + offset), .sign = offset < 0 ? '-' : '+' };
	date_to_ymd(written.day, &written.year, &written.month, &written.day_of_month);
	unsigned second = (unsigned)civil_second(at + offset);
	written.hour = second / 3600 % 24;
	written.minute = second / 60 % 60;
	written.second = second % 60;
	unsigned east = (unsigned)abs(offset);
	written.offset_hours = east / 3600 % 24;
	written.offset_minutes = east / 60 % 60;
	return written;
}

const char *clock_format(const struct clock *clock, instant at, char text[INSTANT_TEXT_SIZE])
{
	(void)clock;
	text[0] = '\0';
	if (at == INSTANT_NEVER)
		return text;
	struct written w = written_from(at);
	char day[DATE_TEXT_SIZE];
	snprintf(text, INSTANT_TEXT_SIZE, "%sT%02u:%02u:%02u%c%02u:%02u", date_format(w.day, day),
		 w.hour, w.minute, w.second, w.sign, w.offset_hours, w.offset_minutes);
	return text;
}

const char *clock_format_mail(const struct clock *clock, instant at,
			      char text[INSTANT_TEXT_SIZE + 8])
{
	static const char *const days[] = { "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun" };
	static const char *const months[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
					      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
	(void)clock;
	text[0] = '\0';
	if (at == INSTANT_NEVER)
		return text;
	struct written w = written_from(at);
	snprintf(text, INSTANT_TEXT_SIZE + 8, "%s, %02u %s %04u %02u:%02u:%02u %c%02u%02u",
		 days[date_weekday(w.day) - 1], (unsigned)w.day_of_month % 100, months[w.month - 1],
		 (unsigned)w.year % 10000, w.hour, w.minute, w.second, w.sign, w.offset_hours,
		 w.offset_minutes);
	return text;
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* "Z", "+01:00" or "-05:30", nothing after it. */
static int parse_offset(const char *text, int *ret)
{
	if (strcmp(text, "Z") == 0) {
		*ret = 0;
		return 0;
	}
	if (strlen(text) != 6 || (text[0] != '+' && text[0] != '-') || !is_digit(text[1]) ||
	    !is_digit(text[2]) || text[3] != ':' || !is_digit(text[4]) || !is_digit(text[5]))
		return -1;
	int hours = (text[1] - '0') * 10 + (text[2] - '0');
	int minutes = (text[4] - '0') * 10 + (text[5] - '0');
	if (hours > 18 || minutes > 59)
		return -1;
	int east = hours * 3600 + minutes * 60;
	*ret = text[0] == '-' ? -east : east;
	return 0;
}

struct parsed {
	civil time;
	bool has_offset;
	int offset;
};

#define LONGEST_CIVIL 19 /* "YYYY-MM-DDTHH:MM:SS" */
#define DATE_LENGTH   10

static int parse(const char *text, struct parsed *ret)
{
	struct parsed parsed = { 0 };
	date day;
	if (date_parse(text, &day) == 0) {
		ret->time = civil_at(day, 0);
		ret->has_offset = false;
		return 0;
	}
	if (strlen(text) <= DATE_LENGTH)
		return -1;
	size_t length = DATE_LENGTH + strcspn(text + DATE_LENGTH, "Z+-");
	char local[LONGEST_CIVIL + 1];
	if (length > LONGEST_CIVIL)
		return -1;
	memcpy(local, text, length);
	local[length] = '\0';
	parsed.has_offset = text[length] != '\0';
	if (civil_parse(local, &parsed.time) != 0 ||
	    (parsed.has_offset && parse_offset(text + length, &parsed.offset) != 0))
		return -1;
	*ret = parsed;
	return 0;
}

bool clock_is_time(const char *text)
{
	struct parsed parsed;
	return parse(text, &parsed) == 0;
}

int clock_parse(const struct clock *clock, const char *text, instant *ret)
{
	struct parsed parsed;
	if (parse(text, &parsed) != 0)
		return -1;
	*ret =
	    parsed.has_offset ? parsed.time - parsed.offset : clock_from_civil(clock, parsed.time);
	return 0;
}
