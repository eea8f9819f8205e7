/* SPDX-License-Identifier: EUPL-1.2 */
/* The table of verbs: command lines against it, its help, and the manual that must follow it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/ctl/buffer.h"
#include "daemon/ctl/verbs/verbs.h"

#define WORDS_MOST 16

/* A command line in one text, split at blanks. */
struct line {
	char *text;
	char *words[WORDS_MOST];
	size_t count;
	struct invocation call;
	struct problems problems;
	int result;
};

static struct line parse(const char *text)
{
	struct line line = { .text = xstrdup(text), .problems = PROBLEMS_NONE };
	char *rest = line.text, *word;
	while ((word = strtok_r(rest, " ", &rest)) != NULL)
		line.words[line.count++] = word;
	line.result = ctl_parse(line.count, line.words, verb_table, &line.call, &line.problems);
	return line;
}

static void drop(struct line *line)
{
	invocation_clear(&line->call);
	problems_clear(&line->problems);
	free(line->text);
}

/* Every complaint about a command line, a line each. */
static void assert_refused(const char *text, const char *expected)
{
	struct line line = parse(text);
	struct buffer out = BUFFER_NONE;
	assert_int_equal(line.result, -1);
	for (size_t i = 0; i < line.problems.count; i++) {
		char *problem = problem_format(&line.problems.list[i]);
		buffer_printf(&out, "%s\n", problem);
		free(problem);
	}
	char *got = buffer_take(&out);
	assert_string_equal(got, expected);
	free(got);
	drop(&line);
}

static void assert_verb(const char *text, const char *name, const char *sub)
{
	struct line line = parse(text);
	assert_int_equal(line.result, 0);
	assert_non_null(line.call.verb);
	assert_string_equal(line.call.verb->name, name);
	if (sub == NULL)
		assert_null(line.call.verb->sub);
	else
		assert_string_equal(line.call.verb->sub, sub);
	drop(&line);
}

static void verbs_are_found(void **state)
{
	(void)state;
	assert_verb("status", "status", NULL);
	assert_verb("--json status", "status", NULL);
	assert_verb("--socket status cases", "cases", NULL);
	assert_verb("--socket=status cases", "cases", NULL);
	assert_verb("outbox", "outbox", NULL);
	assert_verb("outbox --state sent", "outbox", NULL);
	assert_verb("outbox list --state sent", "outbox", "list");
	assert_verb("outbox --state sent list", "outbox", "list");
	assert_verb("outbox retry", "outbox", "retry");
	assert_verb("clock set 2006-05-02", "clock", "set");
	assert_verb("rules --json check", "rules", "check");
	assert_verb("rules check conf", "rules", "check");
}

static void words_and_options_are_taken(void **state)
{
	(void)state;
	struct line line = parse("record --at 2026-11-30 plan.adopted --key=k A-1 rent=true --json "
				 "x=a=b --force --reason why --socket /s -- --odd=1");
	const struct invocation *call = &line.call;
	assert_int_equal(line.result, 0);
	assert_int_equal(call->argument_count, 5);
	assert_string_equal(invocation_argument(call, 0), "plan.adopted");
	assert_string_equal(invocation_argument(call, 1), "A-1");
	assert_string_equal(invocation_argument(call, 2), "rent=true");
	assert_string_equal(invocation_argument(call, 3), "x=a=b");
	assert_string_equal(invocation_argument(call, 4), "--odd=1");
	assert_null(invocation_argument(call, 5));
	assert_string_equal(invocation_option(call, "at"), "2026-11-30");
	assert_string_equal(invocation_option(call, "key"), "k");
	assert_true(invocation_flag(call, "force"));
	assert_null(invocation_option(call, "source"));
	assert_string_equal(call->socket, "/s");
	assert_true(call->json);
	assert_null(call->conf);
	drop(&line);
}

static void standard_input_is_a_word(void **state)
{
	(void)state;
	struct line line = parse("import - --advance");
	assert_int_equal(line.result, 0);
	assert_string_equal(invocation_argument(&line.call, 0), "-");
	assert_true(invocation_flag(&line.call, "advance"));
	assert_false(invocation_flag(&line.call, "check"));
	drop(&line);
}

static void unknown_words_name_the_nearest(void **state)
{
	(void)state;
	assert_refused("deadline", "unknown verb \"deadline\": did you mean \"deadlines\"?\n");
	assert_refused("xyzzy", "unknown verb \"xyzzy\"\n");
	assert_refused("rules chek",
		       "unknown word after rules \"chek\": did you mean \"check\"?\n");
	assert_refused("outbox 17", "unknown word after outbox \"17\"\n");
	assert_refused("deadlines --untill=x", "unknown option --untill: did you mean --until?\n");
	assert_refused("cases --until 2026-01-01",
		       "unknown option --until\none word too many: \"2026-01-01\"\n");
	assert_refused("rent", "rent what? One of: charge\n");
	assert_refused("", "which verb? \"kedjactl --help\" lists them\n");
	assert_refused("--json", "which verb? \"kedjactl --help\" lists them\n");
}

