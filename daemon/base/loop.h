/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The event loop: the only file that calls libevent, but for the buffers of control and mailproc.
 *
 * One pass of loop_run waits for something to happen, lets the callbacks note it, and then calls
 * `work` once: that is the turn. `work` returns true while it has more to do, and is then called
 * again after the sockets have had their say, without waiting.
 *
 * Nothing here wakes up by itself: the alarm is a timerfd on CLOCK_REALTIME that the kernel
 * cancels when the clock is set (anchors.md 5: libevent's own timers would wake every 35 minutes).
 */
#ifndef KEDJA_BASE_LOOP_H
#define KEDJA_BASE_LOOP_H

#include <event2/event.h>
#include <stdbool.h>
#include <stdint.h>

#include "rules/base/mem.h"

struct loop;

/*
 * First of all in the program: signals that loop_on_signal will take wait from here on, and are
 * handled then (a reload asked for during a long start must not end it, nor be forgotten); those
 * that nobody means to end it with are ignored. TERM and INT still end a start at once.
 */
void loop_hold_signals(void);
struct loop *loop_new(void); /* NULL on failure, logged. SIGPIPE is ignored from here on */
void loop_free(struct loop *loop);
struct event_base *loop_base(struct loop *loop);

typedef bool loop_work(void *arg); /* returns: is there more to do at once? */
void loop_run(struct loop *loop, loop_work *work, void *arg); /* until loop_stop */
void loop_stop(struct loop *loop);

/* Calls `fn` on a signal, in the loop, never in the handler; one that was held back too. 0 or -1.
 */
typedef void loop_signal(void *arg, int signal);
MUST_CHECK int loop_on_signal(struct loop *loop, int signal, loop_signal *fn, void *arg);

/* Wakes the loop at an instant (UTC seconds; INT64_MAX: never), or when the clock is set; then
 * `fn` is called, and `work` after it. Setting the same instant again costs no system call. */
typedef void loop_alarm(void *arg, bool clock_was_set);
MUST_CHECK int loop_on_alarm(struct loop *loop, loop_alarm *fn, void *arg);
MUST_CHECK int loop_set_alarm(struct loop *loop, int64_t at);

/* A one-shot monotonic timer for time limits; freed by loop_timer_free. seconds < 0: stopped. */
struct loop_timer;
typedef void loop_timeout(void *arg);
struct loop_timer *loop_timer_new(struct loop *loop, loop_timeout *fn, void *arg);
void loop_timer_set(struct loop_timer *timer, double seconds);
void loop_timer_free(struct loop_timer *timer); /* takes NULL */

#endif
