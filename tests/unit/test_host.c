/* SPDX-License-Identifier: EUPL-1.2 */
/* The name of this machine, as a mail server wants to hear it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "daemon/base/host.h"

static void the_whole_name_is_found(void **state)
{
	static const struct {
		const char *name, *hosts, *expected;
	} rows[] = {
		{ "kedja.example.se", "127.0.1.1 other.example.se kedja\n", "kedja.example.se" },
		{ "kedja", "127.0.1.1 kedja.example.se kedja\n", "kedja.example.se" },
		{ "kedja", "127.0.0.1\tlocalhost\n10.0.0.4\tKedja\tkedja.example.se # we\n",
		  "kedja.example.se" },
		{ "kedja", "#127.0.1.1 kedja.example.se kedja\n", "kedja" },
		{ "kedja", "127.0.1.1 kedja2.example.se kedja2\n", "kedja" },
		{ "kedja", "127.0.0.1 localhost.localdomain localhost kedja\n", "kedja" },
		{ "kedja", "", "kedja" },
		{ "ked_ja", "127.0.1.1 kedja.example.se ked_ja\n", "localhost" },
		{ "", "127.0.1.1 kedja.example.se\n", "localhost" },
	};
	char path[] = "/tmp/kedja-hosts-XXXXXX";
	int fd = mkstemp(path);
	(void)state;
	assert_true(fd >= 0);
	close(fd);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		FILE *file = fopen(path, "w");
		assert_non_null(file);
		fputs(rows[i].hosts, file);
		fclose(file);
		char *found = host_name_by(rows[i].name, path);
		assert_string_equal(found, rows[i].expected);
		free(found);
	}
	assert_int_equal(unlink(path), 0);
	char *found = host_name_by("kedja", path); /* there is none */
	assert_string_equal(found, "kedja");
	free(found);
}

static void what_is_whole(void **state)
{
	(void)state;
	assert_true(host_name_is_whole("kedja.example.se"));
	assert_false(host_name_is_whole("kedja"));
	assert_false(host_name_is_whole("kedja."));
	assert_false(host_name_is_whole(".se"));
	assert_false(host_name_is_whole("localhost.localdomain"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_whole_name_is_found),
		cmocka_unit_test(what_is_whole),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
