/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * What is recorded is read: every kind of events, every field of one, and every role that ships is
 * looked at by a shipped rule, or by the code that tests/tables/read.tab names (which must name it
 * in return), or stands there with the reason why nothing looks at it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "rules/facts/facts.h"
#include "rules/language/load.h"
#include "tests/unit/office_fixture.h"
#include "tests/unit/shipped.h"
#include "tests/unit/tab.h"

#define TABLE "tests/tables/read.tab"

static int set_up(void **state)
{
	struct source files[STORY_FILES];
	(void)state;
	chain = story_chain();
	calendar = shipped_calendar();
	size_t count = story_shipped(files);
	ruleset = story_load(files, count, chain, calendar);
	story_sources_free(files, count);
	return 0;
}

/* --- what rules look at ----------------------------------------------------------------------- */

static bool is_among(const struct kind_ref *refs, size_t count, const struct kind *kind)
{
	for (size_t i = 0; i < count; i++)
		if (refs[i].kind == kind)
			return true;
	return false;
}

static bool is_agreed(const struct rule *rule, const struct kind *kind, const char *field)
{
	for (size_t i = 0; i < rule->agreed_count; i++) {
		const struct agreed_ref *ref = &rule->agreed[i];
		bool renews = is_among(rule->starts, rule->starts_count, kind) ||
			      is_among(rule->done, rule->done_count, kind);
		if ((ref->kind == kind || (ref->kind == NULL && renews)) &&
		    (field == NULL || strcmp(ref->field, field) == 0))
			return true;
	}
	return false;
}

static bool rule_reads_kind(const struct rule *rule, const struct kind *kind)
{
	return is_among(rule->starts, rule->starts_count, kind) ||
	       is_among(rule->done, rule->done_count, kind) ||
	       is_among(rule->cancels, rule->cancels_count, kind) || is_agreed(rule, kind, NULL);
}

static bool is_named(const char *const *names, size_t count, const char *name)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(names[i], name) == 0)
			return true;
	return false;
}

static bool rule_reads_field(const struct rule *rule, const struct kind *kind, const char *field)
{
	if (is_agreed(rule, kind, field) ||
	    (kind->counts_on != NULL && strcmp(kind->counts_on, field) == 0 &&
	     is_among(rule->done, rule->done_count, kind)))
		return true;
	if (!is_among(rule->starts, rule->starts_count, kind))
		return false;
	return (rule->from != NULL && strcmp(rule->from, field) == 0) ||
	       is_named(rule->event_fields, rule->event_field_count, field) ||
	       is_named(rule->role_fields, rule->role_field_count, field);
}

static bool rule_names_role(const struct rule *rule, const struct role *role)
{
	for (size_t i = 0; i < rule->step_count; i++) {
		const struct step *step = &rule->steps[i];
		for (size_t j = 0; j < step->to_count + step->cc_count; j++)
			if ((j < step->to_count ? step->to[j] : step->cc[j - step->to_count])
				.role == role)
				return true;
	}
	return false;
}

static bool rules_read(const struct kind *kind, const char *field, const struct role *role)
{
	for (size_t i = 0; i < ruleset->count; i++) {
		const struct rule *rule = &ruleset->rules[i];
		if (kind == NULL    ? rule_names_role(rule, role)
		    : field == NULL ? rule_reads_kind(rule, kind)
				    : rule_reads_field(rule, kind, field))
			return true;
	}
	return false;
}

/* --- what the table says ---------------------------------------------------------------------- */

struct row {
	char *what; /* "kind", "kind field", "role NAME" */
	bool used;
};

static struct row rows[400];
static size_t row_count;
static int failed;

/* The code that reads it names it: the last word of `what`, in quotation marks. */
static void check_place(const struct tab *tab)
{
	const char *space = strrchr(tab->field[0], ' ');
	char *word = xasprintf("\"%s\"", space == NULL ? tab->field[0] : space + 1);
	char *text = shipped_text(tab->field[1]);
	if (strstr(text, word) == NULL) {
		print_message("%s:%d: %s does not name %s\n", tab->path, tab->line, tab->field[1],
			      word);
		failed++;
	}
	free(text);
	free(word);
}

static void read_table(void)
{
	struct tab tab;
	for (tab_open(&tab, TABLE, 3); tab_next(&tab);) {
		assert_true(row_count < sizeof(rows) / sizeof(rows[0]));
		rows[row_count++] = (struct row){ xstrdup(tab.field[0]), false };
		if (strcmp(tab.field[1], "-") != 0)
			check_place(&tab);
	}
}

static void judge(bool is_read, char *what)
{
	struct row *found = NULL;
	for (size_t i = 0; i < row_count; i++)
		if (strcmp(rows[i].what, what) == 0)
			found = &rows[i];
	if (found != NULL)
		found->used = true;
	if (is_read == (found == NULL)) {
		free(what);
		return;
	}
	print_message(is_read ? TABLE ": \"%s\" is read by a rule: its line goes\n"
			      : TABLE ": nothing reads \"%s\": a rule, a line there, or it goes\n",
		      what);
	failed++;
	free(what);
}

static void what_is_recorded_is_read(void **state)
{
	const struct kind *kind;
	const struct role *role;
	(void)state;
	read_table();
	for (size_t i = 0; (kind = chain_kind_at(chain, i)) != NULL; i++) {
		judge(rules_read(kind, NULL, NULL), xstrdup(kind->name));
		for (size_t j = 0; j < kind->field_count; j++)
			judge(rules_read(kind, kind->fields[j].name, NULL),
			      xasprintf("%s %s", kind->name, kind->fields[j].name));
	}
	for (size_t i = 0; (role = chain_role_at(chain, i)) != NULL; i++)
		judge(rules_read(NULL, NULL, role), xasprintf("role %s", role->name));
	for (size_t i = 0; i < row_count; i++) {
		if (!rows[i].used)
			print_message(TABLE ": there is no \"%s\"\n", rows[i].what);
		failed += !rows[i].used;
		free(rows[i].what);
	}
	assert_int_equal(failed, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(what_is_recorded_is_read) };
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
