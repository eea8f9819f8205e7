/*
 * The sections of a letter: what its enclosures tell (enclosure.h), as they stand when it is made.
 *
 *   count = sections_read(core, person, arena, &sections, &enclosures);
 *   ... the letter is made ...
 *   sections_told(core, person, sections, enclosures, count, message);
 */
#ifndef KEDJA_LETTERS_SECTIONS_H
#define KEDJA_LETTERS_SECTIONS_H

#include "daemon/enclosure.h"
#include "daemon/letter.h"
#include "daemon/people.h"

/* One with nothing to tell is dropped, one of somebody who is still away waits. */
size_t sections_read(const struct core *core, const struct person *person, struct arena *arena,
		     struct letter_section **ret, struct enclosure **ret_enclosures);
void sections_told(const struct core *core, const struct person *person,
		   const struct enclosure *enclosures, size_t count, int64_t message);

#endif
