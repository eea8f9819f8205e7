/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * What has been said of a deadline (rules/plan/said.h), from the tables of firings and notices. A
 * firing is a step that has gone off: once and for ever (I3). That an acknowledged deadline has
 * come back is a firing too, of the step "@" and role, once for each role and day.
 */
#ifndef KEDJA_STORE_SAID_H
#define KEDJA_STORE_SAID_H

#include "daemon/store/core.h"
#include "rules/plan/said.h"

/* As it was at an instant (INSTANT_NEVER: as it stands). `held` false: nothing of it is put off,
 * nor was. Lives in `arena`. */
struct said *store_said_read(const struct core *core, const char *subject,
			     const struct deadline *deadline, bool held, instant then,
			     struct arena *arena);

/* Notes that a step goes off; false if it had: then it is not told again. */
MUST_CHECK bool store_said_gone(const struct core *core, const char *subject,
				const struct deadline *deadline,
				const struct planned_step *planned);
/* Notes that an acknowledgement has come back; false if it was so before. */
MUST_CHECK bool store_said_back(const struct core *core, const char *subject,
				const struct deadline *deadline, const struct put_off *put_off);

/* For tests: the rule and the key of a step of this subject that goes off at this moment, and of
 * which no notice says what became of it (I4); NULL: there is none. Both live in `arena`. */
const char *store_said_silently(const struct core *core, const char *subject, struct arena *arena,
				const char **ret_key);

#endif
