/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Who sees an event, besides the subject that it is about: the one place that says so.
 *
 * A case sees the events of every programme that its own events ever named, and a programme those
 * of every case that ever named it, whether the case belongs there at the time or not: money that
 * a programme assigns follows a case that has moved on, and what happened in a case before it
 * came counts when a rule asks for the first of its kind. Which cases are its own a programme
 * knows from what it sees; its rules meet the events of those alone (plan.h).
 *
 * Of the others' events each sees the kinds that its facts read or its rules name (starts, done,
 * cancels, agreed). Who has named whom is kept by whoever keeps the events: event_programme() in
 * kind.h tells it of one, and one that is taken back has named nobody.
 */
#ifndef KEDJA_SEES_H
#define KEDJA_SEES_H

#include "rules/language/ruleset.h"

/* Does a subject of this type see events of this kind that are about another one? */
bool sees_kind(const struct ruleset *ruleset, enum subject_type type, const struct kind *kind);
/* All such kinds; they live as long as the ruleset. */
size_t sees_kinds(const struct ruleset *ruleset, enum subject_type type,
		  const struct kind *const **ret);

/* Once all rules are read: fills in ruleset->sight. */
void sees_derive(struct ruleset *ruleset);

#endif
