/* SPDX-License-Identifier: EUPL-1.2 */
/* See people.h. */
#include "daemon/people/people.h"

#include <string.h>

#include "daemon/people/enclosure.h"
#include "daemon/store/event.h"
#include "daemon/store/notice.h"

struct profile {
	const char *name, *email, *board, *language, *rhythm;
	bool known, gone;
};

static const char *text_or(const struct event *event, const char *field, const char *otherwise)
{
	struct value value = event_value(event, field);
	return value.type == VALUE_TEXT ? value.text : otherwise;
}

static void profile_apply(struct profile *profile, const struct event *event)
{
	if (strcmp(event->kind->name, "staff.left") == 0) {
		profile->gone = true;
		return;
	}
	if (strcmp(event->kind->name, "staff.joined") != 0 &&
	    strcmp(event->kind->name, "staff.changed") != 0)
		return;
	if (strcmp(event->kind->name, "staff.joined") == 0)
		profile->gone = false;
	profile->known = true;
	profile->name = text_or(event, "name", profile->name);
	profile->email = text_or(event, "email", profile->email);
	profile->board = text_or(event, "board", profile->board);
	profile->language = text_or(event, "language", profile->language);
	profile->rhythm = text_or(event, "rhythm", profile->rhythm);
}

static void absence_add(const struct core *core, const struct event *event)
{
	struct value from = event_value(event, "from"), to = event_value(event, "to");
	if (from.type != VALUE_DATE)
		return;
	struct query *q =
	    db_query(core->db, "INSERT INTO absence (staff, first, last, deputy, event)"
			       " VALUES (?1, ?2, ?3, ?4, ?5)");
	db_bind(q, DB_TEXT(event->subject), DB_DATE((date)from.number),
		DB_DATE(to.type == VALUE_DATE ? (date)to.number : DATE_LAST),
		DB_TEXT(text_or(event, "deputy", NULL)), DB_INT(event->id));
	db_run(q);
}

/* Back at work before the leave was to end: the leave ends the day before. Those that are planned
 * for later stay as they are. */
static void absence_end(const struct core *core, const struct event *event)
{
	struct value from = event_value(event, "from");
	date back = from.type == VALUE_DATE ? (date)from.number : event->at.day;
	struct query *q = db_query(core->db, "UPDATE absence SET last = ?2 WHERE staff = ?1"
					     " AND last > ?2 AND first <= ?3");
	db_bind(q, DB_TEXT(event->subject), DB_DATE(back - 1), DB_DATE(back));
	db_run(q);
}

static void forget(struct db *db, const char *table_delete, const char *id)
{
	struct query *q = db_query(db, table_delete);
	db_bind_text(q, 1, id);
	db_run(q);
}

static void refresh_staff(const struct core *core, const char *staff)
{
	struct arena *arena = arena_new();
	struct event **events;
	struct profile profile = { NULL, NULL, NULL, NULL, NULL, false, false };
	size_t count = store_event_of_people(core, staff, PEOPLE_STAFF, arena, &events);
	forget(core->db, "DELETE FROM absence WHERE staff = ?1", staff);
	forget(core->db, "DELETE FROM staff WHERE id = ?1", staff);
	for (size_t i = 0; i < count; i++) {
		profile_apply(&profile, events[i]);
		if (strcmp(events[i]->kind->name, "staff.absent") == 0)
			absence_add(core, events[i]);
		else if (strcmp(events[i]->kind->name, "staff.back") == 0)
			absence_end(core, events[i]);
	}
	if (profile.known) {
		struct query *q =
		    db_query(core->db, "INSERT INTO staff (id, name, email, board, language, gone,"
				       " rhythm) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)");
		db_bind(q, DB_TEXT(staff), DB_TEXT(profile.name == NULL ? staff : profile.name),
			DB_TEXT(profile.email == NULL ? "" : profile.email), DB_TEXT(profile.board),
			DB_TEXT(profile.language), DB_INT(profile.gone), DB_TEXT(profile.rhythm));
		db_run(q);
	}
	arena_free(arena);
}

