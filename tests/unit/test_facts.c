/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Facts: the histories of tests/tables/facts.tab; a comparison with counting anew over random
 * histories; and that no fact changes on a day before the one it was said to change on.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rules/facts/facts.h"
#include "tests/unit/chance.h"
#include "tests/unit/shipped.h"
#include "tests/unit/tab.h"
#include "tests/unit/values.h"

#define OWN_CASE      "K-1"
#define OWN_PROGRAMME "ostermalm"
#define FIELDS        16

static struct calendar *calendar;
static struct chain *chain;

static int set_up(void **state)
{
	struct problems problems = PROBLEMS_NONE;
	(void)state;
	calendar = shipped_calendar();
	char *text = shipped_text("conf/chain.conf");
	chain = chain_parse(text, "chain.conf", &problems);
	free(text);
	return chain == NULL ? -1 : 0;
}

static int tear_down(void **state)
{
	(void)state;
	chain_free(chain);
	calendar_free(calendar);
	return 0;
}

/* An event as the tables write it; it points into the texts it was made of. */
struct story_event {
	struct event event;
	struct value values[FIELDS];
};

static void read_fields(struct story_event *story, char *fields)
{
	for (char *word; (word = strsep(&fields, " ")) != NULL && *word != '\0';) {
		char *name = strsep(&word, "=");
		int place = kind_field(story->event.kind, name);
		if (place < 0 || word == NULL)
			fail_msg("%s has no field \"%s\"", story->event.kind->name, name);
		story->values[place] = value_of(story->event.kind->fields[place].type, word);
	}
}

/* `what` is "kind", "kind[key]", "subject kind" or "subject kind[key]". */
static void read_event(struct story_event *story, const char *day, char *what, char *fields)
{
	memset(story, 0, sizeof(*story));
	char *space = strchr(what, ' ');
	char *kind = space == NULL ? what : space + 1;
	char *key = strchr(kind, '[');
	if (key != NULL) {
		*key++ = '\0';
		key[strlen(key) - 1] = '\0';
	}
	story->event.kind = chain_kind(chain, kind);
	if (story->event.kind == NULL || story->event.kind->field_count > FIELDS)
		fail_msg("unknown kind \"%s\"", kind);
	if (space != NULL)
		*space = '\0';
	story->event.subject = space != NULL ? what : NULL;
	story->event.key = key == NULL ? "" : key;
	story->event.at = (struct moment){ shipped_date(day), -1 };
	story->event.actor = "test";
	story->event.values = story->values;
	read_fields(story, fields);
}

static void write_value(struct value value, char *text, size_t size)
{
	char day[DATE_TEXT_SIZE];
	switch (value.type) {
	case VALUE_NULL:
		snprintf(text, size, "-");
		break;
	case VALUE_NUMBER:
		snprintf(text, size, "%" PRId64, value.number);
		break;
	case VALUE_DATE:
		snprintf(text, size, "%s", date_format((date)value.number, day));
		break;
	case VALUE_FLAG:
		snprintf(text, size, "%s", value.number != 0 ? "true" : "false");
		break;
	case VALUE_TEXT:
		snprintf(text, size, "%s", value.text);
		break;
	}
}

static void look(const struct tab *tab, const struct facts *facts, enum subject_type type)
{
	date today = shipped_date(tab->field[0]);
	char *wanted = tab->field[2];
	for (char *word; (word = strsep(&wanted, " ")) != NULL;) {
		char got[64];
		char *name = strsep(&word, "=");
		int number = facts_find(type, name);
		if (number < 0 || word == NULL)
			fail_msg("%s:%d: there is no fact \"%s\"", tab->path, tab->line, name);
		struct value value = facts_get(facts, number, today);
		if (value.type != VALUE_NULL)
			assert_int_equal(value.type, facts_at(number)->type);
		write_value(value, got, sizeof(got));
		if (strcmp(got, word) != 0)
			fail_msg("%s:%d: %s is %s, the table says %s", tab->path, tab->line, name,
				 got, word);
	}
}

static bool is_same(struct value a, struct value b)
{
	return a.type == b.type && a.number == b.number &&
	       (a.type != VALUE_TEXT || strcmp(a.text, b.text) == 0);
}

