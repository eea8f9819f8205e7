/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The engine, asked as the daemon and the walk ask it: day by day for fifty years, after gaps in
 * what has gone off, and after steps that came in another order than the rule has them.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "rules/plan/telling.h"
#include "tests/unit/story.h"

struct office {
	struct chain *chain;
	struct calendar *calendar;
	struct ruleset *ruleset;
	struct arena *arena;
};

static int set_up(void **state)
{
	struct office *office = xcalloc(1, sizeof(*office));
	office->chain = story_chain();
	office->calendar = shipped_calendar();
	office->arena = arena_new();
	*state = office;
	return 0;
}

static int tear_down(void **state)
{
	struct office *office = *state;
	ruleset_free(office->ruleset);
	calendar_free(office->calendar);
	chain_free(office->chain);
	arena_free(office->arena);
	free(office);
	return 0;
}

/* Of a rule that is due ten days after its plan was adopted, on 1 September 2026 at 10:00. */
static struct deadline deadline_of(struct office *office, const char *steps)
{
	char *text = xasprintf("rules = ( { name = \"own\"; title = \"t\"; subject = \"case\";"
			       " starts = [ \"plan.adopted\" ]; due = \"P10D\";"
			       " done = [ \"plan.reviewed\" ]; %s } );",
			       steps);
	struct source source = { "own.conf", text, strlen(text) };
	office->ruleset = story_load(&source, 1, office->chain, office->calendar);
	free(text);
	date anchor = date_from_ymd(2026, 9, 1);
	return (struct deadline){ .rule = office->ruleset->rules,
				  .key = "",
				  .anchor = anchor,
				  .occurrence = 1,
				  .due = anchor + 10,
				  .known = civil_at(anchor, 10 * 3600),
				  .grid = DATE_NONE,
				  .agreed = DATE_NONE };
}

/* "late.7 social_worker, soon social_worker (overtaken)": what goes off at that time. */
static const char *goes(struct office *office, const struct deadline *deadline, struct said *said,
			civil now)
{
	struct telling telling;
	const char *list = "";
	telling_judge(deadline, office->calendar, now, said, office->arena, &telling);
	for (size_t i = 0; i < telling.told_count; i++) {
		const struct told *told = &telling.told[i];
		list = arena_printf(office->arena, "%s%s%s", list, i == 0 ? "" : ", ",
				    told->planned->step->name);
		if (told->planned->repetition > 1)
			list =
			    arena_printf(office->arena, "%s.%d", list, told->planned->repetition);
		list = arena_printf(office->arena, "%s %s%s", list, told->role->name,
				    told->overtaken ? " (overtaken)" : "");
	}
	return list;
}

static const char *next(struct office *office, const struct deadline *deadline,
			const struct said *said, civil now)
{
	char at[CIVIL_TEXT_SIZE];
	struct planned_step planned;
	if (!telling_next(deadline, office->calendar, now, said, office->arena, &planned))
		return "nothing";
	civil_format(planned.at, at);
	return arena_printf(office->arena, "%s.%d %.16s", planned.step->name, planned.repetition,
			    at);
}

/* What each day costs does not grow with the days: nothing that is held is as long as the past. */
static void fifty_years_of_days(void **state)
{
	struct office *office = *state;
	struct deadline deadline = deadline_of(
	    office, "steps = ( { name = \"daily\"; at = \"P0D\"; every = \"P1D\";"
		    " urgent = \"always\"; time = \"09:00\"; to = [ \"unit_manager\" ]; } );");
	struct said *said = said_new(deadline.rule, office->arena);
	date last = date_from_ymd(2076, 9, 11);
	for (date day = deadline.due; day <= last; day++) {
		struct arena *arena = arena_new();
		struct telling telling;
		struct planned_step planned;
		civil now = civil_at(day, 9 * 3600);
		telling_judge(&deadline, office->calendar, now, said, arena, &telling);
		assert_int_equal(telling.gone_count, 1);
		assert_int_equal(telling.gone[0].repetition, day - deadline.due + 1);
		assert_int_equal(telling.told_count, 1);
		assert_false(telling.told[0].overtaken);
		assert_true(telling.wake == civil_at(day + 1, 9 * 3600));
		assert_true(telling_next(&deadline, office->calendar, now, said, arena, &planned));
		assert_true(planned.at == telling.wake);
		assert_true(arena_size(arena) < 20000);
		arena_free(arena);
	}
	assert_int_equal(said_last_gone(said, &deadline.rule->steps[0]), last - deadline.due + 1);
	assert_true(arena_size(office->arena) < 20000);
}

