/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Rule tests, tested: that what comes as expected passes and nothing else does, that a failure
 * shows where, and that every slip of the pen is told with its line. And the walk below them:
 * programmes and their cases, late entries, events taken back, an office that is closed.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "rules/walk/ruletest.h"
#include "tests/unit/story.h"

/* One rule of each shape that the walk treats in its own way. */
static const char rules[] =
    "rules = ("
    "{ name = \"visit\"; title = \"Besök\"; subject = \"case\"; starts = [ \"visit.made\" ];"
    "  due = \"P7D\"; done = [ \"visit.missed\" ]; steps = ("
    "  { name = \"soon\"; at = \"-P2D\"; to = [ \"support_worker\" ]; },"
    "  { name = \"late\"; at = \"P1D\"; to = [ \"support_worker\", \"social_worker\" ];"
    "    cc = [ \"unit_manager\" ]; } ); },"
    "{ name = \"remark\"; title = \"Anmärkning\"; subject = \"case\"; starts = [ "
    "\"remark.received\" ];"
    "  per_key = true; due = \"P3D\"; done = [ \"remark.handled\" ]; steps = ("
    "  { name = \"now\"; after = \"P0D\"; time = \"now\"; urgent = true; to = [ \"social_worker\" "
    "]; },"
    "  { name = \"hour\"; at = \"P0D\"; time = \"14:00\"; urgent = true; to = [ \"social_worker\" "
    "]; } ); },"
    "{ name = \"debt\"; title = \"Skuld\"; subject = \"case\"; starts = [ \"debt.reported\" ];"
    "  while = \"rent_known_through >= anchor\"; done = [ \"debt.handled\" ]; steps = ("
    "  { name = \"tell\"; at = \"P0D\"; to = [ \"social_worker\" ]; } ); },"
    "{ name = \"year\"; title = \"Möte\"; subject = \"programme\"; starts = [ "
    "\"programme.started\" ];"
    "  due = \"P1M\"; repeat = \"fixed\"; done = [ \"meeting.held\" ]; steps = ("
    "  { name = \"today\"; at = \"P0D\"; to = [ \"unit_manager\" ]; } ); },"
    "{ name = \"intake\"; title = \"Intag\"; subject = \"programme\";"
    "  starts = [ \"programme.started\", \"stage.entered\" ]; due = \"P20D\"; steps = ("
    "  { name = \"today\"; at = \"P0D\"; to = [ \"area_manager\" ]; } ); },"
    "{ name = \"moved\"; title = \"Flytt\"; subject = \"programme\";"
    "  starts = [ \"case.transferred\" ]; due = \"P7D\"; steps = ("
    "  { name = \"today\"; at = \"P0D\"; to = [ \"unit_manager\" ]; } ); },"
    "{ name = \"quiet\"; title = \"Tyst\"; subject = \"case\"; starts = [ \"visit.made\" ];"
    "  while = \"visits_7d = 0\"; steps = ("
    "  { name = \"tell\"; at = \"P0D\"; to = [ \"social_worker\" ]; } ); },"
    "{ name = \"oversight\"; title = \"Försenat\"; subject = \"programme\"; weekly = [ \"mon\" ];"
    "  if = \"overdue_deadlines > 0\"; steps = ("
    "  { name = \"list\"; at = \"P0D\"; to = [ \"unit_manager\" ]; } ); }"
    ");";

struct desk {
	struct chain *chain;
	struct calendar *calendar;
	struct ruleset *ruleset;
	struct problems problems;
};

/* Christmas Eve to New Year the office is closed. */
static struct desk desk_open(void)
{
	struct desk desk = { .chain = story_chain(),
			     .calendar = story_calendar(
				 "{ from = \"2026-12-24\"; to = \"2026-12-31\"; }") };
	struct source source = { "own.conf", rules, sizeof(rules) - 1 };
	desk.ruleset = story_load(&source, 1, desk.chain, desk.calendar);
	return desk;
}

static void desk_close(struct desk *desk)
{
	problems_clear(&desk->problems);
	ruleset_free(desk->ruleset);
	calendar_free(desk->calendar);
	chain_free(desk->chain);
}

static struct ruletest *load(struct desk *desk, const char *text)
{
	struct source source = { "own.test.conf", text, strlen(text) };
	return ruletest_load(&source, 1, desk->ruleset, &desk->problems);
}

