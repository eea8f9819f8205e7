/* SPDX-License-Identifier: EUPL-1.2 */
/* See mailer.h: the conversation with kedjad, and nothing of what it is about. */
#include "daemon/mailer/mailer.h"

#include <auth-client.h>
#include <errno.h>
#include <getopt.h>
#include <gmime/gmime.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "daemon/mailer/maildir.h"
#include "daemon/mailer/smtp.h"
#include "rules/base/address.h"

#define DAEMON_FD        0
#define PATIENCE_DEFAULT 60 /* seconds */
#define PATIENCE_MOST    600

/* libesmtp looks for keys and certificates below the home folder; there shall be none. */
#define NO_HOME "/nonexistent"

struct mailer {
	struct request configured; /* whose texts the transport borrows */
	enum fault_kind fault;     /* that which stands since then */
	char *fault_text;
	struct smtp smtp;
	int patience; /* milliseconds */
	char *buffer; /* what was read and is no whole line yet */
	size_t length;
};

static int complain(const char *sentence)
{
	fprintf(stderr, "kedja-mailer: %s\n", sentence);
	return 1;
}

static void mailer_forget(struct mailer *mailer)
{
	smtp_clear(&mailer->smtp);
	request_clear(&mailer->configured);
	free(mailer->fault_text);
	mailer->fault_text = NULL;
	mailer->fault = FAULT_CONFIG;
}

static enum fault_kind maildir_init(const char *folder, char **ret_text)
{
	char *path = NULL;
	if (*folder == '\0') {
		*ret_text = xstrdup("transport is maildir, but maildir names no folder");
		return FAULT_CONFIG;
	}
	if (maildir_prepare(folder, &path) == 0)
		return FAULT_NONE;
	*ret_text = xasprintf("the folder %s cannot be written: %s", path, strerror(errno));
	free(path);
	return FAULT_FOLDER;
}

static char *sender_fault(const struct mailer_settings *settings)
{
	const char *fault = *settings->sender == '\0' ? NULL : address_fault(settings->sender);
	if (fault != NULL)
		return xasprintf("sender: the address %s", fault);
	for (const char *c = settings->sender_name; *c != '\0'; c++) {
		if ((unsigned char)*c < 32 || *c == 127)
			return xstrdup("sender_name has a line break or another control character");
	}
	return NULL;
}

static enum fault_kind transport_init(struct mailer *mailer, char **ret_text)
{
	const struct mailer_settings *settings = &mailer->configured.settings;
	*ret_text = sender_fault(settings);
	if (*ret_text != NULL)
		return FAULT_CONFIG;
	if (strcmp(settings->transport, "maildir") == 0)
		return maildir_init(settings->maildir, ret_text);
	if (strcmp(settings->transport, "smtp") == 0)
		return smtp_init(&mailer->smtp, settings, mailer->patience, ret_text);
	*ret_text = xstrdup("transport must be \"maildir\" or \"smtp\"");
	return FAULT_CONFIG;
}

/* Takes the request over. */
static void mailer_configure(struct mailer *mailer, struct request *request)
{
	mailer_forget(mailer);
	mailer->configured = *request;
	*request = (struct request){ 0 };
	mailer->fault = transport_init(mailer, &mailer->fault_text);
	if (mailer->fault == FAULT_NONE)
		report_ready();
	else
		report_fault(mailer->fault, mailer->fault_text);
}

static enum fault_kind batch_deliver(struct mailer *mailer, struct batch *batch, char **ret_text)
{
	const struct mailer_settings *settings = &mailer->configured.settings;
	if (strcmp(settings->transport, "maildir") == 0)
		return maildir_deliver(settings->maildir, batch, ret_text);
	return smtp_deliver(&mailer->smtp, batch, ret_text);
}

static void mailer_send(struct mailer *mailer, const struct request *request)
{
	struct batch batch;
	char *text = NULL;
	if (mailer->fault != FAULT_NONE) { /* no letter is touched while a fault stands */
		report_fault(mailer->fault, mailer->fault_text);
		report_done();
		return;
	}
	batch_init(&batch, request, &mailer->configured.settings);
	enum fault_kind fault = batch_deliver(mailer, &batch, &text);
	batch_tell_rest(&batch);
	if (fault != FAULT_NONE)
		report_fault_at(fault, text, batch.met);
	report_done();
	free(text);
	batch_clear(&batch);
}

