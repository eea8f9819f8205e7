/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Any bytes as a history, under the rules that ship and some of our own: eight bytes are an event
 * (kind, day, hour, when it was written down, key, values), judged in between. Folded as it was
 * written down, beginning anew when the plan asks for it, it must be the plan that folding all at
 * once gives.
 */

#include "rules/language/load.h"
#include "rules/language/sees.h"
#include "rules/plan/plan.h"
#include "rules/plan/steps.h"
#include "tests/fuzz/fuzz_rules.h"

#define EVENTS 64
#define FIELDS 16

static struct ruleset *ruleset;
static size_t kind_count;

static const char own[] =
    "rules = ("
    "{ name = \"r-fixed\"; title = \"t\"; subject = \"case\"; starts = [ \"plan.adopted\" ];"
    "  due = \"P20D\"; every = \"P1M\"; repeat = \"fixed\"; pausable = true;"
    "  done = [ \"plan.reviewed\" ]; cancels = [ \"lease.ended\" ]; agreed = \"review_on\";"
    "  steps = ( { name = \"a\"; at = \"P2D\"; every = \"2 workdays\"; to = \"unit_manager\"; } ); "
    "},"
    "{ name = \"r-silent\"; title = \"t\"; subject = \"case\"; pausable = true;"
    "  starts = [ \"visit.made\", \"stage.entered\" ]; due = \"P14D\"; while = \"stage_days < 90\";"
    "  steps = ( { name = \"b\"; at = \"P7D\"; every = \"P7D\"; times = 3; to = \"social_worker\"; "
    "} ); },"
    "{ name = \"r-far\"; title = \"t\"; subject = \"case\"; starts = [ \"task.agreed\" ];"
    "  from = \"due_on\"; per_key = true; due = \"P9000Y\"; repeat = \"fixed\"; done = [ "
    "\"task.done\" ];"
    "  steps = ( { name = \"a\"; at = \"-P9999Y\"; to = \"field:role\"; },"
    "            { name = \"b\"; at = \"P9999Y\"; to = \"field:role\"; } ); } );";

static void read_office(void)
{
	static const char *const names[] = { "conf/rules.d/10-plan.conf",
					     "conf/rules.d/20-chain.conf",
					     "conf/rules.d/30-rent.conf" };
	struct problems problems = PROBLEMS_NONE;
	struct source files[4];
	read_chain_and_calendar();
	for (int i = 0; i < 3; i++) {
		char *rules = fuzz_file(names[i]);
		files[i] = (struct source){ names[i], rules, strlen(rules) };
	}
	files[3] = (struct source){ "own", own, strlen(own) };
	ruleset = load_rules(files, 4, chain, calendar, &problems);
	for (int i = 0; i < 3; i++)
		free((char *)(uintptr_t)files[i].text);
	require(ruleset != NULL);
	while (chain_kind_at(chain, kind_count) != NULL)
		kind_count++;
}

struct history {
	struct event events[EVENTS];
	struct value values[EVENTS][FIELDS];
	struct event *in_place[EVENTS];
	size_t count;
};

static struct value value_of(const struct field *field, uint8_t byte, date day)
{
	static const char *const stages[] = { "supported_housing", "training_flat", "trial_flat",
					      "own_lease" };
	if (field->optional && byte % 3 == 0)
		return (struct value){ VALUE_NULL, 0, NULL };
	switch (field->type) {
	case FIELD_DATE: /* now and then one at the ends of the calendar */
		return (struct value){ VALUE_DATE,
				       byte == 255   ? date_from_ymd(9999, 12, 31)
				       : byte == 254 ? date_from_ymd(1900, 1, 1)
						     : day + byte - 100,
				       NULL };
	case FIELD_AMOUNT:
	case FIELD_COUNT:
	case FIELD_NUMBER:
		return (struct value){ VALUE_NUMBER, 1 + byte % 4, NULL };
	case FIELD_FLAG:
		return (struct value){ VALUE_FLAG, byte & 1, NULL };
	case FIELD_CODE:
	case FIELD_ID:
	case FIELD_TEXT:
		break;
	}
	bool is_role = field->codes != NULL && strcmp(field->codes, "role") == 0;
	return (struct value){ VALUE_TEXT, 0, is_role ? "unit_manager" : stages[byte % 4] };
}