/* One test with these events and expectations: its timeline, or "" where it passes. */
static char *outcome(struct desk *desk, const char *keys)
{
	char *text = xasprintf(
	    "subject = \"K-1\"; programme = \"ost\";\n"
	    "short = { move = \"stage.entered mode=move\"; stage = \"stage=trial_flat\"; };\n"
	    "tests = ( { name = \"t\"; %s } );",
	    keys);
	struct ruletest *tests = load(desk, text);
	struct ruletest_result result;
	if (tests == NULL) {
		char *said = problem_format(&desk->problems.list[0]);
		fail_msg("%s\n%s", said, text);
	}
	assert_int_equal(ruletest_count(tests), 1);
	ruletest_run(tests, 0, &result);
	assert_string_equal(result.file, "own.test.conf");
	assert_int_equal(result.line, 3);
	assert_string_equal(result.name, "t");
	assert_int_equal(result.passed, result.timeline == NULL);
	char *timeline = xstrdup(result.passed ? "" : result.timeline);
	ruletest_result_clear(&result);
	ruletest_free(tests);
	free(text);
	return timeline;
}

static void passes(struct desk *desk, const char *keys)
{
	char *timeline = outcome(desk, keys);
	if (timeline[0] != '\0')
		fail_msg("%s\n%s", keys, timeline);
	free(timeline);
}

/* It fails, and each of the lines stands in its timeline. */
static void fails(struct desk *desk, const char *keys, const char *const *lines)
{
	char *timeline = outcome(desk, keys);
	if (timeline[0] == '\0')
		fail_msg("this passes: %s", keys);
	for (; *lines != NULL; lines++)
		if (strstr(timeline, *lines) == NULL)
			fail_msg("no line \"%s\" in\n%s", *lines, timeline);
	free(timeline);
}

#define FAILS(desk, keys, ...) fails(desk, keys, (const char *const[]){ __VA_ARGS__, NULL })
#define VISIT                                                                                      \
	"rule = \"visit\"; until = \"2026-12-31\";"                                                \
	" events = ( \"2026-11-02 case.opened\", \"2026-11-11 visit.made\" );"
#define SOON "\"2026-11-16 soon to support_worker\""
#define LATE "\"2026-11-19 late to support_worker, social_worker cc unit_manager\""

static void what_comes_as_expected_passes(void **state)
{
	(void)state;
	struct desk desk = desk_open();
	passes(&desk, VISIT "expect = ( " SOON ", " LATE " );");
	passes(
	    &desk, VISIT
	    "expect = ( \"2026-11-16 soon to support_worker due 2026-11-18 missed 0\","
	    "\"2026-11-19T08:00 visit late cc unit_manager to social_worker support_worker\" );");
	passes(&desk,
	       "events = ( \"2026-11-02 case.opened\" ); until = \"2026-12-31\"; expect = ( );");
	desk_close(&desk);
}

static void each_difference_fails(void **state)
{
	(void)state;
	static const struct {
		const char *expect, *missing, *unexpected;
	} all[] = {
		{ LATE, NULL,
		  "+ Mon 2026-11-16        unexpected  soon to support_worker due 2026-11-18" },
		{ SOON ", " SOON ", " LATE,
		  "- Mon 2026-11-16        missing     soon to support_worker\n", NULL },
		{ "\"2026-11-17 soon to support_worker\", " LATE,
		  "- Tue 2026-11-17        missing     soon",
		  "+ Mon 2026-11-16        unexpected  soon" },
		{ "\"2026-11-16T09:00 soon to support_worker\", " LATE,
		  "- Mon 2026-11-16 09:00  missing     soon", "unexpected  soon" },
		{ "\"2026-11-16 soon to social_worker\", " LATE,
		  "missing     soon to social_worker", "unexpected  soon to support_worker" },
		{ "\"2026-11-16 soon cc support_worker\", " LATE,
		  "missing     soon cc support_worker", "unexpected  soon to support_worker" },
		{ "\"2026-11-16 soon to support_worker, social_worker\", " LATE, "missing     soon",
		  "unexpected  soon" },
		{ "\"2026-11-16 soon to support_worker, support_worker\", " LATE,
		  "missing     soon", "unexpected  soon" },
		{ "\"2026-11-16 late to support_worker\", " LATE, "missing     late",
		  "unexpected  soon" },
		{ "\"2026-11-16 soon to support_worker due 2026-11-19\", " LATE,
		  "missing     soon to support_worker due 2026-11-19", "unexpected  soon" },
		{ "\"2026-11-16 soon to support_worker missed 1\", " LATE,
		  "missing     soon to support_worker missed 1", "unexpected  soon" },
		{ "\"2026-11-16 soon[k] to support_worker\", " LATE, "missing     soon[k]",
		  "unexpected  soon to" },
		{ "\"2026-11-16 K-2 soon to support_worker\", " LATE, "missing     K-2 soon",
		  "unexpected  soon to" },
	};
	struct desk desk = desk_open();
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		char *keys = xasprintf(VISIT "expect = ( %s );", all[i].expect);
		FAILS(&desk, keys, all[i].missing == NULL ? "+" : all[i].missing,
		      all[i].unexpected == NULL ? "-" : all[i].unexpected);
		free(keys);
	}
	desk_close(&desk);
}

