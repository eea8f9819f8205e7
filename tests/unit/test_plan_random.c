/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The plan over histories that nobody thought of: all kinds of events, the shipped rules and some
 * of our own that use what those do not. Whatever the history,
 *
 * - folded at once, day by day with judging in between, and in the order of writing down (where a
 *   late entry may make the plan begin anew), it is the same plan;
 * - an event is refused only when something has changed by time after it, or it is out of place;
 * - no identity twice, one deadline before each track (of a fixed one two, one of them late);
 * - of a pausable deadline, running and paused days make up all days;
 * - every reminder goes out in opening hours unless it is urgent always, and never too early.
 *
 * KEDJA_SEED=n tells the seed again that a failure has printed.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <sys/random.h>

#include "rules/language/sees.h"
#include "tests/unit/story.h"

#define ROUNDS    80
#define KINDS     200
#define EVENTS    70
#define FIRST_DAY 20454 /* 2026-01-01 */

static const char own_rules[] =
    "rules = ("
    "{ name = \"r-fixed\"; title = \"t\"; subject = \"case\"; starts = [ \"plan.adopted\" ];"
    "  due = \"P20D\"; every = \"P1M\"; repeat = \"fixed\"; pausable = true;"
    "  done = [ \"plan.reviewed\" ]; cancels = [ \"lease.ended\" ];"
    "  steps = ( { name = \"a\"; at = \"-P3D\"; to = [ \"social_worker\" ]; },"
    "            { name = \"b\"; at = \"P2D\"; every = \"2 workdays\"; to = [ \"unit_manager\" ]; "
    "} ); },"
    "{ name = \"r-silent\"; title = \"t\"; subject = \"case\"; pausable = true;"
    "  starts = [ \"visit.made\", \"stage.entered\" ]; due = \"P14D\";"
    "  while = \"stage IS NULL OR stage <> 'own_lease'\";"
    "  steps = ( { name = \"a\"; at = \"P0D\"; to = [ \"support_worker\" ]; },"
    "            { name = \"b\"; at = \"P7D\"; every = \"P7D\"; times = 3; to = [ "
    "\"social_worker\" ]; } ); },"
    "{ name = \"r-keyed\"; title = \"t\"; subject = \"case\"; starts = [ \"task.agreed\" ];"
    "  from = \"due_on\"; per_key = true; repeat = \"fixed\"; due = \"P2M\"; done = [ "
    "\"task.done\" ];"
    "  cancels = [ \"task.dropped\" ]; adjust = \"following\"; while = \"visits_28d < 2\";"
    "  steps = ( { name = \"a\"; at = \"P0D\"; to = [ \"field:role\" ]; } ); },"
    "{ name = \"r-rent\"; title = \"t\"; subject = \"case\"; starts = [ \"rent.settled\" ];"
    "  if = \"NOT event_first\"; restart = false; due = \"3 workdays\"; done = [ \"rent.cleared\" "
    "];"
    "  steps = ( { name = \"a\"; after = \"P0D\"; time = \"now\"; urgent = \"always\"; to = [ "
    "\"unit_manager\" ]; },"
    "            { name = \"b\"; at = \"P0D\"; time = \"14:00\"; urgent = true; to = [ "
    "\"area_manager\" ]; } ); },"
    "{ name = \"r-roll\"; title = \"t\"; subject = \"case\"; starts = [ \"plan.adopted\", "
    "\"plan.reviewed\" ];"
    "  if = \"event_kind = 'plan.adopted' OR event_review_on IS NOT NULL\"; agreed = [ "
    "\"review_on\","
    "  \"plan.amended.review_on\" ]; due = \"P2M\"; repeat = \"rolling\"; done = [ "
    "\"plan.reviewed\" ];"
    "  while = \"today >= anchor + 10\"; adjust = \"statutory\"; pausable = true;"
    "  steps = ( { name = \"a\"; at = \"-P10D\"; to = [ \"social_worker\" ]; } ); },"
    "{ name = \"r-year\"; title = \"t\"; subject = \"case\"; starts = [ \"stage.entered\" ];"
    "  due = \"P3M\"; pausable = true; done = [ \"lease.taken_over\" ];"
    "  steps = ( { name = \"a\"; at = \"-P1M\"; to = [ \"social_worker\" ]; } ); },"
    "{ name = \"r-grid\"; title = \"t\"; subject = \"case\"; starts = [ \"plan.adopted\" ];"
    "  due = \"P20D\"; every = \"P1M\"; repeat = \"grid\"; done = [ \"plan.reviewed\" ];"
    "  catch_up = \"all\"; steps = ( { name = \"a\"; at = \"P0D\"; to = [ \"social_worker\" ]; } "
    "); },"
    "{ name = \"r-both\"; title = \"t\"; subject = \"case\"; starts_all = [ \"visit.made\", "
    "\"plan.amended\" ];"
    "  due = \"P3W\"; done = [ \"plan.reviewed\" ]; hidden_by = [ \"r-off\", \"r-grid\", "
    "\"r-silent\" ];"
    "  steps = ( { name = \"a\"; at = \"P0D\"; to = [ \"social_worker\" ]; } ); },"
    "{ name = \"r-rare\"; title = \"t\"; subject = \"case\"; starts = [ \"visit.made\" ]; throttle "
    "= \"P1M\";"
    "  due = \"P5D\"; after_close = true; early = \"P2D\"; done = [ \"plan.reviewed\" ];"
    "  steps = ( { name = \"a\"; at = \"P0D\"; to = [ \"social_worker\" ]; } ); },"
    "{ name = \"r-term\"; title = \"t\"; subject = \"programme\"; yearly = [ \"04-30\", \"08-31\", "
    "\"12-31\" ];"
    "  early = \"P30D\"; done = [ \"evaluation.done\" ]; after_close = true;"
    "  steps = ( { name = \"a\"; at = \"-P14D\"; to = [ \"unit_manager\" ]; } ); },"
    "{ name = \"r-week\"; title = \"t\"; subject = \"case\"; weekly = [ \"mon\", \"thu\" ];"
    "  if = \"visits_7d > 0\"; adjust = \"following\"; pausable = true;"
    "  steps = ( { name = \"a\"; at = \"P0D\"; to = [ \"unit_manager\" ]; } ); },"
    "{ name = \"r-whole\"; title = \"t\"; subject = \"programme\"; starts = [ "
    "\"programme.started\","
    "  \"stage.entered\" ]; if = \"event_kind = 'programme.started' OR event_first\"; due = "
    "\"P60D\";"
    "  while = \"open_cases > 0\"; steps = ( { name = \"a\"; at = \"P0D\"; to = [ \"unit_manager\" "
    "]; } ); },"
    /* disabled: it hides nothing */
    "{ name = \"r-off\"; title = \"t\"; subject = \"case\"; starts = [ \"plan.adopted\" ];"
    "  due = \"P1D\"; done = [ \"plan.reviewed\" ];"
    "  steps = ( { name = \"a\"; at = \"P0D\"; to = [ \"social_worker\" ]; } ); }"
    ");"
    "disable = [ \"r-off\" ];";

