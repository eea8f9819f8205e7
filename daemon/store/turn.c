/* SPDX-License-Identifier: EUPL-1.2 */
/* See turn.h. */
#include "daemon/store/turn.h"

#include <stdlib.h>
#include <string.h>

#include "daemon/base/clock.h"

#define MOST_US   20000 /* I12: some 20 ms */
#define MOST_ROWS 500
/* Read or changed in it before one more request is served, or one more part of one: the last may
 * touch some hundreds. */
#define MOST_SERVED 150

struct after {
	turn_done *done;
	turn_undo *undo;
	void *arg;
};

struct after_list {
	struct after *list;
	size_t count;
	size_t capacity;
};

struct turn {
	struct db *db;
	struct after_list after;
	bool begun, closed, refused;
	char *trouble;
	int64_t begun_us, written_us;
	int64_t begun_changes, begun_rows;
};

struct turn *turn_new(struct db *db)
{
	struct turn *turn = xcalloc(1, sizeof(*turn));
	turn->db = db;
	turn->written_us = clock_monotonic_us();
	return turn;
}

struct db *turn_db(const struct turn *turn)
{
	return turn->db;
}

static void note_trouble(struct turn *turn, const char *reason)
{
	free(turn->trouble);
	turn->trouble = reason == NULL ? NULL : xstrdup(reason);
}

const char *turn_trouble(const struct turn *turn)
{
	return turn->trouble;
}

int turn_begin(struct turn *turn)
{
	if (turn->begun)
		return 0;
	if (!turn->refused && db_begin(turn->db) != 0) {
		turn->refused = true;
		note_trouble(turn, db_error(turn->db));
	}
	if (turn->refused)
		return -1;
	turn->begun = true;
	turn->closed = false;
	turn->begun_us = clock_monotonic_us();
	turn->begun_changes = db_changes_total(turn->db);
	turn->begun_rows = db_rows_total(turn->db);
	return 0;
}

bool turn_is_begun(const struct turn *turn)
{
	return turn->begun;
}

bool turn_has_written(const struct turn *turn)
{
	return turn->begun && (turn->closed || db_changes_total(turn->db) != turn->begun_changes);
}

void turn_after(struct turn *turn, turn_done *done, turn_undo *undo, void *arg)
{
	struct after_list *after = &turn->after;
	after->list = array_grow(after->list, after->count, &after->capacity, sizeof(*after->list));
	after->list[after->count++] = (struct after){ done, undo, arg };
}

bool turn_has_room(const struct turn *turn)
{
	return !turn->begun || (!turn->closed && clock_monotonic_us() - turn->begun_us < MOST_US &&
				db_changes_total(turn->db) - turn->begun_changes < MOST_ROWS);
}

int64_t turn_rows(const struct turn *turn)
{
	return turn->begun ? db_rows_total(turn->db) - turn->begun_rows : 0;
}

bool turn_has_room_to_serve(const struct turn *turn)
{
	return turn_has_room(turn) && turn_rows(turn) < MOST_SERVED;
}

void turn_close(struct turn *turn)
{
	turn->closed = true;
}

/* The list is taken out first: what the callbacks queue in their turn is of the next round. */
static void release(struct turn *turn, const char *reason)
{
	struct after_list after = turn->after;
	turn->after = (struct after_list){ 0 };
	for (size_t i = 0; i < after.count; i++) {
		const struct after *one = &after.list[i];
		if (reason == NULL && one->done != NULL)
			one->done(one->arg);
		else if (reason != NULL && one->undo != NULL)
			one->undo(one->arg, reason);
	}
	free(after.list);
}

double turn_since_written(const struct turn *turn)
{
	return (double)(clock_monotonic_us() - turn->written_us) / 1e6;
}

static int commit(struct turn *turn)
{
	bool wrote = db_changes_total(turn->db) != turn->begun_changes;
	turn->begun = false;
	int result = db_commit(turn->db);
	char *reason = result == 0 ? NULL : xstrdup(db_error(turn->db));
	if (wrote || reason != NULL)
		note_trouble(turn, reason);
	if (wrote && reason == NULL)
		turn->written_us = clock_monotonic_us();
	release(turn, reason);
	free(reason);
	return result;
}

int turn_end(struct turn *turn)
{
	int result = turn->refused ? -1 : 0;
	turn->refused = false;
	if (turn->begun)
		result = commit(turn);
	/* Queued while no transaction was open: there is nothing to wait for. */
	while (turn->after.count > 0 && !turn->begun)
		release(turn, NULL);
	return result;
}

void turn_free(struct turn *turn)
{
	if (turn == NULL)
		return;
	if (turn->begun)
		db_rollback(turn->db);
	turn->begun = false;
	release(turn, "the daemon is stopping");
	free(turn->after.list);
	free(turn->trouble);
	free(turn);
}