#define ROLES 80

/* A chain with many more roles than the one that ships, of which a rule tells them all. */
static struct desk desk_of_many_roles(void)
{
	struct desk desk = { .calendar = story_calendar(NULL) };
	char *shipped = shipped_text("conf/chain.conf"), *roles = xstrdup(""), *to = xstrdup("");
	const char *place = strstr(shipped, "roles = (") + strlen("roles = (");
	for (int i = 0; i < ROLES; i++) {
		char *more =
		    xasprintf("%s { name = \"r%d\"; title = \"t\"; on_case = true; },", roles, i);
		char *further = xasprintf("%s%s\"r%d\"", to, i == 0 ? "" : ", ", i);
		free(roles);
		free(to);
		roles = more;
		to = further;
	}
	char *text = xasprintf("%.*s%s%s", (int)(place - shipped), shipped, roles, place);
	desk.chain = chain_parse(text, "chain.conf", &desk.problems);
	assert_non_null(desk.chain);
	char *rule = xasprintf("rules = ( { name = \"all\"; title = \"t\"; subject = \"case\";"
			       " starts = [ \"visit.made\" ]; steps = ( { name = \"soon\";"
			       " at = \"P0D\"; to = [ %s ]; } ); } );",
			       to);
	struct source source = { "own.conf", rule, strlen(rule) };
	desk.ruleset = story_load(&source, 1, desk.chain, desk.calendar);
	free(rule);
	free(text);
	free(roles);
	free(to);
	free(shipped);
	return desk;
}

/* The last of many roles counts as the first one does. */
static void every_role_is_compared(void **state)
{
	(void)state;
	struct desk desk = desk_of_many_roles();
	for (int count = ROLES - 1; count <= ROLES; count++) {
		char *to = xstrdup("");
		for (int i = 0; i < count; i++) {
			char *further = xasprintf("%s%sr%d", to, i == 0 ? "" : ", ", i);
			free(to);
			to = further;
		}
		char *keys = xasprintf("rule = \"all\"; until = \"2026-12-31\"; events = ("
				       " \"2026-11-11 case.opened\", \"2026-11-11 visit.made\" );"
				       " expect = ( \"2026-11-11 soon to %s\" );",
				       to);
		if (count == ROLES)
			passes(&desk, keys);
		else
			FAILS(&desk, keys, "missing     soon", "unexpected  soon");
		free(keys);
		free(to);
	}
	desk_close(&desk);
}

/* Of many deadlines some are told, and how many there are besides. */
static void deadlines_left_out_are_counted(void **state)
{
	(void)state;
	struct desk desk = desk_open();
	char *events = xstrdup("\"2026-11-02 case.opened\"");
	for (int i = 0; i < 15; i++) {
		char *more =
		    xasprintf("%s, \"2026-11-12T09:30 remark.received[r%02d]\"", events, i);
		free(events);
		events = more;
	}
	char *keys = xasprintf("rule = \"remark\"; until = \"2026-12-31\"; events = ( %s );"
			       " expect = ( \"2026-11-12 now to social_worker\" );",
			       events);
	FAILS(&desk, keys, "    remark[r11] from", "    and 3 more\n");
	free(keys);
	free(events);
	desk_close(&desk);
}

/* Who is not told because somebody has put it off is named, and must be. */
static void what_is_put_off_is_held(void **state)
{
	(void)state;
	static const char putting_off[] =
	    "rule = \"visit\"; until = \"2026-12-31\";"
	    " events = ( \"2026-11-02 case.opened\", \"2026-11-11 visit.made\","
	    " \"2026-11-17 deadline.snoozed rule=visit until=2026-11-20 role=support_worker"
	    " reason=r\" ); expect = ( \"2026-11-16 soon to support_worker\", ";
	static const char back[] = "\"2026-11-20 late to support_worker, social_worker\"";
	static const char held[] =
	    "\"2026-11-19 late held social_worker, support_worker cc unit_manager\"";
	struct desk desk = desk_open();
	char *right = xasprintf("%s%s, %s );", putting_off, held, back);
	passes(&desk, right);
	char *wrong = xasprintf("%s\"2026-11-19 late cc unit_manager held support_worker\", %s );",
				putting_off, back);
	FAILS(&desk, wrong, "missing     late cc unit_manager held support_worker",
	      "unexpected  late cc unit_manager held support_worker, social_worker");
	free(right);
	free(wrong);
	desk_close(&desk);
}

