/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Figures that are kept and not counted: how many events, open deadlines, letters that wait there
 * are. Triggers of the schema (figure_sql.h) change them with the rows that they count, so that a
 * figure is of the same transaction, is taken back with it, and no code can forget it. Counters in
 * memory were the other way: they would have to be counted at each start, which a file of a million
 * deadlines makes slow, and each of them undone when a turn or a request is rolled back.
 *
 * A figure has a name, and may be told apart by what it is of:
 *   events                                       of their kind
 *   staff, behind                                of nothing
 *   subjects                                     of their type
 *   deadline.STATE                               of their rule
 *   due                                          of the day, of open deadlines
 *   notice.STATE, message.STATE                  of nothing
 *   unreached                                    of the day until which it counts, or '': open
 *   letters_unreached, _put_off, _given_up       of nothing
 */
#ifndef KEDJA_STORE_FIGURE_H
#define KEDJA_STORE_FIGURE_H

#include "daemon/store/db.h"

/* The sum of all of this name; of this one alone; of those before this day, or after it. 0 where
 * there is none. */
int64_t figure_all(struct db *db, const char *name);
int64_t figure_of(struct db *db, const char *name, const char *of);
int64_t figure_before(struct db *db, const char *name, date day);
int64_t figure_after(struct db *db, const char *name, date day);

/* Counts them all, and names each that was kept wrong: "deadline.open of plan-review is 4, and 5
 * when counted". For `rebuild --check`: it goes through the whole file. */
typedef void figure_wrong(void *arg, const char *text);
void figure_check(struct db *db, figure_wrong *wrong, void *arg);
/* Counts them anew, in the transaction. For `rebuild`. */
void figure_recount(struct db *db);

#endif
