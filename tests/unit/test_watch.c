/* SPDX-License-Identifier: EUPL-1.2 */
/* The ear on an SMTP session: what makes it cut, and what it calls that. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "daemon/mailer/watch.h"

/* One side speaks; true if the session must be cut. */
static bool server(struct watch *watch, const char *text)
{
	char bytes[2048];
	assert_true(strlen(text) < sizeof(bytes));
	memcpy(bytes, text, strlen(text));
	return watch_hears_server(watch, bytes, strlen(text));
}

static bool us(struct watch *watch, const char *text)
{
	return watch_hears_us(watch, text, strlen(text));
}

static struct watch begun(bool tls, bool login)
{
	struct watch watch;
	watch_begin(&watch, tls, login);
	assert_false(server(&watch, "220 hello\r\n"));
	assert_false(us(&watch, "EHLO x\r\n"));
	return watch;
}

static struct watch encrypted(bool login)
{
	struct watch watch = begun(true, login);
	assert_false(server(&watch, "250-x\r\n250 STARTTLS\r\n"));
	assert_false(us(&watch, "STARTTLS\r\n"));
	assert_false(server(&watch, "220 go\r\n"));
	watch.secure = true;
	assert_false(us(&watch, "EHLO x\r\n"));
	assert_false(server(&watch, "250-x\r\n250 AUTH PLAIN LOGIN\r\n"));
	return watch;
}

static void a_good_session_is_left_alone(void **state)
{
	(void)state;
	struct watch watch = encrypted(true);
	assert_false(us(&watch, "AUTH LOGIN a2VkamE=\r\n"));
	assert_false(server(&watch, "334 UGFzc3dvcmQ6\r\n"));
	assert_false(us(&watch, "MAIL RCPT\r\n")); /* a password that looks like a command */
	assert_false(server(&watch, "235 welcome\r\n"));
	assert_false(us(&watch, "MAIL FROM:<a@b.se>\r\nRCPT TO:<c@d.se>\r\nDATA\r\n"));
	assert_false(server(&watch, "250 ok\r\n450 later\r\n35"));
	assert_false(server(&watch, "4 go\r\n"));
	assert_int_equal(watch.code, 354);
	assert_string_equal(watch.reply, "354 go");
	assert_false(us(&watch, "QUIT\r\n"));
	assert_false(server(&watch, "221 bye\r\n"));
	assert_int_equal(watch.code, 354);
	assert_int_equal(watch.fault, FAULT_NONE);
}

static void wrong_password_cuts_at_once(void **state)
{
	(void)state;
	struct watch watch = encrypted(true);
	assert_false(us(&watch, "AUTH PLAIN AGEAYg==\r\n"));
	assert_true(server(&watch, "535 5.7.8 no\r\n"));
	assert_int_equal(watch.fault, FAULT_LOGIN);
	assert_non_null(strstr(watch.fault_text, "535 5.7.8 no"));
}

static void without_a_login_no_letter_begins(void **state)
{
	(void)state;
	struct watch watch = encrypted(true);
	assert_true(us(&watch, "MAIL FROM:<a@b.se>\r\n"));
	assert_int_equal(watch.fault, FAULT_LOGIN);
	watch = encrypted(true);
	assert_false(us(&watch, "AUTH PLAIN AGEAYg==\r\n"));
	assert_false(server(&watch, "504 not that\r\n"));
	assert_true(us(&watch, "QUIT\r\n"));
	assert_int_equal(watch.fault, FAULT_LOGIN);
	watch = encrypted(false);
	assert_false(us(&watch, "MAIL FROM:<a@b.se>\r\n"));
}

