/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The kinds of events, as rows of one table: name, subject, key, fields, help. The checking of
 * events, the help, the manual, the completion and the import all read that table. domain.md 8
 * is the contract: a kind may gain fields, not lose them.
 */
#ifndef KEDJA_KIND_H
#define KEDJA_KIND_H

#include "rules/base/kronor.h"
#include "rules/base/problem.h"
#include "rules/kinds/course.h"
#include "rules/time/date.h"

enum subject_type { SUBJECT_STAFF, SUBJECT_PROGRAMME, SUBJECT_CASE, SUBJECT_ANY };
const char *subject_type_name(enum subject_type type); /* "staff" "programme" "case" "any" */

enum value_type { VALUE_NULL, VALUE_NUMBER, VALUE_DATE, VALUE_FLAG, VALUE_TEXT };

/* A value of a field or of a fact. Dates and flags are in `number` (day number; 0 or 1). The
 * text is borrowed: its owner is the event or the facts that gave the value. */
struct value {
	enum value_type type;
	int64_t number;
	const char *text;
};

enum field_type {
	FIELD_DATE,   /* YYYY-MM-DD */
	FIELD_AMOUNT, /* whole öre; 1 .. 10^12 unless the field says otherwise */
	FIELD_COUNT,  /* a whole number; 0 .. 999 unless the field says otherwise */
	FIELD_FLAG,   /* true, false */
	FIELD_CODE,   /* one of a list */
	FIELD_ID,     /* 1 to 40 letters, digits, '-', '.', '_', in NFC */
	FIELD_TEXT,   /* up to 500 characters */
	FIELD_NUMBER  /* a positive whole number: the id of an event */
};

/* Whom or what an id names: somebody or something that must be there (daemon/store/known.h). */
enum field_names { NAMES_NOTHING, NAMES_STAFF, NAMES_PROGRAMME, NAMES_CASE };

/* Where the value of a field may appear (I6, domain.md 8). */
enum field_class { CLASS_OPEN, CLASS_CASE, CLASS_SECRET, CLASS_STAFF };

/* What day a date field may tell when it is recorded (event_days.h). */
enum field_day {
	DAY_ANY,
	DAY_HAPPENED, /* not after today */
	DAY_PAID,     /* the same; a bank's file may be up to five days ahead */
	DAY_COMES     /* not before today, save by force */
};

/* Behind the name of an amount: the same in kronor, as people write them ("amount_kr"). It is only
 * another way to say the field; events hold öre. */
#define KIND_IN_KRONOR "_kr"

struct field {
	const char *name;
	enum field_type type;
	bool optional;
	enum field_class class;
	const char *codes;      /* for FIELD_CODE: the name of the list (chain_codes) */
	const char *help;       /* English, a phrase */
	int64_t least, most;    /* of a number; both 0: those of its type (field_limits) */
	bool is_address;        /* a text that letters go to */
	enum field_names names; /* of an id */
	bool must_run;          /* and whoever is named must not have left, or ended */
	enum field_day day;     /* of a date */
};

/* The largest amount, of a field that does not say otherwise. */
#define AMOUNT_MOST KRONOR_MOST
/* The largest number that any field may hold: what reckons with values stays far below 2^63. */
#define FIELD_MOST INT64_C(999999999999999)

/* The least and the most that the field may be; false, with both untouched, if it is no number. */
bool field_limits(const struct field *field, int64_t *ret_least, int64_t *ret_most);

/* "date" "amount" ...; "open" "case" ...: the words of chain.conf and of the help. */
const char *field_type_name(enum field_type type);
const char *field_class_name(enum field_class class);

/* What a condition takes the field for: a date, a number, a flag or a text. */
enum value_type field_type_value(enum field_type type);

/* What is derived of people from an event: who somebody is, who holds a role, which board a case or
 * programme belongs to, which boards may be told of a case. */
enum kind_people { PEOPLE_NONE, PEOPLE_STAFF, PEOPLE_ROLE, PEOPLE_BOARD, PEOPLE_CONSENT };

/* What an event does to the course of things of its kind (course.h). */
enum course_turn { TURN_NONE, TURN_BEGINS, TURN_ENDS };

enum key_rule { KEY_NONE, KEY_ALLOWED, KEY_REQUIRED };

