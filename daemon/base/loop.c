/* SPDX-License-Identifier: EUPL-1.2 */
/* See loop.h. */
#include "daemon/base/loop.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "daemon/base/log.h"

/* What the kernel can count in nanoseconds ends in the year 2262; "never" stands for a time
 * before that, because a timer that is not set is not told of a change of the clock either. */
#define FIRST_ALARM INT64_C(1)
#define LAST_ALARM  INT64_C(9000000000)

struct on_signal {
	struct event *event;
	loop_signal *fn;
	void *arg;
	struct on_signal *next;
};

struct alarm {
	int descriptor;
	struct event *event;
	loop_alarm *fn;
	void *arg;
	int64_t at; /* what the kernel holds; 0: nothing, or it has gone off */
};

struct loop {
	struct event_base *base;
	struct on_signal *signals;
	struct alarm alarm;
	bool stopping;
};

struct loop_timer {
	struct event *event;
	loop_timeout *fn;
	void *arg;
};

static void log_libevent(int severity, const char *text)
{
	if (severity == EVENT_LOG_ERR)
		log_error("libevent: %s", text);
	else if (severity == EVENT_LOG_WARN)
		log_warning("libevent: %s", text);
	else
		log_debug("libevent: %s", text);
}

static void hold(int how, int signal_number)
{
	sigset_t held;
	sigemptyset(&held);
	sigaddset(&held, signal_number);
	if (sigprocmask(how, &held, NULL) != 0)
		log_error("signal %d cannot be held back: %s", signal_number, strerror(errno));
}

/* A peer that has gone, a file that may not grow: the call that meets it says so. */
static void ignore_signals(void)
{
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN);
}

void loop_hold_signals(void)
{
	ignore_signals();
	signal(SIGUSR1, SIG_IGN); /* of other daemons these ask for new logs: scripts send them */
	signal(SIGUSR2, SIG_IGN);
	hold(SIG_BLOCK, SIGHUP);
}

struct loop *loop_new(void)
{
	event_set_log_callback(log_libevent);
	ignore_signals();
	struct event_base *base = event_base_new();
	if (base == NULL) {
		log_error("the event loop cannot be set up: %s", strerror(errno));
		return NULL;
	}
	struct loop *loop = xcalloc(1, sizeof(*loop));
	loop->base = base;
	loop->alarm.descriptor = -1;
	return loop;
}

void loop_free(struct loop *loop)
{
	if (loop == NULL)
		return;
	for (struct on_signal *on = loop->signals; on != NULL;) {
		struct on_signal *next = on->next;
		event_free(on->event);
		free(on);
		on = next;
	}
	if (loop->alarm.event != NULL)
		event_free(loop->alarm.event);
	if (loop->alarm.descriptor >= 0)
		close(loop->alarm.descriptor);
	event_base_free(loop->base);
	free(loop);
}

struct event_base *loop_base(struct loop *loop)
{
	return loop->base;
}

void loop_run(struct loop *loop, loop_work *work, void *arg)
{
	/* The first pass does not wait: something may be left from an earlier life. */
	bool more = true;
	while (!loop->stopping) {
		int how = more ? EVLOOP_NONBLOCK : EVLOOP_ONCE;
		if (event_base_loop(loop->base, how | EVLOOP_NO_EXIT_ON_EMPTY) < 0) {
			log_error("the event loop has failed: %s", strerror(errno));
			break;
		}
		more = work(arg);
	}
	loop->stopping = false;
}

void loop_stop(struct loop *loop)
{
	loop->stopping = true;
}

/* --- signals ---------------------------------------------------------------------------- */

static void signal_came(evutil_socket_t signal, short what, void *arg)
{
	(void)what;
	struct on_signal *on = arg;
	on->fn(on->arg, (int)signal);
}

