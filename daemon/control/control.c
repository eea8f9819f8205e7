/* SPDX-License-Identifier: EUPL-1.2 */
/* See control.h. Connections are peer.c; binding the socket is bind.c. */
#include "daemon/control/control.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/base/log.h"
#include "daemon/control/bind.h"
#include "daemon/control/control_own.h"

#define ACCEPT_AT_ONCE  64
#define LOST_TURNS_MOST 3

/* --- what was done in a turn ---------------------------------------------------------------- */

/* What is said of it waits for the commit. */
static void touch(struct control *control, struct line *line)
{
	if (line->is_touched)
		return;
	line->is_touched = line->is_certain = true;
	peer_hold(line->peer);
	TAILQ_INSERT_TAIL(&control->touched, line, next_touched);
}

/* What was done of it is certain. */
static void let_out(struct line *line)
{
	struct peer *peer = line->peer;
	bool is_gone = peer->descriptor < 0;
	char *said = rpc_take_said(line->work);
	if (said != NULL && !is_gone)
		peer_say(peer, said);
	free(said);
	line->is_touched = false;
	if (!is_gone && rpc_progress(line->work) != RPC_OVER) {
		line_update(line);
		return;
	}
	peer->is_closing = peer->is_closing || line->is_last;
	line_free(line);
}

static void turn_is_done(void *arg)
{
	struct control *control = arg;
	struct line *line;
	control->is_registered = false;
	while ((line = TAILQ_FIRST(&control->touched)) != NULL) {
		struct peer *peer = line->peer;
		TAILQ_REMOVE(&control->touched, line, next_touched);
		let_out(line);
		if (peer->descriptor >= 0 && peer->held == 1)
			peer_flush(peer); /* the last of this turn: all its answers in one write */
		peer_let_go(peer);
	}
	peer_keep_bounds(control);
}

static enum rpc_code code_of_failure(const struct control *control)
{
	return db_error_is_full(turn_db(control->turn)) ? RPC_NO_SPACE : RPC_INTERNAL;
}

/* It is served from where it was committed last, after what its peer had asked before it. */
static void undo(struct control *control, struct line *line, const char *reason)
{
	struct peer *peer = line->peer;
	TAILQ_REMOVE(&control->touched, line, next_touched);
	line_undo(line, code_of_failure(control), reason);
	if (peer->descriptor < 0)
		line_free(line);
	peer_update(peer);
	if (peer->place == PEER_READY) /* before those whose requests may fail the next turn, too */
		shares_put_first(peer);
	peer_let_go(peer);
}

static void turn_is_lost(void *arg, const char *reason)
{
	struct control *control = arg;
	struct line *line = TAILQ_LAST(&control->touched, line_list), *before;
	for (; line != NULL; line = before) {
		before = TAILQ_PREV(line, line_list, next_touched);
		if (!line->is_certain)
			undo(control, line, reason);
	}
	turn_is_done(control);
}

static void register_with(struct control *control, struct turn *turn)
{
	if (!control->is_registered)
		turn_after(turn, turn_is_done, turn_is_lost, control);
	control->is_registered = true;
}

/* --- serving -------------------------------------------------------------------------------- */

static void refuse_too_long(struct control *control, struct peer *peer)
{
	char *text = xasprintf("a line has at most %d bytes", LINE_MOST);
	struct line *line =
	    line_add(peer, rpc_begin_refused(rpc_refusal(NULL, RPC_REQUEST, text, NULL)));
	line->is_last = true;
	peer->is_refused = true; /* nothing more is read, and nothing more is taken */
	control->figures.refused++;
	control->figures.dropped++;
	free(text);
}

static void take_line(struct control *control, struct peer *peer)
{
	size_t length = 0;
	char *text = peer_take_line(peer, &length);
	if (text != NULL && length <= LINE_MOST) {
		struct rpc_work *work =
		    rpc_begin(control->methods, control->arg, text, length, peer->who.name);
		rpc_guard(work, control->gate, &peer->who);
		line_add(peer, work);
		return;
	}
	free(text);
	refuse_too_long(control, peer);
}

