/* SPDX-License-Identifier: EUPL-1.2 */
/* See opaque.h. */
#include "daemon/base/opaque.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>

#include "rules/base/mem.h"

char *opaque_id(const char *domain)
{
	unsigned char bytes[16];
	char hex[2 * sizeof(bytes) + 1];
	/* Requests this small are whole or fail for good; without chance there is no going on. */
	if (getrandom(bytes, sizeof(bytes), 0) != (ssize_t)sizeof(bytes))
		abort();
	for (size_t i = 0; i < sizeof(bytes); i++)
		snprintf(hex + 2 * i, 3, "%02x", bytes[i]);
	return xasprintf("%s@%s", hex, domain);
}
