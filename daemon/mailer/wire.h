/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The socket of an SMTP session, behind the library's back: libesmtp has no bound on connect, no
 * way to hang up, and writes in a manner that meets the receiver's delayed acknowledgement (23
 * letters a second). It calls connect and poll; the linker finds ours first, and they do
 *
 *   connect  no longer than our patience, TCP_NODELAY
 *   poll     TCP_QUICKACK before every wait; no longer than our patience; and a wait in vain
 *            ends the connection, for the library would write on with a piece missing
 *
 * and nothing at all outside of wire_open ... wire_close.
 */
#ifndef KEDJA_MAILER_WIRE_H
#define KEDJA_MAILER_WIRE_H

#include <stdbool.h>

void wire_open(int patience); /* milliseconds that the other side may be silent */
void wire_close(void);
void wire_hurry(int patience); /* from now on no longer than that */

/* Hangs up: whatever the library writes after this goes nowhere. */
void wire_cut(void);
bool wire_was_cut(void);
/* Is there something that has been said and was not read? */
bool wire_has_input(void);
bool wire_timed_out(void); /* ... because nothing came for too long */

#endif
