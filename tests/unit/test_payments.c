/* SPDX-License-Identifier: EUPL-1.2 */
/* Payments whatever their file: amounts, words, CSV, and whose they are. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/ctl/buffer.h"
#include "daemon/ctl/payments/match.h"
#include "daemon/ctl/payments/payments_csv.h"
#include "rules/kinds/kind.h"
#include "tests/unit/payment_story.h"

static void amounts_are_exact(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		int64_t ore; /* -1: wrong */
	} cases[] = { { "5400.50", 540050 },
		      { "5400", 540000 },
		      { "0.01", 1 },
		      { "5400.5", 540050 },
		      { "5400.50000", 540050 },
		      { "10000000000.00", PAYMENT_AMOUNT_MOST },
		      { "10000000000.01", -1 },
		      { "99999999999999999999999", -1 },
		      { "5400.505", -1 },
		      { "5400.", -1 },
		      { ".50", -1 },
		      { "", -1 },
		      { "-1", -1 },
		      { "+1", -1 },
		      { "1e3", -1 },
		      { "0x10", -1 },
		      { "5 400", -1 },
		      { "5400,50", -1 },
		      { "NaN", -1 } };
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int64_t ore = -1;
		const char *reason;
		int failed = payment_parse_kronor(cases[i].text, &ore, &reason);
		assert_int_equal(failed, cases[i].ore < 0 ? -1 : 0);
		assert_int_equal(ore, cases[i].ore);
	}
	int64_t ore = 0;
	const char *reason;
	assert_int_equal(payment_parse_ore("1000000000000", &ore, &reason), 0);
	assert_int_equal(payment_parse_ore("1000000000001", &ore, &reason), -1);
	assert_int_equal(payment_parse_ore("5400.50", &ore, &reason), -1);
}

static bool awaits(void *arg, const char *word)
{
	(void)arg;
	return strcmp(word, "LGH-A") == 0 || strcmp(word, "4711") == 0;
}

static void assert_words(const char *text, bool free_text, const char *expected)
{
	struct payment_words words = { .length = 0 };
	struct payment_input input = { "", 0, "f", awaits, NULL };
	payment_add_words(&words, text, free_text, &input);
	assert_string_equal(words.text, expected);
	assert_int_equal(words.length, strlen(expected));
}

static void words_of_references(void **state)
{
	(void)state;
	assert_words("655969 2026-12", false, "655969 2026-12");
	assert_words("38012577,8013575", false, "38012577 8013575");
	assert_words("Hyra ÖST-2026-014, december", false, "ÖST-2026-014");
	assert_words("  OCR:655969;;  655969 ", false, "655969");
	assert_words("Anna Svensson LGH-A", false, "LGH-A");
	assert_words("Anna 4711 Svensson 4712", true, "4711");
	assert_words("-655969- ...", false, "655969");
	assert_words("", false, "");
	assert_words("1234567890123456789012345678901234567890 2", false,
		     "1234567890123456789012345678901234567890 2");
	assert_words("12345678901234567890123456789012345678901 2", false, "2");
	assert_words("\xff\xfe"
		     "7",
		     false, "7");
}

/* Nothing shaped like a personal number, in one word or in two. */
static void personal_numbers_go(void **state)
{
	(void)state;
	assert_words("hyra 900101-1234 655969", false, "655969");
	assert_words("19900101-1234", false, "");
	assert_words("199001011234", false, "");
	assert_words("9001011234 4711", false, "4711");
	assert_words("900101 1234", false, "900101");
	assert_words("1990 02 01 1234", false, "1990 02 01");
}

static char *read_csv(const char *text, size_t length, struct payment_columns columns)
{
	struct problems problems = PROBLEMS_NONE;
	struct payment_input input = { text, length, "f", NULL, NULL };
	struct payment_list list;
	struct buffer out = BUFFER_NONE;
	payment_list_init(&list, PAYMENT_CSV);
	payments_csv_read(&input, &columns, &list, &problems);
	story_payments(&out, &list);
	story_problems(&out, &problems);
	payment_list_clear(&list);
	problems_clear(&problems);
	return buffer_take(&out);
}