struct office {
	struct chain *chain;
	struct calendar *calendar;
	struct ruleset *ruleset;
	uint64_t seed, state;
	int round;
	const struct kind *kinds[KINDS];
	size_t kind_count;
};

static struct office office;

static uint32_t chance(uint32_t below)
{
	office.state = office.state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (uint32_t)(office.state >> 33) % below;
}

static uint64_t choose_seed(void)
{
	uint64_t seed = 1;
	const char *said = getenv("KEDJA_SEED");
	if (said != NULL)
		seed = strtoull(said, NULL, 10);
	else if (getrandom(&seed, sizeof(seed), 0) != (ssize_t)sizeof(seed))
		fail_msg("no random numbers");
	return seed;
}

/* Those that rules and facts listen to come more often than the rest. */
static void choose_kinds(void)
{
	static const char *const often[] = {
		"plan.adopted",         "plan.reviewed", "plan.amended",    "stage.entered",
		"visit.made",           "task.agreed",   "task.done",       "case.paused",
		"case.resumed",         "rent.charged",  "rent.paid",       "payments.imported",
		"rent.reversed",        "rent.waived",   "evaluation.done", "deadline.snoozed",
		"deadline.acknowledged"
	};
	const struct kind *kind;
	for (size_t i = 0; (kind = chain_kind_at(office.chain, i)) != NULL; i++)
		if (!kind->is_virtual && kind->subject != SUBJECT_STAFF &&
		    strcmp(kind->name, "event.voided") != 0)
			office.kinds[office.kind_count++] = kind;
	for (int times = 0; times < 8; times++)
		office.kinds[office.kind_count++] = chain_kind(office.chain, "deadline.snoozed");
	for (int times = 0; times < 4; times++)
		for (size_t i = 0; i < sizeof(often) / sizeof(often[0]); i++)
			office.kinds[office.kind_count++] = chain_kind(office.chain, often[i]);
	assert_true(office.kind_count <= KINDS);
}

