/* SPDX-License-Identifier: EUPL-1.2 */
/* See smtp.h and smtp_own.h. */
#include <stdlib.h>

#include "daemon/mailer/answer.h"
#include "daemon/mailer/smtp_own.h"
#include "daemon/mailer/wire.h"

/* ---- what became of a letter ---- */

static bool is_2xx(int code)
{
	return code >= 200 && code <= 299;
}

bool is_4xx(int code)
{
	return code >= 400 && code <= 499;
}

bool is_5xx(int code)
{
	return code >= 500 && code <= 599;
}

/* 503, bad sequence of commands, says nothing about the letter. */
static bool is_refusal(int code)
{
	return is_5xx(code) && code != 503;
}

enum verdict { VERDICT_OPEN, VERDICT_SENT, VERDICT_DEFERRED, VERDICT_REFUSED };

/* By what the server said about it; VERDICT_OPEN as long as it has not said enough. */
static enum verdict part_verdict(const struct part *part, const smtp_status_t **ret_status)
{
	const smtp_status_t *recipient = smtp_recipient_status(part->recipient);
	const smtp_status_t *message = smtp_message_transfer_status(part->message);
	const struct watch *watch = &part->session->watch;
	*ret_status = message;
	if (smtp_recipient_check_complete(part->recipient) == 1 && is_2xx(recipient->code) &&
	    is_2xx(message->code) && part->begun && is_2xx(watch->final))
		return VERDICT_SENT;
	if (!watch_is_sound(watch) && !(part->begun && watch->final == message->code))
		return VERDICT_OPEN;
	if (is_4xx(recipient->code) || is_5xx(recipient->code)) {
		*ret_status = recipient;
		return is_5xx(recipient->code) ? VERDICT_REFUSED : VERDICT_DEFERRED;
	}
	if (is_refusal(message->code))
		return VERDICT_REFUSED;
	if (is_4xx(message->code) || is_5xx(message->code))
		return VERDICT_DEFERRED;
	return VERDICT_OPEN;
}

static char *status_text(const smtp_status_t *status)
{
	const char *text = status->text == NULL ? "" : status->text;
	if (status->enh_class == 0)
		return xstrdup(text);
	return xasprintf("%d.%d.%d %s", status->enh_class, status->enh_subject, status->enh_detail,
			 text);
}

static void stop_for(struct session *session, const struct part *part, const char *text, int code)
{
	watch_note_fault(&session->watch, FAULT_RELAY,
			 "the server takes nothing from us: %d %.300s", code, text);
	session->batch->met = part->mail->id;
	wire_cut();
}

/* What may be about anybody is held until the run shows whom it is about; while it is in doubt
 * whether the server takes anything from us it is about us. */
static void refuse_unsure(struct session *session, const struct part *part,
			  enum pattern_stage stage, const char *text, int code)
{
	if (session->batch->doubt) {
		stop_for(session, part, text, code);
		return;
	}
	session->answered = true;
	pattern_add(&session->smtp->pattern, stage, part->mail->address);
	batch_hold(session->batch, part->index, stage, code, text);
}

static void refuse(struct session *session, const struct part *part, enum pattern_stage stage,
		   const char *text, int code)
{
	switch (answer_about(text)) {
	case ANSWER_RECIPIENT:
	case ANSWER_LETTER:
		session->answered = true;
		batch_settle(session->batch, part->index, MAIL_REFUSED, code, text);
		break;
	case ANSWER_US:
		stop_for(session, part, text, code);
		break;
	case ANSWER_ANYBODY:
		refuse_unsure(session, part, stage, text, code);
		break;
	}
}

static void take(struct session *session, const struct part *part, const char *text, int code)
{
	session->answered = true;
	pattern_accepted(&session->smtp->pattern, STAGE_LETTER);
	batch_let_go(session->batch, STAGE_LETTER);
	batch_settle(session->batch, part->index, MAIL_SENT, code, text);
}

