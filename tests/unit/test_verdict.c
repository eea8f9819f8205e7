/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Random cases over three years, through the daemon's own code: on each day each rule has one
 * verdict, "sent" is said exactly where notices were sent, and turning a condition that is named
 * as the reason turns the verdict. VERDICT_CASES and VERDICT_DAYS ask for more than `make check`:
 * `make prove` does.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "daemon/ctl/forecast/simulate.h"
#include "daemon/plan/verdict.h"
#include "daemon/store/db.h"
#include "daemon/store/event.h"
#include "daemon/store/schema.h"
#include "rules/walk/walk.h"

#define YEARS 3

struct world {
	char folder[64], path[96];
	struct office *office;
	struct settings settings;
	struct simulation *simulation;
	date first, last;
	int cases;
	uint64_t seed;
};

static uint64_t roll(struct world *world, uint64_t sides)
{
	world->seed ^= world->seed << 13;
	world->seed ^= world->seed >> 7;
	world->seed ^= world->seed << 17;
	return world->seed % sides;
}

static int number_from(const char *name, int otherwise)
{
	const char *text = getenv(name);
	return text == NULL ? otherwise : atoi(text);
}

/* --- events at random ------------------------------------------------------------------------ */

static struct value random_value(struct world *world, const struct field *field, date day)
{
	switch (field->type) {
	case FIELD_DATE:
		return (struct value){ VALUE_DATE, day + (date)roll(world, 400) - 40, NULL };
	case FIELD_AMOUNT:
		return (struct value){ VALUE_NUMBER, 100000 * (int64_t)(1 + roll(world, 5)), NULL };
	case FIELD_COUNT:
		return (struct value){ VALUE_NUMBER, (int64_t)roll(world, 4), NULL };
	case FIELD_NUMBER:
		return (struct value){ VALUE_NUMBER, 1 + (int64_t)roll(world, 9), NULL };
	case FIELD_FLAG:
		return (struct value){ VALUE_FLAG, (int64_t)roll(world, 2), NULL };
	case FIELD_TEXT:
		return (struct value){ VALUE_TEXT, 0, "text" };
	case FIELD_ID:
		return (struct value){ VALUE_TEXT, 0,
				       strcmp(field->name, "programme") == 0 ? "norr" : "anna" };
	case FIELD_CODE:
		break;
	}
	const char *const *codes = chain_codes(world->office->chain, field->codes);
	size_t count = 0;
	while (codes[count] != NULL)
		count++;
	return (struct value){ VALUE_TEXT, 0, codes[roll(world, count)] };
}

static void record(struct world *world, const struct core *core, const char *kind,
		   const char *subject, date day)
{
	struct value values[32];
	char key[32] = "";
	struct event event = { .kind = chain_kind(world->office->chain, kind),
			       .subject = subject,
			       .key = key,
			       .at = { day, -1 },
			       .actor = "test",
			       .values = values };
	assert_non_null(event.kind);
	assert_true(event.kind->field_count <= 32);
	if (event.kind->key == KEY_REQUIRED && event.kind->key_codes != NULL)
		snprintf(key, sizeof(key), "%s", event.kind->key_codes[0]);
	else if (event.kind->key == KEY_REQUIRED)
		snprintf(key, sizeof(key), "2026-%02d", 1 + (int)roll(world, 12));
	for (size_t i = 0; i < event.kind->field_count; i++) {
		const struct field *field = &event.kind->fields[i];
		values[i] = (struct value){ VALUE_NULL, 0, NULL };
		if (!field->optional || roll(world, 2) == 0)
			values[i] = random_value(world, field, day);
	}
	assert_true(store_event_add(core, &event) > 0);
}

