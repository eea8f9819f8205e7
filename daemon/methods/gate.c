/* SPDX-License-Identifier: EUPL-1.2 */
/* See gate.h. */
#include "daemon/methods/gate.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "daemon/methods/method.h"
#include "daemon/store/audit.h"

#define LIST_MOST 1000 /* cases that a list leaves a row each of */

/* --- who it is ---------------------------------------------------------------------------- */

static const struct access_list *list_of(const struct kedjad *k)
{
	return k->core.office->settings->access;
}

struct access_right method_right_by(const struct access_list *list, const struct caller *who)
{
	const struct access_who numbers = { who->uid, who->groups, who->group_count };
	return access_of(list, &numbers, geteuid());
}

struct access_right method_right_of(const struct kedjad *k, const struct caller *who)
{
	return method_right_by(list_of(k), who);
}

static bool deny(struct call *call, char *text)
{
	call->is_denied = true;
	call_refuse(call, RPC_REFUSED, "%s", text);
	free(text);
	return false;
}

static bool deny_stranger(const struct kedjad *k, struct call *call)
{
	char *line = access_line_for(call->who->name);
	char *text = xasprintf("%s may do nothing here: access in %s names neither this user nor"
			       " a group of theirs. To let them in, add a row such as %s",
			       call->who->name, list_of(k)->file, line);
	free(line);
	return deny(call, text);
}

static bool deny_role(const struct kedjad *k, const struct method *method, struct call *call,
		      const struct access_right *right)
{
	char *roles = NULL;
	for (int i = 0; i < ACCESS_ROLES; i++) {
		if (!access_may((enum access_role)i, method->access))
			continue;
		char *longer =
		    xasprintf("%s%s%s", roles == NULL ? "" : roles, roles == NULL ? "" : ", ",
			      access_role_name((enum access_role)i));
		free(roles);
		roles = longer;
	}
	char *text =
	    xasprintf("%s is for: %s. %s:%d makes %s a %s", method->name, roles, list_of(k)->file,
		      right->row->line, call->who->name, access_role_name(right->role));
	free(roles);
	return deny(call, text);
}

static bool works_here(const struct kedjad *k, const char *staff)
{
	struct query *q = db_query(k->core.db, "SELECT 1 FROM staff WHERE id = ?1 AND gone = 0");
	db_bind_text(q, 1, staff);
	return db_found(q);
}

/* Whom a front speaks for. Without anybody it may ask for figures. */
static bool is_spoken_for(const struct kedjad *k, const struct method *method, struct call *call,
			  const struct access_right *right)
{
	bool is_front = right->why == ACCESS_BY_ROW && right->role == ACCESS_FRONT;
	if (call->as != NULL && !is_front)
		return deny(call, xasprintf("as: %s is no front: only one may speak for others",
					    call->who->name));
	if (call->as == NULL && is_front && method->access != ACCESS_FIGURES)
		return deny(call, xstrdup("as is missing: a front speaks for a member of staff"));
	if (call->as != NULL && !call->without_file && !works_here(k, call->as))
		return deny(call, xasprintf("as: nobody of the name \"%s\" works here", call->as));
	return true;
}

/* --- what they see ------------------------------------------------------------------------ */

static struct viewer viewer_of(const struct kedjad *k, const struct call *call,
			       const struct access_right *right)
{
	struct viewer viewer = { .scope = VIEWER_ALL,
				 .db = k->core.db,
				 .row = right->row,
				 .chain = k->core.office->chain,
				 .staff = call->staff };
	if (right->why != ACCESS_BY_ROW)
		return viewer;
	switch (right->role) {
	case ACCESS_VIEWER:
	case ACCESS_MAILBOX:
		viewer.scope = VIEWER_NONE;
		break;
	case ACCESS_CLERK:
	case ACCESS_ADMIN:
		viewer.scope = VIEWER_BY_ROW;
		break;
	case ACCESS_FRONT:
		viewer.scope = call->as == NULL ? VIEWER_NONE : VIEWER_BY_ROLES;
		break;
	}
	return viewer;
}

/* --- what it is about --------------------------------------------------------------------- */

static bool deny_subject(const struct kedjad *k, struct call *call, const char *subject)
{
	const struct access_row *row = k->viewer.row;
	if (k->viewer.scope == VIEWER_BY_ROLES)
		return deny(call, xasprintf("%s holds no role by which %s is open to them",
					    call->as, subject));
	return deny(call, xasprintf("%s is not within the programmes of %s:%d", subject,
				    list_of(k)->file, row->line));
}

/* One that is hidden goes on, and the method finds nothing, as with one that is not there. */
static bool may_ask_about(const struct kedjad *k, struct call *call, const char *subject)
{
	return subject == NULL || viewer_look(&k->viewer, subject) != SIGHT_CLOSED ||
	       deny_subject(k, call, subject);
}

