/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Checks what somebody sent against its kind and makes an event of it. Every mistake is told, not
 * only the first one; what is sent twice or in the wrong form is never guessed at.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rules/base/address.h"
#include "rules/base/kronor.h"
#include "rules/kinds/chain.h"
#include "rules/kinds/kind.h"

struct checking {
	const struct raw_event *raw;
	const struct chain *chain;
	civil now;
	struct arena *arena;
	struct problems *problems;
	const struct kind *kind; /* NULL where it is unknown */
	struct value *values;
};

static void check_kind(struct checking *checking)
{
	const char *name = checking->raw->kind;
	struct problems *problems = checking->problems;
	if (name == NULL || name[0] == '\0') {
		problem_add(problems, "kind", 0, "is missing: it says what happened");
		return;
	}
	const struct kind *kind = chain_kind(checking->chain, name);
	if (kind != NULL && !kind->is_virtual) {
		checking->kind = kind;
		return;
	}
	if (kind != NULL) {
		problem_add(problems, "kind", 0,
			    "\"%s\" follows from other events: it is not recorded", name);
		return;
	}
	problem_add(problems, "kind", 0, "unknown kind \"%s\"", name);
	problem_hint(problems, name, chain_codes(checking->chain, "kind"), "see the list of kinds");
}

static const char *subject_words(const struct kind *kind)
{
	switch (kind == NULL ? SUBJECT_ANY : kind->subject) {
	case SUBJECT_STAFF:
		return "a member of staff, as in anna.berg";
	case SUBJECT_PROGRAMME:
		return "a programme, as in ostermalm";
	case SUBJECT_CASE:
		return "a case, as in K-0417";
	case SUBJECT_ANY:
		break;
	}
	return "a case, a programme or a member of staff";
}

static void check_subject(struct checking *checking)
{
	const char *subject = checking->raw->subject;
	if (subject == NULL || subject[0] == '\0')
		problem_add(checking->problems, "subject", 0, "is missing: it must be %s",
			    subject_words(checking->kind));
	else if (!id_check(subject, "subject", checking->problems))
		return; /* told */
}

/* "one, two or three" */
static const char *words_of(struct arena *arena, const char *const *codes)
{
	const char *words = codes != NULL && codes[0] != NULL ? codes[0] : "nothing";
	for (size_t i = 1; codes != NULL && codes[0] != NULL && codes[i] != NULL; i++)
		words = arena_printf(arena, "%s%s%s", words, codes[i + 1] == NULL ? " or " : ", ",
				     codes[i]);
	return words;
}

static bool is_among(const char *code, const char *const *codes)
{
	for (; codes != NULL && *codes != NULL; codes++)
		if (strcmp(code, *codes) == 0)
			return true;
	return false;
}

static bool check_code(struct checking *checking, const char *place, const char *code,
		       const char *const *codes)
{
	if (is_among(code, codes))
		return true;
	const char *nearest = problem_nearest(code, codes);
	const char *words = words_of(checking->arena, codes);
	if (nearest != NULL)
		problem_add(checking->problems, place, 0,
			    "\"%s\" is not known: did you mean \"%s\"? It must be %s", code,
			    nearest, words);
	else
		problem_add(checking->problems, place, 0, "\"%s\" is not known: it must be %s",
			    code, words);
	return false;
}

static void check_key_of(struct checking *checking, const struct kind *kind, const char *key)
{
	struct problems *problems = checking->problems;
	date month;
	if (kind->key == KEY_NONE)
		problem_add(problems, "key", 0, "%s has no key: leave it out", kind->name);
	else if (kind->key_codes != NULL)
		check_code(checking, "key", key, kind->key_codes);
	else if (kind->key_means != NULL && strcmp(kind->key_means, "month") == 0 &&
		 date_parse_month(key, &month) != 0)
		problem_add(problems, "key", 0, "\"%s\" is not a month: write it as in 2026-12",
			    key);
	else if (!id_check(key, "key", problems))
		return; /* told */
}

static void check_key(struct checking *checking)
{
	const struct kind *kind = checking->kind;
	const char *key = checking->raw->key;
	bool given = key != NULL && key[0] != '\0';
	if (given && kind != NULL)
		check_key_of(checking, kind, key);
	else if (given && !id_check(key, "key", checking->problems))
		return; /* told */
	else if (!given && kind != NULL && kind->key == KEY_REQUIRED)
		problem_add(checking->problems, "key", 0, "is missing: %s needs its %s%s%s",
			    kind->name, kind->key_means == NULL ? "key" : kind->key_means,
			    kind->key_codes == NULL ? "" : ": ",
			    kind->key_codes == NULL ? ""
						    : words_of(checking->arena, kind->key_codes));
}

