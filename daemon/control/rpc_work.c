/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * See rpc.h: lines on their way. Of a batch only the text is kept between the turns, and each
 * request is read when its turn has come: a tree of a million brackets is no guest for long.
 */
#include <stdlib.h>
#include <string.h>

#include "daemon/control/rpc_own.h"

/* Where in the line the next request begins, and how many have been answered. */
struct place {
	size_t at, done;
	bool opened; /* the array of a batch's answers */
};

struct rpc_work {
	const struct method *methods;
	void *arg;
	char *actor;
	const struct rpc_gate *gate; /* NULL: none */
	const struct caller *who;
	char *line; /* NULL: no request, the answer is all */
	size_t length;
	bool is_batch, is_over;
	size_t count;       /* requests */
	struct place place; /* of the one that is served, or the next */
	struct place kept;  /* committed */
	struct asking asking;
	bool is_waiting;
	bool has_written;    /* since then; or meant to */
	bool is_again;       /* what was undone is done anew */
	size_t refuse_until; /* those before it are refused, for this reason */
	enum rpc_code code;
	char *reason;
	char *said; /* since then; NULL: nothing */
	size_t said_length, said_capacity;
};

/* --- what is said ------------------------------------------------------------------------- */

static void say(struct rpc_work *work, const char *text)
{
	size_t length = strlen(text), wanted = work->said_length + length + 1;
	if (wanted > work->said_capacity) {
		work->said_capacity = wanted < 256 ? 256 : wanted * 3 / 2;
		work->said = xrealloc(work->said, work->said_capacity);
	}
	memcpy(work->said + work->said_length, text, length + 1);
	work->said_length += length;
}

static void say_answer(struct rpc_work *work, json_t *answer)
{
	char *text = rpc_line(answer);
	if (text != NULL && work->is_batch) {
		say(work, work->place.opened ? "," : "[");
		work->place.opened = true;
	}
	if (text != NULL)
		say(work, text);
	if (text != NULL && !work->is_batch)
		say(work, "\n");
	free(text);
}

static void forget_said(struct rpc_work *work)
{
	free(work->said);
	work->said = NULL;
	work->said_length = work->said_capacity = 0;
}

char *rpc_take_said(struct rpc_work *work)
{
	char *said = work->said;
	work->said = NULL;
	work->said_length = work->said_capacity = 0;
	work->kept = work->place;
	work->has_written = false;
	work->is_again = false;
	return said;
}

size_t rpc_said(const struct rpc_work *work)
{
	return work->said_length;
}

size_t rpc_held(const struct rpc_work *work)
{
	return work->length + work->said_capacity;
}

/* --- the requests of a line --------------------------------------------------------------- */

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static size_t skip_spaces(const struct rpc_work *work, size_t at)
{
	while (at < work->length && is_space(work->line[at]))
		at++;
	return at;
}

/* Where the value that begins here ends. The line is known to be right. */
static size_t end_of_value(const struct rpc_work *work, size_t at)
{
	size_t depth = 0;
	bool in_text = false;
	for (; at < work->length; at++) {
		char c = work->line[at];
		if (in_text && c == '\\')
			at++;
		else if (c == '"')
			in_text = !in_text;
		else if (in_text)
			continue;
		else if (c == '[' || c == '{')
			depth++;
		else if (depth == 0 && (c == ',' || c == ']' || c == '}'))
			break;
		else if (c == ']' || c == '}')
			depth--;
	}
	return at;
}

static json_t *parse(const struct rpc_work *work, size_t at, size_t end, json_error_t *error)
{
	return json_loadb(work->line + at, end - at, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY,
			  error);
}

static void read_next(struct rpc_work *work)
{
	json_error_t error;
	size_t end = work->is_batch ? end_of_value(work, work->place.at) : work->length;
	work->asking = (struct asking){ .asked = parse(work, work->place.at, end, &error) };
}

/* To the one behind it, or to the end. */
static void go_on(struct rpc_work *work)
{
	rpc_asking_clear(&work->asking);
	work->is_waiting = false;
	work->place.done++;
	if (work->is_batch)
		work->place.at =
		    skip_spaces(work, end_of_value(work, work->place.at) + strlen(","));
	if (work->place.done < work->count)
		return;
	work->is_over = true;
	if (work->is_batch && work->place.opened)
		say(work, "]\n");
}

static void refuse_line(struct rpc_work *work, enum rpc_code code, const char *text,
			const struct problems *problems)
{
	say_answer(work, rpc_refusal_object(NULL, code, text, problems));
	work->is_over = true;
}

