/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Entries for the readers' calendars: a letter about a deadline brings its due day along when the
 * step asks for it, moves it when the day has moved, takes it away when the deadline is over, and
 * puts it back when that was a mistake.
 * Who has which entry is a record: an entry keeps the uid that chance gave it, and each change has
 * a higher sequence (RFC 5546 2.1.4, 3.2.1 and 3.2.5).
 *
 *   entries = json_array();
 *   entries_add(core, person, piece, minimal, entries) ...   each item of the letter
 *   entries_turn(core, person, uid, entries)                 what an enclosure says has changed
 *   ... the letter is made with them ...
 *   entries_told(core, person, message);
 *
 * What an entry says is what the subject line of a letter may say: it shows on locked screens and
 * in shared calendars. All in the turn in which the letter is made.
 */
#ifndef KEDJA_LETTERS_ENTRIES_H
#define KEDJA_LETTERS_ENTRIES_H

#include <jansson.h>

#include "daemon/letters/pile.h"
#include "daemon/people/people.h"

void entries_add(const struct core *core, const struct person *person, const struct piece *piece,
		 bool minimal, json_t *entries);
/* An entry that is to be taken away (item.done) or put back, as its section tells it. */
struct entry_change {
	struct letter_item item;
	const char *programme;
	bool hidden; /* no case is named: it is protected, or the person has no role in it any more
		      */
	int64_t sequence;
};

/* Of the entry, in `arena`; false if it stands as it should. */
MUST_CHECK bool entries_read(const struct core *core, const char *uid, struct arena *arena,
			     struct entry_change *ret);
void entries_turn(const struct core *core, const struct person *person, const char *uid,
		  json_t *entries);
void entries_told(const struct core *core, const struct person *person, int64_t message);
/* The letter did not arrive: the next one about the same deadline brings its entries again. */
void entries_lost(const struct core *core, int64_t message);

#endif
