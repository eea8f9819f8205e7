/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * When a home is at stake: who is told what on which day by the rules, the calendar and the words
 * that ship, from home.tab, which says how its cases are written. Each case has an office and a
 * file of its own; planner, steps, people and letters are the daemon's, with a virtual clock that
 * passes every hour at which something goes off. Only the mail is missing: every letter arrives.
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

#include "daemon/letters/moment.h"
#include "daemon/plan/event_key.h"
#include "daemon/store/notice.h"
#include "tests/unit/world.h"

#define TABLE "tests/tables/home.tab"

struct telling_case {
	struct world *world;
	struct letters *letters;
	struct templates *templates;
	struct arena *arena;
	char *title, *about, *wanted;
	const char *note; /* what the answer to the last record said besides; NULL */
	int line, first_line, count, failed;
	int64_t letter_count, delivered, last_event;
	bool is_open, has_case, is_opened;
	const char *only; /* KEDJA_ONLY: a part of a title; NULL: all */
};

/* --- an office on its virtual clock ----------------------------------------------------------- */

static void fire(void *arg, const char *subject, const char *programme,
		 const struct deadline *deadline, const struct telling *telling,
		 struct arena *arena)
{
	struct telling_case *c = arg;
	due_fire(&c->world->core, subject, programme, deadline, telling, arena);
	letters_wake(c->letters);
}

static int64_t add_letter(void *arg, const struct new_message *message)
{
	struct telling_case *c = arg;
	char *id = arena_printf(c->arena, "letter-%d", (int)++c->letter_count);
	return message_insert(c->world->core.db, message, id, clock_now(c->world->core.clock));
}

static void begin(struct telling_case *c)
{
	assert_int_equal(turn_begin(c->world->core.turn), 0);
}

static void end(struct telling_case *c)
{
	assert_int_equal(turn_end(c->world->core.turn), 0);
}

static void deliver(struct telling_case *c)
{
	int64_t last = world_number(c->world, "SELECT coalesce(max(id), 0) FROM message");
	while (c->delivered < last)
		notice_settle_letter(&c->world->core, ++c->delivered, NOTICE_SENT, "it arrived");
}

/* All that belongs to this moment. */
static void settle(struct telling_case *c)
{
	struct planner *planner = c->world->planner;
	while (!moment_is_over(planner, c->letters, clock_now(c->world->core.clock))) {
		begin(c);
		(void)planner_work(planner);
		if (moment_is_planned(planner)) {
			(void)letters_work(c->letters);
			deliver(c);
		}
		end(c);
	}
}

static void pass_to(struct telling_case *c, const char *time)
{
	civil at;
	struct clock *clock = c->world->core.clock;
	if (civil_parse(time, &at) != 0)
		fail_msg(TABLE ":%d: %s is no time", c->line, time);
	instant goal = clock_from_civil(clock, at);
	if (goal < clock_now(clock))
		fail_msg(TABLE ":%d: %s lies before the line above", c->line, time);
	for (settle(c); clock_now(clock) < goal; settle(c)) {
		instant next = moment_next(c->world->planner, c->letters);
		assert_int_equal(
		    clock_set_virtual(clock, moment_after(clock_now(clock), next, goal)), 0);
	}
}

/* --- what happens ------------------------------------------------------------------------------
 */

static void refuse(const struct telling_case *c, const struct problems *problems)
{
	fail_msg(TABLE ":%d: %s: %s", c->line, problems->list[0].place, problems->list[0].text);
}

static void take_back(struct telling_case *c)
{
	begin(c);
	struct event *voided = store_event_load(&c->world->core, c->last_event, c->arena);
	store_event_void(&c->world->core, c->last_event, c->last_event);
	planner_note_void(c->world->planner, voided);
	letters_note_event(c->letters, voided);
	end(c);
	settle(c);
}

static void settle_key(struct telling_case *c, struct event *event)
{
	const char *problem;
	if (!event_key_settle(&c->world->core, c->world->planner, event, c->arena, &c->note,
			      &problem))
		fail_msg(TABLE ":%d: key: %s", c->line, problem);
}

