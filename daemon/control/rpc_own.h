/* SPDX-License-Identifier: EUPL-1.2 */
/* What rpc.c and rpc_answer.c share, and nobody else sees. */
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

#endif
