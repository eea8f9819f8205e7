/* SPDX-License-Identifier: EUPL-1.2 */
/* The figures of forecast.h. Rows come in the order of time, so of each person only the day that
 * is being counted has to be kept beside the worst one. */
#include <stdlib.h>
#include <string.h>

#include "daemon/ctl/forecast/forecast.h"

struct tally {
	json_t *rules, *persons, *months; /* by name */
	long long notices, unreachable, shadow;
};

struct tally *tally_new(void)
{
	struct tally *tally = xcalloc(1, sizeof(*tally));
	tally->rules = json_object();
	tally->persons = json_object();
	tally->months = json_object();
	return tally;
}

void tally_free(struct tally *tally)
{
	if (tally == NULL)
		return;
	json_decref(tally->rules);
	json_decref(tally->persons);
	json_decref(tally->months);
	free(tally);
}

static json_t *entry_of(json_t *list, const char *label, const char *name)
{
	json_t *entry = json_object_get(list, name);
	if (entry != NULL)
		return entry;
	entry = json_pack("{s:s, s:i}", label, name, "notices", 0);
	json_object_set_new(list, name, entry);
	return entry;
}

static json_int_t count_one(json_t *entry, const char *name)
{
	json_int_t count = show_number_of(entry, name) + 1;
	json_object_set_new(entry, name, json_integer(count));
	return count;
}

static void count_day(json_t *entry, const char *day)
{
	if (strcmp(show_text_of(entry, "day"), day) != 0) {
		json_object_set_new(entry, "day", json_string(day));
		json_object_set_new(entry, "on_day", json_integer(0));
	}
	json_int_t count = count_one(entry, "on_day");
	if (count <= show_number_of(entry, "worst"))
		return;
	json_object_set_new(entry, "worst", json_integer(count));
	json_object_set_new(entry, "worst_on", json_string(day));
}

void tally_add(struct tally *tally, const json_t *row)
{
	char day[16], month[16];
	const char *state = show_text_of(row, "state"), *at = show_text_of(row, "at");
	json_t *rule = entry_of(tally->rules, "rule", show_text_of(row, "rule"));
	snprintf(day, sizeof(day), "%.10s", at);
	snprintf(month, sizeof(month), "%.7s", at);
	if (strcmp(state, "unreachable") == 0) {
		tally->unreachable++;
		count_one(rule, "unreachable");
	} else if (strcmp(state, "shadow") == 0) {
		tally->shadow++;
		count_one(rule, "shadow");
	} else if (strcmp(state, "sent") == 0 || strcmp(state, "queued") == 0) {
		json_t *person = entry_of(tally->persons, "person", show_text_of(row, "person"));
		tally->notices++;
		count_one(rule, "notices");
		count_one(person, "notices");
		count_day(person, day);
		count_one(entry_of(tally->months, "month", month), "notices");
	}
}

long long tally_count(const struct tally *tally)
{
	return tally->notices;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The entries by name, as people look them up. */
static json_t *list_of(json_t *entries)
{
	json_t *rows = json_array(), *entry;
	const char **names = xcalloc(json_object_size(entries) + 1, sizeof(*names)), *name;
	size_t count = 0;
	json_object_foreach(entries, name, entry)
	{
		json_object_del(entry, "day");
		json_object_del(entry, "on_day");
		names[count++] = name;
	}
	if (count > 0)
		qsort(names, count, sizeof(*names), by_name);
	for (size_t i = 0; i < count; i++)
		json_array_append(rows, json_object_get(entries, names[i]));
	free(names);
	return rows;
}

json_t *tally_json(const struct tally *tally)
{
	return json_pack("{s:I, s:I, s:I, s:o, s:o, s:o}", "notices", (json_int_t)tally->notices,
			 "unreachable", (json_int_t)tally->unreachable, "shadow",
			 (json_int_t)tally->shadow, "rules", list_of(tally->rules), "persons",
			 list_of(tally->persons), "months", list_of(tally->months));
}

static const struct column rule_columns[] = {
	{ "RULE", "rule", NULL, false },
	{ "NOTICES", "notices", NULL, true },
	{ "UNREACHABLE", "unreachable", NULL, true },
	{ "SHADOW", "shadow", NULL, true },
	COLUMNS_END,
};

static const struct column person_columns[] = {
	{ "PERSON", "person", NULL, false },
	{ "NOTICES", "notices", NULL, true },
	{ "WORST DAY", "worst_on", NULL, false },
	{ "NOTICES THEN", "worst", NULL, true },
	COLUMNS_END,
};

static const struct column month_columns[] = {
	{ "MONTH", "month", NULL, false },
	{ "NOTICES", "notices", NULL, true },
	COLUMNS_END,
};

void tally_show(const struct tally *tally, FILE *out)
{
	json_t *all = tally_json(tally);
	show_rows(out, "By rule", rule_columns, json_object_get(all, "rules"));
	show_rows(out, "By person", person_columns, json_object_get(all, "persons"));
	show_rows(out, "By month", month_columns, json_object_get(all, "months"));
	json_decref(all);
}
