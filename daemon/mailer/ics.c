/* SPDX-License-Identifier: EUPL-1.2 */
/* See ics.h. */
#include "daemon/mailer/ics.h"

#include <libical/ical.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rules/time/date.h"

#define TEXT_MOST 2000

static bool is_text(const json_t *value)
{
	const char *text = json_string_value(value);
	if (text == NULL || strlen(text) > TEXT_MOST)
		return false;
	for (; *text != '\0'; text++)
		if (((unsigned char)*text < ' ' && *text != '\n') || *text == 0x7f)
			return false;
	return true;
}

static bool is_day(const json_t *value)
{
	const char *text = json_string_value(value);
	date day;
	return text != NULL && date_parse(text, &day) == 0 && date_add_days(day, 1) != DATE_NONE;
}

static bool is_entry(const json_t *entry)
{
	const char *uid = json_string_value(json_object_get(entry, "uid"));
	const json_t *sequence = json_object_get(entry, "sequence");
	const json_t *description = json_object_get(entry, "description");
	const json_t *cancelled = json_object_get(entry, "cancelled");
	return json_is_object(entry) && uid != NULL && uid[0] != '\0' &&
	       is_text(json_object_get(entry, "uid")) && strchr(uid, '\n') == NULL &&
	       json_is_integer(sequence) && json_integer_value(sequence) >= 0 &&
	       json_integer_value(sequence) <= 1000000 && is_day(json_object_get(entry, "day")) &&
	       is_text(json_object_get(entry, "summary")) &&
	       (description == NULL || is_text(description)) &&
	       (cancelled == NULL || json_is_boolean(cancelled));
}

char *ics_fault(const json_t *entries)
{
	if (entries == NULL)
		return NULL;
	for (size_t i = 0; i < json_array_size(entries); i++)
		if (!is_entry(json_array_get(entries, i)))
			return xasprintf("calendar entry %zu is not one", i + 1);
	return json_is_array(entries) ? NULL : xstrdup("'calendar' must be a list of entries");
}

/* "Mon, 30 Nov 2026 08:00:00 +0100" as UTC. The date has been checked where the letter was. */
static struct icaltimetype stamp_of(const char *sent)
{
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	int day = 1, year = 1970, hour = 0, minute = 0, second = 0, zone = 0;
	char month[4] = "Jan";
	struct icaltimetype stamp = icaltime_null_time();
	(void)!sscanf(sent, "%*[^,], %2d %3[A-Za-z] %4d %2d:%2d:%2d %5d", &day, month, &year, &hour,
		      &minute, &second, &zone);
	const char *found = strstr(months, month);
	stamp.year = year;
	stamp.month = found == NULL ? 1 : (int)(found - months) / 3 + 1;
	stamp.day = day;
	stamp.hour = hour - zone / 100;
	stamp.minute = minute - zone % 100;
	stamp.second = second;
	stamp.zone = icaltimezone_get_utc_timezone();
	return icaltime_normalize(stamp);
}

static struct icaltimetype day_of(const json_t *entry)
{
	int year = 0, month = 0, day = 0;
	struct icaltimetype time = icaltime_null_date();
	(void)!sscanf(json_string_value(json_object_get(entry, "day")), "%4d-%2d-%2d", &year,
		      &month, &day);
	time.year = year;
	time.month = month;
	time.day = day;
	time.is_date = 1;
	return time;
}

static icalcomponent *event_of(const json_t *entry, struct icaltimetype stamp, bool cancelled)
{
	icalcomponent *event = icalcomponent_new_vevent();
	const char *description = json_string_value(json_object_get(entry, "description"));
	struct icaltimetype first = day_of(entry), after = first;
	icaltime_adjust(&after, 1, 0, 0, 0);
	icalcomponent_add_property(
	    event, icalproperty_new_uid(json_string_value(json_object_get(entry, "uid"))));
	icalcomponent_add_property(event, icalproperty_new_dtstamp(stamp));
	icalcomponent_add_property(event, icalproperty_new_sequence((int)json_integer_value(
					      json_object_get(entry, "sequence"))));
	icalcomponent_add_property(event, icalproperty_new_dtstart(first));
	icalcomponent_add_property(event, icalproperty_new_dtend(after));
	icalcomponent_add_property(
	    event, icalproperty_new_summary(json_string_value(json_object_get(entry, "summary"))));
	if (description != NULL)
		icalcomponent_add_property(event, icalproperty_new_description(description));
	icalcomponent_add_property(event, icalproperty_new_class(ICAL_CLASS_PRIVATE));
	icalcomponent_add_property(event, icalproperty_new_transp(ICAL_TRANSP_TRANSPARENT));
	icalcomponent_add_property(
	    event,
	    icalproperty_new_status(cancelled ? ICAL_STATUS_CANCELLED : ICAL_STATUS_CONFIRMED));
	return event;
}

static icalcomponent *ics_new(bool cancelled)
{
	icalcomponent *calendar = icalcomponent_new(ICAL_VCALENDAR_COMPONENT);
	icalcomponent_add_property(calendar, icalproperty_new_prodid("-//kedja//kedja-mailer//EN"));
	icalcomponent_add_property(calendar, icalproperty_new_version("2.0"));
	icalcomponent_add_property(
	    calendar,
	    icalproperty_new_method(cancelled ? ICAL_METHOD_CANCEL : ICAL_METHOD_PUBLISH));
	return calendar;
}

bool ics_is_cancelled(const json_t *entry)
{
	return json_is_true(json_object_get(entry, "cancelled"));
}

static icalproperty *organizer_of(const struct ics_organizer *organizer)
{
	char *uri = xasprintf("mailto:%s", organizer->address);
	char *name = xstrdup(organizer->name);
	icalproperty *property = icalproperty_new_organizer(uri);
	for (char *c = name; *c != '\0'; c++)
		*c = *c == '"' ? '\'' : *c; /* RFC 5545 3.2: there is no way to write one */
	if (*name != '\0')
		icalproperty_add_parameter(property, icalparameter_new_cn(name));
	free(name);
	free(uri);
	return property;
}

char *ics_text(const json_t *entry, const char *sent, const struct ics_organizer *organizer)
{
	bool cancelled = ics_is_cancelled(entry);
	icalcomponent *calendar = ics_new(cancelled);
	icalcomponent *event = event_of(entry, stamp_of(sent), cancelled);
	icalcomponent_add_property(event, organizer_of(organizer));
	icalcomponent_add_component(calendar, event);
	char *made = icalcomponent_as_ical_string_r(calendar);
	char *text = made == NULL ? NULL : xstrdup(made);
	icalmemory_free_buffer(made);
	icalcomponent_free(calendar);
	return text;
}
