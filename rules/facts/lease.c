/* SPDX-License-Identifier: EUPL-1.2 */
/* See lease.h. */
#include "rules/facts/lease.h"

#include <string.h>

#include "rules/time/law.h"

static date ends_on_of(const struct event *event)
{
	struct value value = event_value(event, "ends_on");
	return value.type == VALUE_DATE ? (date)value.number : DATE_NONE;
}

static void started(struct lease *lease, const struct event *event)
{
	if (lease->since_first == DATE_NONE)
		lease->since_first = event->at.day;
	lease->since_last = event->at.day;
	lease->ends_on = ends_on_of(event);
}

/* It goes on: with another last day, or with none any more. */
static void goes_on(struct lease *lease, const struct event *event)
{
	lease->ends_on = ends_on_of(event);
}

static void indefinite(struct lease *lease, const struct event *event)
{
	(void)event;
	lease->ends_on = DATE_NONE;
}

static bool is_from_landlord(const struct event *event)
{
	const char *by = event_value(event, "by").text;
	return by != NULL && (strcmp(by, "landlord") == 0 || strcmp(by, "office") == 0);
}

static void notice_given(struct lease *lease, const struct event *event)
{
	date said = ends_on_of(event), by_law = law_notice_ends(event->at.day);
	if (said != DATE_NONE)
		lease->ends_on = said;
	else if (lease->ends_on == DATE_NONE ||
		 (!is_from_landlord(event) && by_law < lease->ends_on))
		lease->ends_on = by_law;
}

static void over(struct lease *lease, const struct event *event)
{
	(void)event;
	*lease = (struct lease)LEASE_NONE;
}

static const struct {
	const char *kind;
	void (*note)(struct lease *lease, const struct event *event);
} rows[] = {
	{ "lease.started", started },
	{ "lease.prolonged", goes_on },
	{ "lease.notice_given", notice_given },
	{ "lease.indefinite", indefinite },
	{ "lease.ended", over },
	{ "lease.taken_over", over },
};

void lease_note(struct lease *lease, const struct event *event)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (strcmp(rows[i].kind, event->kind->name) == 0)
			rows[i].note(lease, event);
}

enum lease_length lease_length(const struct lease *lease, date last_day)
{
	if (lease->since_first == DATE_NONE || last_day == DATE_NONE)
		return LEASE_LENGTH_UNKNOWN;
	if (law_is_long_tenancy(lease->since_last, last_day))
		return LEASE_LENGTH_LONG;
	return law_is_long_tenancy(lease->since_first, last_day) ? LEASE_LENGTH_UNKNOWN
								 : LEASE_LENGTH_SHORT;
}