static int set_up(void **state)
{
	(void)state;
	struct source files[STORY_FILES + 1];
	office.seed = choose_seed();
	office.state = office.seed;
	office.chain = story_chain();
	office.calendar = story_calendar("{ date = \"2026-05-04\"; }, "
					 "{ from = \"2026-07-13\"; to = \"2026-07-24\"; }");
	size_t count = story_shipped(files);
	files[count] = (struct source){ "own.conf", own_rules, strlen(own_rules) };
	office.ruleset = story_load(files, count + 1, office.chain, office.calendar);
	story_sources_free(files, count);
	choose_kinds();
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	ruleset_free(office.ruleset);
	calendar_free(office.calendar);
	chain_free(office.chain);
	return 0;
}

static struct value any_value(const struct field *field, date day)
{
	if (field->optional && strcmp(field->name, "role") != 0 && chance(2) == 0)
		return (struct value){ VALUE_NULL, 0, NULL };
	const char *const *codes =
	    field->codes == NULL ? NULL : chain_codes(office.chain, field->codes);
	size_t count = 0;
	while (codes != NULL && codes[count] != NULL)
		count++;
	switch (field->type) {
	case FIELD_DATE:
		return (struct value){ VALUE_DATE, day - 60 + (date)chance(200), NULL };
	case FIELD_AMOUNT:
		return (struct value){ VALUE_NUMBER, 1 + chance(9), NULL };
	case FIELD_COUNT:
	case FIELD_NUMBER:
		return (struct value){ VALUE_NUMBER, chance(10), NULL };
	case FIELD_FLAG:
		return (struct value){ VALUE_FLAG, chance(2), NULL };
	case FIELD_CODE:
	case FIELD_ID:
	case FIELD_TEXT:
		break;
	}
	if (strcmp(field->name, "programme") == 0)
		return (struct value){ VALUE_TEXT, 0, "ostermalm" };
	if (strcmp(field->name, "rule") == 0)
		return (struct value){
			VALUE_TEXT, 0,
			office.ruleset->rules[chance((uint32_t)office.ruleset->count)].name
		};
	return (struct value){ VALUE_TEXT, 0,
			       count == 0 ? "text" : codes[chance((uint32_t)count)] };
}

static const char *any_key(const struct kind *kind)
{
	static const char *const keys[] = { "a", "b", "2026-03", "2026-04", "2026-05" };
	if (kind->key == KEY_NONE || (kind->key == KEY_ALLOWED && chance(3) == 0))
		return "";
	return strncmp(kind->name, "rent.", 5) == 0 ? keys[2 + chance(3)] : keys[chance(2)];
}

static void add_event(struct story *story, const struct kind *kind, date day)
{
	struct event *event = arena_alloc(story->arena, sizeof(*event));
	struct value *values = arena_alloc(story->arena, (kind->field_count + 1) * sizeof(*values));
	for (size_t i = 0; i < kind->field_count; i++)
		values[i] = any_value(&kind->fields[i], day);
	bool of_programme =
	    kind->subject == SUBJECT_PROGRAMME || (kind->subject == SUBJECT_ANY && chance(2) == 0);
	*event = (struct event){ .kind = kind, .actor = "test", .values = values };
	event->subject = of_programme ? story->own_programme : story->own_case;
	event->key = any_key(kind);
	event->at = (struct moment){ day, chance(3) == 0 ? (int32_t)chance(86400) : -1 };
	event->recorded =
	    moment_civil(event->at) + chance(3) * chance(40) * CIVIL_DAY + chance(50000);
	story->list[story->count++] = event;
}

