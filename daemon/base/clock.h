/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The clock: the only caller of the time functions. Real, or virtual: one that stands still
 * until it is moved. And the office's zone: the only place that turns wall-clock time into
 * instants and back (rules/ knows civil time alone).
 *
 * Wall-clock times that a DST change makes ambiguous mean the first of the two instants; those
 * that it leaves out mean the instant of the change.
 */
#ifndef KEDJA_BASE_CLOCK_H
#define KEDJA_BASE_CLOCK_H

#include <stdint.h>

#include "rules/time/date.h"

typedef int64_t instant; /* seconds since 1970-01-01T00:00:00Z */
#define INSTANT_NEVER INT64_MAX
instant instant_earlier(instant a, instant b);

struct clock;

/* NULL if the machine does not know the zone ("Europe/Stockholm"): is tzdata installed? The
 * process's own TZ has no say. One clock per process. */
struct clock *clock_new(const char *zone);
void clock_free(struct clock *clock); /* takes NULL */
MUST_CHECK int clock_set_zone(struct clock *clock,
			      const char *zone); /* a reload; -1: unknown, unchanged */
bool clock_knows_zone(const char *zone);         /* would clock_set_zone take it? */

bool clock_is_virtual(const struct clock *clock);
/* From here on the clock stands at this instant; called again it moves, never back (-1). */
MUST_CHECK int clock_set_virtual(struct clock *clock, instant now);

instant clock_now(const struct clock *clock);
civil clock_now_civil(const struct clock *clock);
date clock_today(const struct clock *clock);

civil clock_to_civil(const struct clock *clock, instant at);
instant clock_from_civil(const struct clock *clock, civil at);
#define INSTANT_TEXT_SIZE 32
/* ISO 8601 with the office's offset: "2026-11-30T08:00:00+01:00"; "" for INSTANT_NEVER. */
const char *clock_format(const struct clock *clock, instant at, char text[INSTANT_TEXT_SIZE]);
/* RFC 5322 date-time, English whatever the locale: "Mon, 30 Nov 2026 08:00:00 +0100". */
const char *clock_format_mail(const struct clock *clock, instant at,
			      char text[INSTANT_TEXT_SIZE + 8]);
/* "YYYY-MM-DD", "YYYY-MM-DDTHH:MM[:SS]" (office time; a bare day is its 00:00), the latter also
 * with an offset ("Z", "+01:00"). 0 or -1. */
MUST_CHECK int clock_parse(const struct clock *clock, const char *text, instant *ret);
bool clock_is_time(const char *text); /* would clock_parse take it? */

int64_t clock_monotonic_us(void); /* for budgets and time limits; real even when virtual */

#endif
