/*
 * What a simulation brings, as the verbs show it: its notices as rows, and the figures about them:
 * by rule, by person with the worst day of each, by month.
 *
 *   simulation = forecast_open(office, settings, &problems);
 *   tally = tally_new();
 *   row = forecast_row(simulation, &notice);  tally_add(tally, row);
 *   tally_show(tally, stdout);  tally_free(tally);
 */
#ifndef KEDJA_CTL_FORECAST_H
#define KEDJA_CTL_FORECAST_H

#include <jansson.h>

#include "daemon/ctl/ctl.h"
#include "daemon/ctl/forecast/simulate.h"
#include "daemon/ctl/show.h"

/* The rules of a folder (NULL: that of --conf) and the settings that say where the file is. */
struct forecast_office {
	struct office *own;          /* of --conf */
	struct office *other;        /* of the folder, or NULL where that is the same */
	const struct office *wanted; /* one of the two */
	const struct settings *settings;
};
/* 0; -1 with problems. Either way forecast_office_clear must follow. */
MUST_CHECK int forecast_office_load(const struct invocation *call, const char *dir,
				    struct forecast_office *ret, struct problems *problems);
void forecast_office_clear(struct forecast_office *offices);

/* The first moment of the day of an option, the last one of it, or `otherwise` where it is not
 * given. */
instant forecast_first(const struct invocation *call, const char *option, const struct clock *clock,
		       instant otherwise);
instant forecast_last(const struct invocation *call, const char *option, const struct clock *clock,
		      instant otherwise);

/* Shows how far it has come; show_end_progress ends it. `arg` is the struct simulation. */
simulation_progress forecast_progress;

json_t *forecast_row(const struct simulation *simulation, const struct simulated_notice *notice);
json_t *forecast_time(const struct simulation *simulation, instant at);
extern const struct column forecast_columns[];
/* The rows as CSV: the heading, and one of them. */
void forecast_csv_head(FILE *out);
void forecast_csv_row(FILE *out, const json_t *row);

struct tally;

struct tally *tally_new(void);
void tally_free(struct tally *tally); /* takes NULL */
void tally_add(struct tally *tally, const json_t *row);
long long tally_count(const struct tally *tally); /* notices that go to somebody */
/* {"notices", "unreachable", "shadow", "rules": [...], "persons": [...], "months": [...]} */
json_t *tally_json(const struct tally *tally);
void tally_show(const struct tally *tally, FILE *out);

#endif
