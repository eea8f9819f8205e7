/* SPDX-License-Identifier: EUPL-1.2 */
/* How the analysis complains, and what of it a rule accepts. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rules/check/check_own.h"

void check_add(const struct checking *checking, const struct rule *rule, struct key_place place,
	       int column, const char *text)
{
	bool accepted = false;
	for (size_t i = 0; i < rule->accept_count; i++)
		if (strstr(text, rule->accept[i]) != NULL)
			accepted = checking->accepted[i] = true;
	if (!accepted)
		problem_add_at(checking->problems, place.file, place.line, column, "%s", text);
}

void check_tell(const struct checking *checking, const struct rule *rule, const char *key,
		const char *format, ...)
{
	struct key_place place = rule_place(rule, key);
	char *text = NULL;
	va_list arguments;
	va_start(arguments, format);
	int length = vasprintf(&text, format, arguments);
	va_end(arguments);
	char *whole = xasprintf("%s: %s", key, length >= 0 ? text : "");
	check_add(checking, rule, place, 0, whole);
	free(whole);
	free(text);
}
