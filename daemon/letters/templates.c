/* SPDX-License-Identifier: EUPL-1.2 */
/* See templates.h. */
#include "daemon/letters/templates.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/base/file.h"
#include "rules/base/hash.h"

#define HTML "letter.html"

static const char *const languages[] = { "sv", "en" };
#define LANGUAGES (sizeof(languages) / sizeof(languages[0]))

static const char *const required[] = { "letter",  HTML,   "subject", "item",
					"minimal", "when", "brief",   "return" };
static const char *const parts[] = { ".when", ".dates" };

/* The names that templates may use; kedja-templates(5) says what each of them is. Of the case these
 * are all there is (I6): the name of a task is not among them, for somebody wrote it freely. */
#define ITEM_NAMES                                                                                 \
	"number", "subject", "case", "programme", "title", "month", "due", "late", "today",        \
	    "coming", "days", "one_day", "anchor_label", "anchor", "missed", "one_missed",         \
	    "only_told", "copy", "why_you", "stands_in", "others", "next", "next_to", "overdue",   \
	    "minimal", "covers_through", "safe_until", "notice_from", "recovery_last",             \
	    "served_on", "told_on", "decision_from", "none_open", "rent_unknown", "post_unknown",  \
	    "recovery_over", "excluded", "maybe_excluded", "lease_long", "lease_short",            \
	    "lease_unsure", "notice_given", "day_is_reckoned", "lease_ends_on", "month_after",     \
	    "done", "put_off", "who", "acknowledged", "until", "comes_back"
#define LETTER_NAMES                                                                               \
	"name", "count", "one", "report_how", "unit", "groups", "urgent", "is_urgent", "is_late",  \
	    "is_today", "is_coming", "items", "what", "when", "dates", "points", "point", "none",  \
	    "sections", "is_return", "is_handover", "is_calendar", "from_day", "to_day", "rows",   \
	    "row", "hidden", "more", "nothing"

static const char *const item_names[] = { ITEM_NAMES, NULL };
static const char *const subject_names[] = { "count", "one",    "none", "minimal",
					     "case",  "urgent", NULL };
static const char *const letter_names[] = { ITEM_NAMES, LETTER_NAMES, NULL };

struct template
{
	const char *language;
	char *name, *path;
	struct mustache *mustache;
	uint64_t version; /* of its text */
};

struct templates {
	struct template *list;
	size_t count, capacity;
};

/* ---- which rules a template serves, and which fields they have ---- */

static bool is_open_kind(enum field_type type)
{
	switch (type) {
	case FIELD_DATE:
	case FIELD_ID:
	case FIELD_TEXT:
		return true;
	case FIELD_AMOUNT:
	case FIELD_COUNT:
	case FIELD_FLAG:
	case FIELD_CODE:
	case FIELD_NUMBER:
		return false;
	}
	return false;
}

bool template_may_show(const struct field *field)
{
	return field->class == CLASS_OPEN && is_open_kind(field->type);
}

/* "rent-late.when" is about the same as "rent-late". */
static size_t base_length(const char *name)
{
	size_t length = strlen(name);
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		size_t part = strlen(parts[i]);
		if (length > part && strcmp(name + length - part, parts[i]) == 0)
			return length - part;
	}
	return length;
}

static bool is_named(const char *wanted, const char *base, size_t length)
{
	return wanted != NULL && strlen(wanted) == length && strncmp(wanted, base, length) == 0;
}

static bool serves(const struct rule *rule, const char *name)
{
	size_t length = base_length(name);
	if (is_named(rule->name, name, length))
		return true;
	for (size_t i = 0; i < rule->step_count; i++)
		if (is_named(rule->steps[i].template, name, length))
			return true;
	return false;
}

/* The events that a deadline of the rule can rest on. */
static size_t anchor_kind_count(const struct rule *rule)
{
	return rule->starts_count + (rule->repeat == REPEAT_NONE ? 0 : rule->done_count);
}

static const struct kind *anchor_kind(const struct rule *rule, size_t i)
{
	return i < rule->starts_count ? rule->starts[i].kind
				      : rule->done[i - rule->starts_count].kind;
}

