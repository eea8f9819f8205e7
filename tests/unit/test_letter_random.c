/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Letters of anything that may come together, with the words that ship: read back by
 * tests/system/letter_shape.py, which knows nothing of how they are made. 2,000 of them with
 * KEDJA_LONG, and the morning after a flood.
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

#include "chance.h"
#include "daemon/conf/office.h"
#include "daemon/letters/letter.h"

#define ITEMS_MOST 400

static struct office *office;
static struct templates *templates;
static struct arena *arena;

static int load(void **state)
{
	(void)state;
	struct problems problems = PROBLEMS_NONE;
	office = office_load_shipped("conf", &problems);
	assert_non_null(office);
	templates = templates_load("conf/templates", office->ruleset, &problems);
	assert_non_null(templates);
	problems_clear(&problems);
	return 0;
}

static int unload(void **state)
{
	(void)state;
	templates_free(templates);
	office_free(office);
	return 0;
}

/* ---- anything ---- */

static const char *const people[] = { "Åsa Öhrn",   "Bo Ek",    "Eva Lind",
				      "Siv Öberg",  "Carl Dal", "Anna-Lena Ask-Berg",
				      "Håkan Holm", "Per Ström" };
#define PEOPLE (sizeof(people) / sizeof(people[0]))

static bool one_in(int n)
{
	return chance_below(n) == 0;
}

static date perhaps(date day)
{
	return one_in(3) ? DATE_NONE : day + chance_below(40) - 10;
}

static const struct letter_rent *any_rent(date today)
{
	struct letter_rent *rent = arena_alloc(arena, sizeof(*rent));
	*rent = (struct letter_rent){ .covers_through = today - 1 - chance_below(3),
				      .bank_day = one_in(5) ? today - 3 : DATE_NONE,
				      .safe_until = perhaps(today),
				      .notice_from = perhaps(today),
				      .recovery_last = perhaps(today),
				      .served_on = perhaps(today),
				      .told_on = perhaps(today),
				      .decision_from = perhaps(today),
				      .none_open = one_in(4),
				      .rent_unknown = one_in(4),
				      .post_unknown = one_in(4),
				      .recovery_over = one_in(3),
				      .excluded = one_in(6),
				      .maybe_excluded = one_in(6) };
	return rent;
}

static const struct letter_lease *any_lease(date today)
{
	struct letter_lease *lease = arena_alloc(arena, sizeof(*lease));
	*lease = (struct letter_lease){ .length = (enum lease_length)chance_below(3),
					.notice_given = one_in(2),
					.day_is_reckoned = one_in(2),
					.ends_on = perhaps(today),
					.month_after = perhaps(today) };
	return lease;
}

static const char *any_others(const char *language, bool roles)
{
	const char *list = NULL;
	for (size_t i = 0; i < PEOPLE; i++) {
		if (!one_in(5))
			continue;
		const struct role *role = chain_role_at(office->chain, i % 7);
		const char *who =
		    roles ? arena_printf(arena, "%s (%s)", people[i], role_title(role, language))
			  : people[i];
		list = list == NULL ? who : arena_printf(arena, "%s, %s", list, who);
	}
	return list;
}

static bool is_monthly(const struct rule *rule)
{
	return rule->per_key && rule->starts_count > 0 &&
	       strncmp(rule->starts[0].kind->name, "rent.", 5) == 0;
}

static const char *any_stand_in(const char *language)
{
	bool swedish = strcmp(language, "sv") == 0;
	const char *who = people[chance_below(PEOPLE)];
	int which = chance_below(12);
	if (which == 0)
		return arena_printf(arena, swedish ? "Du står in för %s." : "You stand in for %s.",
				    who);
	if (which == 1)
		return swedish ? "Brevet till den ansvariga kom tillbaka, därför får du det."
			       : "The letter to the person responsible came back.";
	if (which == 2)
		return arena_printf(arena,
				    swedish ? "Ärendet är avslutat och ingen bosamordnare kan nås, "
					      "därför får du påminnelsen. Du står in för %s."
					    : "The case is closed and nobody can be reached as "
					      "housing coordinator. You stand in for %s.",
				    who);
	return NULL;
}

static struct letter_item any_item(const char *language, date today, const struct rule *rule)
{
	const struct step *step = &rule->steps[chance_below((int)rule->step_count)];
	const struct role *role = step->to_count == 0 ? NULL : step->to[0].role;
	bool is_case = rule->subject == SUBJECT_CASE, next = !one_in(3);
	date due = one_in(5) ? today : today + chance_below(100) - 50;
	struct letter_item item = {
		.subject = is_case     ? arena_printf(arena, "K-%04d", 1 + chance_below(200))
			   : one_in(2) ? "norr"
				       : "syd",
		.is_case = is_case,
		.key =
		    is_monthly(rule) ? arena_printf(arena, "2027-%02d", 1 + chance_below(12)) : "",
		.rule = rule->name,
		.template = step->template,
		.title = rule_title(rule, language),
		.step = step->name,
		.due = due,
		.anchor = one_in(4) ? due : due - chance_below(90),
		.anchor_label =
		    one_in(3) ? "" : kind_label(office->ruleset->rules[0].starts[0].kind, language),
		.missed = one_in(8) ? 1 + chance_below(3) : 0,
		.only_told = rule->done_count == 0,
		.copy = one_in(6),
		.role = role == NULL ? NULL : role->name,
		.other_board = one_in(12),
		.too_late = one_in(12) ? due + 3 : DATE_NONE,
		.why_you = role == NULL ? "" : role_title(role, language),
		.stands_in = any_stand_in(language),
		.responsible = one_in(4) ? NULL : people[chance_below(PEOPLE)],
		.next = next ? today + chance_below(20) : DATE_NONE,
		.next_second = 8 * 3600 + 1800 * chance_below(10),
		.next_to = next && !one_in(3)
			       ? role_title(chain_role_at(office->chain, (size_t)chance_below(7)),
					    language)
			       : NULL,
		.comes_back = one_in(12),
		.rent = any_rent(today),
		.lease = any_lease(today),
		.serious = rule_is_serious(rule),
	};
	item.others = any_others(language, true);
	item.other_names = item.others == NULL ? NULL : any_others(language, false);
	item.others = item.other_names == NULL ? NULL : item.others;
	if (!is_case && strcmp(item.subject, "norr") == 0)
		item.called = "Boendekedjan i norr";
	if (one_in(10)) {
		struct letter_put_off *put_off = arena_alloc(arena, 2 * sizeof(*put_off));
		item.put_off_count = 1 + (size_t)chance_below(2);
		for (size_t i = 0; i < item.put_off_count; i++)
			put_off[i] =
			    (struct letter_put_off){ people[chance_below(PEOPLE)], one_in(2),
						     today + 1 + chance_below(30) };
		item.put_off = put_off;
	}
	return item;
}