/* No fact may change before the day it is said to; and those of a window change on that day. */
static void must_not_change_early(const struct facts *facts, enum subject_type type, date today)
{
	for (int i = 0; facts_at(i) != NULL; i++) {
		const char *name = facts_at(i)->name;
		if (facts_at(i)->subject != type)
			continue;
		date next = facts_next_change(facts, i, today);
		struct value now = facts_get(facts, i, today);
		assert_true(next == DATE_NONE || next > today);
		date until = next == DATE_NONE ? today + 450 : next;
		for (date day = today + 1; day < until; day++)
			if (!is_same(now, facts_get(facts, i, day)))
				fail_msg("%s changes %d days from now, not after %d", name,
					 day - today, until - today);
		bool exact = facts_grows_daily(i) || strncmp(name, "visits", 6) == 0 ||
			     strstr(name, "_6m") != NULL;
		if (exact && next != DATE_NONE && is_same(now, facts_get(facts, i, next)))
			fail_msg("%s does not change %d days from now", name, next - today);
	}
}

struct heard {
	char text[200];
};

static void hear(void *arg, const struct event *event)
{
	struct heard *heard = arg;
	size_t length = strlen(heard->text);
	snprintf(heard->text + length, sizeof(heard->text) - length, "%s%s%s%s%s",
		 length == 0 ? "" : " ", event->kind->name, *event->key == '\0' ? "" : "[",
		 event->key, *event->key == '\0' ? "" : "]");
	struct value paid_on = event_value(event, "paid_on");
	if (paid_on.type == VALUE_DATE) {
		char day[DATE_TEXT_SIZE];
		strcat(strcat(heard->text, " "), date_format((date)paid_on.number, day));
	}
	assert_true(event->kind->is_virtual);
	assert_int_equal(event->id, 0);
	assert_string_equal(event->subject, OWN_CASE);
	assert_string_equal(event->actor, "test");
}

static void must_be_told(const struct tab *tab, struct heard *heard)
{
	if (heard->text[0] != '\0')
		fail_msg("%s:%d: before this line there came %s", tab->path, tab->line,
			 heard->text);
}

static void test_histories(void **state)
{
	struct tab tab;
	struct facts *facts = NULL;
	enum subject_type type = SUBJECT_CASE;
	struct heard heard = { "" };
	(void)state;
	for (tab_open(&tab, "tests/tables/facts.tab", 2); tab_next(&tab);) {
		bool of_case = strcmp(tab.field[0], "case") == 0;
		if (strcmp(tab.field[0], "brings") == 0) {
			TAB_SAME(&tab, heard.text, tab.field[1]);
			heard.text[0] = '\0';
			continue;
		}
		must_be_told(&tab, &heard);
		if (of_case || strcmp(tab.field[0], "programme") == 0) {
			facts_free(facts);
			type = of_case ? SUBJECT_CASE : SUBJECT_PROGRAMME;
			facts = facts_new(chain, calendar, type);
		} else if (strcmp(tab.field[1], "look") == 0) {
			must_not_change_early(facts, type, shipped_date(tab.field[0]));
			look(&tab, facts, type);
		} else {
			struct story_event story;
			read_event(&story, tab.field[0], tab.field[1], tab.field[2]);
			if (story.event.subject == NULL)
				story.event.subject =
				    type == SUBJECT_CASE ? OWN_CASE : OWN_PROGRAMME;
			facts_apply(facts, &story.event, hear, &heard);
			must_not_change_early(facts, type, story.event.at.day);
		}
	}
	must_be_told(&tab, &heard);
	facts_free(facts);
}

/* One event, written as "2026-05-01 subject kind[key] field=value ...". */
static void happen(struct facts *facts, const char *text, facts_virtual *on_virtual, void *arg)
{
	struct story_event story;
	char *copy = xstrdup(text);
	char *day = copy, *what = strchr(copy, ' ');
	*what++ = '\0';
	char *fields = strchr(strchr(what, ' ') + 1, ' ');
	if (fields != NULL)
		*fields++ = '\0';
	read_event(&story, day, what, fields == NULL ? what + strlen(what) : fields);
	facts_apply(facts, &story.event, on_virtual, arg);
	/* the event is not kept: what was said must not point into it */
	memset(copy, 'x', strlen(text));
	free(copy);
}