static void refresh_roles(const struct core *core, const char *subject)
{
	struct arena *arena = arena_new();
	struct event **events;
	size_t count = store_event_of_people(core, subject, PEOPLE_ROLE, arena, &events);
	forget(core->db, "DELETE FROM role WHERE subject = ?1", subject);
	for (size_t i = 0; i < count; i++) {
		bool assigned = strcmp(events[i]->kind->name, "role.assigned") == 0;
		struct query *q =
		    assigned
			? db_query(core->db, "INSERT OR IGNORE INTO role (subject, role, staff)"
					     " VALUES (?1, ?2, ?3)")
			: db_query(core->db, "DELETE FROM role WHERE subject = ?1 AND role = ?2"
					     " AND staff = ?3");
		db_bind(q, DB_TEXT(subject), DB_TEXT(text_or(events[i], "role", "")),
			DB_TEXT(text_or(events[i], "staff", "")));
		db_run(q);
	}
	arena_free(arena);
}

static void consent_apply(const struct core *core, const struct event *event)
{
	bool given = strcmp(event->kind->name, "consent.given") == 0;
	struct query *q =
	    given ? db_query(core->db, "INSERT OR REPLACE INTO consent (subject, board, until)"
				       " VALUES (?1, ?2, ?3)")
		  : db_query(core->db, "DELETE FROM consent WHERE subject = ?1 AND board = ?2");
	db_bind(q, DB_TEXT(event->subject), DB_TEXT(text_or(event, "board", "")));
	if (given)
		db_bind_date(q, 3, (date)event_value(event, "until").number);
	db_run(q);
}

static const char *board_of_events(const struct core *core, const char *subject,
				   struct arena *arena)
{
	struct event **events;
	const char *board = NULL;
	size_t count = store_event_of_people(core, subject, PEOPLE_BOARD, arena, &events);
	for (size_t i = 0; i < count; i++)
		board = text_or(events[i], "board", board);
	return board;
}

static void refresh_boards(const struct core *core, const char *subject)
{
	struct arena *arena = arena_new();
	struct event **events;
	forget(core->db, "DELETE FROM board WHERE subject = ?1", subject);
	forget(core->db, "DELETE FROM consent WHERE subject = ?1", subject);
	const char *board = board_of_events(core, subject, arena);
	if (board != NULL) {
		struct query *q =
		    db_query(core->db, "INSERT INTO board (subject, board) VALUES (?1, ?2)");
		db_bind(q, DB_TEXT(subject), DB_TEXT(board));
		db_run(q);
	}
	size_t count = store_event_of_people(core, subject, PEOPLE_CONSENT, arena, &events);
	for (size_t i = 0; i < count; i++)
		consent_apply(core, events[i]);
	arena_free(arena);
}

void people_refresh(const struct core *core, const struct kind *kind, const char *subject)
{
	switch (kind->people) {
	case PEOPLE_NONE:
		return;
	case PEOPLE_STAFF:
		refresh_staff(core, subject);
		return;
	case PEOPLE_ROLE:
		refresh_roles(core, subject);
		return;
	case PEOPLE_BOARD:
	case PEOPLE_CONSENT:
		refresh_boards(core, subject);
	}
}

static void refresh_all_of(const struct core *core, const char *subject)
{
	refresh_staff(core, subject);
	refresh_roles(core, subject);
	refresh_boards(core, subject);
}

void people_rebuild(const struct core *core)
{
	static const char *const tables[] = { "DELETE FROM role", "DELETE FROM staff",
					      "DELETE FROM absence", "DELETE FROM board",
					      "DELETE FROM consent" };
	struct arena *arena = arena_new();
	const char **names;
	for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++)
		db_run(db_query(core->db, tables[i]));
	size_t count = store_event_people(core, arena, &names);
	for (size_t i = 0; i < count; i++)
		refresh_all_of(core, names[i]);
	arena_free(arena);
}

bool people_may_be_told(const struct core *core, const char *subject, const char *programme,
			const char *board)
{
	if (board == NULL || programme == NULL || strcmp(subject, programme) == 0)
		return true;
	struct query *q =
	    db_query(core->db, "SELECT coalesce((SELECT board FROM board WHERE subject = ?1),"
			       " (SELECT board FROM board WHERE subject = ?2), ?3) = ?3"
			       " OR EXISTS (SELECT 1 FROM consent WHERE subject = ?1 AND board = ?3"
			       "  AND until >= ?4)");
	db_bind(q, DB_TEXT(subject), DB_TEXT(programme), DB_TEXT(board),
		DB_DATE(clock_today(core->clock)));
	bool may = db_next(q) && db_int(q, 0) != 0;
	db_done(q);
	return may;
}

bool people_is_of_another_board(const struct core *core, const char *subject, const char *programme,
				const char *board)
{
	if (board == NULL || programme == NULL || strcmp(subject, programme) == 0)
		return false;
	struct query *q =
	    db_query(core->db, "SELECT coalesce((SELECT board FROM board WHERE subject = ?1),"
			       " (SELECT board FROM board WHERE subject = ?2), ?3) <> ?3");
	db_bind(q, DB_TEXT(subject), DB_TEXT(programme), DB_TEXT(board));
	bool another = db_next(q) && db_int(q, 0) != 0;
	db_done(q);
	return another;
}

