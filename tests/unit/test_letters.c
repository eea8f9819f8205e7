/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Which letter says what, and when: stories of letters.tab, which says at its head how they are
 * written. Each story has an office of its own (world.h); the words of letters are left out.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "daemon/letters/letters.h"
#include "daemon/letters/overview.h"
#include "rules/plan/audience.h"
#include "tests/unit/story.h"
#include "tests/unit/tab.h"
#include "tests/unit/world.h"

#define PATH "tests/tables/letters.tab"

struct teller {
	struct world *world;
	struct letters *letters;
	const char *scenario;
	int line, scenarios, number;
	char *wanted; /* NULL: no question is open */
	bool asks_overview;
	int wanted_line;
};

static int64_t add(void *arg, const struct new_message *message)
{
	struct teller *teller = arg;
	const struct core *core = &teller->world->core;
	char id[16];
	snprintf(id, sizeof(id), "m%d", ++teller->number);
	return message_insert(core->db, message, id, clock_now(core->clock));
}

/* --- what was written ------------------------------------------------------------------------ */

static char *items_of(struct teller *teller, int64_t message)
{
	struct arena *arena = teller->world->arena;
	char *text = arena_strdup(arena, "");
	struct query *q = db_query(
	    teller->world->core.db,
	    "SELECT item, rule, step, occurrence FROM notice WHERE message = ?1 ORDER BY item, id");
	db_bind_int(q, 1, message);
	while (db_next(q))
		text = arena_printf(arena, "%s%s%d %s.%s#%d", text, *text == '\0' ? "" : ", ",
				    (int)db_int(q, 0), db_text(q, 1), db_text(q, 2),
				    (int)db_int(q, 3));
	db_done(q);
	return text;
}

static char *written(struct teller *teller)
{
	struct world *world = teller->world;
	char *list = arena_strdup(world->arena, "");
	int64_t last = world_number(world, "SELECT coalesce(max(id), 0) FROM message");
	for (int64_t id = 1; id <= last; id++) {
		char *items = items_of(teller, id);
		struct query *q =
		    db_query(world->core.db, "SELECT person, created_at, refs,"
					     " message_id FROM message WHERE id = ?1");
		db_bind_int(q, 1, id);
		assert_true(db_next(q));
		char at[INSTANT_TEXT_SIZE];
		clock_format(world->core.clock, db_int(q, 1), at);
		list = arena_printf(world->arena, "%s%s %.16s %s: %s%s%s\n", list, db_text(q, 3),
				    at, db_text(q, 0), items, db_is_null(q, 2) ? "" : ", after ",
				    db_is_null(q, 2) ? "" : db_text(q, 2));
		db_done(q);
	}
	return list;
}

/* Of norr, a row a line. */
static char *overview(struct teller *teller)
{
	struct world *world = teller->world;
	const struct person reader = { .id = "ulla", .language = "sv" };
	const struct letter_overview *all =
	    letters_overview(&world->core, "norr", &reader, world->arena);
	char *rows = arena_strdup(world->arena, "");
	for (size_t i = 0; all != NULL && i < all->count; i++)
		rows = arena_printf(world->arena, "%s%s %d (%s)%s\n", rows, all->rows[i].who,
				    all->rows[i].count, all->rows[i].what,
				    all->rows[i].more > 0 ? " and more" : "");
	for (size_t i = 0; all != NULL && i < all->past_count; i++)
		rows = arena_printf(world->arena, "%spast %s: %s\n", rows, all->past[i].subject,
				    all->past[i].title);
	return rows;
}

static void compare(struct teller *teller)
{
	if (teller->wanted == NULL)
		return;
	char *got = teller->asks_overview ? overview(teller) : written(teller);
	if (strcmp(got, teller->wanted) != 0)
		fail_msg("%s:%d: %s: was written\n%sthe table says\n%s", PATH, teller->wanted_line,
			 teller->scenario, got, teller->wanted);
	teller->wanted = NULL;
}

/* --- what is done ---------------------------------------------------------------------------- */

