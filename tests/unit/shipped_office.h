/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * An office with the rules, the calendar and the words that ship, in one process: planner, steps,
 * people and letters are the daemon's, on a virtual clock that passes every hour at which something
 * goes off. Only the mail is missing: every letter arrives. Times are the local ones of the office.
 *
 *   office_open(&office, place);
 *   office_cast(&office, true);       the staff of the programme norr, SW and so on; the case K-1
 *   office_pass_to(&office, "2026-03-18T09:00:00");
 *   office_happens(&office, "forfeiture.notice_served on=2026-03-18");
 *   office_close(&office);
 *
 * A test that says what cannot be fails, and `place` and `line` say where. To be included after
 * cmocka.h.
 */
#ifndef KEDJA_SHIPPED_OFFICE_H
#define KEDJA_SHIPPED_OFFICE_H

#include "daemon/letters/moment.h"
#include "daemon/plan/event_key.h"
#include "daemon/store/notice.h"
#include "tests/unit/world.h"

struct shipped_office {
	struct world *world;
	struct letters *letters;
	struct templates *templates;
	struct arena *arena;
	const char *note;  /* what the answer to the last record said besides; NULL */
	const char *place; /* for whoever reads what failed: a file, and a line there */
	int line;
	int64_t letter_count, delivered, last_event;
};

static inline void office_fire(void *arg, const char *subject, const char *programme,
			       const struct deadline *deadline, const struct telling *telling,
			       struct arena *arena)
{
	struct shipped_office *o = arg;
	due_fire(&o->world->core, subject, programme, deadline, telling, arena);
	letters_wake(o->letters);
}

static inline int64_t office_add_letter(void *arg, const struct new_message *message)
{
	struct shipped_office *o = arg;
	char *id = arena_printf(o->arena, "letter-%d", (int)++o->letter_count);
	return message_insert(o->world->core.db, message, id, clock_now(o->world->core.clock));
}

static inline void office_begin(struct shipped_office *o)
{
	assert_int_equal(turn_begin(o->world->core.turn), 0);
}

static inline void office_end(struct shipped_office *o)
{
	assert_int_equal(turn_end(o->world->core.turn), 0);
}

static inline void office_deliver(struct shipped_office *o)
{
	int64_t last = world_number(o->world, "SELECT coalesce(max(id), 0) FROM message");
	while (o->delivered < last)
		notice_settle_letter(&o->world->core, ++o->delivered, NOTICE_SENT, "it arrived");
}

/* All that belongs to this moment. */
static inline void office_settle(struct shipped_office *o)
{
	struct planner *planner = o->world->planner;
	while (!moment_is_over(planner, o->letters, clock_now(o->world->core.clock))) {
		office_begin(o);
		(void)planner_work(planner);
		if (moment_is_planned(planner)) {
			(void)letters_work(o->letters);
			office_deliver(o);
		}
		office_end(o);
	}
}

static inline void office_pass_to(struct shipped_office *o, const char *time)
{
	civil at;
	struct clock *clock = o->world->core.clock;
	if (civil_parse(time, &at) != 0)
		fail_msg("%s:%d: %s is no time", o->place, o->line, time);
	instant goal = clock_from_civil(clock, at);
	if (goal < clock_now(clock))
		fail_msg("%s:%d: %s lies before the line above", o->place, o->line, time);
	for (office_settle(o); clock_now(clock) < goal; office_settle(o)) {
		instant next = moment_next(o->world->planner, o->letters);
		assert_int_equal(
		    clock_set_virtual(clock, moment_after(clock_now(clock), next, goal)), 0);
	}
}

static inline void office_refuse(const struct shipped_office *o, const struct problems *problems)
{
	fail_msg("%s:%d: %s: %s", o->place, o->line, problems->list[0].place,
		 problems->list[0].text);
}

static inline void office_take_back(struct shipped_office *o)
{
	office_begin(o);
	struct event *voided = store_event_load(&o->world->core, o->last_event, o->arena);
	store_event_void(&o->world->core, o->last_event, o->last_event);
	planner_note_void(o->world->planner, voided);
	letters_note_event(o->letters, voided);
	office_end(o);
	office_settle(o);
}

