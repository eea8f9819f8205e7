/* SPDX-License-Identifier: EUPL-1.2 */
/* See ask.h. */
#include "daemon/ctl/ask.h"

#include <stdlib.h>

#include "daemon/ctl/complaint.h"

int ask_unanswered(char *reason)
{
	show_end_progress();
	show_printf(stderr, "kedjactl: %s\n", reason);
	free(reason);
	return CTL_NO_DAEMON;
}

int ask_open(const struct invocation *call, struct client **ret)
{
	char *reason = NULL;
	struct client *client = client_open(call->socket, &reason);
	if (client == NULL)
		return ask_unanswered(reason);
	*ret = client;
	return CTL_DONE;
}

void ask_problem(const json_t *entry, struct problems *problems)
{
	const char *file = show_text_of(entry, "file"), *field = show_text_of(entry, "field");
	const char *text = show_text_of(entry, "text");
	int line = (int)show_number_of(entry, "line"),
	    column = (int)show_number_of(entry, "column");
	if (*file == '\0')
		problem_add(problems, field, 0, "%s", text);
	else
		problem_add_at(problems, file, line, column, "%s%s%s", field,
			       *field == '\0' ? "" : ": ", text);
}

void ask_complain(const json_t *error)
{
	struct problems problems = PROBLEMS_NONE;
	const json_t *list = json_object_get(json_object_get(error, "data"), "problems");
	const char *message = show_text_of(error, "message");
	show_printf(stderr, "kedjactl: %s\n", *message == '\0' ? "refused" : message);
	for (size_t i = 0; i < json_array_size(list); i++)
		ask_problem(json_array_get(list, i), &problems);
	show_problems(stderr, "", &problems);
	problems_clear(&problems);
}

int ask(struct client *client, const char *method, json_t *parameters, json_t **ret)
{
	char *text = parameters == NULL ? NULL : json_dumps(parameters, JSON_COMPACT);
	char *reason = NULL;
	json_t *answer = NULL;
	enum answer outcome = client_call(client, method, text, &answer, &reason);
	free(text);
	json_decref(parameters);
	switch (outcome) {
	case ANSWER_RESULT:
		*ret = answer;
		return CTL_DONE;
	case ANSWER_ERROR:
		ask_complain(answer);
		json_decref(answer);
		return CTL_REFUSED;
	case ANSWER_NONE:
		break;
	}
	return ask_unanswered(reason);
}

int ask_alone(const struct invocation *call, const char *method, json_t *parameters, json_t **ret)
{
	struct client *client;
	int code = ask_open(call, &client);
	if (code != CTL_DONE) {
		json_decref(parameters);
		return code;
	}
	code = ask(client, method, parameters, ret);
	client_close(client);
	return code;
}

static int read_rows(const struct invocation *call, ask_read *read, char *no_daemon, json_t **ret)
{
	struct problems problems = PROBLEMS_NONE;
	struct office *office = office_load(call->conf, &problems);
	json_t *rows = office == NULL ? NULL : read(call, office, &problems);
	office_free(office);
	if (rows != NULL) {
		free(no_daemon);
		*ret = rows;
		return CTL_DONE;
	}
	if (no_daemon != NULL)
		show_printf(stderr, "kedjactl: %s; and from %s:\n", no_daemon, call->conf);
	int code = complaint_tell(&problems);
	code = no_daemon == NULL ? code : CTL_NO_DAEMON;
	free(no_daemon);
	return code;
}

int ask_rows(const struct invocation *call, const char *method, json_t *parameters, ask_read *read,
	     json_t **ret)
{
	char *reason = NULL;
	json_t *answer = NULL;
	struct client *client = call->conf_given ? NULL : client_open(call->socket, &reason);
	if (client == NULL) {
		json_decref(parameters);
		return read_rows(call, read, reason, ret);
	}
	int code = ask(client, method, parameters, &answer);
	client_close(client);
	if (code == CTL_DONE)
		*ret = json_incref(json_object_get(answer, "rows"));
	json_decref(answer);
	return code;
}

int ask_once(const struct invocation *call, const char *method, json_t *parameters, json_t **ret)
{
	json_t *answer = NULL;
	int code = ask_alone(call, method, parameters, &answer);
	*ret = answer;
	if (code == CTL_DONE && call->json) {
		show_json(stdout, answer);
		json_decref(answer);
		*ret = NULL;
	}
	return code;
}

void ask_add_text(json_t *parameters, const struct invocation *call, const char *option)
{
	const char *value = invocation_option(call, option);
	if (value != NULL)
		json_object_set_new(parameters, option, json_string(value));
}

void ask_add_flag(json_t *parameters, const struct invocation *call, const char *option)
{
	if (invocation_flag(call, option))
		json_object_set_new(parameters, option, json_true());
}

