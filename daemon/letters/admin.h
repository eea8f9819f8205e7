/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Letters to the administrator that are about kedja itself: a test of the whole way, and the
 * alarm that letters have been given up. No case is named in them.
 */
#ifndef KEDJA_LETTERS_ADMIN_H
#define KEDJA_LETTERS_ADMIN_H

#include "daemon/letters/letters.h"

/* The number of the letter; 0 with a problem if there is no administrator. In the turn. */
MUST_CHECK int64_t letters_admin_drill(const struct core *core, struct letters *letters,
				       struct problems *problems);
/* A letter has been given up: told once a day at the most, and never of such a letter itself. */
void letters_admin_given_up(const struct core *core, struct letters *letters, int64_t message);

#endif
