/* SPDX-License-Identifier: EUPL-1.2 */
/* See bind.h. */
#include "daemon/control/bind.h"

#include <errno.h>
#include <libgen.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

/* Whoever comes waits behind so many at most: a flood of connections is no long queue. */
#define BACKLOG 128

static bool folder_is_there(const char *path)
{
	char *copy = xstrdup(path);
	struct stat about;
	bool is = stat(dirname(copy), &about) == 0 || errno != ENOENT;
	free(copy);
	return is;
}

static void complain(struct problems *problems, const char *path)
{
	if (errno == ENOENT && !folder_is_there(path))
		problem_add(problems, path, 0,
			    "the folder of this socket does not exist: create it, owned by the "
			    "user that kedjad runs as");
	else if (errno == EACCES || errno == EPERM)
		problem_add(problems, path, 0,
			    "cannot be created: the user that kedjad runs as (uid %u) may not",
			    (unsigned)geteuid());
	else
		problem_add(problems, path, 0, "cannot be listened on: %s", strerror(errno));
}

static bool is_answered(const struct sockaddr_un *address)
{
	int probe = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (probe < 0)
		return true;
	/* EAGAIN: so many wait there that its queue is full. */
	bool is = connect(probe, (const struct sockaddr *)address, sizeof(*address)) == 0 ||
		  (errno != ECONNREFUSED && errno != ENOENT);
	close(probe);
	return is;
}

static int make_room(const char *path, const struct sockaddr_un *address, struct problems *problems)
{
	struct stat about;
	if (lstat(path, &about) != 0) {
		if (errno == ENOENT)
			return 0;
		complain(problems, path);
		return -1;
	}
	if (!S_ISSOCK(about.st_mode)) {
		problem_add(problems, path, 0, "is not a socket: give a path that is free");
		return -1;
	}
	if (is_answered(address)) {
		problem_add(problems, path, 0,
			    "another program answers on this socket: is kedjad running already?");
		return -1;
	}
	if (unlink(path) == 0)
		return 0;
	complain(problems, path);
	return -1;
}

static int bind_and_listen(int listener, const struct sockaddr_un *address)
{
	/* The mode has to be right from the first moment on: user and group, nobody else. */
	mode_t before = umask(0117);
	int result = bind(listener, (const struct sockaddr *)address, sizeof(*address));
	int number = errno;
	umask(before);
	errno = number;
	return result == 0 ? listen(listener, BACKLOG) : -1;
}

int control_bind(const char *path, struct problems *problems)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	size_t length = strlen(path);
	if (length == 0 || length >= sizeof(address.sun_path)) {
		problem_add(problems, path, 0, "the path of a socket has from 1 to %zu bytes",
			    sizeof(address.sun_path) - 1);
		return -1;
	}
	memcpy(address.sun_path, path, length);
	if (make_room(path, &address, problems) != 0)
		return -1;
	int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (listener >= 0 && bind_and_listen(listener, &address) == 0)
		return listener;
	complain(problems, path);
	if (listener >= 0)
		close(listener);
	return -1;
}
