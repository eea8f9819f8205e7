/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The housing chain of one office, from chain.conf: stages and the moves between them, roles,
 * and the lists of codes that events may use (tasks, outcomes ...). Also the kinds of events:
 * the core ones in code (kind.h), with those that the office adds.
 *
 *   chain = chain_parse(text, "chain.conf", &problems);   NULL: see the problems
 *   kind = chain_kind(chain, "plan.adopted");
 *   chain_free(chain);
 */
#ifndef KEDJA_CHAIN_H
#define KEDJA_CHAIN_H

#include "rules/base/problem.h"
#include "rules/kinds/kind.h"

struct stage {
	const char *name;     /* "supported_housing" */
	const char *title;    /* "stödboende" */
	int rank;             /* place in the chain, from 0 */
	int line;             /* in chain.conf */
	int64_t cost_per_day; /* öre; 0 where none is set */
	const char **moves;   /* names of the stages one may move to, ended by NULL */
};

struct role {
	const char *name;     /* "social_worker" */
	const char *title;    /* "socialsekreterare" */
	const char *title_en; /* "social worker"; NULL: it has none */
	const char
	    *group; /* who holds it sits in "styrgruppen"; NULL: it is an office of its own */
	const char *group_en; /* "the steering group"; NULL: it has none */
	bool on_case;         /* may be held on a case; all may be held on a programme */
	bool opens_cases;     /* held on a programme it opens that programme's cases (kedja-web) */
	int order;            /* place in the file, from the lowest up */
};

struct chain;

struct chain *chain_parse(const char *text, const char *file, struct problems *problems);
void chain_free(struct chain *chain);              /* takes NULL */
uint64_t chain_version(const struct chain *chain); /* as calendar_version */

const struct stage *chain_stage(const struct chain *chain, const char *name); /* or NULL */
const struct stage *chain_stage_at(const struct chain *chain, size_t i);    /* NULL past the end */
const struct role *chain_role(const struct chain *chain, const char *name); /* or NULL */
const struct role *chain_role_at(const struct chain *chain, size_t i);
/* What it is called in this language ("sv", "en"); Swedish where there is no English. */
const char *role_title(const struct role *role, const char *language);
const char *role_group(const struct role *role, const char *language); /* NULL: none */
/*
 * May whoever holds `asking` put off reminders to `role`? To its own, and to lower ones: roles on
 * a case are the lowest, all of them alike; the others rank by their place in chain.conf.
 */
bool role_covers(const struct role *asking, const struct role *role);
const struct kind *chain_kind(const struct chain *chain, const char *name); /* or NULL */
const struct kind *chain_kind_at(const struct chain *chain, size_t i);

/*
 * The values a code field may have, ended by NULL, by the name of their list: "stage", "role",
 * "task", "outcome", "debt", "area", "mode", "language" ... NULL for an unknown list.
 */
const char *const *chain_codes(const struct chain *chain, const char *list);

/* May a case go from one stage (NULL: none yet) to another? If not, the reason, naming the
 * allowed moves, is added to problems under the field "stage". Moving back is normal. */
MUST_CHECK bool chain_move_allowed(const struct chain *chain, const char *from, const char *to,
				   struct problems *problems);

#endif
