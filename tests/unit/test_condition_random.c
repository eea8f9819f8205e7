/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Conditions made at random, by three judges: SQLite says what each comes to, with the values
 * written out; a walk over the coming days says when it changes; and reading what was written
 * says that both mean the same.
 *
 * KEDJA_CONDITIONS says how many (20,000), KEDJA_SEED which ones; the seed is printed.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rules/language/condition.h"
#include "tests/unit/chance.h"

static bool one_in(int n)
{
	return chance_below(n) == 0;
}

static const char *const codes[] = { "own", "train", "trial", "it's", NULL };

static const struct name {
	const char *name;
	enum value_type type;
	const char *const *codes;
} names[] = {
	{ "today", VALUE_DATE, NULL }, { "days", VALUE_NUMBER, NULL }, { "n1", VALUE_NUMBER, NULL },
	{ "n2", VALUE_NUMBER, NULL },  { "n3", VALUE_NUMBER, NULL },   { "d1", VALUE_DATE, NULL },
	{ "d2", VALUE_DATE, NULL },    { "t1", VALUE_TEXT, NULL },     { "t2", VALUE_TEXT, NULL },
	{ "code", VALUE_TEXT, codes }, { "f1", VALUE_FLAG, NULL },     { "f2", VALUE_FLAG, NULL },
};

enum { TODAY, DAYS, NAME_COUNT = sizeof(names) / sizeof(names[0]) };

#define FIRST_DAY 20000 /* somewhere in 2024 */

struct world {
	struct value values[NAME_COUNT];
	date changes[NAME_COUNT];
	bool large;
};

static int resolve(const void *arg, const char *name, struct name_meaning *ret)
{
	(void)arg;
	for (int i = 0; i < NAME_COUNT; i++) {
		if (strcmp(names[i].name, name) != 0)
			continue;
		*ret = (struct name_meaning){ i, names[i].type, names[i].codes };
		return 0;
	}
	return -1;
}

static const struct condition_names all_names = { resolve, NULL, NULL };

static struct value get_value(const void *arg, int slot)
{
	return ((const struct world *)arg)->values[slot];
}

static date get_change(const void *arg, int slot)
{
	const struct world *world = arg;
	return slot == TODAY ? (date)world->values[TODAY].number + 1 : world->changes[slot];
}

static bool grows_daily(const void *arg, int slot)
{
	(void)arg;
	return slot == DAYS;
}

static struct condition_world world_of(const struct world *world)
{
	return (struct condition_world){ get_value, get_change, TODAY, world, grows_daily };
}

static const char *const words[] = { "", "a", "b", "it's", "own", "å", "2026-05" };

static int64_t chance_number(bool large)
{
	int64_t number = chance_below(41) - 20;
	if (large && one_in(2))
		return INT64_MAX - chance_below(50);
	return large && one_in(2) ? -(INT64_MAX - chance_below(50)) : number;
}

static struct value chance_value(int slot, bool large)
{
	if (slot != TODAY && one_in(6))
		return (struct value){ VALUE_NULL, 0, NULL };
	switch (names[slot].type) {
	case VALUE_NUMBER:
		return (struct value){ VALUE_NUMBER, chance_number(large), NULL };
	case VALUE_DATE:
		return (struct value){ VALUE_DATE, FIRST_DAY + chance_below(61) - 30, NULL };
	case VALUE_FLAG:
		return (struct value){ VALUE_FLAG, chance_below(2), NULL };
	case VALUE_TEXT:
		return (struct value){ VALUE_TEXT, 0,
				       names[slot].codes != NULL ? codes[chance_below(4)]
								 : words[chance_below(7)] };
	case VALUE_NULL:
		break;
	}
	return (struct value){ VALUE_NULL, 0, NULL };
}