static void nothing_goes_out_unencrypted(void **state)
{
	(void)state;
	struct watch watch = begun(true, true);
	assert_false(server(&watch, "250 AUTH PLAIN\r\n"));
	assert_true(us(&watch, "AUTH PLAIN AGEAYg==\r\n"));
	assert_int_equal(watch.fault, FAULT_TLS);
	watch = begun(true, false);
	assert_false(server(&watch, "250 x\r\n"));
	assert_true(us(&watch, "MAIL FROM:<a@b.se>\r\n"));
	assert_int_equal(watch.fault, FAULT_TLS);
	watch = begun(false, false);
	assert_false(server(&watch, "250 AUTH PLAIN\r\n"));
	assert_true(us(&watch, "AUTH PLAIN AGEAYg==\r\n"));
}

static void answers_before_the_encryption_cut(void **state)
{
	static const char *const slipped[] = { "220 go\r\n250 x\r\n", "220 go\r\n2",
					       "220 go\r\nx\r\n", "220 go\r\n250-x\r\n" };
	(void)state;
	for (size_t i = 0; i < sizeof(slipped) / sizeof(slipped[0]); i++) {
		struct watch watch = begun(true, false);
		assert_false(server(&watch, "250 STARTTLS\r\n"));
		assert_false(us(&watch, "STARTTLS\r\n"));
		assert_true(server(&watch, slipped[i]));
		assert_int_equal(watch.fault, FAULT_TLS);
	}
	struct watch watch = begun(true, false);
	assert_true(server(&watch, "250 STARTTLS\r\n220 go\r\n"));
	assert_true(watch.out_of_turn);
	assert_int_equal(watch.fault, FAULT_NONE);
}

static void starttls_refused_or_unanswered_is_a_fault(void **state)
{
	(void)state;
	struct watch watch = begun(true, false);
	assert_false(server(&watch, "250 STARTTLS\r\n"));
	assert_false(us(&watch, "STARTTLS\r\n"));
	struct watch other = watch;
	assert_true(server(&watch, "454 not now\r\n"));
	assert_int_equal(watch.fault, FAULT_TLS);
	assert_true(us(&other, "QUIT\r\n"));
	assert_int_equal(other.fault, FAULT_TLS);
}

static void talk_without_end_cuts(void **state)
{
	(void)state;
	struct watch watch = begun(false, false);
	bool cut = false;
	int lines = 0;
	for (; lines < 10000 && !cut; lines++)
		cut = server(&watch, "250-AUTH SOMETHING OR OTHER\r\n");
	assert_true(cut);
	assert_true(lines > 1000 && lines < 5000);
	assert_true(watch.flooded);
	watch = begun(false, false);
	for (int i = 0; i < 5000; i++) { /* as much, but each line asked for */
		assert_false(server(&watch, "250 a line that was asked for\r\n"));
		assert_false(us(&watch, "NOOP\r\n"));
	}
}

static void what_is_ahead_of_its_command_cuts(void **state)
{
	(void)state;
	struct watch watch = begun(false, false);
	assert_true(server(&watch, "250 x\r\n421 bye\r\n"));
	assert_false(watch_is_sound(&watch));
	watch = begun(false, false);
	assert_false(server(&watch, "250 x\r\n"));
	assert_true(server(&watch, "2"));
	watch = begun(false, false);
	assert_false(server(&watch, "250 x\r\n"));
	watch_note_early(&watch);
	assert_false(watch_is_sound(&watch));
}

/* As far as the end of the data, which is not heard. */
static struct watch at_the_end(const char *go_on)
{
	struct watch watch = begun(false, false);
	assert_false(server(&watch, "250 x\r\n"));
	assert_false(us(&watch, "MAIL FROM:<a@b.se>\r\nRCPT TO:<c@d.se>\r\nDATA\r\n"));
	assert_false(server(&watch, "250 x\r\n250 x\r\n"));
	(void)!server(&watch, go_on);
	assert_int_equal(watch.final, 0);
	return watch;
}

