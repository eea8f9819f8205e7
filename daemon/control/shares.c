/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Who is at the other end, and what share each has. A user, or a process, with a thousand
 * connections waits for its turn as often as one with a single one, and gives way first when there
 * are too many, or when all together hold too much.
 */
#include <pwd.h>
#include <stdlib.h>

#include "daemon/base/log.h"
#include "daemon/control/control_own.h"

#define USERS_KEPT   64 /* without a connection, for their names */
#define TELL_SECONDS 10

/* --- who comes and goes --------------------------------------------------------------------- */

static char *name_of_user(uid_t uid)
{
	char buffer[4096];
	struct passwd entry, *found = NULL;
	if (getpwuid_r(uid, &entry, buffer, sizeof(buffer), &found) == 0 && found != NULL)
		return xstrdup(entry.pw_name);
	return xasprintf("uid %u", (unsigned)uid);
}

static void user_free(struct control *control, struct user *user)
{
	TAILQ_REMOVE(&control->users, user, next);
	free(user->name);
	free(user);
}

static void forget_names(struct control *control)
{
	struct user *user, *before;
	size_t kept = 0;
	for (user = TAILQ_LAST(&control->users, user_list); user != NULL; user = before) {
		before = TAILQ_PREV(user, user_list, next);
		if (user->peers == 0 && ++kept > USERS_KEPT)
			user_free(control, user);
	}
}

/* Names are looked up once: where they come from a directory server, that may take time. */
static struct user *user_for(struct control *control, unsigned uid)
{
	struct user *user;
	TAILQ_FOREACH(user, &control->users, next)
	{
		if (user->uid == uid)
			return user;
	}
	forget_names(control);
	user = xcalloc(1, sizeof(*user));
	user->uid = uid;
	user->name = name_of_user(uid);
	TAILQ_INIT(&user->ready);
	TAILQ_INSERT_TAIL(&control->users, user, next);
	return user;
}

static struct process *process_for(struct control *control, struct user *user, int pid)
{
	struct process *process;
	TAILQ_FOREACH(process, &control->processes, next)
	{
		if (process->pid == pid && process->user == user)
			return process;
	}
	process = xcalloc(1, sizeof(*process));
	process->user = user;
	process->pid = pid;
	TAILQ_INIT(&process->silent);
	TAILQ_INIT(&process->busy);
	TAILQ_INIT(&process->ready);
	TAILQ_INSERT_TAIL(&control->processes, process, next);
	return process;
}

void shares_join(struct peer *peer, unsigned uid, int pid)
{
	struct user *user = user_for(peer->control, uid);
	peer->process = process_for(peer->control, user, pid);
	TAILQ_INSERT_TAIL(&peer->process->silent, peer, by_age);
	peer->process->peers++;
	user->peers++;
}

static struct peer_list *list_of(const struct peer *peer)
{
	return peer->is_busy ? &peer->process->busy : &peer->process->silent;
}

void shares_heard(struct peer *peer)
{
	TAILQ_REMOVE(list_of(peer), peer, by_age);
	peer->is_busy = peer->lines > 0 || !TAILQ_EMPTY(&peer->works);
	TAILQ_INSERT_TAIL(list_of(peer), peer, by_age);
}

/* Its user stays, for the name. */
void shares_leave(struct peer *peer)
{
	struct process *process = peer->process;
	TAILQ_REMOVE(list_of(peer), peer, by_age);
	process->user->peers--;
	if (--process->peers > 0)
		return;
	TAILQ_REMOVE(&peer->control->processes, process, next);
	free(process);
}

void shares_count(struct peer *peer, size_t bytes)
{
	size_t more = bytes - peer->counted;
	peer->control->bytes += more;
	peer->process->bytes += more;
	peer->process->user->bytes += more;
	peer->counted = bytes;
}

/* --- whose turn it is ----------------------------------------------------------------------- */

void shares_set_ready(struct peer *peer, bool wanted)
{
	struct process *process = peer->process;
	struct user *user = process->user;
	if (wanted)
		TAILQ_INSERT_TAIL(&process->ready, peer, by_turn);
	else
		TAILQ_REMOVE(&process->ready, peer, by_turn);
	bool is_ready = !TAILQ_EMPTY(&process->ready);
	if (is_ready && !process->is_ready)
		TAILQ_INSERT_TAIL(&user->ready, process, by_turn);
	else if (!is_ready && process->is_ready)
		TAILQ_REMOVE(&user->ready, process, by_turn);
	process->is_ready = is_ready;
	is_ready = !TAILQ_EMPTY(&user->ready);
	if (is_ready && !user->is_ready)
		TAILQ_INSERT_TAIL(&peer->control->ready, user, by_turn);
	else if (!is_ready && user->is_ready)
		TAILQ_REMOVE(&peer->control->ready, user, by_turn);
	user->is_ready = is_ready;
}

