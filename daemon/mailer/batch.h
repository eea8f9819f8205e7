/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The letters of one batch on their way, and what is told to kedjad about them: one outcome
 * each, in their order, at the moment it and all before it are known.
 *
 *   batch_new -> transport: batch_settle(batch, i, ...) as answers come -> batch_free
 */
#ifndef KEDJA_MAILER_BATCH_H
#define KEDJA_MAILER_BATCH_H

#include "daemon/mailer/line.h"
#include "daemon/mailer/pattern.h"
#include "daemon/outbox/mailproto.h"

struct mail {
	int64_t id;
	const char *address; /* borrowed from the request */
	char *message_id;    /* without brackets; NULL if there are no bytes */
	char *bytes;         /* as mime.h gives them; NULL if the letter cannot be sent */
	size_t length;
	bool settled;
	bool held; /* settled, and not to be told yet */
	enum pattern_stage held_at;
	enum mail_outcome outcome;
	int code;
	char *text;
};

struct batch {
	struct mail *mails;
	size_t count;
	size_t told; /* all before it were told */
	bool doubt;  /* whether the server takes anything from us */
	int64_t met; /* the letter at which a fault was met; 0: none in particular */
};

/* Builds every letter; those that cannot be sent are settled already, as refused. */
void batch_init(struct batch *batch, const struct request *request,
		const struct mailer_settings *settings);
void batch_clear(struct batch *batch);

/* The first outcome given counts. Tells kedjad what can be told. */
void batch_settle(struct batch *batch, size_t index, enum mail_outcome outcome, int code,
		  const char *text);
/* Refused, if that turns out to be about its recipient: told when batch_let_go says so, and left as
 * if it had not been tried when nobody says it. */
void batch_hold(struct batch *batch, size_t index, enum pattern_stage stage, int code,
		const char *text);
bool batch_holds(const struct batch *batch);
const struct mail *batch_last_held(const struct batch *batch); /* NULL: none */
void batch_let_go(struct batch *batch, enum pattern_stage until);
/* Is there a letter that has bytes and no outcome? */
bool batch_is_open(const struct batch *batch);
/* Tells what is known beyond letters that were not tried; the last thing done with a batch. */
void batch_tell_rest(struct batch *batch);

#endif
