/* SPDX-License-Identifier: EUPL-1.2 */
/* A real loop and a real process: fake_mailer.py, which does what the addresses say. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "daemon/base/clock.h"
#include "daemon/base/log.h"
#include "daemon/outbox/mailproc.h"
#include "tests/unit/files.h"
#include "tests/unit/hang.h"

#define PROGRAM "tests/unit/fake_mailer.py"

struct fixture {
	char folder[64];
	struct loop *loop;
	struct loop_timer *patience;
	struct mailproc *mailproc;
	struct settings settings;
	char *heard; /* words, a blank after each */
	const char *until;
	bool in_time;
	bool notes_nothing; /* as a daemon does whose disk is full */
};

/* ---- a folder in which the fake mailer finds its orders ---- */

static char *get_log(const struct fixture *f)
{
	char *path = xasprintf("%s/log", f->folder);
	char *text = xcalloc(65536, 1);
	FILE *file = fopen(path, "r");
	if (file != NULL) {
		size_t length = fread(text, 1, 65535, file);
		text[length] = '\0';
		fclose(file);
	}
	free(path);
	return text;
}

static bool log_has(const struct fixture *f, const char *what)
{
	char *text = get_log(f);
	bool has = strstr(text, what) != NULL;
	free(text);
	return has;
}

/* ---- what is heard ---- */

static void hear(struct fixture *f, const char *format, ...) PRINTF_LIKE(2, 3);
static void hear(struct fixture *f, const char *format, ...)
{
	char word[600];
	va_list args;
	va_start(args, format);
	vsnprintf(word, sizeof(word), format, args);
	va_end(args);
	char *longer = xasprintf("%s%s ", f->heard, word);
	free(f->heard);
	f->heard = longer;
}

static void on_outcome(void *arg, int64_t message, enum mail_outcome outcome, int code,
		       const char *text)
{
	static const char *const names[] = { "sent", "deferred", "refused", "unclear" };
	struct fixture *f = arg;
	(void)text;
	hear(f, "%lld=%s/%d", (long long)message, names[outcome], code);
	if (!f->notes_nothing)
		mailproc_noted(f->mailproc, message);
}

static void on_fault(void *arg, const char *kind, const char *text, int64_t message)
{
	(void)message;
	assert_true(strlen(text) > 5);
	hear(arg, "fault:%s", kind);
}

static void on_batch_over(void *arg, bool died)
{
	hear(arg, died ? "died" : "over");
}

static void on_ready(void *arg)
{
	hear(arg, "ready");
}

static const struct mailproc_events events = { on_outcome, on_fault, on_batch_over, on_ready };

/* ---- the loop, until something was heard ---- */

static void on_patience(void *arg)
{
	struct fixture *f = arg;
	f->in_time = false;
	loop_stop(f->loop);
}

static bool work(void *arg)
{
	struct fixture *f = arg;
	if (strstr(f->heard, f->until) != NULL)
		loop_stop(f->loop);
	return false;
}

static void run_until(struct fixture *f, const char *heard)
{
	f->until = heard;
	f->in_time = true;
	loop_timer_set(f->patience, HANG_SECONDS);
	loop_run(f->loop, work, f);
	if (!f->in_time)
		print_message("waited for \"%s\", heard \"%s\"\n", heard, f->heard);
	assert_true(f->in_time);
}

static void run_for(struct fixture *f, double seconds)
{
	f->until = "(nothing)";
	loop_timer_set(f->patience, seconds);
	loop_run(f->loop, work, f);
}

static void forget(struct fixture *f)
{
	f->heard[0] = '\0';
}

