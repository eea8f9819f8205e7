/* SPDX-License-Identifier: EUPL-1.2 */
/* What the two files of the search share: its ways (condition_solve.c) and the small demands at the
 * end of each way (condition_atoms.c). For them alone. */
#ifndef KEDJA_CONDITION_SOLVE_OWN_H
#define KEDJA_CONDITION_SOLVE_OWN_H

#include "rules/language/condition_own.h"
#include "rules/language/condition_solve.h"

enum {
	NAMES_MOST = 24,
	ATOMS_MOST = 400,
	WAYS_MOST = 5000,   /* ends of ways that are looked at */
	STEPS_MOST = 200000 /* and parts on the ways */
};

enum atom_kind {
	ATOM_NULL,    /* a has no value */
	ATOM_SET,     /* a has one */
	ATOM_FLAG,    /* a is number (0 or 1) */
	ATOM_TEXT,    /* a is text */
	ATOM_NO_TEXT, /* a is not text */
	ATOM_MOST,    /* a - b is number or less */
	ATOM_APART    /* a - b is not number */
};

struct atom {
	enum atom_kind kind;
	int a, b; /* places of names; b of NOBODY counts as 0 */
	int64_t number;
	const char *text;
};

#define NOBODY (-1)

struct search {
	const struct condition_ranges *ranges;
	int slots[NAMES_MOST];
	int name_count;
	struct atom atoms[ATOMS_MOST];
	int atom_count;
	int ways, steps;
	bool given_up;
};

/* Do all demands go together? Counts as a way looked at. */
bool search_atoms_agree(struct search *search);

int search_place(struct search *search, int slot); /* of a name among those seen so far */
void search_demand(struct search *search, struct atom atom);
void search_demand_kind(struct search *search, enum atom_kind kind, int slot);
/* False if the demand cannot be met: part of it may have been noted all the same. */
bool search_demand_values(struct search *search, const struct node *node);
bool search_demand_compared(struct search *search, enum comparison op, const struct node *left,
			    const struct node *right);

#endif
