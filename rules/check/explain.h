/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * A rule in sentences, as somebody would tell it to a colleague, and what it comes to on one
 * sample: the day on which it is due and the days and hours of its reminders.
 *
 *   text = explain_rule(ruleset, rule, anchor, EXPLAIN_SWEDISH);  ...  free(text);
 */
#ifndef KEDJA_EXPLAIN_H
#define KEDJA_EXPLAIN_H

#include "rules/plan/plan.h"

enum explain_language { EXPLAIN_SWEDISH, EXPLAIN_ENGLISH };

/*
 * Lines of UTF-8. The sample begins on `anchor`, or for a yearly or weekly rule on the first of
 * its days from then on; it is taken as known in time, and nothing happens on the way. The caller
 * frees it.
 */
char *explain_rule(const struct ruleset *ruleset, const struct rule *rule, date anchor,
		   enum explain_language language);

/* The deadline of such a sample. */
struct deadline explain_sample(const struct ruleset *ruleset, const struct rule *rule, date anchor);

#endif