static void record(struct telling_case *c, const struct raw_event *raw)
{
	const struct core *core = &c->world->core;
	struct problems problems = PROBLEMS_NONE;
	struct event *event = event_check(raw, core->office->chain, clock_now_civil(core->clock),
					  c->arena, &problems);
	if (event == NULL)
		refuse(c, &problems);
	begin(c);
	settle_key(c, event);
	event->id = c->last_event = store_event_add(core, event);
	event->recorded = clock_now_civil(core->clock);
	planner_note_event(c->world->planner, event);
	letters_note_event(c->letters, event);
	end(c);
	settle(c);
}

/* "[SUBJECT] KIND[KEY] [at=DAY] [FIELD=VALUE ...]" */
static void happens(struct telling_case *c, char *what)
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
			fail_msg(TABLE ":%d: \"%s\" is no field=value", c->line, name);
		if (strcmp(name, "at") == 0)
			raw.at = value;
		else
			fields[raw.field_count++] =
			    (struct raw_field){ .name = name, .value = { VALUE_TEXT, 0, value } };
	}
	record(c, &raw);
}

static void happens_first(struct telling_case *c, const char *what)
{
	happens(c, arena_strdup(c->arena, what));
}

/* --- who was told ------------------------------------------------------------------------------
 */

static bool is_about(const struct telling_case *c, const char *rule)
{
	char *list = arena_strdup(c->arena, c->about), *word;
	while ((word = strsep(&list, " ,")) != NULL) {
		size_t length = strlen(word);
		if (length > 0 &&
		    (strcmp(word, rule) == 0 ||
		     (word[length - 1] == '*' && strncmp(word, rule, length - 1) == 0)))
			return true;
	}
	return false;
}

#define TOLD                                                                                       \
	"SELECT at, subject, rule, key, step || iif(repetition > 1, '.' || repetition, ''), due,"  \
	" group_concat(iif(cc, 'copy ', '') || CASE WHEN person = '' THEN 'administrator'"         \
	" ELSE coalesce(person, 'nobody') END, ', ') FROM (SELECT * FROM notice WHERE state IN"    \
	" ('queued', 'held', 'sent') ORDER BY at, rule, key, step, cc, id)"                        \
	" GROUP BY at, rule, subject, key, anchor, occurrence, step, repetition"                   \
	" ORDER BY at, min(id)"

/* "2026-04-10 09:00 forfeiture-tenant[2026-03] start by 2026-05-01: SW, HC, copy UM" */
static char *told(struct telling_case *c)
{
	char time[INSTANT_TEXT_SIZE];
	char *list = arena_strdup(c->arena, "");
	struct query *q = db_query(c->world->core.db, TOLD);
	while (db_next(q)) {
		if (!is_about(c, db_text(q, 2)))
			continue;
		clock_format(c->world->core.clock, db_int(q, 0), time);
		bool other = strcmp(db_text(q, 1), "K-1") != 0, keyed = db_text(q, 3)[0] != '\0';
		list =
		    arena_printf(c->arena, "%s-> %.10s %.5s %s%s%s%s%s%s %s", list, time, time + 11,
				 other ? db_text(q, 1) : "", other ? " " : "", db_text(q, 2),
				 keyed ? "[" : "", db_text(q, 3), keyed ? "]" : "", db_text(q, 4));
		list = arena_printf(c->arena, "%s by %s: %s\n", list, db_text(q, 5), db_text(q, 6));
	}
	db_done(q);
	return list;
}

/* Does a letter that went out say this? Lines are broken where they are too long. */
static bool is_said(struct telling_case *c, const char *words)
{
	bool found = false;
	struct query *q =
	    db_query(c->world->core.db,
		     "SELECT subject || ' ' || replace(body, char(10), ' ') FROM message");
	while (db_next(q)) {
		char *text = arena_strdup(c->arena, db_text(q, 0)), *to = text;
		for (const char *from = text; *from != '\0'; from++)
			if (*from != ' ' || (to > text && to[-1] != ' '))
				*to++ = *from;
		*to = '\0';
		found = found || strstr(text, words) != NULL;
	}
	db_done(q);
	return found;
}

