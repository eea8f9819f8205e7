/* SPDX-License-Identifier: EUPL-1.2 */
/* The chain that ships, an office's own kinds, and what happens to a chain.conf with mistakes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rules/kinds/chain.h"
#include "tests/unit/shipped.h"

#define SMALL                                                                                      \
	"stages = ( { name = \"one\"; title = \"ett\"; moves = [ \"two\" ]; },\n"                  \
	"           { name = \"two\"; title = \"två\"; moves = [ ]; } );\n"                       \
	"first = \"one\";\n"                                                                       \
	"roles = ( { name = \"worker\"; title = \"arbetare\"; on_case = true; } );\n"              \
	"lists = ( { name = \"task\"; codes = ( { name = \"a\"; title = \"A\"; } ); },\n"          \
	"          { name = \"outcome\"; codes = ( { name = \"b\"; title = \"B\"; } ); },\n"       \
	"          { name = \"rooms\"; codes = ( { name = \"hall\"; title = \"hall\"; } ); } );\n"

static struct chain *parse(const char *text)
{
	struct problems problems = PROBLEMS_NONE;
	struct chain *chain = chain_parse(text, "chain.conf", &problems);
	if (chain == NULL)
		fail_msg("line %d: %s", problems.list[0].line, problems.list[0].text);
	return chain;
}

static struct chain *parse_shipped(void)
{
	char *text = shipped_text("conf/chain.conf");
	struct chain *chain = parse(text);
	free(text);
	return chain;
}

static void the_shipped_one_has_four_stages(void **state)
{
	(void)state;
	static const char *const names[] = { "supported_housing", "training_flat", "trial_flat",
					     "own_lease" };
	struct chain *chain = parse_shipped();
	for (int i = 0; i < 4; i++) {
		const struct stage *stage = chain_stage_at(chain, (size_t)i);
		assert_string_equal(stage->name, names[i]);
		assert_int_equal(stage->rank, i);
		assert_ptr_equal(chain_stage(chain, names[i]), stage);
		assert_string_equal(chain_codes(chain, "stage")[i], names[i]);
	}
	assert_null(chain_stage_at(chain, 4));
	assert_null(chain_stage(chain, "nowhere"));
	assert_null(chain_stage(chain, NULL));
	assert_string_equal(chain_stage(chain, "supported_housing")->title, "stödboende");
	assert_string_equal(chain_stage(chain, "own_lease")->title, "eget kontrakt");
	assert_true(chain_stage(chain, "supported_housing")->cost_per_day > 0);
	chain_free(chain);
	chain_free(NULL);
}

/* Whose reminders one may put off: of all roles on a case, wherever they stand, and of lower ones.
 */
static void a_role_covers_itself_and_lower_ones(void **state)
{
	(void)state;
	struct chain *chain = parse_shipped();
	const struct role *social = chain_role(chain, "social_worker");
	const struct role *support = chain_role(chain, "support_worker");
	const struct role *outreach = chain_role(chain, "outreach_worker");
	const struct role *unit = chain_role(chain, "unit_manager");
	const struct role *area = chain_role(chain, "area_manager");
	assert_true(role_covers(social, social) && role_covers(unit, unit));
	assert_true(role_covers(social, support) && role_covers(support, social));
	assert_true(role_covers(outreach, support) && role_covers(unit, outreach));
	assert_true(role_covers(area, unit) && role_covers(area, social));
	assert_false(role_covers(social, outreach) || role_covers(social, unit));
	assert_false(role_covers(outreach, unit) || role_covers(unit, area));
	chain_free(chain);
	/* wherever it stands in the file */
	const struct role last = { .name = "worker", .on_case = true, .order = 9 };
	const struct role manager = { .name = "manager", .order = 1 };
	assert_true(role_covers(&manager, &last));
	assert_false(role_covers(&last, &manager));
}

static void the_shipped_roles_are_in_order(void **state)
{
	(void)state;
	static const char *const rising[] = { "social_worker",    "outreach_worker",
					      "planning_officer", "reference_group",
					      "unit_manager",     "area_manager",
					      "steering_group" };
	struct chain *chain = parse_shipped();
	for (int i = 0; i + 1 < 7; i++)
		assert_true(chain_role(chain, rising[i])->order <
			    chain_role(chain, rising[i + 1])->order);
	assert_true(chain_role(chain, "housing_coordinator")->on_case);
	assert_true(chain_role(chain, "support_worker")->on_case);
	assert_false(chain_role(chain, "unit_manager")->on_case);
	assert_null(chain_role(chain, "landlord"));
	size_t count = 0;
	while (chain_role_at(chain, count) != NULL)
		count++;
	assert_null(chain_codes(chain, "role")[count]);
	assert_string_equal(chain_role(chain, "outreach_worker")->title, "uppsökare");
	chain_free(chain);
}

