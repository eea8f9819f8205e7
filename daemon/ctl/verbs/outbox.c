/* SPDX-License-Identifier: EUPL-1.2 */
/* The outbox: its messages, one of them whole, and the two things that may be done by hand. */
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/ctl/ask.h"
#include "daemon/ctl/verbs/verbs.h"

/* "250 2.0.0 Ok" */
static char *form_outcome(const json_t *row, const json_t *value)
{
	(void)row;
	char *code = show_value(json_object_get(value, "code"));
	char *text = show_value(json_object_get(value, "text"));
	if (strcmp(code, "0") == 0) /* no server said anything */
		*code = '\0';
	char *both = xasprintf("%s%s%s", code, *code == '\0' || *text == '\0' ? "" : " ", text);
	free(code);
	free(text);
	return both;
}

static const struct column outbox_columns[] = {
	{ "ID", "id", NULL, true },
	{ "MADE", "created_at", form_time, false },
	{ "STATE", "state", NULL, false },
	{ "TRIES", "attempts", NULL, true },
	{ "NEXT", "next_attempt", form_time, false },
	{ "TO", "to", NULL, false },
	{ "SUBJECT", "subject", NULL, false },
	{ "OUTCOME", "outcome", form_outcome, false },
	COLUMNS_END,
};

static const struct column history_columns[] = {
	{ "AT", "at", form_time, false },
	{ "WAS", "was", NULL, false },
	{ "STATE", "state", NULL, false },
	{ "REASON", "reason", NULL, false },
	COLUMNS_END,
};

int verb_outbox_list(const struct invocation *call)
{
	json_t *parameters = json_object();
	ask_add_text(parameters, call, "state");
	return ask_list(call, "outbox.list", parameters, outbox_columns, NULL, "no messages");
}

static json_t *message_parameter(const struct invocation *call)
{
	json_t *parameters = json_object();
	const char *id = invocation_argument(call, 0);
	if (id != NULL)
		json_object_set_new(parameters, "id", json_integer(strtoll(id, NULL, 10)));
	return parameters;
}

static void show_field(const char *label, const json_t *message, const char *key, column_form *form)
{
	const json_t *value = json_object_get(message, key);
	char *text = form == NULL ? show_value(value) : form(message, value);
	if (*text != '\0')
		show_printf(stdout, "%-10s %s\n", label, text);
	free(text);
}

static void show_message(const json_t *message)
{
	show_field("message", message, "id", NULL);
	show_field("to", message, "to", NULL);
	show_field("person", message, "person", NULL);
	show_field("subject", message, "subject", NULL);
	show_field("made", message, "created_at", form_time);
	show_field("state", message, "state", NULL);
	show_field("tries", message, "attempts", NULL);
	show_field("next", message, "next_attempt", form_time);
	show_field("outcome", message, "outcome", form_outcome);
	show_field("identity", message, "message_id", NULL);
	show_field("notices", message, "notices", NULL);
	show_rows(stdout, "History", history_columns, json_object_get(message, "history"));
	const char *text = show_text_of(message, "text");
	if (*text != '\0')
		show_printf(stdout, "\n%s%s", text, text[strlen(text) - 1] == '\n' ? "" : "\n");
}

int verb_outbox_show(const struct invocation *call)
{
	json_t *message = NULL;
	int code = ask_once(call, "outbox.show", message_parameter(call), &message);
	if (message != NULL)
		show_message(message);
	json_decref(message);
	return code;
}

int verb_outbox_retry(const struct invocation *call)
{
	json_t *answer = NULL;
	const char *id = invocation_argument(call, 0);
	bool refused = invocation_flag(call, "refused");
	json_t *parameters = message_parameter(call);
	if (refused)
		json_object_set_new(parameters, "refused", json_true());
	int code = ask_once(call, "outbox.retry", parameters, &answer);
	if (answer != NULL && id != NULL)
		printf("message %s goes out as soon as it can\n", id);
	else if (answer != NULL && refused)
		puts("all that were refused go out again as soon as they can");
	else if (answer != NULL)
		puts("all that wait go out as soon as they can");
	json_decref(answer);
	return code;
}

int verb_outbox_cancel(const struct invocation *call)
{
	json_t *answer = NULL, *parameters = message_parameter(call);
	ask_add_text(parameters, call, "reason");
	int code = ask_once(call, "outbox.cancel", parameters, &answer);
	if (answer != NULL)
		printf("message %s will not go out\n", call->arguments[0]);
	json_decref(answer);
	return code;
}

/* --- drill -------------------------------------------------------------------------------- */

#define DRILL_WAIT "30" /* seconds */
#define LOOK_AGAIN 100  /* milliseconds */

static bool is_on_its_way(const json_t *message)
{
	const char *state = show_text_of(message, "state");
	return strcmp(state, "queued") == 0 || strcmp(state, "handed") == 0;
}

/* Looks at the letter until something has come of it, or `seconds` are over. */
static int await_outcome(struct client *client, long seconds, json_t **message)
{
	json_int_t id = show_number_of(*message, "id");
	int code = CTL_DONE;
	for (long looks = seconds * 1000 / LOOK_AGAIN; looks > 0 && code == CTL_DONE; looks--) {
		if (!is_on_its_way(*message))
			break;
		poll(NULL, 0, LOOK_AGAIN);
		json_decref(*message);
		*message = NULL;
		code = ask(client, "outbox.show", json_pack("{s:I}", "id", id), message);
	}
	return code;
}

static void show_drill(const json_t *message)
{
	char *outcome = form_outcome(message, json_object_get(message, "outcome"));
	show_printf(stdout, "test letter %lld to %s\nidentity   %s\nstate      %s%s%s\n",
		    (long long)show_number_of(message, "id"), show_text_of(message, "to"),
		    show_text_of(message, "message_id"), show_text_of(message, "state"),
		    *outcome == '\0' ? "" : ": ", outcome);
	free(outcome);
}

/* The whole way works if the letter was taken: anything else is found wanting. */
int verb_drill(const struct invocation *call)
{
	struct client *client;
	json_t *message = NULL;
	const char *wait = invocation_option(call, "wait");
	int code = ask_open(call, &client);
	if (code != CTL_DONE)
		return code;
	code = ask(client, "drill", NULL, &message);
	if (code == CTL_DONE)
		code = await_outcome(client, strtol(wait == NULL ? DRILL_WAIT : wait, NULL, 10),
				     &message);
	client_close(client);
	if (message == NULL)
		return code;
	if (call->json)
		show_json(stdout, message);
	else
		show_drill(message);
	if (strcmp(show_text_of(message, "state"), "sent") != 0)
		code = CTL_REFUSED;
	json_decref(message);
	return code;
}