static void a_timeline_is_read_from_top_to_bottom(void **state)
{
	(void)state;
	struct desk desk = desk_open();
	char *timeline =
	    outcome(&desk, "rule = [ \"visit\", \"remark\" ]; until = \"2026-12-31\"; events = ("
			   " \"2026-11-02 case.opened\", \"2026-11-11 visit.made\","
			   " \"2026-11-12T09:30 remark.received[r]\", \"2026-11-18 visit.missed\","
			   " \"2026-11-14 remark.handled recorded=2026-11-18T10:00\" );"
			   "expect = ( \"2026-11-12T09:30 remark now[r] to social_worker\","
			   " \"2026-11-16 remark hour[r] to social_worker\","
			   " \"2026-11-17 visit soon to support_worker\" );");
	assert_string_equal(
	    timeline,
	    "    Mon 2026-11-02        happened    case.opened\n"
	    "    Wed 2026-11-11        happened    visit.made\n"
	    "    Thu 2026-11-12 09:30  happened    remark.received[r]\n"
	    "    Thu 2026-11-12 09:30  sent        remark now[r] to social_worker due 2026-11-15\n"
	    "  + Fri 2026-11-13        unexpected  remark hour[r] to social_worker due 2026-11-15\n"
	    "    Sat 2026-11-14        happened    remark.handled recorded=2026-11-18T10:00\n"
	    "  - Mon 2026-11-16        missing     remark hour[r] to social_worker\n"
	    "  + Mon 2026-11-16        unexpected  visit soon to support_worker due 2026-11-18\n"
	    "  - Tue 2026-11-17        missing     visit soon to support_worker\n"
	    "    Wed 2026-11-18        happened    visit.missed\n"
	    "  deadlines of K-1 at the end:\n"
	    "    visit from 2026-11-11, due 2026-11-18: done on 2026-11-18\n"
	    "    remark[r] from 2026-11-12, due 2026-11-15: done on 2026-11-14\n");
	free(timeline);
	desk_close(&desk);
}

static void the_walk_goes_as_the_daemon_goes(void **state)
{
	(void)state;
	struct desk desk = desk_open();
	/* at the hour that the rule names, or when it becomes known and the office is open */
	passes(&desk,
	       "rule = \"remark\"; until = \"2026-12-31\"; events = (\"2026-11-02 case.opened\","
	       " \"2026-11-10T09:30 remark.received[a]\", \"2026-11-13T17:00 remark.received[b]\","
	       " \"2026-11-16 remark.handled[b]\" ); expect = ("
	       " \"2026-11-10T09:30 now[a] to social_worker due 2026-11-13\","
	       " \"2026-11-13T14:00 hour[a] to social_worker\" );");
	passes(&desk,
	       "rule = \"remark\"; until = \"2027-01-31\"; events = (\"2026-11-02 case.opened\","
	       " \"2026-12-23T20:00 remark.received[a]\" ); expect = ("
	       " \"2027-01-04 hour[a] to social_worker due 2026-12-26\" );");
	/* both are behind us: the further one is sent, to all that it names */
	passes(&desk,
	       "rule = \"visit\"; until = \"2026-12-23\"; events = (\"2026-11-02 case.opened\","
	       " \"2026-11-11 visit.made recorded=2026-12-01T10:00\" ); expect = ("
	       " \"2026-12-02 late to support_worker, social_worker cc unit_manager\" );");
	/* known late: what was sent stays sent, and is not sent again */
	passes(&desk,
	       "rule = \"visit\"; until = \"2026-12-23\"; events = (\"2026-11-02 case.opened\","
	       " \"2026-11-11 visit.made\", \"2026-11-10 case.paused recorded=2026-11-17\" );"
	       " expect = ( " SOON ", " LATE " );");
	/* a deadline that sleeps wakes by itself */
	passes(&desk,
	       "rule = \"quiet\"; until = \"2026-12-23\"; events = (\"2026-11-02 case.opened\","
	       " \"2026-11-11 visit.made\", \"2026-11-25 visit.made\" ); expect = ("
	       " \"2026-11-18 tell to social_worker due 2026-11-11\","
	       " \"2026-12-02 tell to social_worker due 2026-11-25\" );");
	/* a test is over at its hour */
	passes(
	    &desk,
	    "rule = \"visit\"; until = \"2026-11-16T07:59\";"
	    " events = ( \"2026-11-02 case.opened\", \"2026-11-11 visit.made\" ); expect = ( );");
	desk_close(&desk);
}

