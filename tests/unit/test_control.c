/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The control socket with real sockets: a daemon in a process of its own, of which everything
 * but the control socket is a handful of methods, and clients that behave badly.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pwd.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

/* What the daemon bears; short only where that is what is tried. */
static int limit_seconds;
#define HALF_LINE_SECONDS limit_seconds
#define UNREAD_SECONDS    limit_seconds

#include "daemon/control/control.c"
#include "daemon/control/peer.c"
#include "tests/unit/hang.h"

/* --- the daemon ------------------------------------------------------------------------- */

static const struct migration steps[] = {
	{ "CREATE TABLE word (text TEXT PRIMARY KEY,"
	  "  of TEXT REFERENCES word DEFERRABLE INITIALLY DEFERRED) STRICT;" },
};

struct daemon {
	struct loop *loop;
	struct db *db;
	struct turn *turn;
	struct control *control;
	struct loop_timer *timer;
	bool is_due; /* the timer has gone off */
};

static json_t *do_echo(void *arg, struct call *call)
{
	(void)arg;
	return json_pack("{s:s, s:O}", "actor", call->actor, "n",
			 json_object_get(call->parameters, "n"));
}

/* With "of", a word that is not there: only the commit finds that out. */
static json_t *do_put(void *arg, struct call *call)
{
	struct daemon *daemon = arg;
	struct query *query = db_query(daemon->db, "INSERT INTO word VALUES (?1, ?2)");
	db_bind(query, DB_TEXT(call_text(call, "text")), DB_TEXT(call_text(call, "of")));
	db_run(query);
	return json_true();
}

static json_t *do_count(void *arg, struct call *call)
{
	struct daemon *daemon = arg;
	(void)call;
	struct query *query = db_query(daemon->db, "SELECT count(*) FROM word");
	int64_t count = db_next(query) ? db_int(query, 0) : -1;
	db_done(query);
	return json_integer(count);
}

static json_t *do_big(void *arg, struct call *call)
{
	(void)arg;
	size_t length = (size_t)call_number(call, "n", 0);
	char *text = xcalloc(1, length + 1);
	memset(text, 'x', length);
	json_t *result = json_string(text);
	free(text);
	return result;
}

static json_t *do_limit(void *arg, struct call *call)
{
	struct daemon *daemon = arg;
	char text[64];
	snprintf(text, sizeof(text), "PRAGMA max_page_count = %lld",
		 (long long)call_number(call, "n", 100000));
	struct query *query = db_query(daemon->db, text);
	db_next(query);
	db_done(query);
	return json_true();
}

static json_t *do_figures(void *arg, struct call *call)
{
	struct daemon *daemon = arg;
	(void)call;
	struct control_figures figures = daemon->control->figures;
	return json_pack("{s:I, s:I, s:I, s:I, s:I}", "peers", (json_int_t)figures.peers, "waiting",
			 (json_int_t)figures.waiting, "refused", (json_int_t)figures.refused,
			 "dropped", (json_int_t)figures.dropped, "bytes",
			 (json_int_t)daemon->control->bytes);
}

static void timer_is_due(void *arg)
{
	struct daemon *daemon = arg;
	daemon->is_due = true;
}

static bool must_wait(void *arg, const struct call *call)
{
	const struct daemon *daemon = arg;
	(void)call;
	return !daemon->is_due;
}

static json_t *at_last(void *arg, struct call *call)
{
	(void)arg;
	(void)call;
	return json_string("at last");
}

/* Waits so many milliseconds. Writes, too, if it is told to: then its turn may fail. */
static json_t *do_later(void *arg, struct call *call)
{
	struct daemon *daemon = arg;
	if (call_text(call, "text") != NULL)
		json_decref(do_put(arg, call));
	daemon->is_due = false;
	loop_timer_set(daemon->timer, (double)call_number(call, "n", 0) / 1000);
	call->handler = at_last;
	call->wait = must_wait;
	return RPC_WAITS;
}

/* Takes n turns. */
static json_t *do_slices(void *arg, struct call *call)
{
	(void)arg;
	int64_t *reached = call->state;
	if (reached == NULL)
		call->state = reached = xcalloc(1, sizeof(*reached));
	call->forget = free;
	return ++*reached < call_number(call, "n", 0) ? RPC_GOES_ON : json_integer(*reached);
}

static const struct parameter parameters[] = {
	{ "n", PARAMETER_NUMBER, false, "" },
	{ "text", PARAMETER_TEXT, false, "" },
	{ "of", PARAMETER_TEXT, false, "" },
	{ NULL, PARAMETER_ANY, false, NULL },
};

/* No gate stands here. */
#define ANYBODY ACCESS_FIGURES, NULL, NULL

