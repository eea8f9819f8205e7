/* SPDX-License-Identifier: EUPL-1.2 */
/* Letters into a Maildir: once each, whole or not at all, and whose fault it is when not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <ftw.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/mailer/maildir.h"

static char base[64], folder[128];
static int daemon_end; /* of the socket pair on descriptor 0 */

static int folder_new(void **state)
{
	(void)state;
	snprintf(base, sizeof(base), "/tmp/kedja-maildir.XXXXXX");
	if (mkdtemp(base) == NULL)
		return -1;
	snprintf(folder, sizeof(folder), "%s/a/Maildir", base);
	return 0;
}

static int entry_remove(const char *path, const struct stat *status, int kind, struct FTW *where)
{
	(void)status;
	(void)kind;
	(void)where;
	return remove(path);
}

static int folder_remove(void **state)
{
	(void)state;
	return nftw(base, entry_remove, 16, FTW_DEPTH | FTW_PHYS);
}

/* The next line that kedjad is told. */
static const char *told(void)
{
	static char line[1024];
	size_t length = 0;
	while (length < sizeof(line) - 1 && read(daemon_end, line + length, 1) == 1 &&
	       line[length] != '\n')
		length++;
	line[length] = '\0';
	return line;
}

static char *path_of(const char *message_id, const char *where)
{
	char *name = maildir_name(message_id);
	char *path = xasprintf("%s/%s/%s", folder, where, name);
	free(name);
	return path;
}

/* "" if it is not there. */
static const char *file_text(const char *message_id, const char *where)
{
	static char text[256];
	char *path = path_of(message_id, where);
	FILE *file = fopen(path, "r");
	size_t length = file == NULL ? 0 : fread(text, 1, sizeof(text) - 1, file);
	text[length] = '\0';
	if (file != NULL)
		fclose(file);
	free(path);
	return text;
}

static struct batch batch_of(const char *id, const char *bytes)
{
	struct batch batch = { .count = 1 };
	batch.mails = xcalloc(1, sizeof(*batch.mails));
	batch.mails[0].id = 1;
	batch.mails[0].message_id = xstrdup(id);
	batch.mails[0].bytes = xstrdup(bytes);
	batch.mails[0].length = strlen(bytes);
	return batch;
}

/* Settled as this; or not at all, and then the folder is at fault. */
static void deliver(const char *id, const char *bytes, bool settled, enum mail_outcome outcome)
{
	struct batch batch = batch_of(id, bytes);
	char *text = NULL;
	enum fault_kind fault = maildir_deliver(folder, &batch, &text);
	assert_int_equal(fault, settled ? FAULT_NONE : FAULT_FOLDER);
	assert_int_equal(batch.mails[0].settled, settled);
	assert_int_equal(text != NULL, !settled);
	if (settled) {
		assert_int_equal(batch.mails[0].outcome, outcome);
		assert_non_null(strstr(told(), outcome == MAIL_SENT ? "\"outcome\":\"sent\""
								    : "\"outcome\":\"deferred\""));
	}
	free(text);
	batch_clear(&batch);
}

static void letter_is_there_once(void **state)
{
	(void)state;
	deliver("1@x.se", "A: b\r\n\r\nhej\r\n", true, MAIL_SENT);
	assert_string_equal(file_text("1@x.se", "new"), "A: b\n\nhej\n");
	deliver("1@x.se", "A: b\r\n\r\nigen\r\n", true, MAIL_SENT);
	assert_string_equal(file_text("1@x.se", "new"), "A: b\n\nigen\n");
	deliver("2@x.se", "A: b\r\n\r\n", true, MAIL_SENT);
	assert_string_equal(file_text("1@x.se", "new"), "A: b\n\nigen\n");
	assert_string_equal(file_text("1@x.se", "tmp"), "");
}

static void letter_that_was_read_stays(void **state)
{
	(void)state;
	deliver("1@x.se", "A: b\r\n\r\n", true, MAIL_SENT);
	char *from = path_of("1@x.se", "new"), *to = path_of("1@x.se", "cur");
	char *flagged = xasprintf("%s:2,S", to);
	assert_int_equal(rename(from, flagged), 0);
	deliver("1@x.se", "A: b\r\n\r\n", true, MAIL_SENT);
	assert_int_equal(access(from, F_OK), -1);
	free(from);
	free(to);
	free(flagged);
}

static void full_disk_defers(void **state)
{
	(void)state;
	struct rlimit old, small;
	deliver("1@x.se", "A: b\r\n\r\n", true, MAIL_SENT);
	getrlimit(RLIMIT_FSIZE, &old);
	small = (struct rlimit){ .rlim_cur = 5, .rlim_max = old.rlim_max };
	setrlimit(RLIMIT_FSIZE, &small);
	deliver("2@x.se", "A: b\r\n\r\n", true, MAIL_DEFERRED);
	setrlimit(RLIMIT_FSIZE, &old);
	assert_string_equal(file_text("2@x.se", "new"), "");
	char *half = path_of("2@x.se", "tmp");
	assert_int_equal(access(half, F_OK), -1);
	free(half);
	deliver("2@x.se", "A: b\r\n\r\n", true, MAIL_SENT);
}

static void no_folder_is_a_fault(void **state)
{
	char *path = NULL, *blocking = xasprintf("%s/a", base);
	(void)state;
	FILE *file = fopen(blocking, "w");
	assert_non_null(file);
	fclose(file);
	errno = 0;
	assert_int_equal(maildir_prepare(folder, &path), -1);
	assert_int_equal(errno, ENOTDIR);
	assert_string_equal(path, folder);
	free(path);
	deliver("1@x.se", "A: b\r\n\r\n", false, MAIL_SENT);
	unlink(blocking);
	free(blocking);
	deliver("1@x.se", "A: b\r\n\r\n", true, MAIL_SENT);
}

static void a_link_in_tmp_is_not_followed(void **state)
{
	(void)state;
	deliver("1@x.se", "A: b\r\n\r\n", true, MAIL_SENT);
	char *target = xasprintf("%s/target", base), *link = path_of("2@x.se", "tmp");
	assert_int_equal(symlink(target, link), 0);
	deliver("2@x.se", "A: b\r\n\r\n", false, MAIL_SENT);
	assert_int_equal(access(target, F_OK), -1);
	free(target);
	free(link);
}

static void names_are_names(void **state)
{
	(void)state;
	char *one = maildir_name("1@x.se"), *same = maildir_name("1@x.se"),
	     *two = maildir_name("2@x.se");
	assert_string_equal(one, same);
	assert_string_not_equal(one, two);
	assert_null(strpbrk(one, "/:"));
	assert_true(one[0] != '.');
	free(one);
	free(same);
	free(two);
}

int main(void)
{
#define WITH_FOLDER(test) cmocka_unit_test_setup_teardown(test, folder_new, folder_remove)
	const struct CMUnitTest tests[] = {
		WITH_FOLDER(letter_is_there_once),
		WITH_FOLDER(letter_that_was_read_stays),
		WITH_FOLDER(full_disk_defers),
		WITH_FOLDER(no_folder_is_a_fault),
		WITH_FOLDER(a_link_in_tmp_is_not_followed),
		cmocka_unit_test(names_are_names),
	};
	int ends[2];
	signal(SIGXFSZ, SIG_IGN);
	if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) != 0 || dup2(ends[0], 0) != 0)
		return 1;
	daemon_end = ends[1];
	return cmocka_run_group_tests(tests, NULL, NULL);
}
