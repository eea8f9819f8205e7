/* SPDX-License-Identifier: EUPL-1.2 */
/* See pattern.h. */
#include "daemon/mailer/pattern.h"

#include <stdlib.h>
#include <strings.h>

#include "rules/base/mem.h"

void pattern_begin(struct pattern *pattern)
{
	pattern->accepted[STAGE_RECIPIENT] = pattern->accepted[STAGE_LETTER] = false;
}

void pattern_add(struct pattern *pattern, enum pattern_stage stage, const char *address)
{
	char **addresses = pattern->addresses[stage];
	size_t *count = &pattern->count[stage];
	for (size_t i = 0; i < *count; i++) {
		if (strcasecmp(addresses[i], address) == 0)
			return;
	}
	if (*count < PATTERN_LEAST && !pattern->accepted[stage])
		addresses[(*count)++] = xstrdup(address);
}

static void stage_clear(struct pattern *pattern, enum pattern_stage stage)
{
	while (pattern->count[stage] > 0)
		free(pattern->addresses[stage][--pattern->count[stage]]);
}

void pattern_accepted(struct pattern *pattern, enum pattern_stage stage)
{
	for (int i = STAGE_RECIPIENT; i <= (int)stage; i++) {
		stage_clear(pattern, (enum pattern_stage)i);
		pattern->accepted[i] = true;
	}
}

bool pattern_is_ours(const struct pattern *pattern)
{
	return pattern->count[STAGE_RECIPIENT] == PATTERN_LEAST ||
	       pattern->count[STAGE_LETTER] == PATTERN_LEAST;
}

void pattern_clear(struct pattern *pattern)
{
	stage_clear(pattern, STAGE_RECIPIENT);
	stage_clear(pattern, STAGE_LETTER);
}
