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

/* Serves waiting requests while the turn has room, each in a savepoint; answers go out after
 * the commit (after a rollback every one of them is answered with the reason). Returns whether
 * requests are still waiting. */
bool control_work(struct control *control, struct turn *turn);
bool control_has_work(const struct control *control);

/*
 * For RPC_LATER: a ticket that outlives the call; answering a peer that has gone is harmless, and
 * so is answering when the turn of the request was rolled back and the peer has been told so.
 * An answer that is given in a turn leaves after its commit. Tickets never answered are freed by
 * control_free.
 */
struct ticket;
struct ticket *control_later(struct control *control, const struct call *call);
void control_answer(struct control *control, struct ticket *ticket,
		    char *line); /* takes both over */

#endif