static const struct payment_columns usual = { "avtal", "forfallodag", "betald_ore", "betaldag",
					      "",      false };

static void assert_csv(const char *text, struct payment_columns columns, const char *expected)
{
	char *got = read_csv(text, strlen(text), columns);
	assert_string_equal(got, expected);
	free(got);
}

static void csv_by_its_columns(void **state)
{
	(void)state;
	assert_csv("avtal;forfallodag;belopp_ore;betald_ore;betaldag\n"
		   "655969;2026-11-30;540050;540050;2026-11-28\n"
		   "657767;2026-12-01;100;50;2026-11-27\n"
		   "4711;2026-11-30;540050;0;\n4712;2026-11-30;540050;;\n",
		   usual, "2026-11-28 540050 655969 2026-12\n2026-11-27 50 657767 2026-12\n");
	assert_csv("\xef\xbb\xbf"
		   "avtal,betald_ore,betaldag\r\n655969,-1,2026-11-28\r\n",
		   usual, "2026-11-28 -1 655969\n");
	struct payment_columns own = { "Låghet", "", "Belopp", "Dag", "Id", true };
	assert_csv("L\xe5ghet;Belopp;Dag;Id\nLGH7;5 400,50;2026-11-28;1\n", own,
		   "2026-11-28 540050 LGH7\n");
	assert_csv("Låghet;Belopp;Dag;Id\nLGH7;−40,5 kr;2026-11-28;1\n"
		   "LGH7;12 345.50;2026-11-28;2\nLGH7;5.000;2026-11-28;3\n",
		   own,
		   "2026-11-28 -4050 LGH7\n2026-11-28 1234550 LGH7\n"
		   "f:4: Belopp: has more than two decimals: blanks go between thousands, as in "
		   "5 400,50\n");
	assert_csv("Låghet;Belopp;Dag;Id\nLGH7;1;2026-11-28;1\nLGH7;1;2026-11-28;1\n", own,
		   "2026-11-28 100 LGH7\n2026-11-28 100 LGH7\n"
		   "f:3: payment 1-lpjfko stands in the file twice, first on line 2\n");
}

static void csv_mistakes_are_told(void **state)
{
	(void)state;
	assert_csv("avtal;betaldag\n", usual,
		   "f:1: there is no column \"betald_ore\": kedja.conf says which column means "
		   "what\n");
	assert_csv("avtal;betald_ore;betaldag\n1;5,5;2026-11-28\n", usual,
		   "f:2: betald_ore: is not a number of whole öre: 5400,50 is 540050, or kronor by "
		   "payments_unit in kedja.conf\n");
	assert_csv("avtal;betald_ore;betaldag\n1;5;28/11\n", usual,
		   "f:2: betaldag: is not a date: write it as in 2026-11-30\n");
	assert_csv(
	    "avtal;betald_ore;betaldag\n1;x;2026-11-28\n2;5;2026-11-28\n3;5;y\n4;5\n", usual,
	    "2026-11-28 5 2\nf:2: betald_ore: is not a number of whole öre: 5400,50 is 540050, "
	    "or kronor by payments_unit in kedja.conf\n"
	    "f:4: betaldag: is not a date: write it as in 2026-11-30\n"
	    "f:5: 2 cells, but the header has 3\n");
	char *got = read_csv("avtal;\0", 7, usual);
	assert_string_equal(got, "f:1: has a NUL byte: this is not a text file\n");
	free(got);
}

/* As landlords' systems write them. */
static void csv_in_swedish_forms(void **state)
{
	(void)state;
	struct payment_columns own = { "Avtal", "", "Betalt", "Betaldag", "", true };
	assert_csv("sep=;\nHyresreskontra;2026-11-30\n\nAvtal;Betalt;Betaldag;\n"
		   "LGH7;5\u00a0400,50 kr;2026-11-28;\nLGH8;\u221240:-;2026-11-29;\n",
		   own, "2026-11-28 540050 LGH7\n2026-11-29 -4000 LGH8\n");
	assert_csv("Avtal\tBetalt\tBetaldag\nLGH\xc5"
		   "7\t5\xa0"
		   "400,50\t2026-11-28\n",
		   own, "2026-11-28 540050 LGHÅ7\n");
	/* A Windows-1252 dash in a heading, above the header. */
	assert_csv("Hyror 2026 \x96 november\nAvtal,Betalt,Betaldag\n7,1,2026-11-28\n", own,
		   "2026-11-28 100 7\n");
}

