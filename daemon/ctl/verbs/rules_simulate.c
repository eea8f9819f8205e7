/* SPDX-License-Identifier: EUPL-1.2 */
/* What will be sent, or would have been: the daemon's own code on a scratch copy of its file. */
#include <stdlib.h>
#include <string.h>

#include "daemon/ctl/complaint.h"
#include "daemon/ctl/forecast/forecast.h"
#include "daemon/ctl/verbs/verbs.h"

enum form { FORM_PEOPLE, FORM_LIST, FORM_JSON, FORM_CSV };

struct report {
	const struct simulation *simulation;
	enum form form;
	struct tally *tally;
	struct table *table;
	size_t rows;
};

static enum form form_of(const struct invocation *call)
{
	if (call->json)
		return FORM_JSON;
	if (invocation_flag(call, "csv"))
		return FORM_CSV;
	return invocation_flag(call, "list") ? FORM_LIST : FORM_PEOPLE;
}

/* Rows leave as they are read; of a table so many wait that its columns fit. */
#define ROWS_AT_ONCE 500

static void show_notice(struct report *report, const json_t *row)
{
	switch (report->form) {
	case FORM_PEOPLE:
		break;
	case FORM_LIST:
		table_add(report->table, row);
		if (table_count(report->table) % ROWS_AT_ONCE == 0)
			table_flush(report->table);
		break;
	case FORM_JSON:
		fputs(report->rows == 0 ? "\n" : ",\n", stdout);
		show_json_line(stdout, row);
		break;
	case FORM_CSV:
		forecast_csv_row(stdout, row);
		break;
	}
	report->rows++;
}

static void show_notices(struct report *report, struct simulation *simulation)
{
	struct simulated *list = simulated_open(simulation, SIMULATED_BY_TIME);
	struct simulated_notice notice;
	report->table = report->form == FORM_LIST ? table_new(stdout, forecast_columns) : NULL;
	while (simulated_next(list, &notice)) {
		json_t *row = forecast_row(simulation, &notice);
		tally_add(report->tally, row);
		show_notice(report, row);
		json_decref(row);
	}
	if (report->table != NULL)
		table_flush(report->table);
	table_free(report->table);
	simulated_close(list);
}

static void show_figures(const struct report *report, const char *from, const char *until)
{
	char *first = show_time(from), *last = show_time(until);
	show_printf(stdout, "%s%s to %s: %lld notices\n", report->form == FORM_LIST ? "\n" : "",
		    first, last, tally_count(report->tally));
	free(first);
	free(last);
	tally_show(report->tally, stdout);
}

static void show(struct simulation *simulation, enum form form, instant from)
{
	struct report report = { simulation, form, tally_new(), NULL, 0 };
	json_t *first = forecast_time(simulation, from);
	json_t *last = forecast_time(simulation, simulation_now(simulation));
	if (form == FORM_JSON)
		printf("{\"from\": \"%s\", \"until\": \"%s\", \"rows\": [",
		       json_string_value(first), json_string_value(last));
	else if (form == FORM_CSV)
		forecast_csv_head(stdout);
	show_notices(&report, simulation);
	if (form == FORM_JSON) {
		json_t *figures = tally_json(report.tally);
		fputs("],\n\"figures\": ", stdout);
		show_json_line(stdout, figures);
		fputs("}\n", stdout);
		json_decref(figures);
	} else if (form != FORM_CSV) {
		show_figures(&report, json_string_value(first), json_string_value(last));
	}
	json_decref(first);
	json_decref(last);
	tally_free(report.tally);
}

static int run(const struct invocation *call, struct simulation *simulation,
	       struct problems *problems)
{
	const struct clock *clock = simulation_core(simulation)->clock;
	instant now = simulation_now(simulation);
	instant until = forecast_last(call, "until", clock, now);
	instant since = forecast_first(call, "since", clock, now);
	if (until < now && since == now)
		problem_add(problems, "--until", 0, "lies in the past; --since looks back");
	if (since > now)
		problem_add(problems, "--since", 0, "lies ahead: it is a day of the past");
	if (problems->count > 0)
		return -1;
	if (since < now && simulation_rewind(simulation, since, problems) != 0)
		return -1;
	int result = simulation_run(simulation, until, forecast_progress, simulation, problems);
	show_end_progress();
	if (result == 0)
		show(simulation, form_of(call), since);
	return result;
}

int verb_rules_simulate(const struct invocation *call)
{
	struct problems problems = PROBLEMS_NONE;
	struct forecast_office offices;
	int result = -1;
	if (invocation_option(call, "until") == NULL && invocation_option(call, "since") == NULL) {
		fputs("kedjactl: write --until DATE to look ahead, or --since DATE to look back\n",
		      stderr);
		return CTL_USAGE;
	}
	if (forecast_office_load(call, invocation_argument(call, 0), &offices, &problems) == 0) {
		struct simulation *simulation =
		    simulation_open(offices.wanted, offices.settings, &problems);
		if (simulation != NULL)
			result = run(call, simulation, &problems);
		simulation_free(simulation);
	}
	forecast_office_clear(&offices);
	return result == 0 ? CTL_DONE : complaint_tell(&problems);
}
