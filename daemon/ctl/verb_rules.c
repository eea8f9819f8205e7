/* Rules: checked from their files without a daemon, listed and reloaded with one. */
#include <stdlib.h>
#include <string.h>

#include "daemon/ctl/ask.h"
#include "daemon/ctl/verbs.h"
#include "daemon/office.h"
#include "rules/check.h"

/* "10-plan.conf:12" */
static char *form_place(const json_t *row, const json_t *value)
{
	char *file = show_value(value);
	char *text = xasprintf("%s:%lld", file, (long long)show_number_of(row, "line"));
	free(file);
	return text;
}

/* Rules say how many steps they have, or list them. */
static char *form_steps(const json_t *row, const json_t *value)
{
	(void)row;
	return json_is_array(value) ? xasprintf("%zu", json_array_size(value)) : show_value(value);
}

static const struct column rule_columns[] = {
	{ "RULE", "name", NULL, false },        { "SUBJECT", "subject", NULL, false },
	{ "STEPS", "steps", form_steps, true }, { "OPEN", "open", NULL, true },
	{ "ASLEEP", "asleep", NULL, true },     { "TITLE", "title", NULL, false },
	{ "PLACE", "file", form_place, false }, COLUMNS_END,
};

static json_t *problem_row(const struct problem *problem)
{
	json_t *row = json_object();
	json_object_set_new(row, "file", json_string(problem->place));
	json_object_set_new(row, "line",
			    problem->line > 0 ? json_integer(problem->line) : json_null());
	json_object_set_new(row, "column",
			    problem->column > 0 ? json_integer(problem->column) : json_null());
	json_object_set_new(row, "text", json_string(problem->text));
	return row;
}

static void check_json(const struct office *office, const struct problems *problems)
{
	json_t *answer = json_object(), *rows = json_array();
	for (size_t i = 0; i < problems->count; i++)
		json_array_append_new(rows, problem_row(&problems->list[i]));
	json_object_set_new(answer, "rules",
			    office == NULL ? json_null()
					   : json_integer((json_int_t)office->ruleset->count));
	json_object_set_new(answer, "problems", rows);
	show_json(stdout, answer);
	json_decref(answer);
}

static void check_text(const struct office *office, const struct problems *problems)
{
	for (size_t i = 0; i < problems->count; i++) {
		char *text = problem_format(&problems->list[i]);
		char *safe = show_escape(text, false);
		puts(safe);
		free(safe);
		free(text);
	}
	if (problems->count == 0)
		printf("%zu rules, no complaint\n", office->ruleset->count);
}

/* What is wrong by the letter; or if nothing is, what cannot be meant. */
static struct office *load_and_check(const char *dir, struct problems *problems)
{
	struct office *office = office_load(dir, problems);
	if (office == NULL)
		return NULL;
	size_t length = strlen(dir);
	char *chain =
	    xasprintf("%s%schain.conf", dir, length > 0 && dir[length - 1] == '/' ? "" : "/");
	check_rules(office->ruleset, chain, problems);
	free(chain);
	return office;
}

int verb_rules_check(const struct invocation *call)
{
	struct problems problems = PROBLEMS_NONE;
	const char *dir = invocation_argument(call, 0);
	struct office *office = load_and_check(dir == NULL ? call->conf : dir, &problems);
	problems_sort(&problems);
	if (call->json)
		check_json(office, &problems);
	else
		check_text(office, &problems);
	int code = problems.count > 0 ? CTL_REFUSED : CTL_DONE;
	office_free(office);
	problems_clear(&problems);
	return code;
}

int verb_rules_list(const struct invocation *call)
{
	return ask_list(call, "rules.list", json_object(), rule_columns, NULL, "no rules");
}

int verb_rules_reload(const struct invocation *call)
{
	json_t *answer = NULL;
	int code = ask_once(call, "rules.reload", NULL, &answer);
	if (answer == NULL)
		return code;
	long long rules = (long long)show_number_of(answer, "rules");
	long long behind = (long long)show_number_of(answer, "behind");
	if (json_is_false(json_object_get(answer, "changed")))
		printf("%lld rules, no change\n", rules);
	else
		printf("%lld rules taken; %lld subjects are being planned anew\n", rules, behind);
	json_decref(answer);
	return code;
}
