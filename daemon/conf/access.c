/* SPDX-License-Identifier: EUPL-1.2 */
/* See access.h. */
#include "daemon/conf/access.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/base/log.h"

static const char *const role_names[] = { "viewer", "clerk", "mailbox", "front", "admin", NULL };

const char *access_role_name(enum access_role role)
{
	return role_names[role];
}

bool access_may(enum access_role role, enum access_class of)
{
	switch (of) {
	case ACCESS_FIGURES:
		return role != ACCESS_MAILBOX;
	case ACCESS_CASES:
		return role == ACCESS_CLERK || role == ACCESS_FRONT || role == ACCESS_ADMIN;
	case ACCESS_STAFF:
		return role == ACCESS_CLERK || role == ACCESS_ADMIN;
	case ACCESS_MAIL:
		return role == ACCESS_MAILBOX || role == ACCESS_ADMIN;
	case ACCESS_RUNNING:
		return role == ACCESS_ADMIN;
	}
	return false;
}

/* --- names and numbers -------------------------------------------------------------------- */

#define NAME_SERVICE_MOST (1024 * 1024) /* bytes: a group may have thousands of members */

/* "#1005": somebody without a name. */
static bool read_number(const char *name, unsigned *ret)
{
	char *end;
	if (name[0] != '#' || name[1] < '0' || name[1] > '9')
		return false;
	errno = 0;
	unsigned long number = strtoul(name + 1, &end, 10);
	if (errno != 0 || *end != '\0' || number >= (unsigned)-1)
		return false;
	*ret = (unsigned)number;
	return true;
}

static int ask_for_user(const char *name, char *buffer, size_t size, bool *ret_known, unsigned *ret)
{
	struct passwd entry, *found = NULL;
	int result = getpwnam_r(name, &entry, buffer, size, &found);
	*ret_known = result == 0 && found != NULL;
	if (*ret_known)
		*ret = entry.pw_uid;
	return result;
}

static int ask_for_group(const char *name, char *buffer, size_t size, bool *ret_known,
			 unsigned *ret)
{
	struct group entry, *found = NULL;
	int result = getgrnam_r(name, &entry, buffer, size, &found);
	*ret_known = result == 0 && found != NULL;
	if (*ret_known)
		*ret = entry.gr_gid;
	return result;
}

static bool look_up(const char *name, bool is_group, unsigned *ret)
{
	bool known = false;
	int result = ERANGE;
	if (name[0] == '#')
		return read_number(name, ret);
	for (size_t size = 4096; result == ERANGE && size <= NAME_SERVICE_MOST; size *= 4) {
		char *buffer = xcalloc(1, size);
		result = is_group ? ask_for_group(name, buffer, size, &known, ret)
				  : ask_for_user(name, buffer, size, &known, ret);
		free(buffer);
	}
	return known;
}

/* --- reading ------------------------------------------------------------------------------ */

static const struct conf_key row_keys[] = {
	{ "user", CONF_TEXT, false },  { "group", CONF_TEXT, false },
	{ "role", CONF_TEXT, true },   { "programmes", CONF_TEXT_OR_TEXTS, false },
	{ "staff", CONF_TEXT, false }, { "protected", CONF_FLAG, false },
	{ NULL, CONF_TEXT, false },
};

/* One row being read. */
struct reading {
	const config_setting_t *group;
	struct access_list *list;
	struct problems *problems;
};

static bool is_given(const struct reading *reading, const char *key)
{
	return config_setting_get_member((config_setting_t *)reading->group, key) != NULL;
}

#define COMPLAIN(reading, key, ...)                                                                \
	problem_add((reading)->problems, (reading)->list->file,                                    \
		    confread_line((reading)->group, (key)), __VA_ARGS__)

