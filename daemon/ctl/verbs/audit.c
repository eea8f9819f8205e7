/* SPDX-License-Identifier: EUPL-1.2 */
/* The audit log: read, checked, and drawn from. */
#include <stdlib.h>
#include <string.h>

#include "daemon/ctl/ask.h"
#include "daemon/ctl/verbs/verbs.h"

static char *form_count(const json_t *row, const json_t *value)
{
	(void)row;
	return json_integer_value(value) == 0 ? xstrdup("") : show_value(value);
}

static const struct column audit_columns[] = {
	{ "ROW", "id", NULL, true },
	{ "AT", "at", form_time, false },
	{ "UID", "uid", NULL, true },
	{ "USER", "user", NULL, false },
	{ "STAFF", "staff", NULL, false },
	{ "METHOD", "method", NULL, false },
	{ "ABOUT", "subject", NULL, false },
	{ "OUTCOME", "outcome", NULL, false },
	{ "COUNT", "count", form_count, true },
	COLUMNS_END,
};

/* --- as a table for other programs --------------------------------------------------------- */

/* A field that a spreadsheet would take for a formula gets a blank before it. */
static void print_field(const char *text, bool last)
{
	bool is_formula = *text != '\0' && strchr("=+-@\t\r", *text) != NULL;
	char *plain = xasprintf("%s%s", is_formula ? " " : "", text);
	show_csv_cell(stdout, plain);
	putchar(last ? '\n' : ',');
	free(plain);
}

static int print_rows(void *arg, const json_t *rows)
{
	(void)arg;
	for (size_t i = 0; i < json_array_size(rows); i++) {
		for (const struct column *column = audit_columns; column->heading != NULL;
		     column++) {
			char *text =
			    show_value(json_object_get(json_array_get(rows, i), column->key));
			print_field(text, column[1].heading == NULL);
			free(text);
		}
	}
	return CTL_DONE;
}

static int print_csv(const struct invocation *call, json_t *parameters)
{
	struct client *client;
	int code = ask_open(call, &client);
	if (code != CTL_DONE) {
		json_decref(parameters);
		return code;
	}
	for (const struct column *column = audit_columns; column->heading != NULL; column++)
		print_field(column->key, column[1].heading == NULL);
	code = ask_pages(client, "audit.list", parameters, print_rows, NULL);
	client_close(client);
	return code;
}

int verb_audit(const struct invocation *call)
{
	json_t *parameters = json_object();
	ask_add_text(parameters, call, "subject");
	ask_add_text(parameters, call, "user");
	ask_add_text(parameters, call, "since");
	if (invocation_flag(call, "csv"))
		return print_csv(call, parameters);
	return ask_list(call, "audit.list", parameters, audit_columns, NULL, "no rows");
}

/* --- is it as it was written? -------------------------------------------------------------- */

struct verifying {
	json_t *faults;
	json_int_t rows, emptied, last;
	bool found;
	char *head;
};

static void note_page(struct verifying *verifying, const json_t *page)
{
	verifying->rows += show_number_of(page, "checked");
	verifying->emptied += show_number_of(page, "emptied");
	verifying->found = verifying->found || json_is_true(json_object_get(page, "found"));
	verifying->last = show_number_of(page, "last");
	json_array_extend(verifying->faults, json_object_get(page, "faults"));
	free(verifying->head);
	verifying->head = xstrdup(show_text_of(page, "head"));
}

static int ask_all(struct client *client, const char *head, struct verifying *verifying)
{
	json_t *after = json_integer(0);
	int code = CTL_DONE;
	while (code == CTL_DONE && !json_is_null(after)) {
		json_t *page = NULL;
		json_t *parameters = json_pack("{s:O}", "after", after);
		if (head != NULL)
			json_object_set_new(parameters, "head", json_string(head));
		code = ask(client, "audit.verify", parameters, &page);
		json_decref(after);
		after = page == NULL ? json_null() : json_incref(json_object_get(page, "next"));
		if (page != NULL)
			note_page(verifying, page);
		json_decref(page);
	}
	json_decref(after);
	return code;
}

static void say_verdict(const struct verifying *verifying, const char *head)
{
	for (size_t i = 0; i < json_array_size(verifying->faults); i++) {
		const json_t *fault = json_array_get(verifying->faults, i);
		show_printf(stdout, "row %lld: %s\n", (long long)show_number_of(fault, "id"),
			    show_text_of(fault, "text"));
	}
	if (head != NULL && !verifying->found)
		show_printf(stdout,
			    "no row has the hash %s: the end of the log was cut off, or all of"
			    " it was made anew\n",
			    head);
	show_printf(stdout, "%lld rows, %lld of them emptied, %zu not as they were written\n",
		    (long long)verifying->rows, (long long)verifying->emptied,
		    json_array_size(verifying->faults));
	show_printf(stdout, "the last one is row %lld, %s\n", (long long)verifying->last,
		    verifying->head);
}

static void show_verdict(const struct invocation *call, const struct verifying *verifying,
			 const char *head)
{
	if (!call->json) {
		say_verdict(verifying, head);
		return;
	}
	json_t *answer =
	    json_pack("{s:I, s:I, s:O, s:o, s:I, s:s}", "checked", verifying->rows, "emptied",
		      verifying->emptied, "faults", verifying->faults, "found",
		      head == NULL ? json_null() : json_boolean(verifying->found), "last",
		      verifying->last, "head", verifying->head == NULL ? "" : verifying->head);
	show_json(stdout, answer);
	json_decref(answer);
}

int verb_audit_verify(const struct invocation *call)
{
	struct client *client;
	const char *head = invocation_option(call, "head");
	int code = ask_open(call, &client);
	if (code != CTL_DONE)
		return code;
	struct verifying verifying = { .faults = json_array() };
	code = ask_all(client, head, &verifying);
	if (code == CTL_DONE)
		show_verdict(call, &verifying, head);
	if (code == CTL_DONE &&
	    (json_array_size(verifying.faults) > 0 || (head != NULL && !verifying.found)))
		code = CTL_REFUSED;
	json_decref(verifying.faults);
	free(verifying.head);
	client_close(client);
	return code;
}

/* --- a sample ------------------------------------------------------------------------------ */

int verb_audit_sample(const struct invocation *call)
{
	json_t *answer = NULL;
	json_t *parameters = json_pack("{s:I}", "count",
				       (json_int_t)strtoll(invocation_argument(call, 0), NULL, 10));
	ask_add_text(parameters, call, "since");
	if (invocation_option(call, "seed") != NULL)
		json_object_set_new(
		    parameters, "seed",
		    json_integer(strtoll(invocation_option(call, "seed"), NULL, 10)));
	int code = ask_once(call, "audit.sample", parameters, &answer);
	if (answer == NULL)
		return code;
	show_rows(stdout, NULL, audit_columns, json_object_get(answer, "rows"));
	show_printf(stdout, "drawn from rows %lld to %lld by the seed %lld\n",
		    (long long)show_number_of(answer, "first"),
		    (long long)show_number_of(answer, "last"),
		    (long long)show_number_of(answer, "seed"));
	json_decref(answer);
	return code;
}
