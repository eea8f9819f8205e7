/* SPDX-License-Identifier: EUPL-1.2 */
/* Whose matter a refusal is: answers of mail servers, and what many of them mean together. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdbool.h>
#include <stdlib.h>

#include "daemon/mailer/answer.h"
#include "daemon/mailer/pattern.h"
#include "tests/unit/tab.h"

static const char *word(enum answer_about about)
{
	switch (about) {
	case ANSWER_RECIPIENT:
		return "recipient";
	case ANSWER_LETTER:
		return "letter";
	case ANSWER_US:
		return "us";
	case ANSWER_ANYBODY:
		break;
	}
	return "anybody";
}

static void whose_matter_it_is(void **state)
{
	struct tab tab;
	(void)state;
	for (tab_open(&tab, "tests/tables/mail-answers.tab", 4); tab_next(&tab);)
		TAB_SAME(&tab, word(answer_about(tab.field[2])), tab.field[3]);
}

/* "r" refuses at RCPT, "l" after the letter, of the recipient of that letter; "R" and "L" accept;
 * "|" a run begins; then what is found out at its end. */
static void what_many_mean_together(void **state)
{
	static const struct {
		const char *story;
		bool ours;
	} rows[] = {
		{ "|rarbrc", true },     { "|rarb", false },       { "|rarbrA", false },
		{ "|lalblc", true },     { "|rarblc", false },     { "|Rxrarbrc", false },
		{ "|rarbrcRx", false },  { "|ra|rb|rc", true },    { "|raRx|rb|rc|rd", true },
		{ "|lalbRxlc", true },   { "|lalbLxlc", false },   { "|Lx|lalblcldle", true },
		{ "|rarbLx|rc", false }, { "|lalbRxlcLx", false }, { "", false },
	};
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct pattern pattern = { 0 };
		for (const char *c = rows[i].story; *c != '\0'; c += *c == '|' ? 1 : 2) {
			char address[] = "?@exempel.se";
			enum pattern_stage stage =
			    *c == 'r' || *c == 'R' ? STAGE_RECIPIENT : STAGE_LETTER;
			address[0] = c[1];
			if (*c == '|')
				pattern_begin(&pattern);
			else if (*c == 'R' || *c == 'L')
				pattern_accepted(&pattern, stage);
			else
				pattern_add(&pattern, stage, address);
		}
		if (pattern_is_ours(&pattern) != rows[i].ours)
			fail_msg("%s: %d", rows[i].story, !rows[i].ours);
		pattern_clear(&pattern);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(whose_matter_it_is),
		cmocka_unit_test(what_many_mean_together),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