/* KEDJA_LETTERS=1 shows them, to whoever writes a case. */
static void show_letters(struct telling_case *c)
{
	if (getenv("KEDJA_LETTERS") == NULL)
		return;
	struct query *q =
	    db_query(c->world->core.db, "SELECT person, subject, body FROM message ORDER BY id");
	while (db_next(q))
		print_message("---- %s: %s\n%s\n", db_text(q, 0), db_text(q, 1), db_text(q, 2));
	db_done(q);
}

/* What an arrow says has come about before what letters say is looked at. */
static void pass_to_last_arrow(struct telling_case *c)
{
	char last[] = "2026-04-10T10:00:00";
	civil at;
	size_t length = strlen(c->wanted), start = length;
	while (start > 0 && (start == length || c->wanted[start - 1] != '\n'))
		start--;
	if (length == 0)
		return;
	memcpy(last, c->wanted + start + strlen("-> "), strlen("2026-04-10"));
	memcpy(last + strlen("2026-04-10T"), c->wanted + start + strlen("-> 2026-04-10 "),
	       strlen("10:00"));
	if (civil_parse(last, &at) != 0)
		fail_msg(TABLE ":%d: the arrow above has no day and hour", c->line);
	struct clock *clock = c->world->core.clock;
	if (clock_from_civil(clock, at) > clock_now(clock))
		pass_to(c, last);
}

static void judge_words(struct telling_case *c, const char *words, bool wanted)
{
	pass_to_last_arrow(c);
	bool said = is_said(c, words);
	assert_false(db_failed(c->world->core.db));
	if (said == wanted)
		return;
	print_message(TABLE ":%d: %s: %s letter says \"%s\"\n", c->line, c->title,
		      wanted ? "no" : "a", words);
	c->failed++;
}

static void judge_answer(struct telling_case *c, const char *words)
{
	if (c->note != NULL && strstr(c->note, words) != NULL)
		return;
	print_message(TABLE ":%d: %s: the answer was: %s\n", c->line, c->title,
		      c->note == NULL ? "nothing" : c->note);
	c->failed++;
}

/* --- a table -----------------------------------------------------------------------------------
 */

static void open_case(struct telling_case *c)
{
	static const char *const cast[][2] = {
		{ "SW", "social_worker" },       { "SP", "support_worker" },
		{ "HC", "housing_coordinator" }, { "OW", "outreach_worker" },
		{ "UM", "unit_manager" },        { "AM", "area_manager" },
		{ "PO", "planning_officer" }
	};
	happens_first(c, "norr programme.started title=Norr");
	for (size_t i = 0; i < sizeof(cast) / sizeof(cast[0]); i++) {
		happens_first(c,
			      arena_printf(c->arena, "%s staff.joined name=%s email=%s@example.org",
					   cast[i][0], cast[i][0], cast[i][0]));
		happens_first(c, arena_printf(c->arena, "norr role.assigned role=%s staff=%s",
					      cast[i][1], cast[i][0]));
	}
	if (c->has_case)
		happens_first(c, "K-1 case.opened programme=norr");
	c->is_opened = true;
}

static void start_case(struct telling_case *c, const char *title)
{
	void *state = NULL;
	struct problems problems = PROBLEMS_NONE;
	assert_int_equal(world_begin(&state), 0);
	c->world = state;
	c->arena = arena_new();
	c->title = arena_strdup(c->arena, title);
	c->about = c->wanted = arena_strdup(c->arena, "");
	c->note = NULL;
	c->first_line = c->line;
	c->letter_count = c->delivered = c->last_event = 0;
	c->is_open = c->has_case = true;
	c->is_opened = false;
	c->world->office->settings->hold_above = 0;
	c->templates = templates_load("conf/templates", c->world->office->ruleset, &problems);
	assert_non_null(c->templates);
	c->letters = letters_new(&c->world->core, add_letter, c, c->templates);
	c->world->planner = planner_new(&c->world->core, fire, c);
	begin(c);
	assert_int_equal(
	    clock_set_virtual(c->world->core.clock,
			      clock_from_civil(c->world->core.clock,
					       civil_at(world_day("2026-01-05"), 8 * 3600))),
	    0);
	end(c);
	c->count++;
}

