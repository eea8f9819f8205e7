/* SPDX-License-Identifier: EUPL-1.2 */
/* See office.h. */
#include "daemon/conf/office.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "rules/conf/confread.h"
#include "rules/language/load.h"

#define FILE_MOST (1024 * 1024)

/* Files that were read; names and texts live in the arena. */
struct sources {
	struct arena *arena;
	struct source *list;
	size_t count;
	size_t capacity;
};

/* One byte more than allowed is asked for, so a file that grows while it is read is caught too. */
static ssize_t read_whole(int fd, char *bytes, size_t most)
{
	size_t length = 0;
	while (length < most) {
		ssize_t got = read(fd, bytes + length, most - length);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return -1;
		if (got == 0)
			break;
		length += (size_t)got;
	}
	return (ssize_t)length;
}

static int line_of(const char *text, const char *place)
{
	int line = 1;
	for (; text < place; text++)
		line += *text == '\n';
	return line;
}

static bool is_sound(const char *path, const char *text, size_t length, struct problems *problems)
{
	const char *nul = memchr(text, '\0', length);
	if (length > FILE_MOST) {
		problem_add(problems, path, 0, "is over 1 MiB: that is no configuration");
		return false;
	}
	if (nul != NULL)
		problem_add(problems, path, line_of(text, nul), "a NUL byte: this is not text");
	return nul == NULL;
}

static char *read_open_file(int fd, const char *path, struct arena *arena, size_t *ret_length,
			    struct problems *problems)
{
	struct stat about;
	if (fstat(fd, &about) != 0 || !S_ISREG(about.st_mode)) {
		problem_add(problems, path, 0, "is not a file");
		return NULL;
	}
	size_t room = about.st_size < FILE_MOST ? (size_t)about.st_size + 1 : FILE_MOST + 1;
	char *text = arena_alloc(arena, room + 1);
	ssize_t length = read_whole(fd, text, room);
	if (length < 0) {
		problem_add(problems, path, 0, "cannot be read: %s", strerror(errno));
		return NULL;
	}
	if (!is_sound(path, text, (size_t)length, problems))
		return NULL;
	text[length] = '\0';
	*ret_length = (size_t)length;
	return text;
}

/* O_NONBLOCK: a pipe must not hold us up. */
char *office_read_file(const char *path, struct arena *arena, size_t *ret_length,
		       struct problems *problems)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0 && errno == ENOENT) {
		problem_add(problems, path, 0, "there is no such file");
		return NULL;
	}
	if (fd < 0) {
		problem_add(problems, path, 0, "cannot be opened: %s", strerror(errno));
		return NULL;
	}
	char *text = read_open_file(fd, path, arena, ret_length, problems);
	close(fd);
	return text;
}

static bool ends_with(const char *name, const char *end)
{
	size_t length = strlen(name), ending = strlen(end);
	return length > ending && strcmp(name + length - ending, end) == 0;
}

static int is_test_file(const struct dirent *entry)
{
	return entry->d_name[0] != '.' && ends_with(entry->d_name, ".test.conf");
}

static int is_rule_file(const struct dirent *entry)
{
	return entry->d_name[0] != '.' && ends_with(entry->d_name, ".conf") && !is_test_file(entry);
}

/* By bytes, not by the locale: the order must be the same for everybody. */
static int by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static void add_source(struct sources *sources, char *path, struct problems *problems)
{
	size_t length;
	char *text = office_read_file(path, sources->arena, &length, problems);
	if (text == NULL)
		return;
	sources->list =
	    array_grow(sources->list, sources->count, &sources->capacity, sizeof(*sources->list));
	sources->list[sources->count++] = (struct source){ path, text, length };
}

static void read_files(const char *folder, int (*wanted)(const struct dirent *),
		       struct sources *sources, struct problems *problems)
{
	struct dirent **entries;
	int count = scandir(folder, &entries, wanted, by_name);
	if (count < 0) {
		problem_add(problems, folder, 0, "%s",
			    errno == ENOENT ? "there is no such folder: rules are read from it"
					    : strerror(errno));
		return;
	}
	for (int i = 0; i < count; i++) {
		add_source(sources,
			   arena_printf(sources->arena, "%s/%s", folder, entries[i]->d_name),
			   problems);
		free(entries[i]);
	}
	free(entries);
}

/* The files that ship, and behind them the office's own. */
static void read_rule_files(const char *dir, bool with_own, struct sources *sources,
			    struct problems *problems)
{
	char *own = arena_printf(sources->arena, "%s/rules.d/local", dir);
	read_files(arena_printf(sources->arena, "%s/rules.d", dir), is_rule_file, sources,
		   problems);
	if (with_own && access(own, F_OK) == 0)
		read_files(own, is_rule_file, sources, problems);
}

/* While nobody can say what the rules mean, at least their form can be right or wrong. */
static void check_form(const struct source *rules, size_t count, struct problems *problems)
{
	for (size_t i = 0; i < count; i++) {
		struct config_t config;
		if (confread_open(&config, rules[i].text, rules[i].length, rules[i].file,
				  problems) == 0)
			config_destroy(&config);
	}
}

/* One file of the folder itself; its place in the list, or -1 if it cannot be read. */
static int read_one(const char *dir, const char *name, struct sources *sources,
		    struct problems *problems)
{
	size_t before = sources->count;
	add_source(sources, arena_printf(sources->arena, "%s/%s", dir, name), problems);
	return sources->count > before ? (int)before : -1;
}