struct serving {
	const struct ruleset *ruleset; /* or NULL */
	const char *name;              /* of the template */
	struct arena *arena;
	const char **names; /* item_names and those of events, ended by NULL */
	size_t count, capacity;
};

static bool is_listed(const struct serving *serving, const char *name)
{
	for (size_t i = 0; i < serving->count; i++)
		if (strcmp(serving->names[i], name) == 0)
			return true;
	return false;
}

/* Is a field of that name something else in another kind that a deadline may rest on? */
static const struct field *protected_field(const struct serving *serving, const char *name)
{
	const struct ruleset *ruleset = serving->ruleset;
	for (size_t i = 0; ruleset != NULL && i < ruleset->count; i++) {
		const struct rule *rule = &ruleset->rules[i];
		for (size_t j = 0; serves(rule, serving->name) && j < anchor_kind_count(rule);
		     j++) {
			const struct kind *kind = anchor_kind(rule, j);
			int place = kind_field(kind, name);
			if (place >= 0 && !template_may_show(&kind->fields[place]))
				return &kind->fields[place];
		}
	}
	return NULL;
}

static void add_name(struct serving *serving, const char *name)
{
	serving->names = arena_grow(serving->arena, serving->names, serving->count,
				    &serving->capacity, sizeof(*serving->names));
	serving->names[serving->count++] = name;
}

static void add_fields_of(struct serving *serving, const struct kind *kind)
{
	for (size_t i = 0; i < kind->field_count; i++) {
		const struct field *field = &kind->fields[i];
		const char *name = arena_printf(serving->arena, "event_%s", field->name);
		if (template_may_show(field) && !is_listed(serving, name) &&
		    protected_field(serving, field->name) == NULL)
			add_name(serving, name);
	}
}

static void find_names(struct serving *serving)
{
	const struct ruleset *ruleset = serving->ruleset;
	for (size_t i = 0; item_names[i] != NULL; i++)
		add_name(serving, item_names[i]);
	for (size_t i = 0; ruleset != NULL && i < ruleset->count; i++) {
		const struct rule *rule = &ruleset->rules[i];
		for (size_t j = 0; serves(rule, serving->name) && j < anchor_kind_count(rule); j++)
			add_fields_of(serving, anchor_kind(rule, j));
	}
	add_name(serving, NULL);
}

/* A mustache_refuse. */
static char *refuse(void *arg, const char *name)
{
	static const char prefix[] = "event_";
	const struct serving *serving = arg;
	if (strncmp(name, prefix, strlen(prefix)) != 0)
		return NULL;
	const struct field *field = protected_field(serving, name + strlen(prefix));
	if (field == NULL)
		return xasprintf("unknown name \"%s\": no event that the rule rests on has an open "
				 "field \"%s\"",
				 name, name + strlen(prefix));
	if (field->class != CLASS_OPEN)
		return xasprintf(
		    "the field \"%s\" is of class \"%s\" and may stand in no letter: only "
		    "open ones may",
		    field->name, field_class_name(field->class));
	return xasprintf("the field \"%s\" is a %s: a letter can show dates, ids and texts",
			 field->name, field_type_name(field->type));
}

/* ---- loading ---- */

static struct mustache *parse(const struct serving *serving, const char *text, size_t length,
			      const char *path, struct problems *problems)
{
	const char *name = serving->name;
	if (strcmp(name, "letter") == 0 || strcmp(name, HTML) == 0)
		return mustache_parse(text, length, path, letter_names, problems);
	if (strcmp(name, "subject") == 0)
		return mustache_parse(text, length, path, subject_names, problems);
	return mustache_parse_with(text, length, path, serving->names, refuse,
				   (void *)(uintptr_t)serving, problems);
}

/* The longest letters, and a page of one: all that is told in full has its days and those who have
 * put it off; of what is told in a line each there are many. */
#define SECTIONS                                                                                   \
	{ "sections", 10 },                                                                        \
	{                                                                                          \
		"rows", LETTER_ROWS_MOST                                                           \
	}
