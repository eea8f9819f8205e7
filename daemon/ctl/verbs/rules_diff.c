/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Which notices come, go or move when the edited rules of a folder take the place of the running
 * ones: ahead, or on the office's own history. Two simulations, each on a copy of its own, and
 * their notices side by side in the order of what they are about.
 */
#include <stdlib.h>
#include <string.h>

#include "daemon/ctl/complaint.h"
#include "daemon/ctl/forecast/forecast.h"
#include "daemon/ctl/verbs/verbs.h"

#define DAYS_AHEAD   92
#define ROWS_AT_ONCE 500

/* One side: the rules as they are, or as they would be. */
struct side {
	struct simulation *simulation;
	struct tally *tally;
	struct simulated *list;
	struct simulated_notice notice;
	bool has_notice;
};

struct diff {
	struct side before, after;
	bool json;
	struct table *table;
	size_t rows;
	long long comes, goes, moves;
};

static const struct column diff_columns[] = {
	{ "", "change", NULL, false },         { "AT", "at", form_time, false },
	{ "WAS", "was_at", form_time, false }, COLUMNS_OF_NOTICE,
	{ "STATE", "state", NULL, false },     COLUMNS_END,
};

/* --- the two simulations --------------------------------------------------------------------- */

static int run_side(const struct invocation *call, struct side *side, const struct office *office,
		    struct problems *problems)
{
	side->simulation = simulation_open(office, office->settings, problems);
	if (side->simulation == NULL)
		return -1;
	const struct clock *clock = simulation_core(side->simulation)->clock;
	instant now = simulation_now(side->simulation);
	bool back = invocation_option(call, "since") != NULL;
	date last = civil_date(clock_to_civil(clock, now)) + DAYS_AHEAD;
	instant ahead = clock_from_civil(clock, civil_at(last, CIVIL_DAY - 1));
	instant until = back ? now : forecast_last(call, "until", clock, ahead);
	instant since = forecast_first(call, "since", clock, now);
	if (until < now)
		problem_add(problems, "--until", 0, "lies in the past; --since looks back");
	if (since > now)
		problem_add(problems, "--since", 0, "lies ahead: it is a day of the past");
	if (problems->count > 0 ||
	    (back && simulation_rewind(side->simulation, since, problems) != 0))
		return -1;
	int result =
	    simulation_run(side->simulation, until, forecast_progress, side->simulation, problems);
	show_end_progress();
	return result;
}

/* A rule that has another name now is compared with what it was. */
static void use_old_names(struct simulation *after, const struct ruleset *ruleset)
{
	for (size_t i = 0; i < ruleset->count; i++)
		if (ruleset->rules[i].was != NULL)
			simulation_rename(after, ruleset->rules[i].name, ruleset->rules[i].was);
}

static void count_side(struct side *side)
{
	struct simulated *list = simulated_open(side->simulation, SIMULATED_BY_TIME);
	struct simulated_notice notice;
	side->tally = tally_new();
	while (simulated_next(list, &notice)) {
		json_t *row = forecast_row(side->simulation, &notice);
		tally_add(side->tally, row);
		json_decref(row);
	}
	simulated_close(list);
}

static void clear_side(struct side *side)
{
	tally_free(side->tally);
	simulation_free(side->simulation);
}

/* --- side by side ---------------------------------------------------------------------------- */

/* What was overtaken goes to nobody on either side. */
static void next(struct side *side)
{
	do
		side->has_notice = simulated_next(side->list, &side->notice);
	while (side->has_notice && strcmp(side->notice.state, "overtaken") == 0);
}

static int compare_numbers(int64_t a, int64_t b)
{
	return (a > b) - (a < b);
}

static const char *kind_of_state(const char *state)
{
	return strcmp(state, "queued") == 0 ? "sent" : state;
}

/* In the order of SIMULATED_BY_IDENTITY. */
static int compare(const struct simulated_notice *a, const struct simulated_notice *b)
{
	int order = strcmp(a->subject, b->subject);
	order = order != 0 ? order : strcmp(a->rule, b->rule);
	order = order != 0 ? order : strcmp(a->key, b->key);
	order = order != 0 ? order : strcmp(a->anchor, b->anchor);
	order = order != 0 ? order : compare_numbers(a->occurrence, b->occurrence);
	order = order != 0 ? order : strcmp(a->step, b->step);
	order = order != 0 ? order : compare_numbers(a->repetition, b->repetition);
	order = order != 0 ? order : strcmp(a->role, b->role);
	order = order != 0 ? order
			   : strcmp(a->person == NULL ? " " : a->person,
				    b->person == NULL ? " " : b->person);
	return order != 0 ? order : compare_numbers(a->copy, b->copy);
}

static void show_change(struct diff *diff, const char *change, const struct side *side,
			const struct simulated_notice *was)
{
	json_t *row = forecast_row(side->simulation, &side->notice);
	json_object_set_new(row, "change", json_string(change));
	json_object_set_new(row, "was_at",
			    was == NULL ? json_null() : forecast_time(side->simulation, was->at));
	json_object_set_new(row, "was_due", was == NULL ? json_null() : json_string(was->due));
	if (diff->json) {
		fputs(diff->rows == 0 ? "\n" : ",\n", stdout);
		show_json_line(stdout, row);
	} else {
		table_add(diff->table, row);
		if (table_count(diff->table) % ROWS_AT_ONCE == 0)
			table_flush(diff->table);
	}
	diff->rows++;
	json_decref(row);
}

static void show_pair(struct diff *diff)
{
	const struct simulated_notice *a = &diff->before.notice, *b = &diff->after.notice;
	if (strcmp(kind_of_state(a->state), kind_of_state(b->state)) != 0) {
		diff->goes++;
		diff->comes++;
		show_change(diff, "goes", &diff->before, NULL);
		show_change(diff, "comes", &diff->after, NULL);
	} else if (a->at != b->at || strcmp(a->due, b->due) != 0) {
		diff->moves++;
		show_change(diff, "moves", &diff->after, a);
	}
}

