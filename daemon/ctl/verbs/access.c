/* SPDX-License-Identifier: EUPL-1.2 */
/* Who may do what. Users and groups are looked up here: the daemon asks no name service. */
#include <grp.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/ctl/ask.h"
#include "daemon/ctl/verbs/verbs.h"

#define GROUPS_MOST 65536

static void say(const char *label, char *text)
{
	if (*text != '\0')
		show_printf(stdout, "%-10s %s\n", label, text);
	free(text);
}

static void say_list(const json_t *answer, const char *label, const char *key)
{
	say(label, show_value(json_object_get(answer, key)));
}

static char *why_in_words(const json_t *answer)
{
	const char *by = show_text_of(answer, "by");
	if (strcmp(by, "uid") == 0)
		return xstrdup("root and the daemon's user always may");
	if (strcmp(by, "socket") == 0)
		return xstrdup("kedja.conf names nobody: whoever may write to the socket may do"
			       " everything");
	if (strcmp(by, "nothing") == 0)
		return xasprintf("not on the list; to let them in, add to access in kedja.conf: %s",
				 show_text_of(answer, "add"));
	return xasprintf("%s in line %lld of kedja.conf", show_text_of(answer, "row"),
			 (long long)show_number_of(answer, "line"));
}

static void say_access(const json_t *answer)
{
	say("user", xasprintf("%s, number %lld", show_text_of(answer, "user"),
			      (long long)show_number_of(answer, "uid")));
	say("role", show_value(json_object_get(answer, "role")));
	say("by", why_in_words(answer));
	say_list(answer, "programmes", "programmes");
	if (json_array_size(json_object_get(answer, "unknown_programmes")) > 0)
		say_list(answer, "not there", "unknown_programmes");
	say_list(answer, "staff", "staff");
	say_list(answer, "protected", "protected");
	say_list(answer, "may call", "methods");
}

static json_t *groups_of(const struct passwd *entry)
{
	int count = 64;
	gid_t *groups = xcalloc((size_t)count, sizeof(*groups));
	while (getgrouplist(entry->pw_name, entry->pw_gid, groups, &count) < 0 &&
	       count <= GROUPS_MOST)
		groups = xrealloc(groups, (size_t)count * sizeof(*groups));
	json_t *list = json_array();
	for (int i = 0; i < count; i++)
		json_array_append_new(list, json_integer(groups[i]));
	free(groups);
	return list;
}

/* NULL after saying so. */
static json_t *numbers_of(const char *name)
{
	const struct passwd *entry = getpwnam(name);
	if (entry != NULL)
		return json_pack("{s:s, s:I, s:o}", "user", name, "uid", (json_int_t)entry->pw_uid,
				 "groups", groups_of(entry));
	show_printf(stderr, "kedjactl: this machine knows no user \"%s\"\n", name);
	return NULL;
}

static int explain(const struct invocation *call, const char *method)
{
	json_t *answer = NULL;
	int code = ask_once(call, "access.explain", json_pack("{s:s}", "method", method), &answer);
	if (answer != NULL) {
		say("method", xstrdup(show_text_of(answer, "method")));
		say("about", xstrdup(show_text_of(answer, "about")));
		say_list(answer, "for", "roles");
	}
	json_decref(answer);
	return code;
}

int verb_access(const struct invocation *call)
{
	const char *user = invocation_argument(call, 0);
	const char *method = invocation_option(call, "explain");
	if (method != NULL)
		return explain(call, method);
	json_t *answer = NULL, *parameters = user == NULL ? json_object() : numbers_of(user);
	if (parameters == NULL)
		return CTL_REFUSED;
	int code = ask_once(call, "access.show", parameters, &answer);
	if (answer != NULL)
		say_access(answer);
	json_decref(answer);
	return code;
}
