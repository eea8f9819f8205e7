/* SPDX-License-Identifier: EUPL-1.2 */
/* Calendar entries, held against what RFC 5546 wants of each method, as libical knows it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <libical/ical.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/mailer/ics.h"

static const char SENT[] = "Mon, 30 Nov 2026 08:00:00 +0100";

static char *text_of(bool cancelled, const char *name)
{
	json_t *entry = json_pack("{s:s, s:i, s:s, s:s}", "uid", "d1@exempel.se", "sequence", 2,
				  "day", "2027-03-01", "summary", "Bevakning i ärende K-0417");
	struct ics_organizer organizer = { name, "kedja@exempel.se" };
	if (cancelled)
		json_object_set_new(entry, "cancelled", json_true());
	assert_int_equal(ics_is_cancelled(entry), cancelled);
	char *text = ics_text(entry, SENT, &organizer);
	json_decref(entry);
	assert_non_null(text);
	return text;
}

static void check_lines(const char *text, const char *const *lines)
{
	for (; *lines != NULL; lines++) {
		if (strstr(text, *lines) == NULL)
			fail_msg("%s is not in\n%s", *lines, text);
	}
}

/* What is wrong stands in the component as X-LIC-ERROR. */
static void check_restrictions(const char *text, icalproperty_method method)
{
	icalcomponent *calendar = icalparser_parse_string(text);
	assert_non_null(calendar);
	assert_int_equal(icalcomponent_get_method(calendar), method);
	if (icalrestriction_check(calendar) != 1 || icalcomponent_count_errors(calendar) != 0)
		fail_msg("%s", icalcomponent_as_ical_string(calendar));
	assert_int_equal(icalcomponent_count_components(calendar, ICAL_VEVENT_COMPONENT), 1);
	icalcomponent *event = icalcomponent_get_first_component(calendar, ICAL_VEVENT_COMPONENT);
	assert_string_equal(icalproperty_get_organizer(
				icalcomponent_get_first_property(event, ICAL_ORGANIZER_PROPERTY)),
			    "mailto:kedja@exempel.se");
	icalcomponent_free(calendar);
}

static void entries_are_as_the_standard_wants(void **state)
{
	static const char *const names[] = { "Kedja bevakning", "",
					     "Kedja: Östermalm; \"norr\", och söder" };
	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		char *made = text_of(false, names[i]), *taken = text_of(true, names[i]);
		check_restrictions(made, ICAL_METHOD_PUBLISH);
		check_restrictions(taken, ICAL_METHOD_CANCEL);
		free(made);
		free(taken);
	}
}

static void what_they_say(void **state)
{
	(void)state;
	char *text = text_of(false, "Kedja");
	check_lines(text, (const char *const[]){ "METHOD:PUBLISH\r\n", "UID:d1@exempel.se\r\n",
						 "SEQUENCE:2\r\n", "DTSTAMP:20261130T070000Z\r\n",
						 "ORGANIZER;CN=Kedja:mailto:kedja@exempel.se\r\n",
						 "STATUS:CONFIRMED\r\n", NULL });
	free(text);
	text = text_of(true, "Kedja");
	check_lines(text, (const char *const[]){ "METHOD:CANCEL\r\n", "STATUS:CANCELLED\r\n",
						 "ORGANIZER;CN=Kedja:mailto:kedja@exempel.se\r\n",
						 NULL });
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(entries_are_as_the_standard_wants),
		cmocka_unit_test(what_they_say),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
