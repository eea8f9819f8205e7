/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Payment files: read and checked whole, matched with what the daemon waits for, checked by the
 * daemon, and only then booked, in batches that each hold wholly or not at all. The event that
 * says how far payments are known comes last. Payments have sources, so an import that broke off
 * is simply repeated.
 */
#include <stdlib.h>
#include <string.h>

#include "daemon/ctl/ask.h"
#include "daemon/ctl/buffer.h"
#include "daemon/ctl/complaint.h"
#include "daemon/ctl/events.h"
#include "daemon/ctl/payments/match.h"
#include "daemon/ctl/payments/payment_file.h"
#include "daemon/ctl/payments/standing.h"
#include "daemon/ctl/verbs/columns.h"
#include "daemon/ctl/verbs/verbs.h"
#include "rules/base/kronor.h"

/* Small enough for one turn of the daemon, which answers others in between. */
#define BATCH_PAYMENTS 100
#define ON_THEIR_WAY   8
#define REFUSED_MOST   20 /* batches; a file that is wrong throughout is told of so often */

struct tally {
	struct recorded recorded;
	long long matched, unmatched, returns, left_out;
	long long alike; /* of the unmatched: those that may be known ones */
	int64_t sum;     /* of what came in */
};

struct import {
	const struct invocation *call;
	struct client *client;
	struct match *match;
	struct payment_file *files;
	size_t file_count;
	char *programme;
	date today;
	char *last_format; /* of the file read in last, "" before the first */
	date last_reach;
	const char *file;                           /* the path of the one in hand */
	struct events filling, asked[ON_THEIR_WAY]; /* the daemon has those while this is made up */
	size_t asked_count;
	struct problems problems;
	struct tally tally;
	date reached; /* of all files booked; DATE_NONE before */
};

/* --- what the daemon knows ------------------------------------------------------------------- */

static int learn_programme(struct import *import)
{
	json_t *answer = NULL, *parameters = json_object();
	ask_add_text(parameters, import->call, "programme");
	int code = ask(import->client, "payment.coverage", parameters, &answer);
	if (code != CTL_DONE)
		return code;
	import->programme = xstrdup(show_text_of(answer, "programme"));
	if (date_parse(show_text_of(answer, "today"), &import->today) != 0)
		import->today = DATE_NONE;
	import->last_format = xstrdup(show_text_of(json_object_get(answer, "last_file"), "format"));
	if (date_parse(show_text_of(answer, "covers_through"), &import->last_reach) != 0)
		import->last_reach = DATE_NONE;
	json_decref(answer);
	return CTL_DONE;
}

static int add_awaited(void *arg, const json_t *rows)
{
	struct import *import = arg;
	for (size_t i = 0; i < json_array_size(rows); i++) {
		const json_t *row = json_array_get(rows, i);
		if (!match_add(import->match, row))
			show_printf(stderr,
				    "%s: a word of its reference is longer than %d letters: no "
				    "payment is found by it, record a shorter one\n",
				    show_text_of(row, "case"), PAYMENT_WORD_LETTERS);
	}
	return CTL_DONE;
}

static int learn_references(struct import *import)
{
	json_t *parameters = json_pack("{s:s}", "programme", import->programme);
	return ask_pages(import->client, "payment.awaited", parameters, add_awaited, import);
}

/* --- files ----------------------------------------------------------------------------------- */

/* The same payment has no common name in two formats: it would be booked twice. */
static void warn_of_overlap(const struct import *import, const struct payment_file *file)
{
	date first = DATE_NONE;
	char from[DATE_TEXT_SIZE], known[DATE_TEXT_SIZE];
	const char *format = payment_format_name(file->payments.format);
	for (size_t i = 0; i < file->payments.count; i++) {
		date booked = file->payments.list[i].booked_on;
		first = first == DATE_NONE || booked < first ? booked : first;
	}
	if (first == DATE_NONE || first > import->last_reach || *import->last_format == '\0' ||
	    strcmp(format, import->last_format) == 0)
		return;
	show_printf(stderr,
		    "%s: has payments from %s on, but those through %s are known from %s: "
		    "make sure that none is in both\n",
		    file->path, date_format(first, from), date_format(import->last_reach, known),
		    import->last_format);
}

