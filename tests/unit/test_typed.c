/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * What is typed, and what is answered: the stories of typed.tab, which says how they are written.
 * Each line goes through the daemon's own method to a file of its own, with three rules; there is
 * no socket, and nothing is mailed. Every story is told twice, answered in Swedish and in English.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "daemon/methods/method.h"
#include "tests/unit/shipped_office.h"
#include "tests/unit/story.h"
#include "tests/unit/tab.h"

#define TABLE "tests/tables/typed.tab"

static const char rules[] =
    "rules = ("
    "{ name = \"assessment\"; title = \"Bedömning\"; title_en = \"Assessment\";"
    "  subject = \"case\"; starts = [ \"case.opened\" ]; due = \"P14D\";"
    "  done = [ \"assessment.done\" ];"
    "  steps = ( { name = \"soon\"; at = \"-P3D\"; to = [ \"social_worker\" ]; } ); },"
    "{ name = \"review\"; title = \"Uppföljning\"; title_en = \"Review\"; subject = \"case\";"
    "  starts = [ \"plan.adopted\" ]; due = \"P3M\"; done = [ \"plan.reviewed\" ];"
    "  steps = ( { name = \"soon\"; at = \"-P7D\"; to = [ \"social_worker\" ]; } ); },"
    "{ name = \"evaluation\"; title = \"Utvärdering\"; title_en = \"Evaluation\";"
    "  subject = \"programme\"; starts = [ \"programme.started\" ]; due = \"P6M\";"
    "  done = [ \"evaluation.done\" ];"
    "  steps = ( { name = \"soon\"; at = \"-P7D\"; to = [ \"unit_manager\" ]; } ); } );";

struct telling_story {
	struct shipped_office office;
	struct kedjad k;
	const char *language; /* "sv", "en" */
	json_t *rows;         /* of a file */
	char *got, *wanted;   /* answers to the line above */
	char *title, *typed;
	int line, failed;
};

/* --- requests -------------------------------------------------------------------------------- */

/* The next word of a line; what stands in quotes holds blanks. */
static char *next_word(char **rest)
{
	bool quoted = false;
	while (**rest == ' ')
		(*rest)++;
	char *word = *rest, *to = *rest, *from = *rest;
	for (; *from != '\0' && (quoted || *from != ' '); from++) {
		if (*from == '"')
			quoted = !quoted;
		else
			*to++ = *from;
	}
	*rest = *from == '\0' ? from : from + 1;
	*to = '\0';
	return *word == '\0' ? NULL : word;
}

/* "SUBJECT KIND[KEY] [force] [at=DAY] [FIELD=VALUE ...]" */
static json_t *event_of(struct telling_story *t, char *text)
{
	json_t *event = json_object(), *data = json_object();
	char *word, *subject = next_word(&text), *kind = next_word(&text);
	if (kind == NULL)
		fail_msg(TABLE ":%d: no kind", t->line);
	json_object_set_new(event, "subject", json_string(subject));
	json_object_set_new(event, "kind", json_string(strsep(&kind, "[")));
	if (kind != NULL)
		json_object_set_new(event, "key", json_string(strsep(&kind, "]")));
	while ((word = next_word(&text)) != NULL) {
		char *name = strsep(&word, "=");
		if (strcmp(name, "force") == 0)
			json_object_set_new(event, "force", json_true());
		else if (word == NULL)
			fail_msg(TABLE ":%d: %s is no FIELD=VALUE", t->line, name);
		else
			json_object_set_new(
			    strcmp(name, "at") == 0 || strcmp(name, "source") == 0 ? event : data,
			    name, json_string(word));
	}
	json_object_set_new(event, "data", data);
	return event;
}

static void settle(struct telling_story *t)
{
	office_begin(&t->office);
	while (planner_work(t->office.world->planner))
		office_end(&t->office);
	office_end(&t->office);
}

