/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * What the mailer says to kedjad on descriptor 0, a line at a time (daemon/outbox/mailproto.h).
 * Nothing is kept back: a line is in the socket when the call returns.
 */
#ifndef KEDJA_MAILER_REPORT_H
#define KEDJA_MAILER_REPORT_H

#include <stdbool.h>
#include <stdint.h>

#include "daemon/outbox/mailproto.h"

/* The installation's fault, of a kind that mailproto.h names. */
enum fault_kind {
	FAULT_NONE,
	FAULT_LOGIN,
	FAULT_TLS,
	FAULT_SENDER,
	FAULT_RELAY,
	FAULT_CONFIG,
	FAULT_FOLDER
};

void report_hello(void);
void report_ready(void);
void report_done(void);
/* Texts may be a server's: control characters are taken out, and the length is bounded. */
void report_fault(enum fault_kind kind, const char *text);
/* The letter at which it was met; 0: none in particular. */
void report_fault_at(enum fault_kind kind, const char *text, int64_t id);
void report_outcome(int64_t id, enum mail_outcome outcome, int code, const char *text);

/* Has kedjad hung up? Then the letter in hand was the last one. */
bool report_is_alone(void);

/* Waits until kedjad has noted the outcomes that it was told. False: it has hung up instead. */
bool report_wait_noted(void);

#endif