static void events_are_taken_back(void **state)
{
	(void)state;
	struct desk desk = desk_open();
	passes(&desk,
	       "rule = \"visit\"; until = \"2026-12-23\"; events = (\"2026-11-02 case.opened\","
	       " \"2026-11-11 visit.made\", \"2026-11-17 event.voided event=2 reason='fel'\" );"
	       " expect = ( " SOON " );");
	passes(&desk,
	       "rule = \"visit\"; until = \"2026-12-23\"; events = (\"2026-11-02 case.opened\","
	       " \"2026-11-11 visit.made\", \"2026-11-17 event.voided event=9 reason=x\" );"
	       " expect = ( " SOON ", " LATE " );");
	/* what the programme had seen of it, too */
	passes(&desk, "rule = \"intake\"; until = \"2026-12-23\"; events = ("
		      "\"2026-11-02 programme.started title=Ost\", \"2026-11-02 case.opened\","
		      " \"2026-11-10 move stage\", \"2026-11-12 event.voided event=3 reason=x\" );"
		      " expect = ( \"2026-11-20 today to area_manager due 2026-11-22\" );");
	/* and what its cases had seen of the programme */
	passes(&desk,
	       "rule = \"debt\"; until = \"2026-12-23\"; events = (\"2026-11-02 case.opened\","
	       " \"2026-11-10T10:00 debt.reported debt=rent\","
	       " \"2026-11-12 payments.imported format=csv file=a covers_through=2026-11-12 "
	       "payments=0 sum=0\","
	       " \"2026-11-12T07:00 ost event.voided event=3 reason=x\" ); expect = ( );");
	desk_close(&desk);
}

static void programmes_and_their_cases_see_each_other(void **state)
{
	(void)state;
	struct desk desk = desk_open();
	/* a placement starts the programme's clock anew; one in another programme does not */
	passes(&desk, "rule = \"intake\"; until = \"2026-12-23\"; events = ("
		      "\"2026-11-02 programme.started title=Ost\","
		      " \"2026-11-02 vast programme.started title=Väst\","
		      " \"2026-11-02 case.opened\", \"2026-11-02 K-2 case.opened programme=vast\","
		      " \"2026-11-10 move stage\" ); expect = ("
		      " \"2026-11-20 vast today to area_manager due 2026-11-22\","
		      " \"2026-11-30 today to area_manager due 2026-11-30\" );");
	/* a case that turns out to be elsewhere is hidden again */
	passes(&desk,
	       "rule = \"intake\"; until = \"2026-12-23\"; events = ("
	       "\"2026-11-02 programme.started title=Ost\","
	       " \"2026-11-02 vast programme.started title=Väst\","
	       " \"2026-11-02 case.opened\", \"2026-11-10 move stage\","
	       " \"2026-11-05 case.transferred programme=vast recorded=2026-11-12\" ); expect = ("
	       " \"2026-11-20 today to area_manager due 2026-11-22\","
	       " \"2026-11-30 vast today to area_manager due 2026-11-30\" );");
	/* a move is seen on both sides */
	passes(&desk,
	       "rule = \"moved\"; until = \"2026-12-23\"; events = ("
	       "\"2026-11-02 programme.started title=Ost\","
	       " \"2026-11-02 vast programme.started title=Väst\","
	       " \"2026-11-02 case.opened\", \"2026-11-10 case.transferred programme=vast\" );"
	       " expect = ( \"2026-11-17 today to unit_manager\","
	       " \"2026-11-17 vast today to unit_manager\" );");
	/* a payment file wakes the cases of its programme, those that came later too */
	passes(
	    &desk,
	    "rule = \"debt\"; until = \"2026-12-23\"; events = (\"2026-11-02 case.opened\","
	    " \"2026-11-02 K-2 case.opened programme=vast\","
	    " \"2026-11-10 debt.reported debt=rent\", \"2026-11-10 K-2 debt.reported debt=rent\","
	    " \"2026-11-12T10:00 payments.imported format=csv file=a covers_through=2026-11-12"
	    " payments=0 sum=0\", \"2026-11-18T10:00 K-2 case.transferred\" ); expect = ("
	    " \"2026-11-13 tell to social_worker\", \"2026-11-19 K-2 tell to social_worker\" );");
	/* occurrences that were missed are in the next one */
	passes(&desk, "rule = \"year\"; until = \"2026-12-23\"; events = ("
		      "\"2026-09-10 programme.started title=Ost\" ); expect = ("
		      " \"2026-10-09 today to unit_manager due 2026-10-10\","
		      " \"2026-11-10 today to unit_manager due 2026-11-10\","
		      " \"2026-12-10 today to unit_manager due 2026-12-10\" );");
	desk_close(&desk);
}

