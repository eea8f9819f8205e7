/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * What is open by law on a case (the rules that are final), where it closes or goes over to another
 * programme; and who is told of a case that is not open. A household can lose its home in such a
 * gap, so whoever records it hears of it in the answer.
 *
 *   method_close_check(k, event, force, problems);       before case.closed is kept
 *   note = method_at_stake_note(k, event, arena);        after any event of a case is
 */
#ifndef KEDJA_METHODS_AT_STAKE_H
#define KEDJA_METHODS_AT_STAKE_H

#include "daemon/kedjad/kedjad.h"

/* While something is open by law, its day passed or not, a case closes only by force and with a
 * reason: each of them is a problem. */
void method_close_check(struct kedjad *k, const struct event *event, bool force,
			struct problems *problems);

/*
 * For the answer, NULL where there is nothing to say. A case that closed: what goes on. One that
 * went over: its days, and the roles that nobody holds there. One that is not open: who is told of
 * what this event began.
 */
const char *method_at_stake_note(struct kedjad *k, const struct event *event, struct arena *arena);

#endif
