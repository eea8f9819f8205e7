/* SPDX-License-Identifier: EUPL-1.2 */
/* One case, whole: its events come page by page after the rest. */
#include <stdlib.h>
#include <string.h>

#include "daemon/ctl/ask.h"
#include "daemon/ctl/buffer.h"
#include "daemon/ctl/verbs/columns.h"
#include "daemon/ctl/verbs/verbs.h"

static const struct column role_columns[] = {
	{ "ROLE", "role", NULL, false },
	{ "ON", "on", NULL, false },
	{ "PERSON", "person", NULL, false },
	{ "NAME", "name", NULL, false },
	COLUMNS_END,
};

static const struct column ledger_columns[] = {
	{ "MONTH", "month", NULL, false },        { "AMOUNT", "amount", form_kronor, true },
	{ "PAID", "paid", form_kronor, true },    { "DUE", "due_on", NULL, false },
	{ "LATEST", "due_latest", NULL, false },  { "STATE", "state", NULL, false },
	{ "COVERED", "covered_on", NULL, false }, COLUMNS_END,
};

static const struct column account_columns[] = {
	{ "AT", "at", form_time, false },
	{ "WHAT", "kind", NULL, false },
	{ "MONTH", "month", NULL, false },
	{ "CHANGE", "change", form_kronor, true },
	{ "BALANCE", "balance", form_kronor, true },
	COLUMNS_END,
};

static const struct column fact_columns[] = {
	{ "FACT", "fact", NULL, false },
	{ "VALUE", "value", NULL, false },
	COLUMNS_END,
};

/* "review_on=2026-12-01 rent=yes" */
static char *form_data(const json_t *row, const json_t *value)
{
	(void)row;
	struct buffer text = BUFFER_NONE;
	const char *name;
	json_t *field;
	json_object_foreach((json_t *)value, name, field)
	{
		char *shown = show_value(field);
		buffer_printf(&text, "%s%s=%s", text.length == 0 ? "" : " ", name, shown);
		free(shown);
	}
	return buffer_take(&text);
}

static char *form_voided(const json_t *row, const json_t *value)
{
	(void)row;
	char *by = show_value(value);
	char *text = *by == '\0' ? xstrdup("") : xasprintf("taken back by %s", by);
	free(by);
	return text;
}

static const struct column event_columns[] = {
	{ "ID", "id", NULL, true },
	{ "AT", "at", form_time, false },
	{ "KIND", "kind", NULL, false },
	{ "KEY", "key", NULL, false },
	{ "RECORDED", "recorded_at", form_time, false },
	{ "BY", "actor", NULL, false },
	{ "", "voided_by", form_voided, false },
	{ "DATA", "data", form_data, false },
	COLUMNS_END,
};

static void show_head(const json_t *answer)
{
	char *stage = show_value(json_object_get(answer, "stage"));
	char *since = show_time(show_text_of(answer, "since"));
	bool open = json_is_true(json_object_get(answer, "open")),
	     opened = !json_is_false(json_object_get(answer, "opened"));
	show_printf(stdout, "%s  %s", show_text_of(answer, "case"),
		    open     ? "open"
		    : opened ? "closed"
			     : "not opened");
	if (json_is_true(json_object_get(answer, "paused")))
		fputs(", paused", stdout);
	if (json_is_true(json_object_get(answer, "protected")))
		fputs(", protected identity", stdout);
	show_printf(stdout, "\nprogramme  %s\n", show_text_of(answer, "programme"));
	if (*stage != '\0')
		show_printf(stdout, "stage      %s since %s\n", stage, since);
	free(stage);
	free(since);
}

/* Facts are an object: as rows, without those of which nothing is known. */
static json_t *fact_rows(const json_t *facts)
{
	json_t *rows = json_array();
	const char *name;
	json_t *value;
	json_object_foreach((json_t *)facts, name, value)
	{
		if (json_is_null(value))
			continue;
		json_t *row = json_object();
		json_object_set_new(row, "fact", json_string(name));
		json_object_set(row, "value", value);
		json_array_append_new(rows, row);
	}
	return rows;
}