static void all_mistakes_are_told(void **state)
{
	(void)state;
	assert_refused("deadlines --until 2026-02-31 --overdue=yes x --for",
		       "--until: \"2026-02-31\" is not a date: YYYY-MM-DD\n"
		       "--overdue takes no value\n"
		       "--for needs a value: PERSON\n"
		       "one word too many: \"x\"\n");
	assert_refused("record k",
		       "SUBJECT is missing: to whom: a case, a programme or a member of staff\n");
	assert_refused("record k s f =v", "FIELD=VALUE: \"f\" is not a field: write name=value\n"
					  "FIELD=VALUE: \"=v\" is not a field: write name=value\n");
	assert_refused("record k s --force", "--force needs --reason\n");
	assert_refused("record k s --reason r", "--reason needs --force\n");
	assert_refused("void 0", "EVENT: \"0\" is not a number: a whole number from 1\n"
				 "--reason is missing: why it was wrong\n");
	assert_refused("cases --at x --json --json --key",
		       "unknown option --at\nunknown option --key\n"
		       "one word too many: \"x\"\n");
	assert_refused("notices --since 2026-01-01 --since 2026-01-02", "--since stands twice\n");
}

static void types_are_checked(void **state)
{
	(void)state;
	static const char *const times[] = {
		"2006-05-02",        "2006-05-02T08:00",          "2006-05-02T08:00:59",
		"2006-05-02T08:00Z", "2006-05-02T08:00:00+01:00", "2006-05-02T08:00-11:30"
	};
	for (size_t i = 0; i < sizeof(times) / sizeof(times[0]); i++) {
		char *text = xasprintf("clock set %s", times[i]);
		assert_verb(text, "clock", "set");
		free(text);
	}
	assert_refused(
	    "clock set 2006-05-02T24:00",
	    "TIME: \"2006-05-02T24:00\" is not a time: YYYY-MM-DD or YYYY-MM-DDTHH:MM\n");
	assert_refused(
	    "clock set 2006-05-02T08:00+01:99",
	    "TIME: \"2006-05-02T08:00+01:99\" is not a time: YYYY-MM-DD or YYYY-MM-DDTHH:MM\n");
	assert_refused("calendar 20x6", "YEAR: \"20x6\" is not a number: a whole number from 1\n");
	assert_refused("calendar -3", "unknown option -3\nYEAR is missing: a year, 2026\n");
	assert_refused(
	    "void 9999999999999999999999 --reason r",
	    "EVENT: \"9999999999999999999999\" is not a number: a whole number from 1\n");
	assert_refused("outbox --state qeued",
		       "--state: \"qeued\" is not one of queued, handed, sent, deferred, refused, "
		       "unclear, cancelled, superseded: did you mean \"queued\"?\n");
	assert_refused("deadlines --for \xe4", "--for: \"?\" is not UTF-8\n");
	assert_verb("rules check \xe4", "rules", "check");
}

static void help_asks_for_nothing_else(void **state)
{
	(void)state;
	static const char *const lines[] = { "--help", "-h", "void --help", "rules --help",
					     "record x -h" };
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		struct line line = parse(lines[i]);
		assert_int_equal(line.result, 0);
		assert_true(line.call.help);
		drop(&line);
	}
	assert_refused("nothing --help", "unknown verb \"nothing\"\n");
	struct line line = parse("record k s -- x=1 --help=1");
	assert_int_equal(line.result, 0);
	assert_false(line.call.help);
	drop(&line);
}

static void the_table_is_sound(void **state)
{
	(void)state;
	for (const struct verb *verb = verb_table; verb->name != NULL; verb++) {
		size_t options = 0;
		assert_non_null(verb->run);
		assert_ptr_equal(verb_find(verb_table, verb->name, verb->sub), verb);
		for (const struct option *o = verb->options; o->name != NULL; o++, options++) {
			assert_int_equal(o->type == WORD_FLAG, o->value == NULL);
			assert_int_equal(o->type == WORD_CODE, o->codes != NULL);
			for (const struct option *c = common_options; c->name != NULL; c++)
				assert_string_not_equal(o->name, c->name);
		}
		assert_in_range(options, 0, OPTIONS_MOST);
		for (const struct argument *a = verb->arguments; a->name != NULL; a++)
			assert_true(!a->repeats || a[1].name == NULL);
	}
}

static char *file_text(const char *path)
{
	struct buffer text = BUFFER_NONE;
	char bytes[4096];
	FILE *file = fopen(path, "r");
	assert_non_null(file);
	for (size_t got; (got = fread(bytes, 1, sizeof(bytes), file)) > 0;)
		buffer_add(&text, bytes, got);
	fclose(file);
	return buffer_take(&text);
}

/* Does the text hold the word, not merely as the beginning of a longer one? */
static const char *find_word(const char *text, const char *end, const char *word)
{
	size_t length = strlen(word);
	for (const char *at = text; (at = strstr(at, word)) != NULL && at + length <= end; at++)
		if (strchr(" \n=", at[length]) != NULL)
			return at;
	return NULL;
}

