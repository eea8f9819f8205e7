/* SPDX-License-Identifier: EUPL-1.2 */
/* See due.h. */
#include "daemon/plan/due.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/people/enclosure.h"
#include "daemon/people/people.h"
#include "daemon/store/deadline.h"
#include "daemon/store/put_off.h"

#define JUST_NOW 300 /* seconds */

/* One firing on its way to persons. */
struct firing {
	const struct core *core;
	const char *subject, *programme;
	const struct deadline *deadline;
	struct arena *arena;
	bool held;        /* something about it is put off, or was */
	const char *back; /* the day, of what had been put off until then; NULL */
};

static void bind_firing(struct query *q, const struct firing *firing,
			const struct planned_step *planned)
{
	store_deadline_bind(q, firing->subject, firing->deadline);
	db_bind_text(q, 6, planned->step->name);
	db_bind_int(q, 7, planned->repetition);
	db_bind_int(q, 8, clock_now(firing->core->clock));
}

/* The promise of I3: the primary key lets it happen once. */
static bool fire_once(const struct firing *firing, const struct planned_step *planned)
{
	struct query *q =
	    db_query(firing->core->db,
		     "INSERT OR IGNORE INTO firing (subject, rule, key, anchor, occurrence,"
		     " step, repetition, at, rules)"
		     " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)");
	bind_firing(q, firing, planned);
	db_bind_text(q, 9, firing->core->office->ruleset->version_text);
	return db_run(q) > 0;
}

/* Does it go out after its own hour, or for a day that was past when it became known? An hour
 * that has just come is no past. */
static bool catches_up(const struct firing *firing, const struct planned_step *planned)
{
	const struct deadline *deadline = firing->deadline;
	if (planned->step->time == STEP_NOW && deadline->anchor < civil_date(deadline->known))
		return true;
	return planned->late || planned->at + JUST_NOW < clock_now_civil(firing->core->clock);
}

static void notice_add(const struct firing *firing, const struct planned_step *planned,
		       const struct role *role, bool copy, const char *person, const char *state,
		       const char *reason)
{
	const struct deadline *deadline = firing->deadline;
	char id[DEADLINE_ID_SIZE];
	struct query *q =
	    db_query(firing->core->db,
		     "INSERT INTO notice (subject, rule, key, anchor, occurrence, step,"
		     " repetition, at, deadline, due, missed, role, person, cc, urgent,"
		     " state, why, anchor_event, rules, catches_up, back) VALUES (?1, ?2, ?3, ?4,"
		     " ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20,"
		     " ?21)");
	bind_firing(q, firing, planned);
	db_bind_text(q, 9,
		     store_deadline_id(firing->subject, deadline->rule->name, deadline->key,
				       deadline->anchor, deadline->occurrence, id));
	db_bind_date(q, 10, deadline->due);
	db_bind_int(q, 11, deadline->missed);
	db_bind_text(q, 12, role == NULL ? "" : role->name);
	db_bind_text(q, 13, person);
	db_bind_int(q, 14, copy);
	db_bind_int(q, 15, planned->step->urgent != URGENT_NO);
	db_bind_text(q, 16, state);
	db_bind_text(q, 17, reason);
	db_bind_int(q, 18, deadline->anchor_event);
	db_bind_text(q, 19, firing->core->office->ruleset->version_text);
	db_bind_int(q, 20, catches_up(firing, planned));
	db_bind_text(q, 21, firing->back);
	db_run(q);
}

/* Has this person a notice of this step already? A copy then adds nothing. */
static bool is_told(const struct firing *firing, const struct planned_step *planned,
		    const char *person)
{
	struct query *q =
	    db_query(firing->core->db,
		     "SELECT 1 FROM notice WHERE subject = ?1 AND rule = ?2 AND key = ?3"
		     " AND anchor = ?4 AND occurrence = ?5 AND step = ?6"
		     " AND repetition = ?7 AND person = ?8 AND state IN ('queued', 'shadow')"
		     " AND back IS ?9");
	store_deadline_bind(q, firing->subject, firing->deadline);
	db_bind_text(q, 6, planned->step->name);
	db_bind_int(q, 7, planned->repetition);
	db_bind_text(q, 8, person);
	db_bind_text(q, 9, firing->back);
	return db_found(q);
}

