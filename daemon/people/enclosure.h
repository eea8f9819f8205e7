/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Enclosures: what goes along with the next letter of the day besides its reminders, told once:
 *
 *   return     what went to others while the person was away; ref is the event of the leave
 *   handover   what is open of that which the person has taken over; ref is who had it
 *   calendar   an entry in the person's calendar is taken away or put back; ref is its uid
 *
 * A row waits from its day on; without any reminder the letter consists of it alone. Rows are a
 * record and are never made anew.
 */
#ifndef KEDJA_PEOPLE_ENCLOSURE_H
#define KEDJA_PEOPLE_ENCLOSURE_H

#include "daemon/store/core.h"

#define ENCLOSURE_RETURN   "return"
#define ENCLOSURE_HANDOVER "handover"
#define ENCLOSURE_CALENDAR "calendar"

struct enclosure {
	int64_t id;
	const char *kind, *ref;
};

/* One that waits already stays as it is, with this day. Its number. */
int64_t enclosure_add(const struct core *core, const char *person, const char *kind,
		      const char *ref, date day);
/* A subject of a handover, with the role that was handed over. */
void enclosure_add_subject(const struct core *core, int64_t enclosure, const char *subject,
			   const char *role);
void enclosure_set_day(const struct core *core, const char *person, const char *kind, date day);

/* Those that may go today; the list lives in `arena`. */
size_t enclosure_waiting(const struct core *core, const char *person, struct arena *arena,
			 struct enclosure **ret);
bool enclosure_waits(const struct core *core, const char *person);
void enclosure_told(const struct core *core, int64_t enclosure, int64_t message);
void enclosure_drop(const struct core *core, int64_t enclosure); /* it has nothing to tell */
void enclosure_person_gone(const struct core *core, const char *person); /* nobody to tell it to */
/* The first hour of letters after `looked` at which one of those that wait can go; INSTANT_NEVER.
 */
instant enclosure_next(const struct core *core, instant looked);
/* The day of the next letters: what comes up after the hour of today's waits for tomorrow's. */
date enclosure_first_day(const struct core *core);
/* After a subject was planned: entries in calendars whose deadline is over are to be taken away,
 * and those that were taken away of one that is open again put back. */
void enclosure_note_ended(const struct core *core, const char *subject);

#endif
