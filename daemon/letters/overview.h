/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * What is overdue in the cases of a programme, for those who look after it: a row a person, with
 * how many of each kind of matter, and since when; and the cases whose last day by law is past.
 *
 * Overdue is what the fact overdue_deadlines counts today (plan/overdue.h). What several rules say
 * of one thing, such as a month's rent, is counted once, by the one that is furthest.
 *
 * The person is whoever is told of the first role in `to` of the furthest step that the deadline
 * has reached (of its first step if it has reached none), as a reminder would find them today:
 * those who hold it, or stand in, or are told where nobody can be reached. Several who hold one
 * role stand in one row, so that each deadline is counted once. First comes what is serious
 * (rule_is_serious), then what has been overdue longest; the same of the matters in a row.
 */
#ifndef KEDJA_LETTERS_OVERVIEW_H
#define KEDJA_LETTERS_OVERVIEW_H

#include "daemon/letters/letter.h"
#include "daemon/people/people.h"

/* For this reader. NULL where nothing is overdue. Lives in `arena`. */
const struct letter_overview *letters_overview(const struct core *core, const char *programme,
					       const struct person *reader, struct arena *arena);

#endif