/* Through which day payments are known after this file; never ahead of today. */
static void settle_reach(struct import *import, struct payment_file *file)
{
	const char *told = invocation_option(import->call, "covers-through");
	date *reach = &file->payments.covers_through;
	if (told != NULL && date_parse(told, reach) == 0) {
		file->payments.has_more_pages = false;
		if (*reach > import->today)
			problem_add(&import->problems, "--covers-through", 0, "%s lies ahead",
				    told);
	} else if (*reach == DATE_NONE && !file->payments.has_more_pages) {
		problem_add(&import->problems, file->path, 0,
			    "does not tell through which day it reaches: say --covers-through");
	} else if (*reach > import->today) {
		show_printf(stderr, "%s: reaches ahead; only through today is believed\n",
			    file->path);
		*reach = import->today;
	}
}

/* Pages are one file: what is on its way in one of them holds back the last, which tells the day.
 */
static void hold_pages_back(struct import *import)
{
	date pending = DATE_NONE;
	const char *page = NULL;
	char day[DATE_TEXT_SIZE];
	bool is_told = invocation_option(import->call, "covers-through") != NULL, has_last = false;
	for (size_t i = 0; i < import->file_count; i++) {
		const struct payment_list *list = &import->files[i].payments;
		has_last = has_last || !list->has_more_pages;
		if (!list->has_more_pages || list->pending == DATE_NONE ||
		    (pending != DATE_NONE && pending <= list->pending))
			continue;
		pending = list->pending;
		page = import->files[i].path;
	}
	if (page == NULL || is_told)
		return;
	if (!has_last)
		problem_add(&import->problems, page, 0,
			    "more pages follow, and a payment of %s is not booked yet: read all "
			    "pages in with one command",
			    date_format(pending, day));
	for (size_t i = 0; i < import->file_count; i++) {
		struct payment_list *list = &import->files[i].payments;
		if (list->has_more_pages || list->covers_through < pending)
			continue;
		list->covers_through = date_add_days(pending, -1);
		list->pending = pending;
	}
}

static int read_files(struct import *import)
{
	const char *format = invocation_option(import->call, "format");
	import->files = xcalloc(import->call->argument_count, sizeof(*import->files));
	for (size_t i = 0; i < import->call->argument_count; i++) {
		struct payment_file *file = &import->files[import->file_count];
		if (payment_file_read(import->call->arguments[i], format == NULL ? "auto" : format,
				      import->call->conf, match_awaits, import->match, file,
				      &import->problems) != 0)
			continue;
		import->file_count++;
		settle_reach(import, file);
		payment_file_warn(file, import->today);
		warn_of_overlap(import, file);
	}
	hold_pages_back(import);
	size_t complaints = import->problems.count;
	complaint_tell(&import->problems);
	if (complaints == 0)
		return CTL_DONE;
	fputs("kedjactl: nothing was booked\n", stderr);
	return CTL_REFUSED;
}

/* --- batches --------------------------------------------------------------------------------- */

/* The worse of two codes; a check goes on after a refusal, to tell all that is wrong. */
static int worse(int code, int other)
{
	return code > other ? code : other;
}

/* How the first of those on their way went; it goes to the end, to be filled again. */
static int hear_batch(struct import *import, const char *method)
{
	bool records = strcmp(method, "event.record") == 0;
	struct events heard = import->asked[0];
	int code = events_hear(&heard, import->client, method,
			       records ? &import->tally.recorded : NULL, &import->problems);
	complaint_tell(&import->problems);
	memmove(import->asked, import->asked + 1, (ON_THEIR_WAY - 1) * sizeof(heard));
	import->asked[ON_THEIR_WAY - 1] = heard;
	import->asked_count--;
	return code;
}

/* Hands over what is filled; what is heard is how an earlier one went. */
static int send_batch(struct import *import, const char *method)
{
	int code = CTL_DONE;
	if (import->filling.count == 0)
		return CTL_DONE;
	if (import->asked_count == ON_THEIR_WAY)
		code = hear_batch(import, method);
	import->filling.file = import->file;
	events_send(&import->filling, import->client, method,
		    &(struct events_beside){ .part = true, .from_bank = true });
	struct events empty = import->asked[import->asked_count];
	import->asked[import->asked_count++] = import->filling;
	import->filling = empty;
	return code;
}

static int hear_all(struct import *import, const char *method, int code)
{
	while (import->asked_count > 0 && code != CTL_NO_DAEMON)
		code = worse(code, hear_batch(import, method));
	return code;
}