static void test_people_are_told(void **state)
{
	(void)state;
	struct facts *facts = facts_new(chain, calendar, SUBJECT_CASE);
	assert_false(facts_is_open(facts));
	assert_null(facts_programme(facts));
	assert_null(facts_stage(facts));
	happen(facts, "2026-04-01 ostermalm payments.imported covers_through=2026-04-01", NULL,
	       NULL);
	happen(facts, "2026-05-01 K-1 debt.reported[E] programme=sodermalm", NULL, NULL);
	assert_string_equal(facts_programme(facts), "sodermalm");
	assert_false(facts_is_open(facts));
	happen(facts, "2026-05-02 K-1 case.opened programme=ostermalm", NULL, NULL);
	assert_string_equal(facts_programme(facts), OWN_PROGRAMME);
	assert_true(facts_is_open(facts));
	happen(facts, "2026-05-02 K-1 stage.entered stage=trial_flat", NULL, NULL);
	assert_string_equal(facts_stage(facts), "trial_flat");
	happen(facts, "2026-05-03 K-1 case.paused", NULL, NULL);
	assert_true(facts_is_paused(facts));
	happen(facts, "2026-05-03 K-1 case.closed outcome=x", NULL, NULL);
	assert_false(facts_is_open(facts));
	happen(facts, "2026-05-04 K-1 rent.charged[2026-06] amount=700", NULL, NULL);
	assert_int_equal(ledger_count(facts_ledger(facts)), 1);
	facts_free(facts);
	facts_free(NULL);
}

static void test_programme_is_open(void **state)
{
	(void)state;
	struct facts *facts = facts_new(chain, calendar, SUBJECT_PROGRAMME);
	int overdue = facts_find(SUBJECT_PROGRAMME, "overdue_deadlines");
	happen(facts, "2026-05-01 K-1 case.opened programme=ostermalm", NULL, NULL);
	assert_false(facts_is_open(facts));
	happen(facts, "2026-05-02 ostermalm programme.started title=x", NULL, NULL);
	assert_true(facts_is_open(facts));
	assert_int_equal(facts_get(facts, overdue, 20000).number, 0);
	assert_int_equal(
	    facts_get(facts, facts_find(SUBJECT_PROGRAMME, "open_cases"), 20000).number, 1);
	happen(facts, "2026-05-03 ostermalm programme.ended title=x", NULL, NULL);
	assert_false(facts_is_open(facts));
	assert_null(facts_ledger(facts));
	assert_null(facts_stage(facts));
	/* a fact of a case is nothing that a programme has */
	assert_int_equal(facts_get(facts, facts_find(SUBJECT_CASE, "visits_7d"), 20000).type,
			 VALUE_NULL);
	facts_free(facts);
}

static bool is_first(struct facts *facts, const char *text)
{
	happen(facts, text, NULL, NULL);
	return facts_event_is_first(facts);
}

static void note_first(void *arg, const struct event *event)
{
	struct facts *facts = arg;
	assert_string_equal(event->kind->name, "rent.settled");
	assert_true(facts_event_is_first(facts) == (strcmp(event->key, "2026-06") == 0));
}

static void test_first_of_its_kind(void **state)
{
	(void)state;
	struct facts *facts = facts_new(chain, calendar, SUBJECT_PROGRAMME);
	assert_true(is_first(facts, "2026-05-01 ostermalm programme.started"));
	assert_true(is_first(facts, "2026-05-02 K-1 stage.entered stage=trial_flat"));
	assert_true(is_first(facts, "2026-05-02 K-2 stage.entered stage=trial_flat"));
	assert_false(is_first(facts, "2026-05-03 K-1 stage.entered stage=own_lease"));
	assert_true(is_first(facts, "2026-05-03 K-1 role.assigned role=support_worker staff=a"));
	assert_true(
	    is_first(facts, "2026-05-03 ostermalm role.assigned role=unit_manager staff=a"));
	assert_false(
	    is_first(facts, "2026-05-03 ostermalm role.assigned role=unit_manager staff=b"));
	facts_free(facts);
	facts = facts_new(chain, calendar, SUBJECT_CASE);
	assert_true(is_first(facts, "2026-05-01 K-1 case.opened programme=ostermalm"));
	assert_true(is_first(facts, "2026-05-02 K-1 rent.charged[2026-06] amount=7"));
	assert_false(is_first(facts, "2026-05-02 K-1 rent.charged[2026-07] amount=7"));
	happen(facts, "2026-05-02 K-1 rent.paid amount=14 paid_on=2026-05-02", note_first, facts);
	assert_true(facts_event_is_first(facts));
	assert_false(is_first(facts, "2026-05-02 K-1 rent.paid amount=7 paid_on=2026-05-02"));
	facts_free(facts);
}