static const struct method methods[] = {
	{ "echo", ANYBODY, parameters, false, false, NULL, do_echo, "" },
	{ "put", ANYBODY, parameters, false, true, NULL, do_put, "" },
	{ "count", ANYBODY, parameters, false, false, NULL, do_count, "" },
	{ "big", ANYBODY, parameters, false, false, NULL, do_big, "" },
	{ "limit", ANYBODY, parameters, false, true, NULL, do_limit, "" },
	{ "figures", ANYBODY, parameters, false, false, NULL, do_figures, "" },
	{ "later", ANYBODY, parameters, false, true, NULL, do_later, "" },
	{ "slices", ANYBODY, parameters, false, false, NULL, do_slices, "" },
	{ NULL, ANYBODY, NULL, false, false, NULL, NULL, NULL },
};

static bool work(void *arg)
{
	struct daemon *daemon = arg;
	bool more = control_work(daemon->control, daemon->turn);
	more = control_ask_again(daemon->control, daemon->turn) || more;
	more = turn_end(daemon->turn) == 0 && more;
	return control_has_work(daemon->control) || more;
}

static void stop(void *arg, int signal)
{
	struct daemon *daemon = arg;
	(void)signal;
	loop_stop(daemon->loop);
}

static int run_daemon(const char *path, const char *database)
{
	struct problems problems = PROBLEMS_NONE;
	struct daemon daemon = { .loop = loop_new() };
	log_open("test", LOG_LEVEL_WARNING);
	daemon.db =
	    (access(database, F_OK) == 0 ? db_open : db_create)(database, steps, 1, &problems);
	if (daemon.db == NULL)
		return 1;
	daemon.turn = turn_new(daemon.db);
	daemon.timer = loop_timer_new(daemon.loop, timer_is_due, &daemon);
	daemon.control = control_new(daemon.loop, path, methods, &daemon, &problems);
	if (daemon.control == NULL || loop_on_signal(daemon.loop, SIGTERM, stop, &daemon) != 0)
		return 2;
	loop_run(daemon.loop, work, &daemon);
	control_free(daemon.control);
	loop_timer_free(daemon.timer);
	turn_free(daemon.turn);
	db_close(daemon.db);
	loop_free(daemon.loop);
	return 0;
}

/* --- the fixture -------------------------------------------------------------------------- */

struct fixture {
	char folder[64];
	char path[96];
	char database[96];
	pid_t daemon;
	int client;
};

static int try_connect(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
	int client = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_true(client >= 0);
	if (connect(client, (struct sockaddr *)&address, sizeof(address)) == 0)
		return client;
	close(client);
	return -1;
}

static int connected(const struct fixture *fixture)
{
	int client = try_connect(fixture->path);
	assert_true(client >= 0);
	return client;
}

static void wait_ms(int milliseconds)
{
	poll(NULL, 0, milliseconds);
}

static void start(struct fixture *fixture)
{
	fixture->daemon = fork();
	if (fixture->daemon == 0)
		exit(run_daemon(fixture->path, fixture->database));
	for (int i = 0; (fixture->client = try_connect(fixture->path)) < 0; i++) {
		assert_true(i < HANG_SECONDS * 100);
		wait_ms(10);
	}
}

static void end(struct fixture *fixture)
{
	int status;
	close(fixture->client);
	kill(fixture->daemon, SIGTERM);
	assert_int_equal(waitpid(fixture->daemon, &status, 0), fixture->daemon);
	assert_int_equal(status, 0);
	assert_int_equal(access(fixture->path, F_OK), -1); /* the socket has gone with it */
}

static int set_up(void **state)
{
	struct fixture *fixture = xcalloc(1, sizeof(*fixture));
	signal(SIGPIPE, SIG_IGN);
	snprintf(fixture->folder, sizeof(fixture->folder), "/tmp/test_control.XXXXXX");
	assert_non_null(mkdtemp(fixture->folder));
	snprintf(fixture->path, sizeof(fixture->path), "%s/control", fixture->folder);
	snprintf(fixture->database, sizeof(fixture->database), "%s/t.db", fixture->folder);
	*state = fixture;
	return 0;
}

static int set_up_daemon(void **state)
{
	limit_seconds = HANG_SECONDS;
	set_up(state);
	start(*state);
	return 0;
}

static int set_up_impatient_daemon(void **state)
{
	limit_seconds = 1;
	set_up(state);
	start(*state);
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *fixture = *state;
	unlink(fixture->database);
	assert_int_equal(rmdir(fixture->folder), 0);
	free(fixture);
	return 0;
}

static int tear_down_daemon(void **state)
{
	end(*state);
	return tear_down(state);
}

/* --- the client --------------------------------------------------------------------------- */

static void send_bytes(int client, const char *bytes, size_t length)
{
	while (length > 0) {
		ssize_t sent = send(client, bytes, length, MSG_NOSIGNAL);
		if (sent < 0)
			fail_msg("send: %s", strerror(errno));
		bytes += sent;
		length -= (size_t)sent;
	}
}

static void send_text(int client, const char *text)
{
	send_bytes(client, text, strlen(text));
}

