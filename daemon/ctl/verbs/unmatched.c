/* SPDX-License-Identifier: EUPL-1.2 */
/* Payments that fit no rent: the list, as a table or a CSV to be filled in, and their cases. */
#include <stdlib.h>
#include <string.h>

#include "daemon/base/file.h"
#include "daemon/ctl/ask.h"
#include "daemon/ctl/complaint.h"
#include "daemon/ctl/csv.h"
#include "daemon/ctl/events.h"
#include "daemon/ctl/payments/match.h"
#include "daemon/ctl/payments/ocr.h"
#include "daemon/ctl/verbs/verbs.h"
#include "rules/base/kronor.h"

/* Does it help to know why nothing fitted? Of numbers it can be said. */
static char *form_reason(const json_t *row, const json_t *value)
{
	const char *words = json_is_string(value) ? json_string_value(value) : "";
	(void)row;
	if (strcmp(words, "blank") == 0)
		return xstrdup("nothing was stated");
	if (ocr_is_digits(words) && strlen(words) >= OCR_LEAST && !ocr_is_valid(words))
		return xstrdup("wrong check digit");
	return xstrdup("not awaited");
}

static char *form_signed(const json_t *row, const json_t *value)
{
	bool back = json_is_true(json_object_get(row, "reversal"));
	json_int_t amount = json_integer_value(value);
	return show_kronor(back ? -amount : amount);
}

static const struct column columns[] = {
	{ "PAYMENT", "key", NULL, false },
	{ "PROGRAMME", "programme", NULL, false },
	{ "PAID", "paid_on", NULL, false },
	{ "AMOUNT", "amount", form_signed, true },
	{ "REFERENCE", "reference", NULL, false },
	{ "", "reference", form_reason, false },
	COLUMNS_END,
};

/* --- the list --------------------------------------------------------------------------------- */

/* Cells are of our own making: ids, numbers, and words of letters, digits and - . _ */
static int print_csv(void *arg, const json_t *rows)
{
	(void)arg;
	for (size_t i = 0; i < json_array_size(rows); i++) {
		const json_t *row = json_array_get(rows, i);
		char *amount = form_signed(row, json_object_get(row, "amount"));
		show_printf(stdout, "%s;%s;%s;%s;%s;\n", show_text_of(row, "key"),
			    show_text_of(row, "programme"), show_text_of(row, "paid_on"), amount,
			    show_text_of(row, "reference"));
		free(amount);
	}
	return CTL_DONE;
}

static json_t *list_parameters(const struct invocation *call)
{
	json_t *parameters = json_object();
	ask_add_text(parameters, call, "programme");
	return parameters;
}

static int list_as_csv(const struct invocation *call)
{
	struct client *client = NULL;
	int code = ask_open(call, &client);
	if (code != CTL_DONE)
		return code;
	puts("payment;programme;paid_on;amount;reference;case");
	code = ask_pages(client, "payment.unmatched", list_parameters(call), print_csv, NULL);
	client_close(client);
	return code;
}

int verb_payments_unmatched(const struct invocation *call)
{
	if (invocation_flag(call, "csv"))
		return list_as_csv(call);
	return ask_list(call, "payment.unmatched", list_parameters(call), columns, NULL,
			"no payments wait");
}

/* --- their cases ------------------------------------------------------------------------------ */

struct assigning {
	const struct invocation *call;
	struct client *client;
	json_t *payments; /* key -> row, assigned ones too */
	json_t *cases;    /* programme -> list of its cases */
	json_t *events;
	int64_t sum; /* of what is assigned now, öre; what went back is taken off */
	long long known;
	struct problems problems;
};

static int add_payments(void *arg, const json_t *rows)
{
	struct assigning *assigning = arg;
	for (size_t i = 0; i < json_array_size(rows); i++) {
		json_t *row = json_array_get(rows, i);
		json_object_set(assigning->payments, show_text_of(row, "key"), row);
	}
	return CTL_DONE;
}

static int add_cases(void *arg, const json_t *rows)
{
	json_t *cases = arg;
	for (size_t i = 0; i < json_array_size(rows); i++) {
		const json_t *row = json_array_get(rows, i);
		if (strcmp(show_text_of(row, "what"), "case") == 0)
			json_object_set_new(cases, show_text_of(row, "case"), json_true());
	}
	return CTL_DONE;
}

/* The cases of a programme, asked for once. */
static int cases_of(struct assigning *assigning, const char *programme, json_t **ret)
{
	*ret = json_object_get(assigning->cases, programme);
	if (*ret != NULL)
		return CTL_DONE;
	*ret = json_object();
	json_object_set_new(assigning->cases, programme, *ret);
	return ask_pages(assigning->client, "payment.awaited",
			 json_pack("{s:s}", "programme", programme), add_cases, *ret);
}

static void add_event(struct assigning *assigning, const json_t *row, const char *of_case)
{
	bool back = json_is_true(json_object_get(row, "reversal"));
	json_int_t amount = show_number_of(row, "amount");
	assigning->sum += back ? -amount : amount;
	json_array_append_new(assigning->events,
			      json_pack("{s:s, s:s, s:s, s:{s:s}}", "kind", "payment.assigned",
					"subject", show_text_of(row, "programme"), "key",
					show_text_of(row, "key"), "data", "case", of_case));
}

