/* SPDX-License-Identifier: EUPL-1.2 */
/* Help, all of it from the table of verbs: what is not in the table cannot be in the help. */
#include <stdlib.h>
#include <string.h>

#include "daemon/ctl/buffer.h"
#include "daemon/ctl/ctl.h"

static void add_option(struct buffer *out, const struct option *option)
{
	buffer_printf(out, " %s--%s%s%s%s", option->required ? "" : "[", option->name,
		      option->value == NULL ? "" : " ", option->value == NULL ? "" : option->value,
		      option->required ? "" : "]");
}

static void add_argument(struct buffer *out, const struct argument *argument)
{
	buffer_printf(out, " %s%s%s%s", argument->optional ? "[" : "", argument->name,
		      argument->repeats ? " ..." : "", argument->optional ? "]" : "");
}

char *help_usage(const struct verb *verb)
{
	struct buffer out = BUFFER_NONE;
	buffer_printf(&out, "kedjactl %s%s%s", verb->name, verb->sub == NULL ? "" : " ",
		      verb->sub == NULL ? "" : verb->sub);
	for (const struct argument *a = verb->arguments; a->name != NULL; a++)
		add_argument(&out, a);
	for (const struct option *o = verb->options; o->name != NULL; o++)
		add_option(&out, o);
	return buffer_take(&out);
}

static void print_row(FILE *out, const char *left, const char *help)
{
	if (strlen(left) > 22)
		fprintf(out, "  %s\n  %-22s  %s\n", left, "", help);
	else
		fprintf(out, "  %-22s  %s\n", left, help);
}

static char *joined_codes(const struct option *option)
{
	struct buffer out = BUFFER_NONE;
	for (size_t i = 0; option->codes != NULL && option->codes[i] != NULL; i++)
		buffer_printf(&out, "%s%s", i == 0 ? "" : ",", option->codes[i]);
	return buffer_take(&out);
}

static void print_options(FILE *out, const struct option *options)
{
	for (const struct option *option = options; option->name != NULL; option++) {
		char *left = xasprintf("--%s%s%s", option->name, option->value == NULL ? "" : " ",
				       option->value == NULL ? "" : option->value);
		print_row(out, left, option->help);
		free(left);
		if (option->codes == NULL)
			continue;
		char *codes = joined_codes(option);
		fprintf(out, "  %-22s  one of %s\n", "", codes);
		free(codes);
	}
}

void help_verb(FILE *out, const struct verb *verb)
{
	char *usage = help_usage(verb);
	fprintf(out, "usage: %s\n\n%s\n\n", usage, verb->help);
	free(usage);
	for (const struct argument *a = verb->arguments; a->name != NULL; a++)
		print_row(out, a->name, a->help);
	print_options(out, verb->options);
	fputs("\nEvery verb takes:\n", out);
	print_options(out, common_options);
}

static void print_usages(FILE *out, const struct verb *verbs, const char *noun)
{
	for (const struct verb *verb = verbs; verb->name != NULL; verb++) {
		if (noun != NULL && strcmp(verb->name, noun) != 0)
			continue;
		char *usage = help_usage(verb);
		fprintf(out, "  %s\n      %s\n", usage + strlen("kedjactl "), verb->help);
		free(usage);
	}
}

void help_noun(FILE *out, const struct verb *verbs, const char *noun)
{
	fprintf(out, "usage: kedjactl %s ...\n\n", noun);
	print_usages(out, verbs, noun);
	fputs("\nEvery verb takes:\n", out);
	print_options(out, common_options);
}

void help_program(FILE *out, const struct verb *verbs)
{
	fputs("usage: kedjactl VERB ...\n\n"
	      "Records what happened, and asks the daemon of the housing chain what is due.\n\n",
	      out);
	print_usages(out, verbs, NULL);
	fputs("\nEvery verb takes:\n", out);
	print_options(out, common_options);
	fputs("\n  kedjactl --version       say which kedjactl this is\n"
	      "  kedjactl --table         the table of verbs, for programs\n\n"
	      "Exit codes: 0 done, 1 refused or found wanting, 2 usage, 3 no daemon.\n",
	      out);
}

static void print_table_row(FILE *out, const struct verb *verb, const char *what, const char *name,
			    enum word_type type, const char *codes, const char *help)
{
	fprintf(out, "%s\t%s\t%s\t%s\t%s\t%s\t%s\n", verb == NULL ? "-" : verb->name,
		verb == NULL || verb->sub == NULL ? "-" : verb->sub, what, name,
		word_type_name(type), *codes == '\0' ? "-" : codes, help);
}

static void print_table_options(FILE *out, const struct verb *verb, const struct option *options)
{
	for (const struct option *o = options; o->name != NULL; o++) {
		char *codes = joined_codes(o);
		print_table_row(out, verb, "option", o->name, o->type, codes, o->help);
		free(codes);
	}
}

void help_table(FILE *out, const struct verb *verbs)
{
	print_table_options(out, NULL, common_options);
	for (const struct verb *verb = verbs; verb->name != NULL; verb++) {
		print_table_row(out, verb, "verb", verb->name, WORD_TEXT, "", verb->help);
		for (const struct argument *a = verb->arguments; a->name != NULL; a++)
			print_table_row(out, verb, "argument", a->name, a->type, "", a->help);
		print_table_options(out, verb, verb->options);
	}
}
