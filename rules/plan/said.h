/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * What has been said of one deadline: which of its steps have gone off, what of them is held back,
 * whom it told of what last, and which acknowledgements have come back. The past by which telling.h
 * decides what goes now; the daemon fills one from its notices, a walk keeps one of each deadline.
 *
 *   said = said_new(rule, arena);
 *   said_note_gone(said, step, repetition); said_note_held(...); said_note_told(...); ...
 *   if (said_has_gone(said, step, repetition)) ...
 *
 * It only grows, but for what is held back, which comes out. All of it lives in the arena.
 */
#ifndef KEDJA_SAID_H
#define KEDJA_SAID_H

#include "rules/plan/steps_held.h"

struct said {
	struct arena *arena;
	const struct rule *rule;
	struct said_step *steps; /* by step->index */
	struct held_step *held;  /* in the order in which they were held back */
	size_t held_count, held_capacity;
	struct held_step *told; /* the last one of each role, the newest last */
	size_t told_count, told_capacity;
	const struct said_back *backs;
};

struct said *said_new(const struct rule *rule, struct arena *arena);
/* The same of a rule that has changed: of the steps that it still has, known by their names. What
 * `before` was about must be there; both live in one arena. */
struct said *said_follow(const struct said *before, const struct rule *rule);

/* --- steps that have gone off: once and for ever (I3) --- */

void said_note_gone(struct said *said, const struct step *step, int repetition);
/* All repetitions up to and with this one: what comes again each day for fifty years is a number.
 */
void said_note_gone_through(struct said *said, const struct step *step, int repetition);
/* `said` may be NULL: nothing has. */
bool said_has_gone(const struct said *said, const struct step *step, int repetition);
/* The first repetition that has not, and the last one that has (0: none). */
int said_first_left(const struct said *said, const struct step *step);
int said_last_gone(const struct said *said, const struct step *step);

/* --- who was told --- */

void said_note_held(struct said *said, const struct held_step *held);
/* The role waits for nothing any more that was held back from it before. */
void said_note_told(struct said *said, const struct held_step *told);
/* The same of the past, in its order: what is held back is as it is. */
void said_note_last(struct said *said, const struct held_step *told);
/* The last step that the role was told of, or else one that its putting off would have kept back
 * (steps_held.h: put_off_covers); NULL: none. */
const struct held_step *said_last_told(const struct said *said, const struct role *role);

/* --- acknowledgements that have come back: once for each role and day --- */

void said_note_back(struct said *said, const struct role *role, date until);
bool said_is_back(const struct said *said, const struct put_off *put_off);
/* Of those of a deadline that have not, the one for the earliest day; NULL: none. */
const struct put_off *said_first_to_come(const struct said *said, const struct deadline *deadline);

#endif
