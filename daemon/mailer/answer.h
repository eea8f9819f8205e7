/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Whose matter it is that a server refuses something for good (5xx): by its enhanced status code
 * (RFC 3463, RFC 5248, RFC 7372), where that says it. Tried out from tests/tables/mail-answers.tab.
 *
 *   X.1.x                    the recipient's; X.1.7 and X.1.8 are about our sender
 *   X.2.x                    the recipient's; X.2.3 is about the size of this letter
 *   X.3.4, X.6.x             this letter's: its size, its form
 *   other X.3.x, X.5.x, X.7.x   ours: the system, the protocol, what we may do; but not X.7.2 (a
 * list that we may not write to) and those with which Exchange says that this recipient takes
 * nothing from us X.7.1, X.0.x, X.4.x, none   may be either: see pattern.h
 */
#ifndef KEDJA_MAILER_ANSWER_H
#define KEDJA_MAILER_ANSWER_H

enum answer_about { ANSWER_RECIPIENT, ANSWER_LETTER, ANSWER_US, ANSWER_ANYBODY };

/* Of an answer without its three digits, "5.1.1 unknown" or "no such user". */
enum answer_about answer_about(const char *text);

#endif
