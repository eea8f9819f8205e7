/* SPDX-License-Identifier: EUPL-1.2 */
/* plan_check: a plan that is as it should be, and then broken in one way after the other. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "rules/plan/plan_own.h"
#include "tests/unit/shipped.h"
#include "tests/unit/story.h"

struct shop {
	struct arena *arena;
	struct chain *chain;
	struct calendar *calendar;
	struct ruleset *ruleset;
	struct plan *plan;
};

static void open_shop(struct shop *shop)
{
	static const char *const lines[] = {
		"2026-01-05 case.opened programme=ostermalm",
		"2026-01-05 stage.entered stage=training_flat mode=move",
		"2026-01-07 plan.adopted rent=true",
		"2026-01-08 visit.made",
		"2026-02-10 visit.made",
	};
	struct source files[STORY_FILES];
	shop->arena = arena_new();
	shop->chain = story_chain();
	shop->calendar = story_calendar(NULL);
	size_t count = story_shipped(files);
	shop->ruleset = story_load(files, count, shop->chain, shop->calendar);
	story_sources_free(files, count);
	struct story story = { .arena = shop->arena,
			       .chain = shop->chain,
			       .own_case = "K-1",
			       .own_programme = "ostermalm" };
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		story_event(&story, lines[i]);
	shop->plan = story_fold(shop->ruleset, SUBJECT_CASE, "K-1", story.list, story.count,
				civil_at(story.list[story.count - 1]->at.day, 43200));
}

static void close_shop(struct shop *shop)
{
	plan_free(shop->plan);
	ruleset_free(shop->ruleset);
	chain_free(shop->chain);
	calendar_free(shop->calendar);
	arena_free(shop->arena);
}

static struct deadline *first_in(const struct shop *shop, enum deadline_state state)
{
	for (size_t i = 0; i < shop->plan->all_count; i++)
		if (shop->plan->all[i]->state == state)
			return shop->plan->all[i];
	fail_msg("no deadline is %s", deadline_state_name(state));
	return NULL;
}

static void must_say(const struct shop *shop, const struct deadline *wanted, const char *text)
{
	const struct deadline *found = NULL;
	const char *wrong = plan_check(shop->plan, &found);
	if (text == NULL) {
		assert_null(wrong);
		return;
	}
	assert_string_equal(wrong == NULL ? "nothing" : wrong, text);
	assert_ptr_equal(found, wanted);
}

static void one_that_is_right(void **state)
{
	(void)state;
	struct shop shop;
	open_shop(&shop);
	assert_true(plan_count(shop.plan) > 4);
	must_say(&shop, NULL, NULL);
	close_shop(&shop);
}

static void the_live_list(void **state)
{
	(void)state;
	struct shop shop;
	open_shop(&shop);
	struct deadline *live = shop.plan->live[0];
	shop.plan->live[0] = shop.plan->live[1];
	must_say(&shop, shop.plan->all[0] == live ? live : shop.plan->live[1],
		 "not among the live ones, or twice");
	shop.plan->live[0] = live;
	must_say(&shop, NULL, NULL);
	struct deadline stranger = *live;
	shop.plan->live[shop.plan->live_count++] = &stranger; /* in place of one that has ended */
	must_say(&shop, &stranger, "live, and not of the plan");
	shop.plan->live_count--;
	close_shop(&shop);
}

static void states_and_ends(void **state)
{
	(void)state;
	struct shop shop;
	open_shop(&shop);
	struct deadline *ended = first_in(&shop, DEADLINE_DONE);
	struct moment day = ended->ended;
	ended->ended.day = DATE_NONE;
	must_say(&shop, ended, "the state and the end do not agree");
	ended->ended = day;
	struct deadline *open = first_in(&shop, DEADLINE_OPEN);
	open->ended_reason = "done";
	must_say(&shop, open, "the state and the end do not agree");
	open->ended_reason = NULL;
	open->paused = true;
	must_say(&shop, open, "paused, and does not sleep");
	open->paused = false;
	open->recheck = shop.plan->today;
	must_say(&shop, open, "time was to change it, and that day has been");
	open->recheck = shop.plan->today + 1;
	must_say(&shop, NULL, NULL);
	close_shop(&shop);
}

static void lists_of_one(void **state)
{
	(void)state;
	struct shop shop;
	open_shop(&shop);
	struct deadline *open = first_in(&shop, DEADLINE_OPEN);
	struct role role = { .name = "a" };
	struct put_off first = { .role = &role }, later = { .role = &role, .older = &first };
	struct overdue_span spans[] = { { "p", 100, 104 }, { "p", 103, DATE_NONE } };
	open->put_off = &later;
	must_say(&shop, open, "one role has put it off twice");
	open->put_off = NULL;
	struct overdue_span *kept = open->overdue;
	size_t count = open->overdue_count;
	open->overdue = spans;
	open->overdue_count = 2;
	must_say(&shop, open, "overdue twice on one day");
	open->overdue = kept;
	open->overdue_count = count;
	struct deadline *twin = deadline_add(shop.plan, track_of(shop.plan, open->rule, open->key),
					     open->rule, open->anchor, open->occurrence);
	assert_non_null(twin);
	must_say(&shop, open, "its identity is not its own");
	close_shop(&shop);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_that_is_right),
		cmocka_unit_test(the_live_list),
		cmocka_unit_test(states_and_ends),
		cmocka_unit_test(lists_of_one),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
