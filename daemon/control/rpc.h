/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * JSON-RPC 2.0, one JSON text a line, and the table of methods. A handler sees checked
 * parameters and who is asking; it never sees a socket.
 *
 * Errors: the standard codes, and 1 for "refused". Every error has data.problems, a list of
 * { "field", "text" } and for arrays of events "event" (its place, from 0).
 */
#ifndef KEDJA_CONTROL_RPC_H
#define KEDJA_CONTROL_RPC_H

#include <jansson.h>

#include "daemon/store/turn.h"
#include "rules/base/problem.h"

enum rpc_code {
	RPC_REFUSED = 1,
	RPC_NO_SPACE = 2,
	RPC_PARSE = -32700,
	RPC_REQUEST = -32600,
	RPC_METHOD = -32601,
	RPC_PARAMETERS = -32602,
	RPC_INTERNAL = -32603
};

enum parameter_type {
	PARAMETER_TEXT,
	PARAMETER_NUMBER,
	PARAMETER_FLAG,
	PARAMETER_DATE,
	PARAMETER_TIME,
	PARAMETER_ANY
};

struct parameter {
	const char *name;
	enum parameter_type type;
	bool required;
	const char *help;
};

/* Who asks, and what is known of the request while it is served. */
struct call {
	const char *actor; /* name of the peer's user */
	const json_t
	    *parameters;  /* an object or, where the method takes one, an array; never NULL */
	const json_t *id; /* of the request, borrowed; NULL for a notification */
	/* What is wrong: place is the field, "amount"; in an array of events "[3].amount" or "[3]".
	 * A place with a line, or one that ends in ".conf", is a file. */
	struct problems problems;
	enum rpc_code code; /* for a NULL result; RPC_REFUSED unless set */
	char *message;      /* one sentence; NULL: "refused" (freed by rpc) */
	bool changes;       /* set by rpc from the table */
	bool without_file;  /* the database cannot be used: say what can be said without it */
	void *client;       /* opaque: for control_later() */
};

/* The result (a new reference), or NULL: then `problems`, `message` and `code` say why, and what
 * it wrote is rolled back to before the request. RPC_LATER: the answer comes by control_answer. */
typedef json_t *method_handler(void *arg, struct call *call);
extern json_t *const RPC_LATER;
/* Asked before the handler: RPC_LATER, and the handler is called when the request need wait no
 * longer; or NULL: it is served now. */
typedef json_t *method_wait(void *arg, struct call *call, method_handler *handler);

/* What a method does with the database. Without it: also answered while it has failed. */
/* FILE_SWAPS: writes, and its commit brings other rules; it stands last in a batch, or what stood
 * behind it would go by the old ones. */
enum method_file { FILE_READ, FILE_WRITTEN, FILE_SWAPS, FILE_NOT_NEEDED };

struct method {
	const char *name;                   /* "event.record" */
	const struct parameter *parameters; /* ended by a row with name NULL */
	bool takes_any_shape;               /* the handler reads its parameters itself */
	enum method_file file;
	method_wait *wait; /* for what the answer rests on; NULL: for nothing */
	method_handler *handler;
	const char *help; /* English, a sentence */
};

/* At most so many requests in a batch. */
#define RPC_BATCH_MOST 100

/* Serves one line; the answer without line end (the caller frees it), NULL for a notification or
 * an answer that comes later (in a batch: later and on a line of its own). `methods` is ended by a
 * row with name NULL. Also JSON-RPC batches. Every request has a savepoint of its own; the caller
 * has begun the transaction. */
char *rpc_serve(const struct method *methods, void *arg, struct db *db, const char *line,
		size_t length, const char *actor, void *client);

/* The line of an answer to a request served later; the caller frees it. `id` as the call had it. */
char *rpc_answer(const json_t *id, json_t *result); /* takes over result */
char *rpc_refusal(const json_t *id, enum rpc_code code, const char *message,
		  const struct problems *problems);

/* The answer to a line while the database has failed, outside of any transaction: methods that need
 * none are served, all else is refused, each request with this code and message. */
char *rpc_serve_without(const struct method *methods, void *arg, const char *line, size_t length,
			enum rpc_code code, const char *message);
/* Is all that this line asks for read-only, so that it may be served a second time? */
bool rpc_only_reads(const struct method *methods, const char *line, size_t length);

/* Parameters, after the check: NULL, `otherwise` where not given. */
const char *call_text(const struct call *call, const char *name);
int64_t call_number(const struct call *call, const char *name, int64_t otherwise);
bool call_flag(const struct call *call, const char *name);
void call_refuse(struct call *call, enum rpc_code code, const char *format, ...) PRINTF_LIKE(3, 4);

#endif