static void end_case(struct telling_case *c, const char *until)
{
	pass_to(c, arena_printf(c->arena, "%sT23:59:59", until));
	char *got = told(c);
	assert_false(db_failed(c->world->core.db));
	if (strcmp(got, c->wanted) != 0) {
		print_message(TABLE ":%d: %s\n  was told:\n%s  the table says:\n%s", c->first_line,
			      c->title, got, c->wanted);
		c->failed++;
	}
	show_letters(c);
	letters_free(c->letters);
	templates_free(c->templates);
	arena_free(c->arena);
	void *state = c->world;
	assert_int_equal(world_tear_down(&state), 0);
	c->is_open = false;
}

static void on_a_day(struct telling_case *c, char *text)
{
	char *what = text, *time = strsep(&what, " ");
	if (!c->is_opened)
		open_case(c);
	if (strlen(time) == strlen("2026-04-10"))
		time = arena_printf(c->arena, "%sT09:00:00", time);
	else
		time = arena_printf(c->arena, "%s:00", time);
	pass_to(c, time);
	while (what != NULL && what[0] == ' ')
		what++;
	if (what == NULL || what[0] == '\0')
		return;
	if (strcmp(what, "taken back") == 0)
		take_back(c);
	else
		happens(c, what);
}

static bool begins(const char *text, const char *with, const char **ret_rest)
{
	*ret_rest = text + strlen(with);
	return strncmp(text, with, strlen(with)) == 0;
}

static void read_line(struct telling_case *c, char *text)
{
	const char *rest;
	if (begins(text, "case ", &rest)) {
		if (c->is_open)
			fail_msg(TABLE ":%d: \"until DAY\" ends the case above", c->line);
		if (c->only == NULL || strstr(rest, c->only) != NULL)
			start_case(c, rest);
	} else if (!c->is_open && c->only != NULL) {
		return;
	} else if (!c->is_open) {
		fail_msg(TABLE ":%d: outside of any case", c->line);
	} else if (begins(text, "about ", &rest)) {
		c->about = arena_strdup(c->arena, rest);
	} else if (strcmp(text, "never opened") == 0) {
		c->has_case = false;
	} else if (begins(text, "says ", &rest)) {
		judge_words(c, rest, true);
	} else if (begins(text, "never says ", &rest)) {
		judge_words(c, rest, false);
	} else if (begins(text, "answer ", &rest)) {
		judge_answer(c, rest);
	} else if (begins(text, "-> ", &rest)) {
		c->wanted = arena_printf(c->arena, "%s%s\n", c->wanted, text);
	} else if (begins(text, "until ", &rest)) {
		end_case(c, rest);
	} else if (text[0] == '2') {
		on_a_day(c, text);
	} else {
		fail_msg(TABLE ":%d: \"%s\" is no line of this table", c->line, text);
	}
}

static void test_home(void **state)
{
	(void)state;
	char text[512];
	struct telling_case c = { .only = getenv("KEDJA_ONLY") };
	FILE *file = fopen(TABLE, "r");
	if (file == NULL)
		fail_msg("%s is missing: run the tests from the root of the tree", TABLE);
	while (fgets(text, sizeof(text), file) != NULL) {
		c.line++;
		text[strcspn(text, "\n")] = '\0';
		char *begin = text + strspn(text, " \t");
		if (begin[0] != '#' && begin[0] != '\0')
			read_line(&c, begin);
	}
	fclose(file);
	assert_false(c.is_open);
	assert_true(c.count > 0);
	if (c.failed > 0)
		fail_msg("%d differences in %d cases", c.failed, c.count);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_home) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