/* A move ("-": from nowhere), and what a refusal must name (NULL: it is allowed). */
static void moves_name_what_is_allowed(void **state)
{
	(void)state;
	static const struct {
		const char *from, *to, *refusal;
	} moves[] = {
		{ NULL, "supported_housing", NULL },
		{ NULL, "trial_flat", NULL },
		{ NULL, "own_lease",
		  "may begin in \"supported_housing\", \"training_flat\", \"trial_flat\"" },
		{ "supported_housing", "training_flat", NULL },
		{ "supported_housing", "trial_flat", "one may move to \"training_flat\"" },
		{ "training_flat", "supported_housing", NULL },
		{ "trial_flat", "supported_housing", NULL },
		{ "trial_flat", "own_lease", NULL },
		{ "own_lease", "supported_housing", NULL },
		{ "training_flat", "own_lease", "\"trial_flat\", \"supported_housing\"" },
		{ "trial_flat", "trial_flat", "is in \"trial_flat\" already" },
		{ "a_stage_of_old", "trial_flat", NULL },
	};
	struct chain *chain = parse_shipped();
	for (size_t i = 0; i < sizeof(moves) / sizeof(moves[0]); i++) {
		struct problems problems = PROBLEMS_NONE;
		bool allowed = chain_move_allowed(chain, moves[i].from, moves[i].to, &problems);
		assert_int_equal(allowed, moves[i].refusal == NULL);
		assert_int_equal(problems.count, allowed ? 0 : 1);
		if (!allowed) {
			assert_string_equal(problems.list[0].place, "stage");
			assert_non_null(strstr(problems.list[0].text, moves[i].refusal));
		}
		problems_clear(&problems);
	}
	chain_free(chain);
}

static void lists_are_the_offices_and_the_cores(void **state)
{
	(void)state;
	struct chain *chain = parse(SMALL);
	assert_string_equal(chain_codes(chain, "mode")[1], "convert");
	assert_string_equal(chain_codes(chain, "debt")[0], "rent");
	assert_string_equal(chain_codes(chain, "area")[0], "own");
	assert_string_equal(chain_codes(chain, "language")[1], "en");
	assert_string_equal(chain_codes(chain, "format")[0], "camt054");
	assert_string_equal(chain_codes(chain, "rooms")[0], "hall");
	assert_null(chain_codes(chain, "rooms")[1]);
	assert_null(chain_codes(chain, "room"));
	assert_null(chain_codes(chain, NULL));
	assert_string_equal(chain_codes(chain, "task")[0], "a");
	assert_null(chain_codes(chain, "task")[1]);
	chain_free(chain);
	chain = parse_shipped();
	assert_non_null(chain_codes(chain, "task")[0]);
	assert_non_null(chain_codes(chain, "outcome")[0]);
	chain_free(chain);
}

static void check_own_kind(const struct kind *kind)
{
	assert_non_null(kind);
	assert_int_equal(kind->subject, SUBJECT_CASE);
	assert_int_equal(kind->key, KEY_REQUIRED);
	assert_string_equal(kind->key_means, "flat");
	assert_string_equal(kind->key_codes[1], "F2");
	assert_null(kind->key_codes[2]);
	assert_true(kind->may_lie_ahead);
	assert_false(kind->is_virtual);
	assert_string_equal(kind->label, "nycklarna lämnades");
	assert_int_equal(kind->field_count, 3);
	assert_int_equal(kind->fields[0].class, CLASS_CASE);
	assert_string_equal(kind->fields[0].codes, "rooms");
	assert_int_equal(kind->fields[1].class, CLASS_OPEN);
	assert_true(kind->fields[1].optional);
	assert_int_equal(kind->fields[2].class, CLASS_SECRET);
}

