/* SPDX-License-Identifier: EUPL-1.2 */
/* Events are checked against their kinds: what is right comes back typed, what is wrong all at
 * once. The kinds themselves are a contract, so the table is looked at as well. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rules/base/utf8.h"
#include "rules/kinds/chain.h"
#include "rules/kinds/kind.h"

#define MOST_FIELDS 16

static struct chain *chain;
static civil now; /* 2026-11-30T10:15:30 */

static int read_chain(void **state)
{
	(void)state;
	static char text[65536];
	struct problems problems = PROBLEMS_NONE;
	FILE *file = fopen("conf/chain.conf", "r");
	if (file == NULL)
		return -1;
	text[fread(text, 1, sizeof(text) - 1, file)] = '\0';
	fclose(file);
	chain = chain_parse(text, "conf/chain.conf", &problems);
	problems_clear(&problems);
	return chain == NULL || civil_parse("2026-11-30T10:15:30", &now) != 0 ? -1 : 0;
}

static int free_chain(void **state)
{
	(void)state;
	chain_free(chain);
	return 0;
}

/* An event as people type it: kind, subject, key, at, then "field=value" up to a NULL. */
struct typed {
	const char *kind, *subject, *key, *at;
	const char *fields[MOST_FIELDS];
};

struct given {
	struct raw_event raw;
	struct raw_field fields[MOST_FIELDS];
	char *copies[MOST_FIELDS];
};

static void give(const struct typed *typed, struct given *given)
{
	memset(given, 0, sizeof(*given));
	given->raw.kind = typed->kind;
	given->raw.subject = typed->subject;
	given->raw.key = typed->key;
	given->raw.at = typed->at;
	given->raw.actor = "anna.berg";
	given->raw.fields = given->fields;
	for (size_t i = 0; i < MOST_FIELDS && typed->fields[i] != NULL; i++) {
		char *copy = given->copies[i] = xstrdup(typed->fields[i]);
		char *equals = strchr(copy, '=');
		*equals = '\0';
		given->fields[i].name = copy;
		given->fields[i].value.type = VALUE_TEXT;
		given->fields[i].value.text = equals + 1;
		given->raw.field_count++;
	}
}

static struct event *check(const struct typed *typed, struct arena *arena,
			   struct problems *problems)
{
	struct given given;
	give(typed, &given);
	struct event *event = event_check(&given.raw, chain, now, arena, problems);
	for (size_t i = 0; i < MOST_FIELDS; i++)
		free(given.copies[i]);
	return event;
}

static void takes_what_is_right(void **state)
{
	(void)state;
	struct arena *arena = arena_new();
	struct problems problems = PROBLEMS_NONE;
	struct typed typed = { "rent.charged",
			       "ÖST-2006-014",
			       "2026-12",
			       "2026-11-15 09:30",
			       { "amount=542100", "due_on=2026-11-30", "reference=77 12", NULL } };
	struct event *event = check(&typed, arena, &problems);
	assert_non_null(event);
	assert_int_equal(problems.count, 0);
	assert_string_equal(event->kind->name, "rent.charged");
	assert_string_equal(event->subject, "ÖST-2006-014");
	assert_string_equal(event->key, "2026-12");
	assert_string_equal(event->actor, "anna.berg");
	assert_null(event->source);
	char text[MOMENT_TEXT_SIZE], day[DATE_TEXT_SIZE];
	assert_string_equal(moment_format(event->at, text), "2026-11-15T09:30:00");
	assert_true(event->recorded == now);
	assert_int_equal(event_value(event, "amount").type, VALUE_NUMBER);
	assert_int_equal(event_value(event, "amount").number, 542100);
	assert_int_equal(event_value(event, "due_on").type, VALUE_DATE);
	assert_string_equal(date_format((date)event_value(event, "due_on").number, day),
			    "2026-11-30");
	assert_string_equal(event_value(event, "reference").text, "77 12");
	assert_int_equal(event_value(event, "first").type, VALUE_NULL);
	assert_int_equal(event_value(event, "no_such_field").type, VALUE_NULL);
	arena_free(arena);
}

