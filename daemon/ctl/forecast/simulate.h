/*
 * What would happen: the daemon's own planner, due and letters code on a scratch copy of its file,
 * with a virtual clock and no mailer, all subjects walking through time together.
 *
 *   simulation = simulation_open(office, settings, &problems);    the file as it is now
 *   simulation_rewind(simulation, since);      only to replay: the office's own history from there
 *   simulation_run(simulation, until, on_progress, arg);
 *   list = simulated_open(simulation, SIMULATED_BY_TIME);
 *   while (simulated_next(list, &notice)) ...
 *   simulated_close(list);
 *   simulation_free(simulation);               nothing of the copy stays behind
 *
 * A letter that is made counts as sent. Nothing is held back, however much comes at once: what is
 * shown is what goes out when it is released. Memory is bounded as the daemon's is.
 */
#ifndef KEDJA_SIMULATE_H
#define KEDJA_SIMULATE_H

#include "daemon/store/core.h"

struct simulation;

/* By the rules of `office` and its settings, or, where it has none, by `settings`, which also say
 * which file is meant. All are borrowed. NULL with problems. */
struct simulation *simulation_open(const struct office *office, const struct settings *settings,
				   struct problems *problems);
void simulation_free(struct simulation *simulation); /* takes NULL */

/* The time of the file: where its virtual clock stands, or the time of day; later where a
 * simulation has come to. */
instant simulation_now(const struct simulation *simulation);
const struct core *simulation_core(const struct simulation *simulation);

/*
 * Back to a moment of the past: what was recorded from then on becomes known again when it was
 * recorded, and what went off from then on may go off again. Before simulation_run. 0; -1 with a
 * problem.
 */
MUST_CHECK int simulation_rewind(struct simulation *simulation, instant since,
				 struct problems *problems);

/* Lets everything up to and with this moment go off. 0, or -1 with a problem. `progress` (may be
 * NULL) is told now and then how far it has come. */
typedef void simulation_progress(void *arg, instant now);
MUST_CHECK int simulation_run(struct simulation *simulation, instant until,
			      simulation_progress *progress, void *arg, struct problems *problems);

/* A notice that the simulation made. Texts live until the next call. */
struct simulated_notice {
	instant at;
	const char *subject, *rule, *key, *anchor, *step, *due;
	const char *person; /* NULL: nobody; "" the administrator */
	const char *role, *state, *why;
	int64_t occurrence, repetition;
	bool copy;
};

enum simulated_order {
	SIMULATED_BY_TIME,    /* as they were made */
	SIMULATED_BY_IDENTITY /* subject, rule, key, anchor, occurrence, step, repetition, role ...
			       */
};

/* Its notices of a rule stand under another name from here on. */
void simulation_rename(struct simulation *simulation, const char *rule, const char *name);

struct simulated;
/* One list at a time of each order. */
struct simulated *simulated_open(struct simulation *simulation, enum simulated_order order);
bool simulated_next(struct simulated *list, struct simulated_notice *ret);
void simulated_close(struct simulated *list);

#endif
