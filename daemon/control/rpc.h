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

#include "daemon/conf/access.h"
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

struct call;

/*
 * The result (a new reference), or NULL: then `problems`, `message` and `code` say why, and what
 * it wrote is rolled back to before this call of it.
 *
 * No turn may run on and on (I12), so a handler that is not done when the turn has no room leaves
 * what it has reached in call->state and returns RPC_GOES_ON: it is called again in the next turn,
 * with the same call. What it wrote by then is committed with the turn. RPC_WAITS: the same, when
 * call->wait no longer says that it must.
 */
typedef json_t *method_handler(void *arg, struct call *call);
extern json_t *const RPC_GOES_ON;
extern json_t *const RPC_WAITS;
/* Must the request still wait? Asked before each call of the handler; reads no file. */
typedef bool method_wait(void *arg, const struct call *call);

/* Whoever is at the other end, as the kernel had it when they connected. */
struct caller {
	const char *name; /* of the user; "uid 1005" without one */
	unsigned uid;
	const unsigned *groups;
	size_t group_count;
};

/* Who asks, and what is known of the request until it is answered. */
struct call {
	const char *actor;        /* name of the peer's user */
	const struct caller *who; /* NULL where there is no gate */
	const char *as;    /* the member of staff that they speak for; NULL: for themselves */
	const char *staff; /* who they are among the staff, set by the gate; NULL: not known */
	bool is_denied, is_noted; /* for the gate: it has refused; there is a row of it already */
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
	/* Who is called next, and for what that waits; from the table at first. */
	method_handler *handler;
	method_wait *wait; /* NULL: for nothing */
	/* What a handler has reached, NULL at first; `forget` frees it when the request is over,
	 * the peer has gone, or it must begin anew because its turn was lost. */
	void *state;
	void (*forget)(void *state);
	bool leaves_nothing; /* what it writes in this call is rolled back, whatever it returns */
};

/* What a method does with the database. Without it: also answered while it has failed. */
enum method_file { FILE_READ, FILE_WRITTEN, FILE_NOT_NEEDED };

struct method {
	const char *name;         /* "event.record" */
	enum access_class access; /* what it is about, and by that for whom it is */
	const char *about;        /* the parameter that names its subject; NULL: none */
	const char *shows; /* what names the case in its answer, or its rows; NULL: nothing */
	const struct parameter *parameters; /* ended by a row with name NULL */
	bool takes_any_shape;               /* the handler reads its parameters itself */
	enum method_file file;
	method_wait *wait; /* for what the answer rests on; NULL: for nothing */
	method_handler *handler;
	const char *help; /* English, a sentence */
};

/*
 * Who stands before and behind every method. enter: in its savepoint, before each call of a
 * handler, or before it is called without the file; false with a refusal in the call. leave: behind
 * the savepoint, in the turn, with what came of it: the result, RPC_GOES_ON, RPC_WAITS, or NULL for
 * a refusal, also one because the parameters are not right.
 */
struct rpc_gate {
	bool (*enter)(void *arg, const struct method *method, struct call *call);
	void (*leave)(void *arg, const struct method *method, struct call *call,
		      const json_t *result);
};

/* At most so many requests in a batch. */
#define RPC_BATCH_MOST 100

/*
 * A line on its way: a request, or a batch of them, from when it is taken until it is answered. It
 * is served a step at a time, each in a savepoint of its own; a turn has as many steps as it has
 * room for, of all lines in turn.
 *
 *   work = rpc_begin(methods, arg, line, length, actor);
 *   while (turn_has_room(turn) && rpc_step(work, turn) == RPC_MORE) ...
 *   after the commit:    rpc_take_said(work), which is sent; when it is over: rpc_free(work)
 *   after a rollback:    rpc_undo(work, ...); then it goes on from what was committed last
 *
 * So the answers of a batch are one array, in the order of its requests, of which each commit lets
 * out what it has made certain. The requests of a batch stand for themselves: what others ask may
 * come between them, and one that is refused spoils no other.
 */
struct rpc_work;
enum rpc_progress {
	RPC_OVER,   /* nothing more comes of it */
	RPC_MORE,   /* there is a next step */
	RPC_WAITING /* for something else: ask rpc_must_wait before the next step */
};
/* Takes the line over. `methods` is ended by a row with name NULL. */
struct rpc_work *rpc_begin(const struct method *methods, void *arg, char *line, size_t length,
			   const char *actor);
/* From here on this gate stands before it. Both outlive it. */
void rpc_guard(struct rpc_work *work, const struct rpc_gate *gate, const struct caller *who);
/* A line that is no request: its answer is this text, which it takes over. */
struct rpc_work *rpc_begin_refused(char *answer);
void rpc_free(struct rpc_work *work); /* takes NULL; nothing more comes of it */

/* One request, or a part of one. The turn is begun. */
enum rpc_progress rpc_step(struct rpc_work *work, struct turn *turn);
enum rpc_progress rpc_progress(const struct rpc_work *work);
bool rpc_must_wait(const struct rpc_work *work);
/* Has a request begun that changes nothing, so that nobody misses it if nobody hears the answer? */
bool rpc_is_question(const struct rpc_work *work);
/* Bytes that it holds, and those of them that have been said and not been taken. */
size_t rpc_held(const struct rpc_work *work);
size_t rpc_said(const struct rpc_work *work);
/* What was said since it was last taken, a line end behind the last of it; NULL: nothing. The
 * caller frees it. All that was done until now is certain. */
char *rpc_take_said(struct rpc_work *work);
/* What was done since then is not so. What only reads is done again, once; what writes, or has been
 * done again already, is refused with this reason by the next step: true. */
bool rpc_undo(struct rpc_work *work, enum rpc_code code, const char *reason);
/* The database has failed: methods that need none are served, all else that is left is refused,
 * each request with this code and message. Outside of any transaction. Then it is over. */
void rpc_refuse_rest(struct rpc_work *work, enum rpc_code code, const char *reason);

/* The line of a refusal that is made by hand; the caller frees it. */
char *rpc_refusal(const json_t *id, enum rpc_code code, const char *message,
		  const struct problems *problems);

/* Parameters, after the check: NULL, `otherwise` where not given. */
const char *call_text(const struct call *call, const char *name);
int64_t call_number(const struct call *call, const char *name, int64_t otherwise);
bool call_flag(const struct call *call, const char *name);
void call_refuse(struct call *call, enum rpc_code code, const char *format, ...) PRINTF_LIKE(3, 4);

#endif
