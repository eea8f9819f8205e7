/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Reading libconfig text strictly. The library (1.5) swallows an unclosed comment, wraps large
 * numbers, takes any bytes as text and knows no unknown key; this stands in between. One config
 * per file, so that every complaint has the right file and line.
 *
 *   if (confread_open(&config, text, length, "chain.conf", problems) == 0) {
 *           confread_keys(config_root_setting(&config), table, n, "chain.conf", problems);
 *           ...
 *           config_destroy(&config);
 *   }
 */
#ifndef KEDJA_CONFREAD_H
#define KEDJA_CONFREAD_H

#include <libconfig.h>
#include <stdbool.h>
#include <stdint.h>

#include "rules/base/problem.h"

/*
 * Parses text after looking it over: UTF-8 without byte order mark, comments and strings closed,
 * whole numbers that fit 32 bits (64 with an L), no @include. 0; or -1 after adding the problems,
 * with nothing to destroy. Where the text can still be parsed (a key that stands twice, a number
 * that does not fit, an unknown escape) the problem is added, 0 is returned, and the caller
 * looks at the rest: ask problems->count, not only this.
 */
MUST_CHECK int confread_open(struct config_t *config, const char *text, size_t length,
			     const char *file, struct problems *problems);

enum conf_type {
	CONF_TEXT,
	CONF_NUMBER,
	CONF_FLAG,
	CONF_TEXTS,
	CONF_GROUPS,
	CONF_GROUP,
	CONF_TEXT_OR_TEXTS,
	CONF_TEXT_OR_FLAG
};

/* A key that may stand in a group. */
struct conf_key {
	const char *name;
	enum conf_type type;
	bool required;
};

/* Complains of unknown keys (with the nearest known one), wrong types, missing required keys
 * (at the line of the group). The table is ended by a row with name NULL. Returns false if it
 * complained. */
bool confread_keys(const config_setting_t *group, const struct conf_key *keys, const char *file,
		   struct problems *problems);

/* Values of a group that confread_keys has seen; NULL, -1, false where missing or ill-typed.
 * Texts live until config_destroy. */
const char *confread_text(const config_setting_t *group, const char *key);
bool confread_flag(const config_setting_t *group, const char *key, bool otherwise);
long long confread_number(const config_setting_t *group, const char *key, long long otherwise);
int confread_line(const config_setting_t *group,
		  const char *key); /* of the key, else of the group */

/* The texts of a key that holds one text or a list of them. */
size_t confread_text_count(const config_setting_t *group, const char *key);
const char *confread_text_at(const config_setting_t *group, const char *key, size_t i);

/* A number for the meaning of a setting and all below it, whatever comments and white space. */
uint64_t confread_version(const config_setting_t *setting);

#endif