static int set_up(void **state)
{
	struct fixture *f = xcalloc(1, sizeof(*f));
	strcpy(f->folder, "/tmp/kedja-mailproc-XXXXXX");
	assert_non_null(mkdtemp(f->folder));
	setenv("KEDJA_FAKE", f->folder, 1);
	f->loop = loop_new();
	f->patience = loop_timer_new(f->loop, on_patience, f);
	f->settings = (struct settings){ .sender = (char *)"kedja@example.se",
					 .smtp_port = 25,
					 .delivery_limit = HANG_SECONDS };
	f->heard = xstrdup("");
	*state = f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;
	mailproc_free(f->mailproc);
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1); /* no child is left */
	loop_timer_free(f->patience);
	loop_free(f->loop);
	char *command = xasprintf("rm -r %s", f->folder);
	assert_int_equal(system(command), 0);
	free(command);
	free(f->heard);
	free(f);
	return 0;
}

static void start(struct fixture *f)
{
	f->mailproc = mailproc_new(f->loop, &f->settings, PROGRAM, &events, f);
}

static json_t *letters(const char *first, ...)
{
	json_t *batch = json_array();
	va_list args;
	json_int_t id = 1;
	va_start(args, first);
	for (const char *to = first; to != NULL; to = va_arg(args, const char *))
		json_array_append_new(batch,
				      json_pack("{s:I, s:{s:s, s:s+}, s:s}", "id", id++, "to",
						"name", "", "address", to, "@x", "subject", "é"));
	va_end(args);
	return batch;
}

static void give(struct fixture *f, json_t *batch)
{
	forget(f);
	mailproc_send(f->mailproc, batch, false);
}

/* ---- tests ---- */

static void starts_and_sends(void **state)
{
	struct fixture *f = *state;
	int open_to_children = dup(2);
	start(f);
	close(open_to_children);
	assert_int_equal(mailproc_state(f->mailproc), MAILER_STARTING);
	assert_true(mailproc_pid(f->mailproc) > 0);
	run_until(f, "ready ");
	assert_int_equal(mailproc_state(f->mailproc), MAILER_READY);
	assert_true(log_has(f, "start 3\n")); /* nothing is open but 0, 1 and 2 */
	give(f, letters("sent", "deferred", "refused", "unclear", NULL));
	assert_int_equal(mailproc_state(f->mailproc), MAILER_BUSY);
	run_until(f, "over ");
	assert_string_equal(f->heard, "1=sent/250 2=deferred/451 3=refused/550 4=unclear/0 over ");
	assert_int_equal(mailproc_state(f->mailproc), MAILER_READY);
	assert_int_equal(mailproc_restarts(f->mailproc), 0);
}

static void one_that_dies_is_started_again(void **state)
{
	struct fixture *f = *state;
	start(f);
	run_until(f, "ready ");
	give(f, letters("sent", "die", "sent", NULL));
	run_until(f, "ready ");
	assert_string_equal(f->heard, "1=sent/250 died ready ");
	assert_int_equal(mailproc_restarts(f->mailproc), 1);
	give(f, letters("sent", NULL));
	run_until(f, "over ");
	assert_string_equal(f->heard, "1=sent/250 over ");
}

/* Whose outcome is not noted, is followed by no letter: none can be in hand. */
static void the_next_letter_waits_for_the_note(void **state)
{
	struct fixture *f = *state;
	f->notes_nothing = true;
	start(f);
	run_until(f, "ready ");
	give(f, letters("sent", "sent", NULL));
	run_until(f, "1=sent/250 ");
	run_for(f, 0.3);
	assert_string_equal(f->heard, "1=sent/250 ");
	assert_false(log_has(f, "letter 2 "));
	mailproc_noted(f->mailproc, 2); /* not the one that it was about */
	run_for(f, 0.1);
	assert_string_equal(f->heard, "1=sent/250 ");
	mailproc_noted(f->mailproc, 1);
	run_until(f, "over ");
	assert_string_equal(f->heard, "1=sent/250 2=sent/250 over ");
	kill(mailproc_pid(f->mailproc), SIGKILL);
	run_until(f, "ready ");
	give(f, letters("sent", "sent", NULL));
	run_until(f, "1=sent/250 ");
	kill(mailproc_pid(f->mailproc), SIGKILL);
	run_until(f, "ready ");
	assert_string_equal(f->heard, "1=sent/250 over ready ");
}

