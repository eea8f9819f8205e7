/* SPDX-License-Identifier: EUPL-1.2 */
/* See smtp.h. */
#include "daemon/mailer/smtp.h"

#include <auth-client.h>
#include <errno.h>
#include <libesmtp.h> /* after openssl/ssl.h, which tells it that there is TLS */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "daemon/mailer/login.h"
#include "daemon/mailer/mime.h"
#include "daemon/mailer/watch.h"
#include "daemon/mailer/wire.h"
#include "rules/base/address.h"

/* When all letters have their answer, the server gets this long to say goodbye. */
#define GOODBYE_MS 1000

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

/* ---- what became of a letter ---- */

static bool is_2xx(int code)
{
	return code >= 200 && code <= 299;
}

static bool is_4xx(int code)
{
	return code >= 400 && code <= 499;
}

static bool is_5xx(int code)
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

/* True if the server has decided. */
static bool part_settle(struct session *session, const struct part *part)
{
	static const enum mail_outcome outcomes[] = { [VERDICT_SENT] = MAIL_SENT,
						      [VERDICT_DEFERRED] = MAIL_DEFERRED,
						      [VERDICT_REFUSED] = MAIL_REFUSED };
	const smtp_status_t *status;
	enum verdict verdict = part_verdict(part, &status);
	if (verdict == VERDICT_OPEN)
		return false;
	char *text = status_text(status);
	if (status->code != 421) /* the server closes; trying on would only get more of them */
		session->answered = true;
	batch_settle(session->batch, part->index, outcomes[verdict], status->code, text);
	free(text);
	return true;
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

/* The library is done with the letters before this one: their outcome comes no later. */
static void session_judge(struct session *session, size_t end)
{
	for (; session->judged < end; session->judged++) {
		const struct part *part = &session->parts[session->judged];
		if (!part_settle(session, part))
			part_abandon(session, part);
	}
}

/* The session is over. Letters that it did not come to are left for another one, if it came to
 * any at all and did not break within a letter: that could happen again, to each of them. */
static void session_conclude(struct session *session)
{
	bool torn = false;
	for (size_t i = session->judged; i < session->count; i++)
		torn =
		    torn || (session->parts[i].begun && !part_settle(session, &session->parts[i]));
	if (torn)
		session->answered = false;
	for (size_t i = session->judged; i < session->count; i++) {
		const struct part *part = &session->parts[i];
		if (!part_settle(session, part) && !session->answered)
			part_abandon(session, part);
	}
}

/* ---- what the library tells ---- */

static void session_cut_if(bool wanted)
{
	if (wanted)
		wire_cut();
}

/* What the server says lies in the library's own buffer. */
static void heard(const char *bytes, int length, int writing, void *arg)
{
	struct session *session = arg;
	if (length <= 0 || writing == SMTP_CB_HEADERS)
		return;
	if (writing == SMTP_CB_WRITING)
		session_cut_if(watch_hears_us(&session->watch, bytes, (size_t)length));
	else
		session_cut_if(watch_hears_server(&session->watch, (char *)bytes, (size_t)length));
}

/* The answer to MAIL. A server that closes after some letters is no fault: there is another
 * session for the rest. */
static void sender_answered(struct session *session, struct part *part)
{
	const smtp_status_t *status = smtp_reverse_path_status(part->message);
	session_judge(session, (size_t)(part - session->parts));
	if (!is_4xx(status->code) && !is_5xx(status->code))
		return;
	if (watch_is_sound(&session->watch) && (status->code != 421 || !session->answered)) {
		char *text = status_text(status);
		watch_note_fault(&session->watch, FAULT_SENDER,
				 "the server refuses the sender %.254s: %d %.300s",
				 session->smtp->settings->sender, status->code, text);
		free(text);
	}
	wire_cut();
}

static void letter_answered(struct session *session, struct part *part)
{
	size_t index = (size_t)(part - session->parts);
	session_judge(session, index);
	if (part_settle(session, part))
		session->judged = index + 1;
	if (session->judged == session->count)
		wire_hurry(GOODBYE_MS);
	session_cut_if(report_is_alone());
}

static struct part *part_of(va_list args)
{
	return smtp_message_get_application_data(va_arg(args, smtp_message_t));
}

static void happened(smtp_session_t handle, int event, void *arg, ...)
{
	struct session *session = arg;
	va_list args;
	(void)handle;
	if (session->connected && wire_was_cut() && event != SMTP_EV_CONNECT)
		return; /* it reads on in what it has, as if it had asked for it */
	va_start(args, arg);
	switch (event) {
	case SMTP_EV_CONNECT:
		session->connected = true;
		watch_begin(&session->watch, session->smtp->tls.context != NULL,
			    session->auth != NULL);
		break;
	case SMTP_EV_STARTTLS_OK:
		session->watch.secure = true;
		break;
	case SMTP_EV_EXTNA_STARTTLS:
		watch_note_fault(&session->watch, FAULT_TLS,
				 "the server offers no encryption (STARTTLS)");
		break;
	case SMTP_EV_WRONG_PEER_CERTIFICATE:
		/* It looks for the host's canonical name; ours was found in the handshake,
		 * which does not come this far without it. */
		*va_arg(args, int *) = 1;
		break;
	case SMTP_EV_MAILSTATUS:
		(void)va_arg(args, const char *);
		sender_answered(session, part_of(args));
		break;
	case SMTP_EV_MESSAGEDATA:
		part_of(args)->begun = true;
		break;
	case SMTP_EV_MESSAGESENT:
		letter_answered(session, part_of(args));
		break;
	default: /* there are some twenty more, and all of them fail closed */
		break;
	}
	va_end(args);
}

/* All bytes have been given; what comes next is the end of the data. True: it may be written. */
static bool data_may_end(struct session *session)
{
	if (wire_has_input())
		watch_note_early(&session->watch);
	session_cut_if(session->watch.out_of_turn);
	if (wire_was_cut())
		return false;
	watch_data_ends(&session->watch);
	return true;
}

/* The library asks for the bytes of a letter: once for all of them, then for the end of it,
 * where it looks at errno: with one it hangs up and does not write the end. None leave before the
 * outcome of the letter before is noted. */
static const char *bytes_wanted(void **context, int *length, void *arg)
{
	struct part *part = arg;
	(void)context;
	errno = 0;
	if (length == NULL) {
		part->given = false;
		return NULL;
	}
	*length = 0;
	if (part->given) {
		errno = data_may_end(part->session) ? 0 : EPROTO;
		return NULL;
	}
	if (!report_wait_noted()) {
		wire_cut(); /* what the library writes from here on goes nowhere */
		return NULL;
	}
	part->given = true;
	*length = (int)part->mail->length;
	return *length == 0 ? NULL : part->mail->bytes;
}

static int login_wanted(auth_client_request_t request, char **result, int fields, void *arg)
{
	struct login *login = arg;
	for (int i = 0; i < fields; i++) {
		if ((request[i].flags & AUTH_PASS) != 0)
			result[i] = login->password;
		else if ((request[i].flags & AUTH_USER) != 0)
			result[i] = login->user;
		else
			return 0;
	}
	return 1;
}

/* ---- a session ---- */

static void must(int good)
{
	if (!good) {
		(void)!write(STDERR_FILENO, "kedja-mailer: out of memory\n", 28);
		abort();
	}
}

/* The last look at what goes on the wire. */
static bool mail_is_fit(struct session *session, size_t index)
{
	const struct mail *mail = &session->batch->mails[index];
	const char *fault = address_fault(mail->address);
	if (fault == NULL && mime_is_sound(mail->bytes, mail->length))
		return true;
	char *text = xasprintf("the letter or its address is not fit to be sent: the address %s",
			       fault == NULL ? "is well" : fault);
	batch_settle(session->batch, index, MAIL_REFUSED, 0, text);
	free(text);
	return false;
}

static void part_add(struct session *session, size_t index)
{
	if (!mail_is_fit(session, index))
		return;
	struct part *part = &session->parts[session->count++];
	part->session = session;
	part->mail = &session->batch->mails[index];
	part->index = index;
	must((part->message = smtp_add_message(session->session)) != NULL);
	must(smtp_set_reverse_path(part->message, session->smtp->settings->sender));
	must((part->recipient = smtp_add_recipient(part->message, part->mail->address)) != NULL);
	must(smtp_set_messagecb(part->message, bytes_wanted, part));
	smtp_message_set_application_data_release(part->message, part, NULL);
}

/* This machine's name, if it is one that can be said to a server. */
static void hostname_set(smtp_session_t session)
{
	char name[256] = "";
	if (gethostname(name, sizeof(name) - 1) != 0 || *name == '\0' ||
	    name[strspn(
		name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-")] != '\0')
		memcpy(name, "localhost", sizeof("localhost"));
	must(smtp_set_hostname(session, name));
}

static void tls_give(struct session *session)
{
	if (session->smtp->tls.context == NULL) {
		must(smtp_starttls_enable(session->session, Starttls_DISABLED));
		return;
	}
	tls_begin(&session->smtp->tls);
	must(smtp_starttls_enable(session->session, Starttls_REQUIRED));
	/* It takes a reference of its own, and gives that back when the session is destroyed. */
	must(smtp_starttls_set_ctx(session->session, session->smtp->tls.context));
}

static void auth_give(struct session *session)
{
	must((session->auth = auth_create_context()) != NULL);
	auth_set_mechanism_flags(session->auth, AUTH_PLUGIN_PLAIN, 0);
	auth_set_interact_cb(session->auth, login_wanted, &session->login);
	must(smtp_auth_set_context(session->session, session->auth));
}

static void session_prepare(struct session *session, bool with_login)
{
	const struct mailer_settings *settings = session->smtp->settings;
	char *server = xasprintf("%s:%d", settings->smtp_host, (int)settings->smtp_port);
	must((session->session = smtp_create_session()) != NULL);
	must(smtp_set_server(session->session, server));
	hostname_set(session->session);
	tls_give(session);
	if (with_login)
		auth_give(session);
	must(smtp_set_eventcb(session->session, happened, session));
	must(smtp_set_monitorcb(session->session, heard, session, 0));
	session->parts = xcalloc(session->batch->count, sizeof(*session->parts));
	for (size_t i = 0; i < session->batch->count; i++) {
		if (!session->batch->mails[i].settled)
			part_add(session, i);
	}
	free(server);
}

static void session_clear(struct session *session)
{
	smtp_destroy_session(session->session);
	if (session->auth != NULL)
		auth_destroy_context(session->auth);
	login_wipe(&session->login);
	free(session->parts);
}

/* A handshake that failed says no more than that. */
static void tls_note_failure(struct session *session)
{
	const struct tls *tls = &session->smtp->tls;
	if (tls->context == NULL || session->watch.secure || session->watch.phase != PHASE_STARTTLS)
		return;
	if (tls->refusal != NULL)
		watch_note_fault(&session->watch, FAULT_TLS, "%.400s", tls->refusal);
	else
		watch_note_fault(&session->watch, FAULT_TLS,
				 "encryption could not be agreed upon with %.253s (TLS 1.2)",
				 tls->host);
}

/* Letters without outcome afterwards were not tried: there is a fault, or another session. */
static void session_run(struct session *session)
{
	if (session->count == 0)
		return;
	wire_open(session->smtp->patience);
	int started = smtp_start_session(session->session);
	tls_note_failure(session);
	if (session->watch.fault == FAULT_NONE && !(report_is_alone() && started))
		session_conclude(session);
	wire_close();
}

static enum fault_kind session_deliver(struct smtp *smtp, struct batch *batch, bool *ret_answered,
				       char **ret_text)
{
	struct session session = { .smtp = smtp, .batch = batch };
	bool with_login = *smtp->settings->smtp_user != '\0';
	if (with_login && login_read(&session.login, smtp->settings, ret_text) != 0)
		return FAULT_LOGIN;
	session_prepare(&session, with_login);
	session_run(&session);
	enum fault_kind fault = session.watch.fault;
	if (fault != FAULT_NONE)
		*ret_text = xstrdup(session.watch.fault_text);
	*ret_answered = session.answered;
	session_clear(&session);
	return fault;
}

enum fault_kind smtp_deliver(struct smtp *smtp, struct batch *batch, char **ret_text)
{
	enum fault_kind fault = FAULT_NONE;
	bool answered = true;
	while (fault == FAULT_NONE && answered && batch_is_open(batch) && !report_is_alone())
		fault = session_deliver(smtp, batch, &answered, ret_text);
	return fault;
}

/* ---- settings ---- */

static bool is_host(const char *host)
{
	size_t length = strspn(host, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				     "0123456789.-");
	return length > 0 && length <= 253 && host[length] == '\0' && host[0] != '-';
}

static char *settings_fault(const struct mailer_settings *settings)
{
	const char *fault = address_fault(settings->sender);
	if (fault != NULL)
		return xasprintf("sender: the address %s", fault);
	if (!is_host(settings->smtp_host))
		return xstrdup("smtp_host must be the name of a server, or an IPv4 address");
	if (settings->smtp_port < 1 || settings->smtp_port > 65535)
		return xstrdup("smtp_port must be a number from 1 to 65535");
	if (*settings->smtp_user != '\0' && !settings->smtp_starttls)
		return xstrdup("smtp_user needs smtp_starttls = true: without encryption the "
			       "password would be there for everybody to read");
	return NULL;
}

enum fault_kind smtp_init(struct smtp *smtp, const struct mailer_settings *settings, int patience,
			  char **ret_text)
{
	struct login login = { 0 };
	*smtp = (struct smtp){ .settings = settings, .patience = patience };
	*ret_text = settings_fault(settings);
	if (*ret_text != NULL)
		return FAULT_CONFIG;
	if (settings->smtp_starttls &&
	    tls_init(&smtp->tls, settings->smtp_host, settings->smtp_ca_file, ret_text) != 0)
		return FAULT_TLS;
	int result = *settings->smtp_user == '\0' ? 0 : login_read(&login, settings, ret_text);
	login_wipe(&login);
	return result == 0 ? FAULT_NONE : FAULT_LOGIN;
}

void smtp_clear(struct smtp *smtp)
{
	tls_clear(&smtp->tls);
	*smtp = (struct smtp){ 0 };
}