/* A debit that does not say that it is a return is one only if it names a rent. */
static bool is_left_out(const struct payment *payment, const char *of_case)
{
	return payment->outgoing && of_case == NULL;
}

static int add_payment(struct import *import, const struct payment *payment, const char *method)
{
	const char *of_case = match_case(import->match, payment);
	int code = CTL_DONE;
	if (payment->is_known || is_left_out(payment, of_case))
		return CTL_DONE;
	json_t *event = match_event(payment, import->programme, of_case);
	char *text = json_dumps(event, JSON_COMPACT);
	size_t length = strlen(text);
	if (import->filling.count == BATCH_PAYMENTS || !events_has_room(&import->filling, length))
		code = send_batch(import, method);
	events_add(&import->filling, text, length, payment->line);
	free(text);
	json_decref(event);
	return code;
}

static int send_payments(struct import *import, struct payment_file *file, const char *method)
{
	int code = CTL_DONE, refused = 0;
	bool only_checks = strcmp(method, "event.check") == 0;
	import->file = file->path;
	for (size_t i = 0; i < file->payments.count; i++) {
		int now = add_payment(import, &file->payments.list[i], method);
		code = worse(code, now);
		refused += now == CTL_REFUSED;
		if (code == CTL_REFUSED && only_checks && refused == REFUSED_MOST)
			show_printf(stderr,
				    "%s: %zu more payments were not looked at: mend these first\n",
				    file->path, file->payments.count - i - 1);
		if (code != CTL_DONE &&
		    (!only_checks || code != CTL_REFUSED || refused == REFUSED_MOST))
			break;
	}
	if (code == CTL_DONE || (only_checks && code == CTL_REFUSED))
		code = worse(code, send_batch(import, method));
	code = hear_all(import, method, code); /* also what was on its way when it went wrong */
	events_empty(&import->filling);
	return code;
}

/* --- how far payments are known -------------------------------------------------------------- */

/* Of the payments that came in; what went back is not taken off, it came in before. */
static void sum_up(const struct payment_list *list, int64_t *ret_sum, json_int_t *ret_count)
{
	for (size_t i = 0; i < list->count; i++) {
		if (list->list[i].reversal)
			continue;
		if (__builtin_add_overflow(*ret_sum, list->list[i].amount, ret_sum) ||
		    *ret_sum > PAYMENT_AMOUNT_MOST)
			*ret_sum = PAYMENT_AMOUNT_MOST;
		++*ret_count;
	}
}

/* The same for the same payments and reach, whatever the file is called. */
static char *name_import(const struct import *import, const struct payment_file *file)
{
	char hash[HASH_LETTERS_SIZE], day[DATE_TEXT_SIZE];
	struct buffer all = BUFFER_NONE;
	buffer_printf(&all, "%s %s %s", import->programme,
		      payment_format_name(file->payments.format),
		      date_format(file->payments.covers_through, day));
	for (size_t i = 0; i < file->payments.count; i++) {
		const struct payment *payment = &file->payments.list[i];
		buffer_printf(&all, " %s", payment->was == NULL ? payment->source : payment->was);
	}
	payment_hash(all.bytes, hash);
	buffer_clear(&all);
	return xasprintf("payments-%s", hash);
}

static int book_reach(struct import *import, const struct payment_file *file)
{
	char day[DATE_TEXT_SIZE];
	int64_t sum = 0;
	json_int_t count = 0;
	if (file->payments.has_more_pages) {
		show_printf(
		    stderr,
		    "%s: more pages follow: how far payments are known comes with the last\n",
		    file->path);
		return CTL_DONE;
	}
	sum_up(&file->payments, &sum, &count);
	char *source = name_import(import, file);
	json_t *event =
	    json_pack("{s:s, s:s, s:s, s:{s:s, s:s, s:s, s:I, s:I}}", "kind", "payments.imported",
		      "subject", import->programme, "source", source, "data", "format",
		      payment_format_name(file->payments.format), "file", file->name,
		      "covers_through", date_format(file->payments.covers_through, day), "payments",
		      count, "sum", (json_int_t)sum);
	char *text = json_dumps(event, JSON_COMPACT);
	struct events one = { .file = file->path };
	events_add(&one, text, strlen(text), 0);
	events_send(&one, import->client, "event.record",
		    &(struct events_beside){ .from_bank = true });
	int code = events_hear(&one, import->client, "event.record", NULL, &import->problems);
	complaint_tell(&import->problems);
	if (code == CTL_DONE && file->payments.covers_through > import->reached)
		import->reached = file->payments.covers_through;
	events_clear(&one);
	json_decref(event);
	free(text);
	free(source);
	return code;
}

