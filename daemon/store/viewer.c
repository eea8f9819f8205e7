/* SPDX-License-Identifier: EUPL-1.2 */
/* See viewer.h. */
#include "daemon/store/viewer.h"

#include <string.h>

/* A role that the member of staff holds on it, whichever. */
static bool holds_role(const struct viewer *viewer, const char *subject)
{
	struct query *q =
	    db_query(viewer->db, "SELECT 1 FROM role WHERE subject = ?1 AND staff = ?2 LIMIT 1");
	db_bind(q, DB_TEXT(subject), DB_TEXT(viewer->staff));
	return viewer->staff != NULL ? db_found(q) : (db_done(q), false);
}

/* A role on the programme that chain.conf says opens its cases. */
static bool holds_opening_role(const struct viewer *viewer, const char *programme)
{
	bool opens = false;
	struct query *q =
	    db_query(viewer->db, "SELECT role FROM role WHERE staff = ?1 AND subject = ?2");
	db_bind(q, DB_TEXT(viewer->staff), DB_TEXT(programme));
	while (!opens && db_next(q)) {
		const struct role *role = chain_role(viewer->chain, db_text(q, 0));
		opens = role != NULL && role->opens_cases;
	}
	db_done(q);
	return opens;
}

/* What the file says of a subject. */
struct found {
	bool is_there, is_case, is_staff, is_protected;
	char programme[128]; /* "": none; names are of 40 characters at most (FIELD_ID) */
};

static struct found find(struct db *db, const char *subject)
{
	struct found found = { .is_there = false };
	struct query *q =
	    db_query(db, "SELECT type, coalesce(iif(type = 'programme', id, programme), ''),"
			 " protected FROM subject WHERE id = ?1");
	db_bind_text(q, 1, subject);
	if (db_next(q)) {
		found.is_there = true;
		found.is_staff = strcmp(db_text(q, 0), "staff") == 0;
		found.is_case = !found.is_staff && strcmp(db_text(q, 0), "programme") != 0;
		found.is_protected = found.is_case && db_int(q, 2) != 0;
		size_t length = strlen(db_text(q, 1));
		length = length < sizeof(found.programme) ? length : sizeof(found.programme) - 1;
		memcpy(found.programme, db_text(q, 1), length);
	}
	db_done(q);
	return found;
}

static enum viewer_sight look_by_row(const struct viewer *viewer, const char *subject,
				     const struct found *found)
{
	const char *programme = found->programme[0] == '\0' ? NULL : found->programme;
	if (found->is_protected && !viewer->row->sees_protected && !holds_role(viewer, subject))
		return SIGHT_HIDDEN;
	return access_reaches(viewer->row, programme) ? SIGHT_FREE : SIGHT_CLOSED;
}

static enum viewer_sight look_by_roles(const struct viewer *viewer, const char *subject,
				       const struct found *found)
{
	if (found->is_case && holds_role(viewer, subject))
		return SIGHT_FREE;
	if (found->is_protected)
		return SIGHT_HIDDEN;
	return found->programme[0] != '\0' && holds_opening_role(viewer, found->programme)
		   ? SIGHT_FREE
		   : SIGHT_CLOSED;
}

enum viewer_sight viewer_look(const struct viewer *viewer, const char *subject)
{
	struct found found = find(viewer->db, subject);
	if (!found.is_there)
		return SIGHT_NONE;
	if (found.is_staff)
		return SIGHT_FREE;
	switch (viewer->scope) {
	case VIEWER_ALL:
		return SIGHT_FREE;
	case VIEWER_NONE:
		return found.is_protected ? SIGHT_HIDDEN : SIGHT_CLOSED;
	case VIEWER_BY_ROW:
		return look_by_row(viewer, subject, &found);
	case VIEWER_BY_ROLES:
		return look_by_roles(viewer, subject, &found);
	}
	return SIGHT_HIDDEN;
}

/* A db_judge. What is in no row of the subjects is about nobody. */
static bool is_seen(const void *arg, const char *subject)
{
	enum viewer_sight sight = viewer_look(arg, subject);
	return sight == SIGHT_FREE || sight == SIGHT_NONE;
}

void viewer_open(const struct viewer *viewer)
{
	db_set_judge(viewer->db, viewer->scope == VIEWER_ALL ? NULL : is_seen, viewer);
}

void viewer_close(struct db *db)
{
	db_set_judge(db, NULL, NULL);
}