#define MOVE(list, one, where)                                                                     \
	do {                                                                                       \
		TAILQ_REMOVE(list, one, by_turn);                                                  \
		TAILQ_INSERT_##where(list, one, by_turn);                                          \
	} while (0)

void shares_put_first(struct peer *peer)
{
	MOVE(&peer->process->ready, peer, HEAD);
	MOVE(&peer->process->user->ready, peer->process, HEAD);
	MOVE(&peer->control->ready, peer->process->user, HEAD);
}

/* Then the others come before it comes again. */
struct peer *shares_next(struct control *control)
{
	struct user *user = TAILQ_FIRST(&control->ready);
	if (user == NULL)
		return NULL;
	struct process *process = TAILQ_FIRST(&user->ready);
	struct peer *peer = TAILQ_FIRST(&process->ready);
	MOVE(&control->ready, user, TAIL);
	MOVE(&user->ready, process, TAIL);
	MOVE(&process->ready, peer, TAIL);
	return peer;
}

/* --- who has most --------------------------------------------------------------------------- */

static struct process *process_with_most_peers(struct control *control)
{
	struct process *most = TAILQ_FIRST(&control->processes), *process;
	TAILQ_FOREACH(process, &control->processes, next)
	{
		if (process->user->peers > most->user->peers ||
		    (process->user->peers == most->user->peers && process->peers > most->peers))
			most = process;
	}
	return most;
}

static struct process *process_with_most_bytes(struct control *control)
{
	struct process *most = TAILQ_FIRST(&control->processes), *process;
	TAILQ_FOREACH(process, &control->processes, next)
	{
		if (process->user->bytes > most->user->bytes ||
		    (process->user->bytes == most->user->bytes && process->bytes > most->bytes))
			most = process;
	}
	return most;
}

struct peer *shares_gives_way(struct control *control)
{
	struct process *most = process_with_most_peers(control);
	if (most == NULL)
		return NULL;
	struct peer *silent = TAILQ_FIRST(&most->silent);
	return silent != NULL ? silent : TAILQ_FIRST(&most->busy);
}

static struct peer *heaviest_in(struct peer_list *list, struct peer *heaviest)
{
	struct peer *peer;
	TAILQ_FOREACH(peer, list, by_age)
	{
		if (heaviest == NULL || peer->counted > heaviest->counted)
			heaviest = peer;
	}
	return heaviest;
}

struct peer *shares_heaviest(struct control *control)
{
	struct process *most = process_with_most_bytes(control);
	return most == NULL ? NULL : heaviest_in(&most->busy, heaviest_in(&most->silent, NULL));
}

/* --- what is told of it --------------------------------------------------------------------- */

/* Somebody who floods us must not flood the log as well. */
void shares_note_dropped(struct peer *peer, const char *reason)
{
	struct control *control = peer->control;
	struct dropped *dropped = control->dropped;
	while (dropped < control->dropped + DROPPED_KINDS - 1 && dropped->reason != NULL &&
	       dropped->reason != reason)
		dropped++;
	control->figures.dropped++;
	if (dropped->reason == reason) {
		dropped->untold++;
		return;
	}
	dropped->reason = reason;
	log_notice("a connection of user %s is cut off: %s", peer->process->user->name, reason);
	loop_timer_set(control->tell_dropped, TELL_SECONDS);
}

void shares_tell_dropped(void *arg)
{
	struct control *control = arg;
	bool any = false;
	for (size_t i = 0; i < DROPPED_KINDS; i++) {
		struct dropped *dropped = &control->dropped[i];
		if (dropped->untold > 0)
			log_notice("%zu more connections were cut off within %d seconds: %s",
				   dropped->untold, TELL_SECONDS, dropped->reason);
		if (dropped->untold == 0)
			dropped->reason = NULL;
		dropped->untold = 0;
		any = any || dropped->reason != NULL;
	}
	if (any)
		loop_timer_set(control->tell_dropped, TELL_SECONDS);
}

void shares_free(struct control *control)
{
	struct user *user;
	while ((user = TAILQ_FIRST(&control->users)) != NULL)
		user_free(control, user);
}
