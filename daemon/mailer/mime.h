/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * A letter as bytes: RFC 5322 and MIME by GMime. The same letter gives the same bytes, always,
 * so that one that is sent again after a broken connection is the same letter again: nothing in
 * it comes from the clock, from chance or from this machine.
 *
 * The bytes are those of the wire: 7-bit, lines ended by CRLF, none over 998.
 *
 *   if (mime_build(&letter, &settings, &bytes, &length, &reason) != 0) ... say the reason ...
 *
 * g_mime_init() must have been called.
 */
#ifndef KEDJA_MAILER_MIME_H
#define KEDJA_MAILER_MIME_H

#include <stdbool.h>
#include <stddef.h>

#include "daemon/mailer/line.h"

#define MIME_LINE_MOST 998 /* RFC 5322 2.1.1, without the CRLF */

/* 0 with bytes; -1 with a sentence about what in the letter cannot be sent. The caller frees
 * either. */
MUST_CHECK int mime_build(const struct mailer_letter *letter,
			  const struct mailer_settings *settings, char **ret_bytes,
			  size_t *ret_length, char **ret_reason);

/* Is every CR followed by LF and every LF preceded by CR, all 7-bit without NUL, no line too
 * long, and the end the end of a line? What is not so never goes near the wire: a server that
 * takes a bare LF for the end of a line would find letters inside letters. */
bool mime_is_sound(const char *bytes, size_t length);

/* "id@domain" out of "<id@domain>" or "id@domain", or NULL if it is neither. The caller frees. */
char *mime_message_id(const char *text);

#endif
