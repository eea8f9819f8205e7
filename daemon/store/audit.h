/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Who did and saw what: a row for each call that changed something, read a case or was refused, in
 * the transaction of what it tells of. Access to personal data must be documented so that it can
 * be checked (lag (2001:454) om behandling av personuppgifter inom socialtjänsten, 10 §). A row has
 * no texts and no amounts.
 *
 * Rows are never changed, and a chain of hashes shows it: each goes over the one before, the time,
 * uid, method, outcome, and the seal, SHA-256 of salt, subject and person. Salt, subject and person
 * stand beside it: they may be emptied when somebody's data are removed, and the chain still
 * holds. Where the log's last hash was kept elsewhere, a chain that was made anew shows too.
 */
#ifndef KEDJA_STORE_AUDIT_H
#define KEDJA_STORE_AUDIT_H

#include "daemon/store/core.h"

enum audit_outcome {
	AUDIT_DONE,
	AUDIT_BEGUN,   /* what it changed so far is kept, and it goes on */
	AUDIT_REFUSED, /* by the method: nothing was changed */
	AUDIT_DENIED   /* they have no right to it */
};
const char *audit_outcome_name(enum audit_outcome outcome);

struct audit_act {
	unsigned uid;
	const char *user;
	const char *staff; /* NULL: not known */
	const char *method;
	enum audit_outcome outcome;
};

struct audit;
struct audit *audit_new(const struct core *core);
void audit_free(struct audit *audit); /* takes NULL */

/*
 * In the turn: a row for each subject, or one without where there is none. Refusals of one uid
 * beyond AUDIT_REFUSALS_A_MINUTE are one row with a count. When a day of the office has passed the
 * last hash of the day before is logged, after the commit.
 */
#define AUDIT_REFUSALS_A_MINUTE 10
void audit_note(struct audit *audit, const struct audit_act *act, const char *const *subjects,
		size_t count);
/* One row for a list that is too long to be told row by row: what was asked, and how many cases. */
void audit_note_list(struct audit *audit, const struct audit_act *act, const char *query,
		     size_t count);
/* At the end: logs the last hash. Between turns. */
void audit_log_head(struct audit *audit);

#define AUDIT_HASH_SIZE 65 /* in hexadecimal, with its NUL */

/* The last row; 0 without one, and then the hash is "". */
int64_t audit_head(struct db *db, char ret_hash[AUDIT_HASH_SIZE]);

/* Looks through up to `most` rows behind `after`, and calls `wrong` for each that is not as it was
 * written. */
typedef void audit_wrong(void *arg, int64_t id, const char *what);
struct audit_checked {
	int64_t rows, emptied;
	int64_t last;   /* id of the last row seen; `after` when there was none */
	bool has_found; /* `wanted` is among their hashes */
	bool is_end;
};
struct audit_checked audit_check(struct db *db, int64_t after, size_t most, const char *wanted,
				 audit_wrong *wrong, void *arg);

#endif