static date derived(const char *key, const char *due_on, const char *field)
{
	struct story_event story;
	char what[60], fields[60] = "";
	snprintf(what, sizeof(what), "K-1 rent.charged[%s]", key);
	if (due_on != NULL)
		snprintf(fields, sizeof(fields), "amount=7 due_on=%s", due_on);
	read_event(&story, "2026-10-01", what, fields);
	return facts_derived_date(calendar, &story.event, field);
}

static void test_derived_dates(void **state)
{
	struct story_event story;
	char what[] = "K-1 visit.made", nothing[] = "";
	(void)state;
	assert_int_equal(derived("2027-01", NULL, "due_early"), shipped_date("2026-12-30"));
	assert_int_equal(derived("2027-01", NULL, "due_on"), shipped_date("2026-12-31"));
	assert_int_equal(derived("2027-01", NULL, "due_latest"), shipped_date("2027-01-04"));
	assert_int_equal(derived("2027-01", "2027-01-15", "due_on"), shipped_date("2027-01-15"));
	assert_int_equal(derived("2027-01", NULL, "amount"), DATE_NONE);
	assert_int_equal(derived("deposit", NULL, "due_early"), DATE_NONE);
	assert_int_equal(derived("deposit", "2027-01-15", "due_on"), shipped_date("2027-01-15"));
	read_event(&story, "2026-10-01", what, nothing);
	assert_int_equal(facts_derived_date(calendar, &story.event, "due_on"), DATE_NONE);
}

static void test_table(void **state)
{
	(void)state;
	int count = 0;
	for (; facts_at(count) != NULL; count++) {
		const struct fact *fact = facts_at(count);
		assert_int_equal(facts_find(fact->subject, fact->name), count);
		assert_true(fact->subject == SUBJECT_CASE || fact->subject == SUBJECT_PROGRAMME);
		assert_true(strlen(fact->help) > 0);
		if (fact->codes != NULL)
			assert_non_null(chain_codes(chain, fact->codes));
	}
	assert_int_equal(count, 37);
	assert_null(facts_at(-1));
	assert_int_equal(facts_find(SUBJECT_CASE, "open_cases"), -1);
	assert_int_equal(facts_find(SUBJECT_STAFF, "today"), -1);
	assert_true(facts_grows_daily(facts_find(SUBJECT_CASE, "stage_days")));
	assert_true(facts_grows_daily(facts_find(SUBJECT_PROGRAMME, "today")));
	assert_false(facts_grows_daily(facts_find(SUBJECT_CASE, "arrears")));
	assert_false(facts_grows_daily(-1));
}

static int64_t number_of(const struct facts *facts, enum subject_type type, const char *name,
			 date today)
{
	return facts_get(facts, facts_find(type, name), today).number;
}

static void must_count(const struct facts *facts, const char *name, date today, const date *days,
		       int count, date from)
{
	int64_t wanted = 0;
	for (int i = 0; i < count; i++)
		wanted += days[i] >= from && days[i] <= today;
	int64_t got = number_of(facts, SUBJECT_CASE, name, today);
	if (got != wanted)
		fail_msg("seed %" PRIu64 ": %s is %" PRId64 ", not %" PRId64, chance_seed, name,
			 got, wanted);
}

/* Three years of visits and remarks: windows that forget must say what counting anew says. */
static void test_windows_by_counting(void **state)
{
	enum { EVENTS = 1500 };
	static date visits[EVENTS], remarks[EVENTS];
	int visit_count = 0, remark_count = 0;
	date day = shipped_date("2026-01-01");
	struct facts *facts = facts_new(chain, calendar, SUBJECT_CASE);
	(void)state;
	for (int i = 0; i < EVENTS; i++) {
		char text[60], written[DATE_TEXT_SIZE];
		bool visit = chance_below(3) > 0;
		day += chance_below(50) == 0 ? chance_below(250) : chance_below(3);
		snprintf(text, sizeof(text), "%s K-1 %s", date_format(day, written),
			 visit ? "visit.made" : "remark.received[R]");
		happen(facts, text, NULL, NULL);
		if (visit)
			visits[visit_count++] = day;
		else
			remarks[remark_count++] = day;
		date today = day + (chance_below(2) == 0 ? 0 : chance_below(40));
		must_count(facts, "visits_7d", today, visits, visit_count, today - 6);
		must_count(facts, "visits_28d", today, visits, visit_count, today - 27);
		must_count(facts, "remarks_6m", today, remarks, remark_count,
			   date_add_months(today, -6) + 1);
		if (chance_below(20) == 0)
			must_not_change_early(facts, SUBJECT_CASE, today);
	}
	assert_true(facts_size(facts) < 64 * 1024);
	facts_free(facts);
}

