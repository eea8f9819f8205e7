/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * A reminder that does not reach its person goes to somebody else (design.md 6): to the unit
 * managers, and when all of them were tried to the administrator; nobody is told in vain twice.
 */
#ifndef KEDJA_PLAN_PASS_ON_H
#define KEDJA_PLAN_PASS_ON_H

#include "daemon/people/people.h"
#include "daemon/store/core.h"

/* Why somebody else is told: for the list of notices, and for the reader. */
struct failure {
	const char *reason, *sv, *en;
};
const char *failure_words(const struct failure *failure, const struct person *reader);

extern const struct failure pass_on_refused;       /* the letter, for good */
extern const struct failure pass_on_given_up;      /* nobody tries to deliver it any longer */
extern const struct failure pass_on_gone;          /* the person has left */
extern const struct failure pass_on_another_board; /* and there is no consent, or no more */

/* What stands in this letter, or waits for this person (about `subject`; NULL: about anything),
 * ends as unreachable and goes on. */
void pass_on_letter(const struct core *core, int64_t message, const struct failure *failure);
void pass_on_waiting(const struct core *core, const char *person, const char *subject,
		     const struct failure *failure);

#endif