static const char *key_of(const struct kind *kind, uint8_t byte)
{
	static const char *const keys[] = { "a", "b", "2026-03", "2026-04" };
	if (kind->key == KEY_NONE || (kind->key == KEY_ALLOWED && byte % 3 == 0))
		return "";
	return strncmp(kind->name, "rent.", 5) == 0 ? keys[2 + byte % 2] : keys[byte % 2];
}

static void read_event(struct history *history, const uint8_t *bytes)
{
	size_t i = history->count;
	const struct kind *kind = chain_kind_at(chain, bytes[0] % kind_count);
	bool unseen = kind->subject == SUBJECT_PROGRAMME && !sees_kind(ruleset, SUBJECT_CASE, kind);
	if (kind->subject == SUBJECT_STAFF || kind->is_virtual || unseen ||
	    kind->field_count > FIELDS)
		return;
	struct event *event = &history->events[i];
	date day = FIRST_DAY + bytes[1] * 2 + bytes[2] % 8;
	int32_t second = bytes[2] < 128 ? -1 : bytes[2] * 300;
	*event = (struct event){ .id = (int64_t)i + 1,
				 .kind = kind,
				 .key = key_of(kind, bytes[4]),
				 .at = { day, second },
				 .actor = "fuzz",
				 .values = history->values[i] };
	event->subject = kind->subject == SUBJECT_PROGRAMME ? "bo" : "K-1";
	event->recorded = moment_civil(event->at) + (civil)bytes[3] * 40000;
	for (size_t j = 0; j < kind->field_count; j++)
		history->values[i][j] = value_of(&kind->fields[j], bytes[5 + j % 3], day);
	history->count++;
}

static int by_place(const void *a, const void *b)
{
	return event_compare(*(struct event *const *)a, *(struct event *const *)b);
}

static struct plan *fold(struct history *history, size_t count, civil now)
{
	struct plan *plan = plan_new(ruleset, SUBJECT_CASE, "K-1");
	for (size_t i = 0; i < count; i++)
		history->in_place[i] = &history->events[i];
	qsort(history->in_place, count, sizeof(history->in_place[0]), by_place);
	for (size_t i = 0; i < count; i++)
		require(plan_apply(plan, history->in_place[i]) == 0);
	plan_judge(plan, now);
	return plan;
}

static bool same(const struct deadline *a, const struct deadline *b)
{
	return a->rule == b->rule && strcmp(a->key, b->key) == 0 && a->anchor == b->anchor &&
	       a->occurrence == b->occurrence && a->due == b->due && a->state == b->state &&
	       a->paused == b->paused && a->missed == b->missed && a->known == b->known &&
	       a->agreed == b->agreed && a->ended_by == b->ended_by &&
	       a->anchor_event == b->anchor_event;
}

static void look(const struct plan *plan, civil now)
{
	for (size_t i = 0; i < plan_live_count(plan); i++) {
		struct arena *arena = arena_new();
		struct planned_step *planned;
		size_t count =
		    steps_planned(plan_live_at(plan, i), calendar, now, NULL, arena, &planned);
		for (size_t j = 0; j < count; j++)
			require(planned[j].at != CIVIL_NONE);
		arena_free(arena);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct history history;
	if (ruleset == NULL)
		read_office();
	history.count = 0;
	for (size_t at = 0; at + 8 <= size && history.count < EVENTS; at += 8)
		read_event(&history, data + at);
	civil now = civil_at(FIRST_DAY + 1000, 0);
	struct plan *going = plan_new(ruleset, SUBJECT_CASE, "K-1");
	for (size_t i = 0; i < history.count; i++) {
		if (i % 3 == 0)
			plan_judge(going, history.events[i].recorded);
		if (plan_apply(going, &history.events[i]) == 0)
			continue;
		plan_free(going);
		going = fold(&history, i + 1, CIVIL_NONE);
	}
	plan_judge(going, now);
	struct plan *plan = fold(&history, history.count, now);
	require(plan_count(plan) == plan_count(going));
	for (size_t i = 0; i < plan_count(plan); i++)
		require(same(plan_at(plan, i), plan_at(going, i)));
	look(plan, now);
	plan_free(plan);
	plan_free(going);
	return 0;
}
