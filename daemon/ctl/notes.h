/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * What the daemon notes beside the rows of a file that it takes: each sort once, with its first
 * line and how many rows there were of it.
 *
 *   notes_add(&notes, "closed", "K-1 is closed since ...", 12); ...
 *   notes_say(&notes, "visits.csv");          visits.csv:12: note: K-1 is ... (and 36 rows more)
 *   notes_clear(&notes);
 */
#ifndef KEDJA_CTL_NOTES_H
#define KEDJA_CTL_NOTES_H

#include <jansson.h>

#define NOTES_SORTS_MOST 16

struct noted {
	char *sort, *text; /* of the first */
	int line;
	long long count;
};

struct notes {
	struct noted list[NOTES_SORTS_MOST];
	size_t count;
};

void notes_add(struct notes *notes, const char *sort, const char *text, int line);
/* On standard output, by line. */
void notes_say(const struct notes *notes, const char *file);
/* [{"sort", "text", "line", "count"}]; a new reference. */
json_t *notes_json(const struct notes *notes);
void notes_clear(struct notes *notes);

#endif
