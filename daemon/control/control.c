/* SPDX-License-Identifier: EUPL-1.2 */
/* See control.h. Connections are peer.c; binding the socket is bind.c. */
#include "daemon/control/control.h"

#include <errno.h>
#include <pwd.h>
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
#define USERS_KEPT      64
#define LOST_TURNS_MOST 3

/* --- serving ------------------------------------------------------------------------------ */

static struct served *add_served(struct control *control, struct peer *peer, char *line,
				 size_t length)
{
	struct served *served = xcalloc(1, sizeof(*served));
	served->peer = peer;
	served->line = line;
	served->length = length;
	peer_hold(peer);
	TAILQ_INSERT_TAIL(&control->served, served, next);
	return served;
}

static void set_answer(struct served *served, char *answer)
{
	served->answer = answer;
	if (answer != NULL)
		served->peer->pending += strlen(answer);
}

static void forget_answer(struct served *served)
{
	if (served->answer != NULL)
		served->peer->pending -= strlen(served->answer);
	free(served->answer);
	served->answer = NULL;
}

/* Where to begin to look for its tickets; nearly no request has one. */
static struct ticket *first_ticket(const struct control *control, const struct served *served)
{
	return served->has_tickets ? TAILQ_FIRST(&control->tickets) : NULL;
}

/* The request is over: its answer, if there is one, goes out. */
static void end_served(struct control *control, struct served *served)
{
	struct peer *peer = served->peer;
	TAILQ_REMOVE(&control->served, served, next);
	for (struct ticket *ticket = first_ticket(control, served); ticket != NULL;
	     ticket = TAILQ_NEXT(ticket, next))
		if (ticket->served == served)
			ticket->served = NULL;
	if (served->answer != NULL && peer->descriptor >= 0)
		peer_answer(peer, served->answer);
	if (served->is_last)
		peer->is_closing = true;
	forget_answer(served);
	free(served->line);
	free(served);
	if (peer->descriptor >= 0 && peer->held == 1)
		peer_flush(peer); /* the last of this turn: all its answers in one write */
	peer_let_go(peer);
}

static void turn_is_done(void *arg)
{
	struct control *control = arg;
	control->is_registered = false;
	while (!TAILQ_EMPTY(&control->served))
		end_served(control, TAILQ_FIRST(&control->served));
	peer_keep_bounds(control);
}

/* Whoever holds a ticket of this request need not answer any more. */
static void answer_tickets(struct control *control, const struct served *served)
{
	for (struct ticket *ticket = first_ticket(control, served); ticket != NULL;
	     ticket = TAILQ_NEXT(ticket, next))
		if (ticket->served == served)
			ticket->is_answered = true;
}

static void refuse_served(struct control *control, struct served *served, const char *reason)
{
	enum rpc_code code = db_error_is_full(turn_db(control->turn)) ? RPC_NO_SPACE : RPC_INTERNAL;
	answer_tickets(control, served);
	forget_answer(served);
	set_answer(served, rpc_serve_without(control->methods, control->arg, served->line,
					     served->length, code, reason));
	control->figures.refused++;
}

/* A question is not to blame for a turn that failed, and may be asked again, once: on a full
 * disk `status` still answers. */
static bool may_be_served_again(const struct control *control, const struct served *served)
{
	return !served->is_again && !served->has_tickets && served->peer->descriptor >= 0 &&
	       !served->peer->is_closing &&
	       rpc_only_reads(control->methods, served->line, served->length);
}

static void put_back(struct control *control, struct served *served)
{
	struct peer *peer = served->peer;
	forget_answer(served);
	peer_put_back(peer, served->line, served->length);
	peer_hold(peer);
	end_served(control, served);
	if (peer->is_ready) { /* before those whose requests may fail the next turn, too */
		TAILQ_REMOVE(&control->ready, peer, by_turn);
		TAILQ_INSERT_HEAD(&control->ready, peer, by_turn);
	}
	peer_let_go(peer);
}

