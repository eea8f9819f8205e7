/* SPDX-License-Identifier: EUPL-1.2 */
/* What the files of the analysis share; for them alone. */
#ifndef KEDJA_CHECK_OWN_H
#define KEDJA_CHECK_OWN_H

#include "rules/language/ruleset.h"

struct checking {
	const struct ruleset *ruleset;
	struct arena *arena; /* for as long as the check lasts */
	struct problems *problems;
	bool *accepted; /* beside the accept of the rule in hand: is there a remark like it? */
};

/* A complaint of a rule, unless the rule accepts it. */
void check_add(const struct checking *checking, const struct rule *rule, struct key_place place,
	       int column, const char *text);

/* A complaint at a key of a rule; at the rule itself where the key was left out. */
void check_tell(const struct checking *checking, const struct rule *rule, const char *key,
		const char *format, ...) PRINTF_LIKE(4, 5);

void check_conditions(const struct checking *checking, const struct rule *rule);
/* Does a condition of the rule speak of the stage, and can the rule live in this one? */
bool check_watches_stage(const struct checking *checking, const struct rule *rule,
			 const char *stage);
bool check_reads_stage(const struct rule *rule);

void check_steps(const struct checking *checking, const struct rule *rule);

#endif
