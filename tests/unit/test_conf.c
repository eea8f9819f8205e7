/* SPDX-License-Identifier: EUPL-1.2 */
/* The settings: defaults, refusals, and that the sample file says what the table says. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/base/file.h"
#include "daemon/conf/settings.h"

#define LEAST "content = \"minimal\"; sender = \"kedja@stadsdel.se\";\n"

static struct settings *parse(const char *text, struct problems *problems)
{
	return settings_parse(text, strlen(text), "/etc/kedja/kedja.conf", problems);
}

static struct settings *parse_well(const char *text)
{
	struct problems problems = PROBLEMS_NONE;
	struct settings *settings = parse(text, &problems);
	for (size_t i = 0; i < problems.count; i++)
		print_message("%d: %s\n", problems.list[i].line, problems.list[i].text);
	assert_non_null(settings);
	assert_int_equal(problems.count, 0);
	return settings;
}

static void test_defaults(void **state)
{
	(void)state;
	struct settings *settings = parse_well(LEAST);
	assert_string_equal(settings->database, "/var/lib/kedja/kedja.db");
	assert_string_equal(settings->socket, "/run/kedja/control");
	assert_string_equal(settings->mailer, "");
	assert_string_equal(settings->templates, "/etc/kedja/templates");
	assert_string_equal(settings->content, "minimal");
	assert_string_equal(settings->language, "sv");
	assert_string_equal(settings->transport, "smtp");
	assert_string_equal(settings->sender, "kedja@stadsdel.se");
	assert_string_equal(settings->message_id_domain, "stadsdel.se");
	assert_string_equal(settings->administrator, "root@localhost");
	assert_string_equal(settings->smtp_host, "localhost");
	assert_int_equal(settings->smtp_port, 25);
	assert_false(settings->smtp_starttls);
	assert_int_equal(settings->give_up_after, 5 * 86400);
	assert_int_equal(settings->batch, 100);
	settings_free(settings);
	settings_free(NULL);
}

static void test_what_is_given(void **state)
{
	(void)state;
	struct settings *settings = parse_well(
	    "database = \"data/k.db\"; socket = \"/tmp/s\"; templates = \"\";\n"
	    "content = \"normal\"; transport = \"maildir\"; maildir = \"letters\";\n"
	    "smtp_starttls = true; smtp_user = \"u\"; smtp_password_file = \"secret\";\n"
	    "smtp_host = \"10.0.0.1\"; smtp_port = 587; keep_bodies = 0;\n"
	    "message_id_domain = \"id.se\"; report_how = \"Ring Åsa.\"; language = \"en\";\n");
	assert_string_equal(settings->database, "/etc/kedja/data/k.db");
	assert_string_equal(settings->socket, "/tmp/s");
	assert_string_equal(settings->templates, "/etc/kedja/templates");
	assert_string_equal(settings->maildir, "/etc/kedja/letters");
	assert_string_equal(settings->smtp_password_file, "/etc/kedja/secret");
	assert_string_equal(settings->smtp_ca_file, "");
	assert_string_equal(settings->smtp_host, "10.0.0.1");
	assert_string_equal(settings->message_id_domain, "id.se");
	assert_string_equal(settings->report_how, "Ring Åsa.");
	assert_string_equal(settings->language, "en");
	assert_string_equal(settings->sender, "");
	assert_true(settings->smtp_starttls);
	assert_int_equal(settings->smtp_port, 587);
	assert_int_equal(settings->keep_bodies, 0);
	settings_free(settings);
}

static void test_folder_of_the_file(void **state)
{
	(void)state;
	struct problems problems = PROBLEMS_NONE;
	const char *text = LEAST "database = \"k.db\";";
	struct settings *settings = settings_parse(text, strlen(text), "kedja.conf", &problems);
	assert_string_equal(settings->database, "k.db");
	assert_string_equal(settings->templates, "templates");
	settings_free(settings);
	settings = settings_parse(text, strlen(text), "conf/kedja.conf", &problems);
	assert_string_equal(settings->database, "conf/k.db");
	settings_free(settings);
}

struct refusal {
	const char *text;
	int line;
	const char *words;
};

/* Exactly one problem, with these words, at this line. */
static void expect_refused(const struct refusal *refusal)
{
	struct problems problems = PROBLEMS_NONE;
	struct settings *settings = parse(refusal->text, &problems);
	for (size_t i = 0; i < problems.count; i++)
		if (problems.count != 1 || strstr(problems.list[i].text, refusal->words) == NULL)
			print_message("%s -> %d: %s\n", refusal->text, problems.list[i].line,
				      problems.list[i].text);
	assert_null(settings);
	assert_int_equal(problems.count, 1);
	assert_string_equal(problems.list[0].place, "/etc/kedja/kedja.conf");
	assert_non_null(strstr(problems.list[0].text, refusal->words));
	if (refusal->line > 0)
		assert_int_equal(problems.list[0].line, refusal->line);
	problems_clear(&problems);
}

