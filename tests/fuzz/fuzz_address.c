/* SPDX-License-Identifier: EUPL-1.2 */
/* Any bytes as an address: what passes can be written between the < and > of an SMTP command and
 * nothing else can be read out of it. */

#include "rules/base/address.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_text(data, size);
	if (address_fault(text) == NULL) {
		size_t length = strlen(text);
		const char *at = strchr(text, '@');
		if (length > ADDRESS_MOST || at == NULL || at != strrchr(text, '@') || at == text ||
		    at[1] == '\0' || text[0] == '-')
			abort();
		for (size_t i = 0; i < length; i++) {
			if (text[i] <= ' ' || text[i] == 127 ||
			    strchr("<>()[]\\,;:\"%!|`$/", text[i]) != NULL)
				abort();
		}
	}
	free(text);
	return 0;
}
