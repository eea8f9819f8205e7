/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Never silent, and no false alarm: random histories of a home at stake on the rules, the calendar
 * and the words that ship.
 *
 * From the first recorded fact of law to its end in law no fourteen days pass without a letter that
 * went out to somebody who holds SW, HC, UM or OW and tells of forfeiture, enforcement or eviction
 * in this case: what other rules say of the case does not count. And what has ended (paid in time,
 * withdrawn, called off) is told of no more after the next working morning.
 *
 * The seed is 1, or chance in the long runs (KEDJA_LONG); SILENT_HISTORIES says how many there are,
 * KEDJA_SEED=n KEDJA_ONLY=i tells one of them again.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/chance.h"
#include "tests/unit/shipped_office.h"

#define HISTORIES   60
#define DAYS_MOST   14
#define EVENTS_MOST 60
#define AFTER       130 /* days that are looked at after the first fact */

/* What may stand in a letter for it to count. */
#define AT_STAKE                                                                                   \
	"(n.rule GLOB 'forfeiture-*' OR n.rule GLOB 'eviction-*' OR n.rule = 'enforcement')"

enum trait { CLOSED, TRANSFERRED, NEVER_OPENED, OWN_LEASE, NO_LEDGER, TRAITS };
static const char *const trait_names[TRAITS] = { "closed", "transferred", "never opened",
						 "own lease", "no ledger" };

enum ending { NOTHING_ENDS, PAID, WITHDRAWN, CALLED_OFF, LEASE_ENDED, CARRIED_OUT, ENDINGS };
static const char *const ending_names[ENDINGS] = { "none",       "paid in time", "withdrawn",
						   "called off", "lease ended",  "carried out" };

struct told_event {
	civil when; /* it is recorded then */
	const char *what;
};

struct history {
	struct arena *arena;
	struct told_event list[EVENTS_MOST];
	size_t count;
	bool has[TRAITS];
	bool served, notified, applied, dated;
	const char *key, *programme;
	date first_fact, last_fact, earliest; /* recorded; the earliest day of a paper */
	enum ending ending;
	civil ended; /* recorded; CIVIL_NONE: never */
};

struct silence {
	int total[TRAITS], endings[ENDINGS], failed;
	int64_t letters;
};

static bool one_in(int n)
{
	return chance_below(n) == 0;
}

static int number_from(const char *name, int otherwise)
{
	const char *text = getenv(name);
	return text == NULL ? otherwise : atoi(text);
}

/* --- a history ------------------------------------------------------------------------------- */

static const char *day_text(struct history *h, date day)
{
	char text[DATE_TEXT_SIZE];
	return arena_strdup(h->arena, date_format(day, text));
}

static civil any_hour(date day)
{
	return civil_at(day, (7 + chance_below(13)) * 3600 + chance_below(60) * 60);
}

static void add_at(struct history *h, civil when, const char *what)
{
	assert_true(h->count < EVENTS_MOST);
	h->list[h->count++] = (struct told_event){ when, what };
}

static void add(struct history *h, date day, const char *what)
{
	add_at(h, any_hour(day), what);
}

/* A fact of law that is recorded on `day`; what it is about happened then or some days before. */
static date add_fact(struct history *h, date day, const char *kind, const char *field)
{
	date on = day - (one_in(3) ? chance_below(20) : 0);
	bool has_key = strncmp(kind, "enforcement", 11) != 0;
	add(h, day,
	    arena_printf(h->arena, "%s%s %s=%s%s", kind, has_key ? h->key : "", field,
			 day_text(h, on), h->programme));
	h->last_fact = day > h->last_fact ? day : h->last_fact;
	return on;
}

static void add_paper(struct history *h, date day, const char *kind)
{
	date on = add_fact(h, day, kind, "on");
	h->earliest = h->earliest == DATE_NONE || on < h->earliest ? on : h->earliest;
}

static void add_day(struct history *h, date day, const char *kind)
{
	date ahead = day + 3 + chance_below(one_in(2) ? 30 : 100);
	add(h, day, arena_printf(h->arena, "%s date=%s%s", kind, day_text(h, ahead), h->programme));
	h->dated = true;
	h->last_fact = day > h->last_fact ? day : h->last_fact;
}

static void tell_papers(struct history *h)
{
	int which = chance_below(3);
	date other = h->first_fact + (one_in(2) ? chance_below(5) : chance_below(45));
	h->served = which != 1;
	h->notified = which != 2;
	bool told_first = which == 0 && one_in(2);
	if (h->served)
		add_paper(h, told_first ? other : h->first_fact, "forfeiture.notice_served");
	if (h->notified)
		add_paper(h, which == 0 && !told_first ? other : h->first_fact, "board.notified");
}

