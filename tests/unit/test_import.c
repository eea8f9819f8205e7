/* SPDX-License-Identifier: EUPL-1.2 */
/* Import files: CSV and NDJSON to events, every mistake at its line, and sources that hold. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "daemon/conf/office_rows.h"
#include "daemon/ctl/buffer.h"
#include "daemon/ctl/events.h"
#include "daemon/ctl/headings.h"
#include "daemon/ctl/rows.h"
#include "daemon/ctl/source.h"
#include "tests/unit/shipped.h"

/* Their events, a line each: "3 {event}" without its source, then the problems. Closes `rows`. */
static char *read_rows(struct rows *rows, struct problems *problems)
{
	struct buffer out = BUFFER_NONE;
	struct row row;
	while (rows != NULL && rows_next(rows, &row, problems)) {
		if (row.event == NULL)
			continue;
		assert_non_null(json_object_get(row.event, "source"));
		json_object_del(row.event, "source");
		char *event = json_dumps(row.event, JSON_COMPACT | JSON_SORT_KEYS);
		buffer_printf(&out, "%d %s\n", row.line, event);
		free(event);
		json_decref(row.event);
	}
	for (size_t i = 0; i < problems->count; i++) {
		char *problem = problem_format(&problems->list[i]);
		buffer_printf(&out, "%s\n", problem);
		free(problem);
	}
	rows_close(rows);
	problems_clear(problems);
	return buffer_take(&out);
}

static char *read_text(const char *text, size_t length, const char *kind)
{
	struct problems problems = PROBLEMS_NONE;
	return read_rows(rows_open(text, length, "f", kind, &problems), &problems);
}

static void assert_rows(const char *text, const char *kind, const char *expected)
{
	char *got = read_text(text, strlen(text), kind);
	assert_string_equal(got, expected);
	free(got);
}

static void csv_is_read(void **state)
{
	(void)state;
	assert_rows(
	    "subject,key,at,amount\nA-1,2026-12,2026-11-30,540000\nB-2,,,7\n", "rent.charged",
	    "2 {\"at\":\"2026-11-30\",\"data\":{\"amount\":\"540000\"},\"key\":\"2026-12\","
	    "\"kind\":\"rent.charged\",\"subject\":\"A-1\"}\n"
	    "3 {\"data\":{\"amount\":\"7\"},\"kind\":\"rent.charged\",\"subject\":\"B-2\"}\n");
}

static void csv_from_spreadsheets_is_read(void **state)
{
	(void)state;
	assert_rows(
	    "\xef\xbb\xbfsubject;why\r\nA;\"ett, \"\"två\"\";\r\ntre\"\r\n;\r\n\r\nÖ ; x \r\n", "k",
	    "2 {\"data\":{\"why\":\"ett, "
	    "\\\"två\\\";\\r\\ntre\"},\"kind\":\"k\",\"subject\":\"A\"}\n"
	    "6 {\"data\":{\"why\":\"x\"},\"kind\":\"k\",\"subject\":\"Ö\"}\n");
	assert_rows("subject\nA", "k", "2 {\"data\":{},\"kind\":\"k\",\"subject\":\"A\"}\n");
	assert_rows("\n\n \"subject\" , x\nA,\"\"\n", "k",
		    "4 {\"data\":{},\"kind\":\"k\",\"subject\":\"A\"}\n");
}

static void the_first_separator_counts(void **state)
{
	(void)state;
	assert_rows("subject;a,b\nA;1,5\n", "k",
		    "2 {\"data\":{\"a,b\":\"1,5\"},\"kind\":\"k\",\"subject\":\"A\"}\n");
	assert_rows("\"subject\",\"a;b\"\nA,1\n", "k",
		    "2 {\"data\":{\"a;b\":\"1\"},\"kind\":\"k\",\"subject\":\"A\"}\n");
}