static bool is_readable(int client, int milliseconds)
{
	struct pollfd wait = { .fd = client, .events = POLLIN };
	return poll(&wait, 1, milliseconds) == 1;
}

/* A line without its end; NULL at the end of the connection. Byte by byte, so that nothing of
 * the next one is taken. */
static char *receive(int client)
{
	size_t length = 0, capacity = 0;
	char *line = NULL;
	for (;;) {
		line = array_grow(line, length, &capacity, 1);
		if (!is_readable(client, HANG_SECONDS * 1000))
			fail_msg("no answer");
		ssize_t got = recv(client, line + length, 1, 0);
		if (got <= 0) {
			free(line);
			return NULL;
		}
		if (line[length] == '\n') {
			line[length] = '\0';
			return line;
		}
		length++;
	}
}

static void expect_line(int client, const char *expected)
{
	char *line = receive(client);
	if (line == NULL)
		fail_msg("the connection has ended");
	else
		assert_string_equal(line, expected);
	free(line);
}

static void expect_words(int client, const char *words)
{
	char *line = receive(client);
	if (line == NULL || strstr(line, words) == NULL)
		fail_msg("\"%s\" does not say \"%s\"", line == NULL ? "(end)" : line, words);
	free(line);
}

static void expect_end(int client)
{
	char *line = receive(client);
	if (line != NULL)
		fail_msg("\"%s\" instead of the end", line);
}

static char *request(const char *id, const char *method, const char *params)
{
	return xasprintf("{\"jsonrpc\":\"2.0\",\"id\":%s,\"method\":\"%s\",\"params\":{%s}}\n", id,
			 method, params);
}

static void ask(int client, const char *id, const char *method, const char *params)
{
	char *line = request(id, method, params);
	send_text(client, line);
	free(line);
}

/* Several lines in one write are served in one turn. */
static void send_together(int client, char *lines[], size_t count)
{
	size_t length = 0;
	char *all = NULL;
	FILE *stream = open_memstream(&all, &length);
	for (size_t i = 0; i < count; i++) {
		fputs(lines[i], stream);
		free(lines[i]);
	}
	fclose(stream);
	send_bytes(client, all, length);
	free(all);
}

static void expect_result(int client, const char *id, const char *result)
{
	char *line = xasprintf("{\"jsonrpc\":\"2.0\",\"id\":%s,\"result\":%s}", id, result);
	expect_line(client, line);
	free(line);
}

static json_int_t figure(const struct fixture *fixture, const char *name)
{
	ask(fixture->client, "0", "figures", "");
	char *line = receive(fixture->client);
	assert_non_null(line);
	json_t *answer = json_loads(line, 0, NULL);
	json_int_t value =
	    json_integer_value(json_object_get(json_object_get(answer, "result"), name));
	json_decref(answer);
	free(line);
	return value;
}

static void expect_figure(const struct fixture *fixture, const char *name, json_int_t expected)
{
	for (int i = 0; figure(fixture, name) != expected; i++) {
		if (i == HANG_SECONDS * 100)
			fail_msg("%s is not %lld", name, (long long)expected);
		wait_ms(10);
	}
}

/* --- lines -------------------------------------------------------------------------------- */

static void test_question_and_answer(void **state)
{
	struct fixture *fixture = *state;
	struct passwd *entry = getpwuid(geteuid());
	char *expected = xasprintf("{\"actor\":\"%s\",\"n\":7}", entry->pw_name);
	ask(fixture->client, "1", "echo", "\"n\":7");
	expect_result(fixture->client, "1", expected);
	free(expected);
	struct stat about;
	assert_int_equal(stat(fixture->path, &about), 0);
	assert_int_equal(about.st_mode & 0777, 0660);
}

static void test_user_without_a_name(void **state)
{
	struct fixture *fixture = *state;
	if (geteuid() != 0)
		skip();
	assert_int_equal(chmod(fixture->folder, 0755), 0);
	assert_int_equal(chmod(fixture->path, 0666), 0);
	int ready[2];
	assert_int_equal(pipe(ready), 0);
	pid_t child = fork();
	if (child == 0) {
		char answer[200] = "";
		if (setuid(54321) != 0)
			_exit(1);
		int client = try_connect(fixture->path);
		char *line = request("1", "echo", "\"n\":7");
		if (send(client, line, strlen(line), 0) < 0 ||
		    recv(client, answer, sizeof(answer) - 1, 0) <= 0)
			_exit(2);
		_exit(strstr(answer, "\"actor\":\"uid 54321\"") != NULL ? 0 : 3);
	}
	int status;
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
}

