/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * I12: whatever is asked, no turn touches more than 500 rows of the file, and no step of a request
 * more than 350 (a turn begins none when 150 are spent). Every method of the table is tried, alone
 * and a hundred times in one line, on four hundred cases of one programme; with KEDJA_LONG on ten
 * thousand. What the planner does meanwhile is bounded by itself (turn.h). What is not bounded yet
 * says why.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "daemon/methods/method.h"
#include "daemon/store/schema.h"
#include "tests/unit/figures.h"

#define ROWS_MOST    500
#define STEP_MOST    350
#define TURNS_MOST   40 /* of a line of many: then it goes on in the same way */
#define TURNS_OF_ONE 5000
#define BATCH        100
#define CASES_A_LIST 40

static struct kedjad k;
static char folder[64], path[96];

/* At least one row for each method. */
static const struct asked {
	const char *method, *parameters;
	const char *unbounded; /* why it is so; NULL: it is not */
} asked[] = {
	{ "status", "{}", NULL },
	{ "status.ack", "{\"alarm\":\"x\"}", NULL },
	{ "event.record", "{\"kind\":\"visit.made\",\"subject\":\"K-00007\",\"at\":\"2026-02-20\"}",
	  NULL },
	{ "event.check", "{\"kind\":\"visit.made\",\"subject\":\"K-00007\",\"at\":\"2026-02-20\"}",
	  NULL },
	{ "event.void", "{\"event\":40,\"reason\":\"r\"}", NULL },
	{ "kind.list", "{}", NULL },
	{ "case.list", "{}", NULL },
	{ "case.show", "{\"case\":\"K-00007\"}", NULL },
	{ "case.show", "{\"case\":\"norr\"}", NULL },
	{ "staff.list", "{}", NULL },
	{ "staff.roles", "{\"staff\":\"anna\"}", NULL },
	{ "deadline.list", "{}", NULL },
	{ "deadline.list", "{\"state\":\"all\",\"after\":\"2026-03-01 d0\"}",
	  "all that ever were are sorted" },
	{ "deadline.list", "{\"overdue\":true}", NULL },
	{ "deadline.list", "{\"subject\":\"K-00007\"}", NULL },
	{ "deadline.list", "{\"until\":\"2027-01-01\",\"for\":\"anna\"}",
	  "each of all is looked at" },
	{ "notice.list", "{}", NULL },
	{ "notice.list", "{\"state\":\"held\"}", NULL },
	{ "notice.release", "{}", NULL },
	{ "notice.discard", "{\"reason\":\"r\"}", NULL },
	{ "why", "{\"case\":\"K-00007\"}", NULL },
	{ "why", "{\"case\":\"norr\"}", "it folds all that was ever said of the programme" },
	{ "outbox.list", "{}", NULL },
	{ "outbox.show", "{\"id\":1}", NULL },
	{ "outbox.retry", "{}", NULL },
	{ "outbox.cancel", "{\"id\":1,\"reason\":\"r\"}", NULL },
	{ "drill", "{}", NULL },
	{ "payment.coverage", "{\"programme\":\"norr\"}", NULL },
	{ "payment.awaited", "{\"programme\":\"norr\"}", NULL },
	{ "payment.unmatched", "{\"programme\":\"norr\"}", NULL },
	{ "payment.known",
	  "{\"programme\":\"norr\",\"payments\":[{\"source\":\"s\",\"like\":\"l-\","
	  "\"paid_on\":\"2026-02-01\",\"amount\":1}]}",
	  NULL },
	{ "rent.open", "{\"programme\":\"norr\"}", NULL },
	{ "rent.leases", "{\"programme\":\"norr\",\"month\":\"2026-02\"}", NULL },
	{ "rules.list", "{}", NULL },
	{ "rules.reload", "{}", NULL },
	{ "rules.revert", "{}", NULL },
	{ "calendar.year", "{\"year\":2026}", NULL },
	{ "clock.show", "{}", NULL },
	{ "clock.set", "{\"time\":\"2026-03-03T12:00\"}", NULL },
	{ "rebuild", "{\"check\":true}", "its last step counts every figure" },
	{ "access.show", "{}", NULL },
	{ "access.explain", "{\"method\":\"status\"}", NULL },
	{ "audit.list", "{}", NULL },
	{ "audit.sample", "{\"count\":10,\"seed\":1}", NULL },
	{ "audit.verify", "{}", NULL },
	{ "help", "{}", NULL },
};