static void mistakes_of_csv_are_all_told(void **state)
{
	(void)state;
	assert_rows(
	    "subject,a\nA\nB,1,2\nC,\"x\"y\nD,sk\xe4r\nE,5\nF,\"never\nclosed", "k",
	    "5 {\"data\":{\"a\":\"skär\"},\"kind\":\"k\",\"subject\":\"D\"}\n"
	    "6 {\"data\":{\"a\":\"5\"},\"kind\":\"k\",\"subject\":\"E\"}\n"
	    "f:2: 1 cells, but the header has 2\n"
	    "f:3: 3 cells, but the header has 2\n"
	    "f:4: text after a closing quotation mark: double a mark that belongs to the text\n"
	    "f:7: a quotation mark is opened here and never closed\n");
}

#define OF_A "{\"data\":{\"x\":\"5 å\"},\"kind\":\"k\",\"subject\":\"A\"}\n"

/* Reports of other systems: how they part cells, what stands above the header and behind rows. */
static void csv_of_reports_is_read(void **state)
{
	(void)state;
	assert_rows("sep=;\nsubject;x\nA;5 å\n", "k", "3 " OF_A);
	assert_rows("\"SEP=,\"\r\nsubject,x\r\nA,5 å\r\n", "k", "3 " OF_A);
	assert_rows("sep=|\nsubject|x\nA|5 å\n", "k", "3 " OF_A);
	assert_rows("subject\tx\nA\t5 å\n", "k", "2 " OF_A);
	assert_rows("subject\tx\ty\nA\t5 å\t\n", "k", "2 " OF_A);
	assert_rows("subject\ty\tx\nA\t\t5 å\n", "k", "2 " OF_A);
	assert_rows("Hyror, Östermalm; 2026\n\nUtskriven \"i dag\",;\nx;subject\n5 å;A\n", "k",
		    "5 " OF_A);
	assert_rows("sep=;\nHyror, med subject,\n\nx;subject;;\n5 å;A;;\n5 å;A\n", "k",
		    "5 " OF_A "6 " OF_A);
	assert_rows("subject;x;\nA;5 å;6\n", "k", "f:2: 3 cells, but the header has 2\n");
	/* Without the column that must be there, the first line is the header, as it is told. */
	assert_rows("Hyror\nsubjekt;x\n", "k", "f:1: the header has no column \"subject\"\n");
}

static void assert_bytes(const char *bytes, size_t length, const char *expected)
{
	char *got = read_text(bytes, length, "k");
	assert_string_equal(got, expected);
	free(got);
}

#define BYTES(text) text, sizeof(text) - 1

static void csv_in_other_letters_is_read(void **state)
{
	(void)state;
	assert_rows("subject;x\nA;5 \xe5\n", "k", "2 " OF_A);
	assert_rows("subject;x\nA;\x80 \x93\x99\n", "k",
		    "2 {\"data\":{\"x\":\"€ “™\"},\"kind\":\"k\",\"subject\":\"A\"}\n");
	assert_bytes(BYTES("\xff\xfes\0u\0b\0j\0e\0c\0t\0\t\0x\0\r\0\n\0"
			   "A\0\t\0005\0 \0\xe5\0\n\0"),
		     "2 " OF_A);
	assert_bytes(BYTES("s\0u\0b\0j\0e\0c\0t\0;\0x\0\n\0A\0;\0005\0 \0\xe5\0\n\0"), "2 " OF_A);
	assert_bytes(BYTES("\xfe\xff\0s\0u\0b\0j\0e\0c\0t\0;\0x\0\n\0A\0;\0005\0 \0\xe5"),
		     "2 " OF_A);
	assert_bytes(BYTES("\0s\0u\0b\0j\0e\0c\0t\0;\0x\0\n\0A\0;\xd8\x3d\xde\x00"),
		     "2 {\"data\":{\"x\":\"\xf0\x9f\x98\x80\"},\"kind\":\"k\",\"subject\":"
		     "\"A\"}\n");
	assert_bytes(BYTES("\xff\xfes\0\n\0x"),
		     "f:1: is UTF-16 that ends within a letter: save it again\n");
	assert_bytes(BYTES("\xff\xfes\0\n\0\0\xd8"),
		     "f:2: is UTF-16 with half a letter: save it again\n");
	assert_rows("subject;x\nA;\xe5\nB;å\n", "k",
		    "f:3: is UTF-8 in this line and not in others: save the file as UTF-8\n");
	assert_rows("subject;x\nA;\x81\n", "k",
		    "f:2: is neither UTF-8 nor Windows-1252: save the file as UTF-8\n");
}