static int by_recorded(const void *a, const void *b)
{
	const struct event *x = *(struct event *const *)a, *y = *(struct event *const *)b;
	return (x->recorded > y->recorded) - (x->recorded < y->recorded);
}

/* A life of some fifteen months; ids are given in the order of writing down. */
static void make_story(struct story *story)
{
	*story = (struct story){ .arena = arena_new(),
				 .chain = office.chain,
				 .own_case = "K-1",
				 .own_programme = "ostermalm" };
	size_t count = 5 + chance(EVENTS - 5);
	add_event(story, chain_kind(office.chain, "programme.started"), FIRST_DAY);
	add_event(story, chain_kind(office.chain, "case.opened"), FIRST_DAY + (date)chance(20));
	while (story->count < count) {
		const struct kind *kind = office.kinds[chance((uint32_t)office.kind_count)];
		bool ends = strcmp(kind->name, "case.closed") == 0 ||
			    strcmp(kind->name, "programme.ended") == 0;
		if (!ends || chance(4) == 0)
			add_event(story, kind, FIRST_DAY + (date)chance(450));
	}
	qsort(story->list, story->count, sizeof(story->list[0]), by_recorded);
	for (size_t i = 0; i < story->count; i++)
		story->list[i]->id = (int64_t)i + 1;
}

static const char *subject_of(const struct story *story, enum subject_type type)
{
	return type == SUBJECT_CASE ? story->own_case : story->own_programme;
}

/* Whom an event concerns: the case and its programme know each other. */
static bool concerns(const struct event *event, enum subject_type type)
{
	return type == SUBJECT_PROGRAMME || event->kind->subject != SUBJECT_PROGRAMME ||
	       sees_kind(office.ruleset, SUBJECT_CASE, event->kind);
}

static void keep_concerned(struct story *story, enum subject_type type)
{
	size_t kept = 0;
	for (size_t i = 0; i < story->count; i++)
		if (concerns(story->list[i], type))
			story->list[kept++] = story->list[i];
	story->count = kept;
}

static char *tell_ledger(const struct plan *plan, struct arena *arena)
{
	const struct ledger *ledger = facts_ledger(plan_facts(plan));
	char *all = arena_strdup(arena, "");
	for (size_t i = 0; ledger != NULL && i < ledger_count(ledger); i++) {
		const struct charge *charge = ledger_at(ledger, i);
		char covered[DATE_TEXT_SIZE];
		all = arena_printf(arena, "%s%s %" PRId64 " of %" PRId64 " %s%s, ", all,
				   charge->key, charge->paid, charge->amount,
				   date_format(charge->covered_on, covered),
				   charge->waived ? " waived" : "");
	}
	return ledger == NULL ? all
			      : arena_printf(arena, "%sbalance %" PRId64 " credit %" PRId64, all,
					     ledger_balance(ledger), ledger_credit(ledger));
}

static size_t put_offs; /* that were told of */

/* All that a plan tells, for comparing. */
static char *tell(const struct plan *plan, struct arena *arena)
{
	char known[CIVIL_TEXT_SIZE], agreed[DATE_TEXT_SIZE], ended[MOMENT_TEXT_SIZE];
	char **lines = arena_alloc(arena, (plan_count(plan) + 2) * sizeof(*lines));
	for (size_t i = 0; i < plan_count(plan); i++) {
		const struct deadline *d = plan_at(plan, i);
		lines[i] = arena_printf(
		    arena, "%s by %" PRId64 " known %s agreed %s ended %s by %" PRId64,
		    story_deadline(arena, d), d->anchor_event, civil_format(d->known, known),
		    date_format(d->agreed, agreed),
		    d->ended.day == DATE_NONE ? "-" : moment_format(d->ended, ended), d->ended_by);
		for (const struct put_off *p = d->put_off; p != NULL; p = p->older) {
			lines[i] =
			    arena_printf(arena, "%s put off until %s by %s, %" PRId64, lines[i],
					 date_format(p->until, agreed), p->role->name, p->event);
			put_offs++;
		}
		for (size_t j = 0; j < d->overdue_count; j++) {
			const struct overdue_span *span = &d->overdue[j];
			lines[i] = arena_printf(arena, "%s overdue from %s until %s in %s",
						lines[i], date_format(span->first, agreed),
						date_format(span->over, ended), span->programme);
		}
		if (d->unjudged)
			lines[i] = arena_printf(arena, "%s unjudged", lines[i]);
		for (size_t j = 0; d->field_roles != NULL && j < d->rule->role_field_count; j++)
			lines[i] =
			    arena_printf(arena, "%s role %s", lines[i],
					 d->field_roles[j] == NULL ? "-" : d->field_roles[j]->name);
	}
	lines[plan_count(plan)] = tell_ledger(plan, arena);
	return story_join(arena, lines, plan_count(plan) + 1);
}

