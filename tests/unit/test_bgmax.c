/* SPDX-License-Identifier: EUPL-1.2 */
/* BgMax: what is booked, what is passed over, and what makes a file worthless. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "daemon/ctl/payments/bgmax.h"
#include "tests/unit/payment_story.h"

#define FIXTURE "tests/payments/december.bgmax"
#define BOOKED                                                                                     \
	"2026-11-27 540050 655969\n"                                                               \
	"2026-11-27 500000 \n"                                                                     \
	"2026-11-27 520000 657767\n"                                                               \
	"2026-11-27 400000 801266\n"                                                               \
	"2026-11-27 -50000 801266\n"                                                               \
	"2026-11-27 -20000 657767\n"                                                               \
	"through 2026-11-27\n"

static char *fixture;

static int set_up(void **state)
{
	size_t length = 0;
	(void)state;
	fixture = story_file(FIXTURE, &length);
	return fixture == NULL ? -1 : 0;
}

static int tear_down(void **state)
{
	(void)state;
	free(fixture);
	return 0;
}

static void assert_read(const char *text, const char *expected)
{
	char *got = story_read(bgmax_read, text, strlen(text), NULL);
	assert_string_equal(got, expected);
	free(got);
}

static void payments_and_deductions(void **state)
{
	(void)state;
	assert_read(fixture, BOOKED);
}

/* Drops carriage returns, blanks at the ends of lines, or both. */
static char *relaid(const char *text, bool returns, bool blanks, const char *end)
{
	struct buffer out = BUFFER_NONE;
	while (*text != '\0') {
		size_t length = strcspn(text, "\r\n"), kept = length;
		while (!blanks && kept > 0 && text[kept - 1] == ' ')
			kept--;
		buffer_add(&out, text, kept);
		buffer_add_text(&out, returns ? "\r\n" : end);
		text += length;
		text += *text == '\r';
		text += *text == '\n';
	}
	buffer_add_text(&out, "");
	return buffer_take(&out);
}

static void lines_may_be_laid_out_otherwise(void **state)
{
	(void)state;
	char *texts[] = {
		relaid(fixture, false, true, "\n"),
		relaid(fixture, true, false, ""),
		relaid(fixture, false, false, "\n"),
		relaid(fixture, false, true, "\r"),
		relaid(fixture, false, true, "          \n"),
		xasprintf("\xef\xbb\xbf%s", fixture),
		xasprintf("%s\r\n\r\n   \r\n\x1a", fixture),
		story_change(fixture, "30a record", "99a record"),
		story_change(fixture, "00000004K", "00000004 "),
		story_change(fixture, "0097012333                   655969",
			     "0097012333655969                   "),
		/* A tab instead of the blanks up to column 25. */
		story_change(fixture,
			     "05000991234"
			     "6          ",
			     "05000991234"
			     "6\t      "),
		/* A tab instead of one blank: the line has its 80 characters. */
		story_change(fixture, "0097012333                   655969",
			     "0097012333\t                  655969"),
	};
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		assert_read(texts[i], BOOKED);
		free(texts[i]);
	}
}

/* The same after an editor has made UTF-8 of it: characters count, not bytes. */
static void it_may_have_become_utf8(void **state)
{
	(void)state;
	struct arena *arena = arena_new();
	struct buffer out = BUFFER_NONE;
	for (const char *at = fixture; *at != '\0'; at++)
		if (*at == '\r' || *at == '\n')
			buffer_add(&out, at, 1);
		else
			buffer_add_text(&out, payment_from_latin1(arena, at, 1));
	assert_non_null(strstr(out.bytes, "Å"));
	char *text = story_change(out.bytes, "HYRA DEC", "HÖRÅ DÄC");
	assert_read(text, BOOKED);
	free(text);
	buffer_clear(&out);
	arena_free(arena);
}

static bool awaits(void *arg, const char *word)
{
	(void)arg;
	return strcmp(word, "801266") == 0;
}

/* Of what a payer tells besides, only the words come through that somebody waits for. */
static void free_text_dies(void **state)
{
	(void)state;
	char *got = story_read(bgmax_read, fixture, strlen(fixture), awaits);
	assert_non_null(strstr(got, "2026-11-27 500000 801266\n"));
	assert_null(strcasestr(got, "kanarie"));
	assert_null(strstr(got, " 7"));
	free(got);
}

static void assert_refused(const char *from, const char *to, const char *reason)
{
	char *text = story_change(fixture, from, to);
	char *got = story_read(bgmax_read, text, strlen(text), NULL);
	if (strstr(got, reason) == NULL)
		fail_msg("\"%s\" for \"%s\" gives\n%sand not \"%s\"", to, from, got, reason);
	free(got);
	free(text);
}