/* 0, or 1 when it cannot be understood. */
static int mailer_hear(struct mailer *mailer, const char *line, size_t length)
{
	struct request request;
	char *reason = NULL;
	if (request_parse(line, length, &request, &reason) != 0) {
		complain(reason);
		free(reason);
		return 1;
	}
	if (request.kind == REQUEST_SEND && mailer->configured.root == NULL) {
		request_clear(&request);
		return complain("letters came before 'configure'");
	}
	if (request.kind == REQUEST_CONFIGURE)
		mailer_configure(mailer, &request);
	else if (request.kind == REQUEST_SEND)
		mailer_send(mailer, &request);
	request_clear(&request);
	return 0;
}

static bool buffer_has_line(const struct mailer *mailer)
{
	return memchr(mailer->buffer, '\n', mailer->length) != NULL;
}

/* Acts on the whole lines in the buffer and keeps the rest. What kedjad said before it went away
 * is not acted upon any more: nobody would note what became of the letters. */
static int buffer_use(struct mailer *mailer)
{
	size_t used = 0;
	int status = 0;
	while (status == 0 && !report_is_alone()) {
		char *end = memchr(mailer->buffer + used, '\n', mailer->length - used);
		if (end == NULL)
			break;
		size_t length = (size_t)(end - mailer->buffer) - used;
		status = mailer_hear(mailer, mailer->buffer + used, length);
		used += length + 1;
	}
	mailer->length -= used;
	memmove(mailer->buffer, mailer->buffer + used, mailer->length);
	return status;
}

static int mailer_converse(struct mailer *mailer)
{
	report_hello();
	for (;;) {
		if (mailer->length > MAIL_LINE_MOST)
			return complain("a line is longer than 1 MiB");
		ssize_t got = read(DAEMON_FD, mailer->buffer + mailer->length,
				   MAIL_LINE_MOST + 1 - mailer->length);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0 && errno == ECONNRESET) /* gone, and has not read what we said last */
			return 0;
		if (got < 0)
			return complain("the line to kedjad is broken");
		if (got == 0 && mailer->length > 0 && !buffer_has_line(mailer))
			return complain("the line to kedjad ended within a line");
		if (got == 0)
			return 0;
		mailer->length += (size_t)got;
		int status = buffer_use(mailer);
		if (status != 0)
			return status;
	}
}

static int converse(int patience)
{
	struct mailer mailer = { .patience = patience * 1000, .fault = FAULT_CONFIG };
	mailer.buffer = xcalloc(MAIL_LINE_MOST + 1, 1);
	g_mime_init();
	auth_client_init();
	int status = mailer_converse(&mailer);
	mailer_forget(&mailer);
	free(mailer.buffer);
	auth_client_exit();
	g_mime_shutdown();
	return status;
}

/* A server that hangs up, or a file that may not grow, is an answer and not the end of us. */
static void surroundings_prepare(void)
{
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN);
	setenv("HOME", NO_HOME, 1);
	unsetenv("XDG_CONFIG_DIR");
	unsetenv("XDG_CONFIG_HOME");
}

static int usage(FILE *out, int status)
{
	fprintf(out, "usage: kedja-mailer [--patience SECONDS]\n"
		     "       kedja-mailer --version | --help\n"
		     "Sends letters for kedjad, which starts it with a socket as descriptor 0.\n");
	return status;
}

int mailer_main(int argc, char **argv)
{
	static const struct option options[] = { { "patience", required_argument, NULL, 'p' },
						 { "version", no_argument, NULL, 'v' },
						 { "help", no_argument, NULL, 'h' },
						 { 0 } };
	int option, patience = PATIENCE_DEFAULT, type = 0;
	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (option == 'h')
			return usage(stdout, 0);
		if (option == 'v')
			return printf("kedja-mailer %s\n", KEDJA_VERSION) < 0;
		patience = option == 'p' ? (int)strtoul(optarg, NULL, 10) : 0;
		if (patience < 1 || patience > PATIENCE_MOST)
			return usage(stderr, 2);
	}
	if (optind < argc)
		return usage(stderr, 2);
	socklen_t size = sizeof(type);
	if (getsockopt(DAEMON_FD, SOL_SOCKET, SO_TYPE, &type, &size) != 0)
		return complain(
		    "descriptor 0 is no socket: kedjad starts this program, not people");
	surroundings_prepare();
	return converse(patience);
}
