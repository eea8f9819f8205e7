/* SPDX-License-Identifier: EUPL-1.2 */
/* The inside of the outbox, shared by its files, lowest first: outbox_change.c (rows, and what a
 * commit means), outbox_kept.c (what a restart must not forget), outbox_heard.c (what the mailer
 * says), outbox.c (the turn) and outbox_desk.c (letters in, changes by hand, figures). */
#ifndef KEDJA_OUTBOX_OUTBOX_OWN_H
#define KEDJA_OUTBOX_OUTBOX_OWN_H

#include "daemon/outbox/outbox.h"

#define BATCH_MOST 1000

#define NOT_RECALLING INT64_MAX

enum note_kind {
	NOTE_OUTCOME,
	NOTE_UNTRIED,
	NOTE_MET, /* untried, and the fault was met at it: another one is tried next */
	NOTE_LOST,
	NOTE_ODD /* the queue stood still at it, while another went: it is about it */
};

struct note {
	enum note_kind kind;
	int64_t message;
	enum mail_outcome outcome;
	int code;
	char *answer; /* of the server; "" where there is none */
};

struct fault {
	char *text;    /* NULL: there is none */
	instant until; /* no attempt before; INSTANT_NEVER: until the mailer is ready */
	bool in_batch;
	bool of_relay;   /* the server takes nothing from us */
	int64_t message; /* at which it was met; 0: none in particular */
};

struct outbox {
	struct turn *turn;
	struct db *db;
	const struct clock *clock;
	struct mailproc *mailproc;
	struct loop_timer *rest, *wipe;
	outbox_ended *ended;
	void *arg;

	struct patience patience;
	int64_t keep_bodies; /* seconds */
	size_t batch_most;
	char *message_id_domain;

	struct note *notes;
	size_t count, capacity;
	size_t applied; /* of the notes, in this turn */

	int64_t batch[BATCH_MOST]; /* in the mailer's hands, without outcome */
	size_t in_hand;
	json_t *pending; /* what the commit sets free */

	struct fault fault;
	bool unkept;            /* the file does not say yet what memory does (outbox_kept.c) */
	bool unreached;         /* it was said that no server takes letters */
	char *unreached_reason; /* lent to figures */
	bool resting;
	bool recover;      /* rows of an earlier daemon are to be looked at */
	bool rewind;       /* hours may be those of a clock that was set since */
	bool reviving;     /* outbox_retry of all */
	bool was_reviving; /* before this turn */
	/* outbox_retry_refused of all: those up to this one are queued again; NOT_RECALLING: none
	 * are to be, or all are */
	int64_t recalled, was_recalled;
	bool touched; /* in this turn */
	bool stale;   /* next_attempt is to be read anew */
	bool stale_bodies;
	bool dropped; /* bodies, in this turn */
	instant next_attempt, next_body;
};

/* Everything that changes a row says so first: a commit and a rollback mean something to it. */
void outbox_touch(struct outbox *outbox);
/* Changes a state, in the turn; tells of an end. False: it is not in the state it should be. */
bool outbox_change(struct outbox *outbox, const struct message_change *change);
/* When a body goes that is no longer needed since `oldest`: by the hour, so that a thousand letters
 * do not wake the daemon a thousand times. INSTANT_NEVER for INSTANT_NEVER. */
instant outbox_body_hour(const struct outbox *outbox, instant oldest);
/* Between turns: bodies that were dropped are gone from the log of the file, too, now or as soon as
 * nobody reads in it. */
void outbox_wipe(struct outbox *outbox);
/* Forgets the first `count` of what was heard. */
void outbox_drop_notes(struct outbox *outbox, size_t count);
void outbox_rest(struct outbox *outbox); /* a real second, after a turn that failed */

/* Writes down what a restart must not forget. In the turn. */
void outbox_keep(struct outbox *outbox);
/* At a start: what an earlier daemon has written down. */
void outbox_remember(struct outbox *outbox);

extern const struct mailproc_events outbox_hears;
/* Puts what was heard into the database: what there is room for in the turn, or all of it. */
void outbox_apply_notes(struct outbox *outbox, bool all);
/* Queues a refused letter again, and tells of it. */
void outbox_recall(struct outbox *outbox, int64_t message);
/* Whatever a fault says, the next attempt may be made now. */
void outbox_try_now(struct outbox *outbox);

#endif
