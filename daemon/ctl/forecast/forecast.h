/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * What a simulation brings, as the verbs show it: which office and which days are meant, its
 * notices as rows, and the figures about them (tally.c): by rule, by person with the worst day of
 * each, by month.
 *
 *   if (forecast_office_load(call, dir, &offices, &problems) == 0)
 *           simulation = simulation_open(offices.wanted, offices.settings, &problems);
 *   until = forecast_last(call, "until", clock, now);
 *   simulation_run(simulation, until, forecast_progress, simulation, &problems);
 *   show_end_progress();
 *   tally = tally_new();
 *   while (simulated_next(list, &notice)) {
 *           row = forecast_row(simulation, &notice);
 *           tally_add(tally, row);
 *           json_decref(row);
 *   }
 *   tally_show(tally, stdout);
 *   tally_free(tally);
 *   simulation_free(simulation);
 *   forecast_office_clear(&offices);
 *
 * JSON values that come back are new references.
 */
#ifndef KEDJA_CTL_FORECAST_FORECAST_H
#define KEDJA_CTL_FORECAST_FORECAST_H

#include <jansson.h>

#include "daemon/ctl/ctl.h"
#include "daemon/ctl/forecast/simulate.h"
#include "daemon/ctl/show.h"

/* Whose rules are tried, and the settings that say where the file is: always those of --conf. */
struct forecast_office {
	struct office *own;              /* of --conf */
	struct office *other;            /* of the folder, or NULL where that is the same */
	const struct office *wanted;     /* one of the two: that of the folder if there is one */
	const struct settings *settings; /* of `own`; never NULL after success */
};
/* The office of --conf, and that of the folder `dir` (NULL: there is none). 0; -1 with problems: a
 * mistake in either, or no kedja.conf in --conf. Either way forecast_office_clear must follow. */
MUST_CHECK int forecast_office_load(const struct invocation *call, const char *dir,
				    struct forecast_office *ret, struct problems *problems);
void forecast_office_clear(struct forecast_office *offices);

/* The first second of the day that an option names, and the last one of it, as the office's clock
 * counts; `otherwise` where the option is not given. */
instant forecast_first(const struct invocation *call, const char *option, const struct clock *clock,
		       instant otherwise);
instant forecast_last(const struct invocation *call, const char *option, const struct clock *clock,
		      instant otherwise);

/* On a terminal: the day to which it has come, ten times a second at most. `arg` is the struct
 * simulation. show_end_progress ends it. */
simulation_progress forecast_progress;

/* A notice as notice.list of the daemon gives it, but for what only a real one has: its id,
 * deadline, message and item. Times are local, with their offset. */
json_t *forecast_row(const struct simulation *simulation, const struct simulated_notice *notice);
json_t *forecast_time(const struct simulation *simulation, instant at);
extern const struct column forecast_columns[]; /* a table of such rows */
/* Such rows as CSV with commas: the heading, and one of them. */
void forecast_csv_head(FILE *out);
void forecast_csv_row(FILE *out, const json_t *row);

/* The figures. Rows are added in the order of time, and all of them before any figure is asked for.
 */
struct tally;

struct tally *tally_new(void);
void tally_free(struct tally *tally); /* takes NULL */
void tally_add(struct tally *tally, const json_t *row);
long long tally_count(const struct tally *tally); /* notices that go to somebody */
/* {"notices", "unreachable", "shadow", "rules": [...], "persons": [...], "months": [...]} */
json_t *tally_json(const struct tally *tally);
void tally_show(const struct tally *tally, FILE *out); /* for people, as tables */

#endif
