/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * kedjactl: a table of verbs, and what the command line makes of it.
 *
 * One row says everything about a verb: its words, its options with their types, its help, and
 * the function that does it. The parser, --help, --table (which the completion of the shell
 * reads) and the check of the manual all read the same row.
 */
#ifndef KEDJA_CTL_CTL_H
#define KEDJA_CTL_CTL_H

#include <stdbool.h>
#include <stdio.h>

#include "rules/base/problem.h"

#ifndef KEDJA_VERSION
#define KEDJA_VERSION "0.1"
#endif

/* Exit codes; a contract. */
enum { CTL_DONE = 0, CTL_REFUSED = 1, CTL_USAGE = 2, CTL_NO_DAEMON = 3 };

enum word_type {
	WORD_TEXT,   /* UTF-8 */
	WORD_PATH,   /* a file or folder; any bytes, as the file system has it */
	WORD_NUMBER, /* a whole number from 1 */
	WORD_DATE,   /* YYYY-MM-DD */
	WORD_TIME,   /* a date, or a date and a time, with an offset if need be */
	WORD_CODE,   /* one of a list */
	WORD_FIELD,  /* name=value */
	WORD_FLAG    /* options only: there or not, without a value */
};
const char *word_type_name(enum word_type type);

struct argument {
	const char *name; /* as help shows it: "SUBJECT" */
	enum word_type type;
	bool optional;
	bool repeats; /* the last one only: as many as one likes */
	const char *help;
};

struct option {
	const char *name; /* "until", written --until */
	enum word_type type;
	const char *value;        /* as help shows it: "DATE"; NULL for flags */
	const char *const *codes; /* of WORD_CODE, ended by NULL */
	const char *help;
	const char *needs; /* another option that must be there too, or NULL */
	bool required;
};

struct invocation;
typedef int verb_function(const struct invocation *call); /* an exit code */

struct verb {
	const char *name;
	const char *sub;                  /* "list" of "rules list"; NULL: the noun by itself */
	const struct argument *arguments; /* ended by a row with name NULL */
	const struct option *options;     /* its own; ended by a row with name NULL */
	const char *help;                 /* one sentence */
	verb_function *run;
};

/* A table of verbs is its first row; it ends with a row whose name is NULL. kedjactl's is
 * verb_table of verbs/verbs.h, which main hands down; all below read the table that they are given.
 */

extern const struct option common_options[]; /* what every verb takes; ended likewise */

#define OPTIONS_MOST 8

/* A command line that was understood. Its texts are those of the command line. */
struct invocation {
	const struct verb *verbs; /* the table it was read by */
	const struct verb *verb;  /* NULL where only help or the version is asked for */
	const char *noun;         /* what help is wanted on, or NULL */
	const char *const *arguments;
	size_t argument_count;
	const char *values[OPTIONS_MOST]; /* beside verb->options; "" for a flag that is set */
	const char *socket, *conf;        /* NULL where not given */
	bool conf_given;                  /* on the command line */
	bool json, help, version, table;
	const char **words; /* owns the list of arguments */
};

/* Reads the words after the program's name by the table `verbs`, which must outlive `ret`. 0; -1
 * after adding every mistake to problems. Either way invocation_clear must follow. */
MUST_CHECK int ctl_parse(size_t count, char *const *words, const struct verb *verbs,
			 struct invocation *ret, struct problems *problems);
void invocation_clear(struct invocation *call);

const char *invocation_argument(const struct invocation *call, size_t i);       /* or NULL */
const char *invocation_option(const struct invocation *call, const char *name); /* or NULL */
bool invocation_flag(const struct invocation *call, const char *name);

/* The verb of a noun and its sub-verb (NULL: without), or NULL. */
const struct verb *verb_find(const struct verb *verbs, const char *name, const char *sub);
bool verb_has_subs(const struct verb *verbs,
		   const char *noun); /* is there a second word to this verb? */

/* help.c, all from the table. */
void help_program(FILE *out, const struct verb *verbs);
void help_noun(FILE *out, const struct verb *verbs, const char *noun);
void help_verb(FILE *out, const struct verb *verb);
char *help_usage(const struct verb *verb); /* "kedjactl void EVENT --reason REASON"; to be freed */
/* One line for every word that may stand, tab-separated: noun, sub ("-"), "verb", "argument" or
 * "option", name, type, codes with commas ("-"), help. */
void help_table(FILE *out, const struct verb *verbs);

/* The whole program but for its table: reads the line, does what the verb does. An exit code. */
int ctl_main(int argc, char **argv, const struct verb *verbs);

#endif
