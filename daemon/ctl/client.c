/* SPDX-License-Identifier: EUPL-1.2 */
/* See client.h. */
#include "daemon/ctl/client.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "daemon/ctl/buffer.h"

#define CONNECT_SECONDS 5
#define ANSWER_MOST     (64 * 1024 * 1024)
#define READ_SIZE       (64 * 1024)

struct client {
	int fd;
	char *path;
	long long asked, heard; /* ids: of the last question, of the last answer */
	struct buffer in;       /* bytes that came and are not used yet */
};

static const char *open_reason(int error)
{
	switch (error) {
	case ENOENT:
		return "nothing is there: is kedjad running, and is this its socket?";
	case ECONNREFUSED:
		return "nobody listens there: kedjad is not running";
	case EACCES:
	case EPERM:
		return "you may not use it: are you in the group that owns the socket?";
	case EAGAIN:
		return "kedjad did not take the connection in time";
	}
	return strerror(error);
}

/* On a Unix socket the send limit bounds connect() as well: a full backlog would wait for ever. */
static void set_send_limit(int fd, int seconds)
{
	struct timeval limit = { .tv_sec = seconds };
	if (setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit)) != 0)
		return; /* then connecting may take longer, nothing worse */
}

static int connect_to(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	size_t length = strlen(path);
	if (length >= sizeof(address.sun_path))
		return -ENAMETOOLONG;
	memcpy(address.sun_path, path, length);
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	set_send_limit(fd, CONNECT_SECONDS);
	if (connect(fd, (const struct sockaddr *)&address, sizeof(address)) != 0) {
		int error = errno;
		close(fd);
		return -error;
	}
	set_send_limit(fd, 0);
	return fd;
}

struct client *client_open(const char *path, char **ret_reason)
{
	int fd = connect_to(path);
	if (fd < 0) {
		*ret_reason = xasprintf("no daemon at %s: %s", path, open_reason(-fd));
		return NULL;
	}
	struct client *client = xcalloc(1, sizeof(*client));
	client->fd = fd;
	client->path = xstrdup(path);
	return client;
}

void client_close(struct client *client)
{
	if (client == NULL)
		return;
	close(client->fd);
	buffer_clear(&client->in);
	free(client->path);
	free(client);
}

/* Sends all of it. A peer that closed early may have said why: the answer is read all the same. */
static void send_all(struct client *client, const char *bytes, size_t length)
{
	while (length > 0) {
		ssize_t sent = send(client->fd, bytes, length, MSG_NOSIGNAL);
		if (sent < 0 && errno == EINTR)
			continue;
		if (sent <= 0)
			return;
		bytes += sent;
		length -= (size_t)sent;
	}
}

static char *broken_off(const struct client *client, const char *method, const char *how)
{
	return xasprintf("the daemon at %s %s while it was asked for %s: "
			 "whether that was done is not known",
			 client->path, how, method);
}

/* One line from the socket; its length, with the line still in client->in. 0 with a reason. */
static size_t read_line(struct client *client, const char *method, char **ret_reason)
{
	for (size_t seen = 0;;) {
		char *end = client->in.length == seen
				? NULL
				: memchr(client->in.bytes + seen, '\n', client->in.length - seen);
		if (end != NULL)
			return (size_t)(end - client->in.bytes) + 1;
		seen = client->in.length;
		if (seen > ANSWER_MOST) {
			*ret_reason = broken_off(client, method, "sent an answer of over 64 MiB");
			return 0;
		}
		char bytes[READ_SIZE];
		ssize_t got = recv(client->fd, bytes, sizeof(bytes), 0);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0) {
			*ret_reason = broken_off(client, method,
						 seen > 0 ? "broke off in the middle of its answer"
							  : "closed the connection");
			return 0;
		}
		buffer_add(&client->in, bytes, (size_t)got);
	}
}

/* Is this line meant for the question in hand? Notifications are not; an answer without id is
 * what a daemon says that could not read the question. */
static bool is_answer(const json_t *line, long long id)
{
	const json_t *whose = json_object_get(line, "id");
	if (json_is_null(whose) && json_object_get(line, "error") != NULL)
		return true;
	return json_is_integer(whose) && json_integer_value(whose) == id;
}

static char *not_kedjad(const struct client *client)
{
	return xasprintf("what answers at %s does not speak as kedjad does", client->path);
}

static enum answer take_answer(const json_t *line, json_t **ret)
{
	json_t *result = json_object_get(line, "result"), *error = json_object_get(line, "error");
	if (json_is_object(error)) {
		*ret = json_incref(error);
		return ANSWER_ERROR;
	}
	if (result == NULL)
		return ANSWER_NONE;
	*ret = json_incref(result);
	return ANSWER_RESULT;
}

enum answer client_hear(struct client *client, const char *method, json_t **ret, char **ret_reason)
{
	client->heard++;
	for (;;) {
		size_t length = read_line(client, method, ret_reason);
		if (length == 0)
			return ANSWER_NONE;
		json_t *line = json_loadb(client->in.bytes, length, JSON_REJECT_DUPLICATES, NULL);
		buffer_drop_front(&client->in, length);
		bool wanted = is_answer(line, client->heard);
		bool notification =
		    json_object_get(line, "id") == NULL && json_object_get(line, "method") != NULL;
		enum answer answer = wanted ? take_answer(line, ret) : ANSWER_NONE;
		json_decref(line);
		if (!wanted && notification)
			continue;
		if (answer == ANSWER_NONE)
			*ret_reason = not_kedjad(client);
		return answer;
	}
}

void client_send(struct client *client, const char *method, const char *parameters)
{
	struct buffer out = BUFFER_NONE;
	client->asked++;
	buffer_printf(&out, "{\"jsonrpc\":\"2.0\",\"id\":%lld,\"method\":\"%s\"", client->asked,
		      method);
	if (parameters != NULL)
		buffer_printf(&out, ",\"params\":%s", parameters);
	buffer_add_text(&out, "}\n");
	send_all(client, out.bytes, out.length);
	buffer_clear(&out);
}

enum answer client_call(struct client *client, const char *method, const char *parameters,
			json_t **ret, char **ret_reason)
{
	client_send(client, method, parameters);
	return client_hear(client, method, ret, ret_reason);
}
