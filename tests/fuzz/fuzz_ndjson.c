/* SPDX-License-Identifier: EUPL-1.2 */
/* Any bytes as NDJSON: read to the end; what is an event stays one when it is read again. */

#include "daemon/ctl/rows.h"
#include "tests/fuzz/fuzz.h"

/* An event that is written as a line and read again must be the same event. */
static void read_again(const json_t *event)
{
	struct problems problems = PROBLEMS_NONE;
	struct row row = { 0, NULL };
	char *text = json_dumps(event, JSON_COMPACT);
	struct rows *rows = rows_open(text, strlen(text), "again", NULL, &problems);
	bool short_enough = strlen(text) <= ROW_MOST;
	if (short_enough && (!rows_next(rows, &row, &problems) || !json_equal(row.event, event)))
		abort();
	json_decref(row.event);
	rows_close(rows);
	problems_clear(&problems);
	free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct problems problems = PROBLEMS_NONE;
	char *text = fuzz_block(data, size);
	struct rows *rows = rows_open(text, size, "fuzz", NULL, &problems);
	struct row row;
	while (rows != NULL && rows_next(rows, &row, &problems)) {
		if (row.event == NULL && problems.count == 0)
			abort();
		if (row.event != NULL)
			read_again(row.event);
		json_decref(row.event);
	}
	rows_close(rows);
	problems_clear(&problems);
	free(text);
	return 0;
}