static void test_refusals(void **state)
{
	(void)state;
	static const struct refusal refusals[] = {
		{ "sender = \"a@b.se\";", 0, "content" },
		{ LEAST "content = \"all\";", 2, "twice" },
		{ "sender = \"a@b.se\";\ncontent = \"all\";", 2,
		  "\"all\" is not one of \"normal\" and \"minimal\"" },
		{ LEAST "databas = \"x\";", 2, "database" },
		{ LEAST "language = \"fi\";", 2, "is not one of \"sv\" and \"en\"" },
		{ LEAST "transport = \"uucp\";", 2, "is not one of \"smtp\" and \"maildir\"" },
		{ LEAST "\nsmtp_port = 0;", 3, "smtp_port: must be from 1 to 65535" },
		{ LEAST "smtp_port = 65536;", 2, "smtp_port: must be from 1 to 65535" },
		{ LEAST "smtp_port = \"25\";", 2, "smtp_port" },
		{ LEAST "smtp_starttls = 1;", 2, "smtp_starttls" },
		{ LEAST "keep_bodies = -1;", 2, "must be from 0 to 3650" },
		{ LEAST "batch = 1001;", 2, "must be from 1 to 1000" },
		{ LEAST "retry_first = 600; retry_most = 300;", 2,
		  "retry_most: must not be less than retry_first" },
		{ LEAST "retry_first = 20000;", 2,
		  "retry_most: must not be less than retry_first" },
		{ LEAST "smtp_user = \"u\";", 2, "needs smtp_starttls = true" },
		{ LEAST "smtp_host = \"\";", 2, "smtp_host: must not be empty" },
		{ LEAST "smtp_host = \"a b\";", 2, "is not the name of a computer" },
		{ LEAST "smtp_host = \"relay:25\";", 2, "is not the name of a computer" },
		{ LEAST "message_id_domain = \"x>\";", 2, "is not the name of a computer" },
		{ LEAST "administrator = \"\";", 2, "administrator: must not be empty" },
		{ LEAST "administrator = \"nobody\";", 2, "has no @" },
		{ LEAST "sender_name = \"a\\nBcc: x@y.se\";", 2, "must be one line" },
		{ "content = \"normal\";", 0, "sender: must be given with transport \"smtp\"" },
		{ "content = \"normal\";\nsender = \"\";", 2, "sender: must be given" },
		{ "content = \"normal\";\nsender = \"a@b\\r\\nRCPT TO:<c@d.se>\";", 2,
		  "must be one line" },
		{ "content = \"normal\";\nsender = 7;", 2, "sender" },
		{ LEAST "x = ", 0, "" },
	};
	for (size_t i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++)
		expect_refused(&refusals[i]);
}

static void test_all_mistakes_at_once(void **state)
{
	(void)state;
	struct problems problems = PROBLEMS_NONE;
	assert_null(parse("contents = \"normal\";\nsmtp_port = 0;\nlanguage = \"fi\";\n"
			  "batch = true;\nsmtp_user = \"u\";\n",
			  &problems));
	assert_int_equal(problems.count, 7); /* content and sender are missing, too */
	problems_clear(&problems);
}

static void test_long_text(void **state)
{
	(void)state;
	char *text = xasprintf("%sreport_how = \"%0501d\";", LEAST, 7);
	expect_refused(&(struct refusal){ text, 2, "is longer than 500 bytes" });
	free(text);
}

/* --- the sample file ---------------------------------------------------------------------- */

static char *sample(size_t *ret_length)
{
	struct problems problems = PROBLEMS_NONE;
	char *text = file_read("conf/kedja.conf", ret_length, &problems);
	assert_non_null(text);
	return text;
}

/* What ships is taken as it is: whoever checks a fresh folder sees no complaint. */
static void test_sample_is_taken_as_it_is(void **state)
{
	(void)state;
	size_t length = 0;
	char *text = sample(&length);
	struct settings *settings = parse_well(text);
	assert_string_equal(settings->content, "normal");
	assert_string_equal(settings->sender, "kedja@localhost");
	settings_free(settings);
	free(text);
}

static bool is_setting(const char *line)
{
	if (strncmp(line, "# ", 2) != 0)
		return false;
	line += 2;
	size_t length = strspn(line, "abcdefghijklmnopqrstuvwxyz_");
	return length > 0 && strncmp(line + length, " = ", 3) == 0;
}