static void test_split_lines(void **state)
{
	struct fixture *fixture = *state;
	char *line = request("1", "echo", "\"n\":7");
	for (char *c = line; *c != '\0'; c++) {
		send_bytes(fixture->client, c, 1);
		if ((c - line) % 10 == 0)
			wait_ms(1);
	}
	expect_words(fixture->client, "\"n\":7");
	/* The end of one and the beginning of the next. */
	size_t half = strlen(line) / 2;
	char *both = xasprintf("%s%.*s", line, (int)half, line);
	send_text(fixture->client, both);
	expect_words(fixture->client, "\"n\":7");
	send_text(fixture->client, line + half);
	expect_words(fixture->client, "\"n\":7");
	free(both);
	free(line);
}

static void test_many_lines_in_one_write(void **state)
{
	struct fixture *fixture = *state;
	size_t length = 0;
	char *lines = NULL;
	FILE *stream = open_memstream(&lines, &length);
	for (int i = 0; i < 2000; i++)
		fprintf(stream,
			"{\"jsonrpc\":\"2.0\",\"id\":%d,\"method\":\"put\",\"params\":"
			"{\"text\":\"%d\"}}\n",
			i, i);
	fclose(stream);
	send_bytes(fixture->client, lines, length);
	free(lines);
	for (int i = 0; i < 2000; i++) {
		char id[16];
		snprintf(id, sizeof(id), "%d", i);
		expect_result(fixture->client, id, "true");
	}
	ask(fixture->client, "1", "count", "");
	expect_result(fixture->client, "1", "2000");
}

/* The last line may lack its end; the answers come though nothing more is sent. */
static void test_half_closed(void **state)
{
	struct fixture *fixture = *state;
	int client = connected(fixture);
	char *lines[] = { request("1", "echo", "\"n\":1"), request("2", "later", "\"n\":50"),
			  request("3", "echo", "\"n\":3") };
	*strchr(lines[2], '\n') = '\0';
	send_together(client, lines, 3);
	shutdown(client, SHUT_WR);
	expect_words(client, "\"id\":1");
	expect_result(client, "2", "\"at last\"");
	expect_words(client, "\"id\":3");
	expect_end(client);
	close(client);
	expect_figure(fixture, "peers", 1);
}

static void test_noise_and_what_follows(void **state)
{
	struct fixture *fixture = *state;
	static const char noise[] = "\x00\x01\xff\xfe\x80\n\n{\"jsonrpc\":\0\"2.0\"}\n";
	send_bytes(fixture->client, noise, sizeof(noise) - 1);
	for (int i = 0; i < 3; i++)
		expect_words(fixture->client, "\"code\":-32700");
	/* A NUL in a request that is good but for it. */
	char *line = request("1", "echo", "\"n\":7");
	line[10] = '\0';
	send_bytes(fixture->client, line, 10 + strlen(line + 11) + 1);
	free(line);
	expect_words(fixture->client, "\"code\":-32700");
	ask(fixture->client, "2", "echo", "\"n\":7");
	expect_words(fixture->client, "\"id\":2");
}

static char *line_of(size_t length)
{
	char *head = request("1", "echo", "\"n\":7");
	size_t used = strlen(head) - 2; /* before the last brace */
	char *line = xcalloc(1, length + 1);
	memset(line, ' ', length);
	memcpy(line, head, used);
	line[length - 1] = '}';
	line[length] = '\n';
	free(head);
	return line;
}

static void test_longest_line(void **state)
{
	struct fixture *fixture = *state;
	char *line = line_of(LINE_MOST);
	send_bytes(fixture->client, line, LINE_MOST + 1);
	free(line);
	expect_words(fixture->client, "\"n\":7");
}

static void test_line_that_is_too_long(void **state)
{
	struct fixture *fixture = *state;
	for (size_t more = 1; more <= 3 * READ_AT_ONCE; more += READ_AT_ONCE - 1) {
		int client = connected(fixture);
		char *line = line_of(LINE_MOST + more);
		ask(client, "1", "put", "\"text\":\"before it\"");
		ssize_t sent = send(client, line, LINE_MOST + more + 1, MSG_NOSIGNAL);
		(void)sent; /* it may be cut off meanwhile */
		free(line);
		expect_words(client, "\"id\":1");
		expect_words(client, "a line has at most 1048576 bytes");
		expect_end(client);
		close(client);
		ask(fixture->client, "2", "echo", "\"n\":7");
		expect_words(fixture->client, "\"id\":2");
	}
}

/* Ten million bytes without an end, while others are served. */
static void test_endless_line(void **state)
{
	struct fixture *fixture = *state;
	int client = connected(fixture);
	char block[READ_AT_ONCE];
	memset(block, 'x', sizeof(block));
	size_t sent = 0;
	fcntl(client, F_SETFL, O_NONBLOCK);
	for (int i = 0; i < 2000 && sent < 10 * 1000 * 1000; i++) {
		ssize_t length = send(client, block, sizeof(block), MSG_NOSIGNAL);
		if (length < 0 && errno != EAGAIN)
			break;
		sent += length > 0 ? (size_t)length : 0;
		assert_true(figure(fixture, "bytes") <= LINE_MOST + 3 * READ_AT_ONCE);
	}
	assert_true(sent < 10 * 1000 * 1000);
	expect_words(client, "a line has at most");
	close(client);
	assert_int_equal(figure(fixture, "dropped"), 1);
}