static void show_changes(struct diff *diff)
{
	struct side *before = &diff->before, *after = &diff->after;
	before->list = simulated_open(before->simulation, SIMULATED_BY_IDENTITY);
	after->list = simulated_open(after->simulation, SIMULATED_BY_IDENTITY);
	next(before);
	next(after);
	while (before->has_notice || after->has_notice) {
		int order = !before->has_notice  ? 1
			    : !after->has_notice ? -1
						 : compare(&before->notice, &after->notice);
		if (order < 0) {
			diff->goes++;
			show_change(diff, "goes", before, NULL);
		} else if (order > 0) {
			diff->comes++;
			show_change(diff, "comes", after, NULL);
		} else {
			show_pair(diff);
		}
		if (order <= 0)
			next(before);
		if (order >= 0)
			next(after);
	}
	simulated_close(before->list);
	simulated_close(after->list);
}

/* --- per person ------------------------------------------------------------------------------ */

static json_t *person_row(json_t *rows, const char *person)
{
	for (size_t i = 0; i < json_array_size(rows); i++)
		if (strcmp(show_text_of(json_array_get(rows, i), "person"), person) == 0)
			return json_array_get(rows, i);
	json_t *row =
	    json_pack("{s:s, s:i, s:i, s:n, s:i, s:n, s:i}", "person", person, "before", 0, "after",
		      0, "worst_before_on", "worst_before", 0, "worst_after_on", "worst_after", 0);
	json_array_append_new(rows, row);
	return row;
}

static void add_persons(json_t *rows, const struct tally *tally, const char *count,
			const char *worst_on, const char *worst)
{
	json_t *figures = tally_json(tally);
	const json_t *persons = json_object_get(figures, "persons");
	for (size_t i = 0; i < json_array_size(persons); i++) {
		const json_t *from = json_array_get(persons, i);
		json_t *row = person_row(rows, show_text_of(from, "person"));
		json_object_set(row, count, json_object_get(from, "notices"));
		json_object_set(row, worst_on, json_object_get(from, "worst_on"));
		json_object_set(row, worst, json_object_get(from, "worst"));
	}
	json_decref(figures);
}

static json_t *persons_of(const struct diff *diff)
{
	json_t *rows = json_array();
	add_persons(rows, diff->before.tally, "before", "worst_before_on", "worst_before");
	add_persons(rows, diff->after.tally, "after", "worst_after_on", "worst_after");
	return rows;
}

static const struct column person_columns[] = {
	{ "PERSON", "person", NULL, false },
	{ "BEFORE", "before", NULL, true },
	{ "AFTER", "after", NULL, true },
	{ "WORST DAY BEFORE", "worst_before_on", NULL, false },
	{ "NOTICES", "worst_before", NULL, true },
	{ "AFTER", "worst_after_on", NULL, false },
	{ "NOTICES", "worst_after", NULL, true },
	COLUMNS_END,
};

static void show_for_people(struct diff *diff)
{
	diff->table = table_new(stdout, diff_columns);
	show_changes(diff);
	table_flush(diff->table);
	table_free(diff->table);
	show_printf(stdout, "%s%lld notices come, %lld go, %lld move; %lld before, %lld after\n",
		    diff->rows > 0 ? "\n" : "", diff->comes, diff->goes, diff->moves,
		    tally_count(diff->before.tally), tally_count(diff->after.tally));
	json_t *persons = persons_of(diff);
	show_rows(stdout, "By person", person_columns, persons);
	json_decref(persons);
}

static void show_for_programs(struct diff *diff)
{
	fputs("{\"rows\": [", stdout);
	show_changes(diff);
	json_t *figures =
	    json_pack("{s:I, s:I, s:I, s:I, s:I, s:o}", "comes", (json_int_t)diff->comes, "goes",
		      (json_int_t)diff->goes, "moves", (json_int_t)diff->moves, "before",
		      (json_int_t)tally_count(diff->before.tally), "after",
		      (json_int_t)tally_count(diff->after.tally), "persons", persons_of(diff));
	fputs("],\n\"figures\": ", stdout);
	show_json_line(stdout, figures);
	fputs("}\n", stdout);
	json_decref(figures);
}

static int run(const struct invocation *call, const struct forecast_office *offices,
	       struct problems *problems)
{
	struct diff diff = { .json = call->json };
	struct office edited = *offices->other;
	edited.settings = offices->own->settings;
	int result = run_side(call, &diff.before, offices->own, problems);
	if (result == 0)
		result = run_side(call, &diff.after, &edited, problems);
	if (result == 0) {
		count_side(&diff.before);
		count_side(&diff.after);
		use_old_names(diff.after.simulation, edited.ruleset);
		if (diff.json)
			show_for_programs(&diff);
		else
			show_for_people(&diff);
	}
	clear_side(&diff.before);
	clear_side(&diff.after);
	return result;
}

int verb_rules_diff(const struct invocation *call)
{
	struct problems problems = PROBLEMS_NONE;
	struct forecast_office offices;
	int result = -1;
	if (invocation_option(call, "until") != NULL && invocation_option(call, "since") != NULL) {
		fputs("kedjactl: --until looks ahead, --since looks back: write one of them\n",
		      stderr);
		return CTL_USAGE;
	}
	if (forecast_office_load(call, call->arguments[0], &offices, &problems) == 0)
		result = run(call, &offices, &problems);
	forecast_office_clear(&offices);
	return result == 0 ? CTL_DONE : complaint_tell(&problems);
}
