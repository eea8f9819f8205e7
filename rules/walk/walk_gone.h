/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * What has gone off on a walk: for each deadline of a subject, by its identity, a bit for each
 * repetition of each step. A subject that is folded anew has other deadlines of the same
 * identities, and they go on where the old ones were.
 */
#ifndef KEDJA_WALK_GONE_H
#define KEDJA_WALK_GONE_H

#include "rules/plan/steps.h"

struct walk_gone {
	const struct rule *rule;
	const char *key;
	date anchor;
	int occurrence;
	struct walk_bits *steps; /* by step->index */
	bool said_all;           /* it had ended by its last step, and that one is gone */
	struct held_step *held;  /* steps that are held back, in that order: walk_held.h */
	size_t held_count, held_capacity;
	const struct walk_told *told; /* who was told of what */
	const struct walk_back *back; /* what has come back */
};

/* Of one deadline; `*tree` is the subject's, NULL at first. It lives in the arena. */
struct walk_gone *walk_gone_find(void **tree, const struct deadline *deadline, struct arena *arena);
void walk_gone_free(void *tree); /* takes NULL; what was in it stays in the arena */

steps_fired walk_gone_has; /* its first argument is a struct walk_gone */
void walk_gone_note(struct walk_gone *gone, const struct planned_step *planned,
		    struct arena *arena);

#endif
