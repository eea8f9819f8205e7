/* SPDX-License-Identifier: EUPL-1.2 */
/* The key of an event that is recorded without one: the first of DATE, DATE.2, ... that is free. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "daemon/plan/event_key.h"
#include "tests/unit/world.h"

/* An application that was sent today, as kept; its key is copied. */
static int64_t send(struct world *world, const char *subject, const char *key, char ret_key[40])
{
	struct value values[16] = { { VALUE_NULL, 0, NULL } };
	const char *note, *problem;
	civil now = clock_now_civil(world->core.clock);
	struct event event = { .kind = chain_kind(world->office->chain, "application.sent"),
			       .subject = subject,
			       .key = key,
			       .at = { civil_date(now), civil_second(now) },
			       .recorded = now,
			       .actor = "test",
			       .values = values };
	assert_non_null(event.kind);
	if (!turn_is_begun(world->core.turn))
		assert_int_equal(turn_begin(world->core.turn), 0);
	assert_true(
	    event_key_settle(&world->core, world->planner, &event, world->arena, &note, &problem));
	snprintf(ret_key, 40, "%s", event.key);
	event.id = store_event_add(&world->core, &event);
	planner_note_event(world->planner, &event);
	return event.id;
}

#define EXPECT(key_given, key)                                                                     \
	do {                                                                                       \
		char is[40];                                                                       \
		(void)send(world, "K-1", key_given, is);                                           \
		assert_string_equal(is, key);                                                      \
	} while (0)

static void the_first_that_is_free(void **state)
{
	struct world *world = *state;
	char key[40];
	EXPECT("", "2026-01-07");
	int64_t second = send(world, "K-1", "", key);
	assert_string_equal(key, "2026-01-07.2");
	EXPECT("", "2026-01-07.3");
	EXPECT("2026-01-07.5", "2026-01-07.5");
	EXPECT("", "2026-01-07.4");
	EXPECT("", "2026-01-07.6");
	(void)send(world, "K-2", "", key);
	assert_string_equal(key, "2026-01-07");
	EXPECT("", "2026-01-07.7");
	world_settle(world);
	world_take_back(world, second);
	EXPECT("", "2026-01-07.2");
	EXPECT("", "2026-01-07.8");
	for (int i = 9; i <= 12; i++)
		(void)send(world, "K-1", "", key);
	assert_string_equal(key, "2026-01-07.12");
	world_settle(world);
}

static void what_was_rolled_back_is_free_again(void **state)
{
	struct world *world = *state;
	EXPECT("", "2026-01-07");
	world_settle(world);
	assert_int_equal(turn_begin(world->core.turn), 0);
	db_savepoint(world->core.db);
	EXPECT("", "2026-01-07.2");
	db_savepoint_rollback(world->core.db);
	planner_forget(world->planner);
	EXPECT("", "2026-01-07.2");
	world_settle(world);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(the_first_that_is_free, world_set_up,
						world_tear_down),
		cmocka_unit_test_setup_teardown(what_was_rolled_back_is_free_again, world_set_up,
						world_tear_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