/* Nobody is there to hear the answer to a question that goes on: both ends are closed. Whoever only
 * sends no more still listens. */
static bool is_left_alone(const struct peer *peer)
{
	struct pollfd end = { .fd = peer->descriptor };
	return peer->has_ended && peer->current != NULL && rpc_is_question(peer->current->work) &&
	       poll(&end, 1, 0) == 1 && (end.revents & POLLHUP) != 0;
}

static void serve_peer(struct control *control, struct turn *turn, struct peer *peer)
{
	control->lost_turns = 0;
	if (is_left_alone(peer)) {
		peer_drop(peer, NULL);
		return;
	}
	register_with(control, turn);
	if (peer->current == NULL)
		take_line(control, peer);
	struct line *line = peer->current;
	touch(control, line);
	(void)rpc_step(line->work, turn);
	line->is_certain = line->is_certain && !turn_has_written(turn) && !db_failed(turn_db(turn));
	line_update(line);
	peer_update(peer);
}

/* What this peer has asked, while it has room for the answers. */
static void refuse_peer(struct control *control, struct peer *peer, const char *reason)
{
	peer_hold(peer);
	do {
		if (peer->current == NULL)
			take_line(control, peer);
		struct line *line = peer->current;
		touch(control, line);
		line->is_certain = true;
		rpc_refuse_rest(line->work, code_of_failure(control), reason);
		control->figures.refused++;
		line_update(line);
		peer_update(peer);
	} while (peer->place != PEER_IDLE);
	peer_let_go(peer);
}

/* Everybody who has asked is told that the database has failed; what needs none is served. */
static void refuse_ready(struct control *control, struct turn *turn)
{
	struct peer *peer;
	while ((peer = shares_next(control)) != NULL)
		refuse_peer(control, peer, db_error(turn_db(turn)));
	if (turn_is_begun(turn))
		register_with(control, turn);
	else
		turn_is_done(control); /* no commit to wait for */
}

void control_refuse_waiting(struct control *control, const char *reason)
{
	struct peer *peer;
	while ((peer = TAILQ_FIRST(&control->waiting)) != NULL)
		refuse_peer(control, peer, reason);
	turn_is_done(control);
}

/* Somebody else's failure has ended this turn before we came: the next one may be better. */
static bool is_lost(struct control *control, struct turn *turn)
{
	if (!db_failed(turn_db(turn)))
		return false;
	if (++control->lost_turns >= LOST_TURNS_MOST)
		refuse_ready(control, turn);
	return true;
}

bool control_work(struct control *control, struct turn *turn)
{
	control->turn = turn;
	while (control_has_work(control) && turn_has_room_to_serve(turn)) {
		if (turn_begin(turn) != 0) {
			refuse_ready(control, turn);
			break;
		}
		if (is_lost(control, turn))
			break;
		serve_peer(control, turn, shares_next(control));
	}
	return control_has_work(control);
}

bool control_ask_again(struct control *control, struct turn *turn)
{
	struct peer *last = TAILQ_LAST(&control->waiting, peer_list), *peer = NULL, *next;
	for (next = TAILQ_FIRST(&control->waiting); next != NULL && peer != last;) {
		peer = next;
		next = TAILQ_NEXT(peer, by_turn);
		if (rpc_must_wait(peer->current->work) && !is_left_alone(peer))
			continue;
		if (!turn_has_room_to_serve(turn))
			return true;
		if (turn_begin(turn) != 0 || db_failed(turn_db(turn)))
			return false;
		serve_peer(control, turn, peer);
	}
	return control_has_work(control);
}

bool control_has_work(const struct control *control)
{
	return !TAILQ_EMPTY(&control->ready);
}

/* --- who comes and goes ------------------------------------------------------------------- */

static void let_in(struct control *control, int descriptor)
{
	struct ucred who;
	socklen_t size = sizeof(who);
	if (getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &who, &size) != 0) {
		close(descriptor);
		return;
	}
	while (control->figures.peers >= control->peers_most &&
	       peer_drop_silent(control, "silent longest, to let another one in"))
		;
	peer_new(control, descriptor, &who);
}