static void an_office_adds_kinds(void **state)
{
	(void)state;
	struct chain *chain = parse(
	    SMALL
	    "kinds = ( { name = \"keys.returned\"; subject = \"case\"; key = \"required\";"
	    " key_means = \"flat\"; key_codes = [ \"F1\", \"F2\" ]; may_lie_ahead = true;"
	    " fields = ( { name = \"room\"; type = \"code\"; codes = \"rooms\"; help = \"h\"; },"
	    " { name = \"on\"; type = \"date\"; optional = true; help = \"h\"; },"
	    " { name = \"note\"; type = \"text\"; optional = true; help = \"h\"; } );"
	    " help = \"h\"; label = \"nycklarna lämnades\"; } );");
	check_own_kind(chain_kind(chain, "keys.returned"));
	struct raw_field field = { "room", { VALUE_TEXT, 0, "hall" }, false };
	struct raw_event raw = { .kind = "keys.returned",
				 .subject = "K-1",
				 .key = "F1",
				 .fields = &field,
				 .field_count = 1 };
	struct problems problems = PROBLEMS_NONE;
	struct arena *arena = arena_new();
	assert_non_null(event_check(&raw, chain, 0, arena, &problems));
	raw.key = "F3";
	field.value.text = "hal";
	raw.kind = "keys.returned";
	assert_null(event_check(&raw, chain, 0, arena, &problems));
	assert_int_equal(problems.count, 2);
	problems_clear(&problems);
	raw.kind = "keys.return";
	assert_null(event_check(&raw, chain, 0, arena, &problems));
	assert_non_null(strstr(problems.list[0].text, "did you mean \"keys.returned\"?"));
	problems_clear(&problems);
	arena_free(arena);
	chain_free(chain);
}

/* As the core's do: who may be told of a case goes by the board that was named last. */
static void an_own_kind_with_a_board_moves_it(void **state)
{
	(void)state;
	struct problems problems = PROBLEMS_NONE;
	struct chain *chain = chain_parse(
	    SMALL "kinds = ( { name = \"a.moved\"; subject = \"case\"; help = \"h\"; label = \"l\";"
		  " fields = ( { name = \"board\"; type = \"id\"; help = \"h\"; } ); },"
		  " { name = \"b.noted\"; subject = \"case\"; help = \"h\"; label = \"l\";"
		  " fields = ( { name = \"board\"; type = \"text\"; help = \"h\"; } ); },"
		  " { name = \"c.asked\"; subject = \"case\"; help = \"h\"; label = \"l\"; } );",
	    "chain.conf", &problems);
	assert_non_null(chain);
	assert_int_equal(chain_kind(chain, "a.moved")->people, PEOPLE_BOARD);
	assert_int_equal(chain_kind(chain, "b.noted")->people, PEOPLE_NONE);
	assert_int_equal(chain_kind(chain, "c.asked")->people, PEOPLE_NONE);
	chain_free(chain);
}

static void finds_every_kind(void **state)
{
	(void)state;
	size_t count = 0, i = 0;
	const struct kind *core = kind_core_table(&count);
	struct chain *chain = parse(SMALL);
	for (; chain_kind_at(chain, i) != NULL; i++) {
		assert_ptr_equal(chain_kind_at(chain, i), &core[i]);
		assert_ptr_equal(chain_kind(chain, core[i].name), &core[i]);
	}
	assert_int_equal(i, count);
	assert_null(chain_kind(chain, "plan"));
	assert_null(chain_kind(chain, NULL));
	chain_free(chain);
}

