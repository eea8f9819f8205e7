/* SPDX-License-Identifier: EUPL-1.2 */
/* The specification's own tests, where they lie beside the project, and what is ours on top of
 * it: names that are checked, mistakes with their lines, all at once. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/base/mustache.h"

static char *rendered(const char *template, const char *values, bool html)
{
	struct problems problems = PROBLEMS_NONE;
	struct mustache *mustache =
	    mustache_parse(template, strlen(template), "t", NULL, &problems);
	assert_non_null(mustache);
	assert_int_equal(problems.count, 0);
	json_t *json = json_loads(values, JSON_DECODE_ANY, NULL);
	assert_non_null(json);
	char *text = mustache_render(mustache, json, html);
	json_decref(json);
	mustache_free(mustache);
	return text;
}

static void check(const char *template, const char *values, const char *expected)
{
	char *text = rendered(template, values, false);
	assert_string_equal(text, expected);
	free(text);
}

/* "line: text" of each problem, one a line. */
static void check_problems(const char *template, const char *const *names, const char *expected)
{
	struct problems problems = PROBLEMS_NONE;
	char *all = xstrdup("");
	assert_null(mustache_parse(template, strlen(template), "t.txt", names, &problems));
	for (size_t i = 0; i < problems.count; i++) {
		char *line = problem_format(&problems.list[i]);
		char *more = xasprintf("%s%s\n", all, line);
		free(line);
		free(all);
		all = more;
	}
	assert_string_equal(all, expected);
	free(all);
	problems_clear(&problems);
}

static void run_specification(const char *name, size_t least)
{
	char *path = xasprintf("../shared/samples/mustache/%s.json", name);
	json_t *file = json_load_file(path, 0, NULL);
	free(path);
	if (file == NULL) {
		print_message("skipped: the specification's tests are not here\n");
		skip();
	}
	json_t *tests = json_object_get(file, "tests");
	assert_true(json_array_size(tests) >= least);
	for (size_t i = 0; i < json_array_size(tests); i++) {
		json_t *test = json_array_get(tests, i);
		const char *template = json_string_value(json_object_get(test, "template"));
		const char *expected = json_string_value(json_object_get(test, "expected"));
		char *values = json_dumps(json_object_get(test, "data"), JSON_ENCODE_ANY);
		char *text = rendered(template, values, true);
		if (strcmp(text, expected) != 0)
			print_message("%s\n", json_string_value(json_object_get(test, "name")));
		assert_string_equal(text, expected);
		free(text);
		free(values);
	}
	json_decref(file);
}

static void specification_interpolation(void **state)
{
	(void)state;
	run_specification("interpolation", 40);
}

static void specification_sections(void **state)
{
	(void)state;
	run_specification("sections", 34);
}

static void specification_inverted(void **state)
{
	(void)state;
	run_specification("inverted", 22);
}

static void specification_comments(void **state)
{
	(void)state;
	run_specification("comments", 12);
}

static void plain_text_escapes_nothing(void **state)
{
	(void)state;
	check("{{x}} {{{x}}}", "{\"x\":\"<&\\\">\"}", "<&\"> <&\">");
	char *html = rendered("{{x}} {{{x}}}", "{\"x\":\"<\"}", true);
	assert_string_equal(html, "&lt; <");
	free(html);
}

static void what_is_false(void **state)
{
	(void)state;
	check("{{#x}}yes{{/x}}{{^x}}no{{/x}}", "{}", "no");
	check("{{#x}}yes{{/x}}{{^x}}no{{/x}}", "{\"x\":\"\"}", "no");
	check("{{#x}}yes{{/x}}{{^x}}no{{/x}}", "{\"x\":[]}", "no");
	check("{{#x}}yes{{/x}}{{^x}}no{{/x}}", "{\"x\":0}", "yes");
	check("{{#x}}yes{{/x}}{{^x}}no{{/x}}", "{\"x\":{}}", "yes");
}

static void a_tag_alone_takes_its_line(void **state)
{
	(void)state;
	check("a\n  {{#x}}  \nb\n  {{/x}}\nc", "{\"x\":true}", "a\nb\nc");
	check("a {{#x}}\nb{{/x}}\n", "{\"x\":true}", "a \nb\n");
}

static void all_mistakes_with_their_lines(void **state)
{
	(void)state;
	static const char *const names[] = { "name", "due", NULL };
	check_problems("{{nmae}}\n{{#due}}\n{{/name}}\n{{}}{{>other}}{{=<% %>=}}\n{{xyzzyx}}",
		       names,
		       "t.txt:1: unknown name \"nmae\": did you mean \"name\"?\n"
		       "t.txt:3: \"name\" ends here, but \"due\" of line 2 is still open\n"
		       "t.txt:4: a tag is empty: a name is missing between the braces\n"
		       "t.txt:4: templates cannot include others: write the text here\n"
		       "t.txt:4: the braces cannot be replaced by other signs\n"
		       "t.txt:5: unknown name \"xyzzyx\"\n");
	check_problems("a\n{{#due}}\nb", names, "t.txt:2: \"due\" is begun here but never ended\n");
	check_problems("a\n{{/due}}", names, "t.txt:2: \"due\" ends here but was never begun\n");
	check_problems("a\n\n{{due", names, "t.txt:3: a tag is not closed: \"}}\" is missing\n");
	check_problems("{{{due}}", names, "t.txt:1: a tag is not closed: \"}}}\" is missing\n");
}

