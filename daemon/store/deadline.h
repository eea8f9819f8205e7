/* SPDX-License-Identifier: EUPL-1.2 */
/* Rows of deadlines: derived from the plan of their subject, written only where they differ. */
#ifndef KEDJA_STORE_DEADLINE_H
#define KEDJA_STORE_DEADLINE_H

#include "daemon/store/core.h"
#include "rules/plan/plan.h"

/* The short name of a deadline's identity, the same in every file and after every rebuild. */
#define DEADLINE_ID_SIZE 17
const char *store_deadline_id(const char *subject, const char *rule, const char *key, date anchor,
			      int occurrence, char id[DEADLINE_ID_SIZE]);

/* Binds the identity of a deadline to the parameters ?1 to ?5: subject, rule, key, anchor,
 * occurrence. */
void store_deadline_bind(struct query *query, const char *subject, const struct deadline *deadline);

/* Writes a row if it is new or differs. `next_at` is INSTANT_NEVER where nothing comes. */
void store_deadline_put(const struct core *core, const char *subject,
			const struct deadline *deadline, const char *next_step, instant next_at);
/* Deletes the rows of a subject that its plan, folded anew, no longer has. */
void store_deadline_prune(const struct core *core, const char *subject, const struct plan *plan);

#endif
