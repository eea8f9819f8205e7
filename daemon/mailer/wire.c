/* SPDX-License-Identifier: EUPL-1.2 */
/* See wire.h. */
#include "daemon/mailer/wire.h"

#include <dlfcn.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stddef.h>
#include <sys/socket.h>
#include <sys/time.h>

typedef int connect_function(int, const struct sockaddr *, socklen_t);
typedef int poll_function(struct pollfd *, nfds_t, int);

/* One session at a time, and the library has no place to hang this on. */
static struct {
	bool open;
	int fd; /* -1: not connected */
	int patience;
	bool cut, timed_out;
} wire = { .fd = -1 };

void wire_open(int patience)
{
	wire.open = true;
	wire.fd = -1;
	wire.patience = patience;
	wire.cut = wire.timed_out = false;
}

void wire_close(void)
{
	wire.open = false;
	wire.fd = -1;
}

void wire_hurry(int patience)
{
	if (patience < wire.patience)
		wire.patience = patience;
}

void wire_cut(void)
{
	if (!wire.open || wire.cut)
		return;
	wire.cut = true;
	if (wire.fd >= 0)
		shutdown(wire.fd, SHUT_RDWR);
}

bool wire_was_cut(void)
{
	return wire.cut;
}

bool wire_timed_out(void)
{
	return wire.timed_out;
}

bool wire_has_input(void)
{
	char byte;
	return wire.open && wire.fd >= 0 && !wire.cut &&
	       recv(wire.fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) > 0;
}

/* The send timeout of a socket is also how long a blocking connect may take. */
static void socket_prepare(int fd)
{
	int on = 1;
	struct timeval limit = { .tv_sec = wire.patience / 1000,
				 .tv_usec = wire.patience % 1000 * 1000 };
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit));
	wire.fd = fd;
	wire.cut = wire.timed_out = false; /* the library tries a host's next address */
}

int connect(int fd, const struct sockaddr *address, socklen_t length)
{
	static connect_function *next;
	if (next == NULL)
		next = (connect_function *)dlsym(RTLD_NEXT, "connect");
	if (wire.open && (address->sa_family == AF_INET || address->sa_family == AF_INET6))
		socket_prepare(fd);
	return next(fd, address, length);
}

/* QUICKACK does not last, so it is set before every wait. */
int poll(struct pollfd *fds, nfds_t count, int timeout)
{
	static poll_function *next;
	if (next == NULL)
		next = (poll_function *)dlsym(RTLD_NEXT, "poll");
	bool ours = wire.open && wire.fd >= 0 && count > 0 && fds[0].fd == wire.fd;
	if (!ours)
		return next(fds, count, timeout);
	int on = 1;
	setsockopt(wire.fd, IPPROTO_TCP, TCP_QUICKACK, &on, sizeof(on));
	if (timeout < 0 || timeout > wire.patience)
		timeout = wire.patience;
	int ready = next(fds, count, timeout);
	if (ready == 0 && timeout > 0) {
		wire.timed_out = true;
		wire_cut();
	}
	return ready;
}
