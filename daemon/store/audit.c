/* SPDX-License-Identifier: EUPL-1.2 */
/* See audit.h. */
#include "daemon/store/audit.h"

#include <nettle/base16.h>
#include <nettle/sha2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "daemon/base/log.h"

#define SALT_BYTES 16
#define SALT_SIZE  (2 * SALT_BYTES + 1)
#define SECONDS    60
#define UIDS_MOST                                                                                  \
	64 /* whose refusals are counted; of more the one counted longest ago gives way            \
	    */

/* The refusals of one uid in the minute that began then. */
struct refusals {
	unsigned uid;
	instant since;
	int64_t count;
	int64_t row; /* that counts those beyond the bound; 0: none yet */
};

struct audit {
	const struct core *core;
	struct refusals refusals[UIDS_MOST];
	size_t next;       /* the place of the next uid */
	date head_logged;  /* the day on which it was logged last */
	char *head_to_log; /* of the day before, after the commit */
};

static const char *const outcome_names[] = { "done", "begun", "refused", "denied" };

const char *audit_outcome_name(enum audit_outcome outcome)
{
	return outcome_names[outcome];
}

struct audit *audit_new(const struct core *core)
{
	struct audit *audit = xcalloc(1, sizeof(*audit));
	audit->core = core;
	audit->head_logged = DATE_NONE;
	return audit;
}

void audit_free(struct audit *audit)
{
	if (audit == NULL)
		return;
	free(audit->head_to_log);
	free(audit);
}

/* --- hashes ------------------------------------------------------------------------------- */

/* A text and the NUL behind it: so no two rows have the same bytes in a row. */
static void hash_text(struct sha256_ctx *context, const char *text)
{
	text = text == NULL ? "" : text;
	sha256_update(context, strlen(text) + 1, (const uint8_t *)text);
}

static void hash_number(struct sha256_ctx *context, int64_t number)
{
	char *text = xasprintf("%lld", (long long)number);
	hash_text(context, text);
	free(text);
}

static void write_hex(size_t length, const uint8_t *bytes, char *ret)
{
	base16_encode_update(ret, length, bytes);
	ret[BASE16_ENCODE_LENGTH(length)] = '\0';
}

static void hash_end(struct sha256_ctx *context, char ret[AUDIT_HASH_SIZE])
{
	uint8_t digest[SHA256_DIGEST_SIZE];
	sha256_digest(context, sizeof(digest), digest);
	write_hex(sizeof(digest), digest, ret);
}

/* Of a row as it stands in the file. */
struct row {
	int64_t id, at, uid;
	const char *method, *outcome, *salt, *subject, *user, *staff;
};

static void seal_of(const struct row *row, char ret[AUDIT_HASH_SIZE])
{
	struct sha256_ctx context;
	sha256_init(&context);
	hash_text(&context, row->salt);
	hash_text(&context, row->subject);
	hash_text(&context, row->user);
	hash_text(&context, row->staff);
	hash_end(&context, ret);
}

static void link_of(const char *before, const struct row *row, const char *seal,
		    char ret[AUDIT_HASH_SIZE])
{
	struct sha256_ctx context;
	sha256_init(&context);
	hash_text(&context, before);
	hash_number(&context, row->at);
	hash_number(&context, row->uid);
	hash_text(&context, row->method);
	hash_text(&context, row->outcome);
	hash_text(&context, seal);
	hash_end(&context, ret);
}

/* --- writing ------------------------------------------------------------------------------ */

int64_t audit_head(struct db *db, char ret_hash[AUDIT_HASH_SIZE])
{
	struct query *q = db_query(db, "SELECT id, hash FROM audit ORDER BY id DESC LIMIT 1");
	int64_t id = 0;
	memset(ret_hash, 0, AUDIT_HASH_SIZE);
	if (db_next(q)) {
		id = db_int(q, 0);
		snprintf(ret_hash, AUDIT_HASH_SIZE, "%s", db_text(q, 1));
	}
	db_done(q);
	return id;
}

static void make_salt(char ret[SALT_SIZE])
{
	uint8_t bytes[SALT_BYTES];
	if (getrandom(bytes, sizeof(bytes), 0) != sizeof(bytes))
		abort(); /* no less than 256 bytes are ever given at once */
	write_hex(sizeof(bytes), bytes, ret);
}

