/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * UTF-8, checked: one character at a time, refusing what is not the shortest form, surrogates
 * and what lies past U+10FFFF.
 */
#ifndef KEDJA_UTF8_H
#define KEDJA_UTF8_H

#include <stddef.h>
#include <stdint.h>

/*
 * The character at the start of `text`, of which `length` bytes may be looked at. Returns the
 * number of its bytes, 1 to 4, or 0 where there is none (no byte left, or not UTF-8).
 */
size_t utf8_read(const char *text, size_t length, uint32_t *ret);

/* The number of characters, or -1 where the text is not UTF-8. */
long utf8_length(const char *text);

#endif
