/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Calendar entries as iCalendar (RFC 5545) by libical: whole days, published or withdrawn. The same
 * entries give the same bytes, always: nothing in them comes from the clock or from chance.
 *
 *   text = ics_text(letter->calendar, stamp, false);    those to publish; NULL: none
 */
#ifndef KEDJA_MAILER_ICS_H
#define KEDJA_MAILER_ICS_H

#include <jansson.h>
#include <stdbool.h>

#include "rules/base/mem.h"

/* NULL, or what is wrong with the list: [{"uid", "sequence", "day", "summary", "description"?,
 * "cancelled"?}, ...]. The caller frees it. */
char *ics_fault(const json_t *entries);

/* A VCALENDAR of all entries that are cancelled, or of all that are not; NULL if there is none.
 * `sent` is that of the letter, as RFC 5322 writes it. The entries must have no fault. */
char *ics_text(const json_t *entries, const char *sent, bool cancelled);

#endif