/* --- the office --------------------------------------------------------------------------------
 */

static int64_t add_letter(void *arg, const struct new_message *message)
{
	(void)arg;
	(void)message;
	return 0;
}

static void settle(void)
{
	do {
		while (planner_work(k.planner))
			assert_int_equal(turn_end(k.core.turn), 0);
		assert_int_equal(turn_end(k.core.turn), 0);
	} while (planner_is_behind(k.planner) || planner_has_due(k.planner));
}

static void record(json_t *events)
{
	struct call call = { .actor = "test", .parameters = events, .changes = true };
	assert_non_null(events);
	assert_int_equal(turn_begin(k.core.turn), 0);
	json_t *result = method_event_record(&k, &call);
	if (result == NULL)
		fail_msg("%s", call.problems.count > 0 ? call.problems.list[0].text : "refused");
	json_decref(result);
	json_decref(events);
	settle();
}

static void add(json_t *events, const char *kind, const char *subject, json_t *data)
{
	json_array_append_new(events, json_pack("{s:s, s:s, s:s, s:o}", "kind", kind, "subject",
						subject, "at", "2026-02-02", "data", data));
}

static void record_office(void)
{
	json_t *events = json_array();
	add(events, "staff.joined", "anna",
	    json_pack("{s:s, s:s}", "name", "Anna", "email", "anna@example.org"));
	add(events, "programme.started", "norr", json_pack("{s:s}", "title", "Norr"));
	add(events, "role.assigned", "norr",
	    json_pack("{s:s, s:s}", "role", "social_worker", "staff", "anna"));
	record(events);
}

static void record_cases(int first, int count)
{
	json_t *events = json_array();
	for (int i = first; i < first + count; i++) {
		char name[16];
		snprintf(name, sizeof(name), "K-%05d", i);
		add(events, "case.opened", name, json_pack("{s:s}", "programme", "norr"));
		add(events, "stage.entered", name,
		    json_pack("{s:s, s:s}", "stage", "training_flat", "mode", "move"));
		add(events, "role.assigned", name,
		    json_pack("{s:s, s:s}", "role", "support_worker", "staff", "anna"));
	}
	record(events);
}

static int set_up(void **state)
{
	struct problems problems = PROBLEMS_NONE;
	int count = getenv("KEDJA_LONG") != NULL ? 10000 : 400;
	(void)state;
	snprintf(folder, sizeof(folder), "/tmp/test_bounded.XXXXXX");
	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/kedja.db", folder);
	k.dir = "conf";
	k.core.office = office_load("conf", &problems);
	assert_non_null(k.core.office);
	k.core.db = db_create(path, schema_migrations, schema_count, &problems);
	assert_non_null(k.core.db);
	db_run(db_query(k.core.db, "PRAGMA synchronous = OFF")); /* nobody pulls the plug here */
	k.core.turn = turn_new(k.core.db);
	k.core.clock = clock_new("Europe/Stockholm");
	assert_int_equal(
	    clock_set_virtual(
		k.core.clock,
		clock_from_civil(k.core.clock, civil_at(date_from_ymd(2026, 3, 1), 22 * 3600))),
	    0);
	k.templates =
	    templates_load(k.core.office->settings->templates, k.core.office->ruleset, &problems);
	k.methods = method_table;
	k.audit = audit_new(&k.core);
	k.planner = planner_new(&k.core, kedjad_fire, &k);
	k.letters = letters_new(&k.core, add_letter, NULL, k.templates);
	k.loop = loop_new();
	k.outbox = outbox_new(k.loop, k.core.turn, k.core.db, k.core.clock, k.core.office->settings,
			      "/usr/bin/wc", kedjad_letter_ended, &k);
	assert_non_null(k.outbox);
	record_office();
	for (int i = 0; i < count; i += CASES_A_LIST)
		record_cases(i, CASES_A_LIST);
	return 0;
}

