/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Before and behind every method: may whoever asks call it, on this case; and the row of the audit
 * log that it leaves. Which method is for whom is a column of the table, so that none escapes.
 */
#ifndef KEDJA_METHODS_GATE_H
#define KEDJA_METHODS_GATE_H

#include "daemon/kedjad/kedjad.h"

extern const struct rpc_gate method_gate;

/* sees.c. While a handler runs: may whoever asks see this subject? One that they may not is to be
 * answered like one that is not there. */
bool method_sees(const struct kedjad *k, const char *subject);
/* Cases with protected identity are not for them: figures leave these out. */
bool method_sees_all(const struct kedjad *k);

/* gate.c: what somebody may who has these numbers. */
struct access_right method_right_of(const struct kedjad *k, const struct caller *who);
/* By another list than the one in force; NULL: there is none. */
struct access_right method_right_by(const struct access_list *list, const struct caller *who);

#endif