/* Ten and more mistakes in one file: each at its line. */
static const char bad[] =
    "stages = ( { name = \"one\"; title = \"ett\"; moves = [ \"tow\", \"one\" ]; },\n" /* 1
											*/
    "  { name = \"two\"; title = \"\"; moves = [ ]; cost_per_day = -1; colour = \"red\"; "
    "},\n"                                                                            /* 2 */
    "  { name = \"two\"; title = \"igen\"; moves = \"one\"; },\n"                     /* 3 */
    "  { name = \"Tre\"; title = 3; } );\n"                                           /* 4 */
    "first = [ \"four\" ];\n"                                                         /* 5 */
    "roles = ( );\n"                                                                  /* 6 */
    "lists = ( { name = \"task\"; codes = ( { name = \"a\"; title = \"A\"; } ); },\n" /* 7
										       */
    "  { name = \"mode\"; codes = ( { name = \"b\"; title = \"B\"; } ); } );\n"       /* 8 */
    "kinds = ( { name = \"plan.adopted\"; subject = \"case\"; help = \"h\"; label = \"l\"; "
    "},\n"                                                                       /* 9 */
    "  { name = \"keys\"; subject = \"flat\"; help = \"h\"; label = \"l\"; },\n" /* 10 */
    "  { name = \"keys.back\"; subject = \"case\"; key_means = \"x\"; help = \"h\"; label "
    "= \"l\";\n"
    "    fields = ( { name = \"at\"; type = \"date\"; help = \"h\"; },\n" /* 12 */
    "      { name = \"c\"; type = \"code\"; help = \"h\"; },\n"           /* 13 */
    "      { name = \"d\"; type = \"code\"; codes = \"no\"; help = \"h\"; },\n"
    "      { name = \"d\"; type = \"dote\"; codes = \"task\"; help = \"h\"; } ); },\n" /* 15
											*/
    "  { name = \"keys.back\"; subject = \"case\"; help = \"h\"; label = \"l\"; },\n"
    "  { name = \"keys.new\"; subject = \"case\"; help = \"h\"; label = \"l\"; fields = (\n"
    "      { name = \"e\"; type = \"date\"; most = 3; help = \"h\"; },\n" /* 18 */
    "      { name = \"f\"; type = \"count\"; least = 3; most = 3; help = \"h\"; },\n"
    "      { name = \"g\"; type = \"count\"; least = -1; help = \"h\"; },\n"
    "      { name = \"h\"; type = \"amount\"; most = 1000000000000000L; help = \"h\"; } ); "
    "} );\n"
    "kind = 1;\n"; /* 22 */

static void tells_every_mistake_at_its_line(void **state)
{
	(void)state;
	static const struct {
		int line;
		const char *piece;
	} expected[] = {
		{ 1, "\"moves\": did you mean \"two\"?" },
		{ 1, "\"one\" moves to itself" },
		{ 2, "unknown key \"colour\"" },
		{ 2, "\"title\" must be 1 to" },
		{ 2, "\"cost_per_day\" must be" },
		{ 3, "the stage \"two\" stands twice" },
		{ 4, "\"title\" has the wrong form" },
		{ 4, "\"moves\" is missing" },
		{ 4, "\"Tre\" is not a name" },
		{ 5, "unknown stage \"four\"" },
		{ 5, "\"first\" names no stage" },
		{ 6, "\"roles\" holds 0 rows" },
		{ 7, "the list \"outcome\" is missing" },
		{ 8, "there is a list \"mode\" already" },
		{ 9, "\"plan.adopted\" is one of the core" },
		{ 10, "unknown subject \"flat\"" },
		{ 10, "\"keys\" is not a name" },
		{ 11, "\"key_means\" without a key" },
		{ 12, "a field cannot be called \"at\"" },
		{ 13, "\"codes\" is missing" },
		{ 14, "unknown list \"no\"" },
		{ 15, "unknown type \"dote\"" },
		{ 15, "the field \"d\" stands twice" },
		{ 16, "the kind \"keys.back\" stands twice" },
		{ 18, "\"most\" has no use here" },
		{ 19, "\"most\" is 3: it must be more than \"least\", 3" },
		{ 20, "\"least\" and \"most\" lie from 0 to" },
		{ 21, "\"least\" and \"most\" lie from 0 to" },
		{ 22, "unknown key \"kind\": did you mean \"kinds\"?" },
	};
	struct problems problems = PROBLEMS_NONE;
	assert_null(chain_parse(bad, "chain.conf", &problems));
	problems_sort(&problems);
	for (size_t i = 0; i < sizeof(expected) / sizeof(expected[0]); i++) {
		if (i >= problems.count)
			fail_msg("not told: %s", expected[i].piece);
		if (problems.list[i].line != expected[i].line ||
		    strstr(problems.list[i].text, expected[i].piece) == NULL)
			fail_msg("expected %d: %s; told %d: %s", expected[i].line,
				 expected[i].piece, problems.list[i].line, problems.list[i].text);
		assert_string_equal(problems.list[i].place, "chain.conf");
	}
	assert_int_equal(problems.count, sizeof(expected) / sizeof(expected[0]));
	problems_clear(&problems);
}

/* `count` rows of a list, each by the pattern with its number. */
static char *rows_of(const char *pattern, int count)
{
	char *all = xstrdup("");
	for (int i = 0; i < count; i++) {
		const char *mark = strchr(pattern, '#');
		char *longer = xasprintf("%s%s%.*s%d%s", all, i == 0 ? "" : ", ",
					 (int)(mark - pattern), pattern, i, mark + 1);
		free(all);
		all = longer;
	}
	return all;
}