static const struct mustache_list longest[][7] = {
	{ { "groups", 1 }, { "items", LETTER_ITEMS_MOST }, SECTIONS, { NULL, 0 } },
	{ { "groups", 4 }, { "items", LETTER_ITEMS_MOST / 4 }, SECTIONS, { NULL, 0 } },
	{ { "items", LETTER_FULL_MOST },
	  { "points", 20 },
	  { "put_off", 10 },
	  SECTIONS,
	  { NULL, 0 } },
};

static void check_end(const struct mustache *mustache, struct problems *problems)
{
	for (size_t i = 0; i < sizeof(longest) / sizeof(longest[0]); i++) {
		int line;
		if (mustache_steps(mustache, longest[i], &line) <= MUSTACHE_STEPS_MOST)
			continue;
		problem_add(problems, mustache_file(mustache), line,
			    "a letter of %zu reminders would come by here so often that it never "
			    "ends: repeat nothing within itself, and end a section before it "
			    "begins again",
			    LETTER_ITEMS_MOST);
		return;
	}
}

/* Takes path and name over. */
static void load_file(struct templates *templates, const char *language, char *path, char *name,
		      const struct ruleset *ruleset, struct problems *problems)
{
	size_t length;
	struct serving serving = { .ruleset = ruleset, .name = name, .arena = arena_new() };
	char *text = file_read(path, &length, problems);
	find_names(&serving);
	struct mustache *mustache =
	    text == NULL ? NULL : parse(&serving, text, length, path, problems);
	uint64_t version = text == NULL ? 0 : hash_bytes(HASH_START, text, length);
	free(text);
	arena_free(serving.arena);
	if (mustache != NULL)
		check_end(mustache, problems);
	if (mustache == NULL) {
		free(name);
		free(path);
		return;
	}
	templates->list = array_grow(templates->list, templates->count, &templates->capacity,
				     sizeof(templates->list[0]));
	templates->list[templates->count++] =
	    (struct template){ language, name, path, mustache, version };
}

static int is_template(const struct dirent *entry)
{
	size_t length = strlen(entry->d_name);
	return (entry->d_name[0] != '.' && length > 4 &&
		strcmp(entry->d_name + length - 4, ".txt") == 0) ||
	       strcmp(entry->d_name, HTML) == 0;
}

static char *name_of(const char *file)
{
	return strcmp(file, HTML) == 0 ? xstrdup(file)
				       : xasprintf("%.*s", (int)strlen(file) - 4, file);
}

static void load_language(struct templates *templates, const char *dir, const char *language,
			  const struct ruleset *ruleset, struct problems *problems)
{
	char *folder = xasprintf("%s/%s", dir, language);
	struct dirent **entries;
	int count = scandir(folder, &entries, is_template, alphasort);
	if (count < 0)
		problem_add(problems, folder, 0, "this folder cannot be read: %s", strerror(errno));
	for (int i = 0; i < count; i++) {
		load_file(templates, language, xasprintf("%s/%s", folder, entries[i]->d_name),
			  name_of(entries[i]->d_name), ruleset, problems);
		free(entries[i]);
	}
	if (count >= 0)
		free(entries);
	free(folder);
}

static const struct template *find_twin(const struct templates *templates,
					const struct template *one)
{
	for (size_t i = 0; i < templates->count; i++)
		if (strcmp(templates->list[i].name, one->name) == 0 &&
		    strcmp(templates->list[i].language, one->language) == 0)
			return &templates->list[i];
	return NULL;
}

static void tell_change(const struct template *one, const char *what, templates_change *change,
			void *arg)
{
	char *file = xasprintf("%s/%s", one->language, strrchr(one->path, '/') + 1);
	change(arg, file, what);
	free(file);
}

void templates_compare(const struct templates *from, const struct templates *to,
		       templates_change *change, void *arg)
{
	for (size_t i = 0; i < to->count; i++) {
		const struct template *was = find_twin(from, &to->list[i]);
		if (was == NULL || was->version != to->list[i].version)
			tell_change(&to->list[i], was == NULL ? "added" : "changed", change, arg);
	}
	for (size_t i = 0; i < from->count; i++)
		if (find_twin(to, &from->list[i]) == NULL)
			tell_change(&from->list[i], "removed", change, arg);
}

