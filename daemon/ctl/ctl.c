/* SPDX-License-Identifier: EUPL-1.2 */
/* See ctl.h. From the command line to the verb's function and its exit code. */
#include "daemon/ctl/ctl.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/ctl/show.h"

static const char *given_or(const char *given, const char *variable, const char *otherwise)
{
	const char *set = getenv(variable);
	if (given != NULL)
		return given;
	return set != NULL && *set != '\0' ? set : otherwise;
}

static int complain(const struct invocation *call, const struct problems *problems)
{
	show_problems(stderr, "kedjactl: ", problems);
	if (call->verb != NULL) {
		char *usage = help_usage(call->verb);
		fprintf(stderr, "usage: %s\n", usage);
		free(usage);
	} else {
		fputs("kedjactl --help lists the verbs\n", stderr);
	}
	return CTL_USAGE;
}

static int help(const struct invocation *call)
{
	if (call->verb != NULL &&
	    (call->verb->sub != NULL || !verb_has_subs(call->verbs, call->verb->name)))
		help_verb(stdout, call->verb);
	else if (call->noun != NULL)
		help_noun(stdout, call->verbs, call->noun);
	else
		help_program(stdout, call->verbs);
	return CTL_DONE;
}

static int run(struct invocation *call)
{
	if (call->version) {
		puts("kedjactl " KEDJA_VERSION);
		return CTL_DONE;
	}
	if (call->table) {
		help_table(stdout, call->verbs);
		return CTL_DONE;
	}
	if (call->help)
		return help(call);
	call->socket = given_or(call->socket, "KEDJA_SOCKET", "/run/kedja/control");
	call->conf_given = call->conf != NULL;
	call->conf = given_or(call->conf, "KEDJA_CONF", "/etc/kedja");
	return call->verb->run(call);
}

/* A list that did not reach the disk is not a list. */
static int close_output(int code)
{
	if (fflush(stdout) == 0 && ferror(stdout) == 0)
		return code;
	fprintf(stderr, "kedjactl: cannot write the output: %s\n", strerror(errno));
	return code == CTL_DONE ? CTL_REFUSED : code;
}

int ctl_main(int argc, char **argv, const struct verb *verbs)
{
	struct problems problems = PROBLEMS_NONE;
	struct invocation call;
	size_t count = argc > 0 ? (size_t)argc - 1 : 0;
	bool understood = ctl_parse(count, argv + 1, verbs, &call, &problems) == 0;
	int code = understood ? run(&call) : complain(&call, &problems);
	problems_clear(&problems);
	invocation_clear(&call);
	return close_output(code);
}
