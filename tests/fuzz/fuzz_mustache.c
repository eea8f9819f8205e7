/* SPDX-License-Identifier: EUPL-1.2 */
/* Any bytes as a template: a problem or a text, never a crash. What can be parsed is rendered. */

#include "daemon/base/mustache.h"
#include "tests/fuzz/fuzz.h"

static json_t *values(void)
{
	static json_t *kept;
	if (kept == NULL)
		kept = json_loads("{\"a\":\"<&\\\">\",\"b\":[{\"a\":1},{\"c\":[1.5,true,null]}],"
				  "\"c\":{\"d\":{\"e\":\"x\"}},\"d\":\"\",\"e\":[[\"f\"]]}",
				  0, NULL);
	return kept;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const names[] = { "a", "b", "c", "c.d", "c.d.e", "d", "e", NULL };
	struct problems problems = PROBLEMS_NONE;
	struct mustache *mustache =
	    size > 4096 ? NULL : mustache_parse((const char *)data, size, "f", names, &problems);
	if (mustache != NULL && problems.count > 0)
		abort();
	if (mustache == NULL && problems.count == 0 && size <= 4096)
		abort();
	if (mustache != NULL && size <= 256) { /* lists within lists grow fast */
		free(mustache_render(mustache, values(), size % 2 == 0));
	}
	mustache_free(mustache);
	problems_clear(&problems);
	return 0;
}
