/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * What an event moved: the deadlines of whoever it is about before it was recorded, and after.
 * Whoever types an event sees what came of it while they can still take it back.
 *
 *   moved = moved_before(k, event, arena);        before the event is added
 *   moved_answer(moved, "sv", answer);            after it is
 */
#ifndef KEDJA_METHODS_MOVED_H
#define KEDJA_METHODS_MOVED_H

#include <jansson.h>

#include "daemon/kedjad/kedjad.h"

struct moved;

/* NULL where nobody can tell: of colleagues, who have no deadlines, and while a plan is behind what
 * was recorded before. In `arena`, as the event. An event.voided is about what it takes back;
 * a payment that is assigned about its case. */
struct moved *moved_before(struct kedjad *k, const struct event *event, struct arena *arena);

/*
 * Plans the subject anew, and adds "changes", a list of {subject, rule, key, change, due, was_due},
 * and "moved", the same in words of this language, a list of lines. A change is "begins", "moves",
 * "done" or "ends"; `due` is null where nothing is to be done any more, `was_due` where nothing
 * was. Nothing is added if `moved` is NULL.
 */
void moved_answer(struct moved *moved, const char *language, json_t *answer);

#endif
