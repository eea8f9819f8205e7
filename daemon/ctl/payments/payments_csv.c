/* SPDX-License-Identifier: EUPL-1.2 */
/* See payments_csv.h. */
#include "daemon/ctl/payments/payments_csv.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/ctl/csv.h"
#include "daemon/ctl/encoding.h"
#include "rules/base/kronor.h"

struct places {
	int reference, month, amount, paid_on, id; /* -1: no such column */
};

struct csv_reading {
	const struct payment_input *input;
	const struct payment_columns *columns;
	struct payment_list *list;
	struct problems *problems;
	struct places places;
};

static int find_column(const struct csv *csv, const char *name)
{
	for (size_t i = 0; i < csv_columns(csv); i++)
		if (strcmp(csv_column(csv, i), name) == 0)
			return (int)i;
	return -1;
}

static int need_column(const struct csv_reading *reading, const struct csv *csv, const char *name)
{
	int place = find_column(csv, name);
	if (place < 0)
		problem_add(reading->problems, reading->input->file, csv_header_line(csv),
			    "there is no column \"%s\": kedja.conf says which column means what",
			    name);
	return place;
}

static void find_columns(struct csv_reading *reading, const struct csv *csv)
{
	const struct payment_columns *columns = reading->columns;
	reading->places = (struct places){
		.reference = need_column(reading, csv, columns->reference),
		.amount = need_column(reading, csv, columns->amount),
		.paid_on = need_column(reading, csv, columns->paid_on),
		.month = *columns->month == '\0' ? -1 : find_column(csv, columns->month),
		.id = *columns->id == '\0' ? -1 : need_column(reading, csv, columns->id),
	};
}

static const char *cell(const struct csv_record *record, int place)
{
	return place < 0 ? "" : record->cells[place];
}

/* "540 050", "−50": without the blanks that spreadsheets put between thousands, and with the minus
 * of keyboards. */
static char *plain_number(const char *text)
{
	static const struct {
		const char *letter, *plain;
	} letters[] = {
		{ " ", "" }, { "\u00a0", "" }, { "\u2009", "" }, { "\u202f", "" }, { "\u2212", "-" }
	};
	const size_t count = sizeof(letters) / sizeof(letters[0]);
	char *bare = xcalloc(strlen(text) + 1, 1), *to = bare;
	while (*text != '\0') {
		size_t i = 0;
		while (i < count && strncmp(text, letters[i].letter, strlen(letters[i].letter)))
			i++;
		if (i < count) {
			for (const char *plain = letters[i].plain; *plain != '\0'; plain++)
				*to++ = *plain;
			text += strlen(letters[i].letter);
		} else {
			*to++ = *text++;
		}
	}
	return bare;
}

static bool read_amount(struct csv_reading *reading, const struct csv_record *record,
			struct payment_draft *draft)
{
	const char *reason = NULL, *text = cell(record, reading->places.amount);
	char *plain = plain_number(text);
	bool below = *plain == '-';
	int failed = 0;
	draft->amount = 0;
	if (*plain != '\0')
		failed = reading->columns->in_kronor
			     ? kronor_parse(text, &draft->amount, &reason)
			     : payment_parse_ore(plain + below, &draft->amount, &reason);
	free(plain);
	draft->reversal = below;
	if (draft->amount < 0)
		draft->amount = -draft->amount;
	if (failed != 0)
		payment_complain(reading->list, reading->problems, reading->input->file,
				 record->line, 0, "%s: %s%s", reading->columns->amount, reason,
				 reading->columns->in_kronor
				     ? ""
				     : ": 5400,50 is 540050, or kronor by payments_unit in "
				       "kedja.conf");
	return failed == 0;
}

static bool read_day(struct csv_reading *reading, const struct csv_record *record,
		     struct payment_draft *draft)
{
	if (date_parse(cell(record, reading->places.paid_on), &draft->paid_on) == 0) {
		draft->booked_on = draft->paid_on;
		return true;
	}
	payment_complain(reading->list, reading->problems, reading->input->file, record->line, 0,
			 "%s: is not a date: write it as in 2026-11-30", reading->columns->paid_on);
	return false;
}