/* Now and then somebody puts something off, for some days or weeks. */
static void put_off(struct world *world, const struct core *core, const char *subject, date day)
{
	static const char *const roles[] = { "social_worker", "support_worker",
					     "social_worker", "housing_coordinator",
					     "unit_manager",  "area_manager" };
	const struct ruleset *ruleset = world->office->ruleset;
	const char *kind = roll(world, 2) == 0 ? "deadline.snoozed" : "deadline.acknowledged";
	const char *rule = ruleset->rules[roll(world, ruleset->count)].name;
	struct value values[8] = { { VALUE_NULL, 0, NULL } };
	struct event event = { .kind = chain_kind(world->office->chain, kind),
			       .subject = subject,
			       .key = "",
			       .at = { day, 10 * 3600 },
			       .actor = "test",
			       .values = values };
	values[kind_field(event.kind, "rule")] = (struct value){ VALUE_TEXT, 0, rule };
	values[kind_field(event.kind, "until")] =
	    (struct value){ VALUE_DATE, day + 1 + (date)roll(world, 60), NULL };
	values[kind_field(event.kind, "reason")] = (struct value){ VALUE_TEXT, 0, "text" };
	values[kind_field(event.kind, "by")] = (struct value){ VALUE_TEXT, 0, "anna" };
	values[kind_field(event.kind, "role")] =
	    (struct value){ VALUE_TEXT, 0, roles[roll(world, sizeof(roles) / sizeof(roles[0]))] };
	assert_true(store_event_add(core, &event) > 0);
}

/* Kinds of the case's own, the first ones in a sensible order. */
static void record_case(struct world *world, const struct core *core, const char *subject, date day)
{
	static const char *const often[] = { "plan.adopted",  "plan.reviewed", "visit.made",
					     "stage.entered", "rent.charged",  "rent.paid",
					     "decision.made", "case.paused",   "case.resumed" };
	if (roll(world, 3) > 0) {
		record(world, core, often[roll(world, sizeof(often) / sizeof(often[0]))], subject,
		       day);
		return;
	}
	const struct kind *kind;
	size_t count = 0;
	while (chain_kind_at(world->office->chain, count) != NULL)
		count++;
	do
		kind = chain_kind_at(world->office->chain, roll(world, count));
	while (kind->is_virtual || kind->subject != SUBJECT_CASE ||
	       strcmp(kind->name, "event.voided") == 0);
	record(world, core, kind->name, subject, day);
}

static void record_people(struct world *world, const struct core *core)
{
	const struct kind *assigned = chain_kind(world->office->chain, "role.assigned");
	const struct role *role;
	record(world, core, "staff.joined", "anna", world->first);
	record(world, core, "programme.started", "norr", world->first);
	for (size_t i = 0; (role = chain_role_at(world->office->chain, i)) != NULL; i++) {
		struct value values[8] = { { VALUE_NULL, 0, NULL } };
		values[kind_field(assigned, "role")] = (struct value){ VALUE_TEXT, 0, role->name };
		values[kind_field(assigned, "staff")] = (struct value){ VALUE_TEXT, 0, role->name };
		record(world, core, "staff.joined", role->name, world->first);
		struct event event = { .kind = assigned,
				       .subject = "norr",
				       .key = "",
				       .at = { world->first, -1 },
				       .actor = "test",
				       .values = values };
		assert_true(store_event_add(core, &event) > 0);
	}
}

static void fill(struct world *world)
{
	struct problems problems = PROBLEMS_NONE;
	struct core core = { .office = world->office };
	char subject[32];
	core.db = db_create(world->path, schema_migrations, schema_count, &problems);
	assert_non_null(core.db);
	core.clock = clock_new("Europe/Stockholm");
	assert_int_equal(db_begin(core.db), 0);
	assert_int_equal(
	    clock_set_virtual(core.clock, clock_from_civil(core.clock, civil_at(world->first, 0))),
	    0);
	record_people(world, &core);
	for (date day = world->first; day < world->last; day++) {
		instant now = clock_from_civil(core.clock, civil_at(day, 10 * 3600));
		assert_int_equal(clock_set_virtual(core.clock, now), 0);
		for (int i = 0; i < world->cases; i++) {
			snprintf(subject, sizeof(subject), "K-%03d", i);
			if (day == world->first + i % 90)
				record(world, &core, "case.opened", subject, day);
			else if (day > world->first + i % 90 && roll(world, 30) == 0)
				record_case(world, &core, subject, day - (date)roll(world, 4));
			else if (day > world->first + i % 90 && roll(world, 20) == 0)
				put_off(world, &core, subject, day);
		}
	}
	db_run(db_query(core.db, "INSERT INTO meta (name, value) VALUES ('clock', 'virtual')"));
	struct query *q = db_query(core.db, "INSERT INTO meta VALUES ('virtual_now', ?1)");
	char text[32];
	snprintf(text, sizeof(text), "%lld",
		 (long long)clock_from_civil(core.clock, civil_at(world->last, 0)));
	db_bind_text(q, 1, text);
	db_run(q);
	assert_int_equal(db_commit(core.db), 0);
	db_close(core.db);
	clock_free(core.clock);
}