enum { CASES = 60, PAYMENTS = 80 };

/* A programme by its cases and payments, written down plainly. */
struct plain {
	bool open[CASES], closed[CASES], here[CASES], placed[CASES];
	bool waits[PAYMENTS], came[PAYMENTS];
};

static void step(struct plain *plain, struct facts *facts, const char *day)
{
	static const char *const programmes[] = { "ostermalm", "sodermalm" };
	char text[200];
	int which = chance_below(CASES), here = chance_below(2), payment = chance_below(PAYMENTS);
	switch (chance_below(6)) {
	case 0:
		snprintf(text, sizeof(text), "%s K-%d case.opened programme=%s", day, which,
			 programmes[1 - here]);
		if (plain->closed[which] && !plain->open[which])
			plain->placed[which] = false; /* opened again it is in no stage */
		plain->open[which] = true;
		plain->here[which] = here == 1;
		break;
	case 1:
		snprintf(text, sizeof(text), "%s K-%d case.transferred programme=%s", day, which,
			 programmes[1 - here]);
		plain->here[which] = here == 1;
		break;
	case 2:
		snprintf(text, sizeof(text), "%s K-%d case.closed outcome=x", day, which);
		plain->open[which] = false;
		plain->closed[which] = true;
		break;
	case 3:
		snprintf(text, sizeof(text), "%s K-%d stage.entered stage=trial_flat", day, which);
		plain->placed[which] = true;
		break;
	case 4: /* a payment comes once */
		if (plain->came[payment])
			return;
		snprintf(text, sizeof(text),
			 "%s ostermalm payment.unmatched[B-%d] amount=7 paid_on=%s", day, payment,
			 day);
		plain->came[payment] = plain->waits[payment] = true;
		break;
	case 5:
		if (!plain->came[payment])
			return;
		snprintf(text, sizeof(text), "%s ostermalm payment.assigned[B-%d] case=K-1", day,
			 payment);
		plain->waits[payment] = false;
		break;
	}
	happen(facts, text, NULL, NULL);
}

static void test_programme_by_counting(void **state)
{
	(void)state;
	struct plain plain = { 0 };
	struct facts *facts = facts_new(chain, calendar, SUBJECT_PROGRAMME);
	for (int i = 0; i < 2000; i++) {
		char day[DATE_TEXT_SIZE];
		int open = 0, placed = 0, waits = 0;
		date_format(shipped_date("2026-01-01") + i, day);
		if (i == 100)
			happen(facts, "2026-04-11 ostermalm programme.started", NULL, NULL);
		step(&plain, facts, day);
		for (int c = 0; c < CASES; c++) {
			open += plain.open[c] && plain.here[c];
			placed += plain.open[c] && plain.here[c] && plain.placed[c];
		}
		for (int p = 0; p < PAYMENTS; p++)
			waits += plain.waits[p];
		if (i < 100) /* it may have learned its name from a payment by then, or not yet */
			continue;
		assert_int_equal(number_of(facts, SUBJECT_PROGRAMME, "open_cases", 20000), open);
		assert_int_equal(number_of(facts, SUBJECT_PROGRAMME, "cases_in_chain", 20000),
				 placed);
		assert_int_equal(number_of(facts, SUBJECT_PROGRAMME, "unmatched_payments", 20000),
				 waits);
	}
	facts_free(facts);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_histories),
		cmocka_unit_test(test_people_are_told),
		cmocka_unit_test(test_programme_is_open),
		cmocka_unit_test(test_first_of_its_kind),
		cmocka_unit_test(test_derived_dates),
		cmocka_unit_test(test_table),
		cmocka_unit_test(test_windows_by_counting),
		cmocka_unit_test(test_programme_by_counting),
	};
	chance_begin();
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
