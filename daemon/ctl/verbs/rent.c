/* SPDX-License-Identifier: EUPL-1.2 */
/* Rent as a whole: how much of it is open, and the charges of a month by the leases. */
#include <stdlib.h>
#include <string.h>

#include "daemon/ctl/ask.h"
#include "daemon/ctl/events.h"
#include "daemon/ctl/verbs/verbs.h"
#include "rules/base/kronor.h"
#include "rules/time/date.h"

/* --- payments status -------------------------------------------------------------------------- */

enum { AGES = 5 };
static const struct age {
	const char *name;
	int from; /* days after the last day to pay */
} ages[AGES] = {
	{ "not late yet", INT32_MIN }, { "1-7 days", 1 },      { "8-30 days", 8 },
	{ "31-60 days", 31 },          { "over 60 days", 61 },
};

struct ageing {
	date today, known; /* beyond what is known nothing is late */
	long long charges[AGES];
	json_int_t open[AGES];
};

static int add_open(void *arg, const json_t *rows)
{
	struct ageing *ageing = arg;
	for (size_t i = 0; i < json_array_size(rows); i++) {
		const json_t *row = json_array_get(rows, i);
		date due;
		int place = 0;
		if (date_parse(show_text_of(row, "due_latest"), &due) != 0)
			continue;
		bool reached = due < ageing->today && due <= ageing->known;
		while (reached && place + 1 < AGES && ageing->today - due >= ages[place + 1].from)
			place++;
		ageing->charges[place]++;
		ageing->open[place] += show_number_of(row, "open");
	}
	return CTL_DONE;
}

static json_t *ageing_rows(const struct ageing *ageing)
{
	json_t *rows = json_array();
	for (size_t i = 0; i < AGES; i++)
		json_array_append_new(rows, json_pack("{s:s, s:I, s:I}", "age", ages[i].name,
						      "charges", (json_int_t)ageing->charges[i],
						      "open", ageing->open[i]));
	return rows;
}

static void say_status(const json_t *coverage, const json_t *rows)
{
	static const struct column columns[] = {
		{ "AGE", "age", NULL, false },
		{ "RENTS", "charges", NULL, true },
		{ "OPEN", "open", form_kronor, true },
		COLUMNS_END,
	};
	const json_t *file = json_object_get(coverage, "last_file");
	const char *through = show_text_of(coverage, "covers_through");
	show_printf(stdout, "programme       %s\n", show_text_of(coverage, "programme"));
	show_printf(stdout, "covers through  %s\n",
		    *through == '\0' ? "no payment file yet" : through);
	if (json_is_object(file)) {
		char *time = show_time(show_text_of(file, "recorded_at"));
		char *sum = show_kronor(show_number_of(file, "sum"));
		show_printf(stdout, "last file       %s (%s), %s: %lld payments, %s\n",
			    show_text_of(file, "file"), show_text_of(file, "format"), time,
			    (long long)show_number_of(file, "payments"), sum);
		free(time);
		free(sum);
	}
	printf("unmatched       %lld payments\n", (long long)show_number_of(coverage, "unmatched"));
	show_rows(stdout, "Open rents, by days since the last day to pay:", columns, rows);
}

static int show_status(const struct invocation *call, struct client *client)
{
	json_t *coverage = NULL, *parameters = json_object();
	struct ageing ageing = { .today = DATE_NONE, .known = DATE_NONE };
	ask_add_text(parameters, call, "programme");
	int code = ask(client, "payment.coverage", parameters, &coverage);
	if (code != CTL_DONE)
		return code;
	if (date_parse(show_text_of(coverage, "today"), &ageing.today) != 0 ||
	    date_parse(show_text_of(coverage, "covers_through"), &ageing.known) != 0)
		ageing.known = DATE_NONE;
	code = ask_pages(client, "rent.open",
			 json_pack("{s:s}", "programme", show_text_of(coverage, "programme")),
			 add_open, &ageing);
	json_t *rows = ageing_rows(&ageing);
	if (code == CTL_DONE && call->json) {
		json_object_set(coverage, "open", rows);
		show_json(stdout, coverage);
	} else if (code == CTL_DONE) {
		say_status(coverage, rows);
	}
	json_decref(rows);
	json_decref(coverage);
	return code;
}

