/* SPDX-License-Identifier: EUPL-1.2 */
/* How long a lease has lasted, by tests/tables/tenancy.tab; and that its facts and its letters,
 * which both fold its events, need no more than lease.h. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "rules/facts/lease.h"
#include "tests/unit/story.h"
#include "tests/unit/tab.h"

#define DAY 10 /* "2026-01-01" */

static struct chain *chain;

static void note(struct lease *lease, const char *line)
{
	char day[DATE_TEXT_SIZE] = "";
	struct value none[8] = { { VALUE_NULL, 0, NULL } };
	memcpy(day, line, DAY);
	struct event event = { .kind = chain_kind(chain, line + DAY + 1),
			       .subject = "K-1",
			       .key = "",
			       .values = none };
	if (event.kind == NULL)
		fail_msg("unknown kind: %s", line);
	event.at = (struct moment){ shipped_date(day), -1 };
	lease_note(lease, &event);
}

static void length(void **state)
{
	static const char *const names[] = { [LEASE_LENGTH_UNKNOWN] = "unknown",
					     [LEASE_LENGTH_SHORT] = "short",
					     [LEASE_LENGTH_LONG] = "long" };
	struct tab tab;
	(void)state;
	for (tab_open(&tab, "tests/tables/tenancy.tab", 3); tab_next(&tab);) {
		struct lease lease = LEASE_NONE;
		for (char *rest = tab.field[2], *line; (line = strsep(&rest, ";")) != NULL;)
			note(&lease, line + strspn(line, " "));
		TAB_SAME(&tab, names[lease_length(&lease, shipped_date(tab.field[0]))],
			 tab.field[1]);
	}
}

static int set_up(void **state)
{
	(void)state;
	chain = story_chain();
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	chain_free(chain);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(length) };
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
