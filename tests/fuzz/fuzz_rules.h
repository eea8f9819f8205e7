/* SPDX-License-Identifier: EUPL-1.2 */
/* What the targets of the rules share: the chain and the calendar that ship, read once. */
#ifndef KEDJA_TESTS_FUZZ_FUZZ_RULES_H
#define KEDJA_TESTS_FUZZ_FUZZ_RULES_H

#include "rules/kinds/chain.h"
#include "rules/time/calendar.h"
#include "tests/fuzz/fuzz.h"

#define FIRST_DAY 20454 /* 2026-01-01 */

static struct chain *chain;
static struct calendar *calendar;

static inline void read_chain_and_calendar(void)
{
	struct problems problems = PROBLEMS_NONE;
	char *text = fuzz_file("conf/chain.conf");
	chain = chain_parse(text, "chain.conf", &problems);
	free(text);
	text = fuzz_file("conf/calendar.conf");
	calendar = calendar_parse(text, "calendar.conf", &problems);
	free(text);
	require(chain != NULL && calendar != NULL);
}

#endif