int ask_pages(struct client *client, const char *method, json_t *parameters, ask_page *page,
	      void *arg)
{
	int code = CTL_DONE;
	json_t *after = NULL;
	for (bool more = true; more && code == CTL_DONE;) {
		json_t *answer = NULL, *asked = json_deep_copy(parameters);
		if (after != NULL)
			json_object_set(asked, "after", after);
		code = ask(client, method, asked, &answer);
		if (code == CTL_DONE)
			code = page(arg, json_object_get(answer, "rows"));
		json_t *next = json_object_get(answer, "next");
		more = next != NULL && !json_is_null(next);
		if (code == CTL_DONE && more && json_equal(next, after)) {
			fputs("kedjactl: the daemon gives the same page again and again\n", stderr);
			code = CTL_REFUSED;
		}
		json_decref(after);
		after = json_incref(next);
		json_decref(answer);
	}
	json_decref(after);
	json_decref(parameters);
	return code;
}

/* A list on its way to standard output. */
struct listing {
	const struct invocation *call;
	ask_wanted *wanted;
	ask_order *order;    /* NULL: as it comes */
	struct table *table; /* NULL with --json */
	size_t rows;
	bool begun;
};

static int list_json(struct listing *listing, const json_t *rows)
{
	fputs(listing->begun ? "" : "[", stdout);
	listing->begun = true;
	for (size_t i = 0; i < json_array_size(rows); i++) {
		fputs(listing->rows++ == 0 ? "\n" : ",\n", stdout);
		show_json_line(stdout, json_array_get(rows, i));
	}
	return ferror(stdout) == 0 ? CTL_DONE : CTL_REFUSED;
}

static int list_page(void *arg, const json_t *rows)
{
	struct listing *listing = arg;
	if (!json_is_array(rows)) {
		fputs("kedjactl: the daemon's answer has no rows\n", stderr);
		return CTL_NO_DAEMON;
	}
	if (listing->table == NULL)
		return list_json(listing, rows);
	for (size_t i = 0; i < json_array_size(rows); i++) {
		const json_t *row = json_array_get(rows, i);
		if (listing->wanted == NULL || listing->wanted(listing->call, row))
			table_add(listing->table, row);
	}
	table_flush(listing->table);
	return ferror(stdout) == 0 ? CTL_DONE : CTL_REFUSED;
}

static void list_end(const struct listing *listing, const char *empty)
{
	if (listing->table == NULL)
		fputs(listing->rows == 0 ? "]\n" : "\n]\n", stdout);
	else if (table_count(listing->table) == 0)
		printf("%s\n", empty);
}

int ask_show_rows(const struct invocation *call, const json_t *rows, const struct column *columns,
		  const char *empty)
{
	struct listing listing = { .call = call };
	if (!call->json)
		listing.table = table_new(stdout, columns);
	int code = list_page(&listing, rows);
	if (code == CTL_DONE)
		list_end(&listing, empty);
	table_free(listing.table);
	return code;
}

static int keep_page(void *arg, const json_t *rows)
{
	return json_array_extend(arg, (json_t *)rows) == 0 ? CTL_DONE : CTL_NO_DAEMON;
}

static int compare_rows(const void *a, const void *b, void *arg)
{
	const struct listing *listing = arg;
	return listing->order(*(json_t *const *)a, *(json_t *const *)b);
}

static int list_ordered(struct listing *listing, struct client *client, const char *method,
			json_t *parameters)
{
	json_t *all = json_array(), *sorted = json_array();
	int code = ask_pages(client, method, parameters, keep_page, all);
	size_t count = json_array_size(all);
	json_t **rows = xcalloc(count + 1, sizeof(json_t *));
	for (size_t i = 0; i < count; i++)
		rows[i] = json_array_get(all, i);
	qsort_r(rows, count, sizeof(json_t *), compare_rows, listing);
	for (size_t i = 0; i < count; i++)
		json_array_append(sorted, rows[i]);
	if (code == CTL_DONE)
		code = list_page(listing, sorted);
	free(rows);
	json_decref(all);
	json_decref(sorted);
	return code;
}

static int list_all(const struct invocation *call, const char *method, json_t *parameters,
		    const struct column *columns, const char *empty, struct listing listing)
{
	struct client *client;
	int code = ask_open(call, &client);
	if (code != CTL_DONE) {
		json_decref(parameters);
		return code;
	}
	if (!call->json)
		listing.table = table_new(stdout, columns);
	code = listing.order == NULL ? ask_pages(client, method, parameters, list_page, &listing)
				     : list_ordered(&listing, client, method, parameters);
	if (code == CTL_DONE)
		list_end(&listing, empty);
	table_free(listing.table);
	client_close(client);
	return code;
}

int ask_list(const struct invocation *call, const char *method, json_t *parameters,
	     const struct column *columns, ask_wanted *wanted, const char *empty)
{
	return list_all(call, method, parameters, columns, empty,
			(struct listing){ .call = call, .wanted = wanted });
}

int ask_list_ordered(const struct invocation *call, const char *method, json_t *parameters,
		     const struct column *columns, ask_order *order, const char *empty)
{
	return list_all(call, method, parameters, columns, empty,
			(struct listing){ .call = call, .order = order });
}