static void show_case(const json_t *answer)
{
	json_t *facts = fact_rows(json_object_get(answer, "facts"));
	show_head(answer);
	show_rows(stdout, "Who", role_columns, json_object_get(answer, "roles"));
	show_rows(stdout, "What is known", fact_columns, facts);
	show_rows(stdout, "Rent, in kronor", ledger_columns, json_object_get(answer, "ledger"));
	show_rows(stdout, "Rent account, in kronor: below 0 is paid ahead", account_columns,
		  json_object_get(answer, "account"));
	show_rows(stdout, "Deadlines", deadline_columns, json_object_get(answer, "deadlines"));
	json_decref(facts);
}

/* An ask_page: more deadlines of the case. */
static int add_page(void *arg, const json_t *rows)
{
	json_array_extend(arg, (json_t *)rows);
	return CTL_DONE;
}

/* The first answer has a page of the deadlines; the others are asked for. */
static int add_deadlines(struct client *client, const char *subject, json_t *answer)
{
	json_t *next = json_object_get(answer, "deadlines_next");
	if (next == NULL || json_is_null(next))
		return CTL_DONE;
	json_t *parameters =
	    json_pack("{s:s, s:s, s:O}", "subject", subject, "state", "all", "after", next);
	json_object_set_new(answer, "deadlines_next", json_null());
	return ask_pages(client, "deadline.list", parameters, add_page,
			 json_object_get(answer, "deadlines"));
}

/* The case as its pages of events come in. */
struct unfolding {
	json_t *whole; /* the first answer, to which --json adds the events of later ones */
	struct table *table;
};

static void take_page(struct unfolding *unfolding, json_t *answer, bool json)
{
	json_t *rows = json_object_get(json_object_get(answer, "events"), "rows");
	bool first = unfolding->whole == NULL;
	if (first)
		unfolding->whole = json_incref(answer);
	json_t *events = json_object_get(unfolding->whole, "events");
	if (json && !first)
		json_array_extend(json_object_get(events, "rows"), rows);
	if (json)
		return;
	if (first)
		show_case(answer);
	if (first && json_array_size(rows) > 0)
		puts("\nWhat happened");
	for (size_t i = 0; i < json_array_size(rows); i++)
		table_add(unfolding->table, json_array_get(rows, i));
	table_flush(unfolding->table);
}

static int unfold(const struct invocation *call, struct client *client, struct unfolding *unfolding)
{
	json_t *after = json_null();
	int code = CTL_DONE;
	do {
		json_t *answer = NULL, *parameters = json_object();
		json_object_set_new(parameters, "case", json_string(call->arguments[0]));
		if (!json_is_null(after))
			json_object_set(parameters, "after", after);
		code = ask(client, "case.show", parameters, &answer);
		if (code != CTL_DONE)
			break;
		if (unfolding->whole == NULL)
			code = add_deadlines(client, call->arguments[0], answer);
		if (code == CTL_DONE)
			take_page(unfolding, answer, call->json);
		json_t *next = json_object_get(json_object_get(answer, "events"), "next");
		if (next == NULL || json_equal(next, after))
			next = json_null();
		json_incref(next);
		json_decref(after);
		after = next;
		json_decref(answer);
	} while (code == CTL_DONE && !json_is_null(after));
	json_decref(after);
	return code;
}

int verb_case(const struct invocation *call)
{
	struct client *client;
	struct unfolding unfolding = { NULL, NULL };
	int code = ask_open(call, &client);
	if (code != CTL_DONE)
		return code;
	unfolding.table = table_new(stdout, event_columns);
	code = unfold(call, client, &unfolding);
	if (code == CTL_DONE && call->json) {
		json_object_set_new(json_object_get(unfolding.whole, "events"), "next",
				    json_null());
		show_json(stdout, unfolding.whole);
	}
	json_decref(unfolding.whole);
	table_free(unfolding.table);
	client_close(client);
	return code;
}
