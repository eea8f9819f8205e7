/* SPDX-License-Identifier: EUPL-1.2 */
/* The calendar that ships as the fixture of a group of tests. */
#ifndef KEDJA_TESTS_UNIT_SHIPPED_FIXTURE_H
#define KEDJA_TESTS_UNIT_SHIPPED_FIXTURE_H

#include "tests/unit/shipped.h"

static struct calendar *calendar;

static inline int set_up(void **state)
{
	(void)state;
	calendar = shipped_calendar();
	return 0;
}

static inline int tear_down(void **state)
{
	(void)state;
	calendar_free(calendar);
	return 0;
}

#endif