/* The answer to a request, as over the socket. */
static json_t *ask(struct telling_story *t, const char *method, json_t *parameters)
{
	json_t *request = json_pack("{s:s, s:i, s:s, s:o}", "jsonrpc", "2.0", "id", 1, "method",
				    method, "params", parameters);
	char *line = json_dumps(request, JSON_COMPACT);
	json_decref(request);
	struct rpc_work *work = rpc_begin(method_table, &t->k, line, strlen(line), "table");
	office_begin(&t->office);
	assert_int_equal(rpc_step(work, t->office.world->core.turn), RPC_OVER);
	office_end(&t->office);
	char *answer = rpc_take_said(work);
	json_t *parsed = json_loads(answer, 0, NULL);
	assert_non_null(parsed);
	free(answer);
	rpc_free(work);
	settle(t);
	return parsed;
}

/* --- answers --------------------------------------------------------------------------------- */

static void got(struct telling_story *t, const char *format, ...) PRINTF_LIKE(2, 3);
static void got(struct telling_story *t, const char *format, ...)
{
	va_list args;
	char line[1024];
	va_start(args, format);
	vsnprintf(line, sizeof(line), format, args);
	va_end(args);
	t->got = arena_printf(t->office.arena, "%s%s\n", t->got, line);
}

static const char *text_of(const json_t *object, const char *name)
{
	const char *text = json_string_value(json_object_get(object, name));
	return text == NULL ? "" : text;
}

/* "no 2: at: ...", of the second row; of a request of one event "no at: ..." */
static void got_problems(struct telling_story *t, const json_t *error)
{
	size_t i;
	json_t *problem;
	json_array_foreach(json_object_get(json_object_get(error, "data"), "problems"), i, problem)
	{
		const json_t *event = json_object_get(problem, "event");
		char place[24] = "";
		if (event != NULL)
			snprintf(place, sizeof(place), "%d: ", (int)json_integer_value(event) + 1);
		got(t, "no %s%s: %s", place, text_of(problem, "field"), text_of(problem, "text"));
	}
}

static void got_notes(struct telling_story *t, const json_t *notes, int place)
{
	size_t i;
	json_t *note;
	json_array_foreach(notes, i, note)
	{
		const json_t *event = json_object_get(note, "event");
		int row = event == NULL ? place : (int)json_integer_value(event) + 1;
		if (row > 0)
			got(t, "note %d: %s", row, text_of(note, "text"));
		else
			got(t, "note %s", text_of(note, "text"));
	}
}

static void got_answer(struct telling_story *t, json_t *answer)
{
	size_t i;
	json_t *row, *result = json_object_get(answer, "result");
	t->got = arena_strdup(t->office.arena, "");
	if (result == NULL)
		got_problems(t, json_object_get(answer, "error"));
	else
		got(t, "yes");
	got_notes(t, json_object_get(result, "notes"), 0);
	json_array_foreach(result, i, row) got_notes(t, json_object_get(row, "notes"), (int)i + 1);
	json_array_foreach(json_object_get(result, "moved"), i, row)
	    got(t, "%s %s", t->language, json_string_value(row));
	json_decref(answer);
}

/* --- stories --------------------------------------------------------------------------------- */

static void judge(struct telling_story *t)
{
	if (t->typed != NULL && strcmp(t->got, t->wanted) != 0) {
		print_message(TABLE ":%d: %s (%s)\n%s\nis answered by\n%sand the table says\n%s",
			      t->line, t->title, t->language, t->typed, t->got, t->wanted);
		t->failed++;
	}
	t->typed = NULL;
	t->wanted = arena_strdup(t->office.arena, "");
}

static void record(struct telling_story *t, char *text)
{
	got_answer(
	    t, ask(t, "event.record",
		   json_pack("{s:o, s:s}", "event", event_of(t, text), "language", t->language)));
}

/* What stands there before anything is typed is taken without a word. */
static void stand(struct telling_story *t, char *text)
{
	record(t, text);
	if (strncmp(t->got, "yes", 3) == 0)
		return;
	print_message(TABLE ":%d: %s: what stands there is refused: %s", t->line, t->title, t->got);
	t->failed++;
}

