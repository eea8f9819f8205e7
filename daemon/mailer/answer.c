/* SPDX-License-Identifier: EUPL-1.2 */
/* See answer.h. */
#include "daemon/mailer/answer.h"

#include <ctype.h>
#include <stddef.h>
#include <stdio.h>

/* "Fix email delivery issues for error code 5.7.x in Exchange Online", learn.microsoft.com: the
 * recipient takes nothing from this sender (124), or from nobody who has not logged in (133 to
 * 136); 504, 505 and 507: it has no such recipient, or the recipient has refused. */
static const int closed_recipients[] = { 124, 133, 134, 135, 136, 504, 505, 507 };

static enum answer_about of_policy(int detail)
{
	for (size_t i = 0; i < sizeof(closed_recipients) / sizeof(closed_recipients[0]); i++) {
		if (detail == closed_recipients[i])
			return ANSWER_RECIPIENT;
	}
	return detail == 1 ? ANSWER_ANYBODY : detail == 2 ? ANSWER_RECIPIENT : ANSWER_US;
}

enum answer_about answer_about(const char *text)
{
	int subject, detail;
	char after = ' ';
	if (sscanf(text, "5.%3d.%3d%c", &subject, &detail, &after) < 2 ||
	    isalnum((unsigned char)after) || after == '.')
		return ANSWER_ANYBODY;
	switch (subject) {
	case 1:
		return detail == 7 || detail == 8 ? ANSWER_US : ANSWER_RECIPIENT;
	case 2:
		return detail == 3 ? ANSWER_LETTER : ANSWER_RECIPIENT;
	case 3:
		return detail == 4 ? ANSWER_LETTER : ANSWER_US;
	case 5:
		return ANSWER_US;
	case 6:
		return ANSWER_LETTER;
	case 7:
		return of_policy(detail);
	default: /* 0, 4 (the way there), and what no RFC knows */
		return ANSWER_ANYBODY;
	}
}
