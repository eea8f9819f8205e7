/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Whether somebody may put off what they want to (deadline.acknowledged, deadline.snoozed): the
 * rule and key are known and something of theirs is open, the day lies ahead, and the role as
 * which it is said follows from who says it. The role is stored with the event.
 */
#ifndef KEDJA_METHODS_PUT_OFF_H
#define KEDJA_METHODS_PUT_OFF_H

#include "daemon/kedjad/kedjad.h"
#include "daemon/store/known.h"

/* Every mistake goes to problems; of what is right the event's role and hour are filled in. */
void method_put_off_check(struct kedjad *k, struct event *event, struct known *known,
			  struct arena *arena, struct problems *problems);

#endif