static void killed_while_it_rests(void **state)
{
	struct fixture *f = *state;
	start(f);
	run_until(f, "ready ");
	forget(f);
	kill(mailproc_pid(f->mailproc), SIGKILL);
	run_until(f, "ready ");
	assert_string_equal(f->heard, "ready ");
}

/* The limit is for each letter: five of 0.3 times the limit are not too slow. On a machine that is
 * too busy for a limit of a second a longer one shows the same. */
static void a_letter_has_a_limit(void **state)
{
	struct fixture *f = *state;
	f->settings.delivery_limit = 1;
	start(f);
	for (;;) {
		run_until(f, "ready ");
		give(f, letters("slow", "slow", "slow", "slow", "slow", "hang", "sent", NULL));
		run_until(f, "died ");
		if (strstr(f->heard, "5=sent/250 died ") != NULL)
			break;
		assert_true(f->settings.delivery_limit < 100);
		f->settings.delivery_limit *= 5;
		char *slow = xasprintf("%g", 0.3 * (double)f->settings.delivery_limit);
		file_put(f->folder, "slow", slow);
		free(slow);
		mailproc_configure(f->mailproc, &f->settings);
	}
	assert_int_equal(mailproc_state(f->mailproc), MAILER_DOWN);
	assert_int_equal(mailproc_pid(f->mailproc), 0);
	run_until(f, "ready ");
}

static void check_ended_for(struct fixture *f, const char *to)
{
	run_until(f, "ready ");
	give(f, letters("sent", to, NULL));
	run_until(f, "died ");
	assert_string_equal(f->heard, "1=sent/250 died ");
}

static void nonsense_ends_it(void **state)
{
	struct fixture *f = *state;
	start(f);
	check_ended_for(f, "babble");
	check_ended_for(f, "flood");
	check_ended_for(f, "stranger");
	check_ended_for(f, "early");
}

static void a_fault_in_a_batch(void **state)
{
	struct fixture *f = *state;
	start(f);
	run_until(f, "ready ");
	give(f, letters("sent", "tls", "sent", NULL));
	run_until(f, "over ");
	assert_string_equal(f->heard, "1=sent/250 fault:tls over ");
	assert_int_equal(mailproc_state(f->mailproc), MAILER_FAULTY);
	give(f, letters("sent", NULL)); /* nobody to take it: over, untried */
	assert_string_equal(f->heard, "over ");
	forget(f);
	mailproc_try_again(f->mailproc);
	run_until(f, "ready ");
	assert_int_equal(mailproc_state(f->mailproc), MAILER_READY);
}

static void what_came_after_a_fault_was_not_tried(void **state)
{
	struct fixture *f = *state;
	start(f);
	run_until(f, "ready ");
	give(f, letters("sent", "tlsdie", "sent", NULL));
	run_until(f, "ready ");
	assert_string_equal(f->heard, "1=sent/250 fault:tls over ready ");
}

static void a_fault_of_the_settings(void **state)
{
	struct fixture *f = *state;
	file_put(f->folder, "mode", "config");
	start(f);
	run_until(f, "fault:config ");
	assert_int_equal(mailproc_state(f->mailproc), MAILER_FAULTY);
	file_put(f->folder, "mode", "normal");
	f->settings.sender = (char *)"other@example.se";
	mailproc_configure(f->mailproc, &f->settings);
	run_until(f, "ready ");
	assert_true(log_has(f, "configure kedja@example.se\nconfigure other@example.se\n"));
	assert_int_equal(mailproc_restarts(f->mailproc), 0);
}

static void settings_wait_for_the_batch(void **state)
{
	struct fixture *f = *state;
	start(f);
	run_until(f, "ready ");
	give(f, letters("slow", NULL));
	f->settings.sender = (char *)"other@example.se";
	mailproc_configure(f->mailproc, &f->settings);
	run_until(f, "ready ");
	assert_string_equal(f->heard, "1=sent/250 over ready ");
	assert_true(log_has(f, "configure other@example.se\n"));
}