static void ndjson_in_utf16_is_read(void **state)
{
	(void)state;
	static const char a[] = "1 {\"data\":{\"x\":\"ö\"},\"subject\":\"A\"}\n"
				"2 {\"data\":{\"x\":\"1\"},\"subject\":\"B\"}\n";
	static const char text[] =
	    "{\"subject\":\"A\",\"x\":\"\xf6\"}\r\n{\"subject\":\"B\",\"x\":\"1\"}\n";
	char little[2 * sizeof(text)] = "\xff\xfe", big[2 * sizeof(text)] = "\xfe\xff";
	for (size_t i = 0; i < sizeof(text) - 1; i++) {
		little[2 * i + 2] = big[2 * i + 3] = text[i];
		little[2 * i + 3] = big[2 * i + 2] = '\0';
	}
	char *got[] = { read_text(little, sizeof(little), NULL),
			read_text(little + 2, sizeof(little) - 2, NULL),
			read_text(big, sizeof(big), NULL) };
	for (size_t i = 0; i < sizeof(got) / sizeof(got[0]); i++) {
		assert_string_equal(got[i], a);
		free(got[i]);
	}
	char *cut = read_text(big, sizeof(big) - 1, NULL);
	assert_string_equal(cut, "f:1: is UTF-16 that ends within a letter: save it again\n");
	free(cut);
	/* JSON is UTF-8, or one of its brothers: a line in other letters is a mistake. */
	assert_rows(
	    "{\"subject\":\"\xe5\"}\n", NULL,
	    "f:1:12: not JSON: unable to decode byte 0xe5 near '\"' (save the file as UTF-8)\n");
}

static void headers_are_checked(void **state)
{
	(void)state;
	assert_rows("", "k", "f:1: the file is empty: it needs a header\n");
	assert_rows("\n\n", "k", "f:1: the file is empty: it needs a header\n");
	assert_rows("a,,a\n", "k", "f:1: column 2 has no name\nf:1: column \"a\" stands twice\n");
	assert_rows("\nkey,kind\n", "k",
		    "f:2: column \"kind\": --kind says it already, take the column out\n"
		    "f:2: the header has no column \"subject\"\n");
}

static void nul_bytes_are_refused(void **state)
{
	(void)state;
	static const char csv[] = "subject\nA\0B\nC\n";
	char *got = read_text(csv, sizeof(csv) - 1, "k");
	assert_string_equal(got, "3 {\"data\":{},\"kind\":\"k\",\"subject\":\"C\"}\n"
				 "f:2: a NUL byte: this is not a text file\n");
	free(got);
}

static void ndjson_is_read(void **state)
{
	(void)state;
	assert_rows("\xef\xbb\xbf{\"kind\":\"k\",\"subject\":\"A\",\"data\":{\"n\":1}}\r\n\n"
		    "  {\"kind\":\"k\",\"subject\":\"B\",\"key\":null,\"flag\":true,\"gone\":null}",
		    NULL,
		    "1 {\"data\":{\"n\":1},\"kind\":\"k\",\"subject\":\"A\"}\n"
		    "3 {\"data\":{\"flag\":true},\"kind\":\"k\",\"subject\":\"B\"}\n");
	assert_rows("{\"kind\":\"k\",\"data\":{\"kind\":\"field\",\"x\":null},\"y\":2}\n", NULL,
		    "1 {\"data\":{\"kind\":\"field\",\"y\":2},\"kind\":\"k\"}\n");
	assert_rows("", NULL, "");
}

