/* SPDX-License-Identifier: EUPL-1.2 */
/* What the files of kedjad share, and nobody else sees; lowest first: kept.c, waiting.c, kedjad.c
 * (the turn), reload.c. */
#ifndef KEDJA_KEDJAD_KEDJAD_OWN_H
#define KEDJA_KEDJAD_KEDJAD_OWN_H

#include "daemon/kedjad/kedjad.h"

/* kept.c: the set of rules in force, and the one before. In the turn. */

/* The clock goes by the zone of this office; false with a problem: by the one before. */
MUST_CHECK bool kedjad_use_zone(struct kedjad *k, const struct office *office,
				struct problems *problems);
void kedjad_swap_office(struct kedjad *k, struct office *office, struct templates *templates);
void kedjad_keep_rules(struct kedjad *k);         /* core.office is new, and differs */
void kedjad_files_are_in_force(struct kedjad *k); /* what runs is what lies on the disk */

/* waiting.c. Serves the requests that waited for the plan: each in a savepoint, like any other. */
void kedjad_serve_waiting(struct kedjad *k);
instant kedjad_next_event(struct kedjad *k); /* when something comes due by itself */
/* Moves the virtual clock on to whatever comes next, when all of this moment is done; true: there
 * is more. */
bool kedjad_advance_clock(struct kedjad *k);
void kedjad_keep_clock(struct kedjad *k); /* where it stands, in the file */

/* False: it was rolled back. */
bool kedjad_end_turn(struct kedjad *k);

#endif
