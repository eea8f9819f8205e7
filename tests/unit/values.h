/* SPDX-License-Identifier: EUPL-1.2 */
/* A field's value as a line of a table says it. */
#ifndef KEDJA_TESTS_UNIT_VALUES_H
#define KEDJA_TESTS_UNIT_VALUES_H

#include <stdlib.h>
#include <string.h>

#include "rules/kinds/kind.h"
#include "tests/unit/shipped.h"

/* `text` is borrowed by a value that is a text. */
static inline struct value value_of(enum field_type type, const char *text)
{
	switch (type) {
	case FIELD_DATE:
		return (struct value){ VALUE_DATE, shipped_date(text), NULL };
	case FIELD_AMOUNT:
	case FIELD_COUNT:
	case FIELD_NUMBER:
		return (struct value){ VALUE_NUMBER, strtoll(text, NULL, 10), NULL };
	case FIELD_FLAG:
		return (struct value){ VALUE_FLAG, strcmp(text, "true") == 0, NULL };
	case FIELD_CODE:
	case FIELD_ID:
	case FIELD_TEXT:
		break;
	}
	return (struct value){ VALUE_TEXT, 0, text };
}

#endif