/* All that came due before anybody knew, however much that is: it stops at now, not at a number. */
static void what_is_known_after_sixty_years(void **state)
{
	struct office *office = *state;
	struct deadline deadline = deadline_of(
	    office, "steps = ( { name = \"daily\"; at = \"P0D\"; every = \"P1D\";"
		    " urgent = \"always\"; time = \"09:00\"; to = [ \"unit_manager\" ]; } );");
	struct said *said = said_new(deadline.rule, office->arena);
	struct telling telling;
	struct planned_step planned;
	date known = deadline.anchor;
	civil now = civil_at(known + 1, 9 * 3600);
	deadline.anchor = deadline.due = date_from_ymd(1960, 1, 1);
	telling_judge(&deadline, office->calendar, now, said, office->arena, &telling);
	assert_int_equal(telling.gone_count, known + 1 - deadline.due + 1);
	assert_true(telling.wake == civil_at(known + 2, 9 * 3600));
	assert_true(telling_next(&deadline, office->calendar, now, said, office->arena, &planned));
	assert_true(planned.at == telling.wake);
}

/* A step of which everybody is told quietly comes off, and nobody waits for it. */
static void what_nobody_hears_aloud_is_next_to_nobody(void **state)
{
	struct office *office = *state;
	struct deadline deadline =
	    deadline_of(office, "also = \"unit_manager\"; also_if = \"children > 0\";"
				" steps = ( { name = \"daily\"; at = \"P0D\"; every = \"P1D\";"
				" to = [ \"unit_manager\" ]; } );");
	struct said *said = said_new(deadline.rule, office->arena);
	struct step *step = (struct step *)(uintptr_t)&deadline.rule->steps[0];
	step->to_count = 0;
	deadline.also = true;
	assert_string_equal(next(office, &deadline, said, civil_at(deadline.anchor, 36000)),
			    "nothing");
}

/* However they were noted, one that has gone is not told again, and one that has not is. */
static void gaps_in_what_has_gone(void **state)
{
	struct office *office = *state;
	struct deadline deadline =
	    deadline_of(office, "steps = ( { name = \"daily\"; at = \"P0D\"; every = \"P1D\";"
				" to = [ \"social_worker\" ]; } ); catch_up = \"all\";");
	const struct step *step = &deadline.rule->steps[0];
	struct said *said = said_new(deadline.rule, office->arena);
	said_note_gone(said, step, 40);
	said_note_gone(said, step, 3);
	assert_int_equal(said_first_left(said, step), 1);
	assert_int_equal(said_last_gone(said, step), 40);
	assert_true(said_has_gone(said, step, 3));
	assert_false(said_has_gone(said, step, 2));
	assert_false(said_has_gone(said, step, 41));
	assert_string_equal(goes(office, &deadline, said, civil_at(deadline.due + 3, 36000)),
			    "daily social_worker, daily.2 social_worker, daily.4 social_worker");
	assert_int_equal(said_first_left(said, step), 5);
	for (int repetition = 5; repetition < 40; repetition++)
		said_note_gone(said, step, repetition);
	assert_int_equal(said_first_left(said, step), 41);
	said_note_gone_through(said, step, 12);
	assert_int_equal(said_first_left(said, step), 41);
}