/* With every line of it taken into use, the sample means the same as the defaults. */
static void test_sample_shows_the_defaults(void **state)
{
	(void)state;
	size_t length = 0;
	char *text = sample(&length);
	int settings_seen = 0;
	for (char *line = text; line != NULL && *line != '\0';) {
		if (is_setting(line)) {
			line[0] = line[1] = ' ';
			settings_seen++;
		}
		line = strchr(line, '\n');
		line = line == NULL ? NULL : line + 1;
	}
	assert_int_equal(settings_seen,
			 33); /* all but content, sender and report_how, which are in use */
	char *own = strstr(text, "\nsender = ");
	assert_non_null(own);
	memset(own + 1, ' ', strcspn(own + 1, "\n"));
	char *used = xasprintf("%s\nsender = \"kedja@stadsdel.se\";\n", text);
	struct settings *given = parse_well(used), *defaults = parse_well(LEAST);
#define SAME_TEXT(field)   assert_string_equal(given->field, defaults->field)
#define SAME_NUMBER(field) assert_int_equal(given->field, defaults->field)
	SAME_TEXT(database);
	SAME_TEXT(socket);
	SAME_TEXT(mailer);
	SAME_TEXT(templates);
	SAME_TEXT(sender_name);
	SAME_TEXT(administrator);
	SAME_TEXT(administrator_name);
	SAME_TEXT(message_id_domain);
	SAME_TEXT(language);
	SAME_TEXT(grouping);
	SAME_TEXT(weekly_day);
	assert_string_equal(defaults->report_how, ""); /* the file that ships says how */
	assert_string_equal(settings_lack_report(defaults), "report_how");
	assert_null(settings_lack_report(given));
	assert_string_equal(settings_report_how(given, "en"), given->report_how_en);
	assert_true(strlen(given->report_how) > 0 && strlen(given->report_how_en) > 0);
	SAME_TEXT(transport);
	SAME_TEXT(maildir);
	SAME_TEXT(smtp_host);
	SAME_NUMBER(smtp_port);
	SAME_NUMBER(smtp_starttls);
	SAME_TEXT(smtp_ca_file);
	SAME_TEXT(smtp_user);
	SAME_TEXT(smtp_password_file);
	SAME_NUMBER(delivery_limit);
	SAME_NUMBER(retry_first);
	SAME_NUMBER(retry_most);
	SAME_NUMBER(give_up_after);
	SAME_NUMBER(keep_bodies);
	SAME_NUMBER(batch);
	SAME_TEXT(payments_reference);
	SAME_TEXT(payments_month);
	SAME_TEXT(payments_amount);
	SAME_TEXT(payments_paid_on);
	SAME_TEXT(payments_id);
	SAME_TEXT(payments_unit);
	assert_string_equal(given->content, "normal");
	settings_free(given);
	settings_free(defaults);
	free(used);
	free(text);
}

/* What settings_print says, held against the sample and the manual: as many rows, each there. */
static void test_table(void **state)
{
	(void)state;
	char *bytes = NULL;
	size_t size = 0, length = 0;
	FILE *real = stdout;
	stdout = open_memstream(&bytes, &size);
	settings_print();
	fclose(stdout);
	stdout = real;
	struct problems problems = PROBLEMS_NONE;
	char *file = sample(&length);
	char *manual = file_read("conf/kedja.conf.5", &length, &problems);
	int rows = 0;
	for (char *rest = bytes, *line; (line = strsep(&rest, "\n")) != NULL && *line != '\0';
	     rows++) {
		char *name = xasprintf("%.*s = ", (int)strcspn(line, "\t"), line);
		char *item = xasprintf(".It Ic %.*s\n", (int)strcspn(line, "\t"), line);
		int tabs = 0;
		for (char *c = line; *c != '\0'; c++)
			tabs += *c == '\t';
		assert_int_equal(tabs, 3);
		assert_non_null(strstr(file, name));
		assert_non_null(strstr(manual, item));
		free(name);
		free(item);
	}
	assert_int_equal(rows, 38);
	free(bytes);
	free(file);
	free(manual);
}

/* --- files -------------------------------------------------------------------------------- */

static void test_files(void **state)
{
	(void)state;
	struct problems problems = PROBLEMS_NONE;
	size_t length = 0;
	assert_null(file_read("conf/no-such.conf", &length, &problems));
	assert_null(file_read("conf", &length, &problems));
	assert_null(file_read("/dev/zero", &length, &problems));
	char folder[] = "/tmp/test_conf.XXXXXX";
	assert_non_null(mkdtemp(folder));
	char *path = xasprintf("%s/file", folder);
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_null(file_read(path, &length, &problems)); /* and does not wait */
	assert_int_equal(unlink(path), 0);
	assert_int_equal(problems.count, 4);
	assert_non_null(strstr(problems.list[0].text, "No such file"));
	assert_non_null(strstr(problems.list[1].text, "is not a file"));
	problems_clear(&problems);

	FILE *file = fopen(path, "we");
	fwrite("a\0b", 1, 3, file);
	fclose(file);
	char *text = file_read(path, &length, &problems);
	assert_int_equal(length, 3);
	assert_memory_equal(text, "a\0b", 4);
	free(text);
	assert_int_equal(truncate(path, 17 * 1024 * 1024), 0);
	assert_null(file_read(path, &length, &problems));
	assert_non_null(strstr(problems.list[0].text, "is larger than 16 MiB"));
	problems_clear(&problems);
	unlink(path);
	rmdir(folder);
	free(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_defaults),
		cmocka_unit_test(test_what_is_given),
		cmocka_unit_test(test_folder_of_the_file),
		cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_all_mistakes_at_once),
		cmocka_unit_test(test_long_text),
		cmocka_unit_test(test_sample_is_taken_as_it_is),
		cmocka_unit_test(test_sample_shows_the_defaults),
		cmocka_unit_test(test_table),
		cmocka_unit_test(test_files),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
