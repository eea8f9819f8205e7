/*
 * What waits to be told to one person: the notices that are in no letter yet, each with what a
 * letter says of it.
 *
 *   pile_read(&pile, core, "anna.berg", arena);
 *   pile_read_words(&pile, core, "anna.berg", arena);
 *   ... pile.list[i].item ...
 *   pile_free(&pile);
 */
#ifndef KEDJA_LETTERS_PILE_H
#define KEDJA_LETTERS_PILE_H

#include "daemon/core.h"
#include "daemon/letter.h"

/* A notice with what its letter tells of it. */
struct piece {
	int64_t notice;
	int64_t event; /* that its deadline rests on; 0: none */
	struct letter_item item;
	bool urgent;
};

struct pile {
	struct piece *list;
	size_t count, capacity;
};

/* By due date, subject and rule. Texts live in `arena`. The pile must be empty. */
void pile_read(struct pile *pile, const struct core *core, const char *person, struct arena *arena);
/* What only the words of a letter need: who else was told, who is next, what it rests on. */
void pile_read_words(struct pile *pile, const struct core *core, const char *person,
		     struct arena *arena);
void pile_free(struct pile *pile);

#endif
