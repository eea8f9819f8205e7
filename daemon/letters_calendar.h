/*
 * Entries for the readers' calendars: a letter about a deadline brings its due day along when the
 * step asks for it, moves it when the day has moved, and takes it away when the deadline is over.
 * Who has which entry is a record: an entry keeps its uid, and each change has a higher sequence
 * (RFC 5546 2.1.4, 3.2.1 and 3.2.5).
 *
 *   entries = json_array();
 *   calendar_add(core, person, piece, minimal, entries) ...   each item of the letter
 *   calendar_withdraw(core, person, uid, minimal, entries)    what an enclosure says is over
 *
 * What an entry says is what the subject line of a letter may say: it shows on locked screens and
 * in shared calendars. All in the turn in which the letter is made.
 */
#ifndef KEDJA_LETTERS_CALENDAR_H
#define KEDJA_LETTERS_CALENDAR_H

#include <jansson.h>

#include "daemon/letters_pile.h"
#include "daemon/people.h"

void calendar_add(const struct core *core, const struct person *person, const struct piece *piece,
		  bool minimal, json_t *entries);
/* Fills in what the section tells of it, in `arena`; false if it is not over after all. */
MUST_CHECK bool calendar_read(const struct core *core, const char *uid, struct arena *arena,
			      struct letter_item *ret, const char **ret_programme);
void calendar_withdraw(const struct core *core, const struct person *person, const char *uid,
		       json_t *entries);

#endif