static void open_world(struct teller *teller, const char *name)
{
	void *state = NULL;
	assert_int_equal(world_set_up(&state), 0);
	teller->world = state;
	teller->scenario = arena_strdup(teller->world->arena, name);
	teller->letters = letters_new(&teller->world->core, add, teller, NULL);
	teller->number = 0;
	teller->scenarios++;
}

static void close_world(struct teller *teller)
{
	if (teller->world == NULL)
		return;
	compare(teller);
	letters_free(teller->letters);
	void *state = teller->world;
	assert_int_equal(world_tear_down(&state), 0);
	teller->world = NULL;
}

static void live_by(struct teller *teller, const char *text)
{
	struct world *world = teller->world;
	char *whole = arena_printf(world->arena,
				   "rules = ( { name = \"own\"; title = \"t\"; subject = \"case\";"
				   " starts = [ \"plan.adopted\" ]; done = [ \"plan.reviewed\" ];"
				   " %s } );",
				   text);
	struct source source = { PATH, whole, strlen(whole) };
	assert_int_equal(turn_begin(world->core.turn), 0);
	planner_note_rules(world->planner);
	ruleset_free(world->office->ruleset);
	world->office->ruleset =
	    story_load(&source, 1, world->office->chain, world->office->calendar);
	world_settle(world);
}

/* All that is due on the way goes off at its hour, and letters are written then; "no letters": they
 * are not. */
static void go_to(struct teller *teller, const char *time, bool writes)
{
	struct world *world = teller->world;
	civil until;
	assert_int_equal(civil_parse(arena_printf(world->arena, "%s:00", time), &until), 0);
	instant goal = clock_from_civil(world->core.clock, until);
	for (instant next = clock_now(world->core.clock);;) {
		if (next > clock_now(world->core.clock))
			assert_int_equal(clock_set_virtual(world->core.clock, next), 0);
		world_settle(world);
		letters_wake(teller->letters);
		while (writes && letters_work(teller->letters))
			assert_int_equal(turn_end(world->core.turn), 0);
		assert_int_equal(turn_end(world->core.turn), 0);
		if (next >= goal)
			break;
		instant wake = planner_next(world->planner);
		instant letter = writes ? letters_next(teller->letters) : INSTANT_NEVER;
		next = wake < letter ? wake : letter;
		next = next > goal ? goal : next;
	}
}

static void happens(struct teller *teller, char *what)
{
	struct world_said said[6] = { { NULL, NULL } };
	const char *kind = strsep(&what, " "), *subject = strsep(&what, " ");
	for (size_t i = 0; i < 5 && what != NULL; i++) {
		char *text = strsep(&what, " "), *field = strsep(&text, "=");
		said[i] = (struct world_said){ field, text };
	}
	world_record(teller->world, kind, subject, said);
}

static void do_line(struct teller *teller, char *text)
{
	char *rest = text, *word = strsep(&rest, " ");
	if (word[0] == '2')
		go_to(teller, word, rest == NULL);
	else if (strcmp(word, "rule") == 0)
		live_by(teller, rest);
	else if (strcmp(word, "happens") == 0)
		happens(teller, rest);
	else
		fail_msg("%s:%d: \"%s\" is no word of this table", PATH, teller->line, word);
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
	} else if (strcmp(text, "letters") == 0 || strcmp(text, "overview") == 0) {
		compare(teller);
		teller->asks_overview = text[0] == 'o';
		teller->wanted = arena_strdup(teller->world->arena, "");
		teller->wanted_line = teller->line;
	} else {
		compare(teller);
		do_line(teller, text);
	}
}

static void test_letters(void **state)
{
	(void)state;
	struct tab tab;
	struct teller teller = { .line = 0 };
	for (tab_open(&tab, PATH, 0); tab_line(&tab);) {
		teller.line = tab.line;
		read_line(&teller, tab.text);
	}
	close_world(&teller);
	assert_true(teller.scenarios > 5);
}

/* The event is not read where its kind is no longer declared. */
static void no_event_names_no_role(void **state)
{
	(void)state;
	const struct rule rule = { .role_field_count = 1 };
	assert_null(audience_field_roles(&rule, NULL, NULL, NULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_letters),
		cmocka_unit_test(no_event_names_no_role),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
