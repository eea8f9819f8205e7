/* SPDX-License-Identifier: EUPL-1.2 */
/* What a letter tells of the days of rent and of leases: how far payments are known, and what the
 * law makes of the days that have passed. Asked for each item as its letter is made. */
#ifndef KEDJA_LETTERS_RENT_H
#define KEDJA_LETTERS_RENT_H

#include "daemon/letters/letter.h"
#include "daemon/store/core.h"

/* NULL where the item's rule is not about rent. Lives in `arena`. */
const struct letter_rent *letters_rent(const struct core *core, const struct letter_item *item,
				       struct arena *arena);
/* NULL where it is not about a lease. */
const struct letter_lease *letters_lease(const struct core *core, const struct letter_item *item,
					 struct arena *arena);

#endif