static int set_up(void **state)
{
	struct problems problems = PROBLEMS_NONE;
	struct world *world = xcalloc(1, sizeof(*world));
	world->seed = 20260105;
	world->cases = number_from("VERDICT_CASES", 100);
	world->first = date_from_ymd(2024, 1, 8);
	world->last = date_add_months(world->first, 12 * YEARS);
	snprintf(world->folder, sizeof(world->folder), "/tmp/kedja-verdict.XXXXXX");
	assert_non_null(mkdtemp(world->folder));
	snprintf(world->path, sizeof(world->path), "%s/kedja.db", world->folder);
	world->office = office_load("conf", &problems);
	assert_non_null(world->office);
	world->settings = *world->office->settings;
	world->settings.database = world->path;
	fill(world);
	struct office office = *world->office;
	office.settings = NULL;
	world->simulation = simulation_open(&office, &world->settings, &problems);
	assert_non_null(world->simulation);
	assert_int_equal(simulation_rewind(world->simulation, 0, &problems), 0);
	instant last =
	    clock_from_civil(simulation_core(world->simulation)->clock, civil_at(world->last, 0));
	assert_int_equal(simulation_run(world->simulation, last, NULL, NULL, &problems), 0);
	*state = world;
	return 0;
}

static int tear_down(void **state)
{
	struct world *world = *state;
	char wal[128];
	simulation_free(world->simulation);
	office_free(world->office);
	unlink(world->path);
	snprintf(wal, sizeof(wal), "%s-wal", world->path);
	unlink(wal);
	snprintf(wal, sizeof(wal), "%s-shm", world->path);
	unlink(wal);
	assert_int_equal(rmdir(world->folder), 0);
	free(world);
	return 0;
}

/* --- the tests ------------------------------------------------------------------------------- */

static struct verdicts *verdicts_on(struct world *world, int number, date day)
{
	const struct core *core = simulation_core(world->simulation);
	char subject[32];
	snprintf(subject, sizeof(subject), "K-%03d", number);
	return verdicts_read(core, subject,
			     clock_from_civil(core->clock, civil_at(day, CIVIL_DAY - 1)));
}

static bool was_sent(struct world *world, int number, const char *rule, date day)
{
	const struct core *core = simulation_core(world->simulation);
	char subject[32];
	snprintf(subject, sizeof(subject), "K-%03d", number);
	struct query *q =
	    db_query(core->db, "SELECT 1 FROM notice WHERE subject = ?1 AND rule = ?2"
			       " AND at BETWEEN ?3 AND ?4 AND state IN ('sent', 'queued')");
	db_bind(q, DB_TEXT(subject), DB_TEXT(rule),
		DB_INT(clock_from_civil(core->clock, civil_at(day, 0))),
		DB_INT(clock_from_civil(core->clock, civil_at(day, CIVIL_DAY - 1))));
	bool found = db_next(q);
	db_done(q);
	return found;
}

static size_t rules_of_cases(const struct world *world)
{
	size_t count = 0;
	for (size_t i = 0; i < world->office->ruleset->count; i++)
		count += world->office->ruleset->rules[i].subject == SUBJECT_CASE;
	return count;
}

