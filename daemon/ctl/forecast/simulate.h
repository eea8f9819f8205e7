/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * What would happen: the daemon's own planner, due and letters code on a scratch copy of its file,
 * with a virtual clock and no mailer, all subjects walking through time together.
 *
 *   simulation = simulation_open(office, settings, &problems);     the file as it is now
 *   simulation_rewind(simulation, since, &problems);               only to look back: before the
 * run simulation_run(simulation, until, on_progress, arg, &problems); simulation_rename(simulation,
 * "rent_new", "rent");             only to compare two runs list = simulated_open(simulation,
 * SIMULATED_BY_TIME); while (simulated_next(list, &notice)) ... simulated_close(list); before the
 * simulation's end simulation_free(simulation);                                   nothing of the
 * copy stays behind
 *
 * The file itself is only read. A letter that is made counts as sent. Nothing is held back, however
 * much comes at once: what is shown is what goes out when it is released. Memory is bounded as the
 * daemon's is: 96 MiB of plans. Instants are seconds of UTC, as everywhere.
 */
#ifndef KEDJA_CTL_FORECAST_SIMULATE_H
#define KEDJA_CTL_FORECAST_SIMULATE_H

#include "daemon/store/core.h"

struct simulation;

/*
 * By the rules of `office` and its settings, or, where it has none, by `settings`; the file is the
 * one that `settings` names in either case. Both are borrowed until simulation_free. NULL with
 * problems: a file that cannot be read or copied, a zone that this machine does not know.
 */
struct simulation *simulation_open(const struct office *office, const struct settings *settings,
				   struct problems *problems);
void simulation_free(struct simulation *simulation); /* takes NULL */

/* At first the time of the file: where its virtual clock stands, or the time of day; then where the
 * simulation has come to. */
instant simulation_now(const struct simulation *simulation);
/* Its clock, its office and its copy of the file, for those who read more than notices. */
const struct core *simulation_core(const struct simulation *simulation);

/*
 * Back to a moment of the past, from which simulation_run goes on: what was recorded from then on
 * becomes known again when it was recorded, and what went off from then on may go off again. Once,
 * and before simulation_run. 0; -1, and then the simulation is good for nothing but
 * simulation_free: with a problem where the file was at fault, without one where the clock could
 * not be set so far back.
 */
MUST_CHECK int simulation_rewind(struct simulation *simulation, instant since,
				 struct problems *problems);

/* Is told after each moment that the simulation has passed where it has come to. */
typedef void simulation_progress(void *arg, instant now);
/* Lets everything up to and with `until` go off; what is due by now does in any case. `progress`
 * may be NULL. 0; -1 as of simulation_rewind. */
MUST_CHECK int simulation_run(struct simulation *simulation, instant until,
			      simulation_progress *progress, void *arg, struct problems *problems);

/* The notices so far of the rule `rule` stand under `name` from here on; those that were in the
 * file before keep theirs. A failure is logged, and they keep their name. */
void simulation_rename(struct simulation *simulation, const char *rule, const char *name);

/* A notice that the simulation made. Texts live until the next call on the same list. */
struct simulated_notice {
	instant at;
	const char *subject, *rule, *key, *anchor, *step, *due; /* never NULL; a key may be "" */
	const char *person; /* NULL: nobody; "" the administrator */
	const char *role, *state;
	const char *reason; /* why it reached nobody or waits; NULL: there is none */
	int64_t occurrence, repetition;
	bool copy; /* a cc */
};

enum simulated_order {
	SIMULATED_BY_TIME,    /* as they were made */
	SIMULATED_BY_IDENTITY /* subject, rule, key, anchor, occurrence, step, repetition, role,
				 person, copy, time: two runs can be walked side by side */
};

/* What the simulation has made so far, one list at a time of each order. */
struct simulated;
struct simulated *simulated_open(struct simulation *simulation, enum simulated_order order);
bool simulated_next(struct simulated *list, struct simulated_notice *ret);
void simulated_close(struct simulated *list); /* takes NULL */

#endif