static void takes_numbers_and_flags_as_such(void **state)
{
	(void)state;
	struct arena *arena = arena_new();
	struct problems problems = PROBLEMS_NONE;
	const struct raw_field fields[] = {
		{ "goals_met", { VALUE_NUMBER, 3, NULL }, false },
		{ "goals_unmet", { VALUE_TEXT, 0, "0" }, false },
		{ "explained", { VALUE_FLAG, 1, NULL }, false },
		{ "review_on", { VALUE_NULL, 0, NULL }, false },
	};
	struct raw_event raw = { .kind = "plan.reviewed",
				 .subject = "K-1",
				 .fields = fields,
				 .field_count = 4,
				 .source = "file-7:12" };
	struct event *event = event_check(&raw, chain, now, arena, &problems);
	assert_non_null(event);
	assert_int_equal(event_value(event, "goals_met").number, 3);
	assert_int_equal(event_value(event, "goals_unmet").number, 0);
	assert_int_equal(event_value(event, "explained").type, VALUE_FLAG);
	assert_int_equal(event_value(event, "explained").number, 1);
	assert_int_equal(event_value(event, "review_on").type, VALUE_NULL);
	assert_string_equal(event->source, "file-7:12");
	assert_string_equal(event->key, "");
	char text[MOMENT_TEXT_SIZE];
	assert_string_equal(moment_format(event->at, text), "2026-11-30T10:15:30");
	arena_free(arena);
}

static void takes_kronor_for_an_amount(void **state)
{
	(void)state;
	struct arena *arena = arena_new();
	struct problems problems = PROBLEMS_NONE;
	const struct raw_field fields[] = {
		{ "rent_kr", { VALUE_TEXT, 0, "5 000,50 kr" }, false },
		{ "rent_kr", { VALUE_NUMBER, 5000, NULL }, false },
	};
	for (size_t i = 0; i < 2; i++) {
		struct raw_event raw = { .kind = "lease.started",
					 .subject = "K-1",
					 .fields = &fields[i],
					 .field_count = 1 };
		struct event *event = event_check(&raw, chain, now, arena, &problems);
		assert_non_null(event);
		assert_int_equal(event_value(event, "rent").number, i == 0 ? 500050 : 500000);
	}
	arena_free(arena);
}