/* What was paid, less what went back, is in the charges or waits: once. */
static void check_money(const struct story *story, const struct plan *plan)
{
	const struct ledger *ledger = facts_ledger(plan_facts(plan));
	int64_t paid = 0, held = ledger == NULL ? 0 : ledger_credit(ledger);
	for (size_t i = 0; i < story->count; i++) {
		const struct event *event = story->list[i];
		int64_t amount = event_value(event, "amount").number;
		if (strcmp(event->kind->name, "payment.assigned") == 0)
			return; /* test_facts has those */
		if (strcmp(event->kind->name, "rent.paid") == 0)
			paid += amount;
		else if (strcmp(event->kind->name, "rent.reversed") == 0)
			paid -= amount;
	}
	for (size_t i = 0; ledger != NULL && i < ledger_count(ledger); i++)
		held += ledger_at(ledger, i)->paid;
	if (ledger != NULL && held != paid)
		fail_msg("KEDJA_SEED=%" PRIu64 " round %d: %" PRId64 " paid, %" PRId64 " held",
			 office.seed, office.round, paid, held);
}

/* Tells the first line in which the two differ. */
static void must_be_same(const char *how, const char *got, const char *wanted)
{
	size_t same = 0, line = 0;
	for (; got[same] == wanted[same] && got[same] != '\0'; same++)
		line = got[same] == '\n' ? same + 1 : line;
	if (got[same] == wanted[same])
		return;
	fail_msg("KEDJA_SEED=%" PRIu64 " round %d: %s\n got:\n%.*s\n folded at once:\n%.*s",
		 office.seed, office.round, how, (int)strcspn(got + line, "\n"), got + line,
		 (int)strcspn(wanted + line, "\n"), wanted + line);
}

static void must(bool true_, const char *what, const struct deadline *deadline, struct arena *arena)
{
	if (!true_)
		fail_msg("KEDJA_SEED=%" PRIu64 " round %d: %s: %s", office.seed, office.round, what,
			 story_deadline(arena, deadline));
}

/* Day by day, or with leaps, in the order of history: nothing may be refused that is not behind
 * what time has changed. */
static char *tell_going(const struct story *story, enum subject_type type, civil now, uint32_t leap)
{
	struct event *sorted[STORY_EVENTS];
	struct plan *plan = plan_new(office.ruleset, type, subject_of(story, type));
	memcpy(sorted, story->list, story->count * sizeof(struct event *));
	qsort(sorted, story->count, sizeof(struct event *), story_by_place);
	for (size_t i = 0; i < story->count; i++) {
		date until = sorted[i]->at.day;
		date from = i == 0 ? until : sorted[i - 1]->at.day;
		for (date day = from; day <= until; day += 1 + (date)chance(leap))
			plan_judge(plan, civil_at(day, (int)chance(86400)));
		if (plan_apply(plan, sorted[i]) != 0)
			fail_msg("KEDJA_SEED=%" PRIu64 " round %d: event %zu refused in its place",
				 office.seed, office.round, i);
	}
	for (date day = sorted[story->count - 1]->at.day; day < civil_date(now);
	     day += 1 + (date)chance(leap))
		plan_judge(plan, civil_at(day, 0));
	plan_judge(plan, now);
	char *told = tell(plan, story->arena);
	plan_free(plan);
	return told;
}

/* A refusal of an event that comes after all that were folded must have a reason: time has changed
 * something after it. */