static void make_rules(struct office *office, const struct source *rules, size_t count,
		       struct problems *problems)
{
	if (office->chain != NULL && office->calendar != NULL)
		office->ruleset =
		    load_rules(rules, count, office->chain, office->calendar, problems);
	else
		check_form(rules, count, problems);
}

static void load_settings(struct office *office, const char *dir, struct arena *arena,
			  struct problems *problems)
{
	size_t length;
	char *path = arena_printf(arena, "%s/kedja.conf", dir);
	if (access(path, F_OK) != 0 && errno == ENOENT)
		return;
	char *text = office_read_file(path, arena, &length, problems);
	if (text != NULL)
		office->settings = settings_parse(text, length, path, problems);
}

static bool is_folder(const char *dir, struct problems *problems)
{
	struct stat about;
	if (stat(dir, &about) != 0)
		problem_add(problems, dir, 0, "%s",
			    errno == ENOENT ? "there is no such folder" : strerror(errno));
	else if (!S_ISDIR(about.st_mode))
		problem_add(problems, dir, 0, "is not a folder");
	else
		return true;
	return false;
}

static void load_all(struct office *office, const char *dir, bool with_own, struct sources *sources,
		     struct problems *problems)
{
	int chain = read_one(dir, "chain.conf", sources, problems);
	int calendar = read_one(dir, "calendar.conf", sources, problems);
	size_t first = sources->count;
	read_rule_files(dir, with_own, sources, problems);
	const struct source *list = sources->list;
	if (chain >= 0)
		office->chain = chain_parse(list[chain].text, list[chain].file, problems);
	if (calendar >= 0)
		office->calendar =
		    calendar_parse(list[calendar].text, list[calendar].file, problems);
	if (list != NULL)
		make_rules(office, list + first, sources->count - first, problems);
	load_settings(office, dir, sources->arena, problems);
}

/* "conf/" and "conf" are one folder; "/" stays what it is. */
static char *without_slashes(struct arena *arena, const char *dir)
{
	size_t length = strlen(dir);
	while (length > 1 && dir[length - 1] == '/')
		length--;
	return arena_strndup(arena, dir, length);
}

struct source *office_read_tests(const char *dir, struct arena *arena, size_t *ret_count,
				 size_t *ret_shipped, struct problems *problems)
{
	struct sources sources = { .arena = arena };
	const char *folder = arena_printf(arena, "%s/rules.d", without_slashes(arena, dir));
	const char *own = arena_printf(arena, "%s/local", folder);
	read_files(folder, is_test_file, &sources, problems);
	*ret_shipped = sources.count;
	if (access(own, F_OK) == 0)
		read_files(own, is_test_file, &sources, problems);
	struct source *list = arena_alloc(arena, (sources.count + 1) * sizeof(*list));
	if (sources.count > 0)
		memcpy(list, sources.list, sources.count * sizeof(*list));
	free(sources.list);
	*ret_count = sources.count;
	return list;
}

/* As the folder has them: "rules.d/10-plan.conf". */
static void keep_texts(struct office *office, const char *folder, const struct sources *sources)
{
	office->texts = sources->list;
	office->text_count = sources->count;
	for (size_t i = 0; i < sources->count; i++)
		office->texts[i].file += strlen(folder) + 1;
}

static struct office *load(const char *dir, bool with_own, struct problems *problems)
{
	struct office *office = xcalloc(1, sizeof(*office));
	struct sources sources = { .arena = arena_new() };
	size_t before = problems->count;
	char *folder = without_slashes(sources.arena, dir);
	if (is_folder(folder, problems))
		load_all(office, folder, with_own, &sources, problems);
	office->arena = sources.arena;
	keep_texts(office, folder, &sources);
	if (problems->count == before)
		return office;
	office_free(office);
	return NULL;
}

struct office *office_load(const char *dir, struct problems *problems)
{
	return load(dir, true, problems);
}

struct office *office_load_shipped(const char *dir, struct problems *problems)
{
	return load(dir, false, problems);
}

struct office *office_from_texts(const char *dir, const struct source *texts, size_t count,
				 struct problems *problems)
{
	struct office *office = xcalloc(1, sizeof(*office));
	struct sources sources = { .arena = arena_new() };
	size_t before = problems->count;
	char *folder = without_slashes(sources.arena, dir);
	sources.list = xcalloc(count + 1, sizeof(*sources.list));
	for (; sources.count < count; sources.count++) {
		struct source *copy = &sources.list[sources.count];
		*copy = texts[sources.count];
		copy->file = arena_printf(sources.arena, "%s/%s", folder, copy->file);
		copy->text = arena_strndup(sources.arena, copy->text, copy->length);
	}
	if (count >= 2) {
		office->chain = chain_parse(sources.list[0].text, sources.list[0].file, problems);
		office->calendar =
		    calendar_parse(sources.list[1].text, sources.list[1].file, problems);
		make_rules(office, sources.list + 2, count - 2, problems);
	}
	office->arena = sources.arena;
	keep_texts(office, folder, &sources);
	if (problems->count == before && office->ruleset != NULL)
		return office;
	office_free(office);
	return NULL;
}

void office_free(struct office *office)
{
	if (office == NULL)
		return;
	ruleset_free(office->ruleset);
	calendar_free(office->calendar);
	chain_free(office->chain);
	settings_free(office->settings);
	arena_free(office->arena);
	free(office->texts);
	free(office);
}