static void mistakes_of_ndjson_are_all_told(void **state)
{
	(void)state;
	assert_rows(
	    "{\"kind\":\"k\",\"data\":[]}\n[1]\n{\"a\":1,\"data\":{\"a\":2}}\n{\"kind\":\"k\"}\n",
	    NULL,
	    "4 {\"data\":{},\"kind\":\"k\"}\n"
	    "f:1: data: must be an object of fields\n"
	    "f:2: not a JSON object: {\"kind\": ...}\n"
	    "f:3: a: stands beside data and in it\n");
}

static void broken_json_names_line_and_column(void **state)
{
	(void)state;
	static const char *const broken[] = { "{\"kind\":\"k\"", "{\"a\":1,\"a\":2}",
					      "{\"a\":\"\xe4\"}", "{\"a\":\"\\u0000\"}", "{} {}" };
	for (size_t i = 0; i < sizeof(broken) / sizeof(broken[0]); i++) {
		char *text = xasprintf("{}\n%s\n{}\n", broken[i]);
		char *got = read_text(text, strlen(text), NULL);
		assert_non_null(strstr(got, "1 {\"data\":{}}\n3 {\"data\":{}}\nf:2:"));
		assert_non_null(strstr(got, ": not JSON: "));
		free(got);
		free(text);
	}
}

/* Of a file of 500 rows whose kind was forgotten one complaint is enough. */
static void csv_without_its_kind_complains_once(void **state)
{
	(void)state;
	static const char table[] = "subject;a\nK-1;2\nK-2;3\n", line[] = "{}\nK-1;2\n{}\n;\n";
	char *got = read_text(table, strlen(table), NULL);
	const char *complaint = strstr(got, "(a CSV file wants --kind)");
	assert_int_equal(strncmp(got, "f:1:", 4), 0);
	assert_non_null(complaint);
	assert_null(strstr(complaint + 1, "f:"));
	free(got);
	got = read_text(line, strlen(line), NULL); /* among events each is told */
	assert_non_null(strstr(got, "f:2:"));
	assert_non_null(strstr(got, "f:4:"));
	free(got);
}

static void long_lines_are_refused(void **state)
{
	(void)state;
	struct buffer text = BUFFER_NONE;
	buffer_add_text(&text, "{\"a\":\"");
	for (int i = 0; i < ROW_MOST; i++)
		buffer_add_byte(&text, 'x');
	buffer_add_text(&text, "\"}\n{}\n");
	char *got = read_text(text.bytes, text.length, NULL);
	assert_string_equal(got, "2 {\"data\":{}}\nf:1: the line is longer than 512 KiB\n");
	free(got);
	buffer_clear(&text);
}

static void amounts_of_every_kind_are_summed_up(void **state)
{
	enum { KINDS = 40 };
	(void)state;
	struct recorded recorded = { .fresh = 0 };
	json_t *answer = json_array();
	for (int i = 0; i < 2 * KINDS; i++) {
		char *kind = xasprintf("bidrag.%d", i % KINDS);
		json_array_append_new(answer,
				      json_pack("{s:s, s:b, s:{s:s, s:s}}", "kind", kind, "known",
						0, "kronor", "amount", "100.50", "fee", "0.01"));
		free(kind);
	}
	recorded_add(&recorded, answer);
	json_decref(answer);
	assert_int_equal(recorded.fresh, 2 * KINDS);
	assert_int_equal(recorded.sum_count, 2 * KINDS);
	json_t *sums = recorded_kronor(&recorded);
	assert_string_equal(json_string_value(json_object_get(sums, "bidrag.0 amount")), "201.00");
	assert_string_equal(json_string_value(json_object_get(sums, "bidrag.39 fee")), "0.02");
	json_decref(sums);
	recorded_clear(&recorded);
}

