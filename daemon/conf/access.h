/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Who may do what: the list "access" of kedja.conf, and the matrix of roles and kinds of methods.
 * Personal data may be reached only by those who need it for their work (lag (2001:454) om
 * behandling av personuppgifter inom socialtjänsten, 10 §).
 *
 *   list = access_parse(root, "kedja.conf", &problems);      NULL: there is no list
 *   right = access_of(list, &who, own_uid);
 *   if (!access_may(right.role, ACCESS_CASES)) ...
 *   access_free(list);
 *
 * Names become numbers when the list is read: whoever is asked about later is a uid and groups, and
 * no name service is waited for. A name that this machine does not know is no mistake - a directory
 * may be down while kedjad starts, and reminders must go out - but its row gives nobody any right
 * until the list is read again.
 */
#ifndef KEDJA_CONF_ACCESS_H
#define KEDJA_CONF_ACCESS_H

#include "rules/conf/confread.h"

enum access_role {
	ACCESS_VIEWER,  /* figures without cases */
	ACCESS_CLERK,   /* records and reads, within the programmes granted */
	ACCESS_MAILBOX, /* hands in mail that came back, nothing else */
	ACCESS_FRONT,   /* speaks for a member of staff, whose rights follow from the roles held */
	ACCESS_ADMIN    /* all of it */
};
#define ACCESS_ROLES 5
const char *access_role_name(enum access_role role);

/* What a method is about; the column of the method table by which the matrix goes. */
enum access_class {
	ACCESS_FIGURES, /* the daemon, its rules and figures: no case */
	ACCESS_CASES,   /* cases and programmes, each by its programme */
	ACCESS_STAFF,   /* who works here */
	ACCESS_MAIL,    /* mail that came back */
	ACCESS_RUNNING  /* the running of it, and all else */
};

/* The matrix. A front may what the member of staff may for whom it speaks, and no more than this.
 */
bool access_may(enum access_role role, enum access_class of);

/* Who is at the other end, as the kernel had it when they connected. */
struct access_who {
	unsigned uid;
	const unsigned *groups;
	size_t group_count;
};

/* A row of the list: a user or a group, and what they may. */
struct access_row {
	const char *name; /* as it stands there: "anna", or "#1005" for a number without a name */
	bool is_group;
	int line;
	enum access_role role;
	const char **programmes; /* of a clerk: ended by NULL; NULL itself: all of them */
	const char *staff;       /* who the user is among the staff; NULL: not said */
	bool sees_protected;     /* cases with protected identity, too */
	bool is_known;           /* the name has a number on this machine */
	unsigned id;
};

struct access_list {
	struct arena *arena;
	const char *file;
	struct access_row *rows;
	size_t count;
	uint64_t version; /* of what it says */
};

/* From the root of kedja.conf. NULL without a list, and after adding problems. */
struct access_list *access_parse(const config_setting_t *root, const char *file,
				 struct problems *problems);
void access_free(struct access_list *list); /* takes NULL */
/* What somebody should know of a list that came into force: that there is none, and which names
 * this machine does not know. */
void access_log(const struct access_list *list);
/* Do they say the same? Both may be NULL. */
bool access_same(const struct access_list *a, const struct access_list *b);

enum access_why {
	ACCESS_BY_NOTHING, /* nobody named them: no right at all */
	ACCESS_BY_ROW,
	ACCESS_BY_UID,   /* root and the daemon's own user: always, or nobody could mend the list */
	ACCESS_BY_SOCKET /* there is no list: whoever may write to the socket may do everything */
};

struct access_right {
	enum access_why why;
	enum access_role role;        /* unless by nothing */
	const struct access_row *row; /* of the list; NULL unless by a row */
};

/* What they may: the row of the user; else of the first group in the list that they are in. */
struct access_right access_of(const struct access_list *list, const struct access_who *who,
			      unsigned own_uid);

/* Does the row reach into this programme? A case that no programme has yet (NULL) is any clerk's.
 */
bool access_reaches(const struct access_row *row, const char *programme);

/* The line that would let somebody of this name in, for whoever is refused; the caller frees it. */
char *access_line_for(const char *user);

#endif
