/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Alarms: what is so now and needs somebody. They are worked out at each question and never stored.
 * Stored is only who has seen one, in the table meta, with a mark of what it was then: where more
 * has come to it since, that was not seen.
 */
#include <stdlib.h>
#include <string.h>

#include "daemon/base/log.h"
#include "daemon/methods/method.h"
#include "daemon/store/meta.h"
#include "daemon/store/notice.h"

struct alarms {
	const struct kedjad *k;
	json_t *rows;
	bool has_file;
};

#define SEEN "alarm_seen "

/* Of this alarm: {"mark", "by", "at"}, or NULL. */
static json_t *read_seen(const struct kedjad *k, const char *name)
{
	char *key = xasprintf(SEEN "%s", name), *text = store_meta_get(k->core.db, key);
	json_t *seen = text == NULL ? NULL : json_loads(text, 0, NULL);
	free(key);
	free(text);
	return seen;
}

static void add_seen(const struct alarms *alarms, json_t *row, const char *name, const char *mark)
{
	json_t *seen = alarms->has_file ? read_seen(alarms->k, name) : NULL;
	const char *then = json_string_value(json_object_get(seen, "mark"));
	json_object_update_new(row, json_pack("{s:O?, s:O?, s:b}", "seen_by",
					      json_object_get(seen, "by"), "seen_at",
					      json_object_get(seen, "at"), "grown",
					      then != NULL && strcmp(then, mark) != 0));
	json_decref(seen);
}

/* Takes over `mark` and `text`. */
static void add(struct alarms *alarms, const char *name, char *mark, char *text, const char *to_do)
{
	json_t *row = json_pack("{s:s, s:s, s:s}", "name", name, "text", text, "do", to_do);
	add_seen(alarms, row, name, mark);
	json_object_set_new(row, "mark", json_string(mark));
	json_array_append_new(alarms->rows, row);
	free(mark);
	free(text);
}

static char *number_mark(int64_t number)
{
	return xasprintf("%lld", (long long)number);
}

/* The newest row that a query finds: whatever comes later was not seen. */
static char *newest(const struct kedjad *k, const char *literal_sql)
{
	return number_mark(db_number(db_query(k->core.db, literal_sql)));
}

static void add_trouble(struct alarms *alarms)
{
	const struct kedjad *k = alarms->k;
	const char *trouble = turn_trouble(k->core.turn);
	char since[INSTANT_TEXT_SIZE];
	if (trouble == NULL)
		return;
	clock_format(k->core.clock,
		     k->trouble == NULL ? clock_now(k->core.clock) : k->trouble_since, since);
	add(alarms, "disk", xstrdup(trouble),
	    xasprintf("nothing can be written since %s: %s", since, trouble),
	    "mend the disk or the file, and it goes on by itself: man kedjad, WHAT TO DO WHEN");
}

static void add_rules(struct alarms *alarms)
{
	if (kedjad_is_reverted(alarms->k))
		add(alarms, "reverted", xstrdup(alarms->k->core.office->ruleset->version_text),
		    xstrdup("the rules are those before the files on the disk"),
		    "kedjactl rules reload takes the files again");
}

static void add_report(struct alarms *alarms)
{
	const struct settings *settings = alarms->k->core.office->settings;
	const char *lack = settings_lack_report(settings);
	if (lack != NULL)
		add(alarms, "report_how", xstrdup(settings->administrator),
		    xasprintf("no letter says how to report a thing done: all name %s instead",
			      settings->administrator),
		    strcmp(lack, "report_how") == 0
			? "write report_how into kedja.conf, then kedjactl rules reload"
			: "write report_how_en into kedja.conf, then kedjactl rules reload");
}

static void add_held(struct alarms *alarms)
{
	int64_t held = notice_count(&alarms->k->core, NOTICE_HELD);
	if (held > 0)
		add(alarms, "held",
		    newest(alarms->k, "SELECT max(id) FROM notice WHERE state = 'held'"),
		    held == 1 ? xstrdup("a late reminder is held and goes to nobody")
			      : xasprintf("%lld late reminders came all at once: they are held and "
					  "go to nobody",
					  (long long)held),
		    "kedjactl notices --state held lists them; notices release lets them go out, "
		    "notices discard never");
}

static void add_queue(struct alarms *alarms, const struct outbox_figures *figures)
{
	if (figures->fault != NULL)
		add(alarms, "queue", xstrdup(figures->fault),
		    xasprintf("no letters go out: %s", figures->fault),
		    "mend the cause, then kedjactl outbox retry; one letter is tried each quarter "
		    "of an hour by itself");
}

static void add_templates(struct alarms *alarms)
{
	const struct unbuilt *unbuilt = letters_unbuilt(alarms->k->letters);
	char *files = xstrdup("");
	for (size_t i = 0; i < unbuilt->count; i++) {
		char *more = xasprintf("%s%s%s", files, i == 0 ? "" : ", ", unbuilt->files[i]);
		free(files);
		files = more;
	}
	if (unbuilt->count > 0)
		add(alarms, "templates", xstrdup(files),
		    xasprintf("letters go out in a plain form, because none can be built from %s",
			      files),
		    "mend the file, then kedjactl rules reload; it is over with the next letter");
	free(files);
}

