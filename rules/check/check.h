/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * What is right by the letter and cannot be meant: the analysis of rules beyond their form. A rule
 * that can never fire, a stage that no rule watches, a step that comes too late to go out, an
 * escalation that reaches nobody new ... For `kedjactl rules check`; the daemon takes such rules.
 *
 *   check_rules(ruleset, "conf/chain.conf", &problems);
 *
 * Nothing is said of a rule that somebody may have meant: every complaint is of something that has
 * no effect, or never its effect.
 */
#ifndef KEDJA_CHECK_H
#define KEDJA_CHECK_H

#include "rules/language/ruleset.h"

/* `chain_file` is the name under which complaints of stages are told. */
void check_rules(const struct ruleset *ruleset, const char *chain_file, struct problems *problems);

#endif
