/* SPDX-License-Identifier: EUPL-1.2 */
/* Who may do what: the list in kedja.conf, who is found in it, and the matrix. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/conf/settings.h"

#define BEGIN "content = \"normal\"; sender = \"a@b.se\";\naccess = (\n"
#define OWN   998

static struct settings *parse(const char *rows, struct problems *problems)
{
	char *text = xasprintf(BEGIN "%s);\n", rows);
	struct settings *settings = settings_parse(text, strlen(text), "kedja.conf", problems);
	free(text);
	return settings;
}

static struct settings *parse_well(const char *rows)
{
	struct problems problems = PROBLEMS_NONE;
	struct settings *settings = parse(rows, &problems);
	for (size_t i = 0; i < problems.count; i++)
		print_message("%d: %s\n", problems.list[i].line, problems.list[i].text);
	assert_non_null(settings);
	assert_non_null(settings->access);
	return settings;
}

struct refusal {
	const char *rows;
	int line;
	const char *words;
};

static void expect_refused(const struct refusal *refusal)
{
	struct problems problems = PROBLEMS_NONE;
	struct settings *settings = parse(refusal->rows, &problems);
	for (size_t i = 0; i < problems.count; i++)
		if (problems.count != 1 || strstr(problems.list[i].text, refusal->words) == NULL ||
		    problems.list[i].line != refusal->line)
			print_message("%s -> %d: %s\n", refusal->rows, problems.list[i].line,
				      problems.list[i].text);
	assert_null(settings);
	assert_int_equal(problems.count, 1);
	assert_string_equal(problems.list[0].place, "kedja.conf");
	assert_int_equal(problems.list[0].line, refusal->line);
	assert_non_null(strstr(problems.list[0].text, refusal->words));
	problems_clear(&problems);
}

static void test_refusals(void **state)
{
	(void)state;
	static const struct refusal refusals[] = {
		{ "", 2, "names nobody" },
		{ "{ role = \"viewer\"; }", 3, "names nobody" },
		{ "{ user = \"\"; role = \"viewer\"; }", 3, "the name is empty" },
		{ "{ user = \"#x\"; role = \"viewer\"; }", 3, "\"#x\" is not a number" },
		{ "{ user = \"#4294967295\"; role = \"viewer\"; }", 3, "is not a number" },
		{ "{ user = \"#7\";\ngroup = \"#8\"; role = \"viewer\"; }", 4, "make it two rows" },
		{ "{ user = \"#7\"; }", 3, "role" },
		{ "{ user = \"#7\"; role = \"clark\"; }", 3, "did you mean \"clerk\"?" },
		{ "{ user = \"#7\"; role = \"boss\"; }", 3, "write viewer, clerk, mailbox" },
		{ "{ user = \"#7\"; role = \"clerk\"; }", 3, "a clerk works within programmes" },
		{ "{ user = \"#7\"; role = \"clerk\"; programmes = [ \"P1\", \"\" ]; }", 3,
		  "is empty" },
		{ "{ user = \"#7\"; role = \"clerk\"; programmes = [ \"P1\", \"*\" ]; }", 3,
		  "stands for all programmes" },
		{ "{ user = \"#7\"; role = \"viewer\"; programmes = \"*\"; }", 3,
		  "programmes are for the role clerk" },
		{ "{ user = \"#7\"; role = \"viewer\"; protected = true; }", 3,
		  "viewer sees no case" },
		{ "{ user = \"#7\"; role = \"front\"; protected = true; }", 3,
		  "front sees no case" },
		{ "{ user = \"#7\"; role = \"front\"; staff = \"eva\"; }", 3,
		  "leave it out for front" },
		{ "{ group = \"#7\"; role = \"admin\"; staff = \"eva\"; }", 3,
		  "a group is no member of staff" },
		{ "{ user = \"root\"; role = \"viewer\"; }", 3, "root is always admin" },
		{ "{ user = \"#7\"; role = \"viewer\"; },\n\n{ user = \"#7\"; role = \"admin\"; }",
		  5, "the user \"#7\" has a row already, in line 3" },
		{ "{ user = \"root\"; role = \"admin\"; },\n{ user = \"#0\"; role = \"admin\"; }",
		  4, "the user \"#0\" has a row already, in line 3" },
		{ "{ group = \"x-y\"; role = \"viewer\"; },\n{ group = \"x-y\"; role = \"admin\"; "
		  "}",
		  4, "the group \"x-y\" has a row already, in line 3" },
		{ "{ user = \"#7\"; role = \"viewer\"; programme = \"P\"; }", 3, "programmes" },
		{ "7", 2, "access" },
	};
	for (size_t i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++)
		expect_refused(&refusals[i]);
}

static void test_all_mistakes_at_once(void **state)
{
	(void)state;
	struct problems problems = PROBLEMS_NONE;
	assert_null(parse("{ user = \"#7\"; role = \"clerk\"; },\n"
			  "{ role = \"boss\"; },\n{ user = \"#7\"; role = \"viewer\"; }",
			  &problems));
	assert_int_equal(problems.count, 4);
	problems_clear(&problems);
}

/* --- who is found ------------------------------------------------------------------------- */

static const char rows[] = "{ group = \"#50\"; role = \"viewer\"; },\n"
			   "{ group = \"#51\"; role = \"admin\"; },\n"
			   "{ user = \"#7\"; role = \"clerk\"; programmes = [ \"P1\", \"P2\" ];"
			   "  staff = \"eva\"; protected = true; },\n"
			   "{ user = \"#8\"; role = \"clerk\"; programmes = \"*\"; },\n"
			   "{ user = \"nobody-of-this-name\"; role = \"admin\"; }";

