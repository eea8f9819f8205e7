/* SPDX-License-Identifier: EUPL-1.2 */
/* What people see: columns that line up whatever the letters, and nothing that moves a cursor. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "daemon/ctl/show.h"
#include "daemon/ctl/terminal.h"

static void assert_escaped(const char *text, const char *expected)
{
	char *escaped = show_escape(text, false);
	assert_string_equal(escaped, expected);
	free(escaped);
}

static void control_characters_are_escaped(void **state)
{
	(void)state;
	assert_escaped("Östermalm, blå gatan 3", "Östermalm, blå gatan 3");
	assert_escaped("a\nb\tc\rd", "a\\nb\\tc\\rd");
	assert_escaped("\033[31mred", "\\x1b[31mred");
	assert_escaped("\x7f", "\\x7f");
	assert_escaped("\xc2\x9b"
		       "31m",
		       "\\x9b31m"); /* CSI in one character */
	assert_escaped("\u202e"
		       "gnp",
		       "\\u{202e}gnp"); /* right to left from here */
	assert_escaped("a\u200bb", "a\\u{200b}b");
	assert_escaped("", "");
}

static void bytes_that_are_not_text_are_escaped(void **state)
{
	(void)state;
	assert_escaped("sk\xe4rg\xe5rd", "sk\\xe4rg\\xe5rd"); /* Latin-1 */
	assert_escaped("\xc0\xaf", "\\xc0\\xaf");             /* overlong */
	assert_escaped("\xed\xa0\x80", "\\xed\\xa0\\x80");    /* a surrogate */
	assert_escaped("\xc3", "\\xc3");                      /* half a letter */
}

static void lines_stay_where_they_may(void **state)
{
	(void)state;
	char *escaped = show_escape("Hej\n\tdu\033\r\n", true);
	assert_string_equal(escaped, "Hej\n\tdu\\x1b\\r\n");
	free(escaped);
}

static void widths_are_columns_not_bytes(void **state)
{
	(void)state;
	assert_int_equal(show_width("abc"), 3);
	assert_int_equal(show_width("åäö"), 3);
	assert_int_equal(show_width("a\u0308o"), 2);     /* a, combining dots, o */
	assert_int_equal(show_width("\u6771\u4eac"), 4); /* two wide letters */
	assert_int_equal(show_width(""), 0);
}

static void assert_time(const char *time, const char *expected)
{
	char *shown = show_time(time);
	assert_string_equal(shown, expected);
	free(shown);
}

static void times_are_short(void **state)
{
	(void)state;
	assert_time("2026-11-30T08:00:00+01:00", "2026-11-30 08:00");
	assert_time("2026-11-30T08:00:07+01:00", "2026-11-30 08:00:07");
	assert_time("2026-11-30T08:15", "2026-11-30 08:15");
	assert_time("2026-11-30", "2026-11-30");
	assert_time("", "");
	assert_time("soon", "soon");
	assert_time("2026-11-30T08", "2026-11-30T08");
}

static void assert_value(const char *json, const char *expected)
{
	json_t *value = json_loads(json, JSON_DECODE_ANY, NULL);
	char *shown = show_value(value);
	assert_string_equal(shown, expected);
	free(shown);
	json_decref(value);
}

static void values_are_for_people(void **state)
{
	(void)state;
	assert_value("null", "");
	assert_value("true", "yes");
	assert_value("false", "no");
	assert_value("17", "17");
	assert_value("-3", "-3");
	assert_value("\"sju\"", "sju");
	assert_value("[1,\"b\",null]", "1, b, ");
	assert_value("[]", "");
	assert_value("{\"a\":1}", "{\"a\":1}");
	char *missing = show_value(NULL);
	assert_string_equal(missing, "");
	free(missing);
}

static void ore_are_shown_as_kronor(void **state)
{
	(void)state;
	static const struct {
		int64_t ore;
		const char *text;
	} rows[] = { { 540050, "5400.50" },
		     { 5, "0.05" },
		     { 0, "0.00" },
		     { -1201, "-12.01" },
		     { INT64_MIN, "-92233720368547758.08" } };
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char *text = show_kronor(rows[i].ore);
		assert_string_equal(text, rows[i].text);
		free(text);
	}
}

/* What was written to the stream that `write` got. */
static char *written(void (*write)(FILE *out, const char *json), const char *json)
{
	char *text = NULL;
	size_t length = 0;
	FILE *out = open_memstream(&text, &length);
	write(out, json);
	fclose(out);
	return text;
}

static char *form_shout(const json_t *row, const json_t *value)
{
	return xasprintf("%s!%s", show_text_of(row, "name"), json_is_true(value) ? "!" : "");
}

static const struct column columns[] = {
	{ "NAME", "name", NULL, false },
	{ "N", "n", NULL, true },
	{ "SHOUT", "loud", form_shout, false },
	COLUMNS_END,
};

