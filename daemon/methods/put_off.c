/* SPDX-License-Identifier: EUPL-1.2 */
/* See put_off.h. */
#include "daemon/methods/put_off.h"

#include <string.h>

#include "daemon/methods/method.h"
#include "daemon/people/people.h"
#include "rules/plan/steps_held.h"

/* Longer than this nobody should keep quiet about what has to be done (a policy decision). */
#define MONTHS_MOST 6

struct putting_off {
	struct kedjad *k;
	struct event *event;
	struct known *known;
	struct arena *arena;
	struct problems *problems;
	const struct rule *rule; /* NULL where it is unknown */
};

static const char *text_of(const struct putting_off *p, const char *field)
{
	struct value value = event_value(p->event, field);
	return value.type == VALUE_TEXT ? value.text : NULL;
}

static void check_until(const struct putting_off *p)
{
	char first[DATE_TEXT_SIZE], last[DATE_TEXT_SIZE];
	date today = clock_today(p->k->core.clock);
	date until = (date)event_value(p->event, "until").number;
	date most = date_add_months(today, MONTHS_MOST);
	if (until <= today)
		problem_add(p->problems, "until", 0,
			    "must lie ahead: a day from tomorrow on, %s or later",
			    date_format(today + 1, first));
	else if (until > most)
		problem_add(p->problems, "until", 0,
			    "lies too far ahead: at most %d months, %s or earlier", MONTHS_MOST,
			    date_format(most, last));
}

/* It counts from when it is said: an hour that is left out is this one. */
static void check_at(const struct putting_off *p)
{
	civil now = clock_now_civil(p->k->core.clock);
	if (p->event->at.day != civil_date(now))
		problem_add(p->problems, "at", 0,
			    "must be today: reminders are put off from now on. Leave it out");
	else if (p->event->at.second < 0)
		p->event->at.second = civil_second(now);
}

static const struct rule *find_rule(const struct putting_off *p, const char *name)
{
	const struct ruleset *ruleset = p->k->core.office->ruleset;
	const char **names = arena_alloc(p->arena, (ruleset->count + 1) * sizeof(*names));
	for (size_t i = 0; i < ruleset->count; i++) {
		const struct rule *rule = &ruleset->rules[i];
		if (strcmp(rule->name, name) == 0)
			return rule;
		names[i] = rule->name;
	}
	problem_add(p->problems, "rule", 0, "there is no rule \"%s\"", name);
	problem_hint(p->problems, name, names, "kedjactl rules list names them");
	return NULL;
}

/* By the rule alone: it is no last day by law, or that day lets it be longer. */
static bool is_by_rule(const struct deadline *deadline, const struct calendar *calendar, date today,
		       date latest)
{
	const struct rule *rule = deadline->rule;
	return rule->has_put_off && latest == offset_apply(&rule->put_off, today, calendar);
}

/* Nobody puts off a last day by law, or longer than the rule lets be (put_off_latest). */
static void check_latest(const struct putting_off *p, const struct deadline *deadline)
{
	char due[DATE_TEXT_SIZE], last[DATE_TEXT_SIZE];
	const struct calendar *calendar = p->k->core.office->calendar;
	date today = clock_today(p->k->core.clock);
	date until = (date)event_value(p->event, "until").number;
	date latest = put_off_latest(deadline, calendar, today);
	if (latest == DATE_NONE || until <= latest)
		return;
	date_format(deadline->due, due);
	date_format(latest, last);
	if (is_by_rule(deadline, calendar, today, latest))
		problem_add(p->problems, "until", 0,
			    "lies too far ahead: %s can be put off until %s or earlier, each time",
			    deadline->rule->name, last);
	else if (today == deadline->due)
		problem_add(p->problems, "until", 0,
			    "today, %s, is the last day by law: nothing can be put off", due);
	else if (today > deadline->due)
		problem_add(p->problems, "until", 0,
			    "the last day by law, %s, is past: at most two weeks, %s or earlier",
			    due, last);
	else if (latest <= today)
		problem_add(p->problems, "until", 0,
			    "the last day by law is %s, and no working day lies between: nothing "
			    "can be put off",
			    due);
	else
		problem_add(p->problems, "until", 0,
			    "the last day by law is %s: the working day before it at most, %s or "
			    "earlier",
			    due, last);
}

static bool is_meant(const struct putting_off *p, const struct deadline *deadline)
{
	return deadline->rule == p->rule && deadline->state == DEADLINE_OPEN &&
	       (p->event->key[0] == '\0' || strcmp(p->event->key, deadline->key) == 0);
}

/* The first one that does not let it be: they would all say the same. */
static void check_all_latest(const struct putting_off *p, const struct plan *plan)
{
	size_t before = p->problems->count;
	for (size_t i = 0; i < plan_live_count(plan) && p->problems->count == before; i++) {
		const struct deadline *deadline = plan_live_at(plan, i);
		if (is_meant(p, deadline))
			check_latest(p, deadline);
	}
}

/* "2026-12, 2027-01": the keys of what is open; NULL if nothing is. Counts those that are meant. */
static const char *open_keys(const struct putting_off *p, const struct plan *plan, size_t *ret)
{
	const char *keys = NULL;
	for (size_t i = 0; i < plan_live_count(plan); i++) {
		const struct deadline *deadline = plan_live_at(plan, i);
		if (deadline->rule != p->rule || deadline->state != DEADLINE_OPEN)
			continue;
		keys = keys == NULL ? deadline->key
				    : arena_printf(p->arena, "%s, %s", keys, deadline->key);
		*ret += p->event->key[0] == '\0' || strcmp(p->event->key, deadline->key) == 0;
	}
	return keys;
}