static void depth_is_bounded(void **state)
{
	(void)state;
	char text[33 * 7 + 1] = "";
	for (int i = 0; i < 33; i++)
		strcat(text, "{{#a}}\n");
	check_problems(text, NULL, "t.txt:33: more than 32 sections within each other\n");
}

static void a_zero_byte_is_no_text(void **state)
{
	(void)state;
	struct problems problems = PROBLEMS_NONE;
	assert_null(mustache_parse("a\n\0b", 4, "t", NULL, &problems));
	assert_int_equal(problems.count, 1);
	assert_int_equal(problems.list[0].line, 2);
	problems_clear(&problems);
	mustache_free(NULL);
}

static void what_is_not_utf8_is_refused(void **state)
{
	(void)state;
	check_problems(
	    "Hej\nN\xe4r och hur?\n\xe5\n", NULL,
	    "t.txt:2: byte 2 of the line (0xE4) is not UTF-8: save the file as UTF-8, with"
	    " iconv -f ISO-8859-1 -t UTF-8 for example\n");
	check_problems("\xef\xbb\xbfHej\n", NULL,
		       "t.txt:1: the file begins with a byte order mark, which would stand in the"
		       " letter: save it as UTF-8 without one\n");
	check_problems(
	    "a\xed\xa0\x80", NULL,
	    "t.txt:1: byte 2 of the line (0xED) is not UTF-8: save the file as UTF-8, with"
	    " iconv -f ISO-8859-1 -t UTF-8 for example\n");
	check("N\xc3\xa4r \xef\xbb\xbf och hur?", "{}", "N\xc3\xa4r \xef\xbb\xbf och hur?");
}

/* A list in itself, `depth` times. */
static char *nested(int depth, const char *inside, size_t length)
{
	char *template = xstrdup(inside), *values = xstrdup("{\"a\":[");
	for (int i = 0; i < depth; i++) {
		char *more = xasprintf("{{#a}}%s{{/a}}", template);
		free(template);
		template = more;
	}
	for (size_t i = 0; i < length; i++) {
		char *more = xasprintf("%s%s1", values, i == 0 ? "" : ",");
		free(values);
		values = more;
	}
	char *whole = xasprintf("%s]}", values);
	char *text = rendered(template, whole, false);
	free(values);
	free(whole);
	free(template);
	return text;
}

static void what_never_ends_is_given_up(void **state)
{
	(void)state;
	char *text = nested(2, "x", 300);
	assert_int_equal(strlen(text), 90000);
	free(text);
	assert_null(nested(31, "x", 300));
	assert_null(nested(31, "", 300)); /* and says nothing */
	assert_null(nested(2, "a line of some length, again and again", 300));
}

/* Steps at the most, and the line that is come by most often. */
static void check_steps(const char *text, double expected, int expected_line)
{
	static const struct mustache_list lists[] = { { "a", 10 }, { "b", 100 }, { NULL, 0 } };
	struct problems problems = PROBLEMS_NONE;
	struct mustache *mustache = mustache_parse(text, strlen(text), "t", NULL, &problems);
	assert_non_null(mustache);
	int line = -1;
	assert_float_equal(mustache_steps(mustache, lists, &line), expected, 0);
	assert_int_equal(line, expected_line);
	mustache_free(mustache);
}

static void how_long_it_can_take(void **state)
{
	(void)state;
	check_steps("", 0, 0);
	check_steps("x{{y}}", 2, 0);
	check_steps("{{#y}}x{{/y}}\n{{^a}}x{{/a}}", 2 * 3 + 1, 1); /* once, both */
	check_steps("{{#a}}x{{/a}}\n{{#b}}{{/b}}", 21 + 1 + 101, 2);
	check_steps("{{#y.a}}\n{{#b}}x{{/b}}\n{{/y.a}}", 1 + 10 + 10 + 2 * 1000 + 10, 2);
	check_steps("{{#b}}{{#b}}{{#b}}{{#b}}x{{/b}}{{/b}}{{/b}}{{/b}}", 202020201, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(specification_interpolation),
		cmocka_unit_test(specification_sections),
		cmocka_unit_test(specification_inverted),
		cmocka_unit_test(specification_comments),
		cmocka_unit_test(plain_text_escapes_nothing),
		cmocka_unit_test(what_is_false),
		cmocka_unit_test(a_tag_alone_takes_its_line),
		cmocka_unit_test(all_mistakes_with_their_lines),
		cmocka_unit_test(depth_is_bounded),
		cmocka_unit_test(a_zero_byte_is_no_text),
		cmocka_unit_test(what_is_not_utf8_is_refused),
		cmocka_unit_test(what_never_ends_is_given_up),
		cmocka_unit_test(how_long_it_can_take),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
