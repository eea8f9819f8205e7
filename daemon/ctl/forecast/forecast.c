/* SPDX-License-Identifier: EUPL-1.2 */
/* See forecast.h. The figures are in tally.c. */
#include "daemon/ctl/forecast/forecast.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static bool is_same_folder(const char *a, const char *b)
{
	struct stat of_a, of_b;
	return stat(a, &of_a) == 0 && stat(b, &of_b) == 0 && of_a.st_dev == of_b.st_dev &&
	       of_a.st_ino == of_b.st_ino;
}

int forecast_office_load(const struct invocation *call, const char *dir,
			 struct forecast_office *ret, struct problems *problems)
{
	*ret = (struct forecast_office){ NULL, NULL, NULL, NULL };
	ret->own = office_load(call->conf, problems);
	if (ret->own == NULL && dir != NULL && is_same_folder(call->conf, dir))
		return -1; /* its mistakes are told */
	if (dir != NULL)
		ret->other = office_load(dir, problems);
	if (ret->own == NULL || (dir != NULL && ret->other == NULL))
		return -1;
	ret->wanted = dir == NULL ? ret->own : ret->other;
	ret->settings = ret->own->settings;
	if (ret->settings != NULL)
		return 0;
	problem_add(problems, call->conf, 0,
		    "kedja.conf is missing in this folder: it says where the file is");
	return -1;
}

void forecast_office_clear(struct forecast_office *offices)
{
	office_free(offices->other);
	office_free(offices->own);
}

static instant moment_of(const struct invocation *call, const char *option,
			 const struct clock *clock, int second, instant otherwise)
{
	const char *text = invocation_option(call, option);
	date day;
	if (text == NULL || date_parse(text, &day) != 0)
		return otherwise;
	return clock_from_civil(clock, civil_at(day, second));
}

instant forecast_first(const struct invocation *call, const char *option, const struct clock *clock,
		       instant otherwise)
{
	return moment_of(call, option, clock, 0, otherwise);
}

instant forecast_last(const struct invocation *call, const char *option, const struct clock *clock,
		      instant otherwise)
{
	return moment_of(call, option, clock, CIVIL_DAY - 1, otherwise);
}

/* No more often than a person can read. */
void forecast_progress(void *arg, instant now)
{
	static int64_t last_told;
	const struct simulation *simulation = arg;
	char text[INSTANT_TEXT_SIZE];
	if (clock_monotonic_us() - last_told < 100000)
		return;
	last_told = clock_monotonic_us();
	clock_format(simulation_core(simulation)->clock, now, text);
	show_progress("%.10s", text);
}

json_t *forecast_time(const struct simulation *simulation, instant at)
{
	char text[INSTANT_TEXT_SIZE];
	return json_string(clock_format(simulation_core(simulation)->clock, at, text));
}

static json_t *text_or_null(const char *text)
{
	return text == NULL ? json_null() : json_string(text);
}

json_t *forecast_row(const struct simulation *simulation, const struct simulated_notice *notice)
{
	const char *person = notice->person;
	json_t *row = json_object();
	json_object_set_new(row, "at", forecast_time(simulation, notice->at));
	json_object_set_new(row, "state", json_string(notice->state));
	json_object_set_new(row, "subject", json_string(notice->subject));
	json_object_set_new(row, "key", text_or_null(*notice->key == '\0' ? NULL : notice->key));
	json_object_set_new(row, "rule", json_string(notice->rule));
	json_object_set_new(row, "step", json_string(notice->step));
	json_object_set_new(row, "repetition", json_integer(notice->repetition));
	json_object_set_new(row, "due", json_string(notice->due));
	json_object_set_new(
	    row, "person",
	    text_or_null(person != NULL && *person == '\0' ? "administrator" : person));
	json_object_set_new(row, "role", json_string(notice->role));
	json_object_set_new(row, "cc", json_boolean(notice->copy));
	json_object_set_new(row, "why", text_or_null(notice->reason));
	return row;
}

const struct column forecast_columns[] = {
	{ "AT", "at", form_time, false },
	{ "STATE", "state", NULL, false },
	COLUMNS_OF_NOTICE,
	{ "CC", "cc", NULL, false },
	COLUMNS_END,
};

static const char *const csv_columns[] = {
	"at",         "state", "subject", "key",  "rule", "step",
	"repetition", "due",   "person",  "role", "cc",   "why"
};
#define CSV_COLUMNS (sizeof(csv_columns) / sizeof(csv_columns[0]))

void forecast_csv_head(FILE *out)
{
	for (size_t i = 0; i < CSV_COLUMNS; i++)
		fprintf(out, "%s%s", i == 0 ? "" : ",", csv_columns[i]);
	fputc('\n', out);
}

void forecast_csv_row(FILE *out, const json_t *row)
{
	for (size_t i = 0; i < CSV_COLUMNS; i++) {
		char *text = show_value(json_object_get(row, csv_columns[i]));
		fputs(i == 0 ? "" : ",", out);
		show_csv_cell(out, text);
		free(text);
	}
	fputc('\n', out);
}