/* A workday before Friday the 11th of September, and before each day after it: of that weekend and
 * its Monday it is the same Friday, and what comes behind goes all the same. */
static void repetitions_that_fall_on_one_day(void **state)
{
	struct office *office = *state;
	struct deadline deadline = deadline_of(
	    office, "steps = ( { name = \"daily\"; at = \"-1 workdays\"; every = \"P1D\";"
		    " times = 5; to = [ \"social_worker\" ]; } ); catch_up = \"all\";");
	struct said *said = said_new(deadline.rule, office->arena);
	assert_string_equal(goes(office, &deadline, said, civil_at(deadline.due + 10, 36000)),
			    "daily social_worker, daily.2 social_worker, daily.3 social_worker, "
			    "daily.4 social_worker, daily.5 social_worker");
}

/* The due day is Friday the 11th of September; the case is written down then, at 14:00. The urgent
 * step goes at once, the plain one before it would go with the letters of Monday. */
static const struct weaker {
	const char *to, *catch_up, *next, *on_monday, *then;
} weaker[] = {
	{ "social_worker", "latest", "late.1 2026-09-16T08:00", "soon social_worker (overtaken)",
	  "late.1 2026-09-16T08:00" },
	{ "support_worker", "latest", "soon.1 2026-09-14T08:00", "soon support_worker",
	  "late.1 2026-09-16T08:00" },
	{ "social_worker", "all", "soon.1 2026-09-14T08:00", "soon social_worker",
	  "late.1 2026-09-16T08:00" },
	{ "support_worker", "skip", "late.1 2026-09-16T08:00", "soon support_worker (overtaken)",
	  "late.1 2026-09-16T08:00" },
};

static void weaker_after(struct office *office, const struct weaker *row)
{
	struct deadline deadline = deadline_of(
	    office,
	    arena_printf(office->arena,
			 "steps = ( { name = \"soon\"; at = \"-P7D\"; to = [ \"%s\" ]; },"
			 " { name = \"today\"; at = \"P0D\"; urgent = true; time = \"14:00\";"
			 " to = [ \"social_worker\" ]; }, { name = \"late\"; at = \"P5D\";"
			 " to = [ \"social_worker\" ]; } ); catch_up = \"%s\";",
			 row->to, row->catch_up));
	struct said *said = said_new(deadline.rule, office->arena);
	civil monday = civil_at(date_from_ymd(2026, 9, 14), 8 * 3600);
	deadline.known = civil_at(deadline.due, 14 * 3600);
	assert_string_equal(goes(office, &deadline, said, deadline.known), "today social_worker");
	assert_string_equal(next(office, &deadline, said, deadline.known), row->next);
	assert_string_equal(goes(office, &deadline, said, monday), row->on_monday);
	assert_string_equal(next(office, &deadline, said, monday), row->then);
	ruleset_free(office->ruleset);
	office->ruleset = NULL;
}

static void the_weaker_one_comes_after(void **state)
{
	for (size_t i = 0; i < sizeof(weaker) / sizeof(weaker[0]); i++)
		weaker_after(*state, &weaker[i]);
}

/* What has gone stands in nobody's way once the due date has moved it ahead again. */
static void one_that_lies_ahead_again(void **state)
{
	struct office *office = *state;
	struct deadline deadline = deadline_of(
	    office, "steps = ( { name = \"soon\"; at = \"-P3D\"; to = [ \"social_worker\" ]; },"
		    " { name = \"between\"; after = \"P10D\"; to = [ \"social_worker\" ]; } );");
	struct said *said = said_new(deadline.rule, office->arena);
	assert_string_equal(goes(office, &deadline, said, civil_at(deadline.due - 3, 36000)),
			    "soon social_worker");
	deadline.due += 30;
	assert_string_equal(next(office, &deadline, said, civil_at(deadline.due - 33, 36000)),
			    "between.1 2026-09-11T08:00");
	assert_string_equal(goes(office, &deadline, said, civil_at(deadline.due - 30, 36000)),
			    "between social_worker");
}

