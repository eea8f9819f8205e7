/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Lists that once had a bound beyond which nothing was said (I13: no list has a bound that turns
 * into silence). Each is made longer than that bound was; whoever stands last counts as well.
 */
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <sys/stat.h>

#include "daemon/letters/put_off.h"
#include "daemon/letters/templates.h"
#include "daemon/people/people.h"
#include "rules/language/load.h"
#include "tests/unit/shipped.h"
#include "tests/unit/world.h"

#define MANY "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < "

static void run(struct world *world, const char *literal_sql)
{
	assert_int_equal(turn_begin(world->core.turn), 0);
	db_run(db_query(world->core.db, literal_sql));
	assert_int_equal(turn_end(world->core.turn), 0);
}

/* --- people ---------------------------------------------------------------------------------- */

static void all_holders_of_a_role_are_told(void **state)
{
	struct world *world = *state;
	struct person *told;
	struct person_missed *missed;
	size_t missed_count;
	run(world, MANY "600) INSERT INTO staff (id, name, email, gone) SELECT printf('p%03d', i),"
			" 'P', CASE WHEN i <= 300 THEN 'p@office.example' ELSE '' END, 0 FROM n");
	run(world, MANY "600) INSERT INTO role SELECT 'K-1', 'support_worker', printf('p%03d', i)"
			" FROM n");
	size_t count = people_find(&world->core, "K-1", "norr", "support_worker", world->arena,
				   &told, &missed, &missed_count);
	assert_int_equal(count, 300);
	assert_string_equal(told[299].id, "p300");
	assert_int_equal(missed_count, 300);
	assert_string_equal(missed[299].id, "p600");
}

/* Each of 30 is away, and the next stands in; the last one is here, or away until the first. */
static void stand_in(struct world *world, const char *last)
{
	run(world, MANY "31) INSERT INTO staff (id, name, email, gone) SELECT printf('p%03d', i),"
			" 'P', 'p@office.example', 0 FROM n");
	run(world, MANY "30) INSERT INTO absence (staff, first, event, last, deputy)"
			" SELECT printf('p%03d', i), '2026-01-01', 1000 + i, '2026-12-31',"
			" printf('p%03d', i + 1) FROM n");
	run(world, "INSERT INTO role VALUES ('K-1', 'support_worker', 'p001')");
	assert_int_equal(turn_begin(world->core.turn), 0);
	struct query *q = db_query(world->core.db,
				   "INSERT INTO absence (staff, first, event, last, deputy) SELECT"
				   " 'p031', '2026-01-01', 2000, '2026-12-31', ?1"
				   " WHERE ?1 IS NOT NULL");
	db_bind_text(q, 1, last);
	db_run(q);
	assert_int_equal(turn_end(world->core.turn), 0);
}

static size_t find(struct world *world, struct person **told, size_t *missed_count)
{
	struct person_missed *missed;
	return people_find(&world->core, "K-1", "norr", "support_worker", world->arena, told,
			   &missed, missed_count);
}

static void a_long_chain_of_deputies_ends_with_somebody(void **state)
{
	struct world *world = *state;
	struct person *told;
	size_t missed;
	stand_in(world, NULL);
	assert_int_equal(find(world, &told, &missed), 1);
	assert_string_equal(told[0].id, "p031");
	assert_string_equal(told[0].instead_of, "p001");
	assert_int_equal(missed, 0);
}

static void a_circle_of_deputies_ends_with_nobody(void **state)
{
	struct world *world = *state;
	struct person *told;
	size_t missed;
	stand_in(world, "p002");
	assert_int_equal(find(world, &told, &missed), 0);
	assert_int_equal(missed, 1);
}

/* --- letters --------------------------------------------------------------------------------- */

static void all_who_put_it_off_are_named(void **state)
{
	struct world *world = *state;
	struct letter_item item = { .next_to = "x" };
	int64_t one = world_record(world, "deadline.snoozed", "K-1",
				   (const struct world_said[6]){ { "rule", "plan-review" },
								 { "until", "2026-04-20" },
								 { "reason", "text" },
								 { "role", "support_worker" },
								 { "by", "bo" },
								 { NULL, NULL } });
	world_jump(world, "2026-03-24T08:00:00");
	int64_t notice =
	    world_number(world, "SELECT min(id) FROM notice WHERE rule = 'plan-review'");
	assert_int_equal(turn_begin(world->core.turn), 0);
	struct query *q = db_query(world->core.db,
				   MANY "40) UPDATE deadline SET put_off = (SELECT"
					" json_group_array(?1) FROM n) WHERE rule = 'plan-review'");
	db_bind_int(q, 1, one);
	db_run(q);
	assert_int_equal(turn_end(world->core.turn), 0);
	letters_put_off(&world->core, notice, "anna", &item, world->arena);
	assert_int_equal(item.put_off_count, 40);
	assert_string_equal(item.put_off[39].name, "bo");
}