/* Behind the row with this hash, which becomes that of the new row. */
static void add(struct audit *audit, const struct audit_act *act, const char *subject,
		int64_t count, char hash[AUDIT_HASH_SIZE])
{
	char salt[SALT_SIZE], seal[AUDIT_HASH_SIZE], link[AUDIT_HASH_SIZE];
	struct row row = { .at = clock_now(audit->core->clock),
			   .uid = act->uid,
			   .method = act->method,
			   .outcome = audit_outcome_name(act->outcome),
			   .salt = salt,
			   .subject = subject,
			   .user = act->user,
			   .staff = act->staff };
	make_salt(salt);
	seal_of(&row, seal);
	link_of(hash, &row, seal, link);
	struct query *q =
	    db_query(audit->core->db, "INSERT INTO audit (at, uid, user, staff, method, subject,"
				      " outcome, count, salt, seal, hash)"
				      " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)");
	db_bind(q, DB_INT(row.at), DB_INT(row.uid), DB_TEXT(row.user), DB_TEXT(row.staff),
		DB_TEXT(row.method), DB_TEXT(subject), DB_TEXT(row.outcome), DB_INT(count),
		DB_TEXT(salt), DB_TEXT(seal), DB_TEXT(link));
	db_run(q);
	memcpy(hash, link, AUDIT_HASH_SIZE);
}

/* --- the last hash, outside of the file ----------------------------------------------------- */

static void log_head(void *arg)
{
	struct audit *audit = arg;
	log_notice("%s", audit->head_to_log);
	free(audit->head_to_log);
	audit->head_to_log = NULL;
	audit->head_logged = clock_today(audit->core->clock);
}

static void forget_head(void *arg, const char *reason)
{
	struct audit *audit = arg;
	(void)reason;
	free(audit->head_to_log);
	audit->head_to_log = NULL;
}

static char *head_in_words(int64_t id, const char *hash)
{
	return xasprintf("audit log: row %lld, %s", (long long)id, hash);
}

/* Of the rows before this day; on a day without any there is nothing new to hold fast. */
static void log_head_daily(struct audit *audit, int64_t id, const char *hash)
{
	if (audit->head_logged == clock_today(audit->core->clock) || audit->head_to_log != NULL ||
	    id == 0)
		return;
	audit->head_to_log = head_in_words(id, hash);
	turn_after(audit->core->turn, log_head, forget_head, audit);
}

void audit_log_head(struct audit *audit)
{
	char hash[AUDIT_HASH_SIZE];
	int64_t id = audit_head(audit->core->db, hash);
	char *text = head_in_words(id, hash);
	if (id != 0)
		log_notice("%s", text);
	free(text);
}

/* --- refusals ----------------------------------------------------------------------------- */

static struct refusals *refusals_of(struct audit *audit, unsigned uid)
{
	instant now = clock_now(audit->core->clock);
	struct refusals *refusals = NULL;
	for (size_t i = 0; refusals == NULL && i < UIDS_MOST; i++)
		if (audit->refusals[i].count > 0 && audit->refusals[i].uid == uid)
			refusals = &audit->refusals[i];
	if (refusals == NULL) {
		refusals = &audit->refusals[audit->next];
		audit->next = (audit->next + 1) % UIDS_MOST;
		*refusals = (struct refusals){ .uid = uid, .since = now };
	}
	if (now < refusals->since || now - refusals->since >= SECONDS)
		*refusals = (struct refusals){ .uid = uid, .since = now };
	return refusals;
}

/* The row may have gone with a turn that was lost, and its number be another one's now. */
static bool count_up(struct audit *audit, const struct refusals *refusals)
{
	struct query *q = db_query(audit->core->db, "UPDATE audit SET count = count + 1"
						    " WHERE id = ?1 AND uid = ?2 AND count > 0"
						    " AND outcome IN ('refused', 'denied')");
	db_bind(q, DB_INT(refusals->row), DB_INT(refusals->uid));
	return db_run(q) > 0;
}

