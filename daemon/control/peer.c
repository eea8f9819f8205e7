/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The connections of control.h: bytes in, lines out, and the limits of each and of all together.
 *
 * Everything about a peer follows from a few counts (lines, half, pending, the two buffers);
 * whoever changes one calls peer_update, which decides whether it is read from, written to,
 * timed, served, or done with.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "daemon/base/clock.h"
#include "daemon/control/control_own.h"

#define HALF_LINE_US (HALF_LINE_SECONDS * INT64_C(1000000))
#define UNREAD_US    (UNREAD_SECONDS * INT64_C(1000000))

static size_t unread(const struct peer *peer)
{
	return evbuffer_get_length(peer->out) + peer->pending;
}

/* --- lines ------------------------------------------------------------------------------ */

static void take_in(struct peer *peer, const char *bytes, size_t length)
{
	evbuffer_add(peer->in, bytes, length);
	size_t lines = 0;
	const char *rest = bytes, *end;
	while ((end = memchr(rest, '\n', length - (size_t)(rest - bytes))) != NULL) {
		lines++;
		rest = end + 1;
	}
	if (lines > 0) {
		peer->half = 0;
		peer->half_since = 0;
	}
	peer->half += length - (size_t)(rest - bytes);
	peer->lines += lines;
	peer->control->figures.waiting += lines;
	peer->is_too_long = peer->half > LINE_MOST;
}

/* Its end ends its last line too. */
static void take_end(struct peer *peer)
{
	peer->has_ended = true;
	if (peer->half > 0 && !peer->is_too_long)
		take_in(peer, "\n", 1);
}

char *peer_take_line(struct peer *peer, size_t *ret_length)
{
	char *line = evbuffer_readln(peer->in, ret_length, EVBUFFER_EOL_LF);
	if (line == NULL)
		return NULL;
	peer->lines--;
	peer->control->figures.waiting--;
	return line;
}

void peer_say(struct peer *peer, const char *text)
{
	evbuffer_add(peer->out, text, strlen(text));
}

void peer_flush(struct peer *peer)
{
	while (evbuffer_get_length(peer->out) > 0) {
		int length = evbuffer_write(peer->out, peer->descriptor);
		if (length < 0 && errno != EAGAIN && errno != EINTR) {
			peer_drop(peer, NULL);
			return;
		}
		if (length <= 0)
			break;
		peer->unread_since = 0; /* it reads: its time begins anew */
		shares_heard(peer);
	}
	peer_update(peer);
}

/* --- what is to be done about it ---------------------------------------------------------- */

static void set_event(struct event *event, bool *is_added, bool wanted)
{
	if (*is_added == wanted)
		return;
	*is_added = wanted;
	if (wanted)
		event_add(event, NULL);
	else
		event_del(event);
}

static void set_place(struct peer *peer, int wanted)
{
	if ((int)peer->place == wanted)
		return;
	if (peer->place == PEER_READY)
		shares_set_ready(peer, false);
	else if (peer->place == PEER_WAITING)
		TAILQ_REMOVE(&peer->control->waiting, peer, by_turn);
	peer->place = wanted;
	if (wanted == PEER_READY)
		shares_set_ready(peer, true);
	else if (wanted == PEER_WAITING)
		TAILQ_INSERT_TAIL(&peer->control->waiting, peer, by_turn);
}

/* Until it reads what it has been told nothing more is done for it. */
static int place_of(const struct peer *peer)
{
	if (unread(peer) >= UNREAD_MOST)
		return PEER_IDLE;
	if (peer->current != NULL)
		return rpc_progress(peer->current->work) == RPC_WAITING ? PEER_WAITING : PEER_READY;
	return !peer->is_refused && (peer->lines > 0 || peer->is_too_long) ? PEER_READY : PEER_IDLE;
}

static void note_time(int64_t *since, bool is_so)
{
	if (!is_so)
		*since = 0;
	else if (*since == 0)
		*since = clock_monotonic_us();
}

static void set_limit(struct peer *peer)
{
	int64_t at = peer->half_since == 0 ? 0 : peer->half_since + HALF_LINE_US;
	int64_t unread_at = peer->unread_since == 0 ? 0 : peer->unread_since + UNREAD_US;
	if (at == 0 || (unread_at != 0 && unread_at < at))
		at = unread_at;
	if (at == peer->limit_at)
		return;
	peer->limit_at = at;
	int64_t left = at - clock_monotonic_us();
	loop_timer_set(peer->limit, at == 0 ? -1 : left < 0 ? 0 : (double)left / 1e6);
}

static bool is_done(const struct peer *peer)
{
	if (peer->held > 0 || !TAILQ_EMPTY(&peer->works) || evbuffer_get_length(peer->out) > 0)
		return false;
	return peer->is_closing || (peer->has_ended && peer->lines == 0 && !peer->is_too_long);
}

void peer_update(struct peer *peer)
{
	if (peer->descriptor < 0)
		return;
	if (is_done(peer)) {
		peer_drop(peer, NULL);
		return;
	}
	bool is_reading = unread(peer) < UNREAD_MOST && !peer->is_refused && !peer->has_ended &&
			  !peer->is_too_long &&
			  evbuffer_get_length(peer->in) <= LINE_MOST + READ_AT_ONCE;
	set_event(peer->readable, &peer->is_reading, is_reading);
	set_event(peer->writable, &peer->is_writing, evbuffer_get_length(peer->out) > 0);
	set_place(peer, place_of(peer));
	if (peer->is_busy != (peer->lines > 0 || !TAILQ_EMPTY(&peer->works)))
		shares_heard(peer);
	note_time(&peer->half_since, is_reading && peer->half > 0);
	note_time(&peer->unread_since, peer->is_writing);
	set_limit(peer);
	shares_count(peer, evbuffer_get_length(peer->in) + unread(peer) + peer->held_by_works);
}

