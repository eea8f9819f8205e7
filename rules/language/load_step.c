/* SPDX-License-Identifier: EUPL-1.2 */
/* The steps of a rule: when, how often, to whom. */
#include <string.h>

#include "rules/conf/confread.h"
#include "rules/language/load_own.h"

#define TIMES_MOST 1000

static const struct conf_key step_keys[] = {
	{ "name", CONF_TEXT, true },
	{ "at", CONF_TEXT, false },
	{ "after", CONF_TEXT, false },
	{ "every", CONF_TEXT, false },
	{ "times", CONF_NUMBER, false },
	{ "time", CONF_TEXT, false },
	{ "to", CONF_TEXT_OR_TEXTS, true },
	{ "cc", CONF_TEXT_OR_TEXTS, false },
	{ "urgent", CONF_TEXT_OR_FLAG, false },
	{ "patient", CONF_FLAG, false },
	{ "template", CONF_TEXT, false },
	{ "calendar_entry", CONF_FLAG, false },
	{ NULL, CONF_TEXT, false },
};

static void load_when(const struct loading *loading, struct step *step)
{
	bool at = confread_text(loading->group, "at") != NULL;
	bool after = confread_text(loading->group, "after") != NULL;
	step->from_anchor = after && !at;
	if (at == after)
		problem_add(loading->problems, loading->file, confread_line(loading->group, "name"),
			    "a step has either at (from the due date) or after (from the start)");
	load_offset(loading, at ? "at" : "after", &step->at);
}

static void load_repetition(const struct loading *loading, const struct rule *rule,
			    struct step *step)
{
	step->repeats = confread_text(loading->group, "every") != NULL;
	load_offset(loading, "every", &step->every);
	long long times = confread_number(loading->group, "times", 0);
	bool limited = config_setting_get_member(loading->group, "times") != NULL;
	if (limited && (times < 1 || times > TIMES_MOST))
		load_problem(loading, "times", "write a number from 1 to 1000");
	else
		step->times = (int)times;
	if (limited && !step->repeats)
		load_problem(loading, "times", "it counts repetitions: every is missing");
	if (!step->repeats)
		step->times = 1;
	if (!step->repeats)
		return;
	if (offset_is_zero(&step->every) || offset_is_negative(&step->every))
		load_problem(loading, "every", "it must be longer than nothing, such as \"P7D\"");
	if (!limited && rule->done_count == 0)
		load_problem(loading, "every",
			     "it would never end: give times, or the rule a done that ends it");
}

static void load_hour(const struct loading *loading, struct step *step)
{
	const char *urgent = confread_text(loading->group, "urgent");
	if (urgent != NULL && strcmp(urgent, "always") != 0)
		load_problem(loading, "urgent", "write true, false or \"always\"");
	step->urgent = urgent != NULL                                   ? URGENT_ALWAYS
		       : confread_flag(loading->group, "urgent", false) ? URGENT_YES
									: URGENT_NO;
	const char *time = confread_text(loading->group, "time");
	step->time = STEP_AT_SLOT;
	if (time != NULL && strcmp(time, "now") == 0)
		step->time = STEP_NOW;
	else if (time != NULL && time_of_day_parse(time, &step->time) != 0)
		load_problem(loading, "time", "write an hour such as \"14:00\", or \"now\"");
	if (step->time == STEP_NOW && step->repeats)
		load_problem(loading, "time", "\"now\" comes once: leave out every");
	if (step->time == STEP_NOW && rule_is_dated(loading->rule))
		load_problem(loading, "time",
			     "\"now\" is when an event is recorded, and none starts a yearly or "
			     "weekly rule: write an hour");
	step->patient = confread_flag(loading->group, "patient", false);
	if (step->patient && (step->urgent != URGENT_YES || step->time == STEP_NOW))
		load_problem(loading, "patient",
			     "only an urgent step that does not go out \"now\" can wait for the "
			     "letters of the day");
	if (time != NULL && step->urgent == URGENT_NO)
		load_problem(
		    loading, "time",
		    "only an urgent step has an hour; others go with the letter of the day");
}

static bool field_names_role(const struct rule *rule, const char *field)
{
	if (rule->starts_count == 0)
		return false;
	for (size_t i = 0; i < rule->starts_count; i++) {
		const struct kind *kind = rule->starts[i].kind;
		int place = kind == NULL ? -1 : kind_field(kind, field);
		if (kind != NULL && (place < 0 || kind->fields[place].codes == NULL ||
				     strcmp(kind->fields[place].codes, "role") != 0))
			return false;
	}
	return true;
}

