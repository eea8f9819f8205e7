/* SPDX-License-Identifier: EUPL-1.2 */
/* The inside of the SMTP transport, shared by its files: smtp.c (a session, and what the library
 * tells of it) and smtp_judge.c (what became of its letters). */
#ifndef KEDJA_MAILER_SMTP_OWN_H
#define KEDJA_MAILER_SMTP_OWN_H

#include "daemon/mailer/smtp.h" /* openssl/ssl.h, which tells libesmtp that there is TLS */

#include <auth-client.h>
#include <libesmtp.h>

#include "daemon/mailer/login.h"
#include "daemon/mailer/watch.h"

/* One letter in a session. */
struct part {
	struct session *session;
	smtp_message_t message;
	smtp_recipient_t recipient;
	struct mail *mail;
	size_t index; /* in the batch */
	bool begun;   /* its data */
	bool given;   /* to the library, since it last began to read */
};

struct session {
	struct smtp *smtp;
	struct batch *batch;
	struct part *parts;
	size_t count;
	size_t judged; /* those before it have their outcome, or never get one */
	bool connected;
	bool answered; /* some letter got an answer of its own that lets us go on */
	struct login login;
	struct watch watch;
	smtp_session_t session;
	auth_context_t auth;
};

/* By the answers of the server. True if it has decided about the letter: then that is noted in the
 * batch, or as a fault of the installation, which ends the session. */
bool part_settle(struct session *session, const struct part *part);
/* The library is done with the letters before `end`: their outcome comes no later. */
void session_judge(struct session *session, size_t end);
/* The session is over, and there was no fault. */
void session_conclude(struct session *session);
/* A letter's recipient was accepted; what was refused before may be told. */
void session_note_recipient(struct session *session);
/* The answer to a letter's MAIL was a refusal. */
void session_sender_refused(struct session *session, const struct part *part);

bool is_4xx(int code);
bool is_5xx(int code);

#endif
