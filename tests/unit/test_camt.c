/* SPDX-License-Identifier: EUPL-1.2 */
/* camt.054: entries, batches and returns, in both versions; and what a parser must not swallow.
 * No bank has sent the files of tests/payments: they were made by hand from the schemas. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "daemon/ctl/payments/camt.h"
#include "tests/unit/payment_story.h"

#define BOOKED                                                                                     \
	"2026-11-29 540050 655969\n"                                                               \
	"2026-11-30 520000 657767\n"                                                               \
	"2026-11-30 500000 801266\n"                                                               \
	"2026-11-30 90000 \n"                                                                      \
	"2026-11-30 -520000 657767\n"                                                              \
	"through 2026-11-30\n"

static char *fixtures[2];

static int set_up(void **state)
{
	size_t length = 0;
	(void)state;
	fixtures[0] = story_file("tests/payments/camt054-v02.xml", &length);
	fixtures[1] = story_file("tests/payments/camt054-v08.xml", &length);
	return fixtures[0] == NULL || fixtures[1] == NULL ? -1 : 0;
}

static int tear_down(void **state)
{
	(void)state;
	free(fixtures[0]);
	free(fixtures[1]);
	return 0;
}

static void assert_read(const char *text, const char *expected)
{
	char *got = story_read(camt_read, text, strlen(text), NULL);
	assert_string_equal(got, expected);
	free(got);
}

static void assert_says(const char *text, const char *reason)
{
	char *got = story_read(camt_read, text, strlen(text), NULL);
	if (strstr(got, reason) == NULL)
		fail_msg("gives\n%sand not \"%s\"", got, reason);
	free(got);
}

static void both_versions_say_the_same(void **state)
{
	(void)state;
	assert_read(fixtures[0], BOOKED);
	assert_read(fixtures[1], BOOKED);
}

/* A change of the newer fixture, and what is then said. */
static void assert_changed(const char *from, const char *to, const char *expected, bool whole)
{
	char *text = story_change(fixtures[1], from, to);
	if (whole)
		assert_read(text, expected);
	else
		assert_says(text, expected);
	free(text);
}

static void the_bytes_decide_on_the_encoding(void **state)
{
	(void)state;
	assert_changed("UTF-8", "ISO-8859-1", BOOKED, true);
	/* ISO-8859-1 bytes under a wrong declaration. */
	struct buffer out = BUFFER_NONE;
	for (const char *at = fixtures[1]; *at != '\0'; at++)
		if ((unsigned char)*at == 0xc3)
			buffer_add_byte(&out, (char)((unsigned char)*++at | 0x40));
		else
			buffer_add_byte(&out, *at);
	assert_read(out.bytes, BOOKED);
	buffer_clear(&out);
	char *marked = xasprintf("\xef\xbb\xbf%s", fixtures[1]);
	assert_read(marked, BOOKED);
	free(marked);
}

static bool awaits(void *arg, const char *word)
{
	(void)arg;
	return strcmp(word, "12351") == 0;
}

static void free_text_dies(void **state)
{
	(void)state;
	for (size_t i = 0; i < 2; i++) {
		char *got = story_read(camt_read, fixtures[i], strlen(fixtures[i]), awaits);
		assert_non_null(strstr(got, "2026-11-30 90000 12351\n"));
		assert_null(strcasestr(got, "kanarie"));
		free(got);
	}
}

static void it_reaches_as_far_as_it_tells(void **state)
{
	(void)state;
	assert_changed("2026-11-30T23:59:59", "2026-11-30T12:30:00", "through 2026-11-29\n", false);
	assert_changed("2026-11-30T23:59:59", "2026-11-30T18:00:00", "through 2026-11-30\n", false);
	assert_changed("<ToDtTm>2026-11-30T23:59:59", "<ToDtTm>2026-12-24T23:59:59",
		       "through 2026-11-30\n", false); /* it was made on the first, at five */
	/* What is on its way holds it back, unless it is a day that is not reached anyway. */
	assert_changed("<Dt>2026-12-01", "<Dt>2026-11-29", "through 2026-11-28\n", false);
	assert_changed("PDNG", "FUTR", "through 2026-11-30\n", false);
	assert_changed("<CreDtTm>2026-12-01T05:12:00+01:00", "<CreDtTm>yesterday",
		       "CreDtTm is not a time", false);
}

static void whatever_counts_must_be_right(void **state)
{
	(void)state;
	assert_changed("15600.50", "15600.51",
		       "f:22: Ntry 1: the amount is 1560051 öre, but its transactions are 1560050",
		       false);
	assert_changed("<NbOfTxs>3", "<NbOfTxs>4", "NbOfTxs is 4, but there are 3", false);
	assert_changed("Ccy=\"SEK\">900", "Ccy=\"EUR\">900", "Ntry 2: the currency is not SEK",
		       false);
	assert_changed("Ccy=\"SEK\">900", "Cur=\"SEK\">900", "Ntry 2: the currency is not SEK",
		       false);
	assert_changed(">15600.50", ">1e5", "the amount is not an amount", false);
	assert_changed(">15600.50", ">15600.505", "the amount has parts of an öre", false);
	assert_changed(">15600.50", ">-15600.50", "is not an amount", false);
	assert_changed(">15600.50", ">99999999999999999999.99", "is more than", false);
	assert_changed("<CdtDbtInd>CRDT", "<CdtDbtInd>CRED", "is neither CRDT nor DBIT", false);
	assert_changed("<Dt>2026-11-30", "<Dt>2026-11-31", "BookgDt is not a date", false);
	assert_changed("001.08", "001.04", "is a camt.054 of another version than 02 and 08",
		       false);
	assert_changed("camt.054", "camt.053", "is not a camt.054 message", false);
	assert_changed("<NtryRef>2", "<NtryRef>2&amp;", BOOKED, true);
	assert_changed("<NtryRef>2", "<NtryRef>2&b;", "not XML: undefined entity", false);
}

