/* SPDX-License-Identifier: EUPL-1.2 */
/* See templates.h. */
#include "daemon/letters/templates.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/base/file.h"
#include "daemon/letters/serving.h"
#include "rules/base/hash.h"

#define PAGE       "letter.html"
#define WORDS_FILE "words.conf"
#define GENERAL    "item"

static const char *const languages[] = { "sv", "en" };
#define LANGUAGES (sizeof(languages) / sizeof(languages[0]))

#define PAGE_NAMES                                                                                 \
	"language", "title", "blocks", "is_section", "is_late", "is_today", "is_heading",          \
	    "is_single", "is_case", "is_text", "is_small", "is_point", "is_table", "number",       \
	    "text", "below", "heads", "rows", "cells"

static const char *const page_names[] = { PAGE_NAMES, NULL };

/* The parts of a rule's file, in the order of reading. */
static const struct part_row {
	const char *name;
	bool required;
} part_rows[PARTS] = {
	[PART_HEADING] = { "heading", true }, [PART_DAY] = { "day", false },
	[PART_LINE] = { "line", false },      [PART_ADVICE] = { "advice", true },
	[PART_LAW] = { "law", false },        [PART_ELSE] = { "else", false },
	[PART_DAYS] = { "days", false },
};

struct template
{
	const char *language;
	char *name, *path;
	struct mustache *parts[PARTS];
};

/* What all of it was read from. */
struct origin {
	char *path;
	size_t folder; /* bytes of the path before its own name, "sv/rent-late.txt" */
	uint64_t version;
};

struct templates {
	struct template *list;
	size_t count, capacity;
	struct origin *origins;
	size_t origin_count, origin_capacity;
	size_t folder;
	struct words *words[LANGUAGES];
	struct mustache *page;
};

/* ---- loading ---- */

/* NULL with a problem; the caller frees it. */
static char *read_origin(struct templates *templates, const char *path, size_t *ret_length,
			 struct problems *problems)
{
	char *text = file_read(path, ret_length, problems);
	if (text == NULL)
		return NULL;
	templates->origins = array_grow(templates->origins, templates->origin_count,
					&templates->origin_capacity, sizeof(*templates->origins));
	templates->origins[templates->origin_count++] =
	    (struct origin){ xstrdup(path), templates->folder,
			     hash_bytes(HASH_START, text, *ret_length) };
	return text;
}

/* A line that begins a part: "[advice]"; PARTS if it begins none. */
static enum part part_of(const char *line, size_t length)
{
	while (length > 0 && strchr(" \t\r", line[length - 1]) != NULL)
		length--;
	if (length < 3 || line[0] != '[' || line[length - 1] != ']')
		return PARTS;
	for (size_t i = 0; i < PARTS; i++)
		if (strlen(part_rows[i].name) == length - 2 &&
		    strncmp(line + 1, part_rows[i].name, length - 2) == 0)
			return (enum part)i;
	return PARTS;
}

/* "[advise]": meant to begin a part. */
static bool looks_like_part(const char *line, size_t length)
{
	size_t i = 1;
	while (i < length && ((line[i] >= 'a' && line[i] <= 'z') || line[i] == '_'))
		i++;
	return length > 2 && line[0] == '[' && i > 1 && line[i] == ']' &&
	       strspn(line + i + 1, " \t\r") == length - i - 1;
}

static void refuse_part(const char *line, const char *path, int number, struct problems *problems)
{
	const char *names[PARTS + 1] = { NULL };
	char *name = xasprintf("%.*s", (int)strcspn(line + 1, "]"), line + 1);
	for (size_t i = 0; i < PARTS; i++)
		names[i] = part_rows[i].name;
	problem_add(problems, path, number, "unknown part \"%s\"", name);
	problem_hint(problems, name, names, "see kedja-templates(5)");
	free(name);
}

/* A part from `text` on, which begins at this line of the file. */
static void parse_part(struct template *template, enum part part, const struct serving *serving,
		       const char *text, size_t length, int line, struct problems *problems)
{
	struct problems found = PROBLEMS_NONE;
	if (template->parts[part] != NULL)
		problem_add(problems, template->path, line - 1, "the part [%s] stands twice",
			    part_rows[part].name);
	mustache_free(template->parts[part]);
	template->parts[part] =
	    mustache_parse_with(text, length, template->path, serving->names, serving_refuse,
				(void *)(uintptr_t)serving, &found);
	for (size_t i = 0; i < found.count; i++)
		problem_add(problems, template->path, line + found.list[i].line - 1, "%s",
			    found.list[i].text);
	problems_clear(&found);
}

/* What stands before the first part may be comments, and nothing else. */
static void check_before(const struct template *template, const char *text, size_t length,
			 struct problems *problems)
{
	struct problems found = PROBLEMS_NONE;
	struct mustache *mustache = mustache_parse(text, length, template->path, NULL, &found);
	json_t *nothing = json_object();
	char *said = mustache == NULL ? NULL : mustache_render(mustache, nothing, false);
	for (size_t i = 0; i < found.count; i++)
		problem_add(problems, template->path, found.list[i].line, "%s", found.list[i].text);
	if (said != NULL && said[strspn(said, " \t\r\n")] != '\0')
		problem_add(problems, template->path, 1,
			    "text before the first part: a template consists of parts, each "
			    "begun by a line such as [heading] or [advice]");
	problems_clear(&found);
	mustache_free(mustache);
	json_decref(nothing);
	free(said);
}

