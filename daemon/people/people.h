/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * People: who is who, who holds which role, who stands in for whom. Derived from the events of
 * staff and of roles; a role stays a role until the letter is made (design.md 6).
 */
#ifndef KEDJA_PEOPLE_PEOPLE_H
#define KEDJA_PEOPLE_PEOPLE_H

#include "daemon/store/core.h"
#include "rules/kinds/chain.h"

/* Derives anew, for its subject, the rows that events of this kind change, if any. */
void people_refresh(const struct core *core, const struct kind *kind, const char *subject);
/* All rows there are. */
void people_rebuild(const struct core *core);

/* What comes of an event of people besides those rows, once, when it is recorded: a handover is
 * told to the new holder, and so is what waits for the old one; a leave that ends otherwise moves
 * the day of its summary. After the rows were derived. */
void people_note_event(const struct core *core, const struct event *event);

/* Would deriving both anew change any row? They are written anew all the same: for rebuild's check,
 * in a savepoint. */
MUST_CHECK bool people_differ(const struct core *core, const char *subject);

struct person {
	const char *id; /* "" for the administrator */
	const char *name, *email, *language;
	bool weekly;        /* wants one letter a week about what is not urgent */
	const char *board;  /* NULL: that of whatever case it is about */
	const char *reason; /* NULL, or why it comes to this person: "står in för Anna Berg" */
	const char *instead_of; /* the holder who is away, or NULL */
	int64_t leave;          /* the event of that leave */
	date back;              /* the day after it, or DATE_NONE */
};

/* Does a case belong to another board than this one (NULL: to none)? */
MUST_CHECK bool people_is_of_another_board(const struct core *core, const char *subject,
					   const char *programme, const char *board);

/* Somebody who holds the role and is not told. */
struct person_missed {
	const char *id, *name;
	int64_t leave; /* the event of the leave that the person is on; 0: none */
	date back;     /* the day after it, or DATE_NONE */
	bool barred;   /* belongs to another board, and there is no consent; else away or gone */
};

/*
 * May somebody of this board (NULL: of whatever board) be told of a case? Yes if it is the case's
 * own board, or the case holds a consent for it today (offentlighets- och sekretesslagen 8 kap.
 * 1 par., 10 kap. 1 par.). Of a programme's own matters everybody may be told.
 */
MUST_CHECK bool people_may_be_told(const struct core *core, const char *subject,
				   const char *programme, const char *board);

/*
 * Whom a notice of this subject to this role reaches today: holders on the case, else on the
 * programme; of a programme's own notice to a case role nobody holds there, all who hold it on
 * its open cases. Deputies stand in for the absent. 0 if nobody: then people_fallback. The list
 * lives in `arena`.
 * Holders who are not told, and have nobody who stands in for them, are in `ret_missed`.
 */
size_t people_find(const struct core *core, const char *subject, const char *programme,
		   const char *role, struct arena *arena, struct person **ret,
		   struct person_missed **ret_missed, size_t *ret_missed_count);

/* Those who hold a role today, and so are told. */
struct holders {
	const struct role *role; /* the one by which they are */
	struct person *list;
	size_t count;
	struct person_missed *missed;
	size_t missed_count;
	bool barred; /* one of the missed, by another board */
};
/*
 * People_find; and if that is nobody, with `care` (ruleset.h), its roles in turn. `role` may be
 * NULL: nobody holds it.
 */
struct holders people_holders(const struct core *core, const char *subject, const char *programme,
			      const struct role *role, const struct care *care,
			      struct arena *arena);

/* The case is not open: who is told of it instead (ruleset.h). NULL: it is, or is no case. */
const struct care *people_care(const struct core *core, const char *subject);

/* Where a notice goes that reaches nobody: the unit manager, else the administrator. */
size_t people_fallback(const struct core *core, const char *subject, const char *programme,
		       const char *failed_role, struct arena *arena, struct person **ret);

/* The role by which a notice comes to one of these: people_fallback. */
const char *people_fallback_role(const struct person *person);

/* One person by id ("" is the administrator); false if gone, unknown, or without address. */
MUST_CHECK bool people_get(const struct core *core, const char *id, struct arena *arena,
			   struct person *ret);

#endif
