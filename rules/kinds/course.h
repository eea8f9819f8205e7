/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * What runs: a case that is open, a colleague who works here, a lease, a task. Kinds begin it, end
 * it, or happen within it (columns of the table of kinds, kind.h). What begins twice would start
 * deadlines anew without a word, what ends twice says something that was not so: neither is
 * recorded unless somebody says why (daemon/store/running.h looks into the history).
 */
#ifndef KEDJA_COURSE_H
#define KEDJA_COURSE_H

#include <stdbool.h>

/* Of what a subject has one at a time: one alone; one for each key; each role of each holder. */
enum course_of { COURSE_ALONE, COURSE_KEY, COURSE_HOLDER };

struct course {
	const char *name;     /* "case" */
	enum course_of of;    /* which of several it is */
	const char *running;  /* behind its subject: "is open" */
	const char *over;     /* "was closed" */
	const char *instead;  /* what is recorded in the place of a second beginning, or NULL */
	bool ends_only_begun; /* an end without a beginning is a slip, and no history cut short */
	bool begins_anew;     /* a second beginning stands for the first: it is said, not refused */
};

extern const struct course course_work, course_programme, course_role, course_case, course_pause,
    course_lease, course_flat, course_deviation, course_task, course_application, course_remark,
    course_disturbance, course_debt, course_rent;

#endif