/* The holder is away: on return one letter sums up what went to others. */
static void sum_up_on_return(const struct firing *firing, int64_t notice, const char *holder,
			     int64_t leave, date back)
{
	const struct core *core = firing->core;
	struct query *q = db_query(core->db, "UPDATE notice SET instead_of = ?2 WHERE id = ?1");
	db_bind_int(q, 1, notice);
	db_bind_text(q, 2, holder);
	db_run(q);
	(void)!enclosure_add(core, holder, ENCLOSURE_RETURN,
			     arena_printf(firing->arena, "%" PRId64, leave),
			     back == DATE_NONE ? DATE_LAST : back);
}

/* The number of the notice; 0 if there was one already. */
static int64_t tell(const struct firing *firing, const struct told *told,
		    const struct person *person, const char *reason)
{
	bool shadow = firing->deadline->rule->shadow;
	if (is_told(firing, told->planned, person->id))
		return 0;
	notice_add(firing, told->planned, told->role, told->copy, person->id,
		   shadow ? "shadow" : "queued", reason);
	int64_t notice = db_last_id(firing->core->db);
	if (person->instead_of != NULL && !shadow)
		sum_up_on_return(firing, notice, person->instead_of, person->leave, person->back);
	return notice;
}

/* Why somebody else is told: for the list of notices, and for the reader. */
struct failure {
	const char *reason, *sv, *en;
};

/* Said, and told to somebody else. */
static void tell_others(const struct firing *firing, const struct told *told,
			const struct failure *failure, const struct person_missed *missed,
			size_t missed_count)
{
	struct person *others;
	const char *role = told->role == NULL ? "" : told->role->name;
	notice_add(firing, told->planned, told->role, told->copy, NULL,
		   firing->deadline->rule->shadow ? "shadow" : "unreachable", failure->reason);
	size_t count = people_fallback(firing->core, firing->subject, firing->programme, role,
				       firing->arena, &others);
	for (size_t i = 0; i < count; i++) {
		const char *reason =
		    strcmp(others[i].language, "en") == 0 ? failure->en : failure->sv;
		int64_t notice = tell(firing, told, &others[i], reason);
		for (size_t j = 0; notice != 0 && j < missed_count; j++)
			if (missed[j].leave != 0 && !missed[j].barred)
				sum_up_on_return(firing, notice, missed[j].id, missed[j].leave,
						 missed[j].back);
	}
}

/* Nobody holds the role, or none of them can be reached. */
static struct failure nobody(const struct firing *firing, const struct role *role)
{
	const char *title = role == NULL ? "?" : role->title;
	return (struct failure){
		arena_printf(firing->arena, "nobody reachable as %s",
			     role == NULL ? "" : role->name),
		arena_printf(firing->arena, "Ingen %s kan nås, därför får du påminnelsen.", title),
		arena_printf(firing->arena, "Nobody can be reached as %s.",
			     role == NULL ? "?" : role_title(role, "en")),
	};
}

/* Which board it is would tell where the case is known: it is not said. */
static const struct failure of_another_board = {
	"the recipient belongs to another board, and there is no consent",
	"Den som skulle ha fått påminnelsen hör till en annan nämnd och det finns inget samtycke, "
	"därför får du den.",
	"The one who should have got it belongs to another board and there is no consent, so it "
	"comes to you.",
};

static bool any_barred(const struct person_missed *missed, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (missed[i].barred)
			return true;
	return false;
}

static void tell_role(const struct firing *firing, const struct told *told)
{
	struct person *persons;
	struct person_missed *missed = NULL;
	size_t count = 0, missed_count = 0;
	if (told->role != NULL)
		count =
		    people_find(firing->core, firing->subject, firing->programme, told->role->name,
				firing->arena, &persons, &missed, &missed_count);
	for (size_t i = 0; i < count; i++)
		(void)tell(firing, told, &persons[i], persons[i].reason);
	if (any_barred(missed, missed_count)) {
		tell_others(firing, told, &of_another_board, missed, missed_count);
	} else if (count == 0) {
		struct failure failure = nobody(firing, told->role);
		tell_others(firing, told, &failure, missed, missed_count);
	}
}

