/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The rules of one office in memory: read-only once loaded, all in one arena.
 *
 * Made by load.h. Whoever holds a pointer into a ruleset must not outlive it; a reload builds a
 * new ruleset beside the old, and swaps.
 */
#ifndef KEDJA_RULESET_H
#define KEDJA_RULESET_H

#include "rules/kinds/chain.h"
#include "rules/language/condition.h"
#include "rules/time/calendar.h"
#include "rules/time/offset.h"

enum repeat { REPEAT_NONE, REPEAT_ROLLING, REPEAT_FIXED, REPEAT_GRID };
enum catch_up { CATCH_UP_LATEST, CATCH_UP_ALL, CATCH_UP_SKIP };
enum urgency { URGENT_NO, URGENT_YES, URGENT_ALWAYS };

/* A kind of event that a rule names; `key` narrows it ("report.delivered[tertial]") or is NULL. */
struct kind_ref {
	const struct kind *kind;
	const char *key;
};

/* A date field that may bring the due date forward: of `kind`, or (kind NULL) of whatever event
 * started or renewed the deadline. */
struct agreed_ref {
	const struct kind *kind;
	const char *field;
};

/* Who is told: a role, or the role that the starting event names in one of its fields. */
struct addressee {
	const struct role *role; /* NULL: the one named in rule->role_fields[field] */
	size_t field;
};

#define STEP_AT_SLOT (-1) /* with the letters of the day */
#define STEP_NOW     (-2) /* when the deadline becomes known; urgent steps only */

struct step {
	const char *name;
	int line;         /* of its name, in the file of `steps` */
	int index;        /* place in the rule */
	struct offset at; /* from the due date, or from the anchor */
	bool from_anchor; /* it was written as `after` */
	bool repeats;
	struct offset every;
	int times; /* counts the first; 0: until fulfilled */
	int time;  /* second of the day, STEP_AT_SLOT or STEP_NOW */
	enum urgency urgent;
	bool patient; /* urgent: of what was written down after its day it waits for the slot */
	bool calendar_entry;  /* its letter carries the due day for the reader's calendar */
	const char *template; /* that its letters use instead of the rule's own; or NULL */
	struct addressee *to, *cc;
	size_t to_count, cc_count;
};

/*
 * Who is told of a case that is not open, in place of those who hold roles on cases: the first of
 * these whom anybody can reach; and who gets a copy.
 */
struct care {
	const struct role *roles[3];
	size_t count;
	const struct role *copy; /* NULL: the office has no such role */
};

/* Where a key of a rule stands: an office's own stands in another file than the rule. */
struct key_place {
	const char *key, *file;
	int line;
};

struct day_of_year {
	int month, day;
};

struct rule {
	const char *name, *title;
	const char *title_en; /* NULL: it has none */
	int index;
	enum subject_type subject;
	struct kind_ref *starts, *done, *cancels;
	size_t starts_count, done_count, cancels_count;
	bool starts_all;            /* opens when each kind in starts has happened */
	struct day_of_year *yearly; /* instead of starts: these days of every year */
	size_t yearly_count;
	unsigned weekly;  /* instead of starts: a bit for each weekday, 1 << 1 is Monday */
	bool restart;     /* a newer start is the new anchor */
	const char *from; /* date field that is the anchor; NULL: the day of the event */
	struct agreed_ref *agreed;
	size_t agreed_count;
	struct condition *if_, *while_, *also_if;
	const struct role **also; /* told of every step besides, while also_if holds: audience.h */
	size_t also_count;
	const char **event_fields; /* that `if` reads as event_<field>, by slot */
	size_t event_field_count;
	const char **role_fields; /* that steps name as field:..., by addressee.field */
	size_t role_field_count;
	struct offset due;   /* the first one, where there are several */
	struct offset *dues; /* of a list: each a deadline of its own, from one anchor */
	size_t due_count;
	enum adjust adjust;
	enum repeat repeat;
	struct offset every;
	bool per_key;
	bool pausable;
	bool insist; /* it does not wait for the letter of the week */
	bool
	    after_close; /* it lives on a case that is closed or was never opened; so a programme */
	bool final;      /* a last day by law: what happens after it fulfils nothing any more */
	bool has_early, has_throttle, has_put_off;
	struct offset early;    /* negative: the earliest a fulfilment counts, from the due date */
	struct offset throttle; /* the least time between two deadlines on one subject */
	struct offset put_off;  /* the longest for which its reminders are put off at a time */
	const char **hidden_names; /* rules whose open deadline makes this one sleep */
	const struct rule **hidden_by;
	size_t hidden_count;
	const char *ends_with_name;   /* or NULL */
	const struct rule *ends_with; /* while its deadline of the same key is open, this one's ends
				       * as that one ends, and by nothing else that fulfils */
	const struct rule **hears;    /* rules by whose end it goes: "fulfilled:NAME", ends_with */
	size_t hears_count;
	bool is_heard;                /* some rule hears it */
	const struct kind *fulfilled; /* given out when it is fulfilled; NULL: nobody names it */
	enum catch_up catch_up;
	bool shadow;         /* notices are written, none is sent */
	const char *was;     /* an older name, under which its past stands; or NULL */
	const char **accept; /* remarks of rules check that are meant, or the middle of them */
	size_t accept_count;
	const struct kind *reply; /* what a plain "done" in an answer records; or NULL */
	struct step *steps;
	size_t step_count;
	const char *file; /* where it stands, for `why` and for problems */
	int line;
	struct key_place *places; /* of its keys */
	size_t place_count;
	uint64_t version; /* of its meaning, not of its comments */
};

