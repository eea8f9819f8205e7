/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Reads calendar.conf into a calendar. Every mistake is told with its line; whatever can still
 * be looked at after one is, so that a person mends the file once.
 */
#include "rules/time/calendar.h"

#include <stdio.h>
#include <string.h>

#include "rules/conf/confread.h"
#include "rules/time/calendar_own.h"

#define DAYS_OF_WEEK 7
/* An office that is closed longer than this on end has mistyped a year. */
#define LONGEST_CLOSED 366

struct reader {
	struct calendar *calendar;
	const char *file;
	struct problems *problems;
};

const char *const calendar_weekday_codes[] = {
	"mon", "tue", "wed", "thu", "fri", "sat", "sun", NULL
};

static const struct conf_key root_keys[] = {
	{ "zone", CONF_TEXT, true },      { "opens", CONF_TEXT, true },
	{ "closes", CONF_TEXT, true },    { "slot", CONF_TEXT, true },
	{ "workdays", CONF_TEXTS, true }, { "holidays", CONF_GROUPS, true },
	{ "equated", CONF_GROUPS, true }, { "closed", CONF_GROUPS, false },
	{ NULL, CONF_TEXT, false },
};

static const struct conf_key holiday_keys[] = {
	{ "name", CONF_TEXT, true },      { "date", CONF_TEXT, false },
	{ "easter", CONF_NUMBER, false }, { "weekday", CONF_TEXT, false },
	{ "between", CONF_TEXTS, false }, { "from", CONF_NUMBER, false },
	{ "until", CONF_NUMBER, false },  { NULL, CONF_TEXT, false },
};

static const struct conf_key closed_keys[] = {
	{ "name", CONF_TEXT, false }, { "date", CONF_TEXT, false }, { "from", CONF_TEXT, false },
	{ "to", CONF_TEXT, false },   { NULL, CONF_TEXT, false },
};

static bool has(const config_setting_t *group, const char *key)
{
	return config_setting_get_member(group, key) != NULL;
}

/* 1 Monday .. 7 Sunday; 0 after complaining of anything else. */
static int read_weekday(struct reader *reader, const char *written, int line)
{
	for (int i = 0; calendar_weekday_codes[i] != NULL; i++)
		if (strcmp(written, calendar_weekday_codes[i]) == 0)
			return i + 1;
	problem_add(reader->problems, reader->file, line, "unknown weekday \"%s\"", written);
	problem_hint(reader->problems, written, calendar_weekday_codes,
		     "write mon, tue, wed, thu, fri, sat or sun");
	return 0;
}

static void read_workdays(struct reader *reader, const config_setting_t *root)
{
	size_t count = confread_text_count(root, "workdays");
	int line = confread_line(root, "workdays");
	for (size_t i = 0; i < count; i++) {
		int weekday = read_weekday(reader, confread_text_at(root, "workdays", i), line);
		if (weekday > 5)
			problem_add(reader->problems, reader->file, line,
				    "\"%s\" can be no working day: lag 1930:173 equates Saturdays "
				    "with Sundays; list days from mon to fri",
				    confread_text_at(root, "workdays", i));
		else if (weekday > 0 && reader->calendar->works[weekday])
			problem_add(reader->problems, reader->file, line,
				    "\"%s\" stands twice in \"workdays\": once is enough",
				    confread_text_at(root, "workdays", i));
		reader->calendar->works[weekday] = true;
	}
	const config_setting_t *list = config_setting_get_member(root, "workdays");
	if (list != NULL && config_setting_is_aggregate(list) && config_setting_length(list) == 0)
		problem_add(reader->problems, reader->file, line,
			    "\"workdays\" is empty: list the days on which people work, as in "
			    "[ \"mon\", \"tue\", \"wed\", \"thu\", \"fri\" ]");
}

/* A time of day of the office, or -1 after complaining. */
static int read_time(struct reader *reader, const config_setting_t *root, const char *key)
{
	const char *text = confread_text(root, key);
	int second = -1;
	if (text == NULL)
		return -1;
	if (time_of_day_parse(text, &second) != 0)
		problem_add(reader->problems, reader->file, confread_line(root, key),
			    "\"%s\" is no time of day: write hours and minutes, as in \"08:00\"",
			    text);
	return second;
}