/* --- what somebody has put off ---------------------------------------------------------------- */

static const char *put_off_text(const struct firing *firing, const struct put_off *put_off)
{
	char until[DATE_TEXT_SIZE];
	return arena_printf(firing->arena, "%s until %s by %s%s%s",
			    put_off->acknowledged ? "acknowledged" : "put off",
			    date_format(put_off->until, until),
			    put_off->by == NULL ? "" : put_off->by, put_off->by == NULL ? "" : ", ",
			    put_off->role->name);
}

/* The role is told when it comes out, and by then perhaps somebody else holds it. */
static void hold_back(const struct firing *firing, const struct told *told)
{
	notice_add(firing, told->planned, told->role, told->copy, NULL, "put_off",
		   put_off_text(firing, told->held));
	struct query *q =
	    db_query(firing->core->db, "UPDATE notice SET put_off_event = ?2 WHERE id = ?1");
	db_bind_int(q, 1, db_last_id(firing->core->db));
	db_bind_int(q, 2, told->held->event);
	db_run(q);
}

static void tell_or_hold(const struct firing *firing, const struct told *told)
{
	if (told->overtaken) {
		notice_add(firing, told->planned, told->role, told->copy, NULL, "overtaken",
			   "a later step goes out instead");
	} else if (told->held != NULL) {
		hold_back(firing, told);
	} else {
		if (told->role != NULL && firing->held)
			store_put_off_forget(firing->core, firing->subject, firing->deadline,
					     told->role->name);
		tell_role(firing, told);
	}
}

static bool is_told_now(const struct told *told, size_t count, const struct role *role)
{
	for (size_t i = 0; i < count; i++)
		if (told[i].role == role && !told[i].overtaken && told[i].held == NULL)
			return true;
	return false;
}

static void tell_back(struct firing *firing, const struct held_step *held, const struct role *role,
		      date until)
{
	char day[DATE_TEXT_SIZE];
	civil now = clock_now_civil(firing->core->clock);
	struct planned_step planned = held->planned;
	planned.at = now;
	planned.late = false;
	struct told told = { .planned = &planned,
			     .role = role,
			     .copy = held->copy,
			     .held =
				 steps_held_back(firing->deadline, firing->core->office->calendar,
						 planned.step, role, now) };
	firing->back = arena_strdup(firing->arena, date_format(until, day));
	if (told.held != NULL)
		hold_back(firing, &told);
	else
		tell_role(firing, &told);
	firing->back = NULL;
}

/* Those of a list that come out; returns how many roles were told, in `told`. */
static size_t tell_released(struct firing *firing, struct held_step *held, size_t count,
			    struct told *told)
{
	size_t used = 0;
	civil now = clock_now_civil(firing->core->clock);
	steps_release(firing->deadline, firing->core->office->calendar, held, count, now);
	for (size_t i = 0; i < count; i++) {
		if (!held[i].out)
			continue;
		store_put_off_out(firing->core, held[i].notice);
		if (!held[i].goes)
			continue;
		tell_back(firing, &held[i], held[i].role, civil_date(now));
		told[used++] = (struct told){ .role = held[i].role };
	}
	return used;
}