const struct mustache *templates_find(const struct templates *templates, const char *language,
				      const char *name)
{
	for (size_t i = 0; i < templates->count; i++) {
		const struct template *template = &templates->list[i];
		if (strcmp(template->language, language) == 0 && strcmp(template->name, name) == 0)
			return template->mustache;
	}
	return NULL;
}

static void check_required(const struct templates *templates, const char *dir, const char *language,
			   struct problems *problems)
{
	for (size_t i = 0; i < sizeof(required) / sizeof(required[0]); i++) {
		const char *ending = strcmp(required[i], HTML) == 0 ? "" : ".txt";
		if (templates_find(templates, language, required[i]) == NULL)
			problem_add(problems, dir, 0, "the template %s/%s%s is missing", language,
				    required[i], ending);
	}
}

/* Steps that name a template have it in every language. */
static void check_steps(const struct templates *templates, const struct rule *rule,
			struct problems *problems)
{
	for (size_t i = 0; i < rule->step_count; i++) {
		const struct step *step = &rule->steps[i];
		for (size_t j = 0; step->template != NULL && j < LANGUAGES; j++)
			if (templates_find(templates, languages[j], step->template) == NULL)
				problem_add(problems, rule_place(rule, "steps").file, step->line,
					    "template: there is no \"%s\" in %s: write "
					    "templates/%s/%s.txt, or leave it out",
					    step->template, languages[j], languages[j],
					    step->template);
	}
}

static void check_whole(const struct templates *templates, const char *dir,
			const struct ruleset *ruleset, struct problems *problems)
{
	for (size_t i = 0; i < LANGUAGES; i++)
		check_required(templates, dir, languages[i], problems);
	for (size_t i = 0; ruleset != NULL && i < ruleset->count; i++)
		check_steps(templates, &ruleset->rules[i], problems);
}

struct templates *templates_load(const char *dir, const struct ruleset *ruleset,
				 struct problems *problems)
{
	struct templates *templates = xcalloc(1, sizeof(*templates));
	size_t before = problems->count;
	for (size_t i = 0; i < LANGUAGES; i++)
		load_language(templates, dir, languages[i], ruleset, problems);
	if (problems->count == before) /* a template that is wrong is not missing */
		check_whole(templates, dir, ruleset, problems);
	if (problems->count == before)
		return templates;
	templates_free(templates);
	return NULL;
}

void templates_free(struct templates *templates)
{
	if (templates == NULL)
		return;
	for (size_t i = 0; i < templates->count; i++) {
		free(templates->list[i].name);
		free(templates->list[i].path);
		mustache_free(templates->list[i].mustache);
	}
	free(templates->list);
	free(templates);
}

bool templates_has_file(const struct templates *templates, const char *file)
{
	for (size_t i = 0; i < templates->count; i++)
		if (strcmp(templates->list[i].path, file) == 0)
			return true;
	return false;
}

size_t templates_count(const struct templates *templates)
{
	return templates->count;
}

/* ---- review ---- */

static bool is_general(const char *name)
{
	for (size_t i = 0; i < sizeof(required) / sizeof(required[0]); i++)
		if (strcmp(required[i], name) == 0)
			return true;
	return false;
}

static bool serves_any(const struct ruleset *ruleset, const char *name)
{
	for (size_t i = 0; i < ruleset->count; i++)
		if (serves(&ruleset->rules[i], name))
			return true;
	for (size_t i = 0; i < ruleset->disabled_count; i++)
		if (is_named(ruleset->disabled[i], name, base_length(name)))
			return true;
	return false;
}

void templates_review(const struct templates *templates, const struct ruleset *ruleset,
		      struct problems *problems)
{
	for (size_t i = 0; i < templates->count; i++) {
		const struct template *template = &templates->list[i];
		if (!is_general(template->name) && !serves_any(ruleset, template->name))
			problem_add(problems, template->path, 0,
				    "no rule and no step uses this template: its name must be that "
				    "of a rule, or a step must name it");
		for (size_t j = 0; j < LANGUAGES; j++)
			if (templates_find(templates, languages[j], template->name) == NULL)
				problem_add(
				    problems, template->path, 0,
				    "it is missing in %s: readers of that language would get "
				    "the general text",
				    languages[j]);
	}
}
