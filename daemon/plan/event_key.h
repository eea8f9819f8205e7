/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The key that an event gets when it is recorded without one (design.md 4, per_key): decided once,
 * before it is stored, for everybody who records.
 *
 *   if (event_key_settle(&core, planner, event, arena, &note, &problem)) ... store_event_add ...
 */
#ifndef KEDJA_PLAN_EVENT_KEY_H
#define KEDJA_PLAN_EVENT_KEY_H

#include "daemon/plan/planner.h"

/*
 * Sets event->key, in `arena`, where it is "": in the turn, before the event is added. An event
 * that starts a rule per key is a thing of its own, by its day: DATE, DATE.2, ... Of kinds with a
 * lone key (kind.h) it is about the matter that is open on its subject; a start without one begins
 * the lone one.
 *
 * False, and nothing changed, where several are open: `*ret_problem` says which. `*ret_note`, NULL
 * or a sentence, is what the one who recorded it should know: as what it was taken.
 */
MUST_CHECK bool event_key_settle(const struct core *core, struct planner *planner,
				 struct event *event, struct arena *arena, const char **ret_note,
				 const char **ret_problem);

#endif