static void tell_law(struct history *h)
{
	if (one_in(4))
		h->applied = true;
	else if (one_in(5))
		add_day(h, h->first_fact, "eviction.dated");
	else
		tell_papers(h);
	if (h->applied)
		add_fact(h, h->first_fact, "enforcement.applied", "on");
	else if (!h->dated && one_in(4)) {
		h->applied = true;
		add_fact(h, h->last_fact + chance_below(30), "enforcement.applied", "on");
	}
	if (!h->dated && one_in(4))
		add_day(h, h->last_fact + chance_below(30), "eviction.dated");
	if (h->dated && one_in(2))
		add_day(h, h->last_fact + 1 + chance_below(30), "eviction.postponed");
}

/* What ends all of it: a day that is named stands until it is called off, whatever was paid. */
static enum ending any_ending(const struct history *h)
{
	enum ending ending = (enum ending)chance_below(ENDINGS);
	bool by_paying = (h->served || h->notified) && !h->applied;
	if ((ending == CARRIED_OUT && !h->dated) || (ending == PAID && (h->dated || !by_paying)) ||
	    ((ending == WITHDRAWN || ending == LEASE_ENDED) && h->dated))
		return CALLED_OFF;
	return ending;
}

static void tell_end(struct history *h)
{
	static const char *const kinds[ENDINGS] = {
		NULL,          "arrears.paid",        "forfeiture.withdrawn", "eviction.called_off",
		"lease.ended", "eviction.carried_out"
	};
	date day = h->last_fact + 1 + chance_below(60);
	h->ending = any_ending(h);
	if (h->ending == NOTHING_ENDS)
		return;
	const char *what = kinds[h->ending];
	if (h->ending == PAID) {
		date paid = h->earliest + chance_below(21);
		day = paid > h->last_fact ? paid + chance_below(10) : h->last_fact + 1;
		what = arena_printf(h->arena, "%s%s paid_on=%s", what, h->key, day_text(h, paid));
	} else if (h->ending == WITHDRAWN || h->ending == CARRIED_OUT) {
		what = arena_printf(h->arena, "%s%s on=%s", what,
				    h->ending == WITHDRAWN ? h->key : "", day_text(h, day));
	}
	if (h->ending != LEASE_ENDED)
		what = arena_printf(h->arena, "%s%s", what, h->programme);
	h->ended = any_hour(day);
	add_at(h, h->ended, what);
}

/* Charges, files and payments in part: kedja's own idea of the rent, which has no say. */
static void tell_ledger(struct history *h)
{
	static const char *const months[] = { "2026-02", "2026-03", "2026-04", "2026-05" };
	date first = world_day("2026-01-15");
	for (int i = 0; i < 4; i++) {
		add(h, first + 30 * i,
		    arena_printf(h->arena, "rent.charged[%s] amount=650000", months[i]));
		if (one_in(2))
			add(h, first + 30 * i + chance_below(25),
			    arena_printf(h->arena, "rent.paid amount=%d00 paid_on=%s",
					 1 + chance_below(900), day_text(h, first + 30 * i)));
		date day = first + 30 * i + 3 + chance_below(20);
		add(h, day,
		    arena_printf(h->arena,
				 "norr payments.imported format=csv file=f%d covers_through=%s "
				 "payments=0 sum=0",
				 i, day_text(h, day - 1)));
	}
}

static void tell_put_off(struct history *h, date day)
{
	static const char *const rules[] = { "forfeiture-tenant", "forfeiture-last-day",
					     "forfeiture-other-date", "enforcement",
					     "eviction-ahead" };
	static const char *const who[][2] = { { "SW", "social_worker" },
					      { "HC", "housing_coordinator" },
					      { "UM", "unit_manager" } };
	int which = chance_below(3);
	date until =
	    day + 1 + chance_below(60); /* what is longer than may be is cut (put_off_latest) */
	add(h, day,
	    arena_printf(h->arena, "deadline.%s rule=%s until=%s reason=x by=%s role=%s",
			 one_in(2) ? "acknowledged" : "snoozed", rules[chance_below(5)],
			 day_text(h, until), who[which][0], who[which][1]));
}