/* A slip in the year would make a row for every occurrence of all the centuries between. */
static bool is_of_our_time(date day)
{
	return day >= date_from_ymd(1900, 1, 1) && day <= date_from_ymd(2199, 12, 31);
}

static struct moment check_at(struct checking *checking)
{
	const char *at = checking->raw->at;
	struct moment moment = { .day = civil_date(checking->now),
				 .second = civil_second(checking->now) };
	if (at == NULL || at[0] == '\0')
		return moment;
	if (moment_parse(at, &moment) != 0)
		problem_add(checking->problems, "at", 0,
			    "\"%s\" is not a date or a time: write it as in 2026-11-30 or "
			    "2026-11-30T10:15",
			    at);
	else if (moment_civil(moment) > checking->now &&
		 (checking->kind == NULL || !checking->kind->may_lie_ahead))
		problem_add(checking->problems, "at", 0,
			    "\"%s\" lies ahead: an event is recorded when it has happened", at);
	else if (!is_of_our_time(moment.day))
		problem_add(checking->problems, "at", 0,
			    "\"%s\" is hardly meant: the year lies from 1900 to 2199", at);
	return moment;
}

static bool take_number(const struct value *value, int64_t *ret)
{
	char *behind = NULL;
	if (value->type == VALUE_NUMBER) {
		*ret = value->number;
		return true;
	}
	if (value->type != VALUE_TEXT || value->text[0] == '\0' || strlen(value->text) > 18)
		return false;
	if (strspn(value->text + (value->text[0] == '-'), "0123456789") + (value->text[0] == '-') !=
	    strlen(value->text))
		return false;
	*ret = strtoll(value->text, &behind, 10);
	return behind != value->text + (value->text[0] == '-');
}

static bool refuse(struct checking *checking, const struct field *field, const char *what)
{
	problem_add(checking->problems, field->name, 0, "must be %s", what);
	return false;
}

static bool check_range(struct checking *checking, const struct field *field, struct value value,
			struct value *ret)
{
	int64_t number = 0, lowest = 0, highest = 0;
	field_limits(field, &lowest, &highest);
	if (!take_number(&value, &number) || number < lowest || number > highest) {
		bool ore = field->type == FIELD_AMOUNT;
		problem_add(checking->problems, field->name, 0,
			    "must be %s from %" PRId64 " to %" PRId64 "%s%s%s",
			    ore ? "whole öre," : "a whole number", lowest, highest, ore ? ": " : "",
			    ore ? field->name : "", ore ? KIND_IN_KRONOR " takes kronor" : "");
		return false;
	}
	*ret = (struct value){ .type = VALUE_NUMBER, .number = number };
	return true;
}

/* Kronor as people write them, for the field of that amount in öre. */
static bool check_kronor(struct checking *checking, const char *name, const struct field *field,
			 struct value value, struct value *ret)
{
	const char *reason = "must be an amount in kronor, as in 5400,50";
	char from[KRONOR_TEXT_SIZE], to[KRONOR_TEXT_SIZE];
	int64_t ore = 0, lowest = 0, highest = 0;
	bool is_number =
	    value.type == VALUE_NUMBER && !__builtin_mul_overflow(value.number, INT64_C(100), &ore);
	if (!is_number &&
	    (value.type != VALUE_TEXT || kronor_parse(value.text, &ore, &reason) != 0)) {
		problem_add(checking->problems, name, 0, "%s", reason);
		return false;
	}
	field_limits(field, &lowest, &highest);
	if (ore < lowest || ore > highest) {
		problem_add(checking->problems, name, 0, "must be from %s to %s kronor",
			    kronor_format(lowest, from), kronor_format(highest, to));
		return false;
	}
	*ret = (struct value){ .type = VALUE_NUMBER, .number = ore };
	return true;
}

