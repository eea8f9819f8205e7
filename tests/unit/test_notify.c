/* SPDX-License-Identifier: EUPL-1.2 */
/* What notify says, heard at a socket as systemd would hear it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "daemon/base/notify.h"
#include "tests/unit/hang.h"

struct listener {
	int socket;
	char name[64]; /* as in NOTIFY_SOCKET */
};

static void listen_at(struct listener *listener, const char *format)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	snprintf(listener->name, sizeof(listener->name), format, (int)getpid());
	size_t length = strlen(listener->name);
	memcpy(address.sun_path, listener->name, length);
	if (listener->name[0] == '@')
		address.sun_path[0] = '\0';
	else
		unlink(listener->name);
	listener->socket = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0);
	assert_true(listener->socket >= 0);
	assert_return_code(bind(listener->socket, (struct sockaddr *)&address,
				(socklen_t)(offsetof(struct sockaddr_un, sun_path) + length)),
			   0);
}

static void listener_close(struct listener *listener)
{
	close(listener->socket);
	if (listener->name[0] == '/')
		unlink(listener->name);
}

static void expect(const struct listener *listener, const char *wanted)
{
	char got[1024];
	ssize_t length = recv(listener->socket, got, sizeof(got) - 1, 0);
	assert_true(length >= 0);
	got[length] = '\0';
	assert_string_equal(got, wanted);
}

static void expect_silence(const struct listener *listener)
{
	char got[16];
	assert_int_equal(recv(listener->socket, got, sizeof(got), 0), -1);
}

static void set_environment(const char *socket, const char *usec, const char *pid)
{
	unsetenv("NOTIFY_SOCKET");
	unsetenv("WATCHDOG_USEC");
	unsetenv("WATCHDOG_PID");
	if (socket != NULL)
		setenv("NOTIFY_SOCKET", socket, 1);
	if (usec != NULL)
		setenv("WATCHDOG_USEC", usec, 1);
	if (pid != NULL)
		setenv("WATCHDOG_PID", pid, 1);
}

/* As notify_new, which must succeed. */
static struct notify *opened(void)
{
	struct notify *notify = notify_new();
	assert_non_null(notify);
	return notify;
}

static void says_all_to(const char *format)
{
	struct listener listener;
	listen_at(&listener, format);
	set_environment(listener.name, NULL, NULL);
	struct notify *notify = opened();
	notify_ready(notify);
	expect(&listener, "READY=1");
	notify_watchdog(notify);
	expect(&listener, "WATCHDOG=1");
	notify_stopping(notify);
	expect(&listener, "STOPPING=1");
	expect_silence(&listener);
	notify_free(notify);
	listener_close(&listener);
}

static void speaks_to_a_path(void **state)
{
	(void)state;
	says_all_to("/tmp/test_notify.%d");
}

static void speaks_to_an_abstract_name(void **state)
{
	(void)state;
	says_all_to("@test_notify.%d");
}

static void is_silent_when_nobody_asks(void **state)
{
	(void)state;
	set_environment(NULL, "30000000", NULL);
	struct notify *notify = notify_new();
	assert_null(notify);
	notify_ready(notify);
	notify_watchdog(notify);
	notify_stopping(notify);
	assert_true(notify_watchdog_interval(notify) == 0);
	notify_free(notify);
}

static void refuses_odd_addresses(void **state)
{
	(void)state;
	char long_name[200];
	memset(long_name, 'a', sizeof(long_name) - 1);
	long_name[0] = '/';
	long_name[sizeof(long_name) - 1] = '\0';
	const char *odd[] = { "", "/", "@", "run/notify", "vsock:2:1234", long_name };
	for (size_t i = 0; i < sizeof(odd) / sizeof(odd[0]); i++) {
		set_environment(odd[i], "30000000", NULL);
		assert_null(notify_new());
	}
}

static void leaves_nothing_to_children(void **state)
{
	(void)state;
	set_environment("@test_notify.nobody", "30000000", "1");
	struct notify *notify = opened();
	assert_null(getenv("NOTIFY_SOCKET"));
	assert_null(getenv("WATCHDOG_USEC"));
	assert_null(getenv("WATCHDOG_PID"));
	notify_ready(notify); /* nobody listens: lost without harm */
	notify_free(notify);
}

static double interval_for(const char *usec, const char *pid)
{
	set_environment("@test_notify.nobody", usec, pid);
	struct notify *notify = opened();
	double interval = notify_watchdog_interval(notify);
	notify_free(notify);
	return interval;
}

static void watchdog_is_half_of_what_is_allowed(void **state)
{
	(void)state;
	char me[16], other[16];
	snprintf(me, sizeof(me), "%d", (int)getpid());
	snprintf(other, sizeof(other), "%d", (int)getppid());
	assert_true(interval_for("30000000", NULL) == 15.0);
	assert_true(interval_for("30000000", me) == 15.0);
	assert_true(interval_for("30000000", other) == 0);
	assert_true(interval_for("30000000", "me") == 0);
	assert_true(interval_for(NULL, me) == 0);
	assert_true(interval_for("0", me) == 0);
	assert_true(interval_for("-5", me) == 0);
	assert_true(interval_for("30s", me) == 0);
	assert_true(interval_for("99999999999999999999", me) == 0);
}

static void a_deaf_listener_blocks_nobody(void **state)
{
	(void)state;
	struct listener listener;
	listen_at(&listener, "@test_notify.deaf.%d");
	set_environment(listener.name, NULL, NULL);
	struct notify *notify = opened();
	alarm(HANG_SECONDS); /* the default action ends the test, and is seen */
	for (int i = 0; i < 5000; i++)
		notify_watchdog(notify);
	alarm(0);
	expect(&listener, "WATCHDOG=1");
	notify_free(notify);
	listener_close(&listener);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(speaks_to_a_path),
		cmocka_unit_test(speaks_to_an_abstract_name),
		cmocka_unit_test(is_silent_when_nobody_asks),
		cmocka_unit_test(refuses_odd_addresses),
		cmocka_unit_test(leaves_nothing_to_children),
		cmocka_unit_test(watchdog_is_half_of_what_is_allowed),
		cmocka_unit_test(a_deaf_listener_blocks_nobody),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