static void make_world(struct world *world, bool large)
{
	world->large = large;
	for (int i = 0; i < NAME_COUNT; i++) {
		world->values[i] = chance_value(i, large);
		world->changes[i] = one_in(4) ? FIRST_DAY + 31 + chance_below(100) : DATE_NONE;
	}
	world->changes[DAYS] = FIRST_DAY + 1;
}

/* The condition as we read it, and as SQLite does with the values in place of the names. */
struct texts {
	const struct world *world;
	char ours[4000], theirs[20000];
	size_t our_length, their_length;
	int budget; /* of parts that may still be made */
};

static void put_ours(struct texts *texts, const char *text)
{
	texts->our_length += (size_t)snprintf(texts->ours + texts->our_length,
					      sizeof(texts->ours) - texts->our_length, "%s", text);
	assert_true(texts->our_length < sizeof(texts->ours));
}

static void put_theirs(struct texts *texts, const char *text)
{
	texts->their_length +=
	    (size_t)snprintf(texts->theirs + texts->their_length,
			     sizeof(texts->theirs) - texts->their_length, "%s", text);
	assert_true(texts->their_length < sizeof(texts->theirs));
}

static void put(struct texts *texts, const char *text)
{
	put_ours(texts, text);
	put_theirs(texts, text);
}

static void quote(const char *text, char *to)
{
	*to++ = '\'';
	for (; *text != '\0'; text++) {
		if (*text == '\'')
			*to++ = '\'';
		*to++ = *text;
	}
	*to++ = '\'';
	*to = '\0';
}

static void put_value(struct texts *texts, struct value value)
{
	char text[64] = "NULL";
	if (value.type == VALUE_TEXT)
		quote(value.text, text);
	else if (value.type != VALUE_NULL)
		snprintf(text, sizeof(text), value.number < 0 ? "(%" PRId64 ")" : "%" PRId64,
			 value.number);
	put_theirs(texts, text);
}

static void put_name(struct texts *texts, enum value_type type)
{
	int slot;
	do
		slot = chance_below(NAME_COUNT);
	while (names[slot].type != type || names[slot].codes != NULL);
	put_ours(texts, names[slot].name);
	put_value(texts, texts->world->values[slot]);
}

static void put_number(struct texts *texts)
{
	char text[32];
	snprintf(text, sizeof(text), "%d", chance_below(30));
	put(texts, text);
}

static void put_date(struct texts *texts)
{
	char text[DATE_TEXT_SIZE], number[32];
	date day = FIRST_DAY + chance_below(61) - 30;
	put_ours(texts, "'");
	put_ours(texts, date_format(day, text));
	put_ours(texts, "'");
	snprintf(number, sizeof(number), "%d", day);
	put_theirs(texts, number);
}

/* How tightly a part must hold together where it stands. */
enum level { LEVEL_OR, LEVEL_AND, LEVEL_NOT, LEVEL_COMPARISON, LEVEL_SUM, LEVEL_TERM };

static void make_sum(struct texts *texts, enum value_type type, enum level level);
static void make_flag(struct texts *texts, enum level level);

static void make_term(struct texts *texts, enum value_type type)
{
	if (type == VALUE_TEXT && one_in(3)) {
		char text[32];
		quote(words[chance_below(7)], text);
		put(texts, text);
	} else if (type == VALUE_NUMBER && one_in(8)) {
		put(texts, "- ");
		make_sum(texts, type, LEVEL_TERM);
	} else if (type == VALUE_NUMBER && one_in(2)) {
		put_number(texts);
	} else if (one_in(12) && type != VALUE_DATE) {
		put(texts, "NULL");
	} else {
		put_name(texts, type);
	}
}

