/* SPDX-License-Identifier: EUPL-1.2 */
/* Files of an office, read whole: at most 16 MiB, and nobody is made to wait who names a pipe. */
#ifndef KEDJA_BASE_FILE_H
#define KEDJA_BASE_FILE_H

#include <stddef.h>

#include "rules/base/problem.h"

/* NULL with a problem. With an end of text behind its last byte; the caller frees it. */
char *file_read(const char *path, size_t *ret_length, struct problems *problems);

#endif
