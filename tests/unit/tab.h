/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Reads the tables under tests/tables: one case a line, the columns set apart by two spaces or
 * more, so that a column may hold single spaces. Empty lines and lines that begin with # are for
 * people. A test that finds no row in its table fails.
 *
 *   struct tab tab;
 *   for (tab_open(&tab, "tests/tables/days.tab", 3); tab_next(&tab);)
 *           ... tab.field[0] ... TAB_SAME(&tab, got, tab.field[1]);
 *
 * A table that tells stories is read line by line, each as it stands in tab.text:
 *
 *   for (tab_open(&tab, "tests/tables/plan.tab", 0); tab_line(&tab);)
 */
#ifndef KEDJA_TAB_H
#define KEDJA_TAB_H

#include <stdio.h>
#include <string.h>

#define TAB_FIELDS 16

struct tab {
	const char *path;
	FILE *file;
	int least; /* columns that every row must have */
	int line;
	int rows;
	int count;
	char text[4096];
	char *field[TAB_FIELDS]; /* "" past the last one */
};

static inline void tab_open(struct tab *tab, const char *path, int least)
{
	memset(tab, 0, sizeof(*tab));
	tab->path = path;
	tab->least = least;
	tab->file = fopen(path, "r");
	if (tab->file == NULL)
		fail_msg("%s is missing: run the tests from the root of the tree", path);
}

static inline void tab_split(struct tab *tab)
{
	char *at = tab->text + strspn(tab->text, " \t");
	tab->count = 0;
	for (int i = 0; i < TAB_FIELDS; i++)
		tab->field[i] = at + strlen(at);
	while (*at != '\0' && tab->count < TAB_FIELDS) {
		tab->field[tab->count++] = at;
		char *end = at;
		while (*end != '\0' && *end != '\t' && !(end[0] == ' ' && strchr(" \t", end[1])))
			end++;
		at = end + strspn(end, " \t");
		*end = '\0';
	}
}

static inline bool tab_line(struct tab *tab)
{
	while (fgets(tab->text, sizeof(tab->text), tab->file) != NULL) {
		tab->line++;
		tab->text[strcspn(tab->text, "\r\n")] = '\0';
		if (tab->text[0] == '#' || tab->text[strspn(tab->text, " \t")] == '\0')
			continue;
		tab->rows++;
		return true;
	}
	fclose(tab->file);
	if (tab->rows == 0)
		fail_msg("%s holds no row", tab->path);
	return false;
}

static inline bool tab_next(struct tab *tab)
{
	if (!tab_line(tab))
		return false;
	tab_split(tab);
	if (tab->count < tab->least)
		fail_msg("%s:%d: %d columns, %d are wanted", tab->path, tab->line, tab->count,
			 tab->least);
	return true;
}

/* Tells the line of the table, and how what we got differs from what stands there. */
#define TAB_SAME(tab, got, wanted)                                                                 \
	do {                                                                                       \
		if (strcmp((got), (wanted)) != 0)                                                  \
			fail_msg("%s:%d: %s: got \"%s\", the table says \"%s\"", (tab)->path,      \
				 (tab)->line, #got, (got), (wanted));                              \
	} while (0)

#endif