static void the_same_entry_twice_is_refused(void **state)
{
	(void)state;
	const char *start = strstr(fixtures[1], "      <Ntry>"), *end = strstr(start, "</Ntry>");
	char *entry = xasprintf("%.*s</Ntry>\n", (int)(end - start), start);
	char *text = xasprintf("%.*s%s%s", (int)(start - fixtures[1]), fixtures[1], entry, start);
	assert_says(text, "stands in the file twice");
	free(text);
	free(entry);
	text = xasprintf("%s%s", fixtures[1], fixtures[1]);
	assert_says(text, "not XML");
	free(text);
}

/* Cut off anywhere, it is refused. */
static void half_a_file_is_none(void **state)
{
	(void)state;
	size_t length = strlen(fixtures[1]) - strlen("</Document>\n");
	for (size_t cut = 0; cut <= length; cut += 97) {
		char *got = story_read(camt_read, fixtures[1], cut, NULL);
		assert_null(strstr(got, "through"));
		assert_non_null(strstr(got, "f:"));
		free(got);
	}
}

static void no_document_types(void **state)
{
	(void)state;
	assert_read("<?xml version=\"1.0\"?>\n<!DOCTYPE x [<!ENTITY a \"aaaa\">]>\n<x>&a;</x>",
		    "f:2: has a document type (DTD): no bank sends one\n");
	assert_read("<!DOCTYPE x SYSTEM \"file:///etc/passwd\"><x/>",
		    "f:1: has a document type (DTD): no bank sends one\n");
}

static void nothing_is_too_deep_or_too_long(void **state)
{
	(void)state;
	struct buffer deep = BUFFER_NONE;
	buffer_add_text(&deep, "<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.054.001.08\">"
			       "<BkToCstmrDbtCdtNtfctn>");
	for (int i = 0; i < 100000; i++)
		buffer_add_text(&deep, "<a>");
	assert_says(deep.bytes, "its elements lie too deep in one another");
	buffer_clear(&deep);
	char *longer = xcalloc(5001, 1);
	memset(longer, '9', 5000);
	char *reference = xasprintf("<Ref>%s</Ref>", longer);
	assert_changed("<Ref>655969</Ref>", reference, "an element has more than 2,000 characters",
		       false);
	free(reference);
	free(longer);
}

static void debits_that_are_no_returns(void **state)
{
	(void)state;
	assert_changed("<RvslInd>true</RvslInd>", "", "2026-11-30 -520000 out 657767\n", false);
	assert_changed("<RvslInd>true</RvslInd>", "<RvslInd>false</RvslInd>",
		       "-520000 out 657767\n", false);
}

/* One payment is known again in another file, whatever stands around it. */
static void identities_hold(void **state)
{
	(void)state;
	struct problems problems = PROBLEMS_NONE;
	struct payment_list all, some;
	char *text =
	    story_change(fixtures[1], "<Sts>\n          <Cd>BOOK", "<Sts>\n          <Cd>INFO");
	struct payment_input one = { fixtures[1], strlen(fixtures[1]), "f", NULL, NULL };
	struct payment_input two = { text, strlen(text), "f", awaits, NULL };
	payment_list_init(&all, PAYMENT_CAMT054);
	payment_list_init(&some, PAYMENT_CAMT054);
	camt_read(&one, &all, &problems);
	camt_read(&two, &some, &problems);
	assert_int_equal(problems.count, 0);
	assert_int_equal(all.count, 5);
	assert_int_equal(some.count, 2);
	for (size_t i = 0; i < 2; i++) {
		assert_string_equal(all.list[3 + i].source, some.list[i].source);
		assert_string_equal(all.list[3 + i].bank_reference, some.list[i].bank_reference);
	}
	for (size_t i = 0; i < all.count; i++)
		for (size_t j = 0; j < i; j++) {
			assert_string_not_equal(all.list[i].source, all.list[j].source);
			assert_string_not_equal(all.list[i].bank_reference,
						all.list[j].bank_reference);
		}
	payment_list_clear(&all);
	payment_list_clear(&some);
	free(text);
}

static void samples_of_others(void **state)
{
	(void)state;
	size_t length = 0;
	char *text = story_file("../shared/samples/camt/camt054-v02.xml", &length);
	if (text == NULL)
		skip();
	char *got = story_read(camt_read, text, length, NULL);
	assert_string_equal(got, "2007-10-18 -20000000 out V1 V2 V3 1 2\nthrough 2007-10-17\n");
	free(got);
	free(text);
	text = story_file("../shared/samples/camt/camt054-v08.xml", &length);
	got = story_read(camt_read, text, length, NULL);
	assert_non_null(strstr(got, "the currency is not SEK"));
	free(got);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(both_versions_say_the_same),
		cmocka_unit_test(the_bytes_decide_on_the_encoding),
		cmocka_unit_test(free_text_dies),
		cmocka_unit_test(it_reaches_as_far_as_it_tells),
		cmocka_unit_test(whatever_counts_must_be_right),
		cmocka_unit_test(the_same_entry_twice_is_refused),
		cmocka_unit_test(half_a_file_is_none),
		cmocka_unit_test(no_document_types),
		cmocka_unit_test(nothing_is_too_deep_or_too_long),
		cmocka_unit_test(debits_that_are_no_returns),
		cmocka_unit_test(identities_hold),
		cmocka_unit_test(samples_of_others),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