/* date + number, number + date, date - number; date - date; or number and number */
static void make_addition(struct texts *texts, enum value_type type)
{
	bool minus = one_in(2);
	enum value_type left = type, right = VALUE_NUMBER;
	if (type == VALUE_NUMBER && minus && one_in(2))
		left = right = VALUE_DATE;
	if (type == VALUE_DATE && !minus && one_in(2)) {
		left = VALUE_NUMBER;
		right = VALUE_DATE;
	}
	make_sum(texts, left, left == VALUE_NUMBER && right == VALUE_DATE ? LEVEL_TERM : LEVEL_SUM);
	put(texts, minus ? " - " : " + ");
	if (right == VALUE_DATE && one_in(3))
		put_date(texts);
	else
		make_sum(texts, right, LEVEL_TERM);
}

static void make_sum(struct texts *texts, enum value_type type, enum level level)
{
	if (type == VALUE_FLAG) {
		make_flag(texts, LEVEL_SUM);
		return;
	}
	bool addition = type != VALUE_TEXT && --texts->budget > 0 && one_in(3);
	bool brackets = (addition && level > LEVEL_SUM) || one_in(10);
	put(texts, brackets ? "(" : "");
	if (addition)
		make_addition(texts, type);
	else
		make_term(texts, type);
	put(texts, brackets ? ")" : "");
}

static void make_operand(struct texts *texts, enum value_type type)
{
	if (type == VALUE_DATE && one_in(4))
		put_date(texts);
	else
		make_sum(texts, type, LEVEL_SUM);
}

/* Only what is in the list may stand against a code, and only = <> IN are asked. */
static void make_code_comparison(struct texts *texts)
{
	char text[32];
	put_ours(texts, "code");
	put_value(texts, texts->world->values[NAME_COUNT - 3]);
	bool list = one_in(2);
	put(texts, list ? (one_in(2) ? " IN (" : " NOT IN (") : (one_in(2) ? " = " : " <> "));
	for (int i = list ? chance_below(3) : 0; i >= 0; i--) {
		quote(codes[chance_below(4)], text);
		put(texts, one_in(9) ? "NULL" : text);
		put(texts, i > 0 ? ", " : "");
	}
	put(texts, list ? ")" : "");
}

static void make_comparison(struct texts *texts, enum value_type type)
{
	static const char *const signs[] = {
		" = ", " <> ", " == ", "!=", " < ", "<=", ">", " >= "
	};
	make_sum(texts, type, LEVEL_SUM);
	put(texts, signs[chance_below(type == VALUE_FLAG ? 4 : 8)]);
	make_operand(texts, type);
}

static void make_list(struct texts *texts, enum value_type type)
{
	make_sum(texts, type, LEVEL_SUM);
	put(texts, one_in(2) ? " IN (" : " NOT IN (");
	for (int i = chance_below(4); i >= 0; i--) {
		make_operand(texts, type);
		put(texts, i > 0 ? ", " : "");
	}
	put(texts, ")");
}

static void make_between(struct texts *texts, enum value_type type)
{
	make_operand(texts, type);
	put(texts, one_in(2) ? " BETWEEN " : " NOT BETWEEN ");
	make_operand(texts, type);
	put(texts, " AND ");
	make_operand(texts, type);
}

static void make_test(struct texts *texts)
{
	static const enum value_type types[] = { VALUE_NUMBER, VALUE_NUMBER, VALUE_DATE,
						 VALUE_DATE,   VALUE_TEXT,   VALUE_FLAG };
	enum value_type type = types[chance_below(6)];
	switch (chance_below(type == VALUE_FLAG ? 4 : 6)) {
	case 0:
		make_code_comparison(texts);
		return;
	case 1:
		make_sum(texts, type, LEVEL_SUM);
		put(texts, one_in(2) ? " IS NULL" : " IS NOT NULL");
		return;
	case 2:
		make_list(texts, type);
		return;
	case 3:
	case 4:
		make_comparison(texts, type);
		return;
	case 5:
		make_between(texts, type);
		return;
	}
}

static void make_atom(struct texts *texts)
{
	if (one_in(5))
		put(texts, one_in(2) ? "TRUE" : "FALSE");
	else
		put_name(texts, VALUE_FLAG);
}

