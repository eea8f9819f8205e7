/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The flood guard: an import of old papers, a reload or a long stop can make hundreds of
 * reminders at once that nobody meant. Those that catch up on something, and are more than
 * `hold_above` within an hour, are held before any letter is made of them; a person decides.
 *
 *   queued --hold_work--> held --release--> queued (or overtaken, if its deadline has ended)
 *                              --discard--> overtaken
 *
 * An upgrade by itself sends nothing, however little it is: a step that the older version did not
 * say at its hour, and that the newer one would now say late, is held as well. What came due while
 * the daemon stood still for the upgrade goes out.
 */
#ifndef KEDJA_PLAN_HOLD_H
#define KEDJA_PLAN_HOLD_H

#include "daemon/store/core.h"

/* Holds what came all at once, when nobody is behind and nothing is due; true: there is more. */
bool hold_work(const struct core *core);

/* The file of an older version has been brought up: it was in force until the last that it wrote
 * down. In the turn in which this one starts. */
void hold_note_upgrade(const struct core *core);
/* Would the older version have said it by that hour, had it meant to? For a week after the upgrade:
 * by then all that it made late has come. */
bool hold_is_of_upgrade(const struct core *core, civil hour);
/* Holds a notice that is queued for that reason. */
void hold_for_upgrade(const struct core *core, int64_t notice);

/* Which of the held ones; NULL: all. */
struct hold_choice {
	const char *rule, *subject;
};

struct hold_outcome {
	int64_t released;  /* they go out as if they had come just now */
	int64_t overtaken; /* their deadline has ended meanwhile, or a later step has gone */
	int64_t left;      /* still held: a turn is bounded, ask again */
};
struct hold_outcome hold_release(const struct core *core, const struct hold_choice *choice);
/* They never go out; `reason` stands on each. */
struct hold_outcome hold_discard(const struct core *core, const struct hold_choice *choice,
				 const char *reason);

#endif
