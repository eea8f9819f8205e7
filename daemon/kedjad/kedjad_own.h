/* SPDX-License-Identifier: EUPL-1.2 */
/* What the files of kedjad share, and nobody else sees; lowest first: changes.c, swap.c, kept.c,
 * virtual.c, kedjad.c (the turn), reload.c. */
#ifndef KEDJA_KEDJAD_KEDJAD_OWN_H
#define KEDJA_KEDJAD_KEDJAD_OWN_H

#include "daemon/kedjad/kedjad.h"

/* changes.c: what it would change, before it does. */

/* `templates` NULL: those in force stay. brought_clear must follow. In the turn. */
void kedjad_compare(const struct kedjad *k, const struct office *office,
		    const struct templates *templates, struct brought *ret);
/* A problem for each loss: without --force the configuration is not taken. */
void kedjad_refuse_lost(const json_t *lost, struct problems *problems);
/* At the start, which cannot be refused for it: deadlines in the file that these rules lose. */
void kedjad_tell_lost(const struct kedjad *k);
/* For the log, when it is in force; the caller frees it. */
char *kedjad_swap_line(const struct brought *brought, const char *by);

/* swap.c: another configuration comes into force. */

/* Can the clock go by the zone of this office? Else a problem. */
MUST_CHECK bool kedjad_knows_zone(const struct office *office, struct problems *problems);
/* The rows of the file are by the rules of this office, or will be when all is planned anew. */
void kedjad_note_version(struct kedjad *k, const struct office *office);
/* Takes both over. `office` without settings takes those in force along, NULL templates stay. In
 * the turn, after what the file is told of it; -1 if that failed: it comes to nothing. `line`
 * (taken over) is said when it is in force. */
MUST_CHECK int kedjad_swap_after_turn(struct kedjad *k, struct office *office,
				      struct templates *templates, bool by_signal, char *line);
/* The settings of one become those of the other. */
void kedjad_move_settings(struct office *from, struct office *to);

/* kept.c: the set of rules in force, and the one before. In the turn. */

void kedjad_keep_rules(struct kedjad *k, const struct office *office); /* it is new, and differs */
void kedjad_files_are_in_force(struct kedjad *k); /* what runs is what lies on the disk */

/* virtual.c */
instant kedjad_next_event(struct kedjad *k); /* when something comes due by itself */
/* Moves the virtual clock on to whatever comes next, when all of this moment is done, with the
 * commit; true: there is more. */
bool kedjad_advance_clock(struct kedjad *k);

/* False: it was rolled back, or could not be begun. Then, and while nothing can be written, it is
 * tried again after a pause. */
bool kedjad_end_turn(struct kedjad *k);

#endif
