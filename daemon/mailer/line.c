/* SPDX-License-Identifier: EUPL-1.2 */
/* See line.h. */
#include "daemon/mailer/line.h"

#include <stdlib.h>
#include <string.h>

#include "daemon/mailer/ics.h"

enum value_type { VALUE_TEXT, VALUE_NUMBER, VALUE_FLAG, VALUE_RECIPIENT, VALUE_CALENDAR };

/* One key of an object: where its value goes, and whether it may be missing. */
struct key {
	const char *name;
	enum value_type type;
	bool required;
	size_t offset;
};

#define SETTING(member, type, required)                                                            \
	{                                                                                          \
#member, type, required, offsetof(struct mailer_settings, member)                  \
	}
static const struct key setting_keys[] = {
	SETTING(transport, VALUE_TEXT, true),      SETTING(maildir, VALUE_TEXT, false),
	SETTING(smtp_host, VALUE_TEXT, false),     SETTING(smtp_port, VALUE_NUMBER, false),
	SETTING(smtp_starttls, VALUE_FLAG, false), SETTING(smtp_ca_file, VALUE_TEXT, false),
	SETTING(smtp_user, VALUE_TEXT, false),     SETTING(smtp_password_file, VALUE_TEXT, false),
	SETTING(sender, VALUE_TEXT, true),         SETTING(sender_name, VALUE_TEXT, false),
	SETTING(helo_name, VALUE_TEXT, false),     { NULL, VALUE_TEXT, false, 0 },
};

#define LETTER(member, type, required)                                                             \
	{                                                                                          \
#member, type, required, offsetof(struct mailer_letter, member)                    \
	}
static const struct key letter_keys[] = {
	LETTER(id, VALUE_NUMBER, true),          LETTER(message_id, VALUE_TEXT, true),
	LETTER(date, VALUE_TEXT, true),          { "to", VALUE_RECIPIENT, true, 0 },
	LETTER(subject, VALUE_TEXT, true),       LETTER(text, VALUE_TEXT, true),
	LETTER(html, VALUE_TEXT, false),         LETTER(references, VALUE_TEXT, false),
	LETTER(calendar, VALUE_CALENDAR, false), LETTER(urgent, VALUE_FLAG, false),
	{ NULL, VALUE_TEXT, false, 0 },
};

static const struct key recipient_keys[] = {
	{ "name", VALUE_TEXT, false, offsetof(struct mailer_letter, to_name) },
	{ "address", VALUE_TEXT, true, offsetof(struct mailer_letter, to_address) },
	{ NULL, VALUE_TEXT, false, 0 },
};

static char *object_read(json_t *object, const struct key *keys, const char *what, void *into);

/* NULL, or what is wrong. */
static char *value_read(json_t *value, const struct key *key, const char *what, void *into)
{
	char *target = (char *)into + key->offset;
	switch (key->type) {
	case VALUE_TEXT:
		if (!json_is_string(value))
			return xasprintf("%s: '%s' must be a text", what, key->name);
		*(const char **)(void *)target = json_string_value(value);
		return NULL;
	case VALUE_NUMBER:
		if (!json_is_integer(value))
			return xasprintf("%s: '%s' must be a whole number", what, key->name);
		*(int64_t *)(void *)target = json_integer_value(value);
		return NULL;
	case VALUE_FLAG:
		if (!json_is_boolean(value))
			return xasprintf("%s: '%s' must be true or false", what, key->name);
		*(bool *)(void *)target = json_is_true(value);
		return NULL;
	case VALUE_CALENDAR:
		*(json_t **)(void *)target = value;
		return ics_fault(value);
	case VALUE_RECIPIENT:
		return object_read(value, recipient_keys, "a letter's 'to'", into);
	}
	return NULL;
}

static const struct key *key_find(const struct key *keys, const char *name)
{
	for (; keys->name != NULL; keys++) {
		if (strcmp(keys->name, name) == 0)
			return keys;
	}
	return NULL;
}

static char *object_read(json_t *object, const struct key *keys, const char *what, void *into)
{
	if (!json_is_object(object))
		return xasprintf("%s must be an object", what);
	const char *name;
	json_t *value;
	json_object_foreach(object, name, value)
	{
		const struct key *key = key_find(keys, name);
		if (key == NULL)
			return xasprintf("%s has an unknown key: %.40s", what, name);
		if (json_is_null(value) && !key->required)
			continue;
		char *reason = value_read(value, key, what, into);
		if (reason != NULL)
			return reason;
	}
	for (; keys->name != NULL; keys++) {
		if (keys->required && json_object_get(object, keys->name) == NULL)
			return xasprintf("%s lacks '%s'", what, keys->name);
	}
	return NULL;
}

static char *configure_read(json_t *value, struct request *request)
{
	request->kind = REQUEST_CONFIGURE;
	request->settings = (struct mailer_settings){ .transport = "",
						      .maildir = "",
						      .smtp_host = "",
						      .smtp_port = 25,
						      .smtp_starttls = true,
						      .smtp_ca_file = "",
						      .smtp_user = "",
						      .smtp_password_file = "",
						      .sender = "",
						      .sender_name = "",
						      .helo_name = "" };
	return object_read(value, setting_keys, "'configure'", &request->settings);
}

static char *send_read(json_t *value, struct request *request)
{
	request->kind = REQUEST_SEND;
	if (!json_is_array(value))
		return xasprintf("'send' must be a list of letters");
	request->count = json_array_size(value);
	request->letters = xcalloc(request->count, sizeof(*request->letters));
	for (size_t i = 0; i < request->count; i++) {
		struct mailer_letter *letter = &request->letters[i];
		letter->to_name = "";
		char *reason =
		    object_read(json_array_get(value, i), letter_keys, "a letter", letter);
		if (reason != NULL)
			return reason;
	}
	return NULL;
}

static char *root_read(struct request *request)
{
	json_t *configure = json_object_get(request->root, "configure");
	json_t *send = json_object_get(request->root, "send");
	json_t *noted = json_object_get(request->root, "noted");
	json_t *doubt = json_object_get(request->root, "doubt");
	if (json_object_size(request->root) == 1 && configure != NULL)
		return configure_read(configure, request);
	if (json_object_size(request->root) == (doubt == NULL ? 1 : 2) && send != NULL) {
		request->doubt = json_is_true(doubt);
		return send_read(send, request);
	}
	if (json_object_size(request->root) == 1 && json_is_integer(noted)) {
		request->kind = REQUEST_NOTED;
		return NULL;
	}
	return xasprintf("a line must be {\"configure\":...}, {\"send\":[...]} or {\"noted\":ID}");
}

int request_parse(const char *line, size_t length, struct request *ret, char **ret_reason)
{
	json_error_t error;
	struct request request = { 0 };
	char *reason;
	request.root = json_loadb(line, length, JSON_REJECT_DUPLICATES, &error);
	if (request.root == NULL)
		reason = xasprintf("a line is not JSON, at byte %d", error.position);
	else
		reason = root_read(&request);
	if (reason != NULL) {
		request_clear(&request);
		*ret_reason = reason;
		return -1;
	}
	*ret = request;
	return 0;
}

void request_clear(struct request *request)
{
	free(request->letters);
	json_decref(request->root);
	*request = (struct request){ 0 };
}
