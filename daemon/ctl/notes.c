/* SPDX-License-Identifier: EUPL-1.2 */
/* See notes.h. */
#include "daemon/ctl/notes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/ctl/show.h"
#include "rules/base/mem.h"

void notes_add(struct notes *notes, const char *sort, const char *text, int line)
{
	for (size_t i = 0; i < notes->count; i++) {
		if (strcmp(notes->list[i].sort, sort) != 0)
			continue;
		notes->list[i].count++;
		return;
	}
	if (notes->count == NOTES_SORTS_MOST)
		return; /* the daemon has half as many sorts */
	notes->list[notes->count++] = (struct noted){ xstrdup(sort), xstrdup(text), line, 1 };
}

void notes_say(const struct notes *notes, const char *file)
{
	for (size_t i = 0; i < notes->count; i++) {
		const struct noted *note = &notes->list[i];
		show_printf(stdout, "%s:%d: note: %s", file, note->line, note->text);
		if (note->count > 1)
			printf(" (and %lld row%s more)", note->count - 1,
			       note->count == 2 ? "" : "s");
		puts("");
	}
}

json_t *notes_json(const struct notes *notes)
{
	json_t *list = json_array();
	for (size_t i = 0; i < notes->count; i++) {
		const struct noted *note = &notes->list[i];
		json_array_append_new(list, json_pack("{s:s, s:s, s:i, s:I}", "sort", note->sort,
						      "text", note->text, "line", note->line,
						      "count", (json_int_t)note->count));
	}
	return list;
}

void notes_clear(struct notes *notes)
{
	for (size_t i = 0; i < notes->count; i++) {
		free(notes->list[i].sort);
		free(notes->list[i].text);
	}
	notes->count = 0;
}
