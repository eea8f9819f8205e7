/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Deadlines, a page at a time: of all, of one subject, or those that concern one person. What is
 * open or asleep comes first, by the day it is due; then what has ended, where that is asked for.
 * A person's come subject by subject. Each page is a range of an index that begins behind the last
 * row of the page before; nothing is sorted, and a page looks at no more rows than it may have.
 */
#include <stdio.h>
#include <string.h>

#include "daemon/methods/deadline_for.h"
#include "daemon/methods/method.h"
#include "daemon/store/deadline.h"

/* Where a list goes on: "live 2027-02-28 d0123456789ab K-1", the subject only in a person's. */
struct cursor {
	bool ended; /* past what is open or asleep */
	char due[16], id[DEADLINE_ID_SIZE];
	const char *subject;
};

#define CURSOR_START ((struct cursor){ false, "", "", "" })

/* What is asked for, and the page as it grows. */
struct listing {
	struct kedjad *k;
	const char *states[2][2]; /* live, and ended; "": not asked for */
	char until[DATE_TEXT_SIZE];
	json_t *rows;
	int looked_at;
	struct cursor last; /* the row that was looked at last */
};

static int read_cursor(const char *text, struct cursor *ret)
{
	char group[8];
	int end = 0;
	*ret = CURSOR_START;
	if (text == NULL)
		return 0;
	if (sscanf(text, "%7[a-z] %15[0-9-] %15[0-9a-z] %n", group, ret->due, ret->id, &end) != 3 ||
	    end == 0 || (strcmp(group, "live") != 0 && strcmp(group, "ended") != 0))
		return -1;
	ret->ended = strcmp(group, "ended") == 0;
	ret->subject = text + end;
	return 0;
}

static json_t *cursor_json(const struct cursor *cursor)
{
	return json_sprintf("%s %s %s %s", cursor->ended ? "ended" : "live", cursor->due,
			    cursor->id, cursor->subject);
}

/* Two ranges of an index, one after the other row by row. */
#define RANGE(of, state)                                                                           \
	"SELECT " DEADLINE_COLUMNS " FROM deadline d WHERE " of "d.state = " state                 \
	" AND (d.due, d.id) > (?3, ?4) AND d.due <= ?5 AND seen(d.subject)"
#define TWO_RANGES(of) RANGE(of, "?1") " UNION ALL " RANGE(of, "?2") " ORDER BY 8, 1 LIMIT ?6"

/* The next rows of one group: of a subject, or (NULL) of all. */
static struct query *rows_after(const struct listing *listing, const char *subject,
				const struct cursor *cursor)
{
	struct db *db = listing->k->core.db;
	const char *const *states = listing->states[cursor->ended];
	struct query *q = subject == NULL ? db_query(db, TWO_RANGES(""))
					  : db_query(db, TWO_RANGES("d.subject = ?7 AND "));
	db_bind(q, DB_TEXT(states[0]), DB_TEXT(states[1]), DB_TEXT(cursor->due),
		DB_TEXT(cursor->id), DB_TEXT(listing->until),
		DB_INT(PAGE_ROWS - listing->looked_at));
	if (subject != NULL)
		db_bind_text(q, 7, subject);
	return q;
}

static bool is_full(const struct listing *listing)
{
	return listing->looked_at >= PAGE_ROWS;
}

/* Both groups, from the cursor on, until the page is full. `concern`: only what concerns them. */
static void add_rows(struct listing *listing, const char *subject, struct cursor cursor,
		     const struct concern *concern)
{
	for (;; cursor = (struct cursor){ .ended = true }) {
		struct query *q = rows_after(listing, subject, &cursor);
		while (db_next(q)) {
			listing->looked_at++;
			listing->last.ended = cursor.ended;
			snprintf(listing->last.due, sizeof(cursor.due), "%s", db_text(q, 7));
			snprintf(listing->last.id, sizeof(cursor.id), "%s", db_text(q, 0));
			if (concern == NULL || concern_has(concern, q))
				json_array_append_new(listing->rows,
						      answer_deadline_row(listing->k, q));
		}
		db_done(q);
		if (cursor.ended || is_full(listing))
			return;
	}
}

