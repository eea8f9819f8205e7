/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * What one office has written down, read from its folder: chain.conf, calendar.conf, the rules in
 * rules.d/ and kedja.conf. kedjad (at start and at a reload) and `kedjactl rules check` read it by
 * this one function, so what the check lets pass, the daemon takes.
 *
 *   office = office_load("/etc/kedja", &problems);      NULL: see the problems
 *   ... office->ruleset ...
 *   office_free(office);
 */
#ifndef KEDJA_CONF_OFFICE_H
#define KEDJA_CONF_OFFICE_H

#include "daemon/conf/settings.h"
#include "rules/language/load.h"

struct office {
	struct chain *chain;
	struct calendar *calendar;
	struct ruleset *ruleset;   /* borrows the two above */
	struct settings *settings; /* NULL where there is no kedja.conf */
	/* What it was made from, named as in the folder: chain.conf, calendar.conf, the rules. */
	struct source *texts;
	size_t text_count;
	struct arena *arena;
};

/*
 * Files are named in problems as `dir` gives them ("conf/rules.d/10-plan.conf"). Of rules.d/ and,
 * behind it, rules.d/local/ (the office's own; it may be missing) all *.conf are read, sorted by
 * name; hidden ones and tests (*.test.conf) are left out. Mistakes of all files are collected; but
 * as long as chain.conf or calendar.conf is wrong, rules are looked at for their form only, since
 * nobody can say what they mean. Files over 1 MiB are refused. NULL if any problem was added.
 */
struct office *office_load(const char *dir, struct problems *problems);
/* The same without rules.d/local/: the rules as they ship, which their tests are about. */
struct office *office_load_shipped(const char *dir, struct problems *problems);
/* From the texts of another one, or a copy of them, as if they lay in `dir`; without settings. */
struct office *office_from_texts(const char *dir, const struct source *texts, size_t count,
				 struct problems *problems);
void office_free(struct office *office); /* takes NULL */

/* The tests that lie beside the rules, all *.test.conf by name: first the `*ret_shipped` of
 * rules.d/, then those of rules.d/local/. The list and its texts live in the arena; what cannot be
 * read is a problem. */
struct source *office_read_tests(const char *dir, struct arena *arena, size_t *ret_count,
				 size_t *ret_shipped, struct problems *problems);
/* The text of one file, in the arena, or NULL with a problem. */
char *office_read_file(const char *path, struct arena *arena, size_t *ret_length,
		       struct problems *problems);

#endif