static void tell_absence(struct history *h, date day)
{
	static const char *const pairs[][2] = { { "SW", "HC" }, { "HC", "SW" }, { "UM", "SW" } };
	int which = chance_below(3);
	add(h, day,
	    arena_printf(h->arena, "%s staff.absent from=%s to=%s deputy=%s", pairs[which][0],
			 day_text(h, day), day_text(h, day + chance_below(30)), pairs[which][1]));
}

static date some_day(const struct history *h)
{
	return h->first_fact - 10 + chance_below(70);
}

static void tell_rest(struct history *h)
{
	date pause = some_day(h);
	if (h->has[OWN_LEASE])
		add(h, h->first_fact - 15, "stage.entered stage=own_lease mode=convert");
	if (!h->has[NO_LEDGER])
		tell_ledger(h);
	for (int i = 0; i < 3; i++)
		tell_put_off(h, h->first_fact + 1 + chance_below(70));
	tell_absence(h, some_day(h));
	if (h->has[NEVER_OPENED])
		return;
	add(h, pause, "case.paused");
	add(h, pause + 1 + chance_below(40), "case.resumed");
	if (h->has[TRANSFERRED])
		add(h, some_day(h), "case.transferred programme=syd");
	if (h->has[CLOSED])
		add(h, h->first_fact + 75, "case.closed outcome=moved");
}

static int by_time(const void *a, const void *b)
{
	const struct told_event *x = a, *y = b;
	return (x->when > y->when) - (x->when < y->when);
}

static void choose_traits(struct history *h)
{
	h->has[NEVER_OPENED] = one_in(5);
	h->has[NO_LEDGER] = h->has[NEVER_OPENED] || one_in(4);
	if (h->has[NEVER_OPENED])
		return;
	h->has[CLOSED] = one_in(4);
	h->has[TRANSFERRED] = one_in(4);
	h->has[OWN_LEASE] = one_in(4);
}

static void make_history(struct history *h, struct arena *arena)
{
	*h = (struct history){ .arena = arena, .earliest = DATE_NONE, .ended = CIVIL_NONE };
	choose_traits(h);
	h->key = one_in(2) ? "[2026-02]" : "";
	h->programme = h->has[NEVER_OPENED] ? " programme=norr" : "";
	h->first_fact = h->last_fact = world_day("2026-02-02") + chance_below(60);
	tell_law(h);
	tell_end(h);
	tell_rest(h);
	qsort(h->list, h->count, sizeof(h->list[0]), by_time);
}

/* --- what is told ---------------------------------------------------------------------------- */

static void add_colleagues(struct shipped_office *office)
{
	static const char *const events[] = {
		"syd programme.started title=Syd",
		"SW2 staff.joined name=SW2 email=sw2@example.org",
		"UM2 staff.joined name=UM2 email=um2@example.org",
		"syd role.assigned role=social_worker staff=SW2",
		"syd role.assigned role=unit_manager staff=UM2",
	};
	for (size_t i = 0; i < sizeof(events) / sizeof(events[0]); i++)
		office_happens(office, events[i]);
}

static void pass_to(struct shipped_office *office, civil when)
{
	char text[CIVIL_TEXT_SIZE];
	office_pass_to(office, civil_format(when, text));
}

static void run(struct shipped_office *office, const struct history *h)
{
	office_cast(office, !h->has[NEVER_OPENED]);
	add_colleagues(office);
	for (size_t i = 0; i < h->count; i++) {
		pass_to(office, h->list[i].when);
		office_happens(office, h->list[i].what);
	}
	civil until = civil_at(h->first_fact + AFTER, 0);
	if (h->list[h->count - 1].when < until)
		pass_to(office, until);
	assert_false(db_failed(office->world->core.db));
}

/* The letters that count, by the hour at which they were made. */
#define WENT_OUT                                                                                   \
	"SELECT m.created_at, n.rule FROM notice n JOIN message m ON m.id = n.message"             \
	" WHERE n.subject = 'K-1' AND n.state = 'sent' AND " AT_STAKE                              \
	" AND m.person IN ('SW', 'HC', 'UM', 'OW', 'SW2', 'UM2')"                                  \
	" AND instr(m.subject || m.body, 'K-1') > 0 ORDER BY m.created_at, n.id"

static date next_letter(struct shipped_office *office, struct query *q, date last)
{
	while (db_next(q)) {
		date day = civil_date(clock_to_civil(office->world->core.clock, db_int(q, 0)));
		if (day > last)
			return day;
	}
	return DATE_NONE;
}