static void check_parts(const struct template *template, struct problems *problems)
{
	for (size_t i = 0; i < PARTS; i++)
		if (part_rows[i].required && template->parts[i] == NULL)
			problem_add(problems, template->path, 0, "the part [%s] is missing",
				    part_rows[i].name);
}

static void end_part(struct template *template, enum part part, const struct serving *serving,
		     const char *text, size_t length, int line, struct problems *problems)
{
	if (part == PARTS)
		check_before(template, text, length, problems);
	else
		parse_part(template, part, serving, text, length, line, problems);
}

static void parse_parts(struct template *template, const struct serving *serving, const char *text,
			size_t length, struct problems *problems)
{
	size_t before = problems->count, begin = 0;
	enum part part = PARTS;
	int line = 1, first = 1;
	for (size_t at = 0; at < length; line++) {
		const char *end = memchr(text + at, '\n', length - at);
		size_t wide = end == NULL ? length - at : (size_t)(end - (text + at));
		size_t after = end == NULL ? length : at + wide + 1;
		enum part next = part_of(text + at, wide);
		if (next != PARTS) {
			end_part(template, part, serving, text + begin, at - begin, first,
				 problems);
			part = next;
			begin = after;
			first = line + 1;
		} else if (looks_like_part(text + at, wide)) {
			refuse_part(text + at, template->path, line, problems);
		}
		at = after;
	}
	end_part(template, part, serving, text + begin, length - begin, first, problems);
	if (problems->count == before)
		check_parts(template, problems);
}

static void template_clear(struct template *template)
{
	for (size_t i = 0; i < PARTS; i++)
		mustache_free(template->parts[i]);
	free(template->name);
	free(template->path);
}

/* Takes path and name over. */
static void load_file(struct templates *templates, const char *language, char *path, char *name,
		      const struct ruleset *ruleset, struct problems *problems)
{
	size_t length, before = problems->count;
	struct serving serving = { .ruleset = ruleset, .name = name, .arena = arena_new() };
	struct template template = { language, name, path, { NULL } };
	char *text = read_origin(templates, path, &length, problems);
	serving_find_names(&serving);
	/* what is no text is said of the whole file */
	struct mustache *whole =
	    text == NULL ? NULL : mustache_parse(text, length, path, NULL, problems);
	if (whole != NULL)
		parse_parts(&template, &serving, text, length, problems);
	mustache_free(whole);
	free(text);
	arena_free(serving.arena);
	if (problems->count > before) {
		template_clear(&template);
		return;
	}
	templates->list = array_grow(templates->list, templates->count, &templates->capacity,
				     sizeof(templates->list[0]));
	templates->list[templates->count++] = template;
}

static int is_template(const struct dirent *entry)
{
	size_t length = strlen(entry->d_name);
	return entry->d_name[0] != '.' && length > 4 &&
	       strcmp(entry->d_name + length - 4, ".txt") == 0;
}

static void load_words(struct templates *templates, size_t language, const char *path,
		       struct problems *problems)
{
	size_t length;
	char *text = read_origin(templates, path, &length, problems);
	if (text != NULL)
		templates->words[language] = words_parse(text, length, path, problems);
	free(text);
}

static void load_language(struct templates *templates, const char *dir, size_t language,
			  const struct ruleset *ruleset, struct problems *problems)
{
	char *folder = xasprintf("%s/%s", dir, languages[language]);
	char *words = xasprintf("%s/%s", folder, WORDS_FILE);
	struct dirent **entries;
	int count = scandir(folder, &entries, is_template, alphasort);
	if (count < 0)
		problem_add(problems, folder, 0, "this folder cannot be read: %s", strerror(errno));
	else
		load_words(templates, language, words, problems);
	for (int i = 0; i < count; i++) {
		const char *name = entries[i]->d_name;
		load_file(templates, languages[language], xasprintf("%s/%s", folder, name),
			  xasprintf("%.*s", (int)strlen(name) - 4, name), ruleset, problems);
		free(entries[i]);
	}
	if (count >= 0)
		free(entries);
	free(words);
	free(folder);
}