static void make_junction(struct texts *texts, enum level level)
{
	for (int i = chance_below(3) + 1; i >= 0; i--) {
		make_flag(texts, level + 1);
		if (i > 0)
			put(texts, level == LEVEL_OR ? " OR " : " AND ");
	}
}

static void make_flag(struct texts *texts, enum level level)
{
	enum level made = --texts->budget <= 0 ? LEVEL_TERM : (enum level)chance_below(LEVEL_TERM);
	if (made == LEVEL_SUM)
		made = one_in(4) ? LEVEL_TERM : LEVEL_COMPARISON;
	bool brackets = made < level || one_in(10);
	put(texts, brackets ? "(" : "");
	if (made == LEVEL_TERM) {
		make_atom(texts);
	} else if (made == LEVEL_COMPARISON) {
		make_test(texts);
	} else if (made == LEVEL_NOT) {
		put(texts, "NOT ");
		make_flag(texts, LEVEL_NOT);
	} else {
		make_junction(texts, made);
	}
	put(texts, brackets ? ")" : "");
}

static void make_condition(struct texts *texts, const struct world *world)
{
	memset(texts, 0, sizeof(*texts));
	texts->world = world;
	texts->budget = 3 + chance_below(12);
	make_flag(texts, LEVEL_OR);
}

static struct condition *parse(const char *text, struct arena *arena)
{
	struct problems problems = PROBLEMS_NONE;
	struct condition *condition =
	    condition_parse(text, &all_names, arena, "rule.conf", 1, &problems);
	if (condition == NULL)
		fail_msg("seed %" PRIu64 ": %s: column %d: %s", chance_seed, text,
			 problems.list[0].column, problems.list[0].text);
	problems_clear(&problems);
	return condition;
}

static enum verdict ask_sqlite(sqlite3 *db, const char *condition)
{
	sqlite3_stmt *statement = NULL;
	char *sql = sqlite3_mprintf("SELECT (%s)", condition);
	if (sqlite3_prepare_v2(db, sql, -1, &statement, NULL) != SQLITE_OK)
		fail_msg("seed %" PRIu64 ": %s: %s", chance_seed, sql, sqlite3_errmsg(db));
	assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
	enum verdict verdict = VERDICT_NULL;
	if (sqlite3_column_type(statement, 0) != SQLITE_NULL)
		verdict = sqlite3_column_int(statement, 0) != 0 ? VERDICT_TRUE : VERDICT_FALSE;
	sqlite3_finalize(statement);
	sqlite3_free(sql);
	return verdict;
}

static const char *const verdicts[] = { "false", "true", "null", "failed" };

static void must_agree(const struct texts *texts, enum verdict ours, enum verdict theirs,
		       const char *who)
{
	if (ours != theirs)
		fail_msg("seed %" PRIu64 ":\n  %s\n  %s\nis %s, but %s says %s", chance_seed,
			 texts->ours, texts->theirs, verdicts[ours], who, verdicts[theirs]);
}

/* Read back from how we write it, it is the same condition, and written the same. */
static void must_read_back(const struct texts *texts, const struct condition *condition,
			   const struct condition_world *world, struct arena *arena)
{
	char *once = condition_format(condition);
	const struct condition *again = parse(once, arena);
	char *twice = condition_format(again);
	assert_string_equal(once, twice);
	must_agree(texts, condition_judge(condition, world), condition_judge(again, world),
		   "what was read back");
	free(once);
	free(twice);
}

static long how_many(void)
{
	const char *wanted = getenv("KEDJA_CONDITIONS");
	return wanted == NULL ? 20000 : strtol(wanted, NULL, 10);
}

