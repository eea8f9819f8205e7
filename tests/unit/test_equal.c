/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The daemon and the walk say the same, whatever the rules and whatever happens: every reminder,
 * its hour, who is told, what is held back and what is overtaken; and rows derived anew are the
 * rows that were there. Rules are random (every key of the language), so are histories: several
 * cases and programmes, late entries, events that are taken back, roles that move, restarts, rows
 * derived anew, other rules half-way.
 *
 * EQUAL_SETS says how many sets of rules are tried, each with 20 histories; KEDJA_SEED=n tells
 * again what a failure has printed, without it the seed is 1, or chance in the long runs
 * (KEDJA_LONG). A failure is cut down as far as it still fails, and printed as
 * a rule file and a list of events.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <signal.h>
#include <sys/random.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/unit/equal_sides.h"

#define SETS      25
#define HISTORIES 20

struct world {
	struct sides sides;
	struct calendar *calendars[2];
	uint64_t seed;
	size_t told;
};

static uint64_t choose_seed(void)
{
	uint64_t seed = 1;
	const char *said = getenv("KEDJA_SEED");
	if (said != NULL)
		seed = strtoull(said, NULL, 10);
	else if (getenv("KEDJA_LONG") != NULL &&
		 getrandom(&seed, sizeof(seed), 0) != (ssize_t)sizeof(seed))
		fail_msg("no random numbers");
	return seed % 1000000000;
}

static int number_from(const char *name, int otherwise)
{
	const char *text = getenv(name);
	return text == NULL ? otherwise : atoi(text);
}

/* --- a trial --------------------------------------------------------------------------------- */

static struct ruleset *load(struct world *world, const struct rules_lines *rules, int which,
			    struct arena *arena)
{
	struct problems problems = PROBLEMS_NONE;
	const char *text = rules_write(rules, arena);
	struct source source = { "rules.conf", text, strlen(text) };
	struct ruleset *set =
	    load_rules(&source, 1, world->sides.office->chain, world->calendars[which], &problems);
	problems_clear(&problems);
	return set;
}

static void unload(struct trial *trial)
{
	ruleset_free(trial->sets[0]);
	ruleset_free(trial->sets[1]);
	trial->sets[0] = trial->sets[1] = NULL;
}

