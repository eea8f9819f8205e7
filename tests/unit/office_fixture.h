/* SPDX-License-Identifier: EUPL-1.2 */
/* The chain and the calendar that ship, and the rules that a group of tests loads, if it does. */
#ifndef KEDJA_TESTS_OFFICE_FIXTURE_H
#define KEDJA_TESTS_OFFICE_FIXTURE_H

#include "tests/unit/story.h"

static struct chain *chain;
static struct calendar *calendar;
static struct ruleset *ruleset;

static inline int tear_down(void **state)
{
	(void)state;
	ruleset_free(ruleset);
	calendar_free(calendar);
	chain_free(chain);
	return 0;
}

#endif
