/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The sections of a letter: what its enclosures tell (enclosure.h), as they stand when it is made.
 *
 *   enclosed = sections_read(core, person, arena);
 *   ... the letter is made ...
 *   sections_told(core, person, &enclosed, message);
 */
#ifndef KEDJA_LETTERS_SECTIONS_H
#define KEDJA_LETTERS_SECTIONS_H

#include <jansson.h>

#include "daemon/letters/letter.h"
#include "daemon/people/enclosure.h"
#include "daemon/people/people.h"

struct enclosed {
	struct letter_section *sections;
	size_t section_count;
	struct enclosure *enclosures; /* several may be told in one section */
	size_t enclosure_count;
};

/* One with nothing to tell is dropped, one of somebody who is still away waits. Lives in `arena`.
 */
struct enclosed sections_read(const struct core *core, const struct person *person,
			      struct arena *arena);
/* Entries to be taken away from the reader's calendar, into a list as in mailproto.h. */
void sections_withdraw(const struct core *core, const struct person *person,
		       const struct enclosed *enclosed, json_t *entries);
void sections_told(const struct core *core, const struct person *person,
		   const struct enclosed *enclosed, int64_t message);

#endif