static void add_waiting(struct alarms *alarms, const char *name, int64_t number, instant since,
			const char *what, const char *to_do)
{
	char text[INSTANT_TEXT_SIZE];
	if (number == 0)
		return;
	clock_format(alarms->k->core.clock, since, text);
	add(alarms, name, xstrdup(text),
	    number == 1 ? xasprintf("a letter waits since %s: %s", text, what)
			: xasprintf("%lld letters wait, the oldest since %s: %s", (long long)number,
				    text, what),
	    to_do);
}

static void add_letters(struct alarms *alarms, const struct outbox_figures *figures)
{
	add_waiting(alarms, "no-server", figures->unreached, figures->unreached_since,
		    figures->unreached_reason,
		    "see to the mail server and the way to it; they go out by themselves then, or "
		    "at once with kedjactl outbox retry");
	add_waiting(alarms, "late", figures->late, figures->late_since,
		    "put off again and again, or nobody knows whether they arrived",
		    "kedjactl outbox shows what the mail server answers: ask who runs it");
	if (figures->given_up > 0)
		add(alarms, "given-up",
		    newest(alarms->k, "SELECT max(id) FROM message WHERE next_attempt IS NULL AND"
				      " state IN ('deferred', 'unclear')"),
		    figures->given_up == 1
			? xstrdup("a letter could not be delivered and is no longer tried")
			: xasprintf("%lld letters could not be delivered and are no longer tried",
				    (long long)figures->given_up),
		    "kedjactl outbox --state deferred shows why; outbox retry tries again, outbox "
		    "cancel gives up");
}

static void add_unreachable(struct alarms *alarms)
{
	int64_t unreachable = notice_count(&alarms->k->core, NOTICE_UNREACHABLE);
	if (unreachable > 0)
		add(alarms, "unreachable",
		    newest(alarms->k, "SELECT max(id) FROM notice WHERE state = 'unreachable'"),
		    unreachable == 1
			? xstrdup("a reminder of what is still open reached nobody who holds the "
				  "role")
			: xasprintf("%lld reminders of what is still open reached nobody who holds "
				    "the role",
				    (long long)unreachable),
		    "kedjactl notices --state unreachable lists them, kedjactl preflight what "
		    "comes "
		    "next; record who holds the role (role.assigned), or what is done");
}

json_t *alarms_now(const struct kedjad *k, const struct outbox_figures *figures)
{
	struct alarms alarms = { k, json_array(), true };
	add_trouble(&alarms);
	add_rules(&alarms);
	add_report(&alarms);
	add_held(&alarms);
	add_queue(&alarms, figures);
	add_templates(&alarms);
	add_letters(&alarms, figures);
	add_unreachable(&alarms);
	return alarms.rows;
}

json_t *alarms_without_file(const struct kedjad *k)
{
	struct alarms alarms = { k, json_array(), false };
	add_trouble(&alarms);
	return alarms.rows;
}

/* --- who has seen them ----------------------------------------------------------------------- */

static json_t *find(const json_t *rows, const char *name)
{
	size_t i;
	json_t *row;
	json_array_foreach(rows, i, row)
	{
		if (strcmp(json_string_value(json_object_get(row, "name")), name) == 0)
			return row;
	}
	return NULL;
}

void alarms_forget_seen(const struct kedjad *k, const json_t *alarms)
{
	json_t *over = json_array();
	struct query *q = db_query(k->core.db, "SELECT name FROM meta WHERE name >= '" SEEN "'"
					       " AND name < '" SEEN "~'");
	while (db_next(q))
		if (find(alarms, db_text(q, 0) + strlen(SEEN)) == NULL)
			json_array_append_new(over, json_string(db_text(q, 0)));
	db_done(q);
	for (size_t i = 0; i < json_array_size(over); i++)
		store_meta_forget(k->core.db, json_string_value(json_array_get(over, i)));
	json_decref(over);
}

static void refuse_unknown(struct call *call, const json_t *rows, const char *name)
{
	const char **names = xcalloc(json_array_size(rows) + 1, sizeof(*names));
	for (size_t i = 0; i < json_array_size(rows); i++)
		names[i] = json_string_value(json_object_get(json_array_get(rows, i), "name"));
	problem_add(&call->problems, "alarm", 0, "there is no alarm \"%s\" now", name);
	problem_hint(&call->problems, name, names, "kedjactl status shows those that there are");
	free(names);
}

static void keep_seen(const struct kedjad *k, const char *name, const char *mark, const char *by)
{
	json_t *seen = json_pack("{s:s, s:s, s:o}", "mark", mark, "by", by, "at",
				 answer_instant(k, clock_now(k->core.clock)));
	char *key = xasprintf(SEEN "%s", name), *text = json_dumps(seen, JSON_COMPACT);
	store_meta_set(k->core.db, key, text == NULL ? "{}" : text);
	json_decref(seen);
	free(key);
	free(text);
}

json_t *method_status_ack(void *arg, struct call *call)
{
	struct kedjad *k = arg;
	struct outbox_figures figures = outbox_count(k->outbox);
	struct alarms alarms = { k, alarms_now(k, &figures), true };
	const char *name = call_text(call, "alarm");
	json_t *row = json_incref(find(alarms.rows, name));
	if (row == NULL) {
		refuse_unknown(call, alarms.rows, name);
	} else {
		const char *mark = json_string_value(json_object_get(row, "mark"));
		keep_seen(k, name, mark, call->actor);
		add_seen(&alarms, row, name, mark);
		log_notice("the alarm \"%s\" was seen by %s", name, call->actor);
	}
	json_decref(alarms.rows);
	return row;
}