/* A leave that somebody is on today. */
struct leave {
	int64_t event;
	const char *deputy; /* "" for nobody */
	date back;          /* the day after it; DATE_NONE: nobody knows */
};

static bool leave_today(const struct core *core, const char *staff, struct arena *arena,
			struct leave *ret)
{
	struct query *q = db_query(
	    core->db, "SELECT coalesce(deputy, ''), event, last FROM absence WHERE staff = ?1"
		      " AND first <= ?2 AND last >= ?2 ORDER BY event DESC LIMIT 1");
	db_bind(q, DB_TEXT(staff), DB_DATE(clock_today(core->clock)));
	bool away = db_next(q);
	if (away) {
		ret->deputy = arena_strdup(arena, db_text(q, 0));
		ret->event = db_int(q, 1);
		ret->back = date_add_days(db_date(q, 2), 1);
	}
	db_done(q);
	return away;
}

/* --- what comes of an event once ------------------------------------------------------------- */

static void note_handover(const struct core *core, const struct event *event)
{
	const char *from = text_or(event, "from", NULL), *to = text_or(event, "staff", "");
	const char *role = text_or(event, "role", "");
	if (from == NULL || strcmp(from, to) == 0)
		return;
	int64_t enclosure =
	    enclosure_add(core, to, ENCLOSURE_HANDOVER, from, enclosure_first_day(core));
	enclosure_add_subject(core, enclosure, event->subject, role);
	notice_hand_over(core, event->subject, role, from, to);
}

/* Nobody who is at work waits longer for the summary of a leave. */
static void note_leave(const struct core *core, const char *staff)
{
	struct arena *arena = arena_new();
	struct leave leave;
	date day = enclosure_first_day(core);
	if (leave_today(core, staff, arena, &leave))
		day = leave.back;
	if (day != DATE_NONE)
		enclosure_set_day(core, staff, ENCLOSURE_RETURN, day);
	arena_free(arena);
}

void people_note_event(const struct core *core, const struct event *event)
{
	if (strcmp(event->kind->name, "role.assigned") == 0)
		note_handover(core, event);
	else if (event->kind->subject == SUBJECT_STAFF)
		note_leave(core, event->subject);
}

static const char *rows_of(const struct core *core, const char *subject, struct arena *arena)
{
	const char *rows = "";
	struct query *q = db_query(
	    core->db,
	    "SELECT quote(role) || quote(staff) FROM role WHERE subject = ?1"
	    " UNION ALL SELECT quote(name) || quote(email) || quote(board) || quote(language)"
	    "  || gone || quote(rhythm) FROM staff WHERE id = ?1"
	    " UNION ALL SELECT quote(first) || quote(last) || quote(deputy) || event FROM absence"
	    "  WHERE staff = ?1"
	    " UNION ALL SELECT quote(board) FROM board WHERE subject = ?1"
	    " UNION ALL SELECT quote(board) || quote(until) FROM consent WHERE subject = ?1"
	    " ORDER BY 1");
	db_bind_text(q, 1, subject);
	while (db_next(q))
		rows = arena_printf(arena, "%s%s\n", rows, db_text(q, 0));
	db_done(q);
	return rows;
}

bool people_differ(const struct core *core, const char *subject)
{
	struct arena *arena = arena_new();
	const char *before = rows_of(core, subject, arena);
	refresh_all_of(core, subject);
	bool differ = strcmp(before, rows_of(core, subject, arena)) != 0;
	arena_free(arena);
	return differ;
}

static void get_administrator(const struct core *core, struct person *ret)
{
	const struct settings *settings = core->office->settings;
	*ret = (struct person){ .id = "",
				.name = settings->administrator_name,
				.email = settings->administrator,
				.language = settings->language };
}

