/* SPDX-License-Identifier: EUPL-1.2 */
/* The loop: one call of work a pass, signals, the alarm on the wall clock, time limits. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "daemon/base/clock.h"

/* The clock of the machine cannot be set for a test: what the kernel would say is said to the
 * function that reads it. */
#include "daemon/base/loop.c"

struct fixture {
	struct loop *loop;
	int passes;
	int most; /* stop after so many */
	int busy; /* so many passes have more to do */
	int signals, alarms, clock_set, timeouts;
	int seen_at_work; /* what had been heard when work was last called */
};

static int set_up(void **state)
{
	struct fixture *fixture = xcalloc(1, sizeof(*fixture));
	fixture->loop = loop_new();
	fixture->most = 1000000;
	*state = fixture;
	return fixture->loop == NULL ? -1 : 0;
}

static int tear_down(void **state)
{
	struct fixture *fixture = *state;
	loop_free(fixture->loop);
	free(fixture);
	return 0;
}

/* time() may lag behind the clock that the timer goes by. */
static int64_t now(void)
{
	struct timespec time;
	clock_gettime(CLOCK_REALTIME, &time);
	return time.tv_sec;
}

static bool work(void *arg)
{
	struct fixture *fixture = arg;
	fixture->passes++;
	fixture->seen_at_work = fixture->signals + fixture->alarms + fixture->timeouts;
	if (fixture->passes >= fixture->most)
		loop_stop(fixture->loop);
	return fixture->busy-- > 0;
}

static void on_signal(void *arg, int signal)
{
	struct fixture *fixture = arg;
	fixture->signals += signal == SIGHUP ? 1 : 100;
	loop_stop(fixture->loop);
}

static void on_alarm(void *arg, bool clock_was_set)
{
	struct fixture *fixture = arg;
	fixture->alarms++;
	fixture->clock_set += clock_was_set;
	loop_stop(fixture->loop);
}

static void on_timeout(void *arg)
{
	struct fixture *fixture = arg;
	fixture->timeouts++;
	loop_stop(fixture->loop);
}

static void test_work_is_called_once_a_pass(void **state)
{
	struct fixture *fixture = *state;
	fixture->busy = 99;
	fixture->most = 100;
	loop_run(fixture->loop, work,
		 fixture); /* nothing is there that would wake one that waits */
	assert_int_equal(fixture->passes, 100);
}

static void test_stop_before_run(void **state)
{
	struct fixture *fixture = *state;
	loop_stop(fixture->loop);
	loop_run(fixture->loop, work, fixture);
	assert_int_equal(fixture->passes, 0);
	fixture->most = 1;
	loop_run(fixture->loop, work, fixture);
	assert_int_equal(fixture->passes, 1);
}

static void test_signal_is_heard_before_work(void **state)
{
	struct fixture *fixture = *state;
	assert_int_equal(loop_on_signal(fixture->loop, SIGHUP, on_signal, fixture), 0);
	assert_int_equal(loop_on_signal(fixture->loop, SIGUSR1, on_signal, fixture), 0);
	raise(SIGHUP);
	loop_run(fixture->loop, work, fixture);
	assert_int_equal(fixture->signals, 1);
	assert_int_equal(fixture->seen_at_work, 1);
	raise(SIGUSR1);
	loop_run(fixture->loop, work, fixture);
	assert_int_equal(fixture->signals, 101);
	raise(SIGPIPE);
	raise(SIGXFSZ); /* neither ends us */
}

/* Asked for before anybody could do it: done then, and nobody is ended by it. */
static void test_signal_that_came_too_early(void **state)
{
	struct fixture *fixture = *state;
	loop_hold_signals();
	raise(SIGHUP);
	raise(SIGUSR1);
	raise(SIGUSR2);
	assert_int_equal(loop_on_signal(fixture->loop, SIGHUP, on_signal, fixture), 0);
	loop_run(fixture->loop, work, fixture);
	assert_int_equal(fixture->signals, 1);
}

static void test_alarm_in_the_past_goes_off_at_once(void **state)
{
	struct fixture *fixture = *state;
	assert_int_equal(loop_on_alarm(fixture->loop, on_alarm, fixture), 0);
	const int64_t past[] = { 1000, 0, INT64_MIN, now() - 1 };
	for (int i = 0; i < 4; i++) {
		assert_int_equal(loop_set_alarm(fixture->loop, past[i]), 0);
		loop_run(fixture->loop, work, fixture);
		assert_int_equal(fixture->alarms, i + 1);
		assert_int_equal(fixture->seen_at_work, i + 1);
	}
	/* Once only, and again when it is set again. */
	struct loop_timer *timer = loop_timer_new(fixture->loop, on_timeout, fixture);
	loop_timer_set(timer, 0.05);
	loop_run(fixture->loop, work, fixture);
	assert_int_equal(fixture->timeouts, 1);
	assert_int_equal(fixture->alarms, 4);
	assert_int_equal(loop_set_alarm(fixture->loop, past[3]), 0);
	loop_run(fixture->loop, work, fixture);
	assert_int_equal(fixture->alarms, 5);
	assert_int_equal(fixture->clock_set, 0);
	loop_timer_free(timer);
}

