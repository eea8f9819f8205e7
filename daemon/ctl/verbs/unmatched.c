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
#include "daemon/ctl/verbs/columns.h"
#include "daemon/ctl/verbs/verbs.h"
#include "rules/base/kronor.h"

char *form_same_as(const json_t *row, const json_t *value)
{
	(void)row;
	return json_is_string(value)
		   ? xasprintf("kanske samma som %s (perhaps the same)", json_string_value(value))
		   : xstrdup("");
}

/* Does it help to know why nothing fitted? Of numbers it can be said. */
static char *form_reason(const json_t *row, const json_t *value)
{
	const char *words = json_is_string(value) ? json_string_value(value) : "";
	if (json_is_string(json_object_get(row, "same_as")))
		return form_same_as(row, json_object_get(row, "same_as"));
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
	{ "AMOUNT", "left", form_signed, true },
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
		char *amount = form_signed(row, json_object_get(row, "left"));
		char *same = form_same_as(row, json_object_get(row, "same_as"));
		show_printf(stdout, "%s;%s;%s;%s;%s%s%s;\n", show_text_of(row, "key"),
			    show_text_of(row, "programme"), show_text_of(row, "paid_on"), amount,
			    show_text_of(row, "reference"), *same == '\0' ? "" : " ", same);
		free(amount);
		free(same);
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
	const char *file; /* "" for none */
	json_t *wanted;   /* key -> list of {case, amount, line} */
	json_t *payments; /* key -> row, assigned ones too */
	json_t *cases;    /* programme -> list of its cases */
	json_t *events;
	bool books;  /* money finds a case */
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

/* The sign that stands for a case where a payment is the one that it looks like. */
#define SAME "="

/* What is wanted of a payment: a case, so much of it (0: all that is left), and where it says so.
 */
static void want(struct assigning *assigning, const char *key, const char *of_case, int64_t amount,
		 int line)
{
	json_t *list = json_object_get(assigning->wanted, key);
	if (list == NULL) {
		list = json_array();
		json_object_set_new(assigning->wanted, key, list);
	}
	json_array_append_new(list, json_pack("{s:s, s:I, s:i}", "case", of_case, "amount",
					      (json_int_t)amount, "line", line));
}

static void refuse(struct assigning *assigning, const json_t *wanted, const char *text)
{
	problem_add(&assigning->problems, assigning->file, (int)show_number_of(wanted, "line"),
		    "%s", text);
}

/* Takes out of both lists what is wanted and so already: an import that broke off is repeated. */
static void strike_out_known(struct assigning *assigning, const json_t *row, json_t *wanted)
{
	json_t *assigned = json_object_get(row, "assigned");
	bool is_all = show_number_of(row, "left") == 0;
	for (size_t i = 0; i < json_array_size(wanted);) {
		const json_t *one = json_array_get(wanted, i);
		json_int_t amount = show_number_of(one, "amount");
		size_t j = 0;
		for (; j < json_array_size(assigned); j++) {
			const json_t *is = json_array_get(assigned, j);
			json_int_t part = show_number_of(is, "amount"); /* 0: all of it */
			bool same_part =
			    part == amount || (is_all && json_array_size(wanted) == 1 &&
					       json_array_size(assigned) == 1);
			if (same_part &&
			    strcmp(show_text_of(is, "case"), show_text_of(one, "case")) == 0)
				break;
		}
		if (j == json_array_size(assigned)) {
			i++;
			continue;
		}
		json_array_remove(assigned, j);
		json_array_remove(wanted, i);
		assigning->known++;
	}
}

static json_int_t sum_of(const json_t *wanted)
{
	json_int_t sum = 0;
	for (size_t i = 0; i < json_array_size(wanted); i++)
		sum += show_number_of(json_array_get(wanted, i), "amount");
	return sum;
}

/* Do the parts make up what is left? One without an amount is all of it. */
static bool has_right_sum(struct assigning *assigning, const char *key, const json_t *row,
			  const json_t *wanted)
{
	const json_t *first = json_array_get(wanted, 0);
	json_int_t left = show_number_of(row, "left"), sum = sum_of(wanted);
	char is[KRONOR_TEXT_SIZE], should[KRONOR_TEXT_SIZE], text[200];
	for (size_t i = 0; i < json_array_size(wanted); i++) {
		const json_t *one = json_array_get(wanted, i);
		if (show_number_of(one, "amount") < 0)
			return false; /* told where it was read */
		if (show_number_of(one, "amount") > 0 || json_array_size(wanted) == 1)
			continue;
		snprintf(text, sizeof(text),
			 "%.60s is divided: say how much of it is %.60s's, as in K-1=2500,50", key,
			 show_text_of(one, "case"));
		refuse(assigning, one, text);
		return false;
	}
	if (sum == left || (sum == 0 && json_array_size(wanted) == 1))
		return true;
	snprintf(text, sizeof(text),
		 "the parts of %.60s come to %s kronor, but %s is what they must make up", key,
		 kronor_format(sum, is), kronor_format(left, should));
	refuse(assigning, first, text);
	return false;
}

static void add_event(struct assigning *assigning, const char *key, const json_t *row,
		      const json_t *wanted)
{
	bool back = json_is_true(json_object_get(row, "reversal"));
	json_int_t amount = show_number_of(wanted, "amount"), left = show_number_of(row, "left");
	bool is_all = amount == 0 || amount == show_number_of(row, "amount");
	json_t *data = json_pack("{s:s}", "case", show_text_of(wanted, "case"));
	if (!is_all)
		json_object_set_new(data, "amount", json_integer(amount));
	amount = amount == 0 ? left : amount;
	assigning->sum += back ? -amount : amount;
	assigning->books = true;
	json_array_append_new(assigning->events,
			      json_pack("{s:s, s:s, s:s, s:o}", "kind", "payment.assigned",
					"subject", show_text_of(row, "programme"), "key", key,
					"data", data));
}

/* It is the one that it looks like: it was no payment of its own, and is taken back. */
static void same_payment(struct assigning *assigning, const char *key, const json_t *row,
			 const json_t *wanted)
{
	const char *other = show_text_of(row, "same_as");
	const json_t *first = json_array_get(wanted, 0);
	char text[200];
	if (*other == '\0') {
		snprintf(
		    text, sizeof(text),
		    "nothing says that %.60s may be the same as another payment: write its case",
		    key);
		refuse(assigning, first, text);
	} else if (json_array_size(json_object_get(row, "assigned")) > 0 ||
		   json_array_size(wanted) > 1) {
		snprintf(text, sizeof(text),
			 "%.60s cannot be both a case's and the same as another payment", key);
		refuse(assigning, first, text);
	} else {
		snprintf(text, sizeof(text), "samma betalning som %.60s", other);
		json_array_append_new(assigning->events,
				      json_pack("{s:s, s:s, s:{s:I, s:s}}", "kind", "event.voided",
						"subject", show_text_of(row, "programme"), "data",
						"event", show_number_of(row, "event"), "reason",
						text));
	}
}

static bool wants_same(const json_t *wanted)
{
	for (size_t i = 0; i < json_array_size(wanted); i++)
		if (strcmp(show_text_of(json_array_get(wanted, i), "case"), SAME) == 0)
			return true;
	return false;
}

static int assign_parts(struct assigning *assigning, const char *key, const json_t *row,
			json_t *wanted)
{
	const char *programme = show_text_of(row, "programme");
	json_t *cases = NULL;
	size_t before = assigning->problems.count;
	char text[200];
	int code = cases_of(assigning, programme, &cases);
	if (code != CTL_DONE)
		return code;
	for (size_t i = 0; i < json_array_size(wanted); i++) {
		const json_t *one = json_array_get(wanted, i);
		snprintf(text, sizeof(text), "there is no case %.60s in %.60s",
			 show_text_of(one, "case"), programme);
		if (json_object_get(cases, show_text_of(one, "case")) == NULL)
			refuse(assigning, one, text);
	}
	if (assigning->problems.count == before && has_right_sum(assigning, key, row, wanted))
		for (size_t i = 0; i < json_array_size(wanted); i++)
			add_event(assigning, key, row, json_array_get(wanted, i));
	return CTL_DONE;
}

/* A payment and what is wanted of it: events, or reasons why not. */
static int assign(struct assigning *assigning, const char *key, json_t *wanted)
{
	const json_t *row = json_object_get(assigning->payments, key);
	const json_t *first = json_array_get(wanted, 0);
	bool is_same = wants_same(wanted), was_same = json_is_true(json_object_get(row, "same"));
	char text[200] = "";
	if (row == NULL)
		snprintf(text, sizeof(text), "there is no payment \"%.60s\" that fitted no rent",
			 key);
	else if (was_same && !is_same)
		snprintf(text, sizeof(text), "%.60s was said to be the same as %.60s", key,
			 show_text_of(row, "same_as"));
	if (*text != '\0') {
		refuse(assigning, first, text);
		return CTL_DONE;
	}
	assigning->known += was_same;
	if (is_same && !was_same)
		same_payment(assigning, key, row, wanted);
	if (is_same)
		return CTL_DONE;
	strike_out_known(assigning, row, wanted);
	if (json_array_size(wanted) == 0)
		return CTL_DONE;
	if (show_number_of(row, "left") > 0)
		return assign_parts(assigning, key, row, wanted);
	snprintf(text, sizeof(text), "%.60s is assigned to %.60s already: void that first", key,
		 show_text_of(json_array_get(json_object_get(row, "assigned"), 0), "case"));
	refuse(assigning, first, text);
	return CTL_DONE;
}

static int assign_all(struct assigning *assigning)
{
	int code = CTL_DONE;
	const char *key;
	json_t *wanted;
	json_object_foreach(assigning->wanted, key, wanted)
	{
		if (code == CTL_DONE)
			code = assign(assigning, key, wanted);
	}
	return code;
}

/* "2 500,50": kronor as people write them, with the sign of the list or without; 0 for nothing
 * said, below 0 after a complaint. */
static int64_t read_part(struct assigning *assigning, const char *text, int line)
{
	int64_t amount = 0;
	const char *reason = "must be above 0: write nothing for all of it";
	if (*text == '\0')
		return 0;
	int failed = kronor_parse(text, &amount, &reason);
	if (failed == 0 && amount != 0)
		return amount < 0 ? -amount : amount;
	problem_add(&assigning->problems, assigning->file, line, "the amount \"%.40s\" %s", text,
		    reason);
	return -1;
}

/* PAYMENT, and CASE, CASE=AMOUNT ... or = */
static void want_words(struct assigning *assigning)
{
	const struct invocation *call = assigning->call;
	const char *key = invocation_argument(call, 0);
	for (size_t i = 1; i < call->argument_count; i++) {
		const char *word = call->arguments[i];
		size_t length = strcspn(word, "=");
		bool has_amount = length > 0 && word[length] == '=';
		char *of_case = xasprintf("%.*s", length == 0 ? 1 : (int)length, word);
		int64_t amount = has_amount ? read_part(assigning, word + length + 1, 0) : 0;
		if (has_amount && word[length + 1] == '\0')
			problem_add(&assigning->problems, "", 0,
				    "%.60s: an amount must stand behind the sign", word);
		want(assigning, key, of_case, amount, 0);
		free(of_case);
	}
}

static int place_of(const struct csv *csv, const char *name)
{
	for (size_t i = 0; i < csv_columns(csv); i++)
		if (strcmp(csv_column(csv, i), name) == 0)
			return (int)i;
	return -1;
}

static void want_rows(struct assigning *assigning, struct csv *csv)
{
	struct csv_record record;
	int key = place_of(csv, "payment"), of_case = place_of(csv, "case"),
	    amount = place_of(csv, "amount");
	if (key < 0 || of_case < 0) {
		problem_add(&assigning->problems, assigning->file, csv_header_line(csv),
			    "needs the columns \"payment\" and \"case\"");
		return;
	}
	while (csv_next(csv, &record, &assigning->problems))
		if (record.cells != NULL && *record.cells[of_case] != '\0')
			want(assigning, record.cells[key], record.cells[of_case],
			     amount < 0 ? 0
					: read_part(assigning, record.cells[amount], record.line),
			     record.line);
}

static void want_file(struct assigning *assigning)
{
	size_t length = 0;
	char *text = file_read(assigning->file, &length, &assigning->problems);
	if (text == NULL)
		return; /* told with the other mistakes */
	static const char *const wanted[] = { "payment", "case", NULL };
	struct csv *csv = csv_open(text, length, assigning->file, wanted, &assigning->problems);
	if (csv != NULL)
		want_rows(assigning, csv);
	csv_close(csv);
	free(text);
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
	kronor_format(assigning->sum, sum);
	if (code != CTL_DONE)
		; /* it was said */
	else if (assigning->call->json)
		printf("{\"new\": %lld, \"known\": %lld, \"kronor\": \"%s\"}\n", recorded.fresh,
		       recorded.known, sum);
	else if (recorded.fresh > 0 && assigning->books)
		printf("%lld new, %lld known; %s kronor\n", recorded.fresh, recorded.known, sum);
	else
		printf("%lld new, %lld known\n", recorded.fresh, recorded.known);
	recorded_clear(&recorded);
	return code;
}

static int run(struct assigning *assigning)
{
	bool by_file = invocation_option(assigning->call, "csv") != NULL;
	json_t *parameters = list_parameters(assigning->call);
	json_object_set_new(parameters, "all", json_true());
	int code = ask_open(assigning->call, &assigning->client);
	if (code != CTL_DONE) {
		json_decref(parameters);
		return code;
	}
	code =
	    ask_pages(assigning->client, "payment.unmatched", parameters, add_payments, assigning);
	if (code == CTL_DONE && by_file)
		want_file(assigning);
	else if (code == CTL_DONE)
		want_words(assigning);
	/* An amount that cannot be read is told with the other mistakes, but adds up to nothing. */
	if (code == CTL_DONE)
		code = assign_all(assigning);
	if (code != CTL_DONE)
		return code;
	return assigning->problems.count > 0 ? tell_problems(assigning) : record(assigning);
}

int verb_payments_assign(const struct invocation *call)
{
	const char *file = invocation_option(call, "csv");
	bool by_words = call->argument_count >= 2, has_none = call->argument_count == 0;
	if (file == NULL ? !by_words : !has_none) {
		fputs("kedjactl: write a payment and its case, or --csv with a file\n", stderr);
		return CTL_USAGE;
	}
	struct assigning assigning = { .call = call,
				       .file = file == NULL ? "" : file,
				       .wanted = json_object(),
				       .payments = json_object(),
				       .cases = json_object(),
				       .events = json_array() };
	int code = run(&assigning);
	client_close(assigning.client);
	json_decref(assigning.wanted);
	json_decref(assigning.payments);
	json_decref(assigning.cases);
	json_decref(assigning.events);
	problems_clear(&assigning.problems);
	return code;
}
