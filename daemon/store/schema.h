/* SPDX-License-Identifier: EUPL-1.2 */
/* The tables of the file: append-only migrations. A released one is never edited. */
#ifndef KEDJA_STORE_SCHEMA_H
#define KEDJA_STORE_SCHEMA_H

#include "daemon/store/db.h"

extern const struct migration schema_migrations[];
extern const size_t schema_count;

#endif