static void turn_is_lost(void *arg, const char *reason)
{
	struct control *control = arg;
	control->is_registered = false;
	/* From the last to the first, so that they come to stand in their old order. */
	struct served *served = TAILQ_LAST(&control->served, served_list), *before;
	for (; served != NULL; served = before) {
		before = TAILQ_PREV(served, served_list, next);
		if (served->is_certain)
			continue;
		if (may_be_served_again(control, served))
			put_back(control, served);
		else
			refuse_served(control, served, reason);
	}
	turn_is_done(control);
}

static void register_with(struct control *control, struct turn *turn)
{
	if (!control->is_registered)
		turn_after(turn, turn_is_done, turn_is_lost, control);
	control->is_registered = true;
}

static void refuse_too_long(struct control *control, struct peer *peer)
{
	char *text = xasprintf("a line has at most %d bytes", LINE_MOST);
	struct served *served = add_served(control, peer, NULL, 0);
	set_answer(served, rpc_refusal(NULL, RPC_REQUEST, text, NULL));
	served->is_last = served->is_certain = true;
	peer->is_closing = true; /* nothing more is read, and nothing more is served */
	control->figures.refused++;
	control->figures.dropped++;
	free(text);
}

static void serve_line(struct control *control, struct turn *turn, struct peer *peer)
{
	size_t length = 0;
	bool is_again = false;
	char *line = peer_take_line(peer, &length, &is_again);
	if (line == NULL || length > LINE_MOST) {
		free(line);
		refuse_too_long(control, peer);
		return;
	}
	struct served *served = add_served(control, peer, line, length);
	served->is_again = is_again;
	set_answer(served, rpc_serve(control->methods, control->arg, turn_db(turn), line, length,
				     peer->actor, served));
	if (served->answer != NULL && line[0] != '[')
		answer_tickets(control, served); /* it was refused after all */
	served->is_certain =
	    !turn_has_written(turn) && !db_failed(turn_db(turn)) && !served->has_tickets;
}

static void serve_next(struct control *control, struct turn *turn)
{
	struct peer *peer = TAILQ_FIRST(&control->ready);
	control->lost_turns = 0;
	TAILQ_REMOVE(&control->ready, peer, by_turn); /* the others first, then it again */
	TAILQ_INSERT_TAIL(&control->ready, peer, by_turn);
	register_with(control, turn);
	serve_line(control, turn, peer);
	peer_update(peer);
}

/* Everybody who waits is told that the database has failed; what needs none is served. */
static void refuse_waiting(struct control *control, struct turn *turn)
{
	struct peer *peer;
	while ((peer = TAILQ_FIRST(&control->ready)) != NULL) {
		size_t length = 0;
		bool is_again;
		char *line = peer_take_line(peer, &length, &is_again);
		if (line == NULL || length > LINE_MOST) {
			free(line);
			refuse_too_long(control, peer);
		} else {
			struct served *served = add_served(control, peer, line, length);
			refuse_served(control, served, db_error(turn_db(turn)));
			served->is_certain = true;
		}
		peer_update(peer);
	}
	if (turn_is_begun(turn))
		register_with(control, turn);
	else
		turn_is_done(control); /* no commit to wait for */
}

/* Somebody else's failure has ended this turn before we came: the next one may be better. */
static bool is_lost(struct control *control, struct turn *turn)
{
	if (!db_failed(turn_db(turn)))
		return false;
	if (++control->lost_turns >= LOST_TURNS_MOST)
		refuse_waiting(control, turn);
	return true;
}

bool control_work(struct control *control, struct turn *turn)
{
	control->turn = turn;
	while (control_has_work(control) && turn_has_room(turn)) {
		if (turn_begin(turn) != 0) {
			refuse_waiting(control, turn);
			break;
		}
		if (is_lost(control, turn))
			break;
		serve_next(control, turn);
	}
	return control_has_work(control);
}

bool control_has_work(const struct control *control)
{
	return !TAILQ_EMPTY(&control->ready);
}

/* --- answers that come later -------------------------------------------------------------- */

struct delivery {
	struct control *control;
	struct ticket *ticket;
	char *line;
};