/* A day stands for the month that it is the rent day of: rent is paid for the month to come, when
 * that day is one of the last of a month. A month ("2026-12") is itself. */
static void add_month(struct csv_reading *reading, const struct csv_record *record,
		      struct payment_words *words)
{
	const char *text = cell(record, reading->places.month);
	date day;
	int year, month, of_month;
	char name[16];
	if (date_parse(text, &day) != 0) {
		payment_add_words(words, text, false, reading->input);
		return;
	}
	date_to_ymd(day, &year, &month, &of_month);
	if (of_month > 20)
		date_to_ymd(date_add_months(day, 1), &year, &month, &of_month);
	snprintf(name, sizeof(name), "%04d-%02d", year, month);
	payment_add_words(words, name, false, reading->input);
}

static void read_row(struct csv_reading *reading, const struct csv_record *record)
{
	struct payment_words words = { .length = 0 };
	struct payment_draft draft = { .words = &words, .line = record->line };
	char day[DATE_TEXT_SIZE];
	const char *id = cell(record, reading->places.id);
	if (!read_amount(reading, record, &draft) || draft.amount == 0)
		return; /* a rent that nobody has paid yet */
	if (!read_day(reading, record, &draft))
		return;
	payment_add_words(&words, cell(record, reading->places.reference), false, reading->input);
	add_month(reading, record, &words);
	char *identity =
	    *id != '\0'
		? xasprintf("csv %s %d", id, draft.reversal)
		: xasprintf("csv %s %s %s %lld %d", cell(record, reading->places.reference),
			    cell(record, reading->places.month), date_format(draft.paid_on, day),
			    (long long)draft.amount, draft.reversal);
	draft.identity = identity;
	draft.readable = *id != '\0' ? id : "CSV";
	draft.is_nameless = *id == '\0';
	payment_add(reading->list, &draft);
	free(identity);
}

/* What is wrong with a record as such is told like all else. */
static bool next_record(struct csv_reading *reading, struct csv *csv, struct csv_record *ret)
{
	struct problems own = PROBLEMS_NONE;
	bool found = csv_next(csv, ret, &own);
	for (size_t i = 0; i < own.count; i++)
		payment_complain(reading->list, reading->problems, own.list[i].place,
				 own.list[i].line, own.list[i].column, "%s", own.list[i].text);
	problems_clear(&own);
	return found;
}

static void read_rows(struct csv_reading *reading)
{
	const struct payment_input *input = reading->input;
	const struct payment_columns *columns = reading->columns;
	const char *wanted[] = { columns->amount, columns->paid_on, columns->reference,
				 *columns->id == '\0' ? NULL : columns->id, NULL };
	size_t before = reading->problems->count;
	struct csv *csv =
	    csv_open(input->text, input->length, input->file, wanted, reading->problems);
	struct csv_record record;
	if (csv != NULL)
		find_columns(reading, csv);
	bool has_columns = csv != NULL && reading->problems->count == before;
	while (has_columns && next_record(reading, csv, &record))
		if (record.cells != NULL)
			read_row(reading, &record);
	csv_close(csv);
	if (reading->problems->count == before)
		payment_list_finish(reading->list, input->file, reading->problems);
}

/* UTF-16 has NUL bytes, and is a text all the same. */
static bool is_text(const struct payment_input *input)
{
	struct problems problems = PROBLEMS_NONE;
	size_t length = 0;
	char *made = NULL;
	const char *text =
	    encoding_to_utf8(input->text, input->length, input->file, &length, &made, &problems);
	bool is = text == NULL || memchr(text, '\0', length) == NULL;
	free(made);
	problems_clear(&problems);
	return is;
}

void payments_csv_read(const struct payment_input *input, const struct payment_columns *columns,
		       struct payment_list *ret, struct problems *problems)
{
	struct csv_reading reading = {
		.input = input, .columns = columns, .list = ret, .problems = problems
	};
	if (is_text(input))
		read_rows(&reading);
	else
		problem_add(problems, input->file, 1, "has a NUL byte: this is not a text file");
}

bool payments_csv_is(const char *text, size_t length, const struct payment_columns *columns)
{
	const char *wanted[] = { columns->amount, NULL };
	return csv_has_header(text, length, wanted);
}
