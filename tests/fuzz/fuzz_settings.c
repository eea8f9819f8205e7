/* SPDX-License-Identifier: EUPL-1.2 */
/* Any text as kedja.conf: either problems with a line in the file, or settings that keep their
 * ranges. */

#include "daemon/conf/settings.h"
#include "rules/base/address.h"
#include "tests/fuzz/fuzz.h"

static void check(const struct settings *settings)
{
	const int64_t numbers[] = { settings->delivery_limit, settings->retry_first,
				    settings->retry_most, settings->give_up_after,
				    settings->batch };
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		if (numbers[i] < 1)
			abort();
	if (settings->smtp_port < 1 || settings->smtp_port > 65535 || settings->keep_bodies < 0 ||
	    settings->retry_most < settings->retry_first)
		abort();
	if (strcmp(settings->content, "normal") != 0 && strcmp(settings->content, "minimal") != 0)
		abort();
	if (address_fault(settings->administrator) != NULL ||
	    (*settings->sender != '\0' && address_fault(settings->sender) != NULL))
		abort();
	if (strpbrk(settings->sender_name, "\r\n") != NULL || *settings->database == '\0' ||
	    (*settings->smtp_user != '\0' && !settings->smtp_starttls))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct problems problems = PROBLEMS_NONE;
	struct settings *settings =
	    settings_parse((const char *)data, size, "conf/kedja.conf", &problems);
	if ((settings == NULL) == (problems.count == 0))
		abort();
	for (size_t i = 0; i < problems.count; i++)
		if (problems.list[i].text[0] == '\0')
			abort();
	if (settings != NULL)
		check(settings);
	settings_free(settings);
	problems_clear(&problems);
	return 0;
}
