/* SPDX-License-Identifier: EUPL-1.2 */
/* The plain lists: cases, deadlines, notices. */
#include <stdlib.h>
#include <string.h>

#include "daemon/ctl/ask.h"
#include "daemon/ctl/verbs/columns.h"
#include "daemon/ctl/verbs/verbs.h"

/* "late 2026-12-07 08:00": the next step and when it goes. */
static char *form_next(const json_t *row, const json_t *value)
{
	char *step = show_value(value);
	char *at = show_time(show_text_of(row, "next_at"));
	char *text = xasprintf("%s%s%s", step, *step != '\0' && *at != '\0' ? " " : "", at);
	free(step);
	free(at);
	return text;
}

/* Occurrences that were never done stand in one deadline; none is the rule, so it stays empty. */
static char *form_missed(const json_t *row, const json_t *value)
{
	(void)row;
	json_int_t missed = json_integer_value(value);
	return missed == 0 ? xstrdup("") : xasprintf("%lld", (long long)missed);
}

/* "open, too late 2027-01-08": done after a last day by law, and not done by that. */
static char *form_plain_state(const json_t *row, const json_t *value)
{
	char *state = show_value(value);
	const char *too_late = show_text_of(row, "too_late");
	if (*too_late == '\0' || strcmp(state, "done") == 0)
		return state;
	char *text = xasprintf("%s, too late %s", state, too_late);
	free(state);
	return text;
}

/* "open, put off until 2026-12-11": it is not done. */
static char *form_state(const json_t *row, const json_t *value)
{
	const json_t *put_off = json_object_get(row, "put_off");
	char *state = form_plain_state(row, value);
	if (!json_is_object(put_off))
		return state;
	char *text = xasprintf(
	    "%s, %s until %s", state,
	    json_is_true(json_object_get(put_off, "acknowledged")) ? "acknowledged" : "put off",
	    show_text_of(put_off, "until"));
	free(state);
	return text;
}

const struct column deadline_columns[] = {
	{ "ID", "id", NULL, false },
	{ "DUE", "due", NULL, false },
	{ "STATE", "state", form_state, false },
	{ "SUBJECT", "subject", NULL, false },
	{ "KEY", "key", NULL, false },
	{ "RULE", "rule", NULL, false },
	{ "MISSED", "missed", form_missed, true },
	{ "NEXT", "next_step", form_next, false },
	COLUMNS_END,
};

/* What is not as usual, in a word or two. */
static char *form_case_notes(const json_t *row, const json_t *value)
{
	bool open = json_is_true(value), opened = !json_is_false(json_object_get(row, "opened")),
	     is_protected = json_is_true(json_object_get(row, "protected"));
	return xasprintf("%s%s%s",
			 open     ? ""
			 : opened ? "closed"
				  : "not opened",
			 !open && is_protected ? ", " : "", is_protected ? "protected" : "");
}

static const struct column case_columns[] = {
	{ "CASE", "case", NULL, false },         { "PROGRAMME", "programme", NULL, false },
	{ "STAGE", "stage", NULL, false },       { "SINCE", "since", form_time, false },
	{ "DUE", "deadlines_open", NULL, true }, { "OVERDUE", "overdue", NULL, true },
	{ "", "open", form_case_notes, false },  COLUMNS_END,
};

static const struct column notice_columns[] = {
	{ "AT", "at", form_time, false }, { "STATE", "state", NULL, false },    COLUMNS_OF_NOTICE,
	{ "CC", "cc", NULL, false },      { "MESSAGE", "message", NULL, true }, COLUMNS_END,
};

int verb_cases(const struct invocation *call)
{
	return ask_list(call, "case.list", json_object(), case_columns, NULL, "no cases");
}

static int by_text(const json_t *a, const json_t *b, const char *key)
{
	return strcmp(show_text_of(a, key), show_text_of(b, key));
}

static int has_ended(const json_t *row)
{
	const char *state = show_text_of(row, "state");
	return strcmp(state, "done") == 0 || strcmp(state, "cancelled") == 0;
}

/* An ask_order: as all others are listed. Those of one person come case by case. */
static int open_by_day(const json_t *a, const json_t *b)
{
	if (has_ended(a) != has_ended(b))
		return has_ended(a) - has_ended(b);
	return by_text(a, b, "due") != 0 ? by_text(a, b, "due") : by_text(a, b, "id");
}

int verb_deadlines(const struct invocation *call)
{
	json_t *parameters = json_object();
	ask_add_text(parameters, call, "for");
	ask_add_text(parameters, call, "until");
	ask_add_flag(parameters, call, "overdue");
	ask_add_text(parameters, call, "subject");
	if (invocation_flag(call, "all"))
		json_object_set_new(parameters, "state", json_string("all"));
	return invocation_option(call, "for") == NULL
		   ? ask_list(call, "deadline.list", parameters, deadline_columns, NULL,
			      "no deadlines")
		   : ask_list_ordered(call, "deadline.list", parameters, deadline_columns,
				      open_by_day, "no deadlines");
}

int verb_notices(const struct invocation *call)
{
	json_t *parameters = json_object();
	ask_add_text(parameters, call, "since");
	ask_add_text(parameters, call, "state");
	return ask_list(call, "notice.list", parameters, notice_columns, NULL, "no notices");
}