/* --- what is said ---------------------------------------------------------------------------- */

static void count_file(struct import *import, const struct payment_file *file, bool only_checks)
{
	struct tally *tally = &import->tally;
	json_int_t count = 0;
	tally->left_out += (long long)file->payments.left_out;
	for (size_t i = 0; i < file->payments.count; i++) {
		const struct payment *payment = &file->payments.list[i];
		const char *of_case = match_case(import->match, payment);
		bool left_out = is_left_out(payment, of_case);
		tally->left_out += left_out;
		bool is_alike = payment->alike != NULL;
		tally->recorded.known += payment->is_known && !only_checks && !left_out;
		tally->matched += of_case != NULL && !is_alike;
		tally->unmatched += (of_case == NULL || is_alike) && !left_out;
		tally->alike += is_alike && !left_out;
		tally->returns += payment->reversal && !left_out;
	}
	sum_up(&file->payments, &tally->sum, &count);
}

static const struct column dry_columns[] = {
	{ "LINE", "line", NULL, true },
	{ "PAID", "paid_on", NULL, false },
	{ "AMOUNT", "amount", form_kronor, true },
	{ "CASE", "case", NULL, false },
	{ "REFERENCE", "reference", NULL, false },
	{ "PAYMENT", "payment", NULL, false },
	{ "", "same_as", form_same_as, false },
	COLUMNS_END,
};

static json_t *dry_row(const struct import *import, const struct payment *payment)
{
	char day[DATE_TEXT_SIZE];
	const char *of_case = match_case(import->match, payment);
	if (payment->is_known || is_left_out(payment, of_case))
		return NULL;
	json_int_t amount = payment->reversal ? -payment->amount : payment->amount;
	return json_pack("{s:i, s:s, s:I, s:o, s:s, s:s, s:s*}", "line", payment->line, "paid_on",
			 date_format(payment->paid_on, day), "amount", amount, "case",
			 of_case == NULL ? json_null() : json_string(of_case), "reference",
			 payment->references, "payment", payment->bank_reference, "same_as",
			 payment->alike);
}

typedef void take_row(void *arg, const json_t *row);

static void each_dry_row(const struct import *import, take_row *take, void *arg)
{
	for (size_t f = 0; f < import->file_count; f++)
		for (size_t i = 0; i < import->files[f].payments.count; i++) {
			json_t *row = dry_row(import, &import->files[f].payments.list[i]);
			if (row != NULL)
				take(arg, row);
			json_decref(row);
		}
}

static void keep_row(void *arg, const json_t *row)
{
	json_array_append(arg, (json_t *)row);
}

#define ROWS_AT_ONCE 1000 /* however long the file is */

static void print_row(void *arg, const json_t *row)
{
	if (table_count(arg) == 0)
		puts("\nWould be booked:");
	table_add(arg, row);
	if (table_count(arg) % ROWS_AT_ONCE == 0)
		table_flush(arg);
}

static void say_tally(const struct import *import)
{
	const struct tally *tally = &import->tally;
	char *sum = show_kronor(tally->sum);
	printf("%lld matched, %lld unmatched, %lld returns, %lld left out; %s kronor came in\n",
	       tally->matched, tally->unmatched, tally->returns, tally->left_out, sum);
	free(sum);
	if (tally->alike > 0)
		printf("%lld of the unmatched may be payments that are known already: "
		       "\"payments unmatched\" lists them\n",
		       tally->alike);
}

static void say_reach(const struct import *import)
{
	char day[DATE_TEXT_SIZE];
	for (size_t i = 0; i < import->file_count; i++) {
		const struct payment_list *list = &import->files[i].payments;
		bool is_held = list->pending != DATE_NONE &&
			       list->covers_through == date_add_days(list->pending, -1);
		if (!list->has_more_pages)
			show_printf(stdout, "%s: payments through %s%s\n", import->files[i].path,
				    date_format(list->covers_through, day),
				    is_held ? ": one of the day after is not booked yet" : "");
	}
}

