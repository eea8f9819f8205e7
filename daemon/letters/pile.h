/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * What waits to be told to one person: the notices that are in no letter yet, each with what a
 * letter says of it.
 *
 *   pile_read(&pile, core, &person, arena);
 *   pile_read_words(&pile, core, &person, arena);
 *   ... pile.list[i].item ...
 *   pile_free(&pile);
 */
#ifndef KEDJA_LETTERS_PILE_H
#define KEDJA_LETTERS_PILE_H

#include "daemon/letters/letter.h"
#include "daemon/people/people.h"
#include "daemon/store/core.h"

/* A notice with what its letter tells of it. */
struct piece {
	int64_t notice;
	int64_t event; /* that its deadline rests on; 0: none */
	struct letter_item item;
	const char *programme; /* of the case */
	instant at;            /* when it was made */
	int occurrence;
	int place;       /* of its step in the rule */
	bool calendar;   /* its step asks for an entry in the reader's calendar */
	bool urgent;     /* goes at once, not with the letter of the day */
	bool insists;    /* does not wait for the letter of the week */
	bool catches_up; /* told later than it should have been */
};

struct pile {
	struct piece *list;
	size_t count, capacity;
};

/*
 * In the order of reading (letter_group): what is overdue, for today, coming, copies; in each of
 * these first what is serious, then by due date: what is overdue longest, or comes soonest; and
 * always in the same order, whatever that of the rows is. Of one deadline the furthest step comes
 * first. Texts live in `arena`. The pile must be empty.
 */
void pile_read(struct pile *pile, const struct core *core, const struct person *person,
	       struct arena *arena);
/* What only the words of a letter need: who else was told, who is next, what it rests on. */
void pile_read_words(struct pile *pile, const struct core *core, const struct person *person,
		     struct arena *arena);
void pile_free(struct pile *pile);

/* Two notices of one deadline are one item: the further step says all that the other one does. */
bool piece_is_same_deadline(const struct piece *a, const struct piece *b);

#endif
