/* SPDX-License-Identifier: EUPL-1.2 */
/* What control.c and peer.c share, and nobody else sees. */
#ifndef KEDJA_CONTROL_CONTROL_OWN_H
#define KEDJA_CONTROL_CONTROL_OWN_H

#include <event2/buffer.h>
#include <sys/queue.h>
#include <sys/socket.h>

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

struct peer;
TAILQ_HEAD(peer_list, peer);

/* A line that was taken, until it is answered. What was done of it in this turn waits for the
 * commit; then it is among control's `touched`, too. */
struct line {
	struct peer *peer;
	struct rpc_work *work;
	bool is_last;      /* the peer is cut off after it */
	bool is_touched;   /* in this turn */
	bool is_certain;   /* what was done of it is true whatever becomes of the turn */
	size_t held, said; /* bytes, as they were counted last */
	TAILQ_ENTRY(line) next;
	TAILQ_ENTRY(line) next_touched;
};
TAILQ_HEAD(line_list, line);

/* The process at the other end of connections, and whose it is: each has a share (shares.c). */
struct process {
	struct user *user;
	int pid;
	size_t peers, bytes;
	struct peer_list silent; /* those that wait for nothing, the one silent longest first */
	struct peer_list busy;   /* the others, likewise */
	bool is_ready;
	struct peer_list ready; /* in turn */
	TAILQ_ENTRY(process) next;
	TAILQ_ENTRY(process) by_turn;
};
TAILQ_HEAD(process_list, process);

struct user {
	unsigned uid;
	char *name;
	size_t peers, bytes;
	bool is_ready;
	struct process_list ready;
	TAILQ_ENTRY(user) next;
	TAILQ_ENTRY(user) by_turn;
};
TAILQ_HEAD(user_list, user);

/* A connection. Its lines wait in `in` until they are taken. */
struct peer {
	struct control *control;
	int descriptor; /* -1: it has gone; the memory stays while it is held */
	struct process *process;
	struct caller who; /* its groups are ours */
	struct evbuffer *in, *out;
	struct event *readable, *writable;
	bool is_reading, is_writing;                        /* are the events added? */
	bool has_ended;                                     /* it will send no more */
	bool is_too_long;                                   /* what it sends: no more is read */
	bool is_refused;                                    /* and no more is taken */
	bool is_closing;                                    /* cut off once its answers are out */
	enum { PEER_IDLE, PEER_READY, PEER_WAITING } place; /* in which list */
	struct line_list works;                             /* taken, and not answered yet */
	struct line *current;                               /* of these; NULL: all are served */
	size_t lines;                                       /* whole ones in `in` */
	size_t half;                                        /* bytes behind the last whole line */
	size_t held_by_works, pending;                      /* bytes; of answers before a commit */
	size_t counted;                                     /* in control's `bytes` */
	size_t held;                                        /* by lines touched in this turn */
	int64_t half_since, unread_since;                   /* 0: not so */
	int64_t limit_at;                                   /* of the timer; 0: not set */
	struct loop_timer *limit;
	bool is_busy; /* it waits for something */
	TAILQ_ENTRY(peer) next;
	TAILQ_ENTRY(peer) by_age; /* in its process */
	TAILQ_ENTRY(peer) by_turn;
};

/* What is so now, and what the bounds have done so far: by these the tests see that they hold. */
struct control_figures {
	size_t peers;   /* connected */
	size_t waiting; /* lines not yet served */
	size_t refused; /* lines over the limit, and requests refused because a turn failed */
	size_t dropped; /* peers cut off because of a bound, or to let another one in */
};

/* Connections that were cut off for a reason: the first is told at once, further ones together. */
#define DROPPED_KINDS 8
struct dropped {
	const char *reason; /* NULL: none */
	size_t untold;
};

struct control {
	struct loop *loop;
	char *path;
	const struct method *methods;
	void *arg;
	const struct rpc_gate *gate; /* NULL: none */
	struct turn *turn;           /* known from the first control_work on */
	int listener;
	uint64_t device, inode; /* of the socket as we bound it */
	struct event *acceptable;
	struct loop_timer *accept_again;
	size_t peers_most;
	struct peer_list peers;
	struct peer_list waiting;      /* for something else to be done */
	struct user_list ready;        /* with something to serve, in turn */
	struct line_list touched;      /* in this turn, in order */
	bool is_registered;            /* with the turn, for what is done in it */
	unsigned lost_turns;           /* in a row, in which nothing could be served */
	size_t bytes;                  /* held for peers */
	struct user_list users;        /* with connections, and some whose names are remembered */
	struct process_list processes; /* with connections */
	struct control_figures figures;
	struct loop_timer *tell_dropped;
	struct dropped dropped[DROPPED_KINDS];
};

/* peer.c */

struct peer *peer_new(struct control *control, int descriptor, const struct ucred *who);
/* `reason`: a literal, for the log and the figures, or NULL. */
void peer_drop(struct peer *peer, const char *reason);

/* Its next line, which the caller frees; NULL: there is none. */
char *peer_take_line(struct peer *peer, size_t *ret_length);
/* Queues what is said to it; peer_flush sends what it can. */
void peer_say(struct peer *peer, const char *text);
void peer_flush(struct peer *peer);

/* Brings events, timer and lists in line with the state; may drop a peer that is done. */
void peer_update(struct peer *peer);

void peer_hold(struct peer *peer);
void peer_let_go(struct peer *peer); /* frees a peer that has gone */

/* Of all: lets one of them make room, false: there is none; drops some until all bounds hold. */
bool peer_drop_silent(struct control *control, const char *reason);
void peer_keep_bounds(struct control *control);

/* lines.c */

struct line *line_add(struct peer *peer, struct rpc_work *work); /* takes it over */
void line_free(struct line *line);
/* What it holds and has said is something else now, and it may be over. */
void line_update(struct line *line);
/* It goes on from where it was committed last. */
void line_undo(struct line *line, enum rpc_code code, const char *reason);

/* shares.c: connections, bytes and turns are shared among users, then among the processes of each,
 * then among the connections of those: who has most is dropped first. */

void shares_join(struct peer *peer, unsigned uid, int pid);
void shares_leave(struct peer *peer);
void shares_count(struct peer *peer, size_t bytes); /* so many that it holds now */
void shares_heard(struct peer *peer); /* it is not silent; or it waits now, or no more */
void shares_set_ready(struct peer *peer, bool wanted);
void shares_put_first(struct peer *peer);          /* of those that are ready */
struct peer *shares_next(struct control *control); /* whose turn it is; NULL: nobody is ready */
/* Of whoever has most connections the one silent longest that waits for nothing, or, if all wait,
 * the one silent longest. Of whoever holds most bytes the heaviest. NULL: there is none. */
struct peer *shares_gives_way(struct control *control);
struct peer *shares_heaviest(struct control *control);
void shares_note_dropped(struct peer *peer, const char *reason);
void shares_tell_dropped(void *control); /* a loop_timeout */
void shares_free(struct control *control);

#endif
