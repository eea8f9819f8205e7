/* SPDX-License-Identifier: EUPL-1.2 */
/* What a test leaves behind is counted, whatever it was about. To be included after cmocka.h. */
#ifndef KEDJA_FIGURES_H
#define KEDJA_FIGURES_H

#include "daemon/store/figure.h"

static inline void figures_print_wrong(void *arg, const char *text)
{
	int *count = arg;
	(*count)++;
	print_error("kept wrong: %s\n", text);
}

/* How many figures of this file are kept wrong. */
static inline int figures_wrong(struct db *db)
{
	int count = 0;
	figure_check(db, figures_print_wrong, &count);
	return count;
}

#endif
