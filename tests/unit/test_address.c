/* SPDX-License-Identifier: EUPL-1.2 */
/* The allow-list of addresses: what passes, what does not, and that nothing but it decides. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdbool.h>
#include <string.h>

#include "rules/base/address.h"

static void good_addresses_pass(void **state)
{
	static const char *const good[] = {
		"a@b.se",
		"asa.oberg@stockholm.se",
		"Asa.Oberg+kedja@Social.Stockholm.SE",
		"o'brien@x.se",
		"a_b=c&d@x.se",
		"root@localhost",
		"a@x-y.se",
		"1@2.se",
		"a@3m.com",
		"a-@b.se",
		"_a@b.se",
		"a@xn--frening-n4a.se",
	};
	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		const char *fault = address_fault(good[i]);
		if (fault != NULL)
			fail_msg("%s: %s", good[i], fault);
	}
}

struct bad {
	const char *address, *says;
};

static void bad_addresses_are_told_why(void **state)
{
	static const struct bad bad[] = {
		{ NULL, "empty" },
		{ "", "empty" },
		{ "a", "no @" },
		{ "@", "before the @" },
		{ "@b.se", "before the @" },
		{ "a@", "after the @" },
		{ "a@b@c.se", "more than one @" },
		{ "a@@b.se", "more than one @" },
		{ "-a@b.se", "hyphen" },
		{ ".a@b.se", "dot" },
		{ "a.@b.se", "dot" },
		{ "a..b@c.se", "two dots" },
		{ "a@.b.se", "dot too many" },
		{ "a@b..se", "dot too many" },
		{ "a@b.se.", "dot too many" },
		{ "a@-b.se", "hyphen" },
		{ "a@b-.se", "hyphen" },
		{ "a@127.0.0.1", "number" },
		{ "a@[127.0.0.1]", "not allowed after" },
		{ "a@b_c.se", "not allowed after" },
		{ "a@b.se>\r\nRCPT TO:<x", "not allowed after" },
		{ "a@b.se\n", "not allowed after" },
		{ "a@b.se ", "not allowed after" },
		{ " a@b.se", "not allowed before" },
		{ "<a@b.se>", "not allowed before" },
		{ "a b@c.se", "not allowed before" },
		{ "a\tb@c.se", "not allowed before" },
		{ "\"a b\"@c.se", "not allowed before" },
		{ "a,b@c.se", "not allowed before" },
		{ "a%b@c.se", "not allowed before" },
		{ "c.se!a@b.se", "not allowed before" },
		{ "a|b@c.se", "not allowed before" },
		{ "/etc/passwd@c.se", "not allowed before" },
		{ "åsa@b.se", "not allowed before" },
		{ "a@åsa.se", "not allowed after" },
		{ "a\x7f@b.se", "not allowed before" },
		{ "Asa <a@b.se>", "not allowed before" },
	};
	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		const char *fault = address_fault(bad[i].address);
		if (fault == NULL || strstr(fault, bad[i].says) == NULL)
			fail_msg("%s: %s", bad[i].address, fault == NULL ? "passed" : fault);
	}
}

/* Every single byte at each of three places: the allow-list, spelled out. */
static void each_byte_is_judged(void **state)
{
	(void)state;
	for (int c = 1; c < 256; c++) {
		char local[] = "axb@c.se", domain[] = "a@cxd.se";
		local[1] = domain[3] = (char)c;
		bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
			      (c >= '0' && c <= '9') || c == '-' || c == '.';
		bool in_local = letter || c == '_' || c == '+' || c == '=' || c == '\'' || c == '&';
		assert_int_equal(address_fault(local) == NULL, in_local);
		assert_int_equal(address_fault(domain) == NULL, letter);
	}
}

/* An address of so many characters before the @, and names of so many after it. */
static const char *made_of(size_t local, size_t label, size_t labels)
{
	static char text[1024];
	size_t length = local;
	memset(text, 'a', local);
	text[length++] = '@';
	for (size_t i = 0; i < labels; i++) {
		memset(text + length, 'b', label);
		length += label;
		text[length++] = '.';
	}
	memcpy(text + length, "se", 3);
	return text;
}

static void lengths_are_bounded(void **state)
{
	(void)state;
	assert_null(address_fault(made_of(64, 2, 1)));
	assert_non_null(address_fault(made_of(65, 2, 1)));
	assert_null(address_fault(made_of(1, 63, 1)));
	assert_non_null(address_fault(made_of(1, 64, 1)));
	assert_int_equal(strlen(made_of(59, 63, 3)), 254);
	assert_null(address_fault(made_of(59, 63, 3)));
	assert_non_null(address_fault(made_of(60, 63, 3)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(good_addresses_pass),
		cmocka_unit_test(bad_addresses_are_told_why),
		cmocka_unit_test(each_byte_is_judged),
		cmocka_unit_test(lengths_are_bounded),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
