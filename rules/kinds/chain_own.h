/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The inside of a chain, for the files of this module alone. From below: chain.c (what is asked
 * of a chain), chain_read.c (rows, names and texts of chain.conf), chain_kinds.c (the kinds),
 * chain_parse.c (the whole file).
 */
#ifndef KEDJA_CHAIN_OWN_H
#define KEDJA_CHAIN_OWN_H

#include "rules/conf/confread.h"
#include "rules/kinds/chain.h"

/* One code and what it is called in Swedish. */
struct code {
	const char *name;
	const char *title;
};

struct code_list {
	const char *name;
	const struct code *codes;
	size_t count;
	const char *const *names; /* of the codes, ended by NULL */
};

struct chain {
	struct arena *arena;
	uint64_t version;
	struct stage *stages;
	size_t stage_count;
	const char **first; /* stages in which a case may begin, ended by NULL */
	struct role *roles;
	size_t role_count;
	struct code_list *lists; /* of the office and of the core, "stage" and "role" among them */
	size_t list_count;
	const struct kind **kinds; /* core ones first, then the office's */
	size_t kind_count;
	const struct kind **sorted; /* the same by name */
};

/* chain.c */

/* The lists that are part of the contract; ended by a row without name. */
extern const struct code_list chain_fixed_lists[];
/* A list by its name, or NULL. */
const struct code_list *chain_find_list(const struct chain *chain, const char *name);
/* Sorts the kinds, so that they can be found; last step of the reading. */
void chain_index_kinds(struct chain *chain);

/* What the reading of chain.conf has at hand. */
struct parsing {
	struct chain *chain;
	const char *file;
	struct problems *problems;
	const config_setting_t *root;
};

#define CHAIN_LONGEST_NAME 40
#define CHAIN_MOST_ROWS    200 /* of stages, roles, codes, kinds, fields: far above any office */

/* chain_read.c */

/* The i-th group of a list; NULL past the end and where the list is missing or ill-typed. */
const config_setting_t *chain_group_at(const config_setting_t *parent, const char *key, size_t i);
size_t chain_group_count(const config_setting_t *parent, const char *key);
/* Tells of a list that holds fewer rows than `least`, or more than CHAIN_MOST_ROWS: those behind
 * are not read. */
void chain_check_size(struct parsing *parsing, const config_setting_t *parent, const char *key,
		      int least);
/* The `name` of a row, copied; NULL after telling where it is missing or not a name. */
const char *chain_read_name(struct parsing *parsing, const config_setting_t *group, bool with_dot);
/* A short text in one line, copied; NULL where it is missing. */
const char *chain_read_words(struct parsing *parsing, const config_setting_t *group,
			     const char *key);
bool chain_is_among(const char *name, const char *const *names);

/* chain_kinds.c */

/* Fills chain->kinds with the core kinds and those that the office adds under "kinds". Lists,
 * stages and roles must have been read. */
void chain_read_kinds(struct parsing *parsing);

#endif
