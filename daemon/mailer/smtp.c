/* SPDX-License-Identifier: EUPL-1.2 */
/* See smtp.h. */
#include "daemon/mailer/smtp.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "daemon/mailer/mime.h"
#include "daemon/mailer/smtp_own.h"
#include "daemon/mailer/wire.h"
#include "rules/base/address.h"

/* When all letters have their answer, the server gets this long to say goodbye. */
#define GOODBYE_MS 1000

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

/* The answer to MAIL. */
static void sender_answered(struct session *session, const struct part *part)
{
	const smtp_status_t *status = smtp_reverse_path_status(part->message);
	session_judge(session, (size_t)(part - session->parts));
	if (!is_4xx(status->code) && !is_5xx(status->code))
		return;
	if (watch_is_sound(&session->watch))
		session_sender_refused(session, part);
	else
		wire_cut();
}

static void recipient_answered(struct session *session, smtp_recipient_t recipient)
{
	int code = smtp_recipient_status(recipient)->code;
	if (code >= 200 && code <= 299 && watch_is_sound(&session->watch))
		session_note_recipient(session);
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
	case SMTP_EV_RCPTSTATUS:
		(void)va_arg(args, const char *);
		recipient_answered(session, va_arg(args, smtp_recipient_t));
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

/* As kedjad found it; else this machine's name, if it is one that can be said to a server. */
static void hostname_set(smtp_session_t session, const char *wanted)
{
	if (*wanted != '\0') {
		must(smtp_set_hostname(session, wanted));
		return;
	}
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
	hostname_set(session->session, settings->helo_name);
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
	pattern_begin(&smtp->pattern);
	while (fault == FAULT_NONE && answered && batch_is_open(batch) && !report_is_alone())
		fault = session_deliver(smtp, batch, &answered, ret_text);
	if (fault != FAULT_NONE || !batch_holds(batch))
		return fault;
	if (!pattern_is_ours(&smtp->pattern)) {
		batch_let_go(batch, STAGE_LETTER);
		return FAULT_NONE;
	}
	const struct mail *last = batch_last_held(batch);
	batch->met = last->id;
	*ret_text = xasprintf("the server takes nothing from us: %d %s", last->code, last->text);
	return FAULT_RELAY;
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
	if (*settings->helo_name != '\0' && !is_host(settings->helo_name))
		return xstrdup("helo_name must be the name of this host: letters, digits, - and .");
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
	pattern_clear(&smtp->pattern);
	*smtp = (struct smtp){ 0 };
}
