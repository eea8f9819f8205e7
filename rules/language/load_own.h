/* SPDX-License-Identifier: EUPL-1.2 */
/* What the files of the rule loader share; for them alone. */
#ifndef KEDJA_LOAD_OWN_H
#define KEDJA_LOAD_OWN_H

#include <libconfig.h>

#include "rules/conf/confread.h"
#include "rules/language/ruleset.h"

/* A role that rules name and chain.conf has not; where it stands first, and how often. */
struct unknown_role {
	const char *name, *key, *file;
	int line, times;
};

struct unknown_roles {
	struct unknown_role *list;
	size_t count, capacity;
};

/* The group being read and where its pieces go. */
struct loading {
	const struct chain *chain;
	const struct calendar *calendar;
	struct arena *arena;
	struct ruleset *ruleset; /* that it will be in */
	struct problems *problems;
	const char *file;
	const config_setting_t *group;
	/* an office's own keys for this rule (override), from another file; NULL: none */
	const config_setting_t *own;
	const char *own_file;
	const struct rule *rule;
	struct unknown_roles *unknown_roles;
};

/* load_read.c */

/* The group in which a key of the rule stands: the office's own goes before the shipped one. */
const config_setting_t *load_group(const struct loading *loading, const char *key);
const char *load_file_of(const struct loading *loading, const char *key);
/* A mistake in what a key says. */
void load_problem(const struct loading *loading, const char *key, const char *text);
/* One of a few words; its place in `words`, or -1 after complaining, or if the key is missing. */
int load_word(const struct loading *loading, const char *key, const char *const *words);
/* Leaves *ret as it is where the key is missing or, after complaining, is no offset. */
void load_offset(const struct loading *loading, const char *key, struct offset *ret);
/* The same of a text of a list. */
void load_length_of(const struct loading *loading, const char *key, const char *text,
		    struct offset *ret);
/* Does it lie after the other one, from every day of two years? */
bool load_is_later(const struct loading *loading, const struct offset *a, const struct offset *b);
/* A name of letters, digits and hyphens, as files, letters and tables use it? */
bool load_name_is_plain(const char *name);

/* load.c */

/* The keys of a rule, none of them required, and in the place of its name the name of the rule that
 * they are for. */
#define LOAD_KEYS_MOST 48
void load_override_keys(struct conf_key keys[LOAD_KEYS_MOST]);
void load_rule(struct loading *loading, struct ruleset *ruleset, struct rule *rule);

/* load_more.c */

void load_beginning(const struct loading *loading, struct rule *rule);
void load_places(const struct loading *loading, struct rule *rule);
void load_more(const struct loading *loading, struct rule *rule);
/* Who is told of a case that is not open. */
void load_care(struct ruleset *ruleset);
/* What only shows when all rules are there. */
void load_across(struct ruleset *ruleset, struct problems *problems);

/* load_heard.c */

/* "fulfilled:NAME", where a kind of event may stand? */
bool load_names_a_rule(const char *text);
/* The kind that is given out when a deadline of that rule is fulfilled. */
const struct kind *load_fulfilled(const struct loading *loading, const char *text);
void load_ends_with(const struct loading *loading, struct rule *rule);
/* Which rule is heard by which, and in which order they are met. */
void load_heard(struct ruleset *ruleset, struct problems *problems);

/* load_step.c */

void load_steps(struct loading *loading, struct rule *rule);

/* load_blame.c */

/* The problems from `before` on are those of a rule with an office's own keys; `shipped` has those
 * of the same rule without them. What the keys made of it is told at the keys. */
void load_blame_own(const struct loading *loading, size_t before, const struct problems *shipped);
/* Told later, once for all places. */
void load_unknown_role(const struct loading *loading, const char *key, const char *name);
/* When all rules are there; frees the list. */
void load_tell_unknown_roles(const struct ruleset *ruleset, struct unknown_roles *roles,
			     struct problems *problems);

/* load_names.c */

/* The names of one condition; they live in the arena, and the rule learns the fields it reads. */
void load_names_of_if(const struct loading *loading, struct rule *rule,
		      struct condition_names *ret);
void load_names_of_while(const struct loading *loading, struct rule *rule,
			 struct condition_names *ret);

#endif