int verb_payments_status(const struct invocation *call)
{
	struct client *client = NULL;
	int code = ask_open(call, &client);
	if (code == CTL_DONE)
		code = show_status(call, client);
	client_close(client);
	return code;
}

/* --- rent charge ------------------------------------------------------------------------------ */

/* Why a lease gets no charge; NULL if it gets one. */
static const char *reason_against(const json_t *row)
{
	if (json_is_true(json_object_get(row, "charged")))
		return "charged already";
	if (!json_is_integer(json_object_get(row, "rent")))
		return "no rent is known: record it with the lease";
	return NULL;
}

/* What the person who books should look at. */
static char *form_note(const json_t *row, const json_t *value)
{
	const char *reason = reason_against(row), *ended = show_text_of(row, "ended");
	if (reason != NULL)
		return xstrdup(reason);
	if (json_is_true(value))
		return xasprintf("first month, due %s%s%s", show_text_of(row, "started"),
				 *ended == '\0' ? "" : "; ended ", ended);
	return xasprintf("%s%s", *ended == '\0' ? "" : "ended ", ended);
}

static const struct column charge_columns[] = {
	{ "CASE", "case", NULL, false },
	{ "RENT", "rent", form_kronor, true },
	{ "LEASE SINCE", "started", NULL, false },
	{ "", "first", form_note, false },
	COLUMNS_END,
};

static int collect(void *arg, const json_t *rows)
{
	return json_array_extend(arg, (json_t *)rows) == 0 ? CTL_DONE : CTL_REFUSED;
}

static json_t *charge_event(const json_t *row, const char *month)
{
	json_t *data = json_object();
	json_object_set(data, "amount", json_object_get(row, "rent"));
	if (json_is_true(json_object_get(row, "first"))) {
		json_object_set_new(data, "first", json_true());
		json_object_set(data, "due_on", json_object_get(row, "started"));
	}
	return json_pack("{s:s, s:s, s:s, s:o}", "kind", "rent.charged", "subject",
			 show_text_of(row, "case"), "key", month, "data", data);
}

static int book_charges(struct client *client, const json_t *rows, const char *month,
			struct recorded *booked)
{
	json_t *events = json_array();
	for (size_t i = 0; i < json_array_size(rows); i++)
		if (reason_against(json_array_get(rows, i)) == NULL)
			json_array_append_new(events, charge_event(json_array_get(rows, i), month));
	int code = events_record(client, events, booked);
	json_decref(events);
	return code;
}

static int list_charges(const struct invocation *call, const json_t *rows)
{
	if (call->json) {
		show_json(stdout, rows);
		return CTL_DONE;
	}
	if (json_array_size(rows) == 0)
		puts("no lease runs in that month");
	show_rows(stdout, "Rents by the leases:", charge_columns, rows);
	if (!invocation_flag(call, "book") && json_array_size(rows) > 0)
		puts("\nNothing is booked yet: --book does it.");
	return CTL_DONE;
}

static int charge(const struct invocation *call, struct client *client, json_t *rows)
{
	const char *month = invocation_option(call, "month");
	char sum[KRONOR_TEXT_SIZE];
	json_t *coverage = NULL, *parameters = json_object();
	struct recorded booked = { .fresh = 0 };
	ask_add_text(parameters, call, "programme");
	int code = ask(client, "payment.coverage", parameters, &coverage);
	if (code == CTL_DONE)
		code = ask_pages(client, "rent.leases",
				 json_pack("{s:s, s:s}", "programme",
					   show_text_of(coverage, "programme"), "month", month),
				 collect, rows);
	json_decref(coverage);
	if (code == CTL_DONE)
		code = list_charges(call, rows);
	if (code != CTL_DONE || !invocation_flag(call, "book"))
		return code;
	code = book_charges(client, rows, month, &booked);
	fprintf(call->json ? stderr : stdout, "%lld rents booked, %s kronor\n", booked.fresh,
		kronor_format(booked.sum_count > 0 ? booked.sums[0].sum : 0, sum));
	recorded_clear(&booked);
	return code;
}

int verb_rent_charge(const struct invocation *call)
{
	struct client *client = NULL;
	json_t *rows = json_array();
	int code = ask_open(call, &client);
	if (code == CTL_DONE)
		code = charge(call, client, rows);
	json_decref(rows);
	client_close(client);
	return code;
}