/* Events with mistakes; each "place: piece of the text" in the order in which they are told. */
static const struct {
	struct typed typed;
	const char *expected[8];
} mistakes[] = {
	{ { NULL, NULL, NULL, NULL, { NULL } }, { "kind: is missing", "subject: is missing" } },
	{ { "plan.adoptd", "K-1", NULL, NULL, { "rent=1", NULL } },
	  { "kind: unknown kind \"plan.adoptd\": did you mean \"plan.adopted\"?" } },
	{ { "x", "K 1", "a b", "2027-01-01", { NULL } },
	  { "kind: unknown kind \"x\"", "subject: has \" \" in it", "key: has \" \" in it",
	    "at: \"2027-01-01\" lies ahead" } },
	{ { "rent.settled", "K-1", "2026-12", NULL, { NULL } },
	  { "kind: \"rent.settled\" follows" } },
	{ { "rent.charged", "K-1", "2026-13", NULL, { "amount=0", "due_on=2026-02-30", NULL } },
	  { "key: \"2026-13\" is not a month", "amount: must be whole öre, from 1 to 1000000000000",
	    "due_on: \"2026-02-30\" is not a date" } },
	{ { "rent.charged", "K-1", NULL, NULL, { "amont=1", NULL } },
	  { "key: is missing: rent.charged needs its month",
	    "amont: unknown field of rent.charged: "
	    "did you mean \"amount\"?",
	    "amount: is missing: the rent in öre" } },
	{ { "report.delivered", "ostermalm", "anual", NULL, { "x=1", NULL } },
	  { "key: \"anual\" is not known: did you mean \"annual\"? It must be tertial, annual, "
	    "partial or final",
	    "x: unknown field: report.delivered has none" } },
	{ { "report.delivered", "ostermalm", NULL, NULL, { NULL } },
	  { "key: is missing: report.delivered needs its report: tertial, annual, partial or "
	    "final" } },
	{ { "visit.made", "K-1", "k", NULL, { NULL } }, { "key: visit.made has no key" } },
	{ { "visit.made", "K-1", NULL, "2026-11-31", { NULL } },
	  { "at: \"2026-11-31\" is not a date or a time" } },
	{ { "visit.made", "K-1", NULL, "0206-11-30", { NULL } },
	  { "at: \"0206-11-30\" is hardly meant" } },
	{ { "lease.prolonged", "K-1", NULL, NULL, { "ends_on=2266-11-30", NULL } },
	  { "ends_on: \"2266-11-30\" is hardly meant" } },
	{ { "visit.made", "K-1", NULL, "2026-11-30T10:15:31", { NULL } },
	  { "at: \"2026-11-30T10:15:31\" lies ahead" } },
	{ { "stage.entered", "K-1", NULL, NULL, { "stage=trail_flat", "mode=walk", NULL } },
	  { "stage: \"trail_flat\" is not known: did you mean \"trial_flat\"?",
	    "mode: \"walk\" is not known: it must be move or convert" } },
	{ { "plan.reviewed",
	    "K-1",
	    NULL,
	    NULL,
	    { "goals_met=1000", "goals_unmet=-1", "explained=yes", "review_on=soon", NULL } },
	  { "goals_met: must be a whole number from 0 to 999",
	    "goals_unmet: must be a whole number from 0 to 999", "explained: must be true or false",
	    "review_on: \"soon\" is not a date" } },
	{ { "rent.paid",
	    "K-1",
	    NULL,
	    NULL,
	    { "amount=12.50", "amount=1", "paid_on=2026-11-3", "reference=", NULL } },
	  { "amount: must be whole öre", "amount: is given twice", "paid_on: \"2026-11-3\"",
	    "reference: is empty" } },
	{ { "staff.joined",
	    "anna.berg",
	    NULL,
	    NULL,
	    { "name=Anna\tBerg", "email=anna@example.se,ove@example.se", "language=no", NULL } },
	  { "name: has a control character", "email: \"anna@example.se,ove@example.se\"",
	    "language: \"no\" is not known: it must be sv or en" } },
	{ { "staff.absent",
	    "anna.berg",
	    NULL,
	    NULL,
	    { "from=2026-12-10", "to=2026-12-09", "deputy=850312-1234", NULL } },
	  { "deputy: looks like a personal number", "to: lies before \"from\"" } },
	{ { "event.voided", "K-1", NULL, NULL, { "event=0", "reason=\xe5", NULL } },
	  { "event: must be a whole number from 1", "reason: is not UTF-8" } },
	{ { "rent.paid",
	    "19850312-1234",
	    NULL,
	    NULL,
	    { "amount=1", "paid_on=2026-11-30", "bank_reference=from 8503121234", NULL } },
	  { "subject: looks like a personal number",
	    "bank_reference: looks like a personal number" } },
	{ { "rent.paid",
	    "K-1",
	    NULL,
	    NULL,
	    { "amount=1", "amount_kr=5000", "paid_on=2026-11-30", NULL } },
	  { "amount_kr: is given in öre and in kronor" } },
	{ { "rent.paid", "K-1", NULL, NULL, { "amount_kr=\u22125 000", "paid_on_kr=1", NULL } },
	  { "amount_kr: must be from 0.01 to 10000000000.00 kronor", "paid_on_kr: unknown field",
	    "paid_on: is missing" } },
	{ { "rent.paid", "K-1", NULL, NULL, { "amount_kr=5.000", "paid_on=2026-11-30", NULL } },
	  { "amount_kr: has more than two decimals" } },
	{ { "rent.paid", "K-1", NULL, NULL, { "amount=5 000,50", "paid_on=2026-11-30", NULL } },
	  { "amount: must be whole öre, from 1 to 1000000000000: amount_kr takes kronor" } },
	{ { "rent.paid",
	    "K-1",
	    NULL,
	    NULL,
	    { "amount=9999999999999999999", "paid_on=2026-11-30", NULL } },
	  { "amount: must be whole öre" } },
};

