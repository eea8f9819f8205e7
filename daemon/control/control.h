/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The control socket: a Unix stream socket, its peers and their limits. Lines come in, wait in
 * a queue, are served in the turn, and are answered after its commit.
 *
 * Bounded: a line 1 MiB; unread output 4 MiB, then the peer's requests wait; a half line 30 s
 * in all; connections, of which the one silent longest is dropped to let a new one in; requests
 * a peer may have waiting; 64 MiB for all of them together, or the heaviest is dropped. A peer that
 * leaves its answers unread for 60 s is dropped.
 */
#ifndef KEDJA_CONTROL_CONTROL_H
#define KEDJA_CONTROL_CONTROL_H

#include "daemon/base/loop.h"
#include "daemon/control/rpc.h"

struct control;

/* Binds the path (mode 0660 through umask; a stale socket is replaced, one that answers is
 * not), ready to listen. NULL with a problem. */
struct control *control_new(struct loop *loop, const char *path, const struct method *methods,
			    void *arg, struct problems *problems);
/* Takes NULL; removes the socket. Between turns: nothing may be queued for a commit. */
void control_free(struct control *control);

/* Who stands before every method from here on; outlives it. Without one everybody may everything.
 */
void control_set_gate(struct control *control, const struct rpc_gate *gate);

/* Serves what has come while the turn has room: a request of each peer, or a part of one, and then
 * of each again. Answers go out after the commit, those of one peer in the order in which it asked;
 * after a rollback what only reads is done again, once, and the rest answered with the reason.
 * Returns whether there is more to do. */
bool control_work(struct control *control, struct turn *turn);
/* The same for requests that wait for something (rpc.h), when it may have come. */
bool control_ask_again(struct control *control, struct turn *turn);
bool control_has_work(const struct control *control);
/* Between turns, when nothing can be written: whoever waits for something is told so. */
void control_refuse_waiting(struct control *control, const char *reason);

#endif