static size_t check_day(struct world *world, int number, date day, size_t rules)
{
	size_t sent = 0;
	struct verdicts *verdicts = verdicts_on(world, number, day);
	assert_non_null(verdicts);
	assert_int_equal(verdicts->count, rules);
	for (size_t i = 0; i < verdicts->count; i++) {
		const struct rule_verdict *verdict = &verdicts->list[i];
		const struct rule *rule = verdict->judged.rule;
		struct arena *arena = arena_new();
		bool says_sent = strcmp(verdict->name, "sent") == 0;
		assert_true(i == 0 || verdicts->list[i - 1].judged.rule->index < rule->index);
		if (says_sent != was_sent(world, number, rule->name, day))
			fail_msg("K-%03d %s on day %d: %s", number, rule->name, day, verdict->name);
		assert_true(strlen(verdict_text(simulation_core(world->simulation), verdict,
						i % 2 == 0 ? "sv" : "en", arena)) > 5);
		sent += says_sent;
		arena_free(arena);
	}
	verdicts_free(verdicts);
	return sent;
}

static void each_day_has_one_verdict_of_each_rule(void **state)
{
	struct world *world = *state;
	size_t rules = rules_of_cases(world), sent = 0;
	int days = number_from("VERDICT_DAYS", 12);
	for (int number = 0; number < world->cases; number++)
		for (int i = 0; i < days; i++)
			sent += check_day(world, number,
					  world->first + 90 + (date)roll(world, 1000), rules);
	assert_true(sent > 0 || world->cases * days < 1000); /* that there were any */
}

/* From the notices to the verdicts: every twentieth one that was sent. */
static void what_was_sent_is_said_to_be(void **state)
{
	struct world *world = *state;
	const struct core *core = simulation_core(world->simulation);
	size_t rules = rules_of_cases(world), sent = 0;
	for (int64_t id = 1;; id += 20) {
		struct query *q =
		    db_query(core->db, "SELECT id, CAST(substr(subject, 3) AS INTEGER), at"
				       " FROM notice WHERE id >= ?1 AND state = 'sent'"
				       " AND subject LIKE 'K-%' ORDER BY id LIMIT 1");
		db_bind_int(q, 1, id);
		bool found = db_next(q);
		int number = found ? (int)db_int(q, 1) : 0;
		instant at = found ? db_int(q, 2) : 0;
		id = found && db_int(q, 0) > id ? db_int(q, 0) : id;
		db_done(q);
		if (!found)
			break;
		size_t on_day =
		    check_day(world, number, civil_date(clock_to_civil(core->clock, at)), rules);
		assert_true(on_day > 0);
		sent += on_day;
	}
	assert_true(sent > 100);
}

static enum why_reason reason_of(struct world *world, int number, date day, const struct rule *rule)
{
	struct verdicts *verdicts = verdicts_on(world, number, day);
	enum why_reason reason = WHY_PLAIN;
	for (size_t i = 0; i < verdicts->count; i++)
		if (verdicts->list[i].judged.rule == rule)
			reason = verdicts->list[i].judged.reason;
	verdicts_free(verdicts);
	return reason;
}

/* The condition that is named made true: then it is no reason any more. */
static bool turns(struct world *world, int number, date day, const struct rule *named,
		  enum why_reason reason)
{
	struct rule *rule = &world->office->ruleset->rules[named->index];
	struct condition **which = reason == WHY_IF ? &rule->if_ : &rule->while_;
	struct condition *kept = *which;
	assert_non_null(kept);
	*which = NULL;
	enum why_reason now = reason_of(world, number, day, rule);
	*which = kept;
	return now != reason && reason_of(world, number, day, rule) == reason;
}

static void a_condition_that_is_named_is_the_reason(void **state)
{
	struct world *world = *state;
	int asleep = 0, not_started = 0;
	for (int tries = 0; asleep + not_started < 200 && tries < 2000; tries++) {
		int number = (int)roll(world, (uint64_t)world->cases);
		date day = world->first + 90 + (date)roll(world, 1000);
		struct verdicts *verdicts = verdicts_on(world, number, day);
		const struct why_judgement *judged =
		    &verdicts->list[roll(world, verdicts->count)].judged;
		const struct rule *rule = judged->rule;
		enum why_reason reason = judged->reason;
		bool has_condition = judged->condition != NULL && judged->value_count > 0;
		verdicts_free(verdicts);
		if (!has_condition)
			continue;
		assert_true(reason == WHY_IF || reason == WHY_WHILE);
		if (!turns(world, number, day, rule, reason))
			fail_msg("K-%03d %s on day %d: %s", number, rule->name, day,
				 why_reason_name(reason));
		if (reason == WHY_IF)
			not_started++;
		else
			asleep++;
	}
	assert_true(asleep > 10);
	assert_true(not_started > 10);
	assert_int_equal(asleep + not_started, 200);
}