/* --- time limits -------------------------------------------------------------------------- */

static void test_half_a_line_and_silence(void **state)
{
	struct fixture *fixture = *state;
	int idle = connected(fixture), half = connected(fixture), drip = connected(fixture);
	send_text(half, "{\"jsonrpc\"");
	int64_t before = clock_monotonic_us();
	while (!is_readable(drip, 0)) {
		(void)!send(drip, "{", 1, MSG_NOSIGNAL);
		wait_ms(50);
	}
	expect_end(drip); /* dripping is no way to stay */
	expect_end(half);
	assert_true(clock_monotonic_us() - before >= 900000);
	ask(idle, "1", "echo", "\"n\":7");
	expect_words(idle, "\"n\":7");
	assert_int_equal(figure(fixture, "dropped"), 2);
	close(idle);
	close(half);
	close(drip);
}

static size_t resident(pid_t pid)
{
	char path[64];
	unsigned long size = 0, pages = 0;
	snprintf(path, sizeof(path), "/proc/%ld/statm", (long)pid);
	FILE *file = fopen(path, "re");
	assert_non_null(file);
	assert_int_equal(fscanf(file, "%lu %lu", &size, &pages), 2);
	fclose(file);
	return pages * (size_t)sysconf(_SC_PAGESIZE);
}

static void test_client_that_never_reads(void **state)
{
	struct fixture *fixture = *state;
	int client = connected(fixture);
	size_t before = resident(fixture->daemon);
	/* 200 answers of 500 kB each, of which it reads none. */
	for (int i = 0; i < 200; i++)
		ask(client, "1", "big", "\"n\":500000");
	for (int i = 0; i < 10; i++) {
		ask(fixture->client, "2", "echo", "\"n\":7");
		expect_words(fixture->client, "\"id\":2");
		assert_true(figure(fixture, "bytes") < 6 * 1024 * 1024);
	}
	assert_true(resident(fixture->daemon) < before + 60 * 1024 * 1024);
	assert_int_equal(figure(fixture, "peers"), 2);
	close(client);
}

static void test_patience_with_one_who_never_reads(void **state)
{
	struct fixture *fixture = *state;
	int client = connected(fixture);
	for (int i = 0; i < 20; i++)
		ask(client, "1", "big", "\"n\":500000");
	expect_figure(fixture, "dropped", 1); /* a second later */
	assert_int_equal(figure(fixture, "peers"), 1);
	assert_int_equal(figure(fixture, "waiting"), 0);
	close(client);
}

static void test_slow_reader_gets_all(void **state)
{
	struct fixture *fixture = *state;
	int client = connected(fixture);
	for (int i = 0; i < 30; i++)
		ask(client, "1", "big", "\"n\":500000");
	static char bytes[100000];
	size_t total = 0, wanted = 30 * (500000 + strlen("{\"jsonrpc\":\"2.0\",\"id\":1,"
							 "\"result\":\"\"}\n"));
	while (total < wanted) {
		assert_true(is_readable(client, HANG_SECONDS * 1000));
		ssize_t got = recv(client, bytes, sizeof(bytes), 0);
		assert_true(got > 0);
		total += (size_t)got;
		wait_ms(5);
	}
	assert_int_equal(total, wanted);
	close(client);
}

static void test_all_peers_together_are_bounded(void **state)
{
	struct fixture *fixture = *state;
	int clients[30];
	const int64_t most = 64 * 1024 * 1024; /* control.h promises it */
	for (size_t i = 0; i < 30; i++) {
		clients[i] = connected(fixture);
		ask(clients[i], "1", "big", "\"n\":3900000");
		assert_true(figure(fixture, "bytes") <= most + 5 * 1024 * 1024);
	}
	assert_true(figure(fixture, "bytes") <= most);
	assert_true(figure(fixture, "bytes") > most - 2 * 4 * 1024 * 1024);
	assert_true(figure(fixture, "dropped") >= 10);
	for (size_t i = 0; i < 30; i++)
		close(clients[i]);
}

/* --- coming and going --------------------------------------------------------------------- */

static void test_peers_that_go(void **state)
{
	struct fixture *fixture = *state;
	for (int i = 0; i < 50; i++) {
		int client = connected(fixture);
		for (int j = 0; j < i; j++)
			ask(client, "1", j % 3 == 0 ? "big" : "put", "\"n\":100000");
		close(client); /* with its requests waiting, or its answers unread */
	}
	int client = connected(fixture);
	ask(client, "1", "later", "\"n\":30");
	wait_ms(10);
	close(client); /* before its answer */
	expect_figure(fixture, "peers", 1);
	assert_int_equal(figure(fixture, "waiting"), 0);
	assert_true(figure(fixture, "bytes") < 100); /* this question itself */
	ask(fixture->client, "1", "later", "\"n\":1");
	expect_result(fixture->client, "1", "\"at last\"");
}

