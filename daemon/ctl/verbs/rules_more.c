/* SPDX-License-Identifier: EUPL-1.2 */
/* Rules told in sentences, the facts that they may read, and the way back to the set before. */
#include <stdlib.h>
#include <string.h>

#include "daemon/base/clock.h"
#include "daemon/conf/office.h"
#include "daemon/ctl/ask.h"
#include "daemon/ctl/complaint.h"
#include "daemon/ctl/verbs/verbs.h"
#include "rules/check/explain.h"
#include "rules/facts/facts.h"

/* --- explain -------------------------------------------------------------------------------- */

/* The day of the sample: as asked, else today. */
static date anchor_of(const struct invocation *call, const struct office *office)
{
	const char *asked = invocation_option(call, "anchor");
	date anchor = DATE_NONE;
	if (asked != NULL && date_parse(asked, &anchor) == 0)
		return anchor;
	struct clock *clock = clock_new(calendar_zone(office->calendar));
	if (clock == NULL)
		return date_from_ymd(2026, 1, 1);
	anchor = civil_date(clock_now_civil(clock));
	clock_free(clock);
	return anchor;
}

static void complain_of_name(const struct ruleset *ruleset, const char *name)
{
	const char **names = xcalloc(ruleset->count + 1, sizeof(*names));
	for (size_t i = 0; i < ruleset->count; i++)
		names[i] = ruleset->rules[i].name;
	const char *near = problem_nearest(name, names);
	show_printf(stderr, "kedjactl: there is no rule \"%s\"%s%s%s\n", name,
		    near == NULL ? "" : ": did you mean \"", near == NULL ? "" : near,
		    near == NULL ? "" : "\"?");
	free(names);
}

static int explain(const struct invocation *call, const struct office *office)
{
	const struct rule *rule = ruleset_find(office->ruleset, call->arguments[0]);
	const char *language = invocation_option(call, "language");
	bool english = language != NULL && strcmp(language, "en") == 0;
	if (rule == NULL) {
		complain_of_name(office->ruleset, call->arguments[0]);
		return CTL_REFUSED;
	}
	char *text = explain_rule(office->ruleset, rule, anchor_of(call, office),
				  english ? EXPLAIN_ENGLISH : EXPLAIN_SWEDISH);
	if (call->json) {
		json_t *answer = json_object();
		json_object_set_new(answer, "rule", json_string(rule->name));
		json_object_set_new(answer, "text", json_string(text));
		show_json(stdout, answer);
		json_decref(answer);
	} else {
		char *safe = show_escape(text, true);
		fputs(safe, stdout);
		free(safe);
	}
	free(text);
	return CTL_DONE;
}

int verb_rules_explain(const struct invocation *call)
{
	struct problems problems = PROBLEMS_NONE;
	const char *dir = invocation_argument(call, 1);
	struct office *office = office_load(dir == NULL ? call->conf : dir, &problems);
	int code = office == NULL ? complaint_tell(&problems) : explain(call, office);
	office_free(office);
	return code;
}

/* --- revert --------------------------------------------------------------------------------- */

int verb_rules_revert(const struct invocation *call)
{
	json_t *answer = NULL;
	int code = ask_once(call, "rules.revert", NULL, &answer);
	if (answer == NULL)
		return code;
	printf("%lld rules, as they were before the last change\n",
	       (long long)show_number_of(answer, "rules"));
	rules_show_brought(answer);
	puts("The files are as they were: when they are right, kedjactl rules reload takes them.");
	json_decref(answer);
	return code;
}

/* --- facts ---------------------------------------------------------------------------------- */

static const struct column fact_columns[] = {
	{ "FACT", "fact", NULL, false },
	{ "SUBJECT", "subject", NULL, false },
	{ "TYPE", "type", NULL, false },
	{ "MEANING", "help", NULL, false },
	COLUMNS_END,
};

static const struct column value_columns[] = {
	{ "FACT", "fact", NULL, false },
	{ "TYPE", "type", NULL, false },
	{ "VALUE", "value", NULL, false },
	{ "MEANING", "help", NULL, false },
	COLUMNS_END,
};

static const char *type_name(const struct fact *fact)
{
	switch (fact->type) {
	case VALUE_NUMBER:
		return "number";
	case VALUE_DATE:
		return "date";
	case VALUE_FLAG:
		return "true or false";
	case VALUE_TEXT:
		return fact->codes == NULL ? "text" : "code";
	case VALUE_NULL:
		break;
	}
	return "";
}

static json_t *fact_row(const struct fact *fact)
{
	json_t *row = json_object();
	json_object_set_new(row, "fact", json_string(fact->name));
	json_object_set_new(row, "subject", json_string(subject_type_name(fact->subject)));
	json_object_set_new(row, "type", json_string(type_name(fact)));
	json_object_set_new(row, "codes",
			    fact->codes == NULL ? json_null() : json_string(fact->codes));
	json_object_set_new(row, "help", json_string(fact->help));
	return row;
}

/* Facts with the values that the daemon has for one subject; NULL: without values. */
static json_t *fact_rows(const json_t *values)
{
	json_t *rows = json_array();
	const struct fact *fact;
	bool of_case = values != NULL && json_object_get(values, "stage") != NULL;
	for (int i = 0; (fact = facts_at(i)) != NULL; i++) {
		if (values != NULL && (fact->subject == SUBJECT_CASE) != of_case)
			continue;
		json_t *row = fact_row(fact);
		if (values != NULL)
			json_object_set(row, "value", json_object_get(values, fact->name));
		json_array_append_new(rows, row);
	}
	return rows;
}

static int show_facts(const struct invocation *call, const json_t *values)
{
	json_t *rows = fact_rows(values);
	if (call->json) {
		show_json(stdout, rows);
	} else {
		struct table *table =
		    table_new(stdout, values == NULL ? fact_columns : value_columns);
		for (size_t i = 0; i < json_array_size(rows); i++)
			table_add(table, json_array_get(rows, i));
		table_flush(table);
		table_free(table);
	}
	json_decref(rows);
	return CTL_DONE;
}

int verb_rules_facts(const struct invocation *call)
{
	struct client *client;
	json_t *answer = NULL, *parameters;
	if (call->argument_count == 0)
		return show_facts(call, NULL);
	int code = ask_open(call, &client);
	if (code != CTL_DONE)
		return code;
	parameters = json_object();
	json_object_set_new(parameters, "case", json_string(call->arguments[0]));
	code = ask(client, "case.show", parameters, &answer);
	client_close(client);
	if (code == CTL_DONE)
		code = show_facts(call, json_object_get(answer, "facts"));
	json_decref(answer);
	return code;
}
