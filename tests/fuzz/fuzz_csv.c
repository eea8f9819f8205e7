/* SPDX-License-Identifier: EUPL-1.2 */
/* Any bytes as a CSV: read to the end twice, the same both times, every event an event. */

#include "daemon/ctl/rows.h"
#include "daemon/ctl/source.h"
#include "tests/fuzz/fuzz.h"

/* A number for all that came out. */
static hash_wide read_all(const char *text, size_t size)
{
	struct problems problems = PROBLEMS_NONE;
	struct rows *rows = rows_open(text, size, "fuzz.csv", "rent.charged", &problems);
	struct row row;
	hash_wide sum = 0;
	int line = 0;
	if (rows == NULL && problems.count == 0)
		abort();
	while (rows != NULL && rows_next(rows, &row, &problems)) {
		if (row.line <= line || (row.event == NULL && problems.count == 0))
			abort();
		line = row.line;
		if (row.event == NULL)
			continue;
		if (!json_is_string(json_object_get(row.event, "source")))
			abort();
		sum = sum * 31 + source_hash_event(row.event);
		json_decref(row.event);
	}
	sum = sum * 31 + problems.count;
	rows_close(rows);
	problems_clear(&problems);
	return sum;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_block(data, size);
	if (read_all(text, size) != read_all(text, size))
		abort();
	free(text);
	return 0;
}