static void test_request_left_at_the_end(void **state)
{
	struct fixture *fixture = *state;
	int waiting = connected(fixture), other = connected(fixture);
	ask(waiting, "1", "later", "\"n\":1000000");
	ask(waiting, "3", "echo", "");
	ask(other, "2", "slices", "\"n\":1000000000");
	expect_figure(fixture, "peers", 3); /* and the daemon is stopped */
	close(waiting);
	close(other);
}

/* Whoever asks on one connection is answered in order, whatever waits; another one is not held up.
 */
static void test_answers_that_come_later(void **state)
{
	struct fixture *fixture = *state;
	int other = connected(fixture);
	char *lines[] = { request("\"x\"", "later", "\"n\":500"), request("2", "echo", "") };
	send_together(fixture->client, lines, 2);
	ask(other, "1", "echo", "");
	expect_words(other, "\"id\":1");
	assert_false(is_readable(fixture->client, 0));
	expect_result(fixture->client, "\"x\"", "\"at last\"");
	expect_words(fixture->client, "\"id\":2");
	/* A batch is answered in one line, with what comes later in its place. */
	send_text(fixture->client, "[{\"jsonrpc\":\"2.0\",\"id\":3,\"method\":\"later\"},"
				   "{\"jsonrpc\":\"2.0\",\"id\":4,\"method\":\"count\"}]\n");
	expect_line(fixture->client, "[{\"jsonrpc\":\"2.0\",\"id\":3,\"result\":\"at last\"},"
				     "{\"jsonrpc\":\"2.0\",\"id\":4,\"result\":0}]");
	/* A notification gets no answer. */
	send_text(fixture->client, "{\"jsonrpc\":\"2.0\",\"method\":\"later\"}\n");
	ask(fixture->client, "5", "echo", "");
	expect_words(fixture->client, "\"id\":5");
	close(other);
}

/* A request that takes many turns holds up its own connection alone. */
static void test_requests_of_many_turns(void **state)
{
	struct fixture *fixture = *state;
	int other = connected(fixture);
	ask(fixture->client, "1", "slices", "\"n\":100000000");
	for (int i = 0; i < 20; i++) {
		ask(other, "2", "echo", "");
		expect_words(other, "\"id\":2");
	}
	assert_false(is_readable(fixture->client, 0));
	close(fixture->client); /* it goes in the middle */
	fixture->client = other;
	expect_figure(fixture, "peers", 1);
	char *lines[] = { request("1", "slices", "\"n\":50"), request("2", "slices", "\"n\":5"),
			  request("3", "echo", "") };
	send_together(fixture->client, lines, 3);
	expect_result(fixture->client, "1", "50");
	expect_result(fixture->client, "2", "5");
	expect_words(fixture->client, "\"id\":3");
}

/* The answers of a batch are let out as they are made: they do not pile up here. */
static void test_batch_of_large_answers(void **state)
{
	struct fixture *fixture = *state;
	char *one = request("1", "big", "\"n\":1000000"),
	     *batch = xasprintf("[%.*s", (int)strlen(one) - 1, one);
	for (int i = 1; i < 60; i++) {
		char *longer = xasprintf("%s,%.*s", batch, (int)strlen(one) - 1, one);
		free(batch);
		batch = longer;
	}
	char *line = xasprintf("%s]\n", batch);
	int other = connected(fixture);
	send_text(other, line);
	assert_true(is_readable(other, HANG_SECONDS * 1000));
	ask(fixture->client, "2", "echo", "");
	expect_words(fixture->client, "\"id\":2");
#ifndef __SANITIZE_ADDRESS__ /* it keeps what is freed for a while, to see who touches it */
	assert_true(resident(fixture->daemon) < 40 * 1024 * 1024);
#endif
	size_t length = 0, answers = 0;
	char *bytes = xcalloc(1, 1 << 20);
	for (bool ended = false; !ended;) {
		ssize_t got = recv(other, bytes, 1 << 20, 0);
		assert_true(got > 0);
		length += (size_t)got;
		for (ssize_t i = 0; i < got; i++)
			answers += bytes[i] == 'j'; /* of "jsonrpc"; the rest is x */
		ended = bytes[got - 1] == '\n';
	}
	assert_int_equal(answers, 60);
	assert_true(length > 60 * 1000000);
	close(other);
	free(bytes);
	free(line);
	free(batch);
	free(one);
}

static void raise_own_limit(void)
{
	struct rlimit limit;
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
	limit.rlim_cur = limit.rlim_max;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
}