static inline void office_settle_key(struct shipped_office *o, struct event *event)
{
	const char *problem;
	if (!event_key_settle(&o->world->core, o->world->planner, event, o->arena, &o->note,
			      &problem))
		fail_msg("%s:%d: key: %s", o->place, o->line, problem);
}

static inline void office_record(struct shipped_office *o, const struct raw_event *raw)
{
	const struct core *core = &o->world->core;
	struct problems problems = PROBLEMS_NONE;
	struct event *event = event_check(raw, core->office->chain, clock_now_civil(core->clock),
					  o->arena, &problems);
	if (event == NULL)
		office_refuse(o, &problems);
	office_begin(o);
	office_settle_key(o, event);
	event->id = o->last_event = store_event_add(core, event);
	event->recorded = clock_now_civil(core->clock);
	planner_note_event(o->world->planner, event);
	letters_note_event(o->letters, event);
	office_end(o);
	office_settle(o);
}

/* "[SUBJECT] KIND[KEY] [at=DAY] [FIELD=VALUE ...]" */
static inline void office_tell(struct shipped_office *o, char *what)
{
	struct raw_field fields[12];
	struct raw_event raw = { .subject = "K-1", .actor = "table", .fields = fields };
	char *word = strsep(&what, " ");
	if (strchr(word, '.') == NULL) {
		raw.subject = word;
		word = what == NULL ? "" : strsep(&what, " ");
	}
	raw.kind = strsep(&word, "[");
	raw.key = strsep(&word, "]");
	while (what != NULL) {
		char *value = strsep(&what, " "), *name = strsep(&value, "=");
		if (name[0] == '\0')
			continue;
		if (value == NULL || raw.field_count == 12)
			fail_msg("%s:%d: \"%s\" is no field=value", o->place, o->line, name);
		if (strcmp(name, "at") == 0)
			raw.at = value;
		else
			fields[raw.field_count++] =
			    (struct raw_field){ .name = name, .value = { VALUE_TEXT, 0, value } };
	}
	office_record(o, &raw);
}

static inline void office_happens(struct shipped_office *o, const char *what)
{
	office_tell(o, arena_strdup(o->arena, what));
}

static inline void office_cast(struct shipped_office *o, bool has_case)
{
	static const char *const cast[][2] = {
		{ "SW", "social_worker" },       { "SP", "support_worker" },
		{ "HC", "housing_coordinator" }, { "OW", "outreach_worker" },
		{ "UM", "unit_manager" },        { "AM", "area_manager" },
		{ "PO", "planning_officer" }
	};
	office_happens(o, "norr programme.started title=Norr");
	for (size_t i = 0; i < sizeof(cast) / sizeof(cast[0]); i++) {
		office_happens(o, arena_printf(o->arena,
					       "%s staff.joined name=%s email=%s@example.org",
					       cast[i][0], cast[i][0], cast[i][0]));
		office_happens(o, arena_printf(o->arena, "norr role.assigned role=%s staff=%s",
					       cast[i][1], cast[i][0]));
	}
	if (has_case)
		office_happens(o, "K-1 case.opened programme=norr");
}

/* On Monday 5 January 2026 at eight. */
static inline void office_open(struct shipped_office *o, const char *place)
{
	void *state = NULL;
	struct problems problems = PROBLEMS_NONE;
	assert_int_equal(world_begin(&state), 0);
	*o = (struct shipped_office){ .world = state, .arena = arena_new(), .place = place };
	o->world->office->settings->hold_above = 0;
	o->templates = templates_load("conf/templates", o->world->office->ruleset, &problems);
	assert_non_null(o->templates);
	o->letters = letters_new(&o->world->core, office_add_letter, o, o->templates);
	o->world->planner = planner_new(&o->world->core, office_fire, o);
	office_begin(o);
	assert_int_equal(
	    clock_set_virtual(o->world->core.clock,
			      clock_from_civil(o->world->core.clock,
					       civil_at(world_day("2026-01-05"), 8 * 3600))),
	    0);
	office_end(o);
}

static inline void office_close(struct shipped_office *o)
{
	letters_free(o->letters);
	templates_free(o->templates);
	arena_free(o->arena);
	void *state = o->world;
	assert_int_equal(world_tear_down(&state), 0);
}

#endif