/* What was put off comes back, beside what is told now (steps_held.h). */
static void come_back(struct firing *firing, const struct told *told, size_t count)
{
	const struct core *core = firing->core;
	const struct deadline *deadline = firing->deadline;
	const struct calendar *calendar = core->office->calendar;
	const struct put_off *again;
	civil now = clock_now_civil(core->clock);
	struct held_step *held, last;
	size_t held_count = store_put_off_read(core, firing->subject, deadline, INSTANT_NEVER,
					       firing->arena, &held);
	struct told *released = arena_alloc(firing->arena, (held_count + 1) * sizeof(*released));
	size_t released_count = tell_released(firing, held, held_count, released);
	while ((again = store_put_off_again(core, firing->subject, deadline, INSTANT_NEVER)) !=
		   NULL &&
	       put_off_comes(again, calendar, now) <= now) {
		if (!store_put_off_come(core, firing->subject, deadline, again,
					firing->core->office->ruleset->version_text))
			return;
		if (is_told_now(told, count, again->role) ||
		    is_told_now(released, released_count, again->role) ||
		    !store_put_off_last(core, firing->subject, deadline, again->role, INSTANT_NEVER,
					&last))
			continue;
		tell_back(firing, &last, again->role, again->until);
	}
}

void due_fire(void *arg, const char *subject, const char *programme,
	      const struct deadline *deadline, const struct planned_step *due, size_t count,
	      struct arena *arena)
{
	struct firing firing = { .core = arg,
				 .subject = subject,
				 .programme = programme,
				 .deadline = deadline,
				 .arena = arena };
	firing.held = deadline->put_off != NULL || store_put_off_any(arg, subject);
	struct told *told;
	for (size_t i = 0; i < count; i++)
		if (!fire_once(&firing, &due[i]))
			return;
	size_t rows = steps_choose(deadline, firing.core->office->calendar, due, count,
				   clock_now_civil(firing.core->clock), arena, &told);
	for (int copies = 0; copies <= 1; copies++) {
		for (size_t i = 0; i < rows; i++) {
			if (told[i].copy == copies)
				tell_or_hold(&firing, &told[i]);
		}
	}
	if (firing.held)
		come_back(&firing, told, rows);
}

/* The same notice for another person. */
static void pass_on(const struct core *core, int64_t notice, const char *person, const char *reason)
{
	struct query *q = db_query(
	    core->db, "INSERT INTO notice (subject, rule, key, anchor, occurrence, step,"
		      " repetition, at, deadline, due, missed, role, person, cc, urgent,"
		      " state, why, anchor_event, rules, back)"
		      " SELECT subject, rule, key, anchor, occurrence, step, repetition, ?4,"
		      " deadline, due, missed, role, ?2, cc, urgent, 'queued', ?3,"
		      " anchor_event, rules, back FROM notice WHERE id = ?1");
	db_bind_int(q, 1, notice);
	db_bind_text(q, 2, person);
	db_bind_text(q, 3, reason);
	db_bind_int(q, 4, clock_now(core->clock));
	db_run(q);
}

enum tried { NOT_TRIED, TRIED_IN_VAIN, KNOWS };

/* What became of a notice of the same step and role to this person. */
static enum tried was_tried(const struct core *core, int64_t notice, const char *person)
{
	enum tried tried = NOT_TRIED;
	struct query *q = db_query(
	    core->db, "SELECT max(o.state IN ('queued', 'sent')) FROM notice n JOIN notice o"
		      " ON o.subject = n.subject AND o.rule = n.rule AND o.key = n.key"
		      " AND o.anchor = n.anchor AND o.occurrence = n.occurrence"
		      " AND o.step = n.step AND o.repetition = n.repetition AND o.back IS n.back"
		      " AND o.role = n.role WHERE n.id = ?1 AND o.person = ?2");
	db_bind_int(q, 1, notice);
	db_bind_text(q, 2, person);
	if (db_next(q) && !db_is_null(q, 0))
		tried = db_int(q, 0) != 0 ? KNOWS : TRIED_IN_VAIN;
	db_done(q);
	return tried;
}

/* How many of these know of it now; nobody is told in vain a second time. */
static size_t pass_on_to(const struct core *core, int64_t notice, const struct person *others,
			 size_t count, const struct failure *failure)
{
	size_t know = 0;
	for (size_t i = 0; i < count; i++) {
		enum tried tried = was_tried(core, notice, others[i].id);
		if (tried == NOT_TRIED)
			pass_on(core, notice, others[i].id,
				strcmp(others[i].language, "en") == 0 ? failure->en : failure->sv);
		if (tried != TRIED_IN_VAIN)
			know++;
	}
	return know;
}