static void test_newest_gets_in(void **state)
{
	struct fixture *fixture = *state;
	raise_own_limit();
	static int clients[PEERS_MOST + 50];
	size_t count = sizeof(clients) / sizeof(clients[0]);
	int waiting = connected(fixture); /* older than all, but it waits for something */
	ask(waiting, "1", "later", "\"n\":500000");
	for (size_t i = 0; i < count; i++) {
		clients[i] = connected(fixture);
		if (i % 100 == 0) {
			ask(fixture->client, "1", "echo", ""); /* not silent */
			expect_words(fixture->client, "\"id\":1");
		}
	}
	ask(clients[count - 1], "1", "echo", "\"n\":7");
	expect_words(clients[count - 1], "\"n\":7");
	assert_int_equal(figure(fixture, "peers"), PEERS_MOST);
	assert_int_equal(figure(fixture, "dropped"), 52);
	expect_end(clients[0]);
	expect_end(clients[51]);
	assert_false(is_readable(clients[52], 0));
	assert_false(is_readable(waiting, 0));
	for (size_t i = 0; i < count; i++)
		close(clients[i]);
	close(waiting);
	expect_figure(fixture, "peers", 2); /* us, and the one whose answer is owed */
}

/* Somebody leaves half a line on more connections than there may be, and has them let in again and
 * again: that is at the cost of nobody else. */
static void test_flood_of_another_process(void **state)
{
	struct fixture *fixture = *state;
	int silent = connected(fixture); /* and says nothing until the flood is over */
	pid_t child = fork();
	if (child == 0) {
		raise_own_limit();
		for (size_t i = 0; i < PEERS_MOST + 200; i++)
			send_text(connected(fixture), "{\"jso");
		wait_ms(HANG_SECONDS * 1000);
		exit(0);
	}
	for (int i = 0; i < 20; i++) {
		int client = connected(fixture);
		ask(client, "1", "echo", "");
		expect_words(client, "\"id\":1");
		close(client);
	}
	while (figure(fixture, "dropped") < 201)
		wait_ms(10);
	assert_false(is_readable(silent, 0));
	ask(silent, "2", "echo", "");
	expect_words(silent, "\"id\":2");
	kill(child, SIGKILL);
	assert_int_equal(waitpid(child, NULL, 0), child);
	expect_figure(fixture, "peers", 2);
	close(silent);
}

/* Few descriptors: the daemon neither spins nor stops letting the newest in. */
static void test_few_descriptors(void **state)
{
	struct fixture *fixture = *state;
	raise_own_limit();
	const struct rlimit few = { 40, 40 };
	assert_int_equal(prlimit(fixture->daemon, RLIMIT_NOFILE, &few, NULL), 0);
	int clients[100];
	for (size_t i = 0; i < 100; i++) {
		clients[i] = connected(fixture);
		ask(clients[i], "1", "echo", "\"n\":7");
		expect_words(clients[i], "\"n\":7");
	}
	for (size_t i = 0; i < 100; i++)
		close(clients[i]);
	int client = connected(fixture);
	ask(client, "1", "echo", "\"n\":7");
	expect_words(client, "\"n\":7");
	close(fixture->client);
	fixture->client = client;
}

/* --- commits ------------------------------------------------------------------------------ */

static void test_commit_that_fails(void **state)
{
	struct fixture *fixture = *state;
	char *lines[] = {
		request("1", "count", ""),
		request("2", "put", "\"text\":\"a\""),
		request("3", "count", ""),
		request("4", "put", "\"text\":\"b\",\"of\":\"nobody\""),
		request("5", "later", "\"n\":1,\"text\":\"c\""),
		request("6", "nonsense", ""),
	};
	send_together(fixture->client, lines, 6);
	/* What was read before anything was written is true all the same; what was written is
	 * refused; what only read is read again; all of it in order. */
	expect_result(fixture->client, "1", "0");
	expect_words(fixture->client, "\"id\":2,\"error\":{\"code\":-32603");
	expect_result(fixture->client, "3", "0");
	expect_words(fixture->client, "\"id\":4,\"error\":{\"code\":-32603");
	expect_words(fixture->client, "\"id\":5,\"error\":{\"code\":-32603");
	expect_words(fixture->client, "\"id\":6,\"error\":{\"code\":-32601");
	/* Nothing comes of the one that waited. */
	wait_ms(50);
	ask(fixture->client, "7", "put", "\"text\":\"a\"");
	expect_result(fixture->client, "7", "true");
	ask(fixture->client, "8", "count", "");
	expect_result(fixture->client, "8", "1");
	assert_int_equal(figure(fixture, "refused"), 3);
}