int loop_on_signal(struct loop *loop, int signal, loop_signal *fn, void *arg)
{
	struct on_signal *on = xcalloc(1, sizeof(*on));
	*on = (struct on_signal){ .fn = fn, .arg = arg, .next = loop->signals };
	on->event = evsignal_new(loop->base, signal, signal_came, on);
	if (on->event != NULL && event_add(on->event, NULL) == 0) {
		loop->signals = on;
		hold(SIG_UNBLOCK, signal);
		return 0;
	}
	if (on->event != NULL)
		event_free(on->event);
	free(on);
	return -1;
}

/* --- the alarm -------------------------------------------------------------------------- */

/* Returns 1 when the kernel says that the clock was set since it was last asked. */
static int arm(struct alarm *alarm, int64_t at)
{
	const struct itimerspec when = { .it_value.tv_sec = at };
	if (timerfd_settime(alarm->descriptor, TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET, &when,
			    NULL) == 0) {
		alarm->at = at;
		return 0;
	}
	if (errno == ECANCELED) {
		alarm->at = at;
		return 1;
	}
	alarm->at = 0;
	return -1;
}

/* What reading the timer gave: a count of expirations, or that the clock was set. */
static void alarm_read(struct alarm *alarm, ssize_t length, int number)
{
	bool was_set = length < 0 && number == ECANCELED;
	if (length < 0 && !was_set)
		return;
	int64_t at = alarm->at;
	alarm->at = 0;
	if (was_set && at != 0)
		(void)!arm(alarm, at);
	alarm->fn(alarm->arg, was_set);
}

static void alarm_came(evutil_socket_t descriptor, short what, void *arg)
{
	struct alarm *alarm = arg;
	uint64_t expirations;
	if (what & EV_READ) {
		ssize_t length = read(descriptor, &expirations, sizeof(expirations));
		alarm_read(alarm, length, errno);
	} else {
		alarm->fn(alarm->arg, true); /* by loop_set_alarm, which met the change first */
	}
}

int loop_on_alarm(struct loop *loop, loop_alarm *fn, void *arg)
{
	struct alarm *alarm = &loop->alarm;
	*alarm = (struct alarm){ .fn = fn, .arg = arg };
	alarm->descriptor = timerfd_create(CLOCK_REALTIME, TFD_NONBLOCK | TFD_CLOEXEC);
	if (alarm->descriptor < 0)
		return -1;
	alarm->event =
	    event_new(loop->base, alarm->descriptor, EV_READ | EV_PERSIST, alarm_came, alarm);
	if (alarm->event == NULL || event_add(alarm->event, NULL) != 0)
		return -1;
	return loop_set_alarm(loop, INT64_MAX);
}

int loop_set_alarm(struct loop *loop, int64_t at)
{
	struct alarm *alarm = &loop->alarm;
	at = at < FIRST_ALARM ? FIRST_ALARM : at > LAST_ALARM ? LAST_ALARM : at;
	if (at == alarm->at)
		return 0;
	int result = arm(alarm, at);
	if (result > 0)
		event_active(alarm->event, 0, 0);
	return result < 0 ? -1 : 0;
}

/* --- timers ----------------------------------------------------------------------------- */

static void timer_came(evutil_socket_t descriptor, short what, void *arg)
{
	(void)descriptor;
	(void)what;
	struct loop_timer *timer = arg;
	timer->fn(timer->arg);
}

struct loop_timer *loop_timer_new(struct loop *loop, loop_timeout *fn, void *arg)
{
	struct loop_timer *timer = xcalloc(1, sizeof(*timer));
	timer->fn = fn;
	timer->arg = arg;
	timer->event = evtimer_new(loop->base, timer_came, timer);
	if (timer->event != NULL)
		return timer;
	log_error("a timer cannot be set up");
	abort();
}

void loop_timer_set(struct loop_timer *timer, double seconds)
{
	if (seconds < 0) {
		event_del(timer->event);
		return;
	}
	struct timeval after = { .tv_sec = (time_t)seconds };
	after.tv_usec = (suseconds_t)((seconds - (double)after.tv_sec) * 1e6);
	event_add(timer->event, &after);
}

void loop_timer_free(struct loop_timer *timer)
{
	if (timer == NULL)
		return;
	event_free(timer->event);
	free(timer);
}
