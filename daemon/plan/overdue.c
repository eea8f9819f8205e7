/* SPDX-License-Identifier: EUPL-1.2 */
/* See overdue.h. */
#include "daemon/plan/overdue.h"

#include <stdlib.h>
#include <string.h>

#include "daemon/store/deadline.h"

struct days {
	date *list;
	size_t count, capacity;
};

/* How many spans of days have begun by a day, less how many are over. */
struct overdue {
	const struct core *core;
	char *programme;
	bool past_is_read;
	struct days first, over;
};

struct overdue *overdue_new(const struct core *core, const char *programme)
{
	struct overdue *overdue = xcalloc(1, sizeof(*overdue));
	overdue->core = core;
	overdue->programme = xstrdup(programme);
	return overdue;
}

void overdue_free(struct overdue *overdue)
{
	if (overdue == NULL)
		return;
	free(overdue->programme);
	free(overdue->first.list);
	free(overdue->over.list);
	free(overdue);
}

static void days_add(struct days *days, date day)
{
	days->list = array_grow(days->list, days->count, &days->capacity, sizeof(*days->list));
	days->list[days->count++] = day;
}

static int compare_days(const void *a, const void *b)
{
	date x = *(const date *)a, y = *(const date *)b;
	return (x > y) - (x < y);
}

static void days_sort(struct days *days)
{
	if (days->count > 1)
		qsort(days->list, days->count, sizeof(*days->list), compare_days);
}

/* How many of them lie on this day or before it. */
static int64_t days_until(const struct days *days, date day)
{
	size_t low = 0, high = days->count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (days->list[middle] <= day)
			low = middle + 1;
		else
			high = middle;
	}
	return (int64_t)low;
}

static void read_past(struct overdue *overdue)
{
	struct query *q = db_query(overdue->core->db, "SELECT first, over FROM overdue"
						      " WHERE programme = ?1");
	db_bind_text(q, 1, overdue->programme);
	while (db_next(q)) {
		days_add(&overdue->first, db_date(q, 0));
		if (db_date(q, 1) != DATE_NONE)
			days_add(&overdue->over, db_date(q, 1));
	}
	db_done(q);
	days_sort(&overdue->first);
	days_sort(&overdue->over);
	overdue->past_is_read = true;
}

/* Through the index: of a long history few are overdue today, or have been until today. */
static int64_t count_now(const struct overdue *overdue, date day)
{
	struct query *q = db_query(
	    overdue->core->db,
	    "SELECT (SELECT count(*) FROM overdue WHERE programme = ?1 AND over = '' AND first <= "
	    "?2) + (SELECT count(*) FROM overdue WHERE programme = ?1 AND over > ?2"
	    " AND first <= ?2)");
	db_bind(q, DB_TEXT(overdue->programme), DB_DATE(day));
	return db_number(q);
}

int64_t overdue_count(void *arg, date day)
{
	struct overdue *overdue = arg;
	if (day >= clock_today(overdue->core->clock))
		return count_now(overdue, day);
	if (!overdue->past_is_read)
		read_past(overdue);
	return days_until(&overdue->first, day) - days_until(&overdue->over, day);
}

/* --- rows ------------------------------------------------------------------------------------- */

struct spans {
	struct overdue_span *list;
	size_t count, capacity;
};

static void spans_add(struct spans *spans, struct overdue_span span)
{
	spans->list = array_grow(spans->list, spans->count, &spans->capacity, sizeof(*spans->list));
	spans->list[spans->count++] = span;
}

static struct spans spans_read(const struct core *core, const char *subject,
			       const struct deadline *deadline, struct arena *arena)
{
	struct spans spans = { NULL, 0, 0 };
	struct query *q =
	    db_query(core->db, "SELECT programme, first, over FROM overdue WHERE subject = ?1"
			       " AND rule = ?2 AND key = ?3 AND anchor = ?4 AND occurrence = ?5"
			       " ORDER BY first");
	store_deadline_bind(q, subject, deadline);
	while (db_next(q))
		spans_add(&spans, (struct overdue_span){ arena_strdup(arena, db_text(q, 0)),
							 db_date(q, 1), db_date(q, 2) });
	db_done(q);
	return spans;
}

