/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Who is told of a step, and what becomes of it when nobody can be: stories of due.tab. What comes
 * all at once is held until somebody decides: hold.tab. Each story has an office of its own
 * (world.h); how they are written stands in due.tab.
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

#include "daemon/plan/hold.h"
#include "daemon/plan/pass_on.h"
#include "daemon/store/notice.h"
#include "tests/unit/tab.h"
#include "tests/unit/world.h"

struct teller {
	struct world *world;
	const char *path, *scenario, *only;
	int line, scenarios;
	int64_t last_event, letter;
	char *wanted; /* what `told` says, as far as it was read; NULL: it says nothing now */
	int wanted_line;
};

/* --- what was told -----------------------------------------------------------------------------
 */

static char *told(struct teller *teller)
{
	struct world *world = teller->world;
	char *list = arena_strdup(world->arena, "");
	struct query *q =
	    db_query(world->core.db,
		     "SELECT step || iif(repetition > 1, '.' || repetition, ''), role ||"
		     " iif(reached_as <> '', ' as ' || reached_as, ''), CASE WHEN person = ''"
		     " THEN '(administrator)' ELSE coalesce(person, '-') END, iif(cc, ' cc', '') ||"
		     " iif(quiet, ' quiet', ''), state,"
		     " coalesce(': ' || why, '') FROM notice WHERE rule = ?1 ORDER BY id");
	db_bind_text(q, 1, teller->only);
	while (db_next(q))
		list = arena_printf(world->arena, "%s%s %s %s%s %s%s\n", list, db_text(q, 0),
				    db_text(q, 1), db_text(q, 2), db_text(q, 3), db_text(q, 4),
				    db_text(q, 5));
	db_done(q);
	return list;
}

static void compare(struct teller *teller)
{
	if (teller->wanted == NULL)
		return;
	char *got = told(teller);
	if (strcmp(got, teller->wanted) != 0)
		fail_msg("%s:%d: %s: was told\n%sthe table says\n%s", teller->path,
			 teller->wanted_line, teller->scenario, got, teller->wanted);
	teller->wanted = NULL;
}

/* --- what is done ------------------------------------------------------------------------------
 */

static void begin(struct teller *teller)
{
	assert_int_equal(turn_begin(teller->world->core.turn), 0);
}

static void end(struct teller *teller)
{
	assert_int_equal(turn_end(teller->world->core.turn), 0);
}

static void open_world(struct teller *teller, const char *name)
{
	void *state = NULL;
	assert_int_equal(world_set_up(&state), 0);
	teller->world = state;
	teller->scenario = arena_strdup(teller->world->arena, name);
	teller->only = "plan-review";
	teller->world->office->settings->hold_above = 0;
	teller->scenarios++;
}

static void close_world(struct teller *teller)
{
	if (teller->world == NULL)
		return;
	compare(teller);
	void *state = teller->world;
	assert_int_equal(world_tear_down(&state), 0);
	teller->world = NULL;
}

static void jump(struct teller *teller, const char *time)
{
	char *whole = arena_printf(teller->world->arena, "%s:00", time);
	world_jump(teller->world, whole);
	while (hold_work(&teller->world->core))
		end(teller);
	end(teller);
}

/* "KIND SUBJECT field=value ..." */
static void happens(struct teller *teller, char *what)
{
	struct world_said said[6] = { { NULL, NULL } };
	const char *kind = strsep(&what, " "), *subject = strsep(&what, " ");
	for (size_t i = 0; i < 5 && what != NULL; i++) {
		char *text = strsep(&what, " "), *field = strsep(&text, "=");
		said[i] = (struct world_said){ field, text };
	}
	assert_non_null(subject);
	teller->last_event = world_record(teller->world, kind, subject, said);
}

/* As if the engine had forgotten that the step has gone. */
static void let_go(struct world *world, const struct deadline *deadline, const struct step *step)
{
	civil now = clock_now_civil(world->core.clock);
	struct planned_step gone = {
		.step = step, .repetition = 1, .at = now, .day = civil_date(now)
	};
	struct told *list = arena_alloc(world->arena, step->to_count * sizeof(*list));
	for (size_t i = 0; i < step->to_count; i++)
		list[i] =
		    (struct told){ .planned = &gone, .role = step->to[i].role, .back = DATE_NONE };
	struct telling telling = { .gone = &gone,
				   .gone_count = 1,
				   .told = list,
				   .told_count = step->to_count,
				   .wake = STEPS_NEVER };
	due_fire(&world->core, "K-1", "norr", deadline, &telling, world->arena);
}

/* A second caller lets a step go off that has done so already. */
static void again(struct teller *teller, const char *name)
{
	struct world *world = teller->world;
	begin(teller);
	const struct plan *plan = planner_get(world->planner, "K-1");
	size_t found = 0;
	for (size_t i = 0; i < plan_live_count(plan); i++) {
		const struct deadline *deadline = plan_live_at(plan, i);
		const struct step *step = rule_step(deadline->rule, name);
		if (strcmp(deadline->rule->name, teller->only) != 0 || step == NULL)
			continue;
		let_go(world, deadline, step);
		found++;
	}
	assert_int_equal(found, 1);
	end(teller);
}

/* What waits for somebody stands in a letter. */
static void letter(struct teller *teller, const char *person)
{
	const struct core *core = &teller->world->core;
	struct undelivered *list;
	begin(teller);
	struct query *q =
	    db_query(core->db, "INSERT INTO message (id, person, name, address, language, subject,"
			       " message_id, created_at, state, attempts)"
			       " VALUES (?1, ?2, 'n', 'a', 'sv', 's', 'm' || ?1, 0, 'queued', 0)");
	db_bind(q, DB_INT(++teller->letter),
		DB_TEXT(strcmp(person, "(administrator)") == 0 ? "" : person));
	db_run(q);
	size_t count =
	    notice_waiting_for(core, strcmp(person, "(administrator)") == 0 ? "" : person, NULL,
			       teller->world->arena, &list);
	assert_true(count > 0);
	for (size_t i = 0; i < count; i++)
		notice_attach(core, list[i].notice, teller->letter, i + 1);
	end(teller);
}

