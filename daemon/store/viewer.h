/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Which cases and programmes somebody may see. Lists leave the others out by seen(subject) in their
 * SQL, so that no page, no cursor and no count knows of them.
 *
 *   viewer_open(&viewer, core->db);      from here on seen() goes by it
 *   ... the method ...
 *   viewer_close(core->db);
 */
#ifndef KEDJA_STORE_VIEWER_H
#define KEDJA_STORE_VIEWER_H

#include "daemon/conf/access.h"
#include "daemon/store/db.h"
#include "rules/kinds/chain.h"

enum viewer_scope {
	VIEWER_ALL,
	VIEWER_NONE,
	VIEWER_BY_ROW,  /* the programmes of a row of the list; protected cases if it says so, or by
			 * a role on the case itself */
	VIEWER_BY_ROLES /* of a member of staff: on the case; or on its programme one that opens
			 * cases, but none with protected identity */
};

struct viewer {
	enum viewer_scope scope;
	struct db *db;
	const struct access_row *row; /* by row */
	const struct chain *chain;    /* by roles */
	const char *staff;            /* who they are; NULL: not known */
};

enum viewer_sight {
	SIGHT_FREE,
	SIGHT_NONE,   /* there is no such subject */
	SIGHT_CLOSED, /* of a programme, or by a role, that was not granted */
	SIGHT_HIDDEN  /* with protected identity: for them it does not exist */
};

/* In the turn. Staff are no cases: free. */
enum viewer_sight viewer_look(const struct viewer *viewer, const char *subject);

/* The viewer outlives viewer_close. */
void viewer_open(const struct viewer *viewer);
void viewer_close(struct db *db);

#endif
