/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Texts as offices save them: UTF-8, UTF-16 from spreadsheets, Windows-1252 from older systems.
 * What is UTF-8 is that; what has a byte order mark, or a NUL beside each of its first letters, is
 * UTF-16; all else is Windows-1252, of which ISO-8859-1 is a part. Pure.
 */
#ifndef KEDJA_CTL_ENCODING_H
#define KEDJA_CTL_ENCODING_H

#include <stdbool.h>
#include <stddef.h>

#include "rules/base/problem.h"

/*
 * The text as UTF-8, without a byte order mark; line ends stay. What is UTF-8 is given back where
 * it stands; else *ret_made is the text, which the caller frees. NULL with a problem at its line:
 * half a letter, a byte that means nothing, or UTF-8 in some lines and not in others, where a guess
 * would spoil somebody's name.
 */
MUST_CHECK const char *encoding_to_utf8(const char *bytes, size_t length, const char *file,
					size_t *ret_length, char **ret_made,
					struct problems *problems);

/* For readers that know all other letters themselves. */
bool encoding_is_utf16(const char *bytes, size_t length);

#endif
