/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Clients on a Unix socket that ask line by line and wait for each answer, all from one process.
 * The requests are the lines of a file, each sent once, or the first again and again.
 *
 * usage: load SOCKET CLIENTS COUNT FILE
 * prints: requests per second, median and 99th percentile of the waiting time in microseconds
 */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

struct client {
	int socket;
	double asked;
	bool waiting;
};

struct load {
	char *text; /* the file, lines ended by zero bytes */
	char **lines;
	size_t line_count;
	size_t count, sent, answered;
	double *waits;
	struct client *clients;
	size_t client_count;
	int epoll;
};

static void fail(const char *what, const char *detail)
{
	fprintf(stderr, "load: %s: %s\n", what, detail);
	exit(1);
}

static double now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void *need(void *memory)
{
	if (memory == NULL)
		fail("memory", "out of it");
	return memory;
}

static void read_lines(struct load *load, const char *path)
{
	FILE *file = fopen(path, "r");
	if (file == NULL)
		fail(path, strerror(errno));
	size_t capacity = 0, room = 0;
	char *line = NULL;
	while (getline(&line, &room, file) > 0) {
		if (load->line_count == capacity) {
			capacity = capacity == 0 ? 1024 : capacity * 2;
			load->lines = need(realloc(load->lines, capacity * sizeof(char *)));
		}
		load->lines[load->line_count++] = line;
		line = NULL;
		room = 0;
	}
	free(line);
	fclose(file);
	if (load->line_count == 0)
		fail(path, "no requests in it");
}

static int connect_to(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	if (strlen(path) >= sizeof(address.sun_path))
		fail(path, "too long a path");
	memcpy(address.sun_path, path, strlen(path));
	int connected = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (connected < 0 || connect(connected, (struct sockaddr *)&address, sizeof(address)) != 0)
		fail(path, strerror(errno));
	return connected;
}

static void ask(struct load *load, struct client *client)
{
	if (load->sent == load->count)
		return;
	const char *line = load->lines[load->sent++ % load->line_count];
	size_t length = strlen(line);
	client->asked = now();
	client->waiting = true;
	if (write(client->socket, line, length) != (ssize_t)length)
		fail("write", strerror(errno));
}

static void connect_all(struct load *load, const char *path)
{
	load->epoll = epoll_create1(EPOLL_CLOEXEC);
	load->clients = need(calloc(load->client_count, sizeof(struct client)));
	for (size_t i = 0; i < load->client_count; i++) {
		struct client *client = &load->clients[i];
		client->socket = connect_to(path);
		struct epoll_event event = { .events = EPOLLIN, .data.ptr = client };
		if (epoll_ctl(load->epoll, EPOLL_CTL_ADD, client->socket, &event) != 0)
			fail("epoll", strerror(errno));
	}
}

/* An answer is one line; with one question at a time the end of line is the end of what came. */
static void hear(struct load *load, struct client *client)
{
	static char answer[1 << 20];
	ssize_t length = read(client->socket, answer, sizeof(answer) - 1);
	if (length <= 0)
		fail("read", length == 0 ? "the other side hung up" : strerror(errno));
	answer[length] = '\0';
	if (strstr(answer, "\"error\":") != NULL)
		fail("refused", answer);
	if (answer[length - 1] != '\n')
		return;
	load->waits[load->answered++] = now() - client->asked;
	client->waiting = false;
	ask(load, client);
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

static void run(struct load *load)
{
	for (size_t i = 0; i < load->client_count; i++)
		ask(load, &load->clients[i]);
	struct epoll_event ready[64];
	while (load->answered < load->count) {
		int count = epoll_wait(load->epoll, ready, 64, 30000);
		if (count == 0)
			fail("waiting", "no answer for 30 seconds");
		for (int i = 0; i < count; i++)
			hear(load, ready[i].data.ptr);
	}
}

int main(int argc, char **argv)
{
	if (argc != 5)
		fail("usage", "load SOCKET CLIENTS COUNT FILE");
	struct load load = { .client_count = strtoul(argv[2], NULL, 10),
			     .count = strtoul(argv[3], NULL, 10) };
	if (load.client_count == 0 || load.count == 0)
		fail("usage", "clients and count are whole numbers from 1");
	read_lines(&load, argv[4]);
	load.waits = need(calloc(load.count, sizeof(double)));
	connect_all(&load, argv[1]);
	double began = now();
	run(&load);
	double seconds = now() - began;
	qsort(load.waits, load.count, sizeof(double), compare);
	printf("%.1f %.1f %.1f\n", (double)load.count / seconds, load.waits[load.count / 2] * 1e6,
	       load.waits[load.count * 99 / 100] * 1e6);
	return 0;
}