static void read_hours(struct reader *reader, const config_setting_t *root)
{
	int opens = read_time(reader, root, "opens");
	int closes = read_time(reader, root, "closes");
	int slot = read_time(reader, root, "slot");
	if (opens >= 0 && closes >= 0 && opens >= closes)
		problem_add(reader->problems, reader->file, confread_line(root, "opens"),
			    "the office opens %s, but closes %s: \"opens\" must be before "
			    "\"closes\"",
			    confread_text(root, "opens"), confread_text(root, "closes"));
	else if (opens >= 0 && closes >= 0 && slot >= 0 && (slot < opens || slot > closes))
		problem_add(reader->problems, reader->file, confread_line(root, "slot"),
			    "the slot %s is outside the opening hours: it must be from %s to %s",
			    confread_text(root, "slot"), confread_text(root, "opens"),
			    confread_text(root, "closes"));
	reader->calendar->opens = opens;
	reader->calendar->closes = closes;
	reader->calendar->slot = slot;
}

static void read_zone(struct reader *reader, const config_setting_t *root)
{
	const char *zone = confread_text(root, "zone");
	if (zone != NULL && *zone == '\0')
		problem_add(reader->problems, reader->file, confread_line(root, "zone"),
			    "\"zone\" is empty: name the time zone of the office, as in "
			    "\"Europe/Stockholm\"");
	reader->calendar->zone = arena_strdup(reader->calendar->arena, zone);
}

/* "MM-DD". 29 February is a day of the year, though not of every year. */
static int read_month_day(struct reader *reader, const char *text, int line, struct day_rule *rule)
{
	char leap[16];
	date day;
	if (strlen(text) != 5 || snprintf(leap, sizeof(leap), "2000-%s", text) < 0 ||
	    date_parse(leap, &day) != 0) {
		problem_add(reader->problems, reader->file, line,
			    "there is no day \"%s\" in a year: write month and day that exist, as "
			    "in \"12-24\"",
			    text);
		return -1;
	}
	int year;
	date_to_ymd(day, &year, &rule->month, &rule->day);
	return 0;
}

static void read_date(struct reader *reader, const config_setting_t *group, struct day_rule *rule)
{
	const char *text = confread_text(group, "date");
	rule->form = DAY_BY_DATE;
	if (text != NULL)
		(void)!read_month_day(reader, text, confread_line(group, "date"), rule);
}

/* Easter falls on 22 March to 25 April: these offsets stay within its year. */
static void read_easter(struct reader *reader, const config_setting_t *group, struct day_rule *rule)
{
	long long days = confread_number(group, "easter", 0);
	rule->form = DAY_BY_EASTER;
	if (days < -80 || days > 250)
		problem_add(reader->problems, reader->file, confread_line(group, "easter"),
			    "\"easter\" is %lld days from Easter Sunday: it must be -80 to 250",
			    days);
	else
		rule->easter = (int)days;
}

/* A week has each weekday once, so a span of any other length would say none or two. */
static void check_week(struct reader *reader, const struct day_rule *first,
		       const struct day_rule *last, int line)
{
	date from = date_from_ymd(2001, first->month, first->day);
	date to = date_from_ymd(2001, last->month, last->day);
	if (from == DATE_NONE || to == DATE_NONE) {
		problem_add(reader->problems, reader->file, line,
			    "\"between\" cannot begin or end on 29 February: give a day that "
			    "every year has");
		return;
	}
	if (to < from)
		to = date_from_ymd(2002, last->month, last->day);
	if (to - from + 1 != DAYS_OF_WEEK)
		problem_add(reader->problems, reader->file, line,
			    "\"between\" spans %d days: it must span seven, so that each weekday "
			    "is in it once",
			    to - from + 1);
}

static void read_between(struct reader *reader, const config_setting_t *group,
			 struct day_rule *rule)
{
	struct day_rule last = { 0 };
	int line = confread_line(group, "between");
	rule->form = DAY_BY_WEEKDAY;
	if (confread_text(group, "weekday") != NULL)
		rule->weekday = read_weekday(reader, confread_text(group, "weekday"),
					     confread_line(group, "weekday"));
	if (!has(group, "weekday") || !has(group, "between")) {
		problem_add(reader->problems, reader->file,
			    confread_line(group, has(group, "weekday") ? "weekday" : "between"),
			    "\"weekday\" and \"between\" go together, as in weekday = \"sat\"; "
			    "between = [ \"06-20\", \"06-26\" ];");
		return;
	}
	if (confread_text_count(group, "between") != 2) {
		problem_add(reader->problems, reader->file, line,
			    "\"between\" must be two days, as in [ \"06-20\", \"06-26\" ]");
		return;
	}
	int first_bad = read_month_day(reader, confread_text_at(group, "between", 0), line, rule);
	int last_bad = read_month_day(reader, confread_text_at(group, "between", 1), line, &last);
	if (first_bad == 0 && last_bad == 0)
		check_week(reader, rule, &last, line);
}

