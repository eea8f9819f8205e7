/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Who and what is known: whether the subject of an event, and whoever its fields name, is there.
 * A name with a slip in it is refused with the nearest one there is; left alone, a case in the
 * programme "ostermlam" is watched for nobody.
 *
 *   known = known_new(&core, arena);
 *   known_add(known, kind, subject);          what the same request, or the same file, begins
 *   known_check(known, event, &problems);
 *   known_free(known);
 */
#ifndef KEDJA_STORE_KNOWN_H
#define KEDJA_STORE_KNOWN_H

#include "daemon/store/core.h"
#include "rules/kinds/kind.h"

struct known;

/* For one request; what it says lives in `arena`. */
struct known *known_new(const struct core *core, struct arena *arena);
void known_free(struct known *known); /* takes NULL */

/* From an event of this kind on, its subject is there; nothing if none begins with that kind
 * (kind.h, may_begin). Before the first check. */
void known_add(struct known *known, const struct kind *kind, const char *subject);

/* Adds what is named and not there, each under its field: the subject, if the event may not be its
 * first; people, programmes and cases in fields. Of what events are about themselves (voids,
 * reminders put off) only the fields. */
void known_check(struct known *known, const struct event *event, struct problems *problems);

/* One who is missing, as known_check says it: for whoever looks for people by itself. */
void known_refuse(struct known *known, enum field_names names, const char *id, const char *place,
		  struct problems *problems);

#endif