static bool check_date(struct checking *checking, const struct field *field, struct value value,
		       struct value *ret)
{
	date day;
	if (value.type != VALUE_TEXT)
		return refuse(checking, field, "a date, as in 2026-11-30");
	if (date_parse(value.text, &day) != 0) {
		problem_add(checking->problems, field->name, 0,
			    "\"%s\" is not a date: write it as in 2026-11-30", value.text);
		return false;
	}
	if (!is_of_our_time(day)) {
		problem_add(checking->problems, field->name, 0,
			    "\"%s\" is hardly meant: the year lies from 1900 to 2199", value.text);
		return false;
	}
	*ret = (struct value){ .type = VALUE_DATE, .number = day };
	return true;
}

static bool check_flag(struct checking *checking, const struct field *field, struct value value,
		       struct value *ret)
{
	bool flag = false;
	if (value.type == VALUE_FLAG)
		flag = value.number != 0;
	else if (value.type == VALUE_TEXT && strcmp(value.text, "true") == 0)
		flag = true;
	else if (value.type != VALUE_TEXT || strcmp(value.text, "false") != 0)
		return refuse(checking, field, "true or false");
	*ret = (struct value){ .type = VALUE_FLAG, .number = flag };
	return true;
}

/* Letters go out to this: what mail cannot be sent to is refused where it is written. */
static bool check_address(struct checking *checking, const struct field *field, const char *text)
{
	const char *fault = address_fault(text);
	if (fault != NULL)
		problem_add(checking->problems, field->name, 0, "\"%s\" %s", text, fault);
	return fault == NULL;
}

static bool check_words(struct checking *checking, const struct field *field, struct value value,
			struct value *ret)
{
	bool good = false;
	if (value.type != VALUE_TEXT)
		return refuse(checking, field, "a text");
	if (field->type == FIELD_CODE)
		good = check_code(checking, field->name, value.text,
				  chain_codes(checking->chain, field->codes));
	else if (field->type == FIELD_ID)
		good = id_check(value.text, field->name, checking->problems);
	else
		good = text_check(value.text, field->name, checking->problems) &&
		       (!field->is_address || check_address(checking, field, value.text));
	if (good)
		*ret = (struct value){ .type = VALUE_TEXT,
				       .text = arena_strdup(checking->arena, value.text) };
	return good;
}

static bool check_value(struct checking *checking, const struct field *field, struct value value,
			struct value *ret)
{
	switch (field->type) {
	case FIELD_DATE:
		return check_date(checking, field, value, ret);
	case FIELD_AMOUNT:
	case FIELD_COUNT:
	case FIELD_NUMBER:
		return check_range(checking, field, value, ret);
	case FIELD_FLAG:
		return check_flag(checking, field, value, ret);
	case FIELD_CODE:
	case FIELD_ID:
	case FIELD_TEXT:
		return check_words(checking, field, value, ret);
	}
	return false;
}

static void refuse_unknown(struct checking *checking, const char *name)
{
	const struct kind *kind = checking->kind;
	const char **names = arena_alloc(checking->arena, (kind->field_count + 1) * sizeof(*names));
	for (size_t i = 0; i < kind->field_count; i++)
		names[i] = kind->fields[i].name;
	if (kind->field_count == 0) {
		problem_add(checking->problems, name, 0, "unknown field: %s has none", kind->name);
		return;
	}
	problem_add(checking->problems, name, 0, "unknown field of %s", kind->name);
	problem_hint(checking->problems, name, names,
		     arena_printf(checking->arena, "it has %s", words_of(checking->arena, names)));
}

/* The field that is meant; "amount_kr" is "amount", said in kronor. */
static int place_of(const struct kind *kind, const char *name, bool *ret_in_kronor)
{
	char bare[64];
	size_t length = strlen(name), behind = strlen(KIND_IN_KRONOR);
	int place = kind_field(kind, name);
	*ret_in_kronor = false;
	if (place >= 0 || length <= behind || length >= sizeof(bare) ||
	    strcmp(name + length - behind, KIND_IN_KRONOR) != 0)
		return place;
	snprintf(bare, sizeof(bare), "%.*s", (int)(length - behind), name);
	place = kind_field(kind, bare);
	*ret_in_kronor = place >= 0 && kind->fields[place].type == FIELD_AMOUNT;
	return *ret_in_kronor ? place : -1;
}

static bool was_given_before(const struct raw_event *raw, size_t i)
{
	for (size_t earlier = 0; earlier < i; earlier++)
		if (strcmp(raw->fields[earlier].name, raw->fields[i].name) == 0)
			return true;
	return false;
}

