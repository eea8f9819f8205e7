/* SPDX-License-Identifier: EUPL-1.2 */
/* See event_days.h. */
#include "rules/kinds/event_days.h"

static void check_ahead(const char *field, date day, date most, int days, struct problems *problems)
{
	char text[DATE_TEXT_SIZE], latest[DATE_TEXT_SIZE];
	if (day <= most)
		return;
	if (days > 0)
		problem_add(problems, field, 0,
			    "%s lies more than %d days ahead: %s at the latest, as a bank books it",
			    date_format(day, text), days, date_format(most, latest));
	else
		problem_add(problems, field, 0,
			    "%s lies ahead: it is a day that has come, %s at the latest",
			    date_format(day, text), date_format(most, latest));
}

static void check_back(const char *field, date day, const struct recorded_on *recorded,
		       struct problems *problems)
{
	char text[DATE_TEXT_SIZE];
	if (!recorded->from_bank && day < date_add_months(recorded->today, -12))
		problem_add(problems, field, 0, "%s is more than a year back",
			    date_format(day, text));
}

static void check_field(const struct field *field, date day, const struct recorded_on *recorded,
			struct problems *never, struct problems *forced)
{
	char text[DATE_TEXT_SIZE];
	int ahead = field->day == DAY_PAID && recorded->from_bank ? PAID_AHEAD_MOST : 0;
	switch (field->day) {
	case DAY_ANY:
		return;
	case DAY_HAPPENED:
	case DAY_PAID:
		check_ahead(field->name, day, date_add_days(recorded->today, ahead), ahead, never);
		check_back(field->name, day, recorded, forced);
		return;
	case DAY_COMES:
		if (day < recorded->today)
			problem_add(forced, field->name, 0, "%s is past", date_format(day, text));
	}
}

void event_days_check(const struct event *event, const struct recorded_on *recorded,
		      struct problems *never, struct problems *forced)
{
	check_back("at", event->at.day, recorded, forced);
	for (size_t i = 0; i < event->kind->field_count; i++)
		if (event->values[i].type == VALUE_DATE)
			check_field(&event->kind->fields[i], (date)event->values[i].number,
				    recorded, never, forced);
}
