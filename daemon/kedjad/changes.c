/* SPDX-License-Identifier: EUPL-1.2 */
/* See kedjad_own.h: what another configuration changes, and what of the open would be lost by it.
 */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/base/log.h"
#include "daemon/kedjad/kedjad_own.h"
#include "daemon/store/figure.h"

static const char *text_of(const struct office *office, const char *file)
{
	for (size_t i = 0; i < office->text_count; i++)
		if (strcmp(office->texts[i].file, file) == 0)
			return office->texts[i].text;
	return NULL;
}

static void add_change(json_t *rows, const char *key, const char *name, const char *change)
{
	json_array_append_new(rows, json_pack("{s:s, s:s}", key, name, "change", change));
}

static json_t *changed_files(const struct office *from, const struct office *to)
{
	json_t *rows = json_array();
	for (size_t i = 0; i < to->text_count; i++) {
		const char *was = text_of(from, to->texts[i].file);
		if (was == NULL || strcmp(was, to->texts[i].text) != 0)
			add_change(rows, "file", to->texts[i].file,
				   was == NULL ? "added" : "changed");
	}
	for (size_t i = 0; i < from->text_count; i++)
		if (text_of(to, from->texts[i].file) == NULL)
			add_change(rows, "file", from->texts[i].file, "removed");
	return rows;
}

static json_t *changed_rules(const struct ruleset *from, const struct ruleset *to)
{
	json_t *rows = json_array();
	for (size_t i = 0; i < to->count; i++) {
		const struct rule *was = ruleset_find(from, to->rules[i].name);
		if (was == NULL || was->version != to->rules[i].version)
			add_change(rows, "rule", to->rules[i].name,
				   was == NULL ? "added" : "changed");
	}
	for (size_t i = 0; i < from->count; i++)
		if (ruleset_find(to, from->rules[i].name) == NULL)
			add_change(rows, "rule", from->rules[i].name, "removed");
	return rows;
}

/* A settings_differ. */
static void add_setting(void *rows, const char *name)
{
	json_array_append_new(rows, json_string(name));
}

static json_t *changed_settings(const struct settings *from, const struct settings *to)
{
	json_t *rows = json_array();
	if (from != NULL && to != NULL)
		settings_compare(from, to, add_setting, rows);
	return rows;
}

/* A templates_change. */
static void add_template(void *rows, const char *file, const char *change)
{
	add_change(rows, "file", file, change);
}

static json_t *changed_templates(const struct templates *from, const struct templates *to)
{
	json_t *rows = json_array();
	if (from != NULL && to != NULL)
		templates_compare(from, to, add_template, rows);
	return rows;
}

/* --- what is lost --------------------------------------------------------------------------- */

static bool is_renamed(const struct ruleset *ruleset, const char *name)
{
	for (size_t i = 0; i < ruleset->count; i++)
		if (ruleset->rules[i].was != NULL && strcmp(ruleset->rules[i].was, name) == 0)
			return true;
	return false;
}

static bool is_gone(const struct ruleset *ruleset, const char *rule)
{
	return ruleset_find(ruleset, rule) == NULL && !ruleset_is_disabled(ruleset, rule) &&
	       !is_renamed(ruleset, rule);
}

/* Deadlines whose rule, or the kind of event they count from, is nowhere any more. */
static void add_lost_deadlines(const struct kedjad *k, const struct office *office, json_t *rows)
{
	struct query *q =
	    db_query(k->core.db, "SELECT d.rule, e.kind, count(*) FROM deadline d LEFT JOIN event e"
				 " ON e.id = d.anchor_event WHERE d.state IN ('open', 'asleep')"
				 " GROUP BY d.rule, e.kind ORDER BY d.rule, e.kind");
	while (db_next(q)) {
		const char *rule = db_text(q, 0), *kind = db_text(q, 1);
		bool rule_goes = is_gone(office->ruleset, rule);
		bool kind_goes = kind != NULL && chain_kind(office->chain, kind) == NULL &&
				 !ruleset_is_disabled(office->ruleset, rule);
		if (rule_goes || kind_goes)
			json_array_append_new(rows,
					      json_pack("{s:s, s:s?, s:I}", "rule", rule, "kind",
							rule_goes ? NULL : kind, "deadlines",
							(json_int_t)db_int(q, 2)));
	}
	db_done(q);
}