static void only_an_answer_after_the_data_is_the_final_one(void **state)
{
	(void)state;
	struct watch watch = at_the_end("354 go\r\n250 early\r\n");
	assert_true(watch.out_of_turn);
	watch = at_the_end("354 go\r\n");
	watch_data_ends(&watch);
	assert_false(server(&watch, "250-more\r\n"));
	assert_int_equal(watch.final, 0);
	assert_false(server(&watch, "250 taken"));
	assert_int_equal(watch.final, 0);
	assert_false(watch_is_sound(&watch));
	assert_false(server(&watch, "\r\n"));
	assert_int_equal(watch.final, 250);
	assert_true(watch_is_sound(&watch));
	/* what follows spoils what comes next, and not what was said in turn */
	assert_true(server(&watch, "421 bye\r\n"));
	assert_int_equal(watch.final, 250);
}

static void misshapen_answers_cut(void **state)
{
	static const char *const lines[] = { "  250 x\r\n",       "\r\n",      "250\tx\r\n",
					     "2500 x\r\n",        "150 x\r\n", "600 x\r\n",
					     "-250 x\r\n",        "x\r\n",     "25\r\n",
					     "250-a\r\n550 b\r\n" };
	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		struct watch watch = at_the_end("354 go\r\n");
		watch_data_ends(&watch);
		assert_true(server(&watch, lines[i]));
		assert_int_equal(watch.final, 0);
	}
}

static void long_lines_and_odd_bytes_do_no_harm(void **state)
{
	static char line[5000];
	(void)state;
	struct watch watch = begun(false, false);
	memset(line, 'x', sizeof(line));
	memcpy(line, "550 ", 4);
	line[899] = '\n';
	assert_false(watch_hears_server(&watch, line, 900));
	assert_int_equal(watch.code, 550);
	assert_int_equal(strlen(watch.reply), WATCH_LINE_MOST - 1);
	assert_false(us(&watch, "NOOP\r\n"));
	memcpy(line, "250 a\0b\n", 8);
	assert_false(watch_hears_server(&watch, line, 8));
	assert_string_equal(watch.reply, "250 a?b");
	/* the library would take the end of it for another answer */
	assert_false(us(&watch, "NOOP\r\n"));
	memcpy(line, "250 xxxx", 8);
	assert_true(watch_hears_server(&watch, line, sizeof(line)));
}

static void chunking_is_hidden_wherever_the_line_is_broken(void **state)
{
	static const char offer[] = "250-x\r\n250-chunKING\r\n250 SIZE 10\r\n";
	static const char hidden[] = "250-x\r\n250-chunKINX\r\n250 SIZE 10\r\n";
	(void)state;
	for (size_t cut = 0; cut < sizeof(offer) - 1; cut++) {
		struct watch watch = begun(false, false);
		char bytes[sizeof(offer)];
		memcpy(bytes, offer, sizeof(offer));
		assert_false(watch_hears_server(&watch, bytes, cut));
		assert_false(watch_hears_server(&watch, bytes + cut, sizeof(offer) - 1 - cut));
		assert_string_equal(bytes, hidden);
	}
}

static void commands_may_be_split_anywhere(void **state)
{
	(void)state;
	struct watch watch = encrypted(true);
	assert_false(us(&watch, "AUTH PLAIN AG"));
	assert_false(us(&watch, "MAIL FROM:\r\n")); /* the rest of the line above */
	assert_true(server(&watch, "535 no\r\n"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_good_session_is_left_alone),
		cmocka_unit_test(wrong_password_cuts_at_once),
		cmocka_unit_test(without_a_login_no_letter_begins),
		cmocka_unit_test(nothing_goes_out_unencrypted),
		cmocka_unit_test(answers_before_the_encryption_cut),
		cmocka_unit_test(starttls_refused_or_unanswered_is_a_fault),
		cmocka_unit_test(talk_without_end_cuts),
		cmocka_unit_test(what_is_ahead_of_its_command_cuts),
		cmocka_unit_test(only_an_answer_after_the_data_is_the_final_one),
		cmocka_unit_test(misshapen_answers_cut),
		cmocka_unit_test(chunking_is_hidden_wherever_the_line_is_broken),
		cmocka_unit_test(long_lines_and_odd_bytes_do_no_harm),
		cmocka_unit_test(commands_may_be_split_anywhere),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
