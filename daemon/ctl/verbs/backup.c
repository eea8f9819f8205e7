/* SPDX-License-Identifier: EUPL-1.2 */
/* A copy of the daemon's file for keeping. It is read by this program, and the daemon is not asked:
 * whoever may read the file may copy it. */
#include <stdlib.h>

#include "daemon/ctl/complaint.h"
#include "daemon/ctl/forecast/forecast.h"
#include "daemon/ctl/verbs/verbs.h"
#include "daemon/store/backup.h"

static void show_how_far(void *arg, int64_t done, int64_t all)
{
	(void)arg;
	show_progress("%lld of 100 parts", (long long)(all == 0 ? 100 : done * 100 / all));
}

static void show(const struct invocation *call, const char *target, const struct backup *backup)
{
	if (call->json) {
		json_t *answer =
		    json_pack("{s:s, s:I, s:I}", "file", target, "bytes", (json_int_t)backup->bytes,
			      "events", (json_int_t)backup->events);
		show_json(stdout, answer);
		json_decref(answer);
	} else {
		printf("%lld events, %lld bytes, checked\n", (long long)backup->events,
		       (long long)backup->bytes);
	}
}

int verb_backup(const struct invocation *call)
{
	struct problems problems = PROBLEMS_NONE;
	struct forecast_office offices = { NULL, NULL, NULL, NULL };
	struct backup backup;
	const char *target = invocation_argument(call, 0), *text = invocation_option(call, "keep");
	int64_t keep = text == NULL ? 0 : strtoll(text, NULL, 10);
	int code = CTL_REFUSED;
	if (keep > BACKUP_KEPT_MOST)
		problem_add(&problems, "--keep", 0, "%s is too many: up to %d", text,
			    BACKUP_KEPT_MOST);
	else if (forecast_office_load(call, NULL, &offices, &problems) == 0 &&
		 backup_make(offices.settings->database, target, keep, show_how_far, NULL, &backup,
			     &problems) == 0)
		code = CTL_DONE;
	show_end_progress();
	if (code == CTL_DONE)
		show(call, target, &backup);
	forecast_office_clear(&offices);
	complaint_tell(&problems);
	return code;
}