/* What does not fit in is told: whose it is cannot be said from a part of the words. */
static void words_that_do_not_fit(void **state)
{
	(void)state;
	struct match *match = match_new();
	struct buffer text = BUFFER_NONE;
	struct problems problems = PROBLEMS_NONE;
	struct payment_list list;
	json_t *row =
	    json_pack("{s:s, s:s, s:s}", "case", "A-1", "what", "lease", "reference", "N1000");
	assert_true(match_add(match, row));
	buffer_add_text(&text, "avtal;betald_ore;betaldag\n");
	for (int i = 0; i < 33; i++)
		buffer_printf(&text, "N%d ", 1000 + i);
	buffer_add_text(&text, ";5;2026-11-28\nN1000;6;2026-11-28\n");
	struct payment_input input = { text.bytes, text.length, "f", NULL, NULL };
	payment_list_init(&list, PAYMENT_CSV);
	payments_csv_read(&input, &usual, &list, &problems);
	assert_int_equal(problems.count, 0);
	assert_false(list.list[0].has_more);
	assert_string_equal(match_case(match, &list.list[0]), "A-1");
	payment_list_clear(&list);
	char *longer =
	    xasprintf("avtal;betald_ore;betaldag\nN4711 %s", strchr(text.bytes, '\n') + 1);
	input = (struct payment_input){ longer, strlen(longer), "f", NULL, NULL };
	payment_list_init(&list, PAYMENT_CSV);
	payments_csv_read(&input, &usual, &list, &problems);
	assert_true(list.list[0].has_more);
	assert_non_null(strstr(list.list[0].references, "N4711 N1000"));
	assert_non_null(strstr(list.list[0].references, " …"));
	assert_null(match_case(match, &list.list[0]));
	assert_string_equal(match_case(match, &list.list[1]), "A-1");
	payment_list_clear(&list);
	/* 40 letters, however many bytes they are, name a case; more are told of. */
	json_object_set_new(row, "reference",
			    json_string("ÖÖÖÖÖÖÖÖÖÖÖÖÖÖÖÖÖÖÖÖÖÖÖÖÖÖÖÖÖÖÖÖÖÖÖÖÖÖÖ7"));
	assert_true(match_add(match, row));
	assert_string_equal(match_words(match, "ööööööööööööööööööööööööööööööööööööööö7"), "A-1");
	assert_words("ÖÖÖÖÖÖÖÖÖÖÖÖÖÖÖÖÖÖÖÖÖÖÖÖÖÖÖÖÖÖÖÖÖÖÖÖÖÖÖ7", false,
		     "ÖÖÖÖÖÖÖÖÖÖÖÖÖÖÖÖÖÖÖÖÖÖÖÖÖÖÖÖÖÖÖÖÖÖÖÖÖÖÖ7");
	json_object_set_new(row, "reference",
			    json_string("12 1234567890123456789012345678901234567890A"));
	assert_false(match_add(match, row));
	json_decref(row);
	match_free(match);
	free(longer);
	buffer_clear(&text);
	problems_clear(&problems);
}

/* Every mistake is told, or at least counted. */
static void nothing_ends_at_twenty(void **state)
{
	(void)state;
	struct buffer text = BUFFER_NONE;
	struct problems problems = PROBLEMS_NONE;
	struct payment_list list;
	buffer_add_text(&text, "avtal;betald_ore;betaldag\n");
	for (int i = 0; i < 150; i++)
		buffer_add_text(&text, i % 3 == 0 ? "1;5\n" : "1;x;2026-11-28\n");
	struct payment_input input = { text.bytes, text.length, "f", NULL, NULL };
	payment_list_init(&list, PAYMENT_CSV);
	payments_csv_read(&input, &usual, &list, &problems);
	assert_int_equal(problems.count, PAYMENT_MISTAKES_TOLD);
	assert_int_equal(problems.count + list.untold, 150);
	problems_clear(&problems);
	payment_list_clear(&list);
	buffer_clear(&text);
}

