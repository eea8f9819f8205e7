/*
 * The mailer as seen from the loop: spawned (posix_spawn, nothing inherited but descriptor 0),
 * given batches, watched, killed when a letter takes longer than the limit, restarted with a
 * growing pause when it dies. Never blocks.
 */
#ifndef KEDJA_MAILPROC_H
#define KEDJA_MAILPROC_H

#include <jansson.h>

#include "daemon/conf.h"
#include "daemon/loop.h"
#include "daemon/mailproto.h"

enum mailer_state { MAILER_DOWN, MAILER_STARTING, MAILER_READY, MAILER_BUSY, MAILER_FAULTY };
const char *mailer_state_name(enum mailer_state state);

/* What it hears; called from the loop, outside a turn: note it, act in the turn. */
struct mailproc_events {
	void (*outcome)(void *arg, int64_t message, enum mail_outcome outcome, int code, const char *text);
	void (*fault)(void *arg, const char *kind, const char *text); /* untried letters come back */
	void (*batch_over)(void *arg, bool died); /* died: letters without outcome are unclear or untried */
	void (*ready)(void *arg);
};

struct mailproc;

struct mailproc *mailproc_new(struct loop *loop, const struct settings *settings, const char *program,
			      const struct mailproc_events *events, void *arg);
void mailproc_free(struct mailproc *mailproc); /* takes NULL; closes the pipe and reaps */
void mailproc_configure(struct mailproc *mailproc, const struct settings *settings); /* after a reload */
enum mailer_state mailproc_state(const struct mailproc *mailproc);
int mailproc_restarts(const struct mailproc *mailproc);
int mailproc_pid(const struct mailproc *mailproc); /* 0 when down */
/* Hands over a batch (a JSON array of letters; takes it over). Only when MAILER_READY. */
void mailproc_send(struct mailproc *mailproc, json_t *letters);

#endif