static void write_table(FILE *out, const char *json)
{
	json_t *pages = json_loads(json, 0, NULL);
	struct table *table = table_new(out, columns);
	for (size_t i = 0; i < json_array_size(pages); i++) {
		json_t *page = json_array_get(pages, i);
		for (size_t j = 0; j < json_array_size(page); j++)
			table_add(table, json_array_get(page, j));
		table_flush(table);
	}
	table_free(table);
	json_decref(pages);
}

static void tables_line_up(void **state)
{
	(void)state;
	char *text = written(write_table, "[[{\"name\":\"Åke\",\"n\":5,\"loud\":true},"
					  "{\"name\":\"Bo\\nE\",\"n\":1200}]]");
	assert_string_equal(text, "NAME      N  SHOUT\n"
				  "Åke       5  Åke!!\n"
				  "Bo\\nE  1200  Bo\\nE!\n");
	free(text);
}

static void later_pages_only_widen(void **state)
{
	(void)state;
	char *text =
	    written(write_table, "[[{\"name\":\"a\",\"n\":1}],[{\"name\":\"abcdef\",\"n\":2}],"
				 "[],[{\"name\":\"b\",\"n\":3}]]");
	assert_string_equal(text, "NAME  N  SHOUT\n"
				  "a     1  a!\n"
				  "abcdef  2  abcdef!\n"
				  "b       3  b!\n");
	free(text);
}

static void no_line_ends_in_blanks(void **state)
{
	(void)state;
	static const char json[] = "[[{\"name\":\"abc\",\"none\":1},{\"n\":5,\"name\":null}]]";
	static const struct column few[] = {
		{ "NAME", "name", NULL, false },
		{ "N", "n", NULL, true },
		{ "", "note", NULL, false },
		COLUMNS_END,
	};
	json_t *pages = json_loads(json, 0, NULL);
	char *text = NULL;
	size_t length = 0;
	FILE *out = open_memstream(&text, &length);
	show_rows(out, "Title", few, json_array_get(pages, 0));
	fclose(out);
	json_decref(pages);
	assert_string_equal(text, "\nTitle\nNAME  N\nabc\n      5\n");
	free(text);
}

static void an_empty_table_is_nothing(void **state)
{
	(void)state;
	char *text = written(write_table, "[[]]");
	assert_string_equal(text, "");
	free(text);
}

static void write_json_line(FILE *out, const char *json)
{
	json_t *value = json_loads(json, 0, NULL);
	show_json_line(out, value);
	json_decref(value);
}

static void json_is_safe_on_a_terminal(void **state)
{
	(void)state;
	char *text = written(write_json_line, "[\"\\u001b\\u009b\\u007f\\u00c5\"]");
	assert_string_equal(text, "[\"\\u001B\\u009b\\u007fÅ\"]");
	json_t *again = json_loads(text, 0, NULL);
	assert_string_equal(json_string_value(json_array_get(again, 0)), "\x1b\xc2\x9b\x7fÅ");
	json_decref(again);
	free(text);
}

static void printf_escapes_what_it_is_given(void **state)
{
	(void)state;
	char *text = NULL;
	size_t length = 0;
	FILE *out = open_memstream(&text, &length);
	show_printf(out, "%s: %d\n", "a\033b", 7);
	fclose(out);
	assert_string_equal(text, "a\\x1bb: 7\n");
	free(text);
}

static void a_problem_is_one_line(void **state)
{
	(void)state;
	struct problems problems = PROBLEMS_NONE;
	char *text = NULL;
	size_t length = 0;
	FILE *out = open_memstream(&text, &length);
	problem_add(&problems, "z\nforged: 1", 3, "is\u202e wrong");
	problem_add(&problems, "a", 0, "comes first only when sorted");
	show_problems(out, "kedjactl: ", &problems);
	fclose(out);
	assert_string_equal(text, "kedjactl: z?forged: 1:3: is\\u{202e} wrong\n"
				  "kedjactl: a: comes first only when sorted\n");
	free(text);
	problems_clear(&problems);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(control_characters_are_escaped),
		cmocka_unit_test(bytes_that_are_not_text_are_escaped),
		cmocka_unit_test(lines_stay_where_they_may),
		cmocka_unit_test(widths_are_columns_not_bytes),
		cmocka_unit_test(times_are_short),
		cmocka_unit_test(values_are_for_people),
		cmocka_unit_test(ore_are_shown_as_kronor),
		cmocka_unit_test(tables_line_up),
		cmocka_unit_test(later_pages_only_widen),
		cmocka_unit_test(no_line_ends_in_blanks),
		cmocka_unit_test(an_empty_table_is_nothing),
		cmocka_unit_test(json_is_safe_on_a_terminal),
		cmocka_unit_test(printf_escapes_what_it_is_given),
		cmocka_unit_test(a_problem_is_one_line),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
