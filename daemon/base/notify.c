/* SPDX-License-Identifier: EUPL-1.2 */
/* See notify.h. */
#include "daemon/base/notify.h"

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

struct notify {
	int socket;
	struct sockaddr_un address;
	socklen_t address_length;
	double interval;
};

/* "/run/..." is a path, "@..." an abstract name; anything else is none of ours. */
static bool set_address(struct notify *notify, const char *name)
{
	size_t length = strlen(name);
	if ((name[0] != '/' && name[0] != '@') || length < 2 ||
	    length >= sizeof(notify->address.sun_path))
		return false;
	notify->address.sun_family = AF_UNIX;
	memcpy(notify->address.sun_path, name, length);
	if (name[0] == '@')
		notify->address.sun_path[0] = '\0';
	notify->address_length = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length);
	return true;
}

static bool read_number(const char *text, int64_t *ret)
{
	if (text == NULL || text[0] < '0' || text[0] > '9')
		return false;
	char *end;
	errno = 0;
	long long number = strtoll(text, &end, 10);
	if (errno != 0 || *end != '\0')
		return false;
	*ret = number;
	return true;
}

/* The watchdog may be meant for another process: WATCHDOG_PID says for whom. */
static double watchdog_interval(const char *usec, const char *pid)
{
	int64_t period, whose;
	if (!read_number(usec, &period) || period == 0)
		return 0;
	if (pid != NULL && (!read_number(pid, &whose) || whose != (int64_t)getpid()))
		return 0;
	return (double)period / 2e6;
}

static struct notify *open_notify(const char *name, const char *usec, const char *pid)
{
	struct notify *notify = xcalloc(1, sizeof(*notify));
	notify->socket = -1;
	if (set_address(notify, name))
		notify->socket = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (notify->socket < 0) {
		free(notify);
		return NULL;
	}
	notify->interval = watchdog_interval(usec, pid);
	return notify;
}

struct notify *notify_new(void)
{
	const char *name = getenv("NOTIFY_SOCKET");
	struct notify *notify = NULL;
	if (name != NULL)
		notify = open_notify(name, getenv("WATCHDOG_USEC"), getenv("WATCHDOG_PID"));
	unsetenv("NOTIFY_SOCKET");
	unsetenv("WATCHDOG_USEC");
	unsetenv("WATCHDOG_PID");
	return notify;
}

void notify_free(struct notify *notify)
{
	if (notify == NULL)
		return;
	close(notify->socket);
	free(notify);
}

static void notify_send(struct notify *notify, const char *message)
{
	if (notify != NULL)
		sendto(notify->socket, message, strlen(message), MSG_NOSIGNAL,
		       (const struct sockaddr *)&notify->address, notify->address_length);
}

void notify_ready(struct notify *notify)
{
	notify_send(notify, "READY=1");
}

void notify_stopping(struct notify *notify)
{
	notify_send(notify, "STOPPING=1");
}

void notify_watchdog(struct notify *notify)
{
	notify_send(notify, "WATCHDOG=1");
}

double notify_watchdog_interval(const struct notify *notify)
{
	return notify == NULL ? 0 : notify->interval;
}