/* The sources of all rows, with commas. */
static char *sources_of(const char *text, const char *kind)
{
	struct problems problems = PROBLEMS_NONE;
	struct buffer out = BUFFER_NONE;
	struct rows *rows = rows_open(text, strlen(text), "f", kind, &problems);
	struct row row;
	while (rows_next(rows, &row, &problems)) {
		buffer_printf(&out, "%s,", json_string_value(json_object_get(row.event, "source")));
		json_decref(row.event);
	}
	assert_int_equal(problems.count, 0);
	rows_close(rows);
	return buffer_take(&out);
}

static void the_same_row_has_the_same_source(void **state)
{
	(void)state;
	char *one =
	    sources_of("{\"kind\":\"k\",\"subject\":\"A\",\"data\":{\"n\":1,\"b\":true}}", NULL);
	char *other =
	    sources_of("{ \"b\": true, \"n\": 1, \"subject\": \"A\", \"kind\": \"k\" }\r\n", NULL);
	char *csv = sources_of("b;n;subject\ntrue;1;A\n", "k");
	assert_string_equal(one, other);
	assert_string_equal(one, csv);
	assert_int_equal(strlen(one), 32 + 3);
	free(one);
	free(other);
	free(csv);
}

static void equal_rows_of_a_file_are_counted(void **state)
{
	(void)state;
	char *text = sources_of("subject\nA\nB\nA\nA\n", "k");
	char *a = xasprintf("%.32s", text), *b = xasprintf("%.32s", text + 35);
	char *expected = xasprintf("%s-0,%s-0,%s-1,%s-2,", a, b, a, a);
	assert_string_not_equal(a, b);
	assert_string_equal(text, expected);
	free(expected);
	free(a);
	free(b);
	free(text);
}

static void a_row_may_name_its_source(void **state)
{
	(void)state;
	char *text = sources_of("subject,source\nA,mine\nA,\n", "k");
	assert_memory_equal(text, "mine,", 5);
	assert_string_equal(text + 5 + 32, "-0,");
	free(text);
}

static hash_wide hash_of(const char *json)
{
	json_t *event = json_loads(json, 0, NULL);
	hash_wide hash = source_hash_event(event);
	json_decref(event);
	return hash;
}

static void what_differs_hashes_differently(void **state)
{
	(void)state;
	static const char *const events[] = {
		"{}",
		"{\"kind\":\"ab\",\"subject\":\"c\"}",
		"{\"kind\":\"a\",\"subject\":\"bc\"}",
		"{\"kind\":\"a\",\"key\":\"bc\"}",
		"{\"kind\":\"a\",\"at\":\"bc\"}",
		"{\"kind\":\"a\",\"data\":{\"b\":\"c\"}}",
		"{\"kind\":\"a\",\"data\":{\"bc\":\"\"}}",
		"{\"kind\":\"a\",\"data\":{\"b\":\"c\",\"d\":\"e\"}}",
		"{\"kind\":\"a\",\"data\":{\"b\":\"cd\",\"e\":\"\"}}",
	};
	for (size_t i = 0; i < sizeof(events) / sizeof(events[0]); i++)
		for (size_t j = 0; j < i; j++)
			assert_true(hash_of(events[i]) != hash_of(events[j]));
}

/* The published value for the empty input is the basis; five texts of nothing are five NULs. */
static void the_hash_is_fnv_1a(void **state)
{
	(void)state;
	hash_wide prime = ((hash_wide)1 << 88) + 0x13b;
	hash_wide hash = ((hash_wide)0x6c62272e07bb0142 << 64) | 0x62b821756295c58d;
	for (int i = 0; i < 4; i++)
		hash *= prime;
	assert_true(hash_of("{}") == hash);
}

