/* SPDX-License-Identifier: EUPL-1.2 */
/* See complaint.h. */
#include "daemon/ctl/complaint.h"

#include <stdlib.h>
#include <string.h>

#include "daemon/ctl/show.h"

static json_t *problem_row(const struct problem *problem)
{
	json_t *row = json_object();
	json_object_set_new(row, "file", json_string(problem->place));
	json_object_set_new(row, "line",
			    problem->line > 0 ? json_integer(problem->line) : json_null());
	json_object_set_new(row, "column",
			    problem->column > 0 ? json_integer(problem->column) : json_null());
	json_object_set_new(row, "text", json_string(problem->text));
	return row;
}

static void show_as_json(const char *what, long long count, const struct problems *problems)
{
	json_t *answer = json_object(), *rows = json_array();
	for (size_t i = 0; i < problems->count; i++)
		json_array_append_new(rows, problem_row(&problems->list[i]));
	json_object_set_new(answer, what, count < 0 ? json_null() : json_integer(count));
	json_object_set_new(answer, "problems", rows);
	show_json(stdout, answer);
	json_decref(answer);
}

static void show_as_text(const char *what, long long count, const struct problems *problems)
{
	show_problems(stdout, "", problems);
	if (problems->count == 0)
		printf("%lld %s, no complaint\n", count, what);
}

int complaint_show(const struct invocation *call, const char *what, long long count,
		   struct problems *problems)
{
	problems_sort(problems);
	if (call->json)
		show_as_json(what, count, problems);
	else
		show_as_text(what, count, problems);
	return problems->count > 0 ? CTL_REFUSED : CTL_DONE;
}

int complaint_tell(struct problems *problems)
{
	problems_sort(problems);
	show_problems(stderr, "", problems);
	problems_clear(problems);
	return CTL_REFUSED;
}

char *complaint_file(const char *dir, const char *name)
{
	size_t length = strlen(dir);
	return xasprintf("%s%s%s", dir, length > 0 && dir[length - 1] == '/' ? "" : "/", name);
}

char *complaint_templates_folder(const char *dir, const struct office *office)
{
	if (office->settings != NULL)
		return xstrdup(office->settings->templates);
	return complaint_file(dir, "templates");
}
