/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * A small office for tests: a file, a virtual clock and the shipped rules, a planner and due_fire;
 * no daemon, no letters. Anna, Bo and Ulla hold the roles of the programme norr; the case K-1 has
 * a plan since 7 January 2026, whose review is due on 7 April.
 *
 *   world_record(world, "plan.reviewed", "K-1", NULL);
 *   world_jump(world, "2026-03-24T08:00:00");
 *   assert_int_equal(world_number(world, "SELECT count(*) FROM notice"), 2);
 *
 * To be included after cmocka.h.
 */
#ifndef KEDJA_WORLD_H
#define KEDJA_WORLD_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "daemon/plan/due.h"
#include "daemon/plan/planner.h"
#include "daemon/store/event.h"
#include "daemon/store/schema.h"
#include "tests/unit/figures.h"

struct world {
	char folder[192], path[256];
	struct office *office;
	struct core core;
	struct planner *planner;
	struct arena *arena;
};

static inline date world_day(const char *text)
{
	date day;
	assert_int_equal(date_parse(text, &day), 0);
	return day;
}

static inline int64_t world_number(struct world *world, const char *literal_sql)
{
	struct query *q = db_query(world->core.db, literal_sql);
	int64_t number = db_next(q) ? db_int(q, 0) : -1;
	db_done(q);
	return number;
}

static inline void world_settle(struct world *world)
{
	do {
		while (planner_work(world->planner))
			assert_int_equal(turn_end(world->core.turn), 0);
		assert_int_equal(turn_end(world->core.turn), 0);
	} while (planner_is_behind(world->planner) || planner_has_due(world->planner));
}

/* The clock jumps there; nothing happened on the way. */
static inline void world_jump(struct world *world, const char *time)
{
	civil at;
	assert_int_equal(civil_parse(time, &at), 0);
	assert_int_equal(
	    clock_set_virtual(world->core.clock, clock_from_civil(world->core.clock, at)), 0);
	world_settle(world);
}

struct world_said {
	const char *field, *text;
};

static inline struct value world_value(const struct field *field, const char *text)
{
	switch (field->type) {
	case FIELD_DATE:
		return (struct value){ VALUE_DATE, world_day(text), NULL };
	case FIELD_AMOUNT:
	case FIELD_COUNT:
	case FIELD_NUMBER:
		return (struct value){ VALUE_NUMBER, atoll(text), NULL };
	case FIELD_FLAG:
		return (struct value){ VALUE_FLAG, strcmp(text, "true") == 0, NULL };
	case FIELD_CODE:
	case FIELD_ID:
	case FIELD_TEXT:
		break;
	}
	return (struct value){ VALUE_TEXT, 0, text };
}

static inline int64_t world_record(struct world *world, const char *kind, const char *subject,
				   const struct world_said said[6])
{
	struct value values[16] = { { VALUE_NULL, 0, NULL } };
	civil now = clock_now_civil(world->core.clock);
	struct event event = { .kind = chain_kind(world->office->chain, kind),
			       .subject = subject,
			       .key = "",
			       .at = { civil_date(now), civil_second(now) },
			       .recorded = now,
			       .actor = "test",
			       .values = values };
	assert_non_null(event.kind);
	for (; said != NULL && said->field != NULL; said++) {
		int place = kind_field(event.kind, said->field);
		if (strcmp(said->field, "key") == 0)
			event.key = said->text;
		else if (place >= 0)
			values[place] = world_value(&event.kind->fields[place], said->text);
		else
			fail_msg("%s has no field \"%s\"", kind, said->field);
	}
	assert_int_equal(turn_begin(world->core.turn), 0);
	event.id = store_event_add(&world->core, &event);
	planner_note_event(world->planner, &event);
	world_settle(world);
	return event.id;
}

static inline void world_take_back(struct world *world, int64_t id)
{
	assert_int_equal(turn_begin(world->core.turn), 0);
	struct event *voided = store_event_load(&world->core, id, world->arena);
	store_event_void(&world->core, id, id);
	planner_note_void(world->planner, voided);
	world_settle(world);
}

static inline void world_assign(struct world *world, const char *role, const char *staff)
{
	world_record(
	    world, "role.assigned", "norr",
	    (const struct world_said[6]){ { "role", role }, { "staff", staff }, { NULL, NULL } });
}

static inline void world_cast(struct world *world)
{
	static const char *const staff[] = { "anna", "bo", "ulla" };
	for (size_t i = 0; i < 3; i++)
		world_record(world, "staff.joined", staff[i],
			     (const struct world_said[6]){ { "name", staff[i] },
							   { "email", "a@example.org" },
							   { NULL, NULL } });
	world_record(world, "programme.started", "norr",
		     (const struct world_said[6]){ { "title", "Norr" }, { NULL, NULL } });
	world_assign(world, "social_worker", "anna");
	world_assign(world, "support_worker", "bo");
	world_assign(world, "unit_manager", "ulla");
	world_record(world, "case.opened", "K-1",
		     (const struct world_said[6]){ { "programme", "norr" }, { NULL, NULL } });
	world_record(world, "plan.adopted", "K-1", NULL);
}

/* The office and an empty file, without anybody in it, without a planner. */
static inline int world_begin(void **state)
{
	struct problems problems = PROBLEMS_NONE;
	struct world *world = xcalloc(1, sizeof(*world));
	world->arena = arena_new();
	world->office = office_load("conf", &problems);
	assert_non_null(world->office);
	const char *place = getenv("TMPDIR");
	snprintf(world->folder, sizeof(world->folder), "%s/kedja-world.XXXXXX",
		 place == NULL ? "/tmp" : place);
	assert_non_null(mkdtemp(world->folder));
	snprintf(world->path, sizeof(world->path), "%s/kedja.db", world->folder);
	world->core.office = world->office;
	world->core.db = db_create(world->path, schema_migrations, schema_count, &problems);
	assert_non_null(world->core.db);
	/* nobody pulls the plug here: a busy disk is not waited for */
	db_run(db_query(world->core.db, "PRAGMA synchronous = OFF"));
	world->core.clock = clock_new("Europe/Stockholm");
	world->core.turn = turn_new(world->core.db);
	*state = world;
	return 0;
}

/* The plan review of K-1: soon on 24 March 2026, today on 7 April, late from 14 April. */
static inline int world_set_up(void **state)
{
	assert_int_equal(world_begin(state), 0);
	struct world *world = *state;
	world->planner = planner_new(&world->core, due_fire, &world->core);
	planner_set_check(world->planner);
	world_jump(world, "2026-01-07T07:00:00");
	world_cast(world);
	return 0;
}

static inline int world_tear_down(void **state)
{
	static const char *const ends[] = { "", "-wal", "-shm" };
	struct world *world = *state;
	int wrong = figures_wrong(world->core.db);
	planner_free(world->planner);
	turn_free(world->core.turn);
	db_close(world->core.db);
	clock_free(world->core.clock);
	office_free(world->office);
	arena_free(world->arena);
	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		char *file = xasprintf("%s%s", world->path, ends[i]);
		(void)unlink(file);
		free(file);
	}
	assert_int_equal(rmdir(world->folder), 0);
	free(world);
	return wrong == 0 ? 0 : -1;
}

#endif
