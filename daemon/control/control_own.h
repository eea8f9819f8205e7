/* SPDX-License-Identifier: EUPL-1.2 */
/* What control.c and peer.c share, and nobody else sees. */
#ifndef KEDJA_CONTROL_CONTROL_OWN_H
#define KEDJA_CONTROL_CONTROL_OWN_H

#include <event2/buffer.h>
#include <sys/queue.h>

#include "daemon/control/control.h"

#define LINE_MOST        (1024 * 1024)
#define READ_AT_ONCE     65536
#define UNREAD_MOST      (4 * 1024 * 1024)
#define HELD_MOST        (64 * 1024 * 1024) /* by all peers together */
#define PEERS_MOST       1000
#define DESCRIPTORS_KEPT 64 /* for the database, the mailer, files that are read */

/* The tests have less patience. */
#ifndef HALF_LINE_SECONDS
#define HALF_LINE_SECONDS 30
#define UNREAD_SECONDS    60
#endif

/* A connection. Its lines wait in `in` until they are served. */
struct peer {
	struct control *control;
	int descriptor; /* -1: it has gone; the memory stays while it is held */
	char *actor;
	struct evbuffer *in, *out;
	struct event *readable, *writable;
	bool is_reading, is_writing;      /* are the events added? */
	bool has_ended;                   /* it will send no more */
	bool is_too_long;                 /* what it is sending; nothing more is read */
	bool is_closing;                  /* cut off once its answers are out */
	bool is_ready;                    /* in control's list */
	size_t lines;                     /* whole ones in `in` */
	size_t again;                     /* so many of them, the first ones, are served anew */
	size_t half;                      /* bytes behind the last whole line */
	size_t pending;                   /* bytes of answers that wait for a commit */
	size_t counted;                   /* in control's `bytes` */
	size_t held;                      /* by requests of this turn and by tickets */
	int64_t half_since, unread_since; /* 0: not so */
	int64_t limit_at;                 /* when the timer goes off; 0: not set */
	struct loop_timer *limit;
	TAILQ_ENTRY(peer) by_age; /* the one silent longest first */
	TAILQ_ENTRY(peer) by_turn;
};

TAILQ_HEAD(peer_list, peer);

/* A request that has been served and waits for the commit. */
struct served {
	struct peer *peer;
	char *line; /* NULL: an answer alone */
	size_t length;
	char *answer;    /* NULL: none, or later */
	bool is_last;    /* the peer is cut off after it */
	bool is_certain; /* true whatever becomes of the turn */
	bool is_again;   /* has had a second try */
	bool has_tickets;
	TAILQ_ENTRY(served) next;
};

TAILQ_HEAD(served_list, served);

struct ticket {
	struct peer *peer;
	json_t *id;            /* NULL: a notification wants no answer */
	struct served *served; /* while the turn of the request is open */
	bool is_answered;
	TAILQ_ENTRY(ticket) next;
};

TAILQ_HEAD(ticket_list, ticket);

struct user {
	unsigned uid;
	char *name;
};

/* What is so now, and what the bounds have done so far: by these the tests see that they hold. */
struct control_figures {
	size_t peers;   /* connected */
	size_t waiting; /* lines not yet served */
	size_t refused; /* lines over the limit, and requests refused because a turn failed */
	size_t dropped; /* peers cut off because of a bound, or to let another one in */
};

struct control {
	struct loop *loop;
	char *path;
	const struct method *methods;
	void *arg;
	struct turn *turn; /* known from the first control_work on */
	int listener;
	uint64_t device, inode; /* of the socket as we bound it */
	struct event *acceptable;
	struct loop_timer *accept_again;
	size_t peers_most;
	struct peer_list peers; /* by age */
	struct peer_list ready; /* with something to serve, in turn */
	struct served_list served;
	struct ticket_list tickets;
	bool is_registered;  /* with the turn, for what is served in it */
	unsigned lost_turns; /* in a row, in which nothing could be served */
	size_t bytes;        /* held for peers */
	struct user *users;
	size_t user_count, user_capacity;
	struct control_figures figures;
};

struct peer *peer_new(struct control *control, int descriptor, char *actor); /* takes actor over */
/* `reason`: for the log and the figures, or NULL. */
void peer_drop(struct peer *peer, const char *reason);

/* Its next line, which the caller frees; NULL: there is none. */
char *peer_take_line(struct peer *peer, size_t *ret_length, bool *ret_again);
void peer_put_back(struct peer *peer, const char *line, size_t length);

/* Queues an answer (line end and all); peer_flush sends what it can. */
void peer_answer(struct peer *peer, const char *line);
void peer_flush(struct peer *peer);

/* Brings events, timer and lists in line with the state; may drop a peer that is done. */
void peer_update(struct peer *peer);

void peer_hold(struct peer *peer);
void peer_let_go(struct peer *peer); /* frees a peer that has gone */

/* Of all peers: drops the one silent longest that waits for nothing, or, if all wait, the one
 * silent longest; false: there is none. Drops peers until all bounds hold. */
bool peer_drop_silent(struct control *control, const char *reason);
void peer_keep_bounds(struct control *control);

#endif