static void a_programme_knows_how_late_its_cases_are(void **state)
{
	(void)state;
	struct desk desk = desk_open();
	passes(&desk,
	       "rule = \"oversight\"; until = \"2026-12-04\"; events = ("
	       "\"2026-10-05 programme.started title=Ost\", \"2026-11-02 case.opened\","
	       " \"2026-11-02 K-2 case.opened programme=vast\", \"2026-11-02 K-2 visit.made\","
	       " \"2026-11-10 visit.made\", \"2026-11-24 visit.missed\" ); expect = ("
	       " \"2026-11-23 list to unit_manager\" );");
	/* one that becomes late in the very hour in which it is asked: its case is planned first,
	 * whoever of the two woke last */
	for (int day = 13; day <= 14; day++) {
		char *keys = xasprintf(
		    "rule = \"oversight\"; until = \"2026-11-20\"; events = ("
		    "\"2026-10-%d programme.started title=Ost\", \"2026-11-02 case.opened\","
		    " \"2026-11-09 visit.made\" ); expect = ( \"2026-11-16 list to unit_manager\" "
		    ");",
		    day);
		passes(&desk, keys);
		free(keys);
	}
	/* written down on a Tuesday, long after it was late: on no Monday before was that known */
	passes(&desk, "rule = \"oversight\"; until = \"2026-12-04\"; events = ("
		      "\"2026-10-05 programme.started title=Ost\", \"2026-11-02 case.opened\","
		      " \"2026-11-03 visit.made recorded=2026-11-24\" ); expect = ("
		      " \"2026-11-30 list to unit_manager\" );");
	/* what is done and written down late was late until then; the programme folds anew */
	passes(&desk, "rule = \"oversight\"; until = \"2026-12-04\"; events = ("
		      "\"2026-10-05 programme.started title=Ost\", \"2026-11-02 case.opened\","
		      " \"2026-11-03 visit.made\", \"2026-11-09 visit.missed recorded=2026-11-24\","
		      " \"2026-11-26 case.transferred programme=vast recorded=2026-11-30T12:00\" );"
		      " expect = ( \"2026-11-16 list to unit_manager\","
		      " \"2026-11-23 list to unit_manager\" );");
	/* a case that moves on: its Mondays stay with the programme that it was in */
	passes(&desk, "rule = \"oversight\"; until = \"2026-12-04\"; events = ("
		      "\"2026-10-05 programme.started title=Ost\", \"2026-11-02 case.opened\","
		      " \"2026-11-03 visit.made\", \"2026-11-17 case.transferred programme=vast\","
		      " \"2026-11-06 meeting.held[reference] recorded=2026-11-25\" );"
		      " expect = ( \"2026-11-16 list to unit_manager\" );");
	desk_close(&desk);
}

static void words_stand_for_what_the_file_says(void **state)
{
	(void)state;
	struct desk desk = desk_open();
	/* what the line itself says goes before; where it says it matters not */
	passes(&desk,
	       "rule = \"intake\"; until = \"2026-12-23\"; events = ("
	       "\"2026-11-02 programme.started title='Ost och Väst'\", \"2026-11-02 case.opened\","
	       " \"2026-11-10 stage=training_flat move stage mode=convert\" ); expect = ("
	       " \"2026-11-30 today to area_manager\" );");
	/* a reminder of one rule is not that of another with a step of the same name */
	FAILS(&desk,
	      "rule = [ \"intake\", \"moved\" ]; until = \"2026-11-25\"; events = ("
	      " \"2026-11-02 programme.started title=Ost\" ); expect = ("
	      " \"2026-11-20 moved today to area_manager\" );",
	      "missing     moved today", "unexpected  intake today");
	desk_close(&desk);
}