bool people_get(const struct core *core, const char *id, struct arena *arena, struct person *ret)
{
	if (id[0] == '\0') {
		get_administrator(core, ret);
		return ret->email[0] != '\0';
	}
	struct query *q =
	    db_query(core->db, "SELECT name, email, language, rhythm, board FROM staff"
			       " WHERE id = ?1 AND gone = 0 AND email <> ''");
	db_bind_text(q, 1, id);
	bool found = db_next(q);
	if (found) {
		const char *language = db_text(q, 2);
		*ret = (struct person){ .id = arena_strdup(arena, id),
					.name = arena_strdup(arena, db_text(q, 0)),
					.email = arena_strdup(arena, db_text(q, 1)) };
		ret->board = arena_strdup(arena, db_text(q, 4));
		ret->weekly = !db_is_null(q, 3) && strcmp(db_text(q, 3), "weekly") == 0;
		ret->language = language == NULL ? core->office->settings->language
						 : arena_strdup(arena, language);
	}
	db_done(q);
	return found;
}

static const char *stands_in_for(const struct person *holder, const struct person *deputy,
				 struct arena *arena)
{
	return strcmp(deputy->language, "en") == 0
		   ? arena_printf(arena, "You stand in for %s.", holder->name)
		   : arena_printf(arena, "Du står in för %s.", holder->name);
}

static bool is_one_of(const char *const *list, size_t count, const char *id)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(list[i], id) == 0)
			return true;
	return false;
}

/* The holder, or whoever stands in today, through a chain of deputies; false if it ends, or comes
 * back to somebody who is away. */
static bool reach(const struct core *core, const char *staff, struct arena *arena,
		  struct person *ret)
{
	struct person holder;
	if (!people_get(core, staff, arena, &holder))
		return false;
	const char *id = staff;
	struct leave leave, first = { .event = 0 };
	const char **seen = NULL;
	size_t capacity = 0;
	for (size_t i = 0; !is_one_of(seen, i, id); i++) {
		seen = arena_grow(arena, seen, i, &capacity, sizeof(*seen));
		seen[i] = id;
		if (!leave_today(core, id, arena, &leave)) {
			if (!people_get(core, id, arena, ret))
				return false;
			if (i > 0) {
				ret->reason = stands_in_for(&holder, ret, arena);
				ret->instead_of = holder.id;
				ret->leave = first.event;
				ret->back = first.back;
			}
			return true;
		}
		first = i == 0 ? leave : first;
		if (leave.deputy[0] == '\0')
			return false;
		id = leave.deputy;
	}
	return false;
}

/* Those who are to be told of a case or programme, and those who should have been. */
struct crowd {
	const struct core *core;
	const char *subject, *programme;
	struct arena *arena;
	struct person *list;
	size_t count, capacity;
	struct person_missed *missed;
	size_t missed_count, missed_capacity;
};

static struct crowd crowd_new(const struct core *core, const char *subject, const char *programme,
			      struct arena *arena)
{
	return (struct crowd){
		.core = core, .subject = subject, .programme = programme, .arena = arena
	};
}

static void crowd_miss(struct crowd *crowd, const char *staff, bool barred)
{
	struct person person;
	struct leave leave = { .event = 0, .back = DATE_NONE };
	bool known = people_get(crowd->core, staff, crowd->arena, &person);
	(void)!leave_today(crowd->core, staff, crowd->arena, &leave);
	crowd->missed = arena_grow(crowd->arena, crowd->missed, crowd->missed_count,
				   &crowd->missed_capacity, sizeof(*crowd->missed));
	crowd->missed[crowd->missed_count++] =
	    (struct person_missed){ .id = arena_strdup(crowd->arena, staff),
				    .name = known ? person.name : staff,
				    .leave = leave.event,
				    .back = leave.back,
				    .barred = barred };
}

static void crowd_add(struct crowd *crowd, const char *staff)
{
	struct person person = { .id = NULL };
	if (!reach(crowd->core, staff, crowd->arena, &person)) {
		crowd_miss(crowd, staff, false);
		return;
	}
	for (size_t i = 0; i < crowd->count; i++)
		if (strcmp(crowd->list[i].id, person.id) == 0)
			return;
	if (!people_may_be_told(crowd->core, crowd->subject, crowd->programme, person.board)) {
		crowd_miss(crowd, staff, true);
		return;
	}
	crowd->list = arena_grow(crowd->arena, crowd->list, crowd->count, &crowd->capacity,
				 sizeof(*crowd->list));
	crowd->list[crowd->count++] = person;
}

/* Everybody that a query names; the names are read first, for each may lead to other queries. */
static void crowd_add_all(struct crowd *crowd, struct query *q)
{
	const char **names = NULL;
	size_t count = 0, capacity = 0;
	while (db_next(q)) {
		names = arena_grow(crowd->arena, names, count, &capacity, sizeof(*names));
		names[count++] = arena_strdup(crowd->arena, db_text(q, 0));
	}
	db_done(q);
	for (size_t i = 0; i < count; i++)
		crowd_add(crowd, names[i]);
}

