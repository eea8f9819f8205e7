/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Which deadlines concern a member of staff: those with a step that writes to a role of theirs, or
 * sends it a copy, found as people_find finds who is told. It starts from the roles, so that it
 * costs what one person has, however many cases there are.
 *
 *   struct concern *concern = concern_new(k, "anna", arena);
 *   for (s = concern_next(concern, ""); s != NULL; s = concern_next(concern, s))
 *       if (concern_about(concern, s)) ... concern_has(concern, row) ...
 *   concern_free(concern);
 */
#ifndef KEDJA_METHODS_DEADLINE_FOR_H
#define KEDJA_METHODS_DEADLINE_FOR_H

#include "daemon/methods/method.h"

struct concern;

/* It lends from the arena, as do all texts that it gives back. */
struct concern *concern_new(const struct kedjad *k, const char *person, struct arena *arena);
void concern_free(struct concern *concern);
/* The next subject, by its name, of which a deadline may concern them; NULL: there is none. */
const char *concern_next(struct concern *concern, const char *after);
/* Which roles of theirs do deadlines of this subject find? False: none. */
bool concern_about(struct concern *concern, const char *subject);
/* Does this deadline of that subject? The row is of DEADLINE_COLUMNS. */
bool concern_has(const struct concern *concern, struct query *row);

#endif