static const char *comes_back(struct office *office, const struct deadline *deadline,
			      struct said *said, civil now)
{
	struct telling telling;
	const char *list = "";
	telling_judge(deadline, office->calendar, now, said, office->arena, &telling);
	for (size_t i = 0; i < telling.back_count; i++)
		list =
		    arena_printf(office->arena, "%s%s ", list, telling.back[i].planned->step->name);
	return list;
}

/* Both were held back, and on a Sunday that is taken back: the urgent one comes at once, and the
 * further one is not lost for that: it comes on Monday, to the same role. */
static void what_comes_back_first_loses_nothing(void **state)
{
	struct office *office = *state;
	struct deadline deadline =
	    deadline_of(office, "steps = ( { name = \"soon\"; at = \"-P1D\"; urgent = \"always\";"
				" to = [ \"social_worker\" ]; }, { name = \"today\"; at = \"P0D\";"
				" to = [ \"social_worker\" ]; } );");
	const struct role *role = chain_role(office->chain, "social_worker");
	struct said *said = said_new(deadline.rule, office->arena);
	civil sunday = civil_at(deadline.due + 2, 9 * 3600);
	for (int i = 0; i < 2; i++) {
		struct held_step held = { .planned = { .step = &deadline.rule->steps[i],
						       .repetition = 1,
						       .day = deadline.due - 1 + i },
					  .role = role };
		held.planned.at = civil_at(held.planned.day, 8 * 3600);
		said_note_gone(said, held.planned.step, 1);
		said_note_held(said, &held);
	}
	assert_string_equal(comes_back(office, &deadline, said, sunday), "soon ");
	assert_string_equal(comes_back(office, &deadline, said, sunday + CIVIL_DAY), "today ");
	assert_string_equal(comes_back(office, &deadline, said, sunday + 2 * CIVIL_DAY), "");
}

/* The rules were changed: what has been said stays with the steps of the same names. */
static void rules_that_have_changed(void **state)
{
	struct office *office = *state;
	struct deadline deadline = deadline_of(
	    office, "steps = ( { name = \"soon\"; at = \"-P3D\"; to = [ \"social_worker\" ]; },"
		    " { name = \"today\"; at = \"P0D\"; to = [ \"social_worker\" ]; } );");
	struct ruleset *before = office->ruleset;
	struct said *said = said_new(deadline.rule, office->arena);
	assert_string_equal(goes(office, &deadline, said, civil_at(deadline.due - 2, 36000)),
			    "soon social_worker");
	deadline = deadline_of(
	    office, "steps = ( { name = \"today\"; at = \"P0D\"; to = [ \"social_worker\" ]; },"
		    " { name = \"new\"; at = \"-P3D\"; to = [ \"support_worker\" ]; },"
		    " { name = \"soon\"; at = \"-P3D\"; to = [ \"social_worker\" ]; } );");
	said = said_follow(said, deadline.rule);
	assert_string_equal(goes(office, &deadline, said, civil_at(deadline.due - 2, 36001)),
			    "new support_worker");
	assert_string_equal(
	    said_last_told(said, chain_role(office->chain, "social_worker"))->planned.step->name,
	    "soon");
	ruleset_free(before);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(fifty_years_of_days, set_up, tear_down),
		cmocka_unit_test_setup_teardown(what_is_known_after_sixty_years, set_up, tear_down),
		cmocka_unit_test_setup_teardown(what_nobody_hears_aloud_is_next_to_nobody, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(gaps_in_what_has_gone, set_up, tear_down),
		cmocka_unit_test_setup_teardown(repetitions_that_fall_on_one_day, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(the_weaker_one_comes_after, set_up, tear_down),
		cmocka_unit_test_setup_teardown(one_that_lies_ahead_again, set_up, tear_down),
		cmocka_unit_test_setup_teardown(what_comes_back_first_loses_nothing, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(rules_that_have_changed, set_up, tear_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
