/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The source of an imported row that names none: a hash of what the row says, and how many rows
 * that say the same stood before it in the file. So the same file twice changes nothing, in
 * whatever form its rows are written, and two equal payments in one file stay two.
 */
#ifndef KEDJA_CTL_SOURCE_H
#define KEDJA_CTL_SOURCE_H

#include <jansson.h>

#include "rules/base/hash.h"

struct sources_seen;

struct sources_seen *sources_new(void);
void sources_free(struct sources_seen *seen); /* takes NULL */

/* 128-bit FNV-1a of kind, subject, key, at and the fields by name, as people would type them. */
hash_wide source_hash_event(const json_t *event);

/* Names the event and counts it: 32 letters, "-" and a number, an id as ids must be. */
#define SOURCE_TEXT_SIZE 56
const char *sources_name(struct sources_seen *seen, const json_t *event,
			 char text[SOURCE_TEXT_SIZE]);

#endif