/* Returns whether to go on accepting. */
static bool accept_failed(struct control *control)
{
	if (errno == ECONNABORTED || errno == EINTR)
		return true;
	if (errno == EAGAIN)
		return false;
	bool out_of_descriptors = errno == EMFILE || errno == ENFILE;
	if (out_of_descriptors &&
	    peer_drop_silent(control, "no descriptors left, to let another one in"))
		return true;
	/* Waiting at once for what cannot be had would be a busy loop. */
	log_warning("no connection can be accepted: %s", strerror(errno));
	event_del(control->acceptable);
	loop_timer_set(control->accept_again, 1);
	return false;
}

static void became_acceptable(evutil_socket_t listener, short what, void *arg)
{
	(void)what;
	struct control *control = arg;
	for (int i = 0; i < ACCEPT_AT_ONCE; i++) {
		int descriptor = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
		if (descriptor >= 0)
			let_in(control, descriptor);
		else if (!accept_failed(control))
			return;
	}
}

static void accept_again(void *arg)
{
	struct control *control = arg;
	event_add(control->acceptable, NULL);
}

/* --- its life ----------------------------------------------------------------------------- */

static size_t raise_descriptors(void)
{
	struct rlimit limit;
	if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
		return PEERS_MOST;
	limit.rlim_cur = limit.rlim_max;
	if (setrlimit(RLIMIT_NOFILE, &limit) != 0)
		getrlimit(RLIMIT_NOFILE, &limit);
	if (limit.rlim_cur >= PEERS_MOST + DESCRIPTORS_KEPT)
		return PEERS_MOST;
	return limit.rlim_cur > 2 * DESCRIPTORS_KEPT ? limit.rlim_cur - DESCRIPTORS_KEPT
						     : limit.rlim_cur / 2 + 1;
}

struct control *control_new(struct loop *loop, const char *path, const struct method *methods,
			    void *arg, struct problems *problems)
{
	int listener = control_bind(path, problems);
	if (listener < 0)
		return NULL;
	struct control *control = xcalloc(1, sizeof(*control));
	control->loop = loop;
	control->path = xstrdup(path);
	control->methods = methods;
	control->arg = arg;
	control->listener = listener;
	control->peers_most = raise_descriptors();
	TAILQ_INIT(&control->peers);
	TAILQ_INIT(&control->ready);
	TAILQ_INIT(&control->waiting);
	TAILQ_INIT(&control->touched);
	TAILQ_INIT(&control->users);
	TAILQ_INIT(&control->processes);
	struct stat about;
	if (stat(path, &about) == 0) {
		control->device = about.st_dev;
		control->inode = about.st_ino;
	}
	control->accept_again = loop_timer_new(loop, accept_again, control);
	control->tell_dropped = loop_timer_new(loop, shares_tell_dropped, control);
	control->acceptable =
	    event_new(loop_base(loop), listener, EV_READ | EV_PERSIST, became_acceptable, control);
	if (control->acceptable == NULL || event_add(control->acceptable, NULL) != 0) {
		problem_add(problems, path, 0, "cannot be listened on");
		control_free(control);
		return NULL;
	}
	return control;
}

void control_set_gate(struct control *control, const struct rpc_gate *gate)
{
	control->gate = gate;
}

static void remove_socket(const struct control *control)
{
	struct stat about;
	if (stat(control->path, &about) == 0 && about.st_dev == control->device &&
	    about.st_ino == control->inode)
		unlink(control->path);
}

void control_free(struct control *control)
{
	if (control == NULL)
		return;
	while (!TAILQ_EMPTY(&control->peers))
		peer_drop(TAILQ_FIRST(&control->peers), NULL);
	turn_is_done(control);
	if (control->acceptable != NULL)
		event_free(control->acceptable);
	loop_timer_free(control->accept_again);
	loop_timer_free(control->tell_dropped);
	remove_socket(control);
	close(control->listener);
	shares_free(control);
	free(control->path);
	free(control);
}
