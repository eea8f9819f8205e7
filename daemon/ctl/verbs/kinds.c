/* SPDX-License-Identifier: EUPL-1.2 */
/* Two tables that the daemon goes by: the days of a year, and the kinds of events. */
#include <stdlib.h>
#include <string.h>

#include "daemon/conf/office_rows.h"
#include "daemon/ctl/ask.h"
#include "daemon/ctl/verbs/verbs.h"
#include "rules/time/date.h"

/* The weekday in words, from the date itself. */
static char *form_weekday(const json_t *row, const json_t *value)
{
	static const char *const names[] = { "Monday", "Tuesday",  "Wednesday", "Thursday",
					     "Friday", "Saturday", "Sunday" };
	date day;
	(void)value;
	if (date_parse(show_text_of(row, "date"), &day) != 0)
		return xstrdup("");
	return xstrdup(names[date_weekday(day) - 1]);
}

static char *form_reason(const json_t *row, const json_t *value)
{
	static const char *const reasons[][2] = {
		{ "holiday", "public holiday" },
		{ "equated", "counted as a holiday by law (1930:173)" },
		{ "weekend", "weekend" },
		{ "closed", "the office is closed" },
	};
	(void)row;
	const char *kind = json_string_value(value);
	for (size_t i = 0; kind != NULL && i < sizeof(reasons) / sizeof(reasons[0]); i++)
		if (strcmp(kind, reasons[i][0]) == 0)
			return xstrdup(reasons[i][1]);
	return show_value(value);
}

static const struct column calendar_columns[] = {
	{ "DATE", "date", NULL, false },
	{ "WEEKDAY", "date", form_weekday, false },
	{ "NAME", "name", NULL, false },
	{ "WHY", "kind", form_reason, false },
	COLUMNS_END,
};

static bool is_ordinary_weekend(const json_t *row)
{
	return strcmp(show_text_of(row, "kind"), "weekend") == 0;
}

static int count_weekends(const json_t *rows, int weekday)
{
	int count = 0;
	for (size_t i = 0; i < json_array_size(rows); i++) {
		const json_t *row = json_array_get(rows, i);
		date day;
		if (is_ordinary_weekend(row) && date_parse(show_text_of(row, "date"), &day) == 0)
			count += date_weekday(day) == weekday;
	}
	return count;
}

static void show_year(const json_t *rows, bool all)
{
	struct table *table = table_new(stdout, calendar_columns);
	for (size_t i = 0; i < json_array_size(rows); i++)
		if (all || !is_ordinary_weekend(json_array_get(rows, i)))
			table_add(table, json_array_get(rows, i));
	table_flush(table);
	table_free(table);
	if (!all)
		printf("and %d ordinary Saturdays, %d ordinary Sundays\n", count_weekends(rows, 6),
		       count_weekends(rows, 7));
}

/* An ask_read. */
static json_t *read_year(const struct invocation *call, const struct office *office,
			 struct problems *problems)
{
	json_t *rows = office_year_rows(office->calendar, strtoll(call->arguments[0], NULL, 10));
	if (rows == NULL)
		problem_add(problems, "year", 0, OFFICE_YEARS);
	return rows;
}

int verb_calendar(const struct invocation *call)
{
	json_t *rows = NULL, *parameters = json_object();
	long long year = strtoll(call->arguments[0], NULL, 10);
	json_object_set_new(parameters, "year", json_integer(year));
	int code = ask_rows(call, "calendar.year", parameters, read_year, &rows);
	if (code == CTL_DONE && call->json)
		code = ask_show_rows(call, rows, calendar_columns, "");
	else if (code == CTL_DONE)
		show_year(rows, invocation_flag(call, "all"));
	json_decref(rows);
	return code;
}

/* "month", "task, may be left out", or nothing. */
static char *form_key(const json_t *row, const json_t *value)
{
	const char *rule = json_string_value(value), *means = show_text_of(row, "key_means");
	if (rule == NULL || strcmp(rule, "none") == 0)
		return xstrdup("");
	bool allowed = strcmp(rule, "allowed") == 0, required = strcmp(rule, "required") == 0;
	if (*means == '\0')
		means = allowed || required ? "key" : rule;
	return xasprintf("%s%s", means, allowed ? ", may be left out" : "");
}

