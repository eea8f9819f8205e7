/* SPDX-License-Identifier: EUPL-1.2 */
/* Text that the library would misread is refused, line by line, and all of it at once. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "rules/conf/confread.h"

/* One text, whether it can be parsed, and the problems expected: "line: piece of the text". */
struct row {
	const char *text;
	int result;
	struct {
		int line;
		const char *piece;
	} problems[8];
};

static const struct row rows[] = {
	{ "a = 1;\n# a comment at the end without line feed", 0, { { 0, NULL } } },
	{ "a = ( 1, 2, );\nb = [ \"x\", ];\nc = { d = true };", 0, { { 0, NULL } } },
	{ "a = \"one\"\n \"two\"; b = 0x7FFFFFFF; c = -2147483648; d = 1.5e3;",
	  0,
	  { { 0, NULL } } },
	{ "a = 3000000000;\nb = 3000000000L;\nc = 0xFFFFFFFF;\nd = 9223372036854775808L;",
	  0,
	  { { 1, "does not fit 32 bits" },
	    { 3, "does not fit 32 bits" },
	    { 4, "has no place in 64" } } },
	{ "x = 1; /* never closed\ny = 2;\n", -1, { { 1, "comment that starts here" } } },
	{ "x = 1;\ny = \"never closed;\nz = 3;\n", -1, { { 2, "is not closed" } } },
	{ "x = 1;\n@include \"other.conf\"\n", -1, { { 2, "@include" } } },
	{ "x = \"a @include is only text here\"; # @include too\n", 0, { { 0, NULL } } },
	{ "\xef\xbb\xbfx = 1;\n", -1, { { 1, "byte order mark" } } },
	{ "x = \"ok\";\ny = \"\xe5\";\n", -1, { { 2, "not UTF-8" } } },
	{ "x = 1;\ny = \"\x01\";\n", -1, { { 2, "control character" } } },
	{ "x = \"\\u00e5\";\ny = \"\\x41 \\q \\n \\t \\\" \\\\\";\n",
	  0,
	  { { 1, "unknown escape \"\\u\"" },
	    { 2, "unknown escape \"\\x\"" },
	    { 2, "unknown escape \"\\q\"" } } },
	{ "x = Yes;\n", -1, { { 1, "quotation marks" } } },
	{ "x = 1;\ny 3;\n", -1, { { 2, "\"=\" between" } } },
	{ "x = ;\n", -1, { { 1, "a value" } } },
	{ "x = ( 1 2 );\n", -1, { { 1, "\",\" or \")\"" } } },
	{ "x = { y = 1;\n\n", -1, { { 3, "the file ends here" } } },
	{ "x = 12abc;\n", -1, { { 1, "neither a number nor a text" } } },
	{ "x = 1; }\n", -1, { { 1, "a key was" } } },
	{ "x = 1;\nx = 2;\ng = { a = 1;\n a = { a = 2; }; b = 2;\n};\ny = 08;\n",
	  0,
	  { { 2, "\"x\" stands twice: it was given in line 1" },
	    { 4, "\"a\" stands twice: it was given in line 3" } } },
	{ "l = ( { a = 1; }, { a = 1; } ); m = { a = 1; };\n", 0, { { 0, NULL } } },
};

static void check_row(const struct row *row)
{
	struct problems problems = PROBLEMS_NONE;
	struct config_t config;
	size_t n = 0;
	int result = confread_open(&config, row->text, strlen(row->text), "f.conf", &problems);
	assert_int_equal(result, row->result);
	if (result == 0)
		config_destroy(&config);
	for (; row->problems[n].piece != NULL; n++) {
		assert_true(n < problems.count);
		assert_string_equal(problems.list[n].place, "f.conf");
		assert_int_equal(problems.list[n].line, row->problems[n].line);
		if (strstr(problems.list[n].text, row->problems[n].piece) == NULL)
			fail_msg("%s: not in: %s", row->problems[n].piece, problems.list[n].text);
	}
	assert_int_equal(problems.count, n);
	problems_clear(&problems);
}

static void looks_the_text_over(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		check_row(&rows[i]);
}

static void refuses_zero_bytes_and_depth(void **state)
{
	(void)state;
	struct problems problems = PROBLEMS_NONE;
	struct config_t config;
	assert_int_equal(confread_open(&config, "x = 1;\0y = 2;", 13, "f", &problems), -1);
	char deep[5001];
	memset(deep, '(', sizeof(deep));
	memcpy(deep, "x =", 3);
	assert_int_equal(confread_open(&config, deep, sizeof(deep), "f", &problems), -1);
	assert_int_equal(problems.count, 2);
	assert_non_null(strstr(problems.list[1].text, "too deep"));
	problems_clear(&problems);
}

static void open_text(struct config_t *config, const char *text)
{
	struct problems problems = PROBLEMS_NONE;
	assert_int_equal(confread_open(config, text, strlen(text), "f.conf", &problems), 0);
	problems_clear(&problems);
}

