/* SPDX-License-Identifier: EUPL-1.2 */
/* Who sees an event: the kinds that a case sees of its programmes, a programme of its cases. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "rules/language/sees.h"
#include "tests/unit/story.h"

#define RULE(more)                                                                                 \
	"{ name = \"r-" more " steps = ( { name = \"a\"; at = \"P0D\"; to = [ \"unit_manager\" ];" \
	" } ); }"

static struct chain *chain;
static struct calendar *calendar;

static int set_up(void **state)
{
	(void)state;
	chain = story_chain();
	calendar = story_calendar(NULL);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	calendar_free(calendar);
	chain_free(chain);
	return 0;
}

/* The kinds in the order of the chain, a blank between two; the caller frees it. */
static char *seen(const char *rules, enum subject_type type)
{
	struct source file = { "own.conf", rules, strlen(rules) };
	struct ruleset *ruleset = story_load(&file, 1, chain, calendar);
	const struct kind *const *kinds;
	size_t count = sees_kinds(ruleset, type, &kinds);
	char *list = xstrdup("");
	for (size_t i = 0; i < count; i++) {
		char *longer = xasprintf("%s%s%s", list, i == 0 ? "" : " ", kinds[i]->name);
		free(list);
		list = longer;
		assert_true(sees_kind(ruleset, type, kinds[i]));
	}
	ruleset_free(ruleset);
	return list;
}

static void sees_exactly(const char *rules, enum subject_type type, const char *wanted)
{
	char *list = seen(rules, type);
	assert_string_equal(list, wanted);
	free(list);
}

#define NO_RULES  "rules = ( );"
#define ITS_FACTS "case.opened case.transferred case.closed"
/* kinds that name the programme of a case that was never opened */
#define AT_STAKE                                                                                   \
	"forfeiture.notice_served board.notified arrears.paid forfeiture.withdrawn"                \
	" enforcement.applied eviction.dated eviction.postponed eviction.called_off"               \
	" eviction.carried_out eviction.confirmed disturbance.reported"                            \
	" disturbance.board_notified disturbance.notice disturbance.handled"                       \
	" debt.reported debt.handled"

static void what_facts_read(void **state)
{
	(void)state;
	sees_exactly(NO_RULES, SUBJECT_CASE,
		     "payments.imported payment.unmatched payment.assigned");
	sees_exactly(NO_RULES, SUBJECT_PROGRAMME, ITS_FACTS " stage.entered " AT_STAKE);
	sees_exactly(NO_RULES, SUBJECT_STAFF, "");
}

static void what_rules_name(void **state)
{
	(void)state;
	static const char rules[] = "rules = (" RULE(
	    "one\"; title = \"t\"; subject = \"programme\"; starts = [ \"visit.made\","
	    " \"meeting.held\", \"role.assigned\" ];"
	    " done = [ \"plan.reviewed\" ]; cancels = [ \"rent.warned\" ];"
	    " due = \"P1M\"; agreed = \"plan.adopted.review_on\";") "," //
	    RULE("two\"; title = \"t\"; subject = \"case\"; starts = [ \"lease.started\" ];") ");";
	sees_exactly(rules, SUBJECT_PROGRAMME,
		     ITS_FACTS " plan.adopted plan.reviewed stage.entered rent.warned " AT_STAKE
			       " visit.made");
	sees_exactly(rules, SUBJECT_CASE, "payments.imported payment.unmatched payment.assigned");
}

static void which_programme_is_named(void **state)
{
	(void)state;
	struct story story = {
		.arena = arena_new(), .chain = chain, .own_case = "K-1", .own_programme = "norr"
	};
	story_event(&story, "2026-01-01 case.opened programme=norr");
	story_event(&story, "2026-01-01 debt.reported debt=rent");
	story_event(&story, "2026-01-01 programme.started title=norr");
	assert_string_equal(event_programme(story.list[0]), "norr");
	assert_null(event_programme(story.list[1]));
	assert_null(event_programme(story.list[2]));
	arena_free(story.arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_facts_read),
		cmocka_unit_test(what_rules_name),
		cmocka_unit_test(which_programme_is_named),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