static void check_mistakes(const struct typed *typed, const char *const *expected)
{
	struct arena *arena = arena_new();
	struct problems problems = PROBLEMS_NONE;
	size_t n = 0;
	assert_null(check(typed, arena, &problems));
	for (; n < 8 && expected[n] != NULL; n++) {
		if (n >= problems.count)
			fail_msg("not told: %s", expected[n]);
		char *told = problem_format(&problems.list[n]);
		if (strncmp(told, expected[n], strlen(expected[n])) != 0)
			fail_msg("expected \"%s\", told \"%s\"", expected[n], told);
		free(told);
	}
	if (problems.count > n)
		fail_msg("told besides: %s: %s", problems.list[n].place, problems.list[n].text);
	problems_clear(&problems);
	arena_free(arena);
}

static void tells_every_mistake(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(mistakes) / sizeof(mistakes[0]); i++)
		check_mistakes(&mistakes[i].typed, mistakes[i].expected);
}

static void refuses_what_is_no_single_value(void **state)
{
	(void)state;
	struct arena *arena = arena_new();
	struct problems problems = PROBLEMS_NONE;
	const struct raw_field fields[] = {
		{ "amount", { VALUE_NULL, 0, NULL }, true },
		{ "paid_on", { VALUE_NUMBER, 20261130, NULL }, false },
		{ "reference", { VALUE_NUMBER, 12, NULL }, false },
		{ "bank_reference", { VALUE_FLAG, 1, NULL }, false },
	};
	struct raw_event raw = {
		.kind = "rent.paid", .subject = "K-1", .fields = fields, .field_count = 4
	};
	assert_null(event_check(&raw, chain, now, arena, &problems));
	assert_int_equal(problems.count, 4);
	assert_non_null(strstr(problems.list[0].text, "not a list, an object or a fraction"));
	assert_string_equal(problems.list[1].text, "must be a date, as in 2026-11-30");
	assert_string_equal(problems.list[2].text, "must be a text");
	assert_string_equal(problems.list[3].text, "must be a text");
	problems_clear(&problems);
	arena_free(arena);
}

static void measures_texts_in_characters(void **state)
{
	(void)state;
	struct problems problems = PROBLEMS_NONE;
	char text[1100] = "";
	for (int i = 0; i < 500; i++)
		memcpy(text + i * 2, "å", 3);
	assert_true(text_check(text, "reason", &problems));
	memcpy(text + 1000, "å", 3);
	assert_false(text_check(text, "reason", &problems));
	assert_string_equal(problems.list[0].text, "is too long (501 characters): at most 500");
	problems_clear(&problems);
}

static void leave_may_lie_ahead(void **state)
{
	(void)state;
	struct arena *arena = arena_new();
	struct problems problems = PROBLEMS_NONE;
	struct typed leave = { "staff.absent",
			       "anna.berg",
			       NULL,
			       "2026-12-20",
			       { "from=2026-12-20", "to=2026-12-20", NULL } };
	struct typed today = { "visit.made", "K-1", NULL, "2026-11-30", { NULL } };
	assert_non_null(check(&leave, arena, &problems));
	struct event *event = check(&today, arena, &problems);
	assert_non_null(event);
	assert_int_equal(event->at.second, -1);
	arena_free(arena);
}

static void an_empty_payment_file_is_one_too(void **state)
{
	(void)state;
	struct arena *arena = arena_new();
	struct problems problems = PROBLEMS_NONE;
	struct typed file = { "payments.imported",
			      "ostermalm",
			      NULL,
			      NULL,
			      { "format=camt054", "file=c54.xml", "covers_through=2026-11-27",
				"payments=0", "sum=0", NULL } };
	assert_non_null(check(&file, arena, &problems));
	arena_free(arena);
}

