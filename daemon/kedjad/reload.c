/* SPDX-License-Identifier: EUPL-1.2 */
/* See kedjad.h: the configuration read anew, asked for on the socket or by a signal. */
#include <stdlib.h>
#include <string.h>

#include "daemon/base/log.h"
#include "daemon/kedjad/kedjad_own.h"

bool kedjad_check_settings(const struct kedjad *k, const struct settings *settings,
			   struct problems *problems)
{
	const struct settings *now = k->core.office == NULL ? NULL : k->core.office->settings;
	if (settings == NULL) {
		problem_add(problems, k->dir, 0, "kedja.conf is missing in this folder");
		return false;
	}
	if (now == NULL)
		return true;
	if (strcmp(now->database, settings->database) != 0)
		problem_add(problems, "kedja.conf", 0,
			    "database: it cannot change while kedjad runs: stop it first");
	if (strcmp(now->socket, settings->socket) != 0)
		problem_add(problems, "kedja.conf", 0,
			    "socket: it cannot change while kedjad runs: stop it first");
	return strcmp(now->database, settings->database) == 0 &&
	       strcmp(now->socket, settings->socket) == 0;
}

/* Takes office and templates over. */
static int take(struct kedjad *k, struct office *office, struct templates *templates,
		bool by_signal, char *line, bool changed)
{
	if (changed)
		kedjad_keep_rules(k, office);
	else
		kedjad_files_are_in_force(k);
	return kedjad_swap_after_turn(k, office, templates, by_signal, line);
}

static int reload(struct kedjad *k, const char *by, bool force, struct brought *ret,
		  struct problems *problems)
{
	struct office *office = office_load(k->dir, problems);
	struct templates *templates = NULL;
	*ret = (struct brought){ 0 };
	if (office != NULL && kedjad_check_settings(k, office->settings, problems))
		templates = templates_load(office->settings->templates, office->ruleset, problems);
	bool right = templates != NULL && kedjad_knows_zone(office, problems);
	if (right)
		kedjad_compare(k, office, templates, ret);
	if (right && !force)
		kedjad_refuse_lost(ret->lost, problems);
	if (!right || (!force && json_array_size(ret->lost) > 0)) {
		json_t *lost = json_incref(ret->lost);
		brought_clear(ret);
		ret->lost = lost;
		templates_free(templates);
		office_free(office);
		return -1;
	}
	if (take(k, office, templates, by == NULL,
		 kedjad_swap_line(ret, by == NULL ? "a signal" : by), ret->changed) == 0)
		return 0;
	brought_clear(ret);
	return -1;
}

int kedjad_reload(struct kedjad *k, const char *by, bool force, struct brought *ret,
		  struct problems *problems)
{
	return reload(k, by, force, ret, problems);
}

/* SIGHUP: the same as rules.reload, with the verdict in the log. Between turns. */
void kedjad_on_hup(void *arg, int signal)
{
	struct kedjad *k = arg;
	struct problems problems = PROBLEMS_NONE;
	struct brought brought;
	(void)signal;
	if (turn_begin(k->core.turn) != 0) {
		log_error("the configuration stays as it was: %s", db_error(k->core.db));
		return;
	}
	bool taken = reload(k, NULL, false, &brought, &problems) == 0;
	problems_sort(&problems);
	for (size_t i = 0; i < problems.count; i++) {
		char *text = problem_format(&problems.list[i]);
		log_error("%s", text);
		free(text);
	}
	if (!taken && problems.count > 0)
		log_error("the configuration stays as it was: %zu mistakes", problems.count);
	else if (!taken)
		log_error("the configuration stays as it was: %s", db_error(k->core.db));
	problems_clear(&problems);
	brought_clear(&brought);
	kedjad_end_turn(k);
}