static void must_have_reason(const struct story *story, enum subject_type type, size_t count,
			     const struct plan *refusing, civil judged)
{
	const struct event *refused = story->list[count];
	for (size_t i = 0; i < count; i++)
		if (event_compare(refused, story->list[i]) < 0)
			return;
	struct plan *before = story_fold(office.ruleset, type, subject_of(story, type), story->list,
					 count, civil_at(refused->at.day, 86399));
	char *then = tell(before, story->arena), *now = tell(refusing, story->arena);
	plan_free(before);
	if (strcmp(then, now) == 0)
		fail_msg("KEDJA_SEED=%" PRIu64 " round %d: event %" PRId64 " was refused on day %d "
			 "for nothing",
			 office.seed, office.round, refused->id,
			 (int)(civil_date(judged) - FIRST_DAY));
}

/* As a daemon lives: in the order of writing down, time passing, late entries making it begin
 * anew. */
static char *tell_recorded(const struct story *story, enum subject_type type, civil now)
{
	const char *subject = subject_of(story, type);
	struct plan *plan = plan_new(office.ruleset, type, subject);
	for (size_t i = 0; i < story->count; i++) {
		const struct event *event = story->list[i];
		civil judged = event->recorded;
		plan_judge(plan, judged);
		if (plan_apply(plan, event) == 0)
			continue;
		must_have_reason(story, type, i, plan, judged);
		plan_free(plan);
		plan = story_fold(office.ruleset, type, subject, story->list, i + 1, judged);
	}
	plan_judge(plan, now);
	char *told = tell(plan, story->arena);
	plan_free(plan);
	return told;
}

static void check_identities(const struct plan *plan, struct arena *arena)
{
	for (size_t i = 0; i < plan_count(plan); i++) {
		const struct deadline *a = plan_at(plan, i);
		for (size_t j = 0; j < i; j++) {
			const struct deadline *b = plan_at(plan, j);
			must(a->rule != b->rule || a->anchor != b->anchor ||
				 a->occurrence != b->occurrence || strcmp(a->key, b->key) != 0,
			     "twice", a, arena);
		}
	}
}

static bool lives(const struct deadline *deadline)
{
	return deadline->state == DEADLINE_OPEN || deadline->state == DEADLINE_ASLEEP;
}

static void check_tracks(const struct plan *plan, date today, struct arena *arena)
{
	for (size_t i = 0; i < plan_count(plan); i++) {
		const struct deadline *a = plan_at(plan, i);
		int before = 0, late = 0;
		for (size_t j = 0; lives(a) && j < plan_count(plan); j++) {
			const struct deadline *b = plan_at(plan, j);
			if (b->rule != a->rule || strcmp(b->key, a->key) != 0 || !lives(b))
				continue;
			before++;
			late += b->due < today && !b->paused;
		}
		bool again = a->rule->repeat == REPEAT_FIXED || a->rule->yearly_count > 0 ||
			     a->rule->weekly != 0;
		must(before <= (again ? 2 : 1), "too many", a, arena);
		must(!again || late <= 1, "more than one is late", a, arena);
	}
}

/* The due date by counting: from the anchor on, days on which the clock runs, until as many are
 * through as the rule gives; a day that is paused is no due date. */
static date due_by_counting(const bool *stands, date anchor, date plain)
{
	date day = anchor;
	for (int left = plain - anchor; left > 0 || stands[day - FIRST_DAY]; day++)
		left -= !stands[day - FIRST_DAY];
	return day;
}

static void mark_pauses(const struct story *story, bool *stands, size_t days)
{
	struct event *sorted[STORY_EVENTS];
	struct facts *facts = facts_new(office.chain, office.calendar, SUBJECT_CASE);
	memcpy(sorted, story->list, story->count * sizeof(struct event *));
	qsort(sorted, story->count, sizeof(struct event *), story_by_place);
	memset(stands, 0, days);
	bool paused = false;
	date from = DATE_NONE;
	for (size_t i = 0; i < story->count; i++) {
		facts_apply(facts, sorted[i], NULL, NULL);
		if (facts_is_paused(facts) && !paused)
			from = sorted[i]->at.day;
		for (date day = from; paused && !facts_is_paused(facts) && day < sorted[i]->at.day;
		     day++)
			stands[day - FIRST_DAY] = true;
		paused = facts_is_paused(facts);
	}
	facts_free(facts);
}

