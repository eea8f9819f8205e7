/* SPDX-License-Identifier: EUPL-1.2 */
/* The log: one line a message, whatever the message holds. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/base/log.h"

/* Standard error goes into a pipe meanwhile. */
static int kept, pipe_ends[2];

static int set_up(void **state)
{
	(void)state;
	kept = dup(STDERR_FILENO);
	return pipe2(pipe_ends, O_NONBLOCK | O_CLOEXEC);
}

static int tear_down(void **state)
{
	(void)state;
	close(kept);
	close(pipe_ends[0]);
	close(pipe_ends[1]);
	unsetenv("JOURNAL_STREAM");
	return 0;
}

static void catch_log(void)
{
	dup2(pipe_ends[1], STDERR_FILENO);
}

static void expect(const char *expected)
{
	static char text[8192];
	dup2(kept, STDERR_FILENO);
	ssize_t length = read(pipe_ends[0], text, sizeof(text) - 1);
	text[length < 0 ? 0 : length] = '\0';
	assert_string_equal(text, expected);
}

static void test_levels(void **state)
{
	(void)state;
	catch_log();
	log_open("kedjad", LOG_LEVEL_WARNING);
	log_error("%d of %s", 3, "four");
	log_warning("careful");
	log_notice("not shown");
	log_debug("nor this");
	log_open("kedjad", LOG_LEVEL_DEBUG);
	log_notice("shown");
	log_debug("this too");
	expect("kedjad: error: 3 of four\nkedjad: warning: careful\nkedjad: shown\nkedjad: this "
	       "too\n");
}

static void test_nobody_forges_a_line(void **state)
{
	(void)state;
	log_open("kedjad", LOG_LEVEL_NOTICE);
	catch_log();
	log_notice("%s", "a\nkedjad: error: b\r\t\x1b[2J\x7f");
	log_notice("%s", "Åsa på ö: \xc2\x85 \xff \xc3");
	expect("kedjad: a\\x0akedjad: error: b\\x0d\\x09\\x1b[2J\\x7f\n"
	       "kedjad: Åsa på ö: \\xc2\\x85 \\xff \\xc3\n");
}

static void test_endless_messages_are_cut(void **state)
{
	(void)state;
	char *expected = xcalloc(1, 3000);
	log_open("k", LOG_LEVEL_NOTICE);
	catch_log();
	log_notice("%05000d", 0);
	memcpy(expected, "k: ", 3);
	memset(expected + 3, '0', 2000);
	memcpy(expected + 2003, "...\n", 5);
	expect(expected);
	free(expected);
}

static void test_journal(void **state)
{
	(void)state;
	struct stat about;
	char stream[64];
	catch_log();
	assert_int_equal(fstat(STDERR_FILENO, &about), 0);
	snprintf(stream, sizeof(stream), "%llu:%llu", (unsigned long long)about.st_dev,
		 (unsigned long long)about.st_ino);
	setenv("JOURNAL_STREAM", stream, 1);
	log_open("kedjad", LOG_LEVEL_DEBUG);
	log_error("a");
	log_warning("b");
	log_notice("c");
	log_debug("d");
	/* Inherited from somebody whose log went there; ours does not. */
	setenv("JOURNAL_STREAM", "1:2", 1);
	log_open("kedjad", LOG_LEVEL_DEBUG);
	log_error("e");
	expect("<3>a\n<4>b\n<5>c\n<7>d\nkedjad: error: e\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_levels),
		cmocka_unit_test(test_nobody_forges_a_line),
		cmocka_unit_test(test_endless_messages_are_cut),
		cmocka_unit_test(test_journal),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