static void no_bank_sends_so_many(void **state)
{
	(void)state;
	struct payment_words words = { .length = 0 };
	struct payment_draft draft = {
		.amount = 1, .words = &words, .identity = "x", .readable = "", .is_nameless = true
	};
	struct problems problems = PROBLEMS_NONE;
	struct payment_list list;
	payment_list_init(&list, PAYMENT_CSV);
	for (int i = 0; i <= PAYMENT_COUNT_MOST; i++)
		payment_add(&list, &draft);
	assert_int_equal(list.count, PAYMENT_COUNT_MOST);
	payment_list_finish(&list, "f", &problems);
	assert_int_equal(problems.count, 1);
	assert_string_equal(problems.list[0].text,
			    "has more than 500000 payments: no bank sends that");
	problems_clear(&problems);
	payment_list_clear(&list);
}

/* Two rows that say the same are two payments where the bank gave no ids, and the same two when
 * the file is read again. */
static void alike_but_two(void **state)
{
	(void)state;
	const char *text = "avtal;betald_ore;betaldag\n1;5;2026-11-28\n1;5;2026-11-28\n";
	struct payment_list lists[2];
	struct problems problems = PROBLEMS_NONE;
	struct payment_input input = { text, strlen(text), "f", NULL, NULL };
	for (size_t i = 0; i < 2; i++) {
		payment_list_init(&lists[i], PAYMENT_CSV);
		payments_csv_read(&input, &usual, &lists[i], &problems);
		assert_int_equal(lists[i].count, 2);
	}
	assert_string_not_equal(lists[0].list[0].source, lists[0].list[1].source);
	assert_string_not_equal(lists[0].list[0].bank_reference, lists[0].list[1].bank_reference);
	for (size_t i = 0; i < 2; i++) {
		assert_string_equal(lists[0].list[i].source, lists[1].list[i].source);
		assert_true(id_check(lists[0].list[i].bank_reference, "key", &problems));
	}
	payment_list_clear(&lists[0]);
	payment_list_clear(&lists[1]);
}

/* Whatever a bank calls a payment: an id, and nothing like a personal number. */
static void bank_references_are_ids(void **state)
{
	(void)state;
	static const char *const names[] = { "9001011234",
					     "199001011234",
					     "BG900101-1234",
					     "ÅÄÖ / 900101+1234",
					     "",
					     "12345678901234567890123456789012345",
					     "20261130-9001-0112-34",
					     "A9001011234B900101-1234" };
	struct payment_list list;
	struct problems problems = PROBLEMS_NONE;
	struct payment_words words = { .length = 0 };
	payment_list_init(&list, PAYMENT_CAMT054);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		struct payment_draft draft = {
			.amount = 1, .words = &words, .identity = names[i], .readable = names[i]
		};
		payment_add(&list, &draft);
		assert_true(id_check(list.list[i].bank_reference, "key", &problems));
		assert_true(text_check(list.list[i].source, "source", &problems));
	}
	payment_list_clear(&list);
}

static struct match *some_match(void)
{
	static const char *const rows[][3] = {
		{ "A-1", "case", "A-1" },       { "A-1", "lease", "655969" },
		{ "A-2", "case", "A-2" },       { "A-2", "lease", "123" },
		{ "A-2", "charge", "2026/77" }, { "A-3", "lease", "657767" },
		{ "A-4", "lease", "657767" },   { "A-4", "case", "ÖST-2026-014" },
	};
	struct match *match = match_new();
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		json_t *row = json_pack("{s:s, s:s, s:s}", "case", rows[i][0], "what", rows[i][1],
					"reference", rows[i][2]);
		match_add(match, row);
		json_decref(row);
	}
	return match;
}

