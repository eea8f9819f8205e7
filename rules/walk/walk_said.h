/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * What has been said on a walk (said.h), of each deadline of a subject, by its identity. A subject
 * that is folded anew has other deadlines of the same identities, and they go on where the old
 * ones were; so do those of rules that have changed, by the names of rules and steps.
 */
#ifndef KEDJA_WALK_SAID_H
#define KEDJA_WALK_SAID_H

#include "rules/plan/said.h"

/* Of one deadline; `*tree` is the subject's, NULL at first. It lives in the arena.
 * Rules that it was about before must outlive it. */
struct said *walk_said_find(void **tree, const struct deadline *deadline, struct arena *arena);
void walk_said_free(void *tree); /* takes NULL; what was in it stays in the arena */

#endif