static char *subject_of_event(const struct kedjad *k, int64_t id)
{
	struct query *q = db_query(k->core.db, "SELECT subject FROM event WHERE id = ?1");
	db_bind_int(q, 1, id);
	char *subject = db_next(q) ? xstrdup(db_text(q, 0)) : NULL;
	db_done(q);
	return subject;
}

/* A field of an event as it is sent: in data, or beside its kind. */
static const char *said(const json_t *event, const char *name)
{
	const json_t *inner = json_object_get(json_object_get(event, "data"), name);
	return json_string_value(inner != NULL ? inner : json_object_get(event, name));
}

/* A case that is new, or has no programme yet, comes into the one that its event names. */
static bool may_place(const struct kedjad *k, struct call *call, const char *programme)
{
	const struct viewer *viewer = &k->viewer;
	if (programme == NULL || viewer->scope == VIEWER_ALL)
		return true;
	if (viewer->scope == VIEWER_BY_ROW && access_reaches(viewer->row, programme))
		return true;
	if (viewer->scope == VIEWER_BY_ROLES && viewer_look(viewer, programme) == SIGHT_FREE)
		return true;
	return deny_subject(k, call, programme);
}

static bool may_record_about(const struct kedjad *k, struct call *call, const json_t *event,
			     const char *subject)
{
	switch (viewer_look(&k->viewer, subject)) {
	case SIGHT_FREE:
		return true;
	case SIGHT_NONE:
		/* a front could make cases that nobody is responsible for */
		if (k->viewer.scope == VIEWER_BY_ROLES && said(event, "programme") == NULL)
			return deny_subject(k, call, subject);
		return may_place(k, call, said(event, "programme"));
	case SIGHT_CLOSED:
		return deny_subject(k, call, subject);
	case SIGHT_HIDDEN:
		return deny(call, xasprintf("there is no case %s", subject));
	}
	return false;
}

/* Programmes are subjects of their own name, whether or not one is there yet. */
static bool may_record(const struct kedjad *k, struct call *call, const json_t *event)
{
	const char *subject = json_string_value(json_object_get(event, "subject"));
	const char *name = json_string_value(json_object_get(event, "kind"));
	const struct kind *kind = name == NULL ? NULL : chain_kind(k->core.office->chain, name);
	const char *other = said(event, "case");
	if (subject == NULL || kind == NULL)
		return true; /* the method says what is wrong with it */
	if (kind->subject == SUBJECT_STAFF)
		return k->viewer.scope != VIEWER_BY_ROLES ||
		       deny(call, xstrdup("events about staff are for the roles clerk and admin"));
	if (kind->subject == SUBJECT_PROGRAMME && !may_place(k, call, subject))
		return false;
	return may_record_about(k, call, event, subject) &&
	       (other == NULL || may_ask_about(k, call, other));
}

static bool may_record_all(const struct kedjad *k, struct call *call)
{
	const json_t *events = method_events_of(call);
	if (method_sees_all(k))
		return true;
	if (!json_is_array(events))
		return may_record(k, call, events);
	for (size_t i = 0; i < json_array_size(events); i++)
		if (!may_record(k, call, json_array_get(events, i)))
			return false;
	return true;
}

static bool may_touch(const struct kedjad *k, const struct method *method, struct call *call)
{
	if (method->about == NULL)
		return true;
	if (strcmp(method->about, METHOD_EVENTS) == 0)
		return may_record_all(k, call);
	if (strcmp(method->about, METHOD_EVENT) != 0)
		return may_ask_about(k, call, call_text(call, method->about));
	char *subject = subject_of_event(k, call_number(call, METHOD_EVENT, 0));
	bool may = may_ask_about(k, call, subject);
	free(subject);
	return may;
}

/* --- before it ---------------------------------------------------------------------------- */

static bool enter(void *arg, const struct method *method, struct call *call)
{
	struct kedjad *k = arg;
	struct access_right right = method_right_of(k, call->who);
	if (right.why == ACCESS_BY_NOTHING)
		return deny_stranger(k, call);
	if (!access_may(right.role, method->access))
		return deny_role(k, method, call, &right);
	if (!is_spoken_for(k, method, call, &right))
		return false;
	call->staff = call->as != NULL ? call->as : right.row == NULL ? NULL : right.row->staff;
	k->viewer = viewer_of(k, call, &right);
	if (call->without_file)
		return true;
	if (!may_touch(k, method, call))
		return false;
	viewer_open(&k->viewer);
	return true;
}

/* --- behind it ---------------------------------------------------------------------------- */

/* What a call was about, each once, in order: the keys of an object. */
static void add_subject(json_t *subjects, const char *subject)
{
	if (subject != NULL && *subject != '\0')
		json_object_set_new(subjects, subject, json_null());
}