/* One payment and its case: an event, or a reason why not. */
static int assign(struct assigning *assigning, const char *key, const char *of_case,
		  const char *file, int line)
{
	const json_t *row = json_object_get(assigning->payments, key);
	const char *programme = show_text_of(row, "programme"), *has = show_text_of(row, "case");
	json_t *cases = NULL;
	if (row == NULL) {
		problem_add(&assigning->problems, file, line,
			    "there is no payment \"%s\" that fitted no rent", key);
		return CTL_DONE;
	}
	if (strcmp(has, of_case) == 0) {
		assigning->known++;
		return CTL_DONE;
	}
	if (*has != '\0') {
		problem_add(&assigning->problems, file, line,
			    "%s is assigned to %s already: void that first", key, has);
		return CTL_DONE;
	}
	int code = cases_of(assigning, programme, &cases);
	if (code != CTL_DONE)
		return code;
	if (json_object_get(cases, of_case) == NULL)
		problem_add(&assigning->problems, file, line, "there is no case %s in %s", of_case,
			    programme);
	else
		add_event(assigning, row, of_case);
	json_object_set_new((json_t *)row, "case", json_string(of_case)); /* should it come twice */
	return CTL_DONE;
}

static int place_of(const struct csv *csv, const char *name)
{
	for (size_t i = 0; i < csv_columns(csv); i++)
		if (strcmp(csv_column(csv, i), name) == 0)
			return (int)i;
	return -1;
}

static int assign_rows(struct assigning *assigning, struct csv *csv, const char *path)
{
	struct csv_record record;
	int code = CTL_DONE, key = place_of(csv, "payment"), of_case = place_of(csv, "case");
	if (key < 0 || of_case < 0) {
		problem_add(&assigning->problems, path, csv_header_line(csv),
			    "needs the columns \"payment\" and \"case\"");
		return CTL_DONE;
	}
	while (code == CTL_DONE && csv_next(csv, &record, &assigning->problems))
		if (record.cells != NULL && *record.cells[of_case] != '\0')
			code = assign(assigning, record.cells[key], record.cells[of_case], path,
				      record.line);
	return code;
}

static int assign_file(struct assigning *assigning, const char *path)
{
	size_t length = 0;
	int code = CTL_DONE;
	char *text = file_read(path, &length, &assigning->problems);
	if (text == NULL)
		return CTL_DONE; /* told with the other mistakes */
	bool marked = length >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0;
	struct csv *csv = csv_open(text + (marked ? 3 : 0), length - (marked ? 3 : 0), path,
				   &assigning->problems);
	if (csv != NULL)
		code = assign_rows(assigning, csv, path);
	csv_close(csv);
	free(text);
	return code;
}

static int tell_problems(struct assigning *assigning)
{
	complaint_tell(&assigning->problems);
	fputs("kedjactl: nothing was assigned\n", stderr);
	return CTL_REFUSED;
}

static int record(struct assigning *assigning)
{
	struct recorded recorded = { .known = assigning->known };
	char sum[KRONOR_TEXT_SIZE];
	int code = events_record(assigning->client, assigning->events, &recorded);
	if (code != CTL_DONE)
		return code;
	kronor_format(assigning->sum, sum);
	if (assigning->call->json)
		printf("{\"new\": %lld, \"known\": %lld, \"kronor\": \"%s\"}\n", recorded.fresh,
		       recorded.known, sum);
	else if (recorded.fresh > 0)
		printf("%lld new, %lld known; %s kronor\n", recorded.fresh, recorded.known, sum);
	else
		printf("%lld new, %lld known\n", recorded.fresh, recorded.known);
	return code;
}

static int run(struct assigning *assigning)
{
	const char *path = invocation_option(assigning->call, "csv");
	const char *key = invocation_argument(assigning->call, 0);
	json_t *parameters = list_parameters(assigning->call);
	json_object_set_new(parameters, "all", json_true());
	int code = ask_open(assigning->call, &assigning->client);
	if (code != CTL_DONE) {
		json_decref(parameters);
		return code;
	}
	code =
	    ask_pages(assigning->client, "payment.unmatched", parameters, add_payments, assigning);
	if (code == CTL_DONE && path != NULL)
		code = assign_file(assigning, path);
	else if (code == CTL_DONE)
		code = assign(assigning, key, invocation_argument(assigning->call, 1), "", 0);
	if (code != CTL_DONE)
		return code;
	return assigning->problems.count > 0 ? tell_problems(assigning) : record(assigning);
}

int verb_payments_assign(const struct invocation *call)
{
	bool by_words = call->argument_count == 2, by_file = call->argument_count == 0;
	if (invocation_option(call, "csv") == NULL ? !by_words : !by_file) {
		fputs("kedjactl: write a payment and its case, or --csv with a file\n", stderr);
		return CTL_USAGE;
	}
	struct assigning assigning = { .call = call,
				       .payments = json_object(),
				       .cases = json_object(),
				       .events = json_array() };
	int code = run(&assigning);
	client_close(assigning.client);
	json_decref(assigning.payments);
	json_decref(assigning.cases);
	json_decref(assigning.events);
	problems_clear(&assigning.problems);
	return code;
}
