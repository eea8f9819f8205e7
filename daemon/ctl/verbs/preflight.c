/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * What of the next 30 days would reach nobody who holds the role, and what has no day to count
 * from: while there is time to put it right.
 */
#include <stdlib.h>
#include <string.h>

#include "daemon/ctl/complaint.h"
#include "daemon/ctl/forecast/forecast.h"
#include "daemon/ctl/verbs/verbs.h"
#include "daemon/plan/verdict.h"

#define DAYS_AHEAD 30

static const struct column unreachable_columns[] = {
	{ "AT", "at", form_time, false },
	{ "SUBJECT", "subject", NULL, false },
	{ "KEY", "key", NULL, false },
	{ "RULE", "rule", NULL, false },
	{ "STEP", "step", NULL, false },
	{ "DUE", "due", NULL, false },
	{ "ROLE", "role", NULL, false },
	{ "INSTEAD", "instead", NULL, false },
	COLUMNS_END,
};

static const struct column undated_columns[] = {
	{ "SUBJECT", "subject", NULL, false },
	{ "RULE", "rule", NULL, false },
	{ "EVENT", "event", NULL, true },
	{ "FIELD", "field", NULL, false },
	COLUMNS_END,
};

static bool is_same_step(const struct simulated_notice *notice, const json_t *row)
{
	return strcmp(notice->subject, show_text_of(row, "subject")) == 0 &&
	       strcmp(notice->rule, show_text_of(row, "rule")) == 0 &&
	       strcmp(notice->key, show_text_of(row, "key")) == 0 &&
	       strcmp(notice->step, show_text_of(row, "step")) == 0;
}

/* Is this the notice that goes to somebody else, because the one before it reached nobody? */
static bool is_instead_of(const struct simulated_notice *notice, const json_t *row)
{
	return notice->person != NULL && strcmp(notice->state, "sent") == 0 &&
	       is_same_step(notice, row) && strcmp(notice->role, show_text_of(row, "role")) == 0;
}

/* Whoever hears of a step for one role does not hear of it again for another. */
static json_t *unreachable_row(const struct simulation *simulation,
			       const struct simulated_notice *notice, const json_t *last)
{
	json_t *row = forecast_row(simulation, notice);
	bool again = last != NULL && is_same_step(notice, last);
	json_object_set(row, "instead", again ? json_object_get(last, "instead") : json_null());
	return row;
}

static json_t *unreachable_rows(struct simulation *simulation)
{
	json_t *rows = json_array(), *last = NULL;
	struct simulated_notice notice;
	struct simulated *list = simulated_open(simulation, SIMULATED_BY_TIME);
	while (simulated_next(list, &notice)) {
		if (strcmp(notice.state, "unreachable") == 0) {
			last = unreachable_row(simulation, &notice, last);
			json_array_append_new(rows, last);
		} else if (last != NULL && is_instead_of(&notice, last)) {
			json_object_set_new(
			    last, "instead",
			    json_string(*notice.person == '\0' ? "administrator" : notice.person));
		}
	}
	simulated_close(list);
	return rows;
}

/* Those whose last event has no day to count from; one with a day may have come after it. */
static void add_undated(json_t *rows, struct simulation *simulation, const char *subject)
{
	const struct core *core = simulation_core(simulation);
	struct verdicts *verdicts = verdicts_read(core, subject, simulation_now(simulation));
	for (size_t i = 0; verdicts != NULL && i < verdicts->count; i++) {
		const struct why_judgement *judged = &verdicts->list[i].judged;
		if (judged->reason != WHY_NO_DATE)
			continue;
		json_array_append_new(rows, json_pack("{s:s, s:s, s:I, s:s}", "subject", subject,
						      "rule", judged->rule->name, "event",
						      (json_int_t)judged->event, "field",
						      judged->missing));
	}
	verdicts_free(verdicts);
}

static json_t *undated_rows(struct simulation *simulation)
{
	const struct core *core = simulation_core(simulation);
	json_t *rows = json_array();
	char *subject = NULL;
	for (;;) {
		struct query *q = db_query(core->db, "SELECT id FROM subject WHERE open = 1"
						     " AND id > ?1 ORDER BY id LIMIT 1");
		db_bind_text(q, 1, subject == NULL ? "" : subject);
		free(subject);
		subject = db_next(q) ? xstrdup(db_text(q, 0)) : NULL;
		db_done(q);
		if (subject == NULL)
			return rows;
		add_undated(rows, simulation, subject);
	}
}

static bool has_rules_with_from(const struct ruleset *ruleset)
{
	for (size_t i = 0; i < ruleset->count; i++)
		if (ruleset->rules[i].from != NULL)
			return true;
	return false;
}

static int show(const struct invocation *call, struct simulation *simulation)
{
	json_t *unreachable = unreachable_rows(simulation);
	json_t *undated = has_rules_with_from(simulation_core(simulation)->office->ruleset)
			      ? undated_rows(simulation)
			      : json_array();
	size_t count = json_array_size(unreachable), without = json_array_size(undated);
	if (call->json) {
		json_t *answer =
		    json_pack("{s:O, s:O}", "unreachable", unreachable, "undated", undated);
		show_json(stdout, answer);
		json_decref(answer);
	} else if (count + without == 0) {
		printf("%d days ahead: everything reaches somebody\n", DAYS_AHEAD);
	} else {
		printf("%d days ahead: %zu reach nobody, %zu have no day to count from\n",
		       DAYS_AHEAD, count, without);
		show_rows(stdout, "Nobody holds the role, or can be reached", unreachable_columns,
			  unreachable);
		show_rows(stdout, "No day to count from", undated_columns, undated);
	}
	json_decref(unreachable);
	json_decref(undated);
	return count == 0 ? CTL_DONE : CTL_REFUSED;
}

int verb_preflight(const struct invocation *call)
{
	struct problems problems = PROBLEMS_NONE;
	struct forecast_office offices;
	struct simulation *simulation = NULL;
	int code = CTL_REFUSED;
	if (forecast_office_load(call, NULL, &offices, &problems) == 0)
		simulation = simulation_open(offices.wanted, offices.settings, &problems);
	if (simulation != NULL) {
		instant until = simulation_now(simulation) + (instant)DAYS_AHEAD * 86400;
		int result =
		    simulation_run(simulation, until, forecast_progress, simulation, &problems);
		show_end_progress();
		if (result == 0)
			code = show(call, simulation);
	}
	simulation_free(simulation);
	forecast_office_clear(&offices);
	complaint_tell(&problems);
	return code;
}
