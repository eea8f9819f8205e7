/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * What an office's files say as rows of JSON: the kinds of events and the days of a year. The
 * daemon answers with them, and kedjactl shows the same where there is no daemon.
 */
#ifndef KEDJA_CONF_OFFICE_ROWS_H
#define KEDJA_CONF_OFFICE_ROWS_H

#include <jansson.h>

#include "rules/kinds/chain.h"
#include "rules/time/calendar.h"

/* [{name, subject, key, key_means, fields: [{name, type, class, optional, codes, least, most,
 * help}], help}] */
json_t *office_kind_rows(const struct chain *chain);

/* [{date, name, kind, weekday}] of the days that are no working days; NULL: no such year. */
#define OFFICE_YEARS "write a year from 1900 to 2200"
json_t *office_year_rows(const struct calendar *calendar, int64_t year);

#endif