/* Events of a kind that nobody knows any more count for nothing, whatever rests on them today. */
static void add_lost_events(const struct kedjad *k, const struct office *office, json_t *rows)
{
	const struct kind *kind;
	for (size_t i = 0; (kind = chain_kind_at(k->core.office->chain, i)) != NULL; i++) {
		if (chain_kind(office->chain, kind->name) != NULL)
			continue;
		int64_t count = figure_of(k->core.db, "events", kind->name);
		if (count > 0)
			json_array_append_new(rows, json_pack("{s:s, s:I}", "kind", kind->name,
							      "events", (json_int_t)count));
	}
}

static json_t *what_is_lost(const struct kedjad *k, const struct office *office)
{
	json_t *rows = json_array();
	add_lost_deadlines(k, office, rows);
	add_lost_events(k, office, rows);
	return rows;
}

static const char *text_in(const json_t *row, const char *key)
{
	return json_string_value(json_object_get(row, key));
}

static long long number_in(const json_t *row, const char *key)
{
	return (long long)json_integer_value(json_object_get(row, key));
}

/* The caller frees it. */
static char *lost_text(const json_t *row)
{
	const char *rule = text_in(row, "rule"), *kind = text_in(row, "kind");
	if (rule == NULL)
		return xasprintf("the kind %s is in chain.conf no more, and %lld events of it are "
				 "recorded, which count for nothing without it: let it stay there",
				 kind, number_in(row, "events"));
	if (kind != NULL)
		return xasprintf("the kind %s is in chain.conf no more, and %lld open deadlines of "
				 "the rule %s count from it: let it stay there",
				 kind, number_in(row, "deadlines"), rule);
	return xasprintf("the rule %s is in no file any more, and %lld deadlines of it are open: "
			 "if it has another name now, write was = \"%s\" there; if it shall end, "
			 "disable = [ \"%s\" ]",
			 rule, number_in(row, "deadlines"), rule, rule);
}

void kedjad_refuse_lost(const json_t *lost, struct problems *problems)
{
	for (size_t i = 0; i < json_array_size(lost); i++) {
		char *text = lost_text(json_array_get(lost, i));
		problem_add(problems, "", 0, "%s; or kedjactl rules reload --force, and they go",
			    text);
		free(text);
	}
}

void kedjad_tell_lost(const struct kedjad *k)
{
	json_t *lost = json_array();
	add_lost_deadlines(k, k->core.office, lost);
	for (size_t i = 0; i < json_array_size(lost); i++) {
		char *text = lost_text(json_array_get(lost, i));
		log_warning("at this start deadlines go: %s", text);
		free(text);
	}
	json_decref(lost);
}

/* --- the whole ------------------------------------------------------------------------------ */

void kedjad_compare(const struct kedjad *k, const struct office *office,
		    const struct templates *templates, struct brought *ret)
{
	const struct office *now = k->core.office;
	bool changed = office->ruleset->version != now->ruleset->version;
	*ret = (struct brought){
		.office = office,
		.ruleset = office->ruleset,
		.changed = changed,
		.files = changed_files(now, office),
		.rules = changed_rules(now->ruleset, office->ruleset),
		.settings = changed_settings(now->settings, office->settings),
		.templates = changed_templates(k->templates, templates),
		.lost = changed ? what_is_lost(k, office) : json_array(),
	};
}

void brought_clear(struct brought *brought)
{
	json_decref(brought->files);
	json_decref(brought->rules);
	json_decref(brought->settings);
	json_decref(brought->templates);
	json_decref(brought->lost);
	*brought = (struct brought){ 0 };
}

char *kedjad_swap_line(const struct brought *brought, const char *by)
{
	long long deadlines = 0;
	for (size_t i = 0; i < json_array_size(brought->lost); i++)
		deadlines += number_in(json_array_get(brought->lost, i), "deadlines");
	char *going = deadlines == 0 ? xstrdup("")
				     : xasprintf("; %lld open deadlines go with them", deadlines);
	char *line = xasprintf(
	    "configuration taken, asked for by %s: %zu rules, %s (%zu of them); %zu settings, %zu "
	    "templates changed%s",
	    by, brought->ruleset->count, brought->changed ? "changed" : "no change",
	    json_array_size(brought->rules), json_array_size(brought->settings),
	    json_array_size(brought->templates), going);
	free(going);
	return line;
}