struct ticket *control_later(struct control *control, const struct call *call)
{
	struct served *served = call->client;
	struct ticket *ticket = xcalloc(1, sizeof(*ticket));
	ticket->peer = served->peer;
	ticket->id = json_incref((json_t *)call->id);
	ticket->served = served;
	served->has_tickets = true;
	peer_hold(ticket->peer);
	TAILQ_INSERT_TAIL(&control->tickets, ticket, next);
	return ticket;
}

static void free_ticket(struct control *control, struct ticket *ticket)
{
	TAILQ_REMOVE(&control->tickets, ticket, next);
	json_decref(ticket->id);
	peer_let_go(ticket->peer);
	free(ticket);
}

static void deliver(void *arg)
{
	struct delivery *delivery = arg;
	struct ticket *ticket = delivery->ticket;
	struct peer *peer = ticket->peer;
	if (ticket->id != NULL && !ticket->is_answered && peer->descriptor >= 0) {
		peer_answer(peer, delivery->line);
		peer_flush(peer);
	}
	free_ticket(delivery->control, ticket);
	free(delivery->line);
	free(delivery);
}

static void deliver_refusal(void *arg, const char *reason)
{
	struct delivery *delivery = arg;
	enum rpc_code code =
	    db_error_is_full(turn_db(delivery->control->turn)) ? RPC_NO_SPACE : RPC_INTERNAL;
	free(delivery->line);
	delivery->line = rpc_refusal(delivery->ticket->id, code, reason, NULL);
	deliver(delivery);
}

void control_answer(struct control *control, struct ticket *ticket, char *line)
{
	struct delivery *delivery = xcalloc(1, sizeof(*delivery));
	*delivery = (struct delivery){ control, ticket, line };
	if (control->turn != NULL && turn_is_begun(control->turn))
		turn_after(control->turn, deliver, deliver_refusal, delivery);
	else
		deliver(delivery);
}

/* --- who comes and goes ------------------------------------------------------------------- */

static char *name_of_user(uid_t uid)
{
	char buffer[4096];
	struct passwd entry, *found = NULL;
	if (getpwuid_r(uid, &entry, buffer, sizeof(buffer), &found) == 0 && found != NULL)
		return xstrdup(entry.pw_name);
	return xasprintf("uid %u", (unsigned)uid);
}

/* Names are looked up once: where they come from a directory server, that may take time. */
static const char *user_name(struct control *control, uid_t uid)
{
	for (size_t i = 0; i < control->user_count; i++)
		if (control->users[i].uid == uid)
			return control->users[i].name;
	if (control->user_count == USERS_KEPT)
		free(control->users[--control->user_count].name);
	control->users = array_grow(control->users, control->user_count, &control->user_capacity,
				    sizeof(*control->users));
	struct user *user = &control->users[control->user_count++];
	*user = (struct user){ uid, name_of_user(uid) };
	return user->name;
}

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
	peer_new(control, descriptor, xstrdup(user_name(control, who.uid)));
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
	TAILQ_INIT(&control->served);
	TAILQ_INIT(&control->tickets);
	struct stat about;
	if (stat(path, &about) == 0) {
		control->device = about.st_dev;
		control->inode = about.st_ino;
	}
	control->accept_again = loop_timer_new(loop, accept_again, control);
	control->acceptable =
	    event_new(loop_base(loop), listener, EV_READ | EV_PERSIST, became_acceptable, control);
	if (control->acceptable == NULL || event_add(control->acceptable, NULL) != 0) {
		problem_add(problems, path, 0, "cannot be listened on");
		control_free(control);
		return NULL;
	}
	return control;
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
	while (!TAILQ_EMPTY(&control->served))
		end_served(control, TAILQ_FIRST(&control->served));
	while (!TAILQ_EMPTY(&control->tickets))
		free_ticket(control, TAILQ_FIRST(&control->tickets));
	if (control->acceptable != NULL)
		event_free(control->acceptable);
	loop_timer_free(control->accept_again);
	remove_socket(control);
	close(control->listener);
	for (size_t i = 0; i < control->user_count; i++)
		free(control->users[i].name);
	free(control->users);
	free(control->path);
	free(control);
}
