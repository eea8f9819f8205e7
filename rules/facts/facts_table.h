/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Things found by their name: the cases of a programme, payments that wait for their case. An
 * entry is a structure of the caller's whose first member is `char *name`.
 */
#ifndef KEDJA_FACTS_TABLE_H
#define KEDJA_FACTS_TABLE_H

#include <stddef.h>

struct facts_table {
	void **slots;
	size_t capacity; /* a power of two, or 0 */
	size_t count;
};

void *facts_table_find(const struct facts_table *table, const char *name); /* or NULL */
/* The entry of this name; a new one is zeroed and has the name, copied. */
void *facts_table_get(struct facts_table *table, const char *name, size_t entry_size);
/* Takes an entry out; it and its name are the caller's to free. */
void facts_table_remove(struct facts_table *table, const void *entry);
/* One of `capacity` places; NULL where it is empty. Any order. */
void *facts_table_at(const struct facts_table *table, size_t place);

#endif
