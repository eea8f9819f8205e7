/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Letters as rows of the table message: their states, the one verb that changes them, and what the
 * outbox asks about them. All in a turn, but for the questions.
 */
#ifndef KEDJA_STORE_MESSAGE_H
#define KEDJA_STORE_MESSAGE_H

#include <jansson.h>

#include "daemon/base/clock.h"
#include "daemon/store/db.h"

enum message_state {
	MESSAGE_QUEUED,
	MESSAGE_HANDED,
	MESSAGE_SENT,
	MESSAGE_DEFERRED,
	MESSAGE_REFUSED,
	MESSAGE_UNCLEAR,
	MESSAGE_CANCELLED,
	MESSAGE_SUPERSEDED /* a word that the file allows; nothing takes a letter there */
};
const char *message_state_name(enum message_state state);
MUST_CHECK int message_state_parse(const char *name, enum message_state *ret);
/* Is there an arrow between the two in outbox.h? */
bool message_state_may_follow(enum message_state was, enum message_state state);
bool message_state_waits(enum message_state state); /* queued, deferred, unclear */

/* Retry: seconds from the settings. */
struct patience {
	int64_t first, most, give_up;
};
/* The hour of the next attempt: `begun` plus first, 2 first, 4 first ... most, most, after
 * `attempts` of them and after now, but never more than `most` away. The points do not move when
 * the daemon was away. */
instant message_retry_at(const struct patience *patience, instant begun, int64_t attempts,
			 instant now);

/* What is known of the attempts. Patience is for servers that are there and do not take the letter:
 * it waits from one attempt that reached one to the next, and what is longer than `most` was not
 * its waiting, for nothing was tried then. So neither a server that is down nor a queue that stands
 * still uses patience up. */
struct message_tries {
	instant reached_at; /* the first that reached a server; INSTANT_NEVER: none yet */
	int64_t unreached;  /* attempts before that one */
	instant heard_at;   /* the last one, if it reached a server; INSTANT_NEVER: it did not */
	int64_t waited;     /* seconds */
};
/* One attempt more, after `attempts` others. */
void message_tried(struct message_tries *tries, int64_t attempts, bool reached, instant now,
		   int64_t most);

struct message_change {
	int64_t message;
	enum message_state was, state;
	instant now;
	instant next_attempt; /* INSTANT_NEVER: none by itself */
	bool attempt;         /* does it use up an attempt? */
	int code;
	const char *answer; /* of the server; NULL: code and answer stay as they were */
	const char *reason; /* for the history */
};
/* False, and nothing changed, if it is not in state `was`. An arrow that is not there aborts. */
MUST_CHECK bool message_change(struct db *db, const struct message_change *change);

struct new_message {
	const char *person; /* staff id; "" for the administrator */
	const char *name, *address, *language;
	const char *subject;     /* of the letter */
	const char *text, *html; /* html may be NULL */
	const char *references;  /* Message-IDs, without angle brackets, a blank between; or NULL */
	const char *calendar;    /* the entries of mailproto.h as JSON, or NULL */
	bool urgent;             /* its headers say so */
	date digest_day;         /* DATE_NONE for one that goes by itself */
	const char *digest_of;   /* the case or programme that it is about alone, or NULL: all */
};
/* The Message-ID is stored as "hex@domain", without angle brackets: the mailer puts them on. */
int64_t message_insert(struct db *db, const struct new_message *message, const char *message_id,
		       instant now);

struct message_row {
	int64_t id;
	enum message_state state;
	instant created_at;
	int64_t attempts;
	struct message_tries tries;
};
MUST_CHECK bool message_find(struct db *db, int64_t message, struct message_row *ret);

void message_keep_tries(struct db *db, int64_t message, const struct message_tries *tries);

/* The queue stood still at it and went on at another one: what a server says to it of all of us is
 * about this letter. */
void message_note_odd(struct db *db, int64_t message);
MUST_CHECK bool message_is_odd(struct db *db, int64_t message);

/* Ids of those whose hour has come, `most` at most, the longest waiting first; their number. */
size_t message_due(struct db *db, instant now, int64_t *ids, size_t most);
/* Those that were handed over, in the order in which they were. */
size_t message_handed(struct db *db, int64_t *ids, size_t most);
/* A LETTER of mailproto.h; NULL if it cannot be said in JSON (not UTF-8). */
json_t *message_letter(struct db *db, int64_t message, const struct clock *clock,
		       enum message_state *ret_state);

instant message_next_attempt(struct db *db); /* INSTANT_NEVER: none */
/* Of those that wait: whose hour has not come or who were given up; as message_due. */
size_t message_postponed(struct db *db, instant now, int64_t *ids, size_t most);
/* Those refused whose text is still there, after this one, by their ids; their number. */
size_t message_refused(struct db *db, int64_t after, int64_t *ids, size_t most);
/* Does it still have a text? */
MUST_CHECK bool message_has_text(struct db *db, int64_t message);
/* Its hour is now, whatever it was, and patience begins anew: by hand. */
void message_hurry(struct db *db, const struct message_row *message, instant now);

/* Those whose hour is more than `longest` away get this one, `most` of them; their number. */
int64_t message_rewind(struct db *db, instant now, int64_t longest, int64_t most);

/* When the oldest text of an ended message ended; INSTANT_NEVER: none has a text left. */
instant message_oldest_body(struct db *db);
bool message_drop_bodies(struct db *db, instant ended_until, int64_t most); /* was there any? */

/* On a scratch copy: letters made since then are gone. */
void message_take_back(struct db *db, instant since);

#endif
