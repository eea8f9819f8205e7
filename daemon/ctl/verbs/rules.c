/* SPDX-License-Identifier: EUPL-1.2 */
/* Rules: checked from their files without a daemon, listed and reloaded with one. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "daemon/conf/office.h"
#include "daemon/ctl/ask.h"
#include "daemon/ctl/complaint.h"
#include "daemon/ctl/verbs/verbs.h"
#include "daemon/letters/templates.h"
#include "rules/check/check.h"

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

/* The letters that go with the rules, where they stand beside them. */
static void check_templates(const char *dir, const struct office *office, struct problems *problems)
{
	char *folder = complaint_templates_folder(dir, office);
	if (office->settings != NULL || access(folder, F_OK) == 0)
		templates_free(templates_load(folder, office->ruleset, problems));
	free(folder);
}

/* The settings are right without it, and hardly meant. */
static void check_settings(const char *dir, const struct settings *settings,
			   struct problems *problems)
{
	const char *lack = settings == NULL ? NULL : settings_lack_report(settings);
	char *file = complaint_file(dir, "kedja.conf");
	if (lack != NULL)
		problem_add(problems, file, 0,
			    "%s is missing: write how a reader reports a thing done; until then "
			    "letters name %s",
			    lack, settings->administrator);
	free(file);
}

/* What is wrong by the letter; or if nothing is, what cannot be meant. */
static struct office *load_and_check(const char *dir, struct problems *problems)
{
	struct office *office = office_load(dir, problems);
	if (office == NULL)
		return NULL;
	char *chain = complaint_file(dir, "chain.conf");
	check_rules(office->ruleset, chain, problems);
	free(chain);
	check_templates(dir, office, problems);
	check_settings(dir, office->settings, problems);
	return office;
}

int verb_rules_check(const struct invocation *call)
{
	struct problems problems = PROBLEMS_NONE;
	const char *dir = invocation_argument(call, 0);
	struct office *office = load_and_check(dir == NULL ? call->conf : dir, &problems);
	int code = complaint_show(
	    call, "rules", office == NULL ? -1 : (long long)office->ruleset->count, &problems);
	office_free(office);
	problems_clear(&problems);
	return code;
}

int verb_rules_list(const struct invocation *call)
{
	return ask_list(call, "rules.list", json_object(), rule_columns, NULL, "no rules");
}

/* "rule       plan-review changed", a line for each. */
static void show_taken(const char *label, const json_t *rows, const char *key)
{
	for (size_t i = 0; i < json_array_size(rows); i++) {
		const json_t *row = json_array_get(rows, i);
		if (json_is_string(row))
			show_printf(stdout, "%-10s %s changed\n", label, json_string_value(row));
		else
			show_printf(stdout, "%-10s %s %s\n", label, show_text_of(row, key),
				    show_text_of(row, "change"));
	}
}

/* What was open and went, by --force. */
static void show_lost(const json_t *rows)
{
	for (size_t i = 0; i < json_array_size(rows); i++) {
		const json_t *row = json_array_get(rows, i);
		if (*show_text_of(row, "rule") != '\0')
			show_printf(stdout, "%-10s %s: %lld open deadlines\n", "gone",
				    show_text_of(row, "rule"),
				    (long long)show_number_of(row, "deadlines"));
		else
			show_printf(stdout, "%-10s %s: %lld events count for nothing now\n", "gone",
				    show_text_of(row, "kind"),
				    (long long)show_number_of(row, "events"));
	}
}

void rules_show_brought(const json_t *answer)
{
	show_taken("file", json_object_get(answer, "files"), "file");
	show_taken("rule", json_object_get(answer, "changes"), "rule");
	show_taken("setting", json_object_get(answer, "settings"), NULL);
	show_taken("template", json_object_get(answer, "templates"), "file");
	show_lost(json_object_get(answer, "lost"));
	if (json_is_true(json_object_get(answer, "shuts_out")))
		puts("you are no admin any more by access in kedja.conf: root can undo this");
}

/* Does what was read mean the same as before, all of it? */
static bool is_the_same(const json_t *answer)
{
	return json_is_false(json_object_get(answer, "changed")) &&
	       json_array_size(json_object_get(answer, "settings")) == 0 &&
	       json_array_size(json_object_get(answer, "templates")) == 0;
}

int verb_rules_reload(const struct invocation *call)
{
	json_t *answer = NULL, *parameters = json_object();
	ask_add_flag(parameters, call, "force");
	int code = ask_once(call, "rules.reload", parameters, &answer);
	if (answer == NULL)
		return code;
	long long rules = (long long)show_number_of(answer, "rules");
	long long behind = (long long)show_number_of(answer, "behind");
	if (is_the_same(answer))
		printf("%lld rules, no change\n", rules);
	else if (json_is_false(json_object_get(answer, "changed")))
		printf("%lld rules, as they were\n", rules);
	else
		printf("%lld rules taken; %lld subjects are being planned anew\n", rules, behind);
	if (!is_the_same(answer))
		rules_show_brought(answer);
	json_decref(answer);
	return code;
}
