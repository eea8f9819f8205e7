/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * What a character does on a terminal, without asking the locale: Swedish text must line up under
 * LC_ALL=C too, and no text from outside may move the cursor.
 */
#ifndef KEDJA_CTL_TERMINAL_H
#define KEDJA_CTL_TERMINAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Columns it takes: 0 for combining marks, 2 for wide East Asian letters, else 1. */
int terminal_columns(uint32_t character);
/* Would it move the cursor, turn the line round or hide itself (controls, bidi, zero width)? */
bool terminal_is_control(uint32_t character);
/* Is all of it UTF-8? Other bytes may mean anything to a terminal. */
bool terminal_is_utf8(const char *text, size_t length);

#endif