static bool is_same(const struct overdue_span *a, const struct overdue_span *b, date until)
{
	bool a_goes_on = a->over == DATE_NONE || a->over > until;
	bool b_goes_on = b->over == DATE_NONE || b->over > until;
	return a->first == b->first && strcmp(a->programme, b->programme) == 0 &&
	       a_goes_on == b_goes_on && (a_goes_on || a->over == b->over);
}

static size_t begun_by(const struct overdue_span *list, size_t count, date day)
{
	while (count > 0 && list[count - 1].first > day)
		count--;
	return count;
}

/* Do they say the same of every day up to this one? */
static bool are_same(const struct spans *rows, const struct deadline *deadline, date until)
{
	size_t count = begun_by(rows->list, rows->count, until);
	bool same = count == begun_by(deadline->overdue, deadline->overdue_count, until);
	for (size_t i = 0; same && i < count; i++)
		same = is_same(&rows->list[i], &deadline->overdue[i], until);
	return same;
}

static void write_spans(const struct core *core, const char *subject,
			const struct deadline *deadline)
{
	struct query *q =
	    db_query(core->db, "DELETE FROM overdue WHERE subject = ?1 AND rule = ?2 AND key = ?3"
			       " AND anchor = ?4 AND occurrence = ?5");
	store_deadline_bind(q, subject, deadline);
	db_run(q);
	for (size_t i = 0; i < deadline->overdue_count; i++) {
		q = db_query(core->db,
			     "INSERT INTO overdue (subject, rule, key, anchor, occurrence,"
			     " programme, first, over) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)");
		store_deadline_bind(q, subject, deadline);
		db_bind_text(q, 6, deadline->overdue[i].programme);
		db_bind_date(q, 7, deadline->overdue[i].first);
		db_bind_date(q, 8, deadline->overdue[i].over);
		db_run(q);
	}
}

void overdue_put(const struct core *core, const char *subject, const struct deadline *deadline,
		 overdue_changed *changed, void *arg)
{
	struct arena *arena = arena_new();
	struct spans rows = spans_read(core, subject, deadline, arena);
	bool past_is_same = are_same(&rows, deadline, clock_today(core->clock));
	if (!past_is_same || !are_same(&rows, deadline, date_from_ymd(9999, 12, 31)))
		write_spans(core, subject, deadline);
	for (size_t i = 0; !past_is_same && i < rows.count; i++)
		changed(arg, rows.list[i].programme);
	for (size_t i = 0; !past_is_same && i < deadline->overdue_count; i++)
		changed(arg, deadline->overdue[i].programme);
	free(rows.list);
	arena_free(arena);
}

void overdue_prune(const struct core *core, const char *subject, overdue_changed *changed,
		   void *arg)
{
	struct arena *arena = arena_new();
	struct spans gone = { NULL, 0, 0 };
	struct query *q = db_query(
	    core->db, "DELETE FROM overdue WHERE subject = ?1 AND NOT EXISTS (SELECT 1"
		      " FROM deadline d WHERE d.subject = overdue.subject AND d.rule = overdue.rule"
		      " AND d.key = overdue.key AND d.anchor = overdue.anchor"
		      " AND d.occurrence = overdue.occurrence) RETURNING programme, first");
	db_bind_text(q, 1, subject);
	while (db_next(q))
		spans_add(&gone, (struct overdue_span){ arena_strdup(arena, db_text(q, 0)),
							db_date(q, 1), DATE_NONE });
	db_done(q);
	for (size_t i = 0; i < gone.count; i++)
		if (gone.list[i].first <= clock_today(core->clock))
			changed(arg, gone.list[i].programme);
	free(gone.list);
	arena_free(arena);
}