static int tear_down(void **state)
{
	static const char *const ends[] = { "", "-wal", "-shm" };
	(void)state;
	int wrong = figures_wrong(k.core.db);
	kedjad_forget_goals(&k);
	audit_free(k.audit);
	outbox_free(k.outbox);
	letters_free(k.letters);
	loop_free(k.loop);
	planner_free(k.planner);
	turn_free(k.core.turn);
	db_close(k.core.db);
	clock_free(k.core.clock);
	templates_free(k.templates);
	office_free(k.core.office);
	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		char *file = xasprintf("%s%s", path, ends[i]);
		(void)unlink(file);
		free(file);
	}
	return wrong == 0 ? rmdir(folder) : -1;
}

/* --- what a line touches -----------------------------------------------------------------------
 */

struct most {
	int64_t of_step, of_turn;
};

static void work_on(struct rpc_work *work, struct most *most)
{
	while (turn_has_room_to_serve(k.core.turn) && rpc_progress(work) != RPC_OVER &&
	       !rpc_must_wait(work)) {
		int64_t before = turn_rows(k.core.turn);
		(void)rpc_step(work, k.core.turn);
		int64_t rows = turn_rows(k.core.turn) - before;
		most->of_step = rows > most->of_step ? rows : most->of_step;
	}
	int64_t rows = turn_rows(k.core.turn);
	most->of_turn = rows > most->of_turn ? rows : most->of_turn;
}

static struct most serve(char *line, int turns)
{
	struct most most = { 0, 0 };
	static const struct caller root = { "root", 0, NULL, 0 };
	struct rpc_work *work = rpc_begin(method_table, &k, line, strlen(line), "test");
	rpc_guard(work, NULL, &root);
	for (int i = 0; i < turns && rpc_progress(work) != RPC_OVER; i++) {
		assert_int_equal(turn_begin(k.core.turn), 0);
		work_on(work, &most);
		if (turn_has_room(k.core.turn))
			(void)planner_work(k.planner);
		assert_int_equal(turn_end(k.core.turn), 0);
		free(rpc_take_said(work));
	}
	rpc_free(work);
	settle();
	return most;
}

static char *line_of(const struct asked *one, int count)
{
	char *line = xstrdup("[");
	for (int i = 0; i < count; i++) {
		char *longer = xasprintf("%s%s{\"jsonrpc\":\"2.0\",\"id\":%d,\"method\":\"%s\","
					 "\"params\":%s}",
					 line, i == 0 ? "" : ",", i, one->method, one->parameters);
		free(line);
		line = longer;
	}
	char *whole = xasprintf("%s]", line);
	free(line);
	return whole;
}

static bool is_bounded(const struct asked *one, int count)
{
	struct most most = serve(line_of(one, count), count == 1 ? TURNS_OF_ONE : TURNS_MOST);
	if (most.of_step <= STEP_MOST && most.of_turn <= ROWS_MOST)
		return true;
	print_message("%s %s, %d in a line: %lld rows in a step, %lld in a turn%s%s\n", one->method,
		      one->parameters, count, (long long)most.of_step, (long long)most.of_turn,
		      one->unbounded == NULL ? "" : ", as ",
		      one->unbounded == NULL ? "" : one->unbounded);
	return one->unbounded != NULL;
}

static void test_no_turn_touches_more(void **state)
{
	size_t wrong = 0;
	(void)state;
	for (size_t i = 0; i < sizeof(asked) / sizeof(asked[0]); i++) {
		wrong += !is_bounded(&asked[i], 1);
		wrong += !is_bounded(&asked[i], BATCH);
	}
	assert_int_equal(wrong, 0);
}

static void test_every_method_is_tried(void **state)
{
	(void)state;
	for (const struct method *method = method_table; method->name != NULL; method++) {
		bool found = false;
		for (size_t i = 0; i < sizeof(asked) / sizeof(asked[0]); i++)
			found = found || strcmp(asked[i].method, method->name) == 0;
		if (!found)
			fail_msg("%s is not tried here", method->name);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_method_is_tried),
		cmocka_unit_test(test_no_turn_touches_more),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