static void one_that_never_comes_up_is_a_fault(void **state)
{
	struct fixture *f = *state;
	file_put(f->folder, "mode", "exit");
	start(f);
	int64_t begun = clock_monotonic_us();
	run_until(f, "fault:start ");
	/* pauses of 0.1, 0.2, 0.4 and 0.8 s, not a busy loop */
	assert_true(clock_monotonic_us() - begun > 1400000);
	assert_int_equal(mailproc_restarts(f->mailproc), 5);
	file_put(f->folder, "mode", "normal");
	run_until(f, "ready ");
}

static void wrong_from_the_start(void **state)
{
	struct fixture *f = *state;
	file_put(f->folder, "mode", "old");
	start(f);
	while (mailproc_restarts(f->mailproc) == 0)
		run_for(f, 0.05);
	file_put(f->folder, "mode", "nonsense");
	while (mailproc_restarts(f->mailproc) < 3)
		run_for(f, 0.05);
	assert_string_equal(f->heard, "");
	assert_false(log_has(f, "configure"));
}

static void a_program_that_is_not_there(void **state)
{
	struct fixture *f = *state;
	f->mailproc = mailproc_new(f->loop, &f->settings, "/nonexistent/mailer", &events, f);
	assert_int_equal(mailproc_state(f->mailproc), MAILER_DOWN);
	run_until(f, "fault:start ");
	assert_int_equal(mailproc_pid(f->mailproc), 0);
}

static void stop_lets_the_letter_in_hand_end(void **state)
{
	struct fixture *f = *state;
	start(f);
	run_until(f, "ready ");
	give(f, letters("wait", "wait", "wait", NULL));
	while (!log_has(f, "letter 1 "))
		run_for(f, 0.02);
	char *command = xasprintf("(sleep 0.3; touch %s/go) &", f->folder);
	assert_int_equal(system(command), 0);
	free(command);
	mailproc_stop(f->mailproc, HANG_SECONDS);
	assert_string_equal(f->heard, "1=sent/250 over ");
	assert_int_equal(mailproc_state(f->mailproc), MAILER_DOWN);
	assert_true(log_has(f, "end\n"));
}

static void stop_does_not_wait_for_ever(void **state)
{
	struct fixture *f = *state;
	start(f);
	run_until(f, "ready ");
	give(f, letters("sent", "hang", NULL));
	while (!log_has(f, "letter 2 "))
		run_for(f, 0.02);
	mailproc_stop(f->mailproc, 0.3); /* the letter hangs for ever */
	assert_string_equal(f->heard, "1=sent/250 died ");
}

static void a_batch_of_nearly_a_mebibyte(void **state)
{
	struct fixture *f = *state;
	start(f);
	run_until(f, "ready ");
	char *text = xcalloc(1000001, 1);
	memset(text, 'a', 1000000);
	json_t *batch = letters("sent", "sent", NULL);
	json_object_set_new(json_array_get(batch, 0), "text", json_string(text));
	free(text);
	give(f, batch);
	run_until(f, "over ");
	assert_string_equal(f->heard, "1=sent/250 2=sent/250 over ");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TRY(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
		TRY(starts_and_sends),
		TRY(one_that_dies_is_started_again),
		TRY(the_next_letter_waits_for_the_note),
		TRY(killed_while_it_rests),
		TRY(a_letter_has_a_limit),
		TRY(nonsense_ends_it),
		TRY(a_fault_in_a_batch),
		TRY(what_came_after_a_fault_was_not_tried),
		TRY(a_fault_of_the_settings),
		TRY(settings_wait_for_the_batch),
		TRY(one_that_never_comes_up_is_a_fault),
		TRY(wrong_from_the_start),
		TRY(a_program_that_is_not_there),
		TRY(stop_lets_the_letter_in_hand_end),
		TRY(stop_does_not_wait_for_ever),
		TRY(a_batch_of_nearly_a_mebibyte),
	};
	log_open("test_mailproc", LOG_LEVEL_ERROR);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