/* What does not fit in is refused, and never left out. */
static void a_list_that_is_too_long_is_refused(void **state)
{
	(void)state;
	static const struct {
		const char *before, *row, *behind, *key;
	} lists[] = {
		{ SMALL "kinds = ( ",
		  "{ name = \"own.k#\"; subject = \"case\"; help = \"h\"; label = \"l\"; }", " );",
		  "kinds" },
		{ SMALL "kinds = ( { name = \"own.k\"; subject = \"case\"; help = \"h\";"
			" label = \"l\"; fields = ( ",
		  "{ name = \"f#\"; type = \"date\"; help = \"h\"; }", " ); } );", "fields" },
		{ SMALL "kinds = ( { name = \"own.k\"; subject = \"case\"; help = \"h\";"
			" label = \"l\"; key = \"required\"; key_codes = [ ",
		  "\"c#\"", " ]; } );", NULL },
	};
	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
		for (int count = 200; count <= 201; count++) {
			struct problems problems = PROBLEMS_NONE;
			char *rows = rows_of(lists[i].row, count);
			char *text = xasprintf("%s%s%s", lists[i].before, rows, lists[i].behind);
			struct chain *chain = chain_parse(text, "chain.conf", &problems);
			bool fits = count == 200 || lists[i].key == NULL;
			if ((chain != NULL) != fits)
				fail_msg("%d rows of \"%s\"", count, lists[i].row);
			if (!fits)
				assert_non_null(strstr(problems.list[0].text, lists[i].key));
			chain_free(chain);
			problems_clear(&problems);
			free(text);
			free(rows);
		}
	}
}

static void too_many_lists_are_refused(void **state)
{
	(void)state;
	struct problems problems = PROBLEMS_NONE;
	char *rows =
	    rows_of("{ name = \"l#\"; codes = ( { name = \"a\"; title = \"A\"; } ); }", 198);
	char *small = xstrdup(SMALL), *lists = strstr(small, "lists = (") + strlen("lists = (");
	char *text = xasprintf("%.*s %s, %s", (int)(lists - small), small, rows, lists);
	assert_null(chain_parse(text, "chain.conf", &problems));
	assert_int_equal(problems.count, 1);
	assert_non_null(strstr(problems.list[0].text, "\"lists\" holds 201 rows"));
	problems_clear(&problems);
	free(text);
	free(small);
	free(rows);
}

static void is_refused_without_its_parts(void **state)
{
	(void)state;
	struct problems problems = PROBLEMS_NONE;
	assert_null(chain_parse("", "chain.conf", &problems));
	assert_int_equal(problems.count, 4); /* stages, first, roles, lists */
	problems_clear(&problems);
	assert_null(chain_parse("stages = 1; first = 2; roles = 3; lists = 4; kinds = 5;",
				"chain.conf", &problems));
	assert_true(problems.count >= 5);
	problems_clear(&problems);
	assert_null(chain_parse("stages = (", "chain.conf", &problems));
	assert_int_equal(problems.count, 1);
	problems_clear(&problems);
}

static uint64_t version_of(const char *text)
{
	struct chain *chain = parse(text);
	uint64_t version = chain_version(chain);
	chain_free(chain);
	return version;
}

static void the_version_follows_the_meaning(void **state)
{
	(void)state;
	assert_true(version_of(SMALL) == version_of("# a comment\n\n" SMALL "/* another */"));
	assert_true(version_of(SMALL) !=
		    version_of(SMALL "kinds = ( { name = \"a.b\"; subject = \"any\"; help = \"h\";"
				     " label = \"l\"; } );"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_shipped_one_has_four_stages),
		cmocka_unit_test(a_role_covers_itself_and_lower_ones),
		cmocka_unit_test(the_shipped_roles_are_in_order),
		cmocka_unit_test(moves_name_what_is_allowed),
		cmocka_unit_test(lists_are_the_offices_and_the_cores),
		cmocka_unit_test(an_office_adds_kinds),
		cmocka_unit_test(an_own_kind_with_a_board_moves_it),
		cmocka_unit_test(finds_every_kind),
		cmocka_unit_test(tells_every_mistake_at_its_line),
		cmocka_unit_test(is_refused_without_its_parts),
		cmocka_unit_test(a_list_that_is_too_long_is_refused),
		cmocka_unit_test(too_many_lists_are_refused),
		cmocka_unit_test(the_version_follows_the_meaning),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