static void crowd_add_holders(struct crowd *crowd, const char *subject, const char *role)
{
	struct query *q =
	    db_query(crowd->core->db, "SELECT r.staff FROM role r JOIN staff s ON s.id = r.staff"
				      " WHERE r.subject = ?1 AND r.role = ?2 AND s.gone = 0"
				      " ORDER BY r.staff");
	db_bind(q, DB_TEXT(subject), DB_TEXT(role));
	crowd_add_all(crowd, q);
}

static bool is_held(const struct core *core, const char *subject, const char *role)
{
	struct query *q =
	    db_query(core->db, "SELECT 1 FROM role r JOIN staff s ON s.id = r.staff"
			       " WHERE r.subject = ?1 AND r.role = ?2 AND s.gone = 0");
	db_bind(q, DB_TEXT(subject), DB_TEXT(role));
	return db_found(q);
}

static void crowd_add_of_cases(struct crowd *crowd, const char *programme, const char *role)
{
	struct query *q =
	    db_query(crowd->core->db, "SELECT DISTINCT r.staff FROM subject c"
				      " JOIN role r ON r.subject = c.id"
				      " WHERE c.programme = ?1 AND c.open = 1 AND r.role = ?2"
				      " ORDER BY r.staff");
	db_bind(q, DB_TEXT(programme), DB_TEXT(role));
	crowd_add_all(crowd, q);
}

size_t people_find(const struct core *core, const char *subject, const char *programme,
		   const char *role, struct arena *arena, struct person **ret,
		   struct person_missed **ret_missed, size_t *ret_missed_count)
{
	struct crowd crowd = crowd_new(core, subject, programme, arena);
	if (is_held(core, subject, role)) {
		crowd_add_holders(&crowd, subject, role);
	} else if (programme != NULL && strcmp(programme, subject) != 0) {
		crowd_add_holders(&crowd, programme, role);
	} else {
		const struct role *known = chain_role(core->office->chain, role);
		if (known != NULL && known->on_case)
			crowd_add_of_cases(&crowd, subject, role);
	}
	*ret = crowd.list;
	*ret_missed = crowd.missed;
	*ret_missed_count = crowd.missed_count;
	return crowd.count;
}

static struct holders holders_of(const struct core *core, const char *subject,
				 const char *programme, const struct role *role,
				 struct arena *arena)
{
	struct holders holders = { .role = role };
	if (role != NULL)
		holders.count = people_find(core, subject, programme, role->name, arena,
					    &holders.list, &holders.missed, &holders.missed_count);
	for (size_t i = 0; i < holders.missed_count; i++)
		holders.barred = holders.barred || holders.missed[i].barred;
	return holders;
}

struct holders people_holders(const struct core *core, const char *subject, const char *programme,
			      const struct role *role, const struct care *care, struct arena *arena)
{
	struct holders first = holders_of(core, subject, programme, role, arena);
	for (size_t i = 0; first.count == 0 && !first.barred && care != NULL && i < care->count;
	     i++) {
		struct holders next = holders_of(core, subject, programme, care->roles[i], arena);
		if (next.count > 0)
			return next;
	}
	return first;
}

size_t people_fallback(const struct core *core, const char *subject, const char *programme,
		       const char *failed_role, struct arena *arena, struct person **ret)
{
	struct crowd crowd = crowd_new(core, subject, programme, arena);
	if (programme != NULL && strcmp(failed_role, "unit_manager") != 0)
		crowd_add_holders(&crowd, programme, "unit_manager");
	if (crowd.count == 0)
		crowd_add(&crowd, "");
	*ret = crowd.list;
	return crowd.count;
}

const char *people_fallback_role(const struct person *person)
{
	return person->id[0] == '\0' ? "" : "unit_manager";
}

const struct care *people_care(const struct core *core, const char *subject)
{
	const struct care *care = NULL;
	struct query *q =
	    db_query(core->db, "SELECT s.open, EXISTS (SELECT 1 FROM event e WHERE e.subject = s.id"
			       "  AND e.kind IN ('case.opened', 'case.closed')"
			       "  AND NOT EXISTS (SELECT 1 FROM void v WHERE v.event = e.id))"
			       " FROM subject s WHERE s.id = ?1 AND s.type = 'case'");
	db_bind_text(q, 1, subject);
	if (db_next(q))
		care = ruleset_care(core->office->ruleset, db_int(q, 0) != 0, db_int(q, 1) != 0);
	db_done(q);
	return care;
}
