/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The other end of the control socket: blocking, one question after the other. Only the connecting
 * has a time limit; an answer may take as long as the work does (a rebuild, the virtual clock).
 *
 *   client = client_open(path, &reason);                       NULL: the reason says it
 *   switch (client_call(client, "status", NULL, &answer, &reason)) ...
 *   client_close(client);
 */
#ifndef KEDJA_CTL_CLIENT_H
#define KEDJA_CTL_CLIENT_H

#include <jansson.h>

#include "rules/base/mem.h"

struct client;

/* NULL if nobody answers there; *ret_reason is then a sentence, which the caller frees. */
struct client *client_open(const char *path, char **ret_reason);
void client_close(struct client *client); /* takes NULL */

enum answer {
	ANSWER_RESULT, /* *ret is the result (a new reference) */
	ANSWER_ERROR,  /* *ret is the error object {code, message, data} */
	ANSWER_NONE /* no answer that can be used; *ret_reason is a sentence, the caller frees it */
};

/* `parameters` is JSON text of an object or a list; NULL means none. */
MUST_CHECK enum answer client_call(struct client *client, const char *method,
				   const char *parameters, json_t **ret, char **ret_reason);

/* The same in two halves, so that the daemon has something to do while the next question is made
 * up: answers are heard in the order of the questions, of which few should be on their way. */
void client_send(struct client *client, const char *method, const char *parameters);
MUST_CHECK enum answer client_hear(struct client *client, const char *method, json_t **ret,
				   char **ret_reason);

#endif
