/* SPDX-License-Identifier: EUPL-1.2 */
/* rules/base/hash: the published values of FNV-1a, since what is stored rests on them. */
#include "rules/base/hash.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static hash_wide wide(uint64_t high, uint64_t low)
{
	return (hash_wide)high << 64 | low;
}

/* From the test vectors of the FNV draft (draft-eastlake-fnv, appendix). */
static void published_values(void **state)
{
	(void)state;
	assert_true(hash_bytes(HASH_START, "", 0) == UINT64_C(0xcbf29ce484222325));
	assert_true(hash_bytes(HASH_START, "a", 1) == UINT64_C(0xaf63dc4c8601ec8c));
	assert_true(hash_bytes(HASH_START, "foobar", 6) == UINT64_C(0x85944171f73967e8));
	assert_true(hash_wide_bytes(HASH_WIDE_START, "", 0) ==
		    wide(0x6c62272e07bb0142, 0x62b821756295c58d));
	assert_true(hash_wide_bytes(HASH_WIDE_START, "a", 1) ==
		    wide(0xd228cb696f1a8caf, 0x78912b704e4a8964));
	assert_true(hash_wide_bytes(HASH_WIDE_START, "foobar", 6) ==
		    wide(0x343e1662793c64bf, 0x6f0d3597ba446f18));
}

static void texts_do_not_run_together(void **state)
{
	(void)state;
	assert_true(hash_text(HASH_START, "ab") == hash_bytes(HASH_START, "ab", 3));
	assert_true(hash_text(hash_text(HASH_START, "ab"), "c") !=
		    hash_text(hash_text(HASH_START, "a"), "bc"));
	assert_true(hash_wide_text(HASH_WIDE_START, "ab") ==
		    hash_wide_bytes(HASH_WIDE_START, "ab", 3));
	/* the lowest byte first */
	assert_true(hash_number(HASH_START, 0x6261) == hash_bytes(HASH_START, "ab\0\0\0\0\0\0", 8));
}

static void letters_only(void **state)
{
	(void)state;
	char letters[HASH_LETTERS_SIZE];
	hash_wide_letters(wide(0x0123456789abcdef, 0xfedcba9876543210), letters);
	assert_string_equal(letters, "abcdefghijklmnopponmlkjihgfedcba");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(published_values),
		cmocka_unit_test(texts_do_not_run_together),
		cmocka_unit_test(letters_only),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
