/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Refusals that do not say whose matter they are (ANSWER_ANYBODY), and what they mean together:
 * when a server has refused every recipient of a run, at the command that names them or after the
 * letter, three different ones since it accepted any there, it is about us.
 *
 *   pattern_begin(&pattern)                             a run of letters
 *   pattern_add(&pattern, STAGE_RECIPIENT, address)     a refusal
 *   pattern_accepted(&pattern, STAGE_LETTER)            whatever was refused before, it is not
 * about us if (pattern_is_ours(&pattern)) ...
 */
#ifndef KEDJA_MAILER_PATTERN_H
#define KEDJA_MAILER_PATTERN_H

#include <stdbool.h>
#include <stddef.h>

enum pattern_stage { STAGE_RECIPIENT, STAGE_LETTER };

#define PATTERN_LEAST 3

struct pattern {
	char *addresses[STAGE_LETTER + 1][PATTERN_LEAST];
	size_t count[STAGE_LETTER + 1];
	bool accepted[STAGE_LETTER + 1]; /* one, in this run */
};

void pattern_begin(struct pattern *pattern);

void pattern_add(struct pattern *pattern, enum pattern_stage stage, const char *address);
/* One was accepted at this stage, and so at those before it. */
void pattern_accepted(struct pattern *pattern, enum pattern_stage stage);
bool pattern_is_ours(const struct pattern *pattern);
void pattern_clear(struct pattern *pattern); /* a zeroed one too */

#endif