static void read_name(const struct reading *reading, struct access_row *row)
{
	const char *user = confread_text(reading->group, "user");
	const char *group = confread_text(reading->group, "group");
	const char *name = user != NULL ? user : group;
	row->line = confread_line(reading->group, user != NULL ? "user" : "group");
	if (is_given(reading, "user") && is_given(reading, "group"))
		COMPLAIN(reading, "group", "a row is about a user or a group: make it two rows");
	else if (!is_given(reading, "user") && !is_given(reading, "group"))
		COMPLAIN(reading, "role",
			 "this row names nobody: write user = \"...\" or"
			 " group = \"...\"");
	if (name == NULL)
		return;
	row->is_group = user == NULL;
	row->name = arena_strdup(reading->list->arena, name);
	if (*name == '\0')
		COMPLAIN(reading, user != NULL ? "user" : "group",
			 "this row names nobody: the name is empty");
	else if (name[0] == '#' && !read_number(name, &row->id))
		COMPLAIN(reading, user != NULL ? "user" : "group",
			 "\"%s\" is not a number: write it as \"#1005\"", name);
	else
		row->is_known = look_up(name, row->is_group, &row->id);
}

static bool read_role(const struct reading *reading, struct access_row *row)
{
	const char *role = confread_text(reading->group, "role");
	if (role == NULL)
		return false; /* told already */
	for (int i = 0; i < ACCESS_ROLES; i++) {
		if (strcmp(role, role_names[i]) != 0)
			continue;
		row->role = (enum access_role)i;
		return true;
	}
	COMPLAIN(reading, "role", "\"%s\" is not a role", role);
	problem_hint(reading->problems, role, role_names,
		     "write viewer, clerk, mailbox, front or admin");
	return false;
}

static void read_programmes(const struct reading *reading, struct access_row *row)
{
	size_t count = confread_text_count(reading->group, "programmes");
	bool all = false;
	if (count == 0) {
		COMPLAIN(reading, "programmes",
			 "a clerk works within programmes: name them, or write"
			 " programmes = \"*\" for all");
		return;
	}
	row->programmes = arena_alloc(reading->list->arena, (count + 1) * sizeof(*row->programmes));
	for (size_t i = 0; i < count; i++) {
		const char *programme = confread_text_at(reading->group, "programmes", i);
		all = all || strcmp(programme, "*") == 0;
		row->programmes[i] = arena_strdup(reading->list->arena, programme);
		if (*programme == '\0')
			COMPLAIN(reading, "programmes", "the name of a programme is empty");
	}
	if (all && count > 1)
		COMPLAIN(reading, "programmes",
			 "\"*\" stands for all programmes: the others are too many");
	if (all)
		row->programmes = NULL;
}

/* What only some roles know. */
static void check_role(const struct reading *reading, const struct access_row *row)
{
	bool reads_cases = row->role == ACCESS_CLERK || row->role == ACCESS_ADMIN;
	const char *role = access_role_name(row->role);
	if (row->role != ACCESS_CLERK && is_given(reading, "programmes"))
		COMPLAIN(reading, "programmes",
			 "programmes are for the role clerk: leave them out for %s", role);
	if (!reads_cases && is_given(reading, "protected"))
		COMPLAIN(reading, "protected", "the role %s sees no case by its row: leave it out",
			 role);
	if (!reads_cases && is_given(reading, "staff"))
		COMPLAIN(reading, "staff",
			 "staff is for the roles clerk and admin: leave it out for %s", role);
	else if (row->is_group && is_given(reading, "staff"))
		COMPLAIN(reading, "staff",
			 "a group is no member of staff: write a row for each user");
	if (!row->is_group && row->is_known && row->id == 0 && row->role != ACCESS_ADMIN)
		COMPLAIN(reading, "role", "root is always admin: leave this row out");
}

static void read_row(const struct reading *reading, struct access_row *row)
{
	confread_keys(reading->group, row_keys, reading->list->file, reading->problems);
	read_name(reading, row);
	if (!read_role(reading, row))
		return;
	if (row->role == ACCESS_CLERK)
		read_programmes(reading, row);
	check_role(reading, row);
	row->staff = arena_strdup(reading->list->arena, confread_text(reading->group, "staff"));
	row->sees_protected = confread_flag(reading->group, "protected", false);
}

static bool is_same(const struct access_row *a, const struct access_row *b)
{
	if (a->is_group != b->is_group || a->name == NULL || b->name == NULL)
		return false;
	return strcmp(a->name, b->name) == 0 || (a->is_known && b->is_known && a->id == b->id);
}

