/* SPDX-License-Identifier: EUPL-1.2 */
/* Payment numbers: check digits, length digits, and what payers make of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "daemon/ctl/payments/ocr.h"

static void check_digits_are_computed(void **state)
{
	(void)state;
	assert_int_equal(ocr_check_digit("123"), '0');
	assert_int_equal(ocr_check_digit("1235"), '1');
	assert_int_equal(ocr_check_digit("12306"), '7');
	assert_int_equal(ocr_check_digit("0"), '0');
}

static void numbers_with_a_length_digit(void **state)
{
	(void)state;
	static const char *const valid[] = { "655969",  "657866", "658765",  "657767",  "650861",
					     "659763",  "658260", "801266",  "801365",  "665760",
					     "665869",  "524967", "573964",  "525865",  "535765",
					     "7495575", "695668", "8012577", "8013575", "8014573",
					     "74450",   "12351",  "123067" };
	for (size_t i = 0; i < sizeof(valid) / sizeof(valid[0]); i++) {
		assert_true(ocr_is_valid(valid[i]));
		assert_true(ocr_has_length(valid[i]));
	}
	assert_true(ocr_is_valid("1230"));
	assert_false(ocr_has_length("1230"));
}

static void numbers_that_are_wrong(void **state)
{
	(void)state;
	static const char *const wrong[] = { "801465", "8988777", "1189853", "",  "0",       "5",
					     "12a",    "12 30",   "-1230",   " ", "\xc3\xa5" };
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		assert_false(ocr_is_valid(wrong[i]));
	assert_true(ocr_is_valid("657775"));
	assert_false(ocr_has_length("657775"));
	assert_false(ocr_has_length("1189853"));
	assert_false(ocr_is_digits("12345678901234567890123456"));
	assert_true(ocr_is_digits("1234567890123456789012345"));
}

/* One wrong digit is always seen, and two neighbours that changed places unless they are 0 and 9.
 */
static void slips_are_seen(void **state)
{
	(void)state;
	char text[] = "6559690";
	text[6] = ocr_check_digit("655969");
	assert_true(ocr_is_valid(text));
	for (size_t at = 0; at < 7; at++)
		for (char digit = '0'; digit <= '9'; digit++) {
			char was = text[at];
			text[at] = digit;
			assert_int_equal(ocr_is_valid(text), digit == was);
			text[at] = was;
		}
}

static void payers_write_numbers_in_their_way(void **state)
{
	(void)state;
	assert_true(ocr_means("655969", "655969"));
	assert_true(ocr_means("0000655969", "655969"));
	assert_true(ocr_means("1230", "123"));
	assert_true(ocr_means("12351", "123"));
	assert_false(ocr_means("12341", "123")); /* the length digit is wrong */
	assert_false(ocr_means("1231", "123"));
	assert_false(ocr_means("124", "123"));
	assert_false(ocr_means("123067", "123")); /* padded: another number */
	/* A number that is whole already has no second check digit. */
	char longer[] = "6559690";
	longer[6] = ocr_check_digit("655969");
	assert_false(ocr_means(longer, "655969"));
	assert_false(ocr_means("A-1", "A-1"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(check_digits_are_computed),
		cmocka_unit_test(numbers_with_a_length_digit),
		cmocka_unit_test(numbers_that_are_wrong),
		cmocka_unit_test(slips_are_seen),
		cmocka_unit_test(payers_write_numbers_in_their_way),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
