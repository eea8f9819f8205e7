/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * What the verbs say that read files and tell every mistake in them. Where the mistakes are what
 * was asked for (rules check) they are the answer, on standard output; else they say on standard
 * error why there is none.
 */
#ifndef KEDJA_CTL_COMPLAINT_H
#define KEDJA_CTL_COMPLAINT_H

#include "daemon/conf/office.h"
#include "daemon/ctl/ctl.h"

/* "50 rules, no complaint"; --json: {"rules": 50, "problems": [...]}. `count` is -1 where it is not
 * known. CTL_REFUSED if there is a complaint. The problems are sorted. */
int complaint_show(const struct invocation *call, const char *what, long long count,
		   struct problems *problems);

/* On standard error, sorted, a line each; the list is empty after it. CTL_REFUSED. */
int complaint_tell(struct problems *problems);

/* "conf/chain.conf", as complaints name a file of a folder; the caller frees it. */
char *complaint_file(const char *dir, const char *name);
/* Where the templates of an office lie: as kedja.conf says, else beside its rules. The caller frees
 * it. */
char *complaint_templates_folder(const char *dir, const struct office *office);

#endif