static void mistakes_are_told_with_their_line(void **state)
{
	(void)state;
	static const struct {
		const char *text, *said;
	} all[] = {
		{ "tests = ( { name = \"a\" } );", "own.test.conf:2: \"until\" is missing" },
		{ "tests = ( { name = \"a\"; untl = \"2026-12-31\"; } );",
		  "own.test.conf:2: unknown key \"untl\": did you mean \"until\"?" },
		{ "test = ( );", "own.test.conf:2: unknown key \"test\": did you mean \"tests\"?" },
		{ "tests = ( { rule = \"visits\"; } );",
		  "there is no rule \"visits\": did you mean \"visit\"?" },
		{ "tests = ( { rule = \"hyra\"; } );", "there is no rule \"hyra\": see the files" },
		{ "tests = ( { subject = \"K 1\"; } );", "subject: has \" \" in it" },
		{ "short = { a = 1; };", "\"a\" has the wrong form: it must be a text" },
		{ "tests = ( { name = \"a\"; }, { name = \"a\"; } );",
		  "there is a test \"a\" already, at line 2" },
		{ "tests = ( { events = ( ); } );", "nothing happens in this test" },
		{ "tests = ( { events = ( \"idag case.opened\" ); } );", "\"idag\" is not a date" },
		{ "tests = ( { events = ( \"\" ); } );", "a line begins with its date" },
		{ "tests = ( { events = ( \"2026-11-02\" ); } );", "an event is a date" },
		{ "tests = ( { events = ( \"2026-11-02 K-1 visit made\" ); } );",
		  "an event is a date" },
		{ "tests = ( { events = ( \"2026-11-02 visit.mad\" ); } );",
		  "kind: unknown kind \"visit.mad\": did you mean \"visit.made\"?" },
		{ "tests = ( { subject = \"K-1\"; events = ( \"2026-11-02 rent.settled[2026-11]\" "
		  "); } );",
		  "follows from other events" },
		{ "tests = ( { events = ( \"2026-11-02 visit.made\" ); } );",
		  "subject: is missing" },
		{ "tests = ( { subject = \"K-1\"; events = ( \"2026-11-02 case.opened\" ); } );",
		  "programme: is missing" },
		{ "tests = ( { subject = \"K-1\"; events = ( \"2026-11-02 remark.received[a\" ); } "
		  ");",
		  "a key stands in brackets right behind" },
		{ "tests = ( { subject = \"K-1\"; events = ( \"2026-11-02 visit.made[a]\" ); } );",
		  "key: visit.made has no key" },
		{ "tests = ( { subject = \"K-1\"; events = ( \"2026-11-02 visit.made reason='ett\" "
		  "); } );",
		  "a quotation mark ' is open to the end" },
		{ "tests = ( { subject = \"K-1\"; events = ( \"2026-11-02 visit.made a=1\" ); } );",
		  "own.test.conf:2: a: " },
		{ "tests = ( { subject = \"K-1\"; events = ( \"2026-11-02 visit.made recorded=x\" "
		  "); } );",
		  "recorded: \"x\" is not a date" },
		{ "tests = ( { subject = \"K-1\"; events = ( \"2026-11-02 visit.made "
		  "recorded=2026-11-01\" ); } );",
		  "at: \"2026-11-02\" lies ahead" },
		{ "tests = ( { subject = \"K-1\"; events = ( \"2026-11-02 deadline.snoozed "
		  "rule=visit until=2026-12-01 reason=r\" ); } );",
		  "role: is missing: as which somebody says so" },
		{ "tests = ( { until = \"2026-02-30\"; } );",
		  "until: \"2026-02-30\" is not a date" },
		{ "tests = ( { subject = \"K-1\"; until = \"2026-11-01\"; events = ( \"2026-11-02 "
		  "visit.made\" ); } );",
		  "until: \"visit.made\" comes after 2026-11-01" },
		{ "tests = ( { subject = \"K-1\"; until = \"2047-11-01\"; events = ( \"2026-11-02 "
		  "visit.made\" ); } );",
		  "a test lasts for at most 20 years" },
		{ "tests = ( { rule = \"visit\"; expect = ( \"2026-11-02\" ); } );",
		  "a reminder is a date, the name of a step" },
		{ "tests = ( { rule = \"visit\"; subject = \"K-1\"; expect = ( \"2026-11-02 soon\" "
		  "); } );",
		  "whom does it go to?" },
		{ "tests = ( { rule = \"visit\"; expect = ( \"2026-11-02 soon to support_worker\" "
		  "); } );",
		  "about whom? Give the test a case" },
		{ "tests = ( { rule = \"visit\"; expect = ( \"2026-11-02 son to support_worker\" "
		  "); } );",
		  "\"visit\" has no step \"son\": did you mean \"soon\"?" },
		{ "tests = ( { rule = \"visit\"; expect = ( \"2026-11-02 soon to suport_worker\" "
		  "); } );",
		  "there is no role \"suport_worker\": did you mean \"support_worker\"?" },
		{ "tests = ( { rule = \"visit\"; expect = ( \"2026-11-02 soon to chefen\" ); } );",
		  "there is no role \"chefen\"" },
		{ "tests = ( { expect = ( \"2026-11-02 soon to support_worker\" ); } );",
		  "name the rule before the step" },
		{ "tests = ( { rule = \"visit\"; expect = ( \"2026-11-02 remark now to "
		  "social_worker\" ); } );",
		  "\"remark\" is not among the rules of this test" },
		{ "tests = ( { rule = \"visit\"; expect = ( \"2026-11-02 K-1 vist soon to "
		  "social_worker\" ); } );",
		  "there is no rule \"vist\"" },
		{ "tests = ( { rule = \"visit\"; expect = ( \"2026-11-02 soon to social_worker due "
		  "x\" ); } );",
		  "due: \"x\" is not a date" },
		{ "tests = ( { rule = \"visit\"; expect = ( \"2026-11-02 soon to social_worker "
		  "missed x\" ); } );",
		  "missed: \"x\" is not a number" },
		{ "tests = ( { rule = \"visit\"; subject = \"K-1\"; expect = ("
		  " \"2026-11-03 soon to social_worker\", \"2026-11-02 soon to social_worker\" ); "
		  "} );",
		  "the lines stand by date" },
		{ "tests = ( { rule = \"visit\"; subject = \"K-1\"; until = \"2026-11-01\"; expect "
		  "= ("
		  " \"2026-11-03 soon to social_worker\" ); } );",
		  "this day comes after until" },
	};
	struct desk desk = desk_open();
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		char *text = xasprintf("# a line above\n%s", all[i].text);
		bool said = false;
		assert_null(load(&desk, text));
		for (size_t j = 0; j < desk.problems.count; j++) {
			char *problem = problem_format(&desk.problems.list[j]);
			said = said || (strstr(problem, all[i].said) != NULL &&
					strncmp(problem, "own.test.conf:2: ", 17) == 0);
			free(problem);
		}
		if (!said)
			fail_msg("%s: nobody says \"%s\"", all[i].text, all[i].said);
		problems_clear(&desk.problems);
		free(text);
	}
	desk_close(&desk);
}