static struct access_right right_of(const struct settings *settings, unsigned uid,
				    const unsigned *groups, size_t count)
{
	const struct access_who who = { uid, groups, count };
	return access_of(settings->access, &who, OWN);
}

static void test_own_row_goes_before_groups(void **state)
{
	(void)state;
	struct settings *settings = parse_well(rows);
	const unsigned groups[] = { 99, 51, 50 };
	struct access_right right = right_of(settings, 7, groups, 3);
	assert_int_equal(right.why, ACCESS_BY_ROW);
	assert_int_equal(right.role, ACCESS_CLERK);
	assert_int_equal(right.row->line, 5);
	assert_string_equal(right.row->staff, "eva");
	assert_true(right.row->sees_protected);
	assert_true(access_reaches(right.row, "P2"));
	assert_true(access_reaches(right.row, NULL));
	assert_false(access_reaches(right.row, "P3"));
	settings_free(settings);
}

/* Not the stronger one, and not the first one that the kernel names. */
static void test_first_group_in_the_list_counts(void **state)
{
	(void)state;
	struct settings *settings = parse_well(rows);
	const unsigned groups[] = { 51, 50 };
	assert_int_equal(right_of(settings, 9, groups, 2).role, ACCESS_VIEWER);
	assert_int_equal(right_of(settings, 9, groups, 1).role, ACCESS_ADMIN);
	assert_int_equal(right_of(settings, 9, groups + 1, 0).why, ACCESS_BY_NOTHING);
	settings_free(settings);
}

static void test_a_thousand_groups(void **state)
{
	(void)state;
	struct settings *settings = parse_well(rows);
	unsigned groups[1000];
	for (unsigned i = 0; i < 1000; i++)
		groups[i] = 1000 + i;
	assert_int_equal(right_of(settings, 9, groups, 1000).why, ACCESS_BY_NOTHING);
	groups[999] = 51;
	assert_int_equal(right_of(settings, 9, groups, 1000).role, ACCESS_ADMIN);
	settings_free(settings);
}

static void test_stars_and_strangers(void **state)
{
	(void)state;
	struct settings *settings = parse_well(rows);
	assert_true(access_reaches(right_of(settings, 8, NULL, 0).row, "P9"));
	assert_false(right_of(settings, 8, NULL, 0).row->sees_protected);
	const struct access_row *unknown = &settings->access->rows[4];
	assert_string_equal(unknown->name, "nobody-of-this-name");
	assert_false(unknown->is_known);
	assert_int_equal(right_of(settings, 10, NULL, 0).why, ACCESS_BY_NOTHING);
	settings_free(settings);
}

/* The name that is not known must not stand for the number 0, nor for any other. */
static void test_root_and_the_daemon_are_admin(void **state)
{
	(void)state;
	struct settings *settings = parse_well(rows);
	assert_int_equal(right_of(settings, 0, NULL, 0).why, ACCESS_BY_UID);
	assert_int_equal(right_of(settings, OWN, NULL, 0).why, ACCESS_BY_UID);
	assert_int_equal(right_of(settings, OWN, NULL, 0).role, ACCESS_ADMIN);
	settings_free(settings);
}

static void test_without_a_list(void **state)
{
	(void)state;
	const struct access_who who = { 7, NULL, 0 };
	struct access_right right = access_of(NULL, &who, OWN);
	assert_int_equal(right.why, ACCESS_BY_SOCKET);
	assert_int_equal(right.role, ACCESS_ADMIN);
}

/* --- the matrix --------------------------------------------------------------------------- */

static void test_matrix(void **state)
{
	(void)state;
	/* viewer, clerk, mailbox, front, admin */
	static const char *const may[] = {
		[ACCESS_FIGURES] = "yynyy", [ACCESS_CASES] = "nynyy",   [ACCESS_STAFF] = "nynny",
		[ACCESS_MAIL] = "nnyny",    [ACCESS_RUNNING] = "nnnny",
	};
	for (size_t of = 0; of < sizeof(may) / sizeof(may[0]); of++)
		for (int role = 0; role < ACCESS_ROLES; role++)
			assert_int_equal(access_may((enum access_role)role, (enum access_class)of),
					 may[of][role] == 'y');
}

static void test_line_to_add_is_one_that_is_taken(void **state)
{
	(void)state;
	char *line = access_line_for("#7");
	struct settings *settings = parse_well(line);
	assert_int_equal(right_of(settings, 7, NULL, 0).role, ACCESS_CLERK);
	settings_free(settings);
	free(line);
}

static void test_what_differs(void **state)
{
	(void)state;
	struct settings *a = parse_well(rows), *b = parse_well(rows);
	struct settings *c = parse_well("{ user = \"#7\"; role = \"viewer\"; }");
	assert_true(access_same(a->access, b->access));
	assert_false(access_same(a->access, c->access));
	assert_false(access_same(NULL, c->access));
	assert_true(access_same(NULL, NULL));
	settings_free(a);
	settings_free(b);
	settings_free(c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_all_mistakes_at_once),
		cmocka_unit_test(test_own_row_goes_before_groups),
		cmocka_unit_test(test_first_group_in_the_list_counts),
		cmocka_unit_test(test_a_thousand_groups),
		cmocka_unit_test(test_stars_and_strangers),
		cmocka_unit_test(test_root_and_the_daemon_are_admin),
		cmocka_unit_test(test_without_a_list),
		cmocka_unit_test(test_matrix),
		cmocka_unit_test(test_line_to_add_is_one_that_is_taken),
		cmocka_unit_test(test_what_differs),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
