/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Events on their way to the daemon, in batches that each hold wholly or not at all. A batch is put
 * together from the rows of a file, sent, and heard of; what the daemon finds wrong with it is told
 * at the rows' lines.
 *
 *   struct events batch = { .file = path };
 *   if (!events_has_room(&batch, length)) { events_send(...); code = events_hear(...); }
 *   events_add(&batch, text, length, line);
 *   events_clear(&batch);
 *
 * Several may be on their way before the first is heard of; they are heard of in the order in which
 * they were sent.
 */
#ifndef KEDJA_CTL_EVENTS_H
#define KEDJA_CTL_EVENTS_H

#include <jansson.h>
#include <stdbool.h>

#include "daemon/ctl/buffer.h"
#include "daemon/ctl/client.h"
#include "daemon/ctl/notes.h"
#include "rules/base/problem.h"

#define EVENTS_MOST 1000 /* of a batch */

struct events {
	const char *file;   /* where its mistakes are; borrowed */
	struct buffer text; /* the events as JSON, with commas between */
	int lines[EVENTS_MOST];
	size_t count;
	struct notes
	    *notes; /* what the daemon notes is added here; borrowed, NULL: it is not kept */
};

/* Does one more fit in, of so many bytes? An empty one takes any that is below 512 KiB. */
bool events_has_room(const struct events *batch, size_t length);
/* Are so many events, of so many bytes with a comma each, one batch? */
bool events_fit(size_t count, size_t length);
/* One event as JSON text, and the line of the file that it stands on (0: none). */
void events_add(struct events *batch, const char *text, size_t length, int line);

/* What goes with a batch (event.record). */
struct events_beside {
	bool ahead;           /* the virtual clock has yet to reach the time of these events */
	bool part;            /* the file has other batches */
	bool from_bank;       /* a file of payments */
	const char *history;  /* why days long past are recorded; NULL */
	const json_t *stands; /* what the file begins (stands.h); borrowed, NULL */
};

/* Asks event.check or event.record with it. The daemon works on it; it is not heard of yet. */
void events_send(const struct events *batch, struct client *client, const char *method,
		 const struct events_beside *beside);

/* Amounts of one kind and field, of the new events. */
struct recorded_sum {
	char *name; /* "rent.charged amount" */
	long long count;
	int64_t sum; /* öre */
};

/* How many were new to the daemon, how many it had, and what the new ones amount to. */
struct recorded {
	long long fresh, known;
	struct recorded_sum *sums;
	size_t sum_count, sum_capacity;
};

/* Adds what the daemon answered to event.record. */
void recorded_add(struct recorded *recorded, const json_t *answer);
void recorded_clear(struct recorded *recorded);

/* "rent.charged amount: 2 events, 10103.00 kronor", a line for each. */
void recorded_say(const struct recorded *recorded);
/* The same as an object: {"rent.charged amount": "10103.00"}. */
json_t *recorded_kronor(const struct recorded *recorded);

/*
 * Waits for the answer to the oldest that was sent, which `batch` must be; it is empty after it.
 * CTL_DONE, with what was recorded added to `recorded` (NULL where it was only checked);
 * CTL_REFUSED with the mistakes added to the problems; CTL_NO_DAEMON after saying why.
 */
MUST_CHECK int events_hear(struct events *batch, struct client *client, const char *method,
			   struct recorded *recorded, struct problems *problems);

void events_empty(struct events *batch); /* keeps its file and its room */
void events_clear(struct events *batch); /* frees */

/* Records a list of events that is at hand, batch after batch, and adds what went in to
 * `recorded`. An exit code, after telling what was wrong; the batches before that hold. */
MUST_CHECK int events_record(struct client *client, const json_t *events,
			     struct recorded *recorded);

#endif