/* Marks the place of every field that was given, right or wrong, so that none counts as missing. */
static void check_field(struct checking *checking, size_t i, bool *given)
{
	const struct raw_field *raw = &checking->raw->fields[i];
	bool in_kronor;
	int place = place_of(checking->kind, raw->name, &in_kronor);
	if (was_given_before(checking->raw, i)) {
		problem_add(checking->problems, raw->name, 0, "is given twice: give it once");
		return;
	}
	if (place < 0) {
		refuse_unknown(checking, raw->name);
		return;
	}
	const struct field *field = &checking->kind->fields[place];
	if (!raw->is_other && raw->value.type == VALUE_NULL)
		return;
	bool is_second = given[place]; /* once in öre and once in kronor */
	given[place] = true;
	if (is_second)
		problem_add(checking->problems, raw->name, 0,
			    "is given in öre and in kronor: give one of them");
	else if (raw->is_other)
		problem_add(checking->problems, raw->name, 0,
			    in_kronor ? "must be whole kronor, or a text as in \"5400,50\""
				      : "must be a single %s, not a list, an object or a fraction",
			    field_type_name(field->type));
	else if (in_kronor ? !check_kronor(checking, raw->name, field, raw->value,
					   &checking->values[place])
			   : !check_value(checking, field, raw->value, &checking->values[place]))
		return; /* told */
}

/* A stretch of days that ends before it begins. */
static void check_order(struct checking *checking)
{
	int from = kind_field(checking->kind, "from"), to = kind_field(checking->kind, "to");
	if (from < 0 || to < 0)
		return;
	const struct value *first = &checking->values[from], *last = &checking->values[to];
	if (first->type == VALUE_DATE && last->type == VALUE_DATE && last->number < first->number)
		problem_add(checking->problems, "to", 0,
			    "lies before \"from\": the last day is on it or after it");
}

/* A letter that came in before it was posted. */
static void check_sending(struct checking *checking)
{
	int on = kind_field(checking->kind, "on"), sent = kind_field(checking->kind, "sent_on");
	if (on < 0 || sent < 0)
		return;
	const struct value *came = &checking->values[on], *posted = &checking->values[sent];
	if (came->type == VALUE_DATE && posted->type == VALUE_DATE && posted->number > came->number)
		problem_add(checking->problems, "sent_on", 0,
			    "lies behind \"on\": it is posted on the day on which it comes in, or "
			    "before");
}

static void check_fields(struct checking *checking)
{
	const struct kind *kind = checking->kind;
	if (kind == NULL)
		return;
	checking->values =
	    arena_alloc(checking->arena, (kind->field_count + 1) * sizeof(struct value));
	bool *given = arena_alloc(checking->arena, kind->field_count + 1);
	for (size_t i = 0; i < checking->raw->field_count; i++)
		check_field(checking, i, given);
	for (size_t i = 0; i < kind->field_count; i++)
		if (!given[i] && !kind->fields[i].optional)
			problem_add(checking->problems, kind->fields[i].name, 0, "is missing: %s",
				    kind->fields[i].help);
	check_order(checking);
	check_sending(checking);
}

static void check_source(struct checking *checking)
{
	const char *source = checking->raw->source;
	if (source != NULL && !text_check(source, "source", checking->problems))
		return; /* told */
}

static struct event *make_event(const struct checking *checking, struct moment at)
{
	const struct raw_event *raw = checking->raw;
	struct event *event = arena_alloc(checking->arena, sizeof(*event));
	event->kind = checking->kind;
	event->subject = arena_strdup(checking->arena, raw->subject);
	event->key = arena_strdup(checking->arena, raw->key == NULL ? "" : raw->key);
	event->at = at;
	event->recorded = checking->now;
	event->actor = arena_strdup(checking->arena, raw->actor == NULL ? "" : raw->actor);
	event->source = arena_strdup(checking->arena, raw->source);
	event->values = checking->values;
	return event;
}

struct event *event_check(const struct raw_event *raw, const struct chain *chain, civil now,
			  struct arena *arena, struct problems *problems)
{
	struct checking checking = {
		.raw = raw, .chain = chain, .now = now, .arena = arena, .problems = problems
	};
	size_t before = problems->count;
	check_kind(&checking);
	check_subject(&checking);
	check_key(&checking);
	struct moment at = check_at(&checking);
	check_fields(&checking);
	check_source(&checking);
	return problems->count == before ? make_event(&checking, at) : NULL;
}