/* Which of two rows should count nobody could say; the stronger would be the wrong guess. */
static void check_twice(const struct access_list *list, struct problems *problems)
{
	for (size_t i = 0; i < list->count; i++) {
		const struct access_row *row = &list->rows[i];
		for (size_t j = 0; j < i; j++) {
			if (!is_same(row, &list->rows[j]))
				continue;
			problem_add(problems, list->file, row->line,
				    "%s \"%s\" has a row already, in line %d: keep one of them",
				    row->is_group ? "the group" : "the user", row->name,
				    list->rows[j].line);
			break;
		}
	}
}

static void read_rows(struct access_list *list, config_setting_t *setting,
		      struct problems *problems)
{
	list->count = (size_t)config_setting_length(setting);
	list->rows = arena_alloc(list->arena, (list->count + 1) * sizeof(*list->rows));
	for (size_t i = 0; i < list->count; i++) {
		const struct reading reading = { config_setting_get_elem(setting, (unsigned)i),
						 list, problems };
		if (config_setting_is_group(reading.group))
			read_row(&reading, &list->rows[i]);
	}
	check_twice(list, problems);
}

struct access_list *access_parse(const config_setting_t *root, const char *file,
				 struct problems *problems)
{
	config_setting_t *setting = config_setting_get_member((config_setting_t *)root, "access");
	size_t before = problems->count;
	if (setting == NULL || !config_setting_is_list(setting))
		return NULL; /* what is no list of groups has been told of */
	struct access_list *list = xcalloc(1, sizeof(*list));
	list->arena = arena_new();
	list->file = arena_strdup(list->arena, file);
	list->version = confread_version(setting);
	if (config_setting_length(setting) == 0)
		problem_add(problems, file, confread_line(root, "access"),
			    "access: names nobody: name who may use kedja, or leave it out");
	else
		read_rows(list, setting, problems);
	if (problems->count == before)
		return list;
	access_free(list);
	return NULL;
}

void access_free(struct access_list *list)
{
	if (list == NULL)
		return;
	arena_free(list->arena);
	free(list);
}

void access_log(const struct access_list *list)
{
	if (list == NULL)
		log_notice("access: nobody is named: whoever may write to the socket may do"
			   " everything");
	for (size_t i = 0; list != NULL && i < list->count; i++)
		if (!list->rows[i].is_known)
			log_warning("%s:%d: access: this machine knows no %s \"%s\": nobody has a"
				    " right by this row",
				    list->file, list->rows[i].line,
				    list->rows[i].is_group ? "group" : "user", list->rows[i].name);
}

bool access_same(const struct access_list *a, const struct access_list *b)
{
	return a == NULL || b == NULL ? a == b : a->version == b->version;
}

/* --- asking ------------------------------------------------------------------------------- */

static bool is_in(const struct access_who *who, unsigned group)
{
	for (size_t i = 0; i < who->group_count; i++)
		if (who->groups[i] == group)
			return true;
	return false;
}

static const struct access_row *find_row(const struct access_list *list,
					 const struct access_who *who)
{
	for (size_t i = 0; i < list->count; i++) {
		const struct access_row *row = &list->rows[i];
		if (row->is_known && !row->is_group && row->id == who->uid)
			return row;
	}
	for (size_t i = 0; i < list->count; i++) {
		const struct access_row *row = &list->rows[i];
		if (row->is_known && row->is_group && is_in(who, row->id))
			return row;
	}
	return NULL;
}

struct access_right access_of(const struct access_list *list, const struct access_who *who,
			      unsigned own_uid)
{
	if (who->uid == 0 || who->uid == own_uid)
		return (struct access_right){ ACCESS_BY_UID, ACCESS_ADMIN, NULL };
	if (list == NULL)
		return (struct access_right){ ACCESS_BY_SOCKET, ACCESS_ADMIN, NULL };
	const struct access_row *row = find_row(list, who);
	if (row == NULL)
		return (struct access_right){ ACCESS_BY_NOTHING, ACCESS_VIEWER, NULL };
	return (struct access_right){ ACCESS_BY_ROW, row->role, row };
}

bool access_reaches(const struct access_row *row, const char *programme)
{
	if (row->programmes == NULL || programme == NULL)
		return true;
	for (const char **one = row->programmes; *one != NULL; one++)
		if (strcmp(*one, programme) == 0)
			return true;
	return false;
}

char *access_line_for(const char *user)
{
	return xasprintf("{ user = \"%s\"; role = \"clerk\"; programmes = [ \"...\" ]; }", user);
}
