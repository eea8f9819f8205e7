/* SPDX-License-Identifier: EUPL-1.2 */
/* See batch.h. */
#include "daemon/mailer/batch.h"

#include <stdlib.h>

#include "daemon/mailer/mime.h"
#include "daemon/mailer/report.h"

static void mail_tell(const struct mail *mail)
{
	report_outcome(mail->id, mail->outcome, mail->code, mail->text);
}

static void mail_settle(struct mail *mail, enum mail_outcome outcome, int code, const char *text)
{
	if (mail->settled)
		return;
	mail->settled = true;
	mail->outcome = outcome;
	mail->code = code;
	mail->text = xstrdup(text);
}

static void mail_init(struct mail *mail, const struct mailer_letter *letter,
		      const struct mailer_settings *settings)
{
	char *reason = NULL;
	mail->id = letter->id;
	mail->address = letter->to_address;
	if (mime_build(letter, settings, &mail->bytes, &mail->length, &reason) != 0) {
		mail_settle(mail, MAIL_REFUSED, 0, reason);
		free(reason);
		return;
	}
	mail->message_id = mime_message_id(letter->message_id);
}

static bool can_be_told(const struct mail *mail)
{
	return mail->settled && !mail->held;
}

static void batch_tell(struct batch *batch)
{
	while (batch->told < batch->count && can_be_told(&batch->mails[batch->told]))
		mail_tell(&batch->mails[batch->told++]);
}

void batch_init(struct batch *batch, const struct request *request,
		const struct mailer_settings *settings)
{
	*batch = (struct batch){ .count = request->count, .doubt = request->doubt };
	batch->mails = xcalloc(batch->count, sizeof(*batch->mails));
	for (size_t i = 0; i < batch->count; i++)
		mail_init(&batch->mails[i], &request->letters[i], settings);
	batch_tell(batch);
}

void batch_clear(struct batch *batch)
{
	for (size_t i = 0; i < batch->count; i++) {
		free(batch->mails[i].message_id);
		free(batch->mails[i].bytes);
		free(batch->mails[i].text);
	}
	free(batch->mails);
	*batch = (struct batch){ 0 };
}

void batch_settle(struct batch *batch, size_t index, enum mail_outcome outcome, int code,
		  const char *text)
{
	mail_settle(&batch->mails[index], outcome, code, text);
	batch_tell(batch);
}

void batch_hold(struct batch *batch, size_t index, enum pattern_stage stage, int code,
		const char *text)
{
	struct mail *mail = &batch->mails[index];
	if (mail->settled)
		return;
	mail_settle(mail, MAIL_REFUSED, code, text);
	mail->held = true;
	mail->held_at = stage;
}

const struct mail *batch_last_held(const struct batch *batch)
{
	const struct mail *last = NULL;
	for (size_t i = batch->told; i < batch->count; i++)
		last = batch->mails[i].held ? &batch->mails[i] : last;
	return last;
}

bool batch_holds(const struct batch *batch)
{
	return batch_last_held(batch) != NULL;
}

void batch_let_go(struct batch *batch, enum pattern_stage until)
{
	for (size_t i = batch->told; i < batch->count; i++) {
		struct mail *mail = &batch->mails[i];
		mail->held = mail->held && mail->held_at > until;
	}
	batch_tell(batch);
}

bool batch_is_open(const struct batch *batch)
{
	for (size_t i = batch->told; i < batch->count; i++) {
		if (!batch->mails[i].settled)
			return true;
	}
	return false;
}

void batch_tell_rest(struct batch *batch)
{
	for (; batch->told < batch->count; batch->told++) {
		if (can_be_told(&batch->mails[batch->told]))
			mail_tell(&batch->mails[batch->told]);
	}
}
