/* SPDX-License-Identifier: EUPL-1.2 */
/* See overdue.h. */
#include "daemon/plan/overdue.h"

#include <stdlib.h>
#include <string.h>

struct days {
	date *list;
	size_t count, capacity;
};

/* A deadline is overdue from one day to another: how many have begun, less how many are over. */
struct overdue {
	const struct core *core;
	char *programme;
	bool past_is_read;
	struct days first; /* the day after it was due, or its anchor */
	struct days over;  /* the day after it ended */
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

static void add_row(struct overdue *overdue, date anchor, date due, date ended)
{
	date first = anchor > due + 1 ? anchor : due + 1;
	if (ended != DATE_NONE && ended < first)
		return;
	days_add(&overdue->first, first);
	if (ended != DATE_NONE)
		days_add(&overdue->over, ended + 1);
}

static void read_past(struct overdue *overdue)
{
	struct query *q =
	    db_query(overdue->core->db,
		     "SELECT d.anchor, d.due, d.ended FROM subject s"
		     " JOIN deadline d ON d.subject = s.id WHERE s.programme = ?1"
		     " AND s.type = 'case' AND (d.state = 'open' OR d.ended IS NOT NULL)");
	db_bind_text(q, 1, overdue->programme);
	while (db_next(q))
		add_row(overdue, db_date(q, 0), db_date(q, 1), db_date(q, 2));
	db_done(q);
	days_sort(&overdue->first);
	days_sort(&overdue->over);
	overdue->past_is_read = true;
}

/* Through the index of what is open: most of a long history is not. */
static int64_t count_now(const struct overdue *overdue, date day)
{
	struct query *q =
	    db_query(overdue->core->db, "SELECT count(*) FROM deadline d JOIN subject s"
					" ON s.id = d.subject WHERE d.state = 'open' AND d.due < ?2"
					" AND s.programme = ?1");
	db_bind_text(q, 1, overdue->programme);
	db_bind_date(q, 2, day);
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
