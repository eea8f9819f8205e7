/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Telling systemd how we are: ready, stopping, and that we are alive. Only when systemd asks for
 * it; otherwise notify_new gives NULL and every call does nothing.
 *
 *   notify = notify_new();
 *   notify_ready(notify);
 *   interval = notify_watchdog_interval(notify);   ... notify_watchdog(notify) that often
 *   notify_stopping(notify);  notify_free(notify);
 *
 * The protocol: one datagram of "NAME=value" lines to the Unix socket in NOTIFY_SOCKET
 * (sd_notify(3)); it is stable, and libsystemd would double our memory.
 */
#ifndef KEDJA_BASE_NOTIFY_H
#define KEDJA_BASE_NOTIFY_H

#include "rules/base/mem.h"

struct notify;

/* Reads NOTIFY_SOCKET, WATCHDOG_USEC and WATCHDOG_PID and takes them out of the environment, so
 * that no child speaks in our name. NULL when nobody asks, or the address cannot be used. */
struct notify *notify_new(void);
void notify_free(struct notify *notify); /* takes NULL */

/* A message that cannot be delivered is lost: systemd's own time limits notice. Nothing blocks. */
void notify_ready(struct notify *notify);
void notify_stopping(struct notify *notify);

/* Seconds between signs of life: half of what systemd allows; 0: no watchdog. Send them from
 * the turn, where the work is done, so that a loop that only spins is noticed too. */
double notify_watchdog_interval(const struct notify *notify);
void notify_watchdog(struct notify *notify);

#endif