static int64_t number_of(struct world *world, const char *literal_sql)
{
	struct query *q = db_query(simulation_core(world->simulation)->db, literal_sql);
	int64_t number = db_next(q) ? db_int(q, 0) : -1;
	db_done(q);
	return number;
}

#define IDENTITY "subject, rule, key, anchor, occurrence, step, repetition, role, person, back"

/* What was put off stands there, comes out once, and not before the day. */
static void what_is_put_off_comes_back_once(void **state)
{
	struct world *world = *state;
	assert_true(number_of(world, "SELECT count(*) FROM notice WHERE state = 'put_off'") > 50);
	assert_true(number_of(world, "SELECT count(*) FROM notice WHERE back IS NOT NULL"
				     " AND state = 'sent'") > 50);
	assert_int_equal(number_of(world, "SELECT count(*) FROM (SELECT 1 FROM notice"
					  " WHERE state = 'sent' GROUP BY " IDENTITY
					  " HAVING count(*) > 1)"),
			 0);
	/* of each notice that says so there is the event, and it was in force, or came while the
	 * notice waited for the letter of the week */
	assert_int_equal(
	    number_of(world, "SELECT count(*) FROM notice n LEFT JOIN event e"
			     " ON e.id = n.put_off_event WHERE n.state = 'put_off'"
			     " AND (e.id IS NULL OR e.subject <> n.subject"
			     "  OR (e.recorded_at > n.at AND NOT EXISTS (SELECT 1 FROM staff s"
			     "   WHERE s.id = n.person AND s.rhythm = 'weekly'))"
			     "  OR e.data ->> 'rule' <> n.rule"
			     "  OR date(n.at, 'unixepoch') > date(e.data ->> 'until', '+7 days'))"),
	    0);
}

/* Nothing stays behind: what is held back has a deadline that is over or asleep, or a day ahead. */
static void nothing_is_held_back_for_ever(void **state)
{
	struct world *world = *state;
	assert_int_equal(
	    number_of(world,
		      "SELECT count(*) FROM notice n JOIN deadline d ON d.subject = n.subject"
		      " AND d.rule = n.rule AND d.key = n.key AND d.anchor = n.anchor"
		      " AND d.occurrence = n.occurrence WHERE n.state = 'put_off'"
		      " AND n.released IS NULL AND d.state = 'open' AND NOT EXISTS"
		      " (SELECT 1 FROM event e WHERE e.subject = n.subject"
		      "  AND e.kind IN ('deadline.snoozed', 'deadline.acknowledged')"
		      "  AND e.data ->> 'rule' = n.rule"
		      "  AND e.data ->> 'until' > (SELECT date(max(at), 'unixepoch', '-7 days')"
		      "   FROM notice))"),
	    0);
}

/*
 * --- the walk of the rule tests, beside the daemon -------------------------------------------
 *
 * A walk ends where letters begin. What waited for the letter of the week, and was overtaken or put
 * off before it, it cannot know of: such deadlines are left out, here and there.
 */

struct walked {
	struct world *world;
	struct arena *arena;
	char **lines;
	size_t count, capacity;
};

static void note_walked(void *arg, const struct walk_notice *notice)
{
	struct walked *walked = arg;
	char at[CIVIL_TEXT_SIZE], anchor[DATE_TEXT_SIZE];
	const struct deadline *deadline = notice->deadline;
	for (size_t i = 0; i < notice->told_count && notice->subject[0] == 'K'; i++) {
		const struct told *told = &notice->told[i];
		if (told->overtaken)
			continue;
		walked->lines = array_grow(walked->lines, walked->count, &walked->capacity,
					   sizeof(*walked->lines));
		walked->lines[walked->count++] = arena_printf(
		    walked->arena, "%s %s %s[%s] %s #%d %s.%d %s %s", civil_format(notice->at, at),
		    notice->subject, deadline->rule->name, deadline->key,
		    date_format(deadline->anchor, anchor), deadline->occurrence,
		    told->planned->step->name, told->planned->repetition,
		    told->role == NULL ? "" : told->role->name,
		    told->held == NULL ? "sent" : "held");
	}
}

