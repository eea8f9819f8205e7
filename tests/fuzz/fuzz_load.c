/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Any bytes as a file of rules, with the chain and the calendar that ship. It is refused with a
 * reason, or it is a ruleset that can be planned with: a small life of a case and of its programme
 * is folded by it, and each deadline's steps are written out.
 */

#include "rules/check/check.h"
#include "rules/check/explain.h"
#include "rules/language/load.h"
#include "rules/plan/plan.h"
#include "rules/plan/steps.h"
#include "tests/fuzz/fuzz_rules.h"

/* Each kind of event that the subject may have, one a day, with dates in all fields. */
static void live(struct plan *plan, const char *subject)
{
	struct value values[16];
	const struct kind *kind;
	for (size_t i = 0; (kind = chain_kind_at(chain, i)) != NULL; i++) {
		if (kind->subject == SUBJECT_STAFF || kind->is_virtual || kind->field_count > 16)
			continue;
		for (size_t j = 0; j < kind->field_count; j++)
			values[j] = kind->fields[j].type == FIELD_DATE
					? (struct value){ VALUE_DATE, FIRST_DAY + (int)i, NULL }
					: (struct value){ VALUE_NULL, 0, NULL };
		date day = FIRST_DAY + (date)i;
		struct event event = { .id = (int64_t)i + 1,
				       .kind = kind,
				       .subject = subject,
				       .key = kind->key == KEY_NONE ? "" : "a",
				       .at = { day, -1 },
				       .recorded = civil_at(day, 36000),
				       .actor = "fuzz",
				       .values = values };
		require(plan_apply(plan, &event) == 0);
	}
	plan_judge(plan, civil_at(FIRST_DAY + 400, 0));
}

static void look(const struct plan *plan)
{
	for (size_t i = 0; i < plan_live_count(plan); i++) {
		struct arena *arena = arena_new();
		struct planned_step *planned;
		struct told *told;
		size_t count = steps_planned(plan_live_at(plan, i), calendar,
					     civil_at(FIRST_DAY + 400, 0), NULL, arena, &planned);
		steps_choose(plan_live_at(plan, i), calendar, planned, count < 30 ? count : 30,
			     civil_at(FIRST_DAY + 400, 0), NULL, arena, &told);
		arena_free(arena);
	}
}

static void live_by(const struct ruleset *ruleset)
{
	struct plan *plan = plan_new(ruleset, SUBJECT_CASE, "K-1");
	live(plan, "K-1");
	look(plan);
	plan_free(plan);
	plan = plan_new(ruleset, SUBJECT_PROGRAMME, "bo");
	live(plan, "bo");
	look(plan);
	plan_free(plan);
}

/* What is said of rules that load: complaints with a place, and sentences. */
static void tell_of(const struct ruleset *ruleset)
{
	struct problems problems = PROBLEMS_NONE;
	check_rules(ruleset, "chain.conf", &problems);
	for (size_t i = 0; i < problems.count; i++)
		require(problems.list[i].line > 0);
	problems_clear(&problems);
	for (size_t i = 0; i < ruleset->count; i++) {
		char *text = explain_rule(ruleset, &ruleset->rules[i], FIRST_DAY,
					  i % 2 == 0 ? EXPLAIN_SWEDISH : EXPLAIN_ENGLISH);
		require(text[0] != '\0');
		free(text);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (chain == NULL)
		read_chain_and_calendar();
	struct problems problems = PROBLEMS_NONE;
	char *text = fuzz_text(data, size);
	struct source source = { "fuzz.conf", text, size };
	struct ruleset *ruleset = load_rules(&source, 1, chain, calendar, &problems);
	require((ruleset == NULL) == (problems.count > 0));
	for (size_t i = 0; i < problems.count; i++)
		require(problems.list[i].text[0] != '\0' && problems.list[i].line >= 0);
	memset(text, 'x', size);
	free(text);
	if (ruleset != NULL && ruleset->count <= 20) {
		live_by(ruleset);
		tell_of(ruleset);
	}
	ruleset_free(ruleset);
	problems_clear(&problems);
	return 0;
}