static void tells_unknown_wrong_and_missing_keys(void **state)
{
	(void)state;
	static const struct conf_key keys[] = {
		{ "name", CONF_TEXT, true },
		{ "due", CONF_TEXT_OR_FLAG, false },
		{ "times", CONF_NUMBER, false },
		{ "urgent", CONF_FLAG, false },
		{ "done", CONF_TEXT_OR_TEXTS, false },
		{ "steps", CONF_GROUPS, true },
		{ "only", CONF_TEXTS, false },
		{ "one", CONF_GROUP, false },
		{ NULL, CONF_TEXT, false },
	};
	struct problems problems = PROBLEMS_NONE;
	struct config_t config;
	open_text(&config, "name = \"a\"; due = false; times = 3L; urgent = true;\n"
			   "done = \"x\"; steps = ( { } ); only = [ ]; one = { };\n");
	assert_true(confread_keys(config_root_setting(&config), keys, "f.conf", &problems));
	config_destroy(&config);
	open_text(&config, "due = 3;\ntimes = \"3\";\nurgent = 1;\ndone = [ 1 ];\n"
			   "steps = ( 1 );\nonly = \"x\";\none = ( );\nnam = \"a\";\n"
			   "completely = 1;\ntimes_ = 1.5;\n");
	assert_false(confread_keys(config_root_setting(&config), keys, "f.conf", &problems));
	config_destroy(&config);
	static const char *const pieces[] = {
		"\"due\" has the wrong",   "\"times\" has the wrong", "\"urgent\" has the wrong",
		"\"done\" has the wrong",  "\"steps\" has the wrong", "\"only\" has the wrong",
		"\"one\" has the wrong",   "did you mean \"name\"?",  "unknown key \"completely\"",
		"did you mean \"times\"?", "\"name\" is missing"
	};
	assert_int_equal(problems.count, 11);
	for (size_t i = 0; i < 11; i++) {
		assert_non_null(strstr(problems.list[i].text, pieces[i]));
		if (i < 10)
			assert_int_equal(problems.list[i].line, (int)i + 1);
	}
	problems_clear(&problems);
}

static void reads_values(void **state)
{
	(void)state;
	struct config_t config;
	open_text(&config, "t = \"åäö\";\nn = -5;\nbig = 5000000000L;\nf = true;\n"
			   "l = ( \"a\", 1, \"b\" );\n\none = \"x\";");
	config_setting_t *root = config_root_setting(&config);
	assert_string_equal(confread_text(root, "t"), "åäö");
	assert_null(confread_text(root, "n"));
	assert_null(confread_text(root, "missing"));
	assert_int_equal(confread_number(root, "n", 1), -5);
	assert_true(confread_number(root, "big", 1) == 5000000000LL);
	assert_int_equal(confread_number(root, "t", -1), -1);
	assert_true(confread_flag(root, "f", false));
	assert_true(confread_flag(root, "missing", true));
	assert_int_equal(confread_line(root, "l"), 5);
	assert_int_equal(confread_line(root, "one"), 7);
	assert_int_equal(confread_text_count(root, "l"), 2);
	assert_string_equal(confread_text_at(root, "l", 1), "b");
	assert_null(confread_text_at(root, "l", 2));
	assert_int_equal(confread_text_count(root, "one"), 1);
	assert_string_equal(confread_text_at(root, "one", 0), "x");
	assert_null(confread_text_at(root, "one", 1));
	assert_int_equal(confread_text_count(root, "n"), 0);
	config_destroy(&config);
}

static uint64_t version_of(const char *text)
{
	struct config_t config;
	open_text(&config, text);
	uint64_t version = confread_version(config_root_setting(&config));
	config_destroy(&config);
	return version;
}

static void versions_follow_the_meaning(void **state)
{
	(void)state;
	uint64_t base = version_of("a = 1; l = ( \"x\", \"y\" ); g = { t = true; };");
	assert_true(base == version_of("# other\n/* text */ g : { t = TRUE }\n a = 1L, "
				       "l = ( \"x\", \"y\", );"));
	assert_true(base != version_of("a = 2; l = ( \"x\", \"y\" ); g = { t = true; };"));
	assert_true(base != version_of("a = 1; l = ( \"y\", \"x\" ); g = { t = true; };"));
	assert_true(base != version_of("a = 1; l = ( \"x\", \"y\" ); g = { t = false; };"));
	assert_true(base != version_of("b = 1; l = ( \"x\", \"y\" ); g = { t = true; };"));
	assert_true(base != version_of("a = 1; l = ( \"xy\" ); g = { t = true; };"));
	assert_true(version_of("") != version_of("a = { };"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(looks_the_text_over),
		cmocka_unit_test(refuses_zero_bytes_and_depth),
		cmocka_unit_test(tells_unknown_wrong_and_missing_keys),
		cmocka_unit_test(reads_values),
		cmocka_unit_test(versions_follow_the_meaning),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