static void many_rows_are_remembered(void **state)
{
	(void)state;
	struct sources_seen *seen = sources_new();
	char text[SOURCE_TEXT_SIZE];
	for (int round = 0; round < 2; round++) {
		for (int i = 0; i < 5000; i++) {
			json_t *event = json_pack("{s:i}", "key", i);
			sources_name(seen, event, text);
			assert_string_equal(text + 32, round == 0 ? "-0" : "-1");
			json_decref(event);
		}
	}
	sources_free(seen);
}

/* --- Swedish headings ------------------------------------------------------------------------- */

static json_t *kinds;

static int know_kinds(void **state)
{
	(void)state;
	struct problems problems = PROBLEMS_NONE;
	char *text = shipped_text("conf/chain.conf");
	struct chain *chain = chain_parse(text, "chain.conf", &problems);
	free(text);
	kinds = office_kind_rows(chain);
	chain_free(chain);
	return 0;
}

static int forget_kinds(void **state)
{
	(void)state;
	json_decref(kinds);
	return 0;
}

static const json_t *kind_named(const char *name)
{
	for (size_t i = 0; i < json_array_size(kinds); i++)
		if (strcmp(json_string_value(json_object_get(json_array_get(kinds, i), "name")),
			   name) == 0)
			return json_array_get(kinds, i);
	fail_msg("no kind %s", name);
	return NULL;
}

static void assert_sheet(const char *text, const char *kind, const char *expected)
{
	struct problems problems = PROBLEMS_NONE;
	char *got = read_rows(rows_open_sheet(text, strlen(text), "f", kind_named(kind), &problems),
			      &problems);
	assert_string_equal(got, expected);
	free(got);
}

static void a_sheet_is_read_as_people_write_it(void **state)
{
	(void)state;
	assert_sheet(
	    "\xef\xbb\xbf\xc3\x84rende;DATUM; program ;Skyddade uppgifter;Antal barn\r\n"
	    "# beteckning;en dag;...;ja eller nej;ett antal\r\n"
	    " K-1 ;28/11/2026;norr;Ja;2\r\n"
	    "K-2;2026-11-28 00:00:00;norr;nej;\r\n"
	    "# slut;;;;\r\n"
	    "K-3;1.12.2026;norr;x;\r\n"
	    "K-4;31/11/2026;norr;kanske;\r\n",
	    "case.opened",
	    "3 {\"at\":\"2026-11-28\",\"data\":{\"children\":\"2\",\"programme\":\"norr\","
	    "\"protected\":\"true\"},\"kind\":\"case.opened\",\"subject\":\"K-1\"}\n"
	    "4 {\"at\":\"2026-11-28\",\"data\":{\"programme\":\"norr\",\"protected\":\"false\"},"
	    "\"kind\":\"case.opened\",\"subject\":\"K-2\"}\n"
	    "6 {\"at\":\"2026-12-01\",\"data\":{\"programme\":\"norr\",\"protected\":\"true\"},"
	    "\"kind\":\"case.opened\",\"subject\":\"K-3\"}\n"
	    "7 {\"at\":\"31/11/2026\",\"data\":{\"programme\":\"norr\",\"protected\":\"kanske\"},"
	    "\"kind\":\"case.opened\",\"subject\":\"K-4\"}\n");
	/* Windows-1252; names of fields may stand beside headings; kronor with a comma */
	assert_sheet("\xc4rende;at;Hyra per m\xe5nad (kr);Omr\xe5"
		     "de\nK-1;2026-11-28;5400,50;OWN\n",
		     "lease.started",
		     "2 {\"at\":\"2026-11-28\",\"data\":{\"area\":\"own\",\"rent_kr\":\"5400,50\"},"
		     "\"kind\":\"lease.started\",\"subject\":\"K-1\"}\n");
	/* a row of help is one by its place, too: what says whose it is is an event */
	assert_sheet("Vad;\xc3\x84rende;Roll\n#budget;K-1;social_worker\n", "task.agreed",
		     "2 {\"data\":{\"role\":\"social_worker\",\"what\":\"#budget\"},\"kind\":"
		     "\"task.agreed\",\"subject\":\"K-1\"}\n");
	assert_sheet("Datum;Program\n2026-11-28;norr\n", "case.opened",
		     "f:1: the header has no column \"\xc3\x84rende\": kedjactl import --template "
		     "case.opened shows what a file has\n");
	assert_sheet(
	    "\xc3\x84rende;subject\nK-1;K-1\n", "case.opened",
	    "f:1: columns \"\xc3\x84rende\" and \"subject\" are both subject: take one out\n");
}