/* "file [check] [bank] [history="WHY"]": the rows above, as one batch */
static void send_file(struct telling_story *t, char *text)
{
	const char *method = "event.record";
	char *word;
	json_t *parameters = json_pack("{s:o}", "events", json_deep_copy(t->rows));
	json_array_clear(t->rows);
	while ((word = next_word(&text)) != NULL) {
		if (strcmp(word, "check") == 0)
			method = "event.check";
		else if (strcmp(word, "bank") == 0)
			json_object_set_new(parameters, "from_bank", json_true());
		else if (strncmp(word, "history=", 8) == 0)
			json_object_set_new(parameters, "history", json_string(word + 8));
		else
			fail_msg(TABLE ":%d: what is %s?", t->line, word);
	}
	got_answer(t, ask(t, method, parameters));
}

/* An empty file again; numbers of events begin at 1. */
static void forget(struct telling_story *t)
{
	static const char *const tables[] = {
		"DELETE FROM payment",
		"DELETE FROM notice_history",
		"DELETE FROM notice",
		"DELETE FROM firing",
		"DELETE FROM enclosure_subject",
		"DELETE FROM enclosure",
		"DELETE FROM deadline",
		"DELETE FROM overdue",

		"DELETE FROM naming",
		"DELETE FROM void",
		"DELETE FROM sweep",
		"DELETE FROM role",
		"DELETE FROM staff",
		"DELETE FROM absence",
		"DELETE FROM board",
		"DELETE FROM consent",
		"DELETE FROM subject",
		"DELETE FROM event",
	};
	office_begin(&t->office);
	for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++)
		db_run(db_query(t->office.world->core.db, tables[i]));
	office_end(&t->office);
	planner_forget(t->office.world->planner);
	json_array_clear(t->rows);
}

static void take_line(struct telling_story *t, char *text)
{
	char *rest = text + strcspn(text, " ");
	rest += *rest == ' ';
	char *said = arena_strdup(t->office.arena, text);
	bool other = strncmp(text, t->language[0] == 's' ? "> en " : "> sv ", 5) == 0;
	if (strncmp(text, "> ", 2) == 0 && !other)
		t->wanted = arena_printf(t->office.arena, "%s%s\n", t->wanted, rest);
	if (text[0] == '>')
		return;
	judge(t);
	if (text[0] == '=') {
		t->title = arena_strdup(t->office.arena, rest);
		forget(t);
	} else if (strncmp(text, "there ", 6) == 0) {
		stand(t, rest);
	} else if (strncmp(text, "typed ", 6) == 0) {
		record(t, rest);
		t->typed = said;
	} else if (strncmp(text, "row ", 4) == 0) {
		json_array_append_new(t->rows, event_of(t, rest));
	} else if (strncmp(text, "void ", 5) == 0) {
		got_answer(t, ask(t, "event.void",
				  json_pack("{s:i, s:s, s:s}", "event", atoi(rest), "reason",
					    "a slip", "language", t->language)));
		t->typed = said;
	} else if (strncmp(text, "file", 4) == 0) {
		send_file(t, rest);
		t->typed = said;
	} else {
		fail_msg(TABLE ":%d: what is this: %s", t->line, text);
	}
}

static void tell(const char *language)
{
	struct telling_story t = { .language = language };
	struct tab tab;
	struct source source = { "own.conf", rules, strlen(rules) };
	office_open(&t.office, TABLE);
	struct world *world = t.office.world;
	office_begin(&t.office);
	planner_note_rules(world->planner);
	ruleset_free(world->office->ruleset);
	world->office->ruleset =
	    story_load(&source, 1, world->office->chain, world->office->calendar);
	office_end(&t.office);
	office_pass_to(&t.office, "2027-03-09T09:00:00");
	t.k = (struct kedjad){ .core = world->core,
			       .planner = world->planner,
			       .letters = t.office.letters };
	t.rows = json_array();
	t.wanted = arena_strdup(t.office.arena, "");
	for (tab_open(&tab, TABLE, 0); tab_line(&tab);) {
		t.line = tab.line;
		take_line(&t, tab.text);
	}
	judge(&t);
	json_decref(t.rows);
	int failed = t.failed;
	office_close(&t.office);
	assert_int_equal(failed, 0);
}

static void what_is_typed_in_swedish(void **state)
{
	(void)state;
	tell("sv");
}

static void what_is_typed_in_english(void **state)
{
	(void)state;
	tell("en");
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(what_is_typed_in_swedish),
					    cmocka_unit_test(what_is_typed_in_english) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