static void each_number_has_the_limits_of_its_field(void **state)
{
	(void)state;
	static const struct {
		const char *payments, *sum, *told; /* NULL: it is right */
	} rows[] = {
		{ "payments=9999999", "sum=1000000000000", NULL },
		{ "payments=10000000", "sum=1",
		  "payments: must be a whole number from 0 to 9999999" },
		{ "payments=1", "sum=-1",
		  "sum: must be whole öre, from 0 to 1000000000000: sum_kr takes kronor" },
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct arena *arena = arena_new();
		struct problems problems = PROBLEMS_NONE;
		struct typed file = { "payments.imported",
				      "ostermalm",
				      NULL,
				      NULL,
				      { "format=camt054", "file=c54.xml",
					"covers_through=2026-11-27", rows[i].payments, rows[i].sum,
					NULL } };
		bool is_right = check(&file, arena, &problems) != NULL;
		char *told = problems.count == 0 ? NULL : problem_format(&problems.list[0]);
		assert_int_equal(is_right, rows[i].told == NULL);
		if (rows[i].told != NULL)
			assert_string_equal(told, rows[i].told);
		free(told);
		problems_clear(&problems);
		arena_free(arena);
	}
}

static void knows_ids(void **state)
{
	(void)state;
	static const struct {
		const char *id;
		const char *refused; /* NULL: it is an id */
	} ids[] = {
		{ "ÖST-2026-014", NULL },
		{ "anna.berg", NULL },
		{ "Łódź_Ğ.Ẁ-1", NULL },
		{ "ξένος", NULL },
		{ "Жанна", NULL },
		{ "a", NULL },
		{ "åååååååååååååååååååååååååååååååååååååååå", NULL }, /* 40 */
		{ "ååååååååååååååååååååååååååååååååååååååååå", "too long (41" },
		{ "", "is empty" },
		{ "O\xCC\x88ST-1", "NFC" },
		{ "a b", "has \" \" in it" },
		{ "a/b", "has \"/\" in it" },
		{ "a\nb", "control" },
		{ "\xd6ST", "UTF-8" },
		{ "2×2", "has \"×\" in it" },
		{ "日本", "has \"日\" in it" },
		{ "K-850312-1234", "personal" },
	};
	for (size_t i = 0; i < sizeof(ids) / sizeof(ids[0]); i++) {
		struct problems problems = PROBLEMS_NONE;
		bool good = id_check(ids[i].id, "subject", &problems);
		if (good != (ids[i].refused == NULL))
			fail_msg("%s", ids[i].id);
		if (!good)
			assert_non_null(strstr(problems.list[0].text, ids[i].refused));
		assert_int_equal(problems.count, good ? 0 : 1);
		problems_clear(&problems);
	}
}

static void knows_personal_numbers(void **state)
{
	(void)state;
	static const char *const numbers[] = {
		"850312-1234",
		"8503121234",
		"850312+1234",
		"850312 1234",
		"19850312-1234",
		"198503121234",
		"20121231 0001",
		"18991231+0001",
		"850372-1234",
		"198503911234",
		"1985-03-12-1234",
		"85-03-12-1234",
		"1985-03-12 1234",
		"1985-03-121234",
		"x850312-1234y",
		"(850312-1234)",
		"tel 1, 850312-1234 and more",
		"850312\u20131234",
		"1985.03.12.1234",
		"1985 03 12 1234",
		"12 850312-1234",
		"850312_1234",
		"000131-0000",
	};
	static const char *const others[] = {
		"",
		"850312",
		"850312-123",
		"850312-12345",
		"1850312-1234",
		"28503121234",
		"851312-1234",
		"850012-1234",
		"850332-1234",
		"850360-1234",
		"850392-1234",
		"850300-1234",
		"2026-11-30",
		"2026-11-30.2",
		"2026-12",
		"ÖST-2006-014",
		"08-123 45 67",
		"5501051200012345",
		"2026-11-30T10:15",
		"21850312-123",
		"2006-03-1-1234",
		"K-0417",
		"850312--1234",
		"212503121234",
	};
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		if (!text_has_personal_number(numbers[i]))
			fail_msg("not seen: %s", numbers[i]);
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if (text_has_personal_number(others[i]))
			fail_msg("taken for one: %s", others[i]);
}