static bool load_both(struct world *world, struct trial *trial, struct arena *arena)
{
	for (int i = 0; i < 2; i++)
		trial->sets[i] = load(world, &trial->rules[i], i, arena);
	if (trial->sets[0] != NULL && trial->sets[1] != NULL)
		return true;
	unload(trial);
	return false;
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Once each: several people may hold a role. */
static void sort_once(struct said_lines *lines)
{
	size_t kept = 0;
	if (lines->count > 1)
		qsort(lines->list, lines->count, sizeof(*lines->list), by_text);
	for (size_t i = 0; i < lines->count; i++)
		if (kept == 0 || strcmp(lines->list[i], lines->list[kept - 1]) != 0)
			lines->list[kept++] = lines->list[i];
	lines->count = kept;
}

#define DIFFERENCES_MOST 12

/* What only one of the two has said, or NULL. */
static const char *difference(struct sides *sides)
{
	const char *text = "";
	int count = 0;
	sort_once(&sides->walk);
	sort_once(&sides->daemon);
	for (size_t i = 0, j = 0; i < sides->walk.count || j < sides->daemon.count;) {
		int order = i == sides->walk.count ? 1
			    : j == sides->daemon.count
				? -1
				: strcmp(sides->walk.list[i], sides->daemon.list[j]);
		if (order != 0 && count++ < DIFFERENCES_MOST)
			text =
			    arena_printf(sides->arena, "%s%s %s\n", text,
					 order < 0 ? "  only the walk:  " : "  only the daemon:",
					 order < 0 ? sides->walk.list[i] : sides->daemon.list[j]);
		i += order <= 0;
		j += order >= 0;
	}
	if (count == 0)
		return sides->complaint;
	return arena_printf(sides->arena, "%d differences%s%s\n%s", count,
			    sides->complaint == NULL ? "" : ", and ",
			    sides->complaint == NULL ? "" : sides->complaint, text);
}

static const char *try(struct world *world, struct trial *trial, struct arena *arena)
{
	sides_run(&world->sides, trial, arena);
	world->told += world->sides.daemon.count;
	return difference(&world->sides);
}

/* --- the smallest that still fails ----------------------------------------------------------- */

static bool fails_here(struct world *world, struct trial *trial)
{
	struct arena *arena = arena_new();
	bool fails = load_both(world, trial, arena) && try(world, trial, arena) != NULL;
	if (trial->sets[0] != NULL)
		unload(trial);
	arena_free(arena);
	return fails;
}

/* In a process and a file of its own: a breach of what the daemon looks at after each step ends it.
 */
static bool still_fails(struct world *world, struct trial *trial)
{
	int status = 0;
	pid_t child = fork();
	if (child == 0) {
		struct world own = *world;
		own.sides = (struct sides){ .core = { 0 } };
		signal(SIGABRT, SIG_DFL);
		fclose(stderr);
		sides_open(&own.sides);
		bool fails = fails_here(&own, trial);
		sides_close(&own.sides);
		_exit(fails);
	}
	assert_true(child > 0 && waitpid(child, &status, 0) == child);
	return status != 0;
}

/* Takes `smaller` if it still fails. */
static bool take(struct world *world, struct trial *trial, struct trial *smaller)
{
	if (!still_fails(world, smaller))
		return false;
	*trial = *smaller;
	return true;
}

static bool cut_events(struct world *world, struct trial *trial)
{
	bool any = false;
	for (size_t size = trial->history.count / 2 + 1; size > 0; size /= 2)
		for (size_t i = trial->history.count; i > 0; i = i < size ? 0 : i - size) {
			struct trial smaller = *trial;
			if (i > smaller.history.count)
				continue;
			for (size_t j = 0; j < size && i > j; j++)
				if (i - j <= smaller.history.count)
					history_drop(&smaller.history, i - j - 1);
			any = take(world, trial, &smaller) || any;
		}
	return any;
}

static bool cut_rules(struct world *world, struct trial *trial)
{
	bool any = false;
	for (int which = 0; which < 2; which++)
		for (size_t i = trial->rules[which].count; i > 0; i--) {
			struct trial smaller = *trial;
			struct rules_lines *rules = &smaller.rules[which];
			rules->count--;
			memmove(&rules->rules[i - 1], &rules->rules[i],
				(rules->count - (i - 1)) * sizeof(rules->rules[0]));
			any = take(world, trial, &smaller) || any;
		}
	return any;
}

static bool cut_lines_of(struct world *world, struct trial *trial, int which, size_t rule)
{
	bool any = false;
	for (size_t i = trial->rules[which].rules[rule].keys.count; i > 0; i--) {
		struct trial smaller = *trial;
		lines_remove(&smaller.rules[which].rules[rule].keys, i - 1);
		any = take(world, trial, &smaller) || any;
	}
	for (size_t i = trial->rules[which].rules[rule].step_count; i > 0; i--) {
		struct trial smaller = *trial;
		struct rule_lines *lines = &smaller.rules[which].rules[rule];
		lines->step_count--;
		memmove(&lines->steps[i - 1], &lines->steps[i],
			(lines->step_count - (i - 1)) * sizeof(lines->steps[0]));
		any = take(world, trial, &smaller) || any;
	}
	for (size_t i = 0; i < trial->rules[which].rules[rule].step_count; i++)
		for (size_t j = trial->rules[which].rules[rule].steps[i].count; j > 0; j--) {
			struct trial smaller = *trial;
			lines_remove(&smaller.rules[which].rules[rule].steps[i], j - 1);
			any = take(world, trial, &smaller) || any;
		}
	return any;
}

static bool cut_lines(struct world *world, struct trial *trial)
{
	bool any = false;
	for (int which = 0; which < 2; which++)
		for (size_t i = 0; i < trial->rules[which].count; i++)
			any = cut_lines_of(world, trial, which, i) || any;
	return any;
}

static void cut_values(struct world *world, struct trial *trial)
{
	for (size_t i = 0; i < trial->history.count; i++) {
		struct item *item = trial->history.list[i];
		for (size_t j = 0; item->type == ITEM_EVENT && j < item->event.kind->field_count;
		     j++) {
			struct value kept = item->values[j];
			item->values[j] = (struct value){ VALUE_NULL, 0, NULL };
			if (!item->event.kind->fields[j].optional || !still_fails(world, trial))
				item->values[j] = kept;
		}
	}
}

static bool has_reload(const struct trial *trial)
{
	for (size_t i = 0; i < trial->history.count; i++)
		if (trial->history.list[i]->type == ITEM_RELOAD)
			return true;
	return false;
}

static void cut(struct world *world, struct trial *trial)
{
	struct trial smaller = *trial;
	smaller.forgetful = false;
	(void)take(world, trial, &smaller);
	for (int round = 0; round < 4; round++) {
		bool any = cut_events(world, trial);
		any = cut_rules(world, trial) || any;
		any = cut_lines(world, trial) || any;
		if (!any)
			break;
	}
	cut_values(world, trial);
}

static void tell_failure(struct world *world, struct trial *trial, uint64_t seed, int history,
			 const char *at_first)
{
	struct arena *arena = arena_new();
	cut(world, trial);
	printf("KEDJA_SEED=%" PRIu64 " history %d%s\n%s%s%s\n%s\n", seed, history,
	       trial->forgetful ? ", with no plan kept in memory" : "",
	       rules_write(&trial->rules[0], arena), has_reload(trial) ? "the other rules:\n" : "",
	       has_reload(trial) ? rules_write(&trial->rules[1], arena) : "",
	       history_write(&trial->history, arena));
	fflush(stdout);
	assert_true(load_both(world, trial, arena));
	const char *what = try(world, trial, arena); /* the least may be one that ends it all */
	printf("%s%s\n", what == NULL ? "not again, but at first: " : what,
	       what == NULL ? at_first : "");
	fflush(stdout);
	arena_free(arena);
}

/* --- the test -------------------------------------------------------------------------------- */

/* The loader refuses a set now and then (two kinds with other fields): then there is another. */
static void make_rules(struct world *world, struct maker *maker, struct trial *trial)
{
	int tries = 0;
	do {
		maker_choose(maker);
		rules_make(maker, &trial->rules[0]);
		rules_change(maker, &trial->rules[0], &trial->rules[1]);
		if (tries++ > 200)
			fail_msg("the loader takes no set of rules");
	} while (!load_both(world, trial, maker->arena));
}

static size_t names_of(const struct trial *trial, const char *names[2 * RULES_MOST])
{
	size_t count = 0;
	for (int which = 0; which < 2; which++)
		for (size_t i = 0; i < trial->rules[which].count; i++)
			names[count++] = trial->rules[which].rules[i].name;
	return count;
}

/* For a breach that ends the process at once. */
static uint64_t tried;

static void say_seed(int sig)
{
	(void)sig;
	fprintf(stderr, "KEDJA_SEED=%" PRIu64 "\n", tried);
}

/* Twenty histories of one set of rules; how many of them failed. */
static int try_set(struct world *world, uint64_t seed)
{
	int failures = 0;
	struct trial trial = { .sets = { NULL, NULL } };
	const char *names[2 * RULES_MOST];
	struct arena *arena = arena_new();
	struct chance chance = { seed };
	struct maker maker = { .chance = &chance,
			       .arena = arena,
			       .chain = world->sides.office->chain };
	tried = seed;
	make_rules(world, &maker, &trial);
	size_t count = names_of(&trial, names);
	for (int i = 0; i < HISTORIES && failures == 0; i++) {
		struct arena *own = arena_new();
		struct chance again = { seed * HISTORIES + (uint64_t)i };
		struct maker teller = maker;
		teller.chance = &again;
		teller.arena = own;
		chance_below(&again, 2);
		trial.forgetful = chance_of(&again, 20);
		history_make(&teller, names, count, &trial.history);
		const char *what = try(world, &trial, own);
		if (what != NULL) {
			failures++;
			unload(&trial);
			tell_failure(world, &trial, seed, i, what);
		}
		arena_free(own);
	}
	unload(&trial);
	arena_free(arena);
	return failures;
}

static void the_walk_and_the_daemon_are_equal(void **state)
{
	struct world *world = *state;
	int sets = number_from("EQUAL_SETS", SETS), failures = 0;
	signal(SIGABRT, say_seed);
	for (int i = 0; i < sets; i++)
		failures += try_set(world, world->seed + (uint64_t)i);
	if (failures > 0)
		fail_msg("%d of %d sets of rules", failures, sets);
	assert_true(world->told > 100 * (size_t)sets); /* that there was something to compare */
}

/* --- that everything is tried ---------------------------------------------------------------- */

#define SETS_LOOKED_AT 150

static const char *many_rules(struct world *world, struct arena *arena)
{
	const char *text = "";
	for (uint64_t seed = 1; seed <= SETS_LOOKED_AT; seed++) {
		struct chance chance = { seed };
		struct rules_lines set;
		struct maker maker = { .chance = &chance,
				       .arena = arena,
				       .chain = world->sides.office->chain };
		maker_choose(&maker);
		rules_make(&maker, &set);
		text = arena_printf(arena, "%s%s", text, rules_write(&set, arena));
	}
	return text;
}

static void must_stand_in(const char *text, const char *word, struct arena *arena)
{
	if (strstr(text, arena_printf(arena, " %s = ", word)) == NULL)
		fail_msg("no random rule has the key \"%s\": teach random_rules.h", word);
}

/* The manual says which keys there are; `was` comes with the rules that change, `accept` is for the
 * check alone. */
static void every_key_is_tried(void **state)
{
	struct world *world = *state;
	struct arena *arena = arena_new();
	const char *text = many_rules(world, arena);
	char *manual = shipped_text("rules/language/kedja-rules.5");
	char *line = strstr(manual, "\n.Ss Keys of a rule");
	char *end = strstr(manual, "\n.Sh LENGTHS OF TIME");
	int keys = 0;
	assert_true(line != NULL && end != NULL);
	while ((line = strstr(line, "\n.It Ic ")) != NULL && line < end) {
		line += strlen("\n.It Ic ");
		char *word = arena_strndup(arena, line, strcspn(line, " \n"));
		if (strcmp(word, "was") != 0 && strcmp(word, "accept") != 0)
			must_stand_in(text, word, arena);
		keys++;
	}
	assert_true(keys > 35);
	if (strstr(text, "\"fulfilled:") == NULL)
		fail_msg("no random rule hears of another: teach random_rules.h");
	free(manual);
	arena_free(arena);
}

static void every_fact_is_asked(void **state)
{
	struct arena *arena = arena_new();
	const char *text = many_rules(*state, arena);
	for (int i = 0; facts_at(i) != NULL; i++)
		if (strstr(text, facts_at(i)->name) == NULL)
			fail_msg("no random condition asks for %s", facts_at(i)->name);
	arena_free(arena);
}

static int set_up(void **state)
{
	struct world *world = xcalloc(1, sizeof(*world));
	world->seed = choose_seed();
	sides_open(&world->sides);
	world->calendars[0] = story_calendar("{ date = \"2025-11-03\"; }");
	world->calendars[1] = story_calendar("{ from = \"2025-12-15\"; to = \"2025-12-19\"; }");
	*state = world;
	return 0;
}

static int tear_down(void **state)
{
	struct world *world = *state;
	sides_close(&world->sides);
	calendar_free(world->calendars[0]);
	calendar_free(world->calendars[1]);
	free(world);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_key_is_tried),
		cmocka_unit_test(every_fact_is_asked),
		cmocka_unit_test(the_walk_and_the_daemon_are_equal),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