static void test_full_disk(void **state)
{
	struct fixture *fixture = *state;
	ask(fixture->client, "1", "limit", "\"n\":1");
	expect_result(fixture->client, "1", "true");
	char *text = xcalloc(1, 40001);
	memset(text, 'x', 40000);
	char *params = xasprintf("\"text\":\"%s\"", text);
	char *lines[] = { request("2", "put", "\"text\":\"small\""), request("3", "count", ""),
			  request("4", "put", params), request("5", "count", "") };
	send_together(fixture->client, lines, 4);
	expect_words(fixture->client, "\"id\":2,\"error\":{\"code\":2,");
	expect_result(fixture->client, "3", "0");
	expect_words(fixture->client, "no space left on the disk");
	expect_result(fixture->client, "5", "0");
	ask(fixture->client, "6", "limit", "\"n\":100000");
	expect_result(fixture->client, "6", "true");
	char *line = request("7", "put", params);
	send_text(fixture->client, line);
	expect_result(fixture->client, "7", "true");
	free(line);
	free(params);
	free(text);
}

/* Another program holds the database: nobody can be served, and everybody is told so. */
static void test_no_transaction_can_be_begun(void **state)
{
	struct fixture *fixture = *state;
	sqlite3 *other;
	assert_int_equal(sqlite3_open(fixture->database, &other), SQLITE_OK);
	assert_int_equal(sqlite3_exec(other, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
	char *lines[] = { request("1", "count", ""), request("2", "put", "\"text\":\"a\"") };
	send_together(fixture->client, lines, 2);
	expect_words(fixture->client, "\"id\":1,\"error\":{\"code\":-32603");
	expect_words(fixture->client, "another program is writing");
	assert_int_equal(sqlite3_exec(other, "COMMIT", NULL, NULL, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_close(other), SQLITE_OK);
	ask(fixture->client, "3", "put", "\"text\":\"a\"");
	expect_result(fixture->client, "3", "true");
}

/* --- the socket's name -------------------------------------------------------------------- */

static void expect_no_socket(const char *path, const char *words)
{
	struct problems problems = PROBLEMS_NONE;
	struct loop *loop = loop_new();
	struct control *control = control_new(loop, path, methods, NULL, &problems);
	assert_null(control);
	assert_int_equal(problems.count, 1);
	char *text = problem_format(&problems.list[0]);
	if (strstr(text, words) == NULL)
		fail_msg("\"%s\" does not say \"%s\"", text, words);
	free(text);
	problems_clear(&problems);
	loop_free(loop);
}

static void test_names_that_cannot_be(void **state)
{
	struct fixture *fixture = *state;
	char *path = xasprintf("%s/missing/control", fixture->folder);
	expect_no_socket(path, "folder of this socket does not exist");
	free(path);
	path = xasprintf("%s/%0120d", fixture->folder, 1);
	expect_no_socket(path, "has from 1 to 107 bytes");
	free(path);
	expect_no_socket("", "has from 1 to 107 bytes");
	expect_no_socket(fixture->folder, "is not a socket");
	int file = open(fixture->path, O_WRONLY | O_CREAT, 0600);
	close(file);
	expect_no_socket(fixture->path, "is not a socket");
	assert_int_equal(unlink(fixture->path), 0);
	control_free(NULL);
}

static void test_stale_socket_is_replaced(void **state)
{
	struct fixture *fixture = *state;
	start(fixture);
	expect_no_socket(fixture->path, "is kedjad running already?");
	kill(fixture->daemon, SIGKILL);
	assert_int_equal(waitpid(fixture->daemon, NULL, 0), fixture->daemon);
	close(fixture->client);
	assert_int_equal(access(fixture->path, F_OK), 0);
	start(fixture);
	ask(fixture->client, "1", "echo", "");
	expect_words(fixture->client, "\"id\":1");
	end(fixture);
}

int main(void)
{
#define CASE(test) cmocka_unit_test_setup_teardown(test, set_up_daemon, tear_down_daemon)
#define IMPATIENT(test)                                                                            \
	cmocka_unit_test_setup_teardown(test, set_up_impatient_daemon, tear_down_daemon)
	const struct CMUnitTest tests[] = {
		CASE(test_question_and_answer),
		CASE(test_user_without_a_name),
		CASE(test_split_lines),
		CASE(test_many_lines_in_one_write),
		CASE(test_half_closed),
		CASE(test_noise_and_what_follows),
		CASE(test_longest_line),
		CASE(test_line_that_is_too_long),
		CASE(test_endless_line),
		IMPATIENT(test_half_a_line_and_silence),
		IMPATIENT(test_patience_with_one_who_never_reads),
		CASE(test_client_that_never_reads),
		CASE(test_slow_reader_gets_all),
		CASE(test_all_peers_together_are_bounded),
		CASE(test_peers_that_go),
		CASE(test_request_left_at_the_end),
		CASE(test_answers_that_come_later),
		CASE(test_requests_of_many_turns),
		CASE(test_batch_of_large_answers),
		CASE(test_newest_gets_in),
		CASE(test_flood_of_another_process),
		CASE(test_few_descriptors),
		CASE(test_commit_that_fails),
		CASE(test_full_disk),
		CASE(test_no_transaction_can_be_begun),
		cmocka_unit_test_setup_teardown(test_names_that_cannot_be, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_stale_socket_is_replaced, set_up, tear_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