static void check_open(const struct putting_off *p)
{
	size_t meant = 0;
	const char *subject = p->event->subject, *key = p->event->key;
	const struct plan *plan = planner_get(p->k->planner, subject);
	if (plan == NULL) {
		problem_add(p->problems, "subject", 0, "there is no case or programme %s", subject);
		return;
	}
	const char *keys = open_keys(p, plan, &meant);
	if (keys == NULL)
		problem_add(p->problems, "rule", 0,
			    "nothing of %s is open about %s: kedjactl deadlines --subject %s says "
			    "what is",
			    p->rule->name, subject, subject);
	else if (!p->rule->per_key && key[0] != '\0')
		problem_add(p->problems, "key", 0,
			    "%s has one deadline at a time, without a key: leave it out",
			    p->rule->name);
	else if (meant == 0)
		problem_add(p->problems, "key", 0,
			    "nothing of %s is open with the key %s: it is %s", p->rule->name, key,
			    keys);
	else
		check_all_latest(p, plan);
}

/* --- as which ----------------------------------------------------------------------------------
 */

static const char *programme_of(const struct putting_off *p)
{
	const char *programme = NULL;
	struct query *q = db_query(p->k->core.db, "SELECT programme FROM subject WHERE id = ?1");
	db_bind_text(q, 1, p->event->subject);
	if (db_next(q))
		programme = arena_strdup(p->arena, db_text(q, 0));
	db_done(q);
	return programme;
}

static bool holds(const struct putting_off *p, const char *by, const char *programme,
		  const struct role *role)
{
	struct query *q =
	    db_query(p->k->core.db, "SELECT 1 FROM role WHERE staff = ?1 AND role = ?2"
				    " AND subject IN (?3, ?4)");
	db_bind(q, DB_TEXT(by), DB_TEXT(role->name), DB_TEXT(p->event->subject),
		DB_TEXT(programme));
	bool found = db_next(q);
	db_done(q);
	struct person *persons;
	struct person_missed *missed;
	size_t missed_count;
	size_t count = found ? 0
			     : people_find(&p->k->core, p->event->subject, programme, role->name,
					   p->arena, &persons, &missed, &missed_count);
	for (size_t i = 0; i < count && !found; i++) /* stands in today */
		found = strcmp(persons[i].id, by) == 0;
	return found;
}

/* As things stand with what is meant (audience.h). */
static bool is_addressed(const struct putting_off *p, const struct role *role)
{
	const struct plan *plan = planner_get(p->k->planner, p->event->subject);
	for (size_t i = 0; plan != NULL && i < plan_live_count(plan); i++)
		if (is_meant(p, plan_live_at(plan, i)) &&
		    audience_names(plan_live_at(plan, i), role))
			return true;
	return false;
}

/* Roles on the case are alike: of several the one that the rule speaks to. Between others it
 * cannot be told what is meant, for they hold back different reminders. */
struct choice {
	const struct role *role;
	bool unclear;
	const char *names; /* all that the person holds, or NULL */
};

static void choose(const struct putting_off *p, struct choice *choice, const struct role *role)
{
	const struct role *before = choice->role;
	choice->names = choice->names == NULL
			    ? role->name
			    : arena_printf(p->arena, "%s, %s", choice->names, role->name);
	if (before == NULL)
		choice->role = role;
	else if (!before->on_case || !role->on_case)
		choice->unclear = true;
	else if (!is_addressed(p, before) && is_addressed(p, role))
		choice->role = role;
}

static void set_role(const struct putting_off *p, const char *name)
{
	struct value *values = (struct value *)(uintptr_t)p->event->values;
	values[kind_field(p->event->kind, "role")] = (struct value){ VALUE_TEXT, 0, name };
}

static void find_role(const struct putting_off *p, const char *by)
{
	struct choice choice = { NULL, false, NULL };
	const struct role *role;
	const char *programme = programme_of(p), *wanted = text_of(p, "role");
	bool held = false;
	for (size_t i = 0; (role = chain_role_at(p->k->core.office->chain, i)) != NULL; i++) {
		if (!holds(p, by, programme, role))
			continue;
		choose(p, &choice, role);
		held = held || (wanted != NULL && strcmp(wanted, role->name) == 0);
	}
	if (choice.role == NULL)
		problem_add(p->problems, "by", 0,
			    "%s holds no role in %s: only somebody who does can put off its "
			    "reminders",
			    by, p->event->subject);
	else if (wanted != NULL && !held)
		problem_add(p->problems, "role", 0, "%s does not hold it: it must be %s", by,
			    choice.names);
	else if (wanted == NULL && choice.unclear)
		problem_add(p->problems, "role", 0, "%s holds several roles: say as which, %s", by,
			    choice.names);
	else if (wanted == NULL)
		set_role(p, choice.role->name);
}

static bool is_known(const struct putting_off *p, const char *by)
{
	struct query *q = db_query(p->k->core.db, "SELECT 1 FROM staff WHERE id = ?1 AND gone = 0");
	db_bind_text(q, 1, by);
	return db_found(q);
}

static void check_by(const struct putting_off *p)
{
	const char *by = text_of(p, "by");
	if (by == NULL)
		problem_add(p->problems, "by", 0,
			    "is missing: the member of staff who says so, as in anna.berg");
	else if (!is_known(p, by))
		known_refuse(p->known, NAMES_STAFF, by, "by", p->problems);
	else if (p->rule != NULL)
		find_role(p, by);
}

void method_put_off_check(struct kedjad *k, struct event *event, struct known *known,
			  struct arena *arena, struct problems *problems)
{
	struct putting_off p = { k, event, known, arena, problems, NULL };
	p.rule = find_rule(&p, text_of(&p, "rule"));
	check_until(&p);
	check_at(&p);
	if (p.rule != NULL)
		check_open(&p);
	check_by(&p);
}