static void begin_batch(struct rpc_work *work, const json_t *batch)
{
	work->count = json_array_size(batch);
	if (work->count == 0 || work->count > RPC_BATCH_MOST) {
		char *text = xasprintf("a batch has from 1 to %d requests", RPC_BATCH_MOST);
		refuse_line(work, RPC_REQUEST, text, NULL);
		free(text);
		return;
	}
	work->is_batch = true;
	work->place.at = skip_spaces(work, skip_spaces(work, 0) + strlen("["));
}

static void begin_line(struct rpc_work *work)
{
	json_error_t error;
	json_t *asked = json_loadb(work->line, work->length, JSON_REJECT_DUPLICATES, &error);
	if (asked == NULL) {
		struct problems problems = PROBLEMS_NONE;
		problem_add(&problems, "", 0, "%s, at byte %d", error.text, error.position);
		refuse_line(work, RPC_PARSE, "this line is not a JSON text", &problems);
		problems_clear(&problems);
	} else if (json_is_array(asked)) {
		begin_batch(work, asked);
		json_decref(asked);
	} else {
		work->count = 1;
		work->asking.asked = asked;
	}
}

struct rpc_work *rpc_begin(const struct method *methods, void *arg, char *line, size_t length,
			   const char *actor)
{
	struct rpc_work *work = xcalloc(1, sizeof(*work));
	*work = (struct rpc_work){ .methods = methods,
				   .arg = arg,
				   .actor = xstrdup(actor),
				   .line = line,
				   .length = length };
	begin_line(work);
	work->kept = work->place;
	return work;
}

void rpc_guard(struct rpc_work *work, const struct rpc_gate *gate, const struct caller *who)
{
	work->gate = gate;
	work->who = who;
}

struct rpc_work *rpc_begin_refused(char *answer)
{
	struct rpc_work *work = xcalloc(1, sizeof(*work));
	say(work, answer);
	say(work, "\n");
	work->is_over = true;
	free(answer);
	return work;
}

void rpc_free(struct rpc_work *work)
{
	if (work == NULL)
		return;
	rpc_asking_clear(&work->asking);
	forget_said(work);
	free(work->actor);
	free(work->line);
	free(work->reason);
	free(work);
}

/* --- serving ------------------------------------------------------------------------------ */

static enum rpc_progress serve(struct rpc_work *work, const struct serving *serving)
{
	json_t *answer = NULL;
	if (work->asking.asked == NULL)
		read_next(work);
	enum rpc_progress progress = rpc_asking_step(serving, &work->asking, &answer);
	work->has_written = work->has_written || rpc_asking_writes(&work->asking);
	work->is_waiting = progress == RPC_WAITING;
	if (progress != RPC_OVER)
		return progress;
	say_answer(work, answer);
	go_on(work);
	return rpc_progress(work);
}

enum rpc_progress rpc_step(struct rpc_work *work, struct turn *turn)
{
	bool refused = work->place.done < work->refuse_until;
	const struct serving serving = { .methods = work->methods,
					 .arg = work->arg,
					 .actor = work->actor,
					 .gate = work->gate,
					 .who = work->who,
					 .turn = refused ? NULL : turn,
					 .code = work->code,
					 .reason = work->reason };
	return work->is_over ? RPC_OVER : serve(work, &serving);
}

enum rpc_progress rpc_progress(const struct rpc_work *work)
{
	return work->is_over ? RPC_OVER : work->is_waiting ? RPC_WAITING : RPC_MORE;
}

bool rpc_must_wait(const struct rpc_work *work)
{
	const struct serving serving = { .methods = work->methods, .arg = work->arg };
	return work->is_waiting && rpc_asking_waits(&serving, &work->asking);
}

bool rpc_is_question(const struct rpc_work *work)
{
	return work->asking.method != NULL && !rpc_asking_writes(&work->asking);
}

static void note_refusal(struct rpc_work *work, enum rpc_code code, const char *reason)
{
	work->refuse_until = work->place.done + (work->asking.method != NULL);
	work->code = code;
	free(work->reason);
	work->reason = xstrdup(reason);
}

bool rpc_undo(struct rpc_work *work, enum rpc_code code, const char *reason)
{
	bool is_refused = work->has_written || work->is_again;
	if (work->count == 0)
		return false; /* no request: what is said of it is true all the same */
	if (is_refused)
		note_refusal(work, code, reason);
	rpc_asking_clear(&work->asking);
	forget_said(work);
	work->place = work->kept;
	work->is_over = work->is_waiting = work->has_written = false;
	work->is_again = true;
	return is_refused;
}

void rpc_refuse_rest(struct rpc_work *work, enum rpc_code code, const char *reason)
{
	const struct serving serving = { .methods = work->methods,
					 .arg = work->arg,
					 .actor = work->actor,
					 .gate = work->gate,
					 .who = work->who,
					 .code = code,
					 .reason = reason };
	while (!work->is_over)
		(void)serve(work, &serving);
}
