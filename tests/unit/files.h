/* SPDX-License-Identifier: EUPL-1.2 */
/* Files of a test's own folder. */
#ifndef KEDJA_TESTS_FILES_H
#define KEDJA_TESTS_FILES_H

#include <stdio.h>
#include <stdlib.h>

#include "rules/base/mem.h"

static inline void file_put(const char *folder, const char *name, const char *text)
{
	char *path = xasprintf("%s/%s", folder, name);
	FILE *file = fopen(path, "w");
	assert_non_null(file);
	fputs(text, file);
	assert_int_equal(fclose(file), 0);
	free(path);
}

#endif
