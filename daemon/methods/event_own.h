/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * What the files of event.record, event.check and event.void share; nobody else includes this.
 * event.c takes a request in and writes; event_against.c holds an event against the file;
 * event_notes.c says what is wrong, and what is right, but should be known.
 */
#ifndef KEDJA_METHODS_EVENT_OWN_H
#define KEDJA_METHODS_EVENT_OWN_H

#include "daemon/methods/method.h"
#include "daemon/methods/moved.h"
#include "daemon/store/known.h"

/* One request. */
struct recording {
	struct kedjad *k;
	struct call *call;
	struct arena *arena;
	struct known *known;  /* with what the request begins itself */
	const char *language; /* of the sentence on what moved */
	const char *history;  /* why days long past are taken, of a whole file; NULL */
	bool from_bank;       /* payments as a file of the bank's tells them */
	bool ahead;           /* event.check of a file that the clock will follow */
	bool part;            /* event.check of a file that has more batches than this one */
	bool only_checks;     /* and all is rolled back */
	int64_t last;         /* the newest event before this request */
};

struct note {
	const char *sort; /* "closed": one line of an import stands for all of a sort */
	const char *text;
};

#define NOTES_MOST 8

/* One event of a request, on its way in. */
struct incoming {
	struct recording *r;
	const json_t *object;
	int index; /* in the array; -1: the request is one event */
	bool force;
	const char *reason; /* of force, where the kind has no field for it; NULL */
	struct event *event;
	struct moved *moved; /* of one event alone; else NULL */
	int64_t known_as;    /* an event with this source is there already */
	struct note notes[NOTES_MOST];
	size_t note_count;
};

/* --- event_against.c --- */

/* What only the file can tell: where a case stands, whether all who are named are there, and days
 * against today. Before the event is added. */
void event_against_file(struct incoming *in);
/* What it would double, or do to what is over: of one event before it is added, of a list when all
 * of it is. */
void event_against_running(struct incoming *in);

/* --- event_notes.c --- */

/* "amount"; of one in a list "[3].amount". */
const char *event_place(const struct incoming *in, const char *field);
/* What is wrong with this event is wrong with the request. */
void event_add_problems(const struct incoming *in, const struct problems *problems);

void event_note(struct incoming *in, const char *sort, const char *text);
/* After it was added, what there is to say of where it stands. */
void event_note_standing(struct incoming *in);
/* Into the answer: "note", all in one sentence, and "notes". */
void event_notes_answer(const struct incoming *in, json_t *answer);

#endif