/* Kinds and their fields as the contract has them: "!" before a field that must be given. */
static const char *const contract[][2] = {
	{ "staff.joined", "!name !email board language rhythm" },
	{ "staff.absent", "!from !to deputy" },
	{ "programme.started", "!title board ends_on" },
	{ "role.assigned", "!role !staff from" },
	{ "role.released", "!role !staff" },
	{ "evaluation.done", "" },
	{ "payments.imported", "!format !file !covers_through !payments !sum" },
	{ "flat.vacated", "area" },
	{ "payment.unmatched", "!amount !paid_on !reference reversal same_as perhaps_of" },
	{ "payment.assigned", "!case amount" },
	{ "case.opened", "!programme board protected children" },
	{ "case.transferred", "!programme board protected children" },
	{ "household.changed", "!children" },
	{ "case.closed", "!outcome reason" },
	{ "case.protected", "!on" },
	{ "consent.given", "!board !until" },
	{ "decision.made", "valid_until" },
	{ "plan.adopted", "!rent !tenancy !treatment !neighbour !rent_contact efforts !goals_short "
			  "!goals_long review_on" },
	{ "plan.amended",
	  "rent tenancy treatment neighbour rent_contact efforts goals_short goals_long "
	  "review_on" },
	{ "plan.reviewed", "!goals_met !goals_unmet !explained review_on" },
	{ "task.agreed", "!what !due_on !role" },
	{ "stage.entered", "!stage !mode reason" },
	{ "lease.started", "ends_on block area rent ocr" },
	{ "lease.prolonged", "ends_on by" },
	{ "lease.notice_given", "ends_on by" },
	{ "lease.indefinite", "ends_on by" },
	{ "waiver.not_needed", "" },
	{ "decision.open_ended_confirmed", "" },
	{ "home.kept", "!kept" },
	{ "lease.disputed", "!ends_on" },
	{ "lease.waiver_approved", "!until" },
	{ "rent.charged", "!amount due_on reference first" },
	{ "rent.paid", "!amount !paid_on reference bank_reference" },
	{ "rent.reversed", "!amount !paid_on reference bank_reference" },
	{ "forfeiture.notice_served", "!on programme" },
	{ "board.notified", "!on sent_on programme" },
	{ "arrears.paid", "!paid_on where programme" },
	{ "forfeiture.withdrawn", "!on programme" },
	{ "payment.undertaken", "!on" },
	{ "disturbance.reported", "programme" },
	{ "disturbance.board_notified", "!on programme" },
	{ "disturbance.notice", "!on programme" },
	{ "disturbance.handled", "programme" },
	{ "enforcement.applied", "!on programme" },
	{ "eviction.dated", "!date programme" },
	{ "eviction.postponed", "!date programme" },
	{ "eviction.called_off", "programme" },
	{ "eviction.carried_out", "!on programme" },
	{ "eviction.confirmed", "programme" },
	{ "debt.reported", "!debt programme" },
	{ "visit.made", "" },
	{ "event.voided", "!event !reason" },
};

static void keeps_the_contract(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(contract) / sizeof(contract[0]); i++) {
		char fields[300] = "";
		const struct kind *kind = chain_kind(chain, contract[i][0]);
		assert_non_null(kind);
		for (size_t f = 0; f < kind->field_count; f++) {
			strcat(fields, f == 0 ? "" : " ");
			strcat(fields, kind->fields[f].optional ? "" : "!");
			strcat(fields, kind->fields[f].name);
		}
		assert_string_equal(fields, contract[i][1]);
	}
}