/* To the unit managers, and when all of them were tried to the administrator; each once. */
static void pass_on_one(const struct core *core, int64_t notice, const char *subject,
			const char *programme, const struct failure *failure, struct arena *arena)
{
	struct person *others;
	size_t count = people_fallback(core, subject, programme, "", arena, &others);
	if (pass_on_to(core, notice, others, count, failure) > 0)
		return;
	count = people_fallback(core, subject, NULL, "", arena, &others);
	(void)pass_on_to(core, notice, others, count, failure);
}

static void set_unreachable(const struct core *core, int64_t notice, const char *reason)
{
	struct query *q = db_query(core->db, "UPDATE notice SET state = 'unreachable', why = ?2"
					     " WHERE id = ?1");
	db_bind_int(q, 1, notice);
	db_bind_text(q, 2, reason);
	db_run(q);
}

/* All notices of a query (id, person, programme, subject) end as unreachable and go to somebody
 * else. */
static void pass_on_all(const struct core *core, struct query *q, const struct failure *failure)
{
	struct arena *arena = arena_new();
	struct {
		int64_t id;
		const char *programme, *subject;
	} *rows = NULL;
	size_t count = 0, capacity = 0;
	while (db_next(q)) {
		rows = array_grow(rows, count, &capacity, sizeof(*rows));
		rows[count].id = db_int(q, 0);
		rows[count].subject = arena_strdup(arena, db_text(q, 3));
		rows[count++].programme = arena_strdup(arena, db_text(q, 2));
	}
	db_done(q);
	for (size_t i = 0; i < count; i++) {
		set_unreachable(core, rows[i].id, failure->reason);
		pass_on_one(core, rows[i].id, rows[i].subject, rows[i].programme, failure, arena);
	}
	free(rows);
	arena_free(arena);
}

static void pass_on_letter(const struct core *core, int64_t message, const struct failure *failure)
{
	struct query *q = db_query(
	    core->db, "SELECT n.id, n.person, coalesce(s.programme, s.id), n.subject FROM notice n"
		      " LEFT JOIN subject s ON s.id = n.subject"
		      " WHERE n.message = ?1 AND n.state = 'queued'");
	db_bind_int(q, 1, message);
	pass_on_all(core, q, failure);
}

void due_letter_refused(const struct core *core, int64_t message)
{
	static const struct failure refused = {
		"the letter was refused",
		"Brevet till den ansvariga kom tillbaka, därför får du det.",
		"The letter to the person responsible came back.",
	};
	pass_on_letter(core, message, &refused);
}

void due_letter_given_up(const struct core *core, int64_t message)
{
	static const struct failure given_up = {
		"the letter could not be delivered and was given up",
		"Brevet till den ansvariga kunde inte lämnas fram, därför får du det.",
		"The letter to the person responsible could not be delivered.",
	};
	pass_on_letter(core, message, &given_up);
}

void due_person_gone(const struct core *core, const char *person)
{
	static const struct failure gone = {
		"nobody of that name has an address any more",
		"Den ansvariga arbetar inte kvar, därför får du det.",
		"The person responsible no longer works here.",
	};
	struct query *q = db_query(
	    core->db, "SELECT n.id, n.person, coalesce(s.programme, s.id), n.subject FROM notice n"
		      " LEFT JOIN subject s ON s.id = n.subject"
		      " WHERE n.person = ?1 AND n.state = 'queued' AND n.message IS NULL");
	db_bind_text(q, 1, person);
	pass_on_all(core, q, &gone);
}

void due_person_barred(const struct core *core, const char *person, const char *subject)
{
	struct query *q = db_query(
	    core->db, "SELECT n.id, n.person, coalesce(s.programme, s.id), n.subject FROM notice n"
		      " LEFT JOIN subject s ON s.id = n.subject WHERE n.person = ?1"
		      " AND n.subject = ?2 AND n.state = 'queued' AND n.message IS NULL");
	db_bind_text(q, 1, person);
	db_bind_text(q, 2, subject);
	pass_on_all(core, q, &of_another_board);
}
