/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Questions to the daemon as verbs ask them: what went wrong is told to the person at once, and
 * what comes back is an exit code. Lists are fetched page by page and shown as they come.
 */
#ifndef KEDJA_CTL_ASK_H
#define KEDJA_CTL_ASK_H

#include "daemon/conf/office.h"
#include "daemon/ctl/client.h"
#include "daemon/ctl/ctl.h"
#include "daemon/ctl/show.h"

/* CTL_DONE, or CTL_NO_DAEMON after saying so. */
MUST_CHECK int ask_open(const struct invocation *call, struct client **ret);

/* Asks and waits. CTL_DONE with *ret (a new reference); CTL_REFUSED or CTL_NO_DAEMON after
 * telling every problem. Takes over `parameters`, which may be NULL. */
MUST_CHECK int ask(struct client *client, const char *method, json_t *parameters, json_t **ret);

/* Says why no answer came, takes the progress line away before and frees `reason`. CTL_NO_DAEMON.
 */
int ask_unanswered(char *reason);

/* One question and the end: opens, asks, closes. As ask. */
MUST_CHECK int ask_alone(const struct invocation *call, const char *method, json_t *parameters,
			 json_t **ret);

/* For what the office's files say as well: asks the daemon; where none is there, and where --conf
 * is given, gives the rows that `read` makes of the office of --conf (NULL with problems: it has
 * none). CTL_DONE with *ret (rows, a new reference), or a code after telling what is wrong. Takes
 * over `parameters`. */
typedef json_t *ask_read(const struct invocation *call, const struct office *office,
			 struct problems *problems);
MUST_CHECK int ask_rows(const struct invocation *call, const char *method, json_t *parameters,
			ask_read *read, json_t **ret);
/* Shows such rows as ask_list does. */
MUST_CHECK int ask_show_rows(const struct invocation *call, const json_t *rows,
			     const struct column *columns, const char *empty);

/* The same for a verb that shows its answer in a form of its own: with --json the answer is shown
 * and *ret is NULL; else *ret is the answer. Takes over `parameters`. */
MUST_CHECK int ask_once(const struct invocation *call, const char *method, json_t *parameters,
			json_t **ret);

/* Tells an error of the daemon on standard error: its sentence, then every problem on a line. */
void ask_complain(const json_t *error);
/* One entry of data.problems as a problem, with its file and line or its field. */
void ask_problem(const json_t *entry, struct problems *problems);

/* Parameters from options, under the same name. */
void ask_add_text(json_t *parameters, const struct invocation *call, const char *option);
void ask_add_flag(json_t *parameters, const struct invocation *call, const char *option);

/* Every page of a list, in order. `page` is given its rows, and returns CTL_DONE to go on. */
typedef int ask_page(void *arg, const json_t *rows);
MUST_CHECK int ask_pages(struct client *client, const char *method, json_t *parameters,
			 ask_page *page, void *arg);

/* A whole verb: a list as a table, or as a JSON array with --json. `empty` is said when there
 * is nothing. `wanted` (may be NULL) chooses rows of the table; JSON has all. */
typedef bool ask_wanted(const struct invocation *call, const json_t *row);
MUST_CHECK int ask_list(const struct invocation *call, const char *method, json_t *parameters,
			const struct column *columns, ask_wanted *wanted, const char *empty);
/* The same for a list that the daemon gives in another order: shown when its last page is here. */
typedef int ask_order(const json_t *a, const json_t *b);
MUST_CHECK int ask_list_ordered(const struct invocation *call, const char *method,
				json_t *parameters, const struct column *columns, ask_order *order,
				const char *empty);

#endif