/* As pile.h has them: by section, what is serious first, then by day. */
static date sort_today;
static int by_reading(const void *x, const void *y)
{
	const struct letter_item *a = x, *b = y;
	int order =
	    (int)letter_group(a, false, sort_today) - (int)letter_group(b, false, sort_today);
	order = order != 0 ? order : b->serious - a->serious;
	return order != 0 ? order : (a->due > b->due) - (a->due < b->due);
}

/* ---- written down for the reader ---- */

static json_t *names_of(const struct letter *letter)
{
	json_t *names = json_pack("[s, s, s]", "Boendekedjan i norr", "norr", "syd");
	for (size_t i = 0; i < PEOPLE; i++)
		json_array_append_new(names, json_string(people[i]));
	for (size_t i = 0; i < letter->count; i++)
		json_array_append_new(names, json_string(letter->items[i].subject));
	return names;
}

static void write_letter(FILE *out, const struct letter *letter)
{
	struct rendered rendered;
	size_t numbers[ITEMS_MOST];
	char due[DATE_TEXT_SIZE], today[DATE_TEXT_SIZE];
	json_t *items = json_array();
	assert_int_equal(letter_render(templates, letter, &rendered), 0);
	letter_numbers(letter, numbers);
	date_format(letter->today, today);
	for (size_t i = 0; i < letter->count; i++) {
		const struct letter_item *item = &letter->items[i];
		json_array_append_new(
		    items,
		    json_pack("{s:I, s:s, s:s, s:s, s:s, s:s, s:b}", "number",
			      (json_int_t)numbers[i], "subject", item->subject, "called",
			      item->called == NULL ? item->subject : item->called, "template",
			      item->template == NULL ? item->rule : item->template, "due",
			      date_format(item->due, due), "today", today, "minimal",
			      letter->minimal || item->is_protected));
	}
	json_t *line = json_pack("{s:s, s:s, s:s, s:o, s:o}", "language", letter->language, "text",
				 rendered.text, "html", rendered.html, "names", names_of(letter),
				 "items", items);
	json_dumpf(line, out, JSON_COMPACT);
	putc('\n', out);
	json_decref(line);
	letter_clear(&rendered);
}

static void write_any(FILE *out, size_t most, int rules)
{
	static struct letter_item items[ITEMS_MOST];
	const struct ruleset *ruleset = office->ruleset;
	const char *language = one_in(3) ? "en" : "sv";
	int first = chance_below((int)ruleset->count);
	struct letter letter = { .language = language,
				 .name = people[0],
				 .today = date_from_ymd(2027, 1 + chance_below(12), 15),
				 .minimal = one_in(25),
				 .urgent = one_in(5),
				 .report_how = "säg till.",
				 .unit = "Kedja bevakning",
				 .items = items,
				 .count = 1 + (size_t)chance_below((int)most) };
	arena = arena_new();
	for (size_t i = 0; i < letter.count; i++)
		items[i] = any_item(
		    language, letter.today,
		    &ruleset->rules[(size_t)(first + chance_below(rules)) % ruleset->count]);
	sort_today = letter.today;
	if (!letter.urgent)
		qsort(items, letter.count, sizeof(items[0]), by_reading);
	write_letter(out, &letter);
	arena_free(arena);
}

static void each_can_be_read_back(void **state)
{
	(void)state;
	char path[] = "/tmp/kedja-letters-XXXXXX";
	int count = getenv("KEDJA_LONG") == NULL ? 150 : 2000;
	chance_begin();
	int fd = mkstemp(path);
	FILE *out = fd < 0 ? NULL : fdopen(fd, "w");
	assert_non_null(out);
	for (int i = 0; i < count; i++)
		write_any(out, one_in(3) ? 1 : one_in(2) ? 8 : 40, one_in(2) ? 4 : 70);
	for (int i = 0; i < 3; i++) /* the morning after a flood */
		write_any(out, ITEMS_MOST, 3);
	assert_int_equal(fclose(out), 0);
	char *command =
	    xasprintf("/usr/bin/python3 -B tests/system/letter_shape.py letters %s", path);
	int code = system(command);
	free(command);
	unlink(path);
	if (code != 0)
		fail_msg("seed %" PRIu64 ": what stands above", chance_seed);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_can_be_read_back),
	};
	return cmocka_run_group_tests(tests, load, unload);
}
