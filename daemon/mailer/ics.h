/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Calendar entries as iCalendar (RFC 5545) by libical: whole days, published or withdrawn (RFC 5546
 * 3.2.1, 3.2.5), a calendar each, since programs take only the first entry of one for a change. The
 * same entries give the same bytes, always: nothing in them comes from the clock or from chance.
 *
 *   text = ics_text(json_array_get(letter->calendar, i), stamp, &organizer);
 */
#ifndef KEDJA_MAILER_ICS_H
#define KEDJA_MAILER_ICS_H

#include <jansson.h>
#include <stdbool.h>

#include "rules/base/mem.h"

/* NULL, or what is wrong with the list: [{"uid", "sequence", "day", "summary", "description"?,
 * "cancelled"?}, ...]. The caller frees it. */
char *ics_fault(const json_t *entries);

/* Who says so: the sender of the letters. */
struct ics_organizer {
	const char *name, *address;
};

bool ics_is_cancelled(const json_t *entry);
/* A VCALENDAR of the entry, which must have no fault. `sent` is that of the letter, as RFC 5322
 * writes it. The caller frees it. */
char *ics_text(const json_t *entry, const char *sent, const struct ics_organizer *organizer);

#endif
