/* SPDX-License-Identifier: EUPL-1.2 */
/* See course.h. The words stand behind the name of a subject, or of a key. */
#include "rules/kinds/course.h"

#include <stddef.h>

const struct course course_work = {
	.name = "work",
	.running = "works here",
	.over = "left",
	.instead = "staff.changed tells a new name or address",
};

const struct course course_programme = {
	.name = "programme",
	.running = "runs",
	.over = "ended",
	.ends_only_begun = true,
};

const struct course course_role = {
	.name = "role",
	.of = COURSE_HOLDER,
	.running = "holds the role",
	.over = "gave it up",
	.ends_only_begun = true,
};

const struct course course_case = {
	.name = "case",
	.running = "is open",
	.over = "was closed",
	.instead = "case.transferred moves it to another programme",
};

const struct course course_pause = {
	.name = "pause",
	.running = "is paused",
	.over = "was resumed",
	.ends_only_begun = true,
};

/* Whoever moves on to another flat gets another lease; few offices write the end of the first. */
const struct course course_lease = {
	.name = "lease",
	.running = "has a lease",
	.over = "had its lease ended",
	.begins_anew = true,
};

const struct course course_flat = {
	.name = "flat",
	.of = COURSE_KEY,
	.running = "stands empty",
	.over = "was filled",
};

const struct course course_deviation = {
	.name = "deviation",
	.of = COURSE_KEY,
	.running = "is noted",
	.over = "was reported",
};

const struct course course_task = {
	.name = "task",
	.of = COURSE_KEY,
	.running = "is agreed",
	.over = "was done or dropped",
};

const struct course course_application = {
	.name = "application",
	.of = COURSE_KEY,
	.running = "is sent",
	.over = "was answered",
};

const struct course course_remark = {
	.name = "remark",
	.of = COURSE_KEY,
	.running = "is open",
	.over = "was handled",
};

const struct course course_disturbance = {
	.name = "disturbance",
	.of = COURSE_KEY,
	.running = "is open",
	.over = "was handled",
};

const struct course course_debt = {
	.name = "debt",
	.of = COURSE_KEY,
	.running = "is open",
	.over = "was handled",
};

/* A month that is charged again is charged anew: the ledger takes the later charge (ledger.h). */
const struct course course_rent = {
	.name = "rent",
	.of = COURSE_KEY,
	.running = "is charged",
	.over = "",
	.begins_anew = true,
};