static void check_kind_row(const struct kind *kind)
{
	assert_ptr_equal(chain_kind(chain, kind->name), kind); /* so each name stands once */
	assert_true(kind->help[0] != '\0' && utf8_length(kind->label) > 0);
	assert_true((kind->key == KEY_NONE) == (kind->key_means == NULL));
	assert_true((kind->subject == SUBJECT_STAFF) == (kind->people == PEOPLE_STAFF));
	if (kind->people == PEOPLE_ROLE)
		assert_true(kind_field(kind, "role") >= 0 && kind_field(kind, "staff") >= 0);
	if (kind->people == PEOPLE_BOARD || kind->people == PEOPLE_CONSENT)
		assert_true(kind_field(kind, "board") >= 0);
	for (size_t i = 0; i < kind->field_count; i++) {
		const struct field *field = &kind->fields[i];
		assert_int_equal(kind_field(kind, field->name), i);
		assert_true(field->help[0] != '\0');
		assert_true((field->type == FIELD_CODE) == (field->codes != NULL));
		assert_true(field->codes == NULL || chain_codes(chain, field->codes) != NULL);
		/* Free text and money never go where letters take words from. */
		if (kind->subject == SUBJECT_CASE && field->type == FIELD_TEXT)
			assert_int_equal(field->class, CLASS_SECRET);
		if (field->type == FIELD_AMOUNT || field->type == FIELD_COUNT)
			assert_int_equal(field->class, CLASS_CASE);
	}
}

static void a_label_in_english_or_else_in_swedish(void **state)
{
	(void)state;
	size_t count = 0;
	const struct kind *table = kind_core_table(&count);
	for (size_t i = 0; i < count; i++) {
		assert_non_null(table[i].label_en);
		assert_string_equal(kind_label(&table[i], "en"), table[i].label_en);
		assert_string_equal(kind_label(&table[i], "sv"), table[i].label);
	}
	struct kind own = { .name = "x.y", .label = "nycklarna lämnades" };
	assert_string_equal(kind_label(&own, "en"), "nycklarna lämnades");
}

static void every_row_is_whole(void **state)
{
	(void)state;
	size_t count = 0;
	const struct kind *table = kind_core_table(&count);
	assert_true(count > 70);
	for (size_t i = 0; i < count; i++)
		check_kind_row(&table[i]);
	assert_true(chain_kind(chain, "rent.settled")->is_virtual);
	assert_true(chain_kind(chain, "rent.cleared")->is_virtual);
	assert_string_equal(chain_kind(chain, "plan.adopted")->label, "planen antogs");
	assert_int_equal(chain_kind(chain, "role.released")->people, PEOPLE_ROLE);
	assert_int_equal(chain_kind(chain, "case.transferred")->people, PEOPLE_BOARD);
	assert_int_equal(chain_kind(chain, "consent.withdrawn")->people, PEOPLE_CONSENT);
	assert_int_equal(chain_kind(chain, "plan.adopted")->people, PEOPLE_NONE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(takes_what_is_right),
		cmocka_unit_test(takes_numbers_and_flags_as_such),
		cmocka_unit_test(takes_kronor_for_an_amount),
		cmocka_unit_test(tells_every_mistake),
		cmocka_unit_test(each_number_has_the_limits_of_its_field),
		cmocka_unit_test(refuses_what_is_no_single_value),
		cmocka_unit_test(measures_texts_in_characters),
		cmocka_unit_test(leave_may_lie_ahead),
		cmocka_unit_test(an_empty_payment_file_is_one_too),
		cmocka_unit_test(knows_ids),
		cmocka_unit_test(knows_personal_numbers),
		cmocka_unit_test(keeps_the_contract),
		cmocka_unit_test(every_row_is_whole),
		cmocka_unit_test(a_label_in_english_or_else_in_swedish),
	};
	return cmocka_run_group_tests(tests, read_chain, free_chain);
}