/* A subject in which nothing is found counts as a row that was looked at: it comes to an end. */
static void add_rows_of_person(struct listing *listing, const char *person, const char *only,
			       struct cursor cursor, struct arena *arena)
{
	struct concern *concern = concern_new(listing->k, person, arena);
	const char *subject = only != NULL              ? only
			      : *cursor.subject != '\0' ? cursor.subject
							: concern_next(concern, "");
	for (; subject != NULL && !is_full(listing); cursor = CURSOR_START) {
		listing->last = (struct cursor){
			.ended = true, .due = "9999-12-31", .id = "z", .subject = subject
		};
		int before = listing->looked_at;
		if (concern_about(concern, subject))
			add_rows(listing, subject, cursor, concern);
		if (listing->looked_at == before)
			listing->looked_at++;
		if (!is_full(listing))
			subject = only != NULL ? NULL : concern_next(concern, subject);
	}
	concern_free(concern);
}

/* Overdue is what is open and was due before today. */
static void choose(struct listing *listing, const struct call *call)
{
	const char *state = call_text(call, "state"), *until = call_text(call, "until");
	bool overdue = call_flag(call, "overdue"), all = state != NULL && strcmp(state, "all") == 0;
	date last = date_from_ymd(9999, 12, 31);
	if (overdue)
		last = date_add_days(clock_today(listing->k->core.clock), -1);
	date_format(last, listing->until);
	if (until != NULL && strcmp(until, listing->until) < 0)
		snprintf(listing->until, sizeof(listing->until), "%s", until);
	static const char *const groups[2][2] = { { "open", "asleep" }, { "done", "cancelled" } };
	for (int i = 0; i < 2; i++)
		for (int j = 0; j < 2; j++) {
			bool chosen =
			    state == NULL ? i == 0 : all || strcmp(state, groups[i][j]) == 0;
			if (overdue && strcmp(groups[i][j], "open") != 0)
				chosen = false;
			listing->states[i][j] = chosen ? groups[i][j] : "";
		}
}

static bool is_state(struct call *call)
{
	const char *state = call_text(call, "state");
	enum deadline_state known;
	if (state == NULL || strcmp(state, "all") == 0 || deadline_state_parse(state, &known) == 0)
		return true;
	problem_add(&call->problems, "state", 0,
		    "\"%s\" is not a state: write open, asleep, done, cancelled or all", state);
	return false;
}

json_t *method_deadline_list(void *arg, struct call *call)
{
	struct cursor cursor;
	struct listing listing = { .k = arg, .last = CURSOR_START };
	const char *person = call_text(call, "for"), *subject = call_text(call, "subject");
	bool right = is_state(call);
	if (read_cursor(call_text(call, "after"), &cursor) != 0) {
		problem_add(&call->problems, "after", 0,
			    "this is no place in the list: write what stood in \"next\"");
		right = false;
	}
	if (!right || (person != NULL && !method_knows_staff(arg, call, "for")))
		return NULL;
	struct arena *arena = arena_new();
	listing.rows = json_array();
	choose(&listing, call);
	if (person != NULL)
		add_rows_of_person(&listing, person, subject, cursor, arena);
	else
		add_rows(&listing, subject, cursor, NULL);
	json_t *next = is_full(&listing) ? cursor_json(&listing.last) : NULL;
	arena_free(arena);
	return answer_page(listing.rows, next);
}

/* A page of the case's own, as deadline.list with state "all" begins; that goes on after it. */
void answer_deadlines_of(struct kedjad *k, const char *subject, json_t *answer)
{
	struct listing listing = { .k = k,
				   .states = { { "open", "asleep" }, { "done", "cancelled" } },
				   .until = "9999-12-31",
				   .last = CURSOR_START,
				   .rows = json_array() };
	add_rows(&listing, subject, CURSOR_START, NULL);
	json_object_set_new(answer, "deadlines", listing.rows);
	json_object_set_new(answer, "deadlines_next",
			    is_full(&listing) ? cursor_json(&listing.last) : json_null());
}