static bool is_refusal(const struct audit_act *act)
{
	return act->outcome == AUDIT_REFUSED || act->outcome == AUDIT_DENIED;
}

/* Whoever has been refused too often in this minute; NULL: has not. */
static struct refusals *too_many(struct audit *audit, const struct audit_act *act)
{
	struct refusals *refusals = is_refusal(act) ? refusals_of(audit, act->uid) : NULL;
	return refusals != NULL && ++refusals->count > AUDIT_REFUSALS_A_MINUTE ? refusals : NULL;
}

static void add_behind_head(struct audit *audit, const struct audit_act *act,
			    const char *const *subjects, size_t rows, int64_t count)
{
	char hash[AUDIT_HASH_SIZE];
	int64_t id = audit_head(audit->core->db, hash);
	log_head_daily(audit, id, hash);
	for (size_t i = 0; i < rows; i++)
		add(audit, act, subjects[i], count, hash);
}

void audit_note(struct audit *audit, const struct audit_act *act, const char *const *subjects,
		size_t count)
{
	static const char *const nothing[] = { "" };
	struct refusals *refusals = too_many(audit, act);
	if (refusals == NULL && count > 0) {
		add_behind_head(audit, act, subjects, count, 0);
	} else if (refusals == NULL) {
		add_behind_head(audit, act, nothing, 1, 0);
	} else if (!count_up(audit, refusals)) {
		add_behind_head(audit, act, nothing, 1, 1);
		refusals->row = db_last_id(audit->core->db);
	}
}

void audit_note_list(struct audit *audit, const struct audit_act *act, const char *query,
		     size_t count)
{
	add_behind_head(audit, act, &query, 1, (int64_t)count);
}

/* --- checking ----------------------------------------------------------------------------- */

static char *hash_before(struct db *db, int64_t after)
{
	struct query *q = db_query(db, "SELECT hash FROM audit WHERE id = ?1");
	db_bind_int(q, 1, after);
	char *hash = xstrdup(db_next(q) ? db_text(q, 0) : "");
	db_done(q);
	return hash;
}

/* NULL: it is as it was written. */
static const char *fault_of(const struct row *row, const char *before, const char *seal,
			    const char *hash, bool is_emptied)
{
	char again[AUDIT_HASH_SIZE];
	seal_of(row, again);
	if (!is_emptied && strcmp(again, seal) != 0)
		return "its subject or its person was changed";
	link_of(before, row, seal, again);
	if (strcmp(again, hash) != 0)
		return "it was changed, or a row before it is gone";
	return NULL;
}

static struct row row_of(struct query *q)
{
	return (struct row){ .id = db_int(q, 0),
			     .at = db_int(q, 1),
			     .uid = db_int(q, 2),
			     .method = db_text(q, 3),
			     .outcome = db_text(q, 4),
			     .salt = db_text(q, 5),
			     .subject = db_text(q, 6),
			     .user = db_text(q, 7),
			     .staff = db_text(q, 8) };
}

struct audit_checked audit_check(struct db *db, int64_t after, size_t most, const char *wanted,
				 audit_wrong *wrong, void *arg)
{
	struct audit_checked checked = { .last = after };
	char *before = hash_before(db, after);
	struct query *q = db_query(db, "SELECT id, at, uid, method, outcome, salt, subject, user,"
				       " staff, seal, hash FROM audit WHERE id > ?1 ORDER BY id"
				       " LIMIT ?2");
	db_bind(q, DB_INT(after), DB_INT((int64_t)most));
	while (db_next(q)) {
		struct row row = row_of(q);
		bool is_emptied = row.salt == NULL && row.subject == NULL && row.user == NULL;
		const char *hash = db_text(q, 10);
		const char *fault = fault_of(&row, before, db_text(q, 9), hash, is_emptied);
		if (fault != NULL)
			wrong(arg, row.id, fault);
		checked.rows++;
		checked.emptied += is_emptied;
		checked.last = row.id;
		checked.has_found =
		    checked.has_found || (wanted != NULL && strcmp(hash, wanted) == 0);
		free(before);
		before = xstrdup(hash);
	}
	db_done(q);
	free(before);
	checked.is_end = checked.rows < (int64_t)most;
	return checked;
}
