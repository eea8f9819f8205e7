/* The outbox: its messages, one of them whole, and the two things that may be done by hand. */
#include <stdlib.h>
#include <string.h>

#include "daemon/ctl/ask.h"
#include "daemon/ctl/verbs.h"

/* "250 2.0.0 Ok" */
static char *form_outcome(const json_t *row, const json_t *value)
{
	(void)row;
	char *code = show_value(json_object_get(value, "code"));
	char *text = show_value(json_object_get(value, "text"));
	char *both = xasprintf("%s%s%s", strcmp(code, "0") == 0 ? "" : code,
			       *code == '\0' || *text == '\0' ? "" : " ", text);
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
	int code = ask_once(call, "outbox.retry", message_parameter(call), &answer);
	if (answer != NULL && id != NULL)
		printf("message %s goes out as soon as it can\n", id);
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