static size_t place_of_role_field(const struct loading *loading, struct rule *rule,
				  const char *field)
{
	for (size_t i = 0; i < rule->role_field_count; i++)
		if (strcmp(rule->role_fields[i], field) == 0)
			return i;
	const char **longer =
	    arena_alloc(loading->arena, (rule->role_field_count + 1) * sizeof(*longer));
	if (rule->role_field_count > 0)
		memcpy(longer, rule->role_fields, rule->role_field_count * sizeof(*longer));
	longer[rule->role_field_count] = arena_strdup(loading->arena, field);
	rule->role_fields = longer;
	return rule->role_field_count++;
}

static void load_addressee(const struct loading *loading, struct rule *rule, const char *key,
			   const char *text, struct addressee *ret)
{
	if (strncmp(text, "field:", 6) == 0) {
		ret->field = place_of_role_field(loading, rule, text + 6);
		if (!field_names_role(rule, text + 6))
			load_problem(loading, key,
				     arena_printf(loading->arena,
						  "\"%s\": not every kind in starts has a field "
						  "\"%s\" that names a role",
						  text, text + 6));
		return;
	}
	ret->role = chain_role(loading->chain, text);
	if (ret->role != NULL)
		return;
	load_unknown_role(loading, key, text);
}

static struct addressee *load_addressees(const struct loading *loading, struct rule *rule,
					 const char *key, size_t *ret_count)
{
	size_t count = confread_text_count(loading->group, key);
	struct addressee *list = arena_alloc(loading->arena, (count + 1) * sizeof(*list));
	for (size_t i = 0; i < count; i++)
		load_addressee(loading, rule, key, confread_text_at(loading->group, key, i),
			       &list[i]);
	*ret_count = count;
	return list;
}

/* Whether there is such a template is known where templates are read. */
static void load_template(const struct loading *loading, struct step *step)
{
	const char *name = confread_text(loading->group, "template");
	if (name == NULL)
		return;
	step->template = arena_strdup(loading->arena, name);
	if (!load_name_is_plain(name))
		load_problem(loading, "template",
			     "write the name of a file in templates/sv/ without \".txt\": small "
			     "letters a-z, digits and hyphens, at most 40");
}

/* An entry lies on the due date: a letter after it has nothing to put there. */
static void load_calendar_entry(const struct loading *loading, struct step *step)
{
	step->calendar_entry = confread_flag(loading->group, "calendar_entry", false);
	if (step->calendar_entry && !step->from_anchor && !offset_is_zero(&step->at) &&
	    !offset_is_negative(&step->at))
		load_problem(loading, "calendar_entry",
			     "the due date has passed by then: give it to an earlier step");
}

static void load_step(struct loading *loading, struct rule *rule, struct step *step)
{
	confread_keys(loading->group, step_keys, loading->file, loading->problems);
	const char *name = confread_text(loading->group, "name");
	step->name = arena_strdup(loading->arena, name == NULL ? "" : name);
	step->line = confread_line(loading->group, "name");
	if (name != NULL && !load_name_is_plain(name))
		load_problem(loading, "name",
			     "write it in small letters a-z, digits and hyphens, at most 40");
	for (int i = 0; name != NULL && i < step->index; i++)
		if (strcmp(rule->steps[i].name, name) == 0)
			load_problem(loading, "name",
				     arena_printf(loading->arena,
						  "this rule has a step \"%s\" already", name));
	load_when(loading, step);
	load_repetition(loading, rule, step);
	load_hour(loading, step);
	load_template(loading, step);
	load_calendar_entry(loading, step);
	step->to = load_addressees(loading, rule, "to", &step->to_count);
	step->cc = load_addressees(loading, rule, "cc", &step->cc_count);
	if (step->to_count == 0 && config_setting_get_member(loading->group, "to") != NULL)
		load_problem(loading, "to", "nobody is named: write at least one role");
}

void load_steps(struct loading *loading, struct rule *rule)
{
	const config_setting_t *group = loading->group, *own = loading->own;
	const char *file = loading->file;
	const config_setting_t *list =
	    config_setting_get_member(load_group(loading, "steps"), "steps");
	if (list == NULL || !config_setting_is_list(list))
		return;
	int count = config_setting_length(list);
	if (count == 0)
		load_problem(loading, "steps", "a rule without steps reminds nobody");
	loading->file = load_file_of(loading, "steps");
	loading->own = NULL;
	rule->steps = arena_alloc(loading->arena, ((size_t)count + 1) * sizeof(*rule->steps));
	for (int i = 0; i < count; i++) {
		loading->group = config_setting_get_elem(list, (unsigned int)i);
		if (!config_setting_is_group(loading->group))
			continue;
		rule->steps[rule->step_count].index = (int)rule->step_count;
		load_step(loading, rule, &rule->steps[rule->step_count]);
		rule->step_count++;
	}
	loading->group = group;
	loading->own = own;
	loading->file = file;
}