static int read_year(struct reader *reader, const config_setting_t *group, const char *key,
		     int otherwise)
{
	long long year = confread_number(group, key, otherwise);
	if (year >= 1 && year <= 9999)
		return (int)year;
	problem_add(reader->problems, reader->file, confread_line(group, key),
		    "\"%s\" is %lld: it must be a year, as in 2005", key, year);
	return otherwise;
}

static void read_years(struct reader *reader, const config_setting_t *group, struct day_rule *rule)
{
	rule->from = read_year(reader, group, "from", 1);
	rule->until = read_year(reader, group, "until", 9999);
	if (rule->from > rule->until)
		problem_add(reader->problems, reader->file, confread_line(group, "until"),
			    "\"until\" %d is before \"from\" %d: the day would never come",
			    rule->until, rule->from);
}

static void read_name(struct reader *reader, const config_setting_t *group, struct day_rule *rule)
{
	const char *name = confread_text(group, "name");
	if (name != NULL && *name == '\0')
		problem_add(reader->problems, reader->file, confread_line(group, "name"),
			    "\"name\" is empty: letters and lists name the day by it");
	rule->name = arena_strdup(reader->calendar->arena, name != NULL ? name : "stängt");
}

static void read_holiday(struct reader *reader, const config_setting_t *group,
			 struct day_rule *rule)
{
	bool good = confread_keys(group, holiday_keys, reader->file, reader->problems);
	bool by_weekday = has(group, "weekday") || has(group, "between");
	int forms = has(group, "date") + has(group, "easter") + by_weekday;
	read_name(reader, group, rule);
	read_years(reader, group, rule);
	if (has(group, "date"))
		read_date(reader, group, rule);
	if (has(group, "easter"))
		read_easter(reader, group, rule);
	if (by_weekday)
		read_between(reader, group, rule);
	if (forms > 1 || (forms == 0 && good))
		problem_add(reader->problems, reader->file, confread_line(group, "name"),
			    "the day is given in %s: give one of \"date\", \"easter\", or "
			    "\"weekday\" with \"between\"",
			    forms == 0 ? "no way" : "several ways");
}

/* A whole date of a closing; DATE_NONE after complaining. */
static date read_whole_date(struct reader *reader, const config_setting_t *group, const char *key)
{
	date day = DATE_NONE;
	const char *text = confread_text(group, key);
	if (text != NULL && date_parse(text, &day) != 0)
		problem_add(reader->problems, reader->file, confread_line(group, key),
			    "there is no day \"%s\": write a date that exists, as in "
			    "\"2026-12-23\"",
			    text);
	return day;
}

/* One day: "2026-12-23" once, "12-27" each year. */
static void read_closed_day(struct reader *reader, const config_setting_t *group,
			    struct day_rule *rule)
{
	const char *text = confread_text(group, "date");
	if (text != NULL && strlen(text) <= 5) {
		read_date(reader, group, rule);
		return;
	}
	rule->form = DAY_BY_SPAN;
	rule->first = rule->last = read_whole_date(reader, group, "date");
}

static void read_closed_span(struct reader *reader, const config_setting_t *group,
			     struct day_rule *rule)
{
	rule->form = DAY_BY_SPAN;
	rule->first = read_whole_date(reader, group, "from");
	rule->last = read_whole_date(reader, group, "to");
	if (!has(group, "from") || !has(group, "to"))
		problem_add(reader->problems, reader->file,
			    confread_line(group, has(group, "from") ? "from" : "to"),
			    "\"from\" and \"to\" go together: the first and the last day on which "
			    "the office is closed");
	else if (rule->first != DATE_NONE && rule->last != DATE_NONE && rule->last < rule->first)
		problem_add(reader->problems, reader->file, confread_line(group, "to"),
			    "\"to\" is before \"from\": the last day must not be before the first");
}