/* Where the manual speaks of a verb: from its ".It Cm" to that of the next verb. Rows that stand
 * directly under each other share what follows. */
static const char *entry_of(const char *manual, const struct verb *verb, const char **ret_end)
{
	char *head = xasprintf("\n.It Cm %s%s%s", verb->name, verb->sub == NULL ? "" : " ",
			       verb->sub == NULL ? "" : verb->sub);
	const char *entry = find_word(manual, manual + strlen(manual), head);
	free(head);
	if (entry == NULL)
		return NULL;
	const char *end = strstr(entry + 1, "\n.It Cm "), *body = strchr(entry + 1, '\n');
	while (end != NULL && end == body) {
		body = strchr(end + 1, '\n');
		end = strstr(end + 1, "\n.It Cm ");
	}
	const char *section = strstr(entry, "\n.Sh ");
	*ret_end = end == NULL || end > section ? section : end;
	return entry;
}

static size_t count_items(const char *entry, const char *end)
{
	size_t count = 0;
	for (const char *at = entry; (at = strstr(at, "\n.It Fl -")) != NULL && at < end; at++)
		count++;
	return count;
}

static void the_manual_follows_the_table(void **state)
{
	(void)state;
	char *manual = file_text("daemon/ctl/kedjactl.1");
	for (const struct verb *verb = verb_table; verb->name != NULL; verb++) {
		const char *end = NULL, *entry = entry_of(manual, verb, &end);
		size_t options = 0;
		if (entry == NULL)
			fail_msg("the manual lacks %s %s", verb->name, verb->sub ? verb->sub : "");
		for (const struct option *o = verb->options; o->name != NULL; o++, options++) {
			char *item = xasprintf("\n.It Fl -%s", o->name);
			if (find_word(entry, end, item) == NULL)
				fail_msg("the manual lacks %s --%s", verb->name, o->name);
			free(item);
		}
		if (count_items(entry, end) != options)
			fail_msg("the manual has an option too many at %s", verb->name);
	}
	free(manual);
}

static void the_manual_has_no_other_verbs(void **state)
{
	(void)state;
	char *manual = file_text("daemon/ctl/kedjactl.1");
	size_t entries = 0, rows = 0;
	for (const char *at = manual; (at = strstr(at, "\n.It Cm ")) != NULL; at++)
		entries++;
	while (verb_table[rows].name != NULL)
		rows++;
	assert_int_equal(entries, rows);
	for (const struct option *o = common_options; o->name != NULL; o++) {
		char *item = xasprintf("\n.It Fl -%s", o->name);
		assert_non_null(find_word(manual, manual + strlen(manual), item));
		free(item);
	}
	free(manual);
}

static char *printed(void (*print)(FILE *out, const struct verb *verbs))
{
	char *text = NULL;
	size_t length = 0;
	FILE *out = open_memstream(&text, &length);
	print(out, verb_table);
	fclose(out);
	return text;
}

static void help_and_table_name_every_verb(void **state)
{
	(void)state;
	char *help = printed(help_program), *table = printed(help_table);
	for (const struct verb *verb = verb_table; verb->name != NULL; verb++) {
		char *usage = help_usage(verb);
		char *row =
		    xasprintf("\n%s\t%s\tverb\t", verb->name, verb->sub == NULL ? "-" : verb->sub);
		assert_non_null(strstr(help, usage + strlen("kedjactl ")));
		assert_non_null(strstr(help, verb->help));
		assert_non_null(strstr(table, row));
		free(row);
		free(usage);
	}
	assert_non_null(strstr(table, "\noutbox\tlist\toption\tstate\tcode\tqueued,handed,"));
	free(help);
	free(table);
}

static void usage_is_written_from_the_table(void **state)
{
	(void)state;
	char *usage = help_usage(verb_find(verb_table, "void", NULL));
	assert_string_equal(usage, "kedjactl void EVENT --reason REASON [--language LANGUAGE]");
	free(usage);
	usage = help_usage(verb_find(verb_table, "outbox", "retry"));
	assert_string_equal(usage, "kedjactl outbox retry [ID] [--refused]");
	free(usage);
	usage = help_usage(verb_find(verb_table, "import", NULL));
	assert_string_equal(usage, "kedjactl import [FILE] [--kind KIND] [--advance] [--check] "
				   "[--history REASON] [--template KIND]");
	free(usage);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(verbs_are_found),
		cmocka_unit_test(words_and_options_are_taken),
		cmocka_unit_test(standard_input_is_a_word),
		cmocka_unit_test(unknown_words_name_the_nearest),
		cmocka_unit_test(all_mistakes_are_told),
		cmocka_unit_test(types_are_checked),
		cmocka_unit_test(help_asks_for_nothing_else),
		cmocka_unit_test(the_table_is_sound),
		cmocka_unit_test(the_manual_follows_the_table),
		cmocka_unit_test(the_manual_has_no_other_verbs),
		cmocka_unit_test(help_and_table_name_every_verb),
		cmocka_unit_test(usage_is_written_from_the_table),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
