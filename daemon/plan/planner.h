/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The planner keeps deadlines in step with events, rules, and time. It holds the plans of the
 * subjects used last, so that an event costs what the event costs, and not what the history
 * costs; everything it holds can be thrown away and folded anew from the log.
 *
 * What a change touches is marked behind, in the same transaction; the marked ones are planned
 * in bounded turns, nearest first. A subject is always planned before it is asked about.
 */
#ifndef KEDJA_PLAN_PLANNER_H
#define KEDJA_PLAN_PLANNER_H

#include "daemon/store/core.h"
#include "rules/plan/plan.h"
#include "rules/plan/telling.h"

/* What a deadline says now (telling.h): to be carried out. Called in the turn. */
typedef void planner_fire(void *arg, const char *subject, const char *programme,
			  const struct deadline *deadline, const struct telling *telling,
			  struct arena *arena);

struct planner;

struct planner *planner_new(const struct core *core, planner_fire *fire, void *arg);
void planner_free(struct planner *planner); /* takes NULL */
/* How much memory its plans may hold, if not what suits a daemon. */
void planner_set_bound(struct planner *planner, size_t bytes);
/* From here on each step is checked, and a mistake of this program ends it: for tests
 * (KEDJA_CHECK). Whoever fires must write the notices. */
void planner_set_check(struct planner *planner);

/* In the turn, after the event was added to the log. */
void planner_note_event(struct planner *planner, const struct event *event);
void planner_note_void(struct planner *planner, const struct event *voided);
/* Rules, chain or calendar are others now: forgets all plans and marks every subject, in steps. */
void planner_note_rules(struct planner *planner);
/* Derives every row anew from the log; done when planner_is_behind says no. */
void planner_rebuild(struct planner *planner);
/* Would folding this subject anew change any row? Nothing is written. */
bool planner_differs(struct planner *planner, const char *subject);
/* After a rollback: what is held may be of events that never were. */
void planner_forget(struct planner *planner);

/* The last number that event_key.c gave at a place, as long as all below it are taken; 0: not
 * known. One place is remembered, and forgotten with what was voided or rolled back. */
size_t planner_last_number(const struct planner *planner, const char *place);
void planner_note_number(struct planner *planner, const char *place, size_t number);

/* Plans what is behind and fires what is due, while the turn has room; true: there is more. */
bool planner_work(struct planner *planner);
bool planner_is_behind(struct planner *planner);
bool planner_has_due(struct planner *planner); /* something to fire at this moment */
instant planner_next(struct planner *planner); /* when the next subject wakes, INSTANT_NEVER */

/* The plan of a case or programme as of now; NULL if there is none such. Until the next call. */
const struct plan *planner_get(struct planner *planner, const char *subject);

#endif
