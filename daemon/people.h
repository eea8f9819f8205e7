/*
 * People: who is who, who holds which role, who stands in for whom. Derived from the events of
 * staff and of roles; a role stays a role until the letter is made (design.md 6).
 */
#ifndef KEDJA_PEOPLE_H
#define KEDJA_PEOPLE_H

#include "daemon/core.h"
#include "rules/chain.h"

/* Derives the rows of one member of staff, or the roles held on one subject, anew. */
void people_refresh_staff(const struct core *core, const char *staff);
void people_refresh_roles(const struct core *core, const char *subject);

/* Would deriving both anew change any row? They are written anew all the same: for rebuild's check,
 * in a savepoint. */
MUST_CHECK bool people_differ(const struct core *core, const char *subject);

struct person {
	const char *id; /* "" for the administrator */
	const char *name, *email, *language;
	bool weekly;     /* wants one letter a week about what is not urgent */
	const char *why; /* NULL, or why it comes to this person: "står in för Anna Berg" */
};

/*
 * Whom a notice of this subject to this role reaches today: holders on the case, else on the
 * programme; of a programme's own notice to a case role nobody holds there, all who hold it on
 * its open cases. Deputies stand in for the absent. 0 if nobody: then people_fallback. The list
 * lives in `arena`.
 */
size_t people_find(const struct core *core, const char *subject, const char *programme,
		   const char *role, struct arena *arena, struct person **ret);

/* Where a notice goes that reaches nobody: the unit manager, else the administrator. */
size_t people_fallback(const struct core *core, const char *programme, const char *failed_role,
		       struct arena *arena, struct person **ret);

/* One person by id ("" is the administrator); false if gone, unknown, or without address. */
MUST_CHECK bool people_get(const struct core *core, const char *id, struct arena *arena,
			   struct person *ret);

#endif