struct kind {
	const char *name;
	enum subject_type subject;
	enum key_rule key;
	const char *key_means;        /* "month", "task"; NULL without a key */
	const char *const *key_codes; /* allowed keys, ended by NULL; NULL: any id */
	const char *lone_key;         /* of an event without a key while no matter is open; with one
				       * open it is about that (event_key.h). NULL: a day's own */
	const struct field *fields;
	size_t field_count;
	bool may_lie_ahead;          /* `at` may be in the future (leave that is planned) */
	bool may_begin;              /* may be the first that is known of its subject */
	const struct course *course; /* what it begins or ends; NULL */
	enum course_turn turn;
	const struct course *within; /* what must not be over when it happens; NULL */
	bool is_virtual;             /* given out by the fold, never recorded (rent.settled) */
	enum kind_people people;
	const char *counts_on; /* the date field that says whether it was in time (ruleset.h,
				* final); NULL: the day on which it happened */
	const char *undoes;    /* the kind that it takes back: what that had fulfilled is open
				* again; NULL: none */
	const char *help;      /* English, a phrase */
	const char *label;     /* Swedish, for letters: "planen antogs" */
	const char *label_en;  /* the same in English; NULL: an office's own has none */
};

/* The core kinds; the table has `*ret_count` rows, in the order of domain.md 8. */
const struct kind *kind_core_table(size_t *ret_count);
/* What a letter in this language ("sv", "en") says of it; Swedish where there is no English. */
const char *kind_label(const struct kind *kind, const char *language);
/* deadline.acknowledged, deadline.snoozed */
bool kind_puts_off(const struct kind *kind);
/* The place of a field in kind->fields, or -1. */
int kind_field(const struct kind *kind, const char *field);

/*
 * One thing that happened. `values` has kind->field_count places; a field that was left out is
 * VALUE_NULL. An event and all it points to live in one arena (or in the fold that gave it out).
 */
struct event {
	int64_t id; /* 0 while it is not recorded, and for virtual ones */
	const struct kind *kind;
	const char *subject;
	const char *key; /* "" where there is none */
	struct moment at;
	civil recorded; /* office time at which it was written down */
	const char *actor;
	const char *source; /* NULL or a unique id of an import line */
	const char *forced; /* why it was recorded against a check; NULL: it was not, or its own
			     * field `reason` says why */
	const struct value *values;
};

struct value event_value(const struct event *event, const char *field); /* NULL value if absent */
/* The day by which it is in time or too late. */
date event_counts_on(const struct event *event);
/* With all its texts and values, which live in the arena. */
struct event event_copy(const struct event *event, struct arena *arena);

/* Can an event of this kind name a programme that its case belongs to, or asks about? */
bool kind_names_programme(const struct kind *kind);
/* The programme that it names; NULL if none. */
const char *event_programme(const struct event *event);

/* event.voided */
bool kind_takes_back(const struct kind *kind);
/* The event that this one takes back; 0: none. */
int64_t event_takes_back(const struct event *event);

/*
 * What somebody sent, before it is checked. Every value may come as text, as people type it;
 * numbers and flags may also come as such.
 */
struct raw_field {
	const char *name;
	struct value value; /* VALUE_TEXT, VALUE_NUMBER, VALUE_FLAG or VALUE_NULL */
	bool is_other;      /* a list, an object, a fraction: never right */
};

struct raw_event {
	const char *kind, *subject, *key, *at, *actor, *source; /* NULL where not given */
	const struct raw_field *fields;
	size_t field_count;
};

struct chain;

/*
 * Checks and converts. All mistakes go to problems, each with its field as place ("kind",
 * "subject", "key", "at", or the field's name); then NULL. `now` is the office's time: it is the
 * default of `at`, and `at` may not lie after it. The event lives in `arena`.
 */
struct event *event_check(const struct raw_event *raw, const struct chain *chain, civil now,
			  struct arena *arena, struct problems *problems);

/*
 * One check for texts, as of a field: UTF-8, 1 to 500 characters, none of them a control
 * character, nothing shaped like a personal number.
 */
MUST_CHECK bool text_check(const char *text, const char *place, struct problems *problems);

/* One check for ids; the reason for a refusal goes to problems under `place`. Refused are also
 * things shaped like a personal number (personnummer, samordningsnummer), in ids and texts. */
MUST_CHECK bool id_check(const char *id, const char *place, struct problems *problems);
bool text_has_personal_number(const char *text);

#endif
