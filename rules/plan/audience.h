/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Whom a step names, as things stand with its subject:
 *
 *   count = audience_of(deadline, step, arena, &named);
 *
 * Those in `to`, then those in `cc`, and then the rule's `also` while its also_if holds. These are
 * quiet: what makes a case one of theirs is not for others to know, so no other letter tells that
 * they were told, or will be.
 *
 * On a case that is closed or was never opened nobody works who holds a role for cases: in place
 * of all roles that may be held on a case stands one, and the unit manager gets a copy
 * (struct care). Who that is when nobody holds it, whoever knows the people says.
 */
#ifndef KEDJA_AUDIENCE_H
#define KEDJA_AUDIENCE_H

#include "rules/plan/plan.h"

struct named {
	const struct role *role; /* NULL: of a field in which the event names none */
	bool copy, quiet;
	const struct care *care; /* where it reaches nobody these are told; NULL: nobody else */
};

/* A role may stand in it twice; the first place counts. The list lives in `arena`. */
size_t audience_of(const struct deadline *deadline, const struct step *step, struct arena *arena,
		   struct named **ret);
/* Does any step of the deadline name this role, be it for a copy or quietly? */
bool audience_names(const struct deadline *deadline, const struct role *role);
/* How this role is told of a step that was held back from it, whoever is in the audience by now:
 * one that is only told as one of `also` stays quiet. */
struct named audience_role(const struct deadline *deadline, const struct step *step,
			   const struct role *role, struct arena *arena);
/* The same of what a row knows: without roles of fields (NULL), and without those who are quiet. */
size_t audience_of_step(const struct step *step, const struct care *care, struct arena *arena,
			struct named **ret);
/* The roles that the event names in rule->role_fields, in their order, NULL for each that it does
 * not; NULL where steps name no field, and where there is no event (NULL): its kind is no longer
 * declared. The list lives in `arena`. */
const struct role **audience_field_roles(const struct rule *rule, const struct event *event,
					 const struct chain *chain, struct arena *arena);
/* The most that audience_of gives. */
size_t audience_most(const struct rule *rule, const struct step *step);

#endif