#define IDENTITY_TEXT                                                                              \
	"subject || ' ' || rule || '[' || key || '] ' || anchor || ' #' || occurrence || ' '"

static bool waited_in_vain(struct world *world, const char *line)
{
	struct query *q =
	    db_query(simulation_core(world->simulation)->db,
		     "SELECT 1 FROM notice WHERE person IS NOT NULL AND message IS NULL"
		     " AND state IN ('overtaken', 'put_off') AND subject = ?2"
		     " AND instr(?1, " IDENTITY_TEXT ") > 0");
	char subject[16];
	snprintf(subject, sizeof(subject), "%.5s", strchr(line, ' ') + 1);
	db_bind(q, DB_TEXT(line), DB_TEXT(subject));
	bool found = db_next(q);
	db_done(q);
	return found;
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static char *join_once(struct walked *walked)
{
	char *text = arena_alloc(walked->arena, walked->count * 200 + 1), *end = text;
	qsort(walked->lines, walked->count, sizeof(*walked->lines), by_text);
	for (size_t i = 0; i < walked->count; i++)
		if ((i == 0 || strcmp(walked->lines[i], walked->lines[i - 1]) != 0) &&
		    !waited_in_vain(walked->world, walked->lines[i]))
			end += sprintf(end, "%s\n", walked->lines[i]);
	return text;
}

static void walk_all(struct walked *walked)
{
	struct world *world = walked->world;
	const struct core *core = simulation_core(world->simulation);
	struct walk *walk = walk_new(world->office->ruleset, note_walked, walked);
	int64_t last = number_of(world, "SELECT max(id) FROM event");
	for (int64_t id = 1; id <= last; id++)
		walk_add(walk, store_event_load(core, id, walked->arena));
	walk_to(walk, civil_at(world->last, 0));
	walk_free(walk);
}

static void list_notices(struct walked *walked)
{
	const struct core *core = simulation_core(walked->world->simulation);
	char at[CIVIL_TEXT_SIZE];
	struct query *q = db_query(
	    core->db,
	    "SELECT at, " IDENTITY_TEXT " || step || '.' || repetition || ' ' ||"
	    " role || CASE WHEN state = 'put_off' THEN ' held' ELSE ' sent' END FROM notice"
	    " WHERE subject LIKE 'K-%' AND state IN ('put_off', 'sent', 'queued',"
	    "  'unreachable') ORDER BY id");
	while (db_next(q)) {
		walked->lines = array_grow(walked->lines, walked->count, &walked->capacity,
					   sizeof(*walked->lines));
		walked->lines[walked->count++] = arena_printf(
		    walked->arena, "%s %s",
		    civil_format(clock_to_civil(core->clock, db_int(q, 0)), at), db_text(q, 1));
	}
	db_done(q);
}

static void the_walk_says_the_same(void **state)
{
	if (((struct world *)*state)->cases > 250)
		skip(); /* it folds a whole programme at each late entry: made for a few cases */
	struct walked walked = { *state, arena_new(), NULL, 0, 0 };
	struct walked noted = { *state, arena_new(), NULL, 0, 0 };
	walk_all(&walked);
	list_notices(&noted);
	char *a = join_once(&walked), *b = join_once(&noted);
	size_t same = 0;
	while (a[same] != '\0' && a[same] == b[same])
		same++;
	while (same > 0 && a[same - 1] != '\n')
		same--;
	if (strcmp(a, b) != 0)
		fail_msg("the walk:\n%.600s\nthe daemon:\n%.600s", a + same, b + same);
	assert_true(strlen(a) > 100000);
	free(walked.lines);
	free(noted.lines);
	arena_free(walked.arena);
	arena_free(noted.arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_day_has_one_verdict_of_each_rule),
		cmocka_unit_test(what_was_sent_is_said_to_be),
		cmocka_unit_test(a_condition_that_is_named_is_the_reason),
		cmocka_unit_test(what_is_put_off_comes_back_once),
		cmocka_unit_test(nothing_is_held_back_for_ever),
		cmocka_unit_test(the_walk_says_the_same),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