/* The first day of a silence that is too long; DATE_NONE: there is none. */
static date silent_from(struct shipped_office *office, const struct history *h)
{
	date last = h->first_fact, silent = DATE_NONE;
	date end = h->ended == CIVIL_NONE ? h->first_fact + AFTER : civil_date(h->ended);
	struct query *q = db_query(office->world->core.db, WENT_OUT);
	while (silent == DATE_NONE && last < end) {
		date day = next_letter(office, q, last);
		if ((day == DATE_NONE || day > end ? end : day) > last + DAYS_MOST)
			silent = last;
		last = day == DATE_NONE ? end : day;
	}
	db_done(q);
	return silent;
}

static bool has_ended(const struct history *h, const char *rule)
{
	if (h->ending == CALLED_OFF)
		return true;
	if (h->ending == PAID || h->ending == WITHDRAWN)
		return strncmp(rule, "eviction-", 9) != 0 &&
		       (h->ending == WITHDRAWN || strcmp(rule, "enforcement") != 0);
	return false;
}

/* The rule that is told of when it is over; NULL: none. */
static const char *false_alarm(struct shipped_office *office, const struct history *h)
{
	const char *alarm = NULL;
	if (h->ended == CIVIL_NONE)
		return NULL;
	date day = civil_date(calendar_slot_at_or_after(office->world->office->calendar, h->ended));
	instant over = clock_from_civil(office->world->core.clock, civil_at(day + 1, 0));
	struct query *q = db_query(office->world->core.db, WENT_OUT);
	while (db_next(q))
		if (db_int(q, 0) >= over && has_ended(h, db_text(q, 1)))
			alarm = arena_strdup(h->arena, db_text(q, 1));
	db_done(q);
	return alarm;
}

static void show(struct shipped_office *office, const struct history *h)
{
	char text[CIVIL_TEXT_SIZE];
	for (size_t i = 0; i < h->count; i++)
		print_message("  %s %s\n", civil_format(h->list[i].when, text), h->list[i].what);
	struct query *q = db_query(office->world->core.db, WENT_OUT);
	while (db_next(q))
		print_message(
		    "  -> %s %s\n",
		    civil_format(clock_to_civil(office->world->core.clock, db_int(q, 0)), text),
		    db_text(q, 1));
	db_done(q);
}

static void judge(struct silence *all, struct shipped_office *office, const struct history *h)
{
	char text[DATE_TEXT_SIZE];
	date silent = silent_from(office, h);
	const char *alarm = false_alarm(office, h);
	for (int i = 0; i < TRAITS; i++)
		all->total[i] += h->has[i];
	all->endings[h->ending]++;
	all->letters += world_number(office->world, "SELECT count(*) FROM message");
	if (silent == DATE_NONE && alarm == NULL)
		return;
	all->failed++;
	print_message("KEDJA_SEED=%" PRIu64 " KEDJA_ONLY=%d: %s %s\n", chance_seed, office->line,
		      silent == DATE_NONE ? "told when it is over:" : "silent after",
		      silent == DATE_NONE ? alarm : date_format(silent, text));
	show(office, h);
}

static void try(struct silence *all, int which)
{
	struct history history;
	struct shipped_office office;
	struct arena *arena = arena_new();
	chance_state = chance_seed * UINT64_C(1000003) + (uint64_t)which;
	make_history(&history, arena);
	office_open(&office, "history");
	office.line = which;
	run(&office, &history);
	judge(all, &office, &history);
	office_close(&office);
	arena_free(arena);
}

static void choose_seed(void)
{
	if (getenv("KEDJA_SEED") != NULL || getenv("KEDJA_LONG") != NULL)
		chance_begin();
	else
		chance_seed = 1;
}

static void nobody_is_passed_over_in_silence(void **state)
{
	(void)state;
	struct silence all = { .failed = 0 };
	int count = number_from("SILENT_HISTORIES", HISTORIES),
	    only = number_from("KEDJA_ONLY", -1);
	choose_seed();
	for (int i = only < 0 ? 0 : only; i < (only < 0 ? count : only + 1); i++)
		try(&all, i);
	if (all.failed > 0)
		fail_msg("%d of %d histories, seed %" PRIu64, all.failed, count, chance_seed);
	if (only >= 0)
		return;
	assert_true(all.letters > 10 * (int64_t)count); /* that there was something to judge */
	for (int i = 0; i < TRAITS; i++)
		if (10 * all.total[i] < count)
			fail_msg("%s: only %d of %d", trait_names[i], all.total[i], count);
	for (int i = 0; i < ENDINGS; i++)
		if (all.endings[i] == 0)
			fail_msg("no history ends so: %s", ending_names[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nobody_is_passed_over_in_silence),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