static void test_sqlite_agrees(void **state)
{
	sqlite3 *db = NULL;
	long counts[4] = { 0 }, many = how_many();
	struct world world;
	struct texts *texts = xcalloc(1, sizeof(*texts));
	(void)state;
	assert_int_equal(sqlite3_open(":memory:", &db), SQLITE_OK);
	for (long i = 0; i < many; i++) {
		struct arena *arena = arena_new();
		make_world(&world, one_in(20));
		make_condition(texts, &world);
		struct condition *condition = parse(texts->ours, arena);
		struct condition_world as_seen = world_of(&world);
		enum verdict verdict = condition_judge(condition, &as_seen);
		counts[verdict]++;
		must_read_back(texts, condition, &as_seen, arena);
		/* SQLite goes on with fractions where whole numbers end */
		if (verdict != VERDICT_FAILED || !world.large)
			must_agree(texts, verdict, ask_sqlite(db, texts->theirs), "SQLite");
		arena_free(arena);
	}
	free(texts);
	sqlite3_close(db);
	print_message("%ld conditions: %ld true, %ld false, %ld null, %ld failed\n", many,
		      counts[1], counts[0], counts[2], counts[3]);
	for (int i = 0; i < 3; i++)
		assert_true(counts[i] > many / 20);
	assert_true(counts[VERDICT_FAILED] < many / 20);
	assert_true(counts[VERDICT_FAILED] > 0 || many < 10000);
}

/* The day by trying one after the other, with everything that grows a day older. */
static date walk(const struct condition *condition, const struct world *world, date horizon,
		 int days)
{
	struct condition_world as_seen = world_of(world);
	enum verdict now = condition_judge(condition, &as_seen);
	date today = (date)world->values[TODAY].number;
	for (int later = 1; later <= days; later++) {
		if (today + later == horizon)
			return horizon;
		struct world then = *world;
		then.values[TODAY].number += later;
		then.values[DAYS].number += later;
		as_seen.arg = &then;
		if (condition_judge(condition, &as_seen) != now)
			return today + later;
	}
	return DATE_NONE;
}

static date horizon_of(const struct condition *condition, const struct world *world)
{
	const int *slots;
	date first = DATE_NONE;
	for (size_t i = condition_slots(condition, &slots); i-- > 0;) {
		date day = world->changes[slots[i]];
		if (slots[i] != TODAY && slots[i] != DAYS && day != DATE_NONE &&
		    (first == DATE_NONE || day < first))
			first = day;
	}
	return first;
}

#define WALK 300 /* days; what lies further ahead is not looked at */

static void test_next_change_is_the_day(void **state)
{
	long many = how_many() / 10, changing = 0;
	struct world world;
	struct texts *texts = xcalloc(1, sizeof(*texts));
	(void)state;
	for (long i = 0; i < many; i++) {
		struct arena *arena = arena_new();
		make_world(&world, false);
		if (one_in(2)) /* nothing but the days that pass */
			for (int slot = 0; slot < NAME_COUNT; slot++)
				world.changes[slot] = DATE_NONE;
		make_condition(texts, &world);
		struct condition *condition = parse(texts->ours, arena);
		struct condition_world as_seen = world_of(&world);
		date got = condition_next_change(condition, &as_seen);
		date wanted = walk(condition, &world, horizon_of(condition, &world), WALK);
		if (got > (date)world.values[TODAY].number + WALK)
			got = DATE_NONE;
		if (got != wanted)
			fail_msg("seed %" PRIu64 ": %s\nchanges %d days from now, not %d: %s",
				 chance_seed, texts->ours,
				 wanted == DATE_NONE ? -1
						     : wanted - (date)world.values[TODAY].number,
				 got == DATE_NONE ? -1 : got - (date)world.values[TODAY].number,
				 texts->theirs);
		changing += wanted != DATE_NONE;
		arena_free(arena);
	}
	free(texts);
	print_message("%ld conditions over %d days, %ld change\n", many, WALK, changing);
	assert_true(changing > many / 10);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sqlite_agrees),
		cmocka_unit_test(test_next_change_is_the_day),
	};
	chance_begin();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
