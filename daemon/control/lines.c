/* SPDX-License-Identifier: EUPL-1.2 */
/* Lines of a peer that were taken and are not answered yet, and what they hold. */
#include <stdlib.h>

#include "daemon/control/control_own.h"

static void count(struct line *line)
{
	struct peer *peer = line->peer;
	size_t held = rpc_held(line->work), said = rpc_said(line->work);
	peer->held_by_works += held - line->held;
	peer->pending += said - line->said;
	line->held = held;
	line->said = said;
}

struct line *line_add(struct peer *peer, struct rpc_work *work)
{
	struct line *line = xcalloc(1, sizeof(*line));
	line->peer = peer;
	line->work = work;
	TAILQ_INSERT_TAIL(&peer->works, line, next);
	if (peer->current == NULL)
		peer->current = line;
	count(line);
	return line;
}

void line_update(struct line *line)
{
	struct peer *peer = line->peer;
	count(line);
	if (peer->current == line && line->is_touched && rpc_progress(line->work) == RPC_OVER)
		peer->current = TAILQ_NEXT(line, next);
}

void line_undo(struct line *line, enum rpc_code code, const char *reason)
{
	line->peer->control->figures.refused += rpc_undo(line->work, code, reason);
	line->is_touched = false;
	line->peer->current = line;
	count(line);
}

void line_free(struct line *line)
{
	struct peer *peer = line->peer;
	if (peer->current == line)
		peer->current = TAILQ_NEXT(line, next);
	peer->held_by_works -= line->held;
	peer->pending -= line->said;
	TAILQ_REMOVE(&peer->works, line, next);
	rpc_free(line->work);
	free(line);
}