#define KINDS 150

/* chain.conf with kinds of an office's own, each with two dates of its own. */
static struct chain *chain_of_many_kinds(void)
{
	struct problems problems = PROBLEMS_NONE;
	char *shipped = shipped_text("conf/chain.conf"), *place = strstr(shipped, "\nkinds = ( );");
	assert_non_null(place);
	place[1] = '#';
	char *text = xasprintf("%s\nkinds = (", shipped);
	free(shipped);
	for (int i = 0; i < KINDS; i++) {
		char *longer = xasprintf("%s%s { name = \"own.k%d\"; subject = \"case\"; help = "
					 "\"h\"; label = \"l\"; fields = ("
					 " { name = \"a%d\"; type = \"date\"; help = \"h\"; },"
					 " { name = \"b%d\"; type = \"date\"; help = \"h\"; } ); }",
					 text, i == 0 ? "" : ",", i, i, i);
		free(text);
		text = longer;
	}
	char *whole = xasprintf("%s );\n", text);
	struct chain *chain = chain_parse(whole, "chain.conf", &problems);
	free(text);
	free(whole);
	assert_non_null(chain);
	return chain;
}

static struct ruleset *rule_of_all(const struct chain *chain, const struct calendar *calendar)
{
	struct problems problems = PROBLEMS_NONE;
	char *starts = xstrdup("");
	for (int i = 0; i < KINDS; i++) {
		char *longer = xasprintf("%s%s\"own.k%d\"", starts, i == 0 ? "" : ", ", i);
		free(starts);
		starts = longer;
	}
	char *text = xasprintf("rules = ( { name = \"own\"; title = \"T\"; subject = \"case\";"
			       " starts = [ %s ]; steps = ( { name = \"a\"; at = \"P0D\";"
			       " to = [ \"social_worker\" ]; } ); } );",
			       starts);
	struct source source = { "own.conf", text, strlen(text) };
	struct ruleset *ruleset = load_rules(&source, 1, chain, calendar, &problems);
	free(starts);
	free(text);
	assert_non_null(ruleset);
	return ruleset;
}

static void write_file(const char *folder, const char *name, const char *text)
{
	char *path = xasprintf("%s/%s", folder, name);
	FILE *file = fopen(path, "w");
	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
	free(path);
}

/* An office's own template may name every open field of every kind that its rule rests on. */
static void a_template_knows_all_fields(void **state)
{
	struct world *world = *state;
	struct problems problems = PROBLEMS_NONE;
	struct chain *chain = chain_of_many_kinds();
	struct ruleset *ruleset = rule_of_all(chain, world->office->calendar);
	char *folder = xasprintf("%s/sv", world->folder),
	     *other = xasprintf("%s/en", world->folder);
	assert_int_equal(mkdir(folder, 0700) + mkdir(other, 0700), 0);
	write_file(folder, "own.txt", "{{event_a0}} {{event_b149}}\n");
	struct templates *templates = templates_load(world->folder, ruleset, &problems);
	for (size_t i = 0; i < problems.count; i++)
		assert_null(strstr(problems.list[i].text, "unknown name"));
	templates_free(templates);
	problems_clear(&problems);
	ruleset_free(ruleset);
	chain_free(chain);
	char *file = xasprintf("%s/own.txt", folder);
	assert_int_equal(unlink(file) + rmdir(folder) + rmdir(other), 0);
	free(file);
	free(folder);
	free(other);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(all_holders_of_a_role_are_told, world_set_up,
						world_tear_down),
		cmocka_unit_test_setup_teardown(a_long_chain_of_deputies_ends_with_somebody,
						world_set_up, world_tear_down),
		cmocka_unit_test_setup_teardown(a_circle_of_deputies_ends_with_nobody, world_set_up,
						world_tear_down),
		cmocka_unit_test_setup_teardown(all_who_put_it_off_are_named, world_set_up,
						world_tear_down),
		cmocka_unit_test_setup_teardown(a_template_knows_all_fields, world_set_up,
						world_tear_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
