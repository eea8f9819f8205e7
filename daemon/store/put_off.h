/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Notices that are put off: they stand there with the event that holds them back, and are marked
 * when they come out (rules/plan/telling.h says when).
 */
#ifndef KEDJA_STORE_PUT_OFF_H
#define KEDJA_STORE_PUT_OFF_H

#include "daemon/store/core.h"
#include "rules/plan/steps_held.h"

/* Is anything of this subject held back? Asked once, to spare each deadline the question. */
bool store_put_off_any(const struct core *core, const char *subject);

/* What is held back of a deadline at an instant (INSTANT_NEVER: as it stands), in the order in
 * which it was; of steps that the rule still has. Lives in `arena`. */
size_t store_put_off_read(const struct core *core, const char *subject,
			  const struct deadline *deadline, instant then, struct arena *arena,
			  struct held_step **ret);
/* A role that was told of a further step waits for nothing that was held back. */
void store_put_off_forget(const struct core *core, const char *subject,
			  const struct deadline *deadline, const char *role);
/* Notices that wait for their letter still, and that somebody puts off now. */
void store_put_off_waiting(const struct core *core, const char *subject,
			   const struct deadline *deadline, struct arena *arena);

#endif