/* Of those whose due date nothing else moves, while no pause is open. */
static void check_pauses(const struct story *story, const struct plan *plan)
{
	static bool stands[2000];
	if (facts_is_paused(plan_facts(plan)))
		return;
	mark_pauses(story, stands, sizeof(stands));
	for (size_t i = 0; i < plan_count(plan); i++) {
		const struct deadline *d = plan_at(plan, i);
		if (!lives(d) || (strcmp(d->rule->name, "r-year") != 0 &&
				  strcmp(d->rule->name, "trial-year") != 0))
			continue;
		date plain = offset_apply(&d->rule->due, d->anchor, office.calendar);
		must(d->due == due_by_counting(stands, d->anchor, plain),
		     "running and paused days are not all days", d, story->arena);
	}
}

/* I10. */
static void check_hour(const struct deadline *d, const struct planned_step *planned,
		       struct arena *arena)
{
	const struct calendar *calendar = office.calendar;
	must(planned->at >= d->known, "before anybody knew", d, arena);
	if (planned->step->urgent == URGENT_ALWAYS)
		return;
	must(calendar_is_open_at(calendar, planned->at), "outside the opening hours", d, arena);
	if (planned->step->time == STEP_NOW)
		return;
	bool before = planned->day <= d->due;
	civil end = civil_at(planned->day, 86399);
	must(!before || planned->at <= end ||
		 planned->at <= calendar_slot_at_or_after(calendar, d->known),
	     "moved on though it was before the due date", d, arena);
	must(before || planned->at >= civil_at(planned->day, 0), "moved back though it was after",
	     d, arena);
	if (planned->step->urgent == URGENT_NO)
		must(civil_second(planned->at) == calendar_slot(calendar), "not with the letters",
		     d, arena);
}

static void check_steps(const struct plan *plan, civil now, struct arena *arena)
{
	for (size_t i = 0; i < plan_live_count(plan); i++) {
		const struct deadline *d = plan_live_at(plan, i);
		struct planned_step *planned;
		struct told *told;
		size_t count = steps_planned(d, office.calendar, now, NULL, arena, &planned);
		must(d->state != DEADLINE_ASLEEP || count == 0, "asleep and speaking", d, arena);
		for (size_t j = 0; j < count; j++) {
			check_hour(d, &planned[j], arena);
			must(j == 0 || planned[j].at >= planned[j - 1].at, "steps out of order", d,
			     arena);
			must(j + 1 == count || planned[j].at <= now, "two steps lie ahead", d,
			     arena);
		}
		size_t rows =
		    steps_choose(d, office.calendar, planned, count, now, NULL, arena, &told);
		for (size_t j = 0; j < rows; j++)
			for (size_t k = 0; k < j; k++)
				must(d->rule->catch_up == CATCH_UP_ALL || told[j].overtaken ||
					 told[k].overtaken || told[j].role == NULL ||
					 told[j].role != told[k].role,
				     "a role told twice", d, arena);
	}
}

static void tell_a_life(enum subject_type type)
{
	struct story story;
	make_story(&story);
	keep_concerned(&story, type);
	civil now = civil_at(FIRST_DAY + 540 + (date)chance(400), (int)chance(86400));
	struct plan *plan = story_fold(office.ruleset, type, subject_of(&story, type), story.list,
				       story.count, now);
	char *at_once = tell(plan, story.arena);
	must_be_same("day by day", tell_going(&story, type, now, 1), at_once);
	must_be_same("with leaps", tell_going(&story, type, now, 60), at_once);
	must_be_same("as written down", tell_recorded(&story, type, now), at_once);
	check_identities(plan, story.arena);
	check_tracks(plan, civil_date(now), story.arena);
	check_money(&story, plan);
	if (type == SUBJECT_CASE)
		check_pauses(&story, plan);
	check_steps(plan, now, story.arena);
	plan_free(plan);
	arena_free(story.arena);
}

static void test_lives_of_cases(void **state)
{
	(void)state;
	put_offs = 0;
	for (office.round = 0; office.round < ROUNDS; office.round++)
		tell_a_life(SUBJECT_CASE);
	assert_true(put_offs > 0);
}

static void test_lives_of_programmes(void **state)
{
	(void)state;
	for (office.round = 0; office.round < ROUNDS / 3; office.round++)
		tell_a_life(SUBJECT_PROGRAMME);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lives_of_cases),
		cmocka_unit_test(test_lives_of_programmes),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