/* The kinds of others' events that a subject sees. */
struct sight {
	const struct kind **of_cases, **of_programmes; /* that a case, that a programme sees */
	size_t of_cases_count, of_programmes_count;
};

struct ruleset {
	struct arena *arena;
	const struct chain *chain;       /* borrowed */
	const struct calendar *calendar; /* borrowed */
	struct rule *rules;
	size_t count;
	const struct rule **order; /* the same: each after those that it hears */
	size_t order_count;
	struct kind **fulfilled; /* "fulfilled:NAME", for each NAME that stands in a rule */
	size_t fulfilled_count;
	const char **disabled; /* names of rules that are not to run here */
	size_t disabled_count;
	struct sight sight; /* sees.h */
	struct care closed, never_opened;
	uint64_t version;         /* of all rules, the chain and the calendar together */
	const char *version_text; /* the same as it is stored and told: 16 hexadecimal digits */
};

void ruleset_free(struct ruleset *ruleset);                                       /* takes NULL */
const struct rule *ruleset_find(const struct ruleset *ruleset, const char *name); /* or NULL */
/* Is there a rule of that name that is not to run here? */
bool ruleset_is_disabled(const struct ruleset *ruleset, const char *name);
const struct step *rule_step(const struct rule *rule, const char *name); /* or NULL */
/* For a case; NULL: it is open, and those are told whom the rules name. */
const struct care *ruleset_care(const struct ruleset *ruleset, bool is_open, bool was_opened);
/* What it is called in this language ("sv", "en"); Swedish where there is no English. */
const char *rule_title(const struct rule *rule, const char *language);
/* Has it an urgent step? Then what is at stake cannot be had back. */
bool rule_is_serious(const struct rule *rule);
/* Does the calendar start it (yearly, weekly), and no event? */
bool rule_is_dated(const struct rule *rule);
/* Is it one of the days that such a rule starts on? */
bool rule_has_day(const struct rule *rule, date day);
/* Its nearest day after (step 1) or before (step -1) a day: within a year and a day. */
date rule_day_beside(const struct rule *rule, date from, int step);
/* When it is due that started on a day, and its occurrence so many times later (0: the first);
 * before pauses, agreed days and adjusting. */
date rule_due(const struct rule *rule, int later, date anchor, const struct calendar *calendar);
/* Is there such an occurrence? A list of dues comes to its end. */
bool rule_has_due(const struct rule *rule, int later);
/* Does it come again by time alone (fixed, a list of dues, yearly, weekly)? */
bool rule_comes_again(const struct rule *rule);
/* Where a key of a rule stands; of one that was left out: where its name stands. */
struct key_place rule_place(const struct rule *rule, const char *key);
bool kind_ref_matches(const struct kind_ref *refs, size_t count, const struct event *event);
/* Does the rule name it: as a start, as what fulfils or cancels, or for its day (agreed)? A kind,
 * with any key; or an event, by its key too. */
bool rule_names_kind(const struct rule *rule, const struct kind *kind);
bool rule_names_event(const struct rule *rule, const struct event *event);

/*
 * What the names in a rule's conditions mean: the facts of its subject by their number; for `if`
 * also event_kind, event_key, event_first and event_<field> of the starting event; for `while` also
 * anchor, due and key of the deadline.
 */
enum condition_slot {
	SLOT_ANCHOR = 1000,
	SLOT_DUE,
	SLOT_KEY,
	SLOT_EVENT_KIND,
	SLOT_EVENT_KEY,
	SLOT_EVENT_FIRST,
	SLOT_EVENT_FIELD = 2000 /* + the place in rule->event_fields */
};

#endif