/* The longest letters: of many blocks, of one long table, of many tables. */
static const struct mustache_list longest[][5] = {
	{ { "blocks", 3 * LETTER_ITEMS_MOST }, { "below", 12 }, { NULL, 0 } },
	{ { "blocks", 1 },
	  { "heads", 6 },
	  { "rows", LETTER_ITEMS_MOST },
	  { "cells", 6 },
	  { NULL, 0 } },
	{ { "blocks", 20 },
	  { "heads", 6 },
	  { "rows", LETTER_ROWS_MOST },
	  { "cells", 6 },
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

static void load_page(struct templates *templates, const char *dir, struct problems *problems)
{
	char *path = xasprintf("%s/%s", dir, PAGE);
	size_t length;
	char *text = read_origin(templates, path, &length, problems);
	if (text != NULL)
		templates->page = mustache_parse(text, length, path, page_names, problems);
	if (templates->page != NULL)
		check_end(templates->page, problems);
	free(text);
	free(path);
}

static const struct template *find(const struct templates *templates, const char *language,
				   const char *name)
{
	for (size_t i = 0; i < templates->count; i++) {
		const struct template *template = &templates->list[i];
		if (strcmp(template->language, language) == 0 && strcmp(template->name, name) == 0)
			return template;
	}
	return NULL;
}

const struct mustache *templates_part(const struct templates *templates, const char *language,
				      const char *name, enum part part)
{
	const struct template *found = find(templates, language, name);
	if (found == NULL)
		found = find(templates, language, GENERAL);
	return found == NULL ? NULL : found->parts[part];
}

const struct words *templates_words(const struct templates *templates, const char *language)
{
	for (size_t i = 0; i < LANGUAGES; i++)
		if (strcmp(languages[i], language) == 0)
			return templates->words[i];
	return NULL;
}

const struct mustache *templates_page(const struct templates *templates)
{
	return templates->page;
}

/* Steps that name a template have it in every language. */
static void check_steps(const struct templates *templates, const struct rule *rule,
			struct problems *problems)
{
	for (size_t i = 0; i < rule->step_count; i++) {
		const struct step *step = &rule->steps[i];
		for (size_t j = 0; step->template != NULL && j < LANGUAGES; j++)
			if (find(templates, languages[j], step->template) == NULL)
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
		if (find(templates, languages[i], GENERAL) == NULL)
			problem_add(problems, dir, 0, "the template %s/%s.txt is missing",
				    languages[i], GENERAL);
	for (size_t i = 0; ruleset != NULL && i < ruleset->count; i++)
		check_steps(templates, &ruleset->rules[i], problems);
}

struct templates *templates_load(const char *dir, const struct ruleset *ruleset,
				 struct problems *problems)
{
	struct templates *templates = xcalloc(1, sizeof(*templates));
	size_t before = problems->count;
	templates->folder = strlen(dir) + 1;
	for (size_t i = 0; i < LANGUAGES; i++)
		load_language(templates, dir, i, ruleset, problems);
	load_page(templates, dir, problems);
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
	for (size_t i = 0; i < templates->count; i++)
		template_clear(&templates->list[i]);
	for (size_t i = 0; i < LANGUAGES; i++)
		words_free(templates->words[i]);
	for (size_t i = 0; i < templates->origin_count; i++)
		free(templates->origins[i].path);
	mustache_free(templates->page);
	free(templates->origins);
	free(templates->list);
	free(templates);
}

/* ---- which files they are, and which differ ---- */

static const char *own_name(const struct origin *origin)
{
	return origin->path + origin->folder;
}

static const struct origin *find_twin(const struct templates *templates, const struct origin *one)
{
	for (size_t i = 0; i < templates->origin_count; i++)
		if (strcmp(own_name(&templates->origins[i]), own_name(one)) == 0)
			return &templates->origins[i];
	return NULL;
}

void templates_compare(const struct templates *from, const struct templates *to,
		       templates_change *change, void *arg)
{
	for (size_t i = 0; i < to->origin_count; i++) {
		const struct origin *is = &to->origins[i], *was = find_twin(from, is);
		if (was == NULL || was->version != is->version)
			change(arg, own_name(is), was == NULL ? "added" : "changed");
	}
	for (size_t i = 0; i < from->origin_count; i++)
		if (find_twin(to, &from->origins[i]) == NULL)
			change(arg, own_name(&from->origins[i]), "removed");
}

bool templates_has_file(const struct templates *templates, const char *file)
{
	for (size_t i = 0; i < templates->origin_count; i++)
		if (strcmp(templates->origins[i].path, file) == 0)
			return true;
	return false;
}

size_t templates_count(const struct templates *templates)
{
	return templates->count;
}

/* ---- review ---- */

static bool serves_any(const struct ruleset *ruleset, const char *name)
{
	for (size_t i = 0; i < ruleset->count; i++)
		if (template_serves(&ruleset->rules[i], name))
			return true;
	for (size_t i = 0; i < ruleset->disabled_count; i++)
		if (strcmp(ruleset->disabled[i], name) == 0)
			return true;
	return false;
}

void templates_review(const struct templates *templates, const struct ruleset *ruleset,
		      struct problems *problems)
{
	for (size_t i = 0; i < templates->count; i++) {
		const struct template *template = &templates->list[i];
		if (strcmp(template->name, GENERAL) != 0 && !serves_any(ruleset, template->name))
			problem_add(problems, template->path, 0,
				    "no rule and no step uses this template: its name must be that "
				    "of a rule, or a step must name it");
		for (size_t j = 0; j < LANGUAGES; j++)
			if (find(templates, languages[j], template->name) == NULL)
				problem_add(
				    problems, template->path, 0,
				    "it is missing in %s: readers of that language would get "
				    "the general text",
				    languages[j]);
	}
}
