/* SPDX-License-Identifier: EUPL-1.2 */
/* What the files of rpc.h share, and nobody else sees; lowest first: rpc_answer.c, rpc.c,
 * rpc_work.c. */
#ifndef KEDJA_CONTROL_RPC_OWN_H
#define KEDJA_CONTROL_RPC_OWN_H

#include "daemon/control/rpc.h"

/* The objects of an answer and of a refusal, for a line of their own or a batch. `id` NULL is
 * written as null. Problems may be NULL: then the message is the only one. */
json_t *rpc_answer_object(const json_t *id, json_t *result); /* takes over result */
json_t *rpc_refusal_object(const json_t *id, enum rpc_code code, const char *message,
			   const struct problems *problems);

/* The text of an answer, which is taken over; NULL gives NULL. */
char *rpc_line(json_t *answer);

/* What serving needs to know of where it is. */
struct serving {
	const struct method *methods;
	void *arg;
	const char *actor;
	const struct rpc_gate *gate; /* NULL: none */
	const struct caller *who;
	struct turn *turn;  /* NULL: the database has failed, and all that needs it is refused */
	enum rpc_code code; /* and how */
	const char *reason;
};

/* One request, from when it is read until it is answered. */
struct asking {
	json_t *asked;               /* owned; NULL: there is none */
	const struct method *method; /* NULL until it has begun */
	bool wants_answer;           /* it is no notification */
	struct call call;
	json_t *none; /* parameters, where none were given */
};

/* One call of its handler. RPC_OVER: the answer is a new reference, or NULL for a notification. */
enum rpc_progress rpc_asking_step(const struct serving *serving, struct asking *asking,
				  json_t **ret_answer);
bool rpc_asking_writes(const struct asking *asking);
bool rpc_asking_waits(const struct serving *serving, const struct asking *asking);
void rpc_asking_clear(struct asking *asking);

#endif
