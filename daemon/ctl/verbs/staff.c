/* SPDX-License-Identifier: EUPL-1.2 */
/* People: who works here, and one colleague who takes over all roles of another. */
#include <stdlib.h>
#include <string.h>

#include "daemon/ctl/ask.h"
#include "daemon/ctl/verbs/verbs.h"

static const struct column staff_columns[] = {
	{ "STAFF", "staff", NULL, false },
	{ "NAME", "name", NULL, false },
	{ "EMAIL", "email", NULL, false },
	{ "ROLES", "roles", NULL, true },
	{ "BOARD", "board", NULL, false },
	{ "AWAY UNTIL", "away_until", NULL, false },
	{ "DEPUTY", "deputy", NULL, false },
	{ "LEFT", "left", NULL, false },
	COLUMNS_END,
};

int verb_staff(const struct invocation *call)
{
	return ask_list(call, "staff.list", json_object(), staff_columns, NULL, "nobody");
}

/* --- handover ------------------------------------------------------------------------------- */

/* Events are all or none up to so many; further ones are sent after them. */
#define EVENTS_AT_ONCE 1000

static const struct column role_columns[] = {
	{ "SUBJECT", "subject", NULL, false },
	{ "ROLE", "role", NULL, false },
	COLUMNS_END,
};

/* An ask_page: collects the rows. */
static int collect(void *arg, const json_t *rows)
{
	for (size_t i = 0; i < json_array_size(rows); i++)
		json_array_append(arg, json_array_get(rows, i));
	return CTL_DONE;
}

static json_t *role_event(const char *kind, const json_t *row, const char *staff, const char *from)
{
	json_t *event = json_object(), *data = json_object();
	json_object_set_new(event, "kind", json_string(kind));
	json_object_set_new(event, "subject", json_string(show_text_of(row, "subject")));
	json_object_set_new(data, "role", json_string(show_text_of(row, "role")));
	json_object_set_new(data, "staff", json_string(staff));
	if (from != NULL)
		json_object_set_new(data, "from", json_string(from));
	json_object_set_new(event, "data", data);
	return event;
}

/* The two events of one role stay in one request: nobody is left without a holder between. */
static int hand_over(struct client *client, const json_t *roles, const char *from, const char *to)
{
	int code = CTL_DONE;
	for (size_t i = 0; code == CTL_DONE && i < json_array_size(roles);) {
		json_t *events = json_array(), *answer = NULL;
		for (; i < json_array_size(roles) && json_array_size(events) < EVENTS_AT_ONCE;
		     i++) {
			const json_t *row = json_array_get(roles, i);
			json_array_append_new(events, role_event("role.assigned", row, to, from));
			json_array_append_new(events, role_event("role.released", row, from, NULL));
		}
		code = ask(client, "event.record", events, &answer);
		json_decref(answer);
	}
	return code;
}

static int read_roles(struct client *client, const char *staff, json_t *roles)
{
	return ask_pages(client, "staff.roles", json_pack("{s:s}", "staff", staff), collect, roles);
}

/* Somebody may take over who works here, and is somebody else. */
static int check_new_holder(struct client *client, const char *from, const char *to)
{
	json_t *everybody = json_array();
	int code = ask_pages(client, "staff.list", json_object(), collect, everybody);
	bool works = false;
	for (size_t i = 0; i < json_array_size(everybody); i++) {
		const json_t *row = json_array_get(everybody, i);
		works = works || (strcmp(show_text_of(row, "staff"), to) == 0 &&
				  json_is_false(json_object_get(row, "left")));
	}
	json_decref(everybody);
	if (code == CTL_DONE && strcmp(from, to) == 0) {
		show_printf(stderr, "kedjactl: %s cannot take over from themselves\n", to);
		return CTL_REFUSED;
	}
	if (code == CTL_DONE && !works) {
		show_printf(stderr,
			    "kedjactl: nobody of the name \"%s\" works here: kedjactl staff lists "
			    "who does\n",
			    to);
		return CTL_REFUSED;
	}
	return code;
}

static void show_outcome(const struct invocation *call, const json_t *roles, bool dry)
{
	if (call->json) {
		show_json(stdout, roles);
		return;
	}
	if (json_array_size(roles) > 0)
		show_rows(stdout, NULL, role_columns, roles);
	show_printf(stdout, "%zu roles %s from %s to %s\n", json_array_size(roles),
		    dry ? "would go" : "went", call->arguments[0], call->arguments[1]);
}

int verb_staff_handover(const struct invocation *call)
{
	struct client *client;
	const char *from = call->arguments[0], *to = call->arguments[1];
	bool dry = invocation_option(call, "dry-run") != NULL;
	json_t *roles = json_array();
	int code = ask_open(call, &client);
	if (code != CTL_DONE)
		goto out;
	code = check_new_holder(client, from, to);
	if (code == CTL_DONE)
		code = read_roles(client, from, roles);
	if (code == CTL_DONE && !dry)
		code = hand_over(client, roles, from, to);
	if (code == CTL_DONE)
		show_outcome(call, roles, dry);
	client_close(client);
out:
	json_decref(roles);
	return code;
}