static void whose_it_is(void **state)
{
	(void)state;
	static const char *const cases[][2] = {
		{ "655969", "A-1" },        { "000655969", "A-1" },    { "a-1", "A-1" },
		{ "A-1 2026-12", "A-1" },   { "655969 A-1", "A-1" },   { "655969 A-2", NULL },
		{ "655969 999", "A-1" },    { "1230", "A-2" },         { "12351", "A-2" },
		{ "1231", NULL },           { "77", "A-2" },           { "657767", NULL },
		{ "657767 655969", "A-1" }, { "öst-2026-014", "A-4" }, { "", NULL },
		{ "540050", NULL },         { "2026-12", NULL },
	};
	struct match *match = some_match();
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char *found = match_words(match, cases[i][0]);
		if (cases[i][1] == NULL ? found != NULL
					: found == NULL || strcmp(found, cases[i][1]) != 0)
			fail_msg("\"%s\" is %s's", cases[i][0], found == NULL ? "nobody" : found);
	}
	assert_true(match_awaits(match, "12351"));
	assert_false(match_awaits(match, "Anna"));
	assert_true(match_has_case(match, "A-1"));
	assert_false(match_has_case(match, "655969"));
	match_free(match);
}

static void many_references_are_found(void **state)
{
	(void)state;
	struct match *match = match_new();
	char name[32];
	for (int i = 0; i < 5000; i++) {
		snprintf(name, sizeof(name), "R%d", i);
		json_t *row = json_pack("{s:s, s:s, s:s}", "case", name, "what", "lease",
					"reference", name + 1);
		match_add(match, row);
		json_decref(row);
	}
	for (int i = 1; i < 5000; i++) {
		snprintf(name, sizeof(name), "R%d", i);
		assert_string_equal(match_words(match, name + 1), name);
	}
	match_free(match);
}

static void assert_event(const struct payment *payment, const char *of_case, const char *expected)
{
	json_t *event = match_event(payment, "p", of_case);
	char *text = json_dumps(event, JSON_COMPACT | JSON_SORT_KEYS);
	assert_string_equal(text, expected);
	free(text);
	json_decref(event);
}

static void payments_become_events(void **state)
{
	(void)state;
	struct payment payment = { .amount = 5,
				   .paid_on = date_from_ymd(2026, 11, 30),
				   .references = "",
				   .bank_reference = "BG-1",
				   .source = "s" };
	assert_event(&payment, NULL,
		     "{\"data\":{\"amount\":5,\"paid_on\":\"2026-11-30\",\"reference\":\"blank\"},"
		     "\"key\":\"BG-1\",\"kind\":\"payment.unmatched\",\"source\":\"s\","
		     "\"subject\":\"p\"}");
	payment.references = "A-1";
	assert_event(&payment, "A-1",
		     "{\"data\":{\"amount\":5,\"bank_reference\":\"BG-1\",\"paid_on\":"
		     "\"2026-11-30\",\"reference\":\"A-1\"},\"kind\":\"rent.paid\",\"source\":"
		     "\"s\",\"subject\":\"A-1\"}");
	payment.reversal = true;
	assert_event(&payment, NULL,
		     "{\"data\":{\"amount\":5,\"paid_on\":\"2026-11-30\",\"reference\":\"A-1\","
		     "\"reversal\":true},\"key\":\"BG-1\",\"kind\":\"payment.unmatched\","
		     "\"source\":\"s\",\"subject\":\"p\"}");
	assert_event(&payment, "A-1",
		     "{\"data\":{\"amount\":5,\"bank_reference\":\"BG-1\",\"paid_on\":"
		     "\"2026-11-30\",\"reference\":\"A-1\"},\"kind\":\"rent.reversed\","
		     "\"source\":\"s\",\"subject\":\"A-1\"}");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(amounts_are_exact),
		cmocka_unit_test(words_of_references),
		cmocka_unit_test(personal_numbers_go),
		cmocka_unit_test(csv_by_its_columns),
		cmocka_unit_test(csv_mistakes_are_told),
		cmocka_unit_test(csv_in_swedish_forms),
		cmocka_unit_test(words_that_do_not_fit),
		cmocka_unit_test(nothing_ends_at_twenty),
		cmocka_unit_test(no_bank_sends_so_many),
		cmocka_unit_test(alike_but_two),
		cmocka_unit_test(bank_references_are_ids),
		cmocka_unit_test(whose_it_is),
		cmocka_unit_test(many_references_are_found),
		cmocka_unit_test(payments_become_events),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
