/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Conditions as anybody may write them. Whatever the text, it is read or refused with a reason;
 * and what was read is written so that it reads the same, is judged, and changes after today.
 */

#include "rules/language/condition.h"
#include "tests/fuzz/fuzz.h"

static const char *const stages[] = { "supported_housing", "trial_flat", "own_lease", NULL };

static const char *const names[] = { "today",      "due",       "anchor",    "stage",
				     "key",        "arrears",   "visits_7d", "open",
				     "stage_days", "step_back", NULL };

static const enum value_type types[] = { VALUE_DATE,   VALUE_DATE,   VALUE_DATE,   VALUE_TEXT,
					 VALUE_TEXT,   VALUE_NUMBER, VALUE_NUMBER, VALUE_FLAG,
					 VALUE_NUMBER, VALUE_FLAG };

enum { TODAY = 0, STAGE = 3, STAGE_DAYS = 8 };

static const char *const *list(const void *arg)
{
	(void)arg;
	return names;
}

static int resolve(const void *arg, const char *name, struct name_meaning *ret)
{
	(void)arg;
	for (int i = 0; names[i] != NULL; i++) {
		if (strcmp(names[i], name) != 0)
			continue;
		*ret = (struct name_meaning){ i, types[i], i == STAGE ? stages : NULL };
		return 0;
	}
	return -1;
}

static struct value value(const void *arg, int slot)
{
	(void)arg;
	if (slot == 2)
		return (struct value){ VALUE_NULL, 0, NULL };
	return (struct value){ types[slot], types[slot] == VALUE_DATE ? 20000 + slot : slot,
			       "own_lease" };
}

static date next_change(const void *arg, int slot)
{
	(void)arg;
	return slot == TODAY ? 20001 : slot % 2 == 0 ? 20000 + 10 * slot : DATE_NONE;
}

static bool grows_daily(const void *arg, int slot)
{
	(void)arg;
	return slot == STAGE_DAYS;
}

static void try_it(struct condition *condition, const struct condition_names *all,
		   struct arena *arena)
{
	struct problems problems = PROBLEMS_NONE;
	struct condition_world world = { value, next_change, TODAY, NULL, grows_daily };
	date change = condition_next_change(condition, &world);
	if (change != DATE_NONE && change <= 20000)
		abort();
	char *once = condition_format(condition);
	/* what we write may be longer than what we read: "==" has no place in it, but blanks have
	 */
	struct condition *again = condition_parse(once, all, arena, "again", 1, &problems);
	if (again == NULL && strlen(once) <= 4000)
		abort();
	if (again != NULL) {
		char *twice = condition_format(again);
		if (strcmp(once, twice) != 0 ||
		    condition_judge(condition, &world) != condition_judge(again, &world))
			abort();
		free(twice);
	}
	free(once);
	problems_clear(&problems);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct condition_names all = { resolve, list, NULL };
	struct problems problems = PROBLEMS_NONE;
	struct arena *arena = arena_new();
	char *text = arena_strndup(arena, (const char *)data, size);
	struct condition *condition = condition_parse(text, &all, arena, "fuzz", 1, &problems);
	if ((condition == NULL) != (problems.count > 0))
		abort();
	if (condition != NULL)
		try_it(condition, &all, arena);
	problems_clear(&problems);
	arena_free(arena);
	return 0;
}
