/* What the files of the rule loader share; nobody else includes this. */
#ifndef KEDJA_LOAD_PARTS_H
#define KEDJA_LOAD_PARTS_H

#include <libconfig.h>

#include "rules/language/ruleset.h"

/* The group being read and where its pieces go. */
struct loading {
	const struct chain *chain;
	const struct calendar *calendar;
	struct arena *arena;
	struct problems *problems;
	const char *file;
	const config_setting_t *group;
	/* an office's own keys for this rule (override), from another file; NULL: none */
	const config_setting_t *own;
	const char *own_file;
	const struct rule *rule;
};

/* The group in which a key of the rule stands: the office's own goes before the shipped one. */
const config_setting_t *load_group(const struct loading *loading, const char *key);
const char *load_file_of(const struct loading *loading, const char *key);

void load_problem(const struct loading *loading, const char *key, const char *text);
int load_word(const struct loading *loading, const char *key, const char *const *words);
void load_offset(const struct loading *loading, const char *key, struct offset *ret);
bool load_name_is_plain(const char *name);
bool load_is_date_field(const struct kind *kind, const char *field);

void load_beginning(const struct loading *loading, struct rule *rule);
void load_places(const struct loading *loading, struct rule *rule);
void load_more(const struct loading *loading, struct rule *rule);
/* What only shows when all rules are there. */
void load_across(struct ruleset *ruleset, struct problems *problems);
void load_steps(struct loading *loading, struct rule *rule);

/* The names of one condition; they live in the arena, and the rule learns the fields it reads. */
void load_names_of_if(const struct loading *loading, struct rule *rule,
		      struct condition_names *ret);
void load_names_of_while(const struct loading *loading, struct rule *rule,
			 struct condition_names *ret);

#endif