static void test_alarm_in_the_future(void **state)
{
	struct fixture *fixture = *state;
	assert_int_equal(loop_on_alarm(fixture->loop, on_alarm, fixture), 0);
	int64_t at = now() + 1;
	assert_int_equal(loop_set_alarm(fixture->loop, INT64_MAX), 0);
	assert_int_equal(loop_set_alarm(fixture->loop, at), 0);
	assert_int_equal(loop_set_alarm(fixture->loop, at), 0);
	fixture->busy = 0;
	loop_run(fixture->loop, work, fixture);
	assert_int_equal(fixture->alarms, 1);
	assert_true(now() >= at);
	assert_true(fixture->passes <= 2); /* it slept, it did not poll */
}

static void test_alarm_that_is_taken_back(void **state)
{
	struct fixture *fixture = *state;
	assert_int_equal(loop_on_alarm(fixture->loop, on_alarm, fixture), 0);
	assert_int_equal(loop_set_alarm(fixture->loop, now() - 5), 0);
	assert_int_equal(loop_set_alarm(fixture->loop, INT64_MAX), 0);
	struct loop_timer *timer = loop_timer_new(fixture->loop, on_timeout, fixture);
	loop_timer_set(timer, 0.05);
	loop_run(fixture->loop, work, fixture);
	assert_int_equal(fixture->alarms, 0);
	assert_int_equal(fixture->timeouts, 1);
	loop_timer_free(timer);
}

static void test_clock_that_is_set(void **state)
{
	struct fixture *fixture = *state;
	assert_int_equal(loop_on_alarm(fixture->loop, on_alarm, fixture), 0);
	int64_t at = now() + 1000;
	assert_int_equal(loop_set_alarm(fixture->loop, at), 0);
	alarm_read(&fixture->loop->alarm, -1, ECANCELED);
	assert_int_equal(fixture->alarms, 1);
	assert_int_equal(fixture->clock_set, 1);
	assert_int_equal(fixture->loop->alarm.at, at); /* still armed */
	struct itimerspec held;
	assert_int_equal(timerfd_gettime(fixture->loop->alarm.descriptor, &held), 0);
	assert_true(held.it_value.tv_sec > 900);
	alarm_read(&fixture->loop->alarm, -1, EAGAIN);
	assert_int_equal(fixture->alarms, 1);

	/* Where setting the alarm met the change, the loop is told all the same. */
	event_active(fixture->loop->alarm.event, 0, 0);
	loop_stop(fixture->loop);
	fixture->loop->stopping = false;
	loop_run(fixture->loop, work, fixture);
	assert_int_equal(fixture->clock_set, 2);
}

static void test_timers(void **state)
{
	struct fixture *fixture = *state;
	struct loop_timer *timer = loop_timer_new(fixture->loop, on_timeout, fixture);
	struct loop_timer *other = loop_timer_new(fixture->loop, on_timeout, fixture);
	int64_t before = clock_monotonic_us();
	loop_timer_set(other, 0.02);
	loop_timer_set(other, -1);
	loop_timer_set(timer, 86400); /* a day, if the next one did not take its place */
	loop_timer_set(timer, 0.1);
	loop_run(fixture->loop, work, fixture);
	assert_int_equal(fixture->timeouts, 1);
	assert_true(clock_monotonic_us() - before >= 99000);
	loop_timer_free(timer);
	loop_timer_free(other);
	loop_timer_free(NULL);
}

/* With an alarm far away the process is not woken at all. */
static void test_idle_loop_sleeps(void **state)
{
	struct fixture *fixture = *state;
	assert_int_equal(loop_on_alarm(fixture->loop, on_alarm, fixture), 0);
	assert_int_equal(loop_on_signal(fixture->loop, SIGALRM, on_signal, fixture), 0);
	assert_int_equal(loop_set_alarm(fixture->loop, now() + 86400), 0);
	struct rusage before, after;
	getrusage(RUSAGE_SELF, &before);
	alarm(1);
	loop_run(fixture->loop, work, fixture);
	getrusage(RUSAGE_SELF, &after);
	/* The first, and the one of the signal, unless that was there before the first. */
	assert_in_range(fixture->passes, 1, 2);
	assert_in_range(after.ru_nvcsw - before.ru_nvcsw, 0, 3);
}

int main(void)
{
#define CASE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		CASE(test_work_is_called_once_a_pass),
		CASE(test_stop_before_run),
		CASE(test_signal_is_heard_before_work),
		CASE(test_signal_that_came_too_early),
		CASE(test_alarm_in_the_past_goes_off_at_once),
		CASE(test_alarm_in_the_future),
		CASE(test_alarm_that_is_taken_back),
		CASE(test_clock_that_is_set),
		CASE(test_timers),
		CASE(test_idle_loop_sleeps),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