/* --- what happens to it ------------------------------------------------------------------- */

static void became_readable(evutil_socket_t descriptor, short what, void *arg)
{
	(void)what;
	struct peer *peer = arg;
	struct control *control = peer->control;
	char bytes[READ_AT_ONCE];
	ssize_t length = read(descriptor, bytes, sizeof(bytes));
	if (length < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (length < 0) {
		peer_drop(peer, NULL);
		return;
	}
	if (length == 0)
		take_end(peer);
	else
		take_in(peer, bytes, (size_t)length);
	shares_heard(peer);
	peer_update(peer);
	peer_keep_bounds(control);
}

static void became_writable(evutil_socket_t descriptor, short what, void *arg)
{
	(void)descriptor;
	(void)what;
	peer_flush(arg);
}

static void reached_limit(void *arg)
{
	struct peer *peer = arg;
	int64_t now = clock_monotonic_us();
	peer->limit_at = 0;
	if (peer->half_since != 0 && now - peer->half_since >= HALF_LINE_US)
		peer_drop(peer, "half a line and no more");
	else if (peer->unread_since != 0 && now - peer->unread_since >= UNREAD_US)
		peer_drop(peer, "does not read its answers");
	else
		peer_update(peer);
}

/* --- its life ----------------------------------------------------------------------------- */

/* The groups of the process as it connected; 65,536 are the most that the kernel knows. */
static unsigned *groups_of(int descriptor, unsigned own, size_t *ret_count)
{
	unsigned *groups = xcalloc(64, sizeof(*groups));
	socklen_t size = 63 * sizeof(*groups);
	int result = getsockopt(descriptor, SOL_SOCKET, SO_PEERGROUPS, groups + 1, &size);
	if (result != 0 && errno == ERANGE) {
		groups = xrealloc(groups, size + sizeof(*groups));
		result = getsockopt(descriptor, SOL_SOCKET, SO_PEERGROUPS, groups + 1, &size);
	}
	groups[0] = own;
	*ret_count = 1 + (result == 0 ? size / sizeof(*groups) : 0);
	return groups;
}

struct peer *peer_new(struct control *control, int descriptor, const struct ucred *who)
{
	struct event_base *base = loop_base(control->loop);
	struct peer *peer = xcalloc(1, sizeof(*peer));
	peer->control = control;
	peer->descriptor = descriptor;
	TAILQ_INIT(&peer->works);
	shares_join(peer, who->uid, who->pid);
	peer->who = (struct caller){ .name = xstrdup(peer->process->user->name), .uid = who->uid };
	peer->who.groups = groups_of(descriptor, who->gid, &peer->who.group_count);
	peer->in = evbuffer_new();
	peer->out = evbuffer_new();
	peer->readable = event_new(base, descriptor, EV_READ | EV_PERSIST, became_readable, peer);
	peer->writable = event_new(base, descriptor, EV_WRITE | EV_PERSIST, became_writable, peer);
	peer->limit = loop_timer_new(control->loop, reached_limit, peer);
	if (peer->in == NULL || peer->out == NULL || peer->readable == NULL ||
	    peer->writable == NULL)
		abort(); /* out of memory, as everywhere: see rules/base/mem.h */
	TAILQ_INSERT_TAIL(&control->peers, peer, next);
	control->figures.peers++;
	peer_update(peer);
	return peer;
}

static void release(struct peer *peer)
{
	free((char *)peer->who.name);
	free((unsigned *)peer->who.groups);
	free(peer);
}

/* What is done of them in this turn goes on to its end. */
static void drop_lines(struct peer *peer)
{
	struct line *line, *next;
	for (line = TAILQ_FIRST(&peer->works); line != NULL; line = next) {
		next = TAILQ_NEXT(line, next);
		if (!line->is_touched)
			line_free(line);
	}
}

void peer_drop(struct peer *peer, const char *reason)
{
	struct control *control = peer->control;
	if (peer->descriptor < 0)
		return;
	if (reason != NULL)
		shares_note_dropped(peer, reason);
	set_place(peer, PEER_IDLE);
	drop_lines(peer);
	TAILQ_REMOVE(&control->peers, peer, next);
	control->figures.peers--;
	control->figures.waiting -= peer->lines;
	shares_count(peer, 0);
	shares_leave(peer);
	event_free(peer->readable);
	event_free(peer->writable);
	loop_timer_free(peer->limit);
	evbuffer_free(peer->in);
	evbuffer_free(peer->out);
	close(peer->descriptor);
	peer->descriptor = -1;
	if (peer->held == 0)
		release(peer);
}

void peer_hold(struct peer *peer)
{
	peer->held++;
}

void peer_let_go(struct peer *peer)
{
	peer->held--;
	if (peer->held == 0 && peer->descriptor < 0)
		release(peer);
	else
		peer_update(peer);
}

/* --- all of them together ------------------------------------------------------------------ */

bool peer_drop_silent(struct control *control, const char *reason)
{
	struct peer *peer = shares_gives_way(control);
	if (peer != NULL)
		peer_drop(peer, reason);
	return peer != NULL;
}

void peer_keep_bounds(struct control *control)
{
	while (control->bytes > HELD_MOST)
		peer_drop(shares_heaviest(control), "all connections together hold too much");
}
