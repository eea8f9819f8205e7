/* SPDX-License-Identifier: EUPL-1.2 */
/* What somebody may do, and who may do something. */
#include <stdlib.h>
#include <string.h>

#include "daemon/methods/gate.h"
#include "daemon/methods/method.h"

#define GROUPS_MOST 65536 /* as many as the kernel knows */

static const char *const why_words[] = { [ACCESS_BY_NOTHING] = "nothing",
					 [ACCESS_BY_ROW] = "row",
					 [ACCESS_BY_UID] = "uid",
					 [ACCESS_BY_SOCKET] = "socket" };

static json_t *methods_of(const struct kedjad *k, const struct access_right *right)
{
	json_t *names = json_array();
	for (const struct method *method = k->methods; method->name != NULL; method++)
		if (right->why != ACCESS_BY_NOTHING && access_may(right->role, method->access))
			json_array_append_new(names, json_string(method->name));
	return names;
}

static bool is_programme(const struct kedjad *k, const char *name)
{
	struct query *q =
	    db_query(k->core.db, "SELECT 1 FROM subject WHERE id = ?1 AND type = 'programme'");
	db_bind_text(q, 1, name);
	return db_found(q);
}

static void add_programmes(const struct kedjad *k, const struct access_row *row, json_t *answer)
{
	json_t *names = json_array(), *unknown = json_array();
	for (const char **one = row->programmes; one != NULL && *one != NULL; one++) {
		json_array_append_new(names, json_string(*one));
		if (!is_programme(k, *one))
			json_array_append_new(unknown, json_string(*one));
	}
	if (row->role == ACCESS_CLERK && row->programmes == NULL)
		json_array_append_new(names, json_string("*"));
	json_object_set_new(answer, "programmes", names);
	json_object_set_new(answer, "unknown_programmes", unknown);
}

static json_t *answer_right(const struct kedjad *k, const struct caller *who,
			    const struct access_right *right)
{
	const struct access_row *row = right->row;
	json_t *answer = json_pack("{s:s, s:I, s:s}", "user", who->name, "uid",
				   (json_int_t)who->uid, "by", why_words[right->why]);
	json_object_set_new(answer, "role",
			    right->why == ACCESS_BY_NOTHING
				? json_null()
				: json_string(access_role_name(right->role)));
	json_object_set_new(answer, "row", answer_text(row == NULL ? NULL : row->name));
	json_object_set_new(answer, "line", row == NULL ? json_null() : json_integer(row->line));
	json_object_set_new(answer, "staff", answer_text(row == NULL ? NULL : row->staff));
	json_object_set_new(
	    answer, "protected",
	    json_boolean(row == NULL ? right->why != ACCESS_BY_NOTHING : row->sees_protected));
	if (row != NULL)
		add_programmes(k, row, answer);
	json_object_set_new(answer, "methods", methods_of(k, right));
	char *line = access_line_for(who->name);
	json_object_set_new(answer, "add",
			    answer_text(right->why == ACCESS_BY_NOTHING ? line : NULL));
	free(line);
	return answer;
}

/* The numbers that kedjactl has looked up: no name service is waited for here. */
static unsigned *groups_of(struct call *call, size_t *ret_count)
{
	const json_t *list = json_object_get(call->parameters, "groups");
	size_t count = json_array_size(list);
	unsigned *groups = xcalloc(count + 1, sizeof(*groups));
	if (list != NULL && (!json_is_array(list) || count > GROUPS_MOST))
		problem_add(&call->problems, "groups", 0, "must be a list of numbers");
	for (size_t i = 0; i < count && call->problems.count == 0; i++) {
		json_int_t number = json_integer_value(json_array_get(list, i));
		if (!json_is_integer(json_array_get(list, i)) || number < 0 || number > UINT32_MAX)
			problem_add(&call->problems, "groups", 0, "must be a list of numbers");
		groups[i] = (unsigned)number;
	}
	*ret_count = count;
	return groups;
}

static json_t *show_other(const struct kedjad *k, struct call *call)
{
	struct caller who = { .name = call_text(call, "user") };
	int64_t uid = call_number(call, "uid", -1);
	unsigned *groups = groups_of(call, &who.group_count);
	json_t *answer = NULL;
	if (uid < 0 || uid > UINT32_MAX)
		problem_add(&call->problems, "uid", 0, "is missing: the number of the user");
	if (method_right_of(k, call->who).role != ACCESS_ADMIN) {
		call->is_denied = true;
		call_refuse(call, RPC_REFUSED, "what others may is for the role admin to ask");
	} else if (call->problems.count == 0) {
		who.uid = (unsigned)uid;
		who.groups = groups;
		struct access_right right = method_right_of(k, &who);
		answer = answer_right(k, &who, &right);
	}
	free(groups);
	return answer;
}

json_t *method_access_show(void *arg, struct call *call)
{
	struct kedjad *k = arg;
	if (call_text(call, "user") != NULL)
		return show_other(k, call);
	struct access_right right = method_right_of(k, call->who);
	return answer_right(k, call->who, &right);
}

static const char *class_in_words(enum access_class of)
{
	switch (of) {
	case ACCESS_FIGURES:
		return "figures without cases";
	case ACCESS_CASES:
		return "cases and programmes, within what was granted";
	case ACCESS_STAFF:
		return "who works here";
	case ACCESS_MAIL:
		return "mail that came back";
	case ACCESS_RUNNING:
		return "the running of the daemon";
	}
	return "";
}

json_t *method_access_explain(void *arg, struct call *call)
{
	const char *name = call_text(call, "method");
	const struct kedjad *k = arg;
	const struct method *method = k->methods;
	json_t *roles = json_array();
	while (method->name != NULL && strcmp(method->name, name) != 0)
		method++;
	if (method->name == NULL) {
		problem_add(&call->problems, "method", 0,
			    "there is no method \"%s\": kedjactl access names those that you may"
			    " call",
			    name);
		json_decref(roles);
		return NULL;
	}
	for (int i = 0; i < ACCESS_ROLES; i++)
		if (access_may((enum access_role)i, method->access))
			json_array_append_new(roles,
					      json_string(access_role_name((enum access_role)i)));
	return json_pack("{s:s, s:s, s:o, s:o}", "method", method->name, "about",
			 class_in_words(method->access), "subject", answer_text(method->about),
			 "roles", roles);
}