static const struct column kind_columns[] = {
	{ "KIND", "name", NULL, false },
	{ "SUBJECT", "subject", NULL, false },
	{ "KEY", "key", form_key, false },
	{ "WHAT IT MEANS", "help", NULL, false },
	COLUMNS_END,
};

static char *form_needed(const json_t *row, const json_t *value)
{
	(void)row;
	return xstrdup(json_is_true(value) ? "may be left out" : "needed");
}

/* "count, 0 to 999" */
static char *form_type(const json_t *row, const json_t *value)
{
	const json_t *least = json_object_get(row, "least"), *most = json_object_get(row, "most");
	if (!json_is_integer(least) || !json_is_integer(most))
		return xstrdup(json_string_value(value));
	return xasprintf("%s, %lld to %lld", json_string_value(value),
			 (long long)json_integer_value(least), (long long)json_integer_value(most));
}

static const struct column field_columns[] = {
	{ "FIELD", "name", NULL, false },
	{ "TYPE", "type", form_type, false },
	{ "", "optional", form_needed, false },
	{ "CLASS", "class", NULL, false },
	{ "WHAT IT MEANS", "help", NULL, false },
	{ "ONE OF", "codes", NULL, false },
	COLUMNS_END,
};

static json_t *find_kind(const json_t *rows, const char *name)
{
	for (size_t i = 0; i < json_array_size(rows); i++)
		if (strcmp(show_text_of(json_array_get(rows, i), "name"), name) == 0)
			return json_array_get(rows, i);
	return NULL;
}

static void unknown_kind(const json_t *rows, const char *name)
{
	size_t count = json_array_size(rows);
	const char **names = xcalloc(count + 1, sizeof(*names));
	for (size_t i = 0; i < count; i++)
		names[i] = show_text_of(json_array_get(rows, i), "name");
	const char *near = problem_nearest(name, names);
	show_printf(stderr, "kedjactl: unknown kind \"%s\"%s%s%s\n", name,
		    near == NULL ? "" : ": did you mean \"", near == NULL ? "" : near,
		    near == NULL ? ": kedjactl kinds lists them" : "\"?");
	free(names);
}

json_t *kinds_find(const json_t *rows, const char *name)
{
	json_t *kind = find_kind(rows, name);
	if (kind == NULL)
		unknown_kind(rows, name);
	return kind;
}

static void show_kind(const json_t *kind)
{
	char *key = form_key(kind, json_object_get(kind, "key"));
	show_printf(stdout, "%s: %s\nsubject: %s\n", show_text_of(kind, "name"),
		    show_text_of(kind, "help"), show_text_of(kind, "subject"));
	if (*key != '\0')
		show_printf(stdout, "key: %s\n", key);
	free(key);
	show_rows(stdout, "Fields", field_columns, json_object_get(kind, "fields"));
}

/* An ask_read. */
static json_t *read_kinds(const struct invocation *call, const struct office *office,
			  struct problems *problems)
{
	(void)call;
	(void)problems;
	return office_kind_rows(office->chain);
}

int kinds_ask(const struct invocation *call, json_t **ret)
{
	return ask_rows(call, "kind.list", json_object(), read_kinds, ret);
}

int verb_kinds(const struct invocation *call)
{
	const char *name = invocation_argument(call, 0);
	json_t *rows = NULL;
	int code = kinds_ask(call, &rows);
	const json_t *kind = name == NULL || code != CTL_DONE ? NULL : kinds_find(rows, name);
	if (code == CTL_DONE && name == NULL) {
		code = ask_show_rows(call, rows, kind_columns, "no kinds");
	} else if (code == CTL_DONE && kind == NULL) {
		code = CTL_REFUSED;
	} else if (code == CTL_DONE && call->json) {
		show_json(stdout, kind);
	} else if (code == CTL_DONE) {
		show_kind(kind);
	}
	json_decref(rows);
	return code;
}