bool part_settle(struct session *session, const struct part *part)
{
	const smtp_status_t *status;
	enum verdict verdict = part_verdict(part, &status);
	if (verdict == VERDICT_OPEN)
		return false;
	char *text = status_text(status);
	bool of_recipient = status == smtp_recipient_status(part->recipient);
	switch (verdict) {
	case VERDICT_SENT:
		take(session, part, text, status->code);
		break;
	case VERDICT_REFUSED:
		refuse(session, part, of_recipient ? STAGE_RECIPIENT : STAGE_LETTER, text,
		       status->code);
		break;
	case VERDICT_DEFERRED:
		if (status->code != 421) /* it closes; trying on would only get more of them */
			session->answered = true;
		batch_settle(session->batch, part->index, MAIL_DEFERRED, status->code, text);
		break;
	case VERDICT_OPEN:
		break;
	}
	free(text);
	return true;
}

void session_note_recipient(struct session *session)
{
	pattern_accepted(&session->smtp->pattern, STAGE_RECIPIENT);
	batch_let_go(session->batch, STAGE_RECIPIENT);
}

/* A server that closes after some letters is no fault: there is another session for the rest. Nor
 * is a letter that is too large for it. */
void session_sender_refused(struct session *session, const struct part *part)
{
	const smtp_status_t *status = smtp_reverse_path_status(part->message);
	char *text = status_text(status);
	if (is_5xx(status->code) && answer_about(text) == ANSWER_LETTER) {
		refuse(session, part, STAGE_LETTER, text, status->code);
		free(text);
		return;
	}
	if (status->code != 421 || !session->answered) {
		watch_note_fault(&session->watch, FAULT_SENDER,
				 "the server refuses the sender %.254s: %d %.300s",
				 session->smtp->settings->sender, status->code, text);
	}
	free(text);
	wire_cut();
}

/* Why the session came to nothing, for letters that the server never heard of. */
static char *session_reason(const struct session *session)
{
	char error[128] = "";
	const char *host = session->smtp->settings->smtp_host;
	int port = (int)session->smtp->settings->smtp_port;
	if (session->watch.flooded || session->watch.out_of_turn)
		return xasprintf("%s spoke %s", host,
				 session->watch.flooded ? "without end" : "out of turn");
	if (wire_timed_out())
		return xasprintf("%s was silent for more than %d seconds", host,
				 session->smtp->patience / 1000);
	if (session->watch.code >= 400)
		return xasprintf("%s said: %s", host, session->watch.reply);
	if (session->connected)
		return xasprintf("%s ended the connection", host);
	smtp_strerror(smtp_errno(), error, sizeof(error));
	return xasprintf("no connection to %s, port %d: %s", host, port, error);
}

/* The library is done with this letter, and the server has not decided about it. */
static void part_abandon(struct session *session, const struct part *part)
{
	char *reason = session_reason(session);
	if (part->begun)
		batch_settle(session->batch, part->index, MAIL_UNCLEAR,
			     smtp_message_transfer_status(part->message)->code, reason);
	else
		batch_settle(session->batch, part->index, MAIL_DEFERRED, 0, reason);
	free(reason);
}

void session_judge(struct session *session, size_t end)
{
	for (; session->judged < end; session->judged++) {
		const struct part *part = &session->parts[session->judged];
		if (!part_settle(session, part))
			part_abandon(session, part);
	}
}

/* The session is over. Letters that it did not come to are left for another one, if it came to
 * any at all and did not break within a letter: that could happen again, to each of them. */
void session_conclude(struct session *session)
{
	bool torn = false;
	for (size_t i = session->judged; i < session->count; i++)
		torn =
		    torn || (session->parts[i].begun && !part_settle(session, &session->parts[i]));
	if (torn)
		session->answered = false;
	for (size_t i = session->judged; i < session->count; i++) {
		const struct part *part = &session->parts[i];
		if (session->watch.fault == FAULT_NONE && !part_settle(session, part) &&
		    !session->answered)
			part_abandon(session, part);
	}
}