static void add_asked(const struct kedjad *k, const struct method *method, const struct call *call,
		      json_t *subjects)
{
	if (method->about == NULL)
		return;
	if (strcmp(method->about, METHOD_EVENT) == 0) {
		char *subject = subject_of_event(k, call_number(call, METHOD_EVENT, 0));
		add_subject(subjects, subject);
		free(subject);
	} else if (strcmp(method->about, METHOD_EVENTS) != 0) {
		add_subject(subjects, call_text(call, method->about));
	} else if (!json_is_array(method_events_of(call))) {
		add_subject(subjects,
			    json_string_value(json_object_get(method_events_of(call), "subject")));
	} else {
		const json_t *events = method_events_of(call);
		for (size_t i = 0; i < json_array_size(events); i++)
			add_subject(subjects, json_string_value(json_object_get(
						  json_array_get(events, i), "subject")));
	}
}

/* Whom a letter tells of. */
static void add_told(const struct kedjad *k, const json_t *row, json_t *subjects)
{
	const json_t *notices = json_object_get(row, "notices");
	for (size_t i = 0; i < json_array_size(notices); i++) {
		struct query *q = db_query(k->core.db, "SELECT subject FROM notice WHERE id = ?1");
		db_bind_int(q, 1, json_integer_value(json_array_get(notices, i)));
		if (db_next(q))
			add_subject(subjects, db_text(q, 0));
		db_done(q);
	}
}

static void add_row(const struct kedjad *k, const struct method *method, const json_t *row,
		    json_t *subjects)
{
	if (strcmp(method->shows, METHOD_LOG) == 0)
		return;
	if (strcmp(method->shows, METHOD_LETTERS) == 0)
		add_told(k, row, subjects);
	else
		add_subject(subjects, json_string_value(json_object_get(row, method->shows)));
}

static void add_shown(const struct kedjad *k, const struct method *method, const json_t *result,
		      json_t *subjects)
{
	const json_t *rows = json_object_get(result, "rows");
	if (method->shows == NULL)
		return;
	if (!json_is_array(rows))
		add_row(k, method, result, subjects);
	for (size_t i = 0; i < json_array_size(rows); i++)
		add_row(k, method, json_array_get(rows, i), subjects);
}

/* A page that is not the first, with more behind it, is of a list of more than a thousand. */
static bool is_long(const struct call *call, const json_t *result, const json_t *subjects)
{
	const json_t *after = json_object_get(call->parameters, "after");
	const json_t *next = json_object_get(result, "next");
	bool has_both =
	    after != NULL && !json_is_null(after) && next != NULL && !json_is_null(next);
	return json_object_size(subjects) > LIST_MOST || has_both;
}

static void note(struct kedjad *k, const struct audit_act *act, json_t *subjects)
{
	size_t count = json_object_size(subjects), i = 0;
	const char **names = xcalloc(count + 1, sizeof(*names));
	const char *name;
	json_t *value;
	json_object_foreach(subjects, name, value) names[i++] = name;
	audit_note(k->audit, act, names, count);
	free(names);
}

static enum audit_outcome outcome_of(const struct call *call, const json_t *result)
{
	if (call->is_denied)
		return AUDIT_DENIED;
	if (result == NULL)
		return AUDIT_REFUSED;
	return result == RPC_GOES_ON || result == RPC_WAITS ? AUDIT_BEGUN : AUDIT_DONE;
}

/* Of what goes on the first step leaves a row if it changes anything, and the last one. */
static bool is_to_be_noted(struct call *call, enum audit_outcome outcome)
{
	if (outcome != AUDIT_BEGUN)
		return true;
	bool first = !call->is_noted;
	call->is_noted = true;
	return first && call->changes;
}

/* Whoever looks at the log is on it, even where it shows nothing. */
static bool shows_log(const struct method *method)
{
	return method->shows != NULL && strcmp(method->shows, METHOD_LOG) == 0;
}

static void leave(void *arg, const struct method *method, struct call *call, const json_t *result)
{
	struct kedjad *k = arg;
	enum audit_outcome outcome = outcome_of(call, result);
	viewer_close(k->core.db);
	if (!is_to_be_noted(call, outcome))
		return;
	const struct audit_act act = { call->who->uid, call->who->name, call->staff, method->name,
				       outcome };
	json_t *subjects = json_object();
	if (outcome == AUDIT_DONE && !call->changes)
		add_shown(k, method, result, subjects);
	if (outcome != AUDIT_DONE || call->changes ||
	    (method->shows != NULL && json_object_size(subjects) == 0))
		add_asked(k, method, call, subjects);
	bool is_audited = outcome != AUDIT_DONE || call->changes || shows_log(method) ||
			  json_object_size(subjects) > 0;
	if (is_audited && outcome == AUDIT_DONE && is_long(call, result, subjects)) {
		char *query = json_dumps(call->parameters, JSON_COMPACT | JSON_SORT_KEYS);
		audit_note_list(k->audit, &act, query, json_object_size(subjects));
		free(query);
	} else if (is_audited) {
		note(k, &act, subjects);
	}
	json_decref(subjects);
}

const struct rpc_gate method_gate = { enter, leave };