/* Every field of every kind has a heading of its own, which leads back to it. */
static void every_field_has_a_heading(void **state)
{
	(void)state;
	for (size_t i = 0; i < json_array_size(kinds); i++) {
		const json_t *kind = json_array_get(kinds, i);
		const char **all = headings_all(kind);
		const json_t *fields = json_object_get(kind, "fields");
		for (size_t j = 0; all[j] != NULL; j++) {
			char *name = headings_name(kind, all[j]);
			const char *field =
			    j < 3 ? (const char *[]){ "subject", "subject", "at" }[j]
				  : json_string_value(
					json_object_get(json_array_get(fields, j - 3), "name"));
			if (strncmp(name, field, strlen(field)) != 0)
				fail_msg("%s: \"%s\" leads to %s, not to %s",
					 json_string_value(json_object_get(kind, "name")), all[j],
					 name, field);
			if (j > 0 && strcmp(name, all[j]) == 0)
				fail_msg("%s has no heading: headings.c", name);
			free(name);
		}
		headings_free(all);
	}
}

static void a_template_is_an_empty_file(void **state)
{
	(void)state;
	for (size_t i = 0; i < json_array_size(kinds); i++) {
		const json_t *kind = json_array_get(kinds, i);
		struct problems problems = PROBLEMS_NONE;
		char *text = NULL;
		size_t length = 0;
		FILE *out = open_memstream(&text, &length);
		headings_template(out, kind);
		fclose(out);
		char *got =
		    read_rows(rows_open_sheet(text, length, "f", kind, &problems), &problems);
		if (*got != '\0')
			fail_msg("%s gives %s", text, got);
		free(got);
		free(text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(csv_is_read),
		cmocka_unit_test(csv_from_spreadsheets_is_read),
		cmocka_unit_test(the_first_separator_counts),
		cmocka_unit_test(mistakes_of_csv_are_all_told),
		cmocka_unit_test(csv_of_reports_is_read),
		cmocka_unit_test(csv_in_other_letters_is_read),
		cmocka_unit_test(ndjson_in_utf16_is_read),
		cmocka_unit_test(headers_are_checked),
		cmocka_unit_test(nul_bytes_are_refused),
		cmocka_unit_test(ndjson_is_read),
		cmocka_unit_test(mistakes_of_ndjson_are_all_told),
		cmocka_unit_test(broken_json_names_line_and_column),
		cmocka_unit_test(csv_without_its_kind_complains_once),
		cmocka_unit_test(long_lines_are_refused),
		cmocka_unit_test(amounts_of_every_kind_are_summed_up),
		cmocka_unit_test(the_same_row_has_the_same_source),
		cmocka_unit_test(equal_rows_of_a_file_are_counted),
		cmocka_unit_test(a_row_may_name_its_source),
		cmocka_unit_test(what_differs_hashes_differently),
		cmocka_unit_test(the_hash_is_fnv_1a),
		cmocka_unit_test(many_rows_are_remembered),
		cmocka_unit_test(a_sheet_is_read_as_people_write_it),
		cmocka_unit_test(every_field_has_a_heading),
		cmocka_unit_test(a_template_is_an_empty_file),
	};
	return cmocka_run_group_tests(tests, know_kinds, forget_kinds);
}