/* Through which day payments are known now that the files are in; DATE_NONE: no file tells. */
static date now_reached(const struct import *import)
{
	return import->reached > import->last_reach ? import->reached : import->last_reach;
}

static int say_dry(const struct import *import)
{
	if (import->call->json) {
		json_t *rows = json_array();
		each_dry_row(import, keep_row, rows);
		show_json(stdout, rows);
		json_decref(rows);
		return CTL_DONE;
	}
	struct table *table = table_new(stdout, dry_columns);
	each_dry_row(import, print_row, table);
	table_flush(table);
	table_free(table);
	say_tally(import);
	say_reach(import);
	return CTL_DONE;
}

static int say_done(const struct import *import)
{
	const struct tally *tally = &import->tally;
	char day[DATE_TEXT_SIZE], sum[KRONOR_TEXT_SIZE];
	date reached = now_reached(import);
	if (import->call->json) {
		json_t *all = json_pack(
		    "{s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:s, s:s*}", "new",
		    (json_int_t)tally->recorded.fresh, "known", (json_int_t)tally->recorded.known,
		    "matched", (json_int_t)tally->matched, "unmatched",
		    (json_int_t)tally->unmatched, "alike", (json_int_t)tally->alike, "returns",
		    (json_int_t)tally->returns, "left_out", (json_int_t)tally->left_out, "kronor",
		    kronor_format(tally->sum, sum), "covers_through",
		    reached == DATE_NONE ? NULL : date_format(reached, day));
		show_json(stdout, all);
		json_decref(all);
		return CTL_DONE;
	}
	printf("%lld new, %lld known\n", tally->recorded.fresh, tally->recorded.known);
	if (tally->recorded.fresh > 0)
		say_tally(import);
	say_reach(import);
	if (reached != DATE_NONE)
		printf("payments are known through %s\n", date_format(reached, day));
	return CTL_DONE;
}

static int book(struct import *import)
{
	int code = CTL_DONE;
	for (size_t i = 0; i < import->file_count && code == CTL_DONE; i++)
		code = send_payments(import, &import->files[i], "event.check");
	if (code != CTL_DONE) {
		fputs("kedjactl: nothing was booked\n", stderr);
		return code;
	}
	for (size_t i = 0; i < import->file_count && code == CTL_DONE; i++) {
		if (i > 0) /* what the file before has brought in is known now */
			code = standing_learn(import->client, import->match, import->programme,
					      &import->files[i].payments);
		if (code == CTL_DONE)
			code = send_payments(import, &import->files[i], "event.record");
		if (code == CTL_DONE)
			count_file(import, &import->files[i], false);
		if (code == CTL_DONE)
			code = book_reach(import, &import->files[i]);
	}
	if (code == CTL_DONE)
		return say_done(import);
	fprintf(stderr,
		"kedjactl: stopped after %lld new, %lld known: import the same files again\n",
		import->tally.recorded.fresh, import->tally.recorded.known);
	return code;
}

static int run(struct import *import)
{
	int code = ask_open(import->call, &import->client);
	if (code == CTL_DONE)
		code = learn_programme(import);
	if (code == CTL_DONE)
		code = learn_references(import);
	if (code == CTL_DONE)
		code = read_files(import);
	for (size_t i = 0; code == CTL_DONE && i < import->file_count; i++)
		code = standing_learn(import->client, import->match, import->programme,
				      &import->files[i].payments);
	if (code != CTL_DONE)
		return code;
	if (!invocation_flag(import->call, "dry-run"))
		return book(import);
	for (size_t i = 0; i < import->file_count; i++)
		count_file(import, &import->files[i], true);
	return say_dry(import);
}

int verb_payments_import(const struct invocation *call)
{
	struct import *import = xcalloc(1, sizeof(*import));
	import->call = call;
	import->match = match_new();
	import->reached = DATE_NONE;
	int code = run(import);
	client_close(import->client);
	for (size_t i = 0; i < import->file_count; i++)
		payment_file_clear(&import->files[i]);
	free(import->files);
	free(import->programme);
	free(import->last_format);
	match_free(import->match);
	problems_clear(&import->problems);
	events_clear(&import->filling);
	recorded_clear(&import->tally.recorded);
	for (size_t i = 0; i < ON_THEIR_WAY; i++)
		events_clear(&import->asked[i]);
	free(import);
	return code;
}
