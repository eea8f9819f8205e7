/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The look-over of libconfig text before the library sees it. The library (1.5) takes any bytes,
 * drops everything behind a comment that is not closed, wraps numbers that are too large, keeps
 * unknown escapes as they stand and stops at the first syntax error. Here each of these is a
 * problem with its line, and as many as possible in one go.
 *
 *   if (conftext_check(copy, "chain.conf", problems) == 0)   config_read_string(&config, copy);
 */
#ifndef KEDJA_CONFTEXT_H
#define KEDJA_CONFTEXT_H

#include "rules/base/problem.h"

/* Are all `length` bytes UTF-8 text without a byte order mark and control characters? */
MUST_CHECK int conftext_check_bytes(const char *text, size_t length, const char *file,
				    struct problems *problems);

/*
 * Checks a text that ends with a line feed. 0 where the library can parse it (though there may
 * be problems), else -1. Settings that stand a second time in their group, and commas after the
 * last element, are blanked out in the text, so that the rest can be parsed.
 */
MUST_CHECK int conftext_check(char *text, const char *file, struct problems *problems);

#endif