static void pass_on(struct teller *teller, const char *word, const char *person)
{
	const struct core *core = &teller->world->core;
	begin(teller);
	if (strcmp(word, "refused") == 0)
		pass_on_letter(core, teller->letter, &pass_on_refused);
	else if (strcmp(word, "given-up") == 0)
		pass_on_letter(core, teller->letter, &pass_on_given_up);
	else if (strcmp(word, "gone") == 0)
		pass_on_waiting(core, person, NULL, &pass_on_gone);
	else
		pass_on_waiting(core, person, "K-1", &pass_on_another_board);
	end(teller);
}

/* What waits arrives. */
static void arrives(struct teller *teller)
{
	begin(teller);
	for (struct query *q;
	     (q = db_query(teller->world->core.db,
			   "SELECT id FROM notice WHERE state = 'queued'")) != NULL;) {
		int64_t notice = db_number(q);
		if (notice == 0)
			break;
		assert_true(notice_change(&teller->world->core,
					  &(struct notice_change){ .notice = notice,
								   .was = NOTICE_QUEUED,
								   .state = NOTICE_SENT,
								   .reason = "test" }));
	}
	end(teller);
}

static void decide(struct teller *teller, const char *word, char *rest)
{
	const struct core *core = &teller->world->core;
	char *wanted = strstr(rest, "-> ");
	assert_non_null(wanted);
	bool all = strncmp(rest, "all ", 4) == 0;
	struct hold_choice choice = { .rule = all ? NULL : teller->only };
	begin(teller);
	struct hold_outcome outcome = strcmp(word, "release") == 0
					  ? hold_release(core, &choice)
					  : hold_discard(core, &choice, "nobody needs it");
	end(teller);
	char *got = arena_printf(teller->world->arena, "-> %d released, %d overtaken, %d left",
				 (int)outcome.released, (int)outcome.overtaken, (int)outcome.left);
	if (strcmp(got, wanted) != 0)
		fail_msg("%s:%d: %s: %s", teller->path, teller->line, teller->scenario, got);
	jump(teller, arena_strndup(teller->world->arena,
				   clock_format(teller->world->core.clock,
						clock_now(teller->world->core.clock),
						(char[INSTANT_TEXT_SIZE]){ 0 }),
				   strlen("2026-03-24T08:00")));
}

static void rebuild(struct teller *teller)
{
	begin(teller);
	planner_rebuild(teller->world->planner);
	world_settle(teller->world);
}

/* --- a table -----------------------------------------------------------------------------------
 */

static void do_line(struct teller *teller, char *text)
{
	char *rest = text, *word = strsep(&rest, " ");
	rest = rest == NULL ? word + strlen(word) : rest;
	if (word[0] == '2')
		jump(teller, word);
	else if (strcmp(word, "only") == 0)
		teller->only = arena_strdup(teller->world->arena, rest);
	else if (strcmp(word, "happens") == 0)
		happens(teller, rest);
	else if (strcmp(word, "void") == 0)
		world_take_back(teller->world,
				strcmp(rest, "plan") == 0
				    ? world_number(teller->world, "SELECT id FROM event WHERE"
								  " kind = 'plan.adopted'")
				    : teller->last_event);
	else if (strcmp(word, "again") == 0)
		again(teller, rest);
	else if (strcmp(word, "letter") == 0)
		letter(teller, rest);
	else if (strcmp(word, "refused") == 0 || strcmp(word, "given-up") == 0 ||
		 strcmp(word, "gone") == 0 || strcmp(word, "barred") == 0)
		pass_on(teller, word, rest);
	else if (strcmp(word, "arrives") == 0)
		arrives(teller);
	else if (strcmp(word, "hold-above") == 0)
		teller->world->office->settings->hold_above = strtol(rest, NULL, 10);
	else if (strcmp(word, "release") == 0 || strcmp(word, "discard") == 0)
		decide(teller, word, rest);
	else if (strcmp(word, "rebuild") == 0)
		rebuild(teller);
	else
		fail_msg("%s:%d: \"%s\" is no word of these tables", teller->path, teller->line,
			 word);
}

static void read_line(struct teller *teller, char *text)
{
	if (text[0] == '\t') {
		assert_non_null(teller->wanted);
		teller->wanted =
		    arena_printf(teller->world->arena, "%s%s\n", teller->wanted, text + 1);
	} else if (strncmp(text, "scenario ", 9) == 0) {
		close_world(teller);
		open_world(teller, text + 9);
	} else {
		assert_non_null(teller->world);
		compare(teller);
		if (strcmp(text, "told") == 0) {
			teller->wanted = arena_strdup(teller->world->arena, "");
			teller->wanted_line = teller->line;
		} else {
			do_line(teller, text);
		}
	}
}

static void read_table(const char *path)
{
	struct tab tab;
	struct teller teller = { .path = path };
	for (tab_open(&tab, path, 0); tab_line(&tab);) {
		teller.line = tab.line;
		read_line(&teller, tab.text);
	}
	close_world(&teller);
	assert_true(teller.scenarios > 0);
}

static void test_due(void **state)
{
	(void)state;
	read_table("tests/tables/due.tab");
}

static void test_hold(void **state)
{
	(void)state;
	read_table("tests/tables/hold.tab");
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_due),
					    cmocka_unit_test(test_hold) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
