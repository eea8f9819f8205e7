/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The turn: one pass of the loop is one transaction (I1). What may be seen outside - an answer,
 * a letter handed over, a new alarm - is queued with turn_after and released by the commit; if
 * the commit fails it is dropped, and `undo` is called instead.
 */
#ifndef KEDJA_STORE_TURN_H
#define KEDJA_STORE_TURN_H

#include "daemon/store/db.h"

struct turn;

struct turn *turn_new(struct db *db);
void turn_free(struct turn *turn); /* takes NULL; rolls back what is open */
struct db *turn_db(const struct turn *turn);

/* Begins if there is none yet: a turn in which nothing is done costs nothing. 0; -1: no disk, and
 * then nobody asks it again before turn_end. */
MUST_CHECK int turn_begin(struct turn *turn);
bool turn_is_begun(const struct turn *turn);
/* Has anything been written in it yet, or does anything hang on its commit? What was read before
 * that is true without the commit. */
bool turn_has_written(const struct turn *turn);

/* `done` is called after the commit, in order of queueing; `undo` after a rollback of the whole
 * turn, with the reason. Either may be NULL; exactly one of them is called. Queued while no turn
 * is begun it is done at the next turn_end. */
typedef void turn_done(void *arg);
typedef void turn_undo(void *arg, const char *reason);
void turn_after(struct turn *turn, turn_done *done, turn_undo *undo, void *arg);

/* Is there room left in this turn (I12: some 20 ms, or 500 rows, from turn_begin on)? */
bool turn_has_room(const struct turn *turn);
/* For one more request, or one more part of one? Fewer rows than that are spent by then, for what
 * the last one reads counts as well, and a turn keeps to 500 whatever is asked. */
bool turn_has_room_to_serve(const struct turn *turn);
int64_t turn_rows(const struct turn *turn); /* touched in it so far */
/* From here on there is none: what comes next goes by what this turn's commit brings. */
void turn_close(struct turn *turn);

/* Commits and releases; 0, or -1 after a rollback, or when it could not be begun. Starts the budget
 * of the next turn. */
MUST_CHECK int turn_end(struct turn *turn);

/* Why nothing can be written, in a sentence: from a turn that could not be begun or kept on, until
 * one is kept that wrote something. NULL: all is well. */
const char *turn_trouble(const struct turn *turn);
/* Seconds since something was last written and kept, or since turn_new. */
double turn_since_written(const struct turn *turn);

#endif
