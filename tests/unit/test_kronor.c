/* SPDX-License-Identifier: EUPL-1.2 */
/* Kronor as people write them, and nothing that could be read in two ways. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "rules/base/kronor.h"

static void as_people_write_them(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		int64_t ore;
	} cases[] = {
		{ "5000", 500000 },
		{ "5 000,50", 500050 },
		{ "5000.50 kr", 500050 },
		{ "5\u00a0000", 500000 },
		{ "12\u202f345\u202f678,9", 1234567890 },
		{ "5\u2009000:-", 500000 },
		{ " 5400,50\u00a0kr. ", 540050 },
		{ "5400 KRONOR", 540000 },
		{ "5400SEK", 540000 },
		{ "0,01", 1 },
		{ "0", 0 },
		{ "\u221240", -4000 },
		{ "\u2212 1\u00a0040,5 kr", -104050 },
		{ "-1", -100 },
		{ "10000000000", KRONOR_MOST },
		{ "10 000 000 000,00", KRONOR_MOST },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int64_t ore = 77;
		const char *reason;
		if (kronor_parse(cases[i].text, &ore, &reason) != 0)
			fail_msg("\"%s\" %s", cases[i].text, reason);
		if (ore != cases[i].ore)
			fail_msg("\"%s\" is %lld öre", cases[i].text, (long long)ore);
	}
}

static void nothing_is_guessed(void **state)
{
	(void)state;
	static const char *const texts[] = {
		"",
		"kr",
		"5.000",
		"5,000.50",
		"5.000,50",
		"5 00",
		"50 00",
		"5000 000",
		"5 000 0",
		"5  000",
		"5000,",
		"5000.",
		",50",
		"--5",
		"+5",
		"1e3",
		"0x10",
		"5 kr 50",
		"5000 EUR",
		"5000 öre",
		"5'000",
		"5\xa0"
		"000",
		"NaN",
		"5000,505",
		"10000000000,01",
		"99999999999999999999999",
		"1 000 000 000 000 000 000 000",
	};
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		int64_t ore = 77;
		const char *reason = NULL;
		if (kronor_parse(texts[i], &ore, &reason) == 0)
			fail_msg("\"%s\" is %lld öre", texts[i], (long long)ore);
		assert_int_equal(ore, 77);
		assert_non_null(reason);
	}
}

static void they_are_written_with_two_decimals(void **state)
{
	(void)state;
	char text[KRONOR_TEXT_SIZE];
	assert_string_equal(kronor_format(540050, text), "5400.50");
	assert_string_equal(kronor_format(-1, text), "-0.01");
	assert_string_equal(kronor_format(0, text), "0.00");
	assert_string_equal(kronor_format(INT64_MIN, text), "-92233720368547758.08");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(as_people_write_them),
		cmocka_unit_test(nothing_is_guessed),
		cmocka_unit_test(they_are_written_with_two_decimals),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