static void read_closed(struct reader *reader, const config_setting_t *group, struct day_rule *rule)
{
	bool good = confread_keys(group, closed_keys, reader->file, reader->problems);
	bool is_span = has(group, "from") || has(group, "to");
	read_name(reader, group, rule);
	if (has(group, "date"))
		read_closed_day(reader, group, rule);
	if (is_span)
		read_closed_span(reader, group, rule);
	if (has(group, "date") ? is_span : (!is_span && good))
		problem_add(reader->problems, reader->file, (int)config_setting_source_line(group),
			    "the closing is given in %s: give \"date\", or \"from\" and \"to\"",
			    is_span ? "two ways" : "no way");
}

/* Reads one of the three lists of days; `kind` says which. */
static void read_list(struct reader *reader, const config_setting_t *root, const char *key,
		      enum day_kind kind)
{
	config_setting_t *list = config_setting_get_member(root, key);
	int count = list == NULL || config_setting_type(list) != CONFIG_TYPE_LIST
			? 0
			: config_setting_length(list);
	for (int i = 0; i < count; i++) {
		const config_setting_t *group = config_setting_get_elem(list, (unsigned)i);
		if (config_setting_type(group) != CONFIG_TYPE_GROUP)
			continue; /* confread_keys has told */
		struct day_rule *rule = &reader->calendar->rules[reader->calendar->rule_count++];
		*rule = (struct day_rule){ .kind = kind, .from = 1, .until = 9999 };
		if (kind == DAY_CLOSED)
			read_closed(reader, group, rule);
		else
			read_holiday(reader, group, rule);
	}
}

static int list_length(const config_setting_t *root, const char *key)
{
	const config_setting_t *list = config_setting_get_member(root, key);
	return list != NULL && config_setting_is_aggregate(list) ? config_setting_length(list) : 0;
}

static void read_days(struct reader *reader, const config_setting_t *root)
{
	int count = list_length(root, "holidays") + list_length(root, "equated") +
		    list_length(root, "closed");
	if (count > RULES_MOST) {
		problem_add(reader->problems, reader->file, 0,
			    "%d lines of days: at most %d; join closing days to spans", count,
			    RULES_MOST);
		return;
	}
	struct calendar *calendar = reader->calendar;
	calendar->rules = arena_alloc(calendar->arena, (size_t)count * sizeof(*calendar->rules));
	read_list(reader, root, "holidays", DAY_HOLIDAY);
	read_list(reader, root, "equated", DAY_EQUATED);
	read_list(reader, root, "closed", DAY_CLOSED);
}

/* Without open days nothing would ever be sent; that is a mistake and nobody's wish. */
static void check_open_days(struct reader *reader)
{
	const struct calendar *calendar = reader->calendar;
	date last_open = calendar->table_first - 1;
	for (date day = calendar->table_first; day <= calendar->table_last; day++) {
		if (calendar_is_open_day(calendar, day))
			last_open = day;
		if (day - last_open <= LONGEST_CLOSED)
			continue;
		char text[DATE_TEXT_SIZE];
		problem_add(reader->problems, reader->file, 0,
			    "the office would not be open for a year on end after %s: shorten the "
			    "closings, or mend their years",
			    date_format(last_open, text));
		return;
	}
}

static void read_root(struct reader *reader, const config_setting_t *root)
{
	confread_keys(root, root_keys, reader->file, reader->problems);
	read_zone(reader, root);
	read_hours(reader, root);
	read_workdays(reader, root);
	read_days(reader, root);
	reader->calendar->version = confread_version(root);
}

struct calendar *calendar_parse(const char *text, const char *file, struct problems *problems)
{
	struct config_t config;
	size_t before = problems->count;
	if (confread_open(&config, text, strlen(text), file, problems) != 0)
		return NULL;
	struct arena *arena = arena_new();
	struct reader reader = { arena_alloc(arena, sizeof(struct calendar)), file, problems };
	reader.calendar->arena = arena;
	read_root(&reader, config_root_setting(&config));
	config_destroy(&config);
	if (problems->count == before) {
		calendar_build_table(reader.calendar);
		check_open_days(&reader);
	}
	if (problems->count == before)
		return reader.calendar;
	calendar_free(reader.calendar);
	return NULL;
}