static void whatever_counts_must_be_right(void **state)
{
	(void)state;
	assert_refused("01BGMAX", "01BGMIN", "f:1:3: record 01: the layout is not BGMAX");
	assert_refused("        01202611", "        02202611", "the version is not 01");
	assert_refused("331P", "331T", "is the start of a test file");
	assert_refused("          SEK", "          EUR",
		       "f:2:23: record 05: the currency is not SEK");
	assert_refused("540050", "540O50", "f:3:38: record 20: the amount is not 18 digits");
	assert_refused("540050", "540051",
		       "record 15: the sum in öre is 1890050, but there are 1890051");
	assert_refused("SEK00000004", "SEK00000005",
		       "record 15: the number of payments is 5, but there are 4");
	assert_refused("SEK00000004", "EUR00000004", "f:18:69: record 15: the currency is not SEK");
	assert_refused("20261127000", "20261327000", "record 15: the day of payment is not a date");
	assert_refused("7000000003", "7000000002",
		       "record 70: the number of payments is 2, but there are 3");
	assert_refused("700000000300000001", "700000000300000002",
		       "f:19:11: record 70: the number of deductions");
	assert_refused("0000000300000001 ", "0000000400000001 ", "the number of extra references");
	assert_refused("0000000300000001 ", "0000000300000002 ", "the number of deposits");
	assert_refused("210097012333", "990097012333",
		       "record 70: the number of deductions is 1, but there are 0");
	assert_refused("05000991", "99000991", "stands outside a section");
	assert_refused("15000000", "99000000", "ends the file before 15 has ended the section");
	assert_refused("7000000003", "9900000003", "ends without the end record 70");
	assert_refused("22009701", "20009701",
		       "record 15: the number of payments is 4, but there are 5");
	assert_refused("26Kanarie", "XXKanarie", "does not begin with the two digits");
	assert_refused("000000000000540050", "900000000000540050",
		       "is more than 10,000,000,000 kronor");
	assert_refused("00012002101", "00012002109", "the deduction code is not 0, 1 or 2");
}

static void order_is_kept(void **state)
{
	(void)state;
	char *twice = xasprintf("%s%s", fixture, fixture);
	char *got = story_read(bgmax_read, twice, strlen(twice), NULL);
	assert_non_null(strstr(got, "a second file begins here"));
	assert_non_null(strstr(got, "comes after the end record 70"));
	free(got);
	free(twice);
	assert_read("", "f: has no records\n");
	assert_read("\r\n\r\n", "f: has no records\n");
	got = story_read(bgmax_read, fixture + 82, strlen(fixture) - 82, NULL);
	assert_non_null(strstr(got, "f:1:1: record 05: comes before the start record 01"));
	free(got);
	/* An extra reference and a name without their payment. */
	char *loose = story_change(fixture, "20009701", "99009701");
	got = story_read(bgmax_read, loose, strlen(loose), NULL);
	assert_non_null(strstr(got, "belongs to no payment"));
	free(got);
	free(loose);
}

/* Two records of one payment are told by their number, day and amount; two payments are not. */
static void doubles_are_seen(void **state)
{
	(void)state;
	const char *start = "01BGMAX               0120261127173035010331P\n"
			    "050009912346          SEK\n";
	const char *payment = "200097012333                   655969000000000000540050220%s0\n";
	char *same = xasprintf(payment, "00000120018"), *other = xasprintf(payment, "00000120019");
	char *nameless = xasprintf(payment, "           ");
	const char *end = "1500000000000000000005841000001009823202611270005600000000000108010"
			  "0SEK00000002K\n700000000200000000000000000000000"
			  "1\n";
	char *text = xasprintf("%s%s%s%s", start, same, same, end);
	assert_read(
	    text,
	    "f:4: payment BG0000.0012.0018-okhofj stands in the file twice, first on line 3\n");
	free(text);
	text = xasprintf("%s%s%s%s", start, same, other, end);
	assert_read(text,
		    "2026-11-27 540050 655969\n2026-11-27 540050 655969\nthrough 2026-11-27\n");
	free(text);
	text = xasprintf("%s%s%s%s", start, nameless, nameless, end);
	assert_read(text,
		    "2026-11-27 540050 655969\n2026-11-27 540050 655969\nthrough 2026-11-27\n");
	free(text);
	free(same);
	free(other);
	free(nameless);
}

static void samples_of_others(void **state)
{
	(void)state;
	size_t length = 0;
	char *text = story_file("../shared/samples/bgmax/minimal.txt", &length);
	if (text == NULL)
		skip();
	char *got = story_read(bgmax_read, text, length, NULL);
	assert_string_equal(got, "2004-05-25 110000 650861\nthrough 2004-05-25\n");
	free(got);
	free(text);
	text = story_file("../shared/samples/bgmax/broken.txt", &length);
	got = story_read(bgmax_read, text, length, NULL);
	assert_non_null(strstr(got, "the number of deposits is 5, but there are 4"));
	free(got);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(payments_and_deductions),
		cmocka_unit_test(lines_may_be_laid_out_otherwise),
		cmocka_unit_test(it_may_have_become_utf8),
		cmocka_unit_test(free_text_dies),
		cmocka_unit_test(whatever_counts_must_be_right),
		cmocka_unit_test(order_is_kept),
		cmocka_unit_test(doubles_are_seen),
		cmocka_unit_test(samples_of_others),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