static void all_mistakes_are_told_at_once(void **state)
{
	(void)state;
	static const char text[] = "tests = (\n"
				   "  { name = \"a\"; rule = \"vist\"; until = \"igår\";\n"
				   "    events = ( \"2026-11-02 case.opend\",\n"
				   "               \"2026-11-03\" );\n"
				   "    expect = ( \"2026-11-04 soon to nobody\",\n"
				   "               \"heute\" ); }\n"
				   ");\n";
	static const int lines[] = { 2, 2, 3, 3, 4, 6 };
	struct desk desk = desk_open();
	assert_null(load(&desk, text));
	problems_sort(&desk.problems);
	assert_int_equal(desk.problems.count, sizeof(lines) / sizeof(lines[0]));
	for (size_t i = 0; i < desk.problems.count; i++)
		assert_int_equal(desk.problems.list[i].line, lines[i]);
	desk_close(&desk);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_comes_as_expected_passes),
		cmocka_unit_test(each_difference_fails),
		cmocka_unit_test(every_role_is_compared),
		cmocka_unit_test(deadlines_left_out_are_counted),
		cmocka_unit_test(what_is_put_off_is_held),
		cmocka_unit_test(a_timeline_is_read_from_top_to_bottom),
		cmocka_unit_test(the_walk_goes_as_the_daemon_goes),
		cmocka_unit_test(events_are_taken_back),
		cmocka_unit_test(programmes_and_their_cases_see_each_other),
		cmocka_unit_test(a_programme_knows_how_late_its_cases_are),
		cmocka_unit_test(words_stand_for_what_the_file_says),
		cmocka_unit_test(mistakes_are_told_with_their_line),
		cmocka_unit_test(all_mistakes_are_told_at_once),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
